/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quaywarden/audit.h"

#include <check.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

static char folder[PATH_MAX];

static void make_folder(void)
{
    strcpy(folder, "/tmp/qw-test-audit-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void remove_folder(void)
{
    char command[PATH_MAX + 16];

    snprintf(command, sizeof(command), "rm -rf '%s'", folder);
    ck_assert_int_eq(system(command), 0);
}

/* A path in the folder; of the last four asked for. */
static const char *in_folder(const char *name)
{
    static char paths[4][PATH_MAX + 32];
    static unsigned turn;
    char *path = paths[turn++ % 4];

    snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
    return path;
}

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

/* The file's text; to be freed. */
static char *text_of(const char *path)
{
    struct qw_err err;
    char *text = NULL;
    size_t len;

    ck_assert_msg(qw_file_read(path, (size_t)64 << 20, &text, &len, &err) == 0, "%s", err.msg);
    return text;
}

static struct qw_trail *open_trail(const char *first, const char *second)
{
    const char *const destinations[] = {first, second};
    struct qw_trail *trail = NULL;
    struct qw_err err;

    ck_assert_msg(qw_trail_open(destinations, second ? 2 : 1, &trail, &err) == 0, "%s", err.msg);
    return trail;
}

static int write_one(struct qw_trail *trail)
{
    struct qw_err err;

    return qw_trail_write(trail, QW_LIT("\"verdict\":\"allow\""), 7, false, &err);
}

/* The number of each line, in order; fails where a line is not a whole record. Returns how many. */
static size_t read_seqs(const char *path, unsigned long *seqs, size_t max)
{
    QW_AUTO(heap) char *text = text_of(path);
    size_t count = 0;

    for (char *line = text, *end; *line; line = end + 1) {
        end = strchr(line, '\n');
        ck_assert_ptr_nonnull(end);
        *end = '\0';
        ck_assert_uint_lt(count, max);
        ck_assert_int_eq(sscanf(line, "{\"time\":\"%*27[0-9T:.Z-]\",\"seq\":%lu,\"verdict\"", &seqs[count]), 1);
        ck_assert(strcmp(end - strlen(",\"duration_us\":7}"), ",\"duration_us\":7}") == 0);
        count++;
    }
    return count;
}

static void check_seqs(const char *path, unsigned long from, size_t count)
{
    unsigned long seqs[64];

    ck_assert_uint_eq(read_seqs(path, seqs, QW_COUNT(seqs)), count);
    for (size_t i = 0; i < count; i++)
        ck_assert_uint_eq(seqs[i], from + i);
}

START_TEST(a_record_is_one_line_with_time_number_fields_and_duration)
{
    struct qw_trail *trail = open_trail(in_folder("a"), NULL);
    QW_AUTO(heap) char *text = NULL;
    struct stat info;
    unsigned long seq;
    int end = 0;

    ck_assert_int_eq(write_one(trail), 0);
    text = text_of(in_folder("a"));
    ck_assert_int_eq(sscanf(text,
                            "{\"time\":\"%*4[0-9]-%*2[0-9]-%*2[0-9]T%*2[0-9]:%*2[0-9]:%*2[0-9].%*6[0-9]Z\",\"seq\":%lu,"
                            "\"verdict\":\"allow\",\"duration_us\":7}\n%n",
                            &seq, &end),
                     1);
    ck_assert_uint_eq(seq, 1);
    ck_assert_int_eq(end, (int)strlen(text));
    ck_assert_int_eq(stat(in_folder("a"), &info), 0);
    ck_assert_uint_eq(info.st_mode & 07777, 0600);
    qw_trail_close(trail);
}
END_TEST

START_TEST(every_destination_gets_the_record_and_a_missing_folder_is_made)
{
    struct qw_trail *trail = open_trail(in_folder("a"), in_folder("new/b"));
    struct stat info;

    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(write_one(trail), 0);
    check_seqs(in_folder("a"), 1, 3);
    check_seqs(in_folder("new/b"), 1, 3);
    ck_assert_int_eq(stat(in_folder("new"), &info), 0);
    ck_assert_uint_eq(info.st_mode & 07777, 0700);
    qw_trail_close(trail);
}
END_TEST

START_TEST(the_sequence_goes_on_after_the_last_number)
{
    static const struct {
        const char *before;
        unsigned long next;
    } rows[] = {
        {"", 1},
        {"{\"time\":\"t\",\"seq\":7,\"verdict\":\"x\",\"duration_us\":7}\n", 8},
        {"{\"time\":\"t\",\"seq\":7,\"verdict\":\"x\"}\n{\"time\":\"t\",\"seq\":8,\"verdi", 9},
        {"{\"time\":\"t\",\"seq\":7,\"verdict\":\"x\"}\n{\"time\":\"t\",\"se", 8},
        {"{\"time\":\"t\",\"seq\":7,\"verdict\":\"x\"}\nsomebody's note\n\n", 8},
        {"{\"time\":\"t\",\"seq\":18446744073709551614,\"verdict\":\"x\"}\n", 18446744073709551615UL},
        {"no trail at all", 1},
        {"\n", 1},
        {"\n\n\n", 1},
        {"x", 1},
    };

    for (size_t i = 0; i < QW_COUNT(rows); i++) {
        const char *path = in_folder("a");
        QW_AUTO(heap) char *text = NULL;
        struct qw_trail *trail;
        char wanted[64];
        const char *last;

        put(path, rows[i].before);
        trail = open_trail(path, NULL);
        ck_assert_int_eq(write_one(trail), 0);
        qw_trail_close(trail);
        text = text_of(path);
        ck_assert(strncmp(text, rows[i].before, strlen(rows[i].before)) == 0);
        last = strrchr(text, '{');
        ck_assert(last == text || last[-1] == '\n');
        snprintf(wanted, sizeof(wanted), "\",\"seq\":%lu,", rows[i].next);
        ck_assert_msg(strstr(last, wanted) != NULL, "row %zu: %s", i, text);
    }
}
END_TEST

START_TEST(a_last_line_longer_than_any_buffer_is_read)
{
    const char *path = in_folder("a");
    FILE *file = fopen(path, "w");
    QW_AUTO(heap) char *text = NULL;
    struct qw_trail *trail;

    fputs("{\"time\":\"t\",\"seq\":1,\"x\":1}\n{\"time\":\"t\",\"seq\":2,\"x\":\"", file);
    for (int i = 0; i < 100000; i++)
        fputc('y', file);
    fputs("\"}\n", file);
    fclose(file);
    trail = open_trail(path, NULL);
    ck_assert_int_eq(write_one(trail), 0);
    qw_trail_close(trail);
    text = text_of(path);
    ck_assert_ptr_nonnull(strstr(text, "\"seq\":3,"));
}
END_TEST

START_TEST(a_link_and_a_folder_are_no_destinations)
{
    const char *path = in_folder("link");
    struct qw_trail *trail = NULL;
    struct qw_err err;

    ck_assert_int_eq(symlink(in_folder("target"), path), 0);
    ck_assert_int_eq(qw_trail_open(&path, 1, &trail, &err), -1);
    ck_assert_int_eq(err.code, QW_E_IO);
    ck_assert_ptr_null(trail);
    ck_assert_int_ne(access(in_folder("target"), F_OK), 0);
    path = folder;
    ck_assert_int_eq(qw_trail_open(&path, 1, &trail, &err), -1);
}
END_TEST

START_TEST(a_full_disk_is_a_failure_and_costs_no_number)
{
    struct qw_trail *trail = open_trail("/dev/full", NULL);
    const char *const path = in_folder("a");
    struct qw_err err = {0};

    ck_assert_int_eq(qw_trail_write(trail, QW_LIT("\"x\":1"), 7, false, &err), -1);
    ck_assert_int_eq(err.code, QW_E_IO);
    ck_assert_ptr_nonnull(strstr(err.msg, "/dev/full"));
    ck_assert_int_eq(qw_trail_reopen(trail, &path, 1, &err), 0);
    ck_assert_int_eq(write_one(trail), 0);
    check_seqs(path, 1, 1);
    qw_trail_close(trail);
}
END_TEST

START_TEST(a_line_that_does_not_fit_is_cut_off_again)
{
    const char *const path = in_folder("a");
    struct qw_trail *trail = open_trail(path, NULL);
    const struct rlimit low = {230, RLIM_INFINITY}; /* of the third line, 84 bytes long, 62 fit */
    const struct rlimit high = {RLIM_INFINITY, RLIM_INFINITY};
    int results[4];

    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &low); /* until it is lifted, check's own files are under it too: no assertions */
    for (size_t i = 0; i < QW_COUNT(results); i++)
        results[i] = write_one(trail);
    setrlimit(RLIMIT_FSIZE, &high);
    ck_assert_int_eq(results[0], 0);
    ck_assert_int_eq(results[1], 0);
    ck_assert_int_eq(results[2], -1);
    ck_assert_int_eq(results[3], -1);
    check_seqs(path, 1, 2);
    ck_assert_int_eq(write_one(trail), 0);
    check_seqs(path, 1, 3);
    qw_trail_close(trail);
}
END_TEST

START_TEST(another_writers_line_is_not_cut_off)
{
    const char *const path = in_folder("a");
    struct qw_trail *trail = open_trail(path, NULL);
    const int other = open(path, O_WRONLY | O_APPEND);

    ck_assert_int_eq(write_one(trail), 0);
    ck_assert_int_eq((int)write(other, "note\n", 5), 5);
    ck_assert_int_eq(write_one(trail), 0);
    close(other);
    qw_trail_close(trail);
    {
        QW_AUTO(heap) char *text = text_of(path);

        ck_assert_ptr_nonnull(strstr(text, "}\nnote\n{\"time\""));
    }
}
END_TEST

START_TEST(what_one_destination_cannot_take_the_others_keep)
{
    struct qw_trail *trail = open_trail(in_folder("a"), "/dev/full");

    ck_assert_int_eq(write_one(trail), -1);
    ck_assert_int_eq(write_one(trail), -1);
    check_seqs(in_folder("a"), 1, 2);
    qw_trail_close(trail);
}
END_TEST

/* Standard output is somebody else's, and may be a pipe that does not block. */
START_TEST(a_pipe_that_took_a_part_gets_the_next_line_on_a_line_of_its_own)
{
    const int kept = dup(STDOUT_FILENO);
    struct qw_trail *trail = open_trail("stdout", NULL);
    static char large[100000];
    static char data[sizeof(large) + 1];
    struct qw_err err;
    ssize_t got;
    int pipe_fds[2];
    int results[2];

    memset(large, 'x', sizeof(large));
    ck_assert_int_eq(pipe2(pipe_fds, O_NONBLOCK), 0);
    ck_assert_int_eq(dup2(pipe_fds[1], STDOUT_FILENO), STDOUT_FILENO);
    results[0] = qw_trail_write(trail, (struct qw_bytes){large, sizeof(large)}, 7, false, &err);
    got = read(pipe_fds[0], data, sizeof(data));
    results[1] = write_one(trail);
    dup2(kept, STDOUT_FILENO);
    ck_assert_int_eq(results[0], -1);
    ck_assert_int_gt((int)got, 0);
    ck_assert_int_eq(results[1], 0);
    got = read(pipe_fds[0], data, sizeof(data) - 1);
    ck_assert_int_gt((int)got, 0);
    data[got] = '\0';
    ck_assert(strncmp(data, "\n{\"time\":", 9) == 0);
    ck_assert_ptr_nonnull(strstr(data, "\"seq\":1,"));
    qw_trail_close(trail);
}
END_TEST

START_TEST(after_a_rotation_the_new_file_goes_on_with_the_numbers)
{
    const char *const path = in_folder("a");
    struct qw_trail *trail = open_trail(path, NULL);
    struct qw_err err;

    ck_assert_int_eq(write_one(trail), 0);
    ck_assert_int_eq(rename(path, in_folder("a.1")), 0);
    ck_assert_int_eq(write_one(trail), 0);
    ck_assert_int_eq(qw_trail_reopen(trail, &path, 1, &err), 0);
    ck_assert_int_eq(write_one(trail), 0);
    ck_assert_int_eq(qw_trail_reopen(trail, &path, 1, &err), 0);
    ck_assert_int_eq(write_one(trail), 0);
    check_seqs(in_folder("a.1"), 1, 2);
    check_seqs(path, 3, 2);
    qw_trail_close(trail);
}
END_TEST

START_TEST(a_reopening_that_fails_changes_nothing)
{
    const char *const path = in_folder("a");
    const char *const bad[] = {in_folder("b"), in_folder("no/such/folder/c")};
    struct qw_trail *trail = open_trail(path, NULL);
    struct qw_err err;

    ck_assert_int_eq(write_one(trail), 0);
    ck_assert_int_eq(qw_trail_reopen(trail, bad, 2, &err), -1);
    ck_assert_int_eq(err.code, QW_E_IO);
    ck_assert_int_eq(write_one(trail), 0);
    check_seqs(path, 1, 2);
    qw_trail_close(trail);
}
END_TEST

struct load {
    struct qw_trail *trail;
    const char *path;
    bool sync;
};

static void *write_many(void *cls)
{
    const struct load *load = cls;
    struct qw_err err;

    for (int i = 0; i < 2000; i++)
        if (qw_trail_write(load->trail, QW_LIT("\"verdict\":\"allow\""), 7, load->sync && i % 100 == 0, &err))
            return (void *)1;
    return NULL;
}

START_TEST(lines_of_many_threads_are_whole_and_in_order_while_files_are_reopened)
{
    enum { THREADS = 4 };
    const size_t records = (size_t)THREADS * 2000;
    const char *const path = in_folder("a");
    struct load load = {open_trail(path, NULL), path, true};
    unsigned long *seqs = calloc(records, sizeof(*seqs));
    pthread_t threads[THREADS];
    struct qw_err err;

    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, write_many, &load), 0);
    for (int i = 0; i < 50; i++)
        ck_assert_int_eq(qw_trail_reopen(load.trail, &path, 1, &err), 0);
    for (int i = 0; i < THREADS; i++) {
        void *failed;

        pthread_join(threads[i], &failed);
        ck_assert_ptr_null(failed);
    }
    ck_assert_uint_eq(read_seqs(path, seqs, records), records);
    for (unsigned long i = 0; i < records; i++)
        ck_assert_uint_eq(seqs[i], i + 1);
    free(seqs);
    qw_trail_close(load.trail);
}
END_TEST

START_TEST(standard_output_has_two_names)
{
    ck_assert(qw_trail_is_stdout("-"));
    ck_assert(qw_trail_is_stdout("stdout"));
    ck_assert(!qw_trail_is_stdout("/stdout"));
    ck_assert(!qw_trail_is_stdout(""));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("audit");
    TCase *tests = tcase_create("trail");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_checked_fixture(tests, make_folder, remove_folder);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, a_record_is_one_line_with_time_number_fields_and_duration);
    tcase_add_test(tests, every_destination_gets_the_record_and_a_missing_folder_is_made);
    tcase_add_test(tests, the_sequence_goes_on_after_the_last_number);
    tcase_add_test(tests, a_last_line_longer_than_any_buffer_is_read);
    tcase_add_test(tests, a_link_and_a_folder_are_no_destinations);
    tcase_add_test(tests, a_full_disk_is_a_failure_and_costs_no_number);
    tcase_add_test(tests, a_line_that_does_not_fit_is_cut_off_again);
    tcase_add_test(tests, another_writers_line_is_not_cut_off);
    tcase_add_test(tests, what_one_destination_cannot_take_the_others_keep);
    tcase_add_test(tests, a_pipe_that_took_a_part_gets_the_next_line_on_a_line_of_its_own);
    tcase_add_test(tests, after_a_rotation_the_new_file_goes_on_with_the_numbers);
    tcase_add_test(tests, a_reopening_that_fails_changes_nothing);
    tcase_add_test(tests, lines_of_many_threads_are_whole_and_in_order_while_files_are_reopened);
    tcase_add_test(tests, standard_output_has_two_names);
    suite_add_tcase(suite, tests);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}

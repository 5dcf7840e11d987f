/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quaywarden/base.h"

#include "suite.h"

static void expect_buf(struct qw_buf *buf, const char *expected)
{
    ck_assert_uint_eq(buf->len, strlen(expected));
    ck_assert_mem_eq(buf->data, expected, buf->len);
    qw_buf_fini(buf);
}

START_TEST(json_text_is_one_line_of_valid_utf8)
{
    static const struct {
        const char *in;
        const char *out;
    } rows[] = {
        {"plain", "\"plain\""},
        {"a\"b\\c", "\"a\\\"b\\\\c\""},
        {"line\nfeed\ttab", "\"line\\nfeed\\ttab\""},
        {"bell\a\x1b[31m\x7f", "\"bell\\u0007\\u001b[31m\\u007f\""},
        {"h\xc3\xa9llo \xf0\x9f\x90\xb3", "\"h\xc3\xa9llo \xf0\x9f\x90\xb3\""},
        {"bad\xff\xc3", "\"bad\\ufffd\\ufffd\""},
        {"overlong\xc0\xaf", "\"overlong\\ufffd\\ufffd\""},
        {"surrogate\xed\xa0\x80", "\"surrogate\\ufffd\\ufffd\\ufffd\""},
        {"c1\xc2\x85", "\"c1\\u0085\""},
        {"separator\xe2\x80\xa8", "\"separator\\u2028\""},
        {"turned\xe2\x80\xae", "\"turned\\u202e\""},
        {"hidden\xe2\x80\x8b", "\"hidden\\u200b\""},
        {"mark\xef\xbb\xbf", "\"mark\\ufeff\""},
    };

    for (size_t i = 0; i < QW_COUNT(rows); i++) {
        struct qw_buf buf = {0};

        qw_buf_add_json(&buf, qw_bytes_of(rows[i].in));
        expect_buf(&buf, rows[i].out);
    }
}
END_TEST

START_TEST(shown_text_is_cut_between_characters)
{
    struct qw_buf buf = {0};

    qw_buf_add_shown(&buf, QW_LIT("ab\xc3\xa9\xc3\xa9\xc3\xa9"), 3);
    expect_buf(&buf, "ab\xc3\xa9…");
    qw_buf_add_shown(&buf, QW_LIT("abc"), 3);
    expect_buf(&buf, "abc");
}
END_TEST

START_TEST(integers_are_all_digits_or_none)
{
    static const struct {
        const char *in;
        bool ok;
        int64_t out;
    } rows[] = {
        {"0", true, 0},
        {"-1", true, -1},
        {"+7", true, 7},
        {"9223372036854775807", true, INT64_MAX},
        {"-9223372036854775808", true, INT64_MIN},
        {"9223372036854775808", false, 0},
        {"-9223372036854775809", false, 0},
        {"", false, 0},
        {"-", false, 0},
        {"1e3", false, 0},
        {" 1", false, 0},
        {"0x10", false, 0},
    };

    for (size_t i = 0; i < QW_COUNT(rows); i++) {
        int64_t n = 0;

        ck_assert_msg(qw_bytes_to_int(qw_bytes_of(rows[i].in), &n) == rows[i].ok, "%s", rows[i].in);
        ck_assert_int_eq(n, rows[i].out);
    }
}
END_TEST

START_TEST(written_integers_read_back)
{
    const int64_t numbers[] = {0, 1, -1, 42, INT64_MAX, INT64_MIN};

    for (size_t i = 0; i < QW_COUNT(numbers); i++) {
        struct qw_buf buf = {0};
        int64_t n = 0;

        qw_buf_add_int(&buf, numbers[i]);
        ck_assert(qw_bytes_to_int(qw_buf_bytes(&buf), &n));
        ck_assert_int_eq(n, numbers[i]);
        qw_buf_fini(&buf);
    }
}
END_TEST

START_TEST(split_gives_every_piece_once)
{
    struct qw_bytes rest = QW_LIT("a,,b,");
    struct qw_bytes piece;
    const char *const pieces[] = {"a", "", "b", ""};

    for (size_t i = 0; i < QW_COUNT(pieces); i++) {
        ck_assert(qw_bytes_split(&rest, ',', &piece));
        ck_assert(qw_bytes_is(piece, pieces[i]));
    }
    piece = QW_LIT("before");
    ck_assert(!qw_bytes_split(&rest, ',', &piece));
    ck_assert(piece.data && piece.len == 0);
}
END_TEST

START_TEST(texts_are_put_one_after_the_other)
{
    struct qw_arena *arena = qw_arena_new();
    const struct qw_bytes none = {NULL, 0};

    ck_assert(qw_bytes_is(qw_arena_concat3(arena, QW_LIT("a"), QW_LIT(":"), QW_LIT("b")), "a:b"));
    ck_assert(qw_bytes_is(qw_arena_concat(arena, none, QW_LIT("b")), "b"));
    ck_assert(qw_arena_concat(arena, none, none).data != NULL);
    ck_assert(qw_arena_concat3(arena, QW_LIT("a"), (struct qw_bytes){"", SIZE_MAX - 1}, QW_LIT("b")).data == NULL);
    qw_arena_free(arena);
}
END_TEST

START_TEST(an_arena_gives_aligned_memory_that_does_not_overlap)
{
    struct qw_arena *arena = qw_arena_new();
    char *last = NULL;

    for (size_t size = 1; size < 100000; size = size * 2 + 1) {
        char *p = qw_arena_alloc(arena, size);

        ck_assert_ptr_nonnull(p);
        ck_assert_uint_eq((uintptr_t)p % 16, 0);
        memset(p, 0x5a, size);
        if (last)
            ck_assert_int_eq(*last, 0x5a);
        last = p;
    }
    ck_assert_ptr_null(qw_arena_alloc(arena, SIZE_MAX));
    ck_assert_ptr_null(qw_arena_zalloc(arena, SIZE_MAX / 2, 3));
    qw_arena_reset(arena);
    ck_assert_int_eq(((char *)qw_arena_zalloc(arena, 100, 1))[99], 0);
    qw_arena_free(arena);
}
END_TEST

START_TEST(an_error_is_one_line_with_context)
{
    struct qw_err err;

    ck_assert_int_eq(qw_fail(&err, QW_E_MALFORMED, "bad\nthing"), -1);
    ck_assert_int_eq(qw_err_wrap(&err, "reading %s", "it"), -1);
    ck_assert_str_eq(err.msg, "reading it: bad?thing");
    ck_assert_int_eq(err.code, QW_E_MALFORMED);
}
END_TEST

START_TEST(a_file_is_read_whole_or_not_at_all)
{
    char path[] = "/tmp/quaywarden-test-XXXXXX";
    const int fd = mkstemp(path);
    struct qw_err err;
    char *text;
    size_t len;

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, "hello", 5), 5);
    ck_assert_int_eq(qw_file_read(path, 5, &text, &len, &err), 0);
    ck_assert_uint_eq(len, 5);
    ck_assert_str_eq(text, "hello");
    free(text);
    ck_assert_int_eq(qw_file_read(path, 4, &text, &len, &err), -1);
    ck_assert_int_eq(err.code, QW_E_LIMIT);
    ck_assert_int_eq(qw_file_read("/tmp", 4, &text, &len, &err), -1);
    close(fd);
    unlink(path);
    ck_assert_int_eq(qw_file_read(path, 4, &text, &len, &err), -1);
    ck_assert_int_eq(err.code, QW_E_IO);
}
END_TEST

QW_SUITE("base", json_text_is_one_line_of_valid_utf8, shown_text_is_cut_between_characters,
         integers_are_all_digits_or_none, written_integers_read_back, split_gives_every_piece_once,
         texts_are_put_one_after_the_other, an_arena_gives_aligned_memory_that_does_not_overlap,
         an_error_is_one_line_with_context, a_file_is_read_whole_or_not_at_all)

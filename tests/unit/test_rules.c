/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quaywarden/rules.h"

#include <check.h>

#define TEXT(s) ((struct qw_bytes){(s), strlen(s)})

static const struct qw_variables alice = {
    .tenant = {"team-a", 6},
    .user = {"alice", 5},
    .home = {"/home/alice", 11},
};

/* ---- patterns ---- */

struct pattern_row {
    enum qw_pattern_kind kind;
    const char *pattern;
    const char *text;
    bool matches;
};

#define DIGEST "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct pattern_row pattern_rows[] = {
    {QW_PATTERN_NAME, "web", "web", true},
    {QW_PATTERN_NAME, "web", "web2", false},
    {QW_PATTERN_NAME, "web", "", false},
    {QW_PATTERN_NAME, "*", "", true},
    {QW_PATTERN_NAME, "*", "a/b", true},
    {QW_PATTERN_NAME, "ci-*", "ci-7", true},
    {QW_PATTERN_NAME, "ci-*", "ci", false},
    {QW_PATTERN_NAME, "*-ci", "a-ci-ci", true},
    {QW_PATTERN_NAME, "a*b*c", "a-b-b-c", true},
    {QW_PATTERN_NAME, "a*b*c", "a-c-b", false},
    {QW_PATTERN_NAME, "{tenant}-*", "team-a-db", true},
    {QW_PATTERN_NAME, "{tenant}-*", "team-b-db", false},
    {QW_PATTERN_NAME, "{user}", "alice", true},
    {QW_PATTERN_PATH, "/", "/", true},
    {QW_PATTERN_PATH, "/", "/etc", false},
    {QW_PATTERN_PATH, "/srv", "/srv", true},
    {QW_PATTERN_PATH, "/srv", "/srv/x", false},
    {QW_PATTERN_PATH, "/srv", "/srvx", false},
    {QW_PATTERN_PATH, "/srv/**", "/srv", true},
    {QW_PATTERN_PATH, "/srv/**", "/srv/a/b", true},
    {QW_PATTERN_PATH, "/srv/**", "/srvx", false},
    {QW_PATTERN_PATH, "/srv/**", "/", false},
    {QW_PATTERN_PATH, "/**", "/", true},
    {QW_PATTERN_PATH, "/**", "/etc/passwd", true},
    {QW_PATTERN_PATH, "/srv/*", "/srv/a", true},
    {QW_PATTERN_PATH, "/srv/*", "/srv/a/b", false},
    {QW_PATTERN_PATH, "/srv/*", "/srv", false},
    {QW_PATTERN_PATH, "/srv/*/data", "/srv/a/data", true},
    {QW_PATTERN_PATH, "/srv/*/data", "/srv/a/b/data", false},
    {QW_PATTERN_PATH, "/srv/**/data", "/srv/a/b/data", true},
    {QW_PATTERN_PATH, "/srv/**/data", "/srv/a/b/datax", false},
    {QW_PATTERN_PATH, "/srv/**/a*b", "/srv/x/ax/ab", true},
    {QW_PATTERN_PATH, "/srv/**/a*b/c", "/srv/aab/d/axb/c", true},
    {QW_PATTERN_PATH, "/srv/**/a*b/c", "/srv/aab/d/axb/cc", false},
    {QW_PATTERN_PATH, "/*/x*y*/z", "/q/x1y2y3/z", true},
    {QW_PATTERN_PATH, "/srv/{tenant}/**", "/srv/team-a/x", true},
    {QW_PATTERN_PATH, "/srv/{tenant}/**", "/srv/team-a-b/x", false},
    {QW_PATTERN_PATH, "{home}/**", "/home/alice/x", true},
    {QW_PATTERN_PATH, "{home}/**", "/home/alicex", false},
    {QW_PATTERN_PATH, "{home}", "/home/alice", true},
    {QW_PATTERN_PATH, "{home}", "/home/alice/x", false},
    {QW_PATTERN_IMAGE, "alpine", "docker.io/library/alpine:3", true},
    {QW_PATTERN_IMAGE, "docker.io/library/*", "alpine", true},
    {QW_PATTERN_IMAGE, "docker.io/library/*", "index.docker.io/alpine", true},
    {QW_PATTERN_IMAGE, "docker.io/library/*", "team/alpine", false},
    {QW_PATTERN_IMAGE, "docker.io/library/*", "evil.example.com/library/alpine", false},
    {QW_PATTERN_IMAGE, "team/*", "docker.io/team/app", true},
    {QW_PATTERN_IMAGE, "*", "alpine", true},
    {QW_PATTERN_IMAGE, "*", "team/app", false},
    {QW_PATTERN_IMAGE, "**", "localhost:5000/a/b@" DIGEST, true},
    {QW_PATTERN_IMAGE, "localhost:5000/**", "localhost:5000/a/b", true},
    {QW_PATTERN_IMAGE, "localhost:5000/**", "localhost:50001/a/b", false},
    {QW_PATTERN_IMAGE, "registry.example.com/{tenant}/**", "registry.example.com/team-a/x/y:1", true},
    {QW_PATTERN_IMAGE, "registry.example.com/{tenant}/**", "registry.example.com/team-b/x", false},
    {QW_PATTERN_IMAGE, "alpine:3.*", "alpine:3.19", true},
    {QW_PATTERN_IMAGE, "alpine:3.*", "alpine:edge", false},
    {QW_PATTERN_IMAGE, "alpine:3.*", "alpine", false},
    {QW_PATTERN_IMAGE, "alpine:latest", "alpine", true},
    {QW_PATTERN_IMAGE, "alpine:3.19", "alpine:3.19@" DIGEST, false},
    {QW_PATTERN_IMAGE, "alpine@" DIGEST, "alpine@" DIGEST, true},
    {QW_PATTERN_IMAGE, "alpine@" DIGEST, "alpine:3.19@" DIGEST, true},
    {QW_PATTERN_IMAGE, "alpine@" DIGEST, "alpine:3.19", false},
    {QW_PATTERN_IMAGE, "**", DIGEST, false},
    {QW_PATTERN_IMAGE, "**", "cafe", false},
    {QW_PATTERN_IMAGE, "**", "sha256:cafe", false},
    {QW_PATTERN_IMAGE, "**", "cafe:1", true},
    {QW_PATTERN_IMAGE, "**", "library/cafe", true},
    {QW_PATTERN_IMAGE, "**", "Alpine", false},
};

static void check_pattern(size_t i)
{
    const struct pattern_row *row = &pattern_rows[i];
    struct qw_pattern *pattern = NULL;
    struct qw_err err;

    ck_assert_int_eq(qw_pattern_new(row->kind, row->pattern, &pattern, &err), 0);
    ck_assert_str_eq(qw_pattern_text(pattern), row->pattern);
    ck_assert_msg(qw_pattern_matches(pattern, &alice, TEXT(row->text)) == row->matches, "%s and %s", row->pattern,
                  row->text);
    qw_pattern_free(pattern);
}

START_TEST(a_pattern_matches_all_of_a_text_or_nothing)
{
    for (size_t i = 0; i < QW_COUNT(pattern_rows); i++)
        check_pattern(i);
}
END_TEST

static const struct {
    enum qw_pattern_kind kind;
    const char *pattern;
} bad_patterns[] = {
    {QW_PATTERN_NAME, ""},         {QW_PATTERN_NAME, "**"},       {QW_PATTERN_NAME, "{team}"},
    {QW_PATTERN_NAME, "{tenant"},  {QW_PATTERN_NAME, "tenant}"},  {QW_PATTERN_PATH, "srv"},
    {QW_PATTERN_PATH, "/srv/"},    {QW_PATTERN_PATH, "//srv"},    {QW_PATTERN_PATH, "/srv/../etc"},
    {QW_PATTERN_PATH, "/srv/./x"}, {QW_PATTERN_PATH, "/srv/***"}, {QW_PATTERN_PATH, "{tenant}/x"},
    {QW_PATTERN_PATH, "/a//**"},   {QW_PATTERN_IMAGE, ":tag"},    {QW_PATTERN_IMAGE, "alpine:"},
    {QW_PATTERN_IMAGE, "alpine@"}, {QW_PATTERN_IMAGE, "a/***"},   {QW_PATTERN_IMAGE, "a:**"},
    {QW_PATTERN_PATH, "{home}x"},  {QW_PATTERN_PATH, "{home}*"},  {QW_PATTERN_PATH, "{home}{user}"},
};

static void check_bad_pattern(size_t i)
{
    struct qw_pattern *pattern = NULL;
    struct qw_err err = {0};

    ck_assert_int_eq(qw_pattern_new(bad_patterns[i].kind, bad_patterns[i].pattern, &pattern, &err), -1);
    ck_assert_int_eq(err.code, QW_E_MALFORMED);
    ck_assert_ptr_null(pattern);
}

START_TEST(a_pattern_that_could_not_match_is_refused)
{
    for (size_t i = 0; i < QW_COUNT(bad_patterns); i++)
        check_bad_pattern(i);
}
END_TEST

static const char *const unsafe_values[] = {"", "..", ".a", "-a", "a/b", "*", "a b", "{user}", "a\n"};

static void check_unsafe_value(size_t i)
{
    const struct qw_variables variables = {.tenant = TEXT(unsafe_values[i])};
    QW_AUTO(buf) struct qw_buf path = {0};
    struct qw_pattern *pattern = NULL;
    struct qw_err err;

    qw_buf_printf(&path, "/srv/%s", unsafe_values[i]);
    ck_assert_int_eq(qw_pattern_new(QW_PATTERN_PATH, "/srv/{tenant}", &pattern, &err), 0);
    ck_assert(!qw_pattern_matches(pattern, &variables, qw_buf_bytes(&path)));
    ck_assert(!qw_pattern_matches(pattern, NULL, qw_buf_bytes(&path)));
    qw_pattern_free(pattern);
}

START_TEST(an_unsafe_variable_matches_nothing)
{
    for (size_t i = 0; i < QW_COUNT(unsafe_values); i++)
        check_unsafe_value(i);
}
END_TEST

static const char *const unsafe_homes[] = {"", "/", "home/a", "/home/../etc", "/home//a", "/home/a/", "/home/."};

static void check_unsafe_home(size_t i)
{
    const struct qw_variables variables = {.home = TEXT(unsafe_homes[i])};
    QW_AUTO(buf) struct qw_buf path = {0};
    struct qw_pattern *pattern = NULL;
    struct qw_err err;

    qw_buf_printf(&path, "%s/x", unsafe_homes[i]);
    ck_assert_int_eq(qw_pattern_new(QW_PATTERN_PATH, "{home}/**", &pattern, &err), 0);
    ck_assert(!qw_pattern_matches(pattern, &variables, qw_buf_bytes(&path)));
    qw_pattern_free(pattern);
}

START_TEST(a_home_that_is_no_clean_path_matches_nothing)
{
    for (size_t i = 0; i < QW_COUNT(unsafe_homes); i++)
        check_unsafe_home(i);
}
END_TEST

START_TEST(a_variable_is_literal_and_never_a_pattern)
{
    const struct qw_variables variables = {.home = TEXT("/home/*")};
    struct qw_pattern *pattern = NULL;
    struct qw_err err;

    ck_assert_int_eq(qw_pattern_new(QW_PATTERN_PATH, "{home}/x", &pattern, &err), 0);
    ck_assert(qw_pattern_matches(pattern, &variables, TEXT("/home/*/x")));
    ck_assert(!qw_pattern_matches(pattern, &variables, TEXT("/home/bob/x")));
    qw_pattern_free(pattern);
}
END_TEST

START_TEST(a_pattern_of_many_stars_does_not_explode)
{
    static const struct {
        enum qw_pattern_kind kind;
        const char *pattern;
    } rows[] = {
        {QW_PATTERN_NAME, "*a*a*a*a*a*a*a*a*a*a*a*a*b"},
        {QW_PATTERN_PATH, "/**a*a*a*a*a*a*a*a**a*a*a*b"},
        {QW_PATTERN_PATH, "/**/a*a*a*a*a*a*a*a/**/a*a*b"},
    };
    static char text[200000];

    memset(text, 'a', sizeof(text) - 1);
    text[0] = '/';
    for (size_t i = 0; i < QW_COUNT(rows); i++) {
        struct qw_pattern *pattern = NULL;
        struct qw_err err;

        ck_assert_int_eq(qw_pattern_new(rows[i].kind, rows[i].pattern, &pattern, &err), 0);
        ck_assert(!qw_pattern_matches(pattern, &alice, TEXT(text)));
        qw_pattern_free(pattern);
    }
}
END_TEST

/* ---- images ---- */

static const struct {
    const char *text;
    const char *name; /* NULL: no reference */
    const char *tag;
    const char *digest;
} image_rows[] = {
    {"alpine", "docker.io/library/alpine", "", ""},
    {"alpine:3", "docker.io/library/alpine", "3", ""},
    {"library/alpine", "docker.io/library/alpine", "", ""},
    {"docker.io/alpine", "docker.io/library/alpine", "", ""},
    {"index.docker.io/library/alpine", "docker.io/library/alpine", "", ""},
    {"team/app", "docker.io/team/app", "", ""},
    {"localhost/app", "localhost/app", "", ""},
    {"localhost:5000/app:1", "localhost:5000/app", "1", ""},
    {"host:5000", "docker.io/library/host", "5000", ""},
    {"REG/app", "REG/app", "", ""},
    {"[::1]:5000/app", "[::1]:5000/app", "", ""},
    {"a.b/c/d:t@" DIGEST, "a.b/c/d", "t", DIGEST},
    {"a__b/c--d.e_f", "docker.io/a__b/c--d.e_f", "", ""},
    {"sha256:latest", "docker.io/library/sha256", "latest", ""},
    {"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0",
     "docker.io/library/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0", "", ""},
    {"", NULL, NULL, NULL},
    {"Alpine", NULL, NULL, NULL},
    {"a..b", NULL, NULL, NULL},
    {"a___b", NULL, NULL, NULL},
    {"a/", NULL, NULL, NULL},
    {"/a", NULL, NULL, NULL},
    {"a//b", NULL, NULL, NULL},
    {"a:b:c", NULL, NULL, NULL},
    {"a:", NULL, NULL, NULL},
    {"a@", NULL, NULL, NULL},
    {"a@sha256:12", NULL, NULL, NULL},
    {"a b", NULL, NULL, NULL},
    {"a\n", NULL, NULL, NULL},
    {"-a.b/c", NULL, NULL, NULL},
    {"a.b:/c", NULL, NULL, NULL},
    {"https://a.b/c", NULL, NULL, NULL},
    {DIGEST, NULL, NULL, NULL},
    {"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", NULL, NULL, NULL},
};

static void check_image(size_t i)
{
    struct qw_image_name image;
    const bool is = qw_image_read(TEXT(image_rows[i].text), &image);

    ck_assert_msg(is == (image_rows[i].name != NULL), "%s", image_rows[i].text);
    if (!is)
        return;
    ck_assert_str_eq(image.name, image_rows[i].name);
    ck_assert_msg(qw_bytes_is(image.tag, image_rows[i].tag), "%s", image_rows[i].text);
    ck_assert_msg(qw_bytes_is(image.digest, image_rows[i].digest), "%s", image_rows[i].text);
}

START_TEST(an_image_is_read_as_the_engine_reads_it)
{
    for (size_t i = 0; i < QW_COUNT(image_rows); i++)
        check_image(i);
}
END_TEST

/* The engine counts "library/", which it puts before a name alone, into the 255 bytes that a path may have. */
START_TEST(an_image_name_has_an_end)
{
    struct qw_image_name image;
    char name[257];

    memset(name, 'x', sizeof(name) - 1);
    ck_assert(qw_image_read((struct qw_bytes){name, 247}, &image));
    ck_assert(!qw_image_read((struct qw_bytes){name, 248}, &image));
    name[0] = 'a';
    name[1] = '/';
    ck_assert(qw_image_read((struct qw_bytes){name, 255}, &image));
    ck_assert(!qw_image_read((struct qw_bytes){name, 256}, &image));
}
END_TEST

/* ---- numbers and addresses ---- */

struct number_row {
    const char *text;
    int64_t number; /* -1: is refused */
    const char *shown;
};

static const struct number_row sizes[] = {
    {"0", 0, "0b"},
    {"1", 1, "1b"},
    {"512m", INT64_C(536870912), "512m"},
    {"512M", INT64_C(536870912), "512m"},
    {"007b", 7, "7b"},
    {"1024", 1024, "1k"},
    {"1025", 1025, "1025b"},
    {"1536k", 1572864, "1536k"},
    {"2G", INT64_C(2147483648), "2g"},
    {"1024g", INT64_C(1099511627776), "1t"},
    {"8388607t", INT64_C(9223370937343148032), "8388607t"},
    {"9223372036854775807", INT64_MAX, "9223372036854775807b"},
    {"8388608t", -1, NULL},
    {"9223372036854775808", -1, NULL},
    {"99999999999999999999", -1, NULL},
    {"", -1, NULL},
    {"m", -1, NULL},
    {"-1", -1, NULL},
    {"+1", -1, NULL},
    {"1.5g", -1, NULL},
    {"1 m", -1, NULL},
    {" 1m", -1, NULL},
    {"1mb", -1, NULL},
    {"1p", -1, NULL},
    {"1e9", -1, NULL},
    {"0x10", -1, NULL},
};

static const struct number_row cpus[] = {
    {"0", 0, "0"},
    {"1", INT64_C(1000000000), "1"},
    {"1.5", INT64_C(1500000000), "1.5"},
    {"1.50", INT64_C(1500000000), "1.5"},
    {"0.05", INT64_C(50000000), "0.05"},
    {"0.000000001", 1, "0.000000001"},
    {"10", INT64_C(10000000000), "10"},
    {"9223372035.999999999", INT64_C(9223372035999999999), "9223372035.999999999"},
    {"9223372036", -1, NULL},
    {"0.0000000001", -1, NULL},
    {"", -1, NULL},
    {".5", -1, NULL},
    {"1.", -1, NULL},
    {"1.5.0", -1, NULL},
    {"-1", -1, NULL},
    {"1e3", -1, NULL},
    {"1,5", -1, NULL},
};

static void check_numbers(const struct number_row *rows, size_t count, bool (*read)(struct qw_bytes, int64_t *),
                          const char *(*shown)(struct qw_arena *, int64_t))
{
    struct qw_arena *arena = qw_arena_new();

    ck_assert_ptr_nonnull(arena);
    for (size_t i = 0; i < count; i++) {
        int64_t number = -1;
        const bool is = read(TEXT(rows[i].text), &number);

        ck_assert_msg(is == (rows[i].number >= 0) && number == rows[i].number, "\"%s\": %lld", rows[i].text,
                      (long long)number);
        if (is)
            ck_assert_str_eq(shown(arena, number), rows[i].shown);
    }
    qw_arena_free(arena);
}

START_TEST(a_size_is_read_as_dockers_and_shown_shortest)
{
    check_numbers(sizes, QW_COUNT(sizes), qw_size_read, qw_size_shown);
}
END_TEST

START_TEST(processors_are_read_without_rounding)
{
    check_numbers(cpus, QW_COUNT(cpus), qw_cpus_read, qw_cpus_shown);
}
END_TEST

static const struct {
    const char *text;
    int64_t low; /* -1: is refused */
    int64_t high;
} ranges[] = {
    {"80", 80, 80},   {"0-0", 0, 0},    {"80-90", 80, 90}, {"0-65535", 0, 65535},
    {"007-8", 7, 8},  {"90-80", -1, 0}, {"65536", -1, 0},  {"1-65536", -1, 0},
    {"", -1, 0},      {"-", -1, 0},     {"-1", -1, 0},     {"1-", -1, 0},
    {"1-2-3", -1, 0}, {"1 -2", -1, 0},  {"+1", -1, 0},     {"1-18446744073709551617", -1, 0},
};

START_TEST(a_range_is_in_order_and_within_its_bound)
{
    for (size_t i = 0; i < QW_COUNT(ranges); i++) {
        struct qw_range range = {-1, 0};

        ck_assert_msg(qw_range_read(TEXT(ranges[i].text), 65535, &range) == (ranges[i].low >= 0), "%s", ranges[i].text);
        ck_assert_int_eq(range.low, ranges[i].low);
        ck_assert_int_eq(range.high, ranges[i].high);
    }
}
END_TEST

static const struct {
    const char *subnet;
    const char *address;
    bool holds;
} subnets[] = {
    {"127.0.0.1", "127.0.0.1", true},
    {"127.0.0.1", "127.0.0.2", false},
    {"127.0.0.0/8", "127.255.0.1", true},
    {"127.1.2.3/8", "127.255.0.1", true}, /* what is behind the prefix says nothing */
    {"127.0.0.0/8", "128.0.0.1", false},
    {"192.0.2.128/25", "192.0.2.127", false},
    {"192.0.2.128/25", "192.0.2.129", true},
    {"192.0.2.0/24", "192.0.2.0/25", true},
    {"192.0.2.0/25", "192.0.2.0/24", false},
    {"0.0.0.0/0", "203.0.113.9", true},
    {"0.0.0.0/0", "2001:db8::1", false},
    {"::/0", "203.0.113.9", true},
    {"::ffff:192.0.2.0/120", "192.0.2.7", true},
    {"192.0.2.0/24", "::ffff:192.0.2.7", true},
    {"2001:db8::/33", "2001:db8:7fff::1", true},
    {"2001:db8::/33", "2001:db8:8000::1", false},
    {"::1/128", "::1", true},
};

static const char *const no_subnets[] = {"",
                                         "/",
                                         "/8",
                                         "127.0.0.1/",
                                         "127.0.0.1/33",
                                         "127.0.0.1/-1",
                                         "127.0.0.1/8/8",
                                         "127.0.0",
                                         "127.0.0.01",
                                         "0x7f.0.0.1",
                                         "::/129",
                                         "fe80::1%eth0",
                                         "localhost",
                                         " 127.0.0.1",
                                         "1:2:3:4:5:6:7:8:9",
                                         "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000"};

START_TEST(a_subnet_holds_the_addresses_of_its_prefix_in_both_spellings)
{
    struct qw_subnet subnet;
    struct qw_subnet address;

    for (size_t i = 0; i < QW_COUNT(subnets); i++) {
        ck_assert(qw_subnet_read(TEXT(subnets[i].subnet), &subnet));
        ck_assert(qw_subnet_read(TEXT(subnets[i].address), &address));
        ck_assert_msg(qw_subnet_holds(&subnet, &address) == subnets[i].holds, "%s in %s", subnets[i].address,
                      subnets[i].subnet);
    }
    for (size_t i = 0; i < QW_COUNT(no_subnets); i++)
        ck_assert_msg(!qw_subnet_read(TEXT(no_subnets[i]), &subnet), "%s", no_subnets[i]);
    ck_assert(!qw_subnet_read((struct qw_bytes){"127.0.0.1\0", 10}, &subnet));
}
END_TEST

/* ---- capabilities ---- */

static const struct {
    const char *text;
    int number;
} capability_rows[] = {
    {"CHOWN", 0},
    {"cap_chown", 0},
    {"Cap_Sys_Admin", 21},
    {"SYS_ADMIN", 21},
    {"NET_RAW", 13},
    {"CHECKPOINT_RESTORE", 40},
    {"ALL", QW_CAPABILITY_ALL},
    {"all", QW_CAPABILITY_ALL},
    {"CAP_ALL", -1},
    {"", -1},
    {"CAP_", -1},
    {"SYS ADMIN", -1},
    {" CHOWN", -1},
    {"CAP_CAP_CHOWN", -1},
    {"\xc5\xbfYS_ADMIN", -1}, /* ſ becomes S in the engine: unknown here */
};

static void check_capability(size_t i)
{
    ck_assert_int_eq(qw_capability_find(TEXT(capability_rows[i].text)), capability_rows[i].number);
}

START_TEST(a_capability_is_read_as_the_engine_reads_it)
{
    for (size_t i = 0; i < QW_COUNT(capability_rows); i++)
        check_capability(i);
}
END_TEST

START_TEST(the_default_capabilities_are_the_engines_fourteen)
{
    const uint64_t set = qw_capability_default();

    ck_assert_int_eq(__builtin_popcountll(set), 14);
    ck_assert(set & 1ULL << qw_capability_find(TEXT("NET_RAW")));
    ck_assert(!(set & 1ULL << qw_capability_find(TEXT("SYS_ADMIN"))));
}
END_TEST

START_TEST(every_capability_is_a_word_of_policies)
{
    struct qw_bytes rest = TEXT(qw_capability_words);
    struct qw_bytes word;
    int count = 0;

    for (; qw_bytes_split(&rest, ' ', &word); count++)
        ck_assert(qw_bytes_is(word, "default") || qw_capability_find(word) >= 0);
    ck_assert_int_eq(count, QW_CAPABILITY_COUNT + 2);
}
END_TEST

/* ---- one check, built from text ---- */

#define FACTS_MAX 4

struct given_fact {
    enum qw_fact_kind kind;
    const char *text;
    const char *parts; /* "key=value;key=value" */
    /* Of its place, where it has one: as resolved ("" and NULL: as written), and the rest of struct qw_place. */
    const char *resolved;
    const char *loose;
    const char *guarded;
    const char *trouble;
};

struct rule_row {
    const char *rule;
    const char *settings; /* "name=item item;name=any"; of BINDS: "PATH:ro:shared-folder:relabel:propagation:as-self" */
    struct given_fact facts[FACTS_MAX];
    const char *expect; /* ids or settings of what is reported, in order, separated by spaces; "" for nothing */
    enum qw_payload payload;
    const char *via;
};

struct world {
    struct qw_arena *arena;
    struct qw_request request;
    struct qw_route route;
    struct qw_json body;
    struct qw_identity identity;
    struct qw_facts facts;
    struct qw_fact fact[FACTS_MAX];
    struct qw_snapshot snapshot;
    struct qw_violations out;
    struct qw_rule_settings settings;
    struct qw_check check;
};

static void *alloc(struct world *w, size_t count, size_t size)
{
    void *p = qw_arena_zalloc(w->arena, count, size);

    ck_assert_ptr_nonnull(p);
    return p;
}

static char *text_of(struct world *w, struct qw_bytes bytes)
{
    char *out = alloc(w, bytes.len + 1, 1);

    memcpy(out, bytes.data, bytes.len);
    return out;
}

static void make_pattern(enum qw_pattern_kind kind, struct qw_item *item)
{
    struct qw_err err;

    ck_assert_msg(qw_pattern_new(kind, item->text, &item->pattern, &err) == 0, "%s: %s", item->text, err.msg);
}

static void read_terms(struct qw_item *item)
{
    char *words = strchr(item->text, ':');

    item->terms.root_owned = true;
    while (words) {
        char *word = words + 1;

        *words = '\0';
        words = strchr(word, ':');
        if (strncmp(word, "ro", 2) == 0)
            item->terms.read_only = true;
        else if (strncmp(word, "shared-folder", 13) == 0)
            item->terms.root_owned = false;
        else if (strncmp(word, "as-self", 7) == 0)
            item->terms.root_owned = !(item->terms.as_self = true);
        else if (strncmp(word, "relabel", 7) == 0)
            item->terms.relabel = true;
        else
            item->terms.propagation = true;
    }
}

/* LIMITS: "nofile:1024" */
static void read_limit(struct qw_item *item)
{
    char *number = strchr(item->text, ':');

    ck_assert_ptr_nonnull(number);
    *number++ = '\0';
    ck_assert(qw_number_read(TEXT(number), &item->range.high));
}

static void read_item(struct world *w, const struct qw_setting *setting, struct qw_bytes word, struct qw_item *item)
{
    const enum qw_setting_type type = setting->type;

    item->text = text_of(w, word);
    if (type == QW_SETTING_LIMITS)
        read_limit(item);
    if (type == QW_SETTING_RANGES)
        ck_assert(qw_range_read(word, setting->most, &item->range));
    if (type == QW_SETTING_ADDRESSES)
        ck_assert(qw_subnet_read(word, &item->subnet));
    if (type == QW_SETTING_SECCOMP && strncmp(item->text, "file:", 5) == 0)
        item->sha256 = item->text + 5;
    if (type == QW_SETTING_BINDS)
        read_terms(item);
    if (type == QW_SETTING_PATTERNS)
        make_pattern(QW_PATTERN_NAME, item);
    if (type == QW_SETTING_PATHS || type == QW_SETTING_BINDS)
        make_pattern(QW_PATTERN_PATH, item);
    if (type == QW_SETTING_IMAGES)
        make_pattern(QW_PATTERN_IMAGE, item);
}

/* True where the type is a number's. */
static bool read_amount(const struct qw_setting *setting, struct qw_bytes words, int64_t *out)
{
    switch (setting->type) {
    case QW_SETTING_SIZE:
        return qw_bytes_is(words, "limited") ? (*out = INT64_MAX) != 0 : qw_size_read(words, out);
    case QW_SETTING_CPUS:
        return qw_cpus_read(words, out);
    case QW_SETTING_FLAG:
    case QW_SETTING_NUMBER:
        return qw_number_read(words, out);
    default:
        return false;
    }
}

static void read_value(struct world *w, const struct qw_setting *setting, struct qw_bytes words, struct qw_value *value)
{
    struct qw_bytes word;

    value->set = true;
    value->items = alloc(w, 16, sizeof(*value->items));
    if (setting->type == QW_SETTING_CHOICE) {
        struct qw_bytes rest = TEXT(setting->words);

        for (value->number = 0; qw_bytes_split(&rest, ' ', &word) && !qw_bytes_eq(word, words); value->number++)
            ck_assert_ptr_nonnull(rest.data);
        return;
    }
    if (qw_bytes_is(words, "any")) {
        value->any = true;
        return;
    }
    if (read_amount(setting, words, &value->number))
        return;
    while (words.len && qw_bytes_split(&words, ' ', &word))
        read_item(w, setting, word, &value->items[value->item_count++]);
}

static void read_settings(struct world *w, const struct qw_rule *rule, const char *text)
{
    struct qw_bytes rest = TEXT(text);
    struct qw_bytes each;

    while (rest.len && qw_bytes_split(&rest, ';', &each)) {
        struct qw_bytes name;
        bool known = false;

        qw_bytes_split(&each, '=', &name);
        for (size_t i = 0; i < QW_SETTINGS_MAX && rule->settings[i].name; i++) {
            if (qw_bytes_is(name, rule->settings[i].name)) {
                read_value(w, &rule->settings[i], each, &w->settings.values[i]);
                known = true;
            }
        }
        ck_assert_msg(known, "%s has no setting of the name in %s", rule->id, text);
    }
}

static void read_parts(struct world *w, const char *text, struct qw_fact *fact)
{
    struct qw_part *parts = alloc(w, 16, sizeof(*parts));
    struct qw_bytes rest = TEXT(text);
    struct qw_bytes each;

    fact->parts = parts;
    while (qw_bytes_split(&rest, ';', &each)) {
        qw_bytes_split(&each, '=', &parts[fact->part_count].key);
        parts[fact->part_count++].value = each;
    }
}

static void add_place(struct world *w, const struct given_fact *given, const struct qw_fact *fact)
{
    struct qw_place *place = &w->snapshot.places[w->snapshot.place_count].place;

    w->snapshot.places[w->snapshot.place_count++].fact = fact;
    place->cleaned = qw_path_clean(qw_arena_printf(w->arena, "/" QW_BYTES_FMT, QW_BYTES_ARG(fact->text)), w->arena);
    place->resolved = given->resolved ? TEXT(given->resolved) : fact->text;
    if (given->loose)
        place->loose = TEXT(given->loose);
    place->guarded = given->guarded;
    place->trouble = given->trouble;
}

static void add_fact(struct world *w, const struct given_fact *given, size_t index)
{
    struct qw_fact *fact = &w->fact[index];

    fact->kind = given->kind;
    fact->text = TEXT(given->text);
    if (!qw_bytes_to_int(fact->text, &fact->number))
        fact->number = 1;
    if (given->parts)
        read_parts(w, given->parts, fact);
    if (w->facts.last[given->kind])
        w->facts.last[given->kind]->next = fact;
    else
        w->facts.first[given->kind] = fact;
    w->facts.last[given->kind] = fact;
    if (given->kind == QW_F_BIND || given->kind == QW_F_DEVICE || given->kind == QW_F_CHECKPOINT_DIR)
        add_place(w, given, fact);
}

static void world_init(struct world *w, const struct rule_row *row)
{
    const int index = qw_rule_find(row->rule);

    *w = (struct world){.arena = qw_arena_new()};
    ck_assert_ptr_nonnull(w->arena);
    ck_assert_msg(index >= 0, "%s is no rule", row->rule);
    w->snapshot.places = alloc(w, FACTS_MAX, sizeof(*w->snapshot.places));
    for (size_t i = 0; i < FACTS_MAX && row->facts[i].text; i++)
        add_fact(w, &row->facts[i], i);
    w->route.action = "";
    w->route.payload = row->payload ? row->payload : QW_PAYLOAD_CREATE;
    w->request.route = &w->route;
    w->request.body = &w->body;
    w->request.action = &qw_actions[0];
    w->identity.via = row->via ? TEXT(row->via) : TEXT("tls");
    w->snapshot.account = (struct qw_account){.known = row->via, .uid = 1001, .gid = 1002, .home = alice.home};
    w->check = (struct qw_check){.request = &w->request,
                                 .facts = &w->facts,
                                 .snapshot = &w->snapshot,
                                 .identity = &w->identity,
                                 .variables = &alice,
                                 .rule = &qw_rules[index],
                                 .settings = &w->settings,
                                 .arena = w->arena,
                                 .out = &w->out};
    read_settings(w, w->check.rule, row->settings);
}

static void world_fini(struct world *w)
{
    for (size_t i = 0; i < QW_SETTINGS_MAX; i++) {
        for (size_t j = 0; j < w->settings.values[i].item_count; j++)
            qw_pattern_free(w->settings.values[i].items[j].pattern);
    }
    qw_arena_free(w->arena);
}

/* "cap-rule other.setting …": the id, or the setting where there is one. */
static void print_reported(const struct qw_violations *out, struct qw_buf *buf)
{
    for (size_t i = 0; i < out->count; i++) {
        const struct qw_violation *violation = &out->items[i];

        qw_buf_printf(buf, "%s%s", i ? " " : "", violation->setting ? violation->setting : violation->rule);
    }
}

/* ---- the rules, row by row ---- */

#define BIND(source)                                                                                                   \
    {                                                                                                                  \
        QW_F_BIND, source, NULL, NULL, NULL, NULL, NULL                                                                \
    }
#define FACT(kind, s)                                                                                                  \
    {                                                                                                                  \
        QW_F_##kind, s, NULL, NULL, NULL, NULL, NULL                                                                   \
    }
#define PARTS(kind, s, parts)                                                                                          \
    {                                                                                                                  \
        QW_F_##kind, s, parts, NULL, NULL, NULL, NULL                                                                  \
    }
#define VOLUME_OPTIONS(parts)                                                                                          \
    {                                                                                                                  \
        {                                                                                                              \
            QW_F_VOLUME, "v", parts, NULL, NULL, NULL, NULL                                                            \
        }                                                                                                              \
    }
#define LOCAL "drivers=local;options=tmpfs;names=any"
#define SAFE_SYSCTLS                                                                                                   \
    "allow=kernel.shm_rmid_forced net.ipv4.ip_local_port_range net.ipv4.ip_unprivileged_port_start "                   \
    "net.ipv4.tcp_syncookies net.ipv4.ping_group_range"
#define DEFAULTS "seccomp=default;apparmor=default;selinux=default"
#define NNP      DEFAULTS ";no-new-privileges=required"
#define SHA      "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
#define AS_SELF  "allow={home}/**:as-self"
#define LOOSE_HOME                                                                                                     \
    {                                                                                                                  \
        QW_F_BIND, "/home/alice/x", NULL, NULL, "/home/alice", NULL, NULL                                              \
    }

/* clang-format off */
static const struct rule_row rule_rows[] = {
    /* rule, settings, facts, what is reported, payload (create), via (tls) */
    {"privileged", "", {{0}}, "", 0, NULL},
    {"privileged", "", {FACT(PRIVILEGED, "")}, "privileged", 0, NULL},
    {"privileged", "", {FACT(PRIVILEGED, "")}, "privileged", QW_PAYLOAD_EXEC, NULL},

    {"host-namespaces", "", {FACT(NETWORK_MODE, "default"), FACT(IPC_MODE, "shareable"), FACT(CGROUPNS_MODE, "private")}, "", 0, NULL},
    {"host-namespaces", "", {FACT(NETWORK_MODE, "host")}, "host-namespaces", 0, NULL},
    {"host-namespaces", "", {FACT(NETWORK_MODE, "host")}, "host-namespaces", QW_PAYLOAD_BUILD, NULL},
    {"host-namespaces", "", {FACT(NETWORK, "host")}, "host-namespaces", QW_PAYLOAD_CONNECT, NULL},
    {"host-namespaces", "", {FACT(PID_MODE, "host"), FACT(IPC_MODE, "host")}, "host-namespaces host-namespaces", 0, NULL},
    {"host-namespaces", "", {FACT(UTS_MODE, "host"), FACT(USERNS_MODE, "host"), FACT(CGROUPNS_MODE, "host")}, "host-namespaces host-namespaces host-namespaces", 0, NULL},
    {"host-namespaces", "allow=network pid ipc", {FACT(NETWORK, "host"), FACT(PID_MODE, "host"), FACT(IPC_MODE, "host")}, "", 0, NULL},
    {"host-namespaces", "allow=uts user cgroup", {FACT(UTS_MODE, "host"), FACT(USERNS_MODE, "host"), FACT(CGROUPNS_MODE, "host")}, "", 0, NULL},
    {"host-namespaces", "allow=pid", {FACT(PID_MODE, "Host")}, "host-namespaces", 0, NULL},
    {"host-namespaces", "allow=any", {FACT(PID_MODE, "host:x")}, "host-namespaces", 0, NULL},
    {"host-namespaces", "", {FACT(PID_MODE, "private")}, "host-namespaces", 0, NULL},
    {"host-namespaces", "", {FACT(UTS_MODE, "container:x")}, "host-namespaces", 0, NULL},
    {"host-namespaces", "", {FACT(USERNS_MODE, "private")}, "host-namespaces", 0, NULL},
    {"host-namespaces", "", {FACT(CGROUPNS_MODE, "container:x")}, "host-namespaces", 0, NULL},
    {"host-namespaces", "", {FACT(PID_MODE, "container:x"), FACT(IPC_MODE, "container:x"), FACT(NETWORK_MODE, "container:x")}, "", 0, NULL},

    {"shared-namespaces", "allow=own", {FACT(NETWORK_MODE, "container:web"), FACT(PID_MODE, "container:/web"), FACT(IPC_MODE, "container:0a1b"), FACT(CGROUP, "container:x_y.z-1")}, "", 0, NULL},
    {"shared-namespaces", "", {FACT(NETWORK_MODE, "container:web"), FACT(PID_MODE, "container:web"), FACT(IPC_MODE, "container:web"), FACT(CGROUP, "container:web")}, "shared-namespaces shared-namespaces shared-namespaces shared-namespaces", 0, NULL},
    {"shared-namespaces", "allow=own", {FACT(NETWORK_MODE, "container:"), FACT(IPC_MODE, "container:"), FACT(PID_MODE, "container:a b"), FACT(CGROUP, "host")}, "shared-namespaces shared-namespaces shared-namespaces shared-namespaces", 0, NULL},
    {"shared-namespaces", "allow=any", {FACT(NETWORK_MODE, "container"), FACT(IPC_MODE, "container:a:b"), FACT(NETWORK, "container:/")}, "shared-namespaces shared-namespaces shared-namespaces", 0, NULL},
    {"shared-namespaces", "", {FACT(NETWORK_MODE, "containers"), FACT(IPC_MODE, "shareable")}, "", 0, NULL},

    {"capabilities", "allow=default", {FACT(CAP_ADD, "chown"), FACT(CAP_ADD, "CAP_NET_RAW"), FACT(CAP_DROP, "ALL")}, "", 0, NULL},
    {"capabilities", "allow=default", {FACT(CAP_ADD, "SYS_ADMIN"), FACT(CAP_ADD, "cap_sys_ptrace"), FACT(CAP_ADD, "ALL")}, "capabilities capabilities capabilities", 0, NULL},
    {"capabilities", "allow=default", {FACT(CAP_ADD, "NO_SUCH")}, "capabilities", 0, NULL},
    {"capabilities", "allow=ALL", {FACT(CAP_ADD, "ALL"), FACT(CAP_ADD, "BPF")}, "", 0, NULL},
    {"capabilities", "allow=ALL", {FACT(CAP_ADD, "NO_SUCH")}, "capabilities", 0, NULL},
    {"capabilities", "allow=any", {FACT(CAP_ADD, "NO_SUCH")}, "", 0, NULL},
    {"capabilities", "", {FACT(CAP_ADD, "CHOWN")}, "capabilities", 0, NULL},
    {"capabilities", "allow=NET_BIND_SERVICE;require-drop=ALL", {FACT(CAP_DROP, "all"), FACT(CAP_ADD, "NET_BIND_SERVICE")}, "", 0, NULL},
    {"capabilities", "allow=NET_BIND_SERVICE;require-drop=ALL", {{0}}, "require-drop", 0, NULL},
    {"capabilities", "allow=NET_BIND_SERVICE;require-drop=ALL", {{0}}, "require-drop", QW_PAYLOAD_SERVICE, NULL},
    {"capabilities", "allow=NET_BIND_SERVICE;require-drop=ALL", {FACT(HOST_CONFIG, "body")}, "require-drop", QW_PAYLOAD_START, NULL},
    {"capabilities", "allow=NET_BIND_SERVICE;require-drop=ALL", {{0}}, "", QW_PAYLOAD_EXEC, NULL},
    {"capabilities", "allow=NET_BIND_SERVICE;require-drop=ALL", {{0}}, "", QW_PAYLOAD_UPDATE, NULL},
    {"capabilities", "allow=ALL;require-drop=ALL", {FACT(CAP_DROP, "ALL"), FACT(CAP_ADD, "ALL")}, "require-drop", 0, NULL},
    {"capabilities", "allow=default;require-drop=NET_RAW MKNOD", {FACT(CAP_DROP, "NET_RAW")}, "require-drop", 0, NULL},
    {"capabilities", "allow=default;require-drop=NET_RAW", {FACT(CAP_DROP, "ALL")}, "", 0, NULL},
    {"capabilities", "allow=default;require-drop=NET_RAW", {FACT(CAP_DROP, "NET_RAW"), FACT(CAP_ADD, "NET_RAW")}, "require-drop", 0, NULL},

    {"run-as-root", "", {FACT(USER, "1000:1000"), FACT(GROUP_ADD, "27")}, "", 0, NULL},
    {"run-as-root", "", {FACT(USER, "1000"), FACT(USER, "1000:"), FACT(USER, "2147483647:0100")}, "", 0, NULL},
    {"run-as-root", "", {FACT(USER, "0"), FACT(USER, "root"), FACT(USER, "0:1000"), FACT(USER, ":1000")}, "run-as-root run-as-root run-as-root run-as-root", 0, NULL},
    {"run-as-root", "", {FACT(USER, "1000:0"), FACT(USER, "1000:root"), FACT(USER, "1000:1000:0"), FACT(USER, "4294967296")}, "run-as-root run-as-root run-as-root run-as-root", QW_PAYLOAD_EXEC, NULL},
    {"run-as-root", "", {FACT(USER, "1000:1000"), FACT(GROUP_ADD, "0"), FACT(GROUP_ADD, "root"), FACT(GROUP_ADD, "4294967296")}, "run-as-root run-as-root run-as-root", QW_PAYLOAD_SERVICE, NULL},
    {"run-as-root", "", {{0}}, "run-as-root", 0, NULL},
    {"run-as-root", "", {{0}}, "run-as-root", QW_PAYLOAD_SERVICE, NULL},
    {"run-as-root", "", {{0}}, "", QW_PAYLOAD_EXEC, NULL},
    {"run-as-root", "", {{0}}, "", QW_PAYLOAD_BUILD, NULL},
    {"run-as-root", "", {FACT(HOST_CONFIG, "")}, "", QW_PAYLOAD_START, NULL},
    {"run-as-root", "", {FACT(HOST_CONFIG, ""), FACT(GROUP_ADD, "0")}, "run-as-root", QW_PAYLOAD_START, NULL},

    {"groups", "", {{0}}, "", 0, NULL},
    {"groups", "", {FACT(GROUP_ADD, "27"), FACT(GROUP_ADD, "audio")}, "groups groups", 0, NULL},
    {"groups", "allow=27 team-*", {FACT(GROUP_ADD, "27"), FACT(GROUP_ADD, "team-a"), FACT(GROUP_ADD, "027"), FACT(GROUP_ADD, "docker")}, "groups groups", QW_PAYLOAD_SERVICE, NULL},
    {"groups", "allow=any", {FACT(GROUP_ADD, "docker")}, "", 0, NULL},

    {"security-options", DEFAULTS, {{0}}, "", 0, NULL},
    {"security-options", DEFAULTS, {FACT(SECURITY_OPT, "seccomp=builtin"), FACT(SECURITY_OPT, "apparmor=docker-default"), FACT(SECURITY_OPT, "no-new-privileges:true")}, "", 0, NULL},
    {"security-options", DEFAULTS, {FACT(SECURITY_OPT, "seccomp="), FACT(SECURITY_OPT, "apparmor:"), FACT(SECURITY_OPT, "no-new-privileges=false"), FACT(SECURITY_OPT, "writable-cgroups=0")}, "", 0, NULL},
    {"security-options", DEFAULTS, {FACT(SECURITY_OPT, "seccomp=unconfined"), FACT(SECURITY_OPT, "seccomp:unconfined"), FACT(SECURITY_OPT, "apparmor=unconfined"), FACT(SECURITY_OPT, "label=disable")}, "seccomp seccomp apparmor selinux", 0, NULL},
    {"security-options", DEFAULTS, {FACT(SECURITY_OPT, "seccomp={\"defaultAction\":\"SCMP_ACT_ALLOW\"}"), FACT(SECURITY_OPT, "disable"), FACT(SECURITY_OPT, "label:type:spc_t"), FACT(SECURITY_OPT, "label=")}, "seccomp selinux selinux selinux", 0, NULL},
    {"security-options", DEFAULTS, {FACT(SECURITY_OPT, "writable-cgroups"), FACT(SECURITY_OPT, "writable-cgroups=1"), FACT(SECURITY_OPT, "systempaths=unconfined"), FACT(SECURITY_OPT, "seccomp")}, "writable-cgroups writable-cgroups security-options security-options", 0, NULL},
    {"security-options", DEFAULTS, {FACT(SECURITY_OPT, "credentialspec=file://x"), FACT(SECURITY_OPT, ""), FACT(SECURITY_OPT, "no-new-privileges=maybe"), FACT(SECURITY_OPT, "Seccomp=unconfined")}, "security-options security-options security-options security-options", 0, NULL},
    {"security-options", DEFAULTS, {FACT(MASKED_PATHS, ""), FACT(READONLY_PATHS, "")}, "masked-paths masked-paths", 0, NULL},
    {"security-options", DEFAULTS ";masked-paths=allow;writable-cgroups=allow", {FACT(MASKED_PATHS, ""), FACT(SECURITY_OPT, "writable-cgroups")}, "", 0, NULL},
    {"security-options", "seccomp=default unconfined;apparmor=unconfined mine;selinux=unconfined type:web_t", {FACT(SECURITY_OPT, "seccomp=unconfined"), FACT(SECURITY_OPT, "apparmor=mine"), FACT(SECURITY_OPT, "disable"), FACT(SECURITY_OPT, "label=type:web_t")}, "", 0, NULL},
    {"security-options", "", {FACT(SECURITY_OPT, "seccomp=builtin"), FACT(SECURITY_OPT, "apparmor=docker-default")}, "seccomp apparmor", 0, NULL},
    {"security-options", NNP, {{0}}, "no-new-privileges", 0, NULL},
    {"security-options", NNP, {{0}}, "", QW_PAYLOAD_EXEC, NULL},
    {"security-options", NNP, {FACT(SECURITY_OPT, "no-new-privileges")}, "", 0, NULL},
    {"security-options", NNP, {FACT(SECURITY_OPT, "no-new-privileges=true"), FACT(SECURITY_OPT, "no-new-privileges:false")}, "no-new-privileges", 0, NULL},
    {"security-options", NNP, {FACT(SECURITY_OPT, "no-new-privileges=0"), FACT(SECURITY_OPT, "no-new-privileges=T")}, "", 0, NULL},
    {"security-options", NNP, {FACT(SECURITY_OPT, "no-new-privileges=true")}, "no-new-privileges", QW_PAYLOAD_SERVICE, NULL},
    {"security-options", "seccomp=file:" SHA, {FACT(SECURITY_OPT, "seccomp=sha256:" SHA)}, "", 0, NULL},
    {"security-options", "seccomp=file:" SHA, {FACT(SECURITY_OPT, "seccomp=sha256:" SHA "0"), FACT(SECURITY_OPT, "seccomp=unreadable:" SHA), FACT(SECURITY_OPT, "seccomp=file:" SHA), FACT(SECURITY_OPT, "seccomp=" SHA)}, "seccomp seccomp seccomp seccomp", 0, NULL},
    {"security-options", "seccomp=file:" SHA, {FACT(SECURITY_OPT, "seccomp=builtin"), FACT(SECURITY_OPT, "seccomp=")}, "seccomp seccomp", 0, NULL},
    {"security-options", DEFAULTS, {FACT(SECURITY_OPT, "seccomp=default"), FACT(SECURITY_OPT, "seccomp=custom"), FACT(SECURITY_OPT, "apparmor=default")}, "", QW_PAYLOAD_SERVICE, NULL},
    {"security-options", DEFAULTS, {FACT(SECURITY_OPT, "seccomp=default"), FACT(SECURITY_OPT, "seccomp=custom"), FACT(SECURITY_OPT, "apparmor=default")}, "seccomp seccomp apparmor", 0, NULL},
    {"security-options", DEFAULTS, {FACT(SECURITY_OPT, "apparmor=disabled"), FACT(SECURITY_OPT, "seccomp=Custom")}, "apparmor seccomp", QW_PAYLOAD_SERVICE, NULL},
    {"security-options", "apparmor=unconfined;seccomp=unconfined", {FACT(SECURITY_OPT, "apparmor=disabled"), FACT(SECURITY_OPT, "seccomp=unconfined")}, "", QW_PAYLOAD_SERVICE, NULL},
    {"security-options", "selinux=type:svirt_*;apparmor=team-*", {FACT(SECURITY_OPT, "label=type:svirt_t"), FACT(SECURITY_OPT, "label=user:svirt_t"), FACT(SECURITY_OPT, "apparmor:team-a"), FACT(SECURITY_OPT, "apparmor=unconfined")}, "selinux apparmor", 0, NULL},

    {"bind-mounts", "", {{0}}, "", 0, NULL},
    {"bind-mounts", "", {BIND("/etc"), BIND("/srv")}, "bind-mounts bind-mounts", 0, NULL},
    {"bind-mounts", "allow=any", {BIND("/etc")}, "", 0, NULL},
    {"bind-mounts", "allow=/srv/{tenant}", {BIND("/srv/team-a")}, "", 0, NULL},
    {"bind-mounts", "allow=/srv/{tenant}", {BIND("/srv/team-b"), BIND("/srv/team-a/x"), BIND("/srv"), BIND("/")}, "bind-mounts bind-mounts bind-mounts bind-mounts", 0, NULL},
    {"bind-mounts", "allow=/srv/x", {{QW_F_BIND, "/srv/x", NULL, "/etc", NULL, NULL, NULL}}, "bind-mounts", 0, NULL},
    {"bind-mounts", "allow=/srv/x /data/y", {{QW_F_BIND, "/srv/x", NULL, "/data/y", NULL, NULL, NULL}}, "", 0, NULL},
    {"bind-mounts", "allow=/srv/x /data/y:ro", {{QW_F_BIND, "/srv/x", NULL, "/data/y", NULL, NULL, NULL}}, "bind-mounts", 0, NULL},
    {"bind-mounts", "allow=/srv/x /data/y:ro", {{QW_F_BIND, "/srv/x", "read-only=1", "/data/y", NULL, NULL, NULL}}, "", 0, NULL},
    {"bind-mounts", "allow=/data", {{QW_F_BIND, "/srv/x", NULL, "/data", NULL, NULL, NULL}}, "bind-mounts", 0, NULL},
    {"bind-mounts", "allow=/srv/**:ro", {PARTS(BIND, "/srv/a", "read-only=1")}, "", 0, NULL},
    {"bind-mounts", "allow=/srv/**:ro", {BIND("/srv/a"), PARTS(BIND, "/srv/a", "read-only=1;writable-submounts=1")}, "bind-mounts bind-mounts", 0, NULL},
    {"bind-mounts", "allow=/srv/**:ro /srv/a", {BIND("/srv/a")}, "", 0, NULL},
    {"bind-mounts", "allow=/srv/a", {{QW_F_BIND, "/srv/a", NULL, NULL, "/srv", NULL, NULL}}, "bind-mounts", 0, NULL},
    {"bind-mounts", "allow=/srv/a:shared-folder", {{QW_F_BIND, "/srv/a", NULL, NULL, "/srv", NULL, NULL}}, "", 0, NULL},
    {"bind-mounts", "allow=/srv/** /data", {BIND("/srv"), BIND("/srv/a")}, "bind-mounts", 0, NULL},
    {"bind-mounts", "allow=/srv /srv/a/b:ro", {PARTS(BIND, "/srv/a/b", "read-only=1")}, "bind-mounts", 0, NULL},
    {"bind-mounts", "allow=/ /srv:ro", {PARTS(BIND, "/srv", "read-only=1")}, "bind-mounts", 0, NULL},
    {"bind-mounts", "allow=/srv:ro /srv/a", {BIND("/srv/a")}, "", 0, NULL},
    {"bind-mounts", "allow=/srv", {PARTS(BIND, "/srv", "relabel=z"), PARTS(BIND, "/srv", "propagation=rshared"), PARTS(BIND, "/srv", "propagation=slave")}, "bind-mounts bind-mounts bind-mounts", 0, NULL},
    {"bind-mounts", "allow=/srv", {PARTS(BIND, "/srv", "propagation=rprivate;option=nocopy")}, "", 0, NULL},
    {"bind-mounts", "allow=/srv:relabel:propagation", {PARTS(BIND, "/srv", "relabel=Z"), PARTS(BIND, "/srv", "propagation=shared")}, "", 0, NULL},
    {"bind-mounts", "", {PARTS(BIND, "/etc", "driver-option=1")}, "bind-mounts", QW_PAYLOAD_VOLUME, NULL},
    {"bind-mounts", AS_SELF, {LOOSE_HOME, FACT(USER, "1001:1002"), FACT(SECURITY_OPT, "no-new-privileges")}, "", 0, "front"},
    {"bind-mounts", AS_SELF, {LOOSE_HOME, FACT(USER, "1001:1002"), FACT(SECURITY_OPT, "no-new-privileges")}, "bind-mounts", 0, NULL},
    {"bind-mounts", AS_SELF, {LOOSE_HOME, FACT(USER, "1001"), FACT(SECURITY_OPT, "no-new-privileges")}, "bind-mounts", 0, "front"},
    {"bind-mounts", AS_SELF, {LOOSE_HOME, FACT(USER, "1001:1002")}, "bind-mounts", 0, "front"},
    {"bind-mounts", AS_SELF, {LOOSE_HOME, FACT(SECURITY_OPT, "no-new-privileges")}, "bind-mounts", 0, "front"},
    {"bind-mounts", AS_SELF, {LOOSE_HOME, FACT(USER, "1001:1002"), FACT(SECURITY_OPT, "no-new-privileges"), FACT(GROUP_ADD, "1002")}, "bind-mounts", 0, "front"},
    {"bind-mounts", AS_SELF, {LOOSE_HOME, FACT(USER, "1001:1002"), FACT(SECURITY_OPT, "no-new-privileges"), FACT(PRIVILEGED, "")}, "bind-mounts", 0, "front"},
    {"bind-mounts", AS_SELF, {LOOSE_HOME, FACT(USER, "1001:1002"), FACT(SECURITY_OPT, "no-new-privileges")}, "bind-mounts", QW_PAYLOAD_SERVICE, "front"},
    {"bind-mounts", AS_SELF, {PARTS(BIND, "/home/alice/x", "driver-option=1"), FACT(USER, "1001:1002"), FACT(SECURITY_OPT, "no-new-privileges")}, "bind-mounts", 0, "front"},
    {"bind-mounts", AS_SELF, {FACT(VOLUMES_FROM, "web"), FACT(USER, "1001:1002"), FACT(SECURITY_OPT, "no-new-privileges")}, "", 0, "front"},
    {"bind-mounts", AS_SELF, {FACT(VOLUMES_FROM, "web")}, "bind-mounts", 0, "front"},
    {"bind-mounts", AS_SELF, {FACT(PID_MODE, "container:web")}, "bind-mounts", 0, "front"},
    {"bind-mounts", AS_SELF, {FACT(PID_MODE, "host"), FACT(NETWORK_MODE, "container:web")}, "", 0, "front"},
    {"bind-mounts", AS_SELF, {FACT(USER, "1001:1002")}, "", QW_PAYLOAD_EXEC, "front"},
    {"bind-mounts", AS_SELF, {FACT(USER, "1001")}, "bind-mounts", QW_PAYLOAD_EXEC, "front"},
    {"bind-mounts", AS_SELF, {FACT(USER, "1001:1002")}, "bind-mounts", QW_PAYLOAD_EXEC, NULL},
    {"bind-mounts", AS_SELF, {FACT(PRIVILEGED, "")}, "bind-mounts", QW_PAYLOAD_EXEC, "front"},
    {"bind-mounts", AS_SELF, {{0}}, "", QW_PAYLOAD_EXEC, "front"},
    {"bind-mounts", "allow=/srv", {FACT(USER, "0")}, "", QW_PAYLOAD_EXEC, NULL},
    {"bind-mounts", "allow=/srv", {{QW_F_BIND, "/srv", NULL, NULL, NULL, NULL, "loop of links"}}, "undecided", 0, NULL},
    {"bind-mounts", "allow=/srv", {{QW_F_BIND, "srv", NULL, NULL, NULL, NULL, "not absolute"}}, "undecided", 0, NULL},

    {"volumes", LOCAL, {FACT(VOLUME, "v"), FACT(VOLUME, ""), PARTS(VOLUME, "w", "driver=local;target=/d")}, "", 0, NULL},
    {"volumes", LOCAL, {PARTS(VOLUME, "v", "driver=rclone")}, "drivers", QW_PAYLOAD_VOLUME, NULL},
    {"volumes", LOCAL, {FACT(VOLUME_DRIVER, "rclone")}, "drivers", 0, NULL},
    {"volumes", LOCAL, {FACT(VOLUME_DRIVER, "local")}, "", 0, NULL},
    {"volumes", LOCAL, VOLUME_OPTIONS("option.type=tmpfs;option.device=tmpfs;option.o=size=16m,uid=1000,gid=5,mode=0700"), "", 0, NULL},
    {"volumes", LOCAL, VOLUME_OPTIONS("option.type=tmpfs;option.device=tmpfs"), "", 0, NULL},
    {"volumes", LOCAL, VOLUME_OPTIONS("option.type=tmpfs;option.device=tmpfs;option.o=bind"), "options", 0, NULL},
    {"volumes", LOCAL, VOLUME_OPTIONS("option.type=tmpfs;option.device=tmpfs;option.o=size=1m,,rbind=x"), "options", 0, NULL},
    {"volumes", LOCAL, VOLUME_OPTIONS("option.type=tmpfs;option.device=/etc"), "options", 0, NULL},
    {"volumes", LOCAL, VOLUME_OPTIONS("option.type=tmpfs"), "options", 0, NULL},
    {"volumes", LOCAL, VOLUME_OPTIONS("option.type=none;option.o=bind;option.device=/etc"), "options", 0, NULL},
    {"volumes", LOCAL, VOLUME_OPTIONS("option.type=ext4;option.device=/dev/sda1"), "options", 0, NULL},
    {"volumes", LOCAL, VOLUME_OPTIONS("option.device=/etc"), "options", 0, NULL},
    {"volumes", LOCAL, VOLUME_OPTIONS("option.size=1g"), "options", 0, NULL},
    {"volumes", LOCAL, VOLUME_OPTIONS("option.type=tmpfs;option.device=tmpfs;option.Type=none"), "options", 0, NULL},
    {"volumes", "drivers=local;names=any", VOLUME_OPTIONS("option.type=tmpfs;option.device=tmpfs"), "options", 0, NULL},
    {"volumes", "drivers=local;options=any;names=any", VOLUME_OPTIONS("option.type=none;option.o=bind;option.device=/etc"), "", 0, NULL},
    {"volumes", "drivers=local rclone;options=tmpfs;names=any", VOLUME_OPTIONS("driver=rclone;option.type=tmpfs"), "options", 0, NULL},
    {"volumes", "drivers=local;options=nfs cifs;names=any", VOLUME_OPTIONS("option.type=nfs;option.device=:/export;option.o=addr=10.0.0.1,rw,nfsvers=4"), "", 0, NULL},
    {"volumes", "drivers=local;options=nfs cifs;names=any", VOLUME_OPTIONS("option.type=nfs;option.device=/etc;option.o=addr=10.0.0.1"), "options", 0, NULL},
    {"volumes", "drivers=local;options=nfs cifs;names=any", VOLUME_OPTIONS("option.type=nfs;option.device=:/e;option.o=bind,addr=10.0.0.1"), "options", 0, NULL},
    {"volumes", "drivers=local;options=nfs cifs;names=any", VOLUME_OPTIONS("option.type=cifs;option.device=//h/s;option.o=username=u,password=***,vers=3.0"), "", 0, NULL},
    {"volumes", "drivers=local;options=nfs cifs;names=any", VOLUME_OPTIONS("option.type=tmpfs;option.device=tmpfs"), "options", 0, NULL},
    {"volumes", "drivers=local;options=tmpfs;names={tenant}-*", {FACT(VOLUME, "team-a-db"), FACT(VOLUME, "team-b-db"), FACT(VOLUME, "")}, "names", 0, NULL},

    {"volumes-from", "allow=own", {FACT(VOLUMES_FROM, "data:ro")}, "", 0, NULL},
    {"volumes-from", "", {FACT(VOLUMES_FROM, "data:ro")}, "volumes-from", 0, NULL},

    {"mount-types", "allow=bind volume tmpfs image", {BIND("/srv"), FACT(VOLUME, "v"), FACT(TMPFS, "/t"), FACT(MOUNT, "image")}, "", 0, NULL},
    {"mount-types", "allow=bind volume tmpfs image", {FACT(MOUNT, "npipe"), FACT(MOUNT, "cluster"), FACT(MOUNT, "")}, "mount-types mount-types mount-types", 0, NULL},
    {"mount-types", "allow=image", {BIND("/srv"), FACT(VOLUME, "v"), FACT(TMPFS, "/t")}, "mount-types mount-types mount-types", 0, NULL},
    {"mount-types", "", {FACT(VOLUME, "v")}, "", QW_PAYLOAD_VOLUME, NULL},

    {"devices", "", {FACT(DEVICE, "/dev/sda"), FACT(DEVICE_REQUEST, "nvidia"), FACT(DEVICE_CGROUP_RULE, "a *:* rwm")}, "devices requests cgroup-rules", 0, NULL},
    {"devices", "allow=/dev/fuse /dev/snd/**;cgroup-rules=any", {FACT(DEVICE, "/dev/fuse"), FACT(DEVICE, "/dev/snd"), FACT(DEVICE, "/dev/snd/a"), FACT(DEVICE_CGROUP_RULE, "c 1:3 mr")}, "", 0, NULL},
    {"devices", "allow=/dev/fuse /dev/snd/**", {FACT(DEVICE, "/dev"), FACT(DEVICE, "/dev/snd/../fuse"), FACT(DEVICE, "dev/fuse"), FACT(DEVICE, "")}, "devices devices devices devices", 0, NULL},
    {"devices", "requests=nvidia", {PARTS(DEVICE_REQUEST, "nvidia", "capabilities=gpu,compute;ids=0,1")}, "", 0, NULL},
    {"devices", "requests=nvidia:gpu", {PARTS(DEVICE_REQUEST, "nvidia", "capabilities=gpu"), PARTS(DEVICE_REQUEST, "nvidia", "capabilities=gpu,compute"), FACT(DEVICE_REQUEST, "nvidia"), PARTS(DEVICE_REQUEST, "", "capabilities=gpu")}, "requests requests requests", 0, NULL},
    {"devices", "requests=*:gpu", {PARTS(DEVICE_REQUEST, "", "capabilities=gpu;count=-1"), PARTS(DEVICE_REQUEST, "", "capabilities=gpu;ids=vendor.com/class=all"), FACT(DEVICE_REQUEST, "")}, "requests requests", 0, NULL},
    {"devices", "requests=nvidia.com/gpu=*", {PARTS(DEVICE_REQUEST, "cdi", "ids=nvidia.com/gpu=0,nvidia.com/gpu=1"), PARTS(DEVICE_REQUEST, "cdi", "ids=nvidia.com/gpu=0,evil.com/host=all"), FACT(DEVICE_REQUEST, "cdi")}, "requests requests", 0, NULL},

    {"read-only-root", "", {FACT(READ_ONLY_ROOT, "")}, "", 0, NULL},
    {"read-only-root", "", {{0}}, "read-only-root", 0, NULL},
    {"read-only-root", "", {{0}}, "read-only-root", QW_PAYLOAD_SERVICE, NULL},
    {"read-only-root", "", {FACT(HOST_CONFIG, "")}, "read-only-root", QW_PAYLOAD_START, NULL},
    {"read-only-root", "", {{0}}, "", QW_PAYLOAD_START, NULL},

    {"memory-limit", "required=1;max=2g;swap=any", {FACT(MEMORY, "2147483648")}, "", 0, NULL},
    {"memory-limit", "required=1;max=2g;swap=any", {FACT(MEMORY, "2147483649")}, "max", 0, NULL},
    {"memory-limit", "required=1", {{0}}, "memory-limit", 0, NULL},
    {"memory-limit", "required=1", {{0}}, "memory-limit", QW_PAYLOAD_SERVICE, NULL},
    {"memory-limit", "required=1", {FACT(HOST_CONFIG, "")}, "memory-limit", QW_PAYLOAD_START, NULL},
    {"memory-limit", "required=1", {{0}}, "", QW_PAYLOAD_BUILD, NULL},
    {"memory-limit", "required=1", {{0}}, "", QW_PAYLOAD_UPDATE, NULL},
    {"memory-limit", "required=1", {FACT(MEMORY, "-1")}, "memory-limit", QW_PAYLOAD_UPDATE, NULL},
    {"memory-limit", "max=2g", {{0}}, "", 0, NULL},
    {"memory-limit", "max=2g", {FACT(MEMORY, "-1")}, "memory-limit", 0, NULL},
    {"memory-limit", "max=2g", {FACT(MEMORY, "3000000000")}, "max", QW_PAYLOAD_BUILD, NULL},
    {"memory-limit", "required=0;max=any", {FACT(MEMORY, "-1")}, "", 0, NULL},
    {"memory-limit", "swap=limited", {FACT(MEMORY_SWAP, "-1")}, "swap", QW_PAYLOAD_UPDATE, NULL},
    {"memory-limit", "swap=limited", {FACT(MEMORY, "1024"), FACT(MEMORY_SWAP, "-2")}, "swap", 0, NULL},
    {"memory-limit", "swap=limited", {FACT(MEMORY, "1024"), FACT(MEMORY_SWAP, "9223372036854775807")}, "", 0, NULL},
    {"memory-limit", "swap=limited", {FACT(MEMORY, "1024")}, "", 0, NULL},
    {"memory-limit", "swap=0", {FACT(MEMORY, "1024"), FACT(MEMORY_SWAP, "1024")}, "", 0, NULL},
    {"memory-limit", "swap=0", {FACT(MEMORY, "1024"), FACT(MEMORY_SWAP, "1025")}, "swap", 0, NULL},
    {"memory-limit", "swap=0", {FACT(MEMORY, "1024")}, "swap", QW_PAYLOAD_BUILD, NULL},
    {"memory-limit", "swap=0", {FACT(MEMORY, "1024")}, "", QW_PAYLOAD_UPDATE, NULL},
    {"memory-limit", "swap=1k", {FACT(MEMORY, "1024")}, "", 0, NULL},
    {"memory-limit", "swap=1k", {FACT(MEMORY, "1025"), FACT(MEMORY, "512")}, "swap", 0, NULL},
    {"memory-limit", "swap=1k", {FACT(MEMORY, "4096"), FACT(MEMORY_SWAP, "0")}, "swap", QW_PAYLOAD_SERVICE, NULL},
    {"memory-limit", "swap=1k", {FACT(MEMORY, "4096"), FACT(MEMORY_SWAP, "2048")}, "swap swap", QW_PAYLOAD_SERVICE, NULL},
    {"memory-limit", "swap=1k", {FACT(MEMORY_SWAP, "2048")}, "swap", QW_PAYLOAD_UPDATE, NULL},
    {"memory-limit", "swap=1k", {FACT(MEMORY_SWAP, "1024")}, "", QW_PAYLOAD_UPDATE, NULL},

    {"cpu-limit", "required=1;max=1.5", {FACT(NANO_CPUS, "1500000000")}, "", 0, NULL},
    {"cpu-limit", "required=1;max=1.5", {FACT(NANO_CPUS, "1500000001")}, "max", 0, NULL},
    {"cpu-limit", "required=1", {{0}}, "cpu-limit", 0, NULL},
    {"cpu-limit", "required=1", {FACT(CPU_PERIOD, "100000")}, "cpu-limit", 0, NULL},
    {"cpu-limit", "required=1", {FACT(CPU_SHARES, "1024")}, "cpu-limit", 0, NULL},
    {"cpu-limit", "required=1", {FACT(NANO_CPUS, "9999")}, "cpu-limit", 0, NULL},
    {"cpu-limit", "required=1", {FACT(NANO_CPUS, "10000")}, "", 0, NULL},
    {"cpu-limit", "required=1", {FACT(NANO_CPUS, "1000000000"), FACT(CPU_QUOTA, "-1")}, "cpu-limit", 0, NULL},
    {"cpu-limit", "required=1", {FACT(CPU_QUOTA, "50000")}, "", 0, NULL},
    {"cpu-limit", "required=1", {FACT(CPU_QUOTA, "50000")}, "", QW_PAYLOAD_UPDATE, NULL},
    {"cpu-limit", "required=1", {FACT(CPU_QUOTA, "-1")}, "cpu-limit", QW_PAYLOAD_UPDATE, NULL},
    {"cpu-limit", "required=1", {FACT(CPU_PERIOD, "1000")}, "", QW_PAYLOAD_UPDATE, NULL},
    {"cpu-limit", "max=1.5", {FACT(CPU_QUOTA, "150000")}, "", 0, NULL},
    {"cpu-limit", "max=1.5", {FACT(CPU_QUOTA, "150001")}, "max", 0, NULL},
    {"cpu-limit", "max=1.5", {FACT(CPU_QUOTA, "150001")}, "max", QW_PAYLOAD_BUILD, NULL},
    {"cpu-limit", "max=0.333333333", {FACT(CPU_QUOTA, "333333"), FACT(CPU_PERIOD, "1000000")}, "", 0, NULL},
    {"cpu-limit", "max=0.333333333", {FACT(CPU_QUOTA, "333334"), FACT(CPU_PERIOD, "1000000")}, "max", 0, NULL},
    {"cpu-limit", "max=1", {FACT(CPU_QUOTA, "9223372036854775807"), FACT(CPU_PERIOD, "1000000")}, "max", 0, NULL},
    {"cpu-limit", "max=1", {FACT(CPU_QUOTA, "50000"), FACT(CPU_PERIOD, "1000"), FACT(CPU_PERIOD, "100000")}, "max", 0, NULL},
    {"cpu-limit", "max=1", {FACT(CPU_QUOTA, "50000"), FACT(CPU_PERIOD, "-1")}, "max", 0, NULL},
    {"cpu-limit", "max=1", {FACT(CPU_QUOTA, "50000")}, "max", QW_PAYLOAD_UPDATE, NULL},
    {"cpu-limit", "max=1", {FACT(CPU_PERIOD, "1000")}, "max", QW_PAYLOAD_UPDATE, NULL},
    {"cpu-limit", "max=1", {FACT(CPU_QUOTA, "50000"), FACT(CPU_PERIOD, "50000")}, "", QW_PAYLOAD_UPDATE, NULL},
    {"cpu-limit", "max=1", {{0}}, "", 0, NULL},

    {"pids-limit", "required=1;max=4096", {FACT(PIDS_LIMIT, "4096")}, "", 0, NULL},
    {"pids-limit", "required=1;max=4096", {FACT(PIDS_LIMIT, "4097")}, "max", 0, NULL},
    {"pids-limit", "required=1", {{0}}, "pids-limit", 0, NULL},
    {"pids-limit", "required=1", {FACT(PIDS_LIMIT, "0")}, "pids-limit", 0, NULL},
    {"pids-limit", "required=1", {FACT(PIDS_LIMIT, "-1")}, "pids-limit", 0, NULL},
    {"pids-limit", "max=10", {FACT(PIDS_LIMIT, "0")}, "", 0, NULL},
    {"pids-limit", "max=10", {FACT(PIDS_LIMIT, "0")}, "pids-limit", QW_PAYLOAD_UPDATE, NULL},
    {"pids-limit", "max=10", {FACT(PIDS_LIMIT, "-1")}, "pids-limit", QW_PAYLOAD_SERVICE, NULL},
    {"pids-limit", "max=10", {{0}}, "", QW_PAYLOAD_UPDATE, NULL},

    {"ulimits", "", {PARTS(ULIMIT, "nofile", "soft=1024;hard=1048576"), PARTS(ULIMIT, "core", "")}, "", 0, NULL},
    {"ulimits", "", {PARTS(ULIMIT, "memlock", "soft=-1;hard=-1")}, "ulimits", 0, NULL},
    {"ulimits", "", {PARTS(ULIMIT, "memlock", "soft=1;hard=-2"), PARTS(ULIMIT, "core", "soft=-1")}, "ulimits ulimits", QW_PAYLOAD_BUILD, NULL},
    {"ulimits", "max=nofile:1024", {PARTS(ULIMIT, "NoFile", "soft=1024;hard=1024"), PARTS(ULIMIT, "nproc", "hard=9")}, "", 0, NULL},
    {"ulimits", "max=nofile:1024", {PARTS(ULIMIT, "NOFILE", "soft=1024;hard=1025"), PARTS(ULIMIT, "nofile", "soft=1025")}, "max max", 0, NULL},
    {"ulimits", "max=nofile:1024", {PARTS(ULIMIT, "nof\xc4\xb1le", "soft=1;hard=1"), PARTS(ULIMIT, "", "hard=1")}, "ulimits ulimits", 0, NULL},
    {"ulimits", "max=nofile:1024", {PARTS(ULIMIT, "nofile", "hard=-1"), PARTS(ULIMIT, "core", "hard=-1")}, "max ulimits", 0, NULL},
    {"ulimits", "max=any", {PARTS(ULIMIT, "memlock", "soft=-1;hard=-1")}, "", 0, NULL},

    {"shm-size", "max=256m", {FACT(SHM_SIZE, "268435456")}, "", 0, NULL},
    {"shm-size", "max=256m", {FACT(SHM_SIZE, "268435457")}, "max", QW_PAYLOAD_BUILD, NULL},
    {"shm-size", "max=256m", {FACT(SHM_SIZE, "-1")}, "max", 0, NULL},
    {"shm-size", "max=256m", {PARTS(TMPFS, "/dev/shm", "options=rw,size=256m"), PARTS(TMPFS, "/dev//shm/", "size=1048576;options=exec")}, "", 0, NULL},
    {"shm-size", "max=256m", {PARTS(TMPFS, "/dev/shm", "options=rw"), PARTS(TMPFS, "/dev//./shm/", "")}, "max max", 0, NULL},
    {"shm-size", "max=256m", {PARTS(TMPFS, "/dev/shm", "options=size=0"), PARTS(TMPFS, "/dev/shm", "options=size=50%"), PARTS(TMPFS, "/dev/shm", "options=size=1m,size=1g")}, "max max max", 0, NULL},
    {"shm-size", "max=256m", {PARTS(TMPFS, "/dev/shm", "options=size=1m,nr_blocks=0"), PARTS(TMPFS, "/dev/shm", "size=1024;options=size+1g"), PARTS(TMPFS, "/dev/shm", "size=-1")}, "max max max", 0, NULL},
    {"shm-size", "max=256m", {PARTS(TMPFS, "/run", ""), PARTS(TMPFS, "/dev/shmx", "")}, "", 0, NULL},
    {"shm-size", "", {FACT(SHM_SIZE, "1"), PARTS(TMPFS, "/dev/shm", "size=1")}, "max max", 0, NULL},
    {"shm-size", "max=any", {FACT(SHM_SIZE, "268435457"), PARTS(TMPFS, "/dev/shm", "")}, "", 0, NULL},

    {"block-io", "", {FACT(BLKIO_WEIGHT, "300")}, "", 0, NULL},
    {"block-io", "", {FACT(BLKIO_DEVICE, "/dev/sda")}, "block-io", QW_PAYLOAD_UPDATE, NULL},

    {"oom-protection", "", {FACT(OOM_SCORE_ADJ, "500")}, "", 0, NULL},
    {"oom-protection", "", {FACT(OOM_SCORE_ADJ, "-1"), FACT(OOM_KILL_DISABLE, "")}, "oom-protection oom-protection", 0, NULL},

    {"cpu-pinning", "", {FACT(CPUSET_CPUS, "0")}, "cpu-pinning", 0, NULL},
    {"cpu-pinning", "", {{0}}, "", 0, NULL},
    {"cpu-pinning", "cpus=0-3 7", {FACT(CPUSET_CPUS, "0,2-3,7,03")}, "", QW_PAYLOAD_BUILD, NULL},
    {"cpu-pinning", "cpus=0-3 7", {FACT(CPUSET_CPUS, "4"), FACT(CPUSET_CPUS, "3-4"), FACT(CPUSET_CPUS, "0-7")}, "cpu-pinning cpu-pinning cpu-pinning", 0, NULL},
    {"cpu-pinning", "cpus=0-3 7", {FACT(CPUSET_CPUS, "0-3:1/2"), FACT(CPUSET_CPUS, "0, 1"), FACT(CPUSET_CPUS, "all"), FACT(CPUSET_CPUS, "0,")}, "cpu-pinning cpu-pinning cpu-pinning cpu-pinning", 0, NULL},
    {"cpu-pinning", "cpus=4-7 2-3 0-5", {FACT(CPUSET_CPUS, "0-7"), FACT(CPUSET_CPUS, "1-8")}, "cpu-pinning", 0, NULL},
    {"cpu-pinning", "cpus=0-3", {FACT(CPUSET_MEMS, "0")}, "cpu-pinning", 0, NULL},
    {"cpu-pinning", "cpus=any", {FACT(CPUSET_MEMS, "0"), FACT(CPUSET_CPUS, "0-9999")}, "", 0, NULL},

    {"storage-options", "", {PARTS(STORAGE_OPTION, "size", "value=1g")}, "storage-options", 0, NULL},
    {"storage-options", "", {{0}}, "", 0, NULL},
    {"storage-options", "max=10g", {PARTS(STORAGE_OPTION, "size", "value=10g"), PARTS(STORAGE_OPTION, "SIZE", "value=9.5 GiB"), PARTS(STORAGE_OPTION, "size", "value=1024"), PARTS(STORAGE_OPTION, "size", "value=10240MB")}, "", 0, NULL},
    {"storage-options", "max=10g", {PARTS(STORAGE_OPTION, "size", "value=10.1g"), PARTS(STORAGE_OPTION, "Size", "value=1tb"), PARTS(STORAGE_OPTION, "size", "value=99999999P"), PARTS(STORAGE_OPTION, "size", "value=0")}, "max max max max", 0, NULL},
    {"storage-options", "max=10g", {PARTS(STORAGE_OPTION, "size", "value=none"), PARTS(STORAGE_OPTION, "size", "value=1e1"), PARTS(STORAGE_OPTION, "size", "value=1gx"), PARTS(STORAGE_OPTION, "size", "value=")}, "max max max max", 0, NULL},
    {"storage-options", "max=any", {PARTS(STORAGE_OPTION, "size", "value=1p"), PARTS(STORAGE_OPTION, "dm.basesize", "value=1")}, "storage-options", 0, NULL},

    {"restart-policy", "", {FACT(RESTART_POLICY, "no"), FACT(RESTART_POLICY, "")}, "", 0, NULL},
    {"restart-policy", "", {FACT(RESTART_POLICY, "always"), FACT(RESTART_POLICY, "Always")}, "restart-policy restart-policy", 0, NULL},
    {"restart-policy", "allow=any", {FACT(RESTART_POLICY, "always"), FACT(RESTART_POLICY, "on-failure"), FACT(RESTART_POLICY, "unless-stopped")}, "", QW_PAYLOAD_UPDATE, NULL},
    {"restart-policy", "allow=on-failure;max-retries=5", {PARTS(RESTART_POLICY, "on-failure", "max-retries=5")}, "", 0, NULL},
    {"restart-policy", "allow=on-failure;max-retries=5", {PARTS(RESTART_POLICY, "on-failure", "max-retries=6"), FACT(RESTART_POLICY, "on-failure"), FACT(RESTART_POLICY, "always")}, "max-retries max-retries restart-policy", 0, NULL},
    {"restart-policy", "allow=any;max-retries=5", {FACT(RESTART_POLICY, "always"), PARTS(RESTART_POLICY, "on-failure", "max-retries=-1")}, "max-retries max-retries", 0, NULL},
    {"restart-policy", "allow=always on-failure;max-retries=5", {FACT(RESTART_POLICY, "always"), FACT(RESTART_POLICY, "unless-stopped")}, "restart-policy", 0, NULL},
    {"restart-policy", "allow=on-failure;max-retries=5", {FACT(RESTART_POLICY, "none"), PARTS(RESTART_POLICY, "on-failure", "max-retries=5")}, "", QW_PAYLOAD_SERVICE, NULL},
    {"restart-policy", "allow=on-failure;max-retries=5", {FACT(RESTART_POLICY, "any"), FACT(RESTART_POLICY, "no")}, "restart-policy restart-policy", QW_PAYLOAD_SERVICE, NULL},
    {"restart-policy", "allow=any;max-retries=5", {PARTS(RESTART_POLICY, "any", "max-retries=5"), PARTS(RESTART_POLICY, "any", "max-retries=18446744073709551615")}, "max-retries", QW_PAYLOAD_SERVICE, NULL},

    {"log-driver", "allow=json-file local", {FACT(LOG_DRIVER, "local")}, "", 0, NULL},
    {"log-driver", "allow=json-file local", {FACT(LOG_DRIVER, "syslog"), FACT(LOG_DRIVER, "Local")}, "log-driver log-driver", QW_PAYLOAD_SERVICE, NULL},
    {"log-driver", "", {FACT(LOG_OPTION, "max-size")}, "", 0, NULL},

    {"healthcheck", "", {FACT(HEALTHCHECK, "CMD")}, "", 0, NULL},
    {"healthcheck", "", {FACT(HEALTHCHECK, "CMD-SHELL")}, "", QW_PAYLOAD_SERVICE, NULL},
    {"healthcheck", "", {{0}}, "healthcheck", 0, NULL},
    {"healthcheck", "", {FACT(HEALTHCHECK, "NONE")}, "healthcheck", QW_PAYLOAD_SERVICE, NULL},
    {"healthcheck", "", {FACT(HEALTHCHECK, "cmd")}, "healthcheck", 0, NULL},
    {"healthcheck", "", {FACT(HOST_CONFIG, "")}, "", QW_PAYLOAD_START, NULL},
    {"healthcheck", "", {{0}}, "", QW_PAYLOAD_UPDATE, NULL},

    {"real-time-cpu", "", {FACT(RT_PERIOD, ""), FACT(RT_RUNTIME, "")}, "real-time-cpu real-time-cpu", QW_PAYLOAD_UPDATE, NULL},
    {"real-time-cpu", "", {FACT(NANO_CPUS, "")}, "", 0, NULL},

    {"networks", "allow=any", {FACT(NETWORK_MODE, "front"), FACT(NETWORK, "host"), FACT(NETWORK_NAME, "front")}, "", 0, NULL},
    {"networks", "allow={tenant}-* bridge", {FACT(NETWORK_MODE, "default"), FACT(NETWORK, "team-a-x"), FACT(NETWORK_MODE, "none"), FACT(NETWORK_MODE, "container:x")}, "", 0, NULL},
    {"networks", "allow={tenant}-*", {FACT(NETWORK_MODE, "default"), FACT(NETWORK, "team-b-x"), FACT(NETWORK_MODE, "bridge")}, "networks networks networks", 0, NULL},
    {"networks", "allow=any", {FACT(NETWORK_NAME, "0123456789ab")}, "networks", QW_PAYLOAD_NETWORK, NULL},

    {"network-drivers", "allow=bridge overlay;options=any", {FACT(NETWORK_DRIVER, "bridge"), FACT(NETWORK_OPTION, "com.docker.network.bridge.name"), FACT(IPAM_DRIVER, "default"), FACT(ENDPOINT_OPTION, "x")}, "", 0, NULL},
    {"network-drivers", "allow=bridge overlay;options=any", {FACT(NETWORK_DRIVER, "macvlan"), FACT(NETWORK_DRIVER, "host"), FACT(NETWORK_DRIVER, "Bridge"), FACT(IPAM_DRIVER, "plugin")}, "network-drivers network-drivers network-drivers network-drivers", 0, NULL},
    {"network-drivers", "allow=bridge;options=com.docker.network.driver.*", {FACT(NETWORK_OPTION, "com.docker.network.driver.mtu"), FACT(NETWORK_OPTION, "parent"), FACT(ENDPOINT_OPTION, "x")}, "options options", 0, NULL},

    {"published-ports", "addresses=any;ports=1024-65535;all=allow", {FACT(PUBLISHED_PORT, "8080"), FACT(PUBLISHED_PORT, "8000-8010/tcp"), FACT(PUBLISHED_PORT, ""), FACT(PUBLISH_ALL, "")}, "", 0, NULL},
    {"published-ports", "addresses=any;ports=1024-65535", {FACT(PUBLISHED_PORT, "80"), FACT(PUBLISHED_PORT, "1020-1030"), FACT(PUBLISHED_PORT, "80/udp"), FACT(PUBLISH_ALL, "")}, "ports ports ports all", 0, NULL},
    {"published-ports", "addresses=any;ports=8000-8009 8010-8019 8021", {FACT(PUBLISHED_PORT, "8005-8015"), FACT(PUBLISHED_PORT, "08021"), FACT(PUBLISHED_PORT, "8018-8021"), FACT(PUBLISHED_PORT, "8020")}, "ports ports", 0, NULL},
    {"published-ports", "addresses=any;ports=8000-8999;all=allow", {FACT(PUBLISHED_PORT, ""), FACT(PUBLISHED_PORT, "0"), FACT(PUBLISHED_PORT, "/8080"), FACT(PUBLISH_ALL, "")}, "ports ports ports ports", 0, NULL},
    {"published-ports", "addresses=any;ports=8000-8999", {FACT(PUBLISHED_PORT, "8000-8001-9"), FACT(PUBLISHED_PORT, " 8000"), FACT(PUBLISHED_PORT, "8000-"), FACT(PUBLISHED_PORT, "8001-8000")}, "ports ports ports ports", 0, NULL},
    {"published-ports", "addresses=any;ports=any", {FACT(PUBLISHED_PORT, "x"), FACT(PUBLISHED_PORT, "")}, "", 0, NULL},
    {"published-ports", "addresses=any;ports=30000-32767", {FACT(PUBLISHED_PORT, ""), PARTS(PUBLISHED_PORT, "", "publish-mode=ingress"), PARTS(PUBLISHED_PORT, "", "publish-mode=host")}, "ports", QW_PAYLOAD_SERVICE, NULL},
    {"published-ports", "addresses=127.0.0.1 10.0.0.0/8;ports=any", {PARTS(PUBLISHED_PORT, "1", "address=127.0.0.1"), PARTS(PUBLISHED_PORT, "1", "address=10.1.2.3"), PARTS(PUBLISHED_PORT, "1", "address=::ffff:127.0.0.1")}, "", 0, NULL},
    {"published-ports", "addresses=127.0.0.1;ports=any;all=allow", {PARTS(PUBLISHED_PORT, "1", "address="), FACT(PUBLISHED_PORT, "1"), PARTS(PUBLISHED_PORT, "1", "address=0.0.0.0"), FACT(PUBLISH_ALL, "")}, "addresses addresses addresses addresses", 0, NULL},
    {"published-ports", "addresses=127.0.0.1 ::1;ports=any", {PARTS(PUBLISHED_PORT, "1", "address=::"), PARTS(PUBLISHED_PORT, "1", "address=127.0.0.1/32"), PARTS(PUBLISHED_PORT, "1", "address=127.0.0.01"), PARTS(PUBLISHED_PORT, "1", "address=::1%lo")}, "addresses addresses addresses addresses", 0, NULL},
    {"published-ports", "addresses=0.0.0.0/8 ::/64;ports=any", {PARTS(PUBLISHED_PORT, "1", "address=0.0.0.0"), PARTS(PUBLISHED_PORT, "1", "address=::"), PARTS(PUBLISHED_PORT, "1", "address=::ffff:0.0.0.0"), FACT(PUBLISHED_PORT, "1")}, "addresses addresses addresses addresses", 0, NULL},
    {"published-ports", "addresses=0.0.0.0;ports=any", {PARTS(PUBLISHED_PORT, "1", "address=0.0.0.0"), PARTS(PUBLISHED_PORT, "1", "address=192.0.2.1"), PARTS(PUBLISHED_PORT, "1", "address=::1"), FACT(PUBLISHED_PORT, "1")}, "addresses addresses", 0, NULL},
    {"published-ports", "addresses=::/0;ports=any", {PARTS(PUBLISHED_PORT, "1", "address=::"), PARTS(PUBLISHED_PORT, "1", "address=::1"), PARTS(PUBLISHED_PORT, "1", "address=127.0.0.1")}, "addresses", 0, NULL},
    {"published-ports", "addresses=0.0.0.0/0 ::;ports=any", {FACT(PUBLISHED_PORT, "1"), PARTS(PUBLISHED_PORT, "1", "address=nowhere")}, "", 0, NULL},
    {"published-ports", "", {FACT(PUBLISHED_PORT, "8080"), FACT(PUBLISH_ALL, "")}, "published-ports all", 0, NULL},

    {"static-addresses", "allow=ip mac", {FACT(STATIC_ADDRESS, "192.0.2.1"), FACT(MAC_ADDRESS, "02:00:00:00:00:01"), FACT(ENDPOINT_OPTION, "com.docker.network.endpoint.macaddress")}, "", 0, NULL},
    {"static-addresses", "allow=ip", {FACT(STATIC_ADDRESS, "192.0.2.1"), FACT(MAC_ADDRESS, "02:00:00:00:00:01"), FACT(ENDPOINT_OPTION, "com.docker.network.endpoint.macaddress"), FACT(ENDPOINT_OPTION, "other")}, "static-addresses static-addresses", QW_PAYLOAD_CONNECT, NULL},
    {"static-addresses", "", {FACT(STATIC_ADDRESS, "192.0.2.1"), FACT(STATIC_ADDRESS, "2001:db8::1"), FACT(MAC_ADDRESS, "02:00:00:00:00:01")}, "static-addresses static-addresses static-addresses", 0, NULL},

    {"links", "allow=own", {FACT(LINK, "web:w")}, "", 0, NULL},
    {"links", "", {FACT(LINK, "web:w")}, "links", 0, NULL},

    {"name-resolution", "dns=any;extra-hosts=any", {FACT(DNS, "192.0.2.53"), FACT(EXTRA_HOST, "a:192.0.2.1"), FACT(EXTRA_HOST, "odd one")}, "", 0, NULL},
    {"name-resolution", "dns=192.0.2.53 *.example.com ndots:*;extra-hosts=", {FACT(DNS, "192.0.2.53"), FACT(DNS, "a.example.com"), FACT(DNS, "ndots:2"), FACT(DNS, "192.0.2.5")}, "dns", 0, NULL},
    {"name-resolution", "dns=any;extra-hosts=*.test:127.0.0.1 gw:host-gateway", {FACT(EXTRA_HOST, "a.test:127.0.0.1"), FACT(EXTRA_HOST, "gw:host-gateway"), FACT(EXTRA_HOST, "a.test:192.0.2.1"), FACT(EXTRA_HOST, "gw:")}, "extra-hosts extra-hosts", QW_PAYLOAD_BUILD, NULL},
    {"name-resolution", "dns=any;extra-hosts=*.test:127.0.0.1", {FACT(EXTRA_HOST, "example.com a.test:127.0.0.1"), FACT(EXTRA_HOST, "example.com\na.test:127.0.0.1"), FACT(EXTRA_HOST, "example.com\xc2\xa0" "a.test:127.0.0.1"), FACT(EXTRA_HOST, "#.test:127.0.0.1")}, "extra-hosts extra-hosts extra-hosts extra-hosts", 0, NULL},
    {"name-resolution", "dns=any;extra-hosts=*.test:127.0.0.1", {FACT(EXTRA_HOST, "127.0.0.1 a.test b.test"), FACT(EXTRA_HOST, " 127.0.0.1\ta.test\n"), FACT(EXTRA_HOST, "127.0.0.1 a.test example.com"), FACT(EXTRA_HOST, "127.0.0.1\xc2\xa0" "example.com a.test")}, "extra-hosts extra-hosts", QW_PAYLOAD_SERVICE, NULL},
    {"name-resolution", "", {FACT(DNS, "192.0.2.53"), FACT(EXTRA_HOST, "a:192.0.2.1")}, "dns extra-hosts", 0, NULL},

    {"sysctls", SAFE_SYSCTLS, {FACT(SYSCTL, "net.ipv4.ip_local_port_range"), FACT(SYSCTL, "kernel.shm_rmid_forced")}, "", 0, NULL},
    {"sysctls", SAFE_SYSCTLS, {FACT(SYSCTL, "net.core.somaxconn"), FACT(SYSCTL, "net/ipv4/tcp_syncookies"), FACT(SYSCTL, "kernel.msgmax")}, "sysctls sysctls sysctls", 0, NULL},
    {"sysctls", SAFE_SYSCTLS, {FACT(SYSCTL, "net.ipv4.tcp_syncookies"), FACT(NETWORK_MODE, "host")}, "sysctls", 0, NULL},
    {"sysctls", SAFE_SYSCTLS, {FACT(SYSCTL, "net.ipv4.tcp_syncookies"), FACT(NETWORK, "host")}, "sysctls", 0, NULL},
    {"sysctls", SAFE_SYSCTLS, {PARTS(ENDPOINT_OPTION, "com.docker.network.endpoint.sysctls", "value=net.ipv4.conf.IFNAME.log_martians=1,net.ipv4.conf.IFNAME.forwarding=1"), PARTS(ENDPOINT_OPTION, "other", "value=x")}, "sysctls", 0, NULL},
    {"sysctls", "allow=net.ipv4.conf.IFNAME.*", {PARTS(ENDPOINT_OPTION, "com.docker.network.endpoint.sysctls", "value=net.ipv4.conf.IFNAME.log_martians=1")}, "", 0, NULL},
    {"sysctls", "", {FACT(SYSCTL, "net.ipv4.tcp_syncookies")}, "sysctls", 0, NULL},

    {"cgroup-parent", "", {FACT(CGROUP_PARENT, "ci")}, "cgroup-parent", QW_PAYLOAD_BUILD, NULL},
    {"cgroup-parent", "allow={tenant}/*", {FACT(CGROUP_PARENT, "team-a/x")}, "", 0, NULL},
    {"cgroup-parent", "allow={tenant}/*", {FACT(CGROUP_PARENT, "team-a/x"), FACT(CGROUP_PARENT, "team-a/../y"), FACT(CGROUP_PARENT, "/")}, "cgroup-parent cgroup-parent", 0, NULL},

    {"annotations", "", {FACT(ANNOTATION, "run.oci.x")}, "annotations", 0, NULL},
    {"annotations", "allow=com.example.*", {FACT(ANNOTATION, "com.example.x")}, "", 0, NULL},

    {"runtime", "allow=runc", {FACT(RUNTIME, "runc"), FACT(ISOLATION, "Default")}, "", 0, NULL},
    {"runtime", "allow=runc", {FACT(RUNTIME, "kata"), FACT(ISOLATION, "hyperv")}, "runtime runtime", 0, NULL},

    {"environment", "deny=NVIDIA_VISIBLE_DEVICES", {FACT(ENV, "PATH"), FACT(ENV, "nvidia_visible_devices")}, "", 0, NULL},
    {"environment", "deny=NVIDIA_VISIBLE_DEVICES", {FACT(ENV, "NVIDIA_VISIBLE_DEVICES")}, "environment", QW_PAYLOAD_EXEC, NULL},
    {"environment", "deny=NVIDIA_*", {FACT(ENV, "NVIDIA_X")}, "environment", 0, NULL},
    {"environment", "deny=", {FACT(ENV, "A")}, "", 0, NULL},
    {"environment", "", {FACT(ENV, "A")}, "environment", 0, NULL},

    {"labels", "require=;deny=", {PARTS(LABEL, "a", "value=b"), PARTS(VOLUME, "v", "label.a=b")}, "", 0, NULL},
    {"labels", "require=;deny=traefik.* team=other", {PARTS(LABEL, "traefik.enable", "value=true"), PARTS(LABEL, "team", "value=other"), PARTS(LABEL, "team", "value=own"), PARTS(VOLUME, "v", "driver=local;label.traefik.x=1;label.x=1")}, "deny deny deny", 0, NULL},
    {"labels", "require=;deny=traefik.*", {PARTS(LABEL, "Traefik.enable", "value=1"), PARTS(LABEL, "x", "value=traefik.enable")}, "", QW_PAYLOAD_NETWORK, NULL},
    {"labels", "require=team=* owner;deny=", {PARTS(LABEL, "team", "value=a"), PARTS(LABEL, "owner", "value=")}, "", 0, NULL},
    {"labels", "require=team={tenant} owner;deny=", {PARTS(LABEL, "team", "value=team-b"), PARTS(LABEL, "owner=x", "value=")}, "require require", QW_PAYLOAD_SERVICE, NULL},
    {"labels", "require=team=*;deny=", {PARTS(LABEL, "team=x", "value=")}, "require", 0, NULL},
    {"labels", "require=team;deny=", {{0}}, "", QW_PAYLOAD_NETWORK, NULL},
    {"labels", "require=team;deny=", {FACT(HOST_CONFIG, "body")}, "", QW_PAYLOAD_START, NULL},
    {"labels", "", {PARTS(LABEL, "a", "value=b"), PARTS(VOLUME, "v", "label.a=b")}, "deny deny", 0, NULL},

    {"container-name", "allow=any", {FACT(CONTAINER_NAME, "web"), FACT(CONTAINER_NAME, "0123456789a"), FACT(CONTAINER_NAME, "0123456789abx")}, "", 0, NULL},
    {"container-name", "allow=any", {FACT(CONTAINER_NAME, "0123456789ab"), FACT(CONTAINER_NAME, "/0123456789ab"), FACT(CONTAINER_NAME, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")}, "container-name container-name container-name", 0, NULL},
    {"container-name", "allow={tenant}-*", {FACT(CONTAINER_NAME, "team-a-x"), FACT(CONTAINER_NAME, "/team-a-x"), FACT(CONTAINER_NAME, "web")}, "container-name", QW_PAYLOAD_RENAME, NULL},

    {"image-source", "allow=any;tags=any", {FACT(IMAGE, "busybox"), FACT(IMAGE, "No Name"), FACT(IMAGE_NAME, "busybox"), FACT(BUILDKIT, "grpc")}, "", 0, NULL},
    {"image-source", "allow=busybox registry.example.com/{tenant}/**;tags=any", {FACT(IMAGE, "busybox"), FACT(IMAGE, "index.docker.io/library/busybox:1"), FACT(IMAGE, "registry.example.com/team-a/a/b@" DIGEST), FACT(IMAGE, "docker.io/busybox")}, "", 0, NULL},
    {"image-source", "allow=busybox;tags=any", {FACT(IMAGE, "alpine:3"), FACT(IMAGE, "evil.example.com/library/busybox"), FACT(IMAGE, "team/busybox"), FACT(IMAGE, "Busybox")}, "allow allow allow image-source", 0, NULL},
    {"image-source", "allow=docker.io/library/*;tags=any", {FACT(IMAGE, "0123456789ab"), FACT(IMAGE, "ca"), FACT(IMAGE, "sha256:0123"), FACT(IMAGE, DIGEST)}, "allow allow allow allow", 0, NULL},
    {"image-source", "allow=docker.io/library/*;tags=any", {FACT(IMAGE, "cafe:latest"), FACT(IMAGE, "library/cafe"), FACT(IMAGE, "sha256:latest")}, "", 0, NULL},
    {"image-source", "allow=any;tags=not-latest", {FACT(IMAGE, "busybox"), FACT(IMAGE, "busybox:latest"), FACT(IMAGE, "cafe"), FACT(IMAGE, "busybox:")}, "tags tags tags image-source", 0, NULL},
    {"image-source", "allow=any;tags=not-latest", {FACT(IMAGE, "busybox:1"), FACT(IMAGE, "busybox@" DIGEST), FACT(IMAGE, "busybox:latest@" DIGEST), FACT(IMAGE, "busybox:LATEST")}, "", 0, NULL},
    {"image-source", "allow=any;tags=not-latest", {FACT(IMAGE, DIGEST), FACT(IMAGE, "0123456789ab"), FACT(IMAGE_NAME, "app"), FACT(IMAGE_NAME, "app:latest")}, "", 0, NULL},
    {"image-source", "allow=any;tags=3.* edge", {FACT(IMAGE, "alpine:3.19"), FACT(IMAGE, "alpine:edge"), FACT(IMAGE, "alpine:2.7"), FACT(IMAGE, "alpine")}, "tags tags", 0, NULL},
    {"image-source", "allow=any;tags=any;digest=required", {FACT(IMAGE, "busybox@" DIGEST), FACT(IMAGE, DIGEST), FACT(IMAGE, "busybox:1"), FACT(IMAGE, "0123456789ab")}, "digest digest", 0, NULL},
    {"image-source", "allow=busybox;tags=not-latest;digest=required", {FACT(IMAGE, "alpine")}, "allow tags digest", 0, NULL},
    {"image-source", "allow=busybox registry.example.com/**;tags=any", {FACT(IMAGE_NAME, "busybox:mine"), FACT(IMAGE_NAME, "registry.example.com/a"), FACT(IMAGE_NAME, "odd name"), FACT(IMAGE_NAME, "app")}, "allow allow allow", QW_PAYLOAD_TAG, NULL},
    {"image-source", "allow=busybox;tags=any", {FACT(BUILDKIT, "session"), FACT(BUILDKIT, "grpc")}, "allow", QW_PAYLOAD_BUILDKIT, "front"},
    {"image-source", "", {FACT(IMAGE, "busybox@" DIGEST), FACT(IMAGE, "busybox"), FACT(IMAGE_NAME, "app")}, "allow allow", 0, NULL},

    {"build", "", {FACT(BUILD_REMOTE, "https://h/x.git"), FACT(CLASSIC_BUILD, ""), FACT(BUILDKIT, "grpc")}, "remote hidden-parameters buildkit", QW_PAYLOAD_BUILD, NULL},
    {"build", "", {FACT(CLASSIC_BUILD, "")}, "", QW_PAYLOAD_BUILD, "front"},
    {"build", "", {FACT(BUILD_REMOTE, "client-session")}, "", QW_PAYLOAD_BUILD, NULL},
    {"build", "remote=allow;hidden-parameters=allow;buildkit=allow", {FACT(BUILD_REMOTE, "https://h/x.git"), FACT(CLASSIC_BUILD, ""), FACT(BUILDKIT, "session")}, "", QW_PAYLOAD_BUILD, NULL},
    {"build", "buildkit=no-host-network", {FACT(BUILDKIT, "session")}, "buildkit", QW_PAYLOAD_BUILDKIT, "front"},

    {"checkpoint-directory", "", {{QW_F_CHECKPOINT_DIR, "/tmp/x", NULL, NULL, NULL, NULL, NULL}}, "checkpoint-directory", QW_PAYLOAD_CHECKPOINT, NULL},
    {"checkpoint-directory", "", {{0}}, "", QW_PAYLOAD_CHECKPOINT, NULL},

    {"unknown-field", "", {FACT(UNKNOWN_FIELD, "HostConfig.Foo")}, "unknown-field", 0, NULL},
    {"unknown-field", "", {{0}}, "", 0, NULL},

    {"self-protection", "", {BIND("/srv"), FACT(PLUGIN, "team/other:1")}, "", 0, NULL},
    {"self-protection", "", {{QW_F_BIND, "/run", NULL, NULL, NULL, "/run/docker.sock", NULL}}, "self-protection", 0, NULL},
    {"self-protection", "", {{QW_F_CHECKPOINT_DIR, "/etc/docker", NULL, NULL, NULL, "/etc/docker", NULL}}, "self-protection", 0, NULL},
    {"self-protection", "", {{QW_F_BIND, "/srv/x", NULL, NULL, NULL, NULL, "loop of links"}}, "undecided", 0, NULL},
    {"self-protection", "allow=/run/docker.sock", {{QW_F_BIND, "/run/docker.sock", NULL, NULL, NULL, "/run/docker.sock", NULL}}, "", 0, NULL},
    {"self-protection", "allow=/run/docker.sock", {{QW_F_BIND, "/run", NULL, NULL, NULL, "/run/docker.sock", NULL}}, "self-protection", 0, NULL},
    {"self-protection", "allow=/srv", {{QW_F_BIND, "/srv/x", NULL, "/run/docker.sock", NULL, "/run/docker.sock", NULL}}, "self-protection", 0, NULL},
    {"self-protection", "allow=/run/docker.sock", {{QW_F_BIND, "/srv/x", NULL, "/run/docker.sock", NULL, "/run/docker.sock", NULL}}, "self-protection", 0, NULL},
    {"self-protection", "allow=/run/**", {{QW_F_BIND, "/run/docker.sock", NULL, NULL, NULL, "/run/docker.sock", NULL}}, "self-protection", 0, NULL},
    {"self-protection", "", {FACT(PLUGIN, "quaywarden"), FACT(PLUGIN, "r.example.com:5000/team/quaywarden:latest"), FACT(PLUGIN, "quaywarden@" DIGEST)}, "self-protection self-protection self-protection", QW_PAYLOAD_PLUGIN, NULL},
    {"self-protection", "", {FACT(PLUGIN, "quaywarden-extra"), FACT(PLUGIN, "quaywarden/other")}, "", QW_PAYLOAD_PLUGIN, NULL},
};
/* clang-format on */

static void check_rule(size_t i)
{
    const struct rule_row *row = &rule_rows[i];
    QW_AUTO(buf) struct qw_buf reported = {0};
    struct world w;

    world_init(&w, row);
    qw_rule_judge(&w.check);
    print_reported(&w.out, &reported);
    qw_buf_add(&reported, "", 1);
    ck_assert_msg(strcmp(reported.data, row->expect) == 0, "row %zu, %s (%s): reported %s, not %s", i, row->rule,
                  row->settings, reported.data, row->expect);
    world_fini(&w);
}

START_TEST(a_rule_reports_what_it_must_and_nothing_else)
{
    for (size_t i = 0; i < QW_COUNT(rule_rows); i++)
        check_rule(i);
}
END_TEST

START_TEST(every_rule_has_a_violating_and_a_passing_row)
{
    for (size_t i = 0; i < qw_rule_count; i++) {
        bool violates = false;
        bool passes = false;

        for (size_t j = 0; j < QW_COUNT(rule_rows); j++) {
            const bool is = strcmp(rule_rows[j].rule, qw_rules[i].id) == 0;

            violates = violates || (is && *rule_rows[j].expect);
            passes = passes || (is && !*rule_rows[j].expect);
        }
        ck_assert_msg(violates && passes, "%s", qw_rules[i].id);
    }
}
END_TEST

static void check_allowed(size_t i)
{
    const struct rule_row *row = &rule_rows[i];
    struct world w;

    world_init(&w, row);
    w.settings.level = QW_LEVEL_ALLOW;
    qw_rule_judge(&w.check);
    if (w.check.rule->style == QW_FIXED)
        ck_assert(!*row->expect == !w.out.count);
    else
        ck_assert_uint_eq(w.out.count, 0);
    world_fini(&w);
}

START_TEST(a_rule_that_is_allowed_does_not_look)
{
    for (size_t i = 0; i < QW_COUNT(rule_rows); i++)
        check_allowed(i);
}
END_TEST

static void check_warning(size_t i)
{
    const struct rule_row *row = &rule_rows[i];
    struct world w;

    world_init(&w, row);
    w.settings.level = QW_LEVEL_WARN;
    qw_rule_judge(&w.check);
    for (size_t j = 0; j < w.out.count; j++) {
        const struct qw_violation *violation = &w.out.items[j];
        const bool denies = w.check.rule->style == QW_FIXED || strcmp(violation->rule, "undecided") == 0;

        ck_assert_int_eq(violation->level, denies ? QW_LEVEL_DENY : QW_LEVEL_WARN);
        ck_assert_uint_gt(violation->reason.len, 0);
    }
    world_fini(&w);
}

START_TEST(a_warning_stays_a_warning_but_what_is_undecided_denies)
{
    for (size_t i = 0; i < QW_COUNT(rule_rows); i++)
        check_warning(i);
}
END_TEST

/* ---- all rules together ---- */

static int compare_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The rules judged in the order that step gives, and what they reported, sorted. */
static void judge_all(struct world *w, size_t step, const char **out)
{
    w->out = (struct qw_violations){0};
    for (size_t i = 0; i < qw_rule_count; i++) {
        w->check.rule = &qw_rules[(i * step) % qw_rule_count];
        qw_rule_judge(&w->check);
    }
    for (size_t i = 0; i < w->out.count; i++)
        out[i] = qw_arena_printf(w->arena, "%s %.*s", w->out.items[i].rule, QW_BYTES_ARG(w->out.items[i].reason)).data;
    qsort(out, w->out.count, sizeof(*out), compare_text);
}

START_TEST(the_order_of_the_rules_changes_nothing)
{
    static const struct rule_row row = {"privileged",
                                        "",
                                        {FACT(PRIVILEGED, ""),
                                         FACT(NETWORK_MODE, "host"),
                                         {QW_F_BIND, "/etc", NULL, NULL, NULL, "/etc/docker", NULL},
                                         {QW_F_DEVICE, "", NULL, NULL, NULL, NULL, "not absolute"}},
                                        "",
                                        0,
                                        NULL};
    static const size_t steps[] = {3, 5, 7, 13, 23}; /* none divides how many rules there are */
    const char *first[32];
    const char *again[32];
    struct world w;
    size_t count;

    world_init(&w, &row);
    judge_all(&w, 1, first);
    count = w.out.count;
    ck_assert_uint_ge(count, 5);
    for (size_t i = 0; i < QW_COUNT(steps); i++) {
        judge_all(&w, steps[i], again);
        ck_assert_uint_eq(w.out.count, count);
        for (size_t j = 0; j < count; j++)
            ck_assert_str_eq(first[j], again[j]);
    }
    world_fini(&w);
}
END_TEST

START_TEST(rules_have_names_of_their_own)
{
    for (size_t i = 0; i < qw_rule_count; i++) {
        ck_assert_int_eq(qw_rule_find(qw_rules[i].id), (int)i);
    }
    ck_assert_int_eq(qw_rule_find("memory"), -1);
}
END_TEST

/* ---- what people read ---- */

static void check_words(const struct rule_row *row, const char *reason, const char *accepted)
{
    struct world w;

    world_init(&w, row);
    qw_rule_judge(&w.check);
    ck_assert_uint_eq(w.out.count, 1);
    ck_assert_str_eq(qw_arena_printf(w.arena, QW_BYTES_FMT, QW_BYTES_ARG(w.out.items[0].reason)).data, reason);
    ck_assert_str_eq(qw_arena_printf(w.arena, QW_BYTES_FMT, QW_BYTES_ARG(w.out.items[0].accepted)).data, accepted);
    world_fini(&w);
}

START_TEST(a_violation_names_the_value_and_what_is_accepted)
{
    check_words(&(struct rule_row){"bind-mounts", "allow=/srv/{tenant}", {BIND("/etc")}, "", 0, NULL},
                "host path \"/etc\" is not allowed",
                "allowed for --volume and --mount (compose: volumes): /srv/team-a");
    check_words(&(struct rule_row){"bind-mounts", "", {BIND("/etc")}, "", 0, NULL}, "host path \"/etc\" is not allowed",
                "none is allowed for --volume and --mount (compose: volumes); use a named volume");
    check_words(
        &(struct rule_row){
            "bind-mounts", "allow=/srv/x", {{QW_F_BIND, "/srv/x", NULL, "/etc", NULL, NULL, NULL}}, "", 0, NULL},
        "host path \"/srv/x\" leads to \"/etc\", which is not allowed",
        "allowed for --volume and --mount (compose: volumes): /srv/x");
    check_words(
        &(struct rule_row){"capabilities", "allow=NET_BIND_SERVICE CHOWN", {FACT(CAP_ADD, "sys_admin")}, "", 0, NULL},
        "capability \"sys_admin\" is not allowed", "allowed for --cap-add (compose: cap_add): NET_BIND_SERVICE, CHOWN");
    check_words(&(struct rule_row){"runtime", "allow=runc", {FACT(RUNTIME, "a\nb\"c")}, "", 0, NULL},
                "runtime \"a\\nb\\\"c\" is not allowed", "allowed for --runtime (compose: runtime): runc");
    check_words(&(struct rule_row){"runtime", "", {FACT(RUNTIME, "kata")}, "", 0, NULL},
                "runtime \"kata\" is not allowed", "none is allowed for --runtime (compose: runtime)");
}
END_TEST

START_TEST(a_missing_limit_is_told_with_one_that_is_accepted)
{
    check_words(&(struct rule_row){"memory-limit", "required=1;max=2g;suggest=512m", {{0}}, "", 0, NULL},
                "no memory limit is set", "required, at most 2g: add --memory 512m (compose: mem_limit: 512m)");
    check_words(&(struct rule_row){"memory-limit", "required=1;max=256m", {{0}}, "", 0, NULL}, "no memory limit is set",
                "required, at most 256m: add --memory 256m (compose: mem_limit: 256m)");
    check_words(&(struct rule_row){"memory-limit", "required=1", {{0}}, "", QW_PAYLOAD_SERVICE, NULL},
                "no memory limit is set",
                "required: add --limit-memory 512m (compose: deploy.resources.limits.memory: 512m)");
    check_words(&(struct rule_row){"cpu-limit", "required=1;max=0.5;suggest=2", {{0}}, "", 0, NULL},
                "no CPU limit is set", "required, at most 0.5: add --cpus 0.5 (compose: cpus: 0.5)");
    check_words(&(struct rule_row){"pids-limit", "required=1", {FACT(PIDS_LIMIT, "0")}, "", QW_PAYLOAD_UPDATE, NULL},
                "0 is no pids limit", "required: --pids-limit 256 (compose: pids_limit: 256)");
}
END_TEST

START_TEST(a_limit_that_is_too_high_is_told_in_dockers_units)
{
    check_words(&(struct rule_row){"memory-limit", "max=2g", {FACT(MEMORY, "4294967296")}, "", 0, NULL},
                "memory limit 4g is more than 2g", "at most 2g: --memory 2g (compose: mem_limit: 2g)");
    check_words(&(struct rule_row){"memory-limit", "max=2g", {FACT(MEMORY, "4294967297")}, "", QW_PAYLOAD_BUILD, NULL},
                "memory limit 4294967297b is more than 2g", "at most 2g: --memory 2g");
    check_words(
        &(struct rule_row){
            "memory-limit", "swap=64m", {FACT(MEMORY, "536870912"), FACT(MEMORY_SWAP, "-1")}, "", 0, NULL},
        "unlimited swap is not allowed",
        "at most 64m: --memory 512m --memory-swap 576m (compose: memswap_limit: 576m)");
    check_words(&(struct rule_row){"cpu-limit", "max=1.5", {FACT(NANO_CPUS, "2250000000")}, "", 0, NULL},
                "CPU limit 2.25 is more than 1.5", "at most 1.5: --cpus 1.5 (compose: cpus: 1.5)");
    check_words(&(struct rule_row){"cpu-limit", "max=1.5", {FACT(CPU_QUOTA, "150001")}, "", 0, NULL},
                "a CPU quota of 150001 in a period of 100000 is more than 1.5 CPUs",
                "at most 1.5: --cpu-period 100000 --cpu-quota 150000 (compose: cpu_period, cpu_quota)");
    check_words(&(struct rule_row){"ulimits", "max=nofile:1024", {PARTS(ULIMIT, "nofile", "hard=4096")}, "", 0, NULL},
                "ulimit nofile of 4096 is more than 1024", "at most 1024: --ulimit nofile=1024 (compose: ulimits)");
    check_words(&(struct rule_row){"ulimits", "", {PARTS(ULIMIT, "memlock", "hard=-1")}, "", 0, NULL},
                "an unlimited memlock is not allowed", "any number but -1: --ulimit memlock=NUMBER (compose: ulimits)");
    check_words(&(struct rule_row){"restart-policy",
                                   "allow=on-failure unless-stopped;max-retries=5",
                                   {FACT(RESTART_POLICY, "always")},
                                   "",
                                   0,
                                   NULL},
                "restart policy \"always\" is not allowed",
                "allowed for --restart (compose: restart): no, on-failure:5, unless-stopped");
    check_words(
        &(struct rule_row){
            "restart-policy", "allow=any;max-retries=5", {FACT(RESTART_POLICY, "any")}, "", QW_PAYLOAD_SERVICE, NULL},
        "restarts without end are not allowed",
        "allowed for --restart-condition (compose: deploy.restart_policy.condition): none, "
        "on-failure with --restart-max-attempts 5, any with --restart-max-attempts 5");
}
END_TEST

START_TEST(an_item_with_an_unsafe_variable_is_shown_as_written)
{
    const struct rule_row row = {"networks", "allow={tenant}-* a", {{0}}, "", 0, NULL};
    const struct qw_variables unsafe = {.tenant = TEXT("a/b")};
    struct world w;

    world_init(&w, &row);
    ck_assert_str_eq(qw_items_shown(w.arena, &w.settings.values[0], &unsafe), "{tenant}-*, a");
    ck_assert_str_eq(qw_items_shown(w.arena, &w.settings.values[0], NULL), "{tenant}-*, a");
    ck_assert_str_eq(qw_items_shown(w.arena, &w.settings.values[0], &alice), "team-a-*, a");
    world_fini(&w);
}
END_TEST

START_TEST(buildkit_passes_where_the_engine_keeps_builds_from_the_hosts_network)
{
    static const struct rule_row no_host = {"build", "buildkit=no-host-network", {FACT(BUILDKIT, "grpc")},
                                            "",      QW_PAYLOAD_BUILDKIT,        NULL};
    static const struct rule_row denied = {"build", "", {FACT(BUILDKIT, "grpc")}, "", QW_PAYLOAD_BUILDKIT, NULL};
    struct world w;

    world_init(&w, &no_host);
    w.snapshot.confined_builds = true;
    qw_rule_judge(&w.check);
    ck_assert_uint_eq(w.out.count, 0);
    world_fini(&w);
    world_init(&w, &denied);
    w.snapshot.confined_builds = true;
    qw_rule_judge(&w.check);
    ck_assert_uint_eq(w.out.count, 1);
    world_fini(&w);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("rules");
    TCase *t = tcase_create("patterns");

    tcase_add_test(t, a_pattern_matches_all_of_a_text_or_nothing);
    tcase_add_test(t, a_pattern_that_could_not_match_is_refused);
    tcase_add_test(t, an_unsafe_variable_matches_nothing);
    tcase_add_test(t, a_home_that_is_no_clean_path_matches_nothing);
    tcase_add_test(t, a_variable_is_literal_and_never_a_pattern);
    tcase_add_test(t, a_pattern_of_many_stars_does_not_explode);
    tcase_add_test(t, an_image_is_read_as_the_engine_reads_it);
    tcase_add_test(t, an_image_name_has_an_end);
    suite_add_tcase(s, t);

    t = tcase_create("numbers");
    tcase_add_test(t, a_size_is_read_as_dockers_and_shown_shortest);
    tcase_add_test(t, processors_are_read_without_rounding);
    tcase_add_test(t, a_range_is_in_order_and_within_its_bound);
    tcase_add_test(t, a_subnet_holds_the_addresses_of_its_prefix_in_both_spellings);
    suite_add_tcase(s, t);

    t = tcase_create("capabilities");
    tcase_add_test(t, a_capability_is_read_as_the_engine_reads_it);
    tcase_add_test(t, the_default_capabilities_are_the_engines_fourteen);
    tcase_add_test(t, every_capability_is_a_word_of_policies);
    suite_add_tcase(s, t);

    t = tcase_create("rules");
    tcase_add_test(t, a_rule_reports_what_it_must_and_nothing_else);
    tcase_add_test(t, a_rule_that_is_allowed_does_not_look);
    tcase_add_test(t, a_warning_stays_a_warning_but_what_is_undecided_denies);
    tcase_add_test(t, every_rule_has_a_violating_and_a_passing_row);
    tcase_add_test(t, buildkit_passes_where_the_engine_keeps_builds_from_the_hosts_network);
    tcase_add_test(t, the_order_of_the_rules_changes_nothing);
    tcase_add_test(t, rules_have_names_of_their_own);
    tcase_add_test(t, a_violation_names_the_value_and_what_is_accepted);
    tcase_add_test(t, a_missing_limit_is_told_with_one_that_is_accepted);
    tcase_add_test(t, a_limit_that_is_too_high_is_told_in_dockers_units);
    tcase_add_test(t, an_item_with_an_unsafe_variable_is_shown_as_written);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    SRunner *runner = srunner_create(suite());
    int failed;

    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

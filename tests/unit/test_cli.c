/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the command line that work on text alone; what it does with files and engines, tests/cli and
 * tests/install see. */
#include "../../plugin/cli/json_edit.h"
#include "../../plugin/cli/unasked.h"
#include "suite.h"

#define PATH(...)                                                                                                      \
    (const char *const[])                                                                                              \
    {                                                                                                                  \
        __VA_ARGS__, NULL                                                                                              \
    }

static void edit(const char *text, const char *const *path, const char *value, const char *want)
{
    QW_AUTO(buf) struct qw_buf buf = {0};
    struct qw_err err = {0};
    int result;

    qw_buf_add_text(&buf, text);
    result = value ? qw_json_set(&buf, path, value, &err) : qw_json_remove(&buf, path, &err);
    ck_assert_msg(result == 0, "%s: %s", text, err.msg);
    qw_buf_add(&buf, "", 1);
    ck_assert_str_eq(buf.data, want);
}

START_TEST(a_member_is_added_as_the_others_are_written)
{
    edit("{}", PATH("a"), "1", "{\n    \"a\": 1\n}");
    edit(" { \n } \n", PATH("a"), "1", " {\n    \"a\": 1\n} \n");
    edit("{\"b\":2}", PATH("a"), "1", "{\"b\":2, \"a\": 1}");
    edit("{\n\t\"b\": 2\n}\n", PATH("a"), "1", "{\n\t\"b\": 2,\n\t\"a\": 1\n}\n");
    edit("{\"b\": {}}", PATH("b", "c", "d"), "false", "{\"b\": {\"c\": {\"d\": false}}}");
    edit("{\"b\": {\"x\": 1}}", PATH("b", "c"), "false", "{\"b\": {\"x\": 1, \"c\": false}}");
}
END_TEST

START_TEST(a_value_is_replaced_and_nothing_else)
{
    edit("{\"a\" : [1, {\"}\": \"]\\\"\"}] , \"b\":1e3}", PATH("a"), "2", "{\"a\" : 2 , \"b\":1e3}");
    edit("{\"a\":\"x\\\\\",\"b\":-1.50}", PATH("b"), "0", "{\"a\":\"x\\\\\",\"b\":0}");
    edit("{\"a\": {\"b\": true}}", PATH("a", "b"), "false", "{\"a\": {\"b\": false}}");
}
END_TEST

START_TEST(a_member_is_removed_with_its_comma)
{
    edit("{\"a\": 1}", PATH("a"), NULL, "{}");
    edit("{\n  \"a\": 1\n}\n", PATH("a"), NULL, "{}\n");
    edit("{\n  \"a\": 1 ,\n  \"b\": 2\n}", PATH("a"), NULL, "{\n  \"b\": 2\n}");
    edit("{\n  \"b\": [2],\n  \"a\": 1\n}", PATH("a"), NULL, "{\n  \"b\": [2]\n}");
    edit("{\"b\": 2, \"a\": 1, \"c\": 3}", PATH("a"), NULL, "{\"b\": 2, \"c\": 3}");
    edit("{\"b\": 2}", PATH("a"), NULL, "{\"b\": 2}");
}
END_TEST

START_TEST(what_two_readers_could_read_differently_is_left_alone)
{
    static const char *const texts[] = {"{\"a\": 1, \"a\": 2}", "{\"a\": {}, \"a\": {}}", "{\"a\": [], \"b\": 1}"};
    QW_AUTO(buf) struct qw_buf buf = {0};
    struct qw_err err;

    for (size_t i = 0; i < QW_COUNT(texts); i++) {
        qw_buf_reset(&buf);
        qw_buf_add_text(&buf, texts[i]);
        ck_assert_int_eq(qw_json_set(&buf, PATH("a", "b"), "1", &err), -1);
        ck_assert_int_eq(err.code, QW_E_MALFORMED);
        ck_assert(qw_bytes_is(qw_buf_bytes(&buf), texts[i]));
    }
}
END_TEST

static bool tells(const char *id, struct qw_standing standing)
{
    for (size_t i = 0; i < qw_unasked_count; i++)
        if (strcmp(qw_unasked[i].id, id) == 0)
            return qw_unasked[i].holds(&standing);
    ck_abort_msg("there is no %s", id);
    return false;
}

START_TEST(an_engine_is_told_from_others_by_its_version)
{
    static const struct {
        int major, minor, patch;
        bool untested, large_bodies, grpc;
    } rows[] = {
        {19, 3, 15, true, true, false},   {20, 10, 24, false, true, false}, {25, 0, 15, false, true, false},
        {25, 0, 16, false, false, false}, {28, 5, 2, false, true, false},   {29, 1, 9, true, true, false},
        {29, 2, 0, true, true, true},     {29, 3, 1, true, false, true},    {30, 0, 0, true, false, true},
    };

    for (size_t i = 0; i < QW_COUNT(rows); i++) {
        const struct qw_standing standing = {
            .version = "x", .major = rows[i].major, .minor = rows[i].minor, .patch = rows[i].patch};

        ck_assert_int_eq(tells("untested", standing), rows[i].untested);
        ck_assert_int_eq(tells("large-bodies", standing), rows[i].large_bodies);
        ck_assert_int_eq(tells("http2-unknown", standing), rows[i].grpc);
    }
}
END_TEST

START_TEST(what_is_not_known_is_taken_for_the_worse)
{
    const struct qw_standing nothing = {0};

    ck_assert(tells("large-bodies", nothing));
    ck_assert(tells("build-network", nothing));
    ck_assert(tells("build-form", nothing));
    ck_assert(tells("streams", nothing));
}
END_TEST

QW_SUITE("cli", a_member_is_added_as_the_others_are_written, a_value_is_replaced_and_nothing_else,
         a_member_is_removed_with_its_comma, what_two_readers_could_read_differently_is_left_alone,
         an_engine_is_told_from_others_by_its_version, what_is_not_known_is_taken_for_the_worse)

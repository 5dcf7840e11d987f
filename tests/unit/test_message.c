/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quaywarden/json.h"
#include "quaywarden/message.h"

#include "suite.h"

static struct qw_arena *arena;
static struct qw_err err;

__attribute__((constructor)) static void make_arena(void)
{
    arena = qw_arena_new();
}

static enum qw_code parse_code(const char *text)
{
    const struct qw_json *root;

    err.code = QW_E_NONE;
    if (qw_json_parse(qw_bytes_of(text), arena, &root, &err) == 0)
        return QW_E_NONE;
    ck_assert_int_ne(err.code, QW_E_NONE);
    return err.code;
}

START_TEST(json_is_read_as_go_reads_it_or_denied)
{
    static const struct {
        const char *text;
        enum qw_code code;
    } rows[] = {
        {"{}", QW_E_NONE},
        {" [1, -0, 0.5, 1e9, 1E+2, true, false, null, \"\"] \r\n\t", QW_E_NONE},
        {"\"\\ud83d\\udc33\"", QW_E_NONE},
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001\"", QW_E_NONE},
        {"\"a\\u0000b\"", QW_E_AMBIGUOUS},
        {"\"h\xc3\xa9\"", QW_E_NONE},
        {"", QW_E_MALFORMED},
        {"{", QW_E_MALFORMED},
        {"[1,]", QW_E_MALFORMED},
        {"{\"a\":1,}", QW_E_MALFORMED},
        {"{\"a\" 1}", QW_E_MALFORMED},
        {"{a:1}", QW_E_MALFORMED},
        {"{'a':1}", QW_E_MALFORMED},
        {"01", QW_E_AMBIGUOUS}, /* 0, then data */
        {"+1", QW_E_MALFORMED},
        {"1.", QW_E_MALFORMED},
        {".5", QW_E_MALFORMED},
        {"1e", QW_E_MALFORMED},
        {"-", QW_E_MALFORMED},
        {"NaN", QW_E_MALFORMED},
        {"tru", QW_E_MALFORMED},
        {"True", QW_E_MALFORMED},
        {"\"abc", QW_E_MALFORMED},
        {"\"abc\\", QW_E_MALFORMED},
        {"\"abc\\\"", QW_E_MALFORMED},
        {"\"\\x41\"", QW_E_MALFORMED},
        {"\"\\u12g4\"", QW_E_MALFORMED},
        {"\"\\u12\"", QW_E_MALFORMED},
        {"\"a\nb\"", QW_E_MALFORMED},
        {"// c\n{}", QW_E_MALFORMED},
        {"\xef\xbb\xbf{}", QW_E_MALFORMED},
        {"{} {}", QW_E_AMBIGUOUS},
        {"{}x", QW_E_AMBIGUOUS},
        {"\"\xff\"", QW_E_AMBIGUOUS},
        {"\"\xc0\xaf\"", QW_E_AMBIGUOUS},
        {"\"\xed\xa0\x80\"", QW_E_AMBIGUOUS},
        {"\"\\ud800\"", QW_E_AMBIGUOUS},
        {"\"\\udc00\"", QW_E_AMBIGUOUS},
        {"\"\\ud800\\u0041\"", QW_E_AMBIGUOUS},
    };

    for (size_t i = 0; i < QW_COUNT(rows); i++)
        ck_assert_msg(parse_code(rows[i].text) == rows[i].code, "%s: %s", rows[i].text, err.msg);
}
END_TEST

START_TEST(nesting_ends_at_64)
{
    char text[140];

    memset(text, '[', 64);
    memset(text + 64, ']', 64);
    text[128] = '\0';
    ck_assert_int_eq(parse_code(text), QW_E_NONE);
    memset(text, '[', 65);
    memset(text + 65, ']', 65);
    text[130] = '\0';
    ck_assert_int_eq(parse_code(text), QW_E_AMBIGUOUS);
}
END_TEST

START_TEST(every_cut_text_is_denied_and_read_within_its_bounds)
{
    static const char whole[] =
        "{\"k\\u00e9y\":[1.5e3,\"a\\nb\xc3\xa9 long enough for eight\",{\"x\":null}],\"t\":true}";

    for (size_t len = 0; len < sizeof(whole) - 1; len++) {
        char *copy = malloc(len ? len : 1); /* of this length, so that the sanitizer sees a byte too many */
        const struct qw_json *root;

        memcpy(copy, whole, len);
        ck_assert_int_eq(qw_json_parse((struct qw_bytes){copy, len}, arena, &root, &err), -1);
        free(copy);
    }
    ck_assert_int_eq(parse_code(whole), QW_E_NONE);
}
END_TEST

START_TEST(an_error_names_the_byte)
{
    ck_assert_int_eq(parse_code("{\"a\":tru}"), QW_E_MALFORMED);
    ck_assert_ptr_nonnull(strstr(err.msg, "byte 5"));
}
END_TEST

START_TEST(strings_are_decoded_before_they_are_compared)
{
    const struct qw_json *root;

    ck_assert_int_eq(qw_json_parse(QW_LIT("{\"\\u0050rivileged\":\"a\\u00e9\\ud83d\\udc33\\n\"}"), arena, &root, &err),
                     0);
    ck_assert(qw_bytes_is(root->child->key, "Privileged"));
    ck_assert(qw_bytes_is(root->child->text, "a\xc3\xa9\xf0\x9f\x90\xb3\n"));
}
END_TEST

START_TEST(keys_fold_as_in_go)
{
    static const struct {
        const char *key;
        const char *name;
        bool same;
    } rows[] = {
        {"HostConfig", "HostConfig", true},
        {"hostconfig", "HostConfig", true},
        {"HOSTCONFIG", "HostConfig", true},
        {"ho\xc5\xbftconfig", "HostConfig", true},       /* U+017F */
        {"networ\xe2\x84\xaamode", "NetworkMode", true}, /* U+212A */
        {"HostConfi", "HostConfig", false},
        {"HostConfigs", "HostConfig", false},
        {"Host_onfig", "HostConfig", false},
        {"[inds", "{inds", false},            /* 0x20 apart, and no letters */
        {"\xc5\x9fysctls", "Sysctls", false}, /* U+015F */
        {"", "Sysctls", false},
    };

    for (size_t i = 0; i < QW_COUNT(rows); i++)
        ck_assert_msg(qw_json_key_folds_to(qw_bytes_of(rows[i].key), rows[i].name, strlen(rows[i].name)) ==
                          rows[i].same,
                      "%s", rows[i].key);
}
END_TEST

/* Of all code points, these two fold to an ASCII letter: tests/proofs has them from Unicode's data. */
static char letter_of(uint32_t c)
{
    if (c < 0x80)
        return (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    return c == 0x17f ? 's' : c == 0x212a ? 'k' : '\0';
}

START_TEST(every_code_point_folds_as_in_go)
{
    static const char letters[] = "aks";

    for (uint32_t c = 1; c <= 0x10ffff; c++) {
        char key[4];
        const struct qw_bytes bytes = {key, qw_utf8_encode(c, key)};

        for (size_t i = 0; letters[i]; i++) {
            if (qw_json_key_folds_to(bytes, letters + i, 1) != (letter_of(c) == letters[i]))
                ck_abort_msg("U+%04X and %c", c, letters[i]);
        }
    }
}
END_TEST

static int check_map(struct qw_bytes text)
{
    const struct qw_json *root;

    ck_assert_int_eq(qw_json_parse(text, arena, &root, &err), 0);
    return qw_json_map_check(root, arena, &err);
}

START_TEST(map_keys_are_exact)
{
    ck_assert_int_eq(check_map(QW_LIT("{\"foo\":1,\"FOO\":2}")), 0);
    ck_assert_int_eq(check_map(QW_LIT("{\"foo\":1,\"f\\u006fo\":2}")), -1);
    ck_assert_int_eq(err.code, QW_E_AMBIGUOUS);
}
END_TEST

START_TEST(a_repeat_in_a_large_map_is_found)
{
    struct qw_buf text = {0};

    qw_buf_add_text(&text, "{");
    for (int i = 0; i < 5000; i++)
        qw_buf_printf(&text, "\"k%d\":0,", i);
    qw_buf_add_text(&text, "\"last\":0}");
    ck_assert_int_eq(check_map(qw_buf_bytes(&text)), 0);
    text.len--;
    qw_buf_add_text(&text, ",\"k4321\":0}");
    ck_assert_int_eq(check_map(qw_buf_bytes(&text)), -1);
    qw_buf_fini(&text);
}
END_TEST

START_TEST(base64_is_strict)
{
    static const struct {
        const char *in;
        const char *out; /* NULL: refused */
    } rows[] = {
        {"", ""},
        {"Zg==", "f"},
        {"Zm8=", "fo"},
        {"Zm9v", "foo"},
        {"Zm9vYg==", "foob"},
        {"Zm9vYmE=", "fooba"},
        {"+/+/", "\xfb\xff\xbf"},
        {"Zg=", NULL},
        {"Zg", NULL},
        {"Z===", NULL},
        {"Zh==", NULL}, /* bits left over */
        {"Zm9=", NULL},
        {"Zg==Zg==", NULL},
        {"Zm9v\n", NULL},
        {"Zm 9", NULL},
        {"-_-_", NULL},
        {"====", NULL},
        {"Zg=v", NULL},
    };

    for (size_t i = 0; i < QW_COUNT(rows); i++) {
        struct qw_bytes out;
        const int rc = qw_base64_decode(qw_bytes_of(rows[i].in), arena, &out, &err);

        ck_assert_msg((rc == 0) == (rows[i].out != NULL), "%s", rows[i].in);
        if (rows[i].out)
            ck_assert_msg(qw_bytes_is(out, rows[i].out), "%s", rows[i].in);
    }
}
END_TEST

START_TEST(a_message_is_decoded)
{
    struct qw_message m;

    ck_assert_int_eq(
        qw_message_decode(QW_LIT("{\"User\":\"alice\",\"UserAuthNMethod\":\"TLS\",\"RequestMethod\":\"POST\","
                                 "\"RequestUri\":\"/x\",\"RequestBody\":\"e30=\",\"NewerField\":[1],"
                                 "\"RequestHeaders\":{\"Content-Type\":\"application/json\"}}"),
                          arena, &m, &err),
        0);
    ck_assert(qw_bytes_is(m.user, "alice"));
    ck_assert(qw_bytes_is(m.body, "{}"));
    ck_assert_int_eq(m.body_state, QW_BODY_PRESENT);
    ck_assert(qw_bytes_is(qw_message_header(&m, "content-type"), "application/json"));
    ck_assert_ptr_null(qw_message_header(&m, "Content-Length").data);
}
END_TEST

START_TEST(a_broken_message_is_refused_and_names_what_it_can)
{
    static const struct {
        const char *text;
        enum qw_code code;
    } rows[] = {
        {"", QW_E_MALFORMED},
        {"[]", QW_E_MALFORMED},
        {"{}", QW_E_MALFORMED},
        {"{\"RequestMethod\":\"GET\"}", QW_E_MALFORMED},
        {"{\"User\":1,\"RequestMethod\":\"GET\",\"RequestUri\":\"/x\"}", QW_E_MALFORMED},
        {"{\"RequestBody\":\"*\",\"RequestMethod\":\"GET\",\"RequestUri\":\"/x\"}", QW_E_MALFORMED},
        {"{\"User\":\"a\",\"USER\":\"b\",\"RequestMethod\":\"GET\",\"RequestUri\":\"/x\"}", QW_E_AMBIGUOUS},
        {"{\"RequestHeaders\":{\"A\":\"1\",\"a\":\"2\"},\"RequestMethod\":\"GET\",\"RequestUri\":\"/x\"}",
         QW_E_AMBIGUOUS},
    };
    struct qw_message m;

    for (size_t i = 0; i < QW_COUNT(rows); i++) {
        ck_assert_int_eq(qw_message_decode(qw_bytes_of(rows[i].text), arena, &m, &err), -1);
        ck_assert_msg(err.code == rows[i].code, "%s: %s", rows[i].text, err.msg);
    }
    ck_assert(qw_bytes_is(m.uri, "/x"));
}
END_TEST

START_TEST(an_answer_shows_its_reason_where_the_engine_looks)
{
    struct qw_buf out = {0};

    qw_response_encode(true, QW_LIT(""), false, &out);
    qw_response_encode(false, QW_LIT("no \"x\""), false, &out);
    qw_response_encode(false, QW_LIT("no"), true, &out);
    ck_assert(qw_bytes_is(qw_buf_bytes(&out), "{\"Allow\":true}\n{\"Allow\":false,\"Msg\":\"no \\\"x\\\"\"}\n"
                                              "{\"Allow\":false,\"Msg\":\"no\",\"Err\":\"no\"}\n"));
    qw_buf_fini(&out);
}
END_TEST

QW_SUITE("message", json_is_read_as_go_reads_it_or_denied, nesting_ends_at_64,
         every_cut_text_is_denied_and_read_within_its_bounds, an_error_names_the_byte,
         strings_are_decoded_before_they_are_compared, keys_fold_as_in_go, every_code_point_folds_as_in_go,
         map_keys_are_exact, a_repeat_in_a_large_map_is_found, base64_is_strict, a_message_is_decoded,
         a_broken_message_is_refused_and_names_what_it_can, an_answer_shows_its_reason_where_the_engine_looks)

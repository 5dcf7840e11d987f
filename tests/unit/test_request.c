/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quaywarden/request.h"

#include "suite.h"

static struct qw_arena *arena;
static struct qw_err err;

__attribute__((constructor)) static void make_arena(void)
{
    arena = qw_arena_new();
}

static struct qw_message message_of(const char *method, const char *uri)
{
    return (struct qw_message){.method = qw_bytes_of(method), .uri = qw_bytes_of(uri)};
}

START_TEST(requests_are_classified_as_the_router_does)
{
    static const struct {
        const char *method;
        const char *uri;
        const char *action; /* or the refusal */
        const char *object;
    } rows[] = {
        {"GET", "/_ping", "system.ping", ""},
        {"HEAD", "/_ping", "system.ping", ""},
        {"HEAD", "/version", "unknown-endpoint", ""},
        {"OPTIONS", "/anything/at/all", "system.options", ""},
        {"GET", "/containers/json", "container.list", ""},
        {"GET", "/v1.41/containers/json?all=1", "container.list", ""},
        {"get", "/containers/json", "unknown-endpoint", ""},
        {"GET", "/containers/json/json", "container.inspect", "json"},
        {"GET", "/v1.41/containers/a/b/json", "container.inspect", "a/b"},
        {"POST", "/containers/build/start", "container.start", "build"},
        {"POST", "/containers/%63reate", "container.create", ""},
        {"POST", "http://docker/v1.41/containers/create", "container.create", ""},
        {"POST", "HTTPS://h:1/containers/create", "container.create", ""},
        {"POST", "/images/create?fromImage=x", "image.pull", ""},
        {"POST", "/images/create?fromImage=&fromSrc=-", "image.import", ""},
        {"POST", "/images/create", "image.import", ""},
        {"GET", "/networks/", "network.list", ""},
        {"GET", "/networks/n", "network.inspect", "n"},
        {"GET", "/containers/json/", "unknown-endpoint", ""},
        {"DELETE", "/containers/a/checkpoints/b", "container.checkpoint.remove", "a"},
        {"DELETE", "/containers/a", "container.remove", "a"},
        {"DELETE", "/containers/a/", "unknown-endpoint", ""},
        {"GET", "/containers/a/attach/ws", "container.attach", "a"},
        {"PUT", "/debug/pprof/heap", "debug.pprof", "heap"},
        {"GET", "/v1.41", "unknown-endpoint", ""},
        {"GET", "/v1/info", "malformed", ""},
        {"GET", "/v1.2.3/info", "malformed", ""},
        {"GET", "/v./info", "malformed", ""},
        {"GET", "/vx/info", "unknown-endpoint", ""},
        {"GET", "/containers//json", "malformed", ""},
        {"GET", "//info", "malformed", ""},
        {"GET", "/./info", "malformed", ""},
        {"GET", "/a/%2e%2e/info", "malformed", ""},
        {"GET", "/images/a%2Fb/json", "malformed", ""},
        {"GET", "/images/a%2fb/json", "malformed", ""},
        {"GET", "/info%00", "malformed", ""},
        {"GET", "/info%zz", "malformed", ""},
        {"GET", "/info?a=b%00", "malformed", ""},
        {"GET", "/info%4", "malformed", ""},
        {"GET", "/info?a=%", "malformed", ""},
        {"GET", "/info\x01", "malformed", ""},
        {"GET", "/images/%ff/json", "malformed", ""},
        {"GET", "info", "malformed", ""},
        {"GET", "http://host", "malformed", ""},
        {"GET", "", "malformed", ""},
        {"GET", "*", "malformed", ""},
        {"POST", "/containers/create?x=1#&name=n", "ambiguous", ""},
        {"GET", "/info?a;b", "ambiguous", ""},
        {"POST", "/containers/create?name=a&name=b", "ambiguous", ""},
        {"POST", "/containers/create?name=a&n%61me=b", "ambiguous", ""},
        {"POST", "/build?t=a&t=b", "image.build", ""},
        {"POST", "/build?remote=a&remote=b", "ambiguous", ""},
        {"GET", "/info?unheard=a&unheard=b", "system.info", ""},
    };

    for (size_t i = 0; i < QW_COUNT(rows); i++) {
        const struct qw_message m = message_of(rows[i].method, rows[i].uri);
        struct qw_request r;
        const int rc = qw_request_classify(&m, arena, &r, &err);

        ck_assert_msg(strcmp(rc == 0 ? r.action->name : code_word(err.code), rows[i].action) == 0, "%s %s: %s",
                      rows[i].method, rows[i].uri, rc == 0 ? r.action->name : err.msg);
        if (rc == 0)
            ck_assert_msg(qw_bytes_is(r.object, rows[i].object), "%s", rows[i].uri);
    }
}
END_TEST

START_TEST(a_query_is_decoded_once)
{
    const struct qw_message m = message_of("POST", "/containers/create?name=a%2Bb+c%253D&flag&empty=");
    struct qw_request r;

    ck_assert_int_eq(qw_request_classify(&m, arena, &r, &err), 0);
    ck_assert(qw_bytes_is(qw_request_param(&r, "name"), "a+b c%3D"));
    ck_assert_ptr_nonnull(qw_request_param(&r, "flag").data);
    ck_assert_ptr_null(qw_request_param(&r, "absent").data);
}
END_TEST

/* type and length: NULL for no such header; body: NULL for none shown */
static const char *body_outcome(const char *method, const char *uri, const char *type, const char *length,
                                const char *body)
{
    struct qw_pair headers[2];
    struct qw_message m = message_of(method, uri);
    struct qw_request r;

    m.headers = headers;
    if (type)
        headers[m.header_count++] = (struct qw_pair){QW_LIT("Content-Type"), qw_bytes_of(type)};
    if (length)
        headers[m.header_count++] = (struct qw_pair){QW_LIT("Content-Length"), qw_bytes_of(length)};
    if (body) {
        m.body = qw_bytes_of(body);
        m.body_state = m.body.len ? QW_BODY_PRESENT : QW_BODY_EMPTY;
    }
    ck_assert_int_eq(qw_request_classify(&m, arena, &r, &err), 0);
    return qw_request_read_body(&r, arena, &err) == 0 ? (r.body ? "body" : "none") : code_word(err.code);
}

START_TEST(a_body_is_seen_or_proven_empty)
{
#define CREATE "POST", "/containers/create"
#define START  "POST", "/containers/x/start"
#define STOP   "POST", "/containers/x/stop"
    static const struct {
        const char *method, *uri, *type, *length, *body, *outcome;
    } rows[] = {
        {CREATE, "application/json", "2", "{}", "body"},
        {CREATE, "Application/JSON ; charset=utf-8", "2", "{}", "body"},
        {CREATE, "application/json", "2000000", NULL, "body-missing"},
        {CREATE, "application/json", NULL, NULL, "body-missing"},
        {CREATE, NULL, NULL, NULL, "body-missing"},
        {CREATE, NULL, "0", NULL, "body-missing"},
        {CREATE, "application/json", "2", "", "body-missing"},
        {CREATE, NULL, "2", "{}", "content-type"},
        {CREATE, "text/plain", "2", "{}", "content-type"},
        {CREATE, "application/jsonp", "2", "{}", "content-type"},
        {CREATE, "application/x-www-form-urlencoded", "2", "{}", "content-type"},
        {CREATE, "Multipart/Form-Data; boundary=x", "2", NULL, "content-type"},
        {CREATE, "application/json", "3", "{} {}", "ambiguous"},
        {CREATE, "application/json", "1", "{", "malformed"},
        {"POST", "/containers/create?x=/auth", "application/json", "2", "{}", "body-missing"},
        {START, NULL, NULL, NULL, "none"},
        {START, "text/plain", "0", NULL, "none"},
        {START, "application/json", "2", "{}", "none"},
        {START, "application/json", "9", "{\"a\":1}", "body"},
        {START, "application/json", "2000000", NULL, "body-missing"},
        {START, "text/plain", NULL, NULL, "body-missing"},
        {START, NULL, "9", NULL, "body-missing"},
        {STOP, NULL, NULL, NULL, "none"},
        {STOP, "text/plain", "0", NULL, "none"},
        {STOP, "application/x-www-form-urlencoded", "0", NULL, "none"},
        {STOP, "text/plain", NULL, NULL, "content-type"},
        {STOP, "", NULL, NULL, "content-type"},
        {STOP, "application/json", "2", "{}", "none"}, /* shown: the first Content-Type says so too */
        {STOP, "application/json", "2", NULL, "content-type"},
        {STOP, "text/plain", "2", "{}", "content-type"},
        {"DELETE", "/containers/x", "text/plain", NULL, NULL, "none"},
        {"DELETE", "/containers/x", "multipart/form-data", NULL, NULL, "content-type"},
        {"GET", "/containers/json", "application/x-www-form-urlencoded", NULL, NULL, "content-type"},
        {"PUT", "/containers/x/archive", "text/plain", NULL, NULL, "none"},
        {"PUT", "/containers/x/archive", "multipart/mixed", NULL, NULL, "content-type"},
        {"POST", "/build", NULL, NULL, NULL, "none"},
        {"POST", "/auth", "application/json", "9", "not json", "none"},
    };

    for (size_t i = 0; i < QW_COUNT(rows); i++) {
        const char *outcome = body_outcome(rows[i].method, rows[i].uri, rows[i].type, rows[i].length, rows[i].body);

        ck_assert_msg(strcmp(outcome, rows[i].outcome) == 0, "row %zu, %s: %s, not %s", i, rows[i].uri, outcome,
                      rows[i].outcome);
    }
}
END_TEST

START_TEST(the_action_table_is_whole)
{
    ck_assert_str_eq(qw_actions[qw_action_count - 1].name, "unknown");
    for (size_t i = 0; i < qw_action_count; i++)
        ck_assert_int_eq(qw_action_find(qw_actions[i].name), (int)i); /* no name twice */
    for (size_t i = 0; i < qw_route_count; i++)
        ck_assert_msg(qw_action_find(qw_routes[i].action) >= 0, "%s", qw_routes[i].action);
    ck_assert_int_eq(qw_action_find("container.creat"), -1);
}
END_TEST

START_TEST(every_action_has_a_route)
{
    for (size_t i = 0; i + 1 < qw_action_count; i++) {
        bool found = false;

        for (size_t n = 0; n < qw_route_count; n++)
            found |= strcmp(qw_routes[n].action, qw_actions[i].name) == 0;
        ck_assert_msg(found, "%s", qw_actions[i].name);
    }
}
END_TEST

START_TEST(who_comes_without_a_certificate_has_no_name_of_any_kind)
{
    struct qw_message m = message_of("GET", "/info");
    struct qw_identity who;

    ck_assert_int_eq(qw_identity_read(&m, NULL, arena, &who, &err), 0);
    ck_assert_uint_eq(who.user.len + who.via.len + who.group_count, 0);
    m.auth_method = QW_LIT("TLS");
    ck_assert_int_eq(qw_identity_read(&m, NULL, arena, &who, &err), 0);
    ck_assert(qw_bytes_is(who.via, "tls"));
    m.certificate = QW_LIT("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n");
    ck_assert_int_eq(qw_identity_read(&m, NULL, arena, &who, &err), -1);
    ck_assert_int_eq(err.code, QW_E_MALFORMED);
}
END_TEST

QW_SUITE("request", requests_are_classified_as_the_router_does, a_query_is_decoded_once, a_body_is_seen_or_proven_empty,
         the_action_table_is_whole, every_action_has_a_route, who_comes_without_a_certificate_has_no_name_of_any_kind)

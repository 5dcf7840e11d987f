/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quaywarden/verdict.h"

#include "suite.h"

static const char policy_text[] =
    "version: 1\n"
    "contact: \"#platform\"\n"
    "roles: { user: { allow: [everyday] } }\n"
    "tenants:\n"
    "  - { name: everybody, match: [\"*\", anonymous], role: user, profile: baseline, objects: all }\n";

static struct qw_arena *arena;
static struct qw_decision decision;

static struct qw_policy *policy_of(const char *text)
{
    struct qw_diagnostics diagnostics = {0};
    struct qw_policy *policy = NULL;

    ck_assert_int_eq(qw_policy_parse("test.yaml", text, strlen(text), &policy, &diagnostics), 0);
    qw_diagnostics_fini(&diagnostics);
    return policy;
}

static void decide(const struct qw_policy *policy, const char *message)
{
    static const struct qw_guard guard = {qw_guard_paths};
    struct qw_world world;

    if (!arena)
        arena = qw_arena_new();
    qw_world_host(&world, &guard, "/nonexistent/daemon.json");
    decision = (struct qw_decision){0};
    qw_decide(policy, &world, qw_bytes_of(message), arena, &decision);
}

/* The decision's record, as JSON; it must be whole and name nothing twice. */
static const struct qw_json *record_of(const struct qw_policy *policy)
{
    struct qw_buf text = {0};
    const struct qw_json *record;
    struct qw_bytes copy;
    struct qw_err err = {QW_E_NONE, ""};

    qw_buf_add_text(&text, "{");
    qw_decision_record(&decision, policy, &text);
    qw_buf_add_text(&text, "}");
    copy = qw_arena_copy(arena, qw_buf_bytes(&text));
    qw_buf_fini(&text);
    ck_assert_msg(qw_json_parse(copy, arena, &record, &err) == 0, "%s: %s", copy.data, err.msg);
    ck_assert_int_eq(qw_json_map_check(record, arena, &err), 0);
    return record;
}

static const struct qw_json *find_member(const struct qw_json *object, const char *key)
{
    for (const struct qw_json *member = object->child; member; member = member->next) {
        if (qw_bytes_is(member->key, key))
            return member;
    }
    return NULL;
}

static bool record_says(const struct qw_json *record, const char *key, const char *value)
{
    const struct qw_json *member = find_member(record, key);

    return member && qw_bytes_is(member->text, value);
}

static bool explained(const struct qw_policy *policy, const char *part)
{
    struct qw_buf text = {0};
    bool found;

    qw_verdict_explain(&decision.verdict, policy->contact, &text);
    found = text.len && memmem(text.data, text.len, part, strlen(part)) != NULL;
    qw_buf_fini(&text);
    return found;
}

#define HEADERS "\"RequestHeaders\":{\"Content-Type\":\"application/json\"}"

START_TEST(a_denial_names_rule_field_and_contact)
{
    struct qw_policy *policy = policy_of(policy_text);

    /* {"HostConfig":{"Privileged":true,"PidMode":"host"}} */
    decide(policy, "{\"RequestMethod\":\"POST\",\"RequestUri\":\"/containers/create\"," HEADERS
                   ",\"RequestBody\":\"eyJIb3N0Q29uZmlnIjp7IlByaXZpbGVnZWQiOnRydWUsIlBpZE1vZGUiOiJob3N0In19\"}");
    ck_assert_int_eq(decision.verdict.outcome, QW_OUTCOME_DENY);
    ck_assert(decision.verdict.understood);
    ck_assert(explained(policy, "privileged: "));
    ck_assert(explained(policy, "(HostConfig.Privileged)"));
    ck_assert(explained(policy, "host-namespaces: "));
    ck_assert(explained(policy, "\nAsk: #platform"));
    ck_assert(record_says(record_of(policy), "verdict", "deny"));
    ck_assert(record_says(record_of(policy), "action", "container.create"));
    qw_policy_unref(policy);
}
END_TEST

START_TEST(what_is_no_message_is_denied_and_recorded)
{
    static const char *const messages[] = {
        "",
        "{",
        "[]",
        "{}",
        "{\"RequestMethod\":\"GET\",\"RequestUri\":7}",
        "{\"RequestMethod\":\"GET\",\"RequestUri\":\"/info\",\"RequestBody\":\"*\"}"};
    struct qw_policy *policy = policy_of(policy_text);

    for (size_t i = 0; i < QW_COUNT(messages); i++) {
        decide(policy, messages[i]);
        ck_assert_int_eq(decision.verdict.outcome, QW_OUTCOME_DENY);
        ck_assert(!decision.verdict.understood);
        ck_assert(explained(policy, "malformed: "));
        ck_assert(record_says(record_of(policy), "action", "unknown"));
    }
    qw_policy_unref(policy);
}
END_TEST

START_TEST(a_record_holds_no_secret_of_the_uri)
{
    static const char *const uris[] = {"/build?t=a&buildargs=%7B%22T%22%3A%22hush%22%7D",
                                       "/build?build%61rgs=%7B%22T%22%3A%22hush%22%7D&t=a",
                                       "/build?remote=https://u:hush@h/r.git",
                                       "/build?version=2&session=hush",
                                       "/build?version=2&cachefrom=[%22type=s3,key=hush%22]",
                                       "/images/create?fromSrc=http://u:hush%40h/x",
                                       "/build?t=%zz&buildargs=hush"};
    struct qw_policy *policy = policy_of(policy_text);

    for (size_t i = 0; i < QW_COUNT(uris); i++) {
        char message[256];
        const struct qw_json *uri;

        snprintf(message, sizeof(message), "{\"RequestMethod\":\"POST\",\"RequestUri\":\"%s\"}", uris[i]);
        decide(policy, message);
        ck_assert(!explained(policy, "hush"));
        uri = find_member(record_of(policy), "uri");
        ck_assert_ptr_null(memmem(uri->text.data, uri->text.len, "hush", 4));
        ck_assert_ptr_nonnull(memmem(uri->text.data, uri->text.len, "***", 3));
    }
    qw_policy_unref(policy);
}
END_TEST

START_TEST(outside_text_cannot_forge_a_line)
{
    struct qw_policy *policy = policy_of(policy_text);

    /* {"HostConfig":{"CapAdd":["X\n{\"forged\":1}"]}} */
    decide(policy, "{\"RequestMethod\":\"POST\",\"RequestUri\":\"/containers/create\",\"User\":\"a\\nb\"," HEADERS
                   ",\"RequestBody\":\"eyJIb3N0Q29uZmlnIjp7IkNhcEFkZCI6WyJYXG57XCJmb3JnZWRcIjoxfSJdfX0=\"}");
    ck_assert_int_eq(decision.verdict.outcome, QW_OUTCOME_DENY);
    ck_assert(!explained(policy, "\n{"));
    ck_assert(record_says(record_of(policy), "user", "a\nb"));
    qw_policy_unref(policy);
}
END_TEST

START_TEST(a_long_list_of_violations_is_cut_for_people)
{
    struct qw_policy *policy = policy_of(policy_text);
    struct qw_decision *d = &decision;

    decide(policy, "");
    d->verdict.violations.count = 0;
    for (int i = 0; i < 30; i++)
        *qw_violations_add(&d->verdict.violations, arena) =
            (struct qw_violation){.rule = "privileged", .reason = QW_LIT("x")};
    ck_assert(explained(policy, "and 10 more"));
    qw_policy_unref(policy);
}
END_TEST

/* ---- look-ups ---- */

static enum qw_found answered; /* to every question */

static enum qw_found inspect(const struct qw_world *world, enum qw_object_kind kind, struct qw_bytes reference,
                             struct qw_arena *in, const struct qw_json **answer, struct qw_err *err)
{
    static const char container[] = "{\"HostConfig\":{\"Privileged\":true}}";

    if (answered != QW_FOUND)
        qw_fail(err, QW_E_IO, "it does not answer");
    else if (qw_json_parse(qw_bytes_of(container), in, answer, err) < 0)
        return QW_UNCLEAR;
    return answered;
}

static void decide_asking(const struct qw_policy *policy, const char *message)
{
    static const struct qw_guard guard = {qw_guard_paths};
    struct qw_world world;

    if (!arena)
        arena = qw_arena_new();
    qw_world_host(&world, &guard, "/nonexistent/daemon.json");
    world.inspect = inspect;
    decision = (struct qw_decision){0};
    qw_decide(policy, &world, qw_bytes_of(message), arena, &decision);
}

#define START "{\"RequestMethod\":\"POST\",\"RequestUri\":\"/containers/web/start\"}"

START_TEST(what_has_to_wait_has_no_verdict_yet)
{
    struct qw_policy *policy = policy_of(policy_text);

    answered = QW_LATER;
    decide_asking(policy, START);
    ck_assert(decision.deferred);
    ck_assert_uint_eq(decision.verdict.violations.count, 0);
    ck_assert_msg(decision.verdict.outcome == QW_OUTCOME_DENY, "who forgets to ask again allows nothing");
    answered = QW_ABSENT;
    decide_asking(policy, START);
    ck_assert(!decision.deferred && decision.verdict.outcome == QW_OUTCOME_ALLOW);
    qw_policy_unref(policy);
}
END_TEST

START_TEST(what_is_refused_as_a_whole_asks_nothing)
{
    struct qw_policy *policy = policy_of(policy_text);

    answered = QW_LATER;
    decide_asking(policy, "{\"RequestMethod\":\"POST\",\"RequestUri\":\"/swarm/init\"}");
    ck_assert(!decision.deferred && decision.verdict.outcome == QW_OUTCOME_DENY);
    decide_asking(policy, "{\"RequestMethod\":\"POST\",\"RequestUri\":\"/containers/web/start?x=%zz\"}");
    ck_assert(!decision.deferred && decision.verdict.outcome == QW_OUTCOME_DENY);
    qw_policy_unref(policy);
}
END_TEST

START_TEST(what_the_engine_does_not_say_is_undecided)
{
    struct qw_policy *policy = policy_of(policy_text);

    answered = QW_UNCLEAR;
    decide_asking(policy, START);
    ck_assert_int_eq(decision.verdict.outcome, QW_OUTCOME_DENY);
    ck_assert(explained(policy, "undecided: what the engine knows of container \"web\" could not be found out: it does "
                                "not answer"));
    qw_policy_unref(policy);
}
END_TEST

/* The trail holds what was found out: judged again, without an engine, the verdict is the same. */
START_TEST(a_record_of_what_was_looked_up_is_judged_the_same)
{
    struct qw_policy *policy = policy_of(policy_text);
    static const struct qw_guard guard = {qw_guard_paths};
    struct qw_recorded recorded;
    const struct qw_json *record;
    struct qw_world world;
    struct qw_err err;

    answered = QW_FOUND;
    decide_asking(policy, START);
    ck_assert(explained(policy, "(container web: HostConfig.Privileged)"));
    record = record_of(policy);
    qw_world_host(&world, &guard, "/nonexistent/daemon.json");
    decision = (struct qw_decision){0};
    ck_assert_int_eq(qw_decision_read(record, arena, &decision, &recorded, &err), 0);
    qw_decide_recorded(policy, &world, arena, &decision);
    ck_assert_int_eq(decision.verdict.outcome, QW_OUTCOME_DENY);
    ck_assert_uint_eq(decision.verdict.violations.count, 1);
    ck_assert_str_eq(decision.verdict.violations.items[0].rule, "privileged");
    qw_policy_unref(policy);
}
END_TEST

QW_SUITE("verdict", a_denial_names_rule_field_and_contact, what_is_no_message_is_denied_and_recorded,
         a_record_holds_no_secret_of_the_uri, outside_text_cannot_forge_a_line,
         a_long_list_of_violations_is_cut_for_people, what_has_to_wait_has_no_verdict_yet,
         what_is_refused_as_a_whole_asks_nothing, what_the_engine_does_not_say_is_undecided,
         a_record_of_what_was_looked_up_is_judged_the_same)

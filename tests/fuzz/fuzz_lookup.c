/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a request and what the engine answers to the questions about it. The first line is method and target,
 * the second one the body; then a line for each object: kind, name ("*" for any) and the answer, "gone" or "later". A
 * verdict that lets the request through has understood every answer: it denies where one of them is none.
 */
#include "fuzz.h"

#include "quaywarden/verdict.h"

#define OBJECTS_MAX 32

struct object {
    struct qw_bytes kind;
    struct qw_bytes name;
    struct qw_bytes answer;
    unsigned asked;
};

struct script {
    struct qw_message message;
    struct object objects[OBJECTS_MAX];
    size_t count;
    struct qw_bytes config; /* daemon.json */
    /* What has become of the answers. */
    unsigned questions;
    bool broken;       /* one was no object, or had something of another type in it */
    bool later;        /* one is not there yet */
    unsigned spoiled;  /* the question, from 1, that gets `spoil` for its answer; 0: none */
    const char *spoil; /* is no well-formed object; NULL: the engine does not answer */
};

static const struct qw_pair headers[] = {{{"Content-Type", 12}, {"application/json", 16}}};

static const char *const policies[] = {"everything.yaml", "as-self.yaml", "command.yaml", "run-as-root.yaml"};

static struct qw_policy *loaded[QW_COUNT(policies)];

/* ---- the input ---- */

static bool next_line(struct qw_bytes *rest, struct qw_bytes *line)
{
    *line = (struct qw_bytes){NULL, 0};
    return rest->len && qw_bytes_split(rest, '\n', line);
}

static void read_script(struct qw_bytes text, struct script *script)
{
    struct qw_bytes line;
    struct qw_bytes body;

    next_line(&text, &line);
    qw_bytes_split(&line, ' ', &script->message.method);
    script->message.uri = line;
    next_line(&text, &body);
    script->message.body = body;
    script->message.body_state = body.len ? QW_BODY_PRESENT : QW_BODY_EMPTY;
    script->message.headers = headers;
    script->message.header_count = body.len ? QW_COUNT(headers) : 0; /* without a body a type is refused */
    while (script->count < OBJECTS_MAX && next_line(&text, &line)) {
        struct object object = {.asked = 0};

        qw_bytes_split(&line, ' ', &object.kind);
        if (qw_bytes_is(object.kind, "engine")) {
            script->config = line;
            continue;
        }
        qw_bytes_split(&line, ' ', &object.name);
        object.answer = line;
        script->objects[script->count++] = object;
    }
}

/* ---- what answers have to be ---- */

/* Members that a verdict may hang on; "*" is every item of a list, or member of a map. */
static const struct {
    enum qw_object_kind kind;
    const char *path;
    unsigned types; /* bits of enum qw_json_type */
} members[] = {
    {QW_CONTAINER, "Config", QW_BIT(QW_JSON_OBJECT)},
    {QW_CONTAINER, "Config/User", QW_BIT(QW_JSON_STRING)},
    {QW_CONTAINER, "HostConfig", QW_BIT(QW_JSON_OBJECT)},
    {QW_CONTAINER, "HostConfig/Binds", QW_BIT(QW_JSON_ARRAY)},
    {QW_CONTAINER, "HostConfig/NetworkMode", QW_BIT(QW_JSON_STRING)},
    {QW_CONTAINER, "HostConfig/PidMode", QW_BIT(QW_JSON_STRING)},
    {QW_CONTAINER, "HostConfig/IpcMode", QW_BIT(QW_JSON_STRING)},
    {QW_CONTAINER, "Mounts", QW_BIT(QW_JSON_ARRAY)},
    {QW_CONTAINER, "Mounts/*", QW_BIT(QW_JSON_OBJECT)},
    {QW_CONTAINER, "Mounts/*/Type", QW_BIT(QW_JSON_STRING)},
    {QW_CONTAINER, "Mounts/*/Source", QW_BIT(QW_JSON_STRING)},
    {QW_CONTAINER, "Mounts/*/Destination", QW_BIT(QW_JSON_STRING)},
    {QW_CONTAINER, "Mounts/*/RW", QW_BIT(QW_JSON_TRUE) | QW_BIT(QW_JSON_FALSE)},
    {QW_CONTAINER, "NetworkSettings", QW_BIT(QW_JSON_OBJECT)},
    {QW_CONTAINER, "NetworkSettings/Networks", QW_BIT(QW_JSON_OBJECT)},
    {QW_CONTAINER, "NetworkSettings/Networks/*/NetworkID", QW_BIT(QW_JSON_STRING)},
    {QW_VOLUME, "Driver", QW_BIT(QW_JSON_STRING)},
    {QW_VOLUME, "Options", QW_BIT(QW_JSON_OBJECT)},
    {QW_VOLUME, "Options/*", QW_BIT(QW_JSON_STRING)},
    {QW_IMAGE, "Config", QW_BIT(QW_JSON_OBJECT)},
    {QW_IMAGE, "Config/User", QW_BIT(QW_JSON_STRING)},
    {QW_NETWORK, "Name", QW_BIT(QW_JSON_STRING)},
    {QW_NETWORK, "Driver", QW_BIT(QW_JSON_STRING)},
    {QW_EXEC, "ContainerID", QW_BIT(QW_JSON_STRING)},
    {QW_EXEC, "ProcessConfig", QW_BIT(QW_JSON_OBJECT)},
    {QW_EXEC, "ProcessConfig/user", QW_BIT(QW_JSON_STRING)},
    {QW_EXEC, "ProcessConfig/privileged", QW_BIT(QW_JSON_TRUE) | QW_BIT(QW_JSON_FALSE)},
};

/* null is what Go has for nothing. */
static bool is_as_it_should(const struct qw_json *value, struct qw_bytes path, unsigned types)
{
    struct qw_bytes key;

    if (value->type == QW_JSON_NULL)
        return true;
    if (!path.len)
        return types & QW_BIT(value->type);
    qw_bytes_split(&path, '/', &key);
    for (const struct qw_json *child = value->child; child; child = child->next) {
        if ((qw_bytes_is(key, "*") || qw_bytes_eq(key, child->key)) && !is_as_it_should(child, path, types))
            return false;
    }
    return true;
}

static bool is_understood(enum qw_object_kind kind, const struct qw_json *answer)
{
    if (answer->type != QW_JSON_OBJECT)
        return false;
    for (size_t i = 0; i < QW_COUNT(members); i++) {
        if (members[i].kind == kind && !is_as_it_should(answer, qw_bytes_of(members[i].path), members[i].types))
            return false;
    }
    return true;
}

/* ---- the engine ---- */

static struct object *find_object(struct script *script, enum qw_object_kind kind, struct qw_bytes name)
{
    static const char *const kinds[QW_OBJECT_KINDS] = {"container", "volume", "image", "network", "exec"};

    for (size_t i = 0; i < script->count; i++) {
        struct object *object = &script->objects[i];

        if (qw_bytes_is(object->kind, kinds[kind]) &&
            (qw_bytes_is(object->name, "*") || qw_bytes_eq(object->name, name)))
            return object;
    }
    return NULL;
}

static enum qw_found give(struct script *script, enum qw_object_kind kind, struct qw_bytes text, struct qw_arena *arena,
                          const struct qw_json **answer, struct qw_err *err)
{
    if (qw_json_parse(text, arena, answer, err) < 0) {
        script->broken = true;
        return QW_UNCLEAR;
    }
    script->broken = script->broken || !is_understood(kind, *answer);
    return QW_FOUND;
}

static enum qw_found inspect(const struct qw_world *world, enum qw_object_kind kind, struct qw_bytes reference,
                             struct qw_arena *arena, const struct qw_json **answer, struct qw_err *err)
{
    struct script *script = (struct script *)(uintptr_t)world->data;
    struct object *object = find_object(script, kind, reference);

    FUZZ_CHECK(++script->questions <= QW_LOOKUPS_MAX && !script->broken && !script->later);
    if (script->questions == script->spoiled) {
        if (script->spoil)
            return give(script, kind, qw_bytes_of(script->spoil), arena, answer, err);
        script->broken = true;
        qw_fail(err, QW_E_IO, "it does not answer");
        return QW_UNCLEAR;
    }
    if (!object || qw_bytes_is(object->answer, "gone"))
        return QW_ABSENT;
    FUZZ_CHECK(qw_bytes_is(object->name, "*") || !object->asked++);
    script->later = qw_bytes_is(object->answer, "later");
    return script->later ? QW_LATER : give(script, kind, object->answer, arena, answer, err);
}

static void defaults(const struct qw_world *world, struct qw_arena *arena, struct qw_engine_defaults *out)
{
    const struct script *script = world->data;

    qw_engine_read_defaults(script->config, false, arena, out);
}

/* ---- claims ---- */

static bool is_undecided(const struct qw_verdict *verdict)
{
    for (size_t i = 0; i < verdict->violations.count; i++) {
        if (strcmp(verdict->violations.items[i].rule, "undecided") == 0)
            return true;
    }
    return false;
}

static void check_record(const struct qw_decision *decision, const struct qw_policy *policy)
{
    QW_AUTO(buf) struct qw_buf text = {0};

    qw_verdict_explain(&decision->verdict, policy->contact, &text);
    FUZZ_CHECK(!text.failed);
    fuzz_check_text(qw_buf_bytes(&text));
    qw_buf_reset(&text);
    qw_buf_add_text(&text, "{");
    qw_decision_record(decision, policy, &text);
    qw_buf_add_text(&text, "}");
    FUZZ_CHECK(!text.failed);
    fuzz_check_object(qw_buf_bytes(&text));
}

/* Judges the script; what has become of it is in there. */
static enum qw_outcome judge(struct script *script, const struct qw_policy *policy)
{
    QW_AUTO(arena) struct qw_arena *arena = qw_arena_new();
    struct qw_world world = fuzz_world;
    struct qw_decision decision = {.message = script->message, .identity = {.user = QW_LIT("alice")}};

    FUZZ_CHECK(arena);
    script->questions = 0;
    script->broken = script->later = false;
    for (size_t i = 0; i < script->count; i++)
        script->objects[i].asked = 0;
    world.inspect = inspect;
    world.defaults = defaults;
    world.data = script;
    qw_decide_message(policy, &world, arena, &decision);
    FUZZ_CHECK(decision.deferred == script->later);
    if (script->later || script->broken)
        FUZZ_CHECK(decision.verdict.outcome == QW_OUTCOME_DENY);
    if (script->broken)
        FUZZ_CHECK(is_undecided(&decision.verdict));
    if (!script->later)
        check_record(&decision, policy);
    return decision.verdict.outcome;
}

/* What was let through is denied where any one of the answers that it took is none. */
static void spoil_each(struct script *script, const struct qw_policy *policy, unsigned questions)
{
    static const char *const spoils[] = {NULL, "", "[]", "null", "\"x\"", "{", "{}{}"};

    for (unsigned i = 1; i <= questions; i++) {
        script->spoiled = i;
        script->spoil = spoils[i % QW_COUNT(spoils)];
        FUZZ_CHECK(judge(script, policy) == QW_OUTCOME_DENY && script->broken);
    }
    script->spoiled = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct script script = {.spoiled = 0};

    read_script((struct qw_bytes){(const char *)data, size}, &script);
    for (size_t i = 0; i < QW_COUNT(policies); i++) {
        if (!loaded[i]) {
            char file[512];

            snprintf(file, sizeof(file), "%s/tests/cases/policies/%s", QW_SOURCE_DIR, policies[i]);
            loaded[i] = fuzz_policy(file);
        }
        if (judge(&script, loaded[i]) != QW_OUTCOME_DENY)
            spoil_each(&script, loaded[i], script.questions);
    }
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Look-ups: what is asked, what becomes of answers that nobody would expect, and that there is an end to it. */
#include "quaywarden/facts.h"

#include "suite.h"

static struct qw_arena *arena;
static struct qw_facts facts;
static struct qw_err err;

/* ---- a world that answers what a row says ---- */

struct script {
    const char *answers; /* "container web={…}\n…": a name with "*" at its end is any that begins so */
    enum qw_found otherwise;
    struct qw_buf asked; /* "container web, volume x" */
    size_t count;
};

static const char *const kinds[] = {"container", "volume", "image", "network", "exec"};

static bool fits(struct qw_bytes key, const char *kind, struct qw_bytes reference)
{
    struct qw_buf name = {0};
    bool is;

    qw_buf_printf(&name, "%s " QW_BYTES_FMT, kind, QW_BYTES_ARG(reference));
    if (qw_bytes_ends(key, "*"))
        is = key.len - 1 <= name.len && memcmp(key.data, name.data, key.len - 1) == 0;
    else
        is = qw_bytes_eq(key, qw_buf_bytes(&name));
    qw_buf_fini(&name);
    return is;
}

static enum qw_found inspect(const struct qw_world *world, enum qw_object_kind kind, struct qw_bytes reference,
                             struct qw_arena *in, const struct qw_json **answer, struct qw_err *why)
{
    struct script *script = (struct script *)(uintptr_t)world->data;
    struct qw_bytes rest = qw_bytes_of(script->answers);
    struct qw_bytes line;

    script->count++;
    qw_buf_printf(&script->asked, "%s%s " QW_BYTES_FMT, script->asked.len ? ", " : "", kinds[kind],
                  QW_BYTES_ARG(reference));
    while (qw_bytes_split(&rest, '\n', &line)) {
        struct qw_bytes text = line;
        struct qw_bytes key = {"", 0};

        if (!line.len || !qw_bytes_split(&text, '=', &key) || !fits(key, kinds[kind], reference))
            continue;
        if (qw_json_parse(qw_arena_copy(in, text), in, answer, why) < 0)
            return QW_UNCLEAR;
        return QW_FOUND;
    }
    qw_fail(why, QW_E_IO, "no answer");
    return script->otherwise;
}

static bool nobody(const struct qw_facts *stored, const void *data)
{
    return false;
}

static bool everybody(const struct qw_facts *stored, const void *data)
{
    return true;
}

static const struct qw_questions nothing = {.is_excepted = nobody};
static const struct qw_questions all = {.users = true, .binds = true, .programs = true, .is_excepted = everybody};

static enum qw_found look_up(struct script *script, const struct qw_questions *questions, const char *target,
                             const char *body)
{
    const struct qw_pair headers[] = {{QW_LIT("Content-Type"), QW_LIT("application/json")}};
    struct qw_bytes uri = qw_bytes_of(target);
    struct qw_bytes method;
    struct qw_message m = {.headers = headers, .header_count = body ? 1 : 0};
    const struct qw_world world = {.inspect = inspect, .data = script};
    struct qw_request r;

    if (!arena)
        arena = qw_arena_new();
    qw_bytes_split(&uri, ' ', &method);
    m.method = method;
    m.uri = uri;
    m.body = qw_bytes_of(body ? body : "");
    m.body_state = body ? QW_BODY_PRESENT : QW_BODY_ABSENT;
    ck_assert_int_eq(qw_request_classify(&m, arena, &r, &err), 0);
    ck_assert_int_eq(qw_request_read_body(&r, arena, &err), 0);
    ck_assert_int_eq(qw_facts_extract(&r, arena, &facts, &err), 0);
    return qw_facts_look_up(&r, questions, &world, arena, &facts, &err);
}

static const char *printed(void)
{
    struct qw_buf text = {0};
    const char *out;

    qw_facts_print(&facts, &text);
    out = qw_arena_copy(arena, qw_buf_bytes(&text)).data;
    qw_buf_fini(&text);
    return out;
}

/* ---- what is asked ---- */

/* clang-format off */
static const struct question_row {
    const struct qw_questions *questions;
    const char *target;
    const char *body;
    const char *asked;
} question_rows[] = {
    /* What names nothing costs nothing. */
    {&nothing, "POST /containers/create", "{\"Image\":\"x\"}", ""},
    {&nothing, "POST /containers/create", "{\"Image\":\"x\",\"Volumes\":{\"/d\":{}},\"HostConfig\":{\"NetworkMode\":\"default\",\"PidMode\":\"host\",\"Binds\":[\"/a:/b\",\"/c\"]}}", ""},
    {&nothing, "POST /containers/create", "{\"HostConfig\":{\"NetworkMode\":\"bridge\"},\"NetworkingConfig\":{\"EndpointsConfig\":{\"bridge\":{},\"none\":{},\"host\":{}}}}", ""},
    {&all, "POST /containers/create", "{\"Image\":\"x\",\"User\":\"1\"}", ""},
    {&all, "POST /containers/create", "{\"Image\":\"X Y\"}", ""},
    {&all, "GET /containers/json", NULL, ""},
    {&all, "GET /containers/web/json", NULL, ""},
    {&all, "POST /containers/web/stop", NULL, ""},
    {&all, "POST /containers/web/unpause", NULL, ""},
    {&all, "POST /containers/web/rename?name=x", NULL, ""},
    {&all, "POST /containers/web/update", "{\"Memory\":1}", ""},
    {&all, "GET /containers/web/export", NULL, ""},
    {&all, "POST /commit?container=web", NULL, ""},
    {&all, "POST /volumes/create", "{\"Name\":\"v\",\"DriverOpts\":{\"o\":\"bind\",\"device\":\"/etc\"}}", ""},
    {&nothing, "POST /containers/web/exec", "{\"Cmd\":[\"sh\"]}", "container web"},
    {&nothing, "POST /containers/web/attach", "", "container web"},
    {&nothing, "POST /exec/abc/start", "{}", "exec abc"},

    {&all, "POST /containers/create", "{\"Image\":\"x:1\"}", "image x:1"},
    {&nothing, "POST /containers/create", "{\"HostConfig\":{\"Binds\":[\"v:/a\",\"v:/b\",\"w:/c\"]}}", "volume v, volume w"},
    {&nothing, "POST /containers/create", "{\"HostConfig\":{\"NetworkMode\":\"n\"},\"NetworkingConfig\":{\"EndpointsConfig\":{\"n\":{},\"m\":{}}}}", "network n, network m"},
    {&nothing, "POST /containers/create", "{\"HostConfig\":{\"NetworkMode\":\"container:/a\",\"PidMode\":\"container:a\",\"IpcMode\":\"container:b\",\"VolumesFrom\":[\"c:ro\",\"/c\"],\"Links\":[\"d:x\"]}}", "container a, container b, container c, container d"},
    {&nothing, "POST /containers/web/start", NULL, "container web"},
    {&nothing, "POST /containers/web/restart", NULL, "container web"},
    {&nothing, "HEAD /containers/web/archive?path=/", NULL, "container web"},
    {&nothing, "POST /containers/web/start", "{\"Binds\":[\"v:/a\"]}", "container web, volume v"},
    {&all, "POST /containers/web/exec", "{\"Cmd\":[\"sh\"]}", "container web"},
    {&all, "POST /exec/abc/start", "{}", "exec abc"},
    {&nothing, "POST /networks/n/connect", "{\"Container\":\"web\"}", "network n, container web"},
    {&nothing, "POST /networks/n/disconnect", "{\"Container\":\"web\"}", "container web"},
    {&nothing, "POST /build?networkmode=n", NULL, "network n"},
    {&nothing, "POST /services/create", "{\"TaskTemplate\":{\"ContainerSpec\":{\"Image\":\"x\",\"Mounts\":[{\"Type\":\"volume\",\"Source\":\"v\",\"Target\":\"/v\"}]},\"Networks\":[{\"Target\":\"n\"}]}}", "network n, volume v"},

    /* Of what no engine has by that name no path is ever made. */
    {&nothing, "POST /containers/create", "{\"HostConfig\":{\"PidMode\":\"container:../x\",\"IpcMode\":\"container:\",\"VolumesFrom\":[\"a b\",\"..\",\"%2e\"],\"NetworkMode\":\"a/b\"}}", ""},
    {&nothing, "POST /containers/create", "{\"NetworkingConfig\":{\"EndpointsConfig\":{\"..\":{},\".\":{},\"a\\nb\":{},\"a b?\":{}}}}", "network a b?"},
};
/* clang-format on */

START_TEST(nothing_is_asked_but_what_is_needed)
{
    for (size_t i = 0; i < QW_COUNT(question_rows); i++) {
        const struct question_row *row = &question_rows[i];
        struct script script = {.answers = "", .otherwise = QW_ABSENT};

        ck_assert_int_eq(look_up(&script, row->questions, row->target, row->body), QW_FOUND);
        qw_buf_add(&script.asked, "", 1);
        ck_assert_msg(strcmp(script.asked.data, row->asked) == 0, "row %zu, %s: asked %s", i, row->target,
                      script.asked.data);
        qw_buf_fini(&script.asked);
    }
}
END_TEST

START_TEST(who_may_not_wait_is_told_at_once)
{
    struct script script = {.answers = "container web={}", .otherwise = QW_LATER};

    ck_assert_int_eq(look_up(&script, &nothing, "POST /containers/create",
                             "{\"HostConfig\":{\"PidMode\":\"container:web\",\"Binds\":[\"v:/a\",\"w:/b\"]}}"),
                     QW_LATER);
    ck_assert_uint_eq(script.count, 2);
    qw_buf_fini(&script.asked);
}
END_TEST

/* Each container shares with the next one, whatever its name: only the bound ends that. */
START_TEST(questions_end)
{
    struct qw_buf answers = {0};
    struct script script = {.otherwise = QW_ABSENT};

    for (int i = 0; i < 200; i++)
        qw_buf_printf(&answers, "container c%d={\"HostConfig\":{\"NetworkMode\":\"container:c%d\"}}\n", i, i + 1);
    qw_buf_add(&answers, "", 1);
    script.answers = answers.data;
    ck_assert_int_eq(
        look_up(&script, &nothing, "POST /containers/create", "{\"HostConfig\":{\"NetworkMode\":\"container:c0\"}}"),
        QW_UNCLEAR);
    ck_assert_uint_eq(script.count, QW_LOOKUPS_MAX);
    ck_assert_int_eq(err.code, QW_E_IO);
    qw_buf_fini(&answers);
    qw_buf_fini(&script.asked);
}
END_TEST

START_TEST(a_circle_is_walked_once)
{
    struct script script = {
        .answers = "container a={\"HostConfig\":{\"NetworkMode\":\"container:b\",\"PidMode\":\"container:b\","
                   "\"IpcMode\":\"container:b\",\"VolumesFrom\":[\"b\"]}}\n"
                   "container b={\"HostConfig\":{\"NetworkMode\":\"container:a\",\"PidMode\":\"container:a\","
                   "\"IpcMode\":\"container:a\",\"VolumesFrom\":[\"a\",\"b\"]}}\n",
    };

    ck_assert_int_eq(look_up(&script, &all, "POST /containers/create",
                             "{\"User\":\"1\",\"HostConfig\":{\"NetworkMode\":\"container:a\",\"PidMode\":"
                             "\"container:a\",\"IpcMode\":\"container:a\",\"VolumesFrom\":[\"a\"]}}"),
                     QW_FOUND);
    ck_assert_uint_eq(script.count, 2);
    qw_buf_fini(&script.asked);
}
END_TEST

/* ---- what is answered ---- */

/* clang-format off */
static const struct answer_row {
    const char *answer; /* of container web, that starts */
    const char *facts;  /* what is said of it; NULL: unclear */
} answer_rows[] = {
    {"{}", "\"user\":[\"\"]"},
    {"{\"Config\":null,\"HostConfig\":null,\"NetworkSettings\":null,\"Mounts\":null}", "\"user\":[\"\"]"},
    {"{\"Config\":{\"User\":\"1\",\"Env\":[\"PASSWORD=hunter2\"]}}", "\"user\":[\"1\"],\"env\":[\"PASSWORD\"]"},
    {"{\"Tomorrow\":{\"x\":1},\"Config\":{\"Tomorrow\":[1]},\"HostConfig\":{\"Tomorrow\":\"x\",\"tomorrow\":2}}", "\"user\":[\"\"]"},
    {"{\"HostConfig\":{\"Runtime\":\"crun\",\"ShmSize\":1,\"MaskedPaths\":[\"/proc/kcore\"],\"ReadonlyPaths\":null}}", "\"user\":[\"\"],\"masked-paths\":[true],\"shm-size\":[1],\"runtime\":[\"crun\"]"},
    {"{\"HostConfig\":{\"SecurityOpt\":[\"label=disable\"]}}", "\"user\":[\"\"],\"security-opt\":[\"label=disable\"]"},
    {"{\"HostConfig\":{\"SecurityOpt\":[\"label=disable\"],\"IpcMode\":\"host\"}}", "\"user\":[\"\"],\"ipc-mode\":[\"host\"]"},
    {"{\"Mounts\":[{\"Type\":\"bind\",\"Source\":\"/a\",\"Destination\":\"/b\",\"RW\":false,\"Mode\":\"ro,Z\",\"Propagation\":\"rslave\"}]}", "\"user\":[\"\"],\"bind\":[{\"source\":\"/a\",\"target\":\"/b\",\"read-only\":\"1\",\"propagation\":\"rslave\",\"relabel\":\"Z\"}]"},
    {"{\"HostConfig\":{\"Binds\":[\"/a:/b\"]},\"Mounts\":[{\"Type\":\"bind\",\"Source\":\"/a\",\"Destination\":\"/b\"},{\"Type\":\"tmpfs\",\"Destination\":\"/t\"},{\"Type\":\"npipe\"}]}", "\"user\":[\"\"],\"bind\":[{\"source\":\"/a\",\"target\":\"/b\",\"create\":\"1\"}]"},
    {"{\"NetworkSettings\":{\"Networks\":{\"bridge\":{\"IPAMConfig\":{\"IPv4Address\":\"192.0.2.9\"},\"MacAddress\":\"02:42:0:0:0:1\",\"IPAddress\":5,\"Aliases\":[\"x\"],\"Links\":null}}}}", "\"user\":[\"\"],\"network\":[\"bridge\"],\"static-address\":[\"192.0.2.9\"]"},

    {"[]", NULL},
    {"7", NULL},
    {"null", NULL},
    {"\"web\"", NULL},
    {"{\"Id\":\"abc\"}", NULL},
    {"{\"Name\":\"/other\"}", NULL},
    {"{\"Config\":[]}", NULL},
    {"{\"Config\":{\"User\":0}}", NULL},
    {"{\"Config\":{\"Env\":{}}}", NULL},
    {"{\"Config\":{\"User\":\"1\",\"user\":\"0\"}}", NULL},
    {"{\"HostConfig\":\"\"}", NULL},
    {"{\"HostConfig\":{\"Privileged\":\"true\"}}", NULL},
    {"{\"HostConfig\":{\"Privileged\":true,\"Privileged\":false}}", NULL},
    {"{\"HostConfig\":{\"Binds\":[\"\"]}}", NULL},
    {"{\"HostConfig\":{\"Binds\":[{}]}}", NULL},
    {"{\"HostConfig\":{\"Memory\":1e3}}", NULL},
    {"{\"Mounts\":{}}", NULL},
    {"{\"NetworkSettings\":{\"Networks\":[]}}", NULL},
    {"{\"NetworkSettings\":[]}", NULL},
    {"{\"HostConfig\":{}", NULL},
};
/* clang-format on */

START_TEST(answers_are_read_or_unclear)
{
    for (size_t i = 0; i < QW_COUNT(answer_rows); i++) {
        const struct answer_row *row = &answer_rows[i];
        struct script script = {.otherwise = QW_ABSENT};
        struct qw_buf answers = {0};
        struct qw_buf expected = {0};
        enum qw_found found;

        qw_buf_printf(&answers, "container web=%s\n", row->answer);
        qw_buf_add(&answers, "", 1);
        script.answers = answers.data;
        found = look_up(&script, &nothing, "POST /containers/web/start", NULL);
        ck_assert_msg(found == (row->facts ? QW_FOUND : QW_UNCLEAR), "row %zu, %s", i, row->answer);
        qw_buf_printf(&expected, "{\"stored\":{%s,\"looked-up\":[{\"object\":\"container web\",\"found\":\"whole\"}]}}",
                      row->facts ? row->facts : "");
        qw_buf_add(&expected, "", 1);
        ck_assert_msg(!row->facts || strcmp(printed(), expected.data) == 0, "row %zu: %s", i, printed());
        ck_assert(!strstr(printed(), "hunter2"));
        ck_assert(row->facts || err.code == QW_E_IO);
        qw_buf_fini(&answers);
        qw_buf_fini(&expected);
        qw_buf_fini(&script.asked);
    }
}
END_TEST

/* More than is read of a request: no facts without end, no hours of comparing, and no crash. */
START_TEST(a_huge_answer_is_unclear)
{
    static const struct {
        const char *before;
        const char *each;
        const char *after;
        int count;
    } rows[] = {
        {"{\"Mounts\":[{}", ",{\"Type\":\"bind\",\"Source\":\"/%d\",\"Destination\":\"/d\"}", "]}", QW_FACTS_MAX},
        {"{\"HostConfig\":{\"GroupAdd\":[\"0\"", ",\"%d\"", "]}}", QW_FACTS_MAX + 1},
        {"{\"Config\":{\"Labels\":{\"a\":\"b\"", ",\"%d\":\"\"", "}}}", QW_FACTS_MAX + 1},
    };

    for (size_t row = 0; row < QW_COUNT(rows); row++) {
        struct qw_buf answers = {0};
        struct script script = {.otherwise = QW_ABSENT};

        qw_buf_add_text(&answers, "container web=");
        qw_buf_add_text(&answers, rows[row].before);
        for (int i = 0; i < rows[row].count; i++) {
            struct qw_bytes rest = qw_bytes_of(rows[row].each);
            struct qw_bytes head;

            qw_bytes_split(&rest, '%', &head);
            qw_buf_add_bytes(&answers, head);
            qw_buf_add_int(&answers, i);
            qw_buf_add_bytes(&answers, qw_bytes_from(rest, 1));
        }
        qw_buf_add_text(&answers, rows[row].after);
        qw_buf_add(&answers, "\n", 2);
        script.answers = answers.data;
        ck_assert_int_eq(look_up(&script, &nothing, "POST /containers/web/start", NULL), QW_UNCLEAR);
        ck_assert_int_eq(err.code, QW_E_IO);
        qw_buf_fini(&answers);
        qw_buf_fini(&script.asked);
    }
}
END_TEST

/* What a driver is told may be a password. */
START_TEST(no_secret_of_a_volume_is_a_fact)
{
    struct script script = {
        .answers =
            "volume v={\"Driver\":\"local\",\"Options\":{\"type\":\"cifs\",\"o\":\"username=u,password=hunter2\","
            "\"device\":\"//192.0.2.1/s\"}}\nvolume w={\"Driver\":\"d\",\"Options\":{\"any\":\"hunter2\"}}\n",
    };

    ck_assert_int_eq(
        look_up(&script, &nothing, "POST /containers/create", "{\"HostConfig\":{\"Binds\":[\"v:/a\",\"w:/b\"]}}"),
        QW_FOUND);
    ck_assert(strstr(printed(), "password=***"));
    ck_assert(!strstr(printed(), "hunter2"));
    qw_buf_fini(&script.asked);
}
END_TEST

/* ---- the record ---- */

START_TEST(what_was_found_out_is_read_back)
{
    struct script script = {
        .answers = "container web={\"HostConfig\":{\"Privileged\":true,\"Binds\":[\"v:/d\"],\"NetworkMode\":\"abc\"}}\n"
                   "volume v={\"Options\":{\"o\":\"bind\",\"device\":\"/srv\"}}\n"
                   "network abc={\"Id\":\"abcdef\",\"Name\":\"host\",\"Driver\":\"host\"}\n",
    };
    const struct qw_json *json;
    const struct qw_fact *known;
    struct qw_facts again;
    struct qw_buf text = {0};
    const char *before;

    ck_assert_int_eq(look_up(&script, &nothing, "POST /containers/web/start", NULL), QW_FOUND);
    before = printed();
    ck_assert_int_eq(qw_json_parse(qw_bytes_of(before), arena, &json, &err), 0);
    ck_assert_int_eq(qw_facts_read(json, arena, &again, &err), 0);
    qw_facts_print(&again, &text);
    qw_buf_add(&text, "", 1);
    ck_assert_str_eq(text.data, before);
    ck_assert(qw_facts_hold_container(&again) && qw_facts_know_container(&again));
    ck_assert(again.first[QW_F_PRIVILEGED]->stored);
    known = qw_facts_looked_up(&again, "network", QW_LIT("abc"));
    ck_assert(known && qw_bytes_is(qw_fact_part(known, "name"), "host"));
    ck_assert(!qw_facts_say_absent(&again, "container", QW_LIT("web")));
    qw_buf_fini(&text);
    qw_buf_fini(&script.asked);
}
END_TEST

START_TEST(no_record_nests_what_is_stored)
{
    static const char *const records[] = {"{\"stored\":{\"stored\":{}}}", "{\"stored\":{\"beside\":{}}}",
                                          "{\"beside\":{\"stored\":{}}}", "{\"stored\":[]}"};
    const struct qw_json *json;

    if (!arena)
        arena = qw_arena_new();
    for (size_t i = 0; i < QW_COUNT(records); i++) {
        ck_assert_int_eq(qw_json_parse(qw_bytes_of(records[i]), arena, &json, &err), 0);
        ck_assert_int_eq(qw_facts_read(json, arena, &facts, &err), -1);
    }
}
END_TEST

/* ---- defaults ---- */

START_TEST(defaults_are_those_of_the_engines_configuration)
{
    struct qw_engine_defaults defaults;

    if (!arena)
        arena = qw_arena_new();
    qw_engine_read_defaults(QW_LIT(""), false, arena, &defaults);
    ck_assert(qw_bytes_is(defaults.runtime, "runc") && qw_bytes_is(defaults.log_driver, "json-file"));
    ck_assert_int_eq(defaults.shm_size, 67108864);
    ck_assert(!defaults.host_cgroups && !defaults.ulimits);
    qw_engine_read_defaults(QW_LIT("{\"default-runtime\":\"crun\",\"log-driver\":\"local\",\"default-shm-size\":\"1G\","
                                   "\"default-ulimits\":{}}"),
                            true, arena, &defaults);
    ck_assert(qw_bytes_is(defaults.runtime, "crun") && qw_bytes_is(defaults.log_driver, "local"));
    ck_assert_int_eq(defaults.shm_size, 1073741824);
    ck_assert(defaults.host_cgroups && defaults.ulimits);
    qw_engine_read_defaults(QW_LIT("{\"default-cgroupns-mode\":\"private\",\"default-shm-size\":134217728}"), true,
                            arena, &defaults);
    ck_assert(!defaults.host_cgroups);
    ck_assert_int_eq(defaults.shm_size, 134217728);
    qw_engine_read_defaults(QW_LIT("{\"default-shm-size\":\"9999999999999G\",\"default-runtime\":7"), false, arena,
                            &defaults);
    ck_assert_int_eq(defaults.shm_size, 67108864);
}
END_TEST

QW_SUITE("look-ups", nothing_is_asked_but_what_is_needed, who_may_not_wait_is_told_at_once, questions_end,
         a_circle_is_walked_once, answers_are_read_or_unclear, a_huge_answer_is_unclear,
         no_secret_of_a_volume_is_a_fact, what_was_found_out_is_read_back, no_record_nests_what_is_stored,
         defaults_are_those_of_the_engines_configuration)

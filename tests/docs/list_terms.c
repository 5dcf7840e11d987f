/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints every name that users meet, a `kind name` a line, from the tables of the program itself; check-man reads it.
 */
#include "../../plugin/cli/command.h"
#include "../../plugin/cli/testfile.h"
#include "quaywarden/verdict.h"

static const char policy_text[] =
    "version: 1\n"
    "roles: { all: { allow: ['*'] } }\n"
    "tenants: [{ name: t, match: ['*'], role: all, profile: baseline, objects: all }]\n"
    "exceptions:\n"
    "  - { when: { match: [u] }, permit: { privileged: allow }, until: never, reason: r }\n";

static const char body_text[] = "{\"Image\":\"x\",\"HostConfig\":{\"Privileged\":true}}";

/* A request whose record has all fields that there are. */
static void ask(struct qw_decision *decision)
{
    static const struct qw_pair headers[] = {{{"Content-Type", 12}, {"application/json", 16}}};
    static const struct qw_bytes groups[] = {{"g", 1}};

    *decision = (struct qw_decision){
        .identity = {.user = QW_LIT("u"),
                     .groups = groups,
                     .group_count = QW_COUNT(groups),
                     .via = QW_LIT("tls"),
                     .issuer = QW_LIT("ca")},
        .message = {.method = QW_LIT("POST"), .uri = QW_LIT("/containers/create?name=c"), .headers = headers},
    };
    decision->message.header_count = QW_COUNT(headers);
    decision->message.body_state = QW_BODY_PRESENT;
    decision->message.body = QW_LIT(body_text);
}

static void list_words(const struct qw_rule *rule, const struct qw_setting *setting)
{
    struct qw_bytes rest = qw_bytes_of(setting->words ? setting->words : "");
    struct qw_bytes word;

    while (qw_bytes_split(&rest, ' ', &word)) {
        if (word.len)
            printf("word %s " QW_BYTES_FMT "\n", rule->id, QW_BYTES_ARG(word));
    }
}

static void list_rules(void)
{
    for (size_t i = 0; i < qw_rule_count; i++) {
        const struct qw_rule *rule = &qw_rules[i];

        printf("rule %s\n", rule->id);
        for (size_t j = 0; j < QW_SETTINGS_MAX && rule->settings[j].name; j++) {
            printf("setting %s.%s\n", rule->id, rule->settings[j].name);
            list_words(rule, &rule->settings[j]);
        }
    }
}

static void list_refusals(void)
{
    for (const char *const *refusal = qw_refusals; *refusal; refusal++)
        printf("refusal %s\n", *refusal);
}

static void list_actions(void)
{
    for (size_t i = 0; i < qw_action_count; i++)
        printf("action %s\n", qw_actions[i].name);
    for (int i = 0; i < QW_SET_COUNT; i++)
        printf("set %s\n", qw_set_names[i]);
    for (int i = 0; i < QW_F_COUNT; i++)
        printf("fact %s\n", qw_fact_types[i].name);
}

static void list_commands(void)
{
    for (size_t i = 0; i < qw_command_count; i++) {
        const struct qw_command *command = &qw_commands[i];

        printf("command %s\n", command->name);
        for (const struct qw_option *option = command->options; option->name; option++)
            printf("option %s.%s\n", command->name, option->name);
    }
    for (int code = QW_EXIT_YES; code <= QW_EXIT_ENVIRONMENT; code++)
        printf("exit %d\n", code);
}

/* The fields of a record as it is on disk. */
static int list_fields(struct qw_arena *arena, const char *file, const struct qw_policy *policy, struct qw_err *err)
{
    static struct qw_decision decision;
    const char *const files[] = {file};
    QW_AUTO(buf) struct qw_buf record = {0};
    QW_AUTO(heap) char *line = NULL;
    struct qw_trail *trail = NULL;
    const struct qw_json *tree;
    struct qw_world world;
    size_t len;

    qw_world_host(&world, &(struct qw_guard){qw_guard_paths}, "/nonexistent/daemon.json");
    ask(&decision);
    qw_decide_message(policy, &world, arena, &decision);
    qw_decision_record(&decision, policy, &record);
    if (qw_trail_open(files, 1, &trail, err) < 0)
        return -1;
    if (qw_trail_write(trail, qw_buf_bytes(&record), 1, false, err) < 0) {
        qw_trail_close(trail);
        return -1;
    }
    qw_trail_close(trail);
    if (qw_file_read(file, 65536, &line, &len, err) < 0 ||
        qw_json_parse(qw_bytes_trim((struct qw_bytes){line, len}), arena, &tree, err) < 0)
        return -1;
    for (const struct qw_json *field = tree->child; field; field = field->next)
        printf("field " QW_BYTES_FMT "\n", QW_BYTES_ARG(field->key));
    return 0;
}

int main(void)
{
    QW_AUTO(arena) struct qw_arena *arena = qw_arena_new();
    char folder[] = "/tmp/quaywarden-terms-XXXXXX";
    char file[sizeof(folder) + sizeof("/trail")];
    struct qw_diagnostics diagnostics = {0};
    struct qw_policy *policy = NULL;
    struct qw_err err;
    int failed;

    list_rules();
    list_refusals();
    list_actions();
    list_commands();
    if (!arena || !mkdtemp(folder))
        return 1;
    if (qw_policy_parse("built-in", policy_text, sizeof(policy_text) - 1, &policy, &diagnostics) < 0) {
        qw_diagnostics_print(&diagnostics, stderr);
        return 1;
    }
    snprintf(file, sizeof(file), "%s/trail", folder);
    failed = list_fields(arena, file, policy, &err);
    if (failed)
        fprintf(stderr, "%s\n", err.msg);
    unlink(file);
    rmdir(folder);
    qw_policy_unref(policy);
    qw_diagnostics_fini(&diagnostics);
    return failed ? 1 : 0;
}

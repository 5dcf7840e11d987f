/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "explain.h"

#include "command.h"

enum { POLICY, USER, GROUP, VIA, LINE, JSON, ENGINE_CONFIG };

const struct qw_option qw_explain_options[] = {
    [POLICY] = {"policy", 0, "FILE", "/etc/quaywarden/policy.yaml", "the policy"},
    [USER] = {"user", 0, "NAME", NULL, "who asks, in place of who did; anonymous: nobody by name"},
    [GROUP] = {"group", 0, "NAME", NULL, "a group of who asks; may be repeated"},
    [VIA] = {"via", 0, "WHERE", NULL, "where the name comes from: front, tls or an issuer's name; tls unless given"},
    [LINE] = {"line", 0, "NUMBER", NULL, "judge this line of the file, which may have more"},
    [JSON] = {"json", 0, NULL, NULL, "print the audit record and the rules considered, as JSON"},
    [ENGINE_CONFIG] = {"engine-config", 0, "FILE", "/etc/docker/daemon.json", "the engine's configuration"},
    {0},
};

/* ---- who asks ---- */

static size_t count_groups(const struct qw_arguments *arguments)
{
    size_t count = 0;

    for (size_t i = 0; i < arguments->given_count; i++)
        count += arguments->given[i].row == GROUP;
    return count;
}

/* `anonymous` and `user:NAME` are words of a policy's `match`. */
static void name_user(const char *name, struct qw_identity *who)
{
    const struct qw_bytes text = qw_bytes_of(name ? name : "");

    if (qw_bytes_starts(text, "user:"))
        who->user = qw_bytes_from(text, strlen("user:"));
    else if (!qw_bytes_is(text, "anonymous"))
        who->user = text;
}

static int read_groups(const struct qw_arguments *arguments, struct qw_arena *arena, struct qw_identity *who)
{
    struct qw_bytes *groups = qw_arena_zalloc(arena, count_groups(arguments) + 1, sizeof(*groups));

    if (!groups) {
        qw_log("out of memory");
        return QW_EXIT_ENVIRONMENT;
    }
    for (size_t i = 0; i < arguments->given_count; i++) {
        if (arguments->given[i].row == GROUP)
            groups[who->group_count++] = qw_bytes_of(arguments->given[i].value);
    }
    who->groups = groups;
    return QW_EXIT_YES;
}

/* *given: did the command line say anything of it? Then it says all. */
static int read_who(const struct qw_arguments *arguments, struct qw_arena *arena, struct qw_identity *who, bool *given)
{
    const char *via = arguments->values[VIA];

    *given = arguments->values[USER] || arguments->values[GROUP] || via;
    name_user(arguments->values[USER], who);
    if (read_groups(arguments, arena, who) != QW_EXIT_YES)
        return QW_EXIT_ENVIRONMENT;
    if (!who->user.len && !via && !who->group_count)
        return QW_EXIT_YES;
    if (arguments->values[USER] && !who->user.len && strcmp(arguments->values[USER], "anonymous") == 0)
        return qw_usage_error(qw_command_find("explain"), "who is anonymous has no --group and no --via");
    /* The engine names nobody without a certificate. */
    who->via = via && strcmp(via, "front") == 0 ? QW_LIT("front") : QW_LIT("tls");
    if (via && strcmp(via, "front") != 0 && strcmp(via, "tls") != 0)
        who->issuer = qw_bytes_of(via);
    return QW_EXIT_YES;
}

/* ---- what is asked ---- */

/* *number is 0 where no line is asked for. */
static int read_line_number(const struct qw_arguments *arguments, int64_t *number)
{
    const char *text = arguments->values[LINE];

    *number = 0;
    if (!text || (qw_bytes_to_int(qw_bytes_of(text), number) && *number > 0))
        return QW_EXIT_YES;
    return qw_usage_error(qw_command_find("explain"), "--line is a number from 1, not \"%s\"", text);
}

/* One line, or all of them: a message may be written on several. */
static int read_text(struct qw_lines *lines, int64_t number, struct qw_arena *arena, struct qw_bytes *text)
{
    QW_AUTO(buf) struct qw_buf all = {0};
    struct qw_bytes line;
    bool found = false;
    bool too_long = false;

    while (!(found && number) && qw_lines_next(lines, &line)) {
        if (number && lines->number != (size_t)number)
            continue;
        found = true;
        too_long = too_long || lines->is_too_long || all.len + line.len > QW_LINE_MAX;
        if (too_long)
            continue;
        qw_buf_add_bytes(&all, line);
        qw_buf_add(&all, "\n", 1);
    }
    if (qw_lines_failed(lines))
        return QW_EXIT_ENVIRONMENT;
    *text = qw_arena_copy(arena, qw_bytes_trim(qw_buf_bytes(&all)));
    if (found && !too_long && text->data)
        return QW_EXIT_YES;
    if (number && !found)
        qw_log("%s: there is no line %lld", lines->name, (long long)number);
    else
        qw_log("%s: %s", lines->name, too_long ? "longer than what is read of a message" : "there is nothing in it");
    return QW_EXIT_INPUT;
}

static int read_recording(const struct qw_arguments *arguments, struct qw_arena *arena, struct qw_recording *out)
{
    struct qw_lines lines;
    struct qw_bytes text;
    struct qw_err err;
    int64_t number;
    int code = read_line_number(arguments, &number);

    if (code != QW_EXIT_YES)
        return code;
    if (qw_lines_open(&lines, arguments->operand_count ? arguments->operands[0] : "-"))
        code = read_text(&lines, number, arena, &text);
    else
        code = QW_EXIT_ENVIRONMENT;
    if (code == QW_EXIT_YES && qw_recording_read(text, arena, out, &err) < 0) {
        qw_log("%s: %s%s", lines.name, err.msg,
               strstr(err.msg, "data after the value") ? "; --line NUMBER chooses one of several lines" : "");
        code = QW_EXIT_INPUT;
    }
    if (code == QW_EXIT_YES && out->kind == QW_RECORDING_ANSWER) {
        qw_log("%s: this is an answer of the engine (AuthZRes), which no policy judges", lines.name);
        code = QW_EXIT_INPUT;
    }
    qw_lines_close(&lines);
    return code;
}

/* ---- the whole ---- */

static int explain(const struct qw_arguments *arguments, const struct qw_view *view, const struct qw_identity *who,
                   struct qw_arena *arena)
{
    struct qw_trace trace = {0};
    struct qw_decision decision = {.trace = &trace};
    struct qw_recording recording;
    QW_AUTO(buf) struct qw_buf out = {0};
    struct qw_err err;
    const int code = read_recording(arguments, arena, &recording);

    if (code != QW_EXIT_YES)
        return code;
    if (qw_recording_judge(&recording, who, view->policy, &view->world, arena, &decision, &err) < 0) {
        qw_log("%s", err.msg);
        return QW_EXIT_INPUT;
    }
    if (arguments->values[JSON])
        qw_explain_json(&decision, view->policy, &out);
    else
        qw_explain_text(&decision, view->policy, qw_is_colourful(), arena, &out);
    if (out.failed) {
        qw_log("out of memory");
        return QW_EXIT_ENVIRONMENT;
    }
    fwrite(out.data, 1, out.len, stdout);
    return decision.verdict.outcome == QW_OUTCOME_DENY ? QW_EXIT_NO : QW_EXIT_YES;
}

int qw_run_explain(const struct qw_arguments *arguments)
{
    QW_AUTO(arena) struct qw_arena *arena = qw_arena_new();
    struct qw_identity who = {0};
    struct qw_view view = {0};
    bool given = false;
    int code;

    if (!arena) {
        qw_log("out of memory");
        return QW_EXIT_ENVIRONMENT;
    }
    code = read_who(arguments, arena, &who, &given);
    if (code == QW_EXIT_YES)
        code = qw_view_open(&view, arguments->values[POLICY], arguments->values[ENGINE_CONFIG]);
    if (code == QW_EXIT_YES)
        code = explain(arguments, &view, given ? &who : NULL, arena);
    qw_view_close(&view);
    return code;
}

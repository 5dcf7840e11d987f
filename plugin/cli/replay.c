/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command.h"
#include "traffic.h"
#include "view.h"

#include <sys/stat.h>
#include <time.h>

enum { POLICY, AGAINST, ALL, JSON, ENGINE_CONFIG };

const struct qw_option qw_replay_options[] = {
    [POLICY] = {"policy", 0, "FILE", "/etc/quaywarden/policy.yaml", "the policy"},
    [AGAINST] = {"against", 0, "FILE", NULL, "compare with this policy, and not with what was recorded"},
    [ALL] = {"all", 'a', NULL, NULL, "list what does not change, too"},
    [JSON] = {"json", 0, NULL, NULL, "print JSON, an object a line, the summary last"},
    [ENGINE_CONFIG] = {"engine-config", 0, "FILE", "/etc/docker/daemon.json", "the engine's configuration"},
    {0},
};

#define RULES_MAX (QW_RULE_MAX + QW_REFUSAL_COUNT)
#define SHOWN_MAX 120 /* bytes of outside text in a line */

enum change { NEWLY_DENIED, NEWLY_ALLOWED, NEWLY_WARNED, NO_LONGER_WARNED, UNCHANGED, CHANGES };

static const char *const change_words[CHANGES] = {
    [NEWLY_DENIED] = "newly denied",    [NEWLY_ALLOWED] = "newly allowed",
    [NEWLY_WARNED] = "newly warned of", [NO_LONGER_WARNED] = "no longer warned of",
    [UNCHANGED] = "unchanged",
};

/* One side of a comparison. */
struct side {
    bool known;
    enum qw_outcome outcome;
    const struct qw_bytes *rules;
    size_t rule_count;
};

struct run {
    bool all;
    bool json;
    struct qw_view view;
    struct qw_view against; /* policy NULL: none */
    struct qw_arena *arena; /* of one line */
    struct qw_decision decision;
    struct qw_buf out;
    size_t requests;
    size_t answers;
    size_t broken;
    size_t compared;
    size_t changes[CHANGES];
    size_t outcomes[QW_OUTCOME_DENY + 1];
    size_t denied_by[RULES_MAX]; /* requests newly denied, or denied where nothing is compared */
    bool progress;
    bool drawn; /* there is a line of progress on the terminal */
    time_t shown;
};

/* ---- rules by number, to count them ---- */

static const char *rule_name(size_t i)
{
    return i < qw_rule_count ? qw_rules[i].id : qw_refusals[i - qw_rule_count];
}

/* "bind-mounts.allow" counts for bind-mounts; each rule once for a request. */
static void count_rules(struct run *run, const struct side *side)
{
    bool counted[RULES_MAX] = {false};

    for (size_t r = 0; r < side->rule_count; r++) {
        struct qw_bytes rest = side->rules[r];
        struct qw_bytes id = {NULL, 0};

        qw_bytes_split(&rest, '.', &id);
        for (size_t i = 0; i < qw_rule_count + QW_REFUSAL_COUNT; i++) {
            if (counted[i] || !qw_bytes_is(id, rule_name(i)))
                continue;
            counted[i] = true;
            run->denied_by[i]++;
        }
    }
}

/* ---- one line ---- */

static bool is_repeated(const struct side *side, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (qw_bytes_eq(side->rules[i], side->rules[index]))
            return true;
    }
    return false;
}

/* Outside text where the rules are a record's. */
static void add_rules(struct qw_buf *out, const struct side *side, bool json)
{
    const char *separator = "";

    for (size_t i = 0; i < side->rule_count; i++) {
        if (is_repeated(side, i))
            continue;
        qw_buf_add_text(out, separator);
        qw_buf_add_text(out, json ? "\"" : "");
        qw_buf_add_shown(out, side->rules[i], SHOWN_MAX);
        qw_buf_add_text(out, json ? "\"" : "");
        separator = json ? "," : ", ";
    }
}

static void side_of_decision(struct run *run, struct side *side)
{
    const struct qw_violations *violations = &run->decision.verdict.violations;
    struct qw_bytes *rules = qw_arena_zalloc(run->arena, violations->count + 1, sizeof(*rules));

    *side = (struct side){.known = true, .outcome = run->decision.verdict.outcome};
    if (!rules)
        return;
    for (size_t i = 0; i < violations->count; i++) {
        const struct qw_violation *violation = &violations->items[i];

        rules[i] = qw_bytes_of(violation->rule);
        if (violation->setting)
            rules[i] = qw_arena_printf(run->arena, "%s.%s", violation->rule, violation->setting);
    }
    side->rules = rules;
    side->rule_count = violations->count;
}

static enum change change_of(const struct side *before, const struct side *after)
{
    if (before->outcome == after->outcome)
        return UNCHANGED;
    if (after->outcome == QW_OUTCOME_DENY)
        return NEWLY_DENIED;
    if (before->outcome == QW_OUTCOME_DENY)
        return NEWLY_ALLOWED;
    return after->outcome == QW_OUTCOME_WARN ? NEWLY_WARNED : NO_LONGER_WARNED;
}

static void add_request(struct run *run, const struct qw_bytes uri)
{
    const struct qw_decision *d = &run->decision;
    struct qw_buf *out = &run->out;

    if (d->identity.user.len)
        qw_buf_add_shown(out, d->identity.user, SHOWN_MAX);
    else
        qw_buf_add_text(out, d->identity.via.len ? "(no name)" : "anonymous");
    qw_buf_printf(out, ", %s, ", d->request.action->name);
    qw_buf_add_shown(out, d->message.method, SHOWN_MAX);
    qw_buf_add_text(out, " ");
    qw_buf_add_shown(out, uri, SHOWN_MAX);
}

static void list_text(struct run *run, const struct qw_lines *lines, enum change change, const struct side *before,
                      const struct side *after, struct qw_bytes uri)
{
    struct qw_buf *out = &run->out;

    qw_buf_printf(out, "%s:%zu: ", lines->name, lines->number);
    if (before->known && change != UNCHANGED)
        qw_buf_add_text(out, change_words[change]);
    else
        qw_buf_add_text(out, qw_outcome_words[after->outcome]);
    qw_buf_add_text(out, ": ");
    add_request(run, uri);
    if (after->rule_count) {
        qw_buf_add_text(out, ": ");
        add_rules(out, after, false);
    }
    if (change != UNCHANGED && before->rule_count) {
        qw_buf_add_text(out, after->rule_count ? "; was: " : ": was: ");
        add_rules(out, before, false);
    }
    qw_buf_add_text(out, "\n");
}

static void add_json_text(struct qw_buf *out, const char *name, struct qw_bytes text)
{
    qw_buf_printf(out, ",\"%s\":", name);
    qw_buf_add_json(out, text);
}

static void add_side(struct qw_buf *out, const char *name, const struct side *side)
{
    qw_buf_printf(out, ",\"%s\":", name);
    if (!side->known) {
        qw_buf_add_text(out, "null");
        return;
    }
    qw_buf_printf(out, "{\"verdict\":\"%s\",\"rules\":[", qw_outcome_words[side->outcome]);
    add_rules(out, side, true);
    qw_buf_add_text(out, "]}");
}

static void list_json(struct run *run, const struct qw_lines *lines, enum change change, const struct side *before,
                      const struct side *after, struct qw_bytes uri)
{
    const struct qw_decision *d = &run->decision;
    struct qw_buf *out = &run->out;

    qw_buf_add_text(out, "{\"file\":");
    qw_buf_add_json(out, qw_bytes_of(lines->name));
    qw_buf_printf(out, ",\"line\":%zu", lines->number);
    if (before->known)
        add_json_text(out, "change", qw_bytes_of(change_words[change]));
    add_json_text(out, "user", d->identity.user);
    if (d->verdict.tenant)
        add_json_text(out, "tenant", qw_bytes_of(d->verdict.tenant->name));
    add_json_text(out, "method", d->message.method);
    add_json_text(out, "uri", uri);
    add_json_text(out, "action", qw_bytes_of(d->request.action->name));
    add_side(out, "before", before);
    add_side(out, "after", after);
    qw_buf_add_text(out, "}\n");
}

static void list(struct run *run, const struct qw_lines *lines, const struct side *before, const struct side *after)
{
    QW_AUTO(buf) struct qw_buf uri = {0};
    const enum change change = before->known ? change_of(before, after) : UNCHANGED;

    if (change == UNCHANGED && before->known && !run->all)
        return;
    qw_decision_uri(&run->decision, &uri);
    qw_buf_reset(&run->out);
    (run->json ? list_json : list_text)(run, lines, change, before, after, qw_buf_bytes(&uri));
    if (run->drawn && isatty(STDOUT_FILENO))
        fputs("\r\033[K", stderr);
    fwrite(run->out.data, 1, run->out.len, stdout);
}

static void count(struct run *run, const struct side *before, const struct side *after)
{
    const enum change change = before->known ? change_of(before, after) : UNCHANGED;

    run->outcomes[after->outcome]++;
    run->compared += before->known;
    run->changes[change] += before->known;
    if (change == NEWLY_DENIED || (!before->known && after->outcome == QW_OUTCOME_DENY))
        count_rules(run, after);
}

static int compare(struct run *run, struct qw_recording *recording, struct side *before, struct side *after,
                   struct qw_err *err)
{
    *before = (struct side){.known = false};
    if (run->against.policy) {
        if (qw_recording_judge(recording, NULL, run->against.policy, &run->against.world, run->arena, &run->decision,
                               err) < 0)
            return -1;
        side_of_decision(run, before);
    }
    if (qw_recording_judge(recording, NULL, run->view.policy, &run->view.world, run->arena, &run->decision, err) < 0)
        return -1;
    side_of_decision(run, after);
    if (recording->kind == QW_RECORDING_RECORD && !run->against.policy)
        *before = (struct side){true, recording->before.outcome, recording->before.rules, recording->before.rule_count};
    return 0;
}

static void replay_line(struct run *run, const struct qw_lines *lines, struct qw_bytes line)
{
    struct qw_recording recording = {0};
    struct side before;
    struct side after;
    struct qw_err err;
    int rc;

    qw_arena_reset(run->arena);
    if (lines->is_too_long)
        rc = qw_fail(&err, QW_E_LIMIT, "the line is longer than what is read of one");
    else
        rc = qw_recording_read(line, run->arena, &recording, &err);
    if (rc == 0 && recording.kind == QW_RECORDING_ANSWER) {
        run->answers++;
        return;
    }
    if (rc < 0 || compare(run, &recording, &before, &after, &err) < 0) {
        qw_log("%s:%zu: %s", lines->name, lines->number, err.msg);
        run->broken++;
        return;
    }
    run->requests++;
    count(run, &before, &after);
    list(run, lines, &before, &after);
}

/* ---- files ---- */

/* Every other second, how far it is; over itself. */
static void show_progress(struct run *run, const struct qw_lines *lines)
{
    const time_t now = time(NULL);
    struct stat status;
    long at;

    if (!run->progress || now < run->shown + 2 || lines->number % 64)
        return;
    run->drawn = true;
    run->shown = now;
    at = ftell(lines->file);
    if (fstat(fileno(lines->file), &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 && at > 0)
        fprintf(stderr, "\r\033[K%s: %ld %%, line %zu", lines->name, (long)(at * 100LL / status.st_size),
                lines->number);
    else
        fprintf(stderr, "\r\033[K%s: line %zu", lines->name, lines->number);
}

static int replay_file(struct run *run, const char *file)
{
    struct qw_lines lines;
    struct qw_bytes line;
    int code = QW_EXIT_YES;

    if (!qw_lines_open(&lines, file))
        code = QW_EXIT_ENVIRONMENT;
    while (code == QW_EXIT_YES && qw_lines_next(&lines, &line)) {
        if (lines.is_too_long || qw_bytes_trim(line).len)
            replay_line(run, &lines, line);
        show_progress(run, &lines);
    }
    if (code == QW_EXIT_YES && qw_lines_failed(&lines))
        code = QW_EXIT_ENVIRONMENT;
    qw_lines_close(&lines);
    return code;
}

/* ---- summary ---- */

/* The rules that deny most come first. start stands before the first one. */
static void add_denied_by(struct run *run, const char *start)
{
    struct qw_buf *out = &run->out;
    const char *separator = start;

    for (;;) {
        size_t most = 0;

        for (size_t i = 1; i < qw_rule_count + QW_REFUSAL_COUNT; i++)
            most = run->denied_by[i] > run->denied_by[most] ? i : most;
        if (!run->denied_by[most])
            return;
        qw_buf_printf(out, run->json ? "%s\"%s\":%zu" : "%s%s %zu", separator, rule_name(most), run->denied_by[most]);
        run->denied_by[most] = 0;
        separator = run->json ? "," : ", ";
    }
}

static void summarise_text(struct run *run)
{
    struct qw_buf *out = &run->out;
    size_t before;

    qw_buf_printf(out, "%zu request%s: %zu allowed, %zu warned of, %zu denied\n", run->requests,
                  run->requests == 1 ? "" : "s", run->outcomes[QW_OUTCOME_ALLOW], run->outcomes[QW_OUTCOME_WARN],
                  run->outcomes[QW_OUTCOME_DENY]);
    for (size_t i = 0; run->compared && i < CHANGES; i++)
        qw_buf_printf(out, "%s%zu %s%s", i ? "" : "changes: ", run->changes[i], change_words[i],
                      i + 1 < CHANGES ? ", " : "\n");
    before = out->len;
    add_denied_by(run, run->compared ? "newly denied by: " : "denied by: ");
    qw_buf_add_text(out, out->len > before ? "\n" : "");
}

static void summarise_json(struct run *run)
{
    struct qw_buf *out = &run->out;

    qw_buf_printf(out, "{\"requests\":%zu,\"answers\":%zu,\"broken\":%zu", run->requests, run->answers, run->broken);
    for (size_t i = 0; i <= QW_OUTCOME_DENY; i++)
        qw_buf_printf(out, ",\"%s\":%zu", qw_outcome_words[i], run->outcomes[i]);
    for (size_t i = 0; run->compared && i < CHANGES; i++)
        qw_buf_printf(out, ",\"%s\":%zu", change_words[i], run->changes[i]);
    qw_buf_add_text(out, run->compared ? ",\"newly denied by\":{" : ",\"denied by\":{");
    add_denied_by(run, "");
    qw_buf_add_text(out, "}}\n");
}

static int conclude(struct run *run, int code)
{
    if (run->drawn)
        fputs("\r\033[K", stderr);
    qw_buf_reset(&run->out);
    (run->json ? summarise_json : summarise_text)(run);
    if (run->out.failed) {
        qw_log("out of memory");
        return QW_EXIT_ENVIRONMENT;
    }
    fwrite(run->out.data, 1, run->out.len, stdout);
    if (code != QW_EXIT_YES)
        return code;
    if (run->broken)
        return QW_EXIT_INPUT;
    return run->compared > run->changes[UNCHANGED] ? QW_EXIT_NO : QW_EXIT_YES;
}

static int open_views(struct run *run, const struct qw_arguments *arguments)
{
    const char *against = arguments->values[AGAINST];
    int code = qw_view_open(&run->view, arguments->values[POLICY], arguments->values[ENGINE_CONFIG]);

    if (code == QW_EXIT_YES && against)
        code = qw_view_open(&run->against, against, arguments->values[ENGINE_CONFIG]);
    return code;
}

int qw_run_replay(const struct qw_arguments *arguments)
{
    struct run run = {
        .all = arguments->values[ALL] != NULL,
        .json = arguments->values[JSON] != NULL,
        .arena = qw_arena_new(),
        .progress = isatty(STDERR_FILENO),
        .shown = time(NULL), /* what takes no second needs no progress */
    };
    int code = open_views(&run, arguments);

    if (code == QW_EXIT_YES && !run.arena)
        code = QW_EXIT_ENVIRONMENT;
    if (code == QW_EXIT_YES) {
        for (int i = 0; i < arguments->operand_count; i++) {
            const int each = replay_file(&run, arguments->operands[i]);

            code = each > code ? each : code;
        }
        code = conclude(&run, code);
    }
    qw_view_close(&run.view);
    qw_view_close(&run.against);
    qw_buf_fini(&run.out);
    qw_arena_free(run.arena);
    return code;
}

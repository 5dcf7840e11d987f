/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "replay.h"
#include "command.h"

#include <sys/stat.h>

enum { POLICY, AGAINST, ALL, JSON, ENGINE_CONFIG };

const struct qw_option qw_replay_options[] = {
    [POLICY] = {"policy", 0, "FILE", "/etc/quaywarden/policy.yaml", "the policy"},
    [AGAINST] = {"against", 0, "FILE", NULL, "compare with this policy, and not with what was recorded"},
    [ALL] = {"all", 'a', NULL, NULL, "list what does not change, too"},
    [JSON] = {"json", 0, NULL, NULL, "print JSON, an object a line, the summary last"},
    [ENGINE_CONFIG] = {"engine-config", 0, "FILE", "/etc/docker/daemon.json", "the engine's configuration"},
    {0},
};

/* ---- rules by number, to count them ---- */

/* "bind-mounts.allow" counts for bind-mounts; each rule once for a request. */
static void count_rules(struct run *run, const struct side *side)
{
    bool counted[RULES_MAX] = {false};

    for (size_t r = 0; r < side->rule_count; r++) {
        struct qw_bytes rest = side->rules[r];
        struct qw_bytes id = {NULL, 0};

        qw_bytes_split(&rest, '.', &id);
        for (size_t i = 0; i < qw_rule_count + QW_REFUSAL_COUNT; i++) {
            if (counted[i] || !qw_bytes_is(id, qw_replay_rule(i)))
                continue;
            counted[i] = true;
            run->denied_by[i]++;
        }
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

static void list(struct run *run, const struct qw_lines *lines, const struct side *before, const struct side *after)
{
    QW_AUTO(buf) struct qw_buf uri = {0};
    const enum change change = before->known ? change_of(before, after) : UNCHANGED;

    if (change == UNCHANGED && before->known && !run->all)
        return;
    qw_decision_uri(&run->decision, &uri);
    qw_buf_reset(&run->out);
    (run->json ? qw_replay_json : qw_replay_text)(run, lines, change, before, after, qw_buf_bytes(&uri));
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

static int conclude(struct run *run, int code)
{
    if (run->drawn)
        fputs("\r\033[K", stderr);
    qw_buf_reset(&run->out);
    qw_replay_summary(run);
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

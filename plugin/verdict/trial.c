/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One rule on one request: judged by the profile's settings or by those of `everyone`; what it violates is judged again
 * with what each exception permits, and what became of it is traced for `explain`.
 */
#include "judge.h"

/* ---- exceptions ---- */

/* Most requests break no rule, so that nobody asks. */
static void seek_exceptions(struct judge *j)
{
    const struct qw_policy *policy = j->policy;
    const struct qw_decision *d = j->decision;

    j->sought = true;
    if (!policy->exception_count)
        return;
    j->active = qw_arena_zalloc(j->arena, policy->exception_count, sizeof(*j->active));
    j->decision->verdict.exceptions = qw_arena_zalloc(j->arena, policy->exception_count, sizeof(*j->active));
    if (j->active && j->decision->verdict.exceptions)
        j->active_count = qw_exceptions_find(policy, d->verdict.tenant, &d->identity, &d->request, &d->facts,
                                             d->snapshot.now, j->active);
}

/* Those that let something through, each once and in the order of the policy. */
static void note_use(struct judge *j, const struct qw_exception *exception)
{
    struct qw_verdict *verdict = &j->decision->verdict;
    size_t at = 0;

    while (at < verdict->exception_count && verdict->exceptions[at] < exception)
        at++;
    if (at < verdict->exception_count && verdict->exceptions[at] == exception)
        return;
    memmove(&verdict->exceptions[at + 1], &verdict->exceptions[at],
            (verdict->exception_count++ - at) * sizeof(*verdict->exceptions));
    verdict->exceptions[at] = exception;
}

/* ---- one rule ---- */

/* One judgement of one rule: by the profile's settings, or by those of `everyone`. */
struct trial {
    size_t rule;
    const struct qw_rule_settings *settings;
    bool everyone;
    size_t mark; /* how many violations there were before */
    size_t by_level[QW_LEVEL_ALLOW];
    struct qw_seen seen;
};

static void hear(struct judge *j, struct trial *trial, const struct qw_rule_settings *settings)
{
    struct qw_violations *violations = &j->decision->verdict.violations;

    violations->count = trial->mark;
    memcpy(violations->by_level, trial->by_level, sizeof(violations->by_level));
    j->check.rule = &qw_rules[trial->rule];
    j->check.settings = settings;
    j->check.seen = &trial->seen;
    qw_rule_judge(&j->check);
}

static void trace(struct judge *j, const struct trial *trial, const struct qw_considered *considered)
{
    struct qw_trace *out = j->decision->trace;

    if (!out)
        return;
    if (out->count == out->cap) {
        const size_t cap = out->cap ? out->cap * 2 : 64;
        struct qw_considered *items = qw_arena_zalloc(j->arena, cap, sizeof(*items));

        if (!items)
            return;
        if (out->count)
            memcpy(items, out->items, out->count * sizeof(*items));
        out->items = items;
        out->cap = cap;
    }
    out->items[out->count] = *considered;
    out->items[out->count].rule = &qw_rules[trial->rule];
    out->items[out->count].level = trial->settings->level;
    out->items[out->count].everyone = trial->everyone;
    if (!considered->line)
        out->items[out->count].line = trial->settings->line;
    out->count++;
}

static void trace_violation(struct judge *j, const struct trial *trial, const struct qw_violation *violation,
                            const struct qw_exception *exception)
{
    struct qw_considered considered = {
        .setting = violation->setting,
        .outcome = QW_RULE_VIOLATION,
        .field = violation->field,
        .value = violation->value,
        .reason = violation->reason,
        .accepted = violation->accepted,
        .exception = exception,
    };

    if (exception)
        considered.outcome = QW_RULE_EXCEPTED;
    else if (violation->rule != qw_rules[trial->rule].id)
        considered.outcome = QW_RULE_UNDECIDED;
    for (size_t i = 0; violation->setting && i < QW_SETTINGS_MAX && qw_rules[trial->rule].settings[i].name; i++) {
        if (strcmp(qw_rules[trial->rule].settings[i].name, violation->setting) == 0)
            considered.line = trial->settings->values[i].line;
    }
    trace(j, trial, &considered);
}

static void trace_pass(struct judge *j, const struct trial *trial)
{
    struct qw_considered considered = {.outcome = QW_RULE_PASS};

    if (!j->decision->trace || (!trial->seen.fact && !trial->seen.missing))
        return;
    if (trial->seen.fact) {
        considered.field = qw_fact_field(trial->seen.fact, j->arena);
        considered.value = qw_fact_value(trial->seen.fact, j->arena);
    }
    trace(j, trial, &considered);
}

/* Is this violation among those from `from` on? */
static bool is_among(const struct qw_violations *violations, size_t from, const struct qw_violation *violation)
{
    for (size_t i = from; i < violations->count; i++) {
        const struct qw_violation *other = &violations->items[i];

        if (other->rule == violation->rule && other->setting == violation->setting &&
            qw_bytes_eq(other->field, violation->field) && qw_bytes_eq(other->value, violation->value))
            return true;
    }
    return false;
}

static size_t count_denials(const struct qw_violations *violations, size_t from)
{
    size_t count = 0;

    for (size_t i = from; i < violations->count; i++)
        count += violations->items[i].level == QW_LEVEL_DENY;
    return count;
}

/* Judges again with one more exception, which is named where it lets something through. One that warns does, too. */
static void appeal(struct judge *j, struct trial *trial, const struct qw_exception *exception,
                   const struct qw_rule_settings *settings)
{
    const struct qw_violations *violations = &j->decision->verdict.violations;
    const size_t count = violations->count - trial->mark;
    const size_t denials = count_denials(violations, trial->mark);

    hear(j, trial, settings);
    if (violations->count - trial->mark < count || count_denials(violations, trial->mark) < denials)
        note_use(j, exception);
}

/* The same, and traces what is let through as excepted. */
static void appeal_traced(struct judge *j, struct trial *trial, const struct qw_exception *exception,
                          const struct qw_rule_settings *settings)
{
    const struct qw_violations *violations = &j->decision->verdict.violations;
    const size_t count = violations->count - trial->mark;
    struct qw_violation *before = qw_arena_zalloc(j->arena, count, sizeof(*before));

    if (!before)
        return;
    memcpy(before, violations->items + trial->mark, count * sizeof(*before));
    appeal(j, trial, exception, settings);
    for (size_t i = 0; i < count; i++) {
        if (!is_among(violations, trial->mark, &before[i]))
            trace_violation(j, trial, &before[i], exception);
    }
}

/* Returns the settings under which the rule was heard last. */
static const struct qw_rule_settings *ask_exceptions(struct judge *j, struct trial *trial)
{
    const struct qw_violations *violations = &j->decision->verdict.violations;
    const struct qw_rule_settings *settings = trial->settings;

    if (!j->sought)
        seek_exceptions(j);
    for (size_t i = 0; i < j->active_count && violations->count > trial->mark; i++) {
        const struct qw_rule_settings *permit = j->active[i]->permit[trial->rule];
        const struct qw_rule_settings *looser;

        if (!permit)
            continue;
        looser = qw_settings_overlay(&qw_rules[trial->rule], settings, permit, j->arena);
        if (!looser)
            break;
        settings = looser;
        (j->decision->trace ? appeal_traced : appeal)(j, trial, j->active[i], settings);
    }
    return settings;
}

/*
 * What an exception may let through needs no words: with exceptions in the policy a violation is put into words when
 * nothing has let it through, unless somebody wants to see all of it.
 */
static void judge_rule(struct judge *j, struct trial *trial)
{
    const struct qw_violations *violations = &j->decision->verdict.violations;
    const struct qw_rule_settings *settings = trial->settings;

    j->check.wordless = j->policy->exception_count && !j->decision->trace;
    hear(j, trial, settings);
    if (violations->count == trial->mark) {
        trace_pass(j, trial);
        return;
    }
    settings = ask_exceptions(j, trial);
    if (violations->count > trial->mark && j->check.wordless) {
        j->check.wordless = false;
        hear(j, trial, settings);
    }
}

/* `everyone` may deny what the profile denies already: once is enough. */
static void drop_repeated(struct qw_violations *violations, size_t mark, const char *rule)
{
    size_t kept = mark;

    for (size_t i = mark; i < violations->count; i++) {
        const struct qw_violation violation = violations->items[i];
        bool repeated = false;

        for (size_t k = mark; k-- > 0 && !repeated && violations->items[k].rule == rule;)
            repeated = violations->items[k].setting == violation.setting &&
                       violations->items[k].level <= violation.level &&
                       qw_bytes_eq(violations->items[k].field, violation.field);
        if (!repeated)
            violations->items[kept++] = violation;
    }
    violations->count = kept;
}

void qw_judge_begin(struct judge *j)
{
    const struct qw_tenant *tenant = j->decision->verdict.tenant;

    j->variables = (struct qw_variables){
        .tenant = tenant ? qw_bytes_of(tenant->name) : QW_LIT(""),
        .user = j->decision->identity.user,
        .home = j->decision->snapshot.account.home,
    };
    j->check = (struct qw_check){
        .request = &j->decision->request,
        .facts = &j->decision->facts,
        .snapshot = &j->decision->snapshot,
        .identity = &j->decision->identity,
        .variables = &j->variables,
        .warn_mode = j->policy->warn_mode,
        .excepts_as_self = j->policy->excepts_as_self,
        .arena = j->arena,
        .out = &j->decision->verdict.violations,
    };
}

void qw_judge_rule(struct judge *j, size_t rule, const struct qw_rule_settings *settings, bool everyone)
{
    struct qw_violations *violations = &j->decision->verdict.violations;
    struct trial trial = {.rule = rule, .settings = settings, .everyone = everyone, .mark = violations->count};

    if (settings->level == QW_LEVEL_ALLOW)
        return;
    memcpy(trial.by_level, violations->by_level, sizeof(trial.by_level));
    judge_rule(j, &trial);
    for (size_t i = trial.mark; i < violations->count; i++)
        trace_violation(j, &trial, &violations->items[i], NULL);
    if (everyone)
        drop_repeated(violations, trial.mark, qw_rules[rule].id);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a message to a verdict: who asks, may they ask for this at all, can it be read, what would it do, and what do
 * the rules say. The first refusal that holds ends the way; rules report all that they find.
 */
#include "quaywarden/verdict.h"

const char *const qw_refusals[QW_REFUSAL_COUNT + 1] = {
    [QW_REFUSE_UNKNOWN_ENDPOINT] = "unknown-endpoint",
    [QW_REFUSE_MALFORMED] = "malformed",
    [QW_REFUSE_AMBIGUOUS] = "ambiguous",
    [QW_REFUSE_CONTENT_TYPE] = "content-type",
    [QW_REFUSE_BODY_MISSING] = "body-missing",
    [QW_REFUSE_NOT_ALLOWED] = "not-allowed",
    [QW_REFUSE_NO_TENANT] = "no-tenant",
    [QW_REFUSE_UNDECIDED] = "undecided", /* rules report it too */
    [QW_REFUSAL_COUNT] = NULL,
};

struct judge {
    const struct qw_policy *policy;
    const struct qw_world *world;
    struct qw_arena *arena;
    struct qw_decision *decision;
    const struct qw_member *member; /* NULL: nobody matched */
};

/* ---- refusals ---- */

static void refuse(struct judge *j, enum qw_refusal why, enum qw_level level, struct qw_bytes reason)
{
    struct qw_violation *violation = qw_violations_add(&j->decision->verdict.violations, j->arena);

    if (violation)
        *violation = (struct qw_violation){.rule = qw_refusals[why], .level = level, .reason = reason};
}

/* What could not be read; where there was no memory or no answer, nothing is known. */
static enum qw_refusal refusal_of(enum qw_code code)
{
    switch (code) {
    case QW_E_UNKNOWN_ENDPOINT:
        return QW_REFUSE_UNKNOWN_ENDPOINT;
    case QW_E_MALFORMED:
        return QW_REFUSE_MALFORMED;
    case QW_E_AMBIGUOUS:
        return QW_REFUSE_AMBIGUOUS;
    case QW_E_CONTENT_TYPE:
        return QW_REFUSE_CONTENT_TYPE;
    case QW_E_BODY_MISSING:
        return QW_REFUSE_BODY_MISSING;
    case QW_E_NONE:
    case QW_E_NOMEM:
    case QW_E_IO:
    case QW_E_LIMIT:
    case QW_E_BUSY:
        break;
    }
    return QW_REFUSE_UNDECIDED;
}

static void refuse_error(struct judge *j, const struct qw_err *err)
{
    QW_AUTO(buf) struct qw_buf text = {0};

    qw_buf_add_sentence(&text, qw_bytes_of(err->msg));
    refuse(j, refusal_of(err->code), QW_LEVEL_DENY, qw_arena_copy(j->arena, qw_buf_bytes(&text)));
}

static bool is_denied(const struct judge *j)
{
    const struct qw_violations *violations = &j->decision->verdict.violations;

    for (size_t i = 0; i < violations->count; i++) {
        if (violations->items[i].level == QW_LEVEL_DENY)
            return true;
    }
    return violations->failed;
}

/* ---- who, and which action ---- */

static enum qw_level soft(const struct judge *j)
{
    return j->policy->warn_mode ? QW_LEVEL_WARN : QW_LEVEL_DENY;
}

static void refuse_stranger(struct judge *j)
{
    const struct qw_identity *who = &j->decision->identity;
    struct qw_bytes reason;

    if (who->user.len)
        reason = qw_arena_printf(j->arena, "no tenant of the policy matches user %s", qw_shown(j->arena, who->user));
    else
        reason = qw_arena_printf(j->arena, "no tenant of the policy matches %s",
                                 who->via.len ? "a certificate without a common name"
                                              : "who comes without a name (the engine's own socket)");
    refuse(j, QW_REFUSE_NO_TENANT, soft(j), reason);
}

/* Everybody may probe; an endpoint that no row knows has to be allowed by its name, `unknown`. */
static void judge_action(struct judge *j)
{
    const struct qw_request *request = &j->decision->request;
    const struct qw_verdict *verdict = &j->decision->verdict;

    if (request->action->sets & QW_BIT(QW_SET_PROBE))
        return;
    if (j->member && qw_role_allows(j->member->role, request->action))
        return;
    if (!request->route) {
        refuse(j, QW_REFUSE_UNKNOWN_ENDPOINT, QW_LEVEL_DENY,
               QW_LIT("no endpoint of a known engine answers this method and path"));
        return;
    }
    if (!j->member) {
        refuse_stranger(j);
        return;
    }
    refuse(j, QW_REFUSE_NOT_ALLOWED, soft(j),
           qw_arena_printf(j->arena, "action %s is not allowed for tenant %s (role %s)", request->action->name,
                           verdict->tenant->name, j->member->role->name));
}

/* ---- what it would do, and what the rules say ---- */

static void judge_rule(struct judge *j, size_t index, const struct qw_rule_settings *settings)
{
    const struct qw_variables variables = {
        .tenant = j->decision->verdict.tenant ? qw_bytes_of(j->decision->verdict.tenant->name) : QW_LIT(""),
        .user = j->decision->identity.user,
    };
    struct qw_check check = {
        .request = &j->decision->request,
        .facts = &j->decision->facts,
        .snapshot = &j->decision->snapshot,
        .identity = &j->decision->identity,
        .variables = &variables,
        .rule = &qw_rules[index],
        .settings = settings,
        .warn_mode = j->policy->warn_mode,
        .arena = j->arena,
        .out = &j->decision->verdict.violations,
    };

    qw_rule_judge(&check);
}

/* Without a tenant there is no profile: what denies even in warn mode is judged at its strictest. */
static void judge_rules(struct judge *j)
{
    static const struct qw_rule_settings strictest = {.level = QW_LEVEL_DENY};

    for (size_t i = 0; i < qw_rule_count; i++) {
        if (j->member)
            judge_rule(j, i, &j->member->profile->rules[i]);
        else if (qw_rules[i].firm)
            judge_rule(j, i, &strictest);
    }
}

static void judge_contents(struct judge *j)
{
    struct qw_decision *d = j->decision;
    struct qw_err err;

    if (!d->request.route)
        return; /* `unknown` was allowed by name: there is nothing that could be read */
    if (qw_request_read_body(&d->request, j->arena, &err) < 0 ||
        qw_facts_extract(&d->request, j->arena, &d->facts, &err) < 0 ||
        qw_snapshot_gather(&d->facts, j->world, j->arena, &d->snapshot, &err) < 0)
        refuse_error(j, &err);
    else
        judge_rules(j);
}

static void conclude(struct judge *j)
{
    struct qw_verdict *verdict = &j->decision->verdict;

    if (is_denied(j))
        verdict->outcome = QW_OUTCOME_DENY;
    else
        verdict->outcome = verdict->violations.count ? QW_OUTCOME_WARN : QW_OUTCOME_ALLOW;
}

void qw_decide_message(const struct qw_policy *policy, const struct qw_world *world, struct qw_arena *arena,
                       struct qw_decision *decision)
{
    struct judge j = {policy, world, arena, decision, NULL};
    struct qw_err err;

    decision->verdict.understood = true;
    qw_policy_match(policy, &decision->identity, &decision->verdict.tenant, &j.member);
    if (qw_request_classify(&decision->message, arena, &decision->request, &err) < 0 &&
        err.code != QW_E_UNKNOWN_ENDPOINT)
        refuse_error(&j, &err);
    else
        judge_action(&j);
    if (!is_denied(&j))
        judge_contents(&j);
    conclude(&j);
}

void qw_decide(const struct qw_policy *policy, const struct qw_world *world, struct qw_bytes in, struct qw_arena *arena,
               struct qw_decision *decision)
{
    struct judge j = {policy, world, arena, decision, NULL};
    struct qw_err err;

    memset(decision, 0, sizeof(*decision));
    decision->request.action = &qw_actions[qw_action_count - 1];
    if (qw_message_decode(in, arena, &decision->message, &err) < 0 ||
        qw_identity_read(&decision->message, arena, &decision->identity, &err) < 0) {
        refuse_error(&j, &err);
        conclude(&j);
        return;
    }
    qw_decide_message(policy, world, arena, decision);
}

void qw_decision_refuse(struct qw_decision *decision, struct qw_arena *arena, enum qw_refusal why, const char *reason)
{
    struct judge j = {.arena = arena, .decision = decision};

    if (!decision->request.action)
        decision->request.action = &qw_actions[qw_action_count - 1];
    decision->verdict.violations = (struct qw_violations){0};
    refuse(&j, why, QW_LEVEL_DENY, qw_arena_copy(arena, qw_bytes_of(reason)));
    conclude(&j);
}

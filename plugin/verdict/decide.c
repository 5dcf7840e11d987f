/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a message to a verdict: who asks, may they ask for this at all, can it be read, what would it do, and what do
 * the rules say. The first refusal that holds ends the way; rules report all that they find.
 */
#include "judge.h"

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

/* ---- refusals ---- */

void qw_judge_refuse(struct judge *j, enum qw_refusal why, enum qw_level level, struct qw_bytes reason)
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

static struct qw_bytes sentence_of(const struct judge *j, const struct qw_err *err)
{
    QW_AUTO(buf) struct qw_buf text = {0};

    qw_buf_add_sentence(&text, qw_bytes_of(err->msg));
    return qw_arena_copy(j->arena, qw_buf_bytes(&text));
}

static void refuse_error(struct judge *j, const struct qw_err *err)
{
    qw_judge_refuse(j, refusal_of(err->code), QW_LEVEL_DENY, sentence_of(j, err));
}

static void note_unread(struct judge *j, enum qw_unread_part part, const struct qw_err *err)
{
    j->decision->unread =
        (struct qw_unread){.part = part, .refusal = refusal_of(err->code), .reason = sentence_of(j, err)};
}

static void refuse_unread(struct judge *j)
{
    qw_judge_refuse(j, j->decision->unread.refusal, QW_LEVEL_DENY, j->decision->unread.reason);
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

static const struct qw_member *member_of(const struct judge *j)
{
    return j->decision->verdict.member;
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
    qw_judge_refuse(j, QW_REFUSE_NO_TENANT, soft(j), reason);
}

/* Everybody may probe; an endpoint that no row knows has to be allowed by its name, `unknown`. */
static void judge_action(struct judge *j)
{
    const struct qw_request *request = &j->decision->request;
    const struct qw_verdict *verdict = &j->decision->verdict;

    if (request->action->sets & QW_BIT(QW_SET_PROBE))
        return;
    if (member_of(j) && qw_role_allows(member_of(j)->role, request->action))
        return;
    if (!request->route) {
        qw_judge_refuse(j, QW_REFUSE_UNKNOWN_ENDPOINT, QW_LEVEL_DENY,
                        QW_LIT("no endpoint of a known engine answers this method and path"));
        return;
    }
    if (!member_of(j)) {
        refuse_stranger(j);
        return;
    }
    qw_judge_refuse(j, QW_REFUSE_NOT_ALLOWED, soft(j),
                    qw_arena_printf(j->arena, "action %s is not allowed for tenant %s (role %s)", request->action->name,
                                    verdict->tenant->name, member_of(j)->role->name));
}

/* ---- what it would do, and what the rules say ---- */

/* Without a tenant there is no profile: what denies even in warn mode is judged at its strictest. */
static void judge_rules(struct judge *j)
{
    static const struct qw_rule_settings strictest = {.level = QW_LEVEL_DENY};
    const struct qw_member *member = member_of(j);

    qw_judge_excepted(j);
    qw_judge_begin(j);
    for (size_t i = 0; i < qw_rule_count; i++) {
        if (member)
            qw_judge_rule(j, i, member->profile->rules[i], false);
        else if (qw_rules[i].firm)
            qw_judge_rule(j, i, &strictest, false);
        if (member && j->policy->everyone && j->policy->everyone[i])
            qw_judge_rule(j, i, j->policy->everyone[i], true);
    }
}

/*
 * What the engine says; false where there is no verdict yet. What it does not say is a denial, beside what the rules
 * find in what is there.
 */
static bool look_up(struct judge *j)
{
    struct qw_decision *d = j->decision;
    struct qw_questions questions = {0};
    struct qw_err err;

    if (!j->world->inspect)
        return true;
    qw_judge_questions(j, &questions);
    switch (qw_facts_look_up(&d->request, &questions, j->world, j->arena, &d->facts, &err)) {
    case QW_FOUND:
    case QW_ABSENT:
        break;
    case QW_LATER:
        d->deferred = true;
        break;
    case QW_UNCLEAR:
        refuse_error(j, &err);
        break;
    }
    return !d->deferred;
}

/* Facts, from the body or from a record, and what the world says of them; false with err where there are none. */
static bool gather(struct judge *j, struct qw_err *err)
{
    struct qw_decision *d = j->decision;

    if (qw_snapshot_gather(&d->facts, j->world, j->arena, &d->snapshot, err) < 0)
        return false;
    if (j->policy->asks_accounts && qw_bytes_is(d->identity.via, "front"))
        j->world->account(j->world, d->identity.user, j->arena, &d->snapshot.account);
    return true;
}

/*
 * Also of a request that is refused as a whole: it is recorded with its contents, since another policy may ask for
 * them. Where no route is known there is nothing that could be read.
 */
static void extract(struct judge *j)
{
    struct qw_decision *d = j->decision;
    struct qw_err err;

    if (d->request.route && (qw_request_read_body(&d->request, j->arena, &err) < 0 ||
                             qw_facts_extract(&d->request, j->arena, &d->facts, &err) < 0))
        note_unread(j, QW_UNREAD_CONTENTS, &err);
}

static void judge_contents(struct judge *j)
{
    struct qw_err err;

    if (!j->decision->request.route)
        return; /* `unknown` was allowed by name */
    if (j->decision->unread.part != QW_UNREAD_NOTHING)
        refuse_unread(j);
    else if (!look_up(j))
        return;
    else if (gather(j, &err))
        judge_rules(j);
    else
        refuse_error(j, &err);
}

static void conclude(struct judge *j)
{
    struct qw_verdict *verdict = &j->decision->verdict;

    if (is_denied(j) || j->decision->deferred)
        verdict->outcome = QW_OUTCOME_DENY;
    else
        verdict->outcome = verdict->violations.count ? QW_OUTCOME_WARN : QW_OUTCOME_ALLOW;
}

/* Who asks for what: false where the target itself cannot be read. */
static bool introduce(struct judge *j)
{
    struct qw_decision *d = j->decision;
    struct qw_verdict *verdict = &d->verdict;
    struct qw_err err;

    verdict->understood = true;
    qw_policy_match(j->policy, &d->identity, &verdict->tenant, &verdict->member);
    if (qw_request_classify(&d->message, j->arena, &d->request, &err) < 0 && err.code != QW_E_UNKNOWN_ENDPOINT) {
        note_unread(j, QW_UNREAD_REQUEST, &err);
        refuse_unread(j);
        return false;
    }
    judge_action(j);
    return true;
}

void qw_decide_message(const struct qw_policy *policy, const struct qw_world *world, struct qw_arena *arena,
                       struct qw_decision *decision)
{
    struct judge j = {.policy = policy, .world = world, .arena = arena, .decision = decision};

    if (introduce(&j)) {
        extract(&j);
        if (!is_denied(&j))
            judge_contents(&j);
    }
    conclude(&j);
}

void qw_decide_recorded(const struct qw_policy *policy, const struct qw_world *world, struct qw_arena *arena,
                        struct qw_decision *decision)
{
    struct judge j = {.policy = policy, .world = world, .arena = arena, .decision = decision};

    decision->request.action = &qw_actions[qw_action_count - 1];
    if (decision->unread.part == QW_UNREAD_REQUEST)
        refuse_unread(&j);
    else if (introduce(&j) && !is_denied(&j))
        judge_contents(&j);
    conclude(&j);
}

void qw_decide(const struct qw_policy *policy, const struct qw_world *world, struct qw_bytes in, struct qw_arena *arena,
               struct qw_decision *decision)
{
    struct judge j = {.policy = policy, .world = world, .arena = arena, .decision = decision};
    struct qw_err err;

    decision->request.action = &qw_actions[qw_action_count - 1];
    if (qw_message_decode(in, arena, &decision->message, &err) < 0 ||
        qw_identity_read(&decision->message, world->front, arena, &decision->identity, &err) < 0) {
        note_unread(&j, QW_UNREAD_REQUEST, &err);
        refuse_unread(&j);
        conclude(&j);
        return;
    }
    qw_decide_message(policy, world, arena, decision);
}

void qw_decision_refuse(struct qw_decision *decision, struct qw_arena *arena, enum qw_refusal why, const char *reason)
{
    struct judge j = {.arena = arena, .decision = decision};
    const struct qw_bytes text = qw_arena_copy(arena, qw_bytes_of(reason));

    if (!decision->request.action) {
        decision->request.action = &qw_actions[qw_action_count - 1];
        decision->unread = (struct qw_unread){.part = QW_UNREAD_REQUEST, .refusal = why, .reason = text};
    }
    decision->verdict.violations = (struct qw_violations){0};
    qw_judge_refuse(&j, why, QW_LEVEL_DENY, text);
    conclude(&j);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verdict: from a message to allow or deny with reasons, the same for the daemon and for `test`.
 */
#ifndef QUAYWARDEN_VERDICT_H
#define QUAYWARDEN_VERDICT_H

#include "quaywarden/audit.h"
#include "quaywarden/policy.h"

/* Why a request is refused before any rule is asked; besides the ids of rules, what a record's `rules` may name. */
enum qw_refusal {
    QW_REFUSE_UNKNOWN_ENDPOINT,
    QW_REFUSE_MALFORMED,
    QW_REFUSE_AMBIGUOUS,
    QW_REFUSE_CONTENT_TYPE,
    QW_REFUSE_BODY_MISSING,
    QW_REFUSE_NOT_ALLOWED,
    QW_REFUSE_NO_TENANT,
    QW_REFUSE_UNDECIDED,
    QW_REFUSAL_COUNT
};

extern const char *const qw_refusals[QW_REFUSAL_COUNT + 1]; /* ends with NULL */

enum qw_outcome { QW_OUTCOME_ALLOW, QW_OUTCOME_WARN, QW_OUTCOME_DENY };

struct qw_verdict {
    enum qw_outcome outcome;
    bool understood;                 /* false: the message itself could not be read; the answer says so in Err too */
    const struct qw_tenant *tenant;  /* or NULL */
    struct qw_violations violations; /* refusals, warnings included; in the order of the rule table */
};

/* Everything about one decision; lives in the arena, and points into the policy. */
struct qw_decision {
    struct qw_message message;
    struct qw_identity identity;
    struct qw_request request;
    struct qw_facts facts;
    struct qw_snapshot snapshot;
    struct qw_verdict verdict;
};

/**
 * Decide on the body of an /AuthZPlugin.AuthZReq. Never fails: what cannot be read or found out is a denial.
 * decision: a large struct of the caller's; what it points to lives in the arena and the policy.
 */
void qw_decide(const struct qw_policy *policy, const struct qw_world *world, struct qw_bytes in, struct qw_arena *arena,
               struct qw_decision *decision);

/* The same for a message that is at hand, asked by `identity`; decision->message and ->identity are set by the caller.
 */
void qw_decide_message(const struct qw_policy *policy, const struct qw_world *world, struct qw_arena *arena,
                       struct qw_decision *decision);

/* A denial that has nothing to do with the request's contents: too large, no audit record. */
void qw_decision_refuse(struct qw_decision *decision, struct qw_arena *arena, enum qw_refusal why, const char *reason);

/*
 * What the user reads: a line per violation that denies, or per warning where nothing denies; contact at the end.
 * Empty where it is allowed without warnings.
 */
void qw_verdict_explain(const struct qw_verdict *verdict, const char *contact, struct qw_buf *out);

/* The audit record's fields but for time, seq and duration_us, which the sink and the server add. */
void qw_decision_record(const struct qw_decision *decision, const struct qw_policy *policy, struct qw_buf *out);

#endif

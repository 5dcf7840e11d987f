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

extern const char *const qw_outcome_words[]; /* "allow", "warn", "deny"; ends with NULL */

enum qw_rule_outcome { QW_RULE_PASS, QW_RULE_VIOLATION, QW_RULE_UNDECIDED, QW_RULE_EXCEPTED };

/* What one rule made of a request that it looked at, for `explain`; one for each violation. */
struct qw_considered {
    const struct qw_rule *rule;
    const char *setting; /* of a violation, or NULL */
    enum qw_level level; /* as the policy has it */
    enum qw_rule_outcome outcome;
    struct qw_bytes field; /* that it looked at first, or that violates */
    struct qw_bytes value;
    struct qw_bytes reason; /* of a violation, let through or not */
    struct qw_bytes accepted;
    int line;                             /* in the policy; 0: in a profile that is built in */
    bool everyone;                        /* by `everyone`, and not by the profile */
    const struct qw_exception *exception; /* EXCEPTED: what let it through */
};

struct qw_trace {
    struct qw_considered *items;
    size_t count;
    size_t cap;
};

struct qw_verdict {
    enum qw_outcome outcome;
    bool understood;                 /* false: the message itself could not be read; the answer says so in Err too */
    const struct qw_tenant *tenant;  /* or NULL */
    const struct qw_member *member;  /* or NULL */
    struct qw_violations violations; /* refusals, warnings included; in the order of the rule table */
    const struct qw_exception **exceptions; /* that let something through; in the order of the policy */
    size_t exception_count;
};

/* What of a request could not be read, and why; for the record, since another policy may judge it again. */
enum qw_unread_part {
    QW_UNREAD_NOTHING,
    QW_UNREAD_REQUEST,  /* the message or its URI: refused under every policy */
    QW_UNREAD_CONTENTS, /* parameters or body: refused where the action is allowed */
};

struct qw_unread {
    enum qw_unread_part part;
    enum qw_refusal refusal;
    struct qw_bytes reason; /* a sentence, escaped */
};

/* Everything about one decision; lives in the arena, and points into the policy. */
struct qw_decision {
    struct qw_message message;
    struct qw_identity identity;
    struct qw_request request;
    struct qw_facts facts;
    struct qw_snapshot snapshot;
    struct qw_unread unread;
    struct qw_verdict verdict;
    struct qw_trace *trace; /* to fill, or NULL */
    bool deferred;          /* there is no verdict yet: the world said QW_LATER */
};

/**
 * Decide on the body of an /AuthZPlugin.AuthZReq. Never fails: what cannot be read or found out is a denial.
 * decision: a large struct of the caller's, zeroed but for `trace`; what it points to lives in the arena and the
 * policy.
 */
void qw_decide(const struct qw_policy *policy, const struct qw_world *world, struct qw_bytes in, struct qw_arena *arena,
               struct qw_decision *decision);

/* The same for a message that is at hand, asked by `identity`; decision->message and ->identity are set by the caller.
 */
void qw_decide_message(const struct qw_policy *policy, const struct qw_world *world, struct qw_arena *arena,
                       struct qw_decision *decision);

/*
 * The same for a request that was recorded: message (method and uri), identity, facts and unread are set by the caller,
 * and nothing is read from a body.
 */
void qw_decide_recorded(const struct qw_policy *policy, const struct qw_world *world, struct qw_arena *arena,
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

/* The target as the record has it: raw, values that may be secret are ***. */
void qw_decision_uri(const struct qw_decision *decision, struct qw_buf *out);

/* What a record says of the decision that it is of. */
struct qw_recorded {
    enum qw_outcome outcome;
    const struct qw_bytes *rules; /* ids, as recorded */
    size_t rule_count;
};

/**
 * Read an audit record back: sets what qw_decide_recorded wants of a zeroed decision. Fails with QW_E_MALFORMED or
 * QW_E_NOMEM. What is read points into record and the arena.
 */
QW_MUST_CHECK int qw_decision_read(const struct qw_json *record, struct qw_arena *arena, struct qw_decision *decision,
                                   struct qw_recorded *recorded, struct qw_err *err);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A decision under way: what the verdict's parts share. */
#ifndef QUAYWARDEN_VERDICT_JUDGE_H
#define QUAYWARDEN_VERDICT_JUDGE_H

#include "quaywarden/verdict.h"

struct judge {
    const struct qw_policy *policy;
    const struct qw_world *world;
    struct qw_arena *arena;
    struct qw_decision *decision;
    const struct qw_exception **active; /* what holds for this request; found out at the first violation */
    size_t active_count;
    bool sought;
    struct qw_check check; /* what all rules are judged by; qw_judge_begin fills it */
    struct qw_variables variables;
};

/* A refusal of the request as a whole. */
void qw_judge_refuse(struct judge *j, enum qw_refusal why, enum qw_level level, struct qw_bytes reason);

/* What the rules that the caller is held to want to know of the engine's objects. */
void qw_judge_questions(const struct judge *j, struct qw_questions *out);

/* Refuses to enter a container that `command: image` may have let through, where nobody could be asked. */
void qw_judge_excepted(struct judge *j);

/* Once, when facts and snapshot are there. */
void qw_judge_begin(struct judge *j);

/* One rule (by index of qw_rules) by the settings of the profile, or of `everyone`; violations go to the verdict. */
void qw_judge_rule(struct judge *j, size_t rule, const struct qw_rule_settings *settings, bool everyone);

#endif

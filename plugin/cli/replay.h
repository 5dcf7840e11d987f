/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A replay under way, and how it is told: line by line, and at the end in numbers. */
#ifndef QUAYWARDEN_REPLAY_H
#define QUAYWARDEN_REPLAY_H

#include "traffic.h"
#include "view.h"

#include <time.h>

#define RULES_MAX (QW_RULE_MAX + QW_REFUSAL_COUNT)

enum change { NEWLY_DENIED, NEWLY_ALLOWED, NEWLY_WARNED, NO_LONGER_WARNED, UNCHANGED, CHANGES };

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

/* The id of a rule or a refusal; i is below qw_rule_count + QW_REFUSAL_COUNT. */
const char *qw_replay_rule(size_t i);

/* One line of text or of JSON into run->out, about the request that was judged last. */
void qw_replay_text(struct run *run, const struct qw_lines *lines, enum change change, const struct side *before,
                    const struct side *after, struct qw_bytes uri);
void qw_replay_json(struct run *run, const struct qw_lines *lines, enum change change, const struct side *before,
                    const struct side *after, struct qw_bytes uri);

/* The whole in numbers, likewise. */
void qw_replay_summary(struct run *run);

#endif

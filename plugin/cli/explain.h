/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A decision rule by rule: for people, and for programs. */
#ifndef QUAYWARDEN_EXPLAIN_H
#define QUAYWARDEN_EXPLAIN_H

#include "traffic.h"
#include "view.h"

/* The decision's trace must be there. colour: with ANSI escapes. */
void qw_explain_text(const struct qw_decision *decision, const struct qw_policy *policy, bool colour,
                     struct qw_arena *arena, struct qw_buf *out);

/* One line: the audit record, and "rules_considered". */
void qw_explain_json(const struct qw_decision *decision, const struct qw_policy *policy, struct qw_buf *out);

#endif

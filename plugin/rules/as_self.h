/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * as-self: a host path that others may swap for a link is mounted where the container can do no more with it than its
 * caller on the host. rows: those of bind-mounts.
 */
#ifndef QUAYWARDEN_RULES_AS_SELF_H
#define QUAYWARDEN_RULES_AS_SELF_H

#include "check.h"

bool qw_self_has_rows(const struct qw_value *rows);

/* Does the container run as who asks, and as nothing more? */
bool qw_self_is_who_runs(const struct qw_check *check);

/* Why a bind is not let through by such a row, and what would make it so; NULL: it is, or nothing would. */
const char *qw_self_objection(const struct qw_check *check, const struct qw_fact *bind);
const char *qw_self_remedy(const struct qw_check *check);

/* Reports who gets at such mounts as somebody else: by exec, by a copy, beside the container, by a start with a body.
 */
void qw_self_judge_around(struct qw_check *check, const struct qw_value *rows);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is in which row of the tenants, without looking at each row. */
#ifndef QUAYWARDEN_POLICY_INDEX_H
#define QUAYWARDEN_POLICY_INDEX_H

#include "quaywarden/policy.h"

struct qw_index;

/* In the policy's memory, which it points into; NULL without. */
const struct qw_index *qw_index_new(const struct qw_policy *policy);

/* The first row that matches; false where none does. */
bool qw_index_find(const struct qw_index *index, const struct qw_identity *identity, const struct qw_tenant **tenant,
                   const struct qw_member **member);

/* ---- match.c ---- */

bool qw_identity_is_anonymous(const struct qw_identity *identity);

/* Is name the subject's, or one that its pattern matches? */
bool qw_subject_names(const struct qw_subject *subject, struct qw_bytes name);

/* Does the caller's name come from where the row wants it to? */
bool qw_member_trusts(const struct qw_member *member, const struct qw_identity *identity);

#endif

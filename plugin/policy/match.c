/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is whose, and who may do what: the questions that every request asks. */
#include "quaywarden/policy.h"

static bool is_name(const struct qw_subject *subject, struct qw_bytes name)
{
    static const struct qw_variables none;

    if (!subject->pattern)
        return name.len == subject->name.len && memcmp(name.data, subject->name.data, name.len) == 0;
    /* Most patterns begin with a word, and most names with another: no need to walk them. */
    if (name.len < subject->fixed || memcmp(name.data, subject->name.data, subject->fixed) != 0)
        return false;
    return qw_pattern_matches(subject->pattern, &none, name);
}

static bool is_in_group(const struct qw_subject *subject, const struct qw_identity *identity)
{
    for (size_t i = 0; i < identity->group_count; i++) {
        if (identity->groups[i].len > 0 && is_name(subject, identity->groups[i]))
            return true;
    }
    return false;
}

static bool is_subject(const struct qw_subject *subject, const struct qw_identity *identity)
{
    switch (subject->kind) {
    case QW_SUBJECT_USER:
        return identity->user.len > 0 && is_name(subject, identity->user);
    case QW_SUBJECT_GROUP:
        return is_in_group(subject, identity);
    case QW_SUBJECT_ANONYMOUS:
        return identity->user.len == 0 && identity->group_count == 0 && identity->via.len == 0;
    }
    return false;
}

static bool is_member(const struct qw_member *member, const struct qw_identity *identity)
{
    for (size_t i = 0; i < member->subject_count; i++) {
        if (is_subject(&member->subjects[i], identity))
            return true;
    }
    return false;
}

bool qw_policy_match(const struct qw_policy *policy, const struct qw_identity *identity,
                     const struct qw_tenant **tenant, const struct qw_member **member)
{
    for (size_t i = 0; i < policy->tenant_count; i++) {
        for (size_t k = 0; k < policy->tenants[i].member_count; k++) {
            if (!is_member(&policy->tenants[i].members[k], identity))
                continue;
            *tenant = &policy->tenants[i];
            *member = &policy->tenants[i].members[k];
            return true;
        }
    }
    return false;
}

bool qw_role_allows(const struct qw_role *role, const struct qw_action *action)
{
    const size_t i = (size_t)(action - qw_actions);

    return (role->allow[i / 64] & ~role->deny[i / 64]) >> i % 64 & 1;
}

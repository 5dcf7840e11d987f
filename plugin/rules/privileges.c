/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Privileged mode and Linux capabilities. */
#include "check.h"

#define BIT(n) (UINT64_C(1) << (n))

void qw_eval_privileged(struct qw_check *check)
{
    for (const struct qw_fact *fact = facts_of(check, QW_F_PRIVILEGED); fact; fact = fact->next)
        qw_violate(check, NULL, fact, "leave out --privileged (compose: privileged)", "privileged mode is not allowed");
}

/* The bits of a list of words in a policy, where `default` is the engine's own set. */
static uint64_t listed(const struct qw_value *value)
{
    uint64_t set = 0;

    for (size_t i = 0; i < value->item_count; i++) {
        const struct qw_bytes word = qw_bytes_of(value->items[i].text);
        const int number = qw_capability_find(word);

        if (qw_bytes_is(word, "default"))
            set |= qw_capability_default();
        else if (number >= 0)
            set |= BIT(number);
    }
    return set;
}

/* The bits of what a request adds; an unknown name has none. */
static uint64_t added(const struct qw_check *check)
{
    uint64_t set = 0;

    for (const struct qw_fact *fact = facts_of(check, QW_F_CAP_ADD); fact; fact = fact->next) {
        const int number = qw_capability_find(fact->text);

        if (number >= 0)
            set |= BIT(number);
    }
    return set;
}

/* The bits of what it drops, where the engine surely reads that. */
static uint64_t dropped(const struct qw_check *check)
{
    uint64_t set = 0;

    for (const struct qw_fact *fact = facts_of(check, QW_F_CAP_DROP); fact; fact = fact->next) {
        const int number = qw_capability_find(fact->text);

        if (number >= 0 && qw_check_counts(check, fact))
            set |= BIT(number);
    }
    return set;
}

static void judge_added(struct qw_check *check)
{
    const struct qw_value *allow = qw_check_setting(check, "allow");
    const uint64_t allowed = listed(allow);

    if (allow->any)
        return;
    for (const struct qw_fact *fact = facts_of(check, QW_F_CAP_ADD); fact; fact = fact->next) {
        const int number = qw_capability_find(fact->text);

        if (number < 0)
            qw_violate(check, NULL, fact, NULL, "%s is no capability that is known",
                       qw_shown(check->arena, fact->text));
        else if (!(allowed & (BIT(number) | BIT(QW_CAPABILITY_ALL))))
            qw_violate(check, NULL, fact, qw_check_accepted(check, "allow", "for --cap-add (compose: cap_add)"),
                       "capability %s is not allowed", qw_shown(check->arena, fact->text));
    }
}

/*
 * A capability is gone where it is dropped by name, or by ALL, and not added again. To the engine an added ALL beats a
 * dropped ALL. What the drop of ALL takes away may be added again as far as `allow` goes.
 */
static bool is_dropped(int number, uint64_t drop, uint64_t add)
{
    const uint64_t all = BIT(QW_CAPABILITY_ALL);

    if (add & BIT(number))
        return false;
    return (drop & BIT(number)) || ((drop & all) && !(add & all));
}

static void judge_dropped(struct qw_check *check)
{
    const uint64_t demanded = listed(qw_check_setting(check, "require-drop"));
    const uint64_t add = added(check);
    const uint64_t drop = dropped(check);
    const char *field = qw_check_field(check, "HostConfig.CapDrop", "TaskTemplate.ContainerSpec.CapabilityDrop");

    for (int number = 0; demanded && number <= QW_CAPABILITY_ALL; number++) {
        const char *name = number < QW_CAPABILITY_COUNT ? qw_capability_names[number] : "ALL";

        if ((demanded & BIT(number)) && !is_dropped(number, drop, add))
            qw_missing(check, "require-drop", field,
                       qw_arena_printf(check->arena, "add --cap-drop %s (compose: cap_drop: [%s])", name, name).data,
                       "capability %s is not dropped", name);
    }
}

void qw_eval_capabilities(struct qw_check *check)
{
    if (facts_of(check, QW_F_CAP_ADD))
        judge_added(check);
    if (qw_check_makes_container(check))
        judge_dropped(check);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Devices by path, by request to a device driver, and by cgroup rule.
 * Source: moby daemon/devices.go, daemon/cdi.go, daemon/devices_nvidia_linux.go.
 */
#include "check.h"

/* The engine follows links; as written and as resolved, the path must be allowed. */
static void judge_path(struct qw_check *check, const struct qw_fact *fact)
{
    const struct qw_place *place = qw_snapshot_place(check->snapshot, fact);
    /*
     * The kernel follows links before "..", and the engine takes a relative path from its own working directory: what a
     * path that is not clean leads to is not in its text. No client sends one.
     */
    const bool is_clean = place && qw_bytes_eq(place->cleaned, fact->text);

    if (qw_check_setting(check, "allow")->any)
        return;
    if (!is_clean || !qw_check_lists(check, "allow", fact->text))
        qw_violate(check, NULL, fact, qw_check_accepted(check, "allow", "for --device (compose: devices)"),
                   "device %s is not allowed", qw_shown(check->arena, fact->text));
    else if (place->trouble)
        qw_check_unknown_place(check, fact, place);
    else if (!qw_check_lists(check, "allow", place->resolved))
        qw_violate(check, NULL, fact, qw_check_accepted(check, "allow", "for --device (compose: devices)"),
                   "device %s leads to %s, which is not allowed", qw_shown(check->arena, fact->text),
                   qw_shown(check->arena, place->resolved));
}

/* Every word of a joined list ("a,b", "a+b,c") passes the check; an empty list passes too. */
static bool all_listed(const struct qw_check *check, struct qw_bytes list, struct qw_bytes before,
                       bool device_names_only)
{
    size_t start = 0;

    for (size_t i = 0; list.len && i <= list.len; i++) {
        const bool is_end = i == list.len || list.data[i] == ',' || list.data[i] == '+';
        const struct qw_bytes word = {list.data + start, i - start};
        struct qw_bytes full;

        if (!is_end)
            continue;
        start = i + 1;
        if (!word.len || (device_names_only && !memchr(word.data, '/', word.len) && !memchr(word.data, '=', word.len)))
            continue;
        full = qw_arena_concat(check->arena, before, word);
        if (!full.data || !qw_check_lists(check, "requests", full))
            return false;
    }
    return true;
}

/*
 * A driver by name, with all it can do; or with what is asked of it, as DRIVER:CAPABILITY. No driver means any that has
 * the capability, and is written as ":CAPABILITY" or "*:CAPABILITY" in a policy. CDI devices go by their own names, and
 * so does an id that looks like one: the engine may hand a request without a driver to CDI.
 */
static bool is_request_listed(const struct qw_check *check, const struct qw_fact *fact)
{
    const struct qw_bytes ids = qw_fact_part(fact, "ids");
    const struct qw_bytes capabilities = qw_fact_part(fact, "capabilities");
    struct qw_bytes before;

    if (qw_bytes_is(fact->text, "cdi"))
        return ids.len && all_listed(check, ids, QW_LIT(""), false);
    if (!all_listed(check, ids, QW_LIT(""), true))
        return false;
    if (fact->text.len && qw_check_lists(check, "requests", fact->text))
        return true;
    before = qw_arena_concat(check->arena, fact->text, QW_LIT(":"));
    return before.data && capabilities.len && all_listed(check, capabilities, before, false);
}

static const char *request_shown(const struct qw_check *check, const struct qw_fact *fact)
{
    const struct qw_bytes ids = qw_fact_part(fact, "ids");
    const struct qw_bytes capabilities = qw_fact_part(fact, "capabilities");
    const struct qw_bytes text = qw_bytes_is(fact->text, "cdi")
                                     ? ids
                                     : qw_arena_printf(check->arena, QW_BYTES_FMT ":" QW_BYTES_FMT,
                                                       QW_BYTES_ARG(fact->text), QW_BYTES_ARG(capabilities));

    return qw_shown(check->arena, text);
}

void qw_eval_devices(struct qw_check *check)
{
    for (const struct qw_fact *fact = facts_of(check, QW_F_DEVICE); fact; fact = fact->next)
        judge_path(check, fact);
    for (const struct qw_fact *fact = facts_of(check, QW_F_DEVICE_REQUEST); fact; fact = fact->next) {
        if (!qw_check_setting(check, "requests")->any && !is_request_listed(check, fact))
            qw_violate(check, "requests", fact, qw_check_accepted(check, "requests", "for --gpus and --device"),
                       "device request %s is not allowed", request_shown(check, fact));
    }
    for (const struct qw_fact *fact = facts_of(check, QW_F_DEVICE_CGROUP_RULE); fact; fact = fact->next) {
        if (!qw_check_lists(check, "cgroup-rules", fact->text))
            qw_violate(check, "cgroup-rules", fact,
                       qw_check_accepted(check, "cgroup-rules",
                                         "for --device-cgroup-rule (compose: "
                                         "device_cgroup_rules)"),
                       "device cgroup rule %s is not allowed", qw_shown(check->arena, fact->text));
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Security options: seccomp, AppArmor, SELinux, no-new-privileges, masked paths, writable cgroups.
 * Source: moby daemon/daemon_unix.go parseSecurityOpt, daemon/seccomp_linux.go, 20.10 to 28.5.
 */
#include "check.h"

struct profile {
    const char *key;         /* in the request */
    const char *setting;     /* in the policy */
    const char *builtin;     /* the value that means the engine's default */
    const char *unconfined;  /* the value that switches it off */
    const char *service_off; /* the same of a service */
};

static const struct profile profiles[] = {
    {"seccomp", "seccomp", "builtin", "unconfined", "unconfined"},
    {"apparmor", "apparmor", "docker-default", "unconfined", "disabled"},
    {"label", "selinux", NULL, "disable", "disable"},
};

static const struct profile *const seccomp = &profiles[0];

/* A profile given inline is known by its hash, and so is a file of the policy; its name is none that an engine takes.
 */
static bool is_listed(const struct qw_check *check, const struct profile *profile, struct qw_bytes value)
{
    const struct qw_value *list = qw_check_setting(check, profile->setting);
    const struct qw_bytes hash = qw_bytes_from(value, strlen("sha256:"));
    const bool is_hash = qw_bytes_starts(value, "sha256:");

    if (list->any || profile != seccomp)
        return qw_check_lists(check, profile->setting, value);
    for (size_t i = 0; i < list->item_count; i++) {
        const struct qw_item *item = &list->items[i];

        if (item->sha256 ? is_hash && qw_bytes_is(hash, item->sha256) : qw_bytes_is(value, item->text))
            return true;
    }
    return false;
}

static const char *profile_accepted(const struct qw_check *check, const struct profile *profile)
{
    const struct qw_value *list = qw_check_setting(check, profile->setting);
    const bool has_default = qw_check_lists(check, profile->setting, QW_LIT("default"));
    struct qw_bytes text;

    if (!list->item_count || (has_default && list->item_count == 1))
        text = qw_arena_printf(check->arena, "leave out --security-opt %s (compose: security_opt)", profile->key);
    else
        text = qw_arena_printf(check->arena, "%s --security-opt %s=%s (compose: security_opt): %s",
                               has_default ? "leave out or change" : "allowed for", profile->key,
                               strcmp(profile->key, "label") == 0 ? "TYPE:VALUE" : "NAME",
                               qw_items_shown(check->arena, list, check->variables));
    return text.data ? text.data : "";
}

/* Does the value mean the engine's own? Empty leaves it in force, but for labels, where it is an error. */
static bool is_default(const struct qw_check *check, const struct profile *profile, struct qw_bytes value)
{
    if (qw_bytes_is(value, "default"))
        return is_service(check); /* to a container that is the name of a profile */
    return profile->builtin && (!value.len || qw_bytes_is(value, profile->builtin));
}

static bool is_allowed(const struct qw_check *check, const struct profile *profile, struct qw_bytes value)
{
    if (is_service(check) && profile == seccomp && qw_bytes_is(value, "custom"))
        return true; /* what stands beside it is judged, and without it the engine's own holds */
    if (is_default(check, profile, value) && qw_check_lists(check, profile->setting, QW_LIT("default")))
        return true;
    if (qw_bytes_is(value, is_service(check) ? profile->service_off : profile->unconfined) &&
        qw_check_lists(check, profile->setting, QW_LIT("unconfined")))
        return true;
    return !qw_bytes_is(value, "default") && is_listed(check, profile, value);
}

static void judge_profile(struct qw_check *check, const struct qw_fact *fact, const struct profile *profile,
                          struct qw_bytes value)
{
    if (is_allowed(check, profile, value))
        return;
    if (profile == seccomp && (qw_bytes_starts(value, "sha256:") || qw_bytes_starts(value, "unreadable:")))
        qw_violate(check, profile->setting, fact, profile_accepted(check, profile),
                   "this seccomp profile of the client's own is not allowed");
    else
        qw_violate(check, profile->setting, fact, profile_accepted(check, profile), "%s=%s is not allowed",
                   profile->key, qw_shown(check->arena, value));
}

/* As Go's strconv.ParseBool: 1 or 0, -1 for neither. */
static int truth(struct qw_bytes value)
{
    static const char *const words[2][6] = {{"0", "f", "F", "false", "FALSE", "False"},
                                            {"1", "t", "T", "true", "TRUE", "True"}};

    for (int is = 0; is < 2; is++) {
        for (size_t i = 0; i < QW_COUNT(words[is]); i++) {
            if (qw_bytes_is(value, words[is][i]))
                return is;
        }
    }
    return -1;
}

struct option {
    struct qw_bytes key;
    struct qw_bytes value;
};

/* The engine cuts at the first "=", and only where there is none at the first ":"; three words may stand alone. */
static bool split_option(struct qw_bytes text, struct option *out)
{
    const char separator = text.len && memchr(text.data, '=', text.len) ? '=' : ':';
    struct qw_bytes rest = text;

    if (qw_bytes_is(text, "no-new-privileges") || qw_bytes_is(text, "writable-cgroups")) {
        *out = (struct option){text, QW_LIT("true")};
        return true;
    }
    if (qw_bytes_is(text, "disable")) {
        *out = (struct option){QW_LIT("label"), text};
        return true;
    }
    if (!qw_bytes_split(&rest, separator, &out->key) || !rest.data)
        return false;
    out->value = rest;
    return true;
}

static void judge_cgroups(struct qw_check *check, const struct qw_fact *fact)
{
    if (!qw_check_chose(check, "writable-cgroups", "allow"))
        qw_violate(check, "writable-cgroups", fact, "leave out writable-cgroups", "writable cgroups are not allowed");
}

static void judge_option(struct qw_check *check, const struct qw_fact *fact)
{
    struct option option;

    if (split_option(fact->text, &option)) {
        const int is = truth(option.value);

        for (size_t i = 0; i < QW_COUNT(profiles); i++) {
            if (qw_bytes_is(option.key, profiles[i].key)) {
                judge_profile(check, fact, &profiles[i], option.value);
                return;
            }
        }
        if (is >= 0 && qw_bytes_is(option.key, "no-new-privileges"))
            return;
        if (is >= 0 && qw_bytes_is(option.key, "writable-cgroups")) {
            if (is)
                judge_cgroups(check, fact);
            return;
        }
    }
    qw_violate(check, NULL, fact, NULL, "%s is no security option that is known", qw_shown(check->arena, fact->text));
}

/* ---- no-new-privileges ---- */

/* Below API 1.44, and so on engines below 25 in any case, a service's is dropped without a word. */
static bool is_dropped(const struct qw_check *check)
{
    const struct qw_request *request = check->request;

    return is_service(check) && (request->api_major < 1 || (request->api_major == 1 && request->api_minor < 44));
}

int qw_check_no_new_privileges(const struct qw_check *check, const struct qw_fact **last)
{
    int is = -1;

    *last = NULL;
    for (const struct qw_fact *fact = facts_of(check, QW_F_SECURITY_OPT); fact; fact = fact->next) {
        struct option option;

        if (is_dropped(check) || !qw_check_counts(check, fact) || !split_option(fact->text, &option) ||
            !qw_bytes_is(option.key, "no-new-privileges") || truth(option.value) < 0)
            continue;
        is = truth(option.value);
        *last = fact;
    }
    return is;
}

static void judge_no_new_privileges(struct qw_check *check)
{
    const struct qw_fact *last;
    int is;

    if (!qw_check_chose(check, "no-new-privileges", "required"))
        return;
    is = qw_check_no_new_privileges(check, &last);
    if (is == 0)
        qw_violate(check, "no-new-privileges", last,
                   "use --security-opt no-new-privileges (compose: security_opt: [no-new-privileges:true])",
                   "no-new-privileges is switched off");
    else if (is < 0 && qw_check_makes_container(check))
        qw_missing(
            check, "no-new-privileges",
            qw_check_field(check, "HostConfig.SecurityOpt", "TaskTemplate.ContainerSpec.Privileges.NoNewPrivileges"),
            qw_check_field(check,
                           "add --security-opt no-new-privileges (compose: security_opt: [no-new-privileges:true])",
                           "set it to true, by API 1.44 or newer"),
            "no-new-privileges is not set");
}

static void judge_paths(struct qw_check *check, enum qw_fact_kind kind)
{
    for (const struct qw_fact *fact = facts_of(check, kind); fact; fact = fact->next) {
        if (!qw_check_chose(check, "masked-paths", "allow"))
            qw_violate(check, "masked-paths", fact, "leave out --security-opt systempaths=unconfined",
                       "the engine's own masked and read-only paths must stay");
    }
}

void qw_eval_security_options(struct qw_check *check)
{
    for (const struct qw_fact *fact = facts_of(check, QW_F_SECURITY_OPT); fact; fact = fact->next)
        judge_option(check, fact);
    judge_no_new_privileges(check);
    judge_paths(check, QW_F_MASKED_PATHS);
    judge_paths(check, QW_F_READONLY_PATHS);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Security options: seccomp, AppArmor, SELinux, no-new-privileges, masked paths, writable cgroups.
 * Source: moby daemon/daemon_unix.go parseSecurityOpt, daemon/seccomp_linux.go, 20.10 to 28.5.
 */
#include "check.h"

#define FLAG "for --security-opt (compose: security_opt)"

struct profile {
    const char *key;        /* in the request */
    const char *setting;    /* in the policy */
    const char *builtin;    /* the value that means the engine's default */
    const char *unconfined; /* the value that switches it off */
};

static const struct profile profiles[] = {
    {"seccomp", "seccomp", "builtin", "unconfined"},
    {"apparmor", "apparmor", "docker-default", "unconfined"},
    {"label", "selinux", NULL, "disable"},
};

static void judge_profile(struct qw_check *check, const struct qw_fact *fact, const struct profile *profile,
                          struct qw_bytes value)
{
    /* An empty value leaves the default in force, but for labels, where it is an error. */
    const bool is_default = profile->builtin && (!value.len || qw_bytes_is(value, profile->builtin));
    const bool is_off = qw_bytes_is(value, profile->unconfined);

    const bool is_word = qw_bytes_is(value, "default") && check->request->route->payload != QW_PAYLOAD_SERVICE;

    /* A service says "default"; to a container that is the name of a profile, and no word of the policy. */
    if ((!is_word && qw_check_lists(check, profile->setting, value)) ||
        (is_default && qw_check_lists(check, profile->setting, QW_LIT("default"))) ||
        (is_off && qw_check_lists(check, profile->setting, QW_LIT("unconfined"))))
        return;
    if (qw_bytes_starts(qw_bytes_trim(value), "{"))
        qw_violate(check, profile->setting, fact, qw_check_accepted(check, profile->setting, FLAG),
                   "a %s profile of the client's own is not allowed", profile->key);
    else
        qw_violate(check, profile->setting, fact, qw_check_accepted(check, profile->setting, FLAG),
                   "%s=%s is not allowed", profile->key, qw_shown(check->arena, value));
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

/* What one option says about no-new-privileges: 1, 0, or -1 for nothing; judges it where it says something else. */
static int judge_option(struct qw_check *check, const struct qw_fact *fact)
{
    struct option option;
    int is = -1;

    if (split_option(fact->text, &option)) {
        for (size_t i = 0; i < QW_COUNT(profiles); i++) {
            if (qw_bytes_is(option.key, profiles[i].key)) {
                judge_profile(check, fact, &profiles[i], option.value);
                return -1;
            }
        }
        is = truth(option.value);
        if (is >= 0 && qw_bytes_is(option.key, "no-new-privileges"))
            return is;
        if (is >= 0 && qw_bytes_is(option.key, "writable-cgroups")) {
            if (is)
                judge_cgroups(check, fact);
            return -1;
        }
    }
    qw_violate(check, NULL, fact, NULL, "%s is no security option that is known", qw_shown(check->arena, fact->text));
    return -1;
}

/* The last word about it counts. */
static void judge_no_new_privileges(struct qw_check *check, const struct qw_fact *last, int is)
{
    if (!qw_check_chose(check, "no-new-privileges", "required") || is == 1)
        return;
    if (is == 0)
        qw_violate(check, "no-new-privileges", last, "--security-opt no-new-privileges",
                   "no-new-privileges is switched off");
    else if (qw_check_makes_container(check))
        qw_violate(
            check, "no-new-privileges", NULL, "add --security-opt no-new-privileges (compose: security_opt)",
            "no-new-privileges is not set (%s)",
            qw_check_field(check, "HostConfig.SecurityOpt", "TaskTemplate.ContainerSpec.Privileges.NoNewPrivileges"));
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
    const struct qw_fact *last = NULL;
    int no_new_privileges = -1;

    for (const struct qw_fact *fact = facts_of(check, QW_F_SECURITY_OPT); fact; fact = fact->next) {
        const int is = judge_option(check, fact);

        if (is >= 0) {
            no_new_privileges = is;
            last = fact;
        }
    }
    judge_no_new_privileges(check, last, no_new_privileges);
    judge_paths(check, QW_F_MASKED_PATHS);
    judge_paths(check, QW_F_READONLY_PATHS);
}

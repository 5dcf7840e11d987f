/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rules, in the order of quaywarden-policy(5), in which violations are listed. A setting of type CHOICE has first
 * what holds where a profile sets nothing.
 * Sources: CIS Docker Benchmark v1.6.0; Kubernetes Pod Security Standards.
 */
#include "check.h"

#define WORDS(name, words)                                                                                             \
    {                                                                                                                  \
        name, QW_SETTING_WORDS, words                                                                                  \
    }
#define PATTERNS(name)                                                                                                 \
    {                                                                                                                  \
        name, QW_SETTING_PATTERNS, NULL                                                                                \
    }
#define PATHS(name)                                                                                                    \
    {                                                                                                                  \
        name, QW_SETTING_PATHS, NULL                                                                                   \
    }
#define CHOICE(name, words)                                                                                            \
    {                                                                                                                  \
        name, QW_SETTING_CHOICE, words                                                                                 \
    }

/* clang-format off */
const struct qw_rule qw_rules[] = {
    /* id                    CIS                       Pod Security Standards    style         firm   eval */
    { "privileged",          "5.5 5.23",               "Privileged Containers",  QW_RESTRICTS, false, qw_eval_privileged, { { 0 } } },
    { "host-namespaces",     "5.10 5.16 5.17 5.21 5.31", "Host Namespaces",      QW_RESTRICTS, false, qw_eval_host_namespaces,
        { WORDS("allow", "network pid ipc uts user cgroup") } },
    { "shared-namespaces",   NULL,                     NULL,                     QW_RESTRICTS, false, qw_eval_shared_namespaces,
        { WORDS("allow", "own") } },
    { "capabilities",        "5.4",                    "Capabilities",           QW_RESTRICTS, false, qw_eval_capabilities,
        { WORDS("allow", qw_capability_words), WORDS("require-drop", qw_capability_words) } },
    { "security-options",    "5.2 5.3 5.22 5.26",      "Seccomp, AppArmor, SELinux, /proc Mount Type, Privilege Escalation",
                                                                                 QW_RESTRICTS, false, qw_eval_security_options,
        { WORDS("seccomp", NULL), WORDS("apparmor", NULL), WORDS("selinux", NULL),
          CHOICE("no-new-privileges", "optional required"), CHOICE("masked-paths", "deny allow"),
          CHOICE("writable-cgroups", "deny allow") } },
    { "bind-mounts",         "5.6 5.20 5.32",          "HostPath Volumes",       QW_RESTRICTS, false, qw_eval_bind_mounts,
        { { "allow", QW_SETTING_BINDS, NULL } } },
    { "volumes",             NULL,                     NULL,                     QW_RESTRICTS, false, qw_eval_volumes,
        { WORDS("drivers", NULL), WORDS("options", "tmpfs nfs cifs"), PATTERNS("names") } },
    { "volumes-from",        NULL,                     NULL,                     QW_RESTRICTS, false, qw_eval_volumes_from,
        { WORDS("allow", "own") } },
    { "mount-types",         NULL,                     "Volume Types",           QW_RESTRICTS, false, qw_eval_mount_types,
        { WORDS("allow", "bind volume tmpfs image npipe cluster") } },
    { "devices",             "5.18",                   NULL,                     QW_RESTRICTS, false, qw_eval_devices,
        { PATHS("allow"), PATTERNS("requests"), WORDS("cgroup-rules", NULL) } },
    { "real-time-cpu",       NULL,                     NULL,                     QW_RESTRICTS, false, qw_eval_real_time_cpu, { { 0 } } },
    { "networks",            "5.30",                   NULL,                     QW_RESTRICTS, false, qw_eval_networks,
        { PATTERNS("allow") } },
    { "network-drivers",     NULL,                     NULL,                     QW_RESTRICTS, false, qw_eval_network_drivers,
        { WORDS("allow", NULL), PATTERNS("options") } },
    { "links",               NULL,                     NULL,                     QW_RESTRICTS, false, qw_eval_links,
        { WORDS("allow", "own") } },
    { "sysctls",             NULL,                     "Sysctls",                QW_RESTRICTS, false, qw_eval_sysctls,
        { PATTERNS("allow") } },
    { "cgroup-parent",       "5.25",                   NULL,                     QW_RESTRICTS, false, qw_eval_cgroup_parent,
        { PATTERNS("allow") } },
    { "annotations",         NULL,                     NULL,                     QW_RESTRICTS, false, qw_eval_annotations,
        { PATTERNS("allow") } },
    { "runtime",             NULL,                     NULL,                     QW_RESTRICTS, false, qw_eval_runtime,
        { WORDS("allow", NULL) } },
    { "environment",         NULL,                     NULL,                     QW_RESTRICTS, false, qw_eval_environment,
        { PATTERNS("deny") } },
    { "container-name",      NULL,                     NULL,                     QW_RESTRICTS, false, qw_eval_container_name,
        { PATTERNS("allow") } },
    { "build",               NULL,                     NULL,                     QW_RESTRICTS, false, qw_eval_build,
        { CHOICE("remote", "deny allow"), CHOICE("hidden-parameters", "deny allow"),
          CHOICE("buildkit", "deny no-host-network allow") } },
    { "checkpoint-directory", NULL,                    NULL,                     QW_RESTRICTS, false, qw_eval_checkpoint_directory, { { 0 } } },
    { "unknown-field",       NULL,                     NULL,                     QW_RESTRICTS, true, qw_eval_unknown_field, { { 0 } } },
    { "self-protection",     "5.32",                   NULL,                     QW_FIXED, true,     qw_eval_self_protection,
        { PATHS("allow") } },
};
/* clang-format on */

const size_t qw_rule_count = QW_COUNT(qw_rules);
_Static_assert(QW_COUNT(qw_rules) <= QW_RULE_MAX, "a profile has room for every rule");

const char *const qw_rules_to_come[] = {
    "run-as-root",     "groups",          "read-only-root",
    "memory-limit",    "cpu-limit",       "pids-limit",
    "ulimits",         "shm-size",        "block-io",
    "oom-protection",  "cpu-pinning",     "restart-policy",
    "log-driver",      "published-ports", "static-addresses",
    "name-resolution", "storage-options", "labels",
    "healthcheck",     "image-source",    NULL,
};

int qw_rule_find(const char *id)
{
    for (size_t i = 0; i < qw_rule_count; i++) {
        if (strcmp(qw_rules[i].id, id) == 0)
            return (int)i;
    }
    return -1;
}

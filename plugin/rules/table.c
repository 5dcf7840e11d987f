/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rules, in the order of quaywarden-policy(5), in which violations are listed. A setting of type CHOICE has first
 * what holds where a profile sets nothing.
 * Sources: CIS Docker Benchmark v1.6.0; Kubernetes Pod Security Standards.
 */
#include "check.h"

/* clang-format off */
#define WORDS(name, words) { name, QW_SETTING_WORDS, words, 0 }
#define PATTERNS(name)     { name, QW_SETTING_PATTERNS, NULL, 0 }
#define PATHS(name)        { name, QW_SETTING_PATHS, NULL, 0 }
#define BINDS(name)        { name, QW_SETTING_BINDS, NULL, 0 }
#define IMAGES(name)       { name, QW_SETTING_IMAGES, NULL, 0 }
#define SECCOMP(name)      { name, QW_SETTING_SECCOMP, NULL, 0 }
#define ADDRESSES(name)    { name, QW_SETTING_ADDRESSES, NULL, 0 }
#define RANGES(name, most) { name, QW_SETTING_RANGES, NULL, most }
#define LIMITS(name, words) { name, QW_SETTING_LIMITS, words, 0 }
#define CHOICE(name, words) { name, QW_SETTING_CHOICE, words, 0 }
#define FLAG(name)         { name, QW_SETTING_FLAG, NULL, 0 }
#define SIZE(name, word)   { name, QW_SETTING_SIZE, word, 0 }
#define CPUS(name)         { name, QW_SETTING_CPUS, NULL, 0 }
#define NUMBER(name, most) { name, QW_SETTING_NUMBER, NULL, most }

#define ULIMITS "core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack"

const struct qw_rule qw_rules[] = {
    /* id, sections of CIS, controls of the Pod Security Standards, practices; style, firm, function; what it covers; settings */
    { "privileged", "5.5 5.23", "Privileged Containers", "4 12", QW_RESTRICTS, false, qw_eval_privileged,
      "Privileged containers, privileged exec and privileged services.",
      { { 0 } } },
    { "host-namespaces", "5.10 5.16 5.17 5.21 5.31", "Host Namespaces", "4 6 12", QW_RESTRICTS, false, qw_eval_host_namespaces,
      "The host's namespaces, and a network named host wherever a network can be named.",
      { WORDS("allow", "network pid ipc uts user cgroup") } },
    { "shared-namespaces", NULL, NULL, "4 6 12", QW_RESTRICTS, false, qw_eval_shared_namespaces,
      "Namespaces of another container (container:NAME).",
      { WORDS("allow", "own") } },
    { "capabilities", "5.4", "Capabilities", "4 12", QW_RESTRICTS, false, qw_eval_capabilities,
      "Linux capabilities that are added, and those that must be dropped.",
      { WORDS("allow", qw_capability_words), WORDS("require-drop", qw_capability_words) } },
    { "run-as-root", "4.1", "Running as Non-root, Running as Non-root user", "4 12", QW_RESTRICTS, false, qw_eval_run_as_root,
      "User 0 and group 0 in containers, exec and services.",
      { { 0 } } },
    { "groups", NULL, NULL, "4 12", QW_RESTRICTS, false, qw_eval_groups,
      "Supplementary groups.",
      { PATTERNS("allow") } },
    { "security-options", "5.2 5.3 5.22 5.26", "Seccomp, AppArmor, SELinux, /proc Mount Type, Privilege Escalation", "4 5 12", QW_RESTRICTS, false, qw_eval_security_options,
      "Seccomp, AppArmor and SELinux profiles, no-new-privileges, masked paths, writable cgroups.",
      { SECCOMP("seccomp"), PATTERNS("apparmor"), PATTERNS("selinux"),
        CHOICE("no-new-privileges", "optional required"), CHOICE("masked-paths", "deny allow"),
        CHOICE("writable-cgroups", "deny allow") } },
    { "bind-mounts", "5.6 5.20 5.32", "HostPath Volumes", "4 12", QW_RESTRICTS, false, qw_eval_bind_mounts,
      "Paths of the host in containers, by whatever route the request shows.",
      { BINDS("allow") } },
    { "volumes", NULL, NULL, "4 12", QW_RESTRICTS, false, qw_eval_volumes,
      "Volumes that are made, mounted or implied.",
      { WORDS("drivers", NULL), WORDS("options", "tmpfs nfs cifs"), PATTERNS("names") } },
    { "volumes-from", NULL, NULL, "12", QW_RESTRICTS, false, qw_eval_volumes_from,
      "Mounts taken over from another container.",
      { WORDS("allow", "own") } },
    { "mount-types", NULL, "Volume Types", "4 12", QW_RESTRICTS, false, qw_eval_mount_types,
      "Kinds of mounts.",
      { WORDS("allow", "bind volume tmpfs image npipe cluster") } },
    { "devices", "5.18", NULL, "4 12", QW_RESTRICTS, false, qw_eval_devices,
      "Devices of the host, device requests, device cgroup rules.",
      { PATHS("allow"), PATTERNS("requests"), WORDS("cgroup-rules", NULL) } },
    { "read-only-root", "5.13", NULL, "4 12", QW_DEMANDS, false, qw_eval_read_only_root,
      "A root file system that the container can write.",
      { { 0 } } },
    { "memory-limit", "5.11", NULL, "7", QW_DEMANDS, false, qw_eval_memory_limit,
      "Memory and swap.",
      { FLAG("required"), SIZE("max", NULL), SIZE("swap", "limited"), SIZE("suggest", NULL) } },
    { "cpu-limit", "5.12", NULL, "7", QW_DEMANDS, false, qw_eval_cpu_limit,
      "Processor time.",
      { FLAG("required"), CPUS("max"), CPUS("suggest") } },
    { "pids-limit", "5.29", NULL, "7", QW_DEMANDS, false, qw_eval_pids_limit,
      "Processes.",
      { FLAG("required"), NUMBER("max", INT32_MAX), NUMBER("suggest", INT32_MAX) } },
    { "ulimits", "5.19", NULL, "7", QW_RESTRICTS, false, qw_eval_ulimits,
      "Resource limits of processes (setrlimit(2)).",
      { LIMITS("max", ULIMITS) } },
    { "shm-size", NULL, NULL, "7", QW_RESTRICTS, false, qw_eval_shm_size,
      "The size of /dev/shm.",
      { SIZE("max", NULL) } },
    { "block-io", NULL, NULL, "7", QW_RESTRICTS, false, qw_eval_block_io,
      "Block devices of the host, named to weigh or throttle their use.",
      { { 0 } } },
    { "oom-protection", NULL, NULL, "7", QW_RESTRICTS, false, qw_eval_oom_protection,
      "Protection from the kernel when memory runs out, at the cost of the host.",
      { { 0 } } },
    { "cpu-pinning", NULL, NULL, "7", QW_RESTRICTS, false, qw_eval_cpu_pinning,
      "Processors and memory nodes that a container asks for by number.",
      { RANGES("cpus", 8191) } },
    { "real-time-cpu", NULL, NULL, "7", QW_RESTRICTS, false, qw_eval_real_time_cpu,
      "Real-time scheduling, which can stop the whole host.",
      { { 0 } } },
    { "restart-policy", "5.15", NULL, "7 8", QW_RESTRICTS, false, qw_eval_restart_policy,
      "What happens when a container ends.",
      { WORDS("allow", "no on-failure always unless-stopped"), NUMBER("max-retries", INT32_MAX) } },
    { "log-driver", NULL, NULL, "7 10", QW_RESTRICTS, false, qw_eval_log_driver,
      "Where a container's output goes, and how much of it waits in the engine's memory.",
      { PATTERNS("allow"), SIZE("max-buffer", NULL) } },
    { "networks", "5.30", NULL, "6", QW_RESTRICTS, false, qw_eval_networks,
      "Networks to join.",
      { PATTERNS("allow") } },
    { "network-drivers", NULL, NULL, "6", QW_RESTRICTS, false, qw_eval_network_drivers,
      "Networks to make, and options for a container's end of one.",
      { WORDS("allow", NULL), PATTERNS("options"), ADDRESSES("subnets") } },
    { "published-ports", "5.8 5.9 5.14", "Host Ports", "6 8", QW_RESTRICTS, false, qw_eval_published_ports,
      "Ports of the host.",
      { ADDRESSES("addresses"), RANGES("ports", 65535), CHOICE("all", "deny allow") } },
    { "static-addresses", NULL, NULL, "6", QW_RESTRICTS, false, qw_eval_static_addresses,
      "IP and MAC addresses that a container asks for.",
      { WORDS("allow", "ip mac") } },
    { "links", NULL, NULL, "6 12", QW_RESTRICTS, false, qw_eval_links,
      "Links to other containers.",
      { WORDS("allow", "own") } },
    { "name-resolution", NULL, NULL, "6", QW_RESTRICTS, false, qw_eval_name_resolution,
      "Name servers, and host names with addresses of the client's choice.",
      { PATTERNS("dns"), PATTERNS("extra-hosts") } },
    { "sysctls", NULL, "Sysctls", "4 12", QW_RESTRICTS, false, qw_eval_sysctls,
      "Kernel settings of a container, and of an interface.",
      { PATTERNS("allow") } },
    { "cgroup-parent", "5.25", NULL, "7 12", QW_RESTRICTS, false, qw_eval_cgroup_parent,
      "The control group that a container or build is put into.",
      { PATTERNS("allow") } },
    { "annotations", NULL, NULL, "4 12", QW_RESTRICTS, false, qw_eval_annotations,
      "Annotations, which runtimes act on.",
      { PATTERNS("allow") } },
    { "runtime", NULL, NULL, "4 12", QW_RESTRICTS, false, qw_eval_runtime,
      "The runtime that runs the container.",
      { WORDS("allow", NULL) } },
    { "storage-options", NULL, NULL, "7", QW_RESTRICTS, false, qw_eval_storage_options,
      "Options of the container's own file system.",
      { SIZE("max", NULL) } },
    { "environment", NULL, NULL, "4 12", QW_RESTRICTS, false, qw_eval_environment,
      "Environment variables that act on the host's side.",
      { PATTERNS("deny") } },
    { "labels", NULL, NULL, "10 12", QW_RESTRICTS, false, qw_eval_labels,
      "Labels that a container must or must not have.",
      { PATTERNS("require"), PATTERNS("deny") } },
    { "healthcheck", "4.6 5.27", NULL, "10", QW_DEMANDS, false, qw_eval_healthcheck,
      "A check of the container's health.",
      { { 0 } } },
    { "container-name", NULL, NULL, "12", QW_RESTRICTS, false, qw_eval_container_name,
      "Names given to containers.",
      { PATTERNS("allow") } },
    { "image-source", "4.2 5.28", NULL, "1 3 9 11", QW_RESTRICTS, false, qw_eval_image_source,
      "Images that are run, mounted, pulled, pushed or looked up, and names given to images.",
      { IMAGES("allow"), PATTERNS("tags"), CHOICE("digest", "optional required") } },
    { "build", NULL, NULL, "1 12", QW_RESTRICTS, false, qw_eval_build,
      "Builds, and what they could hide.",
      { CHOICE("remote", "deny allow"), CHOICE("hidden-parameters", "deny allow"),
        CHOICE("buildkit", "deny no-host-network allow") } },
    { "checkpoint-directory", NULL, NULL, "12", QW_RESTRICTS, false, qw_eval_checkpoint_directory,
      "Checkpoints in a folder of the host.",
      { { 0 } } },
    { "unknown-field", NULL, NULL, "12", QW_RESTRICTS, true, qw_eval_unknown_field,
      "Fields that quaywarden does not know, which a newer engine may understand.",
      { { 0 } } },
    { "self-protection", "5.32", NULL, "12", QW_FIXED, true, qw_eval_self_protection,
      "What quaywarden and the engine live from: programs, sockets, configuration, data.",
      { PATHS("allow") } },
};
/* clang-format on */

const size_t qw_rule_count = QW_COUNT(qw_rules);
_Static_assert(QW_COUNT(qw_rules) <= QW_RULE_MAX, "a profile has room for every rule");

int qw_rule_find(const char *id)
{
    for (size_t i = 0; i < qw_rule_count; i++) {
        if (strcmp(qw_rules[i].id, id) == 0)
            return (int)i;
    }
    return -1;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the rules' functions share, and those functions themselves. */
#ifndef QUAYWARDEN_CHECK_H
#define QUAYWARDEN_CHECK_H

#include "quaywarden/rules.h"

/* The first fact of a kind; a rule without facts of its kinds costs no more than this. */
static inline const struct qw_fact *facts_of(const struct qw_check *check, enum qw_fact_kind kind)
{
    const struct qw_fact *fact = check->facts->first[kind];

    if (fact && check->seen && !check->seen->fact)
        check->seen->fact = fact;
    return fact;
}

/*
 * Would the request, if granted, make a container out of nothing but what it says? Only then is something that is
 * absent a violation of a demand. A start with a body counts: below API 1.24 it replaces the whole host configuration.
 */
bool qw_check_makes_container(const struct qw_check *check);

/*
 * Does the engine, in every version, go by this fact? Beside a HostConfig most of the same fields at the top level are
 * ignored, and newer engines always ignore them; of a service by an API below 1.41 capabilities and the limit of
 * processes are. What is ignored fulfils no demand.
 */
bool qw_check_counts(const struct qw_check *check, const struct qw_fact *fact);

/*
 * What the security options say of no-new-privileges, the last of them: 1, 0, or -1 for nothing. *last is the fact that
 * says it, or NULL.
 */
int qw_check_no_new_privileges(const struct qw_check *check, const struct qw_fact **last);

/* Where a missing value would stand: in a container's create body, or in a service's. */
const char *qw_check_field(const struct qw_check *check, const char *container, const char *service);

/* A network that clients name twice for one option: as the network mode, and as an endpoint. It is judged once. */
bool qw_check_is_named_twice(const struct qw_check *check, const struct qw_fact *fact);

/* The network's own name, where the request names it by another and the engine said so. */
struct qw_bytes qw_check_network(const struct qw_check *check, const struct qw_fact *fact);

/* Does the engine say that it has no container such as the fact names? */
bool qw_check_names_nothing(const struct qw_check *check, const struct qw_fact *fact);

/* Is a process to be made in a container that is there? */
bool qw_check_is_exec(const struct qw_check *check);

/* Does it copy into a container or out of it? The engine does that as root. */
bool qw_check_is_copy(const struct qw_check *check);

/* Does the fact have this part, as a flag? */
bool qw_fact_is_set(const struct qw_fact *fact, const char *part);

/* Is it an exec, or does it type to what runs already? Then the container's powers are facts of the request. */
bool qw_check_enters(const struct qw_check *check);

/* Has the request this payload? No request without a route has any. */
static inline bool is_payload(const struct qw_check *check, enum qw_payload payload)
{
    return check->request->route && check->request->route->payload == payload;
}

static inline bool is_service(const struct qw_check *check)
{
    return is_payload(check, QW_PAYLOAD_SERVICE);
}

/* Is the word of a CHOICE setting this one? The first word holds where nothing is set. */
bool qw_check_chose(const struct qw_check *check, const char *setting, const char *word);

/*
 * Does the named number bound what a request may ask for? *most is the bound. Where nothing is set, as after a rule's
 * word, a rule that restricts lets nothing through, and one that demands has no bound.
 */
bool qw_check_bounds(const struct qw_check *check, const char *setting, int64_t *most);

/* Do these options of ps, in which words stand apart by spaces, leave it to the engine to say whose processes show? */
bool qw_shows_own_processes(struct qw_bytes options);

/* Does the named setting hold text? */
bool qw_check_lists(const struct qw_check *check, const char *setting, struct qw_bytes text);

/* "allowed WHERE: a, b", or "none is allowed WHERE"; WHERE names the client's flags and may be empty. */
const char *qw_check_accepted(const struct qw_check *check, const char *setting, const char *where);

/* A violation for each fact of a kind whose text the setting does not hold: `WHAT "TEXT" is not allowed`. */
void qw_check_each(struct qw_check *check, enum qw_fact_kind kind, const char *setting, const char *what,
                   const char *where);

/* Reports once that it is not known where a host path leads. place may be NULL. */
void qw_check_unknown_place(struct qw_check *check, const struct qw_fact *fact, const struct qw_place *place);

/* Is text one of the words, which single spaces separate? */
bool qw_word_in(const char *words, struct qw_bytes text);

/* 12 to 64 hex digits: the engine would take such a name for an id or the beginning of one. */
bool qw_looks_like_id(struct qw_bytes name);

#define QW_EVAL(name) void qw_eval_##name(struct qw_check *check)
QW_EVAL(privileged);
QW_EVAL(host_namespaces);
QW_EVAL(shared_namespaces);
QW_EVAL(capabilities);
QW_EVAL(run_as_root);
QW_EVAL(groups);
QW_EVAL(security_options);
QW_EVAL(bind_mounts);
QW_EVAL(volumes);
QW_EVAL(volumes_from);
QW_EVAL(mount_types);
QW_EVAL(devices);
QW_EVAL(read_only_root);
QW_EVAL(memory_limit);
QW_EVAL(cpu_limit);
QW_EVAL(pids_limit);
QW_EVAL(ulimits);
QW_EVAL(shm_size);
QW_EVAL(block_io);
QW_EVAL(oom_protection);
QW_EVAL(cpu_pinning);
QW_EVAL(real_time_cpu);
QW_EVAL(restart_policy);
QW_EVAL(log_driver);
QW_EVAL(networks);
QW_EVAL(network_drivers);
QW_EVAL(published_ports);
QW_EVAL(static_addresses);
QW_EVAL(links);
QW_EVAL(name_resolution);
QW_EVAL(sysctls);
QW_EVAL(cgroup_parent);
QW_EVAL(annotations);
QW_EVAL(runtime);
QW_EVAL(storage_options);
QW_EVAL(environment);
QW_EVAL(labels);
QW_EVAL(healthcheck);
QW_EVAL(container_name);
QW_EVAL(image_source);
QW_EVAL(build);
QW_EVAL(checkpoint_directory);
QW_EVAL(unknown_field);
QW_EVAL(self_protection);

#endif

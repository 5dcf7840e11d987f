/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the rules' functions share, and those functions themselves. */
#ifndef QUAYWARDEN_CHECK_H
#define QUAYWARDEN_CHECK_H

#include "quaywarden/rules.h"

/* The first fact of a kind; a rule without facts of its kinds costs no more than this. */
static inline const struct qw_fact *facts_of(const struct qw_check *check, enum qw_fact_kind kind)
{
    return check->facts->first[kind];
}

/*
 * Would the request, if granted, make a container out of nothing but what it says? Only then is something that is
 * absent a violation of a demand. A start with a body counts: below API 1.24 it replaces the whole host configuration.
 */
bool qw_check_makes_container(const struct qw_check *check);

/* Where a missing value would stand: in a container's create body, or in a service's. */
const char *qw_check_field(const struct qw_check *check, const char *container, const char *service);

/* Is the word of a CHOICE setting this one? The first word holds where nothing is set. */
bool qw_check_chose(const struct qw_check *check, const char *setting, const char *word);

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
QW_EVAL(security_options);
QW_EVAL(bind_mounts);
QW_EVAL(volumes);
QW_EVAL(volumes_from);
QW_EVAL(mount_types);
QW_EVAL(devices);
QW_EVAL(real_time_cpu);
QW_EVAL(networks);
QW_EVAL(network_drivers);
QW_EVAL(links);
QW_EVAL(sysctls);
QW_EVAL(cgroup_parent);
QW_EVAL(annotations);
QW_EVAL(runtime);
QW_EVAL(environment);
QW_EVAL(container_name);
QW_EVAL(build);
QW_EVAL(checkpoint_directory);
QW_EVAL(unknown_field);
QW_EVAL(self_protection);

#endif

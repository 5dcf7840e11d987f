/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The world that a case is judged in. What is not given does not exist, and belongs to root. */
#ifndef QUAYWARDEN_GIVEN_H
#define QUAYWARDEN_GIVEN_H

#include "quaywarden/facts.h"

/* Somebody in the host's user database. */
struct qw_given_user {
    struct qw_bytes name;
    struct qw_account account;
};

/* Something that the engine keeps, and what it answers when it is asked for it. */
struct qw_given_object {
    struct qw_bytes name;
    const struct qw_json *answer;
};

struct qw_given {
    const struct qw_pair *links; /* path of a symlink, cleaned, to its target as written */
    size_t link_count;
    const struct qw_pair *mounts; /* mount point, cleaned, to the path of what is mounted there */
    size_t mount_count;
    struct qw_bytes engine_config; /* daemon.json as text; empty for none */
    struct qw_given_user *users;
    size_t user_count;
    struct qw_given_object *objects[QW_OBJECT_KINDS];
    size_t object_count[QW_OBJECT_KINDS];
};

/* A world of what is given; given is borrowed. now: 0 for the clock's. */
void qw_world_given(struct qw_world *world, const struct qw_given *given, time_t now);

#endif

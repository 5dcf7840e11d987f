/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The world that a case is judged in. What is not given does not exist, and belongs to root. */
#ifndef QUAYWARDEN_GIVEN_H
#define QUAYWARDEN_GIVEN_H

#include "quaywarden/facts.h"

struct qw_given {
    const struct qw_pair *links; /* path of a symlink, cleaned, to its target as written */
    size_t link_count;
    struct qw_bytes engine_config; /* daemon.json as text; empty for none */
};

/* A world of what is given; given is borrowed. now: 0 for the clock's. */
void qw_world_given(struct qw_world *world, const struct qw_given *given, time_t now);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A policy and the world that it looks at: what `serve` would have with its default options. */
#ifndef QUAYWARDEN_VIEW_H
#define QUAYWARDEN_VIEW_H

#include "quaywarden/policy.h"

struct qw_view {
    struct qw_policy *policy;
    struct qw_world world;
    struct qw_guard guard;
    char **guarded;
};

/* Gives an enum qw_exit; what is wrong has been said. Close it in any case. Zero-initialise; stays where it is. */
int qw_view_open(struct qw_view *view, const char *policy, const char *engine_config);
void qw_view_close(struct qw_view *view);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an engine lets through without asking the plugin, or does not show it: a table, by what is known of the engine.
 */
#ifndef QUAYWARDEN_CLI_UNASKED_H
#define QUAYWARDEN_CLI_UNASKED_H

#include "quaywarden/base.h"

enum qw_answer { QW_UNKNOWN, QW_NO, QW_YES };

/* What `status` finds out. */
struct qw_standing {
    /* the plugin */
    enum qw_answer warn_mode;

    /* the engine */
    char version[64]; /* empty: unknown */
    int major, minor, patch;
    enum qw_answer named; /* does its configuration name the plugin? */
    enum qw_answer asks;  /* does it ask? */
    enum qw_answer http2; /* does it speak HTTP/2 on its socket? */
    char open_to[64];     /* who besides root may open its socket; empty: nobody, or unknown */
    bool confines_builds; /* its configuration does */
    bool config_is_newer; /* than the engine's start */
};

struct qw_unasked {
    const char *id;
    bool (*holds)(const struct qw_standing *standing);
    const char *text; /* one sentence, or a few */
};

extern const struct qw_unasked qw_unasked[];
extern const size_t qw_unasked_count;

#endif

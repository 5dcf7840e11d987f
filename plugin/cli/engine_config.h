/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine's daemon.json: read, changed in its text, written in one step, put back. */
#ifndef QUAYWARDEN_CLI_ENGINE_CONFIG_H
#define QUAYWARDEN_CLI_ENGINE_CONFIG_H

#include "quaywarden/json.h"

#include <sys/types.h>

/* Release with qw_engine_config_fini, also after a failure to read. */
struct qw_engine_config {
    const char *path; /* as it was given; borrowed */
    char *target;     /* where its links lead */
    bool existed;
    bool changed; /* the text is another than was read */
    mode_t mode;
    uid_t uid;
    gid_t gid;
    struct qw_buf before;       /* the file as it was read */
    struct qw_buf text;         /* as it is to be */
    struct qw_arena *arena;     /* of root */
    const struct qw_json *root; /* of what was read, and stays so; never NULL after success */
};

/**
 * A file that is not there, or empty, has no settings. Fails with QW_E_IO, QW_E_NOMEM, or QW_E_MALFORMED or
 * QW_E_AMBIGUOUS where the engine would not read it, or where authorization-plugins is no list of names; so do the
 * changes below. Messages begin with the path.
 */
QW_MUST_CHECK int qw_engine_config_read(const char *path, struct qw_engine_config *out, struct qw_err *err);

/* The exit code for such a failure: QW_EXIT_INPUT where the file is bad, else QW_EXIT_ENVIRONMENT. */
int qw_engine_config_exit(const struct qw_err *err);
void qw_engine_config_fini(struct qw_engine_config *config);

/* Does what was read name this plugin? */
bool qw_engine_config_names(const struct qw_engine_config *config, const char *plugin);

/* The text then names the plugin last, or not at all; nothing else changes. */
QW_MUST_CHECK int qw_engine_config_add(struct qw_engine_config *config, const char *plugin, struct qw_err *err);
QW_MUST_CHECK int qw_engine_config_drop(struct qw_engine_config *config, const char *plugin, struct qw_err *err);

/* The text then keeps BuildKit from the host's network and from privileges. */
QW_MUST_CHECK int qw_engine_config_confine_builds(struct qw_engine_config *config, struct qw_err *err);

/* The text takes the file's place in one step, with its owner and mode. Fails with QW_E_IO or QW_E_NOMEM. */
QW_MUST_CHECK int qw_engine_config_write(const struct qw_engine_config *config, struct qw_err *err);

/*
 * The file says again what it said when it was read. One that was not there or empty has to say so in JSON until the
 * engine has read it, since an engine that is given a file by name refuses to go without; then it can be restored to
 * what it was. Fail as writing does.
 */
QW_MUST_CHECK int qw_engine_config_undo(const struct qw_engine_config *config, struct qw_err *err);
QW_MUST_CHECK int qw_engine_config_restore(const struct qw_engine_config *config, struct qw_err *err);

#endif

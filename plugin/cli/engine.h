/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine that runs: its process, how it is told to read its configuration again, and what it answers. */
#ifndef QUAYWARDEN_CLI_ENGINE_H
#define QUAYWARDEN_CLI_ENGINE_H

#include "engine_config.h"

#define QW_ENGINE_TIMEOUT_MS 10000 /* to answer, and to take a configuration up */
#define QW_ENGINE_POLL_MS    100   /* how often it is looked at meanwhile */

void qw_engine_pause(void); /* until the next look */

/* ---- its process ---- */

struct qw_engine {
    pid_t pid;
    int pidfd; /* -1: it does not run; release with qw_fd_drop */
};

/**
 * The dockerd that the pid file names: pid_file, or the configuration's own, or /run/docker.pid.
 * Fails with QW_E_BUSY where it runs and reads another configuration file or would refuse this one, for what its
 * command line says besides; and with QW_E_IO or QW_E_NOMEM where there is no such process.
 */
QW_MUST_CHECK int qw_engine_find(const char *pid_file, const struct qw_engine_config *config, struct qw_engine *out,
                                 struct qw_err *err);

QW_MUST_CHECK int qw_engine_reload(const struct qw_engine *engine, struct qw_err *err);
bool qw_engine_has_ended(const struct qw_engine *engine);

/* ---- what it answers ---- */

enum qw_heard {
    QW_HEARD_ENGINE, /* the engine's own answer: no plugin kept it from giving one */
    QW_HEARD_DENIAL, /* of the plugin */
    QW_HEARD_FAILURE /* of the plugin: the engine could not ask it */
};

struct qw_probe {
    enum qw_heard heard;
    int status;
    char message[512]; /* of a status other than 2xx, on one line */
};

/**
 * Asks the engine for what hurts nobody, GET /_ping; or for a container that no policy allows, with privileges and all
 * of the host, of an image that cannot exist, so that an engine that asks nobody answers 404.
 * Fails with QW_E_IO, QW_E_LIMIT or QW_E_NOMEM where the engine does not answer.
 */
QW_MUST_CHECK int qw_engine_probe_harmless(const char *socket, const char *plugin, struct qw_probe *out,
                                           struct qw_err *err);
QW_MUST_CHECK int qw_engine_probe_dangerous(const char *socket, const char *plugin, struct qw_probe *out,
                                            struct qw_err *err);

#endif

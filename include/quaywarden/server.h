/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * server: the plugin's HTTP side on libmicrohttpd, the listening socket, and the policy that is in force.
 * Source: moby pkg/plugins and pkg/authorization; https://docs.docker.com/engine/extend/plugin_api/.
 */
#ifndef QUAYWARDEN_SERVER_H
#define QUAYWARDEN_SERVER_H

#include "quaywarden/verdict.h"

#define QW_REQUEST_TIMEOUT_S 10
#define QW_THREADS_MAX       64

struct qw_server_options {
    const char *policy;         /* file */
    const char *socket;         /* path; ignored where systemd hands a listening socket over */
    const char *audit;          /* destination that replaces the policy's audit.to, or NULL */
    const char *state;          /* folder; protected */
    const char *engine;         /* the engine's socket; protected */
    const char *engine_config;  /* daemon.json; protected */
    const char *front_ca;       /* certificates of front's CA, protected; or NULL */
    unsigned request_timeout_s; /* for a request to arrive in full, from its first byte; 0: QW_REQUEST_TIMEOUT_S */
    unsigned threads;           /* that decide on requests, at most QW_THREADS_MAX; 0: half as many as processors */
};

/* What these options and this policy protect, for a qw_guard: on the heap; NULL without memory. */
char **qw_guarded_paths(const struct qw_policy *policy, const struct qw_server_options *options, const char *socket);
void qw_guarded_paths_free(char **paths); /* NULL is fine */

/**
 * Serve until SIGTERM or SIGINT. Reloads on SIGHUP and when the policy file changes. Prints diagnostics to standard
 * error. Returns the program's exit code: 0 after a clean end, 3 for a bad policy, 4 for a socket, file or thread that
 * could not be had.
 */
int qw_serve(const struct qw_server_options *options);

#endif

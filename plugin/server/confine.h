/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the server gives up before it reads the first request. Internal to confine*.c; serve.c calls qw_confine. */
#ifndef QUAYWARDEN_SERVER_CONFINE_H
#define QUAYWARDEN_SERVER_CONFINE_H

#include "parts.h"

/**
 * Give up what serving does not need: core dumps, capabilities, new privileges, files (Landlock), system calls
 * (seccomp). To be called when all is open and no thread has been started: threads inherit it, and nothing gives it
 * back. Tells the log what holds. What the kernel does not have is told and done without.
 * Fails with QW_E_IO or QW_E_NOMEM.
 */
QW_MUST_CHECK int qw_confine(const struct qw_server_options *options, const struct qw_policy *policy,
                             const struct qw_listener *listener, struct qw_err *err);

/* ---- the parts ---- */

/* The port at which the engine is asked, 0 where that is a unix socket. */
unsigned qw_confine_port(const struct qw_server_options *options);

/**
 * Landlock. *version is the kernel's, 0 where it has none. The policy's folder, the system's and the like can be read,
 * the trail's folders written; the server's own socket can be removed.
 * Fails with QW_E_IO.
 */
QW_MUST_CHECK int qw_confine_files(const struct qw_server_options *options, const struct qw_policy *policy,
                                   const struct qw_listener *listener, int *version, struct qw_err *err);

/**
 * The filter of system calls. *filtered is false where the kernel has no filters.
 * Fails with QW_E_IO or QW_E_NOMEM.
 */
QW_MUST_CHECK int qw_confine_calls(const struct qw_server_options *options, bool *filtered, struct qw_err *err);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * client: one HTTP request and its answer, on a connection of its own, to the engine or to a plugin. HTTP/1.0, so that
 * an answer ends where the connection does and is never chunked.
 */
#ifndef QUAYWARDEN_CLIENT_H
#define QUAYWARDEN_CLIENT_H

#include "quaywarden/base.h"

#define QW_CLIENT_ANSWER_MAX ((size_t)4 << 20)

/* Zero-initialise; release with qw_buf_fini(&answer.body). */
struct qw_client_answer {
    int status;
    struct qw_buf body;
};

/**
 * Ask and wait for the whole answer.
 * address:    a port of this machine, 127.0.0.1:PORT or [::1]:PORT, with or without tcp:// before it; or else a unix
 *             socket's path, with or without unix:// before it.
 * body:       JSON, or nothing (len 0).
 * timeout_ms: for all of it.
 * out:        set on success; what it held is dropped.
 * Fails with QW_E_IO (nobody is there, or he does not answer in time or in HTTP), QW_E_LIMIT (a larger answer than
 * QW_CLIENT_ANSWER_MAX) or QW_E_NOMEM; the message begins with the address.
 */
QW_MUST_CHECK int qw_client_ask(const char *address, const char *method, const char *target, struct qw_bytes body,
                                int timeout_ms, struct qw_client_answer *out, struct qw_err *err);

/**
 * Send bytes, and take what comes until there are at least `enough` of them, the other side ends, or the time is up:
 * that it is up is no failure. For questions that are no HTTP/1. Fails as qw_client_ask does.
 */
QW_MUST_CHECK int qw_client_exchange(const char *address, struct qw_bytes question, size_t enough, int timeout_ms,
                                     struct qw_buf *out, struct qw_err *err);

#endif

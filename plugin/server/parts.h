/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The parts of the server. socket and connections know nothing of HTTP; court decides and knows nothing of sockets;
 * http puts a body before the court; serve.c starts, drives and ends them all.
 */
#ifndef QUAYWARDEN_SERVER_PARTS_H
#define QUAYWARDEN_SERVER_PARTS_H

#include "quaywarden/server.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <time.h>

int64_t qw_monotonic_ns(void);

/* ---- socket.c: where the engine connects ---- */

struct qw_listener {
    int fd;
    bool inherited; /* systemd's: it outlives this process */
    char *path;     /* NULL where it has none */
    dev_t dev;
    ino_t ino;
};

/**
 * The socket that systemd hands over, or else one at path: mode 0600, its folder made, a stale one replaced.
 * Fails with QW_E_BUSY where a server lives there, QW_E_IO or QW_E_NOMEM.
 */
QW_MUST_CHECK int qw_listener_open(const char *path, struct qw_listener *out, struct qw_err *err);

/* Nobody new finds it; who is in its queue is still there. Leaves alone what is not this process's own. */
void qw_listener_unlink(const struct qw_listener *listener);
void qw_listener_close(struct qw_listener *listener);

/* ---- connections.c: who is connected ---- */

enum qw_endpoint {
    QW_ENDPOINT_NONE,
    QW_ENDPOINT_ACTIVATE,
    QW_ENDPOINT_REQUEST,
    QW_ENDPOINT_RESPONSE,
    QW_ENDPOINT_STATUS
};

struct qw_connection {
    struct qw_connection *next;
    struct qw_connection *prev;
    int fd;
    atomic_bool answering; /* its request is here in full */
    atomic_uint requests;  /* that have ended */
    atomic_bool stale;     /* the last one ended without setting the count of bytes */

    /* of the sweep alone */
    unsigned requests_seen;
    int64_t partial_since_ns; /* 0: no part of a request is here */

    /* of its thread alone: the request under way */
    enum qw_endpoint endpoint;
    int64_t rested_ns; /* when the last one ended; 0: none has */
    bool too_large;
    struct qw_buf body;   /* what came before the last part */
    struct qw_buf answer; /* empty: there is none yet */
};

struct qw_connections {
    pthread_mutex_t lock;
    struct qw_connection *first;
    unsigned closed; /* since memory was last given back */
};

/* NULL without memory. */
struct qw_connection *qw_connections_add(struct qw_connections *connections, int fd);
void qw_connections_remove(struct qw_connections *connections, struct qw_connection *connection);

/* The request has ended, answered or not. */
void qw_connection_rest(struct qw_connection *connection);

/* Ends connections on which a request began timeout_ns ago and has not fully arrived. */
void qw_connections_sweep(struct qw_connections *connections, int64_t now_ns, int64_t timeout_ns);

/* How many there are, and on how many of them a request is being answered. */
void qw_connections_count(struct qw_connections *connections, unsigned *open, unsigned *answering);

/* Is a request, or a part of one, anywhere on its way? */
bool qw_connections_busy(struct qw_connections *connections);

/* ---- regime.c: the policy in force and what is protected with it ---- */

struct qw_regime {
    atomic_uint references;
    struct qw_policy *policy;
    struct qw_front *front; /* or NULL */
    time_t since;           /* when it was loaded */
    char **guarded;         /* ends with NULL */
    struct qw_guard guard;
    struct qw_world world;
};

/* Where records go: the option's destination, or the policy's. Borrowed. */
const char *const *qw_destinations(const struct qw_server_options *options, const struct qw_policy *policy,
                                   size_t *count);

/*
 * Takes the reference to policy over, also on failure. socket may be NULL. NULL, and err says why, where front's CA
 * cannot be read, or without memory.
 */
struct qw_regime *qw_regime_new(struct qw_policy *policy, const struct qw_server_options *options, const char *socket,
                                struct qw_err *err);
void qw_regime_unref(struct qw_regime *regime); /* NULL is fine */

/* ---- watch.c: has the policy file changed? ---- */

struct qw_watch {
    const char *path;
    struct stat taken; /* as it was when it was last read */
    struct stat seen;  /* as it was at the last look */
};

/* The file is about to be read. */
void qw_watch_take(struct qw_watch *watch);

/* To be asked at intervals: true once when the file is another than was read and has stood still since the last look.
 */
bool qw_watch_changed(struct qw_watch *watch);

/* ---- court.c: decides, records, puts into words ---- */

struct qw_bench;

/* What has happened since the start. Each stands for itself: no lock, and no order between them. */
struct qw_counts {
    atomic_ullong outcomes[QW_OUTCOME_DENY + 1]; /* by enum qw_outcome */
    atomic_ullong audit_failures;
    atomic_ullong reloads;
    atomic_ullong reloads_refused;
};

static inline void qw_count(atomic_ullong *count)
{
    atomic_fetch_add_explicit(count, 1, memory_order_relaxed);
}

struct qw_court {
    const struct qw_server_options *options;
    time_t since;
    struct qw_counts counts;
    pthread_mutex_t lock; /* of all that follows but the trail, which has its own */
    struct qw_regime *regime;
    struct qw_bench *benches; /* that nobody sits on */
    int64_t complained_ns;    /* when the log was last told that a record was not written */
    struct qw_trail *trail;
};

void qw_court_init(struct qw_court *court, const struct qw_server_options *options);
void qw_court_fini(struct qw_court *court);

/* Puts a regime in force for the requests that come from now on. */
void qw_court_seat(struct qw_court *court, struct qw_regime *regime);

/* The regime in force, with a reference. */
struct qw_regime *qw_court_regime(struct qw_court *court);

/**
 * Decide on the body of an /AuthZPlugin.AuthZReq, write the record, add the answer's JSON to `answer`, which is empty.
 * too_large: it was more than QW_MESSAGE_MAX, and `in` is nothing of it.
 */
void qw_court_decide(struct qw_court *court, struct qw_bytes in, bool too_large, struct qw_buf *answer);

/* ---- status.c: the server's figures ---- */

/* Adds them as JSON, for one of the connections. Takes locks for a moment, which requests take too. */
void qw_status_write(struct qw_court *court, struct qw_connections *connections, struct qw_buf *out);

/* ---- http.c ---- */

struct qw_http;

/* Starts the threads. Fails with QW_E_IO or QW_E_NOMEM. */
QW_MUST_CHECK int qw_http_start(struct qw_court *court, struct qw_http **out, struct qw_err *err);
struct qw_connections *qw_http_connections(struct qw_http *http);

/* Takes fd over. */
void qw_http_adopt(struct qw_http *http, int fd);

/* From now on each answer is the last on its connection. */
void qw_http_drain(struct qw_http *http);
void qw_http_stop(struct qw_http *http); /* NULL is fine */

#endif

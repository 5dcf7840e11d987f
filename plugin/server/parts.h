/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The parts of the server. socket and connections know nothing of HTTP; court decides and knows nothing of sockets;
 * inspect asks the engine, and pool has the threads that may wait for it; http puts a body before the court; serve.c
 * starts, drives and ends them all.
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

#define QW_COMPLAIN_NS ((int64_t)10 * 1000000000) /* how often the log hears of what fails with each request */

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

/* ---- queries.c: our own questions to the engine, which come back as questions of the engine ---- */

#define QW_TOKEN_LEN ((size_t)32)

enum qw_query_state { QW_QUERY_NONE, QW_QUERY_IN_FLIGHT, QW_QUERY_GIVEN_UP };

struct qw_query {
    enum qw_query_state state;
    char token[QW_TOKEN_LEN + 1];
    const char *target; /* IN_FLIGHT: all of it, the asker's */
};

struct qw_queries {
    pthread_mutex_t lock;
    atomic_uint open; /* entries that are not NONE */
    unsigned next;    /* the entry that is written next, if nothing is in flight there */
    struct qw_query entries[64];
};

enum qw_origin {
    QW_FOREIGN, /* somebody else's request */
    QW_OWN,
    QW_OWN_LATE, /* nobody waits for its answer any more */
};

/**
 * About to ask the engine for `path`. *target is the path with the token, in the arena: what is to be sent.
 * Fails with QW_E_NOMEM, QW_E_IO (no random numbers) or QW_E_LIMIT (more are in flight than there is room for).
 */
QW_MUST_CHECK int qw_query_open(struct qw_queries *queries, const char *path, struct qw_arena *arena,
                                struct qw_query **query, const char **target, struct qw_err *err);

/* The answer is here, or will never be: after this nobody passes with its token. */
void qw_query_close(struct qw_queries *queries, struct qw_query *query, bool answered);

/* Whose request is this message? That it is ours is said once for each query. */
enum qw_origin qw_query_origin(struct qw_queries *queries, struct qw_bytes message, struct qw_arena *arena);

/* ---- inspect.c: what the engine says of its objects ---- */

#define QW_QUESTION_MS 2000 /* for the engine to answer one question */
#define QW_LOOKUPS_MS  5000 /* from a request's arrival to its last answer */

struct qw_lookups {
    const char *engine; /* address */
    struct qw_queries queries;
    atomic_ullong asked;
    atomic_ullong failed;
    atomic_llong complained_ns; /* when the log was last told that the engine does not answer */
};

enum qw_patience { QW_MAY_NOT_WAIT, QW_MAY_WAIT };

/* A world with an engine in it. `world` comes first: by its address inspect finds the rest. */
struct qw_asking {
    struct qw_world world;
    struct qw_lookups *lookups;
    enum qw_patience patience;
    int64_t deadline_ns;
    const char *trouble; /* why the engine is not asked, or NULL */
};

/* Makes asking->world: the base, and inspect. All else in it is the caller's to set. */
void qw_asking_init(struct qw_asking *asking, const struct qw_world *base);

/* ---- court.c: decides, records, puts into words ---- */

/* A message to be decided on, perhaps twice. */
struct qw_hearing {
    struct qw_bytes message;
    bool too_large;           /* it was more than QW_MESSAGE_MAX, and `message` is nothing of it */
    int64_t began_ns;         /* 0: not yet */
    struct qw_regime *regime; /* adjourned: the one by which it is decided, with a reference; or NULL */
    uint64_t caller;          /* adjourned: who asks, to tell apart those who do */
};

struct qw_bench;

/* What has happened since the start. Each stands for itself: no lock, and no order between them. */
struct qw_counts {
    atomic_ullong outcomes[QW_OUTCOME_DENY + 1]; /* by enum qw_outcome */
    atomic_ullong audit_failures;
    atomic_ullong reloads;
    atomic_ullong reloads_refused;
    atomic_ullong own_queries; /* ours, which the engine asked about */
};

static inline void qw_count(atomic_ullong *count)
{
    atomic_fetch_add_explicit(count, 1, memory_order_relaxed);
}

struct qw_court {
    const struct qw_server_options *options;
    time_t since;
    struct qw_counts counts;
    struct qw_lookups lookups;
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
 * False where that needs the engine: nothing is recorded, and the hearing is to go on with qw_court_resume.
 */
bool qw_court_hear(struct qw_court *court, struct qw_hearing *hearing, struct qw_buf *answer);

/*
 * The same for one that needs the engine, which is asked; by a thread that may wait. trouble: why it is not asked, so
 * that what needs it is undecided; or NULL. Drops hearing->regime.
 */
void qw_court_resume(struct qw_court *court, struct qw_hearing *hearing, const char *trouble, struct qw_buf *answer);

/* ---- pool.c: threads that may wait for the engine ---- */

struct qw_pool;

/* Somebody's hearing that needs the engine. */
struct qw_job {
    struct qw_job *next;
    struct qw_hearing *hearing;
    struct qw_buf *answer;
    void (*done)(struct qw_job *job); /* the answer is there; called by a thread of the pool */
};

/* Starts the threads. Fails with QW_E_IO or QW_E_NOMEM. */
QW_MUST_CHECK int qw_pool_start(struct qw_court *court, struct qw_pool **out, struct qw_err *err);

/* False where as many wait as may, or as many of this caller: nothing has been done then. */
bool qw_pool_take(struct qw_pool *pool, struct qw_job *job);

/* How many jobs wait for a thread, and how many have one. */
void qw_pool_count(struct qw_pool *pool, unsigned *waiting, unsigned *running);

/* All jobs are done when it returns, those that waited without the engine. NULL is fine. */
void qw_pool_stop(struct qw_pool *pool);

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
    struct qw_hearing hearing;
    struct qw_buf body;   /* what came before the last part; or all of it, where the hearing is adjourned */
    struct qw_buf answer; /* empty: there is none yet */
    struct qw_job job;    /* while it is suspended, of the pool alone, and so are hearing and answer */
    struct MHD_Connection *suspended;
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

/* ---- status.c: the server's figures ---- */

/* Adds them as JSON, for one of the connections. Takes locks for a moment, which requests take too. */
void qw_status_write(struct qw_court *court, struct qw_connections *connections, struct qw_pool *pool,
                     struct qw_buf *out);

/* ---- http.c ---- */

struct qw_http;

/* Starts the threads. Fails with QW_E_IO or QW_E_NOMEM. */
QW_MUST_CHECK int qw_http_start(struct qw_court *court, struct qw_http **out, struct qw_err *err);
struct qw_connections *qw_http_connections(struct qw_http *http);

/* Does any request wait for an answer of the engine? */
bool qw_http_asks(struct qw_http *http);

/* Takes fd over. */
void qw_http_adopt(struct qw_http *http, int fd);

/* From now on each answer is the last on its connection. */
void qw_http_drain(struct qw_http *http);
void qw_http_stop(struct qw_http *http); /* NULL is fine */

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTTP: which endpoint is called, its body, and the answer. */
#include "parts.h"

#define CONNECTIONS  4096
#define COMPLAIN_NS  10000000000
#define CONTENT_TYPE "application/vnd.docker.plugins.v1.2+json"

/*
 * Memory of one connection, for its headers and the part of a body that is read at a time. The engine's create of 2 KB
 * is 6 KB on the wire: it fits the half that libmicrohttpd reads into, and is judged where it lies.
 */
#define CONNECTION_MEMORY ((size_t)16 << 10)

/* Answers that are the same each time, and once more as the last one on a connection. */
enum fixed { FIXED_ALLOW, FIXED_ACTIVATE, FIXED_NOT_FOUND, FIXED_NO_MEMORY, FIXED_COUNT };

static const struct {
    unsigned status;
    const char *type;
    const char *text;
} fixed_answers[FIXED_COUNT] = {
    [FIXED_ALLOW] = {MHD_HTTP_OK, CONTENT_TYPE, NULL}, /* in the words of qw_response_encode */
    [FIXED_ACTIVATE] = {MHD_HTTP_OK, CONTENT_TYPE, "{\"Implements\":[\"authz\"]}"},
    [FIXED_NOT_FOUND] = {MHD_HTTP_NOT_FOUND, "text/plain; charset=utf-8", "quaywarden: there is no such endpoint\n"},
    [FIXED_NO_MEMORY] = {MHD_HTTP_OK, CONTENT_TYPE,
                         "{\"Allow\":false,\"Msg\":\"undecided: out of memory\",\"Err\":\"undecided: out of memory\"}"},
};

struct qw_http {
    struct qw_court *court;
    struct qw_connections connections;
    struct MHD_Daemon *daemon;
    atomic_uint taken;     /* connections, those included that no thread has seen yet */
    int64_t complained_ns; /* when the log was last told that one was refused; of who adopts alone */
    struct qw_pool *pool;
    struct qw_buf allow;
    struct MHD_Response *fixed[FIXED_COUNT][2];
    atomic_bool draining;
};

static enum qw_endpoint find_endpoint(const char *method, const char *url)
{
    static const struct {
        const char *method;
        const char *url;
        enum qw_endpoint endpoint;
    } rows[] = {
        {MHD_HTTP_METHOD_POST, "/AuthZPlugin.AuthZReq", QW_ENDPOINT_REQUEST},
        {MHD_HTTP_METHOD_POST, "/AuthZPlugin.AuthZRes", QW_ENDPOINT_RESPONSE},
        {MHD_HTTP_METHOD_POST, "/Plugin.Activate", QW_ENDPOINT_ACTIVATE},
        {MHD_HTTP_METHOD_GET, "/status", QW_ENDPOINT_STATUS},
    };

    for (size_t i = 0; i < QW_COUNT(rows); i++)
        if (strcmp(url, rows[i].url) == 0 && strcmp(method, rows[i].method) == 0)
            return rows[i].endpoint;
    return QW_ENDPOINT_NONE;
}

/* ---- bodies ---- */

/* Is this part of the body all of it? A chunked one never says. */
static bool is_whole(struct MHD_Connection *connection, size_t size)
{
    const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
    int64_t declared;

    return length && qw_bytes_to_int(qw_bytes_of(length), &declared) && declared == (int64_t)size &&
           !MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_TRANSFER_ENCODING);
}

/*
 * A message that arrived in one part is decided on here, in libmicrohttpd's own memory; others are put together, and so
 * is one that has to outlive this call.
 */
static void take_part(struct qw_http *http, struct MHD_Connection *connection, struct qw_connection *self,
                      const char *data, size_t size)
{
    struct qw_hearing *hearing = &self->hearing;

    if (hearing->too_large)
        return;
    if (!self->body.len && is_whole(connection, size)) {
        atomic_store(&self->answering, true);
        hearing->message = (struct qw_bytes){data, size};
        if (!qw_court_hear(http->court, hearing, &self->answer))
            qw_buf_add(&self->body, data, size);
    } else if (size > QW_MESSAGE_MAX - self->body.len) {
        hearing->too_large = true;
        qw_buf_fini(&self->body);
    } else {
        qw_buf_add(&self->body, data, size);
    }
}

/* ---- answers ---- */

static enum MHD_Result queue_fixed(struct qw_http *http, struct MHD_Connection *connection, enum fixed which)
{
    return MHD_queue_response(connection, fixed_answers[which].status,
                              http->fixed[which][atomic_load(&http->draining) ? 1 : 0]);
}

static struct MHD_Response *make_response(struct qw_bytes text, const char *type, enum MHD_ResponseMemoryMode mode,
                                          bool last)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(text.len, (void *)text.data, mode);

    if (response && MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type) == MHD_YES &&
        (!last || MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close") == MHD_YES))
        return response;
    if (response)
        MHD_destroy_response(response);
    return NULL;
}

static enum MHD_Result queue_answer(struct qw_http *http, struct MHD_Connection *connection,
                                    const struct qw_connection *self, const char *type)
{
    const struct qw_bytes text = qw_buf_bytes(&self->answer);
    struct MHD_Response *response;
    enum MHD_Result result;

    if (self->answer.failed)
        return queue_fixed(http, connection, FIXED_NO_MEMORY);
    if (qw_bytes_eq(text, qw_buf_bytes(&http->allow)))
        return queue_fixed(http, connection, FIXED_ALLOW);
    response = make_response(text, type, MHD_RESPMEM_MUST_COPY, atomic_load(&http->draining));
    if (!response)
        return queue_fixed(http, connection, FIXED_NO_MEMORY);
    result = MHD_queue_response(connection, MHD_HTTP_OK, response);
    MHD_destroy_response(response);
    return result;
}

/* The pool has the answer: the connection's own thread comes back to on_request. */
static void resume(struct qw_job *job)
{
    struct qw_connection *self = (struct qw_connection *)((char *)job - offsetof(struct qw_connection, job));

    MHD_resume_connection(self->suspended);
}

/* It is suspended first, since the pool may be faster than this thread. */
static void adjourn(struct qw_http *http, struct MHD_Connection *connection, struct qw_connection *self)
{
    self->suspended = connection;
    self->job = (struct qw_job){.hearing = &self->hearing, .answer = &self->answer, .done = resume};
    MHD_suspend_connection(connection);
    if (qw_pool_take(http->pool, &self->job))
        return;
    qw_court_resume(http->court, &self->hearing, "too many requests wait for the engine; try again", &self->answer);
    MHD_resume_connection(connection);
}

static enum MHD_Result answer_request(struct qw_http *http, struct MHD_Connection *connection,
                                      struct qw_connection *self)
{
    struct qw_hearing *hearing = &self->hearing;

    if (self->answer.len || self->answer.failed)
        return queue_answer(http, connection, self, CONTENT_TYPE);
    if (self->body.failed)
        return queue_fixed(http, connection, FIXED_NO_MEMORY);
    hearing->message = qw_buf_bytes(&self->body);
    if (!hearing->regime && qw_court_hear(http->court, hearing, &self->answer))
        return queue_answer(http, connection, self, CONTENT_TYPE);
    adjourn(http, connection, self);
    return MHD_YES;
}

static enum MHD_Result answer(struct qw_http *http, struct MHD_Connection *connection, struct qw_connection *self)
{
    atomic_store(&self->answering, true);
    switch (self->endpoint) {
    case QW_ENDPOINT_NONE:
        break;
    case QW_ENDPOINT_ACTIVATE:
        return queue_fixed(http, connection, FIXED_ACTIVATE);
    case QW_ENDPOINT_RESPONSE:
        return queue_fixed(http, connection, FIXED_ALLOW);
    case QW_ENDPOINT_REQUEST:
        return answer_request(http, connection, self);
    case QW_ENDPOINT_STATUS:
        qw_status_write(http->court, &http->connections, http->pool, &self->answer);
        return queue_answer(http, connection, self, "application/json");
    }
    return queue_fixed(http, connection, FIXED_NOT_FOUND);
}

/* ---- libmicrohttpd's callbacks ---- */

/* Called with the headers, then with each part of the body, then once more when all of it is here. */
static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *data, size_t *size, void **request)
{
    struct qw_http *http = cls;
    struct qw_connection *self = *request;

    (void)version;
    if (!self) {
        self = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
        if (!self)
            return MHD_NO;
        self->endpoint = find_endpoint(method, url);
        *request = self;
        return MHD_YES;
    }
    if (!*size)
        return answer(http, connection, self);
    if (self->endpoint == QW_ENDPOINT_REQUEST)
        take_part(http, connection, self, data, *size);
    *size = 0;
    return MHD_YES;
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **request,
                         enum MHD_RequestTerminationCode how)
{
    (void)cls;
    (void)connection;
    (void)how;
    if (*request)
        qw_connection_rest(*request);
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **self,
                          enum MHD_ConnectionNotificationCode what)
{
    struct qw_http *http = cls;

    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        *self = qw_connections_add(&http->connections,
                                   MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd);
    } else {
        if (*self)
            qw_connections_remove(&http->connections, *self);
        atomic_fetch_sub(&http->taken, 1);
    }
}

/* ---- start and end ---- */

static int make_fixed(struct qw_http *http)
{
    qw_response_encode(true, QW_LIT(""), false, &http->allow);
    for (size_t i = 0; i < FIXED_COUNT; i++) {
        const char *fixed = fixed_answers[i].text;
        const struct qw_bytes text = fixed ? qw_bytes_of(fixed) : qw_buf_bytes(&http->allow);

        for (int last = 0; last < 2; last++) {
            http->fixed[i][last] = make_response(text, fixed_answers[i].type, MHD_RESPMEM_PERSISTENT, last);
            if (!http->fixed[i][last])
                return -1;
        }
    }
    return http->allow.failed ? -1 : 0;
}

/* The engine does more for each request than we do, on the same processors: more threads would only wake each other. */
static unsigned threads_wanted(const struct qw_server_options *options)
{
    const long half = sysconf(_SC_NPROCESSORS_ONLN) / 2;

    if (options->threads)
        return options->threads;
    return half < 1 ? 1 : half > QW_THREADS_MAX ? QW_THREADS_MAX : (unsigned)half;
}

/*
 * libmicrohttpd gets connections and no listening socket: it would shut that down at the end, systemd's too, could not
 * stop accepting without a race that ends the process (0.9.75), and would leave it to chance which thread gets whom.
 * Nor does it count them: a thread of its that has reached its part of the limit and is given one more waits for its
 * own lock for ever. So its limit, which it divides among the threads, is one that none of them can reach.
 */
int qw_http_start(struct qw_court *court, struct qw_http **out, struct qw_err *err)
{
    const unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_USE_NO_LISTEN_SOCKET |
                           MHD_USE_SUPPRESS_DATE_NO_CLOCK | MHD_ALLOW_SUSPEND_RESUME;
    const unsigned threads = threads_wanted(court->options);
    struct qw_http *http = calloc(1, sizeof(*http));

    if (!http)
        return qw_fail(err, QW_E_NOMEM, "out of memory");
    http->court = court;
    pthread_mutex_init(&http->connections.lock, NULL);
    if (make_fixed(http)) {
        qw_http_stop(http);
        return qw_fail(err, QW_E_NOMEM, "out of memory");
    }
    if (qw_pool_start(court, &http->pool, err)) {
        qw_http_stop(http);
        return -1;
    }
    http->daemon =
        MHD_start_daemon(flags, 0, NULL, NULL, on_request, http, MHD_OPTION_THREAD_POOL_SIZE, threads,
                         MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS * threads, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                         CONNECTION_MEMORY, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_NOTIFY_COMPLETED,
                         on_completed, http, MHD_OPTION_NOTIFY_CONNECTION, on_connection, http, MHD_OPTION_END);
    if (!http->daemon) {
        qw_http_stop(http);
        return qw_fail(err, QW_E_IO, "the HTTP server does not start");
    }
    *out = http;
    return 0;
}

struct qw_connections *qw_http_connections(struct qw_http *http)
{
    return &http->connections;
}

bool qw_http_asks(struct qw_http *http)
{
    unsigned waiting, running;

    qw_pool_count(http->pool, &waiting, &running);
    return waiting || running;
}

/* Who connects in a loop does not fill the log. */
static void refuse(struct qw_http *http, const char *why)
{
    const int64_t now_ns = qw_monotonic_ns();

    atomic_fetch_sub(&http->taken, 1);
    if (http->complained_ns && now_ns - http->complained_ns < COMPLAIN_NS)
        return;
    http->complained_ns = now_ns;
    qw_log("a connection was refused: %s", why);
}

void qw_http_adopt(struct qw_http *http, int fd)
{
    const struct sockaddr nameless = {.sa_family = AF_UNIX};

    if (atomic_fetch_add(&http->taken, 1) >= CONNECTIONS) {
        close(fd);
        refuse(http, "there are too many");
    } else if (MHD_add_connection(http->daemon, fd, &nameless, sizeof(nameless)) != MHD_YES) {
        refuse(http, "libmicrohttpd does not take it");
    }
}

void qw_http_drain(struct qw_http *http)
{
    atomic_store(&http->draining, true);
}

void qw_http_stop(struct qw_http *http)
{
    if (!http)
        return;
    qw_pool_stop(http->pool); /* libmicrohttpd does not end while a connection is suspended */
    if (http->daemon)
        MHD_stop_daemon(http->daemon);
    for (size_t i = 0; i < FIXED_COUNT; i++)
        for (int last = 0; last < 2; last++)
            if (http->fixed[i][last])
                MHD_destroy_response(http->fixed[i][last]);
    qw_buf_fini(&http->allow);
    pthread_mutex_destroy(&http->connections.lock);
    free(http);
}

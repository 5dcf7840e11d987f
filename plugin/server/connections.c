/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who is connected, and for how long a request has been on its way.
 *
 * The engine keeps its connections and sends a request once more with an empty body when one breaks, so an idle one is
 * never closed; one on which a part of a request came is closed when the rest does not. Telling them apart needs to
 * know whether any byte of a request was read, and libmicrohttpd says so only once it has the first line. The kernel
 * knows: a unix socket's peek offset (SO_PEEK_OFF, for readers that use MSG_PEEK, which here nobody does) goes down by
 * what is read, so that its distance from where it was set is the number of bytes read since.
 *
 * To set it costs a system call, so between requests that follow each other closely it is left: the connection is
 * `stale`, and the sweep sets it when it finds the connection at rest.
 */
#include "parts.h"

#include <limits.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static void count_from_here(const struct qw_connection *connection)
{
    const int far = INT_MAX;

    setsockopt(connection->fd, SOL_SOCKET, SO_PEEK_OFF, &far, sizeof(far));
}

static bool has_read(const struct qw_connection *connection)
{
    int offset = INT_MAX;
    socklen_t len = sizeof(offset);

    return getsockopt(connection->fd, SOL_SOCKET, SO_PEEK_OFF, &offset, &len) == 0 && offset != INT_MAX;
}

struct qw_connection *qw_connections_add(struct qw_connections *connections, int fd)
{
    struct qw_connection *connection = calloc(1, sizeof(*connection));

    if (!connection)
        return NULL;
    connection->fd = fd;
    count_from_here(connection);
    pthread_mutex_lock(&connections->lock);
    connection->next = connections->first;
    if (connection->next)
        connection->next->prev = connection;
    connections->first = connection;
    pthread_mutex_unlock(&connections->lock);
    return connection;
}

void qw_connections_remove(struct qw_connections *connections, struct qw_connection *connection)
{
    pthread_mutex_lock(&connections->lock);
    if (connection->prev)
        connection->prev->next = connection->next;
    else
        connections->first = connection->next;
    if (connection->next)
        connection->next->prev = connection->prev;
    connections->closed++;
    pthread_mutex_unlock(&connections->lock);
    qw_buf_fini(&connection->body);
    qw_buf_fini(&connection->answer);
    free(connection);
}

#define CLOSELY_NS 5000000

void qw_connection_rest(struct qw_connection *connection)
{
    const int64_t now_ns = qw_monotonic_ns();
    const bool busy = connection->rested_ns && now_ns - connection->rested_ns < CLOSELY_NS;

    qw_buf_fini(&connection->body);
    qw_buf_fini(&connection->answer);
    qw_regime_unref(connection->hearing.regime); /* of one that ended before the pool had it */
    connection->hearing = (struct qw_hearing){0};
    connection->rested_ns = now_ns;
    atomic_store(&connection->stale, busy);
    if (!busy)
        count_from_here(connection);
    atomic_fetch_add(&connection->requests, 1);
    atomic_store(&connection->answering, false);
}

/* For how long a part of a request has been here; a connection that rests is counted from here. */
static void look_at(struct qw_connection *at, int64_t now_ns, int64_t timeout_ns)
{
    const unsigned requests = atomic_load(&at->requests);
    const bool moved = requests != at->requests_seen;

    at->requests_seen = requests;
    if (!atomic_load(&at->answering) && !moved && atomic_exchange(&at->stale, false))
        count_from_here(at);
    if (atomic_load(&at->answering) || atomic_load(&at->stale) || !has_read(at))
        at->partial_since_ns = 0;
    else if (!at->partial_since_ns || moved)
        at->partial_since_ns = now_ns;
    else if (now_ns - at->partial_since_ns >= timeout_ns)
        shutdown(at->fd, SHUT_RDWR); /* its thread sees the end and closes it */
}

void qw_connections_sweep(struct qw_connections *connections, int64_t now_ns, int64_t timeout_ns)
{
    pthread_mutex_lock(&connections->lock);
    for (struct qw_connection *at = connections->first; at; at = at->next)
        look_at(at, now_ns, timeout_ns);
    pthread_mutex_unlock(&connections->lock);
}

void qw_connections_count(struct qw_connections *connections, unsigned *open, unsigned *answering)
{
    *open = *answering = 0;
    pthread_mutex_lock(&connections->lock);
    for (const struct qw_connection *at = connections->first; at; at = at->next) {
        ++*open;
        *answering += atomic_load(&at->answering);
    }
    pthread_mutex_unlock(&connections->lock);
}

bool qw_connections_busy(struct qw_connections *connections)
{
    bool busy = false;

    pthread_mutex_lock(&connections->lock);
    for (const struct qw_connection *at = connections->first; at && !busy; at = at->next) {
        int unread = 0;

        busy = atomic_load(&at->answering) || (!atomic_load(&at->stale) && has_read(at)) ||
               (ioctl(at->fd, FIONREAD, &unread) == 0 && unread);
    }
    pthread_mutex_unlock(&connections->lock);
    return busy;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The engine asks its plugins about our own questions, too. Each carries a token in a parameter that the engine does
 * not read, by which we know it again: allowed at once, by no policy and without a record, or every question would
 * raise another.
 *
 * What passes without a policy must be nobody else's. A token is 128 random bits, is good for one request with exactly
 * this method and target, by the engine's nameless socket, and only until that request has come back or is answered.
 * It is in no log and no record of ours. Who sees it are the engine, which logs targets when it debugs, and other
 * plugins that it asks: both see it no earlier than they are asked about the request itself, and what they could do
 * with it is to read, in our place and once, what they are being shown anyway.
 *
 * Tokens are compared as text is. What the time of a comparison tells is lost in that of a trip through the engine, and
 * is of a token that is dead milliseconds later.
 */
#include "parts.h"

#include <errno.h>
#include <sys/random.h>

#define PARAMETER "?quaywarden="

static int make_token(char token[QW_TOKEN_LEN + 1], struct qw_err *err)
{
    unsigned char random[QW_TOKEN_LEN / 2];

    if (getrandom(random, sizeof(random), 0) != sizeof(random))
        return qw_fail(err, QW_E_IO, "no random numbers: %s", strerror(errno));
    for (size_t i = 0; i < sizeof(random); i++)
        snprintf(token + 2 * i, 3, "%02x", random[i]);
    return 0;
}

/* In turn, so that those that were given up are remembered for long. */
static struct qw_query *find_room(struct qw_queries *queries)
{
    for (size_t i = 0; i < QW_COUNT(queries->entries); i++) {
        struct qw_query *at = &queries->entries[queries->next++ % QW_COUNT(queries->entries)];

        if (at->state != QW_QUERY_IN_FLIGHT)
            return at;
    }
    return NULL;
}

static void set_state(struct qw_queries *queries, struct qw_query *query, enum qw_query_state state)
{
    if (query->state == QW_QUERY_NONE && state != QW_QUERY_NONE)
        atomic_fetch_add(&queries->open, 1);
    if (query->state != QW_QUERY_NONE && state == QW_QUERY_NONE)
        atomic_fetch_sub(&queries->open, 1);
    query->state = state;
}

int qw_query_open(struct qw_queries *queries, const char *path, struct qw_arena *arena, struct qw_query **query,
                  const char **target, struct qw_err *err)
{
    char token[QW_TOKEN_LEN + 1];
    struct qw_bytes whole;

    if (make_token(token, err))
        return -1;
    whole = qw_arena_printf(arena, "%s" PARAMETER "%s", path, token);
    if (!whole.data)
        return qw_fail(err, QW_E_NOMEM, "out of memory");
    pthread_mutex_lock(&queries->lock);
    *query = find_room(queries);
    if (*query) {
        set_state(queries, *query, QW_QUERY_IN_FLIGHT);
        memcpy((*query)->token, token, sizeof(token));
        (*query)->target = whole.data;
    }
    pthread_mutex_unlock(&queries->lock);
    if (!*query)
        return qw_fail(err, QW_E_LIMIT, "too many questions to the engine are in flight");
    *target = whole.data;
    return 0;
}

void qw_query_close(struct qw_queries *queries, struct qw_query *query, bool answered)
{
    pthread_mutex_lock(&queries->lock);
    if (query->state == QW_QUERY_IN_FLIGHT && query->target)
        set_state(queries, query, answered ? QW_QUERY_NONE : QW_QUERY_GIVEN_UP);
    else
        set_state(queries, query, QW_QUERY_NONE);
    query->target = NULL;
    pthread_mutex_unlock(&queries->lock);
}

/* The token at the end of a target of ours; .data is NULL where it is none. */
static struct qw_bytes find_token(struct qw_bytes uri)
{
    const size_t tail = sizeof(PARAMETER) - 1 + QW_TOKEN_LEN;

    if (uri.len < tail || memcmp(uri.data + uri.len - tail, PARAMETER, sizeof(PARAMETER) - 1) != 0)
        return (struct qw_bytes){NULL, 0};
    return qw_bytes_from(uri, uri.len - QW_TOKEN_LEN);
}

static enum qw_origin recognise(struct qw_queries *queries, struct qw_bytes uri, struct qw_bytes token)
{
    enum qw_origin origin = QW_FOREIGN;

    pthread_mutex_lock(&queries->lock);
    for (size_t i = 0; i < QW_COUNT(queries->entries) && origin == QW_FOREIGN; i++) {
        struct qw_query *at = &queries->entries[i];

        if (at->state == QW_QUERY_NONE || !qw_bytes_is(token, at->token))
            continue;
        if (at->state == QW_QUERY_GIVEN_UP) {
            set_state(queries, at, QW_QUERY_NONE);
            origin = QW_OWN_LATE;
        } else if (at->target && qw_bytes_is(uri, at->target)) {
            at->target = NULL; /* used up; the entry is the asker's until he closes it */
            origin = QW_OWN;
        }
    }
    pthread_mutex_unlock(&queries->lock);
    return origin;
}

enum qw_origin qw_query_origin(struct qw_queries *queries, struct qw_bytes message, struct qw_arena *arena)
{
    struct qw_message decoded = {0};
    struct qw_bytes token;
    struct qw_err ignored;

    if (!atomic_load(&queries->open) || !message.len ||
        !memmem(message.data, message.len, PARAMETER, sizeof(PARAMETER) - 1))
        return QW_FOREIGN;
    if (qw_message_decode(message, arena, &decoded, &ignored) || !qw_bytes_is(decoded.method, "GET") ||
        decoded.user.len || decoded.auth_method.len || decoded.body_state == QW_BODY_PRESENT)
        return QW_FOREIGN;
    token = find_token(decoded.uri);
    return token.data ? recognise(queries, decoded.uri, token) : QW_FOREIGN;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Threads that may wait for the engine, so that those of the server never do: the engine's question about our own
 * question has to be answered while all of these wait. There are few, and few jobs may wait for them: a job holds its
 * message, and one that waits for long is undecided anyway. Nobody gets all of them: whoever has a container that the
 * engine cannot inspect, since it hangs while it starts, could keep everybody else's questions from being asked.
 */
#include "parts.h"

#include <errno.h>

#define THREADS        8
#define THREADS_OF_ONE 6
#define WAITING        256
#define WAITING_OF_ONE 192

struct qw_pool {
    struct qw_court *court;
    pthread_mutex_t lock; /* of all that follows but the threads */
    pthread_cond_t changed;
    struct qw_job *waiting; /* in the order in which they came */
    struct qw_job *running;
    bool stopping;
    unsigned started;
    pthread_t threads[THREADS];
};

/* ---- under the lock ---- */

static unsigned count(const struct qw_job *list)
{
    unsigned n = 0;

    for (; list; list = list->next)
        n++;
    return n;
}

static unsigned count_of(const struct qw_job *list, uint64_t caller)
{
    unsigned n = 0;

    for (; list; list = list->next)
        n += list->hearing->caller == caller;
    return n;
}

static void unlink_job(struct qw_job **list, const struct qw_job *job)
{
    while (*list != job)
        list = &(*list)->next;
    *list = job->next;
}

/* The first whose caller has not got enough threads. */
static struct qw_job *pick(struct qw_pool *pool)
{
    struct qw_job *job = pool->waiting;

    while (job && !pool->stopping && count_of(pool->running, job->hearing->caller) >= THREADS_OF_ONE)
        job = job->next;
    if (!job)
        return NULL;
    unlink_job(&pool->waiting, job);
    job->next = pool->running;
    pool->running = job;
    return job;
}

static struct qw_job *next_job(struct qw_pool *pool)
{
    struct qw_job *job;

    while (!(job = pick(pool)) && !pool->stopping)
        pthread_cond_wait(&pool->changed, &pool->lock);
    return job;
}

/* ---- threads ---- */

static void *work(void *data)
{
    struct qw_pool *pool = data;
    struct qw_job *job;

    pthread_mutex_lock(&pool->lock);
    while ((job = next_job(pool))) {
        const char *trouble = pool->stopping ? "quaywarden is ending, and does not ask the engine any more" : NULL;

        pthread_mutex_unlock(&pool->lock);
        qw_court_resume(pool->court, job->hearing, trouble, job->answer);
        pthread_mutex_lock(&pool->lock);
        unlink_job(&pool->running, job); /* once it is done it is gone */
        pthread_mutex_unlock(&pool->lock);
        job->done(job);
        pthread_mutex_lock(&pool->lock);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

int qw_pool_start(struct qw_court *court, struct qw_pool **out, struct qw_err *err)
{
    struct qw_pool *pool = calloc(1, sizeof(*pool));

    if (!pool)
        return qw_fail(err, QW_E_NOMEM, "out of memory");
    pool->court = court;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->changed, NULL);
    for (; pool->started < THREADS; pool->started++) {
        const int trouble = pthread_create(&pool->threads[pool->started], NULL, work, pool);

        if (trouble) {
            qw_pool_stop(pool);
            return qw_fail(err, QW_E_IO, "a thread cannot be started: %s", strerror(trouble));
        }
    }
    *out = pool;
    return 0;
}

bool qw_pool_take(struct qw_pool *pool, struct qw_job *job)
{
    struct qw_job **end = &pool->waiting;
    bool taken;

    job->next = NULL;
    pthread_mutex_lock(&pool->lock);
    taken = !pool->stopping && count(pool->waiting) < WAITING &&
            count_of(pool->waiting, job->hearing->caller) < WAITING_OF_ONE;
    if (taken) {
        while (*end)
            end = &(*end)->next;
        *end = job;
        pthread_cond_signal(&pool->changed);
    }
    pthread_mutex_unlock(&pool->lock);
    return taken;
}

void qw_pool_count(struct qw_pool *pool, unsigned *waiting, unsigned *running)
{
    pthread_mutex_lock(&pool->lock);
    *waiting = count(pool->waiting);
    *running = count(pool->running);
    pthread_mutex_unlock(&pool->lock);
}

void qw_pool_stop(struct qw_pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->stopping = true;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
    for (unsigned i = 0; i < pool->started; i++)
        pthread_join(pool->threads[i], NULL);
    pthread_cond_destroy(&pool->changed);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The trail: numbers and times records, in one order for all threads and destinations. */
#include "destination.h"

#include <inttypes.h>
#include <pthread.h>
#include <time.h>

struct outlets {
    struct qw_destination *items;
    size_t count;
};

struct qw_trail {
    pthread_mutex_t lock;    /* number, time and write of one record */
    pthread_rwlock_t in_use; /* keeps descriptors open while they are flushed, which takes too long for `lock` */
    struct outlets outlets;
    uint64_t seq;   /* of the last record */
    time_t second;  /* which `start` is of */
    char start[48]; /* of a record, up to the fraction of the second */
};

static void outlets_close(struct outlets *outlets)
{
    for (size_t i = 0; i < outlets->count; i++)
        qw_destination_close(&outlets->items[i]);
    free(outlets->items);
    *outlets = (struct outlets){0};
}

static int outlets_open(struct outlets *outlets, const char *const *destinations, size_t count, struct qw_err *err)
{
    outlets->items = calloc(count, sizeof(*outlets->items));
    if (!outlets->items)
        return qw_fail(err, QW_E_NOMEM, "out of memory");
    for (size_t i = 0; i < count; i++) {
        outlets->count = i + 1;
        if (qw_destination_open(&outlets->items[i], destinations[i], err)) {
            outlets_close(outlets);
            return -1;
        }
    }
    return 0;
}

static const struct qw_destination *same_file(const struct outlets *outlets, const struct qw_destination *wanted)
{
    for (size_t i = 0; i < outlets->count; i++)
        if (outlets->items[i].dev == wanted->dev && outlets->items[i].ino == wanted->ino)
            return &outlets->items[i];
    return NULL;
}

/*
 * Readies files that are new. One that is written to already is left alone: its end may be a line on its way, and its
 * numbers are known.
 */
static int outlets_settle(const struct outlets *fresh, const struct outlets *known, uint64_t *seq, struct qw_err *err)
{
    for (size_t i = 0; i < fresh->count; i++)
        if (!same_file(known, &fresh->items[i]) && qw_destination_settle(&fresh->items[i], seq, err))
            return -1;
    return 0;
}

/* A mutex that spins a little: it is held for one write, and sleeping for it costs more than that. */
static void init_locks(struct qw_trail *trail)
{
    pthread_mutexattr_t attributes;

    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ADAPTIVE_NP);
    pthread_mutex_init(&trail->lock, &attributes);
    pthread_mutexattr_destroy(&attributes);
    pthread_rwlock_init(&trail->in_use, NULL);
}

int qw_trail_open(const char *const *destinations, size_t count, struct qw_trail **out, struct qw_err *err)
{
    const struct outlets none = {0};
    struct qw_trail *trail = calloc(1, sizeof(*trail));

    if (!trail)
        return qw_fail(err, QW_E_NOMEM, "out of memory");
    init_locks(trail);
    if (outlets_open(&trail->outlets, destinations, count, err) ||
        outlets_settle(&trail->outlets, &none, &trail->seq, err)) {
        qw_trail_close(trail);
        return -1;
    }
    *out = trail;
    return 0;
}

void qw_trail_close(struct qw_trail *trail)
{
    if (!trail)
        return;
    outlets_close(&trail->outlets);
    pthread_rwlock_destroy(&trail->in_use);
    pthread_mutex_destroy(&trail->lock);
    free(trail);
}

int qw_trail_reopen(struct qw_trail *trail, const char *const *destinations, size_t count, struct qw_err *err)
{
    struct outlets fresh = {0};
    struct outlets old;
    uint64_t seq = 0;

    if (outlets_open(&fresh, destinations, count, err))
        return -1;
    if (outlets_settle(&fresh, &trail->outlets, &seq, err)) {
        outlets_close(&fresh);
        return -1;
    }
    pthread_rwlock_wrlock(&trail->in_use);
    pthread_mutex_lock(&trail->lock);
    for (size_t i = 0; i < fresh.count; i++) {
        const struct qw_destination *known = same_file(&trail->outlets, &fresh.items[i]);

        fresh.items[i].torn = known && known->torn;
    }
    old = trail->outlets;
    trail->outlets = fresh;
    if (seq > trail->seq)
        trail->seq = seq;
    pthread_mutex_unlock(&trail->lock);
    pthread_rwlock_unlock(&trail->in_use);
    outlets_close(&old);
    return 0;
}

/* n in decimal with at least `width` digits; returns the end. */
static char *put_digits(char *at, uint64_t n, int width)
{
    char digits[24];
    int count = 0;

    for (; n || count < width; n /= 10)
        digits[count++] = (char)('0' + n % 10);
    while (count)
        *at++ = digits[--count];
    return at;
}

/* {"time":"2027-01-01T00:00:00.000000Z","seq":1, of the next record; everyone waits while it is made. */
static size_t make_head(struct qw_trail *trail, char *out)
{
    static const char before_seq[] = "Z\",\"seq\":";
    struct timespec now;
    struct tm utc;
    char *at;

    clock_gettime(CLOCK_REALTIME, &now);
    if (now.tv_sec != trail->second || !trail->start[0]) {
        gmtime_r(&now.tv_sec, &utc);
        strftime(trail->start, sizeof(trail->start), "{\"time\":\"%Y-%m-%dT%H:%M:%S.", &utc);
        trail->second = now.tv_sec;
    }
    at = put_digits(stpcpy(out, trail->start), (uint64_t)now.tv_nsec / 1000, 6);
    at = put_digits(stpcpy(at, before_seq), trail->seq + 1, 1);
    *at++ = ',';
    return (size_t)(at - out);
}

/* Under the lock. One destination's trouble is no reason to keep a record from the others. */
static int write_everywhere(struct qw_trail *trail, struct qw_bytes fields, struct qw_bytes tail, struct qw_err *err)
{
    char head[96];
    const struct iovec line[QW_LINE_PARTS] = {
        {head, make_head(trail, head)},
        {(void *)fields.data, fields.len},
        {(void *)tail.data, tail.len},
    };
    size_t failures = 0;

    for (size_t i = 0; i < trail->outlets.count; i++)
        if (qw_destination_write(&trail->outlets.items[i], line, QW_LINE_PARTS, err))
            failures++;
    if (failures < trail->outlets.count)
        trail->seq++;
    return failures ? -1 : 0;
}

static int flush_everywhere(const struct qw_trail *trail, struct qw_err *err)
{
    int failed = 0;

    for (size_t i = 0; i < trail->outlets.count; i++)
        if (qw_destination_sync(&trail->outlets.items[i], err))
            failed = -1;
    return failed;
}

int qw_trail_write(struct qw_trail *trail, struct qw_bytes fields, int64_t duration_us, bool sync, struct qw_err *err)
{
    char text[48];
    const int len = snprintf(text, sizeof(text), ",\"duration_us\":%" PRId64 "}\n", duration_us);
    int result;

    if (sync)
        pthread_rwlock_rdlock(&trail->in_use);
    pthread_mutex_lock(&trail->lock);
    result = write_everywhere(trail, fields, (struct qw_bytes){text, (size_t)len}, err);
    pthread_mutex_unlock(&trail->lock);
    if (sync) {
        if (flush_everywhere(trail, err))
            result = -1;
        pthread_rwlock_unlock(&trail->in_use);
    }
    return result;
}

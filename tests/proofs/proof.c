/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The world of a proof. Whatever the arena gives ends where its object ends, so that writing past it is out of bounds,
 * which the real arena would hide; and any allocation may fail. Messages of errors are not formatted.
 */
#include "proof.h"

/* The most bytes that a proof asks of the arena at once. */
#define ARENA_MAX (2 * LENGTH + 8)

struct qw_bytes any_bytes(void)
{
    char *data = malloc(LENGTH);

    ASSUME(data != NULL);
    return (struct qw_bytes){data, LENGTH};
}

struct qw_bytes any_bytes_or_none(void)
{
    return LENGTH == 0 && nondet_bool() ? (struct qw_bytes){NULL, 0} : any_bytes();
}

/* Where the size is a free value, so must be where in its object the memory begins: a free size makes CBMC slow. */
void *qw_arena_alloc(struct qw_arena *arena, size_t size)
{
    char *object = malloc(ARENA_MAX);

    (void)arena;
    assert(size <= ARENA_MAX);
    return nondet_bool() ? NULL : object + (ARENA_MAX - size);
}

void *qw_arena_zalloc(struct qw_arena *arena, size_t count, size_t size)
{
    size_t total;
    void *p;

    if (__builtin_mul_overflow(count, size, &total))
        return NULL;
    p = qw_arena_alloc(arena, total);
    return p ? memset(p, 0, total) : NULL;
}

int qw_fail(struct qw_err *err, enum qw_code code, const char *fmt, ...)
{
    (void)fmt;
    assert(code != QW_E_NONE);
    err->code = code;
    return -1;
}

/* ---- the C library's, byte by byte ---- */

void *memchr(const void *data, int c, size_t len)
{
    const unsigned char *p = data;

    for (size_t i = 0; i < len; i++) {
        if (p[i] == (unsigned char)c)
            return (void *)(p + i);
    }
    return NULL;
}

void *memcpy(void *to, const void *from, size_t len)
{
    unsigned char *out = to;
    const unsigned char *in = from;

    assert(!len || !__CPROVER_same_object(to, from) || out + len <= in || in + len <= out);
    for (size_t i = 0; i < len; i++)
        out[i] = in[i];
    return to;
}

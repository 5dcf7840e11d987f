/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quaywarden/base.h"

#include <stdalign.h>
#include <stdarg.h>

#define FIRST_BLOCK ((size_t)16 << 10)
#define ALIGN       alignof(max_align_t)

struct block {
    struct block *older;
    size_t cap;
    alignas(max_align_t) char data[];
};

/* Blocks grow by doubling; the newest one is filled. The oldest is kept by a reset. */
struct qw_arena {
    struct block *newest;
    size_t used; /* of the newest block */
};

static struct block *block_new(size_t cap, struct block *older)
{
    struct block *block = cap <= SIZE_MAX - sizeof(*block) ? malloc(sizeof(*block) + cap) : NULL;

    if (!block)
        return NULL;
    block->older = older;
    block->cap = cap;
    return block;
}

struct qw_arena *qw_arena_new(void)
{
    struct qw_arena *arena = malloc(sizeof(*arena));

    if (!arena)
        return NULL;
    arena->newest = block_new(FIRST_BLOCK, NULL);
    arena->used = 0;
    if (!arena->newest) {
        free(arena);
        return NULL;
    }
    return arena;
}

void qw_arena_reset(struct qw_arena *arena)
{
    while (arena->newest->older) {
        struct block *older = arena->newest->older;

        free(arena->newest);
        arena->newest = older;
    }
    arena->used = 0;
}

void qw_arena_free(struct qw_arena *arena)
{
    if (!arena)
        return;
    qw_arena_reset(arena);
    free(arena->newest);
    free(arena);
}

void *qw_arena_alloc(struct qw_arena *arena, size_t size)
{
    void *p;

    if (size > SIZE_MAX / 2)
        return NULL;
    size = (size + ALIGN - 1) / ALIGN * ALIGN;
    if (size > arena->newest->cap - arena->used) {
        const size_t doubled = arena->newest->cap * 2;
        struct block *block = block_new(size > doubled ? size : doubled, arena->newest);

        if (!block)
            return NULL;
        arena->newest = block;
        arena->used = 0;
    }
    p = arena->newest->data + arena->used;
    arena->used += size;
    return p;
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

struct qw_bytes qw_arena_copy(struct qw_arena *arena, struct qw_bytes bytes)
{
    char *p = qw_arena_alloc(arena, bytes.len + 1);

    if (!p)
        return (struct qw_bytes){NULL, 0};
    if (bytes.len)
        memcpy(p, bytes.data, bytes.len);
    p[bytes.len] = '\0';
    return (struct qw_bytes){p, bytes.len};
}

struct qw_bytes qw_arena_concat(struct qw_arena *arena, struct qw_bytes a, struct qw_bytes b)
{
    return qw_arena_concat3(arena, a, b, (struct qw_bytes){NULL, 0});
}

struct qw_bytes qw_arena_concat3(struct qw_arena *arena, struct qw_bytes a, struct qw_bytes b, struct qw_bytes c)
{
    const struct qw_bytes parts[] = {a, b, c};
    size_t len = 0;
    char *p;

    for (size_t i = 0; i < QW_COUNT(parts); i++) {
        if (__builtin_add_overflow(len, parts[i].len, &len) || len > SIZE_MAX / 2)
            return (struct qw_bytes){NULL, 0};
    }
    p = qw_arena_alloc(arena, len + 1);
    if (!p)
        return (struct qw_bytes){NULL, 0};
    p[len] = '\0';
    len = 0;
    for (size_t i = 0; i < QW_COUNT(parts); i++) {
        if (parts[i].len)
            memcpy(p + len, parts[i].data, parts[i].len);
        len += parts[i].len;
    }
    return (struct qw_bytes){p, len};
}

struct qw_bytes qw_arena_printf(struct qw_arena *arena, const char *fmt, ...)
{
    va_list args;
    va_list again;
    char *p = NULL;
    int len;

    va_start(args, fmt);
    va_copy(again, args);
    len = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (len >= 0)
        p = qw_arena_alloc(arena, (size_t)len + 1);
    if (p)
        vsnprintf(p, (size_t)len + 1, fmt, again);
    va_end(again);
    return (struct qw_bytes){p, p ? (size_t)len : 0};
}

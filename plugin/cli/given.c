/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "given.h"

#include <limits.h>

/* As many as Linux follows: path_resolution(7). */
#define LINKS_MAX 40

static const struct qw_pair *find_link(const struct qw_given *given, struct qw_bytes path)
{
    for (size_t i = 0; i < given->link_count; i++) {
        if (qw_bytes_eq(given->links[i].key, path))
            return &given->links[i];
    }
    return NULL;
}

static struct qw_bytes parent_of(struct qw_bytes path)
{
    while (path.len > 0 && path.data[path.len - 1] != '/')
        path.len--;
    return (struct qw_bytes){path.data, path.len > 0 ? path.len - 1 : 0};
}

/* Fails where the kernel would, so no piece is ever longer than what the format shows of it. */
static int join(struct qw_arena *arena, struct qw_bytes folder, struct qw_bytes name, struct qw_bytes *out,
                struct qw_err *err)
{
    if (folder.len + 1 + name.len >= PATH_MAX)
        return qw_fail(err, QW_E_LIMIT, "a path is too long");
    *out = qw_arena_printf(arena, QW_BYTES_FMT "/" QW_BYTES_FMT, QW_BYTES_ARG(folder), QW_BYTES_ARG(name));
    return out->data ? 0 : qw_fail(err, QW_E_NOMEM, "out of memory");
}

/*
 * Component by component, as the kernel walks: a link's target takes the link's place, and a `..` that comes with it
 * leaves the folder that was really reached.
 */
static int follow(const struct qw_given *given, struct qw_bytes path, struct qw_arena *arena, struct qw_bytes *out,
                  struct qw_err *err)
{
    struct qw_bytes rest = path;
    struct qw_bytes reached = QW_LIT("");
    struct qw_bytes name = {0};
    int followed = 0;

    while (qw_bytes_split(&rest, '/', &name)) {
        const struct qw_pair *link;
        struct qw_bytes next = {0};

        if (name.len == 0 || qw_bytes_is(name, "."))
            continue;
        if (qw_bytes_is(name, "..")) {
            reached = parent_of(reached);
            continue;
        }
        if (join(arena, reached, name, &next, err) < 0)
            return -1;
        link = find_link(given, next);
        if (!link) {
            reached = next;
            continue;
        }
        if (++followed > LINKS_MAX)
            return qw_fail(err, QW_E_IO, "too many levels of symbolic links");
        if (qw_bytes_starts(link->value, "/"))
            reached = QW_LIT("");
        if (join(arena, link->value, rest, &rest, err) < 0)
            return -1;
    }
    *out = reached.len > 0 ? reached : QW_LIT("/");
    return 0;
}

static int resolve(const struct qw_world *world, struct qw_bytes cleaned, struct qw_arena *arena,
                   struct qw_place *place, struct qw_err *err)
{
    if (follow(world->data, cleaned, arena, &place->resolved, err) < 0)
        return -1;
    place->guarded = qw_guard_hit(world->guard, cleaned);
    if (!place->guarded)
        place->guarded = qw_guard_hit(world->guard, place->resolved);
    return 0;
}

static bool confines_builds(const struct qw_world *world, struct qw_arena *arena)
{
    const struct qw_given *given = world->data;

    return qw_engine_confines_builds(given->engine_config, arena);
}

static void account(const struct qw_world *world, struct qw_bytes user, struct qw_arena *arena, struct qw_account *out)
{
    const struct qw_given *given = world->data;

    (void)arena;
    *out = (struct qw_account){.known = false};
    for (size_t i = 0; i < given->user_count; i++) {
        if (qw_bytes_eq(given->users[i].name, user))
            *out = given->users[i].account;
    }
}

void qw_world_given(struct qw_world *world, const struct qw_given *given, time_t now)
{
    static const struct qw_guard guard = {qw_guard_paths};

    *world = (struct qw_world){.resolve = resolve,
                               .confines_builds = confines_builds,
                               .account = account,
                               .guard = &guard,
                               .now = now,
                               .data = given};
}

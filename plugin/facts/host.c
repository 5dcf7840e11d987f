/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where host paths lead, asked of the host itself. */
#include "quaywarden/facts.h"

#include <errno.h>
#include <limits.h>
#include <sys/stat.h>

/* ---- guarded things, by device and inode ---- */

static bool same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/*
 * Calls visit for path and each of its parents that exist, from the leaf up, until one says true. path is a buffer of
 * the caller's and is cut shorter on the way.
 */
static bool any_upwards(char *path, bool (*visit)(const struct stat *st, const void *data), const void *data)
{
    for (;;) {
        struct stat st;
        char *slash = strrchr(path, '/');

        if (stat(path, &st) == 0 && visit(&st, data))
            return true;
        if (!slash || strcmp(path, "/") == 0)
            return false;
        slash[slash == path] = '\0';
    }
}

static bool is_same(const struct stat *st, const void *data)
{
    return same(st, data);
}

/* Is the thing at `path`, or a folder above it, the thing at `other`? */
static bool leads_into(const char *path, const char *other)
{
    char walk[PATH_MAX];
    struct stat st;

    if (stat(other, &st) < 0 || (size_t)snprintf(walk, sizeof(walk), "%s", path) >= sizeof(walk))
        return false;
    return any_upwards(walk, is_same, &st);
}

/* By name first; then by what is there, since a bind mount gives a folder a second name. */
static const char *find_guarded(const struct qw_guard *guard, const struct qw_place *place)
{
    const char *hit = qw_guard_hit(guard, place->cleaned);

    if (!hit)
        hit = qw_guard_hit(guard, place->resolved);
    for (size_t i = 0; !hit && guard->paths[i]; i++) {
        if (leads_into(place->resolved.data, guard->paths[i]) || leads_into(guard->paths[i], place->resolved.data))
            hit = guard->paths[i];
    }
    return hit;
}

/* ---- resolving ---- */

/*
 * The first folder strictly above path that others than root may write, so that they could put a link in the place of
 * what is below it. NULL for none; a part of `path`, which is cut there.
 */
static const char *find_loose(char *path)
{
    for (char *slash = path; slash; slash = strchr(slash + 1, '/')) {
        const char saved = slash[slash == path];
        struct stat st;
        bool loose;

        if (path[1] == '\0')
            return NULL;
        slash[slash == path] = '\0';
        loose = stat(path, &st) == 0 && S_ISDIR(st.st_mode) && (st.st_uid != 0 || (st.st_mode & 022));
        if (loose)
            return path;
        slash[slash == path] = saved;
    }
    return NULL;
}

static int note_loose(struct qw_place *place, struct qw_bytes path, struct qw_arena *arena, struct qw_err *err)
{
    const struct qw_bytes copy = qw_arena_copy(arena, path);
    const char *loose = copy.data ? find_loose((char *)(uintptr_t)copy.data) : NULL;

    if (!copy.data)
        return qw_fail(err, QW_E_NOMEM, "out of memory");
    if (loose)
        place->loose = qw_bytes_of(loose);
    return 0;
}

/*
 * Resolves the longest part of path that exists, and keeps the rest: the engine makes it. A link that leads nowhere is
 * trouble, since it may lead somewhere by the time the engine follows it.
 */
static const char *resolve(const char *path, char out[PATH_MAX])
{
    char head[PATH_MAX];
    size_t cut = strlen(path);
    struct stat st;

    snprintf(head, sizeof(head), "%s", path);
    while (!realpath(head, out)) {
        if (errno != ENOENT)
            return strerror(errno);
        if (lstat(head, &st) == 0)
            return "a link on the way leads nowhere";
        while (cut > 0 && path[--cut] != '/')
            ;
        head[cut ? cut : 1] = '\0';
    }
    if (strcmp(out, "/") == 0 && cut == 0)
        out[0] = '\0';
    if (strlen(out) + strlen(path + cut) >= PATH_MAX)
        return strerror(ENAMETOOLONG);
    strcat(out, path + cut);
    return NULL;
}

static int host_resolve(const struct qw_world *world, struct qw_bytes cleaned, struct qw_arena *arena,
                        struct qw_place *place, struct qw_err *err)
{
    char out[PATH_MAX];
    const char *trouble;

    if (cleaned.len >= PATH_MAX || memchr(cleaned.data, '\0', cleaned.len))
        return qw_fail(err, QW_E_IO, "%s", strerror(ENAMETOOLONG));
    trouble = resolve(cleaned.data, out);
    if (trouble)
        return qw_fail(err, QW_E_IO, "%s", trouble);
    place->resolved = qw_arena_copy(arena, qw_bytes_of(out));
    if (!place->resolved.data)
        return qw_fail(err, QW_E_NOMEM, "out of memory");
    if (note_loose(place, place->cleaned, arena, err) < 0 ||
        (!place->loose.data && note_loose(place, place->resolved, arena, err) < 0))
        return -1;
    place->guarded = find_guarded(world->guard, place);
    return 0;
}

static bool host_confines_builds(const struct qw_world *world, struct qw_arena *arena)
{
    return qw_engine_file_confines_builds(world->data, arena);
}

void qw_world_host(struct qw_world *world, const struct qw_guard *guard, const char *engine_config)
{
    *world = (struct qw_world){
        .resolve = host_resolve, .confines_builds = host_confines_builds, .guard = guard, .data = engine_config};
}

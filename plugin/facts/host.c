/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where host paths lead, asked of the host itself. */
#include "quaywarden/facts.h"

#include "mounted.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <sys/stat.h>

/* ---- guarded things, by device and inode ---- */

/* A path and its parents, as far as they exist, from the root down: asked once, compared with every guarded path. */
struct chain {
    struct stat steps[QW_PATH_DEPTH_MAX + 1];
    size_t count;
    bool whole; /* the path itself exists, and is the last step */
};

static bool same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Calls visit for the root, and for each longer part of the path; ends where visit says false. */
static bool walk_down(const char *path, bool (*visit)(const char *part, void *data), void *data)
{
    char part[PATH_MAX];

    if (!visit("/", data))
        return false;
    for (size_t len = 1; path[0] && path[1] && path[len - 1]; len++) {
        if (path[len] && path[len] != '/')
            continue;
        memcpy(part, path, len);
        part[len] = '\0';
        if (!visit(part, data))
            return false;
        if (!path[len])
            break;
    }
    return true;
}

static bool add_step(const char *part, void *data)
{
    struct chain *chain = data;

    if (chain->count == QW_COUNT(chain->steps) || stat(part, &chain->steps[chain->count]) < 0)
        return false;
    chain->count++;
    return true;
}

static bool is_other(const char *part, void *data)
{
    struct stat st;

    return stat(part, &st) < 0 || !same(&st, data);
}

/* Is the guarded thing one of the chain's, or does it lie below the chain's end? A bind mount gives second names. */
static bool chain_hits(struct chain *chain, const char *guarded)
{
    struct stat st;

    if (stat(guarded, &st) == 0) {
        for (size_t i = 0; i < chain->count; i++) {
            if (same(&chain->steps[i], &st))
                return true;
        }
    }
    return chain->whole && chain->count && !walk_down(guarded, is_other, &chain->steps[chain->count - 1]);
}

/* By name first; then by what is there. */
static const char *find_guarded(const struct qw_guard *guard, const struct qw_place *place)
{
    const char *hit = qw_guard_hit(guard, place->cleaned);
    struct chain chain = {.count = 0};

    if (!hit)
        hit = qw_guard_hit(guard, place->resolved);
    if (hit)
        return hit;
    chain.whole = walk_down(place->resolved.data, add_step, &chain);
    for (size_t i = 0; !hit && guard->paths[i]; i++) {
        if (chain_hits(&chain, guard->paths[i]))
            hit = guard->paths[i];
    }
    return hit;
}

/* ---- what is mounted below ---- */

struct below {
    const struct qw_guard *guard;
    const char *guarded;
    char first[PATH_MAX];
};

/* A mount gives what is mounted a second name: by inode it is the guarded folder, or holds it. */
static bool note_point(const char *point, void *data)
{
    struct below *below = data;
    struct chain chain = {.count = 1, .whole = true};

    if (!below->first[0])
        snprintf(below->first, sizeof(below->first), "%s", point);
    if (stat(point, &chain.steps[0]) < 0)
        return true;
    for (size_t i = 0; !below->guarded && below->guard->paths[i]; i++) {
        if (chain_hits(&chain, below->guard->paths[i]))
            below->guarded = below->guard->paths[i];
    }
    return !below->guarded;
}

/*
 * A bind is recursive: it takes along what is mounted below its source. What is guarded already needs no look, nor does
 * what is no folder.
 */
static int note_mounts(const struct qw_guard *guard, struct qw_place *place, struct qw_arena *arena, struct qw_err *err)
{
    struct below below = {.guard = guard};
    struct stat st;

    if (place->guarded || stat(place->resolved.data, &st) < 0 || !S_ISDIR(st.st_mode))
        return 0;
    if (qw_mounted_below(place->resolved, note_point, &below, err) < 0)
        return -1;
    place->guarded = below.guarded;
    if (!below.first[0])
        return 0;
    place->mounted = qw_arena_copy(arena, qw_bytes_of(below.first));
    return place->mounted.data ? 0 : qw_fail(err, QW_E_NOMEM, "out of memory");
}

/* ---- resolving ---- */

/* The first folder strictly above a path that others than root may write. */
struct loose {
    const char *path;
    char found[PATH_MAX];
};

static bool is_tight(const char *part, void *data)
{
    struct loose *loose = data;
    struct stat st;

    /* What is not there is made by the engine, as root; the path itself may be anybody's. */
    if (strcmp(part, loose->path) == 0 || stat(part, &st) < 0)
        return false;
    if (S_ISDIR(st.st_mode) && (st.st_uid != 0 || (st.st_mode & 022))) {
        snprintf(loose->found, sizeof(loose->found), "%s", part);
        return false;
    }
    return true;
}

/*
 * Whoever may write a folder above the path could put a link in the place of what is below it, long after this.
 */
static int note_loose(struct qw_place *place, struct qw_bytes path, struct qw_arena *arena, struct qw_err *err)
{
    struct loose loose = {.path = path.data, .found = ""};

    walk_down(path.data, is_tight, &loose);
    if (!loose.found[0])
        return 0;
    place->loose = qw_arena_copy(arena, qw_bytes_of(loose.found));
    return place->loose.data ? 0 : qw_fail(err, QW_E_NOMEM, "out of memory");
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
    size_t used;

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
    used = strlen(out);
    return (size_t)snprintf(out + used, PATH_MAX - used, "%s", path + cut) < PATH_MAX - used ? NULL
                                                                                             : strerror(ENAMETOOLONG);
}

static size_t depth(struct qw_bytes path)
{
    size_t count = 0;

    for (size_t i = 0; i < path.len; i++)
        count += path.data[i] == '/';
    return count;
}

static int host_resolve(const struct qw_world *world, struct qw_bytes cleaned, struct qw_arena *arena,
                        struct qw_place *place, struct qw_err *err)
{
    char out[PATH_MAX];
    const char *trouble;

    if (cleaned.len >= PATH_MAX || memchr(cleaned.data, '\0', cleaned.len) || depth(cleaned) > QW_PATH_DEPTH_MAX)
        return qw_fail(err, QW_E_IO, "%s", strerror(ENAMETOOLONG));
    trouble = resolve(cleaned.data, out);
    if (trouble)
        return qw_fail(err, QW_E_IO, "%s", trouble);
    place->resolved = qw_arena_copy(arena, qw_bytes_of(out));
    if (!place->resolved.data)
        return qw_fail(err, QW_E_NOMEM, "out of memory");
    if (depth(place->resolved) > QW_PATH_DEPTH_MAX)
        return qw_fail(err, QW_E_IO, "%s", strerror(ENAMETOOLONG));
    if (note_loose(place, place->cleaned, arena, err) < 0 ||
        (!place->loose.data && note_loose(place, place->resolved, arena, err) < 0))
        return -1;
    place->guarded = find_guarded(world->guard, place);
    return note_mounts(world->guard, place, arena, err);
}

static bool host_confines_builds(const struct qw_world *world, struct qw_arena *arena)
{
    return qw_engine_file_confines_builds(world->data, arena);
}

static void host_defaults(const struct qw_world *world, struct qw_arena *arena, struct qw_engine_defaults *out)
{
    qw_engine_file_defaults(world->data, arena, out);
}

/*
 * By the host's name service, which for local accounts is a file. One that waits for a directory server would hold the
 * thread that asks; only policies with {home} or as-self ask.
 */
static void host_account(const struct qw_world *world, struct qw_bytes user, struct qw_arena *arena,
                         struct qw_account *out)
{
    const struct qw_bytes name = qw_arena_copy(arena, user);
    char room[16384];
    struct passwd entry;
    struct passwd *found = NULL;

    (void)world;
    *out = (struct qw_account){.known = false};
    if (!name.data || memchr(name.data, '\0', name.len) ||
        getpwnam_r(name.data, &entry, room, sizeof(room), &found) != 0 || !found)
        return;
    *out = (struct qw_account){true, entry.pw_uid, entry.pw_gid, qw_arena_copy(arena, qw_bytes_of(entry.pw_dir))};
}

void qw_world_host(struct qw_world *world, const struct qw_guard *guard, const char *engine_config)
{
    *world = (struct qw_world){
        .resolve = host_resolve,
        .confines_builds = host_confines_builds,
        .defaults = host_defaults,
        .account = host_account,
        .guard = guard,
        .data = engine_config,
    };
}

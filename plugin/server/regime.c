/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The policy in force and what is protected with it. Immutable; each request holds a reference. */
#include "parts.h"

#include <limits.h>

const char *const *qw_destinations(const struct qw_server_options *options, const struct qw_policy *policy,
                                   size_t *count)
{
    if (options->audit) {
        *count = 1;
        return &options->audit;
    }
    *count = policy->audit_to_count;
    return (const char *const *)policy->audit_to;
}

/* Paths under construction; NULL-terminated at all times once there is one. */
struct paths {
    char **items;
    size_t count;
    bool failed;
};

/* Takes text over. */
static void add(struct paths *paths, char *text)
{
    char **items = text ? realloc(paths->items, (paths->count + 2) * sizeof(*items)) : NULL;

    if (!items) {
        free(text);
        paths->failed = true;
        return;
    }
    items[paths->count++] = text;
    items[paths->count] = NULL;
    paths->items = items;
}

/* As it is written, but absolute and clean, as guards are compared by name. NULL without memory. */
static char *spell_out(const char *path)
{
    QW_AUTO(arena) struct qw_arena *arena = qw_arena_new();
    QW_AUTO(heap) char *here = NULL;
    struct qw_bytes clean;

    if (*path != '/')
        here = getcwd(NULL, 0);
    if (!arena || (*path != '/' && !here))
        return NULL;
    clean = qw_path_clean(qw_arena_printf(arena, "%s/%s", here ? here : "", path), arena);
    return clean.data ? strndup(clean.data, clean.len) : NULL;
}

/* The path as it is written and where it leads: a request may name either. */
static void protect(struct paths *paths, const char *path)
{
    char target[PATH_MAX];

    if (!path || !*path)
        return;
    add(paths, spell_out(path));
    if (realpath(path, target) && strcmp(target, path) != 0)
        add(paths, strdup(target));
}

static void protect_named(void *paths, const char *path)
{
    protect(paths, path);
}

/* What daemon.json moves elsewhere is as much the engine's as where it is by default. */
static void protect_engine(struct paths *paths, const char *engine_config)
{
    QW_AUTO(arena) struct qw_arena *arena = qw_arena_new();

    if (arena && engine_config && !qw_engine_file_paths(engine_config, arena, protect_named, paths))
        qw_log("%s cannot be read; if it moves the engine's data elsewhere, that is not protected from requests",
               engine_config);
    paths->failed = paths->failed || !arena;
}

void qw_guarded_paths_free(char **paths)
{
    for (char **path = paths; path && *path; path++)
        free(*path);
    free(paths);
}

char **qw_guarded_paths(const struct qw_policy *policy, const struct qw_server_options *options, const char *socket)
{
    struct paths paths = {0};
    char program[PATH_MAX];
    size_t count;
    const char *const *destinations = qw_destinations(options, policy, &count);

    for (const char *const *path = qw_guard_paths; *path; path++)
        protect(&paths, *path);
    for (size_t i = 0; i < count; i++)
        if (!qw_trail_is_stdout(destinations[i]))
            protect(&paths, destinations[i]);
    protect(&paths, realpath("/proc/self/exe", program));
    protect(&paths, options->policy);
    protect(&paths, socket);
    protect(&paths, options->state);
    protect(&paths, options->engine);
    protect(&paths, options->engine_config);
    protect_engine(&paths, options->engine_config);
    protect(&paths, options->front_ca);
    if (!paths.failed)
        return paths.items;
    qw_guarded_paths_free(paths.items);
    return NULL;
}

/* Whoever could write the file could let his own certificates say who he is on this host. */
static int load_front(const char *file, struct qw_front **out, struct qw_err *err)
{
    if (qw_policy_file_is_safe(file, err) < 0)
        return -1;
    return qw_front_load(file, out, err);
}

struct qw_regime *qw_regime_new(struct qw_policy *policy, const struct qw_server_options *options, const char *socket,
                                struct qw_err *err)
{
    struct qw_regime *regime = calloc(1, sizeof(*regime));

    qw_fail(err, QW_E_NOMEM, "out of memory");
    if (!regime) {
        qw_policy_unref(policy);
        return NULL;
    }
    atomic_init(&regime->references, 1);
    regime->policy = policy;
    regime->since = time(NULL);
    regime->guarded = qw_guarded_paths(policy, options, socket);
    if (!regime->guarded || (options->front_ca && load_front(options->front_ca, &regime->front, err) < 0)) {
        qw_regime_unref(regime);
        return NULL;
    }
    regime->guard.paths = (const char *const *)regime->guarded;
    qw_world_host(&regime->world, &regime->guard, options->engine_config);
    regime->world.front = regime->front;
    return regime;
}

void qw_regime_unref(struct qw_regime *regime)
{
    if (!regime || atomic_fetch_sub(&regime->references, 1) != 1)
        return;
    qw_guarded_paths_free(regime->guarded);
    qw_policy_unref(regime->policy);
    qw_front_free(regime->front);
    free(regime);
}

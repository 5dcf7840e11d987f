/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Host paths: cleaned and compared by text alone; host.c follows them. */
#include "quaywarden/facts.h"

bool qw_path_is_within(struct qw_bytes path, struct qw_bytes folder)
{
    if (folder.len == 1 && folder.data[0] == '/')
        return path.len && path.data[0] == '/';
    if (path.len < folder.len || !qw_bytes_eq((struct qw_bytes){path.data, folder.len}, folder))
        return false;
    return path.len == folder.len || path.data[folder.len] == '/';
}

/* Source: Go path.Clean. A rooted path's .. stops at the root. */
struct qw_bytes qw_path_clean(struct qw_bytes path, struct qw_arena *arena)
{
    struct qw_bytes rest = qw_bytes_from(path, 1);
    struct qw_bytes component;
    size_t used = 0;
    char *out;

    if (!path.len || path.data[0] != '/' || !(out = qw_arena_alloc(arena, path.len + 1)))
        return (struct qw_bytes){NULL, 0};
    while (qw_bytes_split(&rest, '/', &component)) {
        if (!component.len || qw_bytes_is(component, "."))
            continue;
        if (qw_bytes_is(component, "..")) {
            while (used && out[--used] != '/')
                ;
            continue;
        }
        out[used++] = '/';
        memcpy(out + used, component.data, component.len);
        used += component.len;
    }
    if (!used)
        out[used++] = '/';
    out[used] = '\0';
    return (struct qw_bytes){out, used};
}

/*
 * What to protect wherever quaywarden runs: the engine's and containerd's sockets, configuration and data, the folders
 * in which engines look for plugins, CDI and NRI. serve adds what
 * its options name.
 */
const char *const qw_guard_paths[] = {
    "/run/docker.sock",
    "/run/docker",
    "/var/run/docker.sock",
    "/var/run/docker",
    "/run/containerd",
    "/var/run/containerd",
    "/run/quaywarden",
    "/etc/docker",
    "/etc/containerd",
    "/etc/quaywarden",
    "/etc/cdi",
    "/var/run/cdi",
    "/run/cdi",
    "/etc/nri",
    "/opt/nri",
    "/var/run/nri",
    "/run/nri",
    "/usr/lib/docker/plugins",
    "/var/lib/docker",
    "/var/lib/containerd",
    "/var/lib/quaywarden",
    "/var/log/quaywarden",
    NULL,
};

const char *qw_guard_hit(const struct qw_guard *guard, struct qw_bytes path)
{
    for (size_t i = 0; guard->paths[i]; i++) {
        const struct qw_bytes guarded = qw_bytes_of(guard->paths[i]);

        if (qw_path_is_within(path, guarded) || qw_path_is_within(guarded, path))
            return guard->paths[i];
    }
    return NULL;
}

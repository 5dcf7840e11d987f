/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the engine's daemon.json says that a verdict needs. Source: moby daemon/config, builder/builder-next. */
#include "quaywarden/facts.h"

#include <errno.h>
#include <unistd.h>

#define CONFIG_MAX ((size_t)1 << 20)

/* Engines from 26 on read over the mark that some editors put before UTF-8; older ones do not start by such a file. */
static int parse(struct qw_bytes config, struct qw_arena *arena, const struct qw_json **root)
{
    struct qw_err ignored;

    if (qw_bytes_starts(config, "\xef\xbb\xbf"))
        config = qw_bytes_from(config, 3);
    return qw_json_parse(config, arena, root, &ignored);
}

/* The member that Go's decoder would take; NULL where there is none, or where two fold alike. */
static const struct qw_json *find_member(const struct qw_json *object, const char *key)
{
    const struct qw_json *found = NULL;

    if (!object || object->type != QW_JSON_OBJECT)
        return NULL;
    for (const struct qw_json *member = object->child; member; member = member->next) {
        if (!qw_json_key_folds_to(member->key, key, strlen(key)))
            continue;
        if (found)
            return NULL;
        found = member;
    }
    return found;
}

/* The engine gives builds the host's network unless it is told not to, and never privileges unless it is told to. */
bool qw_engine_confines_builds(struct qw_bytes config, struct qw_arena *arena)
{
    const struct qw_json *root;
    const struct qw_json *entitlements;
    const struct qw_json *network;

    if (parse(config, arena, &root) < 0)
        return false;
    entitlements = find_member(find_member(root, "builder"), "entitlements");
    network = find_member(entitlements, "network-host");
    if (!network || network->type != QW_JSON_FALSE)
        return false;
    for (const struct qw_json *member = entitlements->child; member; member = member->next) {
        if (qw_json_key_folds_to(member->key, "security-insecure", strlen("security-insecure")) &&
            !qw_json_is_empty(member))
            return false;
    }
    return true;
}

bool qw_engine_file_confines_builds(const char *file, struct qw_arena *arena)
{
    QW_AUTO(heap) char *text = NULL;
    struct qw_err err;
    size_t len;

    if (qw_file_read(file, CONFIG_MAX, &text, &len, &err) < 0)
        return false;
    return qw_engine_confines_builds((struct qw_bytes){text, len}, arena);
}

/* ---- what a container gets that asks for nothing ---- */

#define SHM_SIZE_DEFAULT ((int64_t)64 << 20)

static void take_text(const struct qw_json *root, const char *key, struct qw_bytes *out)
{
    const struct qw_json *member = find_member(root, key);

    if (member && member->type == QW_JSON_STRING && member->text.len)
        *out = member->text;
}

/* 64m, "64m" or 67108864: opts.MemBytes. What cannot be read leaves the engine's own. */
static void take_size(const struct qw_json *root, const char *key, int64_t *out)
{
    static const char units[] = "bkmgt";
    const struct qw_json *member = find_member(root, key);
    struct qw_bytes text = member ? member->text : (struct qw_bytes){NULL, 0};
    size_t digits = 0;
    const char *unit;
    int64_t n;

    while (digits < text.len && text.data[digits] >= '0' && text.data[digits] <= '9')
        digits++;
    if (!qw_bytes_to_int((struct qw_bytes){text.data, digits}, &n))
        return;
    unit = digits < text.len ? strchr(units, text.data[digits] | 0x20) : units;
    if (unit && *unit && !__builtin_mul_overflow(n, (int64_t)1 << (10 * (unit - units)), &n))
        *out = n;
}

void qw_engine_read_defaults(struct qw_bytes config, bool old_cgroups, struct qw_arena *arena,
                             struct qw_engine_defaults *out)
{
    const struct qw_json *root = NULL;
    struct qw_bytes cgroups = QW_LIT("");

    *out = (struct qw_engine_defaults){
        .runtime = QW_LIT("runc"),
        .log_driver = QW_LIT("json-file"),
        .shm_size = SHM_SIZE_DEFAULT,
        .host_cgroups = old_cgroups,
    };
    if (!config.len || parse(config, arena, &root) < 0)
        return;
    take_text(root, "default-runtime", &out->runtime);
    take_text(root, "log-driver", &out->log_driver);
    take_text(root, "default-cgroupns-mode", &cgroups);
    take_size(root, "default-shm-size", &out->shm_size);
    if (cgroups.len)
        out->host_cgroups = qw_bytes_is(cgroups, "host");
    out->ulimits = find_member(root, "default-ulimits");
}

/* Version 2 alone has this file at its root; who cannot see the root does not know. */
static bool has_old_cgroups(void)
{
    return access("/sys/fs/cgroup", F_OK) == 0 && access("/sys/fs/cgroup/cgroup.controllers", F_OK) < 0 &&
           errno == ENOENT;
}

void qw_engine_file_defaults(const char *file, struct qw_arena *arena, struct qw_engine_defaults *out)
{
    const bool old_cgroups = has_old_cgroups();
    QW_AUTO(heap) char *text = NULL;
    struct qw_bytes config = {NULL, 0};
    struct qw_err err;
    size_t len;

    if (qw_file_read(file, CONFIG_MAX, &text, &len, &err) == 0)
        config = qw_arena_copy(arena, (struct qw_bytes){text, len}); /* what is read points into it */
    qw_engine_read_defaults(config, old_cgroups, arena, out);
}

/* ---- where the engine's own files are ---- */

/* Members of daemon.json that name files of the engine's own, as text or as a list; graph is data-root's older name. */
static const char *const own_paths[] = {"data-root", "graph",         "exec-root", "pidfile", "containerd",
                                        "hosts",     "cdi-spec-dirs", "tlscacert", "tlscert", "tlskey"};

static bool is_own_path(struct qw_bytes key)
{
    for (size_t i = 0; i < QW_COUNT(own_paths); i++) {
        if (qw_json_key_folds_to(key, own_paths[i], strlen(own_paths[i])))
            return true;
    }
    return false;
}

/* False without memory. */
static bool tell_path(const struct qw_json *value, struct qw_arena *arena, void (*each)(void *to, const char *path),
                      void *to)
{
    static const char scheme[] = "unix://";
    struct qw_bytes path = value->text;

    if (value->type != QW_JSON_STRING)
        return true;
    if (qw_bytes_starts(path, scheme))
        path = qw_bytes_from(path, sizeof(scheme) - 1);
    path = qw_arena_copy(arena, path);
    if (path.data && *path.data == '/')
        each(to, path.data);
    return path.data;
}

bool qw_engine_file_paths(const char *file, struct qw_arena *arena, void (*each)(void *to, const char *path), void *to)
{
    QW_AUTO(heap) char *text = NULL;
    const struct qw_json *root;
    struct qw_err err;
    size_t len;
    bool told = true;

    if (access(file, F_OK) < 0 && errno == ENOENT)
        return true;
    if (qw_file_read(file, CONFIG_MAX, &text, &len, &err) < 0 ||
        parse((struct qw_bytes){text, len}, arena, &root) < 0 || root->type != QW_JSON_OBJECT)
        return false;
    for (const struct qw_json *member = root->child; member && told; member = member->next) {
        if (!is_own_path(member->key))
            continue;
        told = tell_path(member, arena, each, to);
        for (const struct qw_json *item = member->child; item && told; item = item->next)
            told = tell_path(item, arena, each, to);
    }
    return told;
}

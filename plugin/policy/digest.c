/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Seccomp profiles that a policy names by file: what counts is what the file holds when the policy is loaded. */
#include "load.h"

#define PROFILE_MAX ((size_t)1 << 20)

/* A path that is not absolute starts at the policy's own folder. */
static const char *locate(struct qw_loader *loader, const char *path)
{
    const char *file = loader->policy->file;
    const char *slash = strrchr(file, '/');
    const struct qw_bytes folder = {file, *path != '/' && slash ? (size_t)(slash - file) + 1 : 0};
    const char *found = qw_arena_concat(loader->policy->arena, folder, qw_bytes_of(path)).data;

    if (!found)
        qw_diagnostics_error(loader->diagnostics, 0, 0, "out of memory");
    return found;
}

static bool note_file(struct qw_loader *loader, const char *path)
{
    struct qw_named_file *named = qw_load_alloc(loader, 1, sizeof(*named));

    if (!named)
        return false;
    *named = (struct qw_named_file){path, loader->policy->files};
    loader->policy->files = named;
    return true;
}

bool qw_load_digest(struct qw_loader *loader, const struct qw_yaml *node, struct qw_item *item)
{
    const char *path = locate(loader, item->text + strlen("file:"));
    QW_AUTO(heap) char *text = NULL;
    struct qw_err err;
    size_t len;

    item->sha256 = qw_load_alloc(loader, 1, 65);
    if (!item->sha256 || !path || !note_file(loader, path))
        return false;
    if (!item->text[strlen("file:")]) {
        qw_yaml_error(loader->diagnostics, node, "file: and a path are expected");
        return false;
    }
    /* Whoever may write the profile may write that part of the policy. */
    if (qw_file_read(path, PROFILE_MAX, &text, &len, &err) < 0 || qw_policy_file_is_safe(path, &err) < 0) {
        qw_yaml_error(loader->diagnostics, node, "%s", err.msg);
        return false;
    }
    if (qw_json_digest((struct qw_bytes){text, len}, loader->policy->arena, item->sha256, &err) < 0) {
        qw_yaml_error(loader->diagnostics, node, "%s: %s", item->text, err.msg);
        return false;
    }
    return true;
}

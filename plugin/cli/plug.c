/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Source: moby pkg/plugins/discovery.go: sockets first, then specs. */
#include "plug.h"
#include "json_edit.h"

#include <errno.h>
#include <limits.h>
#include <sys/stat.h>

#define SOCKETS  "/run/docker/plugins"
#define SPEC_MAX ((size_t)4096)
#define NAME_LEN 64

bool qw_plug_is_name(const char *name)
{
    static const char usable[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";

    return *name && *name != '.' && strlen(name) <= NAME_LEN && !name[strspn(name, usable)];
}

static bool is_same_file(const char *a, const char *b)
{
    struct stat one, other;

    return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/* FOLDER/NAME.EXT, or FOLDER/NAME/NAME.EXT. */
static bool find_file(const char *folder, const char *name, const char *ext, char out[PATH_MAX])
{
    struct stat st;

    snprintf(out, PATH_MAX, "%s/%s.%s", folder, name, ext);
    if (stat(out, &st) == 0)
        return true;
    snprintf(out, PATH_MAX, "%s/%s/%s.%s", folder, name, name, ext);
    return stat(out, &st) == 0;
}

static int check_spec(const char *spec, const char *socket, struct qw_err *err)
{
    QW_AUTO(heap) char *text = NULL;
    struct qw_bytes address;
    size_t len;

    if (qw_file_read(spec, SPEC_MAX, &text, &len, err))
        return -1;
    address = qw_bytes_trim((struct qw_bytes){text, len});
    text[(size_t)(address.data - text) + address.len] = '\0';
    if (qw_bytes_starts(address, "unix://") && is_same_file(address.data + 7, socket))
        return 0;
    return qw_fail(err, QW_E_IO, "%s leads the engine to %s, not to %s: write unix://%s there", spec, address.data,
                   socket, socket);
}

int qw_plug_is_found(const char *name, const char *socket, struct qw_err *err)
{
    static const char *const folders[] = {"/etc/docker/plugins", "/usr/lib/docker/plugins"};
    char found[PATH_MAX];

    if (find_file(SOCKETS, name, "sock", found)) {
        if (is_same_file(found, socket))
            return 0;
        return qw_fail(err, QW_E_IO, "the engine finds the plugin %s at %s, not at %s: name that with --socket", name,
                       found, socket);
    }
    for (size_t i = 0; i < QW_COUNT(folders); i++)
        if (find_file(folders[i], name, "spec", found))
            return check_spec(found, socket, err);
    return qw_fail(err, QW_E_IO,
                   "the engine looks for the plugin %s at " SOCKETS "/%s.sock, not at %s: serve there, or write "
                   "unix://%s to /etc/docker/plugins/%s.spec",
                   name, name, socket, socket, name);
}

int qw_plug_activate(const char *socket, struct qw_err *err)
{
    static const char *const path[] = {"Implements", NULL};
    QW_AUTO(arena) struct qw_arena *arena = qw_arena_new();
    struct qw_client_answer answer = {0};
    const struct qw_json *root = NULL;
    const struct qw_json *list = NULL;
    struct qw_err ignored;
    bool is_authz = false;

    if (qw_client_ask(socket, "POST", "/Plugin.Activate", (struct qw_bytes){NULL, 0}, QW_PLUG_TIMEOUT_MS, &answer, err))
        return -1;
    if (arena && answer.status == 200 && qw_json_parse(qw_buf_bytes(&answer.body), arena, &root, &ignored) == 0)
        list = qw_json_find(root, path);
    for (const struct qw_json *at = list && list->type == QW_JSON_ARRAY ? list->child : NULL; at; at = at->next)
        is_authz = is_authz || qw_bytes_is(at->text, "authz");
    qw_buf_fini(&answer.body);
    return is_authz ? 0 : qw_fail(err, QW_E_IO, "%s: no authorization plugin answers there", socket);
}

int qw_plug_status(const char *socket, struct qw_arena *arena, struct qw_bytes *text, const struct qw_json **root,
                   struct qw_err *err)
{
    struct qw_client_answer answer = {0};
    struct qw_err ignored;

    if (qw_client_ask(socket, "GET", "/status", (struct qw_bytes){NULL, 0}, QW_PLUG_TIMEOUT_MS, &answer, err))
        return -1;
    *text = qw_arena_copy(arena, qw_buf_bytes(&answer.body));
    qw_buf_fini(&answer.body);
    if (answer.status == 200 && text->data && qw_json_parse(*text, arena, root, &ignored) == 0 &&
        (*root)->type == QW_JSON_OBJECT)
        return 0;
    return qw_fail(err, QW_E_IO, "%s: a plugin without figures: not quaywarden, or an older one", socket);
}

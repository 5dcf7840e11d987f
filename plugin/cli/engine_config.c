/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine_config.h"
#include "json_edit.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#define SIZE_MAX_READ ((size_t)1 << 20)

static const char *const plugins_path[] = {"authorization-plugins", NULL};

/* ---- reading ---- */

static int stat_file(struct qw_engine_config *config, struct qw_err *err)
{
    struct stat st;

    if (stat(config->path, &st) == 0) {
        config->existed = true;
        config->mode = st.st_mode & 07777;
        config->uid = st.st_uid;
        config->gid = st.st_gid;
        config->target = realpath(config->path, NULL);
        return config->target ? 0 : qw_fail(err, QW_E_IO, "%s: %s", config->path, strerror(errno));
    }
    if (errno != ENOENT)
        return qw_fail(err, QW_E_IO, "%s: %s", config->path, strerror(errno));
    if (lstat(config->path, &st) == 0)
        return qw_fail(err, QW_E_IO, "%s: a link that leads nowhere", config->path);
    config->mode = 0644;
    config->target = strdup(config->path);
    return config->target ? 0 : qw_fail(err, QW_E_NOMEM, "out of memory");
}

static bool is_empty(const struct qw_engine_config *config)
{
    return qw_bytes_trim(qw_buf_bytes(&config->before)).len == 0;
}

static int read_text(struct qw_engine_config *config, struct qw_err *err)
{
    QW_AUTO(heap) char *data = NULL;
    size_t len = 0;

    if (config->existed && qw_file_read(config->path, SIZE_MAX_READ, &data, &len, err))
        return -1;
    qw_buf_add(&config->before, data, len);
    if (is_empty(config))
        qw_buf_add_text(&config->text, "{}\n");
    else
        qw_buf_add(&config->text, data, len);
    return config->before.failed || config->text.failed ? qw_fail(err, QW_E_NOMEM, "out of memory") : 0;
}

/* NULL where there is none. */
static const struct qw_json *plugins_of(const struct qw_json *root)
{
    return qw_json_find(root, plugins_path);
}

static int parse(struct qw_engine_config *config, struct qw_err *err)
{
    const struct qw_json *plugins;

    config->arena = qw_arena_new();
    if (!config->arena)
        return qw_fail(err, QW_E_NOMEM, "out of memory");
    if (qw_json_parse(is_empty(config) ? QW_LIT("{}") : qw_buf_bytes(&config->before), config->arena, &config->root,
                      err))
        return qw_err_wrap(err, "%s", config->path);
    if (config->root->type != QW_JSON_OBJECT)
        return qw_fail(err, QW_E_MALFORMED, "%s: not a JSON object", config->path);
    plugins = plugins_of(config->root);
    if (plugins && plugins->type != QW_JSON_ARRAY)
        return qw_fail(err, QW_E_MALFORMED, "%s: \"authorization-plugins\" is not a list", config->path);
    for (const struct qw_json *name = plugins ? plugins->child : NULL; name; name = name->next)
        if (name->type != QW_JSON_STRING)
            return qw_fail(err, QW_E_MALFORMED, "%s: \"authorization-plugins\" is not a list of names", config->path);
    return 0;
}

int qw_engine_config_read(const char *path, struct qw_engine_config *out, struct qw_err *err)
{
    *out = (struct qw_engine_config){.path = path};
    return stat_file(out, err) || read_text(out, err) || parse(out, err) ? -1 : 0;
}

int qw_engine_config_exit(const struct qw_err *err)
{
    return err->code == QW_E_MALFORMED || err->code == QW_E_AMBIGUOUS ? QW_EXIT_INPUT : QW_EXIT_ENVIRONMENT;
}

void qw_engine_config_fini(struct qw_engine_config *config)
{
    free(config->target);
    qw_buf_fini(&config->before);
    qw_buf_fini(&config->text);
    qw_arena_free(config->arena);
    *config = (struct qw_engine_config){0};
}

bool qw_engine_config_names(const struct qw_engine_config *config, const char *plugin)
{
    const struct qw_json *plugins = plugins_of(config->root);

    for (const struct qw_json *name = plugins ? plugins->child : NULL; name; name = name->next)
        if (qw_bytes_is(name->text, plugin))
            return true;
    return false;
}

/* ---- changing ---- */

static int change(struct qw_engine_config *config, const char *const *path, const char *value, struct qw_err *err)
{
    const int result = value ? qw_json_set(&config->text, path, value, err) : qw_json_remove(&config->text, path, err);

    config->changed = true;
    return result ? qw_err_wrap(err, "%s", config->path) : 0;
}

/* The list with the plugin last or, where `added` is false, without it; nothing at all rather than an empty list. */
static int set_plugins(struct qw_engine_config *config, const char *plugin, bool added, struct qw_err *err)
{
    const struct qw_json *plugins = plugins_of(config->root);
    QW_AUTO(buf) struct qw_buf list = {0};
    const char *comma = "[";

    for (const struct qw_json *name = plugins ? plugins->child : NULL; name; name = name->next) {
        if (qw_bytes_is(name->text, plugin))
            continue;
        qw_buf_add_text(&list, comma);
        qw_buf_add_json(&list, name->text);
        comma = ", ";
    }
    if (added) {
        qw_buf_add_text(&list, comma);
        qw_buf_add_json(&list, qw_bytes_of(plugin));
    }
    if (!list.len)
        return change(config, plugins_path, NULL, err);
    qw_buf_add(&list, "]", sizeof("]"));
    return list.failed ? qw_fail(err, QW_E_NOMEM, "out of memory") : change(config, plugins_path, list.data, err);
}

int qw_engine_config_add(struct qw_engine_config *config, const char *plugin, struct qw_err *err)
{
    return qw_engine_config_names(config, plugin) ? 0 : set_plugins(config, plugin, true, err);
}

int qw_engine_config_drop(struct qw_engine_config *config, const char *plugin, struct qw_err *err)
{
    return qw_engine_config_names(config, plugin) ? set_plugins(config, plugin, false, err) : 0;
}

int qw_engine_config_confine_builds(struct qw_engine_config *config, struct qw_err *err)
{
    static const char *const paths[][4] = {{"builder", "entitlements", "network-host", NULL},
                                           {"builder", "entitlements", "security-insecure", NULL}};

    for (size_t i = 0; i < QW_COUNT(paths); i++) {
        const struct qw_json *setting = qw_json_find(config->root, paths[i]);

        if ((!setting || setting->type != QW_JSON_FALSE) && change(config, paths[i], "false", err))
            return -1;
    }
    return 0;
}

/* ---- writing ---- */

static int write_all(int fd, struct qw_bytes bytes)
{
    while (bytes.len) {
        const ssize_t written = write(fd, bytes.data, bytes.len);

        if (written < 0 && errno != EINTR)
            return -1;
        bytes = qw_bytes_from(bytes, written < 0 ? 0 : (size_t)written);
    }
    return 0;
}

static int sync_folder(const char *folder)
{
    QW_AUTO(fd) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    return fd < 0 || fsync(fd) ? -1 : 0;
}

static int replace(const struct qw_engine_config *config, const char *folder, const char *fresh, int fd,
                   struct qw_bytes bytes)
{
    return write_all(fd, bytes) || fchown(fd, config->uid, config->gid) || fchmod(fd, config->mode) || fsync(fd) ||
                   rename(fresh, config->target) || sync_folder(folder)
               ? -1
               : 0;
}

static void find_folder(const char *file, char out[PATH_MAX])
{
    const char *slash = strrchr(file, '/');

    if (!slash)
        snprintf(out, PATH_MAX, ".");
    else
        snprintf(out, PATH_MAX, "%.*s", slash == file ? 1 : (int)(slash - file), file);
}

/* A reader sees the old file or the new one, whole, and so does the engine after a power cut. */
static int write_file(const struct qw_engine_config *config, struct qw_bytes bytes, struct qw_err *err)
{
    char folder[PATH_MAX], fresh[PATH_MAX];
    QW_AUTO(fd) int fd = -1;

    if (snprintf(fresh, sizeof(fresh), "%s.XXXXXX", config->target) >= PATH_MAX)
        return qw_fail(err, QW_E_IO, "%s: %s", config->path, strerror(ENAMETOOLONG));
    find_folder(config->target, folder);
    if (mkdir(folder, 0755) && errno != EEXIST)
        return qw_fail(err, QW_E_IO, "%s: %s", folder, strerror(errno));
    fd = mkostemp(fresh, O_CLOEXEC);
    if (fd < 0)
        return qw_fail(err, QW_E_IO, "%s: %s", fresh, strerror(errno));
    if (replace(config, folder, fresh, fd, bytes) == 0)
        return 0;
    qw_fail(err, QW_E_IO, "%s: %s", config->path, strerror(errno));
    unlink(fresh);
    return -1;
}

int qw_engine_config_write(const struct qw_engine_config *config, struct qw_err *err)
{
    return write_file(config, qw_buf_bytes(&config->text), err);
}

int qw_engine_config_undo(const struct qw_engine_config *config, struct qw_err *err)
{
    return write_file(config, is_empty(config) ? QW_LIT("{}\n") : qw_buf_bytes(&config->before), err);
}

int qw_engine_config_restore(const struct qw_engine_config *config, struct qw_err *err)
{
    if (!is_empty(config))
        return 0;
    if (config->existed)
        return write_file(config, qw_buf_bytes(&config->before), err);
    return unlink(config->target) ? qw_fail(err, QW_E_IO, "%s: %s", config->path, strerror(errno)) : 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Plugins that the engine runs: their names, where they come from, what they are given. Before it installs one, the
 * engine holds what the client grants against what the plugin wants, and refuses what differs: the grants are the
 * powers. Source: moby plugin/backend_linux.go, computePrivileges and validatePrivileges; plugin/v2/settable.go,
 * newSettable.
 */
#include "params.h"

/* ---- grants ---- */

static int give_mount(struct reader *r, struct qw_bytes value, const struct qw_path *path)
{
    return value.len ? fact_add_record(r, &(struct record){.kind = QW_F_BIND, .path = path, .text = value}) : 0;
}

static int give_device(struct reader *r, struct qw_bytes value, const struct qw_path *path)
{
    return value.len ? fact_add_record(r, &(struct record){.kind = QW_F_DEVICE, .path = path, .text = value}) : 0;
}

static int give_all_devices(struct reader *r, struct qw_bytes value, const struct qw_path *path)
{
    (void)value;
    return fact_add(r, QW_F_DEVICE_CGROUP_RULE, path, QW_LIT("a *:* rwm"), 0);
}

static int give_network(struct reader *r, struct qw_bytes value, const struct qw_path *path)
{
    return fact_add(r, QW_F_NETWORK_MODE, path, value, 0);
}

static int give_pid(struct reader *r, struct qw_bytes value, const struct qw_path *path)
{
    (void)value;
    return fact_add(r, QW_F_PID_MODE, path, QW_LIT("host"), 0);
}

static int give_ipc(struct reader *r, struct qw_bytes value, const struct qw_path *path)
{
    (void)value;
    return fact_add(r, QW_F_IPC_MODE, path, QW_LIT("host"), 0);
}

static int give_capability(struct reader *r, struct qw_bytes value, const struct qw_path *path)
{
    return fact_add(r, QW_F_CAP_ADD, path, value, 0);
}

static const struct grant {
    const char *name; /* exact, as the engine compares it */
    int (*give)(struct reader *r, struct qw_bytes value, const struct qw_path *path);
} grants[] = {
    {"mount", give_mount},
    {"device", give_device},
    {"allow-all-devices", give_all_devices},
    {"network", give_network},
    {"host pid namespace", give_pid},
    {"host ipc namespace", give_ipc},
    {"capabilities", give_capability},
};

/* clang-format off */
static const struct field privilege_fields[] = {
    SAFE("Name",        GO_STRING),
    SAFE("Description", GO_STRING),
    SAFE("Value",       GO_STRINGS),
};
/* clang-format on */
static const struct shape shape_privilege = SHAPE(privilege_fields, NULL);

static const struct qw_json *find_member(const struct qw_json *object, const char *key)
{
    for (const struct qw_json *member = object->child; member; member = member->next) {
        if (qw_json_key_folds_to(member->key, key, strlen(key)))
            return member;
    }
    return NULL;
}

static int give_values(struct reader *r, const struct grant *grant, const struct qw_json *values,
                       const struct qw_path *path)
{
    size_t index = 0;

    for (const struct qw_json *item = values ? values->child : NULL; item; item = item->next, index++) {
        const struct qw_path *at = path_index(r, path, index);

        if (!at || grant->give(r, item->text, at) < 0)
            return -1;
    }
    return 0;
}

/* A grant of no known name may be a power of a newer engine. */
static int read_privilege(struct reader *r, const struct qw_json *object, const struct qw_path *path)
{
    const struct qw_json *name = find_member(object, "Name");
    const struct qw_path *at = path_key(r, path, QW_LIT("Value"));

    if (!at || read_struct(r, &shape_privilege, object, path) < 0)
        return -1;
    for (size_t i = 0; name && i < QW_COUNT(grants); i++) {
        if (qw_bytes_is(name->text, grants[i].name))
            return give_values(r, &grants[i], find_member(object, "Value"), at);
    }
    return fact_add(r, QW_F_UNKNOWN_FIELD, path, name ? name->text : QW_LIT(""), 0);
}

int emit_privileges(struct reader *r, const struct field *field, const struct qw_json *list, const struct qw_path *path)
{
    size_t index = 0;

    (void)field;
    for (const struct qw_json *item = list->child; item; item = item->next, index++) {
        const struct qw_path *at = path_index(r, path, index);

        if (item->type == QW_JSON_NULL)
            continue;
        if (!at || item->type != QW_JSON_OBJECT)
            return at ? path_fail(r, at, QW_E_MALFORMED, "is no privilege") : -1;
        if (read_privilege(r, item, at) < 0)
            return -1;
    }
    return 0;
}

/* ---- settings ---- */

/* A relative source, too, leads anywhere by "..". What else has a slash in it may be a secret, and gives no fact. */
static bool looks_like_path(struct qw_bytes value)
{
    struct qw_bytes component;

    if (value.len && (value.data[0] == '/' || value.data[0] == '.'))
        return true;
    while (qw_bytes_split(&value, '/', &component)) {
        if (qw_bytes_is(component, ".."))
            return true;
    }
    return false;
}

/* "NAME", "NAME=VALUE" or "NAME.FIELD=VALUE"; the field that is left out is the only one that the plugin lets be set.
 */
static int read_setting(struct reader *r, struct qw_bytes text, const struct qw_path *path)
{
    struct qw_bytes value = text;
    struct qw_bytes name;
    const char *dot;
    struct qw_bytes field = {"", 0};

    qw_bytes_split(&value, '=', &name);
    dot = name.len ? memrchr(name.data, '.', name.len) : NULL;
    if (dot && dot > name.data)
        field = qw_bytes_from(name, (size_t)(dot - name.data) + 1);
    if (qw_bytes_is(field, "path"))
        return give_device(r, value, path);
    if (qw_bytes_is(field, "source") || (!field.len && looks_like_path(value)))
        return give_mount(r, value, path);
    return 0;
}

static int read_settings(struct reader *r, const struct qw_json *list)
{
    size_t index = 0;

    for (const struct qw_json *item = list->child; item; item = item->next, index++) {
        const struct qw_path *at = path_index(r, NULL, index);

        if (!at || (item->type != QW_JSON_STRING && item->type != QW_JSON_NULL))
            return at ? path_fail(r, at, QW_E_MALFORMED, "is no setting") : -1;
        if (read_setting(r, item->text, at) < 0)
            return -1;
    }
    return 0;
}

/* ---- requests ---- */

static bool is_action(const struct qw_request *request, const char *action)
{
    return strcmp(request->route->action, action) == 0;
}

static int give_object(struct reader *r, const struct qw_request *request)
{
    const struct qw_path *path = path_key(r, NULL, QW_LIT("path"));

    if (!path || fact_add(r, QW_F_PLUGIN, path, request->object, 0) < 0)
        return -1;
    return is_action(request, "plugin.push") ? fact_add(r, QW_F_IMAGE, path, request->object, 0) : 0;
}

/* A plugin that is given no name of its own has that of where it comes from. */
static int give_names(struct reader *r, const struct qw_request *request)
{
    const struct qw_bytes name = qw_request_param(request, "name");

    if (request->object.len)
        return give_object(r, request);
    if (!qw_route_reads(request->route, QW_LIT("name")))
        return 0;
    if (name.len)
        return give_query(r, QW_F_PLUGIN, "name", name);
    return give_query(r, QW_F_PLUGIN, "remote", qw_request_param(request, "remote"));
}

static int give_remote(struct reader *r, const struct qw_request *request)
{
    const struct qw_bytes remote = qw_request_param(request, "remote");

    if (!remote.len || !qw_route_reads(request->route, QW_LIT("remote")))
        return 0;
    return give_query(r, QW_F_IMAGE, "remote", remote);
}

int read_plugin(struct reader *r, const struct qw_request *request)
{
    if (give_names(r, request) < 0 || give_remote(r, request) < 0)
        return -1;
    if (!request->body || request->body->type == QW_JSON_NULL)
        return 0;
    if (request->body->type != QW_JSON_ARRAY)
        return qw_fail(r->err, QW_E_MALFORMED, "the request body is no JSON list");
    return is_action(request, "plugin.set") ? read_settings(r, request->body)
                                            : emit_privileges(r, NULL, request->body, NULL);
}

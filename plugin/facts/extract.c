/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One function for each payload: which shape its body has, and what its query and path say. */
#include "shape.h"

/* The path of a query parameter: "query networkmode". */
static const struct qw_path *query_path(struct reader *r, const char *name)
{
    const struct qw_bytes text = qw_arena_printf(r->arena, "query %s", name);

    if (!text.data) {
        qw_fail(r->err, QW_E_NOMEM, "out of memory");
        return NULL;
    }
    return path_key(r, NULL, text);
}

static int give_query(struct reader *r, enum qw_fact_kind kind, const char *name, struct qw_bytes text)
{
    const struct qw_path *path = query_path(r, name);

    return path ? fact_add(r, kind, path, text, 1) : -1;
}

static int read_body(struct reader *r, const struct qw_request *request, const struct shape *shape)
{
    if (!request->body)
        return 0;
    if (request->body->type != QW_JSON_OBJECT)
        return qw_fail(r->err, QW_E_MALFORMED, "the request body is no JSON object");
    return read_struct(r, shape, request->body, NULL);
}

/* ---- parameters as rows ---- */

enum form {
    FORM_TEXT,
    FORM_EACH,   /* every value of a repeatable parameter */
    FORM_NUMBER, /* what does not parse is 0, as in the engine */
    FORM_JSON,   /* a JSON value, read as the field */
    FORM_OPTION, /* every value, each as --security-opt has it */
};

struct param {
    const char *name;
    enum form form;
    struct field field;
};

static int read_json_param(struct reader *r, const struct param *param, struct qw_bytes text)
{
    const struct qw_path *path = query_path(r, param->name);
    const struct qw_json *value;

    if (!path)
        return -1;
    if (qw_json_parse(text, r->arena, &value, r->err) < 0)
        return qw_err_wrap(r->err, "query %s", param->name);
    return read_field(r, &param->field, value, path);
}

static int read_param(struct reader *r, const struct param *param, struct qw_bytes value)
{
    const struct qw_path *path;
    int64_t n = 0;

    switch (param->form) {
    case FORM_JSON:
        return read_json_param(r, param, value);
    case FORM_NUMBER:
        path = query_path(r, param->name);
        if (!path || !qw_bytes_to_int(value, &n) || !n)
            return path ? 0 : -1;
        return fact_add(r, param->field.fact, path, (struct qw_bytes){NULL, 0}, n);
    case FORM_OPTION:
        path = query_path(r, param->name);
        return path ? give_security_option(r, value, path) : -1;
    case FORM_TEXT:
    case FORM_EACH:
        break;
    }
    return give_query(r, param->field.fact, param->name, value);
}

static int read_params(struct reader *r, const struct qw_request *request, const struct param *params, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t n = 0; n < request->param_count; n++) {
            const struct qw_param *given = &request->params[n];

            if (given->value.len && qw_bytes_is(given->name, params[i].name) &&
                read_param(r, &params[i], given->value) < 0)
                return -1;
        }
    }
    return 0;
}

/* ---- containers ---- */

/* The engine takes a name with or without a leading slash. */
static int give_name(struct reader *r, const struct qw_request *request)
{
    const struct qw_bytes name = qw_request_param(request, "name");

    if (!name.len)
        return 0;
    return give_query(r, QW_F_CONTAINER_NAME, "name", name.data[0] == '/' ? qw_bytes_from(name, 1) : name);
}

static int read_create(struct reader *r, const struct qw_request *request)
{
    static const struct param params[] = {{"platform", FORM_EACH, {.fact = QW_F_PLATFORM}}};

    if (give_name(r, request) < 0 || read_params(r, request, params, QW_COUNT(params)) < 0)
        return -1;
    return read_body(r, request, &shape_create);
}

/* The body of start may hold a HostConfig of its own, beside which the engine ignores its other fields. */
static int give_nested(struct reader *r, const struct qw_request *request)
{
    for (const struct qw_json *member = request->body->child; member; member = member->next) {
        const struct qw_path *path;

        if (member->type == QW_JSON_NULL || !qw_json_key_folds_to(member->key, "HostConfig", strlen("HostConfig")))
            continue;
        path = path_key(r, NULL, QW_LIT("HostConfig"));
        return path ? fact_add(r, QW_F_HOST_CONFIG, path, (struct qw_bytes){NULL, 0}, 1) : -1;
    }
    return 0;
}

static int read_start(struct reader *r, const struct qw_request *request)
{
    static const struct param params[] = {{"checkpoint-dir", FORM_TEXT, {.fact = QW_F_CHECKPOINT_DIR}}};

    if (read_params(r, request, params, QW_COUNT(params)) < 0)
        return -1;
    if (request->body && (fact_add(r, QW_F_HOST_CONFIG, NULL, QW_LIT("body"), 1) < 0 || give_nested(r, request) < 0))
        return -1;
    return read_body(r, request, &shape_create);
}

static int read_update(struct reader *r, const struct qw_request *request)
{
    return read_body(r, request, &shape_update);
}

static int read_exec(struct reader *r, const struct qw_request *request)
{
    return read_body(r, request, &shape_exec);
}

static int read_checkpoint(struct reader *r, const struct qw_request *request)
{
    static const struct param params[] = {{"dir", FORM_TEXT, {.fact = QW_F_CHECKPOINT_DIR}}};

    if (read_params(r, request, params, QW_COUNT(params)) < 0)
        return -1;
    return read_body(r, request, &shape_checkpoint);
}

/* ---- images ---- */

/* NAME, NAME:TAG or NAME@DIGEST out of two parameters, as httputils and the image router put them together. */
static int give_reference(struct reader *r, enum qw_fact_kind kind, const char *param, struct qw_bytes name,
                          struct qw_bytes tag)
{
    const bool digest = tag.len && memchr(tag.data, ':', tag.len);

    if (!name.len)
        return 0;
    if (tag.len)
        name = qw_arena_concat(r->arena, qw_arena_concat(r->arena, name, digest ? QW_LIT("@") : QW_LIT(":")), tag);
    return name.data ? give_query(r, kind, param, name) : qw_fail(r->err, QW_E_NOMEM, "out of memory");
}

static int give_target(struct reader *r, const struct qw_request *request)
{
    return give_reference(r, QW_F_IMAGE_NAME, "repo", qw_request_param(request, "repo"),
                          qw_request_param(request, "tag"));
}

/*
 * Credentials in a URL are nobody's business: http://user:password@host/path?token=x gives http://host/path. What
 * stands before the last @ may hold anything, slashes too.
 */
static struct qw_bytes without_secrets(struct reader *r, struct qw_bytes url)
{
    const char *query = url.len ? memchr(url.data, '?', url.len) : NULL;
    const char *at;
    const char *scheme_end;
    struct qw_bytes scheme = {"", 0};

    if (query)
        url.len = (size_t)(query - url.data);
    at = url.len ? memrchr(url.data, '@', url.len) : NULL;
    if (!at)
        return url;
    scheme_end = memmem(url.data, (size_t)(at - url.data), "//", 2);
    if (scheme_end)
        scheme = (struct qw_bytes){url.data, (size_t)(scheme_end - url.data) + 2};
    return qw_arena_concat(r->arena, scheme, qw_bytes_from(url, (size_t)(at - url.data) + 1));
}

static int give_url(struct reader *r, enum qw_fact_kind kind, const struct qw_request *request, const char *name)
{
    const struct qw_bytes url = without_secrets(r, qw_request_param(request, name));

    return url.len ? give_query(r, kind, name, url) : 0;
}

/* Old clients end the name with a colon where they want all tags; the engine cuts one off. */
static int read_pull(struct reader *r, const struct qw_request *request)
{
    static const struct param params[] = {{"platform", FORM_EACH, {.fact = QW_F_PLATFORM}}};
    struct qw_bytes name = qw_request_param(request, "fromImage");

    if (qw_bytes_ends(name, ":"))
        name.len--;
    if (read_params(r, request, params, QW_COUNT(params)) < 0)
        return -1;
    return give_reference(r, QW_F_IMAGE, "fromImage", name, qw_request_param(request, "tag"));
}

static int read_import(struct reader *r, const struct qw_request *request)
{
    return give_url(r, QW_F_IMPORT, request, "fromSrc") < 0 ? -1 : give_target(r, request);
}

/*
 * Push and inspection at a registry name their image in the path, and push alone its tag in the query: to inspection a
 * `tag` means nothing, so that it must not pass for the image's.
 */
static int read_image(struct reader *r, const struct qw_request *request)
{
    const bool tagged = qw_route_reads(request->route, QW_LIT("tag"));
    const struct qw_bytes tag = tagged ? qw_request_param(request, "tag") : (struct qw_bytes){NULL, 0};

    return give_reference(r, QW_F_IMAGE, "tag", request->object, tag);
}

static int read_commit(struct reader *r, const struct qw_request *request)
{
    static const struct param params[] = {{"container", FORM_TEXT, {.fact = QW_F_CONTAINER}}};

    return read_params(r, request, params, QW_COUNT(params)) < 0 ? -1 : give_target(r, request);
}

/* ---- builds ---- */

static int emit_arguments(struct reader *r, const struct field *field, const struct qw_json *value,
                          const struct qw_path *path)
{
    for (const struct qw_json *member = value->child; member; member = member->next) {
        if (fact_add(r, field->fact, path, member->key, 0) < 0)
            return -1;
    }
    return 0;
}

/* What an exporter of BuildKit's is told of names, in place of `t`: Attrs of outputs=[{"Type":"moby","Attrs":{…}}]. */
static int emit_names(struct reader *r, const struct field *field, const struct qw_json *value,
                      const struct qw_path *path)
{
    for (const struct qw_json *member = value->child; member; member = member->next) {
        const struct qw_path *at = path_key(r, path, member->key);
        struct qw_bytes names = member->text;
        struct qw_bytes name;

        if (!at)
            return -1;
        if (!qw_bytes_is(member->key, "name") && !qw_bytes_is(member->key, "dangling-name-prefix"))
            continue;
        while (qw_bytes_split(&names, ',', &name)) {
            if (name.len && fact_add(r, field->fact, at, name, 0) < 0)
                return -1;
        }
    }
    return 0;
}

/* clang-format off */
static const struct field output_fields[] = {
    SAFE ("Type",  GO_STRING),
    CALLS("Attrs", GO_STRING_MAP, QW_F_IMAGE_NAME, emit_names),
};
/* clang-format on */
static const struct shape shape_output = SHAPE(output_fields, NULL);

/* Source: moby builder/../router/build/build_routes.go, newImageBuildOptions. */
/* clang-format off */
static const struct param build_params[] = {
    {"t",            FORM_EACH,   {.fact = QW_F_IMAGE_NAME}},
    {"networkmode",  FORM_TEXT,   {.fact = QW_F_NETWORK_MODE}},
    {"extrahosts",   FORM_EACH,   {.fact = QW_F_EXTRA_HOST}},
    {"cgroupparent", FORM_TEXT,   {.fact = QW_F_CGROUP_PARENT}},
    {"memory",       FORM_NUMBER, {.fact = QW_F_MEMORY}},
    {"memswap",      FORM_NUMBER, {.fact = QW_F_MEMORY_SWAP}},
    {"cpushares",    FORM_NUMBER, {.fact = QW_F_CPU_SHARES}},
    {"cpuperiod",    FORM_NUMBER, {.fact = QW_F_CPU_PERIOD}},
    {"cpuquota",     FORM_NUMBER, {.fact = QW_F_CPU_QUOTA}},
    {"cpusetcpus",   FORM_TEXT,   {.fact = QW_F_CPUSET_CPUS}},
    {"cpusetmems",   FORM_TEXT,   {.fact = QW_F_CPUSET_MEMS}},
    {"shmsize",      FORM_NUMBER, {.fact = QW_F_SHM_SIZE}},
    {"isolation",    FORM_TEXT,   {.fact = QW_F_ISOLATION}},
    {"platform",     FORM_EACH,   {.fact = QW_F_PLATFORM}},
    {"securityopt",  FORM_OPTION, {.fact = QW_F_SECURITY_OPT}},
    {"ulimits",      FORM_JSON,   HOLDS("ulimits",   GO_STRUCTS,    &shape_ulimit)},
    {"outputs",      FORM_JSON,   HOLDS("outputs",   GO_STRUCTS,    &shape_output)},
    {"labels",       FORM_JSON,   GIVES("labels",    GO_STRING_MAP, QW_F_LABEL)},
    {"buildargs",    FORM_JSON,   CALLS("buildargs", GO_STRING_MAP, QW_F_BUILD_ARGUMENT, emit_arguments)},
};
/* clang-format on */

static int read_build(struct reader *r, const struct qw_request *request)
{
    if (fact_add(r, QW_F_CLASSIC_BUILD, NULL, (struct qw_bytes){NULL, 0}, 1) < 0 ||
        read_params(r, request, build_params, QW_COUNT(build_params)) < 0)
        return -1;
    /* The context comes over the client's own session: not a remote one. */
    if (qw_bytes_is(qw_request_param(request, "remote"), "client-session"))
        return 0;
    return give_url(r, QW_F_BUILD_REMOTE, request, "remote");
}

static int read_buildkit(struct reader *r, const struct qw_request *request)
{
    return fact_add(r, QW_F_BUILDKIT, NULL, qw_bytes_from(request->path, 1), 0);
}

/* ---- volumes, networks, services, plugins ---- */

static int read_volume(struct reader *r, const struct qw_request *request)
{
    return read_body(r, request, &shape_volume);
}

static int read_network(struct reader *r, const struct qw_request *request)
{
    return read_body(r, request, &shape_network);
}

static int read_disconnect(struct reader *r, const struct qw_request *request)
{
    return read_body(r, request, &shape_connect);
}

static int read_connect(struct reader *r, const struct qw_request *request)
{
    const struct qw_path *path = path_key(r, NULL, QW_LIT("path"));

    if (!path || fact_add(r, QW_F_NETWORK, path, request->object, 0) < 0)
        return -1;
    return read_body(r, request, &shape_connect);
}

/* rollback=previous applies a specification that the request does not show. */
static int read_service(struct reader *r, const struct qw_request *request)
{
    static const struct param params[] = {{"rollback", FORM_TEXT, {.fact = QW_F_UNKNOWN_FIELD}}};

    if (read_params(r, request, params, QW_COUNT(params)) < 0)
        return -1;
    return read_body(r, request, &shape_service);
}

static int read_plugin(struct reader *r, const struct qw_request *request)
{
    const struct qw_path *path = path_key(r, NULL, QW_LIT("path"));

    return path ? fact_add(r, QW_F_PLUGIN, path, request->object, 0) : -1;
}

/* NULL: the action alone says it all. */
static int (*const readers[QW_PAYLOAD_COUNT])(struct reader *r, const struct qw_request *request) = {
    [QW_PAYLOAD_CREATE] = read_create,
    [QW_PAYLOAD_START] = read_start,
    [QW_PAYLOAD_UPDATE] = read_update,
    [QW_PAYLOAD_EXEC] = read_exec,
    [QW_PAYLOAD_RENAME] = give_name,
    [QW_PAYLOAD_COMMIT] = read_commit,
    [QW_PAYLOAD_CHECKPOINT] = read_checkpoint,
    [QW_PAYLOAD_PULL] = read_pull,
    [QW_PAYLOAD_IMPORT] = read_import,
    [QW_PAYLOAD_IMAGE] = read_image,
    [QW_PAYLOAD_TAG] = give_target,
    [QW_PAYLOAD_BUILD] = read_build,
    [QW_PAYLOAD_BUILDKIT] = read_buildkit,
    [QW_PAYLOAD_VOLUME] = read_volume,
    [QW_PAYLOAD_NETWORK] = read_network,
    [QW_PAYLOAD_CONNECT] = read_connect,
    [QW_PAYLOAD_DISCONNECT] = read_disconnect,
    [QW_PAYLOAD_SERVICE] = read_service,
    [QW_PAYLOAD_PLUGIN] = read_plugin,
};

int qw_facts_extract(const struct qw_request *request, struct qw_arena *arena, struct qw_facts *out, struct qw_err *err)
{
    struct reader r = {.arena = arena, .facts = out, .err = err};

    r.swarm = request->route->payload == QW_PAYLOAD_SERVICE;
    memset(out, 0, sizeof(*out));
    return readers[request->route->payload] ? readers[request->route->payload](&r, request) : 0;
}

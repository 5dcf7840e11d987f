/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One function for each payload: which shape its body has, and what its query and path say. */
#include "params.h"

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

/*
 * The engine puts the checkpoint's name behind the container's own folder as it stands: "../../../volumes/v/_data/c" is
 * what the caller wrote. Source: moby daemon/start.go; daemon/checkpoint.go, getCheckpointDir.
 */
static int give_checkpoint(struct reader *r, const struct qw_request *request)
{
    const struct qw_bytes name = qw_request_param(request, "checkpoint");

    if (!name.len || (name.data[0] != '.' && !memchr(name.data, '/', name.len)))
        return 0;
    return give_query(r, QW_F_CHECKPOINT_DIR, "checkpoint", name);
}

static int read_start(struct reader *r, const struct qw_request *request)
{
    static const struct param params[] = {{"checkpoint-dir", FORM_TEXT, {.fact = QW_F_CHECKPOINT_DIR}}};

    if (read_params(r, request, params, QW_COUNT(params)) < 0 || give_checkpoint(r, request) < 0)
        return -1;
    if (request->body && (fact_add(r, QW_F_HOST_CONFIG, NULL, QW_LIT("body"), 1) < 0 || give_nested(r, request) < 0))
        return -1;
    return read_body(r, request, &shape_create);
}

static int read_checkpoint(struct reader *r, const struct qw_request *request)
{
    static const struct param params[] = {{"dir", FORM_TEXT, {.fact = QW_F_CHECKPOINT_DIR}}};

    if (read_params(r, request, params, QW_COUNT(params)) < 0)
        return -1;
    return read_body(r, request, &shape_checkpoint);
}

static int read_top(struct reader *r, const struct qw_request *request)
{
    static const struct param params[] = {{"ps_args", FORM_TEXT, {.fact = QW_F_PS_ARGS}}};

    return read_params(r, request, params, QW_COUNT(params));
}

/* ---- images ---- */

static int give_target(struct reader *r, const struct qw_request *request)
{
    return give_reference(r, QW_F_IMAGE_NAME, "repo", qw_request_param(request, "repo"),
                          qw_request_param(request, "tag"));
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
    const struct qw_path *path;

    if (tag.len)
        return give_reference(r, QW_F_IMAGE, "tag", request->object, tag);
    path = path_key(r, NULL, QW_LIT("path"));
    return path ? fact_add(r, QW_F_IMAGE, path, request->object, 0) : -1;
}

/*
 * A term that begins with a host has it asked: the engine connects to it. Source: moby registry/search.go and
 * service.go, splitReposSearchTerm.
 */
static int read_search(struct reader *r, const struct qw_request *request)
{
    const struct qw_bytes term = qw_request_param(request, "term");
    const char *slash = term.len ? memchr(term.data, '/', term.len) : NULL;
    const struct qw_bytes host = {term.data, slash ? (size_t)(slash - term.data) : 0};

    if (!host.len ||
        (!memchr(host.data, '.', host.len) && !memchr(host.data, ':', host.len) && !qw_bytes_is(host, "localhost")))
        return 0;
    if (qw_bytes_is(host, "docker.io") || qw_bytes_is(host, "index.docker.io"))
        return 0;
    return give_query(r, QW_F_SEARCH_REGISTRY, "term", host);
}

static int read_commit(struct reader *r, const struct qw_request *request)
{
    static const struct param params[] = {{"container", FORM_TEXT, {.fact = QW_F_CONTAINER}}};

    return read_params(r, request, params, QW_COUNT(params)) < 0 ? -1 : give_target(r, request);
}

/* ---- volumes, networks, services, plugins ---- */

static int read_connect(struct reader *r, const struct qw_request *request)
{
    const struct qw_path *path = path_key(r, NULL, QW_LIT("path"));

    if (!path || fact_add(r, QW_F_NETWORK, path, request->object, 0) < 0)
        return -1;
    return read_body(r, request, &shape_connect);
}

/* rollback=previous applies a specification that the request does not show; none is as if nothing were written. */
static int read_service(struct reader *r, const struct qw_request *request)
{
    const struct qw_bytes rollback = qw_request_param(request, "rollback");

    if (qw_route_reads(request->route, QW_LIT("rollback")) && rollback.len && !qw_bytes_is(rollback, "none") &&
        give_query(r, QW_F_UNKNOWN_FIELD, "rollback", rollback) < 0)
        return -1;
    return read_body(r, request, &shape_service);
}

/* Where the body alone says it all. */
/* clang-format off */
static const struct shape *const bodies[QW_PAYLOAD_COUNT] = {
    [QW_PAYLOAD_UPDATE] = &shape_update,   [QW_PAYLOAD_EXEC] = &shape_exec,
    [QW_PAYLOAD_VOLUME] = &shape_volume,   [QW_PAYLOAD_VOLUME_SPEC] = &shape_volume_spec,
    [QW_PAYLOAD_NETWORK] = &shape_network, [QW_PAYLOAD_DISCONNECT] = &shape_connect,
};

/* NULL, and no shape either: the action alone says it all. */
static int (*const readers[QW_PAYLOAD_COUNT])(struct reader *r, const struct qw_request *request) = {
    [QW_PAYLOAD_CREATE] = read_create,
    [QW_PAYLOAD_START] = read_start,
    [QW_PAYLOAD_RENAME] = give_name,
    [QW_PAYLOAD_COMMIT] = read_commit,
    [QW_PAYLOAD_CHECKPOINT] = read_checkpoint,
    [QW_PAYLOAD_TOP] = read_top,
    [QW_PAYLOAD_PULL] = read_pull,
    [QW_PAYLOAD_IMPORT] = read_import,
    [QW_PAYLOAD_IMAGE] = read_image,
    [QW_PAYLOAD_TAG] = give_target,
    [QW_PAYLOAD_BUILD] = read_build,
    [QW_PAYLOAD_BUILDKIT] = read_buildkit,
    [QW_PAYLOAD_CONNECT] = read_connect,
    [QW_PAYLOAD_SERVICE] = read_service,
    [QW_PAYLOAD_PLUGIN] = read_plugin,
    [QW_PAYLOAD_CLUSTER] = read_cluster,
    [QW_PAYLOAD_SEARCH] = read_search,
};
/* clang-format on */

int qw_facts_extract(const struct qw_request *request, struct qw_arena *arena, struct qw_facts *out, struct qw_err *err)
{
    struct reader r = {.arena = arena, .facts = out, .err = err};

    r.swarm = request->route->payload == QW_PAYLOAD_SERVICE;
    memset(out, 0, sizeof(*out));
    if (bodies[request->route->payload])
        return read_body(&r, request, bodies[request->route->payload]);
    return readers[request->route->payload] ? readers[request->route->payload](&r, request) : 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which route a request takes: method, decoded path and, on one route, a parameter decide. */
#include "quaywarden/request.h"

#include "uri.h"

static const struct qw_action *action_of(const struct qw_route *route)
{
    return &qw_actions[route ? qw_action_find(route->action) : (int)qw_action_count - 1];
}

/*
 * Takes "/v1.41" off the path. The engine's router wants [0-9.]+ between /v and the next slash; a version that is not
 * two numbers is no version of any engine.
 */
static int split_version(struct qw_request *request, struct qw_err *err)
{
    const struct qw_bytes path = request->path;
    struct qw_bytes rest;
    struct qw_bytes major;
    struct qw_bytes minor;
    int64_t numbers[2];
    size_t len = 2;

    if (!qw_bytes_starts(path, "/v"))
        return 0;
    while (len < path.len && ((path.data[len] >= '0' && path.data[len] <= '9') || path.data[len] == '.'))
        len++;
    if (len == 2 || len == path.len || path.data[len] != '/')
        return 0;
    rest = (struct qw_bytes){path.data + 2, len - 2};
    if (!qw_bytes_split(&rest, '.', &major) || !qw_bytes_split(&rest, '.', &minor) || rest.data ||
        !qw_bytes_to_int(major, &numbers[0]) || !qw_bytes_to_int(minor, &numbers[1]) || numbers[0] > 999 ||
        numbers[1] > 999)
        return qw_fail(err, QW_E_MALFORMED, "the API version in the path is no version");
    request->api_major = (int)numbers[0];
    request->api_minor = (int)numbers[1];
    request->path = qw_bytes_from(path, len);
    return 0;
}

/*
 * Matches pattern against all of path. A {} is greedy, as the router's {name:.*}: what follows it must fit the end of
 * the path. No row has a {} and another placeholder.
 */
static bool path_matches(const char *pattern, struct qw_bytes path, struct qw_bytes *object)
{
    *object = (struct qw_bytes){NULL, 0};
    for (; *pattern; pattern++) {
        size_t len = 0;

        if (*pattern != '{') {
            if (!path.len || path.data[0] != *pattern)
                return false;
            path = qw_bytes_from(path, 1);
            continue;
        }
        if (pattern[1] == '}') {
            const char *suffix = pattern + 2;

            if (path.len <= strlen(suffix) || !qw_bytes_ends(path, suffix))
                return false;
            *object = (struct qw_bytes){path.data, path.len - strlen(suffix)};
            return object->data[object->len - 1] != '/';
        }
        while (len < path.len && path.data[len] != '/')
            len++;
        if (!len)
            return false;
        if (!object->data)
            *object = (struct qw_bytes){path.data, len};
        path = qw_bytes_from(path, len);
        pattern += 2;
    }
    return !path.len;
}

static bool route_fits(const struct qw_route *route, struct qw_request *request)
{
    if (strcmp(route->method, "*") != 0 && !qw_bytes_is(request->message->method, route->method))
        return false;
    if (strcmp(route->path, "*") != 0 && !path_matches(route->path, request->path, &request->object))
        return false;
    return !route->given || qw_request_param(request, route->given).len > 0;
}

static const struct qw_route *find_route(struct qw_request *request)
{
    for (size_t i = 0; i < qw_route_count; i++) {
        if (route_fits(&qw_routes[i], request))
            return &qw_routes[i];
    }
    request->object = (struct qw_bytes){NULL, 0};
    return NULL;
}

bool qw_route_reads(const struct qw_route *route, struct qw_bytes name)
{
    struct qw_bytes rest = qw_bytes_of(route->params);
    struct qw_bytes param;

    while (qw_bytes_split(&rest, ' ', &param)) {
        if (param.len && param.data[param.len - 1] == '*')
            param.len--;
        if (param.len && qw_bytes_eq(param, name))
            return true;
    }
    return false;
}

/* The engine uses the first value, a form reader elsewhere maybe the last: a single-valued parameter stands once. */
static int check_param(const struct qw_request *request, struct qw_bytes name, struct qw_err *err)
{
    size_t seen = 0;

    if (name.data[name.len - 1] == '*')
        return 0;
    for (size_t i = 0; i < request->param_count; i++)
        seen += qw_bytes_eq(request->params[i].name, name);
    if (seen > 1)
        return qw_fail(err, QW_E_AMBIGUOUS, "query parameter " QW_BYTES_FMT " is repeated", QW_BYTES_ARG(name));
    return 0;
}

static int check_params(const struct qw_request *request, struct qw_err *err)
{
    struct qw_bytes rest = qw_bytes_of(request->route->params);
    struct qw_bytes name;

    while (request->param_count > 1 && qw_bytes_split(&rest, ' ', &name)) {
        if (name.len && check_param(request, name, err) < 0)
            return -1;
    }
    return 0;
}

int qw_request_classify(const struct qw_message *message, struct qw_arena *arena, struct qw_request *out,
                        struct qw_err *err)
{
    struct qw_uri uri;

    *out = (struct qw_request){.message = message, .action = action_of(NULL)};
    if (qw_uri_parse(message->uri, arena, &uri, err) < 0)
        return -1;
    out->path = uri.path;
    out->params = uri.params;
    out->param_count = uri.param_count;
    if (split_version(out, err) < 0)
        return -1;
    out->route = find_route(out);
    out->action = action_of(out->route);
    if (!out->route)
        return qw_fail(err, QW_E_UNKNOWN_ENDPOINT, "no endpoint of a known engine answers this method and path");
    return check_params(out, err);
}

struct qw_bytes qw_request_param(const struct qw_request *request, const char *name)
{
    for (size_t i = 0; i < request->param_count; i++) {
        if (qw_bytes_is(request->params[i].name, name))
            return request->params[i].value;
    }
    return (struct qw_bytes){NULL, 0};
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a request's query says, and where its body is: shared by the payloads. */
#include "params.h"

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

int give_query(struct reader *r, enum qw_fact_kind kind, const char *name, struct qw_bytes text)
{
    const struct qw_path *path = query_path(r, name);

    return path ? fact_add(r, kind, path, text, 1) : -1;
}

int read_body(struct reader *r, const struct qw_request *request, const struct shape *shape)
{
    if (!request->body)
        return 0;
    if (request->body->type != QW_JSON_OBJECT)
        return qw_fail(r->err, QW_E_MALFORMED, "the request body is no JSON object");
    return read_struct(r, shape, request->body, NULL);
}

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

int read_params(struct reader *r, const struct qw_request *request, const struct param *params, size_t count)
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

/* NAME, NAME:TAG or NAME@DIGEST out of two parameters, as httputils and the image router put them together. */
int give_reference(struct reader *r, enum qw_fact_kind kind, const char *param, struct qw_bytes name,
                   struct qw_bytes tag)
{
    const bool digest = tag.len && memchr(tag.data, ':', tag.len);

    if (!name.len)
        return 0;
    if (tag.len)
        name = qw_arena_concat3(r->arena, name, digest ? QW_LIT("@") : QW_LIT(":"), tag);
    return name.data ? give_query(r, kind, param, name) : qw_fail(r->err, QW_E_NOMEM, "out of memory");
}

/*
 * Credentials in a URL are nobody's business: http://user:password@host/path?token=x gives http://host/path. What
 * stands before the last @ may hold anything, slashes too.
 */
struct qw_bytes without_secrets(struct reader *r, struct qw_bytes url)
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

int give_url(struct reader *r, enum qw_fact_kind kind, const struct qw_request *request, const char *name)
{
    const struct qw_bytes url = without_secrets(r, qw_request_param(request, name));

    return url.len ? give_query(r, kind, name, url) : 0;
}

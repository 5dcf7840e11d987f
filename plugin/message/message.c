/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quaywarden/message.h"

#include "quaywarden/json.h"

#include <strings.h>

struct decoder {
    struct qw_arena *arena;
    struct qw_message *out;
    struct qw_err *err;
};

static int read_text(struct decoder *d, const struct qw_json *value, struct qw_bytes *out)
{
    if (value->type == QW_JSON_NULL)
        return 0;
    if (value->type != QW_JSON_STRING)
        return qw_fail(d->err, QW_E_MALFORMED, QW_BYTES_FMT " is no string", QW_BYTES_ARG(value->key));
    *out = value->text;
    return 0;
}

static int read_user(struct decoder *d, const struct qw_json *value)
{
    return read_text(d, value, &d->out->user);
}

static int read_auth_method(struct decoder *d, const struct qw_json *value)
{
    return read_text(d, value, &d->out->auth_method);
}

static int read_method(struct decoder *d, const struct qw_json *value)
{
    return read_text(d, value, &d->out->method);
}

static int read_uri(struct decoder *d, const struct qw_json *value)
{
    return read_text(d, value, &d->out->uri);
}

static int read_body(struct decoder *d, const struct qw_json *value)
{
    struct qw_bytes encoded = {NULL, 0};

    if (read_text(d, value, &encoded) < 0)
        return -1;
    if (!encoded.data)
        return 0;
    if (qw_base64_decode(encoded, d->arena, &d->out->body, d->err) < 0)
        return qw_err_wrap(d->err, "RequestBody");
    d->out->body_state = d->out->body.len ? QW_BODY_PRESENT : QW_BODY_EMPTY;
    return 0;
}

/* Headers that differ in case alone are one header to every reader of HTTP. */
static int check_headers(const struct decoder *d)
{
    const struct qw_pair *headers = d->out->headers;

    for (size_t i = 0; i < d->out->header_count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (headers[i].key.len == headers[j].key.len &&
                strncasecmp(headers[i].key.data, headers[j].key.data, headers[i].key.len) == 0)
                return qw_fail(d->err, QW_E_AMBIGUOUS, "header " QW_BYTES_FMT " is repeated",
                               QW_BYTES_ARG(headers[i].key));
        }
    }
    return 0;
}

#define HEADERS_MAX 1000

static int read_headers(struct decoder *d, const struct qw_json *value)
{
    struct qw_pair *headers;

    if (value->type == QW_JSON_NULL)
        return 0;
    if (value->type != QW_JSON_OBJECT)
        return qw_fail(d->err, QW_E_MALFORMED, "RequestHeaders is no object");
    if (value->count > HEADERS_MAX)
        return qw_fail(d->err, QW_E_MALFORMED, "more than %d headers", HEADERS_MAX);
    headers = qw_arena_zalloc(d->arena, value->count + 1, sizeof(*headers));
    if (!headers)
        return qw_fail(d->err, QW_E_NOMEM, "out of memory");
    d->out->headers = headers;
    for (const struct qw_json *member = value->child; member; member = member->next) {
        headers[d->out->header_count].key = member->key;
        if (read_text(d, member, &headers[d->out->header_count].value) < 0)
            return -1;
        d->out->header_count++;
    }
    return check_headers(d);
}

/* The first certificate is the one that the engine verified; the others are whatever the client sent. */
static int read_certificates(struct decoder *d, const struct qw_json *value)
{
    struct qw_bytes encoded = {NULL, 0};

    if (value->type == QW_JSON_NULL || (value->type == QW_JSON_ARRAY && !value->count))
        return 0;
    if (value->type != QW_JSON_ARRAY)
        return qw_fail(d->err, QW_E_MALFORMED, "RequestPeerCertificates is no list");
    if (read_text(d, value->child, &encoded) < 0)
        return -1;
    if (qw_base64_decode(encoded, d->arena, &d->out->certificate, d->err) < 0)
        return qw_err_wrap(d->err, "RequestPeerCertificates[0]");
    return 0;
}

static int read_status(struct decoder *d, const struct qw_json *value)
{
    if (value->type != QW_JSON_NULL && !qw_json_to_int(value, &d->out->status))
        return qw_fail(d->err, QW_E_MALFORMED, "ResponseStatusCode is no integer");
    return 0;
}

/* Source: moby pkg/authorization/api.go. The response's headers and body are of no use here. */
static const struct member {
    const char *key;
    int (*read)(struct decoder *d, const struct qw_json *value);
} members[] = {
    /* key                      read */
    {"User", read_user},
    {"UserAuthNMethod", read_auth_method},
    {"RequestMethod", read_method},
    {"RequestUri", read_uri},
    {"RequestBody", read_body},
    {"RequestHeaders", read_headers},
    {"RequestPeerCertificates", read_certificates},
    {"ResponseStatusCode", read_status},
};

static const struct member *find_member(struct qw_bytes key)
{
    for (size_t i = 0; i < QW_COUNT(members); i++) {
        if (qw_json_key_folds_to(key, members[i].key, strlen(members[i].key)))
            return &members[i];
    }
    return NULL;
}

/* Members in any order; a failure in one does not keep the others from being read, for the record's sake. */
static int read_members(struct decoder *d, const struct qw_json *root)
{
    struct qw_err first = {QW_E_NONE, ""};
    unsigned seen = 0;

    for (const struct qw_json *value = root->child; value; value = value->next) {
        const struct member *member = find_member(value->key);
        const unsigned bit = member ? QW_BIT(member - members) : 0;

        if (seen & bit)
            qw_fail(d->err, QW_E_AMBIGUOUS, "%s is repeated", member->key);
        else if (!member || member->read(d, value) == 0)
            d->err->code = QW_E_NONE;
        if (d->err->code != QW_E_NONE && first.code == QW_E_NONE)
            first = *d->err;
        seen |= bit;
    }
    *d->err = first;
    return first.code == QW_E_NONE ? 0 : -1;
}

int qw_message_decode(struct qw_bytes in, struct qw_arena *arena, struct qw_message *out, struct qw_err *err)
{
    struct decoder d = {arena, out, err};
    const struct qw_json *root;

    *out = (struct qw_message){.body_state = QW_BODY_ABSENT};
    if (!in.len)
        return qw_fail(err, QW_E_MALFORMED,
                       "the engine sent an empty message, as it does after a broken connection; try again");
    if (qw_json_parse(in, arena, &root, err) < 0)
        return qw_err_wrap(err, "the engine's message");
    if (root->type != QW_JSON_OBJECT)
        return qw_fail(err, QW_E_MALFORMED, "the engine's message is no JSON object");
    if (read_members(&d, root) < 0)
        return qw_err_wrap(err, "the engine's message");
    if (!out->method.len || !out->uri.len)
        return qw_fail(err, QW_E_MALFORMED, "the engine's message has no %s",
                       out->uri.len ? "RequestMethod" : "RequestUri");
    return 0;
}

struct qw_bytes qw_message_header(const struct qw_message *message, const char *name)
{
    for (size_t i = 0; i < message->header_count; i++) {
        if (qw_bytes_is_nocase(message->headers[i].key, name)) {
            struct qw_bytes value = message->headers[i].value;

            return value.data ? value : (struct qw_bytes){"", 0};
        }
    }
    return (struct qw_bytes){NULL, 0};
}

void qw_response_encode(bool allow, struct qw_bytes reason, bool as_error, struct qw_buf *out)
{
    qw_buf_add_text(out, allow ? "{\"Allow\":true" : "{\"Allow\":false");
    if (reason.len) {
        qw_buf_add_text(out, ",\"Msg\":");
        qw_buf_add_json(out, reason);
    }
    if (reason.len && as_error) {
        qw_buf_add_text(out, ",\"Err\":");
        qw_buf_add_json(out, reason);
    }
    qw_buf_add_text(out, "}\n");
}

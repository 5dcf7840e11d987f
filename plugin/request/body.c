/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where the body is. The engine shows plugins JSON bodies only, and not all of them; it merges form bodies, which it
 * never shows, into the query; and it reads the first Content-Type header while plugins are shown the last. So what
 * the headers do not prove harmless is denied.
 * Source: moby pkg/authorization/authz.go (sendBody, drainBody); Go net/http ParseForm, ParseMultipartForm.
 */
#include "quaywarden/request.h"

struct headers {
    struct qw_bytes type;   /* Content-Type; .data NULL where there is none */
    struct qw_bytes length; /* Content-Length */
};

/* The media type before any parameter, as mime.ParseMediaType cuts it. */
static struct qw_bytes media_type(struct qw_bytes type)
{
    struct qw_bytes media = {NULL, 0};

    qw_bytes_split(&type, ';', &media);
    return qw_bytes_trim(media);
}

static bool is_form(struct qw_bytes type)
{
    const struct qw_bytes media = media_type(type);

    return qw_bytes_is_nocase(media, "application/x-www-form-urlencoded") ||
           (media.len >= 10 && qw_bytes_is_nocase((struct qw_bytes){media.data, 10}, "multipart/"));
}

static bool is_json(struct qw_bytes type)
{
    return qw_bytes_is_nocase(media_type(type), "application/json");
}

/*
 * The engine's reader makes small letters of a type, and some letters beyond ASCII have theirs among ASCII's; it trims
 * white space of Unicode's too: "applİcatİon/x-www-form-urlencoded" is a form. Source: Go mime.ParseMediaType.
 */
static bool is_ascii(struct qw_bytes type)
{
    for (size_t i = 0; i < type.len; i++) {
        if ((unsigned char)type.data[i] >= 0x80)
            return false;
    }
    return true;
}

static bool is_empty_by(const struct headers *h)
{
    return qw_bytes_is(h->length, "0") || (!h->type.data && !h->length.data);
}

static int check_form(const struct qw_request *request, const struct headers *h, struct qw_err *err)
{
    const bool carries = qw_bytes_is(request->message->method, "POST") || qw_bytes_is(request->message->method, "PUT");
    const enum qw_body_kind kind = request->route->body;

    if (!h->type.data || qw_bytes_is(h->length, "0"))
        return 0;
    if (!is_ascii(h->type))
        return qw_fail(err, QW_E_CONTENT_TYPE, "the Content-Type has letters beyond ASCII, which may pass for others");
    if (is_form(h->type))
        return qw_fail(err, QW_E_CONTENT_TYPE, "a form in the body would change the query's parameters unseen; %s",
                       kind == QW_TAKES_JSON || kind == QW_TAKES_OPTIONAL_JSON
                           ? "if it is JSON, send Content-Type: application/json (curl: -H 'Content-Type: "
                             "application/json')"
                           : "send them in the URI");
    /* Clients that repeat their options as JSON: it is shown only where the first Content-Type says so too. */
    if (request->message->body_state == QW_BODY_PRESENT && is_json(h->type))
        return 0;
    if (carries && (kind == QW_TAKES_NOTHING || kind == QW_TAKES_STREAM))
        return qw_fail(err, QW_E_CONTENT_TYPE,
                       "this endpoint takes no body: leave Content-Type out or send Content-Length: 0");
    return 0;
}

static int parse_body(struct qw_request *request, const struct headers *h, struct qw_arena *arena, struct qw_err *err)
{
    if (!is_json(h->type))
        return qw_fail(err, QW_E_CONTENT_TYPE, "the body is JSON, its Content-Type is not application/json");
    if (qw_json_parse(request->message->body, arena, &request->body, err) < 0)
        return qw_err_wrap(err, "the request body");
    return 0;
}

static int missing(enum qw_body_kind kind, struct qw_err *err)
{
    return qw_fail(err, QW_E_BODY_MISSING,
                   "the engine did not show the request's JSON body (too large, chunked, or not application/json)%s",
                   kind == QW_TAKES_OPTIONAL_JSON ? "; without one, send Content-Length: 0" : "");
}

/*
 * `{}` counts as no body. With spaces in it, it is one to start below API 1.24: what is longer than seven bytes
 * replaces all that the container was made with. Source: moby container_routes.go, postContainersStart, up to 25.0.
 */
static bool is_nothing(const struct qw_request *request)
{
    return request->body->type == QW_JSON_OBJECT && !request->body->count && request->message->body.len <= 7;
}

int qw_request_read_body(struct qw_request *request, struct qw_arena *arena, struct qw_err *err)
{
    const struct qw_message *message = request->message;
    const enum qw_body_kind kind = request->route->body;
    const struct headers h = {qw_message_header(message, "Content-Type"), qw_message_header(message, "Content-Length")};
    const bool present = message->body_state == QW_BODY_PRESENT;

    if (check_form(request, &h, err) < 0)
        return -1;
    if (kind != QW_TAKES_JSON && kind != QW_TAKES_OPTIONAL_JSON)
        return 0;
    if (qw_bytes_ends(message->uri, "/auth") && !is_empty_by(&h))
        return qw_fail(err, QW_E_BODY_MISSING, "engines withhold the body of a request whose URI ends in /auth");
    if (!present)
        return kind == QW_TAKES_OPTIONAL_JSON && is_empty_by(&h) ? 0 : missing(kind, err);
    if (parse_body(request, &h, arena, err) < 0)
        return -1;
    if (kind == QW_TAKES_OPTIONAL_JSON && is_nothing(request))
        request->body = NULL;
    return 0;
}

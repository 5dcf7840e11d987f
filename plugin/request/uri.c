/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uri.h"

#include <strings.h>

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/*
 * Go's unescape: %XX everywhere, and + is a space in a query only. Text without either is returned as it is.
 * Source: net/url, func unescape.
 */
static int decode(struct qw_bytes in, bool query, struct qw_arena *arena, struct qw_bytes *out, struct qw_err *err)
{
    unsigned char *text;
    size_t used = 0;

    if (!in.len || (!memchr(in.data, '%', in.len) && !(query && memchr(in.data, '+', in.len)))) {
        *out = in;
        return 0;
    }
    text = qw_arena_alloc(arena, in.len);
    if (!text)
        return qw_fail(err, QW_E_NOMEM, "out of memory");
    for (size_t i = 0; i < in.len; i++) {
        const int high = in.data[i] == '%' && in.len - i > 2 ? hex(in.data[i + 1]) : -1;
        const int low = high >= 0 ? hex(in.data[i + 2]) : -1;

        if (in.data[i] == '%') {
            if (low < 0)
                return qw_fail(err, QW_E_MALFORMED, "the URI has an invalid percent escape");
            if (!high && !low)
                return qw_fail(err, QW_E_MALFORMED, "the URI has a NUL byte");
            text[used++] = (unsigned char)(high << 4 | low);
            i += 2;
        } else {
            text[used++] = query && in.data[i] == '+' ? ' ' : (unsigned char)in.data[i];
        }
    }
    *out = (struct qw_bytes){(const char *)text, used};
    return 0;
}

static bool has_control(struct qw_bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.data[i] < 0x20 || text.data[i] == 0x7f)
            return true;
    }
    return false;
}

static bool is_utf8(struct qw_bytes text)
{
    for (size_t i = 0; i < text.len;) {
        const size_t len = qw_utf8_length(text.data + i, text.len - i);

        if (!len)
            return false;
        i += len;
    }
    return true;
}

static bool has_encoded_slash(struct qw_bytes path)
{
    for (size_t i = 0; i + 2 < path.len; i++) {
        if (path.data[i] == '%' && path.data[i + 1] == '2' && (path.data[i + 2] | 0x20) == 'f')
            return true;
    }
    return false;
}

/*
 * The engine's JSON encoder writes U+FFFD for each byte that is no UTF-8, so where one stands raw, nobody can tell what
 * the engine itself reads there. Clients escape all that is not ASCII.
 */
static bool has_replacement(struct qw_bytes target)
{
    return target.len && memmem(target.data, target.len, "\xef\xbf\xbd", 3);
}

/* The router redirects these away before any plugin is asked: to see one means that the engine is not as expected. */
static int check_segments(struct qw_bytes path, struct qw_err *err)
{
    struct qw_bytes rest = qw_bytes_from(path, 1);
    struct qw_bytes segment = {NULL, 0};

    while (qw_bytes_split(&rest, '/', &segment)) {
        if (qw_bytes_is(segment, ".") || qw_bytes_is(segment, ".."))
            return qw_fail(err, QW_E_MALFORMED, "the path has a dot segment");
        if (!segment.len && rest.data)
            return qw_fail(err, QW_E_MALFORMED, "the path has an empty segment");
    }
    return 0;
}

static int read_path(struct qw_bytes raw, struct qw_arena *arena, struct qw_bytes *out, struct qw_err *err)
{
    struct qw_bytes path = {NULL, 0};

    if (has_encoded_slash(raw))
        return qw_fail(err, QW_E_MALFORMED, "the path has an encoded slash, which is to be sent as it is: /");
    if (decode(raw, false, arena, &path, err) < 0)
        return -1;
    if (has_control(path) || !is_utf8(path))
        return qw_fail(err, QW_E_MALFORMED, "the path has control bytes or is no UTF-8");
    *out = path;
    return check_segments(path, err);
}

static size_t count_params(struct qw_bytes query)
{
    size_t count = 1;

    for (size_t i = 0; i < query.len; i++)
        count += query.data[i] == '&';
    return count;
}

/* Source: Go net/url, func parseQuery; engines built before Go 1.17 also split at a semicolon. */
static int read_query(struct qw_bytes query, struct qw_arena *arena, struct qw_uri *out, struct qw_err *err)
{
    struct qw_param *params;
    struct qw_bytes piece;
    struct qw_bytes name;

    if (!query.len)
        return 0;
    if (memchr(query.data, ';', query.len))
        return qw_fail(err, QW_E_AMBIGUOUS, "the query has a raw ';', which old engines take for '&'");
    params = qw_arena_zalloc(arena, count_params(query), sizeof(*params));
    if (!params)
        return qw_fail(err, QW_E_NOMEM, "out of memory");
    out->params = params;
    while (qw_bytes_split(&query, '&', &piece)) {
        if (!piece.len)
            continue;
        qw_bytes_split(&piece, '=', &name);
        if (decode(name, true, arena, &params->name, err) < 0 ||
            decode(piece.data ? piece : (struct qw_bytes){"", 0}, true, arena, &params->value, err) < 0)
            return -1;
        params++;
        out->param_count++;
    }
    return 0;
}

/* Drops scheme and authority of the absolute form. */
static struct qw_bytes origin_form(struct qw_bytes target)
{
    size_t start = 0;
    const char *slash;

    if (target.len >= 7 && strncasecmp(target.data, "http://", 7) == 0)
        start = 7;
    else if (target.len >= 8 && strncasecmp(target.data, "https://", 8) == 0)
        start = 8;
    if (!start)
        return target;
    slash = memchr(target.data + start, '/', target.len - start);
    return slash ? qw_bytes_from(target, (size_t)(slash - target.data)) : (struct qw_bytes){"", 0};
}

int qw_uri_parse(struct qw_bytes target, struct qw_arena *arena, struct qw_uri *out, struct qw_err *err)
{
    struct qw_bytes query = target;
    struct qw_bytes path = {NULL, 0};

    *out = (struct qw_uri){0};
    if (has_control(target))
        return qw_fail(err, QW_E_MALFORMED, "the URI has control bytes");
    if (target.len && memchr(target.data, '#', target.len))
        return qw_fail(err, QW_E_AMBIGUOUS, "the URI has a '#', which some readers take for its end");
    if (has_replacement(target))
        return qw_fail(err, QW_E_AMBIGUOUS, "the URI has bytes that are no UTF-8, which the engine does not show");
    if (!qw_bytes_split(&query, '?', &path) || !(path = origin_form(path)).len || path.data[0] != '/')
        return qw_fail(err, QW_E_MALFORMED, "the URI has no absolute path");
    if (read_path(path, arena, &out->path, err) < 0)
        return -1;
    return read_query(query, arena, out, err);
}

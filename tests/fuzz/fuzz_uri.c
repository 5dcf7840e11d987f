/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * "METHOD TARGET" as a request. What is accepted is clean, and means the same when it is written anew with every byte
 * escaped: the readers of a URI, and those of what it became, cannot differ.
 */
#include "fuzz.h"

static void check_path(struct qw_bytes path)
{
    struct qw_bytes rest = qw_bytes_from(path, 1);
    struct qw_bytes segment;

    FUZZ_CHECK(qw_bytes_starts(path, "/"));
    for (size_t i = 0; i < path.len; i++)
        FUZZ_CHECK((unsigned char)path.data[i] >= 0x20 && path.data[i] != 0x7f);
    while (qw_bytes_split(&rest, '/', &segment)) {
        FUZZ_CHECK(!qw_bytes_is(segment, ".") && !qw_bytes_is(segment, ".."));
        FUZZ_CHECK(segment.len || !rest.data);
    }
}

static void check_object(const struct qw_request *request)
{
    const struct qw_bytes object = request->object;

    if (!object.data) {
        FUZZ_CHECK(!strchr(request->route->path, '{'));
        return;
    }
    FUZZ_CHECK(object.len > 0 && object.data[object.len - 1] != '/');
    FUZZ_CHECK(memmem(request->path.data, request->path.len, object.data, object.len));
}

/* ---- written anew ---- */

static void escape(struct qw_buf *out, struct qw_bytes text, bool keep_slash)
{
    for (size_t i = 0; i < text.len; i++) {
        if (keep_slash && text.data[i] == '/')
            qw_buf_add(out, "/", 1);
        else
            qw_buf_printf(out, "%%%02x", (unsigned char)text.data[i]);
    }
}

static void write_uri(struct qw_buf *out, const struct qw_request *request)
{
    if (request->api_major || request->api_minor)
        qw_buf_printf(out, "/v%d.%d", request->api_major, request->api_minor);
    escape(out, request->path, true);
    for (size_t i = 0; i < request->param_count; i++) {
        qw_buf_add(out, i ? "&" : "?", 1);
        escape(out, request->params[i].name, false);
        qw_buf_add(out, "=", 1);
        escape(out, request->params[i].value, false);
    }
    FUZZ_CHECK(!out->failed);
}

static void check_same(const struct qw_request *a, const struct qw_request *b)
{
    FUZZ_CHECK(a->route == b->route && a->action == b->action);
    FUZZ_CHECK(a->api_major == b->api_major && a->api_minor == b->api_minor);
    FUZZ_CHECK(qw_bytes_eq(a->path, b->path) && qw_bytes_eq(a->object, b->object));
    FUZZ_CHECK(a->param_count == b->param_count);
    for (size_t i = 0; i < a->param_count; i++) {
        FUZZ_CHECK(qw_bytes_eq(a->params[i].name, b->params[i].name));
        FUZZ_CHECK(qw_bytes_eq(a->params[i].value, b->params[i].value));
    }
}

static void check_anew(const struct qw_request *request, struct qw_bytes method, struct qw_arena *arena)
{
    QW_AUTO(buf) struct qw_buf uri = {0};
    struct qw_message message = {.method = method};
    struct qw_request again;
    struct qw_err err;

    write_uri(&uri, request);
    message.uri = qw_buf_bytes(&uri);
    FUZZ_CHECK(qw_request_classify(&message, arena, &again, &err) == 0);
    check_same(request, &again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    QW_AUTO(arena) struct qw_arena *arena = qw_arena_new();
    QW_AUTO(heap) char *method = NULL;
    struct qw_bytes target = {(const char *)data, size};
    struct qw_message message = {0};
    struct qw_request request;
    struct qw_err err;

    FUZZ_CHECK(arena);
    qw_bytes_split(&target, ' ', &message.method);
    method = fuzz_copy(message.method);
    message.method.data = method;
    message.uri = target;
    if (qw_request_classify(&message, arena, &request, &err) < 0) {
        FUZZ_CHECK(request.action && err.code != QW_E_NONE && err.msg[0]);
        return 0;
    }
    FUZZ_CHECK(request.route && request.action);
    check_path(request.path);
    check_object(&request);
    check_anew(&request, message.method, arena);
    return 0;
}

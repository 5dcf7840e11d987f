/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the engine says of its objects, asked of its API. A reference goes into a path, where the engine's router has
 * to find in it what it would find in a body: it decodes the path once and cleans it, so everything but what means
 * itself is percent-encoded, and what would not come through as it is, is not asked for. The path has no version: the
 * engine's newest.
 * Source: moby api/server/server.go (mux), daemon/container.go GetContainer, daemon/network.go FindNetwork.
 */
#include "parts.h"

#include "quaywarden/client.h"

#define REFERENCE_MAX 512

static const struct {
    const char *before;
    const char *after;
} paths[] = {
    [QW_CONTAINER] = {"/containers/", "/json"}, [QW_VOLUME] = {"/volumes/", ""}, [QW_IMAGE] = {"/images/", "/json"},
    [QW_NETWORK] = {"/networks/", ""},          [QW_EXEC] = {"/exec/", "/json"},
};

/* ---- the question ---- */

/* Would the router's cleaning change it, or no path hold it? */
static bool is_askable(struct qw_bytes reference)
{
    struct qw_bytes segment;

    if (!reference.len || reference.len > REFERENCE_MAX)
        return false;
    for (size_t i = 0; i < reference.len; i++) {
        const unsigned char c = (unsigned char)reference.data[i];

        if (c < 0x20 || c == 0x7f)
            return false;
    }
    while (qw_bytes_split(&reference, '/', &segment)) {
        if (!segment.len || qw_bytes_is(segment, ".") || qw_bytes_is(segment, ".."))
            return false;
    }
    return true;
}

/* Slashes, colons and the at sign are an image's; RFC 3986 lets a path have them. */
static void add_encoded(struct qw_buf *out, struct qw_bytes text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/:@";

    for (size_t i = 0; i < text.len; i++) {
        if (memchr(plain, text.data[i], sizeof(plain) - 1))
            qw_buf_add(out, &text.data[i], 1);
        else
            qw_buf_printf(out, "%%%02X", (unsigned char)text.data[i]);
    }
}

static const char *make_path(enum qw_object_kind kind, struct qw_bytes reference, struct qw_arena *arena)
{
    QW_AUTO(buf) struct qw_buf path = {0};

    qw_buf_add_text(&path, paths[kind].before);
    add_encoded(&path, reference);
    qw_buf_add_text(&path, paths[kind].after);
    return path.failed ? NULL : qw_arena_copy(arena, qw_buf_bytes(&path)).data;
}

static int time_left_ms(const struct qw_asking *asking)
{
    const int64_t left_ms = (asking->deadline_ns - qw_monotonic_ns()) / 1000000;

    return left_ms > QW_QUESTION_MS ? QW_QUESTION_MS : left_ms > 0 ? (int)left_ms : 0;
}

/* Whoever runs this hears of it before his users do, who read it in their denials. */
static void complain(struct qw_lookups *lookups, const struct qw_err *err)
{
    const long long now = qw_monotonic_ns();
    long long before = atomic_load(&lookups->complained_ns);

    if ((!before || now - before >= QW_COMPLAIN_NS) &&
        atomic_compare_exchange_strong(&lookups->complained_ns, &before, now))
        qw_log("the engine does not answer, what hangs on it is denied: %s", err->msg);
}

static int ask(const struct qw_asking *asking, const char *path, struct qw_arena *arena,
               struct qw_client_answer *answer, struct qw_err *err)
{
    struct qw_lookups *lookups = asking->lookups;
    const int timeout_ms = time_left_ms(asking);
    struct qw_query *query;
    const char *target;
    int result;

    if (!timeout_ms)
        return qw_fail(err, QW_E_IO, "%s: the time for all questions of a request is up", lookups->engine);
    if (qw_query_open(&lookups->queries, path, arena, &query, &target, err))
        return -1;
    result = qw_client_ask(lookups->engine, "GET", target, (struct qw_bytes){NULL, 0}, timeout_ms, answer, err);
    qw_query_close(&lookups->queries, query, result == 0);
    if (result)
        complain(lookups, err);
    return result;
}

/* ---- the answer ---- */

static struct qw_bytes text_at(const struct qw_json *object, const char *key)
{
    for (const struct qw_json *at = object->child; at; at = at->next) {
        if (qw_bytes_is(at->key, key) && at->type == QW_JSON_STRING)
            return at->text;
    }
    return (struct qw_bytes){NULL, 0};
}

/* NULL, and err says why, where the answer is none. */
static const struct qw_json *read_object(const struct qw_client_answer *answer, struct qw_arena *arena,
                                         struct qw_err *err)
{
    const struct qw_bytes text = qw_arena_copy(arena, qw_buf_bytes(&answer->body));
    const struct qw_json *object;

    if (!text.data) {
        qw_fail(err, QW_E_NOMEM, "out of memory");
        return NULL;
    }
    if (qw_json_parse(text, arena, &object, err)) {
        if (err->code != QW_E_NOMEM)
            err->code = QW_E_IO; /* it is not the request that is malformed */
        qw_err_wrap(err, "the engine's answer cannot be read");
        return NULL;
    }
    if (object->type == QW_JSON_OBJECT)
        return object;
    qw_fail(err, QW_E_IO, "the engine's answer is no object");
    return NULL;
}

/* What the engine says for an error, {"message":…}; .data is NULL where it does not. */
static struct qw_bytes complaint(const struct qw_client_answer *answer, struct qw_arena *arena)
{
    struct qw_err ignored;
    const struct qw_json *object = read_object(answer, arena, &ignored);

    return object ? text_at(object, "message") : (struct qw_bytes){NULL, 0};
}

/* The router's own 404 is about the path, and says nothing of an object. */
static enum qw_found read_answer(const struct qw_client_answer *answer, struct qw_arena *arena,
                                 const struct qw_json **out, struct qw_err *err)
{
    struct qw_bytes words;

    if (answer->status == 200) {
        *out = read_object(answer, arena, err);
        return *out ? QW_FOUND : QW_UNCLEAR;
    }
    words = complaint(answer, arena);
    if (answer->status == 404 && words.len && !qw_bytes_is(words, "page not found"))
        return QW_ABSENT;
    qw_fail(err, QW_E_IO, "the engine answers with status %d%s" QW_BYTES_FMT, answer->status, words.len ? ": " : "",
            QW_BYTES_ARG(words));
    return QW_UNCLEAR;
}

static enum qw_found look_up(const struct qw_asking *asking, enum qw_object_kind kind, struct qw_bytes reference,
                             struct qw_arena *arena, const struct qw_json **out, struct qw_err *err)
{
    const char *path = is_askable(reference) ? make_path(kind, reference, arena) : NULL;
    struct qw_client_answer answer = {0};
    enum qw_found found = QW_UNCLEAR;

    if (!path)
        qw_fail(err, QW_E_IO, "it is no name or id that the engine could be asked for");
    else if (ask(asking, path, arena, &answer, err) == 0)
        found = read_answer(&answer, arena, out, err);
    qw_buf_fini(&answer.body);
    return found;
}

static enum qw_found inspect(const struct qw_world *world, enum qw_object_kind kind, struct qw_bytes reference,
                             struct qw_arena *arena, const struct qw_json **answer, struct qw_err *err)
{
    const struct qw_asking *asking = (const struct qw_asking *)world;
    enum qw_found found;

    if (asking->trouble) {
        qw_fail(err, QW_E_IO, "%s", asking->trouble);
        return QW_UNCLEAR;
    }
    if (asking->patience == QW_MAY_NOT_WAIT)
        return QW_LATER;
    atomic_fetch_add(&asking->lookups->asked, 1);
    found = look_up(asking, kind, reference, arena, answer, err);
    if (found == QW_UNCLEAR)
        atomic_fetch_add(&asking->lookups->failed, 1);
    return found;
}

void qw_asking_init(struct qw_asking *asking, const struct qw_world *base)
{
    asking->world = *base;
    asking->world.inspect = inspect;
}

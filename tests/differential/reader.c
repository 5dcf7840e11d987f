/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * quaywarden's reading of many messages, for the differential test: frames on standard input, each a message of the
 * plugin protocol with its length in front (four bytes, little end first); one line of JSON for each on standard
 * output: {"code":"malformed",…} where it is refused, else route, object, version, parameters and facts, and what rules
 * read in references of images and host ports. A length of FLUSH alone asks for the answers so far.
 *   --silent KIND   says nothing of facts of that kind, and --refuse-all refuses everything: the test has to notice.
 */
#include "quaywarden/rules.h"

#include <err.h>

#define FLUSH ((size_t)0xffffffff)

struct lie {
    const char *silent; /* kind of facts, or NULL */
    bool refuse_all;
};

static const char *code_name(enum qw_code code)
{
    static const char *const names[] = {
        [QW_E_NONE] = "read",
        [QW_E_NOMEM] = "no-memory",
        [QW_E_IO] = "io",
        [QW_E_LIMIT] = "limit",
        [QW_E_BUSY] = "busy",
        [QW_E_UNKNOWN_ENDPOINT] = "unknown-endpoint",
        [QW_E_MALFORMED] = "malformed",
        [QW_E_AMBIGUOUS] = "ambiguous",
        [QW_E_CONTENT_TYPE] = "content-type",
        [QW_E_BODY_MISSING] = "body-missing",
    };

    return names[code];
}

static void print_refusal(const struct qw_err *err, struct qw_buf *out)
{
    qw_buf_printf(out, "{\"code\":\"%s\",\"reason\":", code_name(err->code));
    qw_buf_add_json(out, qw_bytes_of(err->msg));
    qw_buf_add_text(out, "}\n");
}

static void print_params(const struct qw_request *request, struct qw_buf *out)
{
    qw_buf_add_text(out, ",\"params\":[");
    for (size_t i = 0; i < request->param_count; i++) {
        qw_buf_add_text(out, i ? ",[" : "[");
        qw_buf_add_json(out, request->params[i].name);
        qw_buf_add_text(out, ",");
        qw_buf_add_json(out, request->params[i].value);
        qw_buf_add_text(out, "]");
    }
    qw_buf_add_text(out, "]");
}

/* [name, tag, digest], or null where it is no reference. */
static void print_image(const struct qw_fact *fact, struct qw_buf *out)
{
    struct qw_image_name image;

    if (!qw_image_read(fact->text, &image)) {
        qw_buf_add_text(out, "null");
        return;
    }
    qw_buf_add_text(out, "[");
    qw_buf_add_json(out, qw_bytes_of(image.name));
    qw_buf_add_text(out, ",");
    qw_buf_add_json(out, image.tag);
    qw_buf_add_text(out, ",");
    qw_buf_add_json(out, image.digest);
    qw_buf_add_text(out, "]");
}

/* [lowest, highest], or null where it is neither a port nor a range. */
static void print_port(const struct qw_fact *fact, struct qw_buf *out)
{
    struct qw_range range;

    if (qw_range_read(fact->text, UINT16_MAX, &range))
        qw_buf_printf(out, "[%lld,%lld]", (long long)range.low, (long long)range.high);
    else
        qw_buf_add_text(out, "null");
}

static void print_each(const struct qw_fact *fact, const char *name,
                       void (*print)(const struct qw_fact *fact, struct qw_buf *out), struct qw_buf *out)
{
    if (!fact)
        return;
    qw_buf_printf(out, ",\"%s\":[", name);
    for (; fact; fact = fact->next) {
        print(fact, out);
        qw_buf_add_text(out, fact->next ? "," : "]");
    }
}

static void print_request(const struct qw_request *request, const struct qw_facts *facts, struct qw_buf *out)
{
    qw_buf_printf(out, "{\"code\":\"read\",\"action\":\"%s\",\"method\":\"%s\",\"route\":\"%s\",\"object\":",
                  request->action->name, request->route->method, request->route->path);
    qw_buf_add_json(out, request->object);
    qw_buf_printf(out, ",\"version\":\"%d.%d\",\"body\":%s", request->api_major, request->api_minor,
                  request->body ? "true" : "false");
    if (request->param_count)
        print_params(request, out);
    print_each(facts->first[QW_F_IMAGE], "images", print_image, out);
    print_each(facts->first[QW_F_PUBLISHED_PORT], "ports", print_port, out);
    qw_buf_add_text(out, ",\"facts\":");
    qw_facts_print(facts, out);
    qw_buf_add_text(out, "}\n");
}

static void leave_out(struct qw_facts *facts, const char *silent)
{
    for (int kind = 0; silent && kind < QW_F_COUNT; kind++) {
        if (strcmp(qw_fact_types[kind].name, silent) == 0)
            facts->first[kind] = NULL;
    }
}

static void answer(struct qw_bytes frame, const struct lie *lie, struct qw_arena *arena, struct qw_buf *out)
{
    struct qw_err failure = {.code = QW_E_MALFORMED, .msg = "everything is refused"};
    struct qw_message message;
    struct qw_request request;
    struct qw_facts facts;

    if (lie->refuse_all || qw_message_decode(frame, arena, &message, &failure) < 0 ||
        qw_request_classify(&message, arena, &request, &failure) < 0 ||
        qw_request_read_body(&request, arena, &failure) < 0 ||
        qw_facts_extract(&request, arena, &facts, &failure) < 0) {
        print_refusal(&failure, out);
        return;
    }
    leave_out(&facts, lie->silent);
    print_request(&request, &facts, out);
}

/* Gives false at the end of standard input. */
static bool read_length(size_t *len)
{
    unsigned char head[4];

    if (fread(head, 1, sizeof(head), stdin) != sizeof(head))
        return false;
    *len = (size_t)head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 | (size_t)head[3] << 24;
    return true;
}

static bool read_frame(char **frame, size_t *len)
{
    bool more = read_length(len);

    while (more && *len == FLUSH) {
        fflush(stdout);
        more = read_length(len);
    }
    if (!more)
        return false;
    *frame = realloc(*frame, *len + 1);
    if (!*frame)
        err(1, "a message of %zu bytes", *len);
    if (fread(*frame, 1, *len, stdin) != *len)
        errx(1, "a message is cut short");
    return true;
}

static struct lie read_arguments(char **argv)
{
    struct lie lie = {0};

    for (argv++; *argv; argv++) {
        if (strcmp(*argv, "--refuse-all") == 0)
            lie.refuse_all = true;
        else if (strcmp(*argv, "--silent") == 0 && argv[1])
            lie.silent = *++argv;
        else
            errx(2, "usage: reader [--silent KIND] [--refuse-all]");
    }
    return lie;
}

int main(int argc, char **argv)
{
    const struct lie lie = read_arguments(argv);
    QW_AUTO(arena) struct qw_arena *arena = qw_arena_new();
    QW_AUTO(buf) struct qw_buf out = {0};
    QW_AUTO(heap) char *frame = NULL;
    size_t len = 0;

    (void)argc;
    if (!arena)
        errx(1, "out of memory");
    while (read_frame(&frame, &len)) {
        answer((struct qw_bytes){frame, len}, &lie, arena, &out);
        qw_arena_reset(arena);
        if (out.failed || fwrite(out.data, 1, out.len, stdout) != out.len)
            errx(1, "cannot answer");
        qw_buf_reset(&out);
    }
    return fflush(stdout) == 0 ? 0 : 1;
}

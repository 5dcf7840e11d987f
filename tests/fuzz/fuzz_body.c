/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A JSON body as facts; the first byte, a digit, says of which request. The facts print as JSON, and stay the same
 * when the body is written anew in a way that Go reads alike: every letter an escape, white space everywhere, and the
 * names of fields in the other case, with U+017F for s and U+212A for k.
 */
#include "fuzz.h"

static const char *const uris[] = {
    "/v1.41/containers/create",  "/v1.41/containers/x/exec",     "/v1.41/volumes/create",
    "/v1.41/networks/create",    "/v1.41/services/create",       "/v1.41/containers/x/update",
    "/v1.41/networks/x/connect", "/v1.41/networks/x/disconnect", "/v1.41/containers/x/start",
};

static const struct qw_pair headers[] = {{{"Content-Type", 12}, {"application/json", 16}}};

/* Returns the code of the failure, or QW_E_NONE. */
static enum qw_code extract(const char *uri, struct qw_bytes body, struct qw_arena *arena, struct qw_request *request,
                            struct qw_facts *facts)
{
    struct qw_message *message = qw_arena_zalloc(arena, 1, sizeof(*message));
    struct qw_err err = {0};

    FUZZ_CHECK(message);
    *message = (struct qw_message){.method = QW_LIT("POST"),
                                   .uri = qw_bytes_of(uri),
                                   .headers = headers,
                                   .header_count = QW_COUNT(headers),
                                   .body_state = body.len ? QW_BODY_PRESENT : QW_BODY_EMPTY,
                                   .body = body};
    FUZZ_CHECK(qw_request_classify(message, arena, request, &err) == 0);
    if (qw_request_read_body(request, arena, &err) < 0 || qw_facts_extract(request, arena, facts, &err) < 0) {
        FUZZ_CHECK(err.code != QW_E_NONE && err.code != QW_E_NOMEM && err.msg[0]);
        return err.code;
    }
    return QW_E_NONE;
}

/* ---- written anew ---- */

/* Fields that hold structs or lists of them, wherever they stand in a struct; in maps nothing is re-cased. */
static const char *const structs[] = {
    "HostConfig",     "NetworkingConfig", "Healthcheck",   "LogConfig",    "RestartPolicy",  "Mounts",
    "BindOptions",    "VolumeOptions",    "DriverConfig",  "TmpfsOptions", "Devices",        "DeviceRequests",
    "Ulimits",        "TaskTemplate",     "ContainerSpec", "Privileges",   "Seccomp",        "AppArmor",
    "Resources",      "Limits",           "Reservations",  "Placement",    "LogDriver",      "EndpointSpec",
    "IPAM",           "ConfigFrom",       "UpdateConfig",  "Replicated",   "SELinuxContext", "IPAMConfig",
    "EndpointConfig", "CredentialSpec",
};

static bool holds_structs(struct qw_bytes key)
{
    for (size_t i = 0; i < QW_COUNT(structs); i++) {
        if (qw_json_key_folds_to(key, structs[i], strlen(structs[i])))
            return true;
    }
    return false;
}

static uint32_t other_case(uint32_t c)
{
    if (c == 's' || c == 'S')
        return 0x17f;
    if (c == 'k' || c == 'K')
        return 0x212a;
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ? c ^ 0x20 : c;
}

/* text is valid UTF-8: the reader took it. */
static uint32_t next_code_point(struct qw_bytes *text)
{
    const size_t len = qw_utf8_length(text->data, text->len);
    uint32_t c = (unsigned char)text->data[0];

    FUZZ_CHECK(len > 0);
    if (len > 1)
        c &= 0x7fU >> len;
    for (size_t i = 1; i < len; i++)
        c = c << 6 | ((unsigned char)text->data[i] & 0x3f);
    *text = qw_bytes_from(*text, len);
    return c;
}

static void write_string(struct qw_buf *out, struct qw_bytes text, bool recase)
{
    qw_buf_add_text(out, "\"");
    while (text.len) {
        uint32_t c = next_code_point(&text);

        if (recase)
            c = other_case(c);
        if (c >= 0x10000) {
            qw_buf_printf(out, "\\u%04x", 0xd7c0 + (c >> 10));
            c = 0xdc00 + (c & 0x3ff);
        }
        qw_buf_printf(out, "\\u%04X", c);
    }
    qw_buf_add_text(out, "\"");
}

static void write_value(struct qw_buf *out, const struct qw_json *value, bool is_struct);

static void write_members(struct qw_buf *out, const struct qw_json *value, bool is_struct)
{
    const bool object = value->type == QW_JSON_OBJECT;

    qw_buf_add_text(out, object ? "{ " : "[ ");
    for (const struct qw_json *child = value->child; child; child = child->next) {
        if (object) {
            write_string(out, child->key, is_struct);
            qw_buf_add_text(out, "\t:\r\n");
        }
        write_value(out, child, is_struct && (!object || holds_structs(child->key)));
        qw_buf_add_text(out, child->next ? " , " : " ");
    }
    qw_buf_add_text(out, object ? "}" : "]");
}

static void write_value(struct qw_buf *out, const struct qw_json *value, bool is_struct)
{
    switch (value->type) {
    case QW_JSON_NULL:
        qw_buf_add_text(out, "null");
        break;
    case QW_JSON_FALSE:
        qw_buf_add_text(out, "false");
        break;
    case QW_JSON_TRUE:
        qw_buf_add_text(out, "true");
        break;
    case QW_JSON_NUMBER:
        qw_buf_add_bytes(out, value->text);
        break;
    case QW_JSON_STRING:
        write_string(out, value->text, false);
        break;
    case QW_JSON_ARRAY:
    case QW_JSON_OBJECT:
        write_members(out, value, is_struct);
        break;
    }
}

/* ---- claims ---- */

static void print(struct qw_facts *facts, struct qw_buf *out)
{
    facts->first[QW_F_UNKNOWN_FIELD] = NULL; /* names fields as written */
    qw_facts_print(facts, out);
    FUZZ_CHECK(!out->failed);
}

static void check_anew(const char *uri, const struct qw_json *body, enum qw_code code, struct qw_facts *facts,
                       struct qw_arena *arena)
{
    QW_AUTO(buf) struct qw_buf anew = {0};
    QW_AUTO(buf) struct qw_buf text = {0};
    QW_AUTO(buf) struct qw_buf text_anew = {0};
    struct qw_request request;
    struct qw_facts facts_anew;

    write_value(&anew, body, true);
    qw_buf_add_text(&anew, "        "); /* of seven bytes or less, start reads none */
    FUZZ_CHECK(!anew.failed);
    FUZZ_CHECK(extract(uri, qw_buf_bytes(&anew), arena, &request, &facts_anew) == code);
    if (code != QW_E_NONE)
        return;
    FUZZ_CHECK(facts->count == facts_anew.count);
    print(facts, &text);
    print(&facts_anew, &text_anew);
    FUZZ_CHECK(qw_bytes_eq(qw_buf_bytes(&text), qw_buf_bytes(&text_anew)));
}

static void check_printed(const struct qw_facts *facts)
{
    QW_AUTO(buf) struct qw_buf text = {0};
    size_t count = 0;

    for (int kind = 0; kind < QW_F_COUNT; kind++) {
        for (const struct qw_fact *fact = facts->first[kind]; fact; fact = fact->next, count++)
            FUZZ_CHECK((int)fact->kind == kind);
    }
    FUZZ_CHECK(count == facts->count);
    qw_facts_print(facts, &text);
    FUZZ_CHECK(!text.failed);
    fuzz_check_object(qw_buf_bytes(&text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    QW_AUTO(arena) struct qw_arena *arena = qw_arena_new();
    struct qw_request request;
    struct qw_facts facts;
    const char *uri;
    enum qw_code code;

    FUZZ_CHECK(arena);
    if (!size)
        return 0;
    uri = uris[(unsigned char)(data[0] - '0') % QW_COUNT(uris)];
    code = extract(uri, (struct qw_bytes){(const char *)data + 1, size - 1}, arena, &request, &facts);
    if (code == QW_E_NONE)
        check_printed(&facts);
    if (request.body)
        check_anew(uri, request.body, code, &facts, arena);
    return 0;
}

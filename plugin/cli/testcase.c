/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One case of a test file: a table of keys for each of its mappings. */
#include "bind.h"

/* ---- who ---- */

static void read_user(struct qw_reader *reader, const struct qw_yaml *node)
{
    reader->to->who.user = qw_bind_word(reader, node);
}

static void read_groups(struct qw_reader *reader, const struct qw_yaml *node)
{
    struct qw_bytes *groups = qw_bind_list(reader, node, sizeof(*groups));
    size_t count = 0;

    for (const struct qw_yaml *child = groups ? node->child : NULL; child; child = child->next)
        groups[count++] = qw_bind_word(reader, child);
    reader->to->who.groups = groups;
    reader->to->who.group_count = count;
}

static void read_via(struct qw_reader *reader, const struct qw_yaml *node)
{
    static const char *const words[] = {"front", "tls", NULL};
    const int choice = qw_bind_choice(reader, node, "way", words);

    if (choice >= 0)
        reader->to->who.via = qw_bytes_of(words[choice]);
}

static void read_issuer(struct qw_reader *reader, const struct qw_yaml *node)
{
    reader->to->who.issuer = qw_bind_word(reader, node);
}

static const struct qw_field who_fields[] = {
    {"user", true, read_user},
    {"groups", false, read_groups},
    {"via", false, read_via},
    {"issuer", false, read_issuer},
    {0},
};

/* Names come from certificates: where a case does not say which, it is not one of front's. */
static void read_who(struct qw_reader *reader, const struct qw_yaml *node)
{
    reader->to->who.via = QW_LIT("tls");
    qw_bind_fields(reader, node, who_fields);
    reader->to->message.user = reader->to->who.user;
    reader->to->message.auth_method = QW_LIT("TLS");
}

/* ---- request ---- */

static void read_method(struct qw_reader *reader, const struct qw_yaml *node)
{
    reader->to->message.method = qw_bind_word(reader, node);
}

static void read_uri(struct qw_reader *reader, const struct qw_yaml *node)
{
    reader->to->message.uri = qw_bind_text(reader, node);
}

static void read_headers(struct qw_reader *reader, const struct qw_yaml *node)
{
    struct qw_message *message = &reader->to->message;
    const struct qw_yaml *child = node->child;

    message->headers = qw_bind_pairs(reader, node, &message->header_count);
    for (size_t i = 0; i < message->header_count; i++, child = child->next) {
        for (size_t j = 0; j < i; j++) {
            if (qw_bytes_is_nocase(message->headers[j].key, message->headers[i].key.data))
                qw_yaml_key_error(reader->diagnostics, child, "this header is there twice");
        }
    }
}

static void set_body(struct qw_reader *reader, const struct qw_yaml *node, struct qw_bytes body)
{
    struct qw_message *message = &reader->to->message;

    if (message->body_state != QW_BODY_ABSENT)
        qw_yaml_error(reader->diagnostics, node, "a request has one body: \"body\" or \"body-base64\"");
    message->body = body;
    message->body_state = body.len > 0 ? QW_BODY_PRESENT : QW_BODY_EMPTY;
}

static void read_body(struct qw_reader *reader, const struct qw_yaml *node)
{
    set_body(reader, node, qw_bind_text(reader, node));
}

static void read_body_base64(struct qw_reader *reader, const struct qw_yaml *node)
{
    struct qw_bytes body = {0};
    struct qw_err err;

    if (qw_base64_decode(qw_bind_text(reader, node), reader->file->arena, &body, &err) < 0)
        qw_yaml_error(reader->diagnostics, node, "%s", err.msg);
    set_body(reader, node, body);
}

static const struct qw_field request_fields[] = {
    {"method", true, read_method},
    {"uri", true, read_uri},
    {"headers", false, read_headers},
    {"body", false, read_body},
    {"body-base64", false, read_body_base64},
    {0},
};

/*
 * The headers that a client sends with such a body. None without a body, and no length where the case says that the
 * body came in chunks.
 */
static void supply_headers(struct qw_reader *reader, const struct qw_yaml *node)
{
    struct qw_message *message = &reader->to->message;
    const bool chunked = qw_message_header(message, "Transfer-Encoding").data != NULL;
    size_t count = message->header_count;
    struct qw_pair *headers;

    if (message->body_state == QW_BODY_ABSENT)
        return;
    headers = qw_bind_alloc(reader, node, count + 2, sizeof(*headers));
    if (!headers)
        return;
    if (count > 0)
        memcpy(headers, message->headers, count * sizeof(*headers));
    if (message->body.len > 0 && !qw_message_header(message, "Content-Type").data)
        headers[count++] = (struct qw_pair){QW_LIT("Content-Type"), QW_LIT("application/json")};
    if (!chunked && !qw_message_header(message, "Content-Length").data) {
        headers[count].key = QW_LIT("Content-Length");
        headers[count++].value = qw_arena_printf(reader->file->arena, "%zu", message->body.len);
    }
    message->headers = headers;
    message->header_count = count;
}

static void read_request(struct qw_reader *reader, const struct qw_yaml *node)
{
    qw_bind_fields(reader, node, request_fields);
    supply_headers(reader, node);
}

/* ---- what is expected ---- */

static void read_expect(struct qw_reader *reader, const struct qw_yaml *node)
{
    const int choice = qw_bind_choice(reader, node, "verdict", qw_outcome_words);

    if (choice >= 0)
        reader->to->expect = (enum qw_outcome)choice;
}

static void read_rules(struct qw_reader *reader, const struct qw_yaml *node)
{
    const char *ids[QW_REFUSAL_COUNT + QW_RULE_MAX + 1] = {NULL};
    const char **rules = qw_bind_list(reader, node, sizeof(*rules));
    size_t count = 0;

    memcpy(ids, qw_refusals, QW_REFUSAL_COUNT * sizeof(*ids));
    for (size_t i = 0; i < qw_rule_count; i++)
        ids[QW_REFUSAL_COUNT + i] = qw_rules[i].id;
    for (const struct qw_yaml *child = rules ? node->child : NULL; child; child = child->next) {
        const int choice = qw_bind_choice(reader, child, "rule", ids);

        if (choice >= 0)
            rules[count++] = ids[choice];
    }
    reader->to->rules = rules;
    reader->to->rule_count = count;
}

static void read_reason(struct qw_reader *reader, const struct qw_yaml *node)
{
    reader->to->reason = qw_bind_word(reader, node);
}

/* ---- a case ---- */

static void read_name(struct qw_reader *reader, const struct qw_yaml *node)
{
    const struct qw_test_file *file = reader->file;

    reader->to->name = qw_bind_word(reader, node);
    for (const struct qw_case *other = file->cases; other != reader->to; other++) {
        if (reader->to->name.data && qw_bytes_eq(other->name, reader->to->name))
            qw_yaml_error(reader->diagnostics, node, "the case in line %d has this name too", other->line);
    }
}

static void read_given(struct qw_reader *reader, const struct qw_yaml *node)
{
    qw_bind_given(reader, node, &reader->to->given);
}

static const struct qw_field case_fields[] = {
    {"name", true, read_name},       {"who", false, read_who},
    {"request", true, read_request}, {"given", false, read_given},
    {"expect", true, read_expect},   {"rules", false, read_rules},
    {"reason", false, read_reason},  {0},
};

void qw_bind_case(struct qw_reader *reader, const struct qw_yaml *node)
{
    reader->to->line = node->line;
    qw_bind_fields(reader, node, case_fields);
    /* A denial for another reason than the one meant is a hole that looks like a passing case. */
    if (reader->to->expect != QW_OUTCOME_ALLOW && reader->to->rule_count == 0)
        qw_yaml_error(reader->diagnostics, node, "a case that expects %s says by which \"rules\"",
                      qw_outcome_words[reader->to->expect]);
}

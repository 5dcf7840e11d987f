/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `given` of a case: the world that it is judged in. */
#include "bind.h"

#include <inttypes.h>

/* ---- links and the engine ---- */

static bool is_clean_path(struct qw_reader *reader, struct qw_bytes path)
{
    const struct qw_bytes cleaned = qw_path_clean(path, reader->file->arena);

    return cleaned.data && qw_bytes_eq(cleaned, path);
}

static void read_links(struct qw_reader *reader, const struct qw_yaml *node)
{
    struct qw_given *given = &reader->to->given;
    const struct qw_yaml *child = node->child;

    given->links = qw_bind_pairs(reader, node, &given->link_count);
    for (size_t i = 0; i < given->link_count; i++, child = child->next) {
        if (!is_clean_path(reader, given->links[i].key))
            qw_yaml_key_error(reader->diagnostics, child,
                              "a link is an absolute path, without \".\", \"..\" and \"//\"");
        if (given->links[i].value.len == 0)
            qw_yaml_error(reader->diagnostics, child, "a link leads somewhere");
    }
}

/* A plain scalar stands for itself where JSON has such a word; anything else is a string. */
static void print_json_scalar(const struct qw_yaml *node, struct qw_buf *out)
{
    const struct qw_bytes text = {node->text, node->text_len};
    int64_t n;

    if (!node->quoted && (qw_bytes_is(text, "true") || qw_bytes_is(text, "false") || qw_bytes_is(text, "null") ||
                          qw_bytes_to_int(text, &n)))
        qw_buf_add_bytes(out, text);
    else
        qw_buf_add_json(out, text);
}

/* A mapping of the test file as the JSON document that it stands for. */
static void print_json(const struct qw_yaml *node, struct qw_buf *out)
{
    const bool is_map = node->type == QW_YAML_MAP;

    if (node->type == QW_YAML_SCALAR) {
        print_json_scalar(node, out);
        return;
    }
    qw_buf_add_text(out, is_map ? "{" : "[");
    for (const struct qw_yaml *child = node->child; child; child = child->next) {
        if (is_map) {
            qw_buf_add_json(out, qw_bytes_of(child->key));
            qw_buf_add_text(out, ":");
        }
        print_json(child, out);
        qw_buf_add_text(out, child->next ? "," : "");
    }
    qw_buf_add_text(out, is_map ? "}" : "]");
}

/* daemon.json, written as YAML. */
static void read_engine_config(struct qw_reader *reader, const struct qw_yaml *node)
{
    QW_AUTO(buf) struct qw_buf text = {0};

    if (node->type != QW_YAML_MAP) {
        qw_yaml_error(reader->diagnostics, node, "\"engine-config\" is a mapping: the contents of daemon.json");
        return;
    }
    print_json(node, &text);
    reader->to->given.engine_config = qw_arena_copy(reader->file->arena, qw_buf_bytes(&text));
}

/* ---- users: accounts of the host ---- */

/* The largest id but one: the last stands for none. */
#define ID_MAX (UINT32_MAX - 1)

/* Fills the last of the given users. */
static struct qw_account *account_of(struct qw_reader *reader)
{
    return &reader->to->given.users[reader->to->given.user_count - 1].account;
}

static uint32_t read_id(struct qw_reader *reader, const struct qw_yaml *node)
{
    const struct qw_bytes text = qw_bind_word(reader, node);
    int64_t id = 0;

    if (text.data && (!qw_number_read(text, &id) || id > ID_MAX))
        qw_yaml_error(reader->diagnostics, node, "an id is a number up to %" PRIu32, ID_MAX);
    return (uint32_t)id;
}

static void read_uid(struct qw_reader *reader, const struct qw_yaml *node)
{
    account_of(reader)->uid = read_id(reader, node);
}

static void read_gid(struct qw_reader *reader, const struct qw_yaml *node)
{
    account_of(reader)->gid = read_id(reader, node);
}

static void read_home(struct qw_reader *reader, const struct qw_yaml *node)
{
    account_of(reader)->home = qw_bind_word(reader, node);
}

static const struct qw_field user_fields[] = {
    {"uid", true, read_uid},
    {"gid", true, read_gid},
    {"home", true, read_home},
    {0},
};

static void read_users(struct qw_reader *reader, const struct qw_yaml *node)
{
    struct qw_given *given = &reader->to->given;

    if (!qw_bind_is_map(reader, node))
        return;
    given->users = qw_bind_alloc(reader, node, qw_bind_count(node) + 1, sizeof(*given->users));
    for (const struct qw_yaml *child = given->users ? node->child : NULL; child; child = child->next) {
        given->users[given->user_count++] = (struct qw_given_user){qw_bytes_of(child->key), {.known = true}};
        qw_bind_fields(reader, child, user_fields);
    }
}

/* ---- all of it ---- */

/* Accepting what one of these gives would let a case pass without it; that nothing is given says nothing. */
static void refuse_given(struct qw_reader *reader, const struct qw_yaml *node)
{
    if (node->type == QW_YAML_MAP && !node->child)
        return;
    qw_yaml_key_error(reader->diagnostics, node, "\"%s\" in \"given\" comes with a later release", node->key);
}

static const struct qw_field given_fields[] = {
    {"links", false, read_links},
    {"owners", false, refuse_given},
    {"volumes", false, refuse_given},
    {"containers", false, refuse_given},
    {"images", false, refuse_given},
    {"networks", false, refuse_given},
    {"execs", false, refuse_given},
    {"users", false, read_users},
    {"engine-config", false, read_engine_config},
    {"usage", false, refuse_given},
    {0},
};

void qw_bind_given(struct qw_reader *reader, const struct qw_yaml *node)
{
    qw_bind_fields(reader, node, given_fields);
}

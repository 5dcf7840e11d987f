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
    struct qw_given *given = reader->given;
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

static void read_mounts(struct qw_reader *reader, const struct qw_yaml *node)
{
    struct qw_given *given = reader->given;
    const struct qw_yaml *child = node->child;

    given->mounts = qw_bind_pairs(reader, node, &given->mount_count);
    for (size_t i = 0; i < given->mount_count; i++, child = child->next) {
        if (!is_clean_path(reader, given->mounts[i].key) || !is_clean_path(reader, given->mounts[i].value))
            qw_yaml_key_error(reader->diagnostics, child,
                              "a mount is a path on a path, each absolute, without \".\", \"..\" and \"//\"");
    }
}

/* Would JSON take the scalar as it is, for anything but a text? */
static bool is_json_word(struct qw_reader *reader, struct qw_bytes text)
{
    const struct qw_json *value;
    struct qw_err err;

    return qw_json_parse(text, reader->file->arena, &value, &err) == 0 && value->type <= QW_JSON_NUMBER;
}

/* A plain scalar stands for itself where JSON has such a word or number; anything else is a string. */
static void print_json_scalar(struct qw_reader *reader, const struct qw_yaml *node, struct qw_buf *out)
{
    const struct qw_bytes text = {node->text, node->text_len};

    if (!node->quoted && is_json_word(reader, text))
        qw_buf_add_bytes(out, text);
    else
        qw_buf_add_json(out, text);
}

static void print_members(struct qw_reader *reader, const struct qw_yaml *node, struct qw_buf *out);

/* A mapping of the test file as the JSON document that it stands for. */
static void print_json(struct qw_reader *reader, const struct qw_yaml *node, struct qw_buf *out)
{
    const bool is_map = node->type == QW_YAML_MAP;

    if (node->type == QW_YAML_SCALAR) {
        print_json_scalar(reader, node, out);
        return;
    }
    qw_buf_add_text(out, is_map ? "{" : "[");
    print_members(reader, node, out);
    qw_buf_add_text(out, is_map ? "}" : "]");
}

static void print_members(struct qw_reader *reader, const struct qw_yaml *node, struct qw_buf *out)
{
    for (const struct qw_yaml *child = node->child; child; child = child->next) {
        if (node->type == QW_YAML_MAP) {
            qw_buf_add_json(out, qw_bytes_of(child->key));
            qw_buf_add_text(out, ":");
        }
        print_json(reader, child, out);
        qw_buf_add_text(out, child->next ? "," : "");
    }
}

/* daemon.json, written as YAML. */
static void read_engine_config(struct qw_reader *reader, const struct qw_yaml *node)
{
    QW_AUTO(buf) struct qw_buf text = {0};

    if (node->type != QW_YAML_MAP) {
        qw_yaml_error(reader->diagnostics, node, "\"engine-config\" is a mapping: the contents of daemon.json");
        return;
    }
    print_json(reader, node, &text);
    reader->given->engine_config = qw_arena_copy(reader->file->arena, qw_buf_bytes(&text));
}

/* ---- what the engine would answer ---- */

/* Answers name what they are about; where a case leaves that out, by the key. Images have names of another kind. */
static void print_answer(struct qw_reader *reader, const struct qw_yaml *node, enum qw_object_kind kind,
                         struct qw_buf *out)
{
    const bool is_named = kind == QW_IMAGE || kind == QW_EXEC || qw_yaml_get(node, "Name");

    qw_buf_add_text(out, "{");
    if (!is_named) {
        qw_buf_add_text(out, "\"Name\":");
        qw_buf_add_json(out, qw_bytes_of(node->key));
        qw_buf_add_text(out, node->child ? "," : "");
    }
    print_members(reader, node, out);
    qw_buf_add_text(out, "}");
}

static void read_objects(struct qw_reader *reader, const struct qw_yaml *node, enum qw_object_kind kind)
{
    struct qw_given *given = reader->given;
    struct qw_given_object *objects;
    size_t *count = &given->object_count[kind];
    struct qw_err err;

    if (!qw_bind_is_map(reader, node))
        return;
    objects = qw_bind_alloc(reader, node, qw_bind_count(node) + 1, sizeof(*objects));
    given->objects[kind] = objects;
    *count = 0;
    for (const struct qw_yaml *child = objects ? node->child : NULL; child; child = child->next) {
        QW_AUTO(buf) struct qw_buf text = {0};

        if (!qw_bind_is_map(reader, child))
            continue;
        print_answer(reader, child, kind, &text);
        objects[*count].name = qw_bytes_of(child->key);
        if (qw_json_parse(qw_arena_copy(reader->file->arena, qw_buf_bytes(&text)), reader->file->arena,
                          &objects[*count].answer, &err) < 0)
            qw_yaml_error(reader->diagnostics, child, "%s", err.msg);
        else
            (*count)++;
    }
}

static void read_volumes(struct qw_reader *reader, const struct qw_yaml *node)
{
    read_objects(reader, node, QW_VOLUME);
}

static void read_containers(struct qw_reader *reader, const struct qw_yaml *node)
{
    read_objects(reader, node, QW_CONTAINER);
}

static void read_images(struct qw_reader *reader, const struct qw_yaml *node)
{
    read_objects(reader, node, QW_IMAGE);
}

static void read_networks(struct qw_reader *reader, const struct qw_yaml *node)
{
    read_objects(reader, node, QW_NETWORK);
}

static void read_execs(struct qw_reader *reader, const struct qw_yaml *node)
{
    read_objects(reader, node, QW_EXEC);
}

/* ---- users: accounts of the host ---- */

/* The largest id but one: the last stands for none. */
#define ID_MAX (UINT32_MAX - 1)

/* Fills the last of the given users. */
static struct qw_account *account_of(struct qw_reader *reader)
{
    return &reader->given->users[reader->given->user_count - 1].account;
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
    struct qw_given *given = reader->given;

    if (!qw_bind_is_map(reader, node))
        return;
    given->user_count = 0;
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
    {"links", false, read_links},           {"mounts", false, read_mounts},
    {"owners", false, refuse_given},        {"volumes", false, read_volumes},
    {"containers", false, read_containers}, {"images", false, read_images},
    {"networks", false, read_networks},     {"execs", false, read_execs},
    {"users", false, read_users},           {"engine-config", false, read_engine_config},
    {"usage", false, refuse_given},         {0},
};

void qw_bind_given(struct qw_reader *reader, const struct qw_yaml *node, struct qw_given *given)
{
    reader->given = given;
    qw_bind_fields(reader, node, given_fields);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bind.h"

/* "; did you mean …?", in the file's arena, or "". */
static const char *suggestion(struct qw_reader *reader, const char *word, const char *const *words)
{
    const char *near = qw_suggest(word, words);
    struct qw_bytes text = {0};

    if (near)
        text = qw_arena_printf(reader->file->arena, "; did you mean \"%s\"?", near);
    return text.data ? text.data : "";
}

void *qw_bind_alloc(struct qw_reader *reader, const struct qw_yaml *node, size_t count, size_t size)
{
    void *memory = qw_arena_zalloc(reader->file->arena, count, size);

    if (!memory)
        qw_yaml_error(reader->diagnostics, node, "out of memory");
    return memory;
}

static bool is_type(struct qw_reader *reader, const struct qw_yaml *node, enum qw_yaml_type type)
{
    static const char *const types[] = {
        [QW_YAML_SCALAR] = "a text",
        [QW_YAML_LIST] = "a list",
        [QW_YAML_MAP] = "a mapping",
    };

    if (node->type == type)
        return true;
    qw_yaml_error(reader->diagnostics, node, "%s is needed here, not %s", types[type], types[node->type]);
    return false;
}

bool qw_bind_is_map(struct qw_reader *reader, const struct qw_yaml *node)
{
    return is_type(reader, node, QW_YAML_MAP);
}

/* What YAML takes for no value at all, unless it is quoted. */
static bool is_nothing(const struct qw_yaml *node)
{
    return !node->quoted &&
           (node->text_len == 0 || strcmp(node->text, "~") == 0 || strcasecmp(node->text, "null") == 0);
}

struct qw_bytes qw_bind_text(struct qw_reader *reader, const struct qw_yaml *node)
{
    if (!is_type(reader, node, QW_YAML_SCALAR))
        return (struct qw_bytes){0};
    if (!is_nothing(node))
        return (struct qw_bytes){node->text, node->text_len};
    qw_yaml_error(reader->diagnostics, node, "a value is missing");
    return (struct qw_bytes){0};
}

struct qw_bytes qw_bind_word(struct qw_reader *reader, const struct qw_yaml *node)
{
    const struct qw_bytes text = qw_bind_text(reader, node);

    if (!text.data || (text.len > 0 && strlen(text.data) == text.len))
        return text;
    qw_yaml_error(reader->diagnostics, node, "%s", text.len == 0 ? "this may not be empty" : "a NUL byte is in here");
    return (struct qw_bytes){0};
}

int qw_bind_choice(struct qw_reader *reader, const struct qw_yaml *node, const char *what, const char *const *words)
{
    const struct qw_bytes word = qw_bind_word(reader, node);

    if (!word.data)
        return -1;
    for (int i = 0; words[i]; i++) {
        if (qw_bytes_is(word, words[i]))
            return i;
    }
    qw_yaml_error(reader->diagnostics, node, "unknown %s \"%s\"%s", what, word.data,
                  suggestion(reader, word.data, words));
    return -1;
}

void qw_bind_fields(struct qw_reader *reader, const struct qw_yaml *map, const struct qw_field *fields)
{
    const char *keys[QW_FIELD_MAX + 1] = {NULL};
    size_t count = 0;

    if (!is_type(reader, map, QW_YAML_MAP))
        return;
    for (; fields[count].key; count++) {
        keys[count] = fields[count].key;
        if (fields[count].required && !qw_yaml_get(map, fields[count].key))
            qw_yaml_error(reader->diagnostics, map, "\"%s\" is missing", fields[count].key);
    }
    for (const struct qw_yaml *node = map->child; node; node = node->next) {
        size_t i = 0;

        while (i < count && strcmp(keys[i], node->key) != 0)
            i++;
        if (i < count)
            fields[i].read(reader, node);
        else
            qw_yaml_key_error(reader->diagnostics, node, "unknown key \"%s\"%s", node->key,
                              suggestion(reader, node->key, keys));
    }
}

size_t qw_bind_count(const struct qw_yaml *node)
{
    size_t count = 0;

    for (const struct qw_yaml *child = node->child; child; child = child->next)
        count++;
    return count;
}

void *qw_bind_list(struct qw_reader *reader, const struct qw_yaml *list, size_t size)
{
    if (!is_type(reader, list, QW_YAML_LIST))
        return NULL;
    return qw_bind_alloc(reader, list, qw_bind_count(list) + 1, size);
}

struct qw_pair *qw_bind_pairs(struct qw_reader *reader, const struct qw_yaml *map, size_t *count)
{
    struct qw_pair *pairs;

    *count = 0;
    if (!is_type(reader, map, QW_YAML_MAP))
        return NULL;
    pairs = qw_bind_alloc(reader, map, qw_bind_count(map) + 1, sizeof(*pairs));
    for (const struct qw_yaml *node = map->child; pairs && node; node = node->next)
        pairs[(*count)++] = (struct qw_pair){qw_bytes_of(node->key), qw_bind_text(reader, node)};
    return pairs;
}

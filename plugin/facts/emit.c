/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fields whose value is not their fact: what matters is a name, a first word, or that they are there at all. */
#include "shape.h"

/* "NAME=value" gives NAME: values are secrets. */
int emit_env(struct reader *r, const struct field *field, const struct qw_json *value, const struct qw_path *path)
{
    size_t index = 0;

    for (const struct qw_json *item = value->child; item; item = item->next, index++) {
        struct qw_bytes rest = item->text;
        struct qw_bytes name = {"", 0};
        const struct qw_path *at = path_index(r, path, index);

        qw_bytes_split(&rest, '=', &name);
        if (!at || fact_add(r, field->fact, at, name, 0) < 0)
            return -1;
    }
    return 0;
}

/* That the list is there is the fact, [] included (it unmasks all paths); a text fact is its first word. */
int emit_presence(struct reader *r, const struct field *field, const struct qw_json *value, const struct qw_path *path)
{
    if (qw_fact_types[field->fact].type == QW_FLAG)
        return fact_add(r, field->fact, path, (struct qw_bytes){NULL, 0}, 1);
    return value->child ? fact_add(r, field->fact, path, value->child->text, 0) : 0;
}

int emit_unknown(struct reader *r, const struct field *field, const struct qw_json *value, const struct qw_path *path)
{
    return qw_json_is_empty(value) ? 0 : fact_add(r, field->fact, path, (struct qw_bytes){field->key, field->len}, 0);
}

/*
 * What chooses, beside the image, what runs: an empty Entrypoint clears it, an empty list as Cmd does nothing, while
 * an empty text is a word; Shell is handed the image's own health check; and what reads standard input may be a shell.
 */
int emit_command(struct reader *r, const struct field *field, const struct qw_json *value, const struct qw_path *path)
{
    static const struct {
        const char *key;
        const char *word;
        bool also_empty;
    } words[] = {
        {"Entrypoint", "entrypoint", true},
        {"Command", "entrypoint", true},
        {"Cmd", "cmd", false},
        {"Args", "cmd", false},
        {"Shell", "shell", false},
        {"OpenStdin", "stdin", false},
    };
    const bool is_text = value->type == QW_JSON_STRING;

    for (size_t i = 0; i < QW_COUNT(words); i++) {
        if (strcmp(words[i].key, field->key) == 0 && (words[i].also_empty || is_text || !qw_json_is_empty(value)))
            return fact_add(r, field->fact, path, qw_bytes_of(words[i].word), 0);
    }
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Facts out of an audit record. Where a fact came from is not recorded; its place in the record, "facts.bind[0]",
 * stands for it, so that facts that differ have fields that differ.
 */
#include "quaywarden/json.h"
#include "shape.h"

static int find_kind(struct qw_bytes name)
{
    for (int kind = 0; kind < QW_F_COUNT; kind++) {
        if (qw_bytes_is(name, qw_fact_types[kind].name))
            return kind;
    }
    return -1;
}

static int read_parts(struct reader *r, struct record *record, const struct qw_json *member)
{
    for (; member; member = member->next) {
        const struct qw_path *path = path_key(r, record->path, member->key);

        if (!path || record_add(r, record, "", member->text, path) < 0)
            return -1;
        record->parts[record->count - 1].key = member->key;
        if (member->type != QW_JSON_STRING)
            return path_fail(r, path, QW_E_MALFORMED, "is no text");
    }
    return 0;
}

/* The main value is the first member: a part may have its name, too. */
static int read_record(struct reader *r, enum qw_fact_kind kind, const struct qw_json *value,
                       const struct qw_path *path)
{
    const struct qw_json *main = value->type == QW_JSON_OBJECT ? value->child : NULL;
    struct record record = {.kind = kind, .path = path};

    if (!main || main->type != QW_JSON_STRING || !qw_bytes_is(main->key, qw_fact_types[kind].main))
        return path_fail(r, path, QW_E_MALFORMED, "is no record of its kind");
    record.text = main->text;
    return read_parts(r, &record, main->next) < 0 ? -1 : fact_add_record(r, &record);
}

static int read_fact(struct reader *r, enum qw_fact_kind kind, const struct qw_json *value, const struct qw_path *path)
{
    int64_t number = 1;

    switch (qw_fact_types[kind].type) {
    case QW_FLAG:
        if (value->type != QW_JSON_TRUE)
            return path_fail(r, path, QW_E_MALFORMED, "is not true");
        break;
    case QW_NUMBER:
        if (!qw_json_to_int(value, &number))
            return path_fail(r, path, QW_E_MALFORMED, "is no integer");
        break;
    case QW_TEXT:
        if (value->type != QW_JSON_STRING)
            return path_fail(r, path, QW_E_MALFORMED, "is no text");
        break;
    case QW_RECORD:
        return read_record(r, kind, value, path);
    }
    return fact_add(r, kind, path, value->type == QW_JSON_STRING ? value->text : (struct qw_bytes){NULL, 0}, number);
}

static int read_kinds(struct reader *r, const struct qw_json *object, const struct qw_path *root);

/* An object of facts in that of all facts, which are marked so. */
static int read_marked(struct reader *r, bool *mark, const struct qw_json *object, const struct qw_path *path)
{
    if (r->beside || r->stored)
        return path_fail(r, path, QW_E_MALFORMED, "is no kind of fact");
    *mark = true;
    if (read_kinds(r, object, path) < 0)
        return -1;
    *mark = false;
    return 0;
}

static int read_kind(struct reader *r, const struct qw_json *list, const struct qw_path *root)
{
    const struct qw_path *path = path_key(r, root, list->key);
    const int kind = find_kind(list->key);
    size_t index = 0;

    if (!path)
        return -1;
    if (qw_bytes_is(list->key, QW_FACTS_BESIDE))
        return read_marked(r, &r->beside, list, path);
    if (qw_bytes_is(list->key, QW_FACTS_STORED))
        return read_marked(r, &r->stored, list, path);
    if (kind < 0)
        return path_fail(r, path, QW_E_MALFORMED, "is no kind of fact");
    if (list->type != QW_JSON_ARRAY)
        return path_fail(r, path, QW_E_MALFORMED, "is no list");
    for (const struct qw_json *value = list->child; value; value = value->next) {
        const struct qw_path *at = path_index(r, path, index++);

        if (!at || read_fact(r, (enum qw_fact_kind)kind, value, at) < 0)
            return -1;
    }
    return 0;
}

static int read_kinds(struct reader *r, const struct qw_json *object, const struct qw_path *root)
{
    if (object->type != QW_JSON_OBJECT)
        return path_fail(r, root, QW_E_MALFORMED, "is no object");
    for (const struct qw_json *list = object->child; list; list = list->next) {
        if (read_kind(r, list, root) < 0)
            return -1;
    }
    return 0;
}

int qw_facts_read(const struct qw_json *json, struct qw_arena *arena, struct qw_facts *out, struct qw_err *err)
{
    struct reader r = {.arena = arena, .facts = out, .err = err};
    const struct qw_path *root = path_key(&r, NULL, QW_LIT("facts"));

    memset(out, 0, sizeof(*out));
    return root ? read_kinds(&r, json, root) : -1;
}

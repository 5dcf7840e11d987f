/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The decoder that walks a JSON tree by shapes: Go types, folded keys, facts. */
#include "shape.h"

/* ---- which field is meant by a key ---- */

#define FIELDS_MAX  192 /* of a struct with all that it embeds */
#define UNKNOWN_MAX 64  /* keys without a field, each compared with the others */

/* Fields already seen in one object, and the one that is likely next: clients write structs in order. */
struct progress {
    uint64_t seen[FIELDS_MAX / 64];
    struct qw_bytes unknown[UNKNOWN_MAX];
    size_t unknown_count;
    const struct shape *shape; /* of the likely field */
    size_t before;             /* fields of the shapes before that one */
    size_t next;               /* its index there */
};

/* Most rows are turned down by their first letter; a first byte beyond ASCII may fold to one. */
static bool key_is(struct qw_bytes key, const struct field *field)
{
    const unsigned char first = key.len ? (unsigned char)key.data[0] : 0;

    if (first < 0x80 && ((first ^ (unsigned char)field->key[0]) & 0xdf))
        return false;
    return qw_json_key_folds_to(key, field->key, field->len);
}

static const struct field *hit(struct progress *progress, const struct shape *shape, size_t before, size_t i,
                               size_t *number)
{
    progress->shape = shape;
    progress->before = before;
    progress->next = i + 1 < shape->count ? i + 1 : 0;
    *number = before + i;
    return &shape->fields[i];
}

/* The field that Go's decoder would fill, with its number among all of the shape; NULL: none. */
static const struct field *find_field(const struct shape *shape, struct progress *progress, struct qw_bytes key,
                                      size_t *number)
{
    size_t before = 0;

    if (progress->shape && key_is(key, &progress->shape->fields[progress->next]))
        return hit(progress, progress->shape, progress->before, progress->next, number);
    for (; shape; before += shape->count, shape = shape->base) {
        for (size_t i = 0; i < shape->count; i++) {
            if (key_is(key, &shape->fields[i]))
                return hit(progress, shape, before, i, number);
        }
    }
    return NULL;
}

/* A newer engine may know this key: two that fold alike would be one field there. */
static int note_unknown(struct reader *r, struct progress *progress, const struct qw_json *value,
                        const struct qw_path *path)
{
    if (r->stored)
        return 0;
    for (size_t i = 0; i < progress->unknown_count; i++) {
        if (qw_json_keys_fold_alike(progress->unknown[i], value->key))
            return path_fail(r, path, QW_E_AMBIGUOUS, "the key is repeated");
    }
    if (progress->unknown_count == UNKNOWN_MAX)
        return path_fail(r, path, QW_E_AMBIGUOUS, "more than 64 unknown keys in one object");
    progress->unknown[progress->unknown_count++] = value->key;
    return r->open || qw_json_is_empty(value) ? 0 : fact_add(r, QW_F_UNKNOWN_FIELD, path, value->key, 0);
}

/* ---- what a value gives ---- */

/* One text: a part of the record in progress, or a fact. */
static int give_text(struct reader *r, const struct field *field, struct qw_bytes text, const struct qw_path *path)
{
    if (field->part) {
        if (!*field->part)
            r->record->text = text;
        if (!*field->part && !r->record->path)
            r->record->path = path; /* a payload that is one record is known by its name */
        return *field->part ? record_add(r, r->record, field->part, text, path) : 0;
    }
    if (field->fact == NO_FACT)
        return 0;
    if (field->prefix) {
        text = qw_arena_concat(r->arena, qw_bytes_of(field->prefix), text);
        if (!text.data)
            return qw_fail(r->err, QW_E_NOMEM, "out of memory");
    }
    return fact_add(r, field->fact, path, text, 1);
}

static int give_number(struct reader *r, const struct field *field, const struct qw_json *value,
                       const struct qw_path *path)
{
    int64_t n = 0;

    if (field->part || field->fact == NO_FACT || (qw_json_is_empty(value) && !field->keep_zero))
        return field->part && !qw_json_is_empty(value) ? give_text(r, field, value->text, path) : 0;
    if (!qw_json_to_int(value, &n))
        n = INT64_MAX; /* an unsigned number beyond int64_t: larger than any limit */
    return fact_add(r, field->fact, path, (struct qw_bytes){NULL, 0}, n);
}

static int give_list(struct reader *r, const struct field *field, const struct qw_json *list,
                     const struct qw_path *path)
{
    size_t index = 0;

    if (field->fact == NO_FACT && !field->part)
        return 0;
    if (list->type == QW_JSON_STRING)
        return give_text(r, field, list->text, path);
    for (const struct qw_json *item = list->child; item; item = item->next, index++) {
        const struct qw_path *at = path_index(r, path, index);

        if (!at || give_text(r, field, item->text, at) < 0)
            return -1;
    }
    return 0;
}

/* "ids": "a,b": several values of one part are one text, so that a record has each part once. */
static int give_joined(struct reader *r, const struct field *field, const struct qw_json *list,
                       const struct qw_path *path)
{
    QW_AUTO(buf) struct qw_buf text = {0};
    struct qw_bytes copy;

    for (const struct qw_json *item = list->child; item; item = item->next) {
        if (item != list->child)
            qw_buf_add(&text, ",", 1);
        qw_buf_add_bytes(&text, item->text);
        for (const struct qw_json *word = item->child; word; word = word->next) {
            if (word != item->child)
                qw_buf_add(&text, "+", 1);
            qw_buf_add_bytes(&text, word->text);
        }
    }
    copy = qw_arena_copy(r->arena, qw_buf_bytes(&text));
    if (text.failed || !copy.data)
        return qw_fail(r->err, QW_E_NOMEM, "out of memory");
    return copy.len ? record_add(r, r->record, field->part, copy, path) : 0;
}

/* "option." and the key: the part of a record that a map's member becomes. */
static int give_member(struct reader *r, const struct field *field, const struct qw_json *member,
                       const struct qw_path *path)
{
    const struct qw_bytes name = qw_arena_concat(r->arena, qw_bytes_of(field->part), member->key);
    bool secret;

    if (!name.data)
        return qw_fail(r->err, QW_E_NOMEM, "out of memory");
    secret = names_secret(member->key) && strcmp(field->part, "label.") != 0; /* labels are no secrets */
    return record_add(r, r->record, name.data, secret ? QW_LIT("***") : member->text, path);
}

/* Labels and kernel settings are no secrets, whatever their names; options of drivers may be. */
static struct qw_bytes map_value(const struct field *field, const struct qw_json *member)
{
    const bool plain = field->fact == QW_F_LABEL || field->fact == QW_F_SYSCTL;

    return !plain && names_secret(member->key) ? QW_LIT("***") : member->text;
}

static int give_map(struct reader *r, const struct field *field, const struct qw_json *map, const struct qw_path *path)
{
    for (const struct qw_json *member = map->child; member; member = member->next) {
        struct record record = {.kind = field->fact, .text = member->key};

        if (field->fact == NO_FACT && !field->part)
            return 0;
        record.path = path_key(r, path, member->key);
        if (!record.path)
            return -1;
        if (field->part) {
            if (give_member(r, field, member, record.path) < 0)
                return -1;
            continue;
        }
        if (qw_fact_types[field->fact].type == QW_TEXT) {
            if (fact_add(r, field->fact, record.path, member->key, 0) < 0)
                return -1;
        } else if (record_add(r, &record, "value", map_value(field, member), record.path) < 0 ||
                   fact_add_record(r, &record) < 0) {
            return -1;
        }
    }
    return 0;
}

/* ---- structs in lists and maps ---- */

static int read_record(struct reader *r, const struct shape *shape, const struct qw_json *object,
                       struct record *record);

static int read_list(struct reader *r, const struct field *field, const struct qw_json *list,
                     const struct qw_path *path)
{
    size_t index = 0;

    for (const struct qw_json *item = list->child; item; item = item->next, index++) {
        const struct qw_path *at = path_index(r, path, index);

        if (!at || (item->type == QW_JSON_OBJECT && read_struct(r, field->shape, item, at) < 0))
            return -1;
    }
    return 0;
}

static int read_map(struct reader *r, const struct field *field, const struct qw_json *map, const struct qw_path *path)
{
    for (const struct qw_json *member = map->child; member; member = member->next) {
        const struct qw_path *at = path_key(r, path, member->key);

        if (!at || (field->fact != NO_FACT && fact_add(r, field->fact, at, member->key, 0) < 0) ||
            (member->type == QW_JSON_OBJECT && read_struct(r, field->shape, member, at) < 0))
            return -1;
    }
    return 0;
}

/* A list that names nothing still says something (a port without a binding gets a random one): an empty record. */
static int read_map_of_lists(struct reader *r, const struct field *field, const struct qw_json *map,
                             const struct qw_path *path)
{
    static const struct qw_json empty = {.type = QW_JSON_OBJECT};

    for (const struct qw_json *member = map->child; member; member = member->next) {
        const struct qw_path *key_path = path_key(r, path, member->key);
        const struct qw_json *item = member->child ? member->child : &empty;
        size_t index = 0;

        for (; item; item = item->next, index++) {
            const struct qw_path *at = key_path ? path_index(r, key_path, index) : NULL;
            struct record record = {.kind = field->shape->record, .path = at};

            if (!at || record_add(r, &record, field->part, member->key, key_path) < 0 ||
                read_record(r, field->shape, item->type == QW_JSON_OBJECT ? item : &empty, &record) < 0)
                return -1;
        }
    }
    return 0;
}

/* ---- the walk ---- */

static int give(struct reader *r, const struct field *field, const struct qw_json *value, const struct qw_path *path)
{
    switch (field->type) {
    case GO_BOOL:
        return value->type == QW_JSON_TRUE ? give_text(r, field, field->prefix ? QW_LIT("") : QW_LIT("1"), path) : 0;
    case GO_INT:
    case GO_UINT16:
    case GO_UINT32:
    case GO_UINT64:
        return give_number(r, field, value, path);
    case GO_STRING:
        return value->text.len || field->keep_zero ? give_text(r, field, value->text, path) : 0;
    case GO_STRINGS:
    case GO_WORDS:
        return field->part ? give_joined(r, field, value, path) : give_list(r, field, value, path);
    case GO_LISTS:
        return field->part ? give_joined(r, field, value, path) : 0;
    case GO_STRING_MAP:
        return give_map(r, field, value, path);
    case GO_STRUCT:
        return read_struct(r, field->shape, value, path);
    case GO_STRUCTS:
        return read_list(r, field, value, path);
    case GO_STRUCT_MAP:
        return read_map(r, field, value, path);
    case GO_STRUCTS_MAP:
        return read_map_of_lists(r, field, value, path);
    case GO_FLOAT:
    case GO_UINTS:
    case GO_SET_MAP:
        return 0;
    }
    return 0;
}

static bool is_go_map(enum go_type type)
{
    return type == GO_STRING_MAP || type == GO_SET_MAP || type == GO_STRUCT_MAP || type == GO_STRUCTS_MAP;
}

int read_field(struct reader *r, const struct field *field, const struct qw_json *value, const struct qw_path *path)
{
    if (value->type == QW_JSON_NULL)
        return 0; /* leaves the field as it was, as in Go */
    if (!type_fits(field->type, value))
        return path_fail(r, path, QW_E_MALFORMED, "the value has a type that the engine refuses");
    if (is_go_map(field->type) && qw_json_map_check(value, r->arena, r->err) < 0)
        return qw_err_wrap(r->err, "%s", field->key);
    return field->emit ? field->emit(r, field, value, path) : give(r, field, value, path);
}

/* A value that can neither fail nor give anything needs no path: most of what clients send. "" is a list of one "". */
static bool says_nothing(const struct field *field, const struct qw_json *value)
{
    if (field->type == GO_WORDS && value->type == QW_JSON_STRING)
        return false;
    return value->type == QW_JSON_NULL ||
           (qw_json_is_empty(value) && !field->keep_zero && !field->emit && type_fits(field->type, value));
}

static int read_known(struct reader *r, const struct field *field, const struct qw_json *value,
                      const struct qw_path *path, bool beside)
{
    const bool outer = r->beside;
    int rc;

    r->beside = outer || beside;
    rc = read_field(r, field, value, path);
    r->beside = outer;
    return rc;
}

/* A field of HostConfig's at the top level of create: beyond create's own, and those of Config, which belong there. */
static bool stands_beside(const struct shape *shape, size_t number)
{
    return shape == &shape_create && number >= shape->count + shape->base->count;
}

static int read_member(struct reader *r, const struct shape *shape, struct progress *progress,
                       const struct qw_json *value, const struct qw_path *parent)
{
    size_t number = 0;
    const struct field *field = find_field(shape, progress, value->key, &number);
    const uint64_t bit = (uint64_t)1 << (number % 64);
    const struct qw_path *path;

    if (field) {
        const bool again = progress->seen[number / 64] & bit;

        progress->seen[number / 64] |= bit;
        if (!again && says_nothing(field, value))
            return 0;
        path = path_key(r, parent, (struct qw_bytes){field->key, field->len});
        if (!path)
            return -1;
        if (again)
            return path_fail(r, path, QW_E_AMBIGUOUS, "the key is repeated");
        return read_known(r, field, value, path, stands_beside(shape, number));
    }
    path = path_key(r, parent, value->key);
    return path ? note_unknown(r, progress, value, path) : -1;
}

static int read_members(struct reader *r, const struct shape *shape, const struct qw_json *object,
                        const struct qw_path *path)
{
    struct progress progress;

    memset(progress.seen, 0, sizeof(progress.seen));
    progress.unknown_count = 0; /* the list itself is large, and filled as far as it counts */
    progress.shape = NULL;

    for (const struct qw_json *value = object->child; value; value = value->next) {
        if (read_member(r, shape, &progress, value, path) < 0)
            return -1;
    }
    return 0;
}

/* Reads an object into a record that may hold parts already, and adds it. */
static int read_record(struct reader *r, const struct shape *shape, const struct qw_json *object, struct record *record)
{
    struct record *outer = r->record;
    int rc;

    r->record = record;
    rc = read_members(r, shape, object, record->path);
    r->record = outer;
    if (rc < 0)
        return -1;
    return shape->finish ? shape->finish(r, record) : fact_add_record(r, record);
}

int read_struct(struct reader *r, const struct shape *shape, const struct qw_json *object, const struct qw_path *path)
{
    if (shape->record == NO_FACT)
        return read_members(r, shape, object, path);
    return read_record(r, shape, object, &(struct record){.kind = shape->record, .path = path});
}

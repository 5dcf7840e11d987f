/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Go's decoders make of a JSON tree: which keys are the same, what is an integer, what is nothing. */
#include "quaywarden/json.h"

/*
 * The next character of a key, folded: a lower-case ASCII byte, or any other byte as it is. Source: Go
 * encoding/json fold.go; of all characters beyond ASCII only these two fold to an ASCII letter.
 */
static unsigned char next_folded(struct qw_bytes *key)
{
    const unsigned char *p = (const unsigned char *)key->data;
    size_t used = 1;
    unsigned char c = p[0];

    if (c >= 'A' && c <= 'Z') {
        c |= 0x20;
    } else if (c == 0xc5 && key->len >= 2 && p[1] == 0xbf) {
        c = 's';
        used = 2;
    } else if (c == 0xe2 && key->len >= 3 && p[1] == 0x84 && p[2] == 0xaa) {
        c = 'k';
        used = 3;
    }
    key->data += used;
    key->len -= used;
    return c;
}

bool qw_json_keys_fold_alike(struct qw_bytes a, struct qw_bytes b)
{
    while (a.len && b.len) {
        if (next_folded(&a) != next_folded(&b))
            return false;
    }
    return !a.len && !b.len;
}

bool qw_json_key_folds_to(struct qw_bytes key, const char *name, size_t name_len)
{
    if (key.len == name_len && memcmp(key.data, name, name_len) == 0)
        return true;
    return key.len >= name_len && qw_json_keys_fold_alike(key, (struct qw_bytes){name, name_len});
}

/* Small maps are compared pair by pair; large ones go through a table of hashes, so that no body costs its square. */
#define PAIRWISE_MAX 16

static int repeated(const struct qw_json *member, struct qw_err *err)
{
    return qw_fail(err, QW_E_AMBIGUOUS, "key \"" QW_BYTES_FMT "\" is repeated",
                   (int)(member->key.len > 64 ? 64 : member->key.len), member->key.data);
}

static int check_pairwise(const struct qw_json *object, struct qw_err *err)
{
    for (const struct qw_json *a = object->child; a; a = a->next) {
        for (const struct qw_json *b = object->child; b != a; b = b->next) {
            if (qw_bytes_eq(a->key, b->key))
                return repeated(a, err);
        }
    }
    return 0;
}

static size_t hash(struct qw_bytes key)
{
    uint64_t h = 0xcbf29ce484222325;

    for (size_t i = 0; i < key.len; i++)
        h = (h ^ (unsigned char)key.data[i]) * 0x100000001b3;
    return (size_t)(h ^ h >> 32);
}

/*
 * Keys that a client builds to collide would still cost their square, so a chain has an end: honest maps do not come
 * near it.
 */
#define PROBES_MAX 256

static int check_hashed(const struct qw_json *object, struct qw_arena *arena, struct qw_err *err)
{
    const struct qw_json **slots;
    size_t size = 64;

    while (size < object->count * 2)
        size *= 2;
    slots = qw_arena_zalloc(arena, size, sizeof(const struct qw_json *));
    if (!slots)
        return qw_fail(err, QW_E_NOMEM, "out of memory");
    for (const struct qw_json *member = object->child; member; member = member->next) {
        size_t at = hash(member->key) & (size - 1);
        size_t probes = 0;

        for (; slots[at]; at = (at + 1) & (size - 1)) {
            if (qw_bytes_eq(slots[at]->key, member->key))
                return repeated(member, err);
            if (++probes == PROBES_MAX)
                return qw_fail(err, QW_E_AMBIGUOUS, "keys of a map are made to collide");
        }
        slots[at] = member;
    }
    return 0;
}

int qw_json_map_check(const struct qw_json *object, struct qw_arena *arena, struct qw_err *err)
{
    if (object->count <= PAIRWISE_MAX)
        return check_pairwise(object, err);
    return check_hashed(object, arena, err);
}

static bool is_zero(struct qw_bytes number)
{
    for (size_t i = 0; i < number.len && (number.data[i] | 0x20) != 'e'; i++) {
        if (number.data[i] >= '1' && number.data[i] <= '9')
            return false;
    }
    return true;
}

bool qw_json_is_empty(const struct qw_json *value)
{
    switch (value->type) {
    case QW_JSON_NULL:
    case QW_JSON_FALSE:
        return true;
    case QW_JSON_TRUE:
        return false;
    case QW_JSON_NUMBER:
        return is_zero(value->text);
    case QW_JSON_STRING:
        return value->text.len == 0;
    case QW_JSON_ARRAY:
    case QW_JSON_OBJECT:
        return value->count == 0;
    }
    return false;
}

bool qw_json_to_int(const struct qw_json *value, int64_t *out)
{
    return value->type == QW_JSON_NUMBER && qw_bytes_to_int(value->text, out);
}

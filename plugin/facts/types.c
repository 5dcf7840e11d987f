/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which JSON values Go's decoders take for which types. Source: Go encoding/json decode.go; moby api/types/strslice. */
#include "shape.h"

static bool is_flag(const struct qw_json *value)
{
    return value->type == QW_JSON_TRUE || value->type == QW_JSON_FALSE;
}

static bool all_of(const struct qw_json *list, enum qw_json_type type)
{
    for (const struct qw_json *item = list->child; item; item = item->next) {
        if (item->type != type && item->type != QW_JSON_NULL)
            return false;
    }
    return true;
}

static bool is_list_of(const struct qw_json *value, enum qw_json_type type)
{
    return value->type == QW_JSON_ARRAY && all_of(value, type);
}

static bool is_map_of(const struct qw_json *value, enum qw_json_type type)
{
    return value->type == QW_JSON_OBJECT && all_of(value, type);
}

static bool is_list_of_lists(const struct qw_json *value)
{
    if (!is_list_of(value, QW_JSON_ARRAY))
        return false;
    for (const struct qw_json *item = value->child; item; item = item->next) {
        if (!all_of(item, QW_JSON_STRING))
            return false;
    }
    return true;
}

static bool is_map_of_lists(const struct qw_json *value)
{
    if (!is_map_of(value, QW_JSON_ARRAY))
        return false;
    for (const struct qw_json *item = value->child; item; item = item->next) {
        if (!all_of(item, QW_JSON_OBJECT))
            return false;
    }
    return true;
}

static bool is_unsigned(const struct qw_json *value, uint64_t max)
{
    uint64_t n = 0;

    if (value->type != QW_JSON_NUMBER)
        return false;
    for (size_t i = 0; i < value->text.len; i++) {
        const int digit = value->text.data[i] - '0';

        if (digit < 0 || digit > 9 || __builtin_mul_overflow(n, 10, &n) ||
            __builtin_add_overflow(n, (uint64_t)digit, &n))
            return false;
    }
    return n <= max;
}

bool type_fits(enum go_type type, const struct qw_json *value)
{
    switch (type) {
    case GO_BOOL:
        return is_flag(value);
    case GO_INT:
        return qw_json_to_int(value, &(int64_t){0});
    case GO_UINT16:
        return is_unsigned(value, UINT16_MAX);
    case GO_UINT32:
        return is_unsigned(value, UINT32_MAX);
    case GO_UINT64:
        return is_unsigned(value, UINT64_MAX);
    case GO_FLOAT:
        return value->type == QW_JSON_NUMBER;
    case GO_STRING:
        return value->type == QW_JSON_STRING;
    case GO_STRINGS:
        return is_list_of(value, QW_JSON_STRING);
    case GO_WORDS:
        return value->type == QW_JSON_STRING || is_list_of(value, QW_JSON_STRING);
    case GO_LISTS:
        return is_list_of_lists(value);
    case GO_UINTS:
        return is_list_of(value, QW_JSON_NUMBER);
    case GO_STRING_MAP:
        return is_map_of(value, QW_JSON_STRING);
    case GO_SET_MAP:
    case GO_STRUCT_MAP:
        return is_map_of(value, QW_JSON_OBJECT);
    case GO_STRUCT:
        return value->type == QW_JSON_OBJECT;
    case GO_STRUCTS:
        return is_list_of(value, QW_JSON_OBJECT);
    case GO_STRUCTS_MAP:
        return is_map_of_lists(value);
    }
    return false;
}

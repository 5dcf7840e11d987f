/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quaywarden/base.h"

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

bool qw_bytes_is_nocase(struct qw_bytes a, const char *cstring)
{
    if (a.len != strlen(cstring))
        return false;
    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.data[i]) != lower(cstring[i]))
            return false;
    }
    return true;
}

bool qw_bytes_starts(struct qw_bytes a, const char *prefix)
{
    const size_t len = strlen(prefix);

    return a.len >= len && memcmp(a.data, prefix, len) == 0;
}

bool qw_bytes_ends(struct qw_bytes a, const char *suffix)
{
    const size_t len = strlen(suffix);

    return a.len >= len && memcmp(a.data + a.len - len, suffix, len) == 0;
}

struct qw_bytes qw_bytes_from(struct qw_bytes a, size_t start)
{
    if (start >= a.len)
        return (struct qw_bytes){"", 0};
    return (struct qw_bytes){a.data + start, a.len - start};
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct qw_bytes qw_bytes_trim(struct qw_bytes a)
{
    while (a.len && is_space(a.data[0])) {
        a.data++;
        a.len--;
    }
    while (a.len && is_space(a.data[a.len - 1]))
        a.len--;
    return a;
}

bool qw_bytes_split(struct qw_bytes *rest, char separator, struct qw_bytes *piece)
{
    const char *at;

    if (!rest->data) {
        *piece = (struct qw_bytes){"", 0};
        return false;
    }
    at = rest->len ? memchr(rest->data, separator, rest->len) : NULL;
    if (!at) {
        *piece = *rest;
        *rest = (struct qw_bytes){NULL, 0};
        return true;
    }
    *piece = (struct qw_bytes){rest->data, (size_t)(at - rest->data)};
    *rest = (struct qw_bytes){at + 1, rest->len - piece->len - 1};
    return true;
}

bool qw_bytes_to_int(struct qw_bytes a, int64_t *out)
{
    const bool negative = a.len && a.data[0] == '-';
    const size_t start = a.len && (a.data[0] == '-' || a.data[0] == '+');
    int64_t n = 0;

    if (start == a.len)
        return false;
    for (size_t i = start; i < a.len; i++) {
        const int digit = a.data[i] - '0';

        if (digit < 0 || digit > 9 || __builtin_mul_overflow(n, 10, &n) ||
            (negative ? __builtin_sub_overflow(n, digit, &n) : __builtin_add_overflow(n, digit, &n)))
            return false;
    }
    *out = n;
    return true;
}

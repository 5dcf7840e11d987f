/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Percent-decoding: against a decoder that goes byte by byte, and back from everything escaped. */
#include "proof.h"

#include "plugin/request/uri.c"

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The byte that text means from place *i on, which is moved past it; -1 where it means none. */
static int next_meant(struct qw_bytes text, bool query, size_t *i)
{
    const unsigned char c = (unsigned char)text.data[*i];
    int high;
    int low;

    *i += 1;
    if (c != '%')
        return query && c == '+' ? ' ' : c;
    if (text.len - *i < 2)
        return -1;
    high = digit(text.data[*i]);
    low = digit(text.data[*i + 1]);
    *i += 2;
    return high < 0 || low < 0 || high + low == 0 ? -1 : high * 16 + low;
}

void proof_escapes_are_decoded(void)
{
    const struct qw_bytes in = any_bytes_or_none();
    const bool query = nondet_bool();
    struct qw_bytes out = {NULL, 0};
    struct qw_err err = {0};
    const int result = decode(in, query, NULL, &out, &err);
    size_t used = 0;

    if (result < 0 && err.code == QW_E_NOMEM)
        return;
    for (size_t i = 0; i < in.len;) {
        const int c = next_meant(in, query, &i);

        if (c < 0) {
            assert(result < 0);
            return;
        }
        assert(result < 0 || (used < out.len && (unsigned char)out.data[used] == c));
        used++;
    }
    assert(result == 0 && out.len == used);
}

void proof_what_is_escaped_comes_back(void)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    const struct qw_bytes in = any_bytes();
    const size_t upper = nondet_bool() ? 6 : 0;
    char text[3 * LENGTH + 1];
    struct qw_bytes out = {NULL, 0};
    struct qw_err err;

    for (size_t i = 0; i < in.len; i++) {
        const unsigned char c = (unsigned char)in.data[i];

        ASSUME(c);
        text[3 * i] = '%';
        text[3 * i + 1] = digits[(c >> 4) + (c >> 4 > 9 ? upper : 0)];
        text[3 * i + 2] = digits[(c & 15) + ((c & 15) > 9 ? upper : 0)];
    }
    if (decode((struct qw_bytes){text, 3 * in.len}, nondet_bool(), NULL, &out, &err) < 0)
        assert(err.code == QW_E_NOMEM);
    else
        assert(qw_bytes_eq(in, out));
}

/* A path that is taken is text with neither control bytes nor dot segments nor empty ones but the last. */
void proof_paths_are_plain(void)
{
    const struct qw_bytes in = any_bytes();
    struct qw_bytes out = {NULL, 0};
    struct qw_err err;
    size_t start = 1;

    ASSUME(in.len && in.data[0] == '/');
    if (read_path(in, NULL, &out, &err) < 0)
        return;
    assert(out.len && out.len <= in.len && out.data[0] == '/' && is_utf8(out));
    for (size_t i = 1; i < out.len; i++) {
        assert((unsigned char)out.data[i] >= 0x20 && out.data[i] != 0x7f);
        if (out.data[i] != '/')
            continue;
        assert(i > start && (i != start + 1 || out.data[start] != '.'));
        assert(i != start + 2 || out.data[start] != '.' || out.data[start + 1] != '.');
        start = i + 1;
    }
}

/* What is left of a target without scheme and authority begins with its path, or is nothing. */
void proof_origin_form_is_a_path(void)
{
    const struct qw_bytes in = any_bytes_or_none();
    const struct qw_bytes out = origin_form(in);

    assert(out.len <= in.len);
    assert(!out.len || out.data + out.len == in.data + in.len);
    assert(!out.len || out.len == in.len || out.data[0] == '/');
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UTF-8, on which every reader of text stands: the bytes of a character and back, for every code point. */
#include "proof.h"

#include "plugin/base/escape.c"

#include "code_point.h"

void proof_every_code_point_has_one_encoding(void)
{
    const uint32_t c = any_code_point();
    char bytes[4];
    const size_t len = qw_utf8_encode(c, bytes);

    assert(len == (c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4));
    assert(qw_utf8_length(bytes, len) == len);
    assert(code_point(bytes, len) == c);
}

/* Surrogates, overlong forms and what lies past U+10FFFF encode to something else or to nothing. */
void proof_what_is_read_is_an_encoding(void)
{
    const struct qw_bytes in = any_bytes();
    const size_t len = qw_utf8_length(in.data, in.len);
    char bytes[4];
    uint32_t c;

    assert(len <= 4 && len <= in.len);
    if (!len)
        return;
    c = code_point(in.data, len);
    assert(c <= 0x10ffff && !(c >= 0xd800 && c <= 0xdfff));
    assert(qw_utf8_encode(c, bytes) == len);
    for (size_t i = 0; i < len; i++)
        assert(bytes[i] == in.data[i]);
}

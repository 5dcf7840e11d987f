/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base64, both ways: what is decoded encodes to what came in, and what was encoded decodes to what it was. */
#include "proof.h"

#include "plugin/message/base64.c"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* The character at place i of the encoding of bytes: RFC 4648, section 4, one character at a time. */
static char encoded(struct qw_bytes bytes, size_t i)
{
    const size_t bit = i * 6;
    const size_t byte = bit / 8;
    unsigned both;

    if (byte >= bytes.len)
        return '=';
    both = (unsigned)(unsigned char)bytes.data[byte] << 8;
    if (byte + 1 < bytes.len)
        both |= (unsigned char)bytes.data[byte + 1];
    return alphabet[both >> (10 - bit % 8) & 63];
}

static size_t encoded_len(size_t len)
{
    return (len + 2) / 3 * 4;
}

void proof_decoded_encodes_to_the_input(void)
{
    const struct qw_bytes in = any_bytes_or_none();
    struct qw_bytes out = {NULL, 0};
    struct qw_err err;

    if (qw_base64_decode(in, NULL, &out, &err) < 0)
        return;
    assert(out.data && out.data[out.len] == '\0');
    assert(encoded_len(out.len) == in.len);
    for (size_t i = 0; i < in.len; i++)
        assert(in.data[i] == encoded(out, i));
}

void proof_encoded_decodes_to_the_input(void)
{
    const struct qw_bytes in = any_bytes_or_none();
    const size_t len = encoded_len(in.len);
    char *text = malloc(len);
    struct qw_bytes out = {NULL, 0};
    struct qw_err err;

    ASSUME(text != NULL);
    for (size_t i = 0; i < len; i++)
        text[i] = encoded(in, i);
    if (qw_base64_decode((struct qw_bytes){text, len}, NULL, &out, &err) < 0) {
        assert(err.code == QW_E_NOMEM);
        return;
    }
    assert(out.len == in.len);
    for (size_t i = 0; i < in.len; i++)
        assert(out.data[i] == in.data[i]);
}

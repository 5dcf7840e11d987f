/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as base64, and any bytes in base64: what is decoded is what encodes to the input. */
#include "fuzz.h"

#include "quaywarden/message.h"

static void encode(struct qw_bytes bytes, struct qw_buf *out)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < bytes.len; i += 3) {
        const size_t left = bytes.len - i;
        uint32_t group = 0;
        char text[4];

        for (size_t j = 0; j < 3; j++)
            group = group << 8 | (j < left ? (unsigned char)bytes.data[i + j] : 0);
        for (size_t j = 0; j < 4; j++)
            text[j] = j <= left ? alphabet[group >> (18 - 6 * j) & 63] : '=';
        qw_buf_add(out, text, sizeof(text));
    }
    FUZZ_CHECK(!out->failed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    QW_AUTO(arena) struct qw_arena *arena = qw_arena_new();
    QW_AUTO(buf) struct qw_buf encoded = {0};
    QW_AUTO(buf) struct qw_buf again = {0};
    const struct qw_bytes in = {(const char *)data, size};
    struct qw_bytes out = {NULL, 0};
    struct qw_err err = {0};

    FUZZ_CHECK(arena);
    encode(in, &encoded);
    FUZZ_CHECK(qw_base64_decode(qw_buf_bytes(&encoded), arena, &out, &err) == 0);
    FUZZ_CHECK(qw_bytes_eq(out, in));
    if (qw_base64_decode(in, arena, &out, &err) < 0) {
        FUZZ_CHECK(err.code == QW_E_MALFORMED && err.msg[0]);
        return 0;
    }
    FUZZ_CHECK(out.data && !out.data[out.len]);
    encode(out, &again);
    FUZZ_CHECK(qw_bytes_eq(qw_buf_bytes(&again), in));
    return 0;
}

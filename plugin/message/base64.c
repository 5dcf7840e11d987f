/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quaywarden/message.h"

#include <endian.h>

#define PAD 0xfe
#define BAD 0xff

/* The value of each base64 character (RFC 4648, table 1), PAD for '=', BAD for all others. */
/* clang-format off */
static const unsigned char values[256] = {
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,  62, 255, 255, 255,  63,
     52,  53,  54,  55,  56,  57,  58,  59,  60,  61, 255, 255, 255, 254, 255, 255,
    255,   0,   1,   2,   3,   4,   5,   6,   7,   8,   9,  10,  11,  12,  13,  14,
     15,  16,  17,  18,  19,  20,  21,  22,  23,  24,  25, 255, 255, 255, 255, 255,
    255,  26,  27,  28,  29,  30,  31,  32,  33,  34,  35,  36,  37,  38,  39,  40,
     41,  42,  43,  44,  45,  46,  47,  48,  49,  50,  51, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
};
/* clang-format on */

/* The last group, which may be padded; bits that padding leaves over must be 0. Returns its bytes, 0 if bad. */
static size_t decode_last(const unsigned char *p, unsigned char *out)
{
    const unsigned char a = values[p[0]];
    const unsigned char b = values[p[1]];
    const unsigned char c = values[p[2]];
    const unsigned char d = values[p[3]];

    if (a >= 64 || b >= 64 || d == BAD)
        return 0;
    out[0] = (unsigned char)(a << 2 | b >> 4);
    if (c == PAD)
        return d == PAD && !(b & 0x0f) ? 1 : 0;
    if (c >= 64)
        return 0;
    out[1] = (unsigned char)(b << 4 | c >> 2);
    if (d == PAD)
        return !(c & 0x03) ? 2 : 0;
    out[2] = (unsigned char)(c << 6 | d);
    return 3;
}

int qw_base64_decode(struct qw_bytes in, struct qw_arena *arena, struct qw_bytes *out, struct qw_err *err)
{
    const unsigned char *p = (const unsigned char *)in.data;
    unsigned char *text;
    size_t used = 0;
    size_t i = 0;
    size_t last;
    uint32_t three;

    if (in.len % 4)
        return qw_fail(err, QW_E_MALFORMED, "base64: length is no multiple of four");
    text = qw_arena_alloc(arena, in.len / 4 * 3 + 1);
    if (!text)
        return qw_fail(err, QW_E_NOMEM, "out of memory");
    for (; i + 4 < in.len; i += 4) {
        const unsigned a = values[p[i]];
        const unsigned b = values[p[i + 1]];
        const unsigned c = values[p[i + 2]];
        const unsigned d = values[p[i + 3]];

        if ((a | b | c | d) >= 64)
            return qw_fail(err, QW_E_MALFORMED, "base64: bad character near byte %zu", i);
        three = htobe32(a << 26 | b << 20 | c << 14 | d << 8);
        memcpy(text + used, &three, sizeof(three)); /* one byte too many, which the next group writes over */
        used += 3;
    }
    if (i < in.len) {
        last = decode_last(p + i, text + used);
        if (!last)
            return qw_fail(err, QW_E_MALFORMED, "base64: bad character or padding near byte %zu", i);
        used += last;
    }
    text[used] = '\0';
    *out = (struct qw_bytes){(const char *)text, used};
    return 0;
}

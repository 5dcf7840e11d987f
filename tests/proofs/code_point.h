/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Code points of Unicode, and the plainest decoder that there is. */
#ifndef QUAYWARDEN_CODE_POINT_H
#define QUAYWARDEN_CODE_POINT_H

#include "proof.h"

static inline uint32_t any_code_point(void)
{
    const uint32_t c = nondet_u32();

    ASSUME(c <= 0x10ffff && !(c >= 0xd800 && c <= 0xdfff));
    return c;
}

/* What the len bytes, 1 to 4, say, valid or not. */
static inline uint32_t code_point(const char *bytes, size_t len)
{
    uint32_t c = (unsigned char)bytes[0];

    if (len > 1)
        c &= 0xffU >> (len + 1);
    for (size_t i = 1; i < len; i++)
        c = c << 6 | ((unsigned char)bytes[i] & 0x3fU);
    return c;
}

#endif

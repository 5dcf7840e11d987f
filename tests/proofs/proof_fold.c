/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Key folding: equal to the table of Unicode for every code point, and safe for any bytes. */
#include "proof.h"

#include "plugin/message/fold.c"

#include "code_point.h"
#include "fold_table.h"

/* The ASCII letter, in lower case, that c folds to; or c. */
static uint32_t fold_of(uint32_t c)
{
    for (size_t i = 0; i < QW_COUNT(fold_table); i++) {
        if (fold_table[i].c == c)
            return (uint32_t)fold_table[i].letter;
    }
    return c;
}

/* Two keys of one character each are alike where the table says so, whichever two of Unicode's they are. */
void proof_folding_is_the_table(void)
{
    const uint32_t a = any_code_point();
    const uint32_t b = any_code_point();
    char a_bytes[4];
    char b_bytes[4];
    const struct qw_bytes a_key = {a_bytes, qw_utf8_encode(a, a_bytes)};
    const struct qw_bytes b_key = {b_bytes, qw_utf8_encode(b, b_bytes)};
    const bool alike = qw_json_keys_fold_alike(a_key, b_key);

    assert(alike == (fold_of(a) == fold_of(b)));
    if (b < 0x80)
        assert(qw_json_key_folds_to(a_key, b_bytes, b_key.len) == alike);
}

/* A step eats one character or one byte, and never more than there is. */
void proof_folding_stays_within_the_key(void)
{
    const struct qw_bytes in = any_bytes();
    struct qw_bytes rest = in;

    while (rest.len) {
        const struct qw_bytes before = rest;

        next_folded(&rest);
        assert(rest.len < before.len && before.len - rest.len <= 3);
        assert(rest.data + rest.len == in.data + in.len);
    }
}

/* Alike is an equivalence that keys of the same bytes are in, and of the same letters in another case. */
void proof_keys_are_alike_by_letters(void)
{
    const struct qw_bytes a = any_bytes_or_none();
    const struct qw_bytes b = any_bytes_or_none();
    const bool alike = qw_json_keys_fold_alike(a, b);
    bool ascii = true;
    bool same = true;

    assert(alike == qw_json_keys_fold_alike(b, a));
    for (size_t i = 0; i < LENGTH; i++) {
        const char x = a.data[i];
        const char y = b.data[i];

        ascii = ascii && x >= 0 && y >= 0;
        same = same && (x == y || ((x ^ y) == 0x20 && (x | 0x20) >= 'a' && (x | 0x20) <= 'z'));
    }
    assert(!ascii || alike == same);
    assert(qw_json_keys_fold_alike(a, a));
}

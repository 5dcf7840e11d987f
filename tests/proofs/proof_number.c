/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers, sizes and processors: the one value that the text says, or refused; never one that wrapped around. */
#include "proof.h"

#include "plugin/rules/number.c"

/* Of any length: what was read so far is any number that can be, and one digit is added to it. */
void proof_a_digit_is_added_or_refused(void)
{
    const int64_t before = nondet_i64();
    const char c = nondet_char();
    int64_t after = before;
    bool fits;
    bool added;

    ASSUME(before >= 0);
    fits = c >= '0' && c <= '9' && (__int128)before * 10 + (c - '0') <= INT64_MAX;
    added = add_digit(&after, c);
    assert(added == fits);
    assert(after == (fits ? before * 10 + (c - '0') : before));
}

static bool all_digits(struct qw_bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    }
    return text.len > 0;
}

void proof_numbers_are_digits(void)
{
    const struct qw_bytes in = any_bytes_or_none();
    int64_t number = -1;
    const bool taken = qw_number_read(in, &number);

    assert(!taken || (number >= 0 && all_digits(in)));
    assert(taken || number == -1);
    assert(taken || LENGTH > 18 || !all_digits(in)); /* 18 digits fit */
}

/* A size is digits and at most one unit, of which it is a multiple. */
void proof_sizes_do_not_wrap(void)
{
    static const char letters[] = "bkmgt";
    const struct qw_bytes in = any_bytes_or_none();
    struct qw_bytes digits = in;
    int64_t size = -1;
    int shift = 0;

    if (!qw_size_read(in, &size)) {
        assert(size == -1);
        return;
    }
    if (in.data[in.len - 1] > '9') {
        digits.len--;
        while (letters[shift / 10] != (in.data[in.len - 1] | 0x20))
            shift += 10;
    }
    assert(all_digits(digits));
    assert(size >= 0 && (size & ((INT64_C(1) << shift) - 1)) == 0);
}

void proof_processors_do_not_wrap(void)
{
    const struct qw_bytes in = any_bytes_or_none();
    int64_t cpus = -1;
    bool point = false;

    if (!qw_cpus_read(in, &cpus)) {
        assert(cpus == -1);
        return;
    }
    assert(cpus >= 0 && in.len && in.data[0] >= '0' && in.data[0] <= '9');
    for (size_t i = 0; i < in.len; i++) {
        assert((in.data[i] >= '0' && in.data[i] <= '9') || (in.data[i] == '.' && !point));
        point = point || in.data[i] == '.';
    }
}

void proof_ranges_have_an_order(void)
{
    const struct qw_bytes in = any_bytes_or_none();
    const int64_t most = nondet_i64();
    struct qw_range range = {-1, -1};

    if (qw_range_read(in, most, &range))
        assert(range.low >= 0 && range.low <= range.high && range.high <= most);
    else
        assert(range.low == -1 && range.high == -1);
}

/* Integers of JSON, with a sign. */
void proof_integers_are_digits(void)
{
    const struct qw_bytes in = any_bytes_or_none();
    int64_t number = 0;
    struct qw_bytes digits = in;

    if (!qw_bytes_to_int(in, &number))
        return;
    if (in.data[0] == '-' || in.data[0] == '+')
        digits = (struct qw_bytes){in.data + 1, in.len - 1};
    assert(all_digits(digits));
    assert(in.data[0] == '-' ? number <= 0 : number >= 0);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers, ranges and addresses as policies and requests write them. Source: go-units size.go, RAMInBytes. */
#include "quaywarden/rules.h"

#include <arpa/inet.h>

#define KIBI        INT64_C(1024)
#define NANO        INT64_C(1000000000)
#define NANO_DIGITS 9

/* ---- integers ---- */

/* Appends one decimal digit; false where the number would not fit. */
static bool add_digit(int64_t *number, char c)
{
    const int64_t digit = c - '0';

    if (c < '0' || c > '9' || *number > (INT64_MAX - digit) / 10)
        return false;
    *number = *number * 10 + digit;
    return true;
}

bool qw_number_read(struct qw_bytes text, int64_t *out)
{
    int64_t number = 0;

    if (!text.len)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (!add_digit(&number, text.data[i]))
            return false;
    }
    *out = number;
    return true;
}

bool qw_range_read(struct qw_bytes text, int64_t most, struct qw_range *out)
{
    struct qw_bytes rest = text;
    struct qw_bytes low;
    struct qw_range range;

    if (!qw_bytes_split(&rest, '-', &low) || !qw_number_read(low, &range.low))
        return false;
    range.high = range.low;
    if (rest.data && !qw_number_read(rest, &range.high))
        return false;
    if (range.low > range.high || range.high > most)
        return false;
    *out = range;
    return true;
}

/* ---- sizes ---- */

static const char units[] = "bkmgt"; /* each 1024 of the one before */

bool qw_size_read(struct qw_bytes text, int64_t *out)
{
    const char last = text.len ? text.data[text.len - 1] : '\0';
    const char *unit = last ? strchr(units, last | 0x20) : NULL;
    int64_t size;

    if (last >= '0' && last <= '9')
        unit = units;
    else if (unit)
        text.len--;
    if (!unit || !qw_number_read(text, &size))
        return false;
    for (; unit > units; unit--) {
        if (size > INT64_MAX / KIBI)
            return false;
        size *= KIBI;
    }
    *out = size;
    return true;
}

const char *qw_size_shown(struct qw_arena *arena, int64_t bytes)
{
    size_t unit = 0;
    struct qw_bytes text;

    while (bytes && bytes % KIBI == 0 && units[unit + 1]) {
        bytes /= KIBI;
        unit++;
    }
    text = qw_arena_printf(arena, "%lld%c", (long long)bytes, units[unit]);
    return text.data ? text.data : "";
}

/* ---- processors ---- */

bool qw_cpus_read(struct qw_bytes text, int64_t *out)
{
    struct qw_bytes fraction = text;
    struct qw_bytes whole;
    int64_t cpus;

    if (!qw_bytes_split(&fraction, '.', &whole) || !qw_number_read(whole, &cpus) || cpus > INT64_MAX / NANO - 1)
        return false;
    if (fraction.data && (!fraction.len || fraction.len > NANO_DIGITS))
        return false;
    for (size_t i = 0; i < NANO_DIGITS; i++) {
        if (!add_digit(&cpus, fraction.data && i < fraction.len ? fraction.data[i] : '0'))
            return false;
    }
    *out = cpus;
    return true;
}

const char *qw_cpus_shown(struct qw_arena *arena, int64_t nano_cpus)
{
    int64_t fraction = nano_cpus % NANO;
    int digits = NANO_DIGITS;
    struct qw_bytes text;

    for (; digits > 0 && fraction % 10 == 0; digits--)
        fraction /= 10;
    if (digits)
        text = qw_arena_printf(arena, "%lld.%0*lld", (long long)(nano_cpus / NANO), digits, (long long)fraction);
    else
        text = qw_arena_printf(arena, "%lld", (long long)(nano_cpus / NANO));
    return text.data ? text.data : "";
}

/* ---- sizes as the engine reads them ---- */

static bool is_decimal(char c)
{
    return (c >= '0' && c <= '9') || c == '.';
}

/* A whole number, or one with a point, in billionths. */
static bool read_decimal(struct qw_bytes text, __int128 *out)
{
    int64_t number;

    if (qw_number_read(text, &number)) {
        *out = (__int128)number * NANO;
        return true;
    }
    if (!qw_cpus_read(text, &number))
        return false;
    *out = number;
    return true;
}

bool qw_docker_size_read(struct qw_bytes text, int64_t *out)
{
    static const char docker_units[] = "bkmgtp";
    struct qw_bytes number = {text.data, 0};
    const char *unit;
    __int128 size;

    while (number.len < text.len && is_decimal(text.data[number.len]))
        number.len++;
    text = qw_bytes_from(text, number.len);
    if (text.len && text.data[0] == ' ')
        text = qw_bytes_from(text, 1);
    unit = strchr(docker_units, text.len ? text.data[0] | 0x20 : 'b');
    if (!unit || !read_decimal(number, &size))
        return false;
    text = qw_bytes_from(text, text.len > 0);
    if (text.len && (unit == docker_units || (!qw_bytes_is_nocase(text, "b") && !qw_bytes_is_nocase(text, "ib"))))
        return false;
    for (; unit > docker_units; unit--)
        size = size > (__int128)INT64_MAX * NANO ? size : size * 1024;
    size /= NANO;
    *out = size > INT64_MAX ? INT64_MAX : (int64_t)size;
    return true;
}

/* ---- addresses ---- */

#define V4_OFFSET 12 /* of an IPv4 address in its IPv4-mapped IPv6 form */

static bool read_address(const char *text, struct qw_subnet *out)
{
    static const unsigned char mapped[V4_OFFSET] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

    out->prefix = 128;
    if (inet_pton(AF_INET6, text, out->bytes) == 1)
        return true;
    memcpy(out->bytes, mapped, sizeof(mapped));
    return inet_pton(AF_INET, text, out->bytes + V4_OFFSET) == 1;
}

bool qw_subnet_read(struct qw_bytes text, struct qw_subnet *out)
{
    struct qw_bytes bits = text;
    struct qw_bytes address;
    char copy[INET6_ADDRSTRLEN];
    struct qw_subnet subnet;
    int64_t prefix;

    if (!qw_bytes_split(&bits, '/', &address) || address.len >= sizeof(copy) || memchr(address.data, 0, address.len))
        return false;
    memcpy(copy, address.data, address.len);
    copy[address.len] = '\0';
    if (!read_address(copy, &subnet))
        return false;
    if (bits.data) {
        const int64_t most = strchr(copy, ':') ? 128 : 32;

        if (!qw_number_read(bits, &prefix) || prefix > most)
            return false;
        subnet.prefix = (unsigned)(128 - most + prefix);
    }
    *out = subnet;
    return true;
}

bool qw_subnet_holds(const struct qw_subnet *subnet, const struct qw_subnet *address)
{
    const size_t whole = subnet->prefix / 8;
    const unsigned rest = subnet->prefix % 8;

    if (address->prefix < subnet->prefix || memcmp(subnet->bytes, address->bytes, whole) != 0)
        return false;
    return !rest || ((subnet->bytes[whole] ^ address->bytes[whole]) >> (8 - rest)) == 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The strict JSON reader: one pass, recursive by depth of at most QW_JSON_DEPTH_MAX. */
#include "quaywarden/json.h"

#include <endian.h>

struct reader {
    const char *start;
    const char *at;
    const char *end;
    struct qw_arena *arena;
    struct qw_err *err;
    int depth;
};

static int fail(const struct reader *r, enum qw_code code, const char *what)
{
    return qw_fail(r->err, code, "JSON: %s at byte %zu", what, (size_t)(r->at - r->start));
}

static int no_memory(const struct reader *r)
{
    return qw_fail(r->err, QW_E_NOMEM, "out of memory");
}

static void skip_space(struct reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\t' || *r->at == '\r'))
        r->at++;
}

/* ---- strings ---- */

/* The first byte from p on that is a quote, a backslash, a control or not ASCII; eight bytes a step. */
static const char *find_special(const char *p, const char *end)
{
    const uint64_t ones = 0x0101010101010101;
    const uint64_t highs = 0x8080808080808080;

    while (end - p >= 8) {
        uint64_t v;

        memcpy(&v, p, sizeof(v));
        v = le64toh(v);
        const uint64_t quote = v ^ ones * '"';
        const uint64_t backslash = v ^ ones * '\\';

        /* Borrows may mark a byte above a real hit, never below the first, which is what counts. */
        const uint64_t hits = (v | (v - ones * 0x20) | (quote - ones) | (backslash - ones)) & highs;

        if (hits)
            return p + __builtin_ctzll(hits) / 8;
        p += 8;
    }
    while (p < end && (unsigned char)*p >= 0x20 && (unsigned char)*p < 0x80 && *p != '"' && *p != '\\')
        p++;
    return p;
}

static int hex4(const char *p, const char *end, uint32_t *out)
{
    uint32_t n = 0;

    if (end - p < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        const char c = p[i];

        if (c >= '0' && c <= '9')
            n = n << 4 | (uint32_t)(c - '0');
        else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
            n = n << 4 | (uint32_t)((c | 0x20) - 'a' + 10);
        else
            return -1;
    }
    *out = n;
    return 0;
}

/* \uXXXX at r->at, which is on the u; a pair of surrogates is one character, half of one is nobody's. */
static int read_unicode(struct reader *r, char **out)
{
    uint32_t c;
    uint32_t low;

    if (hex4(r->at + 1, r->end, &c) < 0)
        return fail(r, QW_E_MALFORMED, "bad \\u escape");
    r->at += 5;
    if (c == 0)
        return fail(r, QW_E_AMBIGUOUS, "a NUL character, where some readers end");
    if (c >= 0xdc00 && c <= 0xdfff)
        return fail(r, QW_E_AMBIGUOUS, "half a surrogate pair");
    if (c >= 0xd800 && c <= 0xdbff) {
        if (r->end - r->at < 6 || r->at[0] != '\\' || r->at[1] != 'u' || hex4(r->at + 2, r->end, &low) < 0 ||
            low < 0xdc00 || low > 0xdfff)
            return fail(r, QW_E_AMBIGUOUS, "half a surrogate pair");
        r->at += 6;
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    }
    *out += qw_utf8_encode(c, *out);
    return 0;
}

static int read_escape(struct reader *r, char **out)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char values[] = "\"\\/\b\f\n\r\t";
    const char *letter;

    r->at++;
    if (r->at == r->end)
        return fail(r, QW_E_MALFORMED, "text ends in a string");
    if (*r->at == 'u')
        return read_unicode(r, out);
    letter = *r->at ? strchr(letters, *r->at) : NULL;
    if (!letter)
        return fail(r, QW_E_MALFORMED, "unknown escape");
    *(*out)++ = values[letter - letters];
    r->at++;
    return 0;
}

/* One step past plain text: an escape, a character beyond ASCII, or an error. Escapes shrink, so out has room. */
static int read_special(struct reader *r, char **out)
{
    const size_t len = qw_utf8_length(r->at, (size_t)(r->end - r->at));

    if (*r->at == '\\')
        return read_escape(r, out);
    if ((unsigned char)*r->at < 0x20)
        return fail(r, QW_E_MALFORMED, "control character in a string");
    if (len == 0)
        return fail(r, QW_E_AMBIGUOUS, "invalid UTF-8");
    memcpy(*out, r->at, len);
    *out += len;
    r->at += len;
    return 0;
}

/* The end of the string that starts after a quote at p: the next quote that no backslash stands before. */
static const char *closing_quote(const char *p, const char *end)
{
    for (; p < end && *p != '"'; p++) {
        if (*p == '\\' && ++p == end)
            return NULL;
    }
    return p < end ? p : NULL;
}

/* The rest of a string with escapes or beyond ASCII, decoded into the arena. begin is its first byte. */
static int read_long_string(struct reader *r, const char *begin, struct qw_bytes *out)
{
    const char *close = closing_quote(r->at, r->end);
    char *text;
    char *write;

    if (!close)
        return fail(r, QW_E_MALFORMED, "string without an end");
    text = qw_arena_alloc(r->arena, (size_t)(close - begin) + 1);
    if (!text)
        return no_memory(r);
    write = text + (r->at - begin);
    memcpy(text, begin, (size_t)(r->at - begin));
    while (r->at < r->end && *r->at != '"') {
        const char *stop;

        if (read_special(r, &write) < 0)
            return -1;
        stop = find_special(r->at, r->end);
        memcpy(write, r->at, (size_t)(stop - r->at));
        write += stop - r->at;
        r->at = stop;
    }
    r->at++;
    *out = (struct qw_bytes){text, (size_t)(write - text)};
    return 0;
}

/* r->at is on the opening quote; afterwards it is past the closing one. */
static int read_string(struct reader *r, struct qw_bytes *out)
{
    const char *begin = ++r->at;

    r->at = find_special(begin, r->end);
    if (r->at == r->end)
        return fail(r, QW_E_MALFORMED, "string without an end");
    if (*r->at != '"')
        return read_long_string(r, begin, out);
    *out = (struct qw_bytes){begin, (size_t)(r->at - begin)};
    r->at++;
    return 0;
}

/* ---- numbers and words ---- */

static bool digits(struct reader *r)
{
    const char *begin = r->at;

    while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
        r->at++;
    return r->at > begin;
}

static bool take(struct reader *r, char c)
{
    if (r->at == r->end || *r->at != c)
        return false;
    r->at++;
    return true;
}

static int read_number(struct reader *r, struct qw_bytes *out)
{
    const char *begin = r->at;

    take(r, '-');
    if (!take(r, '0') && !digits(r))
        return fail(r, QW_E_MALFORMED, "bad number");
    if (take(r, '.') && !digits(r))
        return fail(r, QW_E_MALFORMED, "bad number");
    if (take(r, 'e') || take(r, 'E')) {
        if (!take(r, '+'))
            take(r, '-');
        if (!digits(r))
            return fail(r, QW_E_MALFORMED, "bad number");
    }
    *out = (struct qw_bytes){begin, (size_t)(r->at - begin)};
    return 0;
}

static bool take_word(struct reader *r, const char *word)
{
    const size_t len = strlen(word);

    if ((size_t)(r->end - r->at) < len || memcmp(r->at, word, len) != 0)
        return false;
    r->at += len;
    return true;
}

/* ---- values ---- */

static int read_value(struct reader *r, struct qw_json *value);

static int read_key(struct reader *r, struct qw_bytes *key)
{
    skip_space(r);
    if (r->at == r->end || *r->at != '"')
        return fail(r, QW_E_MALFORMED, "expected a key");
    if (read_string(r, key) < 0)
        return -1;
    skip_space(r);
    if (!take(r, ':'))
        return fail(r, QW_E_MALFORMED, "expected ':'");
    return 0;
}

/* Elements or members up to the closing bracket; r->at is past the opening one. */
static int read_children(struct reader *r, struct qw_json *parent, char closing)
{
    const struct qw_json **link = &parent->child;

    skip_space(r);
    if (take(r, closing))
        return 0;
    for (;;) {
        struct qw_json *value = qw_arena_alloc(r->arena, sizeof(*value));

        if (!value)
            return no_memory(r);
        *value = (struct qw_json){0};
        if ((closing == '}' && read_key(r, &value->key) < 0) || read_value(r, value) < 0)
            return -1;
        *link = value;
        link = &value->next;
        parent->count++;
        skip_space(r);
        if (take(r, closing))
            return 0;
        if (!take(r, ','))
            return fail(r, QW_E_MALFORMED, closing == '}' ? "expected ',' or '}'" : "expected ',' or ']'");
    }
}

static int read_container(struct reader *r, struct qw_json *value, enum qw_json_type type, char closing)
{
    int rc;

    value->type = type;
    if (r->depth == QW_JSON_DEPTH_MAX)
        return fail(r, QW_E_AMBIGUOUS, "nested deeper than 64 levels");
    r->depth++;
    r->at++;
    rc = read_children(r, value, closing);
    r->depth--;
    return rc;
}

static int read_value(struct reader *r, struct qw_json *value)
{
    skip_space(r);
    value->offset = (uint32_t)(r->at - r->start);
    if (r->at == r->end)
        return fail(r, QW_E_MALFORMED, "unexpected end");
    switch (*r->at) {
    case '"':
        value->type = QW_JSON_STRING;
        return read_string(r, &value->text);
    case '{':
        return read_container(r, value, QW_JSON_OBJECT, '}');
    case '[':
        return read_container(r, value, QW_JSON_ARRAY, ']');
    default:
        break;
    }
    if (*r->at == '-' || (*r->at >= '0' && *r->at <= '9')) {
        value->type = QW_JSON_NUMBER;
        return read_number(r, &value->text);
    }
    if (take_word(r, "true"))
        value->type = QW_JSON_TRUE;
    else if (take_word(r, "false"))
        value->type = QW_JSON_FALSE;
    else if (take_word(r, "null"))
        value->type = QW_JSON_NULL;
    else
        return fail(r, QW_E_MALFORMED, "expected a value");
    return 0;
}

int qw_json_parse(struct qw_bytes in, struct qw_arena *arena, const struct qw_json **out, struct qw_err *err)
{
    struct reader r = {.start = in.data, .at = in.data, .end = in.data, .arena = arena, .err = err};
    struct qw_json *root;

    if (!in.len)
        return qw_fail(err, QW_E_MALFORMED, "JSON: empty text");
    if (in.len > UINT32_MAX)
        return qw_fail(err, QW_E_MALFORMED, "JSON: longer than 4 GiB");
    r.end += in.len;
    root = qw_arena_zalloc(arena, 1, sizeof(*root));
    if (!root)
        return no_memory(&r);
    if (read_value(&r, root) < 0)
        return -1;
    skip_space(&r);
    if (r.at != r.end)
        return fail(&r, QW_E_AMBIGUOUS, "data after the value");
    *out = root;
    return 0;
}

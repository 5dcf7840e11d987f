/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Outside text on its way to people and machines: one function decides what is escaped. */
#include "quaywarden/base.h"

size_t qw_utf8_length(const char *data, size_t len)
{
    const unsigned char *p = (const unsigned char *)data;
    /* By the first byte: how long, and the range of the second, which rules out overlong forms and surrogates. */
    size_t need = 0;
    unsigned char low = 0x80;
    unsigned char high = 0xbf;

    if (!len)
        return 0;
    if (p[0] < 0x80)
        return 1;
    if (p[0] >= 0xc2 && p[0] <= 0xdf) {
        need = 2;
    } else if (p[0] >= 0xe0 && p[0] <= 0xef) {
        need = 3;
        low = p[0] == 0xe0 ? 0xa0 : 0x80;
        high = p[0] == 0xed ? 0x9f : 0xbf;
    } else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
        need = 4;
        low = p[0] == 0xf0 ? 0x90 : 0x80;
        high = p[0] == 0xf4 ? 0x8f : 0xbf;
    }
    if (!need || len < need || p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < need; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    }
    return need;
}

size_t qw_utf8_encode(uint32_t c, char *out)
{
    unsigned char *p = (unsigned char *)out;

    if (c < 0x80) {
        p[0] = (unsigned char)c;
        return 1;
    }
    if (c < 0x800) {
        p[0] = (unsigned char)(0xc0 | c >> 6);
        p[1] = (unsigned char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        p[0] = (unsigned char)(0xe0 | c >> 12);
        p[1] = (unsigned char)(0x80 | (c >> 6 & 0x3f));
        p[2] = (unsigned char)(0x80 | (c & 0x3f));
        return 3;
    }
    p[0] = (unsigned char)(0xf0 | c >> 18);
    p[1] = (unsigned char)(0x80 | (c >> 12 & 0x3f));
    p[2] = (unsigned char)(0x80 | (c >> 6 & 0x3f));
    p[3] = (unsigned char)(0x80 | (c & 0x3f));
    return 4;
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/*
 * Terminals and readers take these for more than themselves: C1 controls, line and paragraph separators, marks that
 * turn the direction of text, the byte order mark, and the characters that nobody sees.
 */
static bool is_deceptive(const char *data, size_t len)
{
    const unsigned char *p = (const unsigned char *)data;

    if (len == 2)
        return p[0] == 0xc2 && (p[1] < 0xa0 || p[1] == 0xad);
    if (len != 3)
        return false;
    if (p[0] == 0xef)
        return p[1] == 0xbb && p[2] == 0xbf;
    return p[0] == 0xe2 && ((p[1] == 0x80 && ((p[2] >= 0x8b && p[2] <= 0x8f) || (p[2] >= 0xa8 && p[2] <= 0xae))) ||
                            (p[1] == 0x81 && p[2] >= 0xa0 && p[2] <= 0xaf));
}

static uint32_t decode(const char *data, size_t len)
{
    const unsigned char *p = (const unsigned char *)data;

    return len == 2 ? (p[0] & 0x1fU) << 6 | (p[1] & 0x3fU)
                    : (p[0] & 0x0fU) << 12 | (p[1] & 0x3fU) << 6 | (p[2] & 0x3fU);
}

/* Adds the character at text[i], escaped where it must be; returns its length in the text. */
static size_t add_char(struct qw_buf *buf, struct qw_bytes text, size_t i)
{
    const unsigned char c = (unsigned char)text.data[i];
    const size_t len = qw_utf8_length(text.data + i, text.len - i);

    if (c == '"' || c == '\\') {
        const char escaped[2] = {'\\', (char)c};

        qw_buf_add(buf, escaped, 2);
    } else if (c == '\n') {
        qw_buf_add(buf, "\\n", 2);
    } else if (c == '\t') {
        qw_buf_add(buf, "\\t", 2);
    } else if (len == 1 && c >= 0x20 && c != 0x7f) {
        qw_buf_add(buf, &c, 1);
    } else if (len == 1) {
        qw_buf_printf(buf, "\\u%04x", c);
    } else if (len == 0) {
        qw_buf_add_text(buf, "\\ufffd");
        return 1;
    } else if (is_deceptive(text.data + i, len)) {
        qw_buf_printf(buf, "\\u%04x", decode(text.data + i, len));
    } else {
        qw_buf_add(buf, text.data + i, len);
    }
    return len;
}

/* Adds whole characters until max bytes are out; returns how much of the text that was. */
static size_t add_escaped(struct qw_buf *buf, struct qw_bytes text, size_t max)
{
    const size_t start = buf->len;
    size_t i = 0;

    while (i < text.len && buf->len - start < max && !buf->failed) {
        size_t run = i;

        while (run < text.len && run - i < max && is_plain((unsigned char)text.data[run]))
            run++;
        if (run > i) {
            qw_buf_add(buf, text.data + i, run - i);
            i = run;
        } else {
            i += add_char(buf, text, i);
        }
    }
    return i;
}

void qw_buf_add_json(struct qw_buf *buf, struct qw_bytes text)
{
    qw_buf_add(buf, "\"", 1);
    add_escaped(buf, text, SIZE_MAX);
    qw_buf_add(buf, "\"", 1);
}

void qw_buf_add_sentence(struct qw_buf *buf, struct qw_bytes text)
{
    struct qw_bytes rest = text;
    size_t i = 0;

    /* What stands between quotes and backslashes is escaped; they themselves are the sentence's own. */
    while (i < rest.len) {
        if (rest.data[i] == '"' || rest.data[i] == '\\')
            qw_buf_add(buf, &rest.data[i++], 1);
        else
            i += add_char(buf, rest, i);
    }
}

void qw_buf_add_shown(struct qw_buf *buf, struct qw_bytes text, size_t max)
{
    if (add_escaped(buf, text, max) < text.len)
        qw_buf_add_text(buf, "…");
}

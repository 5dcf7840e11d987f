/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "yaml_text.h"

#include "diagnostics.h"

int qw_text_check(struct qw_bytes *text, struct qw_diagnostics *diagnostics)
{
    size_t at = 0;

    if (text->len >= 2 && (memcmp(text->data, "\xff\xfe", 2) == 0 || memcmp(text->data, "\xfe\xff", 2) == 0))
        return qw_diagnostics_error(diagnostics, 1, 1, "this is UTF-16; a policy is UTF-8");
    if (qw_bytes_starts(*text, "\xef\xbb\xbf"))
        *text = qw_bytes_from(*text, 3);
    while (at < text->len) {
        const size_t len = qw_utf8_length(text->data + at, text->len - at);

        if (len == 0) {
            const struct qw_place_in_text place = qw_text_place(*text, at);

            return qw_diagnostics_error(diagnostics, place.line, place.column, "not UTF-8 (byte 0x%02X)",
                                        (unsigned)(unsigned char)text->data[at]);
        }
        at += len;
    }
    return 0;
}

struct qw_place_in_text qw_text_place(struct qw_bytes text, size_t offset)
{
    struct qw_place_in_text place = {1, 1};

    for (size_t i = 0; i < offset && i < text.len; i++) {
        if (text.data[i] == '\n') {
            place.line++;
            place.column = 1;
        } else if (((unsigned char)text.data[i] & 0xc0) != 0x80) {
            place.column++;
        }
    }
    return place;
}

size_t qw_text_offset(struct qw_bytes text, size_t character)
{
    size_t at = 0;

    while (character > 0 && at < text.len) {
        const size_t len = qw_utf8_length(text.data + at, text.len - at);

        at += len ? len : 1;
        character--;
    }
    return at < text.len ? at : text.len;
}

static struct qw_bytes line_around(struct qw_bytes text, size_t offset)
{
    size_t start = offset;
    size_t end = offset;

    while (start > 0 && text.data[start - 1] != '\n')
        start--;
    while (end < text.len && text.data[end] != '\n')
        end++;
    return (struct qw_bytes){text.data + start, end - start};
}

static bool holds(struct qw_bytes line, const char *text)
{
    return memmem(line.data, line.len, text, strlen(text)) != NULL;
}

const char *qw_text_advice(struct qw_bytes text, size_t offset)
{
    const char first = offset < text.len ? text.data[offset] : '\0';
    const struct qw_bytes line = line_around(text, offset);

    if (first == '*')
        return "; quote a word that begins with *: \"*\"";
    if (holds(line, "{tenant}") || holds(line, "{user}") || holds(line, "{home}"))
        return "; quote a pattern with a variable: \"/srv/{tenant}/**\"";
    if (first == '\t')
        return "; YAML is indented by spaces, not by tabs";
    if (first && strchr("@`%&!|>{}[]", first))
        return "; quote a word with this character";
    if (first == ':')
        return "; quote a text that holds a colon and a space";
    return "";
}

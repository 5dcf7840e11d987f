/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tokenizer of the JSON reader, token by token, and the whole reader over short documents. */
#include "proof.h"

#include "plugin/message/json.c"

#include "code_point.h"

static struct qw_err error;

static struct reader reader_of(struct qw_bytes in)
{
    return (struct reader){.start = in.data, .at = in.data, .end = in.data + in.len, .err = &error};
}

/* A failure has a code, and nobody stands outside of the text. */
static void check_reader(const struct reader *r, struct qw_bytes in, int result)
{
    assert(r->start == in.data && r->end == in.data + in.len);
    assert(r->at >= r->start && r->at <= r->end);
    assert(result == 0 || (result == -1 && error.code != QW_E_NONE));
}

static bool is_special(char c)
{
    return (unsigned char)c < 0x20 || (unsigned char)c >= 0x80 || c == '"' || c == '\\';
}

/* Eight bytes a step find what one byte a step finds. */
void proof_special_bytes_are_found(void)
{
    const struct qw_bytes in = any_bytes();
    const char *found = find_special(in.data, in.data + in.len);
    size_t i = 0;

    while (i < in.len && !is_special(in.data[i]))
        i++;
    assert(found == in.data + i);
}

void proof_space_is_skipped(void)
{
    const struct qw_bytes in = any_bytes();
    struct reader r = reader_of(in);

    skip_space(&r);
    check_reader(&r, in, 0);
    assert(r.at == r.end || (*r.at != ' ' && *r.at != '\t' && *r.at != '\r' && *r.at != '\n'));
    for (const char *p = in.data; p < r.at; p++)
        assert(*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n');
}

/* Values of digits, 99 for what is none. */
static uint32_t digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return (uint32_t)(c - '0');
    if (c >= 'a' && c <= 'f')
        return (uint32_t)(c - 'a' + 10);
    return c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10) : 99;
}

void proof_four_digits_are_a_number(void)
{
    const struct qw_bytes in = any_bytes();
    uint32_t c = 0;
    uint32_t expected = 0;
    bool good = in.len >= 4;

    for (size_t i = 0; good && i < 4; i++) {
        good = digit_value(in.data[i]) < 16;
        expected = expected * 16 + digit_value(in.data[i]);
    }
    assert((hex4(in.data, in.data + in.len, &c) == 0) == good);
    assert(!good || c == expected);
}

/* \uXXXX, and two of them: a character that Unicode has, in UTF-8, or an error. */
void proof_unicode_escapes_are_characters(void)
{
    const struct qw_bytes in = any_bytes();
    struct reader r = reader_of(in);
    char text[4];
    char *write = text;
    size_t used;
    int result;

    ASSUME(in.len && in.data[0] == 'u');
    result = read_unicode(&r, &write);
    check_reader(&r, in, result);
    if (result < 0)
        return;
    used = (size_t)(r.at - in.data);
    assert(used == 5 || used == 11);
    assert(qw_utf8_length(text, (size_t)(write - text)) == (size_t)(write - text));
    assert((used == 11) == (code_point(text, (size_t)(write - text)) >= 0x10000));
}

static bool is_clean(struct qw_bytes text)
{
    for (size_t i = 0; i < text.len;) {
        const size_t len = qw_utf8_length(text.data + i, text.len - i);

        if (!len || !text.data[i])
            return false;
        i += len;
    }
    return true;
}

/* What a string says is UTF-8 without a NUL, no longer than what stood between the quotes. */
void proof_strings_are_read(void)
{
    const struct qw_bytes in = any_bytes();
    struct reader r = reader_of(in);
    struct qw_bytes out = {NULL, 0};
    int result;

    ASSUME(in.len && in.data[0] == '"');
    result = read_string(&r, &out);
    check_reader(&r, in, result);
    if (result < 0)
        return;
    assert(r.at >= in.data + 2 && r.at[-1] == '"');
    assert(out.len + 2 <= (size_t)(r.at - in.data));
    assert(is_clean(out));
}

enum number_state { START, SIGN, ZERO, WHOLE, POINT, FRACTION, LETTER, LETTER_SIGN, EXPONENT, WRONG };

/* One step through RFC 8259, section 6. */
static enum number_state step(enum number_state state, char c)
{
    const bool digit = c >= '0' && c <= '9';
    const bool letter = c == 'e' || c == 'E';

    switch (state) {
    case START:
    case SIGN:
        return c == '-' && state == START ? SIGN : c == '0' ? ZERO : digit ? WHOLE : WRONG;
    case ZERO:
    case WHOLE:
        return c == '.' ? POINT : letter ? LETTER : digit && state == WHOLE ? WHOLE : WRONG;
    case POINT:
        return digit ? FRACTION : WRONG;
    case FRACTION:
        return digit ? FRACTION : letter ? LETTER : WRONG;
    case LETTER:
        return digit ? EXPONENT : c == '+' || c == '-' ? LETTER_SIGN : WRONG;
    case LETTER_SIGN:
    case EXPONENT:
        return digit ? EXPONENT : WRONG;
    case WRONG:
        break;
    }
    return WRONG;
}

/* The longest number of the grammar that the text begins with, or an error where its first wrong byte ends none. */
void proof_numbers_are_those_of_the_grammar(void)
{
    const struct qw_bytes in = any_bytes();
    struct reader r = reader_of(in);
    struct qw_bytes out = {NULL, 0};
    enum number_state state = START;
    const int result = read_number(&r, &out);
    size_t i = 0;
    bool ends;

    check_reader(&r, in, result);
    while (i < in.len && step(state, in.data[i]) != WRONG)
        state = step(state, in.data[i++]);
    ends = state == ZERO || state == WHOLE || state == FRACTION || state == EXPONENT;
    assert((result == 0) == ends);
    assert(!ends || (out.data == in.data && out.len == i && r.at == in.data + i));
}

/* A tree whose texts lie in the document or are none. */
static void check_tree(const struct qw_json *value, struct qw_bytes in)
{
    size_t count = 0;

    assert(value->type <= QW_JSON_OBJECT && value->offset < in.len);
    assert(value->text.len <= in.len && value->key.len <= in.len);
    for (const struct qw_json *child = value->child; child; child = child->next, count++)
        check_tree(child, in);
    assert(count == value->count);
}

void proof_documents_are_read(void)
{
    const struct qw_bytes in = any_bytes_or_none();
    const struct qw_json *root = NULL;

    if (qw_json_parse(in, NULL, &root, &error) < 0) {
        assert(error.code != QW_E_NONE);
        return;
    }
    check_tree(root, in);
}

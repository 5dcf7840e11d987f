/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json_edit.h"

static const struct qw_json *member_of(const struct qw_json *object, const char *key)
{
    const struct qw_json *found = NULL;

    for (const struct qw_json *member = object->child; member; member = member->next)
        if (qw_bytes_is(member->key, key))
            found = member;
    return found;
}

const struct qw_json *qw_json_find(const struct qw_json *root, const char *const *path)
{
    for (; root && *path; path++)
        root = root->type == QW_JSON_OBJECT ? member_of(root, *path) : NULL;
    return root;
}

/* ---- where things are in a valid text ---- */

static const char *skip_space(const char *at)
{
    return at + strspn(at, " \t\r\n");
}

static const char *skip_string(const char *at)
{
    for (at++; *at != '"'; at++)
        if (*at == '\\')
            at++;
    return at + 1;
}

/* The byte after the value that begins here. */
static const char *skip_value(const char *at)
{
    size_t depth = 0;

    do {
        if (*at == '"') {
            at = skip_string(at);
        } else if (depth || *at == '{' || *at == '[') {
            depth += *at == '{' || *at == '[';
            depth -= *at == '}' || *at == ']';
            at++;
        } else {
            return at + strcspn(at, ",]} \t\r\n");
        }
    } while (depth);
    return at;
}

/* ---- changing them ---- */

/* Puts text in the place of [from, to), which point into the buffer. */
static int splice(struct qw_buf *buf, const char *from, const char *to, struct qw_bytes text, struct qw_err *err)
{
    QW_AUTO(buf) struct qw_buf fresh = {0};
    const struct qw_buf old = *buf;

    qw_buf_add(&fresh, old.data, (size_t)(from - old.data));
    qw_buf_add_bytes(&fresh, text);
    qw_buf_add(&fresh, to, (size_t)(old.data + old.len - to));
    if (fresh.failed)
        return qw_fail(err, QW_E_NOMEM, "out of memory");
    *buf = fresh;
    fresh = old;
    return 0;
}

/* "key": value, where the keys after the first make objects in objects. */
static void spell_member(struct qw_buf *out, const char *const *path, const char *value)
{
    const char *const *key = path;

    for (; *key; key++) {
        qw_buf_add_text(out, key == path ? "" : "{");
        qw_buf_add_json(out, qw_bytes_of(*key));
        qw_buf_add_text(out, ": ");
    }
    qw_buf_add_text(out, value);
    while (--key > path)
        qw_buf_add_text(out, "}");
}

/* As the object's last member, in the way in which its first one is set off. */
static int append(struct qw_buf *text, const struct qw_json *object, const char *const *path, const char *value,
                  struct qw_err *err)
{
    const char *start = text->data + object->offset + 1;
    const char *key = skip_space(start);
    const bool is_root = skip_space(text->data) == start - 1;
    QW_AUTO(buf) struct qw_buf member = {0};

    if (!object->child) {
        qw_buf_add_text(&member, is_root ? "\n    " : "");
        spell_member(&member, path, value);
        qw_buf_add_text(&member, is_root ? "\n" : "");
        return splice(text, start, key, qw_buf_bytes(&member), err);
    }
    qw_buf_add_text(&member, ",");
    qw_buf_add(&member, key > start ? start : " ", key > start ? (size_t)(key - start) : 1);
    spell_member(&member, path, value);
    for (object = object->child; object->next;)
        object = object->next;
    start = skip_value(text->data + object->offset);
    return splice(text, start, start, qw_buf_bytes(&member), err);
}

/*
 * Follows the path as far as it goes: *object holds, or would hold, the member of the key *path, which is *member.
 * Two members of one key are two opinions on what the engine is to do.
 */
static int follow(const struct qw_json *root, const char *const **path, const struct qw_json **object,
                  const struct qw_json **member, struct qw_err *err)
{
    for (*object = root;; *object = *member, ++*path) {
        if ((*object)->type != QW_JSON_OBJECT)
            return qw_fail(err, QW_E_MALFORMED, "\"%s\" is not an object", (*path)[-1]);
        *member = member_of(*object, **path);
        for (const struct qw_json *at = (*object)->child; at; at = at->next)
            if (qw_bytes_is(at->key, **path) && at != *member)
                return qw_fail(err, QW_E_MALFORMED, "\"%s\" is there twice", **path);
        if (!*member || !(*path)[1])
            return 0;
    }
}

/* A NUL behind the text, which is not part of it: what walks along it may look at one byte more. */
static bool terminate(struct qw_buf *text)
{
    qw_buf_add(text, "", 1);
    if (!text->failed)
        text->len--;
    return !text->failed;
}

int qw_json_set(struct qw_buf *text, const char *const *path, const char *value, struct qw_err *err)
{
    QW_AUTO(arena) struct qw_arena *arena = qw_arena_new();
    const struct qw_json *root = NULL, *object = NULL, *member = NULL;
    const char *start;

    if (!arena || !terminate(text))
        return qw_fail(err, QW_E_NOMEM, "out of memory");
    if (qw_json_parse(qw_buf_bytes(text), arena, &root, err) || follow(root, &path, &object, &member, err))
        return -1;
    if (!member)
        return append(text, object, path, value, err);
    start = text->data + member->offset;
    return splice(text, start, skip_value(start), qw_bytes_of(value), err);
}

/* With the comma that set it off. */
static int take_out(struct qw_buf *text, const struct qw_json *object, const struct qw_json *member, struct qw_err *err)
{
    const char *from = text->data + object->offset + 1;
    const char *to = skip_value(text->data + member->offset);

    if (member != object->child) {
        const struct qw_json *before = object->child;

        while (before->next != member)
            before = before->next;
        from = skip_value(text->data + before->offset);
    } else if (member->next) {
        from = skip_space(from);
        to = skip_space(skip_space(to) + 1);
    } else {
        to = skip_space(to);
    }
    return splice(text, from, to, QW_LIT(""), err);
}

int qw_json_remove(struct qw_buf *text, const char *const *path, struct qw_err *err)
{
    QW_AUTO(arena) struct qw_arena *arena = qw_arena_new();
    const struct qw_json *root = NULL, *object = NULL, *member = NULL;

    if (!arena || !terminate(text))
        return qw_fail(err, QW_E_NOMEM, "out of memory");
    if (qw_json_parse(qw_buf_bytes(text), arena, &root, err) || follow(root, &path, &object, &member, err))
        return -1;
    return member ? take_out(text, object, member, err) : 0;
}

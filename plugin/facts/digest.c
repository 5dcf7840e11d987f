/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Seccomp profiles that a request holds, as a hash of what they say: clients send the file's JSON in other words than
 * the file has it (docker without spaces, docker-compose as Python writes it).
 * Source: docker/cli cli/command/container/opts.go parseSecurityOpts; moby profiles/seccomp/seccomp_linux.go
 * LoadProfile, 20.10 to 28.5.
 */
#include "shape.h"

#include <openssl/sha.h>

/* More than any struct of a profile has; each is compared with the others. */
#define KEYS_MAX 64

static bool hash(struct qw_bytes text, char out[65])
{
    unsigned char digest[SHA256_DIGEST_LENGTH];

    if (!SHA256((const unsigned char *)text.data, text.len, digest))
        return false;
    for (size_t i = 0; i < sizeof(digest); i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
    return true;
}

/* ---- the canonical form ---- */

struct writer {
    struct qw_buf *out;
    struct qw_err *err;
};

static int write_value(const struct writer *w, const struct qw_json *value);

static int by_key(const void *a, const void *b)
{
    const struct qw_bytes left = (*(const struct qw_json *const *)a)->key;
    const struct qw_bytes right = (*(const struct qw_json *const *)b)->key;
    const size_t len = left.len < right.len ? left.len : right.len;
    const int order = len ? memcmp(left.data, right.data, len) : 0;

    return order ? order : (left.len > right.len) - (left.len < right.len);
}

/* The engine takes keys that fold alike for one field, of which the last value counts. */
static int check_keys(const struct writer *w, const struct qw_json *const *members, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (qw_json_keys_fold_alike(members[i]->key, members[k]->key))
                return qw_fail(w->err, QW_E_MALFORMED, "JSON: key \"" QW_BYTES_FMT "\" is repeated",
                               QW_BYTES_ARG(members[i]->key));
        }
    }
    return 0;
}

static int write_object(const struct writer *w, const struct qw_json *object)
{
    const struct qw_json *members[KEYS_MAX];
    size_t count = 0;

    for (const struct qw_json *member = object->child; member; member = member->next) {
        if (count == KEYS_MAX)
            return qw_fail(w->err, QW_E_MALFORMED, "JSON: an object has more than %d keys", KEYS_MAX);
        members[count++] = member;
    }
    if (check_keys(w, members, count) < 0)
        return -1;
    qsort(members, count, sizeof(*members), by_key);
    qw_buf_add_text(w->out, "{");
    for (size_t i = 0; i < count; i++) {
        qw_buf_add_text(w->out, i ? "," : "");
        qw_buf_add_json(w->out, members[i]->key);
        qw_buf_add_text(w->out, ":");
        if (write_value(w, members[i]) < 0)
            return -1;
    }
    qw_buf_add_text(w->out, "}");
    return 0;
}

static int write_array(const struct writer *w, const struct qw_json *array)
{
    qw_buf_add_text(w->out, "[");
    for (const struct qw_json *item = array->child; item; item = item->next) {
        if (write_value(w, item) < 0)
            return -1;
        qw_buf_add_text(w->out, item->next ? "," : "");
    }
    qw_buf_add_text(w->out, "]");
    return 0;
}

static int write_value(const struct writer *w, const struct qw_json *value)
{
    switch (value->type) {
    case QW_JSON_NULL:
        qw_buf_add_text(w->out, "null");
        return 0;
    case QW_JSON_FALSE:
        qw_buf_add_text(w->out, "false");
        return 0;
    case QW_JSON_TRUE:
        qw_buf_add_text(w->out, "true");
        return 0;
    case QW_JSON_NUMBER:
        qw_buf_add_bytes(w->out, value->text);
        return 0;
    case QW_JSON_STRING:
        qw_buf_add_json(w->out, value->text);
        return 0;
    case QW_JSON_ARRAY:
        return write_array(w, value);
    case QW_JSON_OBJECT:
        return write_object(w, value);
    }
    return 0;
}

int qw_json_digest(struct qw_bytes json, struct qw_arena *arena, char out[65], struct qw_err *err)
{
    QW_AUTO(buf) struct qw_buf text = {0};
    const struct writer writer = {&text, err};
    const struct qw_json *value;

    if (qw_json_parse(json, arena, &value, err) < 0) {
        if (err->code == QW_E_AMBIGUOUS)
            err->code = QW_E_MALFORMED;
        return -1;
    }
    if (value->type != QW_JSON_OBJECT)
        return qw_fail(err, QW_E_MALFORMED, "JSON: an object is expected");
    if (write_value(&writer, value) < 0)
        return -1;
    if (text.failed || !hash(qw_buf_bytes(&text), out))
        return qw_fail(err, QW_E_NOMEM, "out of memory");
    return 0;
}

/* ---- facts ---- */

/*
 * "seccomp=sha256:" and the hash of what the profile says. One that is no JSON, or that two readers could read
 * differently, is equal to none that a policy may name: "seccomp=unreadable:" and the hash of its bytes.
 */
static int give_profile(struct reader *r, struct qw_bytes profile, const struct qw_path *path)
{
    char digest[65];
    const char *kind = "sha256";
    struct qw_bytes text;

    if (qw_json_digest(profile, r->arena, digest, r->err) < 0) {
        if (r->err->code == QW_E_NOMEM || !hash(profile, digest))
            return -1;
        kind = "unreadable";
    }
    text = qw_arena_printf(r->arena, "seccomp=%s:%s", kind, digest);
    return text.data ? fact_add(r, QW_F_SECURITY_OPT, path, text, 0) : qw_fail(r->err, QW_E_NOMEM, "out of memory");
}

/* The engine cuts at the first "=", and only where there is none at the first ":". */
static bool is_seccomp(struct qw_bytes option, struct qw_bytes *value)
{
    const bool equals = option.len && memchr(option.data, '=', option.len);

    *value = qw_bytes_from(option, strlen("seccomp="));
    return qw_bytes_starts(option, equals ? "seccomp=" : "seccomp:");
}

/* A text that passes for a hash is none: engines take the profile itself. */
int give_security_option(struct reader *r, struct qw_bytes option, const struct qw_path *path)
{
    struct qw_bytes value;

    if (is_seccomp(option, &value) && (qw_bytes_starts(qw_bytes_trim(value), "{") || qw_bytes_starts(value, "sha256:")))
        return give_profile(r, value, path);
    return fact_add(r, QW_F_SECURITY_OPT, path, option, 0);
}

int emit_security_options(struct reader *r, const struct field *field, const struct qw_json *list,
                          const struct qw_path *path)
{
    size_t index = 0;

    (void)field;
    for (const struct qw_json *item = list->child; item; item = item->next, index++) {
        const struct qw_path *at = path_index(r, path, index);

        if (!at || give_security_option(r, item->text, at) < 0)
            return -1;
    }
    return 0;
}

/* Of a service: bytes, which JSON has in base64. */
int emit_seccomp_profile(struct reader *r, const struct field *field, const struct qw_json *value,
                         const struct qw_path *path)
{
    struct qw_bytes profile;

    (void)field;
    if (!value->text.len)
        return 0;
    if (qw_base64_decode(value->text, r->arena, &profile, r->err) < 0)
        return qw_err_wrap(r->err, "a seccomp profile");
    return give_profile(r, profile, path);
}

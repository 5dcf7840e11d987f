/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json: the strict reader of the request path. It accepts what Go's encoding/json accepts and denies what two readers
 * could read differently. The tree points into the text (or, where a string has escapes, into the arena).
 * Source: RFC 8259; Go encoding/json scanner.go and decode.go (key folding, order of members).
 */
#ifndef QUAYWARDEN_JSON_H
#define QUAYWARDEN_JSON_H

#include "quaywarden/base.h"

#define QW_JSON_DEPTH_MAX 64

enum qw_json_type {
    QW_JSON_NULL,
    QW_JSON_FALSE,
    QW_JSON_TRUE,
    QW_JSON_NUMBER,
    QW_JSON_STRING,
    QW_JSON_ARRAY,
    QW_JSON_OBJECT,
};

struct qw_json {
    enum qw_json_type type;
    uint32_t offset;             /* of the value in the document, in bytes */
    struct qw_bytes key;         /* decoded; for a member of an object */
    struct qw_bytes text;        /* STRING: decoded; NUMBER: its literal */
    const struct qw_json *child; /* ARRAY, OBJECT: the first element or member, in order */
    const struct qw_json *next;
    size_t count; /* ARRAY, OBJECT: how many */
};

/**
 * Read one JSON document.
 * in:   valid as long as *out is used; not NUL-terminated; under 4 GiB.
 * out:  set on success, lives in the arena.
 * Fails with QW_E_MALFORMED (syntax, with the byte offset), QW_E_AMBIGUOUS (trailing data, invalid UTF-8, a NUL, a lone
 * surrogate, nesting over QW_JSON_DEPTH_MAX) or QW_E_NOMEM. Repeated keys are for the caller, who knows whether an
 * object is a struct or a map.
 */
QW_MUST_CHECK int qw_json_parse(struct qw_bytes in, struct qw_arena *arena, const struct qw_json **out,
                                struct qw_err *err);

/*
 * Do Go's decoders match this key to the field of this name? ASCII case is folded, and so are U+017F (ſ, s) and
 * U+212A (K, k). name is ASCII.
 */
bool qw_json_key_folds_to(struct qw_bytes key, const char *name, size_t name_len);

/* Would Go match both keys to the same field? For keys that no table knows; folds as above, other bytes exactly. */
bool qw_json_keys_fold_alike(struct qw_bytes a, struct qw_bytes b);

/* Are the keys of this object all different, byte for byte? For maps. Fails with QW_E_AMBIGUOUS or QW_E_NOMEM. */
QW_MUST_CHECK int qw_json_map_check(const struct qw_json *object, struct qw_arena *arena, struct qw_err *err);

/* null, false, 0, "", [] or {}: a value that means nothing to any engine, whatever the field. */
bool qw_json_is_empty(const struct qw_json *value);

/* An integer literal within int64_t, as Go's decoder wants one: no fraction, no exponent. */
bool qw_json_to_int(const struct qw_json *value, int64_t *out);

#endif

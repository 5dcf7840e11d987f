/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From YAML to structs by tables of keys: what no table has is an error, so that a case cannot pass because a part of
 * it was not understood. Every function reports what it finds wrong and goes on; the diagnostics say how it went.
 */
#ifndef QUAYWARDEN_BIND_H
#define QUAYWARDEN_BIND_H

#include "testfile.h"

struct qw_reader {
    struct qw_test_file *file;
    struct qw_case *to;     /* the case that is being read */
    struct qw_given *given; /* its world, or that of all cases */
    struct qw_diagnostics *diagnostics;
};

struct qw_field {
    const char *key; /* NULL ends the table */
    bool required;
    void (*read)(struct qw_reader *reader, const struct qw_yaml *node);
};

#define QW_FIELD_MAX 12

/* Fills reader->to from an element of `cases`. */
void qw_bind_case(struct qw_reader *reader, const struct qw_yaml *node);

/* Fills given: each key takes the place of what is there already. */
void qw_bind_given(struct qw_reader *reader, const struct qw_yaml *node, struct qw_given *given);

void qw_bind_fields(struct qw_reader *reader, const struct qw_yaml *map, const struct qw_field *fields);

/* A scalar as it is. One that was not written (`body:` alone) is an error; an empty one is written "". .data NULL:
 * wrong. */
struct qw_bytes qw_bind_text(struct qw_reader *reader, const struct qw_yaml *node);

/* A scalar that says something and is a C string too. .data is NULL where it is wrong. */
struct qw_bytes qw_bind_word(struct qw_reader *reader, const struct qw_yaml *node);

/* The word's index in a list that ends with NULL; -1 where it is wrong. what: "outcome", for the message. */
int qw_bind_choice(struct qw_reader *reader, const struct qw_yaml *node, const char *what, const char *const *words);

/* Is it a mapping? Says so where it is not. */
bool qw_bind_is_map(struct qw_reader *reader, const struct qw_yaml *node);

size_t qw_bind_count(const struct qw_yaml *node); /* members or elements */

/* Room for the elements of a list, of this size each, cleared; NULL where it is no list. */
void *qw_bind_list(struct qw_reader *reader, const struct qw_yaml *list, size_t size);

/* The texts of a mapping by their keys; NULL where it is wrong. */
struct qw_pair *qw_bind_pairs(struct qw_reader *reader, const struct qw_yaml *map, size_t *count);

/* Cleared memory of the file's arena; NULL, and said, without. */
void *qw_bind_alloc(struct qw_reader *reader, const struct qw_yaml *node, size_t count, size_t size);

#endif

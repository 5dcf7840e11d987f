/* SPDX-License-Identifier: GPL-3.0-or-later */
/* params: facts out of query parameters, as rows or one by one; and the payloads that have a file of their own. */
#ifndef QUAYWARDEN_FACTS_PARAMS_H
#define QUAYWARDEN_FACTS_PARAMS_H

#include "shape.h"

enum form {
    FORM_TEXT,
    FORM_EACH,   /* every value of a repeatable parameter */
    FORM_NUMBER, /* what does not parse is 0, as in the engine */
    FORM_JSON,   /* a JSON value, read as the field */
    FORM_OPTION, /* every value, each as --security-opt has it */
};

struct param {
    const char *name;
    enum form form;
    struct field field;
};

/* Reads those of the rows that the request gives; empty ones say nothing. */
int read_params(struct reader *r, const struct qw_request *request, const struct param *params, size_t count);

/* Reads a JSON object in the body, if there is a body. */
int read_body(struct reader *r, const struct qw_request *request, const struct shape *shape);

/* A fact whose path is "query NAME". text: borrowed. Fails with QW_E_NOMEM, or where there are too many facts. */
int give_query(struct reader *r, enum qw_fact_kind kind, const char *name, struct qw_bytes text);

/* NAME, NAME:TAG or NAME@DIGEST out of two texts; no name, no fact. */
int give_reference(struct reader *r, enum qw_fact_kind kind, const char *param, struct qw_bytes name,
                   struct qw_bytes tag);

/* A parameter that is a URL, without what may be secret in it. */
int give_url(struct reader *r, enum qw_fact_kind kind, const struct qw_request *request, const char *name);

struct qw_bytes without_secrets(struct reader *r, struct qw_bytes url);

/* cluster.c */
int read_cluster(struct reader *r, const struct qw_request *request);

/* builds.c */
int read_build(struct reader *r, const struct qw_request *request);
int read_buildkit(struct reader *r, const struct qw_request *request);

/* plugins.c */
int read_plugin(struct reader *r, const struct qw_request *request);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* uri: the request target as Go's ParseRequestURI and ParseQuery see it. */
#ifndef QUAYWARDEN_REQUEST_URI_H
#define QUAYWARDEN_REQUEST_URI_H

#include "quaywarden/request.h"

struct qw_uri {
    struct qw_bytes path; /* percent-decoded once, without scheme and authority */
    const struct qw_param *params;
    size_t param_count;
};

/*
 * Split and decode a request target. A `#`, a raw `;` and an encoded slash are QW_E_AMBIGUOUS or QW_E_MALFORMED, as are
 * invalid escapes, control bytes, empty and dot segments. Whether a trailing slash is right is for the route.
 */
QW_MUST_CHECK int qw_uri_parse(struct qw_bytes target, struct qw_arena *arena, struct qw_uri *out, struct qw_err *err);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Changes one member of a JSON document and leaves every other byte as it is: what an administrator wrote by hand
 * stays in his order, his numbers and his lines.
 */
#ifndef QUAYWARDEN_CLI_JSON_EDIT_H
#define QUAYWARDEN_CLI_JSON_EDIT_H

#include "quaywarden/json.h"

/* A path of keys from the root, ending with NULL. */

/* The value at the path, or NULL. Where a key is there twice, the last one counts, as it does for the engine. */
const struct qw_json *qw_json_find(const struct qw_json *root, const char *const *path);

/*
 * Both work on the text of a valid document whose root is an object, and keep it one. They fail with QW_E_MALFORMED
 * where something on the way is no object, or QW_E_NOMEM; the text is then as it was.
 */

/* Gives the member at the path this value (JSON), in its place or as the last one; objects on the way are made. */
QW_MUST_CHECK int qw_json_set(struct qw_buf *text, const char *const *path, const char *value, struct qw_err *err);

/* Takes the member at the path away, where it is there. */
QW_MUST_CHECK int qw_json_remove(struct qw_buf *text, const char *const *path, struct qw_err *err);

#endif

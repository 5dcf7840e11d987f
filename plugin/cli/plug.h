/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plugin that runs, as the engine meets it: where the engine finds it, and what it says of itself. */
#ifndef QUAYWARDEN_CLI_PLUG_H
#define QUAYWARDEN_CLI_PLUG_H

#include "quaywarden/client.h"
#include "quaywarden/json.h"

#define QW_PLUG_TIMEOUT_MS 5000

/* Is this a name that the engine can look a plugin up by? */
bool qw_plug_is_name(const char *name);

/**
 * Does the engine, looking for a plugin of this name, come to this socket? By /run/docker/plugins/NAME.sock, or by a
 * NAME.spec. Fails with QW_E_IO where it does not; the message says what to do.
 */
QW_MUST_CHECK int qw_plug_is_found(const char *name, const char *socket, struct qw_err *err);

/* Does an authorization plugin answer /Plugin.Activate there? Fails with QW_E_IO. */
QW_MUST_CHECK int qw_plug_activate(const char *socket, struct qw_err *err);

/**
 * Its figures: the JSON of GET /status, an object, in the arena. Fails with QW_E_IO where what answers has none.
 */
QW_MUST_CHECK int qw_plug_status(const char *socket, struct qw_arena *arena, struct qw_bytes *text,
                                 const struct qw_json **root, struct qw_err *err);

#endif

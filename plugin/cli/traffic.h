/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests that somebody wrote down: the engine's own messages, lines of recorded traffic, audit records. */
#ifndef QUAYWARDEN_TRAFFIC_H
#define QUAYWARDEN_TRAFFIC_H

#include "quaywarden/json.h"
#include "quaywarden/verdict.h"

/* ---- lines ---- */

#define QW_LINE_MAX ((size_t)64 << 20) /* a message of 16 MiB has a record of less */

struct qw_lines {
    FILE *file;
    const char *name;  /* to call it */
    char chunk[65536]; /* read ahead */
    size_t at;
    size_t end;
    struct qw_buf line;
    size_t number;    /* of the line at hand, from 1 */
    bool is_too_long; /* it is longer than QW_LINE_MAX, and the rest is left out */
};

/* "-" is standard input. Gives false where it cannot be opened, and has said so. */
bool qw_lines_open(struct qw_lines *lines, const char *file);
void qw_lines_close(struct qw_lines *lines);

/* The next line without its end, which need not be there on the last one. False at the end; see qw_lines_failed. */
bool qw_lines_next(struct qw_lines *lines, struct qw_bytes *line);

/* Did reading end before the file did? Says so. */
bool qw_lines_failed(const struct qw_lines *lines);

/* ---- what stands in one ---- */

enum qw_recording_kind {
    QW_RECORDING_MESSAGE, /* the engine's question */
    QW_RECORDING_ANSWER,  /* what the engine says after it acted, which no policy judges */
    QW_RECORDING_RECORD,  /* an audit record */
};

struct qw_recording {
    enum qw_recording_kind kind;
    struct qw_bytes message;      /* MESSAGE: its bytes */
    const struct qw_json *record; /* RECORD */
    struct qw_recorded before;    /* RECORD: what was decided; set when it is judged */
};

/* Fails with QW_E_MALFORMED: none of the three, or more than one; or QW_E_NOMEM. out points into text and the arena. */
QW_MUST_CHECK int qw_recording_read(struct qw_bytes text, struct qw_arena *arena, struct qw_recording *out,
                                    struct qw_err *err);

/**
 * Judge a MESSAGE or a RECORD; decision->trace may be set. who: asks in place of who asked, or NULL.
 * Fails with QW_E_MALFORMED where a record is none.
 */
QW_MUST_CHECK int qw_recording_judge(struct qw_recording *recording, const struct qw_identity *who,
                                     const struct qw_policy *policy, const struct qw_world *world,
                                     struct qw_arena *arena, struct qw_decision *decision, struct qw_err *err);

#endif

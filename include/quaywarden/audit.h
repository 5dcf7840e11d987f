/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * audit: the trail. A record is one line of JSON; it is in the kernel's hands when qw_trail_write returns 0. Knows
 * nothing of requests: the verdict room encodes the record's middle.
 */
#ifndef QUAYWARDEN_AUDIT_H
#define QUAYWARDEN_AUDIT_H

#include "quaywarden/base.h"

struct qw_trail;

/* Is this destination standard output ("stdout" or "-") and not a file? */
bool qw_trail_is_stdout(const char *destination);

/**
 * Open a trail of one or more destinations: standard output, or a file's path (appended to, made with mode 0600; its
 * folder must exist, or is made with mode 0700). The sequence goes on after the last number in any of the files; an
 * unfinished last line, which only power loss leaves, is ended with a newline and reported. A link in the file's place
 * is refused, and in a folder that others can write so is another user's file or one with a second name.
 * Fails with QW_E_IO or QW_E_NOMEM. Release with qw_trail_close.
 */
QW_MUST_CHECK int qw_trail_open(const char *const *destinations, size_t count, struct qw_trail **out,
                                struct qw_err *err);
void qw_trail_close(struct qw_trail *trail); /* NULL is fine */

/**
 * Write one record to every destination: {"time":…,"seq":N,FIELDS,"duration_us":N}, one whole line, in order of seq,
 * whichever thread asks. fields: the members between, without braces and outer commas. sync: fdatasync besides.
 * Fails with QW_E_IO where any destination did not take the whole line: what that one took of it is cut off again, and
 * the number is used again unless another destination has it.
 */
QW_MUST_CHECK int qw_trail_write(struct qw_trail *trail, struct qw_bytes fields, int64_t duration_us, bool sync,
                                 struct qw_err *err);

/**
 * Go over to these destinations, which may be the same by name: after a rotation, or under a new policy. The sequence
 * goes on. All or nothing: on failure the trail writes where it wrote before. Fails with QW_E_IO or QW_E_NOMEM.
 */
QW_MUST_CHECK int qw_trail_reopen(struct qw_trail *trail, const char *const *destinations, size_t count,
                                  struct qw_err *err);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text under a YAML document: encoding, places in it, and what to advise where it is no YAML. */
#ifndef QUAYWARDEN_POLICY_YAML_TEXT_H
#define QUAYWARDEN_POLICY_YAML_TEXT_H

#include "quaywarden/policy.h"

struct qw_place_in_text {
    int line;
    int column;
};

/* Drops a byte order mark. Fails, with an error reported, where the rest is no UTF-8. */
QW_MUST_CHECK int qw_text_check(struct qw_bytes *text, struct qw_diagnostics *diagnostics);

/* Line and column of a byte. */
struct qw_place_in_text qw_text_place(struct qw_bytes text, size_t offset);

/* The byte at which the character of that number begins; text.len past the end. */
size_t qw_text_offset(struct qw_bytes text, size_t character);

/* "; quote …" for words that YAML itself rejects at that byte, or "". */
const char *qw_text_advice(struct qw_bytes text, size_t offset);

#endif

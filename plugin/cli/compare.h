/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a case expects against what was decided. */
#ifndef QUAYWARDEN_COMPARE_H
#define QUAYWARDEN_COMPARE_H

#include "testfile.h"

/* message: what the user would read. */
bool qw_case_holds(const struct qw_case *test, const struct qw_verdict *verdict, struct qw_bytes message);

/* `expected deny [privileged], got allow []` and the message, one line without its end. */
void qw_case_explain(const struct qw_case *test, const struct qw_verdict *verdict, struct qw_bytes message,
                     struct qw_buf *out);

#endif

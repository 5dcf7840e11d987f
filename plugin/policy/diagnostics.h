/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef QUAYWARDEN_POLICY_DIAGNOSTICS_H
#define QUAYWARDEN_POLICY_DIAGNOSTICS_H

#include "quaywarden/policy.h"

#include <stdarg.h>

/* Adds one in the order of the file. */
void qw_diagnostics_add(struct qw_diagnostics *diagnostics, enum qw_severity severity, int line, int column,
                        const char *fmt, va_list args) QW_PRINTF(5, 0);

/* An error at a place that is no node; returns -1. */
int qw_diagnostics_error(struct qw_diagnostics *diagnostics, int line, int column, const char *fmt, ...)
    QW_PRINTF(4, 5);

#endif

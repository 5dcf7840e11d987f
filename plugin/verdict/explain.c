/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A verdict in words, for the user who was denied. */
#include "quaywarden/verdict.h"

#define EXPLAINED_MAX 20 /* violations that an answer lists */

static void explain_one(const struct qw_violation *violation, struct qw_buf *out)
{
    qw_buf_add_text(out, violation->rule);
    if (violation->setting)
        qw_buf_printf(out, ".%s", violation->setting);
    qw_buf_add_text(out, ": ");
    if (violation->reason.len)
        qw_buf_add_bytes(out, violation->reason);
    else
        qw_buf_add_text(out, "denied");
    if (violation->field.len) {
        qw_buf_add_text(out, " (");
        qw_buf_add_bytes(out, violation->field);
        qw_buf_add_text(out, ")");
    }
    if (violation->accepted.len) {
        qw_buf_add_text(out, "; ");
        qw_buf_add_bytes(out, violation->accepted);
    }
}

void qw_verdict_explain(const struct qw_verdict *verdict, const char *contact, struct qw_buf *out)
{
    const enum qw_level level = verdict->outcome == QW_OUTCOME_DENY ? QW_LEVEL_DENY : QW_LEVEL_WARN;
    size_t listed = 0;
    size_t left = 0;

    if (verdict->outcome == QW_OUTCOME_ALLOW)
        return;
    for (size_t i = 0; i < verdict->violations.count; i++) {
        if (verdict->violations.items[i].level != level)
            continue;
        if (listed == EXPLAINED_MAX) {
            left++;
            continue;
        }
        qw_buf_add_text(out, listed++ ? "\n" : "");
        explain_one(&verdict->violations.items[i], out);
    }
    if (!listed)
        qw_buf_add_text(out, "undecided: out of memory");
    if (left)
        qw_buf_printf(out, "\nand %zu more", left);
    if (contact) {
        qw_buf_add_text(out, "\nAsk: ");
        qw_buf_add_text(out, contact);
    }
}

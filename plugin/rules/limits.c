/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The host's time and memory. */
#include "check.h"

void qw_eval_real_time_cpu(struct qw_check *check)
{
    static const enum qw_fact_kind kinds[] = {QW_F_RT_PERIOD, QW_F_RT_RUNTIME};

    for (size_t i = 0; i < QW_COUNT(kinds); i++) {
        for (const struct qw_fact *fact = facts_of(check, kinds[i]); fact; fact = fact->next)
            qw_violate(check, NULL, fact, "leave out --cpu-rt-period and --cpu-rt-runtime",
                       "real-time scheduling, which can stop the whole host, is not allowed");
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command.h"
#include "input.h"

int qw_run_check(const struct qw_arguments *arguments)
{
    int worst = QW_EXIT_YES;

    for (int i = 0; i < arguments->operand_count; i++) {
        struct qw_policy *policy = NULL;
        const int code = qw_input_policy(arguments->operands[i], true, &policy);

        qw_policy_unref(policy);
        worst = code > worst ? code : worst;
    }
    return worst;
}

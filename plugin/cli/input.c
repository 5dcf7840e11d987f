/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "input.h"
#include "quaywarden/cli.h"

int qw_input_read(const char *file, char **text, size_t *len)
{
    struct qw_err err;

    if (qw_file_read(file, QW_YAML_SIZE_MAX, text, len, &err) == 0)
        return QW_EXIT_YES;
    qw_log("%s", err.msg);
    return err.code == QW_E_LIMIT ? QW_EXIT_INPUT : QW_EXIT_ENVIRONMENT;
}

int qw_input_policy(const char *file, bool warnings, struct qw_policy **out)
{
    struct qw_diagnostics diagnostics = {0};
    QW_AUTO(heap) char *text = NULL;
    size_t len;
    int code = qw_input_read(file, &text, &len);

    if (code != QW_EXIT_YES)
        return code;
    if (qw_policy_parse(file, text, len, out, &diagnostics) < 0)
        code = QW_EXIT_INPUT;
    if (warnings || code != QW_EXIT_YES)
        qw_diagnostics_print(&diagnostics, stderr);
    qw_diagnostics_fini(&diagnostics);
    return code;
}

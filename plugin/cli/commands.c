/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The subcommands, one row each. */
#include "command.h"

#include <limits.h>

static const struct qw_option no_options[] = {{0}};

/* clang-format off */
const struct qw_command qw_commands[] = {
    { "serve", qw_run_serve, "[OPTION]...",
      "Answer the engine's questions until SIGTERM; SIGHUP or a changed policy file reloads the policy.",
      0, 0, qw_serve_options },
    { "check", qw_run_check, "FILE...",
      "Validate policies; errors and warnings go to standard error, with file, line and column.",
      1, INT_MAX, no_options },
    { "test",  qw_run_test,  "[-v] PATH...",
      "Run the cases of test files, or of all test files below a folder.",
      1, INT_MAX, qw_test_options },
    { "explain", qw_run_explain, "[OPTION]... [FILE|-]",
      "Judge one request, and say rule by rule why.",
      0, 1, qw_explain_options },
    { "replay", qw_run_replay, "[OPTION]... FILE...",
      "Judge an audit trail or recorded traffic again, and say what would change under another policy.",
      1, INT_MAX, qw_replay_options },
    { "enable", qw_run_enable, "[OPTION]...",
      "Turn the plugin on in the engine's configuration, prove that it works, or put all back.",
      0, 0, qw_enable_options },
    { "disable", qw_run_disable, "[OPTION]...",
      "Turn the plugin off in the engine's configuration.",
      0, 0, qw_disable_options },
    { "status", qw_run_status, "[OPTION]...",
      "Show the plugin's figures, and what the engine lets through without asking it.",
      0, 0, qw_status_options },
    { "help",  qw_run_help,  "[SUBCOMMAND]",
      "Describe the program, or one subcommand.",
      0, 1, no_options },
};
/* clang-format on */

const size_t qw_command_count = QW_COUNT(qw_commands);

const struct qw_command *qw_command_find(const char *name)
{
    const char *names[QW_COUNT(qw_commands) + 1] = {NULL};
    const char *near;

    for (size_t i = 0; i < qw_command_count; i++) {
        if (strcmp(qw_commands[i].name, name) == 0)
            return &qw_commands[i];
        names[i] = qw_commands[i].name;
    }
    near = qw_suggest(name, names);
    qw_usage_error(NULL, "there is no subcommand \"%s\"%s%s%s", name, near ? "; did you mean \"" : "", near ? near : "",
                   near ? "\"?" : "");
    return NULL;
}

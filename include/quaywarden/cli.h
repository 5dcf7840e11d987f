/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cli: one row and one file per subcommand (plugin/cli/). */
#ifndef QUAYWARDEN_CLI_H
#define QUAYWARDEN_CLI_H

/* Exit codes of every subcommand. */
enum qw_exit {
    QW_EXIT_YES = 0,         /* allowed, valid, passed */
    QW_EXIT_NO = 1,          /* denied, failed, differences found */
    QW_EXIT_USAGE = 2,       /* the command line is wrong */
    QW_EXIT_INPUT = 3,       /* a policy or other input is bad */
    QW_EXIT_ENVIRONMENT = 4, /* a socket, file or engine is not to be had */
};

/* Runs the subcommand that argv[1] names; returns the exit code. */
int qw_cli_run(int argc, char **argv);

#endif

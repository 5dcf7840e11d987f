/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cli: one row and one file per subcommand (plugin/cli/). */
#ifndef QUAYWARDEN_CLI_H
#define QUAYWARDEN_CLI_H

#include "quaywarden/base.h"

/* Runs the subcommand that argv[1] names; returns the exit code. */
int qw_cli_run(int argc, char **argv);

#endif

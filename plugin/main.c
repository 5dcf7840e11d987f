/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quaywarden/cli.h"

int main(int argc, char **argv)
{
    return qw_cli_run(argc, argv);
}

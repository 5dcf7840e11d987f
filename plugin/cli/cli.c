/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command.h"

bool qw_is_colourful(void)
{
    const char *no = getenv("NO_COLOR");

    return isatty(STDOUT_FILENO) && !(no && *no);
}

static int run_command(int argc, char **argv)
{
    const struct qw_command *command = qw_command_find(argv[0]);
    struct qw_arguments arguments;

    if (!command)
        return QW_EXIT_USAGE;
    switch (qw_arguments_parse(command, argc, argv, &arguments)) {
    case QW_PARSED_HELP:
        qw_help_command(command);
        return QW_EXIT_YES;
    case QW_PARSED_WRONG:
        return QW_EXIT_USAGE;
    case QW_PARSED_RUN:
        break;
    }
    return command->run(&arguments);
}

static int run(int argc, char **argv)
{
    if (argc < 2)
        return qw_usage_error(NULL, "a subcommand is needed");
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        qw_help_program();
        return QW_EXIT_YES;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("quaywarden " QW_VERSION);
        return QW_EXIT_YES;
    }
    if (argv[1][0] == '-')
        return qw_usage_error(NULL, "there is no option %s before a subcommand", argv[1]);
    return run_command(argc - 1, argv + 1);
}

int qw_cli_run(int argc, char **argv)
{
    int code = run(argc, argv);

    /* What a full disk or a closed pipe swallowed was not said. */
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fputs("quaywarden: standard output could not be written\n", stderr);
        return code > QW_EXIT_ENVIRONMENT ? code : QW_EXIT_ENVIRONMENT;
    }
    return code;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Help on standard output, from the rows of commands and options. */
#include "command.h"

void qw_help_program(void)
{
    puts("Usage: quaywarden SUBCOMMAND [OPTION]... [OPERAND]...\n"
         "       quaywarden --help | --version\n"
         "\n"
         "An authorization plugin for Docker Engine: answers every API request with allow or deny, and says why.\n"
         "\n"
         "Subcommands:");
    for (size_t i = 0; i < qw_command_count; i++)
        printf("  %-8s %s\n", qw_commands[i].name, qw_commands[i].summary);
    puts("\n"
         "Exit codes: 0 yes, allowed, passed; 1 no, denied, failed; 2 wrong command line; 3 bad policy or input;\n"
         "4 a socket, file or engine is not to be had.\n"
         "\n"
         "See quaywarden(1), quaywarden(8) and quaywarden-policy(5).");
}

static void print_option(const struct qw_option *option)
{
    char left[64];

    snprintf(left, sizeof(left), "%c%c%c --%s%s%s", option->letter ? '-' : ' ', option->letter ? option->letter : ' ',
             option->letter ? ',' : ' ', option->name, option->argument ? " " : "",
             option->argument ? option->argument : "");
    printf("  %-28s %s", left, option->help);
    if (option->fallback)
        printf(" (default: %s)", option->fallback);
    putchar('\n');
}

void qw_help_command(const struct qw_command *command)
{
    static const struct qw_option help = {"help", 'h', NULL, NULL, "this text"};

    printf("Usage: quaywarden %s %s\n\n%s\n\nOptions:\n", command->name, command->usage, command->summary);
    for (const struct qw_option *option = command->options; option->name; option++)
        print_option(option);
    print_option(&help);
}

int qw_run_help(const struct qw_arguments *arguments)
{
    const struct qw_command *command;

    if (arguments->operand_count == 0) {
        qw_help_program();
        return QW_EXIT_YES;
    }
    command = qw_command_find(arguments->operands[0]);
    if (!command)
        return QW_EXIT_USAGE;
    qw_help_command(command);
    return QW_EXIT_YES;
}

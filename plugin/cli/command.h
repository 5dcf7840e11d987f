/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A subcommand is a row of qw_commands (commands.c) and a file with its function and the rows of its options. Help,
 * parsing, defaults and the check of the manual all read the rows.
 */
#ifndef QUAYWARDEN_COMMAND_H
#define QUAYWARDEN_COMMAND_H

#include "quaywarden/cli.h"
#include "quaywarden/policy.h"

#define QW_OPTION_MAX 16

struct qw_option {
    const char *name;     /* after the dashes; NULL ends the rows */
    char letter;          /* the short form, or 0 */
    const char *argument; /* what to call it; NULL: the option takes none */
    const char *fallback; /* the value where the option is not given, or NULL */
    const char *help;
};

#define QW_GIVEN_MAX 64

/* A command line that fits its rows. */
struct qw_arguments {
    const char *values[QW_OPTION_MAX]; /* by row; NULL: not given and no fallback; "" for one without argument */
    struct {
        size_t row;
        const char *value;
    } given[QW_GIVEN_MAX]; /* all options in their order, for those that may be repeated; of others the last holds */
    size_t given_count;
    char *const *operands;
    int operand_count;
};

struct qw_command {
    const char *name;
    int (*run)(const struct qw_arguments *arguments); /* gives an enum qw_exit */
    const char *usage;                                /* what follows the name */
    const char *summary;
    int operands_min;
    int operands_max;
    const struct qw_option *options;
};

extern const struct qw_command qw_commands[];
extern const size_t qw_command_count;

int qw_run_serve(const struct qw_arguments *arguments);
int qw_run_check(const struct qw_arguments *arguments);
int qw_run_test(const struct qw_arguments *arguments);
int qw_run_enable(const struct qw_arguments *arguments);
int qw_run_disable(const struct qw_arguments *arguments);
int qw_run_status(const struct qw_arguments *arguments);
int qw_run_explain(const struct qw_arguments *arguments);
int qw_run_replay(const struct qw_arguments *arguments);
int qw_run_help(const struct qw_arguments *arguments);

extern const struct qw_option qw_serve_options[];
extern const struct qw_option qw_test_options[];
extern const struct qw_option qw_explain_options[];
extern const struct qw_option qw_replay_options[];
extern const struct qw_option qw_enable_options[];
extern const struct qw_option qw_disable_options[];
extern const struct qw_option qw_status_options[];

enum qw_parsed { QW_PARSED_RUN, QW_PARSED_HELP, QW_PARSED_WRONG };

/* Reads argv[1] on by the command's rows; argv[0] is its name. What is wrong has been said to standard error. */
enum qw_parsed qw_arguments_parse(const struct qw_command *command, int argc, char **argv,
                                  struct qw_arguments *arguments);

/* Says what is wrong with the command line, and where to find help; command may be NULL. Gives QW_EXIT_USAGE. */
int qw_usage_error(const struct qw_command *command, const char *fmt, ...) QW_PRINTF(2, 3);

/* The row of this name. Where there is none, says so with a suggestion and gives NULL. */
const struct qw_command *qw_command_find(const char *name);

/* Is standard output a terminal whose user has nothing against colours (NO_COLOR)? */
bool qw_is_colourful(void);

void qw_help_program(void);
void qw_help_command(const struct qw_command *command);

#endif

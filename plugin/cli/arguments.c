/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From argv to qw_arguments, by the rows of a command's options. */
#include "command.h"

#include <getopt.h>
#include <stdarg.h>

/* getopt's values: an option's row above these, so that they cannot be taken for a letter. */
enum { HELP = 256, FIRST_ROW };

int qw_usage_error(const struct qw_command *command, const char *fmt, ...)
{
    const char *name = command ? command->name : NULL;
    va_list args;

    fprintf(stderr, "quaywarden: %s%s", name ? name : "", name ? ": " : "");
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    fprintf(stderr, "\nTry: quaywarden %s%s--help\n", name ? name : "", name ? " " : "");
    return QW_EXIT_USAGE;
}

struct getopt_rows {
    struct option options[QW_OPTION_MAX + 2]; /* and help, and the end */
    char letters[2 * QW_OPTION_MAX + 3];
    const char *names[QW_OPTION_MAX + 2]; /* for a suggestion */
    size_t count;                         /* rows of the command */
};

static void fill_rows(const struct qw_option *option, struct getopt_rows *rows)
{
    char *letter = rows->letters;

    *rows = (struct getopt_rows){0};
    *letter++ = ':'; /* a missing argument is told apart from an unknown option */
    *letter++ = 'h';
    for (; option[rows->count].name; rows->count++) {
        const struct qw_option *row = &option[rows->count];
        int has_arg = row->argument ? required_argument : no_argument;

        rows->options[rows->count] = (struct option){row->name, has_arg, NULL, FIRST_ROW + (int)rows->count};
        rows->names[rows->count] = row->name;
        if (row->letter) {
            *letter++ = row->letter;
            if (row->argument)
                *letter++ = ':';
        }
    }
    rows->options[rows->count] = (struct option){"help", no_argument, NULL, HELP};
    rows->names[rows->count] = "help";
}

/* The row that getopt's value means: a long option's own, or the one of the letter. */
static size_t row_of(const struct qw_option *options, int value)
{
    size_t row = 0;

    if (value >= FIRST_ROW)
        return (size_t)(value - FIRST_ROW);
    while (options[row].letter != (char)value)
        row++;
    return row;
}

static void say_unknown(const struct qw_command *command, const struct getopt_rows *rows, const char *word, int letter)
{
    size_t length;
    char name[64];
    const char *near;

    if (letter && letter < HELP) {
        qw_usage_error(command, "there is no option -%c", letter);
        return;
    }
    if (letter) {
        qw_usage_error(command, "option %s takes no value", word);
        return;
    }
    length = strcspn(word + 2, "=");
    snprintf(name, sizeof(name), "%.*s", (int)(length < sizeof(name) ? length : sizeof(name) - 1), word + 2);
    near = qw_suggest(name, rows->names);
    qw_usage_error(command, "there is no option --%s%s%s%s", name, near ? "; did you mean --" : "", near ? near : "",
                   near ? "?" : "");
}

static enum qw_parsed take_operands(const struct qw_command *command, int argc, char **argv,
                                    struct qw_arguments *arguments)
{
    arguments->operands = argv + optind;
    arguments->operand_count = argc - optind;
    if (arguments->operand_count < command->operands_min)
        qw_usage_error(command, "too few operands: quaywarden %s %s", command->name, command->usage);
    else if (arguments->operand_count > command->operands_max)
        qw_usage_error(command, "unexpected operand \"%s\"", argv[optind + command->operands_max]);
    else
        return QW_PARSED_RUN;
    return QW_PARSED_WRONG;
}

static bool keep(struct qw_arguments *arguments, size_t row, const char *value)
{
    if (arguments->given_count == QW_GIVEN_MAX)
        return false;
    arguments->values[row] = value;
    arguments->given[arguments->given_count].row = row;
    arguments->given[arguments->given_count++].value = value;
    return true;
}

enum qw_parsed qw_arguments_parse(const struct qw_command *command, int argc, char **argv,
                                  struct qw_arguments *arguments)
{
    struct getopt_rows rows;
    int value;

    fill_rows(command->options, &rows);
    *arguments = (struct qw_arguments){0};
    for (size_t i = 0; i < rows.count; i++)
        arguments->values[i] = command->options[i].fallback;
    optind = 0; /* glibc: forget an earlier scan */
    while ((value = getopt_long(argc, argv, rows.letters, rows.options, NULL)) != -1) {
        switch (value) {
        case 'h':
        case HELP:
            return QW_PARSED_HELP;
        case ':':
            qw_usage_error(command, "option %s needs a value", argv[optind - 1]);
            return QW_PARSED_WRONG;
        case '?':
            say_unknown(command, &rows, argv[optind - 1], optopt);
            return QW_PARSED_WRONG;
        default:
            if (!keep(arguments, row_of(command->options, value), optarg ? optarg : "")) {
                qw_usage_error(command, "more than %d options", QW_GIVEN_MAX);
                return QW_PARSED_WRONG;
            }
        }
    }
    return take_operands(command, argc, argv, arguments);
}

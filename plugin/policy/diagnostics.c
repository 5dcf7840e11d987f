/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "diagnostics.h"

/* Enough to work with; what is beyond is counted alone, so that a large broken file costs no memory. */
#define STORED_MAX 200

void qw_diagnostics_fini(struct qw_diagnostics *diagnostics)
{
    for (size_t i = 0; i < diagnostics->count; i++)
        free(diagnostics->items[i].text);
    free(diagnostics->items);
    free(diagnostics->file);
    *diagnostics = (struct qw_diagnostics){0};
}

/* One line, whatever the file's words hold; cut between characters where it is too long for `text`. */
QW_PRINTF(1, 0) static char *one_line(const char *fmt, va_list args)
{
    char text[640];
    const int len = vsnprintf(text, sizeof(text), fmt, args);

    if (len >= (int)sizeof(text)) {
        size_t end = sizeof(text) - 1;

        while (end > 0 && ((unsigned char)text[end] & 0xc0) == 0x80)
            end--;
        text[end] = '\0';
    }
    for (char *c = text; *c; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
    }
    return strdup(text);
}

void qw_diagnostics_add(struct qw_diagnostics *diagnostics, enum qw_severity severity, int line, int column,
                        const char *fmt, va_list args)
{
    struct qw_diagnostic *items;
    char *text;
    size_t at = diagnostics->count;

    /* Counted first: without memory for its text an error is still an error. */
    if (severity == QW_ERROR)
        diagnostics->errors++;
    if (diagnostics->count == STORED_MAX)
        return;
    text = one_line(fmt, args);
    items = text ? realloc(diagnostics->items, (diagnostics->count + 1) * sizeof(*items)) : NULL;
    if (!items) {
        free(text);
        return;
    }
    for (; at > 0; at--) {
        if (items[at - 1].line < line || (items[at - 1].line == line && items[at - 1].column <= column))
            break;
        items[at] = items[at - 1];
    }
    items[at] = (struct qw_diagnostic){severity, line, column, text};
    diagnostics->items = items;
    diagnostics->count++;
}

int qw_diagnostics_error(struct qw_diagnostics *diagnostics, int line, int column, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    qw_diagnostics_add(diagnostics, QW_ERROR, line, column, fmt, args);
    va_end(args);
    return -1;
}

int qw_yaml_error(struct qw_diagnostics *diagnostics, const struct qw_yaml *node, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    qw_diagnostics_add(diagnostics, QW_ERROR, node->line, node->column, fmt, args);
    va_end(args);
    return -1;
}

int qw_yaml_key_error(struct qw_diagnostics *diagnostics, const struct qw_yaml *node, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    qw_diagnostics_add(diagnostics, QW_ERROR, node->key_line, node->key_column, fmt, args);
    va_end(args);
    return -1;
}

void qw_yaml_warning(struct qw_diagnostics *diagnostics, const struct qw_yaml *node, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    qw_diagnostics_add(diagnostics, QW_WARNING, node->line, node->column, fmt, args);
    va_end(args);
}

void qw_yaml_key_warning(struct qw_diagnostics *diagnostics, const struct qw_yaml *node, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    qw_diagnostics_add(diagnostics, QW_WARNING, node->key_line, node->key_column, fmt, args);
    va_end(args);
}

void qw_diagnostics_print(const struct qw_diagnostics *diagnostics, FILE *out)
{
    const char *file = diagnostics->file ? diagnostics->file : "-";
    size_t unseen = diagnostics->errors;

    for (size_t i = 0; i < diagnostics->count; i++) {
        const struct qw_diagnostic *item = &diagnostics->items[i];
        const char *word = item->severity == QW_ERROR ? "error" : "warning";

        if (item->line)
            fprintf(out, "%s:%d:%d: %s: %s\n", file, item->line, item->column, word, item->text);
        else
            fprintf(out, "%s: %s: %s\n", file, word, item->text);
        unseen -= item->severity == QW_ERROR;
    }
    if (unseen)
        fprintf(out, "%s: error: %zu more errors\n", file, unseen);
}

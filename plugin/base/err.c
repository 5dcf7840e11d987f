/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quaywarden/base.h"

#include <stdarg.h>

/* A message is one line, whatever it quotes. */
static void flatten(char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = '?';
    }
}

int qw_fail(struct qw_err *err, enum qw_code code, const char *fmt, ...)
{
    va_list args;

    err->code = code;
    va_start(args, fmt);
    vsnprintf(err->msg, sizeof(err->msg), fmt, args);
    va_end(args);
    flatten(err->msg);
    return -1;
}

int qw_err_wrap(struct qw_err *err, const char *fmt, ...)
{
    char inner[sizeof(err->msg)];
    va_list args;
    size_t used;

    memcpy(inner, err->msg, sizeof(inner));
    va_start(args, fmt);
    vsnprintf(err->msg, sizeof(err->msg), fmt, args);
    va_end(args);
    used = strlen(err->msg);
    snprintf(err->msg + used, sizeof(err->msg) - used, ": %s", inner);
    flatten(err->msg);
    return -1;
}

void qw_log(const char *fmt, ...)
{
    char line[1024] = "quaywarden: ";
    const size_t start = strlen(line);
    va_list args;

    va_start(args, fmt);
    vsnprintf(line + start, sizeof(line) - start - 1, fmt, args);
    va_end(args);
    flatten(line);
    /* One write a line: lines of several threads do not mix. Nothing can be done where standard error is gone. */
    fprintf(stderr, "%s\n", line);
}

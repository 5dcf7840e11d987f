/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is mounted where, as proc(5) shows it in mountinfo. */
#include "quaywarden/facts.h"

#include "mounted.h"

#include <errno.h>

/* Mount points below one path that are looked at; a path with more is nobody's to mount by the way. */
#define POINTS_MAX 256

/* "\040" is a space: the kernel writes spaces, tabs, line ends and backslashes so. */
static void unescape(char *text)
{
    char *to = text;

    for (const char *from = text; *from; to++) {
        if (from[0] == '\\' && from[1] && from[2] && from[3]) {
            *to = (char)((from[1] - '0') << 6 | (from[2] - '0') << 3 | (from[3] - '0'));
            from += 4;
        } else {
            *to = *from++;
        }
    }
    *to = '\0';
}

/* The fifth word of a line; NULL where it has fewer. */
static char *point_of(char *line)
{
    char *rest = line;
    char *word = NULL;

    for (int i = 0; i < 5; i++) {
        word = strsep(&rest, " ");
        if (!word)
            return NULL;
    }
    unescape(word);
    return word;
}

static bool is_below(const char *point, struct qw_bytes folder)
{
    return strlen(point) > folder.len && qw_path_is_within(qw_bytes_of(point), folder);
}

int qw_mounted_below(struct qw_bytes folder, bool (*visit)(const char *point, void *data), void *data,
                     struct qw_err *err)
{
    QW_AUTO(heap) char *line = NULL;
    FILE *file = fopen("/proc/self/mountinfo", "re");
    size_t size = 0;
    int seen = 0;
    bool goes_on = true;
    bool whole;

    if (!file)
        return qw_fail(err, QW_E_IO, "/proc/self/mountinfo: %s", strerror(errno));
    while (goes_on && getline(&line, &size, file) > 0) {
        const char *point = point_of(line);

        if (!point || !is_below(point, folder))
            continue;
        if (++seen > POINTS_MAX)
            break;
        goes_on = visit(point, data);
    }
    /* Not at the end, and not because of what was read: half of the list says nothing of the other half. */
    whole = !goes_on || seen > POINTS_MAX || (feof(file) && !ferror(file));
    fclose(file);
    if (!whole)
        return qw_fail(err, QW_E_IO, "/proc/self/mountinfo cannot be read to its end");
    return seen > POINTS_MAX ? qw_fail(err, QW_E_LIMIT, "more than %d mounts below it", POINTS_MAX) : 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quaywarden/base.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

void qw_folder_of(const char *path, char folder[PATH_MAX])
{
    const char *slash = strrchr(path, '/');

    snprintf(folder, PATH_MAX, "%.*s", slash ? (int)(slash - path + 1) : 1, slash ? path : ".");
}

int qw_file_read(const char *path, size_t max, char **out, size_t *len, struct qw_err *err)
{
    QW_AUTO(fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    QW_AUTO(heap) char *data = NULL;
    struct stat st;
    size_t used = 0;

    if (fd < 0 || fstat(fd, &st) < 0)
        return qw_fail(err, QW_E_IO, "%s: %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return qw_fail(err, QW_E_IO, "%s: not a regular file", path);
    if ((uint64_t)st.st_size > max)
        return qw_fail(err, QW_E_LIMIT, "%s: larger than %zu bytes", path, max);
    /* One byte more than is allowed shows a file that grows meanwhile. */
    data = malloc(max < (size_t)st.st_size + 4096 ? max + 2 : (size_t)st.st_size + 4098);
    if (!data)
        return qw_fail(err, QW_E_NOMEM, "%s: out of memory", path);
    const size_t room = max < (size_t)st.st_size + 4096 ? max + 1 : (size_t)st.st_size + 4097;
    for (;;) {
        const ssize_t n = read(fd, data + used, room - used);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return qw_fail(err, QW_E_IO, "%s: %s", path, strerror(errno));
        if (n == 0)
            break;
        used += (size_t)n;
        if (used == room)
            return qw_fail(err, QW_E_IO, "%s: larger than %zu bytes, or growing while it is read", path, max);
    }
    data[used] = '\0';
    *out = QW_STEAL(data);
    *len = used;
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One place that records go to. */
#include "destination.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <sys/stat.h>

#define STEP 4096

bool qw_trail_is_stdout(const char *destination)
{
    return strcmp(destination, "-") == 0 || strcmp(destination, "stdout") == 0;
}

static bool is_ours(const struct stat *info)
{
    return info->st_uid == 0 || info->st_uid == geteuid();
}

static int make_folder_of(const char *path)
{
    char folder[PATH_MAX];

    qw_folder_of(path, folder);
    return mkdir(folder, 0700);
}

/* The file, and where its folder is missing that too. A symlink in the file's place is somebody's trap. */
static int open_file(const char *path)
{
    const int flags = O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY;
    const int fd = open(path, flags, 0600);

    if (fd >= 0 || errno != ENOENT || (make_folder_of(path) && errno != EEXIST))
        return fd;
    return open(path, flags, 0600);
}

/*
 * In a folder that others can write, somebody may have put a file of his own there, to read it and change it, or a
 * second name of a file that is none of ours. Elsewhere it is root's will what is there.
 */
static int judge_file(const char *path, const struct stat *file, struct qw_err *err)
{
    char name[PATH_MAX];
    struct stat folder;

    qw_folder_of(path, name);
    if (stat(name, &folder))
        return qw_fail(err, QW_E_IO, "%s: %s", name, strerror(errno));
    if (is_ours(&folder) && !(folder.st_mode & (S_IWGRP | S_IWOTH)))
        return 0;
    if (!is_ours(file))
        return qw_fail(err, QW_E_IO, "%s: it belongs to user %u, and others can write its folder", path,
                       (unsigned)file->st_uid);
    if (S_ISREG(file->st_mode) && file->st_nlink > 1)
        return qw_fail(err, QW_E_IO, "%s: it has another name too, and others can write its folder", path);
    return 0;
}

/* Where the line begins that ends just before `end`; -1 where the file cannot be read. */
static off_t line_start(int fd, off_t end)
{
    char window[STEP];
    off_t upto = end - 1; /* the newline at the end is the line's own */

    while (upto > 0) {
        const off_t from = upto > STEP ? upto - STEP : 0;
        const char *newline;

        if (pread(fd, window, (size_t)(upto - from), from) != upto - from)
            return -1;
        newline = memrchr(window, '\n', (size_t)(upto - from));
        if (newline)
            return from + (newline - window) + 1;
        upto = from;
    }
    return 0;
}

/* The number of the last line that has one, be the line whole or not: it may have been answered. 0: there is none. */
static uint64_t last_seq(int fd, off_t size)
{
    off_t at = size;

    while (at > 0) {
        char head[96];
        ssize_t got;
        uint64_t seq;

        at = line_start(fd, at);
        got = at < 0 ? -1 : pread(fd, head, sizeof(head) - 1, at);
        if (got < 0)
            break;
        head[got] = '\0';
        if (sscanf(head, "{\"time\":\"%*40[^\"]\",\"seq\":%" SCNu64, &seq) == 1)
            return seq;
    }
    return 0;
}

/* Ends a last line that power loss left unfinished. */
static int end_last_line(const struct qw_destination *destination, off_t size, struct qw_err *err)
{
    char last = '\n';

    if (size > 0 && pread(destination->fd, &last, 1, size - 1) != 1)
        return qw_fail(err, QW_E_IO, "%s: %s", destination->name, strerror(errno));
    if (last == '\n')
        return 0;
    if (write(destination->fd, "\n", 1) != 1)
        return qw_fail(err, QW_E_IO, "%s: %s", destination->name, strerror(errno));
    qw_log("%s: its last line was not finished; the record is lost", destination->name);
    return 0;
}

int qw_destination_open(struct qw_destination *destination, const char *name, struct qw_err *err)
{
    struct stat info;

    *destination = (struct qw_destination){.name = strdup(name), .fd = -1};
    if (!destination->name)
        return qw_fail(err, QW_E_NOMEM, "out of memory");
    destination->fd = qw_trail_is_stdout(name) ? STDOUT_FILENO : open_file(name);
    if (destination->fd < 0 || fstat(destination->fd, &info))
        return qw_fail(err, QW_E_IO, "%s: %s", name, errno == ELOOP ? "a link is in its place" : strerror(errno));
    if (destination->fd != STDOUT_FILENO && judge_file(name, &info, err))
        return -1;
    destination->dev = info.st_dev;
    destination->ino = info.st_ino;
    destination->regular = S_ISREG(info.st_mode) && destination->fd != STDOUT_FILENO;
    return 0;
}

int qw_destination_settle(const struct qw_destination *destination, uint64_t *seq, struct qw_err *err)
{
    struct stat info;
    uint64_t last;

    if (!destination->regular)
        return 0;
    if (fstat(destination->fd, &info))
        return qw_fail(err, QW_E_IO, "%s: %s", destination->name, strerror(errno));
    last = last_seq(destination->fd, info.st_size);
    if (last > *seq)
        *seq = last;
    return end_last_line(destination, info.st_size, err);
}

void qw_destination_close(struct qw_destination *destination)
{
    if (destination->fd >= 0 && destination->fd != STDOUT_FILENO)
        close(destination->fd);
    free(destination->name);
    *destination = (struct qw_destination){.fd = -1};
}

/* Takes back the last `taken` bytes. False where somebody wrote after us, or where nothing can be taken back. */
static bool cut(const struct qw_destination *destination, size_t taken)
{
    const off_t end = lseek(destination->fd, 0, SEEK_CUR);
    struct stat info;

    return end >= (off_t)taken && fstat(destination->fd, &info) == 0 && info.st_size == end &&
           ftruncate(destination->fd, end - (off_t)taken) == 0;
}

/* What is left of the parts once `n` bytes of them are gone. */
static void advance(struct iovec **parts, int *count, size_t n)
{
    while (*count && n >= (*parts)->iov_len) {
        n -= (*parts)->iov_len;
        ++*parts;
        --*count;
    }
    if (*count) {
        (*parts)->iov_base = (char *)(*parts)->iov_base + n;
        (*parts)->iov_len -= n;
    }
}

int qw_destination_write(struct qw_destination *destination, const struct iovec *line, int count, struct qw_err *err)
{
    struct iovec copy[QW_LINE_PARTS + 1] = {{(char[]){"\n"}, destination->torn ? 1 : 0}};
    struct iovec *parts = copy;
    size_t taken = 0;
    int left = count + 1;

    memcpy(copy + 1, line, (size_t)count * sizeof(*line));
    advance(&parts, &left, 0);
    while (left) {
        const ssize_t n = writev(destination->fd, parts, left);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            const int why = n < 0 ? errno : EIO;

            if (taken && !cut(destination, taken))
                destination->torn = true;
            return qw_fail(err, QW_E_IO, "%s: %s", destination->name, strerror(why));
        }
        taken += (size_t)n;
        advance(&parts, &left, (size_t)n);
    }
    destination->torn = false;
    return 0;
}

int qw_destination_sync(const struct qw_destination *destination, struct qw_err *err)
{
    if (fdatasync(destination->fd) && errno != EINVAL && errno != EROFS) /* a pipe or a terminal */
        return qw_fail(err, QW_E_IO, "%s: %s", destination->name, strerror(errno));
    return 0;
}

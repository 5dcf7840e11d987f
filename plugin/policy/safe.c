/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who could change the policy? Whoever may write the file, or put another thing in place of any name on the way. */
#include "quaywarden/policy.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

/* As many as Linux follows: path_resolution(7). */
#define LINKS_MAX 40

struct walk {
    const char *file; /* as asked, for messages */
    int folder_fd;    /* where the walk is */
    struct stat folder;
    char rest[PATH_MAX]; /* what is still to be walked */
    int links;
};

static bool is_trusted(const struct stat *st)
{
    return st->st_uid == 0 || st->st_uid == geteuid();
}

static bool is_open(const struct stat *st)
{
    return (st->st_mode & (S_IWGRP | S_IWOTH)) != 0;
}

/* what: the name on the way that it is about, unless that is all of the path. */
static int fail(struct walk *walk, const char *what, struct qw_err *err)
{
    if (strcmp(walk->file, what) == 0)
        return qw_fail(err, QW_E_IO, "%s: %s", walk->file, strerror(errno));
    return qw_fail(err, QW_E_IO, "%s: %s: %s", walk->file, what, strerror(errno));
}

/* In a sticky folder others may make entries, but not replace those of root or this process. */
static int judge_folder(struct walk *walk, const char *name, const struct stat *entry, struct qw_err *err)
{
    const bool sticky = walk->folder.st_mode & S_ISVTX;

    if (!is_trusted(&walk->folder))
        return qw_fail(err, QW_E_IO, "%s: the folder of %s belongs to user %u, who could replace it", walk->file, name,
                       (unsigned)walk->folder.st_uid);
    if (is_open(&walk->folder) && !(sticky && is_trusted(entry)))
        return qw_fail(err, QW_E_IO, "%s: others than root could replace %s in its folder (mode %04o)", walk->file,
                       name, (unsigned)walk->folder.st_mode & 07777);
    return 0;
}

static int judge_file(struct walk *walk, const struct stat *st, struct qw_err *err)
{
    if (!S_ISREG(st->st_mode))
        return qw_fail(err, QW_E_IO, "%s: not a regular file", walk->file);
    if (!is_trusted(st))
        return qw_fail(err, QW_E_IO, "%s: belongs to user %u, who could change it", walk->file, (unsigned)st->st_uid);
    if (is_open(st))
        return qw_fail(err, QW_E_IO, "%s: others than root may write it (mode %04o)", walk->file,
                       (unsigned)st->st_mode & 07777);
    return 0;
}

static int enter(struct walk *walk, const char *name, struct qw_err *err)
{
    const int fd = openat(walk->folder_fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0)
        return fail(walk, name, err);
    qw_fd_drop(&walk->folder_fd);
    walk->folder_fd = fd;
    return fstat(fd, &walk->folder) < 0 ? fail(walk, name, err) : 0;
}

/* Puts a link's target before the rest of the way. */
static int follow(struct walk *walk, const char *name, const char *rest, struct qw_err *err)
{
    char target[PATH_MAX];
    char way[PATH_MAX];
    const ssize_t len = readlinkat(walk->folder_fd, name, target, sizeof(target) - 1);

    if (len < 0)
        return fail(walk, name, err);
    target[len] = '\0';
    errno = ENAMETOOLONG;
    if (snprintf(way, sizeof(way), "%s%s%s", target, *rest ? "/" : "", rest) >= (int)sizeof(way))
        return fail(walk, name, err);
    errno = ELOOP;
    if (++walk->links > LINKS_MAX)
        return fail(walk, name, err);
    memcpy(walk->rest, way, sizeof(way));
    return *target == '/' ? enter(walk, "/", err) : 0;
}

/* One name further. Returns 1 at the end of the way. */
static int step(struct walk *walk, struct qw_err *err)
{
    char name[NAME_MAX + 1];
    const char *start = walk->rest + strspn(walk->rest, "/");
    const size_t len = strcspn(start, "/");
    const char *rest = start + len + strspn(start + len, "/");
    struct stat entry;

    errno = ENAMETOOLONG;
    if (len > NAME_MAX)
        return fail(walk, "a name", err);
    snprintf(name, sizeof(name), "%.*s", (int)len, len ? start : ".");
    if (fstatat(walk->folder_fd, name, &entry, AT_SYMLINK_NOFOLLOW) < 0)
        return fail(walk, name, err);
    if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && judge_folder(walk, name, &entry, err) < 0)
        return -1;
    if (S_ISLNK(entry.st_mode))
        return follow(walk, name, rest, err);
    if (!*rest && !S_ISDIR(entry.st_mode))
        return judge_file(walk, &entry, err) < 0 ? -1 : 1;
    memmove(walk->rest, rest, strlen(rest) + 1);
    if (enter(walk, name, err) < 0)
        return -1;
    return *walk->rest ? 0 : judge_file(walk, &entry, err);
}

int qw_policy_file_is_safe(const char *file, struct qw_err *err)
{
    struct walk walk = {.file = file, .folder_fd = -1};
    char folder[PATH_MAX] = "";
    int result;

    if (*file != '/' && !getcwd(folder, sizeof(folder)))
        return fail(&walk, "the working folder", err);
    errno = ENAMETOOLONG;
    if (snprintf(walk.rest, sizeof(walk.rest), "%s/%s", folder, file) >= (int)sizeof(walk.rest))
        return fail(&walk, "the path", err);
    result = enter(&walk, "/", err);
    while (result == 0)
        result = step(&walk, err);
    qw_fd_drop(&walk.folder_fd);
    return result < 0 ? -1 : 0;
}

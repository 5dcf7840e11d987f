/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files by Landlock. It judges what is opened, made and removed, not what is asked by stat(2) or readlink(2), so that
 * the way of every host path can still be looked at. A rule is about a folder that was there at the start, whatever
 * its name: who swaps a folder of the trail's for a link elsewhere sees the trail refuse to go there.
 */
#include "confine.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/landlock.h>
#include <sys/syscall.h>

/* What is younger than Debian 12's headers. Source: Linux, include/uapi/linux/landlock.h; each with its version. */
#define FS_REFER       (1ULL << 13) /* 2 */
#define FS_TRUNCATE    (1ULL << 14) /* 3 */
#define FS_IOCTL_DEV   (1ULL << 15) /* 5 */
#define NET_BIND       (1ULL << 0)  /* 4 */
#define NET_CONNECT    (1ULL << 1)
#define SCOPE_ABSTRACT (1ULL << 0) /* 6 */
#define SCOPE_SIGNAL   (1ULL << 1)
#define RULE_NET_PORT  2

struct handled {
    uint64_t fs;
    uint64_t net;
    uint64_t scoped;
};

struct net_port {
    uint64_t access;
    uint64_t port;
};

#define READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
/* Below the trail's folders a new policy may name new ones. */
#define APPEND                                                                                                         \
    (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |                      \
     LANDLOCK_ACCESS_FS_MAKE_DIR)
#define OF_FILES (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE)

/* What is read besides the policy, the engine's configuration and front's CA: the host's accounts, by whatever says. */
static const char *const system_folders[] = {
    "/etc",
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/usr/share/zoneinfo",
    "/run/systemd/userdb",
    "/run/userdb",
    "/run/host/userdb",
    "/var/lib/extrausers",
    "/var/lib/sss",
    "/sys/devices/system/cpu", /* how many threads to start */
};

static struct handled handled_by(int version)
{
    /* An abstract socket may be where systemd wants to be told. */
    const char *notify = getenv("NOTIFY_SOCKET");
    struct handled handled = {.fs = FS_REFER - 1};

    if (version >= 2)
        handled.fs |= FS_REFER;
    if (version >= 3)
        handled.fs |= FS_TRUNCATE;
    if (version >= 4)
        handled.net = NET_BIND | NET_CONNECT;
    if (version >= 5)
        handled.fs |= FS_IOCTL_DEV;
    if (version >= 6)
        handled.scoped = notify && *notify == '@' ? SCOPE_SIGNAL : SCOPE_SIGNAL | SCOPE_ABSTRACT;
    return handled;
}

/* What is not there is not permitted either, when it comes to be. */
static int permit(int ruleset, const char *path, uint64_t access, struct qw_err *err)
{
    QW_AUTO(fd) int fd = open(path, O_PATH | O_CLOEXEC);
    struct landlock_path_beneath_attr rule = {.allowed_access = access, .parent_fd = fd};
    struct stat info;

    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == EACCES))
        return 0;
    if (fd < 0 || fstat(fd, &info))
        return qw_fail(err, QW_E_IO, "%s: %s", path, strerror(errno));
    if (!S_ISDIR(info.st_mode))
        rule.allowed_access &= OF_FILES;
    if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0))
        return qw_fail(err, QW_E_IO, "Landlock, %s: %s", path, strerror(errno));
    return 0;
}

static int permit_folder_of(int ruleset, const char *path, uint64_t access, struct qw_err *err)
{
    char folder[PATH_MAX];

    qw_folder_of(path, folder);
    return permit(ruleset, folder, access, err);
}

/* The folder that names it and the folder in which it is: either may get another file of the name. */
static int permit_reading(int ruleset, const char *path, struct qw_err *err)
{
    char target[PATH_MAX];

    if (!path)
        return 0;
    if (permit_folder_of(ruleset, path, READ, err))
        return -1;
    return realpath(path, target) ? permit_folder_of(ruleset, target, READ, err) : 0;
}

/* A device or a pipe is written itself; of files, rotation makes new ones. */
static int permit_trail(int ruleset, const char *path, struct qw_err *err)
{
    struct stat info;

    if (qw_trail_is_stdout(path))
        return 0;
    if (lstat(path, &info) == 0 && !S_ISREG(info.st_mode))
        return permit(ruleset, path, APPEND, err);
    return permit_folder_of(ruleset, path, APPEND, err);
}

/* Of /proc's files only the root stays the same one: what is mounted is read below it, on behalf of a request. */
static int permit_system(int ruleset, struct qw_err *err)
{
    for (size_t i = 0; i < QW_COUNT(system_folders); i++)
        if (permit(ruleset, system_folders[i], READ, err))
            return -1;
    return permit(ruleset, "/proc", LANDLOCK_ACCESS_FS_READ_FILE, err);
}

static int permit_port(int ruleset, unsigned port, struct qw_err *err)
{
    const struct net_port rule = {NET_CONNECT, port};

    if (!port || !syscall(SYS_landlock_add_rule, ruleset, RULE_NET_PORT, &rule, 0))
        return 0;
    return qw_fail(err, QW_E_IO, "Landlock, port %u: %s", port, strerror(errno));
}

static int permit_all(int ruleset, const struct qw_server_options *options, const struct qw_policy *policy,
                      const struct qw_listener *listener, struct qw_err *err)
{
    size_t count;
    const char *const *destinations = qw_destinations(options, policy, &count);

    if (permit_system(ruleset, err))
        return -1;
    for (size_t i = 0; i < count; i++)
        if (permit_trail(ruleset, destinations[i], err))
            return -1;
    if (!listener->inherited && permit_folder_of(ruleset, listener->path, LANDLOCK_ACCESS_FS_REMOVE_FILE, err))
        return -1;
    for (const struct qw_named_file *file = policy->files; file; file = file->next)
        if (permit_reading(ruleset, file->path, err))
            return -1;
    return permit_reading(ruleset, options->policy, err) || permit_reading(ruleset, options->engine_config, err) ||
                   permit_reading(ruleset, options->front_ca, err)
               ? -1
               : 0;
}

int qw_confine_files(const struct qw_server_options *options, const struct qw_policy *policy,
                     const struct qw_listener *listener, int *version, struct qw_err *err)
{
    const long known = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    struct handled handled = handled_by((int)known);
    QW_AUTO(fd) int ruleset = -1;

    *version = known < 0 ? 0 : (int)known; /* not built in, or not turned on */
    if (!*version)
        return 0;
    ruleset = (int)syscall(SYS_landlock_create_ruleset, &handled, sizeof(handled), 0);
    if (ruleset < 0)
        return qw_fail(err, QW_E_IO, "Landlock: %s", strerror(errno));
    if (permit_all(ruleset, options, policy, listener, err) ||
        (handled.net && permit_port(ruleset, qw_confine_port(options), err)))
        return -1;
    return syscall(SYS_landlock_restrict_self, ruleset, 0) ? qw_fail(err, QW_E_IO, "Landlock: %s", strerror(errno)) : 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The listening socket. */
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>

#define TYPE (SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK)

/* The socket's folder and what is missing above it, as the engine makes its own: 0755, not writable by others. */
static int make_folders(const struct sockaddr_un *address, struct qw_err *err)
{
    char folder[sizeof(address->sun_path)];

    memcpy(folder, address->sun_path, sizeof(folder));
    for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(folder, 0755) && errno != EEXIST)
            return qw_fail(err, QW_E_IO, "%s: %s", folder, strerror(errno));
        *slash = '/';
    }
    return 0;
}

/*
 * Two servers that start at once must not both find the same stale socket: the second would remove the first's. The
 * lock is a file of its own, since anybody may lock a folder that he can read. Who held the lock before removed it
 * before letting go, so a file without a name is no lock.
 */
static int take_lock(const char *path, struct qw_err *err)
{
    for (;;) {
        const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        struct stat info;

        if (fd < 0 || flock(fd, LOCK_EX) || fstat(fd, &info)) {
            qw_fail(err, QW_E_IO, "%s: %s", path, strerror(errno));
            qw_fd_drop(&(int){fd});
            return -1;
        }
        if (info.st_nlink)
            return fd;
        close(fd);
    }
}

/* Removes a socket on which nobody listens; fails for anything else that is there. */
static int clear_stale(const char *path, const struct sockaddr_un *address, struct qw_err *err)
{
    QW_AUTO(fd) int probe = -1;
    struct stat info;

    if (lstat(path, &info))
        return errno == ENOENT ? 0 : qw_fail(err, QW_E_IO, "%s: %s", path, strerror(errno));
    if (!S_ISSOCK(info.st_mode))
        return qw_fail(err, QW_E_IO, "%s: something other than a socket is there", path);
    probe = socket(AF_UNIX, TYPE, 0);
    if (probe < 0)
        return qw_fail(err, QW_E_IO, "%s: %s", path, strerror(errno));
    if (connect(probe, (const struct sockaddr *)address, sizeof(*address)) == 0 || errno == EAGAIN)
        return qw_fail(err, QW_E_BUSY, "%s: another server is listening there", path);
    if (errno != ECONNREFUSED)
        return qw_fail(err, QW_E_IO, "%s: %s", path, strerror(errno));
    if (unlink(path) && errno != ENOENT)
        return qw_fail(err, QW_E_IO, "%s: %s", path, strerror(errno));
    return 0;
}

/* Under the lock. The mode is the socket's from its first moment. */
static int bind_and_listen(const struct sockaddr_un *address, struct qw_listener *out, struct qw_err *err)
{
    struct stat info;
    mode_t before;
    int bound;

    out->fd = socket(AF_UNIX, TYPE, 0);
    if (out->fd < 0)
        return qw_fail(err, QW_E_IO, "%s: %s", out->path, strerror(errno));
    before = umask(0177);
    bound = bind(out->fd, (const struct sockaddr *)address, sizeof(*address));
    umask(before);
    if (bound || listen(out->fd, SOMAXCONN) || lstat(out->path, &info))
        return qw_fail(err, QW_E_IO, "%s: %s", out->path, strerror(errno));
    out->dev = info.st_dev;
    out->ino = info.st_ino;
    return 0;
}

static int open_at(const char *path, struct qw_listener *out, struct qw_err *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    QW_AUTO(heap) char *lock_path = NULL;
    QW_AUTO(fd) int lock = -1;
    int result;

    if (strlen(path) >= sizeof(address.sun_path))
        return qw_fail(err, QW_E_IO, "%s: longer than a socket's path may be", path);
    memcpy(address.sun_path, path, strlen(path));
    out->path = strdup(path);
    if (!out->path || asprintf(&lock_path, "%s.lock", path) < 0)
        return qw_fail(err, QW_E_NOMEM, "out of memory");
    if (make_folders(&address, err))
        return -1;
    lock = take_lock(lock_path, err);
    if (lock < 0)
        return -1;
    result = clear_stale(path, &address, err) ? -1 : bind_and_listen(&address, out, err);
    unlink(lock_path);
    return result;
}

static int adopt(int count, struct qw_listener *out, struct qw_err *err)
{
    struct sockaddr_un address = {0};
    socklen_t len = sizeof(address) - 1;
    const int fd = SD_LISTEN_FDS_START;

    if (count != 1 || sd_is_socket_unix(fd, SOCK_STREAM, 1, NULL, 0) <= 0)
        return qw_fail(err, QW_E_IO, "systemd is to hand over one listening unix stream socket");
    if (fcntl(fd, F_SETFL, O_NONBLOCK) || getsockname(fd, (struct sockaddr *)&address, &len))
        return qw_fail(err, QW_E_IO, "systemd's socket: %s", strerror(errno));
    out->fd = fd;
    out->inherited = true;
    if (address.sun_path[0]) {
        out->path = strdup(address.sun_path);
        if (!out->path)
            return qw_fail(err, QW_E_NOMEM, "out of memory");
    }
    return 0;
}

int qw_listener_open(const char *path, struct qw_listener *out, struct qw_err *err)
{
    const int handed_over = sd_listen_fds(1);

    *out = (struct qw_listener){.fd = -1};
    if (handed_over < 0)
        return qw_fail(err, QW_E_IO, "systemd's sockets: %s", strerror(-handed_over));
    return handed_over ? adopt(handed_over, out, err) : open_at(path, out, err);
}

void qw_listener_unlink(const struct qw_listener *listener)
{
    struct stat info;

    if (listener->fd >= 0 && !listener->inherited && lstat(listener->path, &info) == 0 &&
        info.st_dev == listener->dev && info.st_ino == listener->ino)
        unlink(listener->path);
}

void qw_listener_close(struct qw_listener *listener)
{
    if (listener->fd >= 0)
        close(listener->fd);
    free(listener->path);
    *listener = (struct qw_listener){.fd = -1};
}

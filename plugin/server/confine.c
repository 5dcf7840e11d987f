/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whoever finds a hole in the readers of requests has this process. It asks the engine, which is root, so it is worth
 * having; what it could do besides is taken from it here, once all is open and before anything is read from a peer.
 */
#include "confine.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

/*
 * A sanitizer reads all of /proc, starts a symbolizer and stops the other threads by ptrace(2) when it has something to
 * report: it would be silenced. Such a build is for tests and says what it is.
 */
#ifdef QW_SANITIZED
#define SANITIZED true
#else
#define SANITIZED false
#endif

/* ---- memory ---- */

/* Requests hold environments, registry credentials, secrets: no core dump, and no debugger of the same user. */
static int keep_memory_private(struct qw_err *err)
{
    const struct rlimit none = {0, 0};
    struct rlimit limit;

    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
        return qw_fail(err, QW_E_IO, "prctl: %s", strerror(errno));
    if (getrlimit(RLIMIT_CORE, &limit) == 0 && !limit.rlim_cur && !limit.rlim_max)
        return 0; /* systemd's filter has no setrlimit */
    return setrlimit(RLIMIT_CORE, &none) ? qw_fail(err, QW_E_IO, "the limit of core dumps: %s", strerror(errno)) : 0;
}

/* ---- capabilities ---- */

#define LOOK     (1ULL << CAP_DAC_READ_SEARCH) /* host paths lead through folders that only their users may search */
#define OVERRIDE (1ULL << CAP_DAC_OVERRIDE)

struct powers {
    uint64_t permitted;
    uint64_t effective;
};

static int get_powers(struct powers *out, struct qw_err *err)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{0}};

    if (syscall(SYS_capget, &header, data))
        return qw_fail(err, QW_E_IO, "capget: %s", strerror(errno));
    out->permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
    out->effective = data[0].effective | (uint64_t)data[1].effective << 32;
    return 0;
}

/* With none to inherit, the ambient ones go too. */
static int set_powers(const struct powers *powers, struct qw_err *err)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    const struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {
        {.permitted = (uint32_t)powers->permitted, .effective = (uint32_t)powers->effective},
        {.permitted = (uint32_t)(powers->permitted >> 32), .effective = (uint32_t)(powers->effective >> 32)},
    };

    return syscall(SYS_capset, &header, data) ? qw_fail(err, QW_E_IO, "capset: %s", strerror(errno)) : 0;
}

/* Could the trail's files be made and opened anew, after a rotation, with what powers are in effect? */
static bool can_rotate(const struct qw_server_options *options, const struct qw_policy *policy)
{
    size_t count;
    const char *const *destinations = qw_destinations(options, policy, &count);
    char folder[PATH_MAX];

    for (size_t i = 0; i < count; i++) {
        if (qw_trail_is_stdout(destinations[i]))
            continue;
        qw_folder_of(destinations[i], folder);
        if (faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) ||
            faccessat(AT_FDCWD, destinations[i], R_OK | W_OK, AT_EACCESS))
            return false;
    }
    return true;
}

/* A trail that is somebody else's, or its folder, can be opened only by who may write anywhere: that power stays. */
static int shed_powers(const struct qw_server_options *options, const struct qw_policy *policy, struct powers *left,
                       struct qw_err *err)
{
    struct powers at_start = {0};

    if (get_powers(&at_start, err))
        return -1;
    *left = (struct powers){at_start.permitted, at_start.permitted & LOOK};
    if (left->permitted == left->effective && at_start.effective == left->effective)
        return 0; /* systemd's filter has no capset */
    if (set_powers(left, err))
        return -1;
    left->permitted &= can_rotate(options, policy) ? LOOK : LOOK | OVERRIDE;
    left->effective = left->permitted;
    return set_powers(left, err);
}

/* ---- all of it ---- */

unsigned qw_confine_port(const struct qw_server_options *options)
{
    const bool is_path = !options->engine || *options->engine == '/' || strncmp(options->engine, "unix:", 5) == 0;
    const char *colon = is_path ? NULL : strrchr(options->engine, ':');
    int64_t port;

    return colon && qw_bytes_to_int(qw_bytes_of(colon + 1), &port) && port > 0 && port <= UINT16_MAX ? (unsigned)port
                                                                                                     : 0;
}

static const char *powers_text(const struct powers *powers)
{
    if (powers->permitted & OVERRIDE)
        return "dac_read_search and, for a trail that another user has, dac_override";
    return powers->permitted & LOOK ? "dac_read_search" : "none";
}

int qw_confine(const struct qw_server_options *options, const struct qw_policy *policy,
               const struct qw_listener *listener, struct qw_err *err)
{
    struct powers left;
    bool filtered;
    int version;

    if (SANITIZED) {
        qw_log("not confined: this program was built to be tested, with a sanitizer");
        return 0;
    }
    if (keep_memory_private(err) || shed_powers(options, policy, &left, err))
        return -1;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        return qw_fail(err, QW_E_IO, "no-new-privileges: %s", strerror(errno));
    if (qw_confine_files(options, policy, listener, &version, err) || qw_confine_calls(options, &filtered, err))
        return -1;
    qw_log("confined: capabilities: %s; files: %s; system calls: %s", powers_text(&left),
           version ? "by Landlock" : "all, as there is no Landlock here",
           filtered ? "by seccomp" : "all, as there is no seccomp here");
    return 0;
}

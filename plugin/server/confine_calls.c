/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The system calls that serving needs. What is not listed fails with ENOSYS, as on a kernel that does not have it: the
 * C library falls back then, and a call that a newer one or a name service makes does not end the plugin, without
 * which the engine refuses every request. What only an intruder would call ends the process at once: he gets one try.
 *
 * Taken from what the server was seen to call under its tests, and from what glibc calls in the same places on x86_64
 * and on arm64, which has not got the older half of them.
 */
#include "confine.h"

#include <errno.h>
#include <netinet/in.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#define CALL(name) SCMP_SYS(name)

/* clang-format off */
static const int allowed[] = {
    /* connections, the engine's and to the engine; sd_notify; a name service's socket */
    CALL(accept4), CALL(connect), CALL(shutdown), CALL(getsockname), CALL(getpeername), CALL(getsockopt),
    CALL(recvfrom), CALL(recvmsg), CALL(sendto), CALL(sendmsg),
    CALL(epoll_create1), CALL(epoll_ctl), CALL(epoll_wait), CALL(epoll_pwait), CALL(epoll_pwait2), CALL(eventfd2),
    CALL(poll), CALL(ppoll), CALL(pipe2),
    /* files: the policy, the trail, the way of a host path */
    CALL(read), CALL(pread64), CALL(write), CALL(writev), CALL(sendfile), CALL(lseek), CALL(close),
    CALL(open), CALL(openat), CALL(stat), CALL(lstat), CALL(fstat), CALL(newfstatat), CALL(statx),
    CALL(readlink), CALL(readlinkat), CALL(access), CALL(faccessat), CALL(faccessat2), CALL(getcwd),
    CALL(getdents64), CALL(fcntl), CALL(fdatasync), CALL(ftruncate), CALL(mkdir),
    CALL(mkdirat), CALL(unlink), CALL(unlinkat),
    /* memory; mmap and mprotect are below */
    CALL(brk), CALL(munmap), CALL(mremap), CALL(madvise),
    /* threads and their locks */
    CALL(futex), CALL(set_robust_list), CALL(rseq), CALL(sched_yield), CALL(sched_getaffinity), CALL(exit),
    CALL(exit_group), CALL(gettid),
    /* signals */
    CALL(rt_sigaction), CALL(rt_sigprocmask), CALL(rt_sigreturn), CALL(sigaltstack), CALL(restart_syscall),
    /* time, where the vDSO has no clock to read */
    CALL(clock_gettime), CALL(clock_getres), CALL(clock_nanosleep), CALL(nanosleep), CALL(gettimeofday), CALL(time),
    /* who and where we are */
    CALL(getpid), CALL(getuid), CALL(geteuid), CALL(getgid), CALL(getegid), CALL(getrandom), CALL(uname),
    CALL(sysinfo), CALL(getrlimit),
};

static const int fatal[] = {
    /* another program, another process's memory or descriptors */
    CALL(execve), CALL(execveat), CALL(fork), CALL(vfork), CALL(ptrace), CALL(process_vm_readv),
    CALL(process_vm_writev), CALL(process_madvise), CALL(pidfd_getfd), CALL(kcmp),
    /* another user, more powers, another view of the system */
    CALL(setuid), CALL(setgid), CALL(setreuid), CALL(setregid), CALL(setresuid), CALL(setresgid), CALL(setgroups),
    CALL(setfsuid), CALL(setfsgid), CALL(capset), CALL(unshare), CALL(setns), CALL(chroot), CALL(pivot_root),
    CALL(mount), CALL(umount2), CALL(move_mount), CALL(open_tree), CALL(fsopen), CALL(fsconfig), CALL(fsmount),
    CALL(fspick), CALL(mount_setattr), CALL(mknod), CALL(mknodat), CALL(personality),
    /* files by their handles: with CAP_DAC_READ_SEARCH, any file of the host */
    CALL(open_by_handle_at),
    /* the kernel, and what gets round filters like this one */
    CALL(init_module), CALL(finit_module), CALL(delete_module), CALL(kexec_load), CALL(kexec_file_load), CALL(bpf),
    CALL(perf_event_open), CALL(userfaultfd), CALL(io_uring_setup), CALL(io_uring_enter), CALL(io_uring_register),
    CALL(add_key), CALL(request_key), CALL(keyctl), CALL(reboot), CALL(swapon), CALL(swapoff), CALL(acct),
    CALL(quotactl), CALL(iopl), CALL(ioperm), CALL(modify_ldt), CALL(settimeofday), CALL(clock_settime),
    CALL(syslog),
};
/* clang-format on */

/* Calls that are allowed with some arguments: each row is one way. `mask` of argument `at` has to be `value`. */
struct way {
    int call;
    unsigned at;
    uint64_t mask;
    uint64_t value;
};

#define ALL_BITS UINT64_MAX
/* No thread is made in new namespaces, and no process at all. clone3 hides its flags: it is not there. */
#define CLONE_KINDS                                                                                                    \
    ((uint64_t)(CLONE_THREAD | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |              \
                CLONE_NEWNET | CLONE_NEWCGROUP))

static const struct way ways[] = {
    {CALL(clone), 0, CLONE_KINDS, CLONE_THREAD},
    /* Memory is written or executed, never both; only a library that is loaded late is executed. */
    {CALL(mmap), 2, PROT_EXEC, 0},
    {CALL(mmap), 2, PROT_WRITE, 0},
    {CALL(mprotect), 2, PROT_EXEC, 0},
    {CALL(socket), 0, ALL_BITS, AF_UNIX},
    {CALL(ioctl), 1, ALL_BITS, FIONREAD},
    {CALL(ioctl), 1, ALL_BITS, TCGETS}, /* is it a terminal? */
    {CALL(prctl), 0, ALL_BITS, PR_SET_NAME},
    {CALL(prlimit64), 2, ALL_BITS, 0}, /* reads one */
};

/*
 * libmicrohttpd sets TCP options with each answer, and logs that it cannot, until an error tells it that a socket is
 * none of TCP's: it knows ENOPROTOOPT as that, and not the EOPNOTSUPP that a unix socket gives.
 */
static int add_socket_options(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp tcp = {1, SCMP_CMP_EQ, IPPROTO_TCP, 0};
    const struct scmp_arg_cmp other = {1, SCMP_CMP_NE, IPPROTO_TCP, 0};
    const int result = seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(ENOPROTOOPT), CALL(setsockopt), 1, &tcp);

    return result ? result : seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, CALL(setsockopt), 1, &other);
}

/* Without the calls that this architecture has not got, whose numbers are negative. */
static int add_calls(scmp_filter_ctx filter, uint32_t action, const int *calls, size_t count)
{
    int result = 0;

    for (size_t i = 0; i < count && !result; i++)
        if (calls[i] >= 0)
            result = seccomp_rule_add(filter, action, calls[i], 0);
    return result;
}

static int add_way(scmp_filter_ctx filter, const struct way *way)
{
    const struct scmp_arg_cmp compare = {way->at, SCMP_CMP_MASKED_EQ, way->mask, way->value};

    return way->call < 0 ? 0 : seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, way->call, 1, &compare);
}

static int add_ways(scmp_filter_ctx filter, const struct qw_server_options *options)
{
    const struct way own[] = {
        {CALL(tgkill), 0, ALL_BITS, (uint64_t)getpid()}, /* abort(3) */
        {CALL(socket), 0, ALL_BITS, AF_INET},
        {CALL(socket), 0, ALL_BITS, AF_INET6},
    };
    const size_t own_count = qw_confine_port(options) ? QW_COUNT(own) : 1;
    int result = 0;

    for (size_t i = 0; i < QW_COUNT(ways) && !result; i++)
        result = add_way(filter, &ways[i]);
    for (size_t i = 0; i < own_count && !result; i++)
        result = add_way(filter, &own[i]);
    return result;
}

/* libseccomp kills who calls by another architecture's numbers; but one thread, where this is not said. */
static int put_in_force(scmp_filter_ctx filter, const struct qw_server_options *options)
{
    int result = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);

    if (!result)
        result = add_calls(filter, SCMP_ACT_ALLOW, allowed, QW_COUNT(allowed));
    if (!result)
        result = add_calls(filter, SCMP_ACT_KILL_PROCESS, fatal, QW_COUNT(fatal));
    if (!result)
        result = add_ways(filter, options);
    if (!result)
        result = add_socket_options(filter);
    return result ? result : seccomp_load(filter);
}

int qw_confine_calls(const struct qw_server_options *options, bool *filtered, struct qw_err *err)
{
    scmp_filter_ctx filter;
    int result;

    *filtered = prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0;
    if (!*filtered)
        return 0;
    filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
    if (!filter)
        return qw_fail(err, QW_E_NOMEM, "out of memory");
    result = put_in_force(filter, options);
    seccomp_release(filter);
    return result ? qw_fail(err, QW_E_IO, "the filter of system calls: %s", strerror(-result)) : 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The names of Linux capabilities, in the kernel's order, and how the engine reads them.
 * Source: linux/capability.h (6.x, CAP_LAST_CAP 40); moby oci/caps/utils.go and defaults.go, 20.10 to 28.5.
 */
#include "quaywarden/rules.h"

/* clang-format off */
#define CAPABILITIES(X) \
    X(CHOWN) X(DAC_OVERRIDE) X(DAC_READ_SEARCH) X(FOWNER) X(FSETID) X(KILL) X(SETGID) X(SETUID) X(SETPCAP) \
    X(LINUX_IMMUTABLE) X(NET_BIND_SERVICE) X(NET_BROADCAST) X(NET_ADMIN) X(NET_RAW) X(IPC_LOCK) X(IPC_OWNER) \
    X(SYS_MODULE) X(SYS_RAWIO) X(SYS_CHROOT) X(SYS_PTRACE) X(SYS_PACCT) X(SYS_ADMIN) X(SYS_BOOT) X(SYS_NICE) \
    X(SYS_RESOURCE) X(SYS_TIME) X(SYS_TTY_CONFIG) X(MKNOD) X(LEASE) X(AUDIT_WRITE) X(AUDIT_CONTROL) X(SETFCAP) \
    X(MAC_OVERRIDE) X(MAC_ADMIN) X(SYSLOG) X(WAKE_ALARM) X(BLOCK_SUSPEND) X(AUDIT_READ) X(PERFMON) X(BPF) \
    X(CHECKPOINT_RESTORE)
/* clang-format on */

#define NUMBER(name) CAP_##name,
#define NAME(name)   #name,
#define WORD(name)   " " #name

enum { CAPABILITIES(NUMBER) CAP_COUNT };
_Static_assert(CAP_COUNT == QW_CAPABILITY_COUNT, "the header says how many there are");

const char *const qw_capability_names[QW_CAPABILITY_COUNT] = {CAPABILITIES(NAME)};
const char qw_capability_words[] = "default ALL" CAPABILITIES(WORD);

static const unsigned char defaults[] = {
    CAP_AUDIT_WRITE,      CAP_CHOWN,   CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_FSETID,  CAP_KILL,   CAP_MKNOD,
    CAP_NET_BIND_SERVICE, CAP_NET_RAW, CAP_SETFCAP,      CAP_SETGID, CAP_SETPCAP, CAP_SETUID, CAP_SYS_CHROOT,
};

uint64_t qw_capability_default(void)
{
    uint64_t set = 0;

    for (size_t i = 0; i < QW_COUNT(defaults); i++)
        set |= UINT64_C(1) << defaults[i];
    return set;
}

int qw_capability_find(struct qw_bytes name)
{
    if (qw_bytes_is_nocase(name, "ALL"))
        return QW_CAPABILITY_ALL;
    if (name.len > 4 && qw_bytes_is_nocase((struct qw_bytes){name.data, 4}, "CAP_"))
        name = qw_bytes_from(name, 4);
    for (int i = 0; i < QW_CAPABILITY_COUNT; i++) {
        if (qw_bytes_is_nocase(name, qw_capability_names[i]))
            return i;
    }
    return -1;
}

# SPDX-License-Identifier: GPL-3.0-or-later
"""Privileged mode and capabilities: of containers, and of commands in them."""

from rig.effect import answers_match, capable, prints
from rig.row import NEW, attack, execute, run

TITLE = "Privileged mode and capabilities"

CAPS = "grep CapEff /proc/self/status"
NET_ADMIN, SYS_MODULE, SYS_RAWIO, SYS_PTRACE, SYS_ADMIN, SYS_BOOT, SYSLOG = 12, 16, 17, 19, 21, 22, 34
DAC_READ_SEARCH, SYS_TIME, BPF, PERFMON = 2, 25, 39, 38


def added(name, gives, number):
    return attack(f"cap-{name.lower().replace('_', '-')}", gives, run({"CapAdd": [name]}, CAPS), capable(number),
                  "capabilities")


# Engines up to 20.10 ask for all capabilities that there are, and fail where the machine itself has not all of them.

ATTACKS = [
    attack("privileged", "every capability, every device and no seccomp filter: the host",
           run({"Privileged": True}, CAPS), capable(SYS_ADMIN, SYS_MODULE, SYS_RAWIO), "privileged",
           engines=NEW),
    attack("privileged-mount", "a file system of the host's kernel, mounted from inside",
           run({"Privileged": True}, "mkdir /k && mount -t sysfs none /k && ls /k/kernel"), prints("uevent"),
           "privileged", engines=NEW),
    attack("privileged-devices", "the host's devices",
           run({"Privileged": True}, "ls /dev"), prints("kmsg"), "privileged", engines=NEW),
    attack("privileged-exec", "every capability in a container that was harmless",
           execute(CAPS, "web", Privileged=True), answers_match("CapEff:\\s*[0-9a-f]{8}f"), "privileged",
           engines=NEW),
    attack("privileged-exec-tty", "the same with a terminal",
           execute(CAPS, "web", Privileged=True, Tty=True), answers_match("CapEff:\\s*[0-9a-f]{8}f"), "privileged",
           engines=NEW),
    attack("privileged-exec-as-user", "the same beside the name of an unprivileged user",
           execute("id -u; grep CapBnd /proc/self/status", "web", Privileged=True, User="1000"),
           answers_match("CapBnd:\\s*[0-9a-f]{8}f"), "privileged",
           engines=NEW),
    added("SYS_ADMIN", "mounts, namespaces and most of what root can do", SYS_ADMIN),
    added("SYS_MODULE", "code in the host's kernel", SYS_MODULE),
    added("SYS_PTRACE", "the memory of other processes", SYS_PTRACE),
    added("SYS_RAWIO", "ports and memory of the machine", SYS_RAWIO),
    added("SYS_BOOT", "another kernel by kexec", SYS_BOOT),
    added("SYS_TIME", "the host's clock", SYS_TIME),
    added("SYSLOG", "the kernel's log and its addresses", SYSLOG),
    added("NET_ADMIN", "addresses, routes and filters of its network", NET_ADMIN),
    added("DAC_READ_SEARCH", "files of the host by their handles", DAC_READ_SEARCH),
    attack("cap-all", "every capability", run({"CapAdd": ["ALL"]}, CAPS), capable(SYS_ADMIN, SYS_MODULE),
           "capabilities", engines=NEW),
    attack("cap-all-lower-case", "every capability, in a spelling that the engine takes too",
           run({"CapAdd": ["all"]}, CAPS), capable(SYS_ADMIN, SYS_MODULE), "capabilities", engines=NEW),
    attack("cap-lower-case", "the capability in lower case", run({"CapAdd": ["sys_admin"]}, CAPS), capable(SYS_ADMIN),
           "capabilities"),
    attack("cap-with-prefix", "the capability with its prefix", run({"CapAdd": ["CAP_SYS_ADMIN"]}, CAPS),
           capable(SYS_ADMIN), "capabilities"),
    attack("cap-mixed-case", "the capability in capitals and others", run({"CapAdd": ["cAp_Sys_aDmin"]}, CAPS),
           capable(SYS_ADMIN), "capabilities"),
    attack("cap-as-a-word", "the capability as text where a list is expected",
           run({"CapAdd": "SYS_ADMIN"}, CAPS), capable(SYS_ADMIN), "capabilities"),
    attack("cap-behind-others", "the capability at the end of a list of harmless ones",
           run({"CapAdd": ["CHOWN", "FOWNER", "SETUID", "SYS_ADMIN"]}, CAPS), capable(SYS_ADMIN), "capabilities"),
    attack("cap-with-all-dropped", "one capability where all are said to be dropped",
           run({"CapAdd": ["SYS_PTRACE"], "CapDrop": ["ALL"]}, CAPS), capable(SYS_PTRACE), "capabilities"),
    attack("cap-all-but-one", "all capabilities but a harmless one",
           run({"CapAdd": ["ALL"], "CapDrop": ["CHOWN"]}, CAPS), capable(SYS_ADMIN), "capabilities", engines=NEW),
    attack("cap-new", "programs in the host's kernel", run({"CapAdd": ["BPF", "PERFMON"]}, CAPS), capable(BPF, PERFMON),
           "capabilities", engines=NEW),
]

# SPDX-License-Identifier: GPL-3.0-or-later
"""The host's namespaces, by each field and route that names one."""

from rig.effect import joins, prints, stored
from rig.row import NEW, attack, create, learn, run, run_text

TITLE = "Namespaces of the host"


LINK = "readlink /proc/self/ns/"

ATTACKS = [
    attack("host-network", "the host's interfaces and whatever listens on its loopback",
           run({"NetworkMode": "host"}, LINK + "net"), joins("net"), "host-namespaces"),
    attack("host-network-by-endpoint", "the host's network by an endpoint beside a harmless mode",
           run_text('{"Image":"busybox:1","Cmd":["readlink","/proc/self/ns/net"],'
                    '"NetworkingConfig":{"EndpointsConfig":{"host":{}}},"HostConfig":{"NetworkMode":"host"}}'),
           joins("net"), "host-namespaces"),
    attack("host-pid", "signals to every process of the host, and a way into its root by /proc/1/root",
           run({"PidMode": "host"}, LINK + "pid"), joins("pid"), "host-namespaces"),
    attack("host-pid-processes", "the command lines of the host's processes",
           run({"PidMode": "host"}, "tr '\\0' ' ' </proc/$PID/cmdline"), prints("dockerd"), "host-namespaces"),
    attack("host-ipc", "the shared memory and semaphores of the host",
           run({"IpcMode": "host"}, LINK + "ipc"), joins("ipc"), "host-namespaces"),
    attack("host-uts", "the host's name, which some authenticate by, to be changed with one capability more",
           run({"UTSMode": "host"}, LINK + "uts"), joins("uts"), "host-namespaces"),
    attack("host-cgroup", "the whole tree of control groups, where the container had only its own part",
           run({"CgroupnsMode": "host"}, LINK + "cgroup"), joins("cgroup"), "host-namespaces"),
    attack("host-user", "user ids of the host where the engine maps them",
           (create({"UsernsMode": "host"}),), stored("HostConfig.UsernsMode", "host"), "host-namespaces"),
    attack("all-at-once", "every namespace of the host",
           run({"NetworkMode": "host", "PidMode": "host", "IpcMode": "host", "UTSMode": "host", "CgroupnsMode": "host"},
               LINK + "net; " + LINK + "pid"), joins("pid"), "host-namespaces"),
    attack("host-pid-kill", "a process of the host ended from inside a container",
           run({"PidMode": "host"}, "kill -9 $VICTIM && echo killed"), prints("killed"), "host-namespaces",
           setup=(learn("$VICTIM", lambda world, names: world.victim()),)),
    attack("host-pid-environment", "what the host's processes have in their environment",
           run({"PidMode": "host", "CapAdd": ["SYS_PTRACE"]}, "cat /proc/$PID/environ | tr '\\0' '\\n'"),
           prints("HOME="), "host-namespaces capabilities"),
    attack("host-pid-root", "the host's files through the root of its first process",
           run({"PidMode": "host", "CapAdd": ["SYS_PTRACE"]}, "cat /proc/1/root$HOST/secret"), prints("$SECRET"),
           "host-namespaces capabilities"),
    attack("nsenter", "a shell in all namespaces of the host's first process",
           run({"PidMode": "host", "Privileged": True}, "nsenter -t 1 -m cat $HOST/secret"), prints("$SECRET"),
           "host-namespaces privileged", engines=NEW),
    attack("folded-network", "the host's network by a mode's key in other letters",
           run({"NetworkMode": None, "networkMODE": "host"}, LINK + "net"), joins("net"), "ambiguous"),
]

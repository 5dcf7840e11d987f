# SPDX-License-Identifier: GPL-3.0-or-later
"""What the kernel guards a container by: seccomp, masked paths, devices, settings, control groups, its runtime."""

from rig.effect import in_cgroup, matches, prints, stored, traced
from rig.row import NEW, Call, attack, create, run, run_text, running

TITLE = "Guards of the kernel and devices"

STATUS = "grep -E 'Seccomp:|NoNewPrivs:' /proc/self/status"
UNSHARE = "unshare -U true && echo unshared"
REWRITE = "v=$(cat /proc/sys/kernel/core_pattern) && echo \"$v\" >/proc/sys/kernel/core_pattern && echo written"
ALLOW_ALL = '{"defaultAction":"SCMP_ACT_ALLOW"}'
ALLOW_SOME = ('{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["swapoff"],"action":"SCMP_ACT_ERRNO"}]}')
KMSG = {"PathOnHost": "/dev/kmsg", "PathInContainer": "/dev/mine", "CgroupPermissions": "rwm"}
OPEN = ": >/dev/mine && echo opened"
NODE = "mknod /mine c 1 11 && : >/mine && echo opened"


def option(name, gives, text, cmd, effect, **more):
    return attack(name, gives, run({"SecurityOpt": [text]}, cmd), effect, "security-options", **more)


def device(name, gives, path, cmd=OPEN, **more):
    return attack(name, gives, run({"Devices": [{**KMSG, "PathOnHost": path}]}, cmd), prints("opened"), "devices",
                  **more)


def setting(name, gives, key, value):
    path = "/proc/sys/" + key.replace(".", "/")
    return attack(name, gives, run({"Sysctls": {key: value}}, f"cat {path}"), matches(f"^{value}$"), "sysctls")


ATTACKS = [
    option("seccomp-unconfined", "every system call of the kernel", "seccomp=unconfined", STATUS,
           matches("^Seccomp:\\s+0")),
    option("seccomp-unconfined-colon", "the same in the older spelling", "seccomp:unconfined", STATUS,
           matches("^Seccomp:\\s+0")),
    option("seccomp-profile-of-its-own", "a filter of the client's, which lets everything through",
           f"seccomp={ALLOW_ALL}", UNSHARE, prints("unshared")),
    option("seccomp-profile-nearly-empty", "a filter of the client's, which forbids one call", f"seccomp={ALLOW_SOME}",
           UNSHARE, prints("unshared")),
    attack("seccomp-behind-others", "no filter, asked for behind what tightens",
           run({"SecurityOpt": ["no-new-privileges", "seccomp=unconfined"]}, STATUS), matches("^Seccomp:\\s+0"),
           "security-options"),
    option("apparmor-unconfined", "no AppArmor profile, on a host that has one", "apparmor=unconfined", "true",
           stored("HostConfig.SecurityOpt", "apparmor=unconfined")),
    option("selinux-off", "no SELinux label, on a host that has one", "label=disable", "true",
           stored("HostConfig.SecurityOpt", "label=disable")),
    option("selinux-type", "a label of the client's choice", "label=type:spc_t", "true",
           stored("HostConfig.SecurityOpt", "label=type:spc_t")),
    attack("masked-paths-none", "what the engine hides of /proc and /sys",
           run({"MaskedPaths": []}, "grep -q /proc/kcore /proc/mounts; echo masked=$((! $?)); ls /sys/firmware"),
           prints("masked=0"), "security-options"),
    attack("masked-paths-fewer", "some of what the engine hides",
           run({"MaskedPaths": ["/proc/acpi"]}, "grep -q /proc/kcore /proc/mounts; echo masked=$((! $?))"),
           prints("masked=0"), "security-options"),
    attack("read-only-paths-none", "a program of the container's that the host's kernel starts at the next crash",
           run({"ReadonlyPaths": []}, REWRITE), prints("written"), "security-options"),
    attack("read-only-paths-fewer", "the same where one path stays read-only",
           run({"ReadonlyPaths": ["/proc/bus"]}, REWRITE), prints("written"), "security-options"),
    attack("paths-none-folded", "both in other letters",
           run_text('{"Image":"busybox:1","Cmd":["sh","-c","' + REWRITE.replace('"', '\\"') +
                    '"],"HostConfig":{"NetworkMode":"none","maskedpaths":[],"READONLYPATHS":[]}}'),
           prints("written"), "security-options"),

    device("device", "the kernel's log, to forge it", "/dev/kmsg"),
    device("device-dots", "the same by a path that goes up", "/dev/../dev/kmsg"),
    device("device-link", "the same by a link to it", "/srv/device",
           setup=(Call(lambda world, names: world.link("/srv/device", "/dev/kmsg")),)),
    device("device-folder", "every device in a folder of the host", "/dev",
           "ls /dev/mine/kmsg && : >/dev/mine/kmsg && echo opened"),
    attack("device-rule", "a device by a node that it makes itself",
           run({"DeviceCgroupRules": ["c 1:11 rwm"]}, NODE), prints("opened"), "devices"),
    attack("device-rule-all", "every device of a kind by nodes that it makes itself",
           run({"DeviceCgroupRules": ["c *:* rwm"]}, NODE), prints("opened"), "devices"),
    attack("device-rule-any", "every device", run({"DeviceCgroupRules": ["a *:* rwm"]}, NODE), prints("opened"),
           "devices"),
    attack("device-rule-folded", "every device by a key in other letters",
           run({"devicecgroupRULES": ["c *:* rwm"]}, NODE), prints("opened"), "devices"),
    attack("device-by-cdi", "what a device description of the host gives, mounts of the host among them",
           run({"DeviceRequests": [{"Driver": "cdi", "DeviceIDs": ["vendor.example/thing=all"]}]}, "cat /x/secret"),
           prints("$SECRET"), "devices", engines=NEW),
    attack("device-by-environment", "what a vendor's runtime gives on sight of a variable",
           run(cmd="env", Env=["NVIDIA_VISIBLE_DEVICES=all"]), prints("NVIDIA_VISIBLE_DEVICES=all"), "environment"),

    setting("sysctl-forward", "its own routing", "net.ipv4.conf.all.forwarding", "1"),
    setting("sysctl-route-localnet", "what listens on loopback alone, from outside", "net.ipv4.conf.all.route_localnet",
            "1"),
    setting("sysctl-message-queues", "memory of the kernel's", "kernel.msgmax", "65536"),
    setting("sysctl-shared-memory", "memory of the host's without an end", "kernel.shmmax", "99999999999"),
    setting("sysctl-mqueue", "message queues without an end", "fs.mqueue.queues_max", "9999"),

    attack("cgroup-parent", "a control group outside the one that the host bounds containers by",
           running({"CgroupParent": "/$CGROUP-elsewhere"}), in_cgroup("/$CGROUP-elsewhere/"), "cgroup-parent"),
    attack("cgroup-parent-root", "a control group beside the host's own",
           running({"CgroupParent": "/"}), in_cgroup(":/[0-9a-f]{64}"), "cgroup-parent"),
    attack("cgroup-parent-dots", "a control group above its own",
           running({"CgroupParent": "/$CGROUP/../$CGROUP-above"}), in_cgroup("/$CGROUP-above/"), "cgroup-parent"),
    attack("runtime", "a program of the host's, as root, that ordinary containers are not run by",
           run({"Runtime": "traced"}), traced, "runtime"),
    attack("runtime-shim", "a runtime by its containerd name, past the one that the host has chosen",
           run({"Runtime": "io.containerd.runc.v2"}, "echo ran"), prints("ran"), "runtime"),
    attack("annotation", "orders to the runtime and its hooks",
           (create({"Annotations": {"run.oci.keep_original_groups": "1"}},
                   target="/v1.43/containers/create?name=$NAME"),),
           stored("HostConfig.Annotations", {"run.oci.keep_original_groups": "1"}), "annotations", engines=NEW),
]

# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits and users that the policy `restricted` demands, left out, raised and taken away later."""

from rig.effect import answers_match, listening, matches, prints, stored
from rig.row import CREATE, NEW, START, RESTART, WAIT, Call, attack, boxed, boxed_create, boxed_running, execute, post

TITLE = "Limits, root and what else restricted denies"

MEMORY = "cat $MEMORY"
SWAP = "cat $SWAP"
QUOTA = "cat $QUOTA"
PIDS = "cat $PIDS"
ENDLESS = "^(9223372036854771712|max)" # by version 1 and by version 2 of control groups
NO_QUOTA = "^(-1|max )"
ROOT = "^uid=0"


def limit(name, gives, change, cmd, pattern, rule, **more):
    return attack(name, gives, boxed(cmd, **change), matches(pattern), rule, policy="restricted", **more)


def user(name, gives, value, pattern=ROOT, rule="run-as-root", **more):
    fields = {} if value is None else {"User": value}
    return attack(name, gives, boxed("id", top={"User": None, **fields}), matches(pattern), rule, policy="restricted",
                  **more)


def update(name, gives, body, file, pattern, rule, host=None, **more):
    """A limit taken away from a container that was made with it."""
    steps = (post("/v1.41/containers/$NAME/update", body), *execute(f"cat {file}"))
    return attack(name, gives, steps, answers_match(pattern), rule, policy="restricted",
                  setup=boxed_running(**(host or {})), **more)


def exec_as(name, gives, value, pattern=ROOT, rule="run-as-root"):
    return attack(name, gives, execute("id", User=value), answers_match(pattern), rule, policy="restricted",
                  setup=boxed_running())


def port(name, gives, number, found):
    return attack(name, gives, boxed("exec sleep 600", top={"ExposedPorts": {"80/tcp": {}}}, NetworkMode="ports",
                                     PortBindings={"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": number}]})[:2],
                  stored("NetworkSettings.Ports.80/tcp.0.HostPort", found), "published-ports", policy="restricted")


ATTACKS = [
    limit("no-memory-limit", "all memory of the host", {"Memory": None, "MemorySwap": None}, MEMORY, ENDLESS,
          "memory-limit"),
    limit("memory-zero", "all memory of the host by a limit of none", {"Memory": 0, "MemorySwap": 0}, MEMORY, ENDLESS,
          "memory-limit"),
    limit("swap-endless", "all swap of the host", {"MemorySwap": -1}, SWAP, ENDLESS, "memory-limit"),
    limit("no-cpu-limit", "all processors of the host", {"NanoCpus": None}, QUOTA, NO_QUOTA, "cpu-limit"),
    limit("cpu-shares-alone", "all processors of the host while they are idle", {"NanoCpus": None, "CpuShares": 2},
          QUOTA,
          NO_QUOTA, "cpu-limit"),
    limit("cpu-period-alone", "all processors of the host by a period without a quota",
          {"NanoCpus": None, "CpuPeriod": 50000}, QUOTA, NO_QUOTA, "cpu-limit"),
    limit("no-process-limit", "all process ids of the host", {"PidsLimit": None}, PIDS, "^max", "pids-limit"),
    limit("processes-endless", "all process ids of the host, asked for", {"PidsLimit": -1}, PIDS, "^max", "pids-limit"),
    limit("processes-zero", "all process ids of the host by a limit of none", {"PidsLimit": 0}, PIDS, "^max",
          "pids-limit"),
    limit("processes-too-many", "more processes than the policy has room for", {"PidsLimit": 30000}, PIDS, "^30000",
          "pids-limit"),
    limit("no-limits", "the host's memory, processors and process ids",
          {"Memory": None, "MemorySwap": None, "NanoCpus": None, "PidsLimit": None}, PIDS, "^max",
          "memory-limit cpu-limit pids-limit"),
    attack("processes-minus-zero", "all process ids of the host by a number of none",
           (post(CREATE, boxed_create("cat $PIDS").body.replace('"PidsLimit": 64', '"PidsLimit": -0')), START, WAIT),
           matches("^max"), "pids-limit", policy="restricted"),
    limit("quota-of-none", "all processors of the host by a quota of less than none",
          {"NanoCpus": None, "CpuQuota": -1}, QUOTA,
          NO_QUOTA, "cpu-limit"),
    limit("ulimit-nearly-endless", "core files nearly without an end",
          {"Ulimits": [{"Name": "core", "Soft": -2, "Hard": -2}]},
          "ulimit -c", "^[0-9]{15}", "ulimits"),
    limit("shm-size-by-tmpfs", "memory of the host by another /dev/shm", {"Tmpfs": {"/dev/shm": "size=1g"}},
          "df /dev/shm",
          "1048576", "shm-size"),
    limit("shm-size-by-mount", "the same by the newer field",
          {"Mounts": [{"Type": "tmpfs", "Target": "/dev//shm/", "TmpfsOptions": {"SizeBytes": 1 << 30}}]},
          "df /dev/shm",
          "1048576", "shm-size"),
    limit("shm-size-by-volume", "the same by a volume of the local driver",
          {"Mounts": [{"Type": "volume", "Target": "/dev/shm", "VolumeOptions": {"DriverConfig": {
              "Name": "local", "Options": {"type": "tmpfs", "device": "tmpfs", "o": "size=1g"}}}}]},
          "df /dev/shm",
          "1048576", "shm-size"),
    attack("log-buffer", "memory of the engine's for what the container writes",
           boxed(LogConfig={"Type": "json-file", "Config": {"mode": "non-blocking", "max-buffer-size": "4g"}})[:1],
           stored("HostConfig.LogConfig.Config.max-buffer-size", "4g"), "log-driver", policy="restricted"),
    limit("ulimit-endless", "core files without an end", {"Ulimits": [{"Name": "core", "Soft": -1, "Hard": -1}]},
          "ulimit -c", "^unlimited", "ulimits"),
    limit("shm-size", "memory of the host by /dev/shm", {"ShmSize": 1 << 30}, "df /dev/shm", "1048576", "shm-size"),
    attack("oom-score", "that others are ended when memory runs out",
           boxed(OomScoreAdj=-900)[:1], stored("HostConfig.OomScoreAdj", -900), "oom-protection", policy="restricted"),
    attack("block-io-device", "the names and weights of the host's block devices",
           boxed(BlkioDeviceReadBps=[{"Path": "/dev/null", "Rate": 1048576}])[:1],
           stored("HostConfig.BlkioDeviceReadBps.0.Path", "/dev/null"), "block-io", policy="restricted"),

    update("update-processes", "all process ids of the host after the check", {"PidsLimit": -1}, "$PIDS", "^max",
           "pids-limit"),
    update("update-processes-raised", "more processes after the check", {"PidsLimit": 30000}, "$PIDS", "^30000",
           "pids-limit"),
    update("update-processes-folded", "the same by a key in other letters", '{"pidsLIMIT":-1}', "$PIDS", "^max",
           "pids-limit"),
    attack("update-swap", "all swap of the host from the next start on",
           (post("/v1.41/containers/$NAME/update", {"MemorySwap": -1}), RESTART,
            *execute(SWAP)), answers_match(ENDLESS), "memory-limit",
           policy="restricted", setup=boxed_running()),
    update("update-quota", "all processors of the host after the check", {"CpuQuota": -1}, "$QUOTA", NO_QUOTA,
           "cpu-limit", {"NanoCpus": None, "CpuQuota": 50000, "CpuPeriod": 100000}),
    user("root-unsaid", "root inside, by saying nothing", None),
    user("root-empty", "root inside by an empty name", ""),
    user("root-number", "root inside by its number", "0"),
    user("root-name", "root inside by its name", "root"),
    user("root-with-group", "root inside with a harmless group", "0:1000"),
    user("root-zeros", "root inside by a longer number", "000"),
    user("root-plus", "root inside by a number with a sign", "+0"),
    user("root-minus", "root inside by a number with a sign", "-0"),
    user("root-other-name", "root inside by another name that the image has for it", "toor"),
    user("root-group", "root's group inside", "1000:0", "gid=0"),
    user("root-group-name", "root's group inside by its name", "1000:root", "gid=0"),
    attack("root-group-added", "root's group inside as a further one",
           boxed("id", GroupAdd=["0"]), matches("groups=.*0"), "run-as-root groups", policy="restricted"),
    user("root-by-group-alone", "root inside by a group without a user", ":1000", "uid=0"),
    attack("root-group-added-name", "root's group inside by its name", boxed("id", GroupAdd=["root"]),
           matches("groups=.*0"),
           "run-as-root groups", policy="restricted"),
    exec_as("exec-root", "root in a container that runs as somebody else", "0"),
    exec_as("exec-root-name", "root by its name in a container that runs as somebody else", "root"),
    exec_as("exec-root-zeros", "root by a longer number in a container that runs as somebody else", "0000"),
    exec_as("exec-root-group", "root's group in a container that runs as somebody else", "1000:0", "gid=0"),

    limit("caps-kept", "the engine's default capabilities", {"CapDrop": [], "top": {"User": "0"}},
          "grep CapEff /proc/self/status", "CapEff:\\s*0*[1-9a-f]", "capabilities run-as-root"),
    limit("caps-added", "a capability that the policy has not", {"CapAdd": ["CHOWN"]},
          "grep CapBnd /proc/self/status", "CapBnd:\\s*0+1$", "capabilities"),
    limit("no-new-privileges-missing", "what setuid programs give", {"SecurityOpt": []},
          "grep NoNewPrivs /proc/self/status", "NoNewPrivs:\\s*0", "security-options"),
    limit("no-new-privileges-off", "the same by a word that says no", {"SecurityOpt": ["no-new-privileges=false"]},
          "grep NoNewPrivs /proc/self/status", "NoNewPrivs:\\s*0", "security-options"),
    limit("no-new-privileges-off-colon", "the same in the older spelling", {"SecurityOpt": ["no-new-privileges:false"]},
          "grep NoNewPrivs /proc/self/status", "NoNewPrivs:\\s*0", "security-options"),
    limit("no-new-privileges-then-off", "the same behind the word that says yes",
          {"SecurityOpt": ["no-new-privileges", "no-new-privileges:false"]},
          "grep NoNewPrivs /proc/self/status", "NoNewPrivs:\\s*0", "security-options"),

    limit("no-new-privileges-zero", "the same by a number that says no", {"SecurityOpt": ["no-new-privileges=0"]},
          "grep NoNewPrivs /proc/self/status", "NoNewPrivs:\\s*0", "security-options"),
    limit("no-new-privileges-f", "the same by a letter that says no", {"SecurityOpt": ["no-new-privileges:F"]},
          "grep NoNewPrivs /proc/self/status", "NoNewPrivs:\\s*0", "security-options"),
    attack("log-elsewhere", "what the container writes, on a machine that the client chooses",
           boxed("echo $SECRET", LogConfig={"Type": "syslog", "Config": {"syslog-address": "udp://127.0.0.1:$UDP",
                                                                      "syslog-format": "rfc3164"}}),
           listening("$SECRET"), "log-driver", policy="restricted",
           setup=(Call(lambda world, names: world.listen(names)),)),
    limit("hosts-entry", "another address behind a name that the container trusts",
          {"ExtraHosts": ["registry.example:192.0.2.1"]}, "cat /etc/hosts", "192.0.2.1\\s+registry.example",
          "name-resolution",
          setup=()),
    limit("sysctl-safe", "a kernel setting of its own, safe as it is",
          {"Sysctls": {"net.ipv4.ip_unprivileged_port_start": "1"}},
          "cat /proc/sys/net/ipv4/ip_unprivileged_port_start", "^1$", "sysctls"),
    attack("tag-latest", "whatever stands behind a name that moves", boxed("echo ran", top={"Image": "busybox:latest"}),
           prints("ran"), "image-source", policy="restricted",
           setup=(post("/v1.41/images/busybox:1/tag?repo=busybox&tag=latest"),)),
    attack("tag-unsaid", "the same without the tag", boxed("echo ran", top={"Image": "busybox"}), prints("ran"),
           "image-source", policy="restricted", setup=(post("/v1.41/images/busybox:1/tag?repo=busybox&tag=latest"),)),
    port("port-of-the-host", "a port of the host that only root may have", "81", "81"),
    port("port-zeros", "the same by a longer number", "0082", "82"),
    port("port-range", "the same in a range that begins below", "83-1084", "83"),
    attack("image-mount", "what is in an image that it does not run",
           (post("/v1.48/containers/create?name=$NAME", boxed_create("ls /x/bin/sh", Mounts=[
               {"Type": "image", "Source": "busybox:1", "Target": "/x"}]).body), START, WAIT), prints("/x/bin/sh"),
           "mount-types", policy="restricted", engines=NEW),
    attack("mac-address", "the address of another machine on its network",
           boxed("cat /sys/class/net/eth0/address", NetworkMode="ports", top={"MacAddress": "02:42:ac:11:00:99"}),
           prints("02:42:ac:11:00:99"), "static-addresses", policy="restricted"),
]

# SPDX-License-Identifier: GPL-3.0-or-later
"""What was made before, by others or by another name: the request itself says nothing that is dangerous."""

from rig.effect import answers_match, capable, gone, joins, on_host, prints, says
from rig.row import (JSON, NEW, OLD, RESTART, START, TAR, WAIT, Call, Step, attack, create, execute, get, post, put, run,
                     running)

TITLE = "What is stored, and names that are bound late"

LOOKUPS = "lookups"
READ = "cat /x/secret"
OTHER = "/v1.41/containers/create?name=$NAME-other"


def other(host, cmd="exec sleep 600", started=True):
    """A container of the administrator's that may what others may not."""
    made = create(host, cmd, target=OTHER)
    return (made, post("/v1.41/containers/$NAME-other/start")) if started else (made,)


VOLUME = post("/v1.41/volumes/create", {"Name": "$NAME", "DriverOpts": {"type": "none", "o": "bind", "device": "$HOST"}})

ATTACKS = [
    attack("start-bind", "a folder of the host by the start of what lies there", (START, WAIT), prints("$SECRET"),
           "bind-mounts", setup=(create({"Binds": ["$HOST:/x"]}, READ),), needs=LOOKUPS),
    attack("start-bind-mount", "the same by the newer field", (START, WAIT), prints("$SECRET"), "bind-mounts",
           setup=(create({"Mounts": [{"Type": "bind", "Source": "$HOST", "Target": "/x"}]}, READ),), needs=LOOKUPS),
    attack("start-capability", "a capability by the start of what lies there", (START, WAIT), capable(21), "capabilities",
           setup=(create({"CapAdd": ["SYS_ADMIN"]}, "grep CapEff /proc/self/status"),), needs=LOOKUPS),
    attack("start-privileged", "every capability by the start of what lies there", (START, WAIT), capable(21, 16), "privileged",
           setup=(create({"Privileged": True}, "grep CapEff /proc/self/status"),), engines=NEW, needs=LOOKUPS),
    attack("start-host-network", "the host's network by the start of what lies there", (START, WAIT), joins("net"),
           "host-namespaces", setup=(create({"NetworkMode": "host"}, "readlink /proc/self/ns/net"),), needs=LOOKUPS),
    attack("start-host-pid", "the host's processes by the start of what lies there", (START, WAIT), joins("pid"),
           "host-namespaces", setup=(create({"PidMode": "host"}, "readlink /proc/self/ns/pid"),), needs=LOOKUPS),
    attack("start-seccomp", "every system call by the start of what lies there", (START, WAIT), prints("Seccomp:\t0"),
           "security-options", setup=(create({"SecurityOpt": ["seccomp=unconfined"]}, "grep Seccomp: /proc/self/status"),),
           needs=LOOKUPS),
    attack("start-device", "a device by the start of what lies there", (START, WAIT), prints("opened"), "devices",
           setup=(create({"Devices": [{"PathOnHost": "/dev/kmsg", "PathInContainer": "/dev/mine", "CgroupPermissions": "rwm"}]},
                         ": >/dev/mine && echo opened"),), needs=LOOKUPS),
    attack("restart-bind", "a folder of the host by a restart of what lies there", (RESTART, WAIT), prints("$SECRET"),
           "bind-mounts", setup=(create({"Binds": ["$HOST:/x"]}, READ),), needs=LOOKUPS),
    attack("start-by-id-prefix", "the same by the beginning of its id", (post("/v1.41/containers/$SHORT/start"), WAIT),
           prints("$SECRET"), "bind-mounts", setup=(create({"Binds": ["$HOST:/x"]}, READ),
           Call(lambda world, names: names.words.update({"$SHORT": world.look_up(names.fill("/containers/$NAME/json"))["Id"][:12]}))),
           needs=LOOKUPS),

    attack("volume-made-earlier", "a folder of the host by the name of a volume", run({"Binds": ["$NAME:/x"]}, READ),
           prints("$SECRET"), "bind-mounts volumes", setup=(VOLUME,), needs=LOOKUPS),
    attack("volume-made-earlier-mount", "the same by the newer field",
           run({"Mounts": [{"Type": "volume", "Source": "$NAME", "Target": "/x"}]}, READ), prints("$SECRET"),
           "bind-mounts volumes", setup=(VOLUME,), needs=LOOKUPS),
    attack("volumes-from", "a folder of the host that another container has",
           run({"VolumesFrom": ["$NAME-other"]}, READ), prints("$SECRET"), "bind-mounts",
           setup=other({"Binds": ["$HOST:/x"]}, started=False), needs=LOOKUPS),
    attack("network-of-another", "the host's network by a container that has it",
           run({"NetworkMode": "container:$NAME-other"}, "readlink /proc/self/ns/net"), joins("net"), "host-namespaces",
           setup=other({"NetworkMode": "host"}), needs=LOOKUPS),
    attack("processes-of-another", "the host's processes by a container that has them",
           run({"PidMode": "container:$NAME-other"}, "readlink /proc/self/ns/pid"), joins("pid"), "host-namespaces",
           setup=other({"PidMode": "host"}), needs=LOOKUPS),
    attack("memory-of-another", "the host's shared memory by a container that has it",
           run({"IpcMode": "container:$NAME-other"}, "readlink /proc/self/ns/ipc"), joins("ipc"), "host-namespaces",
           setup=other({"IpcMode": "host"}), needs=LOOKUPS),
    attack("ghost-network", "the network of whoever will have a name",
           (create({"NetworkMode": "container:$NAME-ghost"}, "readlink /proc/self/ns/net"),),
           lambda world, names, _: "" if world.look_up(names.fill("/containers/$NAME/json")) else "no",
           "shared-namespaces", engines=(), needs=LOOKUPS),

    attack("archive-read", "a file of the host by the archive of a container that has it",
           (get("/v1.41/containers/$NAME-other/archive?path=/x/secret"),), says("$SECRET"), "bind-mounts",
           setup=other({"Binds": ["$HOST:/x"]}, started=False), needs=LOOKUPS),
    attack("archive-write", "a file of the host written by the archive of a container that has it",
           (put("/v1.41/containers/$NAME-other/archive?path=/x", lambda world, names: world.tar({names.fill("put-$NAME"): "mine"})),),
           on_host("$HOST/put-$NAME", "mine"), "bind-mounts", setup=other({"Binds": ["$HOST:/x"]}, started=False), needs=LOOKUPS),
    attack("copy-read", "the same by the older endpoint",
           (post("/v1.23/containers/$NAME-other/copy", {"Resource": "/x/secret"}),), says("$SECRET"), "bind-mounts",
           setup=other({"Binds": ["$HOST:/x"]}, started=False), engines=OLD, refused=NEW, needs=LOOKUPS),
    attack("exec-in-another", "the host's files by a command in a container that has them", execute(READ, "$NAME-other"),
           says("$SECRET"), "bind-mounts", setup=other({"Binds": ["$HOST:/x"]}), needs=LOOKUPS),
    attack("exec-start-privileged", "every capability by the start of a command that was made before",
           (post("/v1.41/exec/$EXEC/start", {"Detach": False}),), answers_match("CapEff:\\s*[0-9a-f]{8}f"), "privileged",
           setup=(post("/v1.41/containers/web/exec", {"AttachStdout": True, "Privileged": True,
                                                       "Cmd": ["grep", "CapEff", "/proc/self/status"]}, keeps="$EXEC"),),
           engines=NEW, needs=LOOKUPS),
    attack("name-like-an-id", "a container that is found where another was meant",
           (post("/v1.41/containers/create?name=$LIKE", {"Image": "busybox:1", "Cmd": ["true"], "HostConfig": {"NetworkMode": "none"}}),),
           lambda world, names, _: "" if world.look_up(names.fill("/containers/$LIKE/json"))["Name"] == names.fill("/$LIKE") else "it is not found",
           "container-name", setup=(Call(lambda world, names: names.words.update({"$LIKE": world.web[:12]})),)),
    attack("rename-like-an-id", "the same by another name later", (post("/v1.41/containers/$NAME/rename?name=$LIKE"),),
           lambda world, names, _: "" if world.look_up(names.fill("/containers/$LIKE/json"))["Name"] == names.fill("/$LIKE") else "it is not found",
           "container-name", setup=(create(), Call(lambda world, names: names.words.update({"$LIKE": world.web[:16]})))),
]
ATTACKS = [row for row in ATTACKS if row.engines]

# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of the host, by each route on which a mount arrives."""

from rig.effect import joins, on_host, prints, says, stored
from rig.row import NEW, OLD, START, WAIT, Call, attack, create, get, post, run

TITLE = "Files of the host"

READ = "cat /x/secret"
FOLDERS = "folders"


def bind(name, gives, source, rules="bind-mounts", **more):
    return attack(name, gives, run({"Binds": [source]}, READ), prints("$SECRET"), rules, **more)


def mount(name, gives, rules="bind-mounts", more=None, **fields):
    return attack(name, gives, run({"Mounts": [fields]}, READ), prints("$SECRET"), rules, **(more or {}))


def volume(name, gives, options, rules="bind-mounts volumes", cmd=READ, effect=None, **more):
    """A volume of the local driver that is a mount of the host's, and a container that reads it."""
    steps = (post("/v1.41/volumes/create", {"Name": "$NAME", "DriverOpts": options}),
             *run({"Binds": ["$NAME:/x"]}, cmd))
    return attack(name, gives, steps, effect or prints("$SECRET"), rules, **more)


def inline(name, gives, options, rules="bind-mounts volumes", cmd=READ, effect=None):
    """The same in the container's own request."""
    mounts = [{"Type": "volume", "Source": "$NAME", "Target": "/x",
               "VolumeOptions": {"DriverConfig": {"Name": "local", "Options": options}}}]
    return attack(name, gives, run({"Mounts": mounts}, cmd), effect or prints("$SECRET"), rules)


def link(path, target):
    return Call(lambda world, names: world.link(names.fill(path), names.fill(target)))


SHARED = Call(lambda world, names: world.share("/srv/shared"))
OLD_START = post("/v1.23/containers/$NAME/start", {"Binds": ["$HOST:/x"], "NetworkMode": "none"})

ATTACKS = [
    bind("bind", "a folder of the host", "$HOST:/x"),
    bind("bind-read-only", "a folder of the host to read", "$HOST:/x:ro"),
    bind("bind-options", "a folder of the host with every option there is", "$HOST:/x:ro,z"),
    bind("bind-dots", "a folder of the host by a path that goes up", "/srv/../srv/host:/x"),
    bind("bind-dot", "a folder of the host by a path with a dot", "/srv/./host:/x"),
    bind("bind-slashes", "a folder of the host by a path with more slashes", "//srv///host:/x"),
    bind("bind-trailing-slash", "a folder of the host by a path with a slash at its end", "/srv/host/:/x"),
    bind("bind-proc-self-root", "a folder of the host by the engine's own root", "/proc/self/root/srv/host:/x"),
    bind("bind-proc-cwd", "a folder of the host by a working folder", "/proc/self/cwd/../../../../../../srv/host:/x"),
    bind("bind-link", "a folder of the host by a link to it", "/srv/link-$NAME:/x",
         setup=(link("/srv/link-$NAME", "$HOST"),)),
    attack("bind-file", "one file of the host", run({"Binds": ["$HOST/secret:/file"]}, "cat /file"), prints("$SECRET"),
           "bind-mounts"),
    attack("bind-write", "a file of the host's that the container writes",
           run({"Binds": ["$HOST:/x"]}, "echo mine >/x/from-$NAME"), on_host("$HOST/from-$NAME", "mine"),
           "bind-mounts"),
    attack("bind-setuid", "a program of root's on the host that every user of it may start",
           run({"Binds": ["$HOST:/x"]}, "cp /bin/busybox /x/su-$NAME && chmod 4755 /x/su-$NAME && ls -l /x/su-$NAME"),
           prints("-rwsr-xr-x"), "bind-mounts"),
    attack("bind-device", "a device node on the host, made with a default capability",
           run({"Binds": ["$HOST:/x"]}, "mknod /x/dev-$NAME c 1 11"), on_host("$HOST/dev-$NAME"), "bind-mounts"),
    attack("bind-makes-folder", "a folder of root's anywhere on the host, though nothing starts",
           (create({"Binds": ["$HOST/made-by-$NAME:/x"]}), START), on_host("$HOST/made-by-$NAME"), "bind-mounts"),
    attack("bind-shared", "mounts that appear on the host",
           run({"Binds": ["/srv/shared:/x:rshared"], "CapAdd": ["SYS_ADMIN"], "SecurityOpt": ["seccomp=unconfined"]},
               "mkdir -p /x/at && mount -t tmpfs from-$NAME /x/at && grep ' /x/at ' /proc/self/mountinfo"),
           prints("shared:", "from-$NAME"), "bind-mounts capabilities security-options", setup=(SHARED,)),
    attack("bind-behind-volume", "a folder of the host between mounts that are allowed",
           run({"Binds": ["one-$NAME:/one", "$HOST:/x", "two-$NAME:/two"]}, READ), prints("$SECRET"), "bind-mounts"),
    attack("bind-and-volumes", "a folder of the host in a list that is null elsewhere",
           run({"Binds": ["$HOST:/x"], "Mounts": None, "VolumesFrom": None}, READ), prints("$SECRET"), "bind-mounts"),
    mount("mount", "a folder of the host by the newer field", Type="bind", Source="$HOST", Target="/x"),
    mount("mount-read-only", "a folder of the host to read", Type="bind", Source="$HOST", Target="/x", ReadOnly=True),
    mount("mount-other-letters", "a folder of the host by keys in other letters", type="bind", SOURCE="$HOST",
          tarGet="/x"),
    mount("mount-propagation", "a folder of the host with the mounts that will be below it", Type="bind",
          Source="/srv/shared", Target="/x", BindOptions={"Propagation": "rslave"}, more={"setup": (SHARED,)}),
    mount("mount-link", "a folder of the host by a link to it", Type="bind", Source="/srv/mlink", Target="/x",
          more={"setup": (Call(lambda world, names: world.link("/srv/mlink", "/srv/host")),)}),
    mount("mount-dots", "a folder of the host by a path that goes up", Type="bind", Source="/usr/../srv/host",
          Target="/x"),
    attack("mount-makes-folder", "a folder of root's anywhere on the host",
           (create({"Mounts": [{"Type": "bind", "Source": "$HOST/made-by-$NAME", "Target": "/x",
                                "BindOptions": {"CreateMountpoint": True}}]},
                   target="/v1.43/containers/create?name=$NAME"), START),
           on_host("$HOST/made-by-$NAME"), "bind-mounts", engines=NEW),
    inline("mount-volume-bind", "a folder of the host by a volume's options",
           {"type": "none", "o": "bind", "device": "$HOST"}),
    inline("mount-volume-rbind", "the same with all below", {"type": "none", "o": "rbind,ro", "device": "$HOST"}),
    volume("volume-bind", "a folder of the host by a volume of the local driver",
           {"type": "none", "o": "bind", "device": "$HOST"}),
    volume("volume-bind-odd-type", "the same with a type that the kernel does not look at",
           {"type": "tmpfs", "o": "bind", "device": "$HOST"}),
    volume("volume-bind-options", "the same among other options",
           {"type": "none", "o": "ro,bind,noexec", "device": "$HOST"}),
    volume("volume-overlay", "folders of the host as the layers of an overlay",
           {"type": "overlay", "o": "lowerdir=$HOST:/srv/layers/lower", "device": "overlay"},
           setup=(Call(lambda world, names: world.folders("/srv/layers")),)),
    volume("volume-overlay-write", "a folder of the host to write, as the upper layer of an overlay",
           {"type": "overlay", "o": "lowerdir=/srv/layers/lower,upperdir=/srv/layers/upper,workdir=/srv/layers/work",
            "device": "overlay"}, cmd="echo mine >/x/from-$NAME",
           effect=on_host("/srv/layers/upper/from-$NAME", "mine"),
           setup=(Call(lambda world, names: world.folders("/srv/layers")),)),
    volume("volume-proc", "the host's processes by a mount of their proc", {"type": "proc", "device": "proc"},
           "volumes", cmd="tr '\\0' ' ' </x/$PID/cmdline", effect=prints("dockerd")),
    volume("volume-proc-root", "the host's files by a proc of its own", {"type": "proc", "device": "proc"}, "volumes",
           cmd="ls -d /x/$PID/root && cat /x/sys/kernel/core_pattern", effect=prints("/x/$PID/root")),
    volume("volume-sysfs", "the kernel's settings, to write", {"type": "sysfs", "device": "sysfs"}, "volumes",
           cmd="grep ' /x sysfs rw' /proc/mounts", effect=prints("/x sysfs rw")),
    volume("volume-devtmpfs", "the host's device nodes", {"type": "devtmpfs", "device": "devtmpfs"}, "volumes",
           cmd="ls /x", effect=prints("kmsg", "loop-control")),
    volume("volume-cgroup", "the host's control groups, to write", {"type": "cgroup2", "device": "cgroup2"}, "volumes",
           cmd="grep ' /x ' /proc/mounts", effect=prints("/x cgroup2 rw")),
    volume("volume-debugfs", "the kernel's debug files", {"type": "debugfs", "device": "debugfs"}, "volumes",
           cmd="ls /x", effect=prints("sched")),
    volume("volume-ramfs", "memory of the host's without an end", {"type": "ramfs", "device": "ramfs"}, "volumes",
           cmd="grep ' /x ' /proc/mounts", effect=prints("/x ramfs rw")),
    volume("volume-mqueue", "message queues of the host's", {"type": "mqueue", "device": "mqueue"}, "volumes",
           cmd="grep ' /x ' /proc/mounts", effect=prints("/x mqueue rw")),
    attack("start-with-binds", "a folder of the host by the start of a harmless container",
           (create(cmd=READ), OLD_START, WAIT), prints("$SECRET"), "bind-mounts", engines=OLD),
    attack("start-with-binds-folded", "the same in other letters",
           (create(cmd=READ), post("/v1.20/containers/$NAME/start", '{"binds":["$HOST:/x"],"networkmode":"none"}'),
            WAIT), prints("$SECRET"), "bind-mounts", engines=OLD),
    attack("start-with-network", "the host's network by the start of a harmless container",
           (create(cmd="readlink /proc/self/ns/net"), post("/v1.22/containers/$NAME/start", {"NetworkMode": "host"}),
            WAIT), joins("net"), "host-namespaces", engines=OLD),
    attack("folder-beside", "a folder whose name begins with an allowed one",
           run({"Binds": ["/srv/openx:/x"]}, READ), prints("$SECRET"), "bind-mounts", policy=FOLDERS,
           setup=(Call(lambda world, names: world.hide("/srv/openx")),)),
    attack("folder-above", "a folder of the host by a path through an allowed one",
           run({"Binds": ["/srv/open/../host:/x"]}, READ), prints("$SECRET"), "bind-mounts", policy=FOLDERS,
           setup=(Call(lambda world, names: world.hide("/srv/open/deep")),)),
    attack("folder-parent", "all that is beside an allowed folder",
           run({"Binds": ["/srv/deep:/x"]}, "cat /x/other/secret"), prints("$SECRET"), "bind-mounts", policy=FOLDERS,
           setup=(Call(lambda world, names: world.hide("/srv/deep/other")),)),
    attack("folder-linked", "a folder of the host by a link that the container put into an allowed one",
           (*run({"Binds": ["/srv/writable:/w"]}, "ln -sfn $HOST /w/link"),
            *run({"Binds": ["/srv/writable/link:/x"]}, READ, target="/v1.41/containers/create?name=$NAME-2")[:1],
            post("/v1.41/containers/$NAME-2/start"), post("/v1.41/containers/$NAME-2/wait")),
           prints("$SECRET", container="$NAME-2"), "bind-mounts", policy=FOLDERS,
           setup=(Call(lambda world, names: world.hide("/srv/writable")),)),
    attack("folder-read-only", "to write where the row allows reading",
           run({"Binds": ["/srv/shown:/x"]}, "echo mine >/x/from-$NAME"), on_host("/srv/shown/from-$NAME", "mine"),
           "bind-mounts", policy=FOLDERS, setup=(Call(lambda world, names: world.hide("/srv/shown")),)),
    attack("folder-read-only-mount", "the same by the newer field",
           run({"Mounts": [{"Type": "bind", "Source": "/srv/shown", "Target": "/x", "ReadOnly": False}]},
               "echo mine >/x/from-$NAME"), on_host("/srv/shown/from-$NAME", "mine"),
           "bind-mounts", policy=FOLDERS, setup=(Call(lambda world, names: world.hide("/srv/shown")),)),
    attack("folder-propagation", "mounts below an allowed folder that appear on the host",
           (create({"Binds": ["/srv/open:/x:rshared"]}),), stored("HostConfig.Binds", "/srv/open:/x:rshared"),
           "bind-mounts", policy=FOLDERS, setup=(Call(lambda world, names: world.hide("/srv/open")),)),
]

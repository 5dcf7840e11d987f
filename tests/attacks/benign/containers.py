# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers, volumes and networks as people make them every day."""

from rig.row import OLD, RESTART, START, WAIT, Call, create, delete, execute, get, lookalike, post, put, run

BRIDGE = "com.docker.network.bridge."


def with_host(name, like, host, cmd="true", **more):
    return lookalike(name, like, run(host, cmd, **more))


def network(name, like, body, **more):
    return lookalike(name, like, (post("/v1.41/networks/create", {"Name": "$NAME", **body}),
                                  delete("/v1.41/networks/$NAME")), **more)


def volume(name, like, body, **more):
    return lookalike(name, like,
                     (post("/v1.41/volumes/create", {"Name": "$NAME", **body}), *run({"Binds": ["$NAME:/x"]}, "ls /x")),
                     **more)


def link(path, target):
    return Call(lambda world, names: world.link(path, target))


OTHER = post("/v1.41/containers/create?name=$NAME-other",
             {"Image": "busybox:1", "Cmd": ["sleep", "600"], "Volumes": {"/v": {}},
                                                           "HostConfig": {"NetworkMode": "none",
                                                                          "IpcMode": "shareable"}})
START_OTHER = post("/v1.41/containers/$NAME-other/start")

LOOKALIKES = [
    with_host("privileged-no", "privileged", {"Privileged": False}),
    lookalike("privileged-as-label", "privileged",
              run(Labels={"Privileged": "true", "HostConfig": '{"Privileged":true}'})),
    lookalike("privileged-in-the-environment", "privileged",
              run(Env=["Privileged=true", "DOCKER_HOST=unix:///var/run/docker.sock"])),
    lookalike("privileged-as-name", "privileged", (create(target="/v1.41/containers/create?name=$NAME-privileged"),)),
    lookalike("privileged-as-command", "privileged", run(cmd="echo --privileged --pid=host -v /:/host")),
    lookalike("exec", "privileged-exec", execute("id", "web")),
    lookalike("exec-privileged-no", "privileged-exec", execute("id", "web", Privileged=False)),
    lookalike("exec-as-user", "privileged-exec-as-user", execute("id", "web", User="1000:1000")),
    lookalike("exec-terminal", "privileged-exec-tty", execute("id", "web", Tty=True)),
    lookalike("exec-environment", "privileged-exec", execute("env", "web", Env=["A=1"], WorkingDir="/bin")),
    with_host("cap-default", "cap-sys-admin", {"CapAdd": ["NET_BIND_SERVICE", "CHOWN"]}),
    with_host("cap-default-spellings", "cap-lower-case", {"CapAdd": ["cap_chown", "CAP_SETUID", "kill"]}),
    with_host("cap-drop", "cap-all", {"CapDrop": ["ALL"]}),
    with_host("cap-drop-and-add", "cap-with-all-dropped", {"CapDrop": ["ALL"], "CapAdd": ["CHOWN"]}),
    with_host("cap-drop-dangerous", "cap-sys-admin", {"CapDrop": ["SYS_ADMIN", "NET_RAW"]}),
    with_host("cap-drop-as-word", "cap-as-a-word", {"CapDrop": "NET_RAW"}),

    with_host("network-none", "host-network", {"NetworkMode": "none"}),
    lookalike("network-named-hosts", "host-network", (post("/v1.41/networks/create", {"Name": "$NAME-host"}),
              *run({"NetworkMode": "$NAME-host"}))),
    with_host("pid-own", "host-pid", {"PidMode": ""}),
    with_host("ipc-private", "host-ipc", {"IpcMode": "private"}),
    with_host("ipc-shareable", "host-ipc", {"IpcMode": "shareable"}),
    with_host("ipc-none", "host-ipc", {"IpcMode": "none"}),
    with_host("cgroup-private", "host-cgroup", {"CgroupnsMode": "private"}),
    lookalike("host-name", "host-uts", run(Hostname="host", Domainname="example.org")),
    lookalike("network-of-another-harmless", "network-of-another", run({"NetworkMode": "container:$NAME-other"}),
              setup=(OTHER, START_OTHER)),
    lookalike("processes-of-another-harmless", "processes-of-another", run({"PidMode": "container:$NAME-other"}),
              setup=(OTHER, START_OTHER)),
    lookalike("memory-of-another-harmless", "memory-of-another", run({"IpcMode": "container:$NAME-other"}),
              setup=(OTHER, START_OTHER)),
    lookalike("volumes-from-harmless", "volumes-from", run({"VolumesFrom": ["$NAME-other:ro"]}, "ls /v"),
              setup=(OTHER,)),

    with_host("volume-by-name", "bind", {"Binds": ["$NAME:/x"]}, "echo 1 >/x/file"),
    with_host("volume-named-like-a-path", "bind", {"Binds": ["srv.host:/srv/host:ro"]}),
    with_host("volume-on-odd-target", "bind-file", {"Binds": ["$NAME:/var/run/docker.sock"]}),
    lookalike("volume-anonymous", "bind", run(cmd="ls /data", Volumes={"/data": {}})),
    with_host("volume-by-mount", "mount",
              {"Mounts": [{"Type": "volume", "Source": "$NAME", "Target": "/x", "ReadOnly": True}]}),
    with_host("volume-by-mount-local", "mount-volume-bind",
              {"Mounts": [{"Type": "volume", "Source": "$NAME", "Target": "/x",
              "VolumeOptions": {"DriverConfig": {"Name": "local"}, "NoCopy": True, "Labels": {"o": "bind"}}}]}),
    with_host("tmpfs", "volume-ramfs", {"Tmpfs": {"/tmp": "rw,noexec,nosuid,size=65536k"}},
              "grep ' /tmp tmpfs' /proc/mounts"),
    with_host("tmpfs-by-mount", "mount",
              {"Mounts": [{"Type": "tmpfs", "Target": "/tmp", "TmpfsOptions": {"SizeBytes": 65536}}]}),
    volume("volume-tmpfs", "volume-bind-odd-type",
           {"DriverOpts": {"type": "tmpfs", "device": "tmpfs", "o": "size=1m,uid=1000"}}),
    volume("volume-local", "volume-driver", {"Driver": "local"}),
    volume("volume-labels", "volume-bind", {"Labels": {"type": "none", "o": "bind", "device": "/etc"}}),
    lookalike("folder-allowed", "folder-beside", run({"Binds": ["/srv/open:/x"]}, "ls /x"), policy="folders",
              setup=(Call(lambda world, names: world.hide("/srv/open")),)),
    lookalike("folder-allowed-slashes", "folder-above", run({"Binds": ["/srv//open/:/x:ro"]}, "ls /x"),
              policy="folders",
              setup=(Call(lambda world, names: world.hide("/srv/open")),)),
    lookalike("folder-shown", "folder-read-only", run({"Binds": ["/srv/shown:/x:ro"]}, "ls /x"), policy="folders",
              setup=(Call(lambda world, names: world.hide("/srv/shown")),)),
    lookalike("folder-below", "folder-linked", run({"Binds": ["/srv/writable/deep:/x"]}, "ls /x"), policy="folders",
              setup=(Call(lambda world, names: world.hide("/srv/writable/deep")),)),

    with_host("no-new-privileges", "seccomp-unconfined", {"SecurityOpt": ["no-new-privileges"]}),
    with_host("no-new-privileges-true", "seccomp-behind-others", {"SecurityOpt": ["no-new-privileges:true"]}),
    with_host("masked-paths-null", "masked-paths-none", {"MaskedPaths": None, "ReadonlyPaths": None}),
    with_host("read-only-root", "read-only-paths-none", {"ReadonlyRootfs": True}),
    with_host("devices-none", "device", {"Devices": [], "DeviceCgroupRules": None, "DeviceRequests": None}),
    lookalike("environment-nvidia-like", "device-by-environment", run(Env=["NVIDIA_VERSION=1", "VISIBLE_DEVICES=all"])),
    with_host("sysctl-safe-one", "sysctl-forward", {"Sysctls": {"net.ipv4.ip_unprivileged_port_start": "0"}},
              "cat /proc/sys/net/ipv4/ip_unprivileged_port_start"),
    with_host("sysctl-ping", "sysctl-route-localnet", {"Sysctls": {"net.ipv4.ping_group_range": "0 100"}}),
    with_host("runtime-usual", "runtime", {"Runtime": "runc"}),
    with_host("cgroup-parent-empty", "cgroup-parent", {"CgroupParent": ""}),
    with_host("limits-at-will", "no-limits", {"Memory": 33554432, "CpuShares": 512, "PidsLimit": 100,
                                              "Ulimits": [{"Name": "nofile", "Soft": 1024, "Hard": 1024}]}),

    network("network", "driver", {}),
    network("network-bridge", "driver", {"Driver": "bridge", "CheckDuplicate": True, "Internal": True}),
    network("network-subnet", "subnet-of-others", {"IPAM": {"Config": [{"Subnet": "10.91.0.0/24"}]}},
            policy="restricted"),
    network("network-options", "bridge-name",
            {"Options": {BRIDGE + "enable_icc": "false", "com.docker.network.driver.mtu": "1400"}},
            policy="restricted"),
    lookalike("network-connect", "host-network-by-endpoint", (post("/v1.41/networks/create", {"Name": "$NAME"}),
              create({"NetworkMode": "$NAME"}), post("/v1.41/networks/ports/connect", {"Container": "$NAME"}), START,
                                                              WAIT,
              post("/v1.41/networks/ports/disconnect", {"Container": "$NAME", "Force": True}))),
    lookalike("port", "port-of-the-host",
              run({"NetworkMode": "ports", "PortBindings": {"80/tcp": [{"HostPort": "18080"}]}},
              ExposedPorts={"80/tcp": {}})),

    lookalike("restart-harmless", "restart-bind", (RESTART, WAIT), setup=(create(),)),
    lookalike("start-harmless", "start-bind", (START, WAIT),
              setup=(create({"Binds": ["$NAME:/x"], "Memory": 33554432}),)),
    lookalike("start-with-tmpfs-volume", "volume-made-earlier", (START, WAIT), setup=(
        post("/v1.41/volumes/create", {"Name": "$NAME", "DriverOpts": {"type": "tmpfs", "device": "tmpfs"}}),
        create({"Binds": ["$NAME:/x"]}))),
    lookalike("start-old-empty-body", "start-with-binds", (create(), post("/v1.23/containers/$NAME/start", ""), WAIT),
              engines=OLD),
    lookalike("archive-read-harmless", "archive-read", (get("/v1.41/containers/web/archive?path=/etc/passwd"),)),
    lookalike("archive-write-harmless", "archive-write",
              (put("/v1.41/containers/$NAME/archive?path=/", lambda world, names: world.tar({"file": "1"})), START,
               WAIT),
              setup=(create(cmd="cat /file"),)),
    lookalike("copy-harmless", "copy-read", (post("/v1.23/containers/web/copy", {"Resource": "/etc/passwd"}),),
              engines=OLD),
    lookalike("rename", "rename-like-an-id", (create(), post("/v1.41/containers/$NAME/rename?name=$NAME-deadbeef"))),
    lookalike("name-short-hex", "name-like-an-id", (create(target="/v1.41/containers/create?name=cafe-$NAME"),)),
    lookalike("update-harmless", "update-processes",
              (create(), post("/v1.41/containers/$NAME/update", {"CpuShares": 512,
              "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 2}}))),
]

# SPDX-License-Identifier: GPL-3.0-or-later
"""One row or more a rule: a command that violates it, all that the denial says, and the command mended by that."""

import dataclasses

CONTACT = "#platform in the chat"


@dataclasses.dataclass(frozen=True)
class Remedy:
    rule: str
    policy: str            # the rule as a profile has it
    command: str           # of the docker client, or of curl
    denial: str            # all of it, but for the line of the contact
    drop: tuple = ()       # options that the mended command does without; the denial names each
    add: tuple = ()        # and those that it has; the denial names each with its value
    names: tuple = ()      # other words that the denial has to have
    mended: str = ""       # the mended command, where it is not made by drop and add
    compose: tuple = ()    # what a service of a compose file holds: (before, after)
    action: str = "container.create"
    about: str = ""        # tells several remedies of a rule apart

    @property
    def name(self):
        return f"{self.rule} {self.about}".strip()

    def compose_key(self):
        """The key that is mended: the first one that both texts do not share, or that alone is left."""
        before, after = (text.partition(":")[0].strip() for text in self.compose)
        return after or before


def remedy(rule, policy, command, denial, **more):
    return Remedy(rule, f"{rule}: {policy}", command, f"{denial}\nAsk: {CONTACT}", **more)


IMAGE = "busybox:1"

REMEDIES = [
    remedy("privileged", "deny", f"create --privileged {IMAGE}",
           "privileged: privileged mode is not allowed (HostConfig.Privileged); leave out --privileged "
           "(compose: privileged)",
           drop=("--privileged",), compose=("privileged: true", "")),
    remedy("host-namespaces", "{ allow: [] }", f"create --pid host {IMAGE}",
           "host-namespaces: the host's pid namespace is not allowed (HostConfig.PidMode); leave out "
           "--pid host (compose: pid)",
           drop=("--pid host",), compose=("pid: host", "")),
    remedy("shared-namespaces", "{ allow: [] }", f"create --ipc container:web {IMAGE}",
           'shared-namespaces: the namespace of another container, "container:web", is not allowed '
           '(HostConfig.IpcMode); leave out --ipc (compose: ipc)',
           drop=("--ipc container:web",), compose=("ipc: 'container:web'", "")),
    remedy("capabilities", "{ allow: [NET_BIND_SERVICE] }", f"create --cap-add SYS_ADMIN {IMAGE}",
           'capabilities: capability "CAP_SYS_ADMIN" is not allowed (HostConfig.CapAdd[0]); allowed for '
           '--cap-add (compose: cap_add): NET_BIND_SERVICE',
           drop=("--cap-add SYS_ADMIN",), add=("--cap-add NET_BIND_SERVICE",),
           compose=("cap_add: [SYS_ADMIN]", "cap_add: [NET_BIND_SERVICE]")),
    remedy("capabilities", "{ allow: [], require-drop: [ALL] }", f"create {IMAGE}",
           "capabilities.require-drop: capability ALL is not dropped (HostConfig.CapDrop); add --cap-drop "
           "ALL (compose: cap_drop: [ALL])",
           add=("--cap-drop ALL",), compose=("", "cap_drop: [ALL]"), about="require-drop"),
    remedy("run-as-root", "deny", f"create {IMAGE}",
           "run-as-root: no user is set, and the image's own is root (image busybox:1: Config.User); add "
           "--user 1000:1000 (compose: user: \"1000:1000\")",
           add=("--user 1000:1000",), compose=("", "user: '1000:1000'")),
    remedy("groups", "{ allow: [audio] }", f"create --group-add docker {IMAGE}",
           'groups: group "docker" is not allowed (HostConfig.GroupAdd[0]); allowed for --group-add '
           '(compose: group_add): audio',
           drop=("--group-add docker",), add=("--group-add audio",),
           compose=("group_add: [docker]", "group_add: [audio]")),
    remedy("security-options", "{ seccomp: [default] }", f"create --security-opt seccomp=unconfined {IMAGE}",
           'security-options.seccomp: seccomp="unconfined" is not allowed (HostConfig.SecurityOpt[0]); '
           'leave out --security-opt seccomp (compose: security_opt)',
           drop=("--security-opt seccomp=unconfined",),
           compose=("security_opt: ['seccomp=unconfined']", "")),
    remedy("security-options", "{ no-new-privileges: required }", f"create {IMAGE}",
           "security-options.no-new-privileges: no-new-privileges is not set (HostConfig.SecurityOpt); "
           "add --security-opt no-new-privileges (compose: security_opt: [no-new-privileges:true])",
           add=("--security-opt no-new-privileges",),
           compose=("", "security_opt: ['no-new-privileges']"), about="no-new-privileges"),
    remedy("bind-mounts", "{ allow: [/srv/team-a] }", f"create --volume /var/tmp:/data {IMAGE}",
           'bind-mounts: host path "/var/tmp" is not allowed (HostConfig.Binds[0]); allowed for --volume '
           'and --mount (compose: volumes): /srv/team-a',
           drop=("--volume /var/tmp:/data",), mended=f"create --volume /srv/team-a:/data {IMAGE}",
           names=("/srv/team-a",), compose=("volumes: ['/var/tmp:/data']", "volumes: ['/srv/team-a:/data']")),
    remedy("volumes", "{ drivers: [local], options: [tmpfs], names: [\"team-a-*\"] }",
           f"create --volume data:/data {IMAGE}",
           'volumes.names: volume name "data" is not allowed (HostConfig.Binds[0]); allowed for --volume '
           'and --mount (compose: volumes): team-a-*',
           drop=("--volume data:/data",), mended=f"create --volume team-a-data:/data {IMAGE}", names=("team-a-*",)),
    remedy("volumes-from", "{ allow: [] }", f"create --volumes-from web {IMAGE}",
           'volumes-from: the mounts of another container, "web", are not allowed '
           '(HostConfig.VolumesFrom[0]); leave out --volumes-from (compose: volumes_from); use a named '
           'volume',
           drop=("--volumes-from web",), compose=("volumes_from: ['container:web']", "")),
    remedy("mount-types", "{ allow: [volume] }", f"create --tmpfs /data {IMAGE}",
           'mount-types: a mount of type "tmpfs" is not allowed (HostConfig.Tmpfs./data); allowed as type '
           'of --mount, --volume or --tmpfs (compose: volumes, tmpfs): volume',
           drop=("--tmpfs /data",), mended=f"create --mount type=volume,target=/data {IMAGE}", names=("volume",),
           compose=("tmpfs: [/data]", "volumes: [/data]")),
    remedy("devices", "{ allow: [/dev/null] }", f"create --device /dev/zero {IMAGE}",
           'devices: device "/dev/zero" is not allowed (HostConfig.Devices[0]); allowed for --device '
           '(compose: devices): /dev/null',
           drop=("--device /dev/zero",), add=("--device /dev/null",),
           compose=("devices: [/dev/zero]", "devices: [/dev/null]")),
    remedy("read-only-root", "required", f"create {IMAGE}",
           "read-only-root: the root file system is not read-only (HostConfig.ReadonlyRootfs); required: "
           "add --read-only (compose: read_only: true)",
           add=("--read-only",), compose=("", "read_only: true")),
    remedy("memory-limit", "{ required: true, max: 2g, suggest: 512m }", f"create {IMAGE}",
           "memory-limit: no memory limit is set (HostConfig.Memory); required, at most 2g: add --memory "
           "512m (compose: mem_limit: 512m)",
           add=("--memory 512m",), compose=("", "mem_limit: 512m")),
    remedy("memory-limit", "{ max: 2g }", f"create --memory 4g {IMAGE}",
           "memory-limit.max: memory limit 4g is more than 2g (HostConfig.Memory); at most 2g: --memory "
           "2g (compose: mem_limit: 2g)",
           drop=("--memory 4g",), add=("--memory 2g",), compose=("mem_limit: 4g", "mem_limit: 2g"), about="max"),
    remedy("cpu-limit", "{ required: true, max: 2, suggest: 0.5 }", f"create {IMAGE}",
           "cpu-limit: no CPU limit is set (HostConfig.NanoCpus); required, at most 2: add --cpus 0.5 "
           "(compose: cpus: 0.5)",
           add=("--cpus 0.5",), compose=("", "cpus: 0.5")),
    remedy("pids-limit", "{ required: true, max: 4096, suggest: 256 }", f"create {IMAGE}",
           "pids-limit: no pids limit is set (HostConfig.PidsLimit); required, at most 4096: add "
           "--pids-limit 256 (compose: pids_limit: 256)",
           add=("--pids-limit 256",), compose=("", "pids_limit: 256")),
    remedy("ulimits", "{ max: { nofile: 4096 } }", f"create --ulimit nofile=100000 {IMAGE}",
           "ulimits.max: ulimit nofile of 100000 is more than 4096 (HostConfig.Ulimits[0].Hard); at most "
           "4096: --ulimit nofile=4096 (compose: ulimits)",
           drop=("--ulimit nofile=100000",), add=("--ulimit nofile=4096",),
           compose=("ulimits: { nofile: 100000 }", "ulimits: { nofile: 4096 }")),
    remedy("shm-size", "{ max: 256m }", f"create --shm-size 1g {IMAGE}",
           "shm-size.max: shared memory of 1g is not allowed (HostConfig.ShmSize); at most 256m: "
           "--shm-size 256m (compose: shm_size: 256m)",
           drop=("--shm-size 1g",), add=("--shm-size 256m",), compose=("shm_size: 1g", "shm_size: 256m")),
    remedy("block-io", "deny", f"create --device-read-bps /dev/zero:1mb {IMAGE}",
           'block-io: bandwidth of host device "/dev/zero" is not allowed '
           '(HostConfig.BlkioDeviceReadBps[0]); leave out --blkio-weight-device, --device-read-bps and '
           'the like (compose: blkio_config)',
           drop=("--device-read-bps /dev/zero:1mb",),
           compose=("blkio_config: { device_read_bps: [{ path: /dev/zero, rate: 1mb }] }", "")),
    remedy("oom-protection", "deny", f"create --oom-score-adj -500 {IMAGE}",
           "oom-protection: OOM score -500, which has others killed first, is not allowed "
           "(HostConfig.OomScoreAdj); from 0 to 1000 for --oom-score-adj (compose: oom_score_adj)",
           drop=("--oom-score-adj -500",), compose=("oom_score_adj: -500", "")),
    remedy("cpu-pinning", "{ cpus: 0 }", f"create --cpuset-cpus 0-1 {IMAGE}",
           'cpu-pinning: CPUs "0-1" are not allowed (HostConfig.CpusetCpus); allowed for --cpuset-cpus '
           '(compose: cpuset): 0',
           drop=("--cpuset-cpus 0-1",), add=("--cpuset-cpus 0",), compose=("cpuset: 0-1", "cpuset: '0'")),
    remedy("real-time-cpu", "deny", f"create --cpu-rt-runtime 950000 {IMAGE}",
           "real-time-cpu: real-time scheduling, which can stop the whole host, is not allowed "
           "(HostConfig.CpuRealtimeRuntime); leave out --cpu-rt-runtime and --cpu-rt-period (compose: "
           "cpu_rt_runtime, cpu_rt_period)",
           drop=("--cpu-rt-runtime 950000",), compose=("cpu_rt_runtime: 950000", "")),
    remedy("restart-policy", "{ allow: [on-failure], max-retries: 5 }", f"create --restart always {IMAGE}",
           'restart-policy: restart policy "always" is not allowed (HostConfig.RestartPolicy); allowed '
           'for --restart (compose: restart): no, on-failure:5',
           drop=("--restart always",), add=("--restart on-failure:5",),
           compose=("restart: always", "restart: 'on-failure:5'")),
    remedy("log-driver", "{ allow: [json-file, local] }", f"create --log-driver syslog {IMAGE}",
           'log-driver: log driver "syslog" is not allowed (HostConfig.LogConfig.Type); allowed for '
           '--log-driver (compose: logging.driver): json-file, local',
           drop=("--log-driver syslog",), add=("--log-driver local",),
           compose=("logging: { driver: syslog }", "logging: { driver: local }")),
    remedy("networks", "{ allow: [appnet] }", f"create --network bridge {IMAGE}",
           'networks: network "bridge" is not allowed (HostConfig.NetworkMode); allowed for --network '
           '(compose: networks): appnet',
           drop=("--network bridge",), add=("--network appnet",),
           compose=("network_mode: bridge", "networks: [default]")),
    remedy("network-drivers", "{ allow: [bridge], options: [encrypted] }",
           "network create --opt com.docker.network.bridge.name=br7 backend",
           'network-drivers.options: network option "com.docker.network.bridge.name" is not allowed '
           '(Options.com.docker.network.bridge.name); allowed for --opt (compose: driver_opts): encrypted',
           drop=("--opt com.docker.network.bridge.name=br7",), action="network.create"),
    remedy("published-ports", "{ ports: 8000-8999 }", f"create --publish 80:80 {IMAGE}",
           'published-ports.ports: host port "80" is not allowed (HostConfig.PortBindings.80/tcp[0]); '
           'allowed for --publish (compose: ports): 8000-8999',
           drop=("--publish 80:80",), mended=f"create --publish 8000:80 {IMAGE}", names=("8000-8999",),
           compose=("ports: ['80:80']", "ports: ['8000:80']")),
    remedy("static-addresses", "{ allow: [ip] }", f"create --mac-address 02:42:ac:11:00:02 {IMAGE}",
           "static-addresses: a MAC address of one's own choice is not allowed: \"02:42:ac:11:00:02\" "
           "(NetworkingConfig.EndpointsConfig.default.MacAddress); leave out --mac-address (compose: "
           "mac_address)",
           drop=("--mac-address 02:42:ac:11:00:02",), compose=("mac_address: '02:42:ac:11:00:02'", "")),
    remedy("links", "{ allow: [] }", f"create --link web {IMAGE}",
           'links: a link to "web" is not allowed (HostConfig.Links[0]); leave out --link (compose: '
           'links)',
           drop=("--link web",)),
    remedy("name-resolution", "{ extra-hosts: [] }", f"create --add-host db:192.0.2.1 {IMAGE}",
           'name-resolution.extra-hosts: host entry "db:192.0.2.1" is not allowed '
           '(HostConfig.ExtraHosts[0]); none is allowed for --add-host, or --host of a service (compose: '
           'extra_hosts)',
           drop=("--add-host db:192.0.2.1",), compose=("extra_hosts: ['db:192.0.2.1']", "")),
    remedy("sysctls", "{ allow: [net.ipv4.tcp_syncookies] }", f"create --sysctl kernel.msgmax=65536 {IMAGE}",
           'sysctls: kernel setting "kernel.msgmax" is not allowed (HostConfig.Sysctls.kernel.msgmax); '
           'allowed for --sysctl (compose: sysctls): net.ipv4.tcp_syncookies',
           drop=("--sysctl kernel.msgmax=65536",), mended=f"create --sysctl net.ipv4.tcp_syncookies=1 {IMAGE}",
           names=("net.ipv4.tcp_syncookies",),
           compose=("sysctls: { kernel.msgmax: 65536 }", "sysctls: { net.ipv4.tcp_syncookies: 1 }")),
    remedy("cgroup-parent", "{ allow: [/team-a] }", f"create --cgroup-parent /elsewhere {IMAGE}",
           'cgroup-parent: cgroup parent "/elsewhere" is not allowed (HostConfig.CgroupParent); allowed '
           'for --cgroup-parent (compose: cgroup_parent): /team-a',
           drop=("--cgroup-parent /elsewhere",), add=("--cgroup-parent /team-a",),
           compose=("cgroup_parent: /elsewhere", "cgroup_parent: /team-a")),
    remedy("annotations", "{ allow: [com.example.note] }", f"create --annotation io.katacontainers.config=x {IMAGE}",
           'annotations: annotation "io.katacontainers.config" is not allowed '
           '(HostConfig.Annotations.io.katacontainers.config); allowed for --annotation (compose: '
           'annotations): com.example.note',
           drop=("--annotation io.katacontainers.config=x",), mended=f"create --annotation com.example.note=x {IMAGE}",
           names=("com.example.note",), compose=("annotations: { io.kata: x }", "annotations: { com.example.note: x }")),
    remedy("runtime", "{ allow: [runc] }", f"create --runtime kata {IMAGE}",
           'runtime: runtime "kata" is not allowed (HostConfig.Runtime); allowed for --runtime (compose: '
           'runtime): runc',
           drop=("--runtime kata",), add=("--runtime runc",), compose=("runtime: kata", "runtime: runc")),
    remedy("storage-options", "{ max: 10g }", f"create --storage-opt size=20g {IMAGE}",
           'storage-options.max: storage of "20g" is not allowed (HostConfig.StorageOpt.size); at most '
           '10g: --storage-opt size=10g (compose: storage_opt)',
           drop=("--storage-opt size=20g",), add=("--storage-opt size=10g",),
           compose=("storage_opt: { size: 20g }", "storage_opt: { size: 10g }")),
    remedy("environment", "{ deny: [NVIDIA_VISIBLE_DEVICES] }", f"create --env NVIDIA_VISIBLE_DEVICES=all {IMAGE}",
           'environment: environment variable "NVIDIA_VISIBLE_DEVICES" is not allowed (Env[0]); leave out '
           '--env (compose: environment)',
           drop=("--env NVIDIA_VISIBLE_DEVICES=all",), compose=("environment: { NVIDIA_VISIBLE_DEVICES: all }", "")),
    remedy("labels", "{ require: [com.example.owner] }", f"create {IMAGE}",
           "labels.require: label com.example.owner is missing (Labels); add --label com.example.owner "
           "(compose: labels)",
           mended=f"create --label com.example.owner=team-a {IMAGE}", names=("--label", "com.example.owner"),
           compose=("", "labels: { com.example.owner: team-a }")),
    remedy("healthcheck", "required", f"create {IMAGE}",
           "healthcheck: no health check is set (Healthcheck.Test); required: add --health-cmd COMMAND "
           "(compose: healthcheck.test)",
           mended=f"create --health-cmd true {IMAGE}", names=("--health-cmd",),
           compose=("", "healthcheck: { test: [CMD, 'true'] }")),
    remedy("container-name", "{ allow: [\"team-a-*\"] }", f"create --name web2 {IMAGE}",
           'container-name: container name "web2" is not allowed (query name); allowed for --name '
           '(compose: container_name): team-a-*',
           drop=("--name web2",), mended=f"create --name team-a-web {IMAGE}", names=("team-a-*",),
           compose=("container_name: web2", "container_name: team-a-web3")),
    remedy("image-source", "{ tags: not-latest }", "create busybox",
           'image-source.tags: image "busybox" has no tag, which means latest (Image); name the '
           'image with a tag other than latest, as in NAME:TAG, or with a digest (compose: image)',
           mended=f"create {IMAGE}", names=("tag",)),
    remedy("build", "{ remote: deny, hidden-parameters: allow, buildkit: allow }",
           "curl --request POST http://localhost/v1.41/build?remote=http://192.0.2.1/x.tar",
           'build.remote: the engine may not fetch a build context from "http://192.0.2.1/x.tar" (query '
           'remote); build from a local directory',
           mended="curl --request POST --header Content-Type:application/x-tar --data-binary @/dev/null "
                  "http://localhost/v1.41/build", action="image.build"),
    remedy("checkpoint-directory", "deny", "curl --request POST --header Content-Type:application/json "
           "--data {\\\"CheckpointID\\\":\\\"c\\\",\\\"CheckpointDir\\\":\\\"/srv/c\\\"} "
           "http://localhost/v1.41/containers/web/checkpoints",
           'checkpoint-directory: a checkpoint in host folder "/srv/c" is not allowed (CheckpointDir); '
           'leave out --checkpoint-dir',
           names=("--checkpoint-dir",),
           mended="curl --request POST --header Content-Type:application/json "
                  "--data {\\\"CheckpointID\\\":\\\"c\\\"} http://localhost/v1.41/containers/web/checkpoints",
           action="container.checkpoint.create"),
    remedy("unknown-field", "deny", "curl --request POST --header Content-Type:application/json "
           "--data {\\\"Image\\\":\\\"busybox:1\\\",\\\"HostConfig\\\":{\\\"Newest\\\":1}} "
           "http://localhost/v1.41/containers/create",
           'unknown-field: field "Newest" is not known, and may mean something to the engine '
           '(HostConfig.Newest); leave out the field, or update quaywarden if the engine is newer than it',
           names=("Newest",),
           mended="curl --request POST --header Content-Type:application/json "
                  "--data {\\\"Image\\\":\\\"busybox:1\\\",\\\"HostConfig\\\":{}} "
                  "http://localhost/v1.41/containers/create"),
    remedy("self-protection", "{ allow: [] }", f"create --volume /etc/docker:/data {IMAGE}",
           'self-protection: host path "/etc/docker" would give access to /etc/docker, which is protected '
           '(HostConfig.Binds[0]); choose another path for --volume or --mount (compose: volumes)',
           drop=("--volume /etc/docker:/data",), mended=f"create --volume /srv/data:/data {IMAGE}",
           compose=("volumes: ['/etc/docker:/data']", "volumes: ['/srv/data:/data']")),
]

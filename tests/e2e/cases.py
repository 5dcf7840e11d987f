# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of a real engine under policies/baseline.yaml, and what has to come of it. README.md explains the rows.

The container `web` (running, with the volume `data`), the network `appnet` and the image busybox:1 (whose command is
`true`) are there.
"""

from harness.case import Case, Raw

JSON = ("Content-Type", "application/json")
FORM = ("Content-Type", "application/x-www-form-urlencoded")
TEXT = ("Content-Type", "text/plain")
RUN = "run --rm --network none"
CREATED = "create --network none"
CREATE = "/v1.41/containers/create"


def allowed(name, command, action, says="", **more):
    return Case(name, command, action, says=says, **more)


def denied(name, command, action, rules, says="", **more):
    return Case(name, command, action, frozenset(rules.split()), says, **more)


def create(body, target=CREATE, headers=(JSON,), chunked=False):
    return Raw("POST", target, body.encode() if isinstance(body, str) else body, headers, chunked)


def padded(mib):
    return '{"Image":"busybox:1","Labels":{"pad":"' + "x" * (mib << 20) + '"},"HostConfig":{"Privileged":true}}'


def post(target, body="", headers=None, chunked=False):
    if headers is None:
        headers = (JSON,) if body else (("Content-Length", "0"),)
    return Raw("POST", target, body.encode(), headers, chunked)


def get(target):
    return Raw("GET", target)


EVERYDAY = [
    allowed("version", "version", "system.version", "Server"),
    allowed("info", "info", "system.info", "Server Version"),
    allowed("ps", "ps --all", "container.list", "web"),
    allowed("images", "images", "image.list", "busybox"),
    allowed("disk-usage", "system df", "system.df", "Local Volumes"),
    allowed("events", "events --since 1m --until 0s", "system.events"),
    allowed("login", "login -u someone -p s3cret-password 127.0.0.1:1", "registry.login", fails=True),
    allowed("search", "search 127.0.0.1:1/nginx", "registry.search", fails=True),

    allowed("run", f"{RUN} busybox:1 echo hello", "container.create", "hello"),
    allowed("run-with-limits", f"{RUN} -m 64m --cpus 0.5 --pids-limit 100 --user 1000:1000 --read-only --cap-drop ALL "
            "--security-opt no-new-privileges --tmpfs /tmp:rw,size=16m busybox:1 id", "container.create", "uid=1000"),
    allowed("run-environment", f"{RUN} -e TOKEN=s3cret-value busybox:1 env", "container.create", "TOKEN=s3cret-value"),
    allowed("create-default-capability", f"{CREATED} --cap-drop NET_RAW --cap-add chown busybox:1 true",
            "container.create"),
    allowed("run-safe-sysctl", f"{RUN} --sysctl net.ipv4.ip_unprivileged_port_start=0 busybox:1 true",
            "container.create"),
    allowed("run-named-volume", f"{RUN} -v data:/data -v /anonymous busybox:1 ls /data", "container.create"),
    allowed("create-mount-volume", f"{CREATED} --mount type=volume,source=data,target=/data,readonly busybox:1 true",
            "container.create"),
    allowed("create-mount-tmpfs", f"{CREATED} --mount type=tmpfs,target=/scratch,tmpfs-size=1048576 busybox:1 true",
            "container.create"),
    allowed("run-volumes-from", f"{RUN} --volumes-from web busybox:1 ls /data", "container.create"),
    allowed("run-shared-pid", f"{RUN} --pid container:web busybox:1 true", "container.create"),
    allowed("create-shareable-ipc", f"{CREATED} --ipc shareable busybox:1 true", "container.create"),
    allowed("run-in-network", "run --rm --network appnet --network-alias cli busybox:1 true", "container.create"),
    allowed("create-runc", f"{CREATED} --runtime runc busybox:1 true", "container.create"),
    allowed("create-labels", f"{CREATED} -l team=a -l TEAM=b busybox:1 true", "container.create"),
    allowed("create-healthcheck", f"{CREATED} --health-cmd true --health-interval 30s busybox:1 true",
            "container.create"),
    allowed("create", f"{CREATED} busybox:1 true", "container.create"),
    allowed("start", "start started", "container.start",
            before=("create --name started --network none busybox:1 true",)),
    allowed("inspect", "inspect --format {{.State.Running}} web", "container.inspect", "true"),
    allowed("logs", "logs told", "container.logs", "words",
            before=("run --name told --network none busybox:1 echo words",)),
    allowed("stats", "stats --no-stream web", "container.stats", "web"),
    allowed("diff", "diff web", "container.changes"),
    allowed("exec", "exec web echo inside", "container.exec.create", "inside"),
    allowed("exec-as-user", "exec -u 1000 -w /bin -e A=b web id", "container.exec.start", "uid=1000"),
    allowed("copy-in", "cp /etc/passwd web:/passwd", "container.archive.write"),
    allowed("copy-out", "cp web:/bin/busybox $SCRATCH/copied", "container.archive.read"),
    allowed("pause", "pause held", "container.pause",
            before=("run -d --name held --network none busybox:1 sleep 600",)),
    allowed("unpause", "unpause freed", "container.unpause",
            before=("run -d --name freed --network none busybox:1 sleep 600", "pause freed")),
    allowed("update", "update --memory 64m --memory-swap 128m --restart no web", "container.update"),
    allowed("kill", "kill --signal CONT web", "container.kill"),
    allowed("restart", "restart -t 0 web", "container.restart"),
    allowed("wait", "wait ended", "container.wait", "0", before=("run --name ended --network none busybox:1 true",)),
    allowed("rename", "rename before after", "container.rename",
            before=("create --name before --network none busybox:1 true",)),
    allowed("commit", "commit web web:snapshot", "container.commit", "sha256:"),
    allowed("export", "export -o $SCRATCH/web.tar web", "container.export"),
    allowed("stop", "stop -t 0 stopped", "container.stop",
            before=("run -d --name stopped --network none busybox:1 sleep 600",)),
    allowed("rm", "rm -f -v removed", "container.remove",
            before=("create --name removed --network none busybox:1 true",)),
    allowed("container-prune", "container prune -f --filter label=none", "container.prune"),

    allowed("image-inspect", "image inspect busybox:1", "image.inspect", "busybox:1"),
    allowed("history", "history busybox:1", "image.history"),
    allowed("tag", "tag busybox:1 registry.example.com/team/box:2", "image.tag"),
    allowed("push", "push 127.0.0.1:1/box:1", "image.push", fails=True, before=("tag busybox:1 127.0.0.1:1/box:1",)),
    allowed("pull", "pull 127.0.0.1:1/box:1", "image.pull", fails=True),
    allowed("save", "save -o $SCRATCH/saved.tar busybox:1", "image.save"),
    allowed("load", "load -i $SCRATCH/loaded.tar", "image.load", "busybox:1",
            before=("save -o $SCRATCH/loaded.tar busybox:1",)),
    allowed("import", "import $SCRATCH/exported.tar imported:1", "image.import", "sha256:",
            before=("export -o $SCRATCH/exported.tar web",)),
    allowed("rmi", "rmi busybox:gone", "image.remove", before=("tag busybox:1 busybox:gone",)),
    allowed("image-prune", "image prune -f --filter label=none", "image.prune"),

    allowed("volume-create", "volume create --label team=a named", "volume.create", "named"),
    allowed("volume-create-tmpfs", "volume create --opt type=tmpfs --opt device=tmpfs --opt o=size=16m,uid=1000 memory",
            "volume.create", "memory"),
    allowed("volume-ls", "volume ls", "volume.list", "data"),
    allowed("volume-inspect", "volume inspect data", "volume.inspect", "data"),
    allowed("volume-rm", "volume rm unwanted", "volume.remove", before=("volume create unwanted",)),
    allowed("volume-prune", "volume prune -f --filter label=none", "volume.prune"),

    allowed("network-create", "network create --internal --label team=a backnet", "network.create"),
    allowed("network-ls", "network ls", "network.list", "appnet"),
    allowed("network-inspect", "network inspect appnet", "network.inspect", "appnet"),
    allowed("network-connect", "network connect --alias www joined idle", "network.connect",
            before=("network create joined", "create --name idle --network appnet busybox:1 true")),
    allowed("network-disconnect", "network disconnect left parted", "network.disconnect",
            before=("network create left", "create --name parted --network left busybox:1 true")),
    allowed("network-rm", "network rm unwanted", "network.remove", before=("network create unwanted",)),
]

DENIED = [
    denied("privileged", f"{RUN} --privileged busybox:1 true", "container.create", "privileged",
           "HostConfig.Privileged"),
    denied("create-privileged", "create --privileged busybox:1 true", "container.create", "privileged"),
    denied("cap-add", f"{RUN} --cap-add SYS_ADMIN busybox:1 true", "container.create", "capabilities", "SYS_ADMIN"),
    denied("cap-add-all", f"{RUN} --cap-add all busybox:1 true", "container.create", "capabilities",
           "HostConfig.CapAdd"),
    denied("host-network", "run --rm --network host busybox:1 true", "container.create", "host-namespaces",
           "HostConfig.NetworkMode"),
    denied("host-pid", f"{RUN} --pid host busybox:1 true", "container.create", "host-namespaces", "HostConfig.PidMode"),
    denied("host-ipc", f"{RUN} --ipc host busybox:1 true", "container.create", "host-namespaces", "HostConfig.IpcMode"),
    denied("host-uts", f"{RUN} --uts host busybox:1 true", "container.create", "host-namespaces", "HostConfig.UTSMode"),
    denied("host-userns", f"{RUN} --userns host busybox:1 true", "container.create", "host-namespaces",
           "HostConfig.UsernsMode"),
    denied("host-cgroupns", f"{RUN} --cgroupns host busybox:1 true", "container.create", "host-namespaces",
           "HostConfig.CgroupnsMode"),
    denied("bind", f"{RUN} -v /srv/site:/site:ro busybox:1 true", "container.create", "bind-mounts", "/srv/site"),
    denied("bind-dots", f"{RUN} -v /srv/../srv/site:/site busybox:1 true", "container.create", "bind-mounts",
           "HostConfig.Binds"),
    denied("bind-mount", f"{RUN} --mount type=bind,source=/srv/site,target=/site busybox:1 true", "container.create",
           "bind-mounts", "HostConfig.Mounts"),
    denied("bind-socket", f"{RUN} -v /var/run/docker.sock:/docker.sock busybox:1 true", "container.create",
           "bind-mounts self-protection", "/var/run/docker.sock"),
    denied("bind-root", f"{RUN} -v /:/host busybox:1 true", "container.create", "bind-mounts self-protection"),
    denied("bind-by-volume-option", f"{RUN} --mount type=volume,source=sly,target=/x,volume-driver=local,"
           "volume-opt=type=none,volume-opt=o=bind,volume-opt=device=/srv busybox:1 true", "container.create",
           "bind-mounts volumes"),
    denied("volume-create-bind", "volume create --opt type=none --opt o=bind --opt device=/srv sly", "volume.create",
           "bind-mounts volumes"),
    denied("volume-create-nfs", "volume create --opt type=nfs --opt o=addr=192.0.2.1 --opt device=:/x far",
           "volume.create", "volumes", "nfs"),
    denied("volume-driver", "volume create --driver other elsewhere", "volume.create", "volumes", "other"),
    denied("run-volume-driver", f"{RUN} --volume-driver other -v elsewhere:/x busybox:1 true", "container.create",
           "volumes"),
    denied("seccomp", f"{RUN} --security-opt seccomp=unconfined busybox:1 true", "container.create", "security-options",
           "HostConfig.SecurityOpt"),
    denied("apparmor", f"{RUN} --security-opt apparmor=unconfined busybox:1 true", "container.create",
           "security-options", "HostConfig.SecurityOpt"),
    denied("selinux", f"{RUN} --security-opt label=disable busybox:1 true", "container.create", "security-options"),
    denied("systempaths", f"{RUN} --security-opt systempaths=unconfined busybox:1 true", "container.create",
           "security-options", "HostConfig.MaskedPaths"),
    denied("device", f"{RUN} --device /dev/null:/dev/mine busybox:1 true", "container.create", "devices", "/dev/null"),
    denied("device-cgroup-rule", f"{RUN} --device-cgroup-rule 'c 1:3 rwm' busybox:1 true", "container.create",
           "devices", "HostConfig.DeviceCgroupRules"),
    denied("gpus", f"{RUN} --gpus all busybox:1 true", "container.create", "devices", "HostConfig.DeviceRequests"),
    denied("gpus-by-environment", f"{RUN} -e NVIDIA_VISIBLE_DEVICES=all busybox:1 true", "container.create",
           "environment", "NVIDIA_VISIBLE_DEVICES"),
    denied("sysctl", f"{RUN} --sysctl net.core.somaxconn=512 busybox:1 true", "container.create", "sysctls",
           "net.core.somaxconn"),
    denied("runtime", f"{RUN} --runtime other busybox:1 true", "container.create", "runtime", "HostConfig.Runtime"),
    denied("cgroup-parent", f"{RUN} --cgroup-parent /system.slice busybox:1 true", "container.create", "cgroup-parent",
           "HostConfig.CgroupParent"),
    denied("annotation", f"{RUN} --annotation run.example=1 busybox:1 true", "container.create", "annotations",
           "run.example", engines=("26.1", "28.5")),
    denied("real-time", f"{RUN} --cpu-rt-runtime 1000 busybox:1 true", "container.create", "real-time-cpu"),
    denied("hexadecimal-name", f"{RUN} --name deadbeef0123 busybox:1 true", "container.create", "container-name",
           "deadbeef0123"),
    denied("several-at-once", "run --rm --network host --privileged --pid host --cap-add SYS_ADMIN -v /srv/site:/site "
           "busybox:1 true", "container.create", "privileged host-namespaces capabilities bind-mounts"),
    denied("rename-to-hexadecimal", "rename web deadbeef0123", "container.rename", "container-name"),
    denied("exec-privileged", "exec --privileged web true", "container.exec.create", "privileged"),
    denied("update-real-time", "update --cpu-rt-runtime 1000 web", "container.update", "real-time-cpu"),
    denied("network-macvlan", "network create --driver macvlan physical", "network.create", "network-drivers",
           "macvlan"),
    denied("network-connect-host", "network connect host web", "network.connect", "host-namespaces"),
    denied("build", "build -t app:1 -", "image.build", "build", stdin="FROM busybox:1\n"),
    denied("build-host-network", "build --network host -t app:1 -", "image.build", "build host-namespaces",
           stdin="FROM busybox:1\n"),
    denied("checkpoint", Raw("POST", "/v1.41/containers/web/checkpoints", b'{"CheckpointID":"x"}', (JSON,)),
           "container.checkpoint.create", "not-allowed"),
    denied("plugin-ls", "plugin ls", "plugin.list", "not-allowed"),
    denied("plugin-install", "plugin install --grant-all-permissions 127.0.0.1:1/extra", "plugin.privileges",
           "not-allowed"),
    denied("plugin-disable", "plugin disable quaywarden", "plugin.disable", "not-allowed"),
    denied("plugin-rm", "plugin rm -f quaywarden", "plugin.remove", "not-allowed"),
    denied("swarm-init", "swarm init --advertise-addr 127.0.0.1", "swarm.init", "not-allowed"),
    denied("swarm-join", "swarm join --token SWMTKN-1-a-b 192.0.2.1:2377", "swarm.join", "not-allowed"),
    denied("service-create", "service create -d --no-resolve-image --name svc busybox:1", "service.create",
           "not-allowed"),
    denied("service-ls", "service ls", "service.list", "not-allowed"),
    denied("node-ls", "node ls", "node.list", "not-allowed"),
    denied("secret-create", "secret create password -", "secret.create", "not-allowed", stdin="s3cret-payload"),
    denied("config-ls", "config ls", "config.list", "not-allowed"),
]

# What a client of one's own can send. Where the engine reads a request in more than one way, or hides a part of it from
# plugins, quaywarden has to deny it or to read it as the engine does.
RAW = [
    allowed("raw-ping", get("/_ping"), "system.ping", "OK"),
    allowed("raw-head", Raw("HEAD", "/_ping"), "system.ping"),
    allowed("raw-options", Raw("OPTIONS", "/v1.41/containers/json"), "system.options"),
    allowed("raw-without-version", get("/containers/json?all=1"), "container.list", "web"),
    allowed("raw-absolute-form", get("http://docker/v1.41/info"), "system.info", "ServerVersion"),
    allowed("raw-create", create('{"Image":"busybox:1","HostConfig":{"NetworkMode":"none"}}'), "container.create",
            status=201),
    allowed("raw-create-charset", create('{"Image":"busybox:1"}',
            headers=(("Content-Type", "application/json; charset=utf-8"),)), "container.create", status=201),
    allowed("raw-create-chunked", create('{"Image":"busybox:1"}', chunked=True), "container.create", status=201),
    allowed("raw-create-null", create('{"Image":"busybox:1","HostConfig":null,"NetworkingConfig":null}'),
            "container.create", status=201),
    allowed("raw-create-maps", create('{"Image":"busybox:1","Labels":{"foo":"1","FOO":"2","Privileged":"true"}}'),
            "container.create", status=201),
    allowed("raw-image-escaped", get("/v1.41/images/busybox%3A1/json"), "image.inspect", "busybox:1"),
    allowed("raw-login", post("/v1.41/auth",
            '{"username":"u","password":"s3cret-raw","serveraddress":"http://127.0.0.1:1"}'), "registry.login",
            status=500),

    denied("raw-folded", create('{"image":"busybox:1","hostconfig":{"PRIVILEGED":true}}'), "container.create",
           "privileged"),
    denied("raw-escaped-key", create(r'{"Image":"busybox:1","HostConfig":{"\u0050rivileged":true}}'),
           "container.create", "privileged"),
    denied("raw-long-s", create('{"Image":"busybox:1","HostConfig":{"U\u017fernsMode":"host"}}'), "container.create",
           "host-namespaces"),
    denied("raw-kelvin", create('{"Image":"busybox:1","HostConfig":{"Networ\u212aMode":"host"}}'), "container.create",
           "host-namespaces"),
    denied("raw-top-level", create('{"Image":"busybox:1","Privileged":true}'), "container.create", "privileged"),
    denied("raw-top-level-binds", create('{"Image":"busybox:1","Binds":["/srv/site:/site"]}'), "container.create",
           "bind-mounts"),
    denied("raw-capability-as-word", create('{"Image":"busybox:1","HostConfig":{"CapAdd":"ALL"}}'), "container.create",
           "capabilities"),
    denied("raw-host-endpoint", create('{"Image":"busybox:1","NetworkingConfig":{"EndpointsConfig":{"host":{}}}}'),
           "container.create", "host-namespaces"),
    denied("raw-unknown-field", create('{"Image":"busybox:1","HostConfig":{"FutureMode":"host"}}'), "container.create",
           "unknown-field", "FutureMode"),
    denied("raw-repeated-key", create('{"Image":"busybox:1","HostConfig":{"Privileged":true,"Privileged":false}}'),
           "container.create", "ambiguous"),
    denied("raw-folded-twice",
           create('{"Image":"busybox:1","HostConfig":{"Privileged":false},"hostConfig":{"Privileged":true}}'),
           "container.create", "ambiguous"),
    denied("raw-trailing-data", create('{"Image":"busybox:1"} {"HostConfig":{"Privileged":true}}'), "container.create",
           "ambiguous"),
    denied("raw-invalid-utf8", create(b'{"Image":"busybox:1","Labels":{"a":"\xff"}}'), "container.create", "ambiguous"),
    denied("raw-deep", create('{"Image":"busybox:1","X":' + "[" * 100 + "]" * 100 + "}"), "container.create",
           "ambiguous"),
    denied("raw-cut-short", create('{"Image":"busybox:1","HostConfig":{'), "container.create", "malformed"),
    denied("raw-wrong-type", create('{"Image":"busybox:1","HostConfig":{"Privileged":"yes"}}'), "container.create",
           "malformed"),
    denied("raw-chunked", create('{"Image":"busybox:1","HostConfig":{"Privileged":true}}', chunked=True),
           "container.create", "privileged"),
    denied("raw-over-1-mib-unseen", create(padded(1)), "container.create", "body-missing", engines=("20.10",)),
    denied("raw-over-1-mib-seen", create(padded(1)), "container.create", "privileged", engines=("26.1", "28.5")),
    denied("raw-over-4-mib-unseen", create(padded(4)), "container.create", "body-missing", engines=("20.10",)),
    denied("raw-empty", create("", headers=(JSON, ("Content-Length", "0"))), "container.create", "body-missing"),
    denied("raw-auth-suffix", create('{"Image":"busybox:1"}', f"{CREATE}?name=suffix&x=/auth"), "container.create",
           "body-missing"),
    denied("raw-text", create('{"Image":"busybox:1"}', headers=(TEXT,)), "container.create", "body-missing"),
    denied("raw-form", create("fromImage=evil", headers=(FORM,)), "container.create", "content-type"),
    denied("raw-form-pull", post("/v1.41/images/create?fromImage=good", "fromImage=127.0.0.1:1/evil", (FORM,)),
           "image.pull", "content-type"),
    denied("raw-two-content-types",
           post("/v1.41/images/create?fromImage=good", "fromImage=127.0.0.1:1/evil", (FORM, TEXT)), "image.pull",
           "content-type"),
    denied("raw-two-content-types-create",
           create('{"Image":"busybox:1","HostConfig":{"Privileged":true}}', headers=(TEXT, JSON)), "container.create",
           "body-missing"),
    denied("raw-multipart-build",
           post("/v1.41/build?t=x", "--b\r\n\r\n--b--\r\n", (("Content-Type", "multipart/form-data; boundary=b"),)),
           "image.build", "content-type"),
    denied("raw-build-parameters",
           post("/v1.41/build?t=x&networkmode=host&cgroupparent=/system.slice", "x",
                (("Content-Type", "application/x-tar"),)),
           "image.build", "build host-namespaces cgroup-parent"),
    denied("raw-build-remote", post("/v1.41/build?t=x&remote=http://192.0.2.80/context.tar.gz"), "image.build",
           "build"),
    denied("raw-build-by-buildkit", post("/v1.41/build?version=2&remote=client-session&session=s&buildid=b&t=x"),
           "image.build", "build"),
    denied("raw-grpc", post("/grpc", headers=(("Connection", "Upgrade"), ("Upgrade", "h2c"))), "build.grpc", "build"),
    denied("raw-session", post("/session", headers=(("Connection", "Upgrade"), ("Upgrade", "h2c"))), "build.session",
           "build"),

    denied("raw-fragment", create('{"Image":"busybox:1"}', f"{CREATE}?x=1#&name=n"), "", "ambiguous"),
    denied("raw-encoded-slash", get("/v1.41/containers/a%2Fb/json"), "", "malformed"),
    denied("raw-semicolon", create('{"Image":"busybox:1"}', f"{CREATE}?name=a;platform=b"), "", "ambiguous"),
    denied("raw-invalid-escape", create('{"Image":"busybox:1"}', f"{CREATE}?name=%zz"), "", "malformed"),
    denied("raw-repeated-parameter", create('{"Image":"busybox:1"}', f"{CREATE}?name=one&name=two"), "", "ambiguous"),
    denied("raw-absolute-form-privileged", create('{"Image":"busybox:1","Privileged":true}', f"http://docker{CREATE}"),
           "container.create", "privileged"),
    denied("raw-escaped-path", create('{"Image":"busybox:1","HostConfig":{"Privileged":true}}',
           "/v1.41/containers/%63reate"), "container.create", "privileged"),
    denied("raw-newer-version", create('{"Image":"busybox:1","HostConfig":{"Privileged":true}}',
           "/v9.99/containers/create"), "container.create", "privileged"),
    denied("raw-start-with-body", post("/v1.23/containers/web/start", '{"Privileged":true}'), "container.start",
           "privileged"),
    denied("raw-update-cgroup-parent", post("/v1.41/containers/web/update", '{"CgroupParent":"/system.slice"}'),
           "container.update", "cgroup-parent"),
    denied("raw-update-devices", post("/v1.41/containers/web/update", '{"Devices":[{"PathOnHost":"/dev/null",'
           '"PathInContainer":"/dev/x","CgroupPermissions":"rwm"}]}'), "container.update", "devices"),
    denied("raw-exec-folded", post("/v1.41/containers/web/exec", '{"Cmd":["true"],"PRIVILEGED":true}'),
           "container.exec.create", "privileged"),
    denied("raw-volume-folded", post("/v1.41/volumes/create",
           '{"name":"sly","driveropts":{"type":"none","o":"rbind","device":"/srv"}}'), "volume.create",
           "bind-mounts volumes"),
    denied("raw-debug", get("/debug/vars"), "debug.vars", "not-allowed"),
    denied("raw-swarm-key", get("/v1.41/swarm/unlockkey"), "swarm.unlockkey", "not-allowed"),

    Case("raw-over-4-mib-refused", create(padded(4)), status=500, asked=False, engines=("26.1", "28.5")),
    Case("raw-unknown-endpoint", get("/v1.41/foo"), status=404, asked=False),
    Case("raw-unclean-path", get("/v1.41//containers/json"), status=301, asked=False),
]

CASES = EVERYDAY + DENIED + RAW

# What the rows above send and the audit trail must never hold.
SECRETS = ["s3cret-password", "s3cret-value", "s3cret-raw", "s3cret-payload"]

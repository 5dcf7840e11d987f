# SPDX-License-Identifier: GPL-3.0-or-later
"""The daily work that every shipped policy lets through.

$BOX stands for what a policy asks of each container, as options: nothing under baseline.
"""

from harness.case import allowed


RUN = "run --rm --network none $BOX"
CREATED = "create --network none $BOX"

EVERYDAY = [
    allowed("version", "version", "system.version", "Server"),
    allowed("info", "info", "system.info", "Server Version"),
    allowed("ps", "ps --all", "container.list", "web"),
    allowed("images", "images", "image.list", "busybox"),
    allowed("disk-usage", "system df --verbose", "system.df", "VOLUME NAME"),
    allowed("events", "events --since 1m --until 0s", "system.events"),
    allowed("login", "login -u someone -p s3cret-password 127.0.0.1:1", "registry.login", fails=True),
    allowed("search", "search 127.0.0.1:1/nginx", "registry.search", fails=True),

    allowed("run", f"{RUN} busybox:1 echo hello", "container.create", "hello"),
    allowed("run-options", f"{RUN} --read-only --tmpfs /tmp:rw,size=16m --init --hostname box --workdir /bin "
            "--entrypoint id busybox:1", "container.create", "id="),
    allowed("run-background", "run -d --name behind --network none --restart on-failure:3 --stop-timeout 1 "
            "--log-driver json-file --log-opt max-size=1m $BOX busybox:1 sleep 600", "container.create"),
    allowed("run-input", f"{RUN} -i busybox:1 cat", "container.attach", "from outside", stdin="from outside"),
    allowed("create-port", "create --network appnet -p 127.0.0.1:8080:80 -p 8443:443/tcp --expose 9000 $BOX "
            "busybox:1 true", "container.create"),
    allowed("run-environment", f"{RUN} -e TOKEN=s3cret-value busybox:1 env", "container.create", "TOKEN=s3cret-value"),
    allowed("run-named-volume", f"{RUN} -v data:/data -v /anonymous busybox:1 ls /data", "container.create"),
    allowed("create-mount-volume", f"{CREATED} --mount type=volume,source=data,target=/data,readonly busybox:1 true",
            "container.create"),
    allowed("create-mount-tmpfs", f"{CREATED} --mount type=tmpfs,target=/scratch,tmpfs-size=1048576 busybox:1 true",
            "container.create"),
    allowed("run-volumes-from", f"{RUN} --volumes-from web busybox:1 ls /data", "container.create"),
    allowed("run-shared-pid", f"{RUN} --pid container:web busybox:1 true", "container.create"),
    allowed("create-shareable-ipc", f"{CREATED} --ipc shareable busybox:1 true", "container.create"),
    allowed("run-in-network", "run --rm --network appnet $BOX --network-alias cli busybox:1 true", "container.create"),
    allowed("create-runc", f"{CREATED} --runtime runc busybox:1 true", "container.create"),
    allowed("create-labels", f"{CREATED} -l team=a -l TEAM=b busybox:1 true", "container.create"),
    allowed("create-healthcheck", f"{CREATED} --health-cmd true --health-interval 30s busybox:1 true",
            "container.create"),
    allowed("create", f"{CREATED} busybox:1 true", "container.create"),
    allowed("start", "start started", "container.start",
            before=("create --name started --network none $BOX busybox:1 true",)),
    allowed("inspect", "inspect --format {{.State.Running}} web", "container.inspect", "true"),
    allowed("logs", "logs --follow told", "container.logs", "words",
            before=("run --name told --network none $BOX busybox:1 echo words",)),
    allowed("stats", "stats --no-stream web", "container.stats", "web"),
    allowed("diff", "diff web", "container.changes"),
    allowed("exec", "exec web echo inside", "container.exec.create", "inside"),
    allowed("exec-as-user", "exec -u 1000:1000 -w /bin -e A=b web id", "container.exec.start", "uid=1000"),
    allowed("exec-background", "exec -d web true", "container.exec.start"),
    allowed("exec-input", "exec -i web cat", "container.exec.create", "from outside", stdin="from outside"),
    allowed("copy-in", "cp /etc/passwd web:/passwd", "container.archive.write"),
    allowed("copy-out", "cp web:/bin/busybox $SCRATCH/copied", "container.archive.read"),
    allowed("pause", "pause held", "container.pause",
            before=("run -d --name held --network none $BOX busybox:1 sleep 600",)),
    allowed("unpause", "unpause freed", "container.unpause",
            before=("run -d --name freed --network none $BOX busybox:1 sleep 600", "pause freed")),
    allowed("update", "update --memory 64m --memory-swap 128m --restart no web", "container.update"),
    allowed("kill", "kill --signal CONT web", "container.kill"),
    allowed("restart", "restart -t 0 web", "container.restart"),
    allowed("wait", "wait ended", "container.wait", "0",
            before=("run --name ended --network none $BOX busybox:1 true",)),
    allowed("rename", "rename before after", "container.rename",
            before=("create --name before --network none $BOX busybox:1 true",)),
    allowed("commit", "commit web web:snapshot", "container.commit", "sha256:"),
    allowed("export", "export -o $SCRATCH/web.tar web", "container.export"),
    allowed("stop", "stop -t 0 stopped", "container.stop",
            before=("run -d --name stopped --network none $BOX busybox:1 sleep 600",)),
    allowed("rm", "rm -f -v removed", "container.remove",
            before=("create --name removed --network none $BOX busybox:1 true",)),
    allowed("start-attached", "start --attach shown", "container.attach", "seen",
            before=("create --name shown --network none $BOX busybox:1 echo seen",)),
    allowed("port", "port open", "container.inspect",
            before=("create --name open --network appnet -p 8081:80 $BOX busybox:1 true",)),
    allowed("ps-filtered", "ps --all --size --filter name=web --format {{.Names}}", "container.list", "web"),
    allowed("logs-tail", "logs --tail 1 --timestamps spoke", "container.logs", "words",
            before=("run --name spoke --network none $BOX busybox:1 echo words",
                    "logs --follow spoke")),  # ends once the engine has closed the log, which may be after the run
    allowed("container-prune", "container prune -f --filter label=none", "container.prune"),

    allowed("image-ls", "image ls --digests --filter reference=busybox", "image.list", "busybox"),
    allowed("builder-prune", "builder prune -f", "build.prune"),
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
            before=("network create joined", "create --name idle --network appnet $BOX busybox:1 true")),
    allowed("network-disconnect", "network disconnect left parted", "network.disconnect",
            before=("network create left", "create --name parted --network left $BOX busybox:1 true")),
    allowed("network-rm", "network rm unwanted", "network.remove", before=("network create unwanted",)),
]


# What the rows above send and the audit trail must never hold.
SECRETS = ["s3cret-password", "s3cret-value", "s3cret-raw", "s3cret-payload"]

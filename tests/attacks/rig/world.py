# SPDX-License-Identifier: GPL-3.0-or-later
"""An engine, its host and its fixtures; the plugin comes and goes by the engine's own reload."""

import json
import os
import pathlib
import secrets
import shutil
import signal
import socket
import subprocess
import tarfile
import urllib.parse
import io

from harness.process import PATIENCE, Process, Timeout, wait_until
from harness.engine import Unavailable
from harness import cgroups, sandbox
from . import http
from .services import WebServer, serve_drivers, tar_of

PLUGIN = "quaywarden"
RUNS = 3 # of a container whose output is awaited
IMAGE = "busybox:1"
HOST = pathlib.Path("/srv/host")
CDI = {"cdiVersion": "0.5.0", "kind": "vendor.example/thing",
       "devices": [{"name": "all", "containerEdits": {"mounts": [
           {"hostPath": str(HOST), "containerPath": "/x", "options": ["bind", "ro"]}]}}]}


# Where a container reads its limits, by the version of control groups that the host has.
LIMITS_1 = {"$MEMORY": "/sys/fs/cgroup/memory/memory.limit_in_bytes",
            "$SWAP": "/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes",
            "$QUOTA": "/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "$PIDS": "/sys/fs/cgroup/pids/pids.max"}
LIMITS_2 = {"$MEMORY": "/sys/fs/cgroup/memory.max", "$SWAP": "/sys/fs/cgroup/memory.swap.max",
            "$QUOTA": "/sys/fs/cgroup/cpu.max", "$PIDS": "/sys/fs/cgroup/pids.max"}
LIMITS = LIMITS_2 if os.path.exists("/sys/fs/cgroup/cgroup.controllers") else LIMITS_1


class Names:
    """What the words of rows stand for."""

    def __init__(self, words):
        self.words = dict(words)

    def fill(self, text):
        for word in sorted(self.words, key=len, reverse=True):
            text = text.replace(word, self.words[word])
        return text


class World(Process):
    def __init__(self, version, cache, scratch):
        super().__init__(f"dockerd {version}", scratch / "dockerd.log")
        self.version = version
        self.scratch = scratch
        self.socket = scratch / "docker.sock"
        self.data = scratch / "data"
        self.daemon_json = scratch / "daemon.json"
        self.cgroup = f"quaywarden-attacks-{sandbox.run_id()}"
        self.secret = secrets.token_hex(12)
        self.web = ""
        self.listeners = {}
        self.web_server = None
        self.env = {"PATH": f"{cache}/{version}/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C", "HOME": str(scratch)}

    # ---- the engine ----

    def start(self):
        self.configure(False)
        command = ["dockerd", "--debug", "--experimental", "--bridge=none", "--iptables=false", "--ip6tables=false",
                   "--shutdown-timeout=3", "--host", f"unix://{self.socket}", "--exec-root", str(self.scratch / "exec"),
                   "--pidfile", str(self.scratch / "dockerd.pid"),
                   "--exec-opt", "native.cgroupdriver=cgroupfs", "--cgroup-parent", f"/{self.cgroup}",
                   "--config-file", str(self.daemon_json)]
        self.spawn([shutil.which(command[0], path=self.env["PATH"]), *command[1:]], self.env)
        self.await_log(f"API listen on {self.socket}", 0)

    def configure(self, with_plugin):
        self.daemon_json.write_text(json.dumps({"data-root": str(self.data), "default-cgroupns-mode": "private",
                                                "authorization-plugins": [PLUGIN] if with_plugin else [],
                                                "runtimes": {"traced": {"path": "/srv/traced"}}}))

    def ask(self, with_plugin):
        """Have the engine ask the plugin from now on, or nobody."""
        start = self.log_size()
        self.configure(with_plugin)
        self.child.send_signal(signal.SIGHUP)
        self.await_log("Reloaded configuration", start)

    def stop(self):
        self.terminate()
        cgroups.remove(lambda name: name.startswith(self.cgroup))

    # ---- requests ----

    def send(self, step, names):
        if step.raw:
            text = names.fill(step.raw)
            body = text.rpartition("\n\n")[2] if "\r" not in text else text.rpartition("\r\n\r\n")[2]
            return http.send_raw(self.socket, text.replace("$LENGTH", str(len(body.encode()))).encode())
        body = step.body(self, names) if callable(step.body) else step.body
        if isinstance(body, str):
            body = names.fill(body).encode()
        headers = tuple((name, names.fill(value)) for name, value in step.headers)
        answer = http.send(self.socket, step.method, names.fill(step.target), headers, body, step.chunked)
        if step.keeps and isinstance(answer.json(), dict):
            names.words[step.keeps] = answer.json().get("Id") or answer.json().get("ID") or ""
        return answer

    def must(self, method, target, body=b"", headers=()):
        answer = http.send(self.socket, method, target, headers, body)
        if answer.status >= 400:
            raise Unavailable(f"{method} {target}: {answer.status} {answer.message()}")
        return answer

    def inspect(self, kind, name):
        return self.look_up(f"/{kind}/{name}" + ("/json" if kind in ("containers", "images", "plugins") else ""))

    def id_of(self, container):
        return self.inspect("containers", container)["Id"]

    def look_up(self, target):
        return self.must("GET", f"/v1.41{target}").json()

    def await_output(self, names, claim, container="$NAME"):
        """"" once what the container wrote fulfils the claim, or what it wrote.

        After a container's end the engine waits two seconds for the rest of what it wrote and then closes the log (moby
        daemon/monitor.go, handleContainerExit): on a machine that is busy it may be lost, and is to be written again.
        """
        name = names.fill(container)
        for _ in range(RUNS):
            text = self.output_of(name, claim)
            if claim(text):
                return ""
            self.must("POST", f"/v1.41/containers/{name}/start", headers=(("Content-Length", "0"),))
        return f"wrote {text[-300:]!r}"

    def output_of(self, name, claim):
        """What the container wrote, as soon as it fulfils the claim or the container has ended, by when all is there."""
        def read():
            ended = not self.look_up(f"/containers/{name}/json")["State"]["Running"]
            text = http.unframed(self.must("GET", f"/v1.41/containers/{name}/logs?stdout=1&stderr=1").body)
            return (text,) if ended or claim(text) else None
        return wait_until(read, f"what {name} writes")[0]

    def until(self, read, claim):
        """Read until the claim holds: "", or what was read last."""
        last = ""

        def holds():
            nonlocal last
            last = read()
            return claim(last)
        try:
            wait_until(holds, "")
        except Timeout:
            return f"wrote {str(last)[-300:]!r}"
        return ""

    def names(self, row, phase):
        own = f"{phase}-{row.name}"
        return Names({**LIMITS, "$NAME": own, "$SECRET": self.secret, "$HOST": str(HOST), "$SOCKET": str(self.socket),
                      "$DATA": str(self.data), "$SCRATCH": str(self.scratch), "$WEB": self.web,
                      "$PID": str(self.child.pid), "$CGROUP": self.cgroup,
                      "$HOSTNET": os.readlink("/proc/self/ns/net")[5:-1], "$VERSION": self.version,
                      "$WEBSERVER": self.web_server.address()})

    # ---- the host and the fixtures ----

    def ghost(self, name):
        """Somebody else's container of that name, on the host's network."""
        body = {"Image": IMAGE, "Cmd": ["sleep", "600"], "HostConfig": {"NetworkMode": "host"}}
        self.must("POST", f"/v1.41/containers/create?name={name}", json.dumps(body).encode(),
                  (("Content-Type", "application/json"),))
        self.must("POST", f"/v1.41/containers/{name}/start", headers=(("Content-Length", "0"),))

    def folder(self, path):
        os.makedirs(path, exist_ok=True)

    def alias(self, path, source):
        """Another mount of a folder of the host's."""
        if not os.path.exists(path):
            os.makedirs(path)
            subprocess.run(["mount", "--bind", source, path], check=True)

    def tar(self, files):
        return tar_of(files)

    def keep_image(self, names):
        found = self.look_up(f"/images/{names.fill('evil:$NAME')}/json")["Id"]
        names.words["$IMAGE"] = found
        names.words["$SHORT"] = found.removeprefix("sha256:")[:12]

    def image_archive(self, name):
        """A saved image with that name."""
        config = json.dumps({"architecture": "amd64", "os": "linux", "config": {},
                             "rootfs": {"type": "layers", "diff_ids": []}}).encode()
        manifest = json.dumps([{"Config": "config.json", "RepoTags": [name], "Layers": []}])
        return tar_of({"config.json": config, "manifest.json": manifest})

    def swarm(self):
        """A swarm of this engine alone; once."""
        if self.must("GET", "/v1.41/info").json()["Swarm"]["LocalNodeState"] == "inactive":
            self.must("POST", "/v1.41/swarm/init", b'{"ListenAddr":"127.0.0.1:2377","AdvertiseAddr":"127.0.0.1"}',
                      (("Content-Type", "application/json"),))

    def tasks(self, names):
        """The containers of the row's service."""
        filters = urllib.parse.quote(json.dumps({"label": [names.fill("com.docker.swarm.service.name=$NAME")]}))
        return self.look_up(f"/containers/json?all=1&filters={filters}")

    def await_task(self, names, claim):
        """The same of the labels of the containers of the row's service."""
        return self.until(lambda: " ".join(f"{key}={value}" for found in self.tasks(names)
                                           for key, value in found["Labels"].items()).split(" "), claim)

    def await_service(self, names, claim):
        """The same of what the tasks of the row's service wrote."""
        def read():
            output = ""
            for found in self.tasks(names):
                logs = http.send(self.socket, "GET", f"/v1.41/containers/{found['Id']}/logs?stdout=1&stderr=1")
                output += http.unframed(logs.body) if logs.status == 200 else "" # it may be gone by now
            return output
        return self.until(read, claim)

    def status(self, target):
        return http.send(self.socket, "GET", f"/v1.41{target}").status

    def plugin_archive(self, names):
        """A plugin that writes a file of the host's, and has nothing else to do."""
        config = {"description": "d", "documentation": "", "entrypoint": ["/bin/busybox", "sh", "-c",
                  names.fill("/bin/busybox id >/x/by-plugin-$NAME; /bin/busybox sleep 5")], "workdir": "/",
                  "interface": {"types": ["docker.volumedriver/1.0"], "socket": "p.sock"}, "network": {"type": "host"},
                  "linux": {"capabilities": [], "allowAllDevices": False, "devices": None},
                  "mounts": [{"name": "host", "source": str(HOST), "destination": "/x", "type": "bind",
                              "options": ["rbind"],
                              "settable": ["source"]}],
                  "env": [], "args": {"name": "", "description": "", "settable": None, "value": []}}
        return tar_of({"config.json": json.dumps(config),
                       "rootfs/name": names.fill("$NAME"),
                       "rootfs/bin/busybox": pathlib.Path(shutil.which("busybox")).read_bytes()})

    def link(self, path, target):
        if not os.path.islink(path):
            os.symlink(target, path)

    def hide(self, folder):
        """A further folder of the host with the secret in it."""
        os.makedirs(folder, exist_ok=True)
        (pathlib.Path(folder) / "secret").write_text(self.secret)

    def folders(self, parent):
        """What an overlay is made of: on a file system of their own, which is none itself."""
        if not os.path.exists(parent):
            os.makedirs(parent)
            sandbox.mount("tmpfs", "tmpfs", parent, "mode=755")
            for name in ("lower", "upper", "work"):
                os.mkdir(f"{parent}/{name}")

    def share(self, folder):
        """A folder with the secret in it, whose mounts are seen on both sides."""
        if not os.path.exists(folder):
            os.makedirs(folder)
            sandbox.mount("tmpfs", "tmpfs", folder, "mode=755")
            subprocess.run(["mount", "--make-rshared", folder], check=True)
        self.hide(folder)

    def victim(self):
        """The id of a process of the host that nobody needs."""
        return subprocess.Popen(["sleep", "600"], stdin=subprocess.DEVNULL).pid

    def make_host(self):
        """The host's secret, which no container may read."""
        HOST.mkdir(parents=True)
        (HOST / "secret").write_text(self.secret)
        runtime = pathlib.Path("/srv/traced")
        runc = shutil.which("runc", path=self.env["PATH"])
        runtime.write_text(f'#!/bin/sh\necho "$@" >>/srv/traced.log\nexec {runc} "$@"\n')
        runtime.chmod(0o755)
        self.web_server = WebServer(tar_of({"evil": "evil"}))
        serve_drivers("/run/docker/plugins/handy.sock", HOST)
        cdi = pathlib.Path("/etc/cdi")
        cdi.mkdir()
        (cdi / "vendor.json").write_text(json.dumps(CDI))

    def listen(self, names):
        """Receive what is sent to the port $UDP of the row."""
        listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(PATIENCE)
        names.words["$UDP"] = str(listener.getsockname()[1])
        self.listeners[names.words["$UDP"]] = listener

    def heard(self, names):
        return self.listeners[names.words["$UDP"]].recv(65536).decode(errors="replace")

    def make_fixtures(self):
        """The image, and the container `web`, which runs and holds nothing that is worth an attack."""
        self.must("POST", "/v1.41/images/create?fromSrc=-&repo=busybox&tag=1", image_tar(),
                  (("Content-Type", "application/x-tar"),))
        body = {"Image": IMAGE, "Cmd": ["sleep", "3600"], "HostConfig": {"NetworkMode": "none"}}
        self.web = self.must("POST", "/v1.41/containers/create?name=web", json.dumps(body).encode(),
                             (("Content-Type", "application/json"),)).json()["Id"]
        self.must("POST", "/v1.41/containers/web/start", headers=(("Content-Length", "0"),))
        self.must("POST", "/v1.41/networks/create", b'{"Name":"ports"}', (("Content-Type", "application/json"),))

    def sweep(self, keep=("web",)):
        def is_swept():
            left = [row["Id"] for row in self.look_up("/containers/json?all=1")
                    if not any(f"/{name}" in row["Names"] for name in keep)]
            for container in left: # those of services are removed by the swarm, too, maybe right now
                http.send(self.socket, "DELETE", f"/v1.41/containers/{container}?force=1&v=1")
            return not left
        wait_until(is_swept, "no container is left")


def image_tar():
    """The host's static busybox with all its applets, as a file system."""
    busybox = shutil.which("busybox")
    if not busybox:
        raise Unavailable("busybox-static is not installed")
    applets = os.popen(f"{busybox} --list").read().split()
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        tar.add(busybox, "bin/busybox")
        for applet in applets:
            if applet != "busybox":
                link = tarfile.TarInfo(f"bin/{applet}")
                link.type, link.linkname = tarfile.SYMTYPE, "busybox"
                tar.addfile(link)
        for name, text in (("etc/passwd",
                            "root:x:0:0::/:/bin/sh\ntoor:x:0:0::/:/bin/sh\nuser:x:1000:1000::/:/bin/sh\n"),
                           ("etc/group", "root:x:0:\nuser:x:1000:\n")):
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            tar.addfile(entry, io.BytesIO(text.encode()))
    return data.getvalue()

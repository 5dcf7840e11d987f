# SPDX-License-Identifier: GPL-3.0-or-later
"""An engine, its host and its fixtures; the plugin comes and goes by the engine's own reload."""

import json
import os
import pathlib
import secrets
import shutil
import signal
import subprocess
import tarfile
import io

from harness.process import Process, wait_until
from harness.engine import Unavailable, remove_cgroup
from harness import sandbox
from . import http

PLUGIN = "quaywarden"
IMAGE = "busybox:1"
HOST = pathlib.Path("/srv/host")


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
        self.env = {"PATH": f"{cache}/{version}/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C", "HOME": str(scratch)}

    # ---- the engine ----

    def start(self):
        self.configure(False)
        command = ["dockerd", "--debug", "--experimental", "--bridge=none", "--iptables=false", "--ip6tables=false",
                   "--shutdown-timeout=3", "--host", f"unix://{self.socket}", "--data-root", str(self.data),
                   "--exec-root", str(self.scratch / "exec"), "--pidfile", str(self.scratch / "dockerd.pid"),
                   "--exec-opt", "native.cgroupdriver=cgroupfs", "--cgroup-parent", f"/{self.cgroup}",
                   "--default-cgroupns-mode", "private", "--config-file", str(self.daemon_json)]
        self.spawn([shutil.which(command[0], path=self.env["PATH"]), *command[1:]], self.env)
        self.await_log(f"API listen on {self.socket}", 0)

    def configure(self, with_plugin):
        self.daemon_json.write_text(json.dumps({"authorization-plugins": [PLUGIN] if with_plugin else []}))

    def ask(self, with_plugin):
        """Have the engine ask the plugin from now on, or nobody."""
        start = self.log_size()
        self.configure(with_plugin)
        self.child.send_signal(signal.SIGHUP)
        self.await_log("Reloaded configuration", start)

    def stop(self):
        self.terminate()
        for folder in pathlib.Path("/sys/fs/cgroup").glob(f"**/{self.cgroup}"):
            remove_cgroup(folder)

    # ---- requests ----

    def send(self, step, names):
        if step.raw:
            return http.send_raw(self.socket, names.fill(step.raw).encode())
        body = step.body(self, names) if callable(step.body) else step.body
        if isinstance(body, str):
            body = names.fill(body).encode()
        headers = tuple((name, names.fill(value)) for name, value in step.headers)
        answer = http.send(self.socket, step.method, names.fill(step.target), headers, body, step.chunked,
                           seconds=2 if ("Upgrade", "tcp") in headers else 60)
        if step.keeps and isinstance(answer.json(), dict):
            names.words[step.keeps] = answer.json().get("Id") or answer.json().get("ID") or ""
        return answer

    def must(self, method, target, body=b"", headers=()):
        answer = http.send(self.socket, method, target, headers, body)
        if answer.status >= 400:
            raise Unavailable(f"{method} {target}: {answer.status} {answer.message()}")
        return answer

    def look_up(self, target):
        return self.must("GET", f"/v1.41{target}").json()

    def output(self, names, name="$NAME"):
        answer = self.must("GET", names.fill(f"/v1.41/containers/{name}/logs?stdout=1&stderr=1"))
        return http.unframed(answer.body)

    def names(self, row, phase):
        own = f"{phase}-{row.name}"
        return Names({"$NAME": own, "$SECRET": self.secret, "$HOST": str(HOST), "$SOCKET": str(self.socket),
                      "$DATA": str(self.data), "$SCRATCH": str(self.scratch), "$WEB": self.web,
                      "$PID": str(self.child.pid), "$PHASE": phase})

    # ---- the host and the fixtures ----

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
        (HOST / "folder").mkdir()

    def make_fixtures(self):
        """The image, and the container `web`, which runs and holds nothing that is worth an attack."""
        self.must("POST", "/v1.41/images/create?fromSrc=-&repo=busybox&tag=1", image_tar(),
                  (("Content-Type", "application/x-tar"),))
        body = {"Image": IMAGE, "Cmd": ["sleep", "3600"], "HostConfig": {"NetworkMode": "none"}}
        self.web = self.must("POST", "/v1.41/containers/create?name=web", json.dumps(body).encode(),
                             (("Content-Type", "application/json"),)).json()["Id"]
        self.must("POST", "/v1.41/containers/web/start", headers=(("Content-Length", "0"),))

    def sweep(self, keep=("web",)):
        for row in self.look_up("/containers/json?all=1"):
            if not any(f"/{name}" in row["Names"] for name in keep):
                self.must("DELETE", f"/v1.41/containers/{row['Id']}?force=1&v=1")


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
        for name, text in (("etc/passwd", "root:x:0:0::/:/bin/sh\nuser:x:1000:1000::/:/bin/sh\n"),
                           ("etc/group", "root:x:0:\nuser:x:1000:\n")):
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            tar.addfile(entry, io.BytesIO(text.encode()))
    return data.getvalue()

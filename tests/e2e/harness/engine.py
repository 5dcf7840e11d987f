# SPDX-License-Identifier: GPL-3.0-or-later
"""A private dockerd, and its own docker client."""

import pathlib
import re
import shutil
import subprocess

from . import sandbox
from .process import Process

PLUGIN = "quaywarden"
IMAGE = "busybox:1"


class Unavailable(Exception):
    pass


class Engine(Process):
    def __init__(self, version, cache, scratch):
        super().__init__(f"dockerd {version}", scratch / "dockerd.log")
        self.version = version
        self.scratch = scratch
        self.socket = scratch / "docker.sock"
        self.config = scratch / "client"
        self.config.mkdir()
        self.unasked = [] # parts of its log, from and to, in which it answers without asking the plugin
        self.cgroup = f"quaywarden-e2e-{sandbox.run_id()}"
        self.env = {"PATH": f"{cache}/{version}/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C",
                    "HOME": str(self.config), "DOCKER_CONFIG": str(self.config),
                    "DOCKER_HOST": f"unix://{self.socket}", "DOCKER_BUILDKIT": "0"}

    def start(self, with_plugin=True):
        start = self.log_size()
        command = ["dockerd", "--debug", "--bridge=none", "--iptables=false", "--ip6tables=false",
                   "--shutdown-timeout=5", "--host", f"unix://{self.socket}", "--data-root", str(self.scratch / "data"),
                   "--exec-root", str(self.scratch / "exec"), "--pidfile", str(self.scratch / "dockerd.pid"),
                   "--exec-opt", "native.cgroupdriver=cgroupfs", "--cgroup-parent", f"/{self.cgroup}"]
        if with_plugin:
            command += ["--authorization-plugin", PLUGIN]
        self.spawn([shutil.which(command[0], path=self.env["PATH"]), *command[1:]], self.env)
        self.await_log("API listen on", start)

    def stop(self):
        self.terminate()
        for folder in pathlib.Path("/sys/fs/cgroup").glob(f"**/{self.cgroup}"):
            remove_cgroup(folder)

    def docker(self, arguments, stdin=None, seconds=60, env=None):
        """Run the client; arguments is a list. What it prints on both streams comes back as stdout, text."""
        return subprocess.run(["docker", *arguments], env={**self.env, **(env or {})}, input=stdin or "", text=True,
                              errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=seconds,
                              check=False)

    def must(self, *arguments):
        """Run the client where success is taken for granted."""
        result = self.docker(list(arguments))
        if result.returncode != 0:
            raise Unavailable(f"docker {' '.join(arguments)}: {result.stdout.strip()}")
        return result.stdout.strip()

    def import_image(self):
        """Make IMAGE from the host's static busybox, without a registry."""
        busybox = shutil.which("busybox")
        if not busybox:
            raise Unavailable("busybox-static is not installed")
        tree = self.scratch / "image"
        (tree / "bin").mkdir(parents=True)
        shutil.copy(busybox, tree / "bin/busybox")
        for applet in ("sh", "sleep", "true", "echo", "cat", "id", "env", "ls", "touch"):
            (tree / "bin" / applet).symlink_to("busybox")
        archive = shutil.make_archive(str(self.scratch / "image"), "tar", tree)
        self.must("import", "--change", 'CMD ["true"]', archive, IMAGE)

    def served(self, start):
        """(method, target) of each request on which the engine asked, by its own log since start, in order."""
        found = []
        edges = [start, *(edge for part in self.unasked for edge in part), None]
        parts = zip(edges[::2], edges[1::2])
        for line in "".join(self.log_text(*part) for part in parts).splitlines():
            match = re.search(r'msg="Calling (\S+) ((?:[^"\\]|\\.)*)"', line)
            if match:
                found.append((match[1], unquote(match[2])))
            elif re.search(r'msg="handling \S+ request"', line):
                method = re.search(r' method=(\S+)', line)
                target = re.search(r' request-url=("(?:[^"\\]|\\.)*"|\S+)', line)
                found.append((method[1], unquote(target[1].strip('"'))))
        return found


def unquote(text):
    return text.replace('\\"', '"').replace("\\\\", "\\")


def remove_cgroup(folder):
    for inner in folder.glob("*/"):
        remove_cgroup(inner)
    try:
        folder.rmdir()
    except OSError:
        pass # a container that outlives the engine's orderly end is ended with the sandbox

# SPDX-License-Identifier: GPL-3.0-or-later
"""A private dockerd, and its own docker clients."""

import pathlib
import re
import shlex
import shutil
import subprocess

from . import cgroups, sandbox
from .process import PATIENCE, Process

PLUGIN = "quaywarden"
OWN = re.compile(r"\?quaywarden=[0-9a-f]{32}$")
IMAGE = "busybox:1"
LEGACY = "legacy"
HERE = pathlib.Path(__file__).resolve().parent.parent
ADDRESS = "127.0.0.1:2376" # of its TLS listener, in the sandbox's network namespace


class Unavailable(Exception):
    pass


class Engine(Process):
    def __init__(self, version, cache, scratch, certificates):
        super().__init__(f"dockerd {version}", scratch / "dockerd.log")
        self.version = version
        self.scratch = scratch
        self.certificates = certificates
        self.socket = scratch / "docker.sock"
        self.config = scratch / "client"
        self.config.mkdir()
        (self.config / "cli-plugins").symlink_to(f"{cache}/{version}/cli-plugins")
        self.daemon_json = scratch / "daemon.json"
        self.daemon_json.write_text("{}")
        self.box = "" # what the policy in force asks of each container, as options of `run`
        self.prepared = set() # command lines that were run before cases
        self.unasked = [] # parts of its log, from and to, in which it answers without asking the plugin
        self.cgroup = f"quaywarden-e2e-{sandbox.run_id()}"
        self.env = {"PATH": f"{cache}/{version}/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C",
                    "HOME": str(self.config), "DOCKER_CONFIG": str(self.config),
                    "DOCKER_HOST": f"unix://{self.socket}", "DOCKER_BUILDKIT": "0"}

    def start(self, plugins=(PLUGIN,)):
        start = self.log_size()
        command = ["dockerd", "--debug", "--bridge=none", "--iptables=false", "--ip6tables=false",
                   "--shutdown-timeout=5", "--host", f"unix://{self.socket}", "--data-root", str(self.scratch / "data"),
                   "--exec-root", str(self.scratch / "exec"), "--pidfile", str(self.scratch / "dockerd.pid"),
                   "--exec-opt", "native.cgroupdriver=cgroupfs", "--cgroup-parent", f"/{self.cgroup}"]
        tls = self.certificates.folder / "server"
        command += ["--host", f"tcp://{ADDRESS}", "--tlsverify", "--tlscacert", f"{tls}/ca.pem",
                    "--tlscert", f"{tls}/cert.pem", "--tlskey", f"{tls}/key.pem",
                    "--config-file", str(self.daemon_json)]
        for plugin in plugins:
            command += ["--authorization-plugin", plugin]
        self.spawn([shutil.which(command[0], path=self.env["PATH"]), *command[1:]], self.env)
        for listener in (self.socket, ADDRESS):
            self.await_log(f"API listen on {listener}", start)

    def stop(self):
        self.terminate()
        cgroups.remove(lambda name: name == self.cgroup)

    def words(self, line):
        """A command line of a case as a list."""
        for name, value in (("$BOX", self.box), ("$SCRATCH", self.scratch), ("$HERE", HERE)):
            line = line.replace(name, str(value))
        return shlex.split(line)

    def env_of(self, who):
        """What makes a client ask as one of the certificates' people; nothing for the plain socket."""
        if not who:
            return {}
        return {"DOCKER_HOST": f"tcp://{ADDRESS}", "DOCKER_TLS_VERIFY": "1",
                "DOCKER_CERT_PATH": str(self.certificates.folder / who)}

    def name_of(self, who):
        """What the engine calls who comes with that certificate."""
        return self.certificates.people[who].name() if who else ""

    def configure(self, text):
        """Have that text as daemon.json; another one takes a restart."""
        if text != self.daemon_json.read_text():
            self.daemon_json.write_text(text)
            self.terminate()
            self.start()

    def docker(self, arguments, stdin=None, seconds=PATIENCE, env=None):
        """Run docker, or docker-compose where that is the first word; arguments is a list. The output is text."""
        program = [] if arguments[0] == "docker-compose" else ["docker"]
        return subprocess.run([*program, *arguments], env={**self.env, **(env or {})}, input=stdin or "", text=True,
                              errors="replace", capture_output=True, timeout=seconds, check=False)

    def must(self, *arguments):
        """Run the client where success is taken for granted."""
        result = self.docker(list(arguments))
        if result.returncode != 0:
            raise Unavailable(f"docker {' '.join(arguments)}: {(result.stderr or result.stdout).strip()}")
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

    def make_legacy(self):
        """What was made before there was a plugin: a volume and a container, until the first sweep."""
        self.must("volume", "create", "--opt", "type=none", "--opt", "o=bind", "--opt", "device=/srv", LEGACY)
        self.must("create", "--name", LEGACY, "--network", "none", "--privileged", "-v", f"{LEGACY}:/x", IMAGE, "true")

    def prepare(self, line):
        """Run the command line of a case's `before`, unless an earlier case did."""
        if line not in self.prepared:
            self.must(*self.words(line))
            self.prepared.add(line)

    def make_fixtures(self):
        """The running container `web` with the volume `data`, and the network `appnet`."""
        self.must("volume", "create", "data")
        self.must("network", "create", "appnet")
        self.must("run", "-d", "--name", "web", "--network", "none", "--stop-timeout", "1", "-v", "data:/data",
                  *self.words("$BOX"), IMAGE, "sleep", "3600")

    def sweep(self):
        """Remove every container, volume and network."""
        self.prepared.clear()
        self.unasked.clear()
        for listing, removal in (("ps --all --quiet", "rm --force --volumes"), ("volume ls --quiet", "volume rm"),
                                 ("network ls --quiet --filter type=custom", "network rm")):
            found = self.must(*listing.split()).split()
            if found:
                self.must(*removal.split(), *found)

    def served(self, start):
        """(method, target) of each request on which the engine asked, by its own log since start, in order.

        Without the questions of quaywarden itself, of which the trail knows nothing.
        """
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
        return [(method, target) for method, target in found if not OWN.search(target)]


def unquote(text):
    return text.replace('\\"', '"').replace("\\\\", "\\")

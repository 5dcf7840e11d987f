# SPDX-License-Identifier: GPL-3.0-or-later
"""An engine, a plugin and the program under test, in the private corner that tests/e2e/harness/sandbox.py makes."""

import json
import os
import pathlib
import re
import shutil
import socket
import subprocess

from harness.process import Process, wait_until

CACHE = pathlib.Path(os.environ.get("QW_ENGINE_CACHE", "/var/cache/quaywarden-test-engines"))

POLICY = """\
version: 1
{mode}
roles:
  user: {{ allow: {allow} }}
tenants:
  - name: all
    match: {match}
    objects: all
    role: user
    profile: {profile}
audit: {{ record: all, to: [{audit}] }}
"""


class Engine(Process):
    """A dockerd with a configuration file, which may not be there, and whatever else on its command line."""

    def __init__(self, lab, version):
        super().__init__(f"dockerd {version}", lab.folder / "dockerd.log")
        self.lab = lab
        self.version = version
        self.socket = lab.folder / "docker.sock"
        self.config = lab.folder / "etc/daemon.json"
        self.pid_file = lab.folder / "dockerd.pid"
        self.path = f"{CACHE}/{version}/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    def start(self, *more, pid_file=True, config_file=True):
        start = self.log_size()
        command = [shutil.which("dockerd", path=self.path), "--bridge=none", "--iptables=false", "--ip6tables=false",
                   "--data-root", str(self.lab.folder / "data"), "--exec-root", str(self.lab.folder / "exec"),
                   "--host", f"unix://{self.socket}", *more]
        command += ["--pidfile", str(self.pid_file)] if pid_file else []
        command += ["--config-file", str(self.config)] if config_file else []
        is_there = self.config.exists() or not config_file
        if not is_there: # an engine that is told of a file wants it when it starts; later it may go
            self.lab.write_config("{}")
        self.spawn(command, {"PATH": self.path})
        self.await_log("API listen on", start)
        if not is_there:
            self.config.unlink()
        return self

    def ask(self, method, target, body=None):
        """(status, message) of a request on its socket."""
        payload = json.dumps(body).encode() if body is not None else b""
        head = f"{method} {target} HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: {len(payload)}\r\n\r\n"
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(20)
            connection.connect(str(self.socket))
            connection.sendall((head if body is not None else f"{method} {target} HTTP/1.0\r\n\r\n").encode() + payload)
            answer = b""
            while part := connection.recv(65536):
                answer += part
        top, _, text = answer.partition(b"\r\n\r\n")
        return int(top.split()[1]), text.decode(errors="replace")

    def create_privileged(self):
        return self.ask("POST", "/containers/create", {"Image": "nowhere", "HostConfig": {"Privileged": True}})

    def asks(self, name="quaywarden"):
        """Does the engine ask the plugin?"""
        return f"denied by plugin {name}:" in self.create_privileged()[1]


class Plugin(Process):
    def __init__(self, lab):
        super().__init__("quaywarden", lab.folder / "quaywarden.log")
        self.lab = lab

    def start(self, socket_path):
        self.socket = socket_path
        self.spawn([self.lab.binary, "serve", "--policy", str(self.lab.policy), "--socket", str(socket_path),
                    "--state", str(self.lab.folder / "state"), "--engine", str(self.lab.engine.socket),
                    "--engine-config", str(self.lab.engine.config)])
        wait_until(self.answers, "the plugin answers")
        return self

    def answers(self):
        assert self.child.poll() is None, f"it ended with {self.child.returncode}: {self.log_text()}"
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self.socket)) == 0


class Deaf:
    """A listening socket on which nobody answers."""

    def __init__(self, path):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen()


class Lab:
    """What one test needs: a folder, an engine, a plugin; none of them started."""

    def __init__(self, binary, folder, version):
        self.binary = binary
        self.folder = folder
        folder.mkdir()
        self.policy = folder / "policy.yaml"
        self.socket = pathlib.Path("/run/docker/plugins/quaywarden.sock")
        self.engine = Engine(self, version)
        self.plugin = Plugin(self)
        self.write_policy()

    def write_policy(self, match='["*", anonymous]', profile="baseline", allow="[everyday]", mode="mode: enforce",
                     audit=None):
        self.policy.write_text(POLICY.format(match=match, profile=profile, allow=allow, mode=mode,
                                             audit=audit or self.folder / "audit.jsonl"))

    def write_config(self, text):
        self.engine.config.parent.mkdir(exist_ok=True)
        self.engine.config.write_text(text)

    def config(self):
        return self.engine.config.read_text() if self.engine.config.exists() else None

    def start(self, *engine_options):
        self.plugin.start(self.socket)
        self.engine.start(*engine_options)
        return self

    def run(self, *words, seconds=60):
        return subprocess.run([self.binary, *map(str, words)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=seconds, check=False)

    def places(self):
        return ["--engine", self.engine.socket, "--engine-config", self.engine.config]

    def enable(self, *more):
        return self.run("enable", "--policy", self.policy, "--pid-file", self.engine.pid_file, *self.places(), *more)

    def disable(self, *more):
        return self.run("disable", "--pid-file", self.engine.pid_file, *self.places(), *more)

    def status(self, *more):
        return self.run("status", *self.places(), *more)

    def close(self):
        for process in (self.engine, self.plugin):
            if process.is_running():
                try:
                    process.terminate()
                except subprocess.TimeoutExpired:
                    process.kill()
        assert "Sanitizer" not in self.plugin.log_text(), self.plugin.log_text()[-6000:]
        self.socket.unlink(missing_ok=True)
        shutil.rmtree("/etc/docker/plugins", ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)


def expect(result, code, out="", err=""):
    """Exit code and both streams, whole; "{pid}" stands for any process number."""
    seen = f"exit {result.returncode}\nstdout: {result.stdout}stderr: {result.stderr}"
    assert result.returncode == code, f"expected exit {code}: {seen}"
    for what, want, got in (("stdout", out, result.stdout), ("stderr", err, result.stderr)):
        pattern = re.escape(want).replace(re.escape("{pid}"), r"\d+")
        assert re.fullmatch(pattern, got), f"{what} is not\n{want}but\n{got}"

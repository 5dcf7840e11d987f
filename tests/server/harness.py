# SPDX-License-Identifier: GPL-3.0-or-later
"""A server under test, and a client that speaks HTTP to it byte by byte."""

import base64
import contextlib
import functools
import json
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time

POLICY = """\
version: 1
roles:
  everything: {{ allow: ["*"] }}
tenants:
  - name: all
    match: ["*", anonymous]
    objects: all
    role: everything
    profile: {profile}
audit: {{ record: {record}, to: [{to}], on-failure: {on_failure} }}
"""


# After so long something hangs. It is no claim about speed: with a sanitizer, on a machine that has better to do, a
# server with all its connections has been seen to take most of a minute to its next answer.
PATIENCE = 180.0


def wait_until(claim, what, seconds=PATIENCE):
    """Poll claim() until it is true; its value."""
    deadline = time.monotonic() + seconds
    while True:
        value = claim()
        if value:
            return value
        assert time.monotonic() < deadline, f"{what}: not within {seconds:g} s"
        time.sleep(0.01)


def message(method="GET", uri="/v1.41/containers/json", body=None):
    """The engine's question, as bytes."""
    fields = {"RequestMethod": method, "RequestUri": uri, "RequestHeaders": {}}
    if body is not None:
        raw = json.dumps(body).encode()
        fields["RequestBody"] = base64.b64encode(raw).decode()
        fields["RequestHeaders"] = {"Content-Type": "application/json", "Content-Length": str(len(raw))}
    return json.dumps(fields).encode()


def create(privileged):
    body = {"Image": "busybox", "HostConfig": {"Privileged": True} if privileged else {}}
    return message("POST", "/v1.41/containers/create", body)


READ = message()
PLAIN = create(False)
PRIVILEGED = create(True)


def request(body, path="/AuthZPlugin.AuthZReq", method="POST"):
    head = f"{method} {path} HTTP/1.1\r\nHost: quaywarden\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


@functools.cache
def is_sanitized(binary):
    program = pathlib.Path(binary).read_bytes()
    return b"__asan_init" in program or b"__tsan_init" in program


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def verdict(self):
        assert self.status == 200, f"status {self.status}: {self.body!r}"
        return json.loads(self.body)


class Client:
    """One connection."""

    def __init__(self, path, timeout=PATIENCE):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        # One that does not block is refused, not kept waiting, where the server's queue is full.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", int(timeout), 0))
        self.socket.connect(str(path))
        self.socket.settimeout(timeout)
        self.pending = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def _fill(self):
        data = self.socket.recv(65536)
        if not data:
            raise EOFError("the server closed the connection")
        self.pending += data

    def receive(self):
        while b"\r\n\r\n" not in self.pending:
            self._fill()
        head, _, self.pending = self.pending.partition(b"\r\n\r\n")
        status, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}
        if int(status.split()[1]) == 100:
            return self.receive()
        length = int(headers.get("content-length", 0))
        while len(self.pending) < length:
            self._fill()
        body, self.pending = self.pending[:length], self.pending[length:]
        return Answer(int(status.split()[1]), headers, body)

    def ask(self, body, **how):
        self.send(request(body, **how))
        return self.receive()

    def verdict(self, body):
        return self.ask(body).verdict()

    def is_closed_within(self, seconds=PATIENCE):
        """Does the server end the connection without a word, or with an error?"""
        self.socket.settimeout(seconds)
        try:
            while self.socket.recv(65536):
                pass
            return True
        except ConnectionError:
            return True
        except TimeoutError:
            return False


class Server:
    """The binary with a folder of its own. Start it with start(); it ends with the test."""

    def __init__(self, binary):
        self.binary = str(pathlib.Path(binary).resolve())
        self.sanitized = is_sanitized(self.binary)  # no measure of time or memory holds
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="qw-server-"))
        self.socket = self.dir / "run" / "q.sock"
        self.policy = self.dir / "policy.yaml"
        self.audit = self.dir / "audit.jsonl"
        self.log = self.dir / "log"
        self.child = None
        self.children = []
        self.write_policy()

    def policy_text(self, profile="baseline", record="all", to=None, on_failure="deny"):
        return POLICY.format(profile=profile, record=record, to=to or self.audit, on_failure=on_failure)

    def write_policy(self, **settings):
        """Over the file, as an editor that writes in place does."""
        self.policy.write_text(self.policy_text(**settings))

    def replace_policy(self, **settings):
        """By another file of the name."""
        fresh = self.dir / "policy.new"
        fresh.write_text(self.policy_text(**settings))
        fresh.rename(self.policy)

    def break_policy(self):
        self.policy.write_text("version: 1\nbogus: [\n")

    def command(self, *more):
        return [self.binary, "serve", "--policy", str(self.policy), "--socket", str(self.socket),
                "--state", str(self.dir / "state"), "--threads", "2", *more] # which meet, on any machine

    def spawn(self, *more, argv=None, **how):
        with self.log.open("ab") as log:
            child = subprocess.Popen(argv or self.command(*more), stdin=subprocess.DEVNULL,
                                     stdout=how.pop("stdout", log), stderr=log, **how)
        self.children.append(child)
        return child

    def start(self, *more, **how):
        self.child = self.spawn(*more, **how)
        wait_until(lambda: self.child.poll() is not None or self.answers(), "the server answers")
        assert self.child.poll() is None, f"it ended with {self.child.returncode}: {self.log_text()}"
        return self

    def answers(self):
        try:
            with Client(self.socket) as client:
                return client.ask(b"", path="/Plugin.Activate").status == 200
        except (OSError, EOFError):
            return False

    def connect(self):
        return Client(self.socket)

    def allows_privileged(self):
        with self.connect() as client:
            return client.verdict(PRIVILEGED)["Allow"]

    def log_text(self):
        return self.log.read_text(errors="replace")

    def signal(self, number):
        self.child.send_signal(number)

    def reload(self):
        """SIGHUP, and wait until it was heeded."""
        before = len(self.log_text())
        self.signal(signal.SIGHUP)
        wait_until(lambda: "in force" in self.log_text()[before:], "the policy is reloaded or refused")
        return self.log_text()[before:]

    def stop(self, seconds=PATIENCE):
        self.signal(signal.SIGTERM)
        return self.child.wait(seconds)

    def records(self, path=None):
        text = (path or self.audit).read_text()
        assert text == "" or text.endswith("\n"), "the last line is not whole"
        return [json.loads(line) for line in text.splitlines()]

    def resident_mib(self):
        for line in pathlib.Path(f"/proc/{self.child.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise AssertionError("no VmRSS")

    def close(self):
        for child in self.children:
            if child.poll() is None:
                child.terminate()
                try:
                    child.wait(20)
                except subprocess.TimeoutExpired:
                    child.kill()
                    child.wait()
        ended = [child.returncode for child in self.children]
        text = self.log_text() if self.log.exists() else ""
        shutil.rmtree(self.dir, ignore_errors=True)
        assert "Sanitizer" not in text, f"a sanitizer reports: {text[-6000:]}"
        assert not any(code in (-signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS) for code in ended), f"it crashed: {text}"


@contextlib.contextmanager
def small_disk(folder, kib):
    """A file system of so many KiB; needs root."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def is_root():
    return os.geteuid() == 0

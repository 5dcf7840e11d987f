# SPDX-License-Identifier: GPL-3.0-or-later
"""quaywarden serve, as a child process, and the audit trail that it writes."""

import hashlib
import json
import pathlib
import signal
import socket

from .process import Process, Timeout, wait_until
from .rawhttp import request

SOCKET = pathlib.Path("/run/docker/plugins/quaywarden.sock")


class Plugin(Process):
    def __init__(self, binary, policy, engine):
        scratch = engine.scratch
        super().__init__("quaywarden", scratch / "quaywarden.log")
        self.binary = binary
        self.engine = engine
        self.policy = scratch / "policy.yaml"
        self.policy.write_text(policy)
        self.trail = Trail(scratch / "audit.jsonl")

    def start(self):
        self.spawn([str(self.binary), "serve", "--policy", str(self.policy), "--socket", str(SOCKET),
                    "--audit", str(self.trail.path), "--engine", str(self.engine.socket),
                    "--engine-config", str(self.engine.daemon_json)])
        wait_until(self.answers, "quaywarden: a connection to its socket")

    def answers(self):
        if self.child.poll() is not None:
            raise Timeout(f"quaywarden ended with {self.child.returncode}: {self.log_text()[-600:]}")
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(SOCKET)) == 0

    def figures(self):
        return json.loads(request(SOCKET, "GET", "/status").text)

    def hang_up(self):
        self.child.send_signal(signal.SIGHUP)

    def replace_policy(self, text):
        """As configuration tools do: a new file takes the old one's name."""
        fresh = self.policy.with_suffix(".new")
        fresh.write_text(text)
        fresh.rename(self.policy)


    def policy_in_force(self):
        """The hash in the newest record of a request made now."""
        mark = self.trail.mark()
        request(self.engine.socket, "GET", "/version")
        return self.trail.since(mark)[-1]["policy"]

    def await_policy(self, text, how):
        wanted = hashlib.sha256(text.encode()).hexdigest()
        wait_until(lambda: self.policy_in_force() == wanted, f"the new policy by {how}")

    def use(self, policy):
        """Decide by that text from now on."""
        if policy != self.policy.read_text():
            start = self.log_size()
            self.replace_policy(policy)
            self.hang_up()
            try:
                self.await_policy(policy, "SIGHUP")
            except Timeout as error:
                raise Timeout(f"{error}: {self.log_text(start)[-600:]}") from error


class Trail:
    """The audit trail: JSON lines. A mark is a position in it."""

    def __init__(self, path):
        self.path = path

    def mark(self):
        last = max(self.path.stat().st_size - 1, 0) if self.path.exists() else 0
        return last + len(self.whole_lines(last))

    def since(self, mark):
        """The records after mark. A line that is no JSON raises, and so does one that stays unfinished."""
        return [json.loads(line) for line in self.whole_lines(mark).splitlines()]

    def whole_lines(self, start):
        """What the file holds from start on. The kernel shows a reader a line that is on its way page by page."""
        def read():
            if not self.path.exists():
                return (b"",)
            with self.path.open("rb") as trail:
                trail.seek(start)
                data = trail.read()
            return (data,) if not data or data.endswith(b"\n") else None
        return wait_until(read, "the trail: the end of its last line")[0]


def rule_ids(record):
    """The rules of a record without settings: bind-mounts, not bind-mounts.read-only."""
    return {rule["id"].split(".")[0] for rule in record["rules"]}

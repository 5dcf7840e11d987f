# SPDX-License-Identifier: GPL-3.0-or-later
"""A child process that logs to a file, and waiting for things to become true."""

import signal
import subprocess
import time


class Timeout(TimeoutError):
    pass


# After so long something hangs: no claim about speed, on a machine that may have better to do.
PATIENCE = 180.0


def wait_until(claim, what, seconds=PATIENCE):
    """Poll claim() until it is true and return its value, or raise Timeout."""
    deadline = time.monotonic() + seconds
    while True:
        value = claim()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Timeout(f"{what}: not within {seconds:g} s")
        time.sleep(0.01)


class Process:
    """One program, started any number of times; its output is appended to one log."""

    def __init__(self, name, log):
        self.name = name
        self.log = log
        self.child = None
        self.log.touch()

    def spawn(self, argv, env=None):
        with self.log.open("ab") as out:
            self.child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=env)

    def log_size(self):
        return self.log.stat().st_size

    def log_text(self, start=0, end=None):
        with self.log.open("rb") as lines:
            lines.seek(start)
            return lines.read(-1 if end is None else end - start).decode(errors="replace")

    def await_log(self, text, start, seconds=PATIENCE):
        def appeared():
            if self.child.poll() is not None:
                raise Timeout(f"{self.name} ended with {self.child.returncode}: {self.log_text(start)[-600:]}")
            return text in self.log_text(start)
        wait_until(appeared, f"{self.name}: {text!r} in its log", seconds)

    def terminate(self, seconds=PATIENCE):
        """End it in good order and return its exit status."""
        self.child.send_signal(signal.SIGTERM)
        return self.child.wait(seconds)

    def kill(self):
        self.child.kill()
        return self.child.wait(PATIENCE)

    def is_running(self):
        return self.child is not None and self.child.poll() is None

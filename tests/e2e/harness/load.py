# SPDX-License-Identifier: GPL-3.0-or-later
"""Privileged creates over several connections, for as long as something else happens."""

import collections
import http.client
import itertools
import threading
import time

from .case import DENIAL
from .process import PATIENCE, wait_until
from .rawhttp import Connection

BODY = b'{"Image":"busybox:1","HostConfig":{"Privileged":true}}'
HEADERS = (("Content-Type", "application/json"),)


class Load:
    """Use as a context: it sends until the context ends, and at least `least` requests were answered."""

    def __init__(self, engine, label, least=1000, connections=8):
        self.engine = engine
        self.label = label
        self.least = least
        self.answers = [] # (target, status, text), appended to by every thread
        self.broken = collections.Counter()
        self.numbers = itertools.count()
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self.send, daemon=True) for _ in range(connections)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        self.await_more(50)
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            wait_until(lambda: len(self.answers) >= self.least, f"{self.least} answers")
        self.over.set()
        for thread in self.threads:
            thread.join(PATIENCE)

    def send(self):
        while not self.over.is_set():
            try:
                with Connection(self.engine.socket) as connection:
                    while not self.over.is_set():
                        target = f"/v1.41/containers/create?name={self.label}-{next(self.numbers)}"
                        answer = connection.request("POST", target, HEADERS, BODY)
                        self.answers.append((target, answer.status, answer.message()))
            except (OSError, http.client.HTTPException) as error:
                self.broken[type(error).__name__] += 1
                time.sleep(0.02) # the engine is away: do not spin

    def await_more(self, count):
        """Return when count more requests have been answered."""
        goal = len(self.answers) + count
        wait_until(lambda: len(self.answers) >= goal, f"{count} more answers under load")

    def problems(self, records):
        """What is wrong with the answers, given the audit records of the same time."""
        found = []
        passed = [answer for answer in self.answers if answer[1] < 400]
        if passed:
            found.append(f"{len(passed)} privileged creates came through, the first: {passed[0]}")
        denials = [(target, text) for target, _, text in self.answers if DENIAL in text]
        if len(denials) < self.least * 9 // 10:
            found.append(f"only {len(denials)} of {len(self.answers)} answers are denials")
        recorded = {record.get("uri") for record in records if record["verdict"] == "deny"}
        missing = [target for target, text in denials if f"{DENIAL}privileged: " in text and target not in recorded]
        if missing:
            found.append(f"{len(missing)} answered denials are not in the trail: {missing[:3]}")
        # The engine repeats a request whose connection broke with an empty body, which is denied as such.
        nameless = sum(f"{DENIAL}privileged: " not in text for _, text in denials)
        kept = sum(record["verdict"] == "deny" and not record.get("uri") for record in records)
        if nameless > kept:
            found.append(f"{nameless} empty messages were denied, {kept} are in the trail")
        return found

    def summary(self):
        kinds = collections.Counter(f"{status} {text.partition(DENIAL)[2].partition(':')[0]}".strip()
                                    for _, status, text in self.answers)
        told = ", ".join(f"{count} x {kind}" for kind, count in sorted(kinds.items()))
        return f"{len(self.answers)} answers ({told}), {sum(self.broken.values())} broken connections"

# SPDX-License-Identifier: GPL-3.0-or-later
"""What a case is, and how it is judged: the client's view, the verdict, the rules and the audit record."""

import dataclasses
import re
import shlex

from .plugin import rule_ids
from .rawhttp import request

DENIAL = "authorization denied by plugin quaywarden: "
RECORD_FIELDS = ["time", "seq", "verdict", "mode", "user", "groups", "tenant", "via", "method", "uri", "action",
                 "object", "image", "rules", "exception", "facts", "policy", "duration_us", "prev"]
RECORD_ALWAYS = {"time", "seq", "verdict", "mode", "method", "uri", "action", "rules", "policy", "duration_us"}


@dataclasses.dataclass(frozen=True)
class Raw:
    method: str
    target: str
    body: bytes = b""
    headers: tuple = ()
    chunked: bool = False


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    request: object            # a docker command line, or a Raw
    action: str = ""           # in the audit record; "" where the request has no readable one
    rules: frozenset = frozenset()  # none: it is allowed
    says: str = ""             # a part of what the client prints, or of the answer's body
    status: int = 0            # the engine's answer to an allowed Raw
    fails: bool = False        # allowed, and then the engine or the client fails for a reason of its own
    asked: bool = True         # False: the engine answers by itself
    before: tuple = ()         # docker command lines that have to succeed first
    env: tuple = ()            # of the client
    stdin: str = ""            # of the client
    engines: tuple = ("20.10", "26.1", "28.5")


def judge(case, engine, plugin):
    """Run one case; return the list of what is wrong with it."""
    for line in case.before:
        engine.must(*words(line, engine))
    mark, log_mark = plugin.trail.mark(), engine.log_size()
    outcome = perform(case, engine)
    records = plugin.trail.since(mark)
    problems = [problem for record in records for problem in record_problems(record)]
    if not case.asked:
        engine.unasked.append((log_mark, engine.log_size()))
        problems += outcome.against(case) + [f"the engine asked: {summary(record)}" for record in records]
    elif case.rules:
        problems += outcome.against_denial(case) + denial_problems(case, records)
    else:
        problems += outcome.against(case) + allowance_problems(case, records)
    return problems


def words(line, engine):
    return [word.replace("$SCRATCH", str(engine.scratch)) for word in shlex.split(line)]


def perform(case, engine):
    if isinstance(case.request, Raw):
        raw = case.request
        answer = request(engine.socket, raw.method, raw.target, raw.headers, raw.body, raw.chunked)
        return Outcome(answer.message(), answer.status, answer.status == (case.status or 200), answer.status == 403)
    result = engine.docker(words(case.request, engine), case.stdin, env=dict(case.env))
    return Outcome(result.stdout, result.returncode, (result.returncode == 0) != case.fails, result.returncode != 0)


@dataclasses.dataclass
class Outcome:
    text: str
    code: int          # the client's exit status or the answer's
    as_allowed: bool   # the code is what an allowed case expects
    as_denied: bool

    def against(self, case):
        """What is wrong with it for a request that quaywarden lets through."""
        problems = [] if self.as_allowed else [f"ended with {self.code}: {self.text.strip()[:300]}"]
        if DENIAL in self.text:
            problems.append(f"denied: {self.text.strip()[:300]}")
        if case.says not in self.text:
            problems.append(f"does not say {case.says!r}: {self.text.strip()[:300]!r}")
        return problems

    def against_denial(self, case):
        problems = [] if self.as_denied else [f"ended with {self.code}, not refused"]
        _, denied, reasons = self.text.partition(DENIAL)
        if not denied:
            return problems + [f"does not say {DENIAL!r}: {self.text.strip()[:300]!r}"]
        for rule in sorted(case.rules):
            if not re.search(rf"^{re.escape(rule)}(\.[a-z-]+)?: \S", reasons, re.MULTILINE):
                problems.append(f"gives no reason of {rule}: {reasons.strip()[:300]!r}")
        if case.says not in reasons:
            problems.append(f"does not say {case.says!r}: {reasons.strip()[:300]!r}")
        return problems


def allowance_problems(case, records):
    problems = [f"recorded: {summary(record)}" for record in records if record["verdict"] != "allow" or record["rules"]]
    if case.action not in [record["action"] for record in records]:
        problems.append(f"no record of {case.action}, but {[record['action'] for record in records]}")
    return problems


def denial_problems(case, records):
    denied = [record for record in records if record["verdict"] == "deny"]
    if len(denied) != 1:
        return [f"{len(denied)} denials recorded, not one: {[summary(record) for record in records]}"]
    record = denied[0]
    problems = []
    if rule_ids(record) != case.rules:
        problems.append(f"recorded rules {sorted(rule_ids(record))}, expected {sorted(case.rules)}")
    if case.action and record["action"] != case.action:
        problems.append(f"recorded action {record['action']}, expected {case.action}")
    return problems


def record_problems(record):
    """Whether a record has the form that the design gives it."""
    problems = []
    if list(record) != [field for field in RECORD_FIELDS if field in record]:
        problems.append(f"fields out of order or unknown: {list(record)}")
    if not RECORD_ALWAYS <= set(record):
        return problems + [f"fields missing: {sorted(RECORD_ALWAYS - set(record))}"]
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)", record["time"]):
        problems.append(f"time {record['time']!r} is not RFC 3339 with microseconds")
    if not re.fullmatch(r"[0-9a-f]{64}", record["policy"]):
        problems.append(f"policy {record['policy']!r} is not a SHA-256")
    for rule in record["rules"]:
        if not rule.get("id") or not rule.get("reason"):
            problems.append(f"a rule without id or reason: {rule}")
    return problems


def summary(record):
    return f"{record['verdict']} {record['action']} {record['method']} {record['uri']} {sorted(rule_ids(record))}"

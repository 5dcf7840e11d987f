# SPDX-License-Identifier: GPL-3.0-or-later
"""What a case is, and how it is judged: the client's view, the verdict, the rules and the audit record.

README.md explains the rows; the functions that make them are below the classes.
"""

import dataclasses
import re

from .plugin import rule_ids
from .rawhttp import request

DENIAL = "authorization denied by plugin quaywarden: "
RECORD_FIELDS = ["time", "seq", "verdict", "mode", "user", "groups", "tenant", "via", "issuer", "method", "uri",
                 "action", "object", "image", "rules", "exception", "facts", "policy", "duration_us", "prev"]
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
    request: object            # a docker or docker-compose command line, or a Raw
    action: str = ""           # in the audit record; "" where it has no readable one, or a command asks nothing
    rules: frozenset = frozenset()  # none: it is allowed
    says: str = ""             # a part of what the client prints, or of the answer's body
    whole: str = ""            # all that a denial says, compared with all that the client prints to standard error
    warned: frozenset = frozenset() # rules that are violated, recorded and let through
    who: str = ""              # comes over TLS with the certificate of that name; "": by the plain socket
    status: int = 0            # the engine's answer to an allowed Raw
    fails: bool = False        # allowed, and then the engine or the client fails for a reason of its own
    asked: bool = True         # False: the engine answers by itself
    before: tuple = ()         # command lines that have to succeed first; each runs once
    env: tuple = ()            # of the client
    stdin: str = ""            # of the client
    engines: tuple = ("20.10", "26.1", "28.5")


# ---- rows ----

JSON = ("Content-Type", "application/json")


def allowed(name, command, action, says="", **more):
    return Case(name, command, action, says=says, **more)


def denied(name, command, action, rules, says="", **more):
    return Case(name, command, action, frozenset(rules.split()), says, **more)


def warned(name, command, action, rules, says="", **more):
    return Case(name, command, action, says=says, warned=frozenset(rules.split()), **more)


def as_allowed(case, **more):
    """The same request under a policy that lets it through."""
    return dataclasses.replace(case, rules=frozenset(), says="", whole="", **more)


def on(version, cases):
    """Those rows on one engine alone: for what hangs on the policy and not on the engine."""
    return [dataclasses.replace(case, engines=(version,)) for case in cases if version in case.engines]


def create(body, target="/v1.41/containers/create", headers=(JSON,), chunked=False):
    return Raw("POST", target, body.encode() if isinstance(body, str) else body, headers, chunked)


def post(target, body="", headers=None, chunked=False):
    if headers is None:
        headers = (JSON,) if body else (("Content-Length", "0"),)
    return Raw("POST", target, body.encode(), headers, chunked)


def get(target):
    return Raw("GET", target)


# ---- judging ----

def judge(case, engine, plugin):
    """Run one case; return the list of what is wrong with it."""
    for line in case.before:
        engine.prepare(line)
    mark, log_mark = plugin.trail.mark(), engine.log_size()
    outcome = perform(case, engine)
    engine.prepared.add(case.request) # and need not be run before another case
    records = plugin.trail.since(mark)
    problems = [problem for record in records for problem in record_problems(record)]
    problems += [f"recorded for {record.get('user', '')!r}: {summary(record)}" for record in records
                 if record.get("user", "") != engine.name_of(case.who)]
    if not case.asked:
        engine.unasked.append((log_mark, engine.log_size()))
        problems += outcome.against(case) + [f"the engine asked: {summary(record)}" for record in records]
    elif case.rules:
        problems += outcome.against_denial(case, engine.version) + denial_problems(case, records)
    else:
        problems += outcome.against(case) + allowance_problems(case, records)
    return problems


def perform(case, engine):
    if isinstance(case.request, Raw):
        raw = case.request
        answer = request(engine.socket, raw.method, raw.target, raw.headers, raw.body, raw.chunked)
        return Outcome(answer.message(), answer.status, answer.status == (case.status or 200), answer.status == 403)
    result = engine.docker(engine.words(case.request), case.stdin, env={**engine.env_of(case.who), **dict(case.env)})
    return Outcome(result.stdout + result.stderr, result.returncode, (result.returncode == 0) != case.fails,
                   result.returncode != 0, result.stderr)


@dataclasses.dataclass
class Outcome:
    text: str
    code: int          # the client's exit status or the answer's
    as_allowed: bool   # the code is what an allowed case expects
    as_denied: bool
    stderr: str = ""

    def against(self, case):
        """What is wrong with it for a request that quaywarden lets through."""
        problems = [] if self.as_allowed else [f"ended with {self.code}: {self.text.strip()[-600:]}"]
        if DENIAL in self.text:
            problems.append(f"denied: {self.text.strip()[:300]}")
        if case.says not in self.text:
            problems.append(f"does not say {case.says!r}: {self.text.strip()[:300]!r}")
        return problems

    def against_denial(self, case, version):
        problems = [] if self.as_denied else [f"ended with {self.code}, not refused"]
        if case.whole and self.stderr != framed(case, version):
            problems.append(f"says {self.stderr!r}, not {framed(case, version)!r}")
        _, denied, reasons = self.text.partition(DENIAL)
        if not denied:
            return problems + [f"does not say {DENIAL!r}: {self.text.strip()[:300]!r}"]
        for rule in sorted(case.rules):
            if not re.search(rf"^{re.escape(rule)}(\.[a-z-]+)?: \S", reasons, re.MULTILINE):
                problems.append(f"gives no reason of {rule}: {reasons.strip()[:300]!r}")
        if case.says not in reasons:
            problems.append(f"does not say {case.says!r}: {reasons.strip()[:300]!r}")
        return problems


# What the docker client prints around an engine's error: for any command, and for others by version.
FRAME = ("Error response from daemon: ", "\n")
FRAMES = {
    ("20.10", "run"): ("docker: Error response from daemon: ", ".\nSee 'docker run --help'.\n"),
    ("26.1", "run"): ("docker: Error response from daemon: ", ".\nSee 'docker run --help'.\n"),
    ("28.5", "run"): ("docker: Error response from daemon: ", "\n\nRun 'docker run --help' for more information\n"),
}


def framed(case, version):
    """All that standard error holds when the denial says case.whole."""
    before, after = FRAMES.get((version, case.request.split()[0]), FRAME)
    return before + DENIAL + case.whole + after


def allowance_problems(case, records):
    spoken = [record for record in records if record["verdict"] != "allow" or record["rules"]]
    if case.warned and (len(spoken) != 1 or spoken[0]["verdict"] != "warn" or rule_ids(spoken[0]) != case.warned):
        return [f"not recorded as one warning of {sorted(case.warned)}: {[summary(record) for record in records]}"]
    problems = [] if case.warned else [f"recorded: {summary(record)}" for record in spoken]
    if case.action and case.action not in [record["action"] for record in records]:
        problems.append(f"no record of {case.action}, but {[record['action'] for record in records]}")
    return problems


def denial_problems(case, records):
    denied = [record for record in records if record["verdict"] == "deny"]
    if len(denied) != 1:
        return [f"{len(denied)} denials recorded, not one: {[summary(record) for record in records]}"]
    record = denied[0]
    problems = []
    if rule_ids(record) != case.rules | case.warned:
        problems.append(f"recorded rules {sorted(rule_ids(record))}, expected {sorted(case.rules | case.warned)}")
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

# SPDX-License-Identifier: GPL-3.0-or-later
"""What an attack and a look-alike are, and the functions that make their rows. ../README.md explains them.

In targets, bodies and effects, words stand for what the run knows: $NAME for a name of the row's own, $SECRET for the
random word that is in the host's file $HOST/secret, $SOCKET for the engine's socket, $DATA for its data root, $WEB for
the id of the container `web`. What a step keeps is there by the name that it is kept by.
"""

import dataclasses
import json
import typing

BOTH = ("20.10", "28.5")
OLD = ("20.10",)
NEW = ("28.5",)

JSON = ("Content-Type", "application/json")
FORM = ("Content-Type", "application/x-www-form-urlencoded")
TAR = ("Content-Type", "application/x-tar")
TEXT = ("Content-Type", "text/plain")
EMPTY = ("Content-Length", "0")


@dataclasses.dataclass(frozen=True)
class Step:
    """One request."""

    method: str
    target: str
    body: typing.Union[str, bytes, typing.Callable] = b"" # text has its words replaced; a function is given the world
    headers: tuple = ()
    chunked: bool = False
    keeps: str = ""       # keep the answer's Id under this name
    status: tuple = ()    # of the engine's answer; any below 400 where none is given
    raw: str = ""         # bytes to send instead of all this


@dataclasses.dataclass(frozen=True)
class Call:
    """What the administrator, or a process of the host, does besides requests."""

    does: typing.Callable # is given the world and the names


@dataclasses.dataclass(frozen=True)
class Attack:
    name: str
    gives: str             # what the attacker has
    steps: tuple           # what the attacker sends
    effect: typing.Callable # given the world, the names and the answers of the steps: what is missing, or ""
    rules: frozenset       # by which quaywarden denies a step: all that its record names
    policy: str = "baseline"
    setup: tuple = ()      # what the administrator does before, while the engine asks nobody
    engines: tuple = BOTH  # where the attack has its effect
    refused: tuple = ()    # engines that refuse it by themselves, without asking
    instead: dict = dataclasses.field(default_factory=dict) # engine: the rules there, where they are others
    needs: str = ""        # what quaywarden lacks until it can deny this

    def rules_on(self, version):
        return frozenset(self.instead[version].split()) if version in self.instead else self.rules


@dataclasses.dataclass(frozen=True)
class Lookalike:
    name: str
    like: str              # the attack that it resembles
    steps: tuple
    policy: str = "baseline"
    setup: tuple = ()
    engines: tuple = BOTH  # where it is sent
    refused: tuple = ()
    needs: str = ""


def learn(word, find):
    """Let a word stand for what find, given the world and the names, says."""
    return Call(lambda world, names: names.words.update({word: str(find(world, names))}))


def attack(name, gives, steps, effect, rules, **more):
    return Attack(name, gives, as_steps(steps), effect, frozenset(rules.split()), **more)


def lookalike(name, like, steps, **more):
    return Lookalike(name, like, as_steps(steps), **more)


def as_steps(steps):
    return steps if isinstance(steps, tuple) else (steps,)


# ---- requests ----

def text_of(body):
    return json.dumps(body, ensure_ascii=False) if isinstance(body, (dict, list)) else body


def post(target, body="", headers=None, **more):
    if headers is None:
        headers = (JSON,) if body else (EMPTY,)
    return Step("POST", target, text_of(body), headers, **more)


def get(target, **more):
    return Step("GET", target, **more)


def raw(text):
    """Bytes as they are; $LENGTH stands for the length of the body. The last answer is the one that counts."""
    return Step("RAW", text.splitlines()[0], raw=text)


def put(target, body, headers=(TAR,), **more):
    return Step("PUT", target, body, headers, **more)


def delete(target, **more):
    return Step("DELETE", target, **more)


CREATE = "/v1.41/containers/create?name=$NAME"
NONE = {"NetworkMode": "none"}


def create(host=None, cmd="true", target=CREATE, **top):
    """A container's creation: HostConfig, a line for its shell, and further fields of the body."""
    return post(target, {"Image": "busybox:1", "Cmd": shell(cmd), **top, "HostConfig": {**NONE, **(host or {})}})


def create_text(body, target=CREATE, **more):
    """The same with a body that is written out."""
    return post(target, body, **more)


def shell(line):
    return ["sh", "-c", line]


START = post("/v1.41/containers/$NAME/start")
WAIT = post("/v1.41/containers/$NAME/wait")
RESTART = post("/v1.41/containers/$NAME/restart?t=0")


def run(host=None, cmd="true", **more):
    """Create a container, start it and wait for its end."""
    return (create(host, cmd, **more), START, WAIT)


def run_text(body, **more):
    return (create_text(body, **more), START, WAIT)


def running(host=None, **more):
    """Create a container that stays, and start it."""
    return (create(host, "exec sleep 600", **more), START)


def execute(cmd, container="$NAME", target="/v1.41/containers/{}/exec", **fields):
    """Make an exec and start it; what it prints is the answer's body."""
    body = {"AttachStdout": True, "AttachStderr": True, "Cmd": shell(cmd), **fields}
    return (post(target.format(container), body, keeps="$EXEC"), post("/v1.41/exec/$EXEC/start", {"Detach": False}))


# ---- containers as the policy `restricted` wants them ----

BOX = {"CapDrop": ["ALL"], "SecurityOpt": ["no-new-privileges"], "Memory": 64 << 20, "MemorySwap": 64 << 20,
       "NanoCpus": 500000000, "PidsLimit": 64}


def boxed_create(cmd="true", top=None, **host):
    """A container that restricted lets through, changed by the HostConfig's fields; None leaves one out."""
    body = {"Image": "busybox:1", "Cmd": shell(cmd), "User": "1000:1000", **(top or {})}
    fields = {**NONE, **BOX, **host}
    body = {key: value for key, value in body.items() if value is not None}
    body["HostConfig"] = {key: value for key, value in fields.items() if value is not None}
    return post(CREATE, body)


def boxed(cmd="true", top=None, **host):
    return (boxed_create(cmd, top, **host), START, WAIT)


def boxed_running(**host):
    return (boxed_create("exec sleep 600", **host), START)

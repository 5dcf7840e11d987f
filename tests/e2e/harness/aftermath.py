# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to hold once the cases of a part have run: nothing escaped the trail, and nothing denied came into being."""

import collections
import json
import re

from .engine import LEGACY
from .process import Timeout, wait_until

CONCURRENT = 8 # requests of one client, such as compose, that may change places


def trail_is_complete(engine, plugin, start):
    """What a client asked for and did not wait for may be under way: the engine logs it first, the trail has it last."""
    problems = []

    def is_complete():
        problems[:] = trail_problems(engine, plugin, start)
        return not problems
    try:
        wait_until(is_complete, "the trail is complete", 10)
    except Timeout:
        pass
    return problems


def trail_problems(engine, plugin, start):
    """The engine's own log of the requests it took up against the trail, from start = (log size, trail mark)."""
    served = [(method, blur(target)) for method, target in engine.served(start[0])]
    recorded = [(record["method"], blur(record["uri"])) for record in plugin.trail.since(start[1])]
    missing = collections.Counter(served) - collections.Counter(recorded)
    extra = collections.Counter(recorded) - collections.Counter(served)
    problems = [f"{count} x {' '.join(request)} not in the trail" for request, count in missing.items()]
    problems += [f"{count} x {' '.join(request)} only in the trail" for request, count in extra.items()]
    if not served:
        problems.append("the engine logged no requests")
    if not problems and displacement(served, recorded) > CONCURRENT:
        problems.append(f"a request stands {displacement(served, recorded)} places away from where the engine has it")
    return problems


def displacement(served, recorded):
    """How far the most displaced request stands from its place. One client sends a few at once; those may swap."""
    places = collections.defaultdict(collections.deque)
    for place, request in enumerate(recorded):
        places[request].append(place)
    return max(abs(place - places[request].popleft()) for place, request in enumerate(served))


def blur(target):
    """Without the values of the query: the trail masks those that may be secrets."""
    return re.sub(r"=[^&]*", "=", target)


def trail_is_in_order(plugin):
    """Over kills and restarts too: the sequence goes on where it ended, and no number is left out."""
    numbers = [record["seq"] for record in plugin.trail.since(0)]
    steps = [(earlier, later) for earlier, later in zip(numbers, numbers[1:]) if later != earlier + 1]
    return [f"seq goes from {earlier} to {later}" for earlier, later in steps[:5]]


def trail_keeps_secrets(plugin, secrets):
    text = plugin.trail.path.read_text(errors="replace")
    return [f"{secret!r} is in the trail" for secret in secrets if secret in text]


def nothing_denied_exists(engine):
    """Look at every container and volume that the engine has made since the plugin is there."""
    problems = []
    containers = engine.must("ps", "--all", "--quiet", "--no-trunc").split()
    for container in json.loads(engine.must("inspect", *containers)):
        if container["Name"] == f"/{LEGACY}":
            continue
        host = container["HostConfig"]
        modes = [host[name] for name in ("NetworkMode", "PidMode", "IpcMode", "UTSMode", "UsernsMode")]
        binds = [mount for mount in container["Mounts"] if mount["Type"] == "bind"]
        if host["Privileged"] or "host" in modes or binds or host["Devices"] or "SYS_ADMIN" in (host["CapAdd"] or []):
            problems.append(f"{container['Name']} exists: {json.dumps(host)[:300]}")
    volumes = engine.must("volume", "ls", "--quiet").split()
    for volume in json.loads(engine.must("volume", "inspect", *volumes)):
        if volume["Name"] != LEGACY and "bind" in ((volume["Options"] or {}).get("o") or ""):
            problems.append(f"volume {volume['Name']} exists: {volume['Options']}")
    return problems

# SPDX-License-Identifier: GPL-3.0-or-later
"""How it is read back that an attack had its effect. Each function here makes one that is given the world, the names
and the answers of the attack's steps, and says what is missing, or "" where all is as the attacker wants it."""

import os
import pathlib
import re

from .http import unframed


def prints(*texts, container="$NAME"):
    """The container wrote them."""
    return lambda world, names, _: world.await_output(
        names, lambda text: all(names.fill(word) in text for word in texts), container)


def matches(pattern):
    """The container wrote a line that begins so."""
    return lambda world, names, _: world.await_output(
        names, lambda text: re.search(names.fill(pattern), text, re.MULTILINE))


def says(*texts):
    """The last answer holds them."""
    def effect(_, names, answers):
        return lacking(unframed(answers[-1].body), [names.fill(text) for text in texts])
    return effect


def answers_match(pattern):
    def effect(_, names, answers):
        text = unframed(answers[-1].body)
        return "" if re.search(names.fill(pattern), text, re.MULTILINE) else f"answers {text[-300:]!r}"
    return effect


def lacking(text, wanted):
    missing = [word for word in wanted if word not in text]
    return f"no {missing} in {text[-300:]!r}" if missing else ""


def joins(kind):
    """The container wrote the link of the host's namespace; its command is `readlink /proc/self/ns/KIND`."""
    return lambda *run: prints(os.readlink(f"/proc/self/ns/{kind}"))(*run)


def stored(path, value, kind="containers", name="$NAME"):
    """The engine says so of what it has made; path is dotted, and a list may hold the value."""
    def effect(world, names, _):
        wanted = names.fill(value) if isinstance(value, str) else value
        found = world.inspect(kind, names.fill(name))
        for key in path.split("."):
            found = step_into(found, key)
        same = found == wanted or isinstance(found, list) and not isinstance(wanted, list) and wanted in found
        return "" if same else f"{path} is {found!r}, not {wanted!r}"
    return effect


def step_into(found, key):
    if isinstance(found, dict):
        return found.get(key)
    return found[int(key)] if isinstance(found, list) and len(found) > int(key) else None


def exists(kind, name="$NAME"):
    def effect(world, names, _):
        world.inspect(kind, names.fill(name))
        return ""
    return effect


def on_host(path, text=""):
    """The host has that file, with that text in it; what writes it may still be at it."""
    def effect(world, names, _):
        file = pathlib.Path(names.fill(path))

        def read():
            return None if not file.exists() else file.read_text(errors="replace") if file.is_file() else ""
        return world.until(read, lambda found: found is not None and names.fill(text) in found)
    return effect


def gone(path):
    """The host has it no more."""
    return lambda _, names, __: f"{names.fill(path)} is there" if os.path.lexists(names.fill(path)) else ""


# Capabilities and the like, as /proc/self/status of a container has them.

def capable(*numbers):
    """The container wrote its CapEff, which has these capabilities."""
    def has_all(text):
        found = re.search(r"CapEff:\s*([0-9a-f]{16})", text)
        return found and all(int(found[1], 16) >> number & 1 for number in numbers)
    return lambda world, names, _: world.await_output(names, has_all)


def in_cgroup(pattern):
    """The host has the container's first process in a control group that matches."""
    def effect(world, names, _):
        pid = world.look_up(names.fill("/containers/$NAME/json"))["State"]["Pid"]
        text = pathlib.Path(f"/proc/{pid}/cgroup").read_text()
        return "" if re.search(names.fill(pattern), text) else f"its control groups are {text!r}"
    return effect


def listening(text):
    """The listener that the set-up made for the row heard it."""
    return lambda world, names, _: lacking(world.heard(names), [names.fill(text)])


def netns_in_answer():
    """A command of a build wrote the link of the host's network."""
    return lambda world, names, answers: lacking(answers[-1].text, [os.readlink("/proc/self/ns/net")])


def fetched(path):
    """The engine asked the attacker's server for it."""
    return lambda world, names, _: lacking("\n".join(world.web_server.asked), [names.fill(path)])


def switches(_, __, answers):
    """The engine speaks another protocol from here on."""
    return "" if answers[-1].status == 101 else f"answers {answers[-1].status}"


def netns_in_log():
    """The same, in the image that was built."""
    return joins("net")


def traced(world, names, _):
    """The other runtime, which keeps a log, was called for the container."""
    return lacking(pathlib.Path("/srv/traced.log").read_text(), [world.id_of(names.fill("$NAME"))])


def in_host_routes(address):
    """The host sends what is for that address into the network."""
    def effect(_, __, ___):
        wanted = "".join(f"{int(part):02X}" for part in reversed(address.split(".")))
        return lacking(pathlib.Path("/proc/net/route").read_text(), [wanted])
    return effect


def task_prints(pattern):
    """The service's task wrote a line that begins so."""
    def effect(world, names, _):
        return world.await_service(names, lambda output: re.search(names.fill(pattern), output, re.MULTILINE))
    return effect


def task_labelled(label):
    """The service's task has this label, as whoever looks for containers sees it."""
    return lambda world, names, _: world.await_task(names, lambda found: label in found)

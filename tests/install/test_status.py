# SPDX-License-Identifier: GPL-3.0-or-later
"""status: the plugin's figures and what the engine lets through unasked."""

import hashlib
import json
import os
import re
import subprocess

from harness.process import wait_until

from lab import expect
from test_enable import on_each_engine


def _figures(lab, code=0, *more):
    result = lab.status("--json", *more)
    assert result.returncode == code, result
    return json.loads(result.stdout)


def _unasked(found):
    return {row["id"] for row in found["unasked"]}


@on_each_engine
def the_figures_are_the_plugins(lab):
    lab.start()
    lab.enable()
    before = _figures(lab)["plugin"]
    for _ in range(3):
        assert lab.engine.asks()
    lab.engine.ask("GET", "/info")
    after = _figures(lab)
    plugin = after["plugin"]
    assert plugin["denied"] - before["denied"] == 3, (before, plugin)
    assert plugin["allowed"] - before["allowed"] == 2, "GET /info, and GET /version of the first status"
    assert plugin["requests"] == plugin["allowed"] + plugin["warned"] + plugin["denied"]
    assert plugin["pid"] == lab.plugin.child.pid
    assert plugin["policy"]["file"] == str(lab.policy) and plugin["policy"]["mode"] == "enforce"
    assert plugin["policy"]["sha256"] == hashlib.sha256(lab.policy.read_bytes()).hexdigest()
    assert (plugin["reloads"], plugin["reloads_refused"], plugin["audit_failures"]) == (0, 0, 0)
    assert plugin["connections"] >= 1 and plugin["answering"] == 0, plugin
    assert plugin["uptime_s"] < 100 and plugin["policy"]["age_s"] < 100
    engine = after["engine"]
    assert engine["answers"] and engine["asks"] and engine["named"], engine
    assert engine["version"].startswith(lab.engine.version)
    assert engine["http2"] is False, "until 29.2"


def the_text_says_the_same(lab):
    lab.start()
    lab.enable()
    result = lab.status()
    assert result.returncode == 0 and result.stderr == "", result
    head, _, rest = result.stdout.partition("\nWhat the engine lets through unasked, or does not show:\n")
    digest = hashlib.sha256(lab.policy.read_bytes()).hexdigest()
    want = (f"plugin       quaywarden #, process {lab.plugin.child.pid}, up # s\n"
            f"policy       {lab.policy}, mode enforce, in force for # s\n"
            f"             sha256 {digest}\n"
            "requests     #: # allowed, # with a warning, # denied\n"
            "audit        0 records could not be written\n"
            "reloads      0, and 0 refused\n"
            "connections  #, 0 of them waiting for an answer\n"
            "look-ups     #, 0 of them without an answer; 0 requests wait for the engine\n"
            f"engine       Docker {lab.engine.version}.#, asks the plugin\n"
            f"socket       {lab.engine.socket}: open to #\n")
    assert re.fullmatch(re.escape(want).replace(r"\#", "[^\n]+"), head), f"{want}\n{head}"
    assert rest and all(line.startswith(("- ", "  ")) and len(line) <= 100 for line in rest.splitlines()), rest


def reloads_are_counted(lab):
    lab.start()
    text = lab.policy.read_text()
    for broken, field in ((text + "\n", "reloads"), ("nonsense: [", "reloads_refused")):
        lab.policy.write_text(broken)
        wait_until(lambda: _figures(lab, 1)["plugin"][field] == 1, field)


def an_engine_that_does_not_ask_is_told_of(lab):
    lab.start()
    found = _figures(lab, 1)
    assert found["engine"]["asks"] is False and found["engine"]["named"] is False
    assert "not-asked" in _unasked(found)


def a_plugin_on_the_command_line_alone_is_told_of(lab):
    lab.plugin.start(lab.socket)
    lab.engine.start("--authorization-plugin", "quaywarden")
    found = _figures(lab)
    assert found["engine"]["asks"] is True and "not-kept" in _unasked(found)


def without_a_plugin_the_engine_is_still_described(lab):
    lab.engine.start()
    result = lab.status("--json")
    expect(result, 4, out=result.stdout,
           err=f"quaywarden: the plugin does not answer: {lab.socket}: No such file or directory\n")
    found = json.loads(result.stdout)
    assert found["plugin"] is None and found["engine"]["version"].startswith(lab.engine.version)
    assert found["engine"]["asks"] is None


def without_an_engine_the_plugin_is_still_described(lab):
    lab.plugin.start(lab.socket)
    result = lab.status("--json")
    expect(result, 4, out=result.stdout,
           err=f"quaywarden: the engine does not answer: {lab.engine.socket}: No such file or directory\n")
    assert json.loads(result.stdout)["plugin"]["pid"] == lab.plugin.child.pid


def who_may_open_the_socket_is_told(lab):
    lab.start()
    for mode, gid, told in ((0o600, 0, ""), (0o660, 0, ""), (0o660, 1, "the group daemon"), (0o666, 0, "everybody")):
        os.chown(lab.engine.socket, 0, gid)
        os.chmod(lab.engine.socket, mode)
        found = _figures(lab, 1)
        assert found["engine"]["open_to"] == told, found["engine"]
        assert ("open-socket" in _unasked(found)) == bool(told)


def builds_are_told_of_until_the_engine_confines_them(lab):
    lab.start()
    assert "build-network" in _unasked(_figures(lab, 1))
    os.utime(lab.engine.pid_file, (1, 1))
    lab.enable("--builds")
    found = _unasked(_figures(lab, 0, "--pid-file", lab.engine.pid_file))
    assert "build-network" not in found and "build-network-restart" in found
    lab.engine.terminate()
    os.utime(lab.engine.config, (1, 1))
    lab.engine.start()
    found = _unasked(_figures(lab, 0, "--pid-file", lab.engine.pid_file))
    assert not found & {"build-network", "build-network-restart"}, found


def a_policy_that_only_warns_is_told_of(lab):
    lab.write_policy(mode="mode: warn")
    lab.start()
    assert "warn-mode" in _unasked(_figures(lab, 1))


class _Engine29:
    """What an engine that serves gRPC on its socket answers: to the preface of HTTP/2 with a SETTINGS frame."""

    ANSWER = b"HTTP/1.0 200 OK\r\nContent-Length: 21\r\n\r\n" + b'{"Version":"29.2.0"}\n'

    def __init__(self, path):
        program = ("import socket, sys\n"
                   "listener = socket.socket(socket.AF_UNIX); listener.bind(sys.argv[1]); listener.listen()\n"
                   "while True:\n"
                   "    connection, _ = listener.accept(); question = connection.recv(4096)\n"
                   "    connection.sendall(bytes(3) + b'\\4' + bytes(5) if question.startswith(b'PRI ')\n"
                   f"                       else {self.ANSWER!r}); connection.close()\n")
        self.child = subprocess.Popen(["python3", "-c", program, str(path)])
        wait_until(path.exists, "the stand-in listens")


def an_engine_that_speaks_http2_is_told_of(lab):
    lab.plugin.start(lab.socket)
    engine = _Engine29(lab.engine.socket)
    try:
        found = _figures(lab, 1)
    finally:
        engine.child.terminate()
        engine.child.wait()
    assert found["engine"]["version"] == "29.2.0" and found["engine"]["http2"] is True
    assert {"http2", "untested", "large-bodies"} <= _unasked(found)

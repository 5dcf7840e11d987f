# SPDX-License-Identifier: GPL-3.0-or-later
"""enable: what it changes, what it refuses before it changes anything, and what it puts back."""

import hashlib
import json
import os
import pathlib
import stat
import subprocess

from harness import sandbox
from harness.process import wait_until

from lab import Deaf, Plugin, expect

LOG = "; the engine's log may say why (journalctl -u docker)\n"
START_FIRST = ("; start it first (systemctl start quaywarden, or quaywarden serve): an engine that is told of a plugin "
               "that is not there ends\n")
NAMED = '{\n    "authorization-plugins": ["quaywarden"]\n}\n'


def on_each_engine(test):
    test.on_each_engine = True
    return test


def _enabled(lab, name="quaywarden", more=""):
    return (f"Enabled: {lab.engine.config} names {name}, and the engine asks it: GET /_ping passes, a privileged "
            f"container does not.\n{more}What the engine lets through unasked: quaywarden status\n")


def _refused(lab, code, err, *options, before=None):
    """Says why, in these words, and has touched nothing."""
    expect(lab.enable(*options), code, err=f"quaywarden: {err}")
    assert lab.config() == before, lab.config()
    if lab.engine.is_running():
        assert lab.engine.ask("GET", "/_ping")[0] == 200
        assert not lab.engine.asks()


# ---- what it does ----

@on_each_engine
def the_engine_asks_afterwards_and_the_rest_of_its_configuration_stays(lab):
    before = ('{\n  "debug": true,\n  "log-opts": {"max-size": "10m", "max-file": "3"},\n'
              '  "max-concurrent-downloads": 7, "labels": ["a=\\u00e9"]\n}\n')
    lab.write_config(before)
    os.chmod(lab.engine.config, 0o640)
    os.chown(lab.engine.config, 0, 7)
    lab.start()
    assert not lab.engine.asks()
    expect(lab.enable(), 0, out=_enabled(lab))
    assert lab.engine.asks()
    assert lab.engine.ask("GET", "/_ping")[0] == 200
    assert lab.config() == before[:-3] + ',\n  "authorization-plugins": ["quaywarden"]\n}\n', lab.config()
    info = lab.engine.config.stat()
    assert (stat.S_IMODE(info.st_mode), info.st_uid, info.st_gid) == (0o640, 0, 7), info
    assert sorted(os.listdir(lab.engine.config.parent)) == ["daemon.json"]


def a_configuration_that_is_not_there_is_made(lab):
    lab.start()
    assert lab.config() is None
    expect(lab.enable(), 0, out=_enabled(lab))
    assert lab.config() == NAMED
    assert stat.S_IMODE(lab.engine.config.stat().st_mode) == 0o644
    assert lab.engine.asks()


def the_engines_own_default_is_found(lab):
    lab.engine.config = pathlib.Path("/etc/docker/daemon.json")
    lab.plugin.start(lab.socket)
    lab.engine.start(config_file=False)
    try:
        expect(lab.run("enable", "--policy", lab.policy, "--pid-file", lab.engine.pid_file, "--engine",
                       lab.engine.socket), 0, out=_enabled(lab))
        assert lab.config() == NAMED and lab.engine.asks()
    finally:
        lab.engine.config.unlink()


def an_empty_configuration_is_one_without_settings(lab):
    lab.start()
    lab.write_config("\n")
    expect(lab.enable(), 0, out=_enabled(lab))
    assert lab.config() == NAMED


def a_link_stays_a_link(lab):
    lab.start()
    real = lab.folder / "elsewhere.json"
    real.write_text("{}\n")
    lab.engine.config.symlink_to(real)
    expect(lab.enable(), 0, out=_enabled(lab))
    assert lab.engine.config.is_symlink() and real.read_text() == NAMED


def the_pid_file_may_stand_in_the_configuration(lab):
    lab.write_config(json.dumps({"pidfile": str(lab.engine.pid_file)}))
    lab.plugin.start(lab.socket)
    lab.engine.start(pid_file=False)
    expect(lab.run("enable", "--policy", lab.policy, *lab.places()), 0, out=_enabled(lab))


def to_enable_again_changes_nothing(lab):
    lab.start()
    lab.enable()
    before = lab.engine.config.stat()
    expect(lab.enable(), 0, out=f"{lab.engine.config} names quaywarden already, and the engine asks it.\n")
    assert lab.engine.config.stat() == before


def a_configuration_that_names_the_plugin_already_is_put_in_force(lab):
    lab.start()
    lab.write_config(NAMED)
    assert not lab.engine.asks()
    expect(lab.enable(), 0, out=_enabled(lab))
    assert lab.config() == NAMED and lab.engine.asks()


def an_engine_that_starts_again_asks_still(lab):
    lab.start()
    lab.enable()
    lab.engine.terminate()
    lab.engine.start()
    assert lab.engine.asks()


def other_plugins_stay_before_it(lab):
    """Both are the same program; the first denies before the second is asked, and then nothing is proven."""
    lab.socket = pathlib.Path("/run/docker/plugins/first.sock")
    lab.start()
    expect(lab.enable("--name", "first", "--socket", lab.socket), 0, out=_enabled(lab, "first"))
    second = Plugin(lab).start(lab.socket.with_name("second.sock"))
    result = lab.enable("--name", "second", "--socket", second.socket)
    second.terminate()
    assert result.returncode == 1, result
    assert "the engine says 403: authorization denied by plugin first: " in result.stderr, result.stderr
    assert lab.config() == NAMED.replace("quaywarden", "first")
    assert lab.engine.asks("first")


def a_plugin_elsewhere_is_found_by_its_spec(lab):
    lab.socket = lab.folder / "q.sock"
    lab.start()
    spec = pathlib.Path("/etc/docker/plugins/quaywarden.spec")
    _refused(lab, 4, f"the engine looks for the plugin quaywarden at /run/docker/plugins/quaywarden.sock, not at "
                     f"{lab.socket}: serve there, or write unix://{lab.socket} to {spec}\n", "--socket", lab.socket)
    spec.parent.mkdir(exist_ok=True)
    spec.write_text("unix:///nowhere.sock\n")
    _refused(lab, 4, f"{spec} leads the engine to unix:///nowhere.sock, not to {lab.socket}: write unix://{lab.socket} "
                     "there\n", "--socket", lab.socket)
    spec.write_text(f"unix://{lab.socket}\n")
    expect(lab.enable("--socket", lab.socket), 0, out=_enabled(lab))
    assert lab.engine.asks()


def builds_are_kept_from_the_hosts_network(lab):
    lab.write_config('{"builder": {"gc": {"enabled": true}, "entitlements": {"network-host": true}}, "debug": false}')
    lab.start()
    expect(lab.enable("--builds"), 0, out=_enabled(lab, more=(
        "Restart the engine (systemctl restart docker) to keep builds from the host's network: it reads that setting "
        "only when it starts.\n")))
    assert lab.config() == (
        '{"builder": {"gc": {"enabled": true}, "entitlements": {"network-host": false, "security-insecure": false}}, '
        '"debug": false, "authorization-plugins": ["quaywarden"]}'), lab.config()
    lab.engine.terminate()
    lab.engine.start()
    assert lab.engine.asks()


@on_each_engine
def a_policy_that_lets_root_do_anything_is_enabled_too(lab):
    """The dangerous probe is one that no policy allows."""
    lab.write_policy(profile="unrestricted", allow='["*"]', mode="mode: warn")
    lab.start()
    expect(lab.enable(), 0, out=_enabled(lab))
    assert lab.engine.create_privileged()[0] == 404


# ---- what it refuses ----

def a_bad_policy_is_refused(lab):
    lab.start()
    lab.policy.write_text("version: 1\ntenants: []\nrules: {}\n")
    result = lab.enable()
    assert result.returncode == 3 and f"{lab.policy}:3:1: error:" in result.stderr, result
    assert lab.config() is None and not lab.engine.asks()


def a_policy_that_is_not_there_is_told_where_to_come_from(lab):
    lab.policy.unlink()
    result = lab.enable()
    assert result.returncode == 3, result
    assert result.stderr.startswith(f"quaywarden: {lab.policy}: there is no policy; a shipped one will do: "
                                    "install -D -m 644 "), result.stderr
    assert result.stderr.endswith(f"/share/quaywarden/policies/baseline.yaml {lab.policy}\n"), result.stderr


def a_policy_that_others_may_write_is_refused(lab):
    os.chmod(lab.policy, 0o666)
    result = lab.enable()
    assert result.returncode == 3 and str(lab.policy) in result.stderr, result


def a_plugin_that_is_not_there_is_refused(lab):
    lab.engine.start()
    _refused(lab, 4, f"the plugin does not answer: {lab.socket}: No such file or directory{START_FIRST}")


def a_plugin_that_does_not_answer_is_refused(lab):
    lab.engine.start()
    deaf = Deaf(lab.socket)
    _refused(lab, 4, f"the plugin does not answer: {lab.socket}: does not answer in time{START_FIRST}")
    deaf.listener.close()


def a_plugin_that_runs_another_policy_is_refused(lab):
    lab.start()
    other = lab.folder / "other.yaml"
    other.write_text(lab.policy.read_text() + "\n")
    _refused(lab, 4, f"{lab.socket} runs another policy than {other}, or another version of it: {lab.policy} is what it "
                     "has read last; name that with --policy, or tell it to reload\n", "--policy", other)


def a_local_root_without_a_tenant_is_refused(lab):
    lab.write_policy(match="[alice]")
    lab.start()
    _refused(lab, 1, f'{lab.policy}: no tenant matches "anonymous", who the local root is on the engine\'s own socket: '
                     "docker would be locked for it; give it a tenant (match: [anonymous]), or say "
                     "--without-local-root\n")
    expect(lab.enable("--without-local-root"), 0, out=_enabled(lab))
    assert "no-tenant" in lab.engine.ask("GET", "/info")[1]


def an_engine_that_does_not_run_is_refused(lab):
    lab.plugin.start(lab.socket)
    _refused(lab, 4, f"the engine's pid file: {lab.engine.pid_file}: No such file or directory; start the engine, or "
                     "name its pid file with --pid-file\n")
    lab.engine.pid_file.write_text("4194305")
    _refused(lab, 4, f"the engine's pid file: {lab.engine.pid_file}: process 4194305 does not run; start the engine, or "
                     "name its pid file with --pid-file\n")
    lab.engine.pid_file.write_text(str(os.getpid()))
    _refused(lab, 4, f"the engine's pid file: {lab.engine.pid_file}: process {os.getpid()} is \"python3\", not dockerd; "
                     "start the engine, or name its pid file with --pid-file\n")


def an_engine_that_does_not_answer_is_refused(lab):
    lab.start()
    _refused(lab, 4, "the engine does not answer: /nowhere.sock: No such file or directory; start it, or name its "
                     "socket with --engine\n", "--engine", "/nowhere.sock")


def a_configuration_that_is_no_json_is_left_alone(lab):
    lab.start()
    for text, told in (
            ('{"debug": true,}\n', "JSON: expected a key at byte 15"),
            ('[]', "not a JSON object"),
            ('{"authorization-plugins": "a"}', '"authorization-plugins" is not a list'),
            ('{"authorization-plugins": [1]}', '"authorization-plugins" is not a list of names'),
            ('{"debug": true, "authorization-plugins": [], "authorization-plugins": []}',
             '"authorization-plugins" is there twice')):
        lab.write_config(text)
        _refused(lab, 3, f"{lab.engine.config}: {told}: it is left as it is\n", before=text)
    lab.write_config('{"builder": true}')
    _refused(lab, 3, f'{lab.engine.config}: "builder" is not an object: it is left as it is\n', "--builds",
             before='{"builder": true}')


def another_configuration_than_the_engines_is_refused(lab):
    lab.start()
    other = lab.folder / "other.json"
    expect(lab.enable("--engine-config", other), 4,
           err=f"quaywarden: the engine, process {{pid}}, reads {lab.engine.config}, not {other}: name it with "
               "--engine-config\n")
    assert not other.exists()


def a_plugin_on_the_engines_command_line_is_refused(lab):
    lab.plugin.start(lab.socket)
    lab.engine.start("--authorization-plugin", "quaywarden")
    expect(lab.enable(), 4,
           err="quaywarden: the engine, process {pid}, has --authorization-plugin on its command line, and refuses to "
               f"have it in {lab.engine.config} too: take it off the command line (systemctl edit docker) and restart "
               "the engine\n")
    assert lab.config() is None


def hosts_in_both_places_are_refused(lab):
    lab.start()
    before = '{"hosts": ["unix:///run/other.sock"]}'
    lab.write_config(before)
    expect(lab.enable(), 4,
           err=f'quaywarden: the engine, process {{pid}}, has -H on its command line, and refuses "hosts" in '
               f"{lab.engine.config}: leave one of them and restart the engine\n")
    assert lab.config() == before


@on_each_engine
def what_the_engine_does_not_take_up_is_rolled_back(lab):
    """It refuses a file with a setting that it does not know, and goes on without saying so to anybody but its log."""
    before = '{"no-such-setting": 1}\n'
    lab.start()
    lab.write_config(before)
    result = lab.enable()
    assert result.returncode == 1, result
    assert result.stderr.startswith("quaywarden: not enabled: a privileged container is not denied by the plugin; the "
                                    "engine says 404: "), result.stderr
    assert result.stderr.endswith(f"{LOG}quaywarden: {lab.engine.config} and the engine are as they were\n")
    assert lab.config() == before and not lab.engine.asks()
    assert lab.engine.is_running()


def what_denies_everything_is_rolled_back(lab):
    """A plugin that cannot write its records lets nothing pass; the file that enable made goes again."""
    full = lab.folder / "full"
    full.mkdir()
    sandbox.mount("tmpfs", "tmpfs", full, "size=64k")
    lab.write_policy(audit=full / "audit.jsonl")
    lab.start()
    with (full / "filler").open("wb") as filler:
        filler.write(bytes(1 << 16))
    try:
        result = lab.enable()
    finally:
        subprocess.run(["umount", "--lazy", full], check=True)
    assert result.returncode == 1, result
    assert result.stderr.startswith("quaywarden: not enabled: GET /_ping does not pass; the engine says 403: "
                                    "authorization denied by plugin quaywarden: undecided: "), result.stderr
    assert result.stderr.endswith(f"{LOG}quaywarden: {lab.engine.config} and the engine are as they were\n")
    assert lab.config() is None and not lab.engine.asks()


def an_engine_that_ends_gets_its_file_back(lab):
    """dockerd ends where the plugin that it is told of turns out to be none."""
    before = '{"debug": true}'
    lab.write_config(before)
    turncoat = _Turncoat(lab)
    lab.engine.start()
    try:
        expect(lab.enable(), 4, err=(
            f"quaywarden: not enabled: the engine, process {{pid}}, has ended{LOG}quaywarden: {lab.engine.config} says "
            "what it said before; the engine has to be started again (systemctl restart docker)\n"))
    finally:
        turncoat.child.terminate()
        turncoat.child.wait()
    assert lab.config() == before
    lab.engine.start()
    assert not lab.engine.asks()


class _Turncoat:
    """An authorization plugin when it is asked first, a volume plugin from then on."""

    PROGRAM = """
import json, socket, sys
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen()
kinds = ["authz"]
while True:
    connection, _ = listener.accept()
    question = connection.recv(65536)
    if question.startswith(b"GET /status"):
        answer = {"policy": {"file": "x", "sha256": sys.argv[2]}}
    else:
        answer = {"Implements": [kinds.pop() if kinds else "VolumeDriver"]}
    body = json.dumps(answer)
    head = f"HTTP/1.1 200 OK\\r\\nContent-Length: {len(body)}\\r\\nConnection: close\\r\\n\\r\\n"
    connection.sendall((head + body).encode())
    connection.close()
"""

    def __init__(self, lab):
        digest = hashlib.sha256(lab.policy.read_bytes()).hexdigest()
        lab.socket.parent.mkdir(parents=True, exist_ok=True)
        self.child = subprocess.Popen(["python3", "-c", self.PROGRAM, str(lab.socket), digest])
        wait_until(lab.socket.exists, "the stand-in listens")


def a_name_that_is_none_is_a_usage_error(lab):
    expect(lab.enable("--name", "../x"), 2,
           err='quaywarden: enable: --name is a word of letters, digits, _, . and -, not "../x"\n'
               "Try: quaywarden enable --help\n")

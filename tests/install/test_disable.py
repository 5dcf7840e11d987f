# SPDX-License-Identifier: GPL-3.0-or-later
"""disable: the way out, also where nothing else works."""

from lab import expect
from test_enable import NAMED, on_each_engine

DISABLED = "Disabled: the engine does not ask quaywarden any more.\n"


@on_each_engine
def the_configuration_is_again_what_it_was(lab):
    before = '{\n  "debug": true,\n  "labels": ["a=b"]\n}\n'
    lab.write_config(before)
    lab.start()
    lab.enable()
    expect(lab.disable(), 0, out=DISABLED)
    assert lab.config() == before
    assert not lab.engine.asks()


def other_plugins_stay(lab):
    lab.start()
    lab.write_config('{"authorization-plugins": ["a", "quaywarden", "b"], "debug": true}')
    lab.engine.terminate()
    lab.disable()
    assert lab.config() == '{"authorization-plugins": ["a", "b"], "debug": true}'


def a_plugin_that_died_is_taken_out(lab):
    """While it does not answer, the engine refuses everything."""
    lab.start()
    lab.enable()
    lab.plugin.kill()
    assert "quaywarden" in lab.engine.ask("GET", "/_ping")[1]
    expect(lab.disable(), 0, out=DISABLED)
    assert lab.engine.ask("GET", "/_ping")[0] == 200


def an_engine_that_does_not_run_is_disabled_for_its_next_start(lab):
    lab.start()
    lab.enable()
    lab.engine.terminate()
    expect(lab.disable(), 0, out=f"Disabled in {lab.engine.config}; no engine runs that could be told. When one starts, "
                                 "it asks nobody.\n",
           err=f"quaywarden: the engine's pid file: {lab.engine.pid_file}: No such file or directory\n")
    lab.plugin.terminate()
    lab.engine.start()
    assert not lab.engine.asks()


def what_is_not_enabled_is_told_so(lab):
    lab.start()
    expect(lab.disable(), 0, out=f"{lab.engine.config} does not name quaywarden.\n{DISABLED}")
    assert lab.config() is None


def a_configuration_that_is_no_json_is_left_alone(lab):
    lab.write_config("{,}")
    expect(lab.disable(), 3, err=f"quaywarden: {lab.engine.config}: JSON: expected a key at byte 1: it is left as it "
                                 "is\n")
    assert lab.config() == "{,}"


def a_plugin_on_the_engines_command_line_is_told_of(lab):
    lab.plugin.start(lab.socket)
    lab.engine.start("--authorization-plugin", "quaywarden")
    result = lab.disable()
    assert result.returncode == 4 and "has --authorization-plugin on its command line" in result.stderr, result


def an_engine_that_does_not_take_it_up_has_to_be_restarted(lab):
    lab.start()
    lab.enable()
    lab.write_config('{"no-such-setting": 1, "authorization-plugins": ["quaywarden"]}')
    result = lab.disable()
    assert result.returncode == 1, result
    assert result.stderr.startswith("quaywarden: the engine still asks the plugin: authorization denied by plugin "
                                    "quaywarden: "), result.stderr
    assert result.stderr.endswith("; restart it (systemctl restart docker): "
                                  f"{lab.engine.config} names the plugin no more\n"), result.stderr
    assert lab.config() == '{"no-such-setting": 1}'

# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine and the plugin come and go, and the policy changes, while privileged creates are being sent.

Each test takes (engine, plugin, note), returns the list of what is wrong, and appends figures worth printing to note.
"""

from .load import Load

KILLS = 3
STRICTER = """\
version: 1
roles:
  no-volumes: { allow: [everyday], deny: [volume.*] }
tenants:
  - name: everybody
    match: ["*", anonymous]
    objects: all
    role: no-volumes
    profile: baseline
"""
BAD = "version: 1\ntenats: []\n"


def plugin_is_killed(engine, plugin, note):
    mark = plugin.trail.mark()
    with Load(engine, "killed") as load:
        for _ in range(KILLS):
            plugin.kill()
            plugin.start()
            load.await_more(100)
    note.append(load.summary())
    return load.problems(plugin.trail.since(mark)) + still_works(engine)


def engine_is_restarted(engine, plugin, note):
    mark = plugin.trail.mark()
    with Load(engine, "restarted") as load:
        engine.terminate()
        engine.start()
        load.await_more(100)
    note.append(load.summary())
    return load.problems(plugin.trail.since(mark)) + still_works(engine)


def both_are_restarted(engine, plugin, note):
    """In good order: the plugin ends with 0, and the engine finds a new one when it starts."""
    mark = plugin.trail.mark()
    problems = []
    with Load(engine, "both") as load:
        engine.terminate()
        status = plugin.terminate()
        if status != 0:
            problems.append(f"quaywarden ended with {status} on SIGTERM")
        plugin.start()
        engine.start()
        load.await_more(100)
    note.append(load.summary())
    return problems + load.problems(plugin.trail.since(mark)) + still_works(engine)


def policy_is_reloaded(engine, plugin, note):
    mark = plugin.trail.mark()
    original = plugin.policy.read_text()
    problems = []
    with Load(engine, "reloaded") as load:
        plugin.replace_policy(STRICTER) # a changed file is enough
        problems += await_policy(plugin, STRICTER, "a file of that name")
        problems += expect_volumes(engine, False, "under the stricter policy")

        plugin.policy.write_text(original)
        plugin.hang_up()
        problems += await_policy(plugin, original, "SIGHUP")
        problems += expect_volumes(engine, True, "under the first policy again")

        plugin.policy.write_text(STRICTER)
        problems += await_policy(plugin, STRICTER, "a write to the file")
        load.await_more(50)
        problems += bad_policy_is_refused(engine, plugin, load)

        plugin.replace_policy(original)
        plugin.hang_up()
        problems += await_policy(plugin, original, "SIGHUP after a bad policy")
    note.append(load.summary())
    return problems + load.problems(plugin.trail.since(mark)) + still_works(engine)


def bad_policy_is_refused(engine, plugin, load):
    start = plugin.log_size()
    before = plugin.policy_in_force()
    plugin.replace_policy(BAD)
    plugin.hang_up()
    try:
        plugin.await_log(f"{plugin.policy}:2:", start)
    except TimeoutError as error:
        return [f"the bad policy is not logged with its line: {error}"]
    load.await_more(50)
    problems = expect_volumes(engine, False, "after a bad policy, so under the stricter one before it")
    if plugin.policy_in_force() != before:
        problems.append("a bad policy changed the policy in force")
    return problems


def await_policy(plugin, text, how):
    try:
        plugin.await_policy(text, how)
    except TimeoutError as error:
        return [str(error)]
    return []


def expect_volumes(engine, allowed, when):
    result = engine.docker(["volume", "ls"])
    if (result.returncode == 0) != allowed:
        return [f"volume ls {'fails' if allowed else 'works'} {when}: {said(result)[:200]}"]
    return []


def said(result):
    return (result.stdout + result.stderr).strip()


def still_works(engine):
    problems = []
    if engine.docker(["ps"]).returncode != 0:
        problems.append("docker ps fails")
    result = engine.docker(["run", "--rm", "--network", "none", "busybox:1", "echo", "alive"])
    if "alive" not in result.stdout:
        problems.append(f"a plain container fails: {said(result)[:200]}")
    result = engine.docker(["run", "--rm", "--network", "none", "--privileged", "busybox:1", "true"])
    if "privileged: " not in said(result):
        problems.append(f"a privileged container is not denied as such: {said(result)[:200]}")
    return problems


TESTS = [plugin_is_killed, policy_is_reloaded, engine_is_restarted, both_are_restarted]

# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges a row: that an attack has its effect, that it is denied for the right rule, that a look-alike passes."""

import re

from harness.plugin import rule_ids

from .row import Call

DENIAL = "authorization denied by plugin quaywarden: "
DENIED = 403


def perform(world, names, step):
    if isinstance(step, Call):
        step.does(world, names)
        return None
    return world.send(step, names)


def has_failed(step, answer):
    """Whether the engine did not do as the step wants."""
    return answer is not None and (answer.status not in step.status if step.status else answer.status >= 400)


def told(step, answer):
    return f"{step.method} {step.target[:120]}: {answer.status} {answer.message().strip()[:400]}"


def prepare(world, names, row):
    """The administrator's part; returns what went wrong."""
    for step in row.setup:
        answer = perform(world, names, step)
        if has_failed(step, answer):
            return [f"set-up: {told(step, answer)}"]
    return []


def effect_problems(world, names, row):
    """Let the attack run with nobody asked."""
    answers = []
    for step in row.steps:
        answers.append(perform(world, names, step))
        if has_failed(step, answers[-1]):
            return [told(step, answers[-1])]
    missing = row.effect(world, names, answers)
    return [f"no effect: {missing}"] if missing else []


def denial_problems(world, plugin, names, row):
    """Send the attack's steps until one is denied; (what is wrong, whether it was the first)."""
    rules = row.rules_on(world.version)
    for step in row.steps:
        mark = plugin.trail.mark()
        answer = perform(world, names, step)
        if answer is None:
            continue
        if answer.status == DENIED:
            said = told_problems(answer, rules) if step.method != "HEAD" else [] # which has no body to say it in
            problems = said + record_problems(plugin.trail.since(mark), rules)
            return problems, step is row.steps[0]
        if has_failed(step, answer):
            refused = world.version in row.refused
            return [] if refused else [f"not denied, but failed: {told(step, answer)}"], False
    return ["not denied"], False


def still_open(problems, row):
    """Of a row that quaywarden cannot deny yet: it has to be so, or the mark is to go."""
    return [] if problems else [f"is denied, though it is marked with needs={row.needs!r}"]


def told_problems(answer, rules):
    _, denied, reasons = answer.message().partition(DENIAL)
    if not denied:
        return [f"refused by the engine: {answer.message()[:300]!r}"]
    return [f"gives no reason of {rule}: {reasons[:300]!r}" for rule in sorted(rules)
            if not re.search(rf"^{re.escape(rule)}(\.[a-z-]+)?: \S", reasons, re.MULTILINE)]


def record_problems(records, rules):
    denied = [record for record in records if record["verdict"] == "deny"]
    if len(denied) != 1:
        return [f"{len(denied)} denials recorded"]
    found = rule_ids(denied[0])
    return [] if found == rules else [f"recorded {sorted(found)}, expected {sorted(rules)}"]


def passing_problems(world, names, row):
    """A look-alike passes and does what it is for."""
    for step in row.steps:
        answer = perform(world, names, step)
        if answer is not None and (answer.status == DENIED or has_failed(step, answer)):
            return [told(step, answer)]
    return []

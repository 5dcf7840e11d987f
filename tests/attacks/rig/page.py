# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/attacks.md, made from the rows, and what has to hold for them without an engine."""

import collections
import difflib
import pathlib

from attacks import ATTACKS, CLASSES
from benign import LOOKALIKES

from .policies import POLICIES

PAGE = pathlib.Path(__file__).resolve().parents[3] / "docs/attacks.md"
ATTACKS_ASKED, LOOKALIKES_ASKED = 150, 80

HEAD = """# The attacks

Made from the rows of `tests/attacks` by `tests/attacks/run --write`; do not edit. Each attack is shown to have its
effect on the engines that its row names, with no plugin and read back in the same run, and to be denied by quaywarden
on 20.10 and 28.5, for the rules that its row names and no other. Each look-alike resembles an attack and has to pass.
"""


def class_of():
    return {row.name: module.TITLE for module in CLASSES for row in module.ATTACKS}


def counted():
    """(title, attacks, denied, look-alikes, allowed) of each class."""
    home = class_of()
    for module in CLASSES:
        like = [row for row in LOOKALIKES if home.get(row.like) == module.TITLE]
        yield (module.TITLE, len(module.ATTACKS), sum(not row.needs for row in module.ATTACKS),
               len(like), sum(not row.needs for row in like))


def table(head, rows):
    return [f"| {' | '.join(head)} |", "|" + "---|" * len(head),
            *(f"| {' | '.join(str(cell) for cell in row)} |" for row in rows)]


def rules_cell(row):
    others = [f"{version}: {', '.join(rules.split())}" for version, rules in row.instead.items()]
    return "; ".join([", ".join(sorted(row.rules)), *others])


def make():
    rows = list(counted())
    total = ["all", *(sum(row[column] for row in rows) for column in range(1, 5))]
    lines = [HEAD, *table(("class", "attacks", "denied", "look-alikes", "allowed"), [*rows, total])]
    for module in CLASSES:
        lines += ["", f"## {module.TITLE}", "", *table(
            ("attack", "what it gives", "effect on", "policy", "denied by"),
            [(row.name, row.gives, ", ".join(row.engines), row.policy, rules_cell(row)) for row in module.ATTACKS])]
    open_rows = [(row.name, row.needs) for row in [*ATTACKS, *LOOKALIKES] if row.needs]
    if open_rows:
        lines += ["", "## Open", "", *table(("row", "needs"), open_rows)]
    return "\n".join(lines) + "\n"


def write():
    PAGE.write_text(make())


def problems():
    repeated = [name for row_set in (ATTACKS, LOOKALIKES)
                for name, times in collections.Counter(row.name for row in row_set).items() if times > 1]
    known = class_of()
    found = [f"{name} is the name of several rows" for name in repeated]
    found += [f"{row.name} is like {row.like}, which is no attack" for row in LOOKALIKES if row.like not in known]
    found += [f"{row.name} is under no policy: {row.policy}" for row in [*ATTACKS, *LOOKALIKES]
              if row.policy not in POLICIES]
    found += [f"{row.name} has no effect on any engine" for row in ATTACKS if not row.engines]
    found += [f"{title} has no look-alike" for title, _, _, like, _ in counted() if not like]
    if len(ATTACKS) < ATTACKS_ASKED or len(LOOKALIKES) < LOOKALIKES_ASKED:
        found.append(f"{len(ATTACKS)} attacks and {len(LOOKALIKES)} look-alikes are too few")
    written = PAGE.read_text() if PAGE.exists() else ""
    return found + list(difflib.unified_diff(written.splitlines(), make().splitlines(), str(PAGE.name),
                                             "as it should be", lineterm=""))[:40]

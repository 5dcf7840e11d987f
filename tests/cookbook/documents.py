# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what a Markdown page shows: its fenced blocks by section, and the commands of its transcripts."""

import dataclasses
import re

FENCE = re.compile(r"^(`{3,})\s*(\S*)\s*$")
LINK = re.compile(r"\]\(([^)#\s]+\.yaml)\)")
PROMPT = re.compile(r"^([a-z][a-z0-9-]*)?\$ (.*)$")


@dataclasses.dataclass
class Command:
    line: int
    who: str               # with whose certificate; "": nobody's, by the plain socket
    text: str
    output: list           # lines that the page shows


@dataclasses.dataclass
class Block:
    line: int              # of its fence
    language: str
    lines: list
    section: str
    policy: str            # the first policy that its section links to, relative to the page; "" where there is none

    def commands(self):
        """Of a transcript: each line with a prompt, a `\\` at its end continued, and what stands below it."""
        found = []
        continued = False
        for number, line in enumerate(self.lines, self.line + 1):
            start = PROMPT.match(line)
            if continued:
                found[-1].text += "\n" + line
            elif start:
                found.append(Command(number, start[1] or "", start[2], []))
            elif found:
                found[-1].output.append(line)
            else:
                raise ValueError(f"line {number}: output without a command")
            continued = (continued or bool(start)) and line.endswith("\\")
        return found


def read_blocks(page):
    """The fenced blocks of a page. An indented block says not what it is: it is an error."""
    blocks = []
    section = policy = ""
    fence = None
    before = ""
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        mark = FENCE.match(line)
        if fence and line.strip() == fence:
            fence = None
        elif fence:
            blocks[-1].lines.append(line)
        elif mark:
            fence = mark[1]
            blocks.append(Block(number, mark[2], [], section, policy))
        elif line.startswith("#"):
            section, policy = line.lstrip("# "), ""
        elif line.startswith("    ") and not before.strip():
            raise ValueError(f"{page.name}:{number}: an indented block: write a fence that names its language")
        else:
            policy = policy or (LINK.search(line) or ["", ""])[1]
        before = line
    if fence:
        raise ValueError(f"{page.name}: a fence is not closed")
    return blocks


def is_excerpt(lines, whole):
    """Do the lines stand in the file, in its order? A line of `# …` stands for what is left out."""
    rest = list(whole)
    part = []
    for line in [*lines, "# …"]:
        if line.strip() != "# …":
            part.append(line)
            continue
        at = find(part, rest)
        if at < 0:
            return False
        rest = rest[at + len(part):]
        part = []
    return True


def find(part, whole):
    for at in range(len(whole) - len(part) + 1):
        if whole[at:at + len(part)] == part:
            return at
    return -1


def shows(expected, output):
    """Is the output what the page shows? `…` stands for any text, and on a line of its own for any lines."""
    pattern = "".join(r"(?:.*\n)*" if line == "…" else re.escape(line).replace("…", ".*") + r"\n"
                      for line in telling(expected))
    return re.fullmatch(pattern, "".join(line + "\n" for line in telling(output.splitlines()))) is not None


def telling(lines):
    return [line.rstrip() for line in lines if line.strip() and not is_hint(line)]


def as_shown(output):
    """What a page shows of it. Ids differ each time."""
    lines = [re.sub(r"\b[0-9a-f]{64}\b", "…", line.rstrip()) for line in output.splitlines() if not is_hint(line)]
    return "\n".join(lines).strip("\n").splitlines()


def is_hint(line):
    """Where the client points to its own help, which differs from one version to the next."""
    return re.match(r"^(See|Run) 'docker .*--help'", line) is not None

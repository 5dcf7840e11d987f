# SPDX-License-Identifier: GPL-3.0-or-later
"""What cmake --install puts where, and whether it is fit for use there: units, completions."""

import os
import pathlib
import re
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
UNITS = "lib/systemd/system"
EXPOSURE_MAX = 30 # tenths: systemd-analyze calls what is below 2.0 safe and above 5.0 exposed
SHELLS = {
    # The words that are completed after a command line, one a line.
    "bash": ("share/bash-completion/completions/quaywarden",
             'source "$1"; COMP_WORDS=($2 "$3"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _quaywarden; '
             'printf "%s\\n" "${COMPREPLY[@]}"'),
    "zsh": ("share/zsh/site-functions/_quaywarden",
            '_describe() { print -l -- "${(@)${(P@)2}%%:*}" }; _files() { }; words=(${=2} "$3"); CURRENT=${#words}; '
            'source "$1"'),
    "fish": ("share/fish/vendor_completions.d/quaywarden.fish",
             'source $argv[1]; complete -C (string join " " -- $argv[2..]) | string split -f 1 \\t'),
}


def _install(lab):
    """The tree of an installation, from a build folder of its own in which only the program is not built anew."""
    prefix = lab.folder / "prefix"
    build = pathlib.Path(lab.binary).parent
    shutil.copytree(build, lab.folder / "build", symlinks=True,
                    ignore=lambda folder, names: [name for name in names if name.endswith((".o", ".a"))])
    subprocess.run(["cmake", "--install", lab.folder / "build", "--prefix", prefix], check=True,
                   stdout=subprocess.DEVNULL)
    return prefix


def _terms(lab, kind):
    """The names of the program's own tables."""
    output = subprocess.run([pathlib.Path(lab.binary).parent / "tests/docs/list_terms"], check=True, text=True,
                            stdout=subprocess.PIPE).stdout
    return {line.split(" ", 1)[1] for line in output.splitlines() if line.startswith(kind + " ")}


def everything_is_in_its_place(lab):
    prefix = _install(lab)
    found = {str(path.relative_to(prefix)) for path in prefix.rglob("*") if path.is_file()}
    policies = {f"share/quaywarden/policies/{path.name}" for path in (ROOT / "policies").glob("*.yaml")}
    assert policies and found == policies | {
        "bin/quaywarden", "share/man/man1/quaywarden.1", "share/man/man5/quaywarden-policy.5",
        "share/man/man8/quaywarden.8", *(place for place, _ in SHELLS.values()),
        f"{UNITS}/quaywarden.service", f"{UNITS}/quaywarden.socket", "lib/sysusers.d/quaywarden.conf"}, found
    assert not (prefix / "etc").exists() and os.access(prefix / "bin/quaywarden", os.X_OK)
    for policy in policies:
        assert subprocess.run([lab.binary, "check", prefix / policy], check=False).returncode == 0, policy


def _units(lab):
    """The units, beside the engine's own, with a program that is where they say."""
    folder = lab.folder / "units"
    folder.mkdir()
    for unit in (_install(lab) / UNITS).iterdir():
        text = re.sub(r"(?m)^ExecStart=\S+", f"ExecStart={lab.binary}", unit.read_text())
        (folder / unit.name).write_text(text)
    return folder


def systemd_finds_no_fault_and_no_loop(lab):
    if not shutil.which("systemd-analyze"):
        return "there is no systemd-analyze"
    folder = _units(lab)
    engine = [unit for unit in ("docker.service", "docker.socket")
              if pathlib.Path("/lib/systemd/system", unit).exists()]
    result = subprocess.run(["systemd-analyze", "verify", "--man=no", *engine, folder / "quaywarden.socket",
                             folder / "quaywarden.service"], text=True, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, check=False)
    ours = [line for line in result.stdout.splitlines() if "quaywarden" in line or "cycle" in line]
    assert not ours, result.stdout
    socket = (folder / "quaywarden.socket").read_text()
    service = (folder / "quaywarden.service").read_text()
    assert "\nBefore=docker.service\n" in socket and "\nBefore=docker.service\n" in service


def the_service_is_hardened(lab):
    if not shutil.which("systemd-analyze"):
        return "there is no systemd-analyze"
    folder = _units(lab)
    result = subprocess.run(["systemd-analyze", "security", "--no-pager", "--offline=yes",
                             f"--threshold={EXPOSURE_MAX}", folder / "quaywarden.service"], text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if "unrecognized option" in result.stdout:
        return "this systemd-analyze does not look at files"
    assert result.returncode == 0, result.stdout


def the_service_runs_as_whom_sysusers_makes(lab):
    if not shutil.which("systemd-sysusers"):
        return "there is no systemd-sysusers"
    prefix = _install(lab)
    service = (prefix / UNITS / "quaywarden.service").read_text()
    named = dict(re.findall(r"(?m)^(User|Group|SupplementaryGroups)=(.*)$", service))
    root = lab.folder / "root"
    (root / "etc").mkdir(parents=True)
    subprocess.run(["systemd-sysusers", f"--root={root}", prefix / "lib/sysusers.d/quaywarden.conf"], check=True,
                   stderr=subprocess.DEVNULL)
    users = [line.split(":") for line in (root / "etc/passwd").read_text().splitlines()]
    groups = [line.split(":")[0] for line in (root / "etc/group").read_text().splitlines()]
    assert [(user[0], user[6]) for user in users] == [(named["User"], "/usr/sbin/nologin")], users
    assert {named["Group"], named["SupplementaryGroups"]} <= set(groups), groups
    return None


def _completed(lab, shell, prefix, line, word):
    place, program = SHELLS[shell]
    arguments = [shell, "-c", program, *([] if shell == "fish" else [shell]), prefix / place, line, word]
    result = subprocess.run(arguments, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30,
                            env={"PATH": f"{prefix}/bin:{os.environ['PATH']}", "HOME": str(lab.folder)}, check=False)
    assert not result.stderr, result.stderr
    return {found for found in result.stdout.split() if found}


def _check_completions(lab, shell):
    if not shutil.which(shell):
        return f"there is no {shell}"
    prefix = _install(lab)
    commands = _terms(lab, "command")
    options = _terms(lab, "option")
    found = _completed(lab, shell, prefix, "quaywarden", "")
    assert found - {"--help", "--version"} == commands, found ^ commands
    assert _completed(lab, shell, prefix, "quaywarden help", "") == commands
    assert _completed(lab, shell, prefix, "quaywarden", "en") == {"enable"} or shell == "zsh" # which filters itself
    for command in commands - {"help"}: # whose operands are subcommands
        want = {"--" + name.split(".")[1] for name in options if name.startswith(command + ".")} | {"--help"}
        found = {word for word in _completed(lab, shell, prefix, f"quaywarden {command}", "--") if word[0] == "-"}
        assert found == want, f"{command}: {found ^ want}"
    return None


def bash_completes_what_the_program_has(lab):
    return _check_completions(lab, "bash")


def zsh_completes_what_the_program_has(lab):
    return _check_completions(lab, "zsh")


def fish_completes_what_the_program_has(lab):
    return _check_completions(lab, "fish")

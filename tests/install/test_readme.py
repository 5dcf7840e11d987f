# SPDX-License-Identifier: GPL-3.0-or-later
"""README's way from a clone to a first denial: its very lines, in their order, at the places that they name."""

import os
import pathlib
import signal
import subprocess
import sys

from harness import sandbox
from harness.process import wait_until

from lab import CACHE, Engine

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent / "cookbook"))

from documents import read_blocks, shows

SECTION = "Install it"
ENGINE = "28.5"
# The packages are there, since tests/run wants them too; a test changes none of the machine's.
APT = 'APT::Get::Assume-Yes "true";\nAPT::Get::Upgrade "false";\nDPkg::Lock::Timeout "300";\n'


class _Installed(Engine):
    """An engine where an installation has it."""

    def __init__(self, lab):
        super().__init__(lab, ENGINE)
        self.socket = pathlib.Path("/run/docker.sock")
        self.config = pathlib.Path("/etc/docker/daemon.json")
        self.pid_file = pathlib.Path("/run/docker.pid")


def _environment(lab):
    bin_folder = lab.folder / "bin"
    bin_folder.mkdir()
    (bin_folder / "systemctl").symlink_to(HERE / "systemctl")
    (lab.folder / "apt.conf").write_text(APT)
    client = {"DOCKER_CONFIG": str(lab.folder), "DOCKER_HOST": f"unix://{lab.engine.socket}"}
    return {**os.environ, **client, "PATH": f"{bin_folder}:/usr/local/bin:/usr/local/sbin:{lab.engine.path}",
            "APT_CONFIG": str(lab.folder / "apt.conf"), "QW_SERVICE": str(lab.folder / "service")}


def _end_service(lab):
    try:
        service = int((lab.folder / "service.pid").read_text())
    except FileNotFoundError:
        return
    os.kill(service, signal.SIGTERM)
    wait_until(lambda: not pathlib.Path(f"/proc/{service}").exists(), "the service ends")


def _play(lab, environment, command):
    """Runs it as somebody at a terminal in the clone would; what it must print is what the page shows."""
    done = subprocess.run(["bash", "-c", command.text], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600, check=False)
    if command.output:
        assert done.returncode != 0 and shows(command.output, done.stdout), done.stdout
    else:
        assert done.returncode == 0, f"{command.text}: exit {done.returncode}: {done.stdout[-2000:]}"


def readme_leads_to_a_denial(lab):
    if not (CACHE / ENGINE).exists():
        return f"there is no engine {ENGINE}"
    commands = [command for block in read_blocks(ROOT / "README.md")
                if block.section == SECTION and block.language == "console" for command in block.commands()]
    assert len(commands) > 3 and commands[-1].output, "the section shows no denial at its end"
    for folder in ("/usr/local", "/var/log", "/var/lib"):
        sandbox.over(folder)
    lab.engine = _Installed(lab)
    lab.engine.start()
    environment = _environment(lab)
    try:
        for command in commands:
            _play(lab, environment, command)
        assert lab.engine.asks()
    finally:
        lab.engine.terminate()
        _end_service(lab)
    return None

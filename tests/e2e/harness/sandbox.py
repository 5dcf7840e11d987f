# SPDX-License-Identifier: GPL-3.0-or-later
"""A private corner of the machine for the engines under test.

dockerd finds its plugins in /run/docker/plugins and /etc/docker, and containerd writes to /run and /opt whatever it is
told. So the whole suite runs in mount, process and network namespaces of its own: the machine's own Docker sees nothing
of it, and when the suite ends, however it ends, the kernel ends its processes and drops its mounts and files.
"""

import os
import pathlib
import subprocess
import sys

INSIDE = "QW_E2E_INSIDE"
SCRATCH = pathlib.Path("/run/e2e")


def enter(argv):
    """Start argv again in new namespaces, as process 1; never returns. The caller continues in prepare()."""
    os.environ[INSIDE] = str(os.getpid())
    flags = ["--mount", "--propagation", "private", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
    os.execvp("unshare", ["unshare", *flags, sys.executable, *argv])


def is_inside():
    return INSIDE in os.environ


def run_id():
    """Tells this run from others of the machine, where the process ids of the namespace do not."""
    return os.environ[INSIDE]


def prepare():
    """Mount private folders over those that an engine writes to, and return the scratch folder."""
    mount("tmpfs", "tmpfs", "/run", "mode=755")
    SCRATCH.mkdir()
    for folder in ("/etc", "/opt"):
        over(folder)
    pathlib.Path("/etc/docker").mkdir(exist_ok=True)
    mount("tmpfs", "tmpfs", "/etc/docker", "mode=755")
    return SCRATCH


def over(folder):
    """Let folder be written to without changing what is below."""
    layers = SCRATCH / "layers" / folder.strip("/")
    (layers / "upper").mkdir(parents=True)
    (layers / "work").mkdir()
    mount("overlay", "overlay", folder, f"lowerdir={folder},upperdir={layers}/upper,workdir={layers}/work")


def mount(kind, source, target, options):
    subprocess.run(["mount", "-t", kind, "-o", options, source, target], check=True)


def as_init(main):
    """Run main in a child and collect orphans, as process 1 of a namespace has to; return main's exit status."""
    child = os.fork()
    if child == 0:
        return main()
    while True:
        pid, status = os.wait()
        if pid == child:
            os._exit(os.waitstatus_to_exitcode(status) & 0xFF)

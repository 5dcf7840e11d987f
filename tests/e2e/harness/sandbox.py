# SPDX-License-Identifier: GPL-3.0-or-later
"""A private corner of the machine for the engines under test.

dockerd finds its plugins in /run/docker/plugins and /etc/docker, and containerd writes to /run and /opt whatever it is
told. So each engine runs in mount, process and network namespaces of its own: neither the machine's own Docker nor the
other engines see anything of it, and when the suite ends, however it ends, the kernel ends its processes and drops its
mounts and files.
"""

import fcntl
import os
import pathlib
import socket
import struct
import subprocess
import sys

INSIDE = "QW_E2E_INSIDE"
SCRATCH = pathlib.Path("/run/e2e")


def start(argv, label):
    """Start argv again in new namespaces, as process 1 of them, where it continues in prepare(). It ends with us."""
    flags = ["--mount", "--propagation", "private", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
    return subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "unshare", *flags, sys.executable, *argv],
                            stdin=subprocess.DEVNULL, env={**os.environ, INSIDE: f"{os.getpid()}-{label}"})


def is_inside():
    return INSIDE in os.environ


def run_id():
    """Tells this run from others of the machine, where the process ids of the namespace do not."""
    return os.environ[INSIDE]


def prepare():
    """Mount private folders over those that an engine writes to, and return the scratch folder."""
    mount("tmpfs", "tmpfs", "/run", "mode=755")
    SCRATCH.mkdir()
    for folder in ("/etc", "/opt", "/srv"):
        over(folder)
    raise_loopback()
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


def raise_loopback():
    """For the engine's TLS listener: a new network namespace has a loopback interface that is down."""
    interface_name, flags_up, set_flags = b"lo", 1, 0x8914 # IFF_UP, SIOCSIFFLAGS
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, set_flags, struct.pack("16sh14x", interface_name, flags_up))


def as_init(main):
    """Run main in a child and collect orphans, as process 1 of a namespace has to; return main's exit status."""
    child = os.fork()
    if child == 0:
        return main()
    while True:
        pid, status = os.wait()
        if pid == child:
            os._exit(os.waitstatus_to_exitcode(status) & 0xFF)

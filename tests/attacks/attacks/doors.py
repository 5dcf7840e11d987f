# SPDX-License-Identifier: GPL-3.0-or-later
"""Powers by parameters and combinations that seem harmless."""

import pathlib
import subprocess

from harness import sandbox
from rig.effect import on_host, prints, says
from rig.row import Call, attack, create, get, post, run, running

TITLE = "Parameters and combinations that seem harmless"


def process_of_that_user(world, names):
    """A process of the host whose user has the number of the container's first process."""
    pid = world.look_up(names.fill("/containers/$NAME/json"))["State"]["Pid"]
    subprocess.Popen([names.fill("secret-of-$NAME"), "600"], executable="/bin/sleep", user=pid, cwd="/",
                     stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def file(path):
    return Call(lambda world, names: pathlib.Path(path).write_text("the host's\n"))


def folder_with_a_disk(world, _):
    if not pathlib.Path("/srv/disks/one").exists():
        pathlib.Path("/srv/disks/one").mkdir(parents=True)
        sandbox.mount("tmpfs", "tmpfs", "/srv/disks/one", "mode=755")


def folder_with_the_socket(world, names):
    pathlib.Path("/srv/jail").mkdir(exist_ok=True)
    world.alias("/srv/jail/run", names.fill("$SCRATCH"))


def leads_out(_, names, answers):
    """The engine found the folder, and failed at what is not in it."""
    return f"answers {answers[-1].text!r}" if "does not exist" in answers[-1].text else ""


def network_file(path):
    """A file that is shown read-only; and a container that joins the network, which asks for no mount at all."""
    return (*running({"Binds": [f"/srv/file:{path}:ro"]}),
            create({"NetworkMode": "container:$NAME"}, f"echo from-$NAME >{path}",
                   target="/v1.41/containers/create?name=$NAME-b"),
            post("/v1.41/containers/$NAME-b/start"), post("/v1.41/containers/$NAME-b/wait"))


TOP = "/v1.41/containers/$NAME/top?ps_args="

ATTACKS = [
    attack("top-title", "the command line of any process of the host, by a column that is called PID",
           get(TOP + "-ouid%3DPID%20axfww%20-oargs"), says("secret-of-$NAME"), "host-namespaces",
           setup=(*running(), Call(process_of_that_user))),
    attack("top-environment", "the same with its environment, which the host keeps from others",
           get(TOP + "-ouid%3DPID%20axfeww%20-oargs"), says("secret-of-$NAME", "PATH="), "host-namespaces",
           setup=(*running(), Call(process_of_that_user))),
    attack("network-file-hosts", "a file of the host's to write that is shown to be read",
           network_file("/etc/hosts"), on_host("/srv/file", "from-$NAME"), "bind-mounts", policy="folders",
           setup=(file("/srv/file"),)),
    attack("network-file-resolv-conf", "the same by another file of the network's",
           network_file("/etc/resolv.conf"), on_host("/srv/file", "from-$NAME"), "bind-mounts", policy="folders",
           setup=(file("/srv/file"),)),
    attack("network-file-hostname", "the same by the third of them",
           network_file("/etc/hostname"), on_host("/srv/file", "from-$NAME"), "bind-mounts", policy="folders",
           setup=(file("/srv/file"),)),
    attack("disk-below-a-read-only-folder", "a disk of the host's to write, below a folder that is shown to be read",
           run({"Binds": ["/srv/disks:/x:ro"]}, "echo mine >/x/one/from-$NAME"),
           on_host("/srv/disks/one/from-$NAME", "mine"),
           "bind-mounts", policy="folders", setup=(Call(folder_with_a_disk),)),
    attack("socket-mounted-below", "the engine's socket, mounted by a second name below a folder",
           run({"Binds": ["/srv/jail:/x"]}, "ls /x/run/docker.sock"), prints("/x/run/docker.sock"), "self-protection",
           policy="open", setup=(Call(folder_with_the_socket),)),
    attack("checkpoint-by-path", "a process of the attacker's making, out of a folder that he wrote",
           (create(),
            post("/v1.41/containers/$NAME/start?checkpoint=" + "..%2F" * 12 + "srv%2Fcheckpoint-$NAME",
                 status=(204, 400, 500))),
           leads_out, "checkpoint-directory",
           setup=(Call(lambda world, names: world.hide(names.fill("/srv/checkpoint-$NAME"))),)),
]

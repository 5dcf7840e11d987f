# SPDX-License-Identifier: GPL-3.0-or-later
"""What looks like powers by parameters and combinations that seem harmless."""

from attacks.doors import TOP, file
from rig.row import create, get, lookalike, post, run, running

LOOKALIKES = [
    lookalike("top-letters", "top-title", get(TOP + "aux"), setup=running()),
    lookalike("top-columns", "top-title", get(TOP + "-eo%20pid,ppid,user,rss,args"), setup=running()),
    lookalike("top-sorted", "top-environment", get(TOP + "-ef%20--sort%3D-rss"), setup=running()),
    lookalike("file-elsewhere", "network-file-hosts", run({"Binds": ["/srv/file:/etc/other:ro"]}, "cat /etc/other"),
              policy="folders", setup=(file("/srv/file"),)),
    lookalike("network-joined", "network-file-hosts",
              (*running(), create({"NetworkMode": "container:$NAME"}, target="/v1.41/containers/create?name=$NAME-b"),
               post("/v1.41/containers/$NAME-b/start")), policy="folders"),
]

# SPDX-License-Identifier: GPL-3.0-or-later
"""What was made before there was a plugin: requests that only name it are judged by what the engine says of it.

`legacy` is a volume of the local driver that is a folder of the host, and a privileged container with that volume;
harness/engine.py makes both.
"""

from harness.case import denied

RUN = "run --rm --network none $BOX"

EARLIER = [
    denied("volume-made-earlier", f"{RUN} -v legacy:/x busybox:1 true", "container.create", "bind-mounts volumes",
           "/srv"),
    denied("start-made-earlier", "start legacy", "container.start", "privileged bind-mounts volumes",
           "container legacy"),
    denied("volumes-from-made-earlier", f"{RUN} --volumes-from legacy busybox:1 true", "container.create",
           "bind-mounts volumes", "/srv"),
]

# SPDX-License-Identifier: GPL-3.0-or-later
"""BuildKit under baseline on an engine whose daemon.json takes the host's network from builds."""

from harness.case import allowed, denied, post

DAEMON = '{"builder": {"entitlements": {"network-host": false}}}'
BUILDKIT = (("DOCKER_BUILDKIT", "1"),)

NEWER = ("26.1", "28.5")
OLDER = ("20.10",) # its client sends builds by BuildKit through POST /build, as it does classic ones, but without a body

CASES = [
    allowed("buildkit", "build -t built:1 $HERE/builds", "build.session", env=BUILDKIT, engines=NEWER),
    allowed("buildkit-result", "run --rm --network none built:1 cat /word", "container.create", "built",
            before=("buildx build --load -t built:1 $HERE/builds",), engines=NEWER),
    allowed("buildkit-host-network", "build --network host --no-cache -t built:2 $HERE/builds", "build.session",
            "network.host is not allowed", fails=True, env=BUILDKIT, engines=NEWER),
    allowed("buildx-du", "buildx du", "build.grpc", engines=NEWER),
    allowed("compose-build", "compose -p building -f $HERE/builds/compose.yaml build", "build.session", env=BUILDKIT,
            engines=NEWER),
    allowed("buildkit-of-20.10", "build -t built:1 -", "image.build", stdin="FROM busybox:1\nENV A=1\n", env=BUILDKIT,
            engines=OLDER),
    denied("buildkit-of-20.10-host-network", "build --network host -t built:2 $HERE/builds", "image.build",
           "host-namespaces", env=BUILDKIT, engines=OLDER),
    denied("buildkit-with-a-body", post("/v1.41/build?version=2&t=built:2", "x", (("Content-Type", "application/x-tar"),)),
           "image.build", "build"),
    denied("classic", "build -t built:3 $HERE/builds", "image.build", "build"),
]

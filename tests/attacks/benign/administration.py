# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions that resemble administration, what stands near the engine's own files, and services of operators."""

from rig.row import Call, get, lookalike, post, run

SWARM = Call(lambda world, names: world.swarm())


def service(name, like, **spec):
    container = {"Image": "busybox:1", "Command": ["true"], **spec.pop("container", {})}
    return lookalike(name, like, (post("/v1.41/services/create", {"Name": "$NAME", "TaskTemplate": {
        "ContainerSpec": container, "RestartPolicy": {"Condition": "none"}, **spec}}),), policy="operators",
                     setup=(SWARM,))


def near(name, like, source):
    """A folder beside what is protected, for people to whom everything else is allowed."""
    return lookalike(name, like, run({"Binds": [source]}, "ls /x"), policy="open",
                     setup=(Call(lambda world, names: world.folder(source.partition(":")[0])),))


LOOKALIKES = [
    lookalike("info", "debug-vars", (get("/v1.41/info"),)),
    lookalike("version", "debug-command-line", (get("/v1.41/version"),)),
    lookalike("disk-usage", "debug-heap", (get("/v1.41/system/df"),)),
    lookalike("events", "debug-vars", (get("/v1.41/events?since=1&until=2"),)),
    lookalike("top", "host-pid-processes", (get("/v1.41/containers/web/top"),)),
    lookalike("changes", "engine-data-of-another", (get("/v1.41/containers/web/changes"),)),
    service("service", "service-bind-by-operators"),
    service("service-volume", "service-volume-by-operators",
            container={"Mounts": [{"Type": "volume", "Source": "plain", "Target": "/x"}]}),
    service("service-default-capability", "service-capability-by-operators",
            container={"CapabilityAdd": ["CAP_CHOWN"]}),
    lookalike("service-labelled", "service-label", (post("/v1.41/services/create", {"Name": "$NAME", "TaskTemplate": {
        "ContainerSpec": {"Image": "busybox:1", "Command": ["true"], "Labels": {"team": "red"}},
        "Resources": {"Limits": {"MemoryBytes": 16777216}}, "RestartPolicy": {"Condition": "none"}}}),),
              policy="services", setup=(SWARM,)),
    near("folder-beside-the-socket", "engine-socket-folder", "/srv/run:/x"),
    near("folder-like-docker", "engine-configuration", "/srv/etc/docker:/x:ro"),
    near("folder-like-plugins", "plugin-folder", "/srv/run/docker/plugins:/x"),
    near("folder-of-the-host", "host-root", "/srv/host:/x"),
]

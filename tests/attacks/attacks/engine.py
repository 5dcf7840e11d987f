# SPDX-License-Identifier: GPL-3.0-or-later
"""What the engine and quaywarden live from, asked for by people to whom everything else is allowed."""

from rig.effect import prints
from rig.row import Call, attack, post, run

TITLE = "The engine and quaywarden themselves"

PING = "ls -l /s && [ -S /s ] && echo socket"


def bind(name, gives, source, cmd, *texts, **more):
    return attack(name, gives, run({"Binds": [source]}, cmd), prints(*texts), "self-protection", policy="open", **more)


def link(path, target):
    return Call(lambda world, names: world.link(path, names.fill(target)))


ATTACKS = [
    bind("engine-socket", "the engine without a word to anybody: its own socket", "$SOCKET:/s", PING, "socket"),
    bind("engine-socket-read-only", "the same, since sockets know no read-only", "$SOCKET:/s:ro", PING, "socket"),
    bind("engine-socket-folder", "the folder of the engine's socket", "$SCRATCH:/x", "ls /x/docker.sock",
         "/x/docker.sock"),
    bind("engine-socket-above", "a folder above the engine's socket", "/run:/x", "ls /x/e2e/*/docker.sock",
         "docker.sock"),
    bind("engine-socket-var-run", "the same by the older name of /run", "/var/run:/x", "ls /x/e2e/*/docker.sock",
         "docker.sock"),
    bind("engine-socket-dots", "the same by a path that goes up", "/run/../run/e2e:/x", "ls /x/*/docker.sock",
         "docker.sock"),
    bind("engine-socket-proc", "the same by the engine's own root", "/proc/self/root/run:/x", "ls /x/e2e/*/docker.sock",
         "docker.sock"),
    bind("engine-socket-link", "the same by a link", "/srv/socket:/s", PING, "socket",
         setup=(link("/srv/socket", "$SOCKET"),)),
    bind("engine-socket-alias", "the same by another mount of its folder", "/opt/alias:/x", "ls /x/docker.sock",
         "/x/docker.sock", setup=(Call(lambda world, names: world.alias("/opt/alias", names.fill("$SCRATCH"))),)),
    bind("host-root", "the whole host", "/:/x", "cat /x/$HOST/secret", "$SECRET"),
    bind("host-root-read-only", "the whole host, sockets included", "/:/x:ro", "ls /x$SOCKET", "docker.sock"),
    bind("engine-data", "the files of all containers, images and volumes", "$DATA:/x", "ls /x", "volumes",
         "containers"),
    bind("engine-data-of-another", "the files of other containers", "$DATA/containers:/x",
         "cat /x/$WEB/hostconfig.json",
         "NetworkMode"),
    bind("engine-volumes", "the volumes of all others", "$DATA/volumes:/x", "ls /x", "metadata.db"),
    bind("engine-configuration", "which plugins the engine asks", "/etc/docker:/x", "echo '{}' >/x/by-$NAME; ls /x",
         "by-$NAME"),
    bind("engine-configuration-above", "the same from above", "/etc:/x", "ls -d /x/docker", "/x/docker"),
    bind("plugin-folder", "a plugin of the client's in the place of quaywarden", "/run/docker/plugins:/x",
         "touch /x/by-$NAME.spec; ls /x", "by-$NAME.spec"),
    bind("plugin-description", "another address of quaywarden's for the engine", "/etc/docker/plugins:/x",
         "touch /x/by-$NAME.spec; ls /x", "by-$NAME.spec",
         setup=(Call(lambda world, names: world.folder("/etc/docker/plugins")),)),
    bind("policy", "the policy that it is judged by", "$SCRATCH/policy.yaml:/p", "head -1 /p", "SPDX"),
    attack("engine-socket-mount", "the engine's socket by the newer field",
           run({"Mounts": [{"Type": "bind", "Source": "$SOCKET", "Target": "/s"}]}, PING), prints("socket"),
           "self-protection", policy="open"),
    attack("engine-socket-volume", "the folder of the engine's socket by a volume's options",
           (post("/v1.41/volumes/create",
                 {"Name": "$NAME", "DriverOpts": {"type": "none", "o": "bind", "device": "$SCRATCH"}}),
            *run({"Binds": ["$NAME:/x"]}, "ls /x/docker.sock")), prints("/x/docker.sock"), "self-protection",
           policy="open"),
    attack("engine-socket-overlay", "the folder of the engine's socket as the layer of an overlay",
           (post("/v1.41/volumes/create", {"Name": "$NAME", "DriverOpts": {
               "type": "overlay", "o": "lowerdir=/etc/docker:/srv/host", "device": "overlay"}}),
            *run({"Binds": ["$NAME:/x"]}, "ls /x")), prints("secret"), "self-protection", policy="open"),
    attack("engine-socket-inline", "the same in the container's own request",
           run({"Mounts": [{"Type": "volume", "Source": "$NAME", "Target": "/x", "VolumeOptions": {"DriverConfig": {
               "Name": "local", "Options": {"type": "none", "o": "bind", "device": "/run"}}}}]}, "ls /x/e2e"),
           prints("$VERSION"), "self-protection", policy="open"),
]

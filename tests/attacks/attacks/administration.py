# SPDX-License-Identifier: GPL-3.0-or-later
"""What belongs to whoever runs the host: plugins, swarm, checkpoints, the engine's insides."""

from rig.effect import fetched, gone, on_host, says, stored, task_labelled, task_prints
from rig.row import EMPTY, JSON, NEW, OLD, TAR, Call, Step, attack, delete, get, learn, post

TITLE = "Administration: plugins, swarm, checkpoints, debugging"


def plugin():
    """A plugin of the client's own: a file system, and what it wants of the host."""
    return lambda world, names: world.plugin_archive(names)


def service(name, gives, spec, effect, rules="not-allowed", version="1.41", **more):
    """A service, whose task runs on this host."""
    container = {"Image": "busybox:1",
                 "Command": ["sh", "-c",
                             "cat /x/secret; readlink /proc/self/ns/net; grep CapEff /proc/self/status; sleep 600"],
                 **spec.pop("container", {})}
    body = {"Name": "$NAME",
            "TaskTemplate": {"ContainerSpec": container, "RestartPolicy": {"Condition": "none"}, **spec}}
    return attack(name, gives, (post(f"/v{version}/services/create", body, keeps="$SERVICE"),), effect, rules,
                  setup=(SWARM,), **more)


TWICE = "^(67108864|33554432)$" # memory and swap by version 1 of control groups, swap alone by version 2
SWARM = Call(lambda world, names: world.swarm())
HOST_MOUNT = {"Mounts": [{"Type": "bind", "Source": "$HOST", "Target": "/x"}]}
FOLDER = Call(lambda world, names: world.hide(names.fill("/srv/checkpoints-$NAME/one")))
CREATE_PLUGIN = post("/v1.41/plugins/create?name=$NAME", plugin(), (TAR,))

HARMLESS = post("/v1.41/services/create", {
    "Name": "$NAME", "TaskTemplate": {"ContainerSpec": {"Image": "busybox:1", "Command": ["true"]}},
    "Mode": {"Replicated": {"Replicas": 0}}}, keeps="$SERVICE")
POWERFUL = post("/v1.41/services/create", {
    "Name": "$NAME", "TaskTemplate": {"ContainerSpec": {
        "Image": "busybox:1", "CapabilityAdd": ["CAP_SYS_ADMIN"],
        "Command": ["sh", "-c", "grep CapEff /proc/self/status; sleep 600"]}},
    "Mode": {"Replicated": {"Replicas": 1}}}, keeps="$SERVICE")
INDEX = learn("$INDEX", lambda world, names: world.look_up(names.fill("/services/$SERVICE"))["Version"]["Index"])
TAMED = {"Name": "$NAME", "TaskTemplate": {"ContainerSpec": {"Image": "busybox:1", "Command": ["sleep", "600"]}},
         "Mode": {"Replicated": {"Replicas": 0}}}

ATTACKS = [
    attack("plugin-create", "a program of the client's own, as root on the host, which can take quaywarden's place",
           (CREATE_PLUGIN, post("/v1.41/plugins/$NAME/enable?timeout=5", status=(200, 204, 400, 500))),
           on_host("$HOST/by-plugin-$NAME", "uid=0"), "not-allowed"),
    attack("plugin-enable", "the same with a plugin that lies there",
           (post("/v1.41/plugins/$NAME/enable?timeout=5", status=(200, 204, 400, 500)),),
           on_host("$HOST/by-plugin-$NAME", "uid=0"), "not-allowed", setup=(CREATE_PLUGIN,)),
    attack("plugin-set", "another folder of the host for a plugin that lies there",
           (post("/v1.41/plugins/$NAME/set", '["host.source=/etc"]'),),
           stored("Settings.Mounts.0.Source", "/etc", "plugins"), "not-allowed", setup=(CREATE_PLUGIN,)),
    attack("plugin-remove", "a host without a plugin that it had", (delete("/v1.41/plugins/$NAME?force=1"),),
           lambda world, names, _: "" if world.status(names.fill("/plugins/$NAME/json")) == 404 else "it is there",
           "not-allowed",
           setup=(CREATE_PLUGIN,)),
    attack("plugin-list", "what plugins the host has, and their settings", (get("/v1.41/plugins"),), says("$NAME"),
           "not-allowed", setup=(CREATE_PLUGIN,)),
    attack("plugin-inspect", "the settings of a plugin", (get("/v1.41/plugins/$NAME/json"),), says("by-plugin"),
           "not-allowed",
           setup=(CREATE_PLUGIN,)),

    attack("checkpoint-list", "whether a folder is on the host, and what is in it",
           (get("/v1.41/containers/web/checkpoints?dir=/srv/checkpoints-$NAME"),), says("one"), "not-allowed",
           setup=(FOLDER,)),
    attack("checkpoint-remove", "a folder of the host, with all below it, gone",
           (delete("/v1.41/containers/web/checkpoints/one?dir=/srv/checkpoints-$NAME"),),
           gone("/srv/checkpoints-$NAME/one"),
           "not-allowed", setup=(FOLDER,)),
    attack("checkpoint-create", "a folder of root's anywhere on the host",
           (post("/v1.41/containers/web/checkpoints", {"CheckpointID": "one", "CheckpointDir": "/srv/made-$NAME"},
                 status=(201, 500)),),
           on_host("/srv/made-$NAME"), "not-allowed"),
    attack("checkpoint-create-above", "the same for people who may make checkpoints",
           (post("/v1.41/containers/web/checkpoints", {"CheckpointID": "one", "CheckpointDir": "/srv/made-$NAME"},
                 status=(201, 500)),),
           on_host("/srv/made-$NAME"), "checkpoint-directory", policy="operators"),
    attack("checkpoint-remove-above", "a folder of the host gone, for people who may remove checkpoints",
           (delete("/v1.41/containers/web/checkpoints/one?dir=/srv/checkpoints-$NAME"),),
           gone("/srv/checkpoints-$NAME/one"),
           "checkpoint-directory", policy="operators", setup=(FOLDER,)),
    attack("debug-vars", "the engine's command line and its memory", (get("/debug/vars"),), says("cmdline"),
           "not-allowed"),
    attack("debug-command-line", "the engine's command line", (get("/debug/pprof/cmdline"),), says("dockerd"),
           "not-allowed"),
    attack("debug-heap", "where the engine's memory went", (get("/debug/pprof/goroutine?debug=1"),), says("goroutine"),
           "not-allowed"),
    attack("debug-vars-post", "the same by another method", (Step("POST", "/debug/vars", headers=(EMPTY,)),),
           says("cmdline"), "not-allowed",
           engines=OLD, refused=NEW),

    attack("swarm-init", "a swarm of its own, with services that no rule of containers sees",
           (Step("POST", "/v1.41/swarm/init", '{"ListenAddr":"127.0.0.1:2377","AdvertiseAddr":"127.0.0.1"}', (JSON,)),),
           lambda world, names, _: "" if world.look_up("/info")["Swarm"]["LocalNodeState"] == "active" else "no swarm",
           "not-allowed"),
    attack("swarm-tokens", "what joins a machine of the attacker's to the swarm", (get("/v1.41/swarm"),),
           says("SWMTKN-1-"),
           "not-allowed", setup=(SWARM,)),
    attack("swarm-update", "other tokens and settings of the swarm",
           (Step("POST", "/v1.41/swarm/update?version=$SWARMVERSION&rotateWorkerToken=1",
                 '{"Name":"default","TaskDefaults":{},"Orchestration":{"TaskHistoryRetentionLimit":7}}', (JSON,)),),
           lambda world, names,
           _: "" if '"TaskHistoryRetentionLimit":7' in world.must("GET", "/v1.41/swarm").text else "as before",
           "not-allowed",
           setup=(SWARM,
                  learn("$SWARMVERSION", lambda world, names: world.look_up("/swarm")["Version"]["Index"]))),
    service("service-bind", "a folder of the host by a service", {"container": HOST_MOUNT}, task_prints("^$SECRET")),
    service("service-host-network", "the host's network by a service", {"Networks": [{"Target": "host"}]},
            task_prints(r"^net:.$HOSTNET")),
    service("service-capability", "a capability by a service", {"container": {"CapabilityAdd": ["CAP_SYS_ADMIN"]}},
            task_prints(r"^CapEff:\s+[0-9a-f]{10}[2367abef]")),
    service("service-bind-by-operators", "a folder of the host by a service of people who may make services",
            {"container": HOST_MOUNT}, task_prints("^$SECRET"), "bind-mounts", policy="operators"),
    service("service-host-network-by-operators", "the host's network by a service of people who may make services",
            {"Networks": [{"Target": "host"}]}, task_prints(r"^net:.$HOSTNET"), "host-namespaces", policy="operators"),
    service("service-capability-by-operators", "a capability by a service of people who may make services",
            {"container": {"CapabilityAdd": ["CAP_SYS_ADMIN"]}}, task_prints(r"^CapEff:\s+[0-9a-f]{10}[2367abef]"),
            "capabilities", policy="operators"),
    service("service-volume-by-operators", "a folder of the host by the options of a service's volume",
            {"container": {"Mounts": [{"Type": "volume", "Source": "$NAME", "Target": "/x",
                                       "VolumeOptions": {"DriverConfig": {
                "Name": "local", "Options": {"type": "none", "o": "bind", "device": "$HOST"}}}}]}},
            task_prints("^$SECRET"), "bind-mounts volumes", policy="operators"),
    service("service-seccomp-by-operators", "every system call by a service of people who may make services",
            {"container": {"Privileges": {"Seccomp": {"Mode": "unconfined"}},
                           "Command": ["sh", "-c", "grep Seccomp: /proc/self/status; sleep 600"]}},
            task_prints(r"^Seccomp:\s+0"), "security-options", policy="operators", engines=NEW,
            version="1.46"),
    attack("config-read", "the payload of a config of the swarm's", (get("/v1.41/configs/$CONFIG"),), says("c2VjcmV0"),
           "not-allowed",
           setup=(SWARM, post("/v1.41/configs/create", {"Name": "$NAME", "Data": "c2VjcmV0"}, keeps="$CONFIG"))),
    attack("secret-create", "a secret for services of the attacker's",
           (post("/v1.41/secrets/create", {"Name": "$NAME", "Data": "c2VjcmV0"}),),
           says("ID"), "not-allowed", setup=(SWARM,)),
    attack("node-list", "the machines of the swarm", (get("/v1.41/nodes"),), says("Hostname"), "not-allowed",
           setup=(SWARM,)),
    attack("service-list", "the services of all", (get("/v1.41/services"),), says("$NAME"), "not-allowed",
           setup=(SWARM, HARMLESS)),
    attack("service-update", "a folder of the host by an update of a harmless service",
           (post("/v1.41/services/$SERVICE/update?version=$INDEX", {"Name": "$NAME", "TaskTemplate": {"ContainerSpec": {
               "Image": "busybox:1", "Command": ["sh", "-c", "cat /x/secret; echo; sleep 600"], **HOST_MOUNT}},
               "Mode": {"Replicated": {"Replicas": 1}}}),),
           task_prints("^$SECRET"), "bind-mounts", policy="operators", setup=(SWARM, HARMLESS, INDEX)),
    attack("service-rollback", "a capability by the way back to what a service was before the policy",
           (post("/v1.41/services/$SERVICE/update?version=$INDEX&rollback=previous", TAMED),),
           task_prints(r"^CapEff:\s+[0-9a-f]{10}[2367abef]"), "undecided", policy="operators",
           setup=(SWARM, POWERFUL, INDEX, post("/v1.41/services/$SERVICE/update?version=$INDEX", TAMED), INDEX)),
    service("service-swap", "twice the memory, by a limit of swap that the engine does not read",
            {"container": {"Labels": {"team": "red"}, "Command": ["sh", "-c", "cat $SWAP; sleep 600"]},
             "Resources": {"Limits": {"MemoryBytes": 33554432}, "SwapBytes": 0}},
            task_prints(TWICE), "memory-limit", policy="services"),
    attack("service-label", "a container that passes for another team's, by a label of the service alone",
           (post("/v1.41/services/create", {"Name": "$NAME", "Labels": {"team": "red"}, "TaskTemplate": {
               "ContainerSpec": {"Image": "busybox:1", "Command": ["sleep", "600"], "Labels": {"team": "blue"}}}}),),
           task_labelled("team=blue"), "labels", policy="services", setup=(SWARM,)),
    service("service-sysctl-by-operators", "a kernel setting by a service of people who may make services",
            {"container": {"Sysctls": {"net.ipv4.conf.all.forwarding": "1"},
                           "Command": ["sh", "-c", "cat /proc/sys/net/ipv4/conf/all/forwarding; sleep 600"]}},
            task_prints("^1$"), "sysctls", policy="operators"),
    service("service-folded-by-operators", "a folder of the host by a service's keys in other letters",
            {"container": {"mOUNTS": [{"tYPE": "bind", "sOURCE": "$HOST", "tARGET": "/x"}]}}, task_prints("^$SECRET"),
            "bind-mounts",
            policy="operators"),
    service("service-elsewhere-by-operators", "a capability by a service of which another half is harmless",
            {"container": {"CapabilityDrop": ["ALL"], "CapabilityAdd": ["SYS_ADMIN"]}},
            task_prints(r"^CapEff:\s+0000000000200000"), "capabilities", policy="operators"),
    attack("plugin-privileges", "whatever the engine's host can reach, asked for by a look at a plugin",
           (get("/v1.41/plugins/privileges?remote=$WEBSERVER/plugged", status=(200, 400, 404, 500)),),
           fetched("/v2/plugged/manifests/latest"), "not-allowed"),
]

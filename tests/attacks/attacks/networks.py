# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks and volume drivers."""

from rig.effect import in_host_routes, on_host, prints, stored
from rig.row import NEW, attack, post, run

TITLE = "Networks and volume drivers"


def network(name, gives, body, effect, rules="network-drivers", **more):
    return attack(name, gives, (post("/v1.41/networks/create", {"Name": "$NAME", **body}),), effect, rules, **more)


def subnet(text, **more):
    return {"IPAM": {"Config": [{"Subnet": text, **more}]}}


BRIDGE = "com.docker.network.bridge."

ATTACKS = [
    network("driver", "whatever a network plugin of the host's gives", {"Driver": "handy"},
            stored("Driver", "handy", "networks")),
    network("driver-folded", "the same by keys in other letters", {"dRIVER": "handy"},
            stored("Driver", "handy", "networks")),
    network("address-driver", "addresses by a plugin of the host's", {"IPAM": {"Driver": "handy"}},
            stored("IPAM.Driver", "handy", "networks")),
    network("bridge-name", "an interface of the host's by a name of its choice",
            {"Options": {BRIDGE + "name": "own-$VERSION"}}, on_host("/proc/net/dev", "own-$VERSION"),
            policy="restricted"),
    network("subnet-of-others", "what the host sends to somebody's addresses", subnet("198.51.100.0/24"),
            in_host_routes("198.51.100.0"), policy="restricted"),
    network("subnet-gateway", "an address for the host that the attacker chooses",
            subnet("192.0.2.0/24", Gateway="192.0.2.7"), in_host_routes("192.0.2.0"), policy="restricted"),
    network("binding-address", "every address of the host for the ports of its containers",
            {"Options": {BRIDGE + "host_binding_ipv4": "0.0.0.0"}},
            stored("Options", {BRIDGE + "host_binding_ipv4": "0.0.0.0"}, "networks"), policy="restricted"),
    network("gateway-mode", "a way past the host's firewall to its containers",
            {"Options": {BRIDGE + "gateway_mode_ipv4": "nat-unprotected"}},
            stored("Options", {BRIDGE + "gateway_mode_ipv4": "nat-unprotected"}, "networks"), policy="restricted",
            engines=NEW),
    attack("endpoint-mac", "the address of another machine by an endpoint's settings",
           (post("/v1.44/containers/create?name=$NAME",
                 '{"Image":"busybox:1","User":"1000:1000","Cmd":["cat","/sys/class/net/eth0/address"],"HostConfig":{'
                 '"NetworkMode":"ports","CapDrop":["ALL"],"SecurityOpt":["no-new-privileges"],"Memory":67108864,'
                 '"MemorySwap":67108864,"NanoCpus":500000000,"PidsLimit":64},"NetworkingConfig":{'
                 '"EndpointsConfig":{"ports":'
                 '{"MacAddress":"02:42:ac:11:00:98"}}}}'), post("/v1.41/containers/$NAME/start"),
            post("/v1.41/containers/$NAME/wait")), prints("02:42:ac:11:00:98"), "static-addresses", policy="restricted",
           engines=NEW),
    attack("volume-driver", "whatever a volume plugin of the host's gives, its files here",
           (post("/v1.41/volumes/create", {"Name": "$NAME", "Driver": "handy"}),
            *run({"Binds": ["$NAME:/x"]}, "cat /x/secret")),
           prints("$SECRET"), "volumes"),
    attack("volume-driver-of-container", "the same by the driver that the container's volumes are made with",
           run({"VolumeDriver": "handy", "Binds": ["$NAME:/x"]}, "cat /x/secret"), prints("$SECRET"), "volumes"),
    attack("volume-driver-of-mount", "the same by the driver of a mount",
           run({"Mounts": [{"Type": "volume", "Source": "$NAME", "Target": "/x",
                            "VolumeOptions": {"DriverConfig": {"Name": "handy"}}}]}, "cat /x/secret"),
           prints("$SECRET"), "volumes"),
    attack("volume-driver-implied", "the same for volumes that the container does not even name",
           run({"VolumeDriver": "handy"}, "cat /x/secret", Volumes={"/x": {}}), prints("$SECRET"), "volumes"),
    attack("volume-driver-folded", "the same by a key in other letters",
           (post("/v1.41/volumes/create", {"name": "$NAME", "dRiver": "handy"}),
            *run({"Binds": ["$NAME:/x"]}, "cat /x/secret")),
           prints("$SECRET"), "volumes"),
]

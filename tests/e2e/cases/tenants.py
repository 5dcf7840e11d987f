# SPDX-License-Identifier: GPL-3.0-or-later
"""People with certificates, each with a role and a profile, and all that is said to them when something is denied.

tenants.yaml says who may do what. WARNED is asked under the same with `mode: warn`, EXCEPTED under the same with
EXCEPTIONS.
"""

from harness.case import allowed, create, denied, warned
from harness.certificates import Person

from .restricted import BOX

PEOPLE = {
    "alice": Person("/CN=alice"),
    "partner-alice": Person("/CN=alice", authority="partners"),
    "bob": Person("/CN=bob/O=example/OU=team-b"),
    "bea": Person("/CN=bea/O=example/OU=team-b"),
    "carol": Person("/CN=carol/O=team-a/OU=design"),
    "dave": Person("/CN=dave/O=team-c"),
    "erin": Person("/CN=erin"),
    "frank": Person("/CN=frank/O=homes"),
    "dots": Person(r"/CN=..\/boot/O=homes"),
    "runner": Person("/CN=ci-7"),
    "nameless": Person("/O=team-c"),
    "nameless-member": Person("/O=team-a"),
    "named-anonymous": Person("/CN=anonymous"),
}

CREATED = f"create --network none {BOX}"
JOINED = f"create --network team-a-net {BOX}"
NETWORK = ("network create team-a-net",)
OWN = (f"run -d --name team-a-box --network none --stop-timeout 1 {BOX} busybox:1 sleep 3600",)

PRIVILEGED = ("privileged: privileged mode is not allowed (HostConfig.Privileged); leave out --privileged "
              "(compose: privileged)")
HOST_PID = ("host-namespaces: the host's pid namespace is not allowed (HostConfig.PidMode); leave out --pid host "
            "(compose: pid)")
PATHS = "allowed for --volume and --mount (compose: volumes): /srv/team-a, /etc/hostname"
SOCKET = ('self-protection: host path "/run/e2e/docker.sock" would give access to /run/e2e/docker.sock, which is '
          "protected (HostConfig.Binds[0]); choose another path for --volume or --mount (compose: volumes)")


def told(*lines):
    return "\n".join([*lines, "Ask: #platform in the chat"])


def refused(name, command, action, who, tenant, role, **more):
    """An action that the role does not have."""
    return denied(name, command, action, "not-allowed", who=who, **more,
                  whole=told(f"not-allowed: action {action} is not allowed for tenant {tenant} (role {role})"))


OPERATOR = [
    allowed("operator-runs", f"run --rm --name team-a-once --network none {BOX} busybox:1 echo hello",
            "container.create", "hello", who="alice"),
    allowed("operator-binds", f"{CREATED} -v /srv/team-a:/srv -v /etc/hostname:/etc/hostname:ro busybox:1 true",
            "container.create", who="alice"),
    allowed("operator-volume", f"{CREATED} -v team-a-data:/data busybox:1 true", "container.create", who="alice"),
    allowed("operator-publishes", f"{JOINED} -p 127.0.0.1:8085:80 busybox:1 true", "container.create", who="alice",
            before=NETWORK),
    allowed("operator-execs", "exec team-a-box echo inside", "container.exec.create", "inside", who="alice", before=OWN),
    denied("exec-past-a-volume", "exec web true", "container.exec.create", "volumes", who="alice", whole=told(
               'volumes.names: volume name "data" is not allowed (container web: HostConfig.Binds[0]); enter a container '
               "without it")),
    allowed("operator-logs", "logs web", "container.logs", who="alice"),
    allowed("operator-of-the-group", f"{CREATED} -v /srv/team-b:/srv busybox:1 true", "container.create", who="bea"),

    denied("privileged", f"run --rm --network none --privileged {BOX} busybox:1 true", "container.create",
           "privileged", who="alice", whole=told(PRIVILEGED)),
    denied("nothing-said", "create --network none busybox:1 true", "container.create",
           "capabilities run-as-root security-options memory-limit cpu-limit pids-limit", who="alice", whole=told(
               "capabilities.require-drop: capability ALL is not dropped (HostConfig.CapDrop); add --cap-drop ALL "
               "(compose: cap_drop: [ALL])",
               "run-as-root: no user is set, and the image's own is root (image busybox:1: Config.User); "
               'add --user 1000:1000 (compose: user: "1000:1000")',
               "security-options.no-new-privileges: no-new-privileges is not set (HostConfig.SecurityOpt); "
               "add --security-opt no-new-privileges (compose: security_opt: [no-new-privileges:true])",
               "memory-limit: no memory limit is set (HostConfig.Memory); required, at most 128m: add --memory 64m "
               "(compose: mem_limit: 64m)",
               "cpu-limit: no CPU limit is set (HostConfig.NanoCpus); required: add --cpus 1 (compose: cpus: 1)",
               "pids-limit: no pids limit is set (HostConfig.PidsLimit); required, at most 4096: add --pids-limit 256 "
               "(compose: pids_limit: 256)")),
    denied("several", f"create --network host --privileged --pid host --cap-add CAP_SYS_ADMIN -v /boot:/boot {BOX} "
           "busybox:1 true", "container.create", "privileged host-namespaces capabilities bind-mounts", who="alice",
           whole=told(
               PRIVILEGED,
               "host-namespaces: the host's network namespace is not allowed (HostConfig.NetworkMode); leave out "
               "--network host (compose: network_mode)",
               HOST_PID,
               'capabilities: capability "CAP_SYS_ADMIN" is not allowed (HostConfig.CapAdd[0]); allowed for --cap-add '
               "(compose: cap_add): NET_BIND_SERVICE",
               f'bind-mounts: host path "/boot" is not allowed (HostConfig.Binds[0]); {PATHS}')),
    denied("bind-of-the-other", f"{CREATED} -v /srv/team-b:/srv busybox:1 true", "container.create", "bind-mounts",
           who="alice",
           whole=told(f'bind-mounts: host path "/srv/team-b" is not allowed (HostConfig.Binds[0]); {PATHS}')),
    denied("bind-to-write", f"{CREATED} -v /etc/hostname:/etc/hostname busybox:1 true", "container.create",
           "bind-mounts", who="alice", whole=told(
               'bind-mounts: host path "/etc/hostname" may be mounted read-only alone (HostConfig.Binds[0]); '
               "add :ro (compose: read_only: true)")),
    denied("volume-of-the-other", f"{CREATED} -v team-b-data:/data busybox:1 true", "container.create", "volumes",
           who="alice", whole=told(
               'volumes.names: volume name "team-b-data" is not allowed (HostConfig.Binds[0]); allowed for --volume '
               "and --mount (compose: volumes): team-a-*")),
    denied("network-of-the-other", f"create --network team-b-net {BOX} busybox:1 true", "container.create", "networks",
           who="alice", before=("network create team-b-net",), whole=told(
               'networks: network "team-b-net" is not allowed (HostConfig.NetworkMode); allowed for --network '
               "(compose: networks): none, team-a-*")),
    denied("name-of-the-other", f"{CREATED} --name team-b-web busybox:1 true", "container.create", "container-name",
           who="alice", whole=told(
               'container-name: container name "team-b-web" is not allowed (query name); allowed for --name '
               "(compose: container_name): team-a-*")),
    denied("too-much-memory", f"{CREATED.replace('-m 64m', '-m 1g')} busybox:1 true", "container.create",
           "memory-limit", who="alice", whole=told(
               "memory-limit.max: memory limit 1g is more than 128m (HostConfig.Memory); required, at most 128m: "
               "--memory 128m (compose: mem_limit: 128m)")),
    denied("published-to-all", f"{JOINED} -p 8085:80 busybox:1 true", "container.create", "published-ports",
           who="alice", before=NETWORK, whole=told(
               "published-ports.addresses: a port is published on all addresses (HostConfig.PortBindings.80/tcp[0]); "
               "allowed as ADDRESS in --publish ADDRESS:PORT:PORT (compose: ports): 127.0.0.1")),
    denied("port-out-of-range", f"{JOINED} -p 127.0.0.1:9085:80 busybox:1 true", "container.create", "published-ports",
           who="alice", before=NETWORK, whole=told(
               'published-ports.ports: host port "9085" is not allowed (HostConfig.PortBindings.80/tcp[0]); allowed '
               "for --publish (compose: ports): 8000-8999")),
    denied("image-from-elsewhere", "pull registry.example.com/team-b/box:1", "image.pull", "image-source", who="alice",
           whole=told(
               'image-source.allow: image "registry.example.com/team-b/box:1" is not allowed (query fromImage); '
               "allowed as image (compose: image): docker.io/library/*, registry.example.com/team-a/**")),
    denied("exec-privileged", "exec --privileged team-a-box true", "container.exec.create", "privileged", who="alice",
           before=OWN,
           whole=told(
               "privileged: privileged mode is not allowed (Privileged); leave out --privileged "
               "(compose: privileged)")),
    denied("exec-as-root", "exec --user root team-a-box true", "container.exec.create", "run-as-root", who="alice",
           before=OWN, whole=told(
               'run-as-root: user "root" may be root: the image says who that is (User); leave out --user, or use '
               "ids above 0: --user 1000:1000")),
    denied("socket", f"{CREATED} -v /run/e2e/docker.sock:/docker.sock busybox:1 true", "container.create",
           "bind-mounts self-protection", who="alice", whole=told(
               f'bind-mounts: host path "/run/e2e/docker.sock" is not allowed (HostConfig.Binds[0]); {PATHS}', SOCKET)),
    refused("copy-in", "cp /etc/passwd team-a-once:/tmp", "container.archive.write", "alice", "team-a", "operator",
            before=(f"create --name team-a-once --network none {BOX} busybox:1",)),
    denied("copy-past-a-volume", "cp web:/etc/passwd -", "container.archive.read", "volumes", who="alice"),
    refused("push", "push registry.example.com/team-a/box:1", "image.push", "alice", "team-a", "operator",
            before=("tag busybox:1 registry.example.com/team-a/box:1",)),
    refused("swarm", "swarm init --advertise-addr 127.0.0.1", "swarm.init", "alice", "team-a", "operator"),
]

VIEWER = [
    allowed("viewer-ps", "ps --all", "container.list", "web", who="bob"),
    allowed("viewer-inspect", "inspect --format {{.Name}} web", "container.inspect", "web", who="bob"),
    allowed("viewer-images", "images", "image.list", "busybox", who="bob"),
    allowed("viewer-volumes", "volume ls", "volume.list", "data", who="bob"),
    allowed("viewer-networks", "network inspect appnet", "network.inspect", "appnet", who="bob"),
    allowed("viewer-info", "info", "system.info", "Server Version", who="bob"),
    allowed("viewer-of-partners", "ps", "container.list", "web", who="partner-alice"),

    *(refused(f"viewer-{name}", command, action, "bob", "team-b", "viewer") for name, command, action in (
        ("creates",  f"{CREATED} busybox:1 true",   "container.create"),
        ("restarts", "restart -t 0 web",            "container.restart"),
        ("stops",    "stop web",                    "container.stop"),
        ("kills",    "kill web",                    "container.kill"),
        ("removes",  "rm -f web",                   "container.remove"),
        ("execs",    "exec web true",               "container.exec.create"),
        ("logs",     "logs web",                    "container.logs"),
        ("exports",  "export -o $SCRATCH/web.tar web", "container.export"),
        ("updates",  "update --restart no web",     "container.update"),
        ("pulls",    "pull busybox:2",              "image.pull"),
        ("tags",     "tag busybox:1 busybox:2",     "image.tag"),
        ("commits",  "commit web web:2",            "container.commit"),
        ("saves",    "save -o $SCRATCH/box.tar busybox:1", "image.save"),
        ("volume",   "volume create mine",          "volume.create"),
        ("network",  "network create mine",         "network.create"),
        ("prunes",   "volume prune -f",             "volume.prune"),
    )),
    refused("partner-creates", f"{CREATED} busybox:1 true", "container.create", "partner-alice", "partners", "viewer"),
]

IDENTITY = [
    allowed("group", "ps", "container.list", "web", who="carol"),
    allowed("group-without-a-name", "ps", "container.list", "web", who="nameless-member"),
    allowed("plain-socket", "create --network none busybox:1 true", "container.create"),
    denied("stranger", "ps", "container.list", "no-tenant", who="dave",
           whole=told('no-tenant: no tenant of the policy matches user "dave"')),
    denied("nameless", "ps", "container.list", "no-tenant", who="nameless",
           whole=told("no-tenant: no tenant of the policy matches a certificate without a common name")),
    denied("named-anonymous", "ps", "container.list", "no-tenant", who="named-anonymous",
           whole=told('no-tenant: no tenant of the policy matches user "anonymous"')),
    allowed("bind-of-the-user", "create --network none -v /srv/frank:/srv busybox:1 true", "container.create",
            who="frank"),
    denied("bind-of-another-user", "create --network none -v /srv/alice:/srv busybox:1 true", "container.create",
           "bind-mounts", who="frank", whole=told(
               'bind-mounts: host path "/srv/alice" is not allowed (HostConfig.Binds[0]); allowed for --volume and '
               "--mount (compose: volumes): /srv/frank")),
    denied("bind-by-a-name-with-dots", "create --network none -v /srv/../boot:/boot busybox:1 true", "container.create",
           "bind-mounts", who="dots", whole=told(
               'bind-mounts: host path "/boot" is not allowed (HostConfig.Binds[0]); allowed for --volume and --mount '
               "(compose: volumes): /srv/{user}")),
]

# With names that begin as the tenant's do, as compose makes them of the project's.
SHOP = "-p team-a-shop -f $HERE/compose/shop.yaml"
PROJECTS = [row for command, engines in (("docker-compose", ("20.10",)), ("compose", ("26.1", "28.5"))) for row in (
    allowed("project-up", f"{command} {SHOP} up -d", "container.create", who="alice", engines=engines),
    allowed("project-exec", f"{command} {SHOP} exec -T web echo inside", "container.exec.create", "inside", who="alice",
            engines=engines, before=(f"{command} {SHOP} up -d",)),
    denied("project-exec-of-a-viewer", f"{command} {SHOP} exec -T web echo inside", "container.exec.create",
           "not-allowed", who="bob", engines=engines, before=(f"{command} {SHOP} up -d",)),
    allowed("project-down", f"{command} {SHOP} down -t 0 -v", "network.remove", who="alice", engines=engines,
            before=(f"{command} {SHOP} up -d",)),
    denied("project-of-no-limits", f"{command} -p team-a-plain -f $HERE/compose/plain.yaml up -d", "container.create",
           "capabilities run-as-root security-options memory-limit cpu-limit pids-limit", "compose: mem_limit: 64m",
           who="alice", engines=engines),
)]

TRIAL = [
    warned("trial-privileged", f"{CREATED} --privileged busybox:1 true", "container.create", "privileged", who="erin"),
    warned("trial-several", f"create --network none {BOX.replace('-m 64m', '').replace('--user 1000:1000', '')} "
           "busybox:1 true", "container.create", "run-as-root memory-limit", who="erin"),
    denied("trial-beyond", f"{CREATED} --pid host --privileged busybox:1 true", "container.create", "host-namespaces",
           who="erin", warned=frozenset(["privileged"]), whole=told(HOST_PID)),
]

CASES = OPERATOR + VIEWER + IDENTITY + PROJECTS + TRIAL

WARNED = [
    allowed("operator", f"{CREATED} --name team-a-web busybox:1 true", "container.create", who="alice"),
    warned("several", "create --network none --privileged --pid host -v /boot:/boot busybox:1 true", "container.create",
           "privileged host-namespaces capabilities run-as-root security-options bind-mounts memory-limit cpu-limit "
           "pids-limit", who="alice"),
    warned("viewer-creates", f"{CREATED} busybox:1 true", "container.create", "not-allowed", who="bob"),
    warned("stranger", "ps", "container.list", "no-tenant", who="dave"),
    denied("socket", f"{CREATED} -v /run/e2e/docker.sock:/docker.sock busybox:1 true", "container.create",
           "self-protection", who="alice", warned=frozenset(["bind-mounts"]), whole=told(SOCKET)),
    denied("unknown-field", create('{"Image":"busybox:1","HostConfig":{"FutureMode":"host"}}'), "container.create",
           "unknown-field", "FutureMode"),
]

EXCEPTIONS = """
exceptions:
  - when:
      tenants: [pipelines]
      images: ["docker.io/library/busybox:1"]
      actions: [container.create]
      command: image
    permit: { privileged: allow }
    until: never
    reason: "the runner nests containers"
  - when: { tenants: [team-a], match: [carol] }
    permit: { host-namespaces: { allow: [pid] } }
    until: 2020-12-31
    reason: "a debugging session that is long over"
"""

NESTED = ("create --name nested --network none --privileged busybox:1",)

EXCEPTED = [
    allowed("excepted", NESTED[0], "container.create", who="runner"),
    denied("other-command", "create --network none --privileged busybox:1 sh", "container.create", "privileged",
           who="runner", whole=told(PRIVILEGED)),
    denied("other-entry-point", "create --network none --privileged --entrypoint sh busybox:1", "container.create",
           "privileged", who="runner", whole=told(PRIVILEGED)),
    denied("other-image", "create --network none --privileged busybox:2", "container.create", "privileged",
           who="runner", before=("tag busybox:1 busybox:2",), whole=told(PRIVILEGED)),
    denied("other-power", "create --network none --privileged --pid host busybox:1", "container.create",
           "host-namespaces", who="runner", whole=told(HOST_PID)),
    denied("other-tenant", f"{CREATED} --privileged busybox:1", "container.create", "privileged", who="alice",
           whole=told(PRIVILEGED)),
    denied("excepted-way-in", "exec nested true", "container.exec.create", "privileged",
           "(container nested: HostConfig.Privileged)", who="runner", before=NESTED),
    allowed("way-into-another", "exec web true", "container.exec.create", who="runner"),
    # In its sandbox the oldest engine cannot give what privileged containers get.
    allowed("excepted-start", "start nested", "container.start", who="runner", before=NESTED, engines=("28.5",)),
    denied("ended", f"{CREATED} --pid host busybox:1 true", "container.create", "host-namespaces", who="carol",
           whole=told(HOST_PID)),
]

# SPDX-License-Identifier: GPL-3.0-or-later
"""Compose: the program (1.29) and the client's plugin, each on the engines that came with it; files are in compose/."""

from harness.case import allowed, as_allowed, denied

CLIENTS = [ # name, command, engines
    ("compose-1", "docker-compose -p shop", ("20.10",)),
    ("compose-2", "compose -p shop", ("26.1", "28.5")),
]


def everyday(client, command, engines):
    """What is done with a project every day, from its birth to its end."""
    shop = f"{command} -f $HERE/compose/shop.yaml"
    rows = [
        # name       arguments                          action                   says       before
        ("config",   "config",                          "",                      "goods",   ()),
        ("up",       "up -d",                           "container.create",      "",        ()),
        ("ps",       "ps",                              "container.list",        "web",     ("up -d",)),
        ("logs",     "logs",                            "container.logs",        "",        ("up -d",)),
        ("exec",     "exec -T web echo inside",         "container.exec.create", "inside",  ("up -d",)),
        ("run",      "run --rm -T store echo once",     "container.create",      "once",    ("up -d",)),
        ("scale",    "up -d --scale store=2",           "container.create",      "",        ("up -d",)),
        ("images",   "images",                          "container.list",        "shop",    ("up -d",)),
        ("port",     "port web 80",                     "container.list",        "8090",    ("up -d",)),
        ("pause",    "pause store",                     "container.pause",       "",        ("up -d",)),
        ("unpause",  "unpause store",                   "container.unpause",     "",        ("up -d", "pause store")),
        ("restart",  "restart -t 0 web",                "container.restart",     "",        ("up -d",)),
        ("stop",     "stop -t 0 web",                   "container.stop",        "",        ("up -d",)),
        ("start",    "start web",                       "container.start",       "",        ("up -d", "stop -t 0 web")),
        ("kill",     "kill store",                      "container.kill",        "",        ("up -d",)),
        ("recreate", "up -d -t 0 --force-recreate web", "container.create",      "",        ("up -d",)),
        ("rm",       "rm -f -s -v store",               "container.remove",      "",        ("up -d",)),
        ("down",     "down -t 0 -v",                    "network.remove",        "",        ("up -d",)),
    ]
    return [allowed(f"{client}-{name}", f"{shop} {arguments}", action, says, engines=engines,
                    before=[f"{shop} {line}" for line in before]) for name, arguments, action, says, before in rows]


EVERYDAY = [row for client in CLIENTS for row in everyday(*client)]


def refused(client, command, engines):
    shop = f"{command} -f $HERE/compose/shop.yaml"
    return [
        denied(f"{client}-exec-privileged", f"{shop} exec -T --privileged web true", "container.exec.create",
               "privileged", engines=engines, before=(f"{shop} up -d web",)),
        denied(f"{client}-powers", f"{command} -f $HERE/compose/powers.yaml up -d -t 0", "container.create",
               "privileged host-namespaces capabilities bind-mounts devices", engines=engines),
        denied(f"{client}-volume-of-the-host", f"{command} -f $HERE/compose/stolen.yaml up -d", "volume.create",
               "bind-mounts volumes", engines=engines),
    ]


def plain(client, command, engines):
    """Enough for baseline, not for restricted."""
    return denied(f"{client}-plain", f"{command} -f $HERE/compose/plain.yaml up -d", "container.create",
                  "capabilities run-as-root security-options memory-limit cpu-limit pids-limit", engines=engines)


DENIED = [row for client in CLIENTS for row in refused(*client)]
PLAIN = [plain(*client) for client in CLIENTS]

CREATING = ("up", "exec", "run", "scale", "recreate", "down") # where policies differ

BASELINE = [*EVERYDAY, *DENIED, *(as_allowed(case) for case in PLAIN)]
RESTRICTED = [*(case for case in EVERYDAY if case.name.split("-")[-1] in CREATING), *DENIED, *PLAIN]

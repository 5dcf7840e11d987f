# SPDX-License-Identifier: GPL-3.0-or-later
"""What policies/restricted.yaml denies and policies/baseline.yaml lets through: each row is asked under both."""

from harness.case import as_allowed, denied, post

# What the policy asks of each container.
BOX = "-m 64m --cpus 0.5 --pids-limit 100 --user 1000:1000 --cap-drop ALL --security-opt no-new-privileges"
CREATED = f"create --network none {BOX}"
JOINED = f"create --network appnet {BOX}"


def without(option):
    assert option in BOX
    return f"create --network none {BOX.replace(option, '')}"


DENIED = [
    denied("nothing-said", "create --network none busybox:1 true", "container.create",
           "capabilities run-as-root security-options memory-limit cpu-limit pids-limit"),

    denied("no-memory-limit", f"{without('-m 64m')} busybox:1 true", "container.create", "memory-limit"),
    denied("unlimited-swap", f"{CREATED} --memory-swap -1 busybox:1 true", "container.create", "memory-limit"),
    denied("no-cpu-limit", f"{without('--cpus 0.5')} busybox:1 true", "container.create", "cpu-limit"),
    denied("cpu-shares-alone", f"{without('--cpus 0.5')} --cpu-shares 512 busybox:1 true", "container.create",
           "cpu-limit"),
    denied("no-pids-limit", f"{without('--pids-limit 100')} busybox:1 true", "container.create", "pids-limit"),
    denied("pids-unlimited", f"{without('--pids-limit 100')} --pids-limit -1 busybox:1 true", "container.create",
           "pids-limit"),
    denied("pids-beyond", f"{without('--pids-limit 100')} --pids-limit 5000 busybox:1 true", "container.create",
           "pids-limit", "5000"),

    denied("image-of-root", f"{without('--user 1000:1000')} busybox:1 true", "container.create", "run-as-root"),
    denied("root-by-name", f"{without('--user 1000:1000')} --user root busybox:1 true", "container.create",
           "run-as-root", "root"),
    denied("root-by-number", f"{without('--user 1000:1000')} --user 0:1000 busybox:1 true", "container.create",
           "run-as-root"),
    denied("group-of-root", f"{without('--user 1000:1000')} --user 1000:0 busybox:1 true", "container.create",
           "run-as-root"),
    denied("exec-as-root", "exec --user 0 web true", "container.exec.create", "run-as-root"),
    denied("group-added", f"{CREATED} --group-add 27 busybox:1 true", "container.create", "groups", "27"),
    denied("group-of-root-added", f"{CREATED} --group-add 0 busybox:1 true", "container.create", "run-as-root groups"),

    denied("capabilities-kept", f"{without('--cap-drop ALL')} busybox:1 true", "container.create", "capabilities"),
    denied("capability-beyond", f"{CREATED} --cap-add CHOWN busybox:1 true", "container.create", "capabilities",
           "CHOWN"),
    denied("new-privileges", f"{without('--security-opt no-new-privileges')} busybox:1 true", "container.create",
           "security-options"),
    denied("new-privileges-written", f"{CREATED} --security-opt no-new-privileges=false busybox:1 true",
           "container.create", "security-options"),

    denied("ulimit-unlimited", f"{CREATED} --ulimit core=-1 busybox:1 true", "container.create", "ulimits", "core"),
    denied("shared-memory", f"{CREATED} --shm-size 1g busybox:1 true", "container.create", "shm-size"),
    denied("device-rate", f"{CREATED} --device-read-bps /dev/null:1mb busybox:1 true", "container.create", "block-io",
           "/dev/null", engines=("20.10", "28.5")), # the client of 26.1 forgets the option
    denied("oom-score", f"{CREATED} --oom-score-adj -500 busybox:1 true", "container.create", "oom-protection", "-500"),
    denied("log-elsewhere", f"{CREATED} --log-driver syslog --log-opt syslog-address=udp://192.0.2.1:514 "
           "busybox:1 true", "container.create", "log-driver", "syslog"),

    denied("privileged-port", f"{JOINED} -p 80:80 busybox:1 true", "container.create", "published-ports", "80"),
    denied("mac-address", f"{JOINED} --mac-address 02:00:00:00:00:01 busybox:1 true", "container.create",
           "static-addresses"),
    denied("extra-host", f"{CREATED} --add-host db:192.0.2.1 busybox:1 true", "container.create", "name-resolution",
           "db:192.0.2.1"),
    denied("safe-sysctl", f"{CREATED} --sysctl net.ipv4.ip_unprivileged_port_start=0 busybox:1 true",
           "container.create", "sysctls"),
    denied("bridge-name", "network create --opt com.docker.network.bridge.name=br-own own", "network.create",
           "network-drivers", "com.docker.network.bridge.name"),

    denied("tag-implied", f"{CREATED} busybox true", "container.create", "image-source"),
    denied("pull-latest", "pull 127.0.0.1:1/box", "image.pull", "image-source"),
    denied("push-latest", "push 127.0.0.1:1/box:latest", "image.push", "image-source",
           before=("tag busybox:1 127.0.0.1:1/box:latest",)),
    denied("update-unlimited-swap", "update --memory-swap -1 web", "container.update", "memory-limit"),
    denied("raw-update-pids", post("/v1.41/containers/web/update", '{"PidsLimit":-1}'), "container.update",
           "pids-limit"),
]

# A client that finds no image pulls one; a registry on port 1 is none.
ENGINE_FAILS = {"tag-implied", "pull-latest", "push-latest"}

LET_THROUGH = [as_allowed(case, fails=case.name in ENGINE_FAILS) for case in DENIED]

# SPDX-License-Identifier: GPL-3.0-or-later
"""What the policy `restricted` leaves people to do."""

from rig.row import boxed, boxed_running, execute, lookalike, post


def box(name, like, cmd="true", top=None, **host):
    return lookalike(name, like, boxed(cmd, top, **host), policy="restricted")


def update(name, like, body, **host):
    return lookalike(name, like, (post("/v1.41/containers/$NAME/update", body),), policy="restricted",
                     setup=boxed_running(**host))


LOOKALIKES = [
    box("boxed", "no-limits"),
    box("boxed-cpu-quota", "no-cpu-limit", NanoCpus=None, CpuQuota=50000, CpuPeriod=100000),
    box("boxed-cpu-shares-too", "cpu-shares-alone", CpuShares=512),
    box("boxed-swap-some", "swap-endless", MemorySwap=96 << 20),
    box("boxed-swap-unsaid", "swap-endless", MemorySwap=None),
    box("boxed-reservation", "no-memory-limit", MemoryReservation=32 << 20),
    box("boxed-processes-most", "processes-too-many", PidsLimit=4096),
    box("boxed-ulimit", "ulimit-endless", Ulimits=[{"Name": "nofile", "Soft": 1024, "Hard": 2048}]),
    box("boxed-shm", "shm-size", ShmSize=64 << 20),
    box("boxed-shm-by-volume", "shm-size-by-volume", Mounts=[
        {"Type": "volume", "Target": "/dev/shm", "VolumeOptions": {"DriverConfig": {
            "Name": "local", "Options": {"type": "tmpfs", "device": "tmpfs", "o": "size=16m"}}}}]),
    box("boxed-oom-score", "oom-score", OomScoreAdj=500),
    box("boxed-user-number", "root-number", top={"User": "1000"}, cmd="id"),
    box("boxed-user-with-group", "root-group", top={"User": "1000:1000"}, cmd="id"),
    box("boxed-user-with-zeros", "root-zeros", top={"User": "100:100"}, cmd="id"),
    box("boxed-capability", "caps-added", CapAdd=["NET_BIND_SERVICE"]),
    box("boxed-drop-lower-case", "caps-kept", CapDrop=["all"]),
    box("boxed-no-new-privileges-true", "no-new-privileges-off", SecurityOpt=["no-new-privileges:true"]),
    box("boxed-no-new-privileges-equals", "no-new-privileges-off-colon", SecurityOpt=["no-new-privileges=true"]),
    box("boxed-log-local", "log-elsewhere", LogConfig={"Type": "local", "Config": {"max-size": "1m"}}),
    box("boxed-log-file", "log-elsewhere",
        LogConfig={"Type": "json-file", "Config": {"max-file": "2", "max-size": "1m"}}),
    box("boxed-read-only", "read-only-paths-none", ReadonlyRootfs=True, Tmpfs={"/tmp": "size=1m"}),
    box("boxed-port", "port-of-the-host", NetworkMode="ports", PortBindings={"80/tcp": [{"HostPort": "18081"}]},
        top={"ExposedPorts": {"80/tcp": {}}}),
    box("boxed-network", "mac-address", NetworkMode="ports"),
    box("boxed-volume", "bind", "ls /x", Binds=["$NAME:/x"]),
    box("boxed-restart-policy", "no-limits", RestartPolicy={"Name": "no"}),
    box("boxed-init", "no-limits", Init=False),
    update("update-memory-lower", "update-swap", {"Memory": 32 << 20, "MemorySwap": 32 << 20}),
    update("update-processes-lower", "update-processes-raised", {"PidsLimit": 32}),
    update("update-cpus", "update-quota", {"NanoCpus": 250000000}),
    update("update-restart-policy", "update-processes", {"RestartPolicy": {"Name": "unless-stopped"}}),
    lookalike("boxed-exec", "exec-root", execute("id"), policy="restricted", setup=boxed_running()),
    lookalike("boxed-exec-as-user", "exec-root-zeros", execute("id", User="1001"), policy="restricted",
              setup=boxed_running()),
]

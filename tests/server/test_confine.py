# SPDX-License-Identifier: GPL-3.0-or-later
"""What the server has given up before it reads the first request.

An intruder is played by a debugger that makes the server's own thread call the kernel.
"""

import base64
import ctypes
import errno
import json
import os
import pathlib
import platform
import resource
import signal
import socket
import struct
import subprocess
import sys

from harness import PATIENCE, PLAIN, READ, is_root, message

HERE = pathlib.Path(__file__).resolve().parent
NOBODY = 65534
LOOK, OVERRIDE = 1 << 2, 1 << 1 # CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE
BY_LANDLOCK = "files: by Landlock"

# Numbers of x86_64, from asm/unistd_64.h.
FATAL = {"execve": (59, "=/bin/true", 0, 0), "execveat": (322, -100, "=/bin/true", 0, 0, 0), "fork": (57,),
         "ptrace": (101, 0x10, 1), "process_vm_readv": (310, 1, 0, 0, 0, 0, 0), "setuid": (105, 0),
         "setgroups": (116, 0, 0), "capset": (126, 0, 0), "unshare": (272, 0x10000000), "setns": (308, 0, 0),
         "mount": (165, 0, 0, 0, 0, 0),
         "open_tree": (428, -100, "=/", 1), "chroot": (161, "=/"), "mknod": (133, "=/tmp/x", 0o60600, 0x800),
         "open_by_handle_at": (304, -100, 0, 0), "init_module": (175, 0, 0, 0), "finit_module": (313, 0, 0, 0),
         "bpf": (321, 0, 0, 0), "kexec_load": (246, 0, 0, 0, 0), "io_uring_setup": (425, 1, 0),
         "userfaultfd": (323, 0), "perf_event_open": (298, 0, 0, 0, 0, 0), "keyctl": (250, 0)}
ABSENT = {"chmod": (90, "=/tmp", 0o777), "kill": (62, 1, 0), "clone3": (435, 0, 0),
          "clone, a process": (56, signal.SIGCHLD, 0, 0, 0, 0),
          "clone, a network": (56, 0x40000000 | 0x10000, 0, 0, 0, 0),
          "socket of the internet": (41, socket.AF_INET, socket.SOCK_STREAM, 0),
          "socket of packets": (41, socket.AF_PACKET, socket.SOCK_RAW, 0),
          "mmap, to write and run": (9, 0, 4096, 7, 0x22, -1, 0), "mprotect, to run": (10, 0x1000, 4096, 5),
          "prctl": (157, 4, 1, 0, 0, 0), "setrlimit": (160, 4, 0), "tgkill of another": (234, 1, 1, 0),
          "bind": (49, 0, 0, 0), "listen": (50, 0, 0), "rename": (82, "=/a", "=/b"), "symlink": (88, "=/a", "=/b")}
OPEN, STAT, SOCKET, CONNECT, SETSOCKOPT, MKDIR, UNLINK = 2, 4, 41, 42, 54, 83, 87


UNCONFINED = "a build with a sanitizer is not confined"


def _why_not(server, intruder=True):
    """A reason to skip."""
    if server.sanitized:
        return UNCONFINED
    if intruder and not (is_root() and platform.machine() == "x86_64"):
        return "the debugger is for root on x86_64"
    return None


def _result(server, number, *arguments):
    """What the kernel answers the server, or None where it ended it."""
    words = map(str, (server.child.pid, number, *arguments))
    done = subprocess.run([sys.executable, HERE / "debugger.py", *words], stdout=subprocess.PIPE, text=True, check=True)
    return None if done.stdout == "killed\n" else int(done.stdout)


def _error(server, number, *arguments):
    """Why a call failed, as an errno; 0 where it did not."""
    return max(-_result(server, number, *arguments), 0)


def _status(server):
    """/proc's fields of each thread."""
    for task in pathlib.Path(f"/proc/{server.child.pid}/task").iterdir():
        yield dict(line.split(":\t", 1) for line in (task / "status").read_text().splitlines() if ":\t" in line)


def _powers(server):
    return {int(fields[name], 16) for fields in _status(server) for name in ("CapPrm", "CapEff")}


def a_build_with_a_sanitizer_says_that_it_is_not_confined(server):
    server.start()
    assert server.sanitized == ("not confined: " in server.log_text()), server.log_text()
    assert server.sanitized == ("\nquaywarden: confined: " not in "\n" + server.log_text()), server.log_text()


def every_thread_is_filtered_and_can_win_no_powers(server):
    if _why_not(server, intruder=False):
        return _why_not(server, intruder=False)
    with server.start().connect() as client:
        client.verdict(PLAIN)
        threads = list(_status(server))
    assert len(threads) > 1
    for fields in threads:
        assert fields["Seccomp"] == "2" and fields["NoNewPrivs"] == "1", fields
        assert int(fields["CapEff"], 16) == int(fields["CapPrm"], 16) == (LOOK if is_root() else 0), fields
        assert int(fields["CapInh"], 16) == int(fields["CapAmb"], 16) == 0, fields
    return None


def what_only_an_intruder_calls_ends_the_server(server):
    if _why_not(server):
        return _why_not(server)
    for name, call in FATAL.items():
        server.start()
        assert _result(server, *call) is None, name
        assert server.child.wait(PATIENCE) == -signal.SIGSYS, name
    return None


def other_calls_are_not_there_and_the_server_goes_on(server):
    if _why_not(server):
        return _why_not(server)
    server.start()
    for name, call in ABSENT.items():
        assert _error(server, *call) == errno.ENOSYS, name
    assert _error(server, SOCKET, socket.AF_UNIX, socket.SOCK_STREAM, 0) == 0
    with server.connect() as client:
        assert client.verdict(READ)["Allow"] is True
    return None


def options_of_tcp_are_unknown_to_its_sockets(server):
    """By this error libmicrohttpd finds out, once, what EOPNOTSUPP does not tell it."""
    if _why_not(server):
        return _why_not(server)
    server.start()
    on = struct.pack("=i", 1)
    client = _result(server, SOCKET, socket.AF_UNIX, socket.SOCK_STREAM, 0)
    for level, option, answer in ((socket.IPPROTO_TCP, socket.TCP_NODELAY, errno.ENOPROTOOPT),
                                  (socket.IPPROTO_TCP, socket.TCP_CORK, errno.ENOPROTOOPT),
                                  (socket.SOL_SOCKET, socket.SO_PASSCRED, 0)):
        assert _error(server, SETSOCKOPT, client, level, option, "@" + on.hex(), len(on)) == answer, (level, option)
    return None


def an_engine_at_a_port_is_all_of_the_network_that_there_is(server):
    if _why_not(server):
        return _why_not(server)
    server.start("--engine", "tcp://127.0.0.1:7")
    assert _error(server, SOCKET, socket.AF_PACKET, socket.SOCK_RAW, 0) == errno.ENOSYS
    assert _error(server, SOCKET, socket.AF_INET, socket.SOCK_STREAM, 0) == 0
    if BY_LANDLOCK not in server.log_text():
        return None
    for port, answer in ((7, errno.ECONNREFUSED), (8, errno.EACCES)):
        client = _result(server, SOCKET, socket.AF_INET, socket.SOCK_STREAM, 0)
        place = struct.pack("=H", socket.AF_INET) + struct.pack("!H4s8x", port, socket.inet_aton("127.0.0.1"))
        assert _error(server, CONNECT, client, "@" + place.hex(), len(place)) == answer, port
    return None


# ---- files ----

def _without_landlock(why):
    """For a child: Landlock's first call fails, by a filter as the server's own."""
    def install():
        load, jump, answer = 0x20, 0x15, 0x06
        program = b"".join(struct.pack("=HBBI", *row) for row in (
            (load, 0, 0, 0), (jump, 0, 1, 444), (answer, 0, 0, 0x00050000 | why), (answer, 0, 0, 0x7fff0000)))
        room = ctypes.create_string_buffer(program)
        header = struct.pack("HxxxxxxP", 4, ctypes.addressof(room))
        libc = ctypes.CDLL(None, use_errno=True)
        assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, header) == 0
    return install


def files_elsewhere_are_out_of_reach(server):
    if _why_not(server):
        return _why_not(server)
    elsewhere = server.dir / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "file").write_text("x")
    server.audit = server.dir / "trail" / "audit.jsonl"
    server.policy = server.dir / "policy" / "policy.yaml"
    server.policy.parent.mkdir()
    server.write_policy()
    server.start()
    if BY_LANDLOCK not in server.log_text():
        return "this kernel has no Landlock"
    reading, writing = os.O_RDONLY, os.O_WRONLY | os.O_CREAT
    rows = ((OPEN, elsewhere / "file", reading, errno.EACCES), (OPEN, elsewhere / "file", os.O_WRONLY, errno.EACCES),
            (OPEN, elsewhere / "new", writing, errno.EACCES), (OPEN, elsewhere, reading, errno.EACCES),
            (OPEN, "/root", reading, errno.EACCES), (OPEN, "/proc/1/environ", reading, errno.EACCES),
            (OPEN, "/proc/self/mountinfo", reading, 0), (OPEN, "/proc", reading, errno.EACCES),
            (OPEN, server.policy, reading, 0), (OPEN, server.policy, os.O_WRONLY, errno.EACCES),
            (OPEN, server.policy.parent / "new", writing, errno.EACCES), (OPEN, "/etc/passwd", reading, 0),
            (OPEN, "/etc/new", writing, errno.EACCES), (OPEN, server.socket.parent / "new", writing, errno.EACCES),
            (OPEN, server.audit, os.O_WRONLY, 0), (OPEN, server.audit.parent / "new", writing, 0),
            (UNLINK, server.audit, 0, errno.EACCES), (UNLINK, elsewhere / "file", 0, errno.EACCES),
            (UNLINK, server.policy, 0, errno.EACCES), (MKDIR, elsewhere / "folder", 0o700, errno.EACCES),
            (STAT, elsewhere / "file", "@" + "00" * 144, 0))
    for number, path, how, answer in rows:
        assert _error(server, number, f"={path}", how, 0o600) == answer, (number, path, how)
    assert server.stop() == 0
    assert not server.socket.exists()
    return None


def the_folders_of_seccomp_profiles_stay_open_to_a_reload(server):
    if _why_not(server, intruder=False):
        return _why_not(server, intruder=False)
    profile, other = (server.dir / name / "profile.json" for name in ("profiles", "others"))
    server.policy = server.dir / "policy" / "policy.yaml"
    server.audit = server.dir / "trail" / "audit.jsonl"
    for file in (profile, other, server.policy):
        file.parent.mkdir()
        file.write_text("{}")

    def name(file):
        server.policy.write_text(server.policy_text("own") + "profiles:\n  own:\n    extends: baseline\n"
                                 f'    security-options: {{ seccomp: ["file:{file}"] }}\n')
    name(profile)
    server.start()
    fresh = profile.with_suffix(".new")
    fresh.write_text('{"a": 1}')
    fresh.rename(profile)
    assert "policy in force: " in server.reload(), server.log_text()
    if BY_LANDLOCK not in server.log_text():
        return "this kernel has no Landlock"
    name(other)
    assert f"{other}: Permission denied" in server.reload()
    return None


def a_kernel_without_landlock_is_told_of_and_served_on(server):
    if _why_not(server, intruder=False):
        return _why_not(server, intruder=False)
    for why in (errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM):
        server.start(preexec_fn=_without_landlock(why))
        assert "files: all, as there is no Landlock here; system calls: by seccomp\n" in server.log_text()
        assert {fields["Seccomp"] for fields in _status(server)} == {"2"}
        assert server.stop() == 0
    return None


def a_trail_in_a_new_folder_below_the_old_one_is_taken_up_and_one_elsewhere_is_not(server):
    if _why_not(server, intruder=False):
        return _why_not(server, intruder=False)
    server.audit = server.dir / "trail" / "audit.jsonl"
    server.write_policy()
    server.start()
    below, elsewhere = server.audit.parent / "below" / "audit.jsonl", server.dir / "elsewhere" / "audit.jsonl"
    server.write_policy(to=below)
    assert "policy in force: " in server.reload() and below.exists()
    if BY_LANDLOCK not in server.log_text():
        return "this kernel has no Landlock"
    elsewhere.parent.mkdir()
    server.write_policy(to=elsewhere)
    assert f"{elsewhere}: Permission denied (a folder without one so far takes a restart)" in server.reload()
    with server.connect() as client:
        client.verdict(READ)
    assert len(server.records(below)) == 1 and not elsewhere.exists()
    return None


def a_folder_swapped_for_a_link_is_not_followed(server):
    """By whoever may write the folder above it: the record stays in the file that is open."""
    if _why_not(server, intruder=False):
        return _why_not(server, intruder=False)
    server.audit = server.dir / "open" / "trail" / "audit.jsonl"
    server.audit.parent.mkdir(parents=True)
    server.write_policy()
    server.start()
    if BY_LANDLOCK not in server.log_text():
        return "this kernel has no Landlock"
    aside, target = server.dir / "aside", server.dir / "target"
    target.mkdir()
    server.audit.parent.rename(aside)
    server.audit.parent.symlink_to(target)
    assert f"{server.audit}: Permission denied" in server.reload()
    with server.connect() as client:
        client.verdict(READ)
    assert len(server.records(aside / "audit.jsonl")) == 1 and not list(target.iterdir())
    return None


# ---- users ----

def _as_user(*powers):
    """For a child of root: another user, with these capabilities alone."""
    words = ",".join(powers)
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--no-new-privs",
            f"--bounding-set=-all{''.join(f',+{power}' for power in powers)}",
            *([f"--inh-caps=-all,+{words}", f"--ambient-caps=-all,+{words}"] if powers else ["--inh-caps=-all"])]


def _bind_reason(server, source):
    """What is said of a bind of that path."""
    body = {"Image": "busybox", "HostConfig": {"Binds": [f"{source}:/x"]}}
    with server.connect() as client:
        return client.verdict(message("POST", "/v1.41/containers/create", body)).get("Msg", "")


def a_user_of_its_own_serves_with_one_capability(server):
    """And nobody of that user's other processes reads its memory."""
    if _why_not(server, intruder=False) or not is_root():
        return _why_not(server, intruder=False) or "only root becomes another user"
    hidden = server.dir / "hidden"
    (hidden / "sub").mkdir(parents=True)
    hidden.chmod(0o700)
    server.dir.chmod(0o755)
    server.policy.chmod(0o600) # root's: the capability reads it
    for name in ("run", "trail"):
        (server.dir / name).mkdir()
        os.chown(server.dir / name, NOBODY, NOBODY)
    server.audit = server.dir / "trail" / "audit.jsonl"
    server.policy.write_text(server.policy_text("permissive") + "profiles:\n  permissive:\n    extends: baseline\n"
                             f'    bind-mounts: {{ allow: [{{ path: "{hidden}/sub", root-owned: false }}] }}\n')
    server.start(argv=[*_as_user("dac_read_search"), *server.command()])
    assert "confined: capabilities: dac_read_search; " in server.log_text()
    assert _powers(server) == {LOOK}
    assert os.stat(f"/proc/{server.child.pid}/status").st_uid == 0, "its own user may look into its memory"
    assert _bind_reason(server, hidden / "sub") == ""
    server.audit.rename(server.audit.with_suffix(".1"))
    assert "policy in force: " in server.reload()
    assert server.audit.stat().st_uid == NOBODY and server.stop() == 0

    server.policy.chmod(0o644)
    server.start(argv=[*_as_user(), *server.command()])
    assert "confined: capabilities: none; " in server.log_text() and _powers(server) == {0}
    assert "Permission denied" in _bind_reason(server, hidden / "sub")
    return None


def root_keeps_the_power_to_write_where_its_trail_is_anothers(server):
    if _why_not(server, intruder=False) or not is_root():
        return _why_not(server, intruder=False) or "only root makes folders of others"
    server.audit = server.dir / "trail" / "audit.jsonl"
    server.audit.parent.mkdir(mode=0o755)
    os.chown(server.audit.parent, NOBODY, NOBODY)
    server.write_policy()
    server.start()
    assert _powers(server) == {LOOK | OVERRIDE}
    server.audit.rename(server.audit.with_suffix(".1"))
    assert "policy in force: " in server.reload()
    assert server.audit.exists()
    return None


# ---- its own files, and memory ----

def a_dump_of_its_memory_is_never_made(server):
    if _why_not(server, intruder=False):
        return _why_not(server, intruder=False)
    unlimited = (resource.RLIM_INFINITY,) * 2 if is_root() else (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2
    server.start(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, unlimited))
    limits = pathlib.Path(f"/proc/{server.child.pid}/limits").read_text()
    assert ["Max", "core", "file", "size", "0", "0", "bytes"] in [line.split() for line in limits.splitlines()], limits
    return None


def _secretive(word, auth):
    """Requests that carry a secret, each where clients put it: method, URI, headers, body."""
    spec = {"Name": "s", "TaskTemplate": {"ContainerSpec": {"Image": "busybox", "Env": [f"A={word}"]}}}
    yield "POST", "/v1.41/containers/create", {}, {"Image": "busybox", "Env": [f"A={word}"]}
    yield "POST", "/v1.41/containers/create", {}, {"Image": "busybox", "Env": [f"A={word}"],
                                                   "HostConfig": {"Privileged": True}}
    yield "POST", "/v1.41/containers/create", {}, {"Image": "busybox", "Env": [{"A": word}]}
    yield "POST", "/v1.41/containers/x/exec", {}, {"Cmd": ["id"], "Env": [f"A={word}"]}
    yield "POST", "/v1.41/commit?container=x", {}, {"Image": "busybox", "Env": [f"A={word}"]}
    yield "POST", f"/v1.41/commit?container=x&changes=ENV%20A%3D{word}", {}, {}
    yield "POST", f"/v1.41/images/create?fromImage=x&changes=ENV%20A%3D{word}", {"X-Registry-Auth": auth}, None
    yield "POST", "/v1.41/images/x/push", {"X-Registry-Auth": auth}, None
    yield "POST", "/v1.41/auth", {}, {"username": "u", "password": word, "identitytoken": word}
    yield "POST", f"/v1.41/build?buildargs=%7B%22A%22%3A%22{word}%22%7D", {"X-Registry-Config": auth}, None
    yield "POST", f"/v1.41/build?remote=https://u:{word}@example.com/x.git&version=1", {}, None
    yield "POST", "/v1.41/services/create", {"X-Registry-Auth": auth}, spec
    yield "POST", "/v1.41/secrets/create", {}, {"Name": "s", "Data": base64.b64encode(word.encode()).decode()}
    yield "POST", "/v1.41/secrets/create", {}, {"Name": "s", "Data": word}
    yield "POST", "/v1.41/configs/create", {}, {"Name": "s", "Data": word}
    yield "POST", "/v1.41/swarm/join", {}, {"RemoteAddrs": ["192.0.2.1"], "JoinToken": word}
    yield "POST", "/v1.41/swarm/unlock", {}, {"UnlockKey": word}
    yield "POST", "/v1.41/swarm/init", {}, {"ListenAddr": "x", "Spec": {"CAConfig": {"SigningCAKey": word}}}
    yield "POST", "/v1.41/plugins/p/set", {}, [f"A={word}"]


def no_record_log_or_answer_tells_a_secret(server):
    """As they are, cut in half, with a key twice, and of a size that is not kept in one part."""
    word = "correct-horse-battery"
    auth = base64.b64encode(json.dumps({"username": "u", "password": word}).encode()).decode()
    coded = [word, auth[:20], base64.b64encode(word.encode()).decode()[:20]]
    server.start()
    answers = []
    with server.connect() as client:
        for method, uri, headers, body in _secretive(word, auth):
            text = "" if body is None else json.dumps(body)
            twice = text[:-1] + ',"Env":["A=' + word + '"],"Env":[]}'
            for sent in (text, text[:len(text) // 2 + 8], twice, text + " " * 70000):
                fields = {"RequestMethod": method, "RequestUri": uri, "RequestHeaders":
                          headers | {"Content-Type": "application/json", "Content-Length": str(len(sent))},
                          "RequestBody": base64.b64encode(sent.encode()).decode()}
                for question in (json.dumps(fields), json.dumps(fields)[:-40]):
                    answers.append(client.ask(question.encode()).body.decode())
    whole = server.audit.read_text() + server.log_text() + "".join(answers)
    told = [line for line in whole.splitlines() if any(form in line for form in coded)]
    assert not told, f"{len(told)} of {len(answers)}: {told[:12]}"
    assert len(server.records()) == len(answers)

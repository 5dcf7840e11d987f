# SPDX-License-Identifier: GPL-3.0-or-later
"""The listening socket, systemd's included."""

import os
import pathlib
import shutil
import signal
import socket
import stat
import sys
import time

from harness import PATIENCE, READ, Client, wait_until


def listen_at(path):
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    path.parent.mkdir(exist_ok=True)
    listener.bind(str(path))
    listener.listen(4)
    return listener


def the_socket_is_its_owners_alone_whatever_the_umask(server):
    server.start(preexec_fn=lambda: os.umask(0))
    assert stat.S_IMODE(server.socket.stat().st_mode) == 0o600
    assert stat.S_IMODE(server.audit.stat().st_mode) == 0o600
    assert sorted(os.listdir(server.socket.parent)) == ["q.sock"]


def the_socket_goes_with_the_server(server):
    server.start()
    assert server.stop() == 0
    assert not server.socket.exists()


def a_stale_socket_is_replaced(server):
    listen_at(server.socket).close()
    server.start()
    server.child.kill()
    server.child.wait()
    assert server.socket.exists()
    server.start()
    with server.connect() as client:
        assert client.verdict(READ)["Allow"] is True


def a_live_socket_is_never_stolen(server):
    server.start()
    rival = server.spawn()
    assert rival.wait(PATIENCE) == 4
    assert "another server is listening" in server.log_text()
    with server.connect() as client:
        assert client.verdict(READ)["Allow"] is True


def a_strangers_live_socket_is_never_stolen(server):
    with listen_at(server.socket):
        assert server.spawn().wait(PATIENCE) == 4
        with Client(server.socket):
            pass


def a_file_in_the_sockets_place_stays(server):
    server.socket.parent.mkdir()
    server.socket.write_text("mine")
    assert server.spawn().wait(PATIENCE) == 4
    assert "something other than a socket" in server.log_text()
    assert server.socket.read_text() == "mine"


def a_path_that_is_too_long_is_an_error(server):
    server.socket = server.dir / ("x" * 120)
    assert server.spawn().wait(PATIENCE) == 4
    assert "longer than" in server.log_text()


def of_servers_that_start_at_once_one_lives(server):
    listen_at(server.socket).close()
    rivals = [server.spawn() for _ in range(8)]
    wait_until(lambda: sum(rival.poll() is not None for rival in rivals) == 7, "seven of eight end")
    assert all(rival.returncode == 4 for rival in rivals if rival.poll() is not None)
    assert wait_until(server.answers, "the eighth answers")
    assert sorted(os.listdir(server.socket.parent)) == ["q.sock"]


def anothers_socket_is_not_removed(server):
    server.start()
    server.socket.unlink()
    with listen_at(server.socket):
        assert server.stop() == 0
        assert server.socket.exists()


def the_first_answer_comes_soon(server):
    """Within 50 ms of processor time. What the clock says depends on who else uses the machine, but sleeping shows."""
    start = time.monotonic()
    server.start()
    took = time.monotonic() - start
    tasks = pathlib.Path(f"/proc/{server.child.pid}/task").glob("*/schedstat")
    busy = sum(int(task.read_text().split()[0]) for task in tasks) / 1e9
    if not server.sanitized:
        print(f"    start to first answer: {took * 1000:.0f} ms, {busy * 1000:.0f} of them at work")
        assert busy < 0.05
        assert took < 1


def handed_over(server, listener):
    """How systemd starts the server: the socket is descriptor 3, and two variables say so."""
    code = ("import os, sys; os.dup2(int(sys.argv[1]), 3); "
            "os.environ.update(LISTEN_FDS='1', LISTEN_PID=str(os.getpid())); os.execv(sys.argv[2], sys.argv[2:])")
    return {"argv": [sys.executable, "-c", code, str(listener.fileno()), *server.command()],
            "pass_fds": (listener.fileno(),)}


def systemds_socket_is_served_and_outlives_the_server(server):
    with listen_at(server.socket) as listener:
        for _ in range(2):
            server.start(**handed_over(server, listener))
            with server.connect() as client:
                assert client.verdict(READ)["Allow"] is True
            assert server.stop() == 0
            assert server.socket.exists()


def systemd_socket_activate_starts_it(server):
    if not shutil.which("systemd-socket-activate"):
        return "systemd-socket-activate is not installed"
    server.socket.parent.mkdir()
    child = server.spawn(argv=["systemd-socket-activate", f"--listen={server.socket}", *server.command()])
    server.child = child
    wait_until(server.answers, "the server answers")
    with server.connect() as client:
        assert client.verdict(READ)["Allow"] is True
    return None


def a_datagram_socket_from_systemd_is_refused(server):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wrong:
        assert server.spawn(**handed_over(server, wrong)).wait(PATIENCE) == 4


def systemd_hears_of_start_reload_and_end(server):
    heard = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        address = server.dir / "notify"
        notify.bind(str(address))
        notify.settimeout(PATIENCE)

        def expect(word):
            while not any(word in text for text in heard):
                heard.append(notify.recv(4096).decode())
        server.start(env={**os.environ, "NOTIFY_SOCKET": str(address)})
        expect("READY=1")
        heard.clear()
        server.signal(signal.SIGHUP)
        expect("RELOADING=1")
        assert any("MONOTONIC_USEC=" in text for text in heard)
        expect("READY=1")
        server.signal(signal.SIGTERM)
        expect("STOPPING=1")
        assert server.child.wait(PATIENCE) == 0

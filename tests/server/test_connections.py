# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may stay, who must go, and how many there may be."""

import contextlib
import resource
import time

from harness import PATIENCE, PLAIN, PRIVILEGED, READ, request, wait_until

ALL = 4096 # connections

HALVES = (b"P", b"POST /AuthZPlugin.Auth", b"POST /AuthZPlugin.AuthZReq HTTP/1.1\r\n",
          b"POST /AuthZPlugin.AuthZReq HTTP/1.1\r\nHost: q\r\nContent-Le", request(PLAIN)[:-1],
          request(b" " * 200000)[:-1], request(PLAIN, path="/AuthZPlugin.AuthZRes")[:-1], request(PLAIN, path="/x")[:-1])


def idle_connections_are_kept(server):
    server.start("--request-timeout", "1")
    with server.connect() as silent, server.connect() as used:
        assert used.verdict(READ)["Allow"] is True
        time.sleep(4)
        assert used.verdict(READ)["Allow"] is True
        assert silent.verdict(READ)["Allow"] is True


def half_sent_requests_are_given_up(server):
    server.start("--request-timeout", "1")
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(server.connect()) for _ in HALVES]
        start = time.monotonic()
        for client, half in zip(clients, HALVES):
            client.send(half)
        for client, half in zip(clients, HALVES):
            assert client.is_closed_within(), half[:60]
        assert time.monotonic() - start >= 1
    assert server.records() == []


def a_half_sent_request_is_given_up_on_a_used_connection_too(server):
    with server.start("--request-timeout", "1").connect() as client:
        assert client.verdict(READ)["Allow"] is True
        client.send(b"POST /Auth")
        assert client.is_closed_within()


def a_trickle_is_no_progress(server):
    with server.start("--request-timeout", "1").connect() as client:
        start = time.monotonic()
        client.send(request(PLAIN)[:40])
        try:
            while time.monotonic() - start < PATIENCE:
                client.send(b"x")
                time.sleep(0.2)
        except ConnectionError:
            return
        raise AssertionError("it is still connected")


def a_slow_request_in_time_is_answered(server):
    server.start("--request-timeout", "60")
    with server.connect() as client:
        whole = request(PRIVILEGED)
        client.send(whole[:20])
        time.sleep(1.5)
        client.send(whole[20:])
        assert client.receive().verdict()["Allow"] is False


def a_thousand_connections_are_served_and_then_forgotten(server):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    try:
        # The server's own limit is low, as from a login shell: it must raise it.
        server.start(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard)))
        in_one_go, one_by_one = _open_in_one_go(server), _open_one_by_one(server)
        assert len(server.records()) == 3000
        if not server.sanitized:
            print(f"    resident: with 1,000 connections {in_one_go[0]:.1f} and {one_by_one[0]:.1f} MiB, "
                  f"after they closed {in_one_go[1]:.1f} and {one_by_one[1]:.1f}")
            assert max(in_one_go[0], one_by_one[0]) < 48
            assert max(in_one_go[1], one_by_one[1]) < 10
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def who_has_a_connection_is_served_when_no_further_ones_are_taken(server):
    """Only who may open the socket could take them all, and that is the engine."""
    if resource.getrlimit(resource.RLIMIT_NOFILE)[1] < 8192:
        return "too few files may be open here"
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (8192, hard))
    try:
        with server.start().connect() as first, contextlib.ExitStack() as stack:
            assert first.verdict(READ)["Allow"] is True
            start = time.monotonic()
            for _ in range(ALL - 1):
                stack.enter_context(server.connect())
            for _ in range(100):
                stack.enter_context(server.connect())
            wait_until(lambda: _is_refused(server), "further ones are refused")
            told = server.log_text().count("a connection was refused: there are too many")
            assert 1 <= told <= 1 + (time.monotonic() - start) / 10, "once in ten seconds"
            assert first.verdict(PRIVILEGED)["Allow"] is False
            stack.close()
            wait_until(server.answers, "there is room again")
            assert first.verdict(READ)["Allow"] is True
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return None


def _is_refused(server):
    with server.connect() as client:
        return client.is_closed_within(0.2)


def _settled_mib(server):
    """Memory is given back once a second."""
    time.sleep(2.5)
    return server.resident_mib()


def _open_in_one_go(server):
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(server.connect()) for _ in range(1000)]
        for _ in range(2):
            for client in clients:
                client.send(request(PLAIN))
            for client in clients:
                assert client.receive().verdict() == {"Allow": True}
        resident = server.resident_mib()
    return resident, _settled_mib(server)


def _open_one_by_one(server):
    """Each has had its answer when the next one comes, so that what they take lies in another order."""
    with contextlib.ExitStack() as stack:
        for _ in range(1000):
            assert stack.enter_context(server.connect()).verdict(PLAIN) == {"Allow": True}
        resident = server.resident_mib()
    return resident, _settled_mib(server)

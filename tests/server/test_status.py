# SPDX-License-Identifier: GPL-3.0-or-later
"""The server's figures."""

import hashlib
import json
import threading

from harness import PLAIN, PRIVILEGED, READ, small_disk, is_root, wait_until

FIELDS = ["version", "pid", "started", "uptime_s", "policy", "requests", "allowed", "warned", "denied",
          "audit_failures", "reloads", "reloads_refused", "lookups", "lookups_failed", "own_queries", "connections",
          "answering", "asking", "queued"]


def _status(client):
    answer = client.ask(b"", path="/status", method="GET")
    assert answer.status == 200 and answer.headers["content-type"] == "application/json", answer.headers
    return json.loads(answer.body)


def the_figures_are_named_and_begin_with_nothing(server):
    server.start()
    with server.connect() as client:
        found = _status(client)
        wait_until(lambda: _status(client)["answering"] == 0, "those that were answered are done with")
    assert list(found) == FIELDS, found
    assert list(found["policy"]) == ["file", "sha256", "mode", "loaded", "age_s"], found
    assert found["policy"]["file"] == str(server.policy) and found["policy"]["mode"] == "enforce"
    assert found["policy"]["sha256"] == hashlib.sha256(server.policy.read_bytes()).hexdigest()
    assert found["pid"] == server.child.pid
    assert not any(found[name] for name in FIELDS[5:15]), found


def every_verdict_is_counted_once_whoever_asks_meanwhile(server):
    server.start()
    threads, rounds = 8, 50

    def work():
        with server.connect() as client:
            for turn in range(rounds):
                assert client.verdict(READ)["Allow"]
                assert client.verdict(PLAIN)["Allow"]
                assert not client.verdict(PRIVILEGED)["Allow"]
                if turn % 10 == 0:
                    _status(client)

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with server.connect() as client:
        found = _status(client)
    assert (found["allowed"], found["denied"]) == (2 * threads * rounds, threads * rounds), found
    assert found["requests"] == 3 * threads * rounds and found["warned"] == 0, found


def connections_are_counted_but_for_the_one_that_asks(server):
    server.start()
    clients = [server.connect() for _ in range(5)]
    for client in clients:
        client.verdict(READ)
    wait_until(lambda: _status(clients[0])["connections"] == 4, "four others are connected")
    for client in clients[1:]:
        client.socket.close()
    wait_until(lambda: _status(clients[0])["connections"] == 0, "they are gone")
    clients[0].socket.close()


def reloads_are_counted_by_their_outcome(server):
    server.start()
    server.reload()
    server.break_policy()
    server.reload()
    server.write_policy(profile="unrestricted")
    server.reload()
    with server.connect() as client:
        found = _status(client)
        assert client.verdict(PRIVILEGED)["Allow"]
    assert (found["reloads"], found["reloads_refused"]) == (2, 1), found


def records_that_are_not_written_are_counted(server):
    if not is_root():
        return "it mounts a file system"
    with small_disk(server.dir / "disk", 16) as disk:
        server.write_policy(to=disk / "audit.jsonl")
        server.start()
        (disk / "filler").write_bytes(bytes(8 << 10))
        with server.connect() as client:
            wait_until(lambda: not client.verdict(READ)["Allow"], "the disk is full")
            found = _status(client)
        server.stop()
    assert found["audit_failures"] == 1 and found["denied"] == 1, found
    return None


def only_a_get_has_them(server):
    server.start()
    with server.connect() as client:
        assert client.ask(b"", path="/status", method="POST").status == 404
        assert client.ask(b"", path="/status/", method="GET").status == 404

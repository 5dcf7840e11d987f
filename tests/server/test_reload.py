# SPDX-License-Identifier: GPL-3.0-or-later
"""The policy in force, reloads, and the end."""

import os
import signal
import threading
import time

from harness import PATIENCE, PLAIN, PRIVILEGED, READ, request, wait_until

LATE = "ended with requests under way, which did not finish in time"


def without_a_policy_it_does_not_start(server):
    server.policy.unlink()
    assert server.spawn().wait(PATIENCE) == 3
    assert not server.socket.exists()


def with_a_bad_policy_it_does_not_start(server):
    server.break_policy()
    assert server.spawn().wait(PATIENCE) == 3
    assert f"{server.policy}:" in server.log_text()
    assert not server.socket.exists()


def a_configuration_of_the_engine_that_cannot_be_read_is_told_of(server):
    config = server.dir / "daemon.json"
    for text, told in (('{"data-root":"/srv/docker","labels":["\\ud800"]}', True), ("\ufeff{}", False), (None, False)):
        server.log.unlink(missing_ok=True)
        config.unlink(missing_ok=True)
        if text is not None:
            config.write_text(text)
        server.start("--engine-config", str(config))
        assert (f"{config} cannot be read" in server.log_text()) == told, server.log_text()
        assert server.stop() == 0


def a_policy_that_others_may_write_is_refused(server):
    server.policy.chmod(0o666)
    assert server.spawn().wait(PATIENCE) == 3
    server.policy.chmod(0o644)
    server.start()
    server.write_policy(profile="unrestricted")
    server.policy.chmod(0o666)
    assert "refused" in server.reload()
    assert not server.allows_privileged()


def sighup_puts_the_new_policy_in_force(server):
    server.start()
    with server.connect() as client:
        assert client.verdict(PRIVILEGED)["Allow"] is False
        server.replace_policy(profile="unrestricted")
        server.reload()
        assert client.verdict(PRIVILEGED)["Allow"] is True
    first, second = server.records()
    assert first["policy"] != second["policy"]


def sighup_with_a_bad_policy_keeps_the_old_one(server):
    server.start()
    server.break_policy()
    said = server.reload()
    assert "stays" in said and f"{server.policy}:" in said, said
    with server.connect() as client:
        assert client.verdict(PRIVILEGED)["Allow"] is False
        assert client.verdict(PLAIN)["Allow"] is True
    assert server.child.poll() is None


def a_file_written_in_place_is_reloaded(server):
    server.start()
    server.write_policy(profile="unrestricted")
    wait_until(lambda: server.allows_privileged(), "the new policy")


def a_file_renamed_over_it_is_reloaded(server):
    server.start()
    server.replace_policy(profile="unrestricted")
    wait_until(lambda: server.allows_privileged(), "the new policy")


def a_link_turned_elsewhere_is_reloaded(server):
    for name, profile in (("a", "baseline"), ("b", "unrestricted")):
        (server.dir / name).mkdir()
        (server.dir / name / "policy.yaml").write_text(server.policy_text(profile=profile))
    link = server.dir / "current"
    link.symlink_to("a")
    server.policy = link / "policy.yaml"
    server.start()
    assert not server.allows_privileged()
    (server.dir / "new").symlink_to("b")
    (server.dir / "new").rename(link)
    wait_until(lambda: server.allows_privileged(), "the new policy")


def a_bad_file_is_told_of_once_and_a_good_one_after_it_counts(server):
    server.start()
    server.break_policy()
    wait_until(lambda: "stays" in server.log_text(), "the bad policy is refused")
    time.sleep(3)
    assert server.log_text().count("stays") == 1
    server.policy.unlink()
    wait_until(lambda: server.log_text().count("stays") == 2, "the missing policy is refused")
    server.write_policy(profile="unrestricted")
    wait_until(lambda: server.allows_privileged(), "the new policy")


def records_go_where_the_new_policy_says(server):
    server.start()
    other = server.dir / "logs" / "other.jsonl"
    with server.connect() as client:
        client.verdict(READ)
        server.replace_policy(to=f"{server.audit}, {other}")
        server.reload()
        client.verdict(READ)
        server.replace_policy(to=other)
        server.reload()
        client.verdict(READ)
    assert [record["seq"] for record in server.records()] == [1, 2]
    assert [record["seq"] for record in server.records(other)] == [2, 3]


def a_policy_whose_records_cannot_be_written_is_refused(server):
    server.start()
    server.replace_policy(profile="unrestricted", to=server.dir)
    assert "stays" in server.reload()
    assert not server.allows_privileged()
    assert [record["verdict"] for record in server.records()] == ["deny"]


def what_is_in_flight_is_finished(server):
    server.start()
    whole = request(PRIVILEGED)
    with server.connect() as half, server.connect() as idle, server.connect() as used:
        used.verdict(READ)
        half.send(whole[:-10])
        time.sleep(0.2)
        server.signal(signal.SIGTERM)
        wait_until(lambda: not server.socket.exists(), "the socket is removed")
        time.sleep(0.3)
        assert server.child.poll() is None
        half.send(whole[-10:])
        answer = half.receive()
        assert answer.verdict()["Allow"] is False
        assert answer.headers.get("connection", "").lower() == "close"
        assert server.child.wait(PATIENCE) == 0
        assert idle.is_closed_within(1)
    assert len(server.records()) == 2


def what_never_finishes_is_not_waited_for_long(server):
    server.start("--request-timeout", "60")
    with server.connect() as half:
        half.send(request(PLAIN)[:-1])
        time.sleep(0.2)
        start = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - start > 4
    assert LATE in server.log_text()


def idle_connections_do_not_hold_up_the_end(server):
    server.start()
    with server.connect(), server.connect() as used:
        used.verdict(READ)
        assert server.stop() == 0
    assert LATE not in server.log_text()


def sigterm_under_load_leaves_no_decision_unanswered(server):
    """A request that arrives too late to be read is broken off; one that was read is answered."""
    server.start()
    answered = []

    def load():
        with server.connect() as client:
            for _ in range(100000):
                try:
                    answer = client.ask(PLAIN)
                except (OSError, EOFError):
                    return
                answered.append(answer.verdict()["Allow"])
                if answer.headers.get("connection", "").lower() == "close":
                    return
    threads = [threading.Thread(target=load) for _ in range(8)]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(answered) > 500, "the load")
    code = server.stop()
    for thread in threads:
        thread.join()
    assert code == 0
    assert len(server.records()) == len(answered)


def reloads_under_load_lose_nothing(server):
    """Eight connections while the policy changes back and forth: each verdict is one policy's or the other's."""
    server.start()
    stop = threading.Event()
    counts = []
    failures = []

    def load():
        count = 0
        try:
            with server.connect() as client:
                while not stop.is_set():
                    assert client.verdict(PLAIN) == {"Allow": True}
                    verdict = client.verdict(PRIVILEGED)
                    assert verdict["Allow"] or "privileged" in verdict["Msg"], verdict
                    count += 2
        except Exception as error:
            failures.append(repr(error))
        counts.append(count)
    threads = [threading.Thread(target=load) for _ in range(8)]
    for thread in threads:
        thread.start()
    for turn in range(12):
        server.replace_policy(profile="unrestricted" if turn % 2 == 0 else "baseline")
        if turn % 3 == 0:
            os.rename(server.audit, server.dir / f"audit.{turn}")
        server.reload()
        time.sleep(0.05)
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert server.stop() == 0
    rotated = [server.dir / f"audit.{turn}" for turn in range(0, 12, 3)]
    records = [record for path in [*rotated, server.audit] for record in server.records(path)]
    assert [record["seq"] for record in records] == list(range(1, sum(counts) + 1))
    assert len({record["policy"] for record in records}) == 2

# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit trail as the server writes it."""

import os
import signal
import threading
import time

from harness import PATIENCE, PLAIN, PRIVILEGED, READ, create, is_root, message, small_disk, wait_until


def a_decision_is_recorded_before_it_is_answered(server):
    with server.start().connect() as client:
        for count in range(1, 200):
            client.verdict(READ if count % 2 else PRIVILEGED)
            assert len(server.records()) == count


def records_of_many_threads_are_whole_and_in_order(server):
    server.start()

    def load():
        with server.connect() as client:
            for _ in range(200):
                client.verdict(READ)
    threads = [threading.Thread(target=load) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    records = server.records()
    assert [record["seq"] for record in records] == list(range(1, 1601))
    times = [record["time"] for record in records]
    assert times == sorted(times)
    assert all(len(text) == len("2027-01-01T00:00:00.000000Z") for text in times)
    assert all(list(record)[:2] == ["time", "seq"] and list(record)[-1] == "duration_us" for record in records)


def numbers_go_on_after_a_restart(server):
    for start in range(2):
        server.start()
        with server.connect() as client:
            client.verdict(READ)
            client.verdict(READ)
        if start:
            server.stop()
        else:
            server.child.kill()
            server.child.wait()
    assert [record["seq"] for record in server.records()] == [1, 2, 3, 4]


def an_unfinished_line_is_ended_and_reported(server):
    server.audit.write_text('{"time":"2026-01-01T00:00:00.000000Z","seq":41,"verdict":"allow","duration_us":1}\n'
                            '{"time":"2026-01-01T00:00:00.000000Z","seq":42,"verd')
    server.start()
    with server.connect() as client:
        client.verdict(READ)
    lines = server.audit.read_text().splitlines()
    assert len(lines) == 3
    assert '"seq":43,' in lines[2]
    assert "not finished" in server.log_text()


def a_rotated_file_is_left_after_sighup(server):
    server.start()
    rotated = server.dir / "audit.1"
    with server.connect() as client:
        client.verdict(READ)
        server.audit.rename(rotated)
        client.verdict(READ)
        server.reload()
        client.verdict(READ)
    assert [record["seq"] for record in server.records(rotated)] == [1, 2]
    assert [record["seq"] for record in server.records()] == [3]


def a_rotated_file_is_left_even_when_the_policy_is_bad(server):
    server.start()
    rotated = server.dir / "audit.1"
    server.audit.rename(rotated)
    server.break_policy()
    server.reload()
    with server.connect() as client:
        client.verdict(READ)
    assert server.records(rotated) == []
    assert [record["seq"] for record in server.records()] == [1]


def a_full_disk_denies_what_it_cannot_record(server):
    server.write_policy(to="/dev/full")
    with server.start().connect() as client:
        verdict = client.verdict(READ)
        assert verdict["Allow"] is False
        assert "undecided" in verdict["Msg"] and "audit trail" in verdict["Msg"]
        assert "privileged" in client.verdict(PRIVILEGED)["Msg"]
        for _ in range(50):
            client.verdict(READ)
    assert server.log_text().count("the audit trail cannot be written") == 1


def a_full_disk_lets_through_where_the_policy_says_so(server):
    server.write_policy(to="/dev/full", on_failure="allow")
    with server.start().connect() as client:
        assert client.verdict(READ) == {"Allow": True}
        assert client.verdict(PRIVILEGED)["Allow"] is False
    assert "the audit trail cannot be written" in server.log_text()


def one_full_disk_of_two_denies_and_the_other_tells_of_it(server):
    server.write_policy(to=f"{server.audit}, /dev/full")
    with server.start().connect() as client:
        assert client.verdict(READ)["Allow"] is False
    records = server.records()
    assert [record["verdict"] for record in records] == ["allow", "deny"]
    assert [record["seq"] for record in records] == [1, 2]
    assert records[1]["rules"][0]["id"] == "undecided"


def a_disk_that_fills_up_holds_whole_lines_only(server):
    if not is_root():
        return "mounting a small file system needs root"
    with small_disk(server.dir / "disk", 64) as disk:
        server.audit = disk / "audit.jsonl"
        server.write_policy()
        server.start()
        with server.connect() as client:
            allowed = 0
            while client.verdict(READ)["Allow"]:
                allowed += 1
            records = server.records()
            assert allowed > 50
            assert [record["seq"] for record in records if record["verdict"] == "allow"][:allowed] == \
                list(range(1, allowed + 1))
            os.truncate(server.audit, 0)
            assert client.verdict(READ) == {"Allow": True}
            assert [record["seq"] for record in server.records()] == [records[-1]["seq"] + 1]
            assert server.stop() == 0
    return None


def only_changes_and_denials_are_recorded_if_so_wanted(server):
    server.write_policy(record="changes")
    with server.start().connect() as client:
        for body in (READ, PLAIN, PRIVILEGED):
            client.verdict(body)
    assert [(record["verdict"]) for record in server.records()] == ["allow", "deny"]


def only_denials_are_recorded_if_so_wanted(server):
    server.write_policy(record="denied")
    with server.start().connect() as client:
        for body in (READ, PLAIN, PRIVILEGED, b"{"):
            client.verdict(body)
    assert [(record["verdict"]) for record in server.records()] == ["deny", "deny"]


def standard_output_is_a_destination_too(server):
    for words in (("--audit", "-"), ("--audit", "stdout"), ()):
        server.write_policy(to="stdout")
        out = server.dir / "out"
        with out.open("wb") as file:
            server.start(*words, stdout=file)
        with server.connect() as client:
            client.verdict(READ)
        server.stop()
        assert len(server.records(out)) == 1
        assert not server.audit.exists()


def the_option_replaces_the_policys_destination(server):
    other = server.dir / "other.jsonl"
    server.start("--audit", str(other))
    with server.connect() as client:
        client.verdict(READ)
    server.reload()
    assert len(server.records(other)) == 1
    assert not server.audit.exists()


def a_reader_of_standard_output_that_goes_away_denies(server):
    read_end, write_end = os.pipe()
    server.start("--audit", "-", stdout=write_end)
    os.close(write_end)
    with server.connect() as client:
        assert client.verdict(READ)["Allow"] is True
        os.close(read_end)
        assert client.verdict(READ)["Allow"] is False
    assert server.child.poll() is None


def a_link_in_the_trails_place_is_refused(server):
    server.audit.symlink_to(server.dir / "elsewhere")
    assert server.spawn().wait(PATIENCE) == 4
    assert "audit trail" in server.log_text()
    assert not (server.dir / "elsewhere").exists()
    assert not server.socket.exists()


def in_a_folder_that_others_write_only_a_file_of_its_own_will_do(server):
    """What somebody puts there beforehand, or when the trail is rotated, is refused."""
    server.audit = server.dir / "open" / "audit.jsonl"
    server.audit.parent.mkdir()
    server.audit.parent.chmod(0o1777)
    precious = server.audit.parent / "precious"
    precious.write_text("mine")

    def plant_link():
        server.audit.symlink_to(precious)

    def plant_second_name():
        server.audit.hardlink_to(precious)

    def plant_file():
        server.audit.touch()
        os.chown(server.audit, 65534, 65534)
    rows = {"a link is in its place": plant_link, "it has another name too": plant_second_name}
    if is_root():
        rows["it belongs to user 65534"] = plant_file
    server.write_policy()
    for said, plant in rows.items():
        plant()
        assert server.spawn().wait(PATIENCE) == 4 and said in server.log_text(), server.log_text()
        server.audit.unlink()
    server.start()
    for said, plant in rows.items():
        server.audit.unlink()
        plant()
        assert "the policy is refused, the one in force stays: audit trail: " in server.reload()
        server.audit.unlink()
        assert "in force: " in server.reload()
    with server.connect() as client:
        client.verdict(READ)
    assert len(server.records()) == 1 and precious.read_text() == "mine"


def in_a_folder_of_roots_the_trail_may_be_given_away(server):
    if not is_root():
        return "only root gives a file away"
    server.audit.touch(0o640)
    os.chown(server.audit, 65534, 65534)
    with server.start().connect() as client:
        client.verdict(READ)
        server.audit.rename(server.audit.with_suffix(".1"))
        server.audit.touch(0o640)
        os.chown(server.audit, 65534, 65534)
        assert "policy in force: " in server.reload()
        client.verdict(READ)
    assert len(server.records()) == 1
    return None


def what_a_request_says_cannot_break_a_line(server):
    with server.start().connect() as client:
        client.verdict(message(uri='/v1.41/containers/a\n"}\u2028\x7f/json'))
        client.verdict(create(False).replace(b"busybox", b'x\\n{\\"'))
    assert len(server.records()) == 2


def kill_9_loses_no_record_of_an_answer(server):
    answered = []
    for _ in range(3):
        server.start()

        def load():
            try:
                with server.connect() as client:
                    while True:
                        client.verdict(PLAIN)
                        answered.append(1)
            except (OSError, EOFError):
                pass
        threads = [threading.Thread(target=load) for _ in range(4)]
        for thread in threads:
            thread.start()
        before = len(answered)
        wait_until(lambda count=before: len(answered) > count + 200, "the load")
        time.sleep(0.05)
        server.signal(signal.SIGKILL)
        server.child.wait()
        for thread in threads:
            thread.join()
    records = server.records()
    assert [record["seq"] for record in records] == list(range(1, len(records) + 1))
    assert len(answered) <= len(records) <= len(answered) + 3 * 4

# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of the engine: found, absent or unclear; who waits for it, and who does not."""

import contextlib
import json
import pathlib
import re
import signal
import socket
import time

from harness import PATIENCE, PRIVILEGED, READ, message, request, wait_until
from standin import StandIn, answer_of, container
from test_socket import handed_over, listen_at

THREADS, THREADS_OF_ONE = 8, 6
WAITING, WAITING_OF_ONE = 256, 192


def _start(name="web", user=""):
    fields = json.loads(message("POST", f"/v1.41/containers/{name}/start"))
    return json.dumps({"User": user, "UserAuthNMethod": "TLS" if user else "", **fields}).encode()


def _engine_of(server):
    engine = StandIn(server)
    engine.answers["/containers/web/json"] = container("web")
    engine.answers["/containers/mighty/json"] = container("mighty", privileged=True)
    return engine


def _started(server):
    """The server with a stand-in for its engine."""
    engine = _engine_of(server)
    server.start("--engine", str(engine.path))
    return engine


def _status(server):
    with server.connect() as client:
        return json.loads(client.ask(b"", path="/status", method="GET").body)


def _is_undecided(answer, *words):
    assert answer["Allow"] is False and "undecided" in answer["Msg"], (words, answer)
    assert all(word in answer["Msg"] for word in words), (words, answer)


def what_the_engine_keeps_is_judged(server):
    with _started(server), server.connect() as client:
        assert client.verdict(_start()) == {"Allow": True}
        answer = client.verdict(_start("mighty"))
        assert answer["Allow"] is False and "privileged" in answer["Msg"], answer
        assert client.verdict(_start("nobody")) == {"Allow": True}, "the engine says that it is not there"
    assert [(record["verdict"], record["object"]) for record in server.records()] == [
        ("allow", "web"), ("deny", "mighty"), ("allow", "nobody")]


def a_message_that_arrives_in_parts_is_asked_about_too(server):
    with _started(server), server.connect() as client:
        whole = request(_start("mighty"))
        for part in (whole[:-40], whole[-40:-20], whole[-20:]):
            client.send(part)
            time.sleep(0.05)  # so that it is read in parts; together it would be right, too
        assert client.receive().verdict()["Allow"] is False
        assert client.verdict(_start()) == {"Allow": True}


def without_an_engine_it_is_undecided(server):
    server.start("--engine", str(server.dir / "nobody.sock"))
    with server.connect() as client:
        for _ in range(20):
            _is_undecided(client.verdict(_start()), "nobody.sock", "No such file or directory")
        assert client.verdict(READ) == {"Allow": True}
    assert [record["rules"][0]["id"] for record in server.records() if record["rules"]] == ["undecided"] * 20
    told = [line for line in server.log_text().splitlines() if "the engine does not answer" in line]
    assert len(told) == 1 and "nobody.sock: No such file or directory" in told[0], told


def a_socket_that_nobody_answers_is_undecided(server):
    dead = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    dead.bind(str(server.dir / "dead.sock"))
    dead.close()
    server.start("--engine", str(server.dir / "dead.sock"))
    with server.connect() as client:
        _is_undecided(client.verdict(_start()), "Connection refused")


def what_cannot_be_read_is_undecided(server):
    rows = [
        (b"", "HTTP"),
        (b"\0\xff garbage\r\n\r\n", "HTTP"),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\n{}", "cut short"),
        (b"HTTP/1.0 200 OK\r\n\r\n", "cannot be read"),
        (b"HTTP/1.0 404 Not Found\r\n\r\n", "status 404"),
        (b"HTTP/1.0 404 Not Found\r\n\r\nno such thing", "status 404"),
        (b'HTTP/1.0 200 OK\r\n\r\n{"Id":"', "cannot be read"),
        (answer_of(200, [1]), "no object"),
        (answer_of(200, b'{"a":' * 80 + b"1" + b"}" * 80), "cannot be read"),
        (answer_of(200, {"Env": ["x" * (5 << 20)]}), "larger"),
        (answer_of(500, {"message": "a volume driver fails"}), "status 500: a volume driver fails"),
        (answer_of(301, {}), "status 301"),
        (answer_of(403, {"message": "another plugin refuses"}), "status 403"),
        (answer_of(404, {"message": "page not found"}), "status 404"),
    ]
    with _started(server) as engine, server.connect() as client:
        for answer, word in rows:
            engine.answers["/containers/web/json"] = answer or b"\n"
            _is_undecided(client.verdict(_start()), word)
    found = _status(server)
    assert (found["lookups"], found["lookups_failed"]) == (len(rows), len(rows)), found
    assert len(server.records()) == len(rows)


def _join(network):
    body = {"Image": "busybox", "User": "1", "HostConfig": {"NetworkMode": network}}
    return message("POST", "/v1.41/containers/create", body)


def references_reach_the_engine_as_they_are(server):
    """By networks, whose names may hold almost anything."""
    rows = {"a b": "a%20b", "a+b": "a%2Bb", "\u00e4": "%C3%A4", "a~b_c.d-e": "a~b_c.d-e", "a&b=c;d": "a%26b%3Dc%3Bd",
            "...": "...", "a:b@c": "a:b@c", "a\"b<c>\\": "a%22b%3Cc%3E%5C"}
    with _started(server) as engine, server.connect() as client:
        for written, asked in rows.items():
            assert client.verdict(_join(written))["Allow"] is False, "there is no such network"
            assert [question.path for question in engine.questions] == [f"/networks/{asked}"], engine.questions[-1].path
            assert re.fullmatch("quaywarden=[0-9a-f]{32}", engine.questions.pop().query)
        _is_undecided(client.verdict(_join("a" * 513)), "no name or id")
        assert engine.questions == [], "what no engine holds is not asked for"


def no_token_is_used_twice(server):
    with _started(server) as engine, server.connect() as client:
        for _ in range(20):
            assert client.verdict(_start()) == {"Allow": True}
        assert len({question.query for question in engine.questions}) == 20


def who_asks_for_nothing_does_not_wait_for_who_does(server):
    """More requests wait for the engine than there are threads that may, and it does not move before all is shown."""
    with _started(server) as engine, contextlib.ExitStack() as stack:
        engine.may_answer.clear()
        waiting = [stack.enter_context(server.connect()) for _ in range(3 * THREADS)]
        for number, client in enumerate(waiting):
            client.send(request(_start(user=f"user{number}")))
        engine.wait_for(THREADS)  # the engine's questions about our questions were answered, each on a new connection
        with server.connect() as client:
            for _ in range(50):
                assert client.verdict(READ) == {"Allow": True}
                assert client.verdict(PRIVILEGED)["Allow"] is False
            assert client.ask(b"", path="/Plugin.Activate").status == 200
            wait_until(lambda: _status(server)["queued"] == 2 * THREADS, "all have arrived")
            assert _status(server)["asking"] == THREADS
        engine.may_answer.set()
        for client in waiting:
            assert client.receive().verdict() == {"Allow": True}
    found = _status(server)
    assert (found["asking"], found["queued"], found["lookups_failed"]) == (0, 0, 0), found
    assert found["lookups"] == found["own_queries"] == 3 * THREADS, found
    assert found["requests"] == 100 + 3 * THREADS, found


def nobody_gets_all_threads(server):
    with _started(server) as engine, contextlib.ExitStack() as stack:
        engine.may_answer.clear()
        greedy = [stack.enter_context(server.connect()) for _ in range(2 * THREADS)]
        for client in greedy:
            client.send(request(_start("stuck", user="greedy")))
        wait_until(lambda: _status(server)["queued"] == 2 * THREADS - THREADS_OF_ONE, "the others of greedy wait")
        assert _status(server)["asking"] == THREADS_OF_ONE
        with server.connect() as client:
            client.send(request(_start(user="modest")))
            engine.wait_for(THREADS_OF_ONE + 1)
            assert [question.path for question in engine.asked()].count("/containers/web/json") == 1
            engine.may_answer.set()
            assert client.receive().verdict() == {"Allow": True}
        for client in greedy:
            assert client.receive().verdict() == {"Allow": True}, "and those of greedy are all asked in the end"
    assert _status(server)["lookups"] == 2 * THREADS + 1


def the_time_that_it_waits_is_in_the_record(server):
    with _started(server) as engine, server.connect() as client:
        engine.may_answer.clear()
        client.send(request(_start()))
        engine.wait_for(1)
        start = time.monotonic()
        time.sleep(0.2)
        held_us = (time.monotonic() - start) * 1e6
        engine.may_answer.set()
        assert client.receive().verdict() == {"Allow": True}
    [record] = server.records()
    assert record["duration_us"] >= held_us, record


def an_engine_that_does_not_answer_is_not_waited_for(server):
    with _started(server) as engine, server.connect() as client:
        engine.may_answer.clear()
        client.send(request(_start()))
        _is_undecided(client.receive().verdict(), "in time")
        assert client.verdict(READ) == {"Allow": True}
    assert _status(server)["lookups_failed"] == 1


def a_question_that_comes_too_late_raises_no_other(server):
    """The engine asks about it when nobody waits for its answer any more."""
    with _started(server) as engine, server.connect() as client:
        engine.may_ask.clear()
        client.send(request(_start()))
        _is_undecided(client.receive().verdict(), "in time")
        before = len(server.records())
        engine.may_ask.set()
        engine.wait_for(1)
        assert engine.questions[0].verdict["Allow"] is False
        assert len(server.records()) == before == 1
        target = engine.questions[0].target
        assert engine.ask_plugin(message("GET", target)) == {"Allow": True}, "now it is anybody's, judged by the policy"
    assert server.records()[-1]["uri"] == target.split("=")[0] + "=***"


def _refused(server):
    return [record for record in server.records() if record["rules"] and "too many" in record["rules"][0]["reason"]]


def _overrun(server, users, places):
    """More requests of these users than there are places: those that have none are refused, and the others are not."""
    more = 30
    with _started(server) as engine, contextlib.ExitStack() as stack:
        engine.may_answer.clear()
        waiting = [stack.enter_context(server.connect()) for _ in range(places + more)]
        for number, client in enumerate(waiting):
            client.send(request(_start(user=users[number % len(users)])))
        wait_until(lambda: _refused(server), "one is refused")
        engine.may_answer.set()
        answers = [client.receive().verdict() for client in waiting]
    said = [answer for answer in answers if "too many requests wait" in answer.get("Msg", "")]
    assert 0 < len(said) <= more + THREADS and len(said) == len(_refused(server)), (len(said), len(_refused(server)))
    assert all(not answer["Allow"] and "undecided" in answer["Msg"] for answer in said)
    assert _refused(server)[0]["object"] == "web" and _refused(server)[0]["rules"][0]["id"] == "undecided"
    assert len(server.records()) == len(waiting)


def too_many_that_wait_are_refused(server):
    _overrun(server, ["alice", "bob", "carol"], THREADS + WAITING)


def too_many_of_one_are_refused(server):
    _overrun(server, ["alice"], THREADS_OF_ONE + WAITING_OF_ONE)


def _was_heard(server, number):
    """Has the server taken the signal from its descriptor?"""
    status = pathlib.Path(f"/proc/{server.child.pid}/status").read_text()
    return not int(re.search(r"ShdPnd:\s*(\S+)", status)[1], 16) & 1 << (number - 1)


def _end_while_it_asks(server, engine):
    """The engine asks about the question only when the end has begun, and on a new connection."""
    with engine, server.connect() as client:
        engine.may_ask.clear()
        client.send(request(_start("mighty")))
        wait_until(lambda: engine.questions, "the question is with the engine")
        server.signal(signal.SIGTERM)
        wait_until(lambda: _was_heard(server, signal.SIGTERM), "the server knows that it is to end")
        engine.may_ask.set()
        answer = client.receive().verdict()
        assert answer["Allow"] is False and "undecided" not in answer["Msg"], answer
    assert server.child.wait(PATIENCE) == 0
    assert [record["verdict"] for record in server.records()] == ["deny"]


def at_the_end_what_waits_for_the_engine_is_finished(server):
    _end_while_it_asks(server, _started(server))


def so_it_is_on_systemds_socket(server):
    """Whose queue else waits for the next server from the first moment of the end on."""
    with listen_at(server.socket) as listener:
        engine = _engine_of(server)
        how = handed_over(server, listener)
        how["argv"] += ["--engine", str(engine.path)]
        server.start(**how)
        _end_while_it_asks(server, engine)


def at_the_end_an_engine_that_hangs_is_not_waited_for(server):
    with _started(server) as engine, contextlib.ExitStack() as stack:
        engine.may_answer.clear()
        waiting = [stack.enter_context(server.connect()) for _ in range(2 * THREADS)]
        for client in waiting:
            client.send(request(_start()))
        engine.wait_for(THREADS_OF_ONE)
        server.signal(signal.SIGTERM)
        for client in waiting:
            _is_undecided(client.receive().verdict())
    assert server.child.wait(PATIENCE) == 0
    assert len(server.records()) == len(waiting)


def who_leaves_meanwhile_is_recorded(server):
    with _started(server) as engine:
        engine.may_answer.clear()
        leavers = [server.connect() for _ in range(2)]
        for client in leavers:
            client.send(request(_start("mighty")))
        engine.wait_for(2)
        leavers[0].socket.close()
        leavers[1].socket.shutdown(socket.SHUT_WR)
        engine.may_answer.set()
        wait_until(lambda: len(server.records()) == 2, "both are recorded")
        with server.connect() as client:
            assert client.verdict(_start()) == {"Allow": True}
            wait_until(lambda: _status(server)["connections"] <= 2, "they are forgotten")
        leavers[1].socket.close()
    assert [record["verdict"] for record in server.records()] == ["deny", "deny", "allow"]


def a_reload_meanwhile_changes_nothing(server):
    with _started(server) as engine, server.connect() as client:
        engine.may_answer.clear()
        client.send(request(_start("mighty")))
        engine.wait_for(1)
        server.replace_policy(profile="unrestricted")
        assert "in force" in server.reload()
        assert server.allows_privileged()
        engine.may_answer.set()
        assert client.receive().verdict()["Allow"] is False, "it is judged by the policy under which it came"
    newer, older = server.records()
    assert older["object"] == "mighty" and older["policy"] != newer["policy"]


def _restrict_to_alice(server):
    server.policy.write_text(server.policy_text().replace('match: ["*", anonymous]', "match: [alice]"))


def only_our_own_question_passes_with_its_token(server):
    _restrict_to_alice(server)
    with _started(server) as engine, server.connect() as client:
        engine.may_ask.clear()
        client.send(request(_start(user="alice")))
        wait_until(lambda: engine.questions, "the question is with the engine")
        target = engine.questions[0].target
        token = target[-32:]
        plain = json.loads(message("GET", target))
        forged = [
            message("GET", target[:-32] + "0" * 32),
            message("GET", target[:-1]),
            message("GET", target + "0"),
            message("GET", target + "&x=1"),
            message("GET", "/v1.41" + target),
            message("GET", target.replace("web", "mighty")),
            message("POST", target),
            message("HEAD", target),
            message("DELETE", f"/containers/web?quaywarden={token}"),
            message("GET", target, body={}),
            json.dumps({**plain, "User": "mallory"}).encode(),
            json.dumps({**plain, "UserAuthNMethod": "TLS"}).encode(),
        ]
        for question in forged:
            assert engine.ask_plugin(question)["Allow"] is False, question
        engine.may_ask.set()
        assert client.receive().verdict() == {"Allow": True}, "none of them has used it up"
        assert engine.ask_plugin(message("GET", target))["Allow"] is False, "it is good once"
    records = server.records()
    assert len(records) == len(forged) + 2 and _status(server)["own_queries"] == 1
    assert token not in server.audit.read_text() and token not in server.log_text()


def a_used_token_is_dead_before_the_answer_comes(server):
    _restrict_to_alice(server)
    with _started(server) as engine, server.connect() as client:
        engine.may_answer.clear()
        client.send(request(_start(user="alice")))
        engine.wait_for(1)
        assert engine.ask_plugin(message("GET", engine.questions[0].target))["Allow"] is False
        engine.may_answer.set()
        assert client.receive().verdict() == {"Allow": True}
    assert [record["verdict"] for record in server.records()] == ["deny", "allow"]

# SPDX-License-Identifier: GPL-3.0-or-later
"""Endpoints, bodies and answers."""

import json
import pathlib

from harness import PLAIN, PRIVILEGED, READ, request, wait_until

MAX = 16 << 20
TYPE = "application/vnd.docker.plugins.v1.2+json"


def padded(size):
    """A harmless message of exactly so many bytes."""
    return READ + b" " * (size - len(READ))


def activation_names_the_authz_interface(server):
    with server.start().connect() as client:
        answer = client.ask(b"", path="/Plugin.Activate")
        assert json.loads(answer.body) == {"Implements": ["authz"]}
        assert answer.headers["content-type"] == TYPE


def a_plain_request_is_allowed_and_nothing_more_is_said(server):
    with server.start().connect() as client:
        answer = client.ask(PLAIN)
        assert answer.verdict() == {"Allow": True}
        assert answer.headers["content-type"] == TYPE


def a_privileged_create_is_denied_with_its_reason(server):
    with server.start().connect() as client:
        verdict = client.verdict(PRIVILEGED)
        assert verdict["Allow"] is False
        assert "privileged" in verdict["Msg"]
        assert not verdict.get("Err")


def a_response_is_allowed_whatever_it_holds_and_leaves_no_record(server):
    with server.start().connect() as client:
        for body in (b"", b"{", b"\0" * 65536, READ):
            assert client.ask(body, path="/AuthZPlugin.AuthZRes").verdict() == {"Allow": True}
    assert server.records() == []


def anything_else_is_not_found_and_keeps_the_connection(server):
    with server.start().connect() as client:
        for method, path in (("GET", "/Plugin.Activate"), ("GET", "/AuthZPlugin.AuthZReq"), ("PUT", "/AuthZPlugin.AuthZReq"),
                             ("POST", "/"), ("POST", "/authzplugin.authzreq"), ("POST", "/AuthZPlugin.AuthZReq/"),
                             ("POST", "//AuthZPlugin.AuthZReq"), ("DELETE", "/x"), ("BREW", "/AuthZPlugin.AuthZReq")):
            assert client.ask(READ, method=method, path=path).status == 404, (method, path)
        assert client.verdict(READ)["Allow"] is True
    assert len(server.records()) == 1


def an_empty_message_is_denied_with_a_reason_of_its_own(server):
    with server.start().connect() as client:
        empty = client.verdict(b"")
        client.send(b"POST /AuthZPlugin.AuthZReq HTTP/1.1\r\nHost: q\r\n\r\n")
        without_length = client.receive().verdict()
        broken = client.verdict(b"{")
    assert empty["Allow"] is False and "empty" in empty["Msg"], empty
    assert without_length == empty
    assert broken["Msg"] != empty["Msg"]


def a_malformed_message_is_denied_in_msg_and_err(server):
    with server.start().connect() as client:
        for body in (b"{", b"[]", b"null", b"\xff\xfe", b'{"RequestMethod":1}', READ + b"x", READ[:-1]):
            verdict = client.verdict(body)
            assert verdict["Allow"] is False, body
            assert verdict["Msg"] and verdict["Err"], body


def a_message_of_16_mib_is_read(server):
    with server.start().connect() as client:
        assert client.verdict(padded(MAX)) == {"Allow": True}


def a_larger_message_is_denied_and_the_connection_lives(server):
    with server.start().connect() as client:
        for size in (MAX + 1, 40 << 20):
            verdict = client.verdict(padded(size))
            assert verdict["Allow"] is False
            assert "16 MiB" in verdict["Msg"] and "16 MiB" in verdict["Err"]
        assert client.verdict(READ)["Allow"] is True
    assert [record["verdict"] for record in server.records()] == ["deny", "deny", "allow"]


def a_large_message_leaves_no_memory_behind(server):
    with server.start().connect() as client:
        client.verdict(READ)
        before = server.resident_mib()
        for _ in range(4):
            client.verdict(padded(MAX))
        # The answer is here a moment before what was asked is forgotten.
        wait_until(lambda: server.sanitized or server.resident_mib() - before < 2, "the memory is given back")


def chunks_make_a_message(server):
    with server.start().connect() as client:
        def chunked(*parts):
            yield b"POST /AuthZPlugin.AuthZReq HTTP/1.1\r\nHost: q\r\nTransfer-Encoding: chunked\r\n\r\n"
            for part in parts:
                yield b"%x\r\n%s\r\n" % (len(part), part)
            yield b"0\r\n\r\n"
        client.send(b"".join(chunked(PRIVILEGED[:7], PRIVILEGED[7:30], PRIVILEGED[30:])))
        assert "privileged" in client.receive().verdict()["Msg"]
        client.send(b"".join(chunked(PLAIN)))
        assert client.receive().verdict() == {"Allow": True}
        for part in chunked(*[b" " * (1 << 20)] * 17):
            client.send(part)
        assert "16 MiB" in client.receive().verdict()["Msg"]
    assert len(server.records()) == 3


def a_message_may_come_byte_by_byte(server):
    with server.start().connect() as client:
        for byte in request(PRIVILEGED):
            client.send(bytes([byte]))
        assert "privileged" in client.receive().verdict()["Msg"]
    assert len(server.records()) == 1


def requests_in_one_go_are_answered_in_order(server):
    with server.start().connect() as client:
        client.send(b"".join(request(body) for body in (PLAIN, PRIVILEGED, b"{") * 20))
        verdicts = [client.receive().verdict() for _ in range(60)]
        assert [verdict["Allow"] for verdict in verdicts] == [True, False, False] * 20
    assert len(server.records()) == 60


def a_body_that_is_announced_is_waited_for(server):
    with server.start().connect() as client:
        client.send(request(b"x" * 5000).replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n"))
        assert client.receive().verdict()["Allow"] is False


def what_is_no_http_ends_its_connection_alone(server):
    server.start("--request-timeout", "1")
    for noise in (b"\x16\x03\x01\x02\x00\x01\x00" * 40, b"GET\r\n\r\n", b"\0" * 40000, b"POST / HTTP/1.1\r\n" + b"a" * 60000,
                  b"POST /AuthZPlugin.AuthZReq HTTP/1.1\r\nHost: q\r\nContent-Length: -1\r\n\r\n",
                  b"POST /AuthZPlugin.AuthZReq HTTP/1.1\r\nHost: q\r\nContent-Length: 99999999999999999999\r\n\r\n",
                  b"POST /AuthZPlugin.AuthZReq HTTP/1.1\r\nHost: q\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"):
        with server.connect() as client:
            try:
                client.send(noise)
            except ConnectionError:
                pass
            assert client.is_closed_within(), noise[:40]
    with server.connect() as client:
        assert client.verdict(READ)["Allow"] is True
    assert all(record["verdict"] == "allow" for record in server.records())


def there_are_as_many_threads_as_are_asked_for(server):
    for count in (1, 3):
        server.start("--threads", str(count))
        names = [(task / "comm").read_text() for task in pathlib.Path(f"/proc/{server.child.pid}/task").iterdir()]
        assert len([name for name in names if name.startswith("MHD-")]) == count, names
        server.stop()

# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP/1.1 over a unix socket, byte by byte: request lines, repeated headers and chunks as they are given."""

import http.client
import json
import re
import socket
import struct

from harness.process import PATIENCE

UPGRADED = 101


class Answer:
    def __init__(self, status, body):
        self.status = status
        self.body = body

    @property
    def text(self):
        return self.body.decode(errors="replace")

    def json(self):
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def message(self):
        found = self.json()
        return found["message"] if isinstance(found, dict) and "message" in found else self.text


def connect(path, seconds):
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(seconds)
    connection.connect(str(path))
    return connection


def head(method, target, headers):
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    if not any(name.lower() == "host" for name, _ in headers):
        lines.insert(1, "Host: docker")
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def chunks(body):
    half = len(body) // 2
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:half], body[half:]) if part) + b"0\r\n\r\n"


def encode(method, target, headers, body, chunked):
    """The request's bytes: no header is added but Host and the framing."""
    if chunked:
        return head(method, target, (*headers, ("Transfer-Encoding", "chunked"))) + chunks(body)
    if body and not any(name.lower() == "content-length" for name, _ in headers):
        headers = (*headers, ("Content-Length", str(len(body))))
    return head(method, target, headers) + body


def receive(connection, method):
    response = http.client.HTTPResponse(connection, method=method)
    response.begin()
    if response.status == UPGRADED:
        connection.settimeout(1) # it need not end
        return Answer(response.status, read_stream(response.fp))
    return Answer(response.status, response.read())


def read_stream(source):
    """What an upgraded connection says until it ends, or until nothing comes any more."""
    data = b""
    try:
        while piece := source.read1(65536):
            data += piece
    except TimeoutError:
        pass
    return data


def send(path, method, target, headers=(), body=b"", chunked=False, seconds=PATIENCE):
    with connect(path, seconds) as connection:
        try:
            connection.sendall(encode(method, target, headers, body, chunked))
        except BrokenPipeError:
            pass # refused before the whole body was read: the answer is there
        return receive(connection, method)


def send_raw(path, data, seconds=PATIENCE):
    """Send bytes as they are, several requests maybe, and return an Answer with the status of the last response."""
    with connect(path, seconds) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while piece := connection.recv(65536):
            received += piece
    heads = re.findall(rb"HTTP/1\.\d (\d{3}) ", received)
    return Answer(int(heads[-1]) if heads else 0, received)


def unframed(data):
    """What a container wrote: the frames of its two streams put together, or the bytes of a terminal."""
    parts = []
    while len(data) >= 8 and data[0] in (0, 1, 2) and data[1:4] == b"\0\0\0":
        size = struct.unpack(">I", data[4:8])[0]
        parts.append(data[8:8 + size])
        data = data[8 + size:]
    return (b"".join(parts) + data).decode(errors="replace")

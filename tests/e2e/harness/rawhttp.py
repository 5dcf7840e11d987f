# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP/1.1 over a unix socket, with nothing between the test and the bytes on the wire."""

import http.client
import json
import socket

from .process import PATIENCE


class Answer:
    def __init__(self, status, body):
        self.status = status
        self.text = body.decode(errors="replace")

    def message(self):
        """What the engine says in an error, or the whole body."""
        try:
            return json.loads(self.text)["message"]
        except (ValueError, KeyError, TypeError):
            return self.text


class Connection:
    def __init__(self, path, seconds=PATIENCE):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(seconds)
        self.socket.connect(str(path))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def request(self, method, target, headers=(), body=b"", chunked=False):
        """Send what is given and no header more than Host and the framing; return the Answer."""
        lines = [f"{method} {target} HTTP/1.1", "Host: docker"]
        lines += [f"{name}: {value}" for name, value in headers]
        if chunked:
            lines.append("Transfer-Encoding: chunked")
            half = len(body) // 2
            body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:half], body[half:])) + b"0\r\n\r\n"
        elif body:
            lines.append(f"Content-Length: {len(body)}")
        try:
            self.socket.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        except BrokenPipeError:
            pass # refused before the whole body was read: the answer is there
        response = http.client.HTTPResponse(self.socket, method=method)
        response.begin()
        return Answer(response.status, response.read())


def request(path, method, target, headers=(), body=b"", chunked=False):
    with Connection(path) as connection:
        return connection.request(method, target, headers, body, chunked)

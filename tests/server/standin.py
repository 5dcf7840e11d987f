# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for the engine: a socket that answers inspections, and asks the plugin first, as dockerd does."""

import json
import socket
import threading
import urllib.parse

from harness import Client, message, request, wait_until


def answer_of(status, body, reason="OK"):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return f"HTTP/1.0 {status} {reason}\r\nContent-Type: application/json\r\nContent-Length: {len(raw)}\r\n\r\n".encode() + raw


def container(name, privileged=False):
    """What the engine says of one, as far as it matters here."""
    return answer_of(200, {"Id": "ab" * 32, "Name": "/" + name, "Mounts": [],
                           "HostConfig": {"Privileged": privileged, "NetworkMode": "none"}, "Config": {"Image": "busybox"}})


class Ordinary(dict):
    """Answers of an engine that has whatever it is asked for, and nothing that any policy would mind."""

    def get(self, path, default=None):
        kind, _, name = urllib.parse.unquote(path).removeprefix("/").removesuffix("/json").partition("/")
        limits = {"Memory": 1 << 20, "MemorySwap": 1 << 20, "NanoCpus": 1000000, "PidsLimit": 1, "CapDrop": ["ALL"],
                  "SecurityOpt": ["no-new-privileges"], "NetworkMode": "none", "ReadonlyRootfs": True}
        objects = {
            "containers": {"Name": f"/{name}", "Mounts": [], "HostConfig": limits,
                           "Config": {"Image": "registry.example.com/app:1", "User": "1000:1000"}},
            "networks": {"Name": name, "Driver": "bridge"},
            "volumes": {"Name": name, "Driver": "local", "Options": None},
            "images": {"Id": "sha256:" + "cd" * 32, "Config": {}},
            "exec": {"ID": name, "ContainerID": "web", "ProcessConfig": {"privileged": False, "user": "1000:1000"}},
        }
        return answer_of(200, objects[kind]) if kind in objects else default


class Question:
    """One that arrived: held until both gates are open."""

    def __init__(self, target):
        self.target = target
        self.path, _, self.query = target.partition("?")
        self.verdict = None  # the plugin's, once it was asked


class StandIn:
    """Answers GET path from `answers`, {path: bytes}; what is not there is absent."""

    def __init__(self, server, answers=None):
        self.server = server
        self.path = server.dir / "engine.sock"
        self.answers = {} if answers is None else answers
        self.questions = []
        self.may_ask = threading.Event()  # the plugin, about the question
        self.may_answer = threading.Event()
        self.may_ask.set()
        self.may_answer.set()
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.bind(str(self.path))
        self.socket.listen(512)
        self.threads = [threading.Thread(target=self._accept, daemon=True)]
        self.threads[0].start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.may_ask.set()
        self.may_answer.set()
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        for thread in self.threads:
            thread.join(20)

    def asked(self):
        """The questions that the plugin was asked about, by which it has let them pass or not."""
        return [question for question in list(self.questions) if question.verdict]

    def wait_for(self, count):
        """Until so many questions are here, each let through by the plugin."""
        wait_until(lambda: len(self.asked()) >= count, f"{count} questions are with the engine")

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.threads.append(threading.Thread(target=self._serve, args=(connection,), daemon=True))
            self.threads[-1].start()

    def _serve(self, connection):
        with connection:
            head = b""
            while b"\r\n\r\n" not in head:
                part = connection.recv(65536)
                if not part:
                    return
                head += part
            method, target, _ = head.split(b"\r\n")[0].decode().split(" ")
            assert method == "GET", method
            question = Question(target)
            self.questions.append(question)
            self.may_ask.wait()
            try:
                question.verdict = self.ask_plugin(message("GET", target))
                self.may_answer.wait()
                connection.sendall(self._answer(question))
            except OSError:
                pass  # the server has ended, or does not wait any more

    def ask_plugin(self, body):
        with Client(self.server.socket) as client:
            client.send(request(body))
            return client.receive().verdict()

    def _answer(self, question):
        if not question.verdict["Allow"]:
            return answer_of(403, {"message": question.verdict["Msg"]}, "Forbidden")
        return self.answers.get(question.path) or answer_of(404, {"message": "No such container"}, "Not Found")

# SPDX-License-Identifier: GPL-3.0-or-later
"""What quaywarden asks the engine comes back to it as a question of the engine: that neither waits for the other.

Each test takes (engine, plugin, note), returns the list of what is wrong, and appends figures worth printing to note.
"""

import collections
import http.server
import json
import re
import socketserver
import threading

from .plugin import SOCKET
from .rawhttp import Connection, request

OWN = re.compile(r"/containers/web/json\?quaywarden=[0-9a-f]{32}")
CLIENTS, ROUNDS = 64, 5


def starts_in_parallel(engine, plugin, note):
    """Far more requests that hang on a look-up than there are threads that may wait for one."""
    engine.make_fixtures()
    mark = plugin.trail.mark()
    before = plugin.figures()
    answers = collections.Counter()

    def work():
        with Connection(engine.socket) as connection:
            for _ in range(ROUNDS):
                answer = connection.request("POST", "/v1.41/containers/web/start", (("Content-Length", "0"),))
                answers[answer.status] += 1

    workers = [threading.Thread(target=work) for _ in range(CLIENTS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    after = plugin.figures()
    engine.sweep()
    asked, own, failed = (after[name] - before[name] for name in ("lookups", "own_queries", "lookups_failed"))
    took = sorted(record["duration_us"] for record in plugin.trail.since(mark) if record["action"] == "container.start")
    note.append(f"{sum(answers.values())} starts, {asked} look-ups, median {took[len(took) // 2]} µs")
    problems = [] if answers == {304: CLIENTS * ROUNDS} else [f"answers by status: {dict(answers)}"]
    if asked < CLIENTS * ROUNDS or own != asked or failed:
        problems.append(f"{asked} look-ups, {failed} of them failed, and {own} of the engine's questions about them")
    problems += [f"in the trail: {record['uri']}" for record in plugin.trail.since(mark) if "quaywarden" in record["uri"]]
    return problems


class Other(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Another authorization plugin, which allows all and remembers what it was shown."""

    daemon_threads = True

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = {"Implements": ["authz"]} if self.path == "/Plugin.Activate" else {"Allow": True}
            if self.path == "/AuthZPlugin.AuthZReq":
                self.server.shown.append(json.loads(body))
            raw = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_):
            pass

    def __init__(self, name):
        self.shown = []
        self.path = SOCKET.with_name(f"{name}.sock")
        super().__init__(str(self.path), Other.Handler)

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()
        self.path.unlink()


def another_plugin_is_asked_too(engine, plugin, note):
    """Before quaywarden or after it; and what it was shown of our questions is of no use to it."""
    problems = []
    engine.terminate()
    for order in (("other", "quaywarden"), ("quaywarden", "other")):
        with Other("other") as other:
            engine.start(plugins=order)
            engine.make_fixtures()
            mark = plugin.trail.mark()
            status = request(engine.socket, "POST", "/v1.41/containers/web/start", (("Content-Length", "0"),)).status
            shown = [message["RequestUri"] for message in other.shown if OWN.fullmatch(message["RequestUri"])]
            if status != 304 or len(shown) != 1:
                problems.append(f"{order}: status {status}, of our questions it was shown {shown}")
            for target in shown:
                request(engine.socket, "GET", target)
            recorded = [record["uri"] for record in plugin.trail.since(mark) if "quaywarden" in record["uri"]]
            if recorded != ["/containers/web/json?quaywarden=***"]:
                problems.append(f"{order}: asked again, the trail has {recorded}")
            engine.sweep()
            engine.terminate()
        note.append(" before ".join(order))
    engine.start()
    return problems


TESTS = [starts_in_parallel, another_plugin_is_asked_too]

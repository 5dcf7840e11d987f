# SPDX-License-Identifier: GPL-3.0-or-later
"""What is beside an engine: a web server and registry of the attacker's, and a volume plugin of the host's."""

import hashlib
import http.server
import io
import json
import os
import socketserver
import tarfile
import threading
import urllib.parse

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


def tar_of(files):
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        for name, content in files.items():
            content = content.encode() if isinstance(content, str) else content
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            entry.mode = 0o755
            tar.addfile(entry, io.BytesIO(content))
    return data.getvalue()


def digest_of(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Web(http.server.BaseHTTPRequestHandler):
    """GET of files and of the one image that the registry has; uploads are taken and noted."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", kind="application/octet-stream", **headers):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self):
        server = self.server
        server.asked.append(self.path)
        last = self.path.rpartition("/")[2]
        if last in server.files:
            return self.answer(200, server.files[last])
        if self.path == "/v2/":
            return self.answer(200, b"{}", "application/json", Docker_Distribution_Api_Version="registry/2.0")
        if "/manifests/" in self.path and server.manifest and "/pushed" not in self.path:
            return self.answer(200, server.manifest, MANIFEST, Docker_Content_Digest=digest_of(server.manifest))
        if "/blobs/" in self.path and last in server.blobs:
            return self.answer(200, server.blobs[last])
        return self.answer(404)

    do_HEAD = do_GET

    def do_POST(self):
        self.read_body()
        self.answer(202, Location=f"{self.path.rstrip('/')}/{len(self.server.asked)}", Docker_Upload_UUID="1",
                    Range="0-0")

    def do_PATCH(self):
        data = self.read_body()
        self.server.uploads[self.path.partition("?")[0]] = data
        self.answer(202, Location=self.path, Docker_Upload_UUID="1", Range=f"0-{len(data)}")

    def do_PUT(self):
        self.server.asked.append(self.path)
        data = self.read_body()
        wanted = urllib.parse.parse_qs(urllib.parse.urlparse(self.path).query).get("digest", [""])[0]
        self.server.blobs[wanted] = self.server.uploads.pop(self.path.partition("?")[0], data)
        self.answer(201, Docker_Content_Digest=wanted or digest_of(data))

    def read_body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        data = b""
        while size := int(self.rfile.readline(), 16):
            data += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return data


class WebServer(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass # the engine hangs up when it knows enough

    def __init__(self, layer):
        super().__init__(("127.0.0.1", 0), Web)
        self.asked = []
        self.uploads = {}
        self.files = {"context.tar": tar_of({"Dockerfile": "FROM busybox:1\nRUN cat /proc/self/mounts >/dev/null\n"}),
                      "Dockerfile": b"FROM busybox:1\nRUN readlink /proc/self/ns/net | tee /net\n",
                      "files.tar": layer}
        config = json.dumps({"architecture": "amd64", "os": "linux", "config": {"Cmd": ["true"]},
                             "rootfs": {"type": "layers", "diff_ids": [digest_of(layer)]}}).encode()
        self.blobs = {digest_of(config): config, digest_of(layer): layer}
        self.manifest = json.dumps({
            "schemaVersion": 2, "mediaType": MANIFEST,
            "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "size": len(config),
                       "digest": digest_of(config)},
            "layers": [{"mediaType": "application/vnd.docker.image.rootfs.diff.tar", "size": len(layer),
                        "digest": digest_of(layer)}]}).encode()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def address(self):
        return f"127.0.0.1:{self.server_address[1]}"


class HandyPlugin(http.server.BaseHTTPRequestHandler):
    """A driver of networks, and of volumes that are all one folder of the host."""

    folder = ""
    made = set()

    def log_message(self, *_):
        pass

    def address_string(self):
        return "unix"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        name = json.loads(body or b"{}").get("Name", "")
        if self.path == "/VolumeDriver.Create":
            self.made.add(name)
        volume = {"Name": name, "Mountpoint": self.folder} if name in self.made else None
        answers = {"/Plugin.Activate": {"Implements": ["VolumeDriver", "NetworkDriver", "IpamDriver"]},
                   "/VolumeDriver.Get": {"Volume": volume, "Err": "" if volume else "no such volume"},
                   "/VolumeDriver.List": {"Volumes": [], "Err": ""},
                   "/NetworkDriver.GetCapabilities": {"Scope": "local"}, "/NetworkDriver.CreateNetwork": {},
                   "/IpamDriver.GetCapabilities": {}, "/IpamDriver.GetDefaultAddressSpaces": {
                       "LocalDefaultAddressSpace": "handy", "GlobalDefaultAddressSpace": "handy"},
                   "/IpamDriver.RequestPool": {"PoolID": "one", "Pool": "10.93.0.0/24", "Data": {}},
                   "/IpamDriver.RequestAddress": {"Address": "10.93.0.1/24", "Data": {}},
                   "/VolumeDriver.Capabilities": {"Capabilities": {"Scope": "local"}}}
        data = json.dumps(answers.get(self.path, {"Mountpoint": self.folder, "Err": ""})).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def serve_drivers(path, folder):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    handler = type("Handler", (HandyPlugin,), {"folder": str(folder)})
    server = socketserver.ThreadingUnixStreamServer(str(path), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()

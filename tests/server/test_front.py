# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom certificates name: by front's CA, by another one of its name, by any other."""

import base64
import json
import subprocess

from harness import PATIENCE

POLICY = """\
version: 1
roles: {{ everything: {{ allow: ["*"] }} }}
tenants:
  - {{ name: host, match: [alice], via: front, objects: all, role: everything, profile: baseline }}
  - {{ name: company, match: [alice], via: Company CA, objects: all, role: everything, profile: baseline }}
  - {{ name: elsewhere, match: [alice], via: tls, objects: all, role: everything, profile: baseline }}
  - {{ name: local, match: [anonymous], objects: all, role: everything, profile: baseline }}
audit: {{ to: [{to}] }}
"""


def _openssl(*words):
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)


def _authority(folder, name, common_name):
    """NAME.pem and NAME.key of a CA."""
    _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 30,
             "-subj", f"/CN={common_name}", "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem")
    return folder / f"{name}.pem"


def _issue(folder, name, subject="/CN=alice"):
    """The PEM of a certificate that the CA issued."""
    _openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", subject,
             "-keyout", folder / "client.key", "-out", folder / "client.csr")
    _openssl("x509", "-req", "-in", folder / "client.csr", "-CA", folder / f"{name}.pem",
             "-CAkey", folder / f"{name}.key", "-days", 30, "-out", folder / "client.pem")
    return (folder / "client.pem").read_bytes()


def _who(user, *certificates):
    fields = {"RequestMethod": "GET", "RequestUri": "/v1.41/containers/json", "RequestHeaders": {}}
    if user:
        fields |= {"User": user, "UserAuthNMethod": "TLS",
                   "RequestPeerCertificates": [base64.b64encode(each).decode() for each in certificates]}
    return json.dumps(fields).encode()


def _tenant(server, client, message):
    client.verdict(message)
    return server.records()[-1].get("tenant")


def _start(server, *more):
    server.policy.write_text(POLICY.format(to=server.audit))
    return server.start(*more)


def a_certificate_that_fronts_ca_signed_comes_through_front(server):
    ca = _authority(server.dir, "front", "quaywarden front")
    certificate = _issue(server.dir, "front", "/CN=alice/OU=docker")
    _start(server, "--front-ca", str(ca))
    with server.connect() as client:
        assert _tenant(server, client, _who("alice", certificate)) == "host"
    record = server.records()[-1]
    assert (record["via"], record["groups"]) == ("front", ["docker"]), record


def another_cas_alice_is_not_the_hosts(server):
    ca = _authority(server.dir, "front", "quaywarden front")
    _authority(server.dir, "company", "Company CA")
    _authority(server.dir, "copy", "quaywarden front")
    others = [(_issue(server.dir, "company"), "company"), (_issue(server.dir, "copy"), "elsewhere")]
    fronts = _issue(server.dir, "front")
    _start(server, "--front-ca", str(ca))
    with server.connect() as client:
        for certificate, tenant in others:
            assert _tenant(server, client, _who("alice", certificate)) == tenant
            # only the first one is what the engine verified; the others are the client's word
            assert _tenant(server, client, _who("alice", certificate, fronts)) == tenant
        assert _tenant(server, client, _who("alice")) == "elsewhere"
        assert _tenant(server, client, _who("")) == "local"


def without_front_nobody_comes_through_it(server):
    _authority(server.dir, "front", "quaywarden front")
    certificate = _issue(server.dir, "front")
    _start(server)
    with server.connect() as client:
        assert _tenant(server, client, _who("alice", certificate)) == "elsewhere"


def a_ca_that_changed_its_key_has_both_in_the_file(server):
    ca = _authority(server.dir, "front", "quaywarden front")
    before = _issue(server.dir, "front")
    old = ca.read_bytes()
    ca = _authority(server.dir, "front", "quaywarden front")
    after = _issue(server.dir, "front")
    _start(server, "--front-ca", str(ca))
    with server.connect() as client:
        assert _tenant(server, client, _who("alice", before)) == "elsewhere"
        ca.write_bytes(old + ca.read_bytes())
        server.reload()
        assert _tenant(server, client, _who("alice", before)) == "host"
        assert _tenant(server, client, _who("alice", after)) == "host"


def a_ca_that_cannot_be_used_ends_the_start_and_keeps_what_is_in_force(server):
    ca = _authority(server.dir, "front", "quaywarden front")
    client_certificate = _issue(server.dir, "front")
    whole = ca.read_bytes()
    missing = server.dir / "missing.pem"
    cases = [(b"", f"{ca}: holds no certificate in PEM"),
             (client_certificate, f"{ca}: holds a certificate that is no CA's"),
             (whole + whole.replace(b"M", b"!"), f"{ca}: holds a certificate that cannot be read"),
             (whole * 9, f"{ca}: more than 8 certificates")]
    server.policy.write_text(POLICY.format(to=server.audit))
    assert server.spawn("--front-ca", str(missing)).wait(PATIENCE) == 4
    assert f"{missing}: " in server.log_text()
    for text, complaint in cases:
        ca.write_bytes(text)
        assert server.spawn("--front-ca", str(ca)).wait(PATIENCE) == 4
        assert complaint in server.log_text(), complaint
    ca.write_bytes(whole)
    ca.chmod(0o666)
    assert server.spawn("--front-ca", str(ca)).wait(PATIENCE) == 4
    assert f"{ca}: others than root may write it" in server.log_text()
    ca.chmod(0o644)
    _start(server, "--front-ca", str(ca))
    ca.write_bytes(b"")
    server.policy.write_text(POLICY.format(to=server.dir / "audit" / "of-the-refused.jsonl"))
    assert "the one in force stays" in server.reload()
    with server.connect() as client: # its records stay where they were, too
        assert _tenant(server, client, _who("alice", client_certificate)) == "host"


def the_file_of_fronts_ca_is_protected(server):
    ca = _authority(server.dir, "front", "quaywarden front")
    _start(server, "--front-ca", str(ca))
    body = json.dumps({"Image": "x", "HostConfig": {"Binds": [f"{ca}:/ca"]}}).encode()
    fields = {"RequestMethod": "POST", "RequestUri": "/v1.41/containers/create",
              "RequestHeaders": {"Content-Type": "application/json", "Content-Length": str(len(body))},
              "RequestBody": base64.b64encode(body).decode()}
    with server.connect() as client:
        verdict = client.verdict(json.dumps(fields).encode())
    assert verdict["Allow"] is False and f"access to {ca}, which is protected" in verdict["Msg"], verdict

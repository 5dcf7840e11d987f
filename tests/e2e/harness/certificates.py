# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificate authorities of our own, the engine's certificate and those of the people who ask it."""

import dataclasses
import re
import subprocess

CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", "2")


@dataclasses.dataclass(frozen=True)
class Person:
    subject: str           # as openssl writes it: /CN=alice/O=team-a
    authority: str = "e2e" # the common name of who vouches for it

    def name(self):
        found = re.search(r"/CN=((?:[^/\\]|\\.)*)", self.subject)
        return re.sub(r"\\(.)", r"\1", found[1]) if found else ""


class Certificates:
    """Folders below `folder`: `server`, and one for each of people (name: Person), as DOCKER_CERT_PATH wants them."""

    def __init__(self, folder, people):
        self.folder = folder
        self.people = people
        folder.mkdir()
        for authority in sorted({"e2e", *(person.authority for person in people.values())}):
            openssl(*self.pair(authority), "-subj", f"/CN={authority}")
        trusted = b"".join(path.read_bytes() for path in sorted(folder.glob("*.pem")))
        self.issue("server", Person("/CN=engine"), "subjectAltName=IP:127.0.0.1")
        (folder / "server/ca.pem").write_bytes(trusted) # the engine lets in whom any of them vouches for
        for name, person in people.items():
            self.issue(name, person, "extendedKeyUsage=clientAuth")

    def pair(self, authority):
        return "-keyout", self.folder / f"{authority}.key", "-out", self.folder / f"{authority}.pem"

    def issue(self, name, person, extension):
        folder = self.folder / name
        folder.mkdir()
        signer = ("-CA", self.folder / f"{person.authority}.pem", "-CAkey", self.folder / f"{person.authority}.key")
        openssl(*signer, "-subj", person.subject, "-addext", "basicConstraints=critical,CA:FALSE", "-addext", extension,
                "-keyout", folder / "key.pem", "-out", folder / "cert.pem")
        (folder / "ca.pem").write_bytes((self.folder / "e2e.pem").read_bytes())


def openssl(*arguments):
    done = subprocess.run(["openssl", "req", "-x509", *CURVE, *map(str, arguments)], stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise OSError(f"openssl: {done.stderr.strip()[-300:]}")

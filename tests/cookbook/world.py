# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the pages' commands run: a private engine that asks quaywarden, people with certificates, and a scratch folder.

The engine has a running container `web`, a volume `data` and a network `appnet`.
"""

import os
import pathlib
import shutil
import subprocess

from harness import sandbox
from harness.certificates import Certificates, Person
from harness.engine import IMAGE, Engine
from harness.plugin import Plugin

# Who appears in prompts, with the groups of the certificate.
PEOPLE = {
    "alice": "", "anna": "/OU=team-a", "bert": "/OU=team-b", "olga": "/OU=operators", "ann": "/OU=students",
    "tess": "/OU=teachers", "dora": "/OU=developers", "pipeline": "", "ci-images": "", "gitlab-runner": "", "metrics": "",
    "monitoring": "", "portainer": "", "traefik": "", "watchtower": "",
}

# Images that cannot be had here: busybox by other names.
STAND_INS = ["busybox:latest", "docker:dind", "python:3.13", "quay.io/prometheus/node-exporter:v1.8.2",
             "registry.example.com/shop/web:1"]


class World:
    def __init__(self, root, binary, version, cache):
        scratch = sandbox.prepare()
        self.folder = scratch / "here"
        self.folder.mkdir()
        for name in ("docs", "policies"):
            shutil.copytree(root / name, self.folder / name)
        (scratch / "bin").mkdir()
        (scratch / "bin/quaywarden").symlink_to(binary)
        with open("/etc/passwd", "a", encoding="utf-8") as accounts:
            accounts.write("alice:x:1000:1000::/home/alice:/bin/sh\n")
        people = {name: Person(f"/CN={name}{groups}") for name, groups in PEOPLE.items()}
        self.engine = Engine(version, cache, scratch, Certificates(scratch / "certificates", people))
        self.engine.env["PATH"] = f"{scratch}/bin:{self.engine.env['PATH']}"
        del self.engine.env["DOCKER_BUILDKIT"]
        self.baseline = root / "policies/baseline.yaml"
        self.plugin = Plugin(binary, self.baseline.read_text(), self.engine)

    def start(self):
        self.engine.start(plugins=())
        self.engine.import_image()
        for name in STAND_INS:
            self.engine.must("tag", IMAGE, name)
        self.engine.stop()
        self.plugin.start()
        self.engine.start()
        self.engine.make_fixtures()

    def use(self, policy):
        self.plugin.use(policy.read_text())

    def run(self, command):
        """What a terminal would show, and the exit status."""
        env = {**self.engine.env, **self.engine.env_of(command.who)}
        done = subprocess.run(["bash", "-c", command.text], env=env, cwd=self.folder, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", timeout=60,
                              check=False)
        return done.stdout, done.returncode

    def stop(self):
        for process in (self.engine, self.plugin):
            if process.is_running():
                process.terminate()


def engine_is_there(version):
    """Fetched if need be; ends the run where CI wants it and it cannot be had."""
    here = pathlib.Path(__file__).resolve().parent
    status = subprocess.run([here.parent / "e2e/engines", version], check=False).returncode
    if status not in (0, 77):
        raise SystemExit(1)
    return status == 0


CACHE = os.environ.get("QW_ENGINE_CACHE", "/var/cache/quaywarden-test-engines")

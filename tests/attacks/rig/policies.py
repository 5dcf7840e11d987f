# SPDX-License-Identifier: GPL-3.0-or-later
"""The policies that rows name. A row with `operators` shows that what is dangerous is denied to people who may do
everything, by every route."""

import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[3]

EVERYTHING = """version: 1
roles: {{ all: {{ allow: ["*", unknown] }} }}
tenants: [{{ name: operators, match: [anonymous], role: all, profile: {profile}, objects: all }}]
"""

FOLDERS = """version: 1
roles: { all: { allow: [everyday] } }
profiles:
  folders:
    extends: baseline
    bind-mounts:
      allow: [/srv/open, /srv/deep/open, /srv/writable, { path: "/srv/writable/**", root-owned: false },
              { path: /srv/shown, read-only: true }, { path: /srv/file, read-only: true },
              { path: /srv/disks, read-only: true }]
tenants: [{ name: all, match: [anonymous], role: all, profile: folders, objects: all }]
"""

IMAGES = """version: 1
roles: { all: { allow: [everyday] } }
profiles:
  images:
    extends: baseline
    build: { hidden-parameters: allow }
    image-source: { allow: ["docker.io/library/busybox:1", "docker.io/library/trusted:*"] }
tenants: [{ name: all, match: [anonymous], role: all, profile: images, objects: all }]
"""

SERVICES = """version: 1
roles: { all: { allow: ["*"] } }
profiles:
  services:
    extends: baseline
    memory-limit: { swap: 16m }
    labels: { require: ["team=red"], deny: [] }
tenants: [{ name: operators, match: [anonymous], role: all, profile: services, objects: all }]
"""

OPEN = EVERYTHING.format(profile="unrestricted")

POLICIES = {
    "baseline": (ROOT / "policies/baseline.yaml").read_text(),
    "restricted": (ROOT / "policies/restricted.yaml").read_text(),
    "open": OPEN,
    "images": IMAGES,
    "folders": FOLDERS,
    "services": SERVICES,
    "operators": EVERYTHING.format(profile="baseline"),
}

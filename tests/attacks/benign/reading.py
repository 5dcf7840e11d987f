# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests in unusual clothes that mean what they say."""

from rig.row import CREATE, EMPTY, OLD, TEXT, Step, create_text, get, lookalike, post, run_text

BODY = '{"Image":"busybox:1","Cmd":["true"],"HostConfig":{"NetworkMode":"none"}}'

# Below API 1.41 the engine takes the host's control groups where a request says nothing. Its own default is private.
OLDER = BODY.replace('"NetworkMode"', '"CgroupnsMode":"private","NetworkMode"')


def body(name, like, text=BODY, **more):
    return lookalike(name, like,
                     run_text(text, **{key: more.pop(key) for key in ("target", "headers", "chunked") if key in more}),
                     **more)


LOOKALIKES = [
    body("keys-in-lower-case", "key-folded", BODY.lower()),
    body("keys-escaped", "key-escaped", BODY.replace("Image", "\\u0049mage")),
    body("keys-long-s", "key-long-s", BODY.replace("Host", "Ho\u017ft")),
    body("keys-kelvin", "key-kelvin", BODY.replace("NetworkMode", "Networ\u212aMode")),
    body("labels-that-fold", "key-repeated-folded",
         BODY.replace('"Cmd"', '"Labels":{"foo":"1","FOO":"2","Binds":"[]"},"Cmd"')),
    body("nulls", "null-host-config",
         BODY.replace('"Cmd"', '"Entrypoint":null,"NetworkingConfig":null,"Env":null,"Cmd"')),
    body("chunked-harmless", "chunked", chunked=True),
    body("charset", "content-type-charset", headers=(("Content-Type", "application/json; charset=utf-8"),)),
    body("type-in-capitals", "content-type-capitals", headers=(("Content-Type", "APPLICATION/JSON"),)),
    body("white-space", "trailing-white-space", "\r\n\t" + BODY.replace(",", " ,\n") + "\n\n"),
    body("absolute-form", "target-absolute", target="http://docker" + CREATE),
    body("path-escaped-harmless", "path-escaped", target="/v1.41/containers/%63reate?name=$NAME"),
    body("without-version", "path-without-version", target="/containers/create?name=$NAME"),
    body("version-24", "path-old-version", OLDER, target="/v1.24/containers/create?name=$NAME"),
    body("version-12", "path-version-12", OLDER, target="/v1.12/containers/create?name=$NAME", engines=OLD),
    body("unknown-parameter", "query-escaped-name", target=CREATE + "&whatever=1"),
    body("padded", "padded-to-1-mib", '{"Labels":{"pad":"' + "x" * 500000 + '"},' + BODY[1:]),
    body("text-in-utf-8", "invalid-utf-8", BODY.replace('"Cmd"', '"Labels":{"who":"Žofie 🐳 \\ud83d\\udc33"},"Cmd"')),
    body("nested", "deep-label", BODY.replace('"Cmd"', '"Healthcheck":{"Test":["NONE"]},"StopTimeout":3,"Cmd"')),
    body("slash-in-name", "query-name-twice", target="/v1.41/containers/create?name=%2F$NAME"),
    lookalike("container-called-build", "path-escaped",
              (create_text(BODY, target="/v1.41/containers/create?name=build-$NAME"),
              post("/v1.41/containers/build-$NAME/start"), post("/v1.41/containers/build-$NAME/wait"))),
    lookalike("lists", "target-absolute",
              (get("http://localhost/v1.41/containers/json?all=1&filters=%7B%22name%22%3A%5B%22web%22%5D%7D"),)),
    lookalike("head", "path-without-version", (Step("HEAD", "/_ping"),)),
    lookalike("options", "path-without-version", (Step("OPTIONS", "/v1.41/info"),)),
    lookalike("stop-of-clients", "content-type-twice", (*run_text(BODY), post("/v1.41/containers/$NAME/stop?t=0",
              headers=(TEXT, EMPTY), status=(204, 304)))),
]

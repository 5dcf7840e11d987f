/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The route table: every route of every engine from 1.12 to API 1.56, in the order in which they are tried. A request
 * that matches no row is denied. Source: moby daemon/server/router (api/server/router before 29), release tags 1.12 to
 * 28 and the development branch.
 *
 * path      after the version. {} takes at least one character, slashes too; {1} exactly one component. A path of *
 *           is any, and so is a method of *: debug routes answer every method up to engine 27.
 * body      what the engine does with a body; enum qw_body_kind.
 * payload   who turns the request into facts; enum qw_payload.
 * given     the row fits only where this parameter is not empty; NULL: always.
 * params    what the engine reads from the query; a final * marks a parameter that may be repeated.
 */
#include "quaywarden/request.h"

/* clang-format off */
#define NOTHING       QW_TAKES_NOTHING
#define JSON          QW_TAKES_JSON
#define OPTIONAL_JSON QW_TAKES_OPTIONAL_JSON
#define ANY_JSON      QW_TAKES_ANY_JSON
#define TAR           QW_TAKES_TAR
#define STREAM        QW_TAKES_STREAM
#define NONE          QW_PAYLOAD_NONE
#define CREATE        QW_PAYLOAD_CREATE
#define START         QW_PAYLOAD_START
#define UPDATE        QW_PAYLOAD_UPDATE
#define EXEC          QW_PAYLOAD_EXEC
#define RENAME        QW_PAYLOAD_RENAME
#define COMMIT        QW_PAYLOAD_COMMIT
#define CHECKPOINT    QW_PAYLOAD_CHECKPOINT
#define TOP           QW_PAYLOAD_TOP
#define PULL          QW_PAYLOAD_PULL
#define IMPORT        QW_PAYLOAD_IMPORT
#define IMAGE         QW_PAYLOAD_IMAGE
#define TAG           QW_PAYLOAD_TAG
#define BUILD         QW_PAYLOAD_BUILD
#define BUILDKIT      QW_PAYLOAD_BUILDKIT
#define VOLUME        QW_PAYLOAD_VOLUME
#define VOLUME_SPEC   QW_PAYLOAD_VOLUME_SPEC
#define NETWORK       QW_PAYLOAD_NETWORK
#define CONNECT       QW_PAYLOAD_CONNECT
#define DISCONNECT    QW_PAYLOAD_DISCONNECT
#define SERVICE       QW_PAYLOAD_SERVICE
#define PLUGIN        QW_PAYLOAD_PLUGIN
#define CLUSTER       QW_PAYLOAD_CLUSTER
#define SEARCH        QW_PAYLOAD_SEARCH

const struct qw_route qw_routes[] = {
    /* action                      method     path                                   body            payload     given params */
    /* system, session and registry */
    {"system.options",               "OPTIONS", "*",                                  NOTHING,        NONE,       NULL, ""},
    {"system.ping",                  "GET",     "/_ping",                             NOTHING,        NONE,       NULL, ""},
    {"system.ping",                  "HEAD",    "/_ping",                             NOTHING,        NONE,       NULL, ""},
    {"system.version",               "GET",     "/version",                           NOTHING,        NONE,       NULL, ""},
    {"system.info",                  "GET",     "/info",                              NOTHING,        NONE,       NULL, ""},
    {"system.events",                "GET",     "/events",                            NOTHING,        NONE,       NULL, "since until filters"},
    {"system.df",                    "GET",     "/system/df",                         NOTHING,        NONE,       NULL, "type* verbose"},
    {"registry.login",               "POST",    "/auth",                              ANY_JSON,       NONE,       NULL, ""},
    {"registry.inspect",             "GET",     "/distribution/{}/json",              NOTHING,        IMAGE,      NULL, ""},
    {"registry.search",              "GET",     "/images/search",                     NOTHING,        SEARCH,     NULL, "term limit filters"},
    {"build.session",                "POST",    "/session",                           STREAM,         BUILDKIT,   NULL, ""},
    {"build.grpc",                   "POST",    "/grpc",                              STREAM,         BUILDKIT,   NULL, ""},
    {"debug.vars",                   "*",       "/debug/vars",                        NOTHING,        NONE,       NULL, ""},
    {"debug.pprof",                  "*",       "/debug/pprof/",                      NOTHING,        NONE,       NULL, "seconds debug"},
    {"debug.pprof",                  "*",       "/debug/pprof/{1}",                   NOTHING,        NONE,       NULL, "seconds debug"},
    /* containers */
    {"container.list",               "GET",     "/containers/json",                   NOTHING,        NONE,       NULL, "all size filters limit"},
    {"container.create",             "POST",    "/containers/create",                 JSON,           CREATE,     NULL, "name platform*"},
    {"container.prune",              "POST",    "/containers/prune",                  NOTHING,        NONE,       NULL, "filters"},
    {"container.inspect",            "GET",     "/containers/{}/json",                NOTHING,        NONE,       NULL, "size"},
    {"container.top",                "GET",     "/containers/{}/top",                 NOTHING,        TOP,        NULL, "ps_args"},
    {"container.logs",               "GET",     "/containers/{}/logs",                NOTHING,        NONE,       NULL, "stdout stderr follow since until timestamps tail details format"},
    {"container.stats",              "GET",     "/containers/{}/stats",               NOTHING,        NONE,       NULL, "stream one-shot"},
    {"container.changes",            "GET",     "/containers/{}/changes",             NOTHING,        NONE,       NULL, ""},
    {"container.export",             "GET",     "/containers/{}/export",              NOTHING,        NONE,       NULL, ""},
    {"container.archive.stat",       "HEAD",    "/containers/{}/archive",             NOTHING,        NONE,       NULL, "path"},
    {"container.archive.read",       "GET",     "/containers/{}/archive",             NOTHING,        NONE,       NULL, "path"},
    {"container.archive.write",      "PUT",     "/containers/{}/archive",             TAR,            NONE,       NULL, "path noOverwriteDirNonDir copyUIDGID"},
    {"container.archive.read",       "POST",    "/containers/{}/copy",                JSON,           NONE,       NULL, ""},
    {"container.start",              "POST",    "/containers/{}/start",               OPTIONAL_JSON,  START,      NULL, "checkpoint checkpoint-dir"},
    {"container.stop",               "POST",    "/containers/{}/stop",                NOTHING,        NONE,       NULL, "t signal"},
    {"container.restart",            "POST",    "/containers/{}/restart",             NOTHING,        NONE,       NULL, "t signal"},
    {"container.kill",               "POST",    "/containers/{}/kill",                NOTHING,        NONE,       NULL, "signal"},
    {"container.pause",              "POST",    "/containers/{}/pause",               NOTHING,        NONE,       NULL, ""},
    {"container.unpause",            "POST",    "/containers/{}/unpause",             NOTHING,        NONE,       NULL, ""},
    {"container.wait",               "POST",    "/containers/{}/wait",                NOTHING,        NONE,       NULL, "condition"},
    {"container.resize",             "POST",    "/containers/{}/resize",              NOTHING,        NONE,       NULL, "h w"},
    {"container.attach",             "POST",    "/containers/{}/attach",              STREAM,         NONE,       NULL, "logs stream stdin stdout stderr detachKeys"},
    {"container.attach",             "GET",     "/containers/{}/attach/ws",           STREAM,         NONE,       NULL, "logs stream stdin stdout stderr detachKeys"},
    {"container.rename",             "POST",    "/containers/{}/rename",              NOTHING,        RENAME,     NULL, "name"},
    {"container.update",             "POST",    "/containers/{}/update",              JSON,           UPDATE,     NULL, ""},
    {"container.checkpoint.list",    "GET",     "/containers/{}/checkpoints",         NOTHING,        CHECKPOINT, NULL, "dir"},
    {"container.checkpoint.create",  "POST",    "/containers/{}/checkpoints",         JSON,           CHECKPOINT, NULL, ""},
    {"container.checkpoint.remove",  "DELETE",  "/containers/{1}/checkpoints/{1}",    NOTHING,        CHECKPOINT, NULL, "dir"},
    {"container.remove",             "DELETE",  "/containers/{}",                     NOTHING,        NONE,       NULL, "force v link"},
    {"container.commit",             "POST",    "/commit",                            OPTIONAL_JSON,  COMMIT,     NULL, "container repo tag comment author pause changes*"},
    {"container.exec.create",        "POST",    "/containers/{}/exec",                JSON,           EXEC,       NULL, ""},
    {"container.exec.start",         "POST",    "/exec/{}/start",                     JSON,           NONE,       NULL, ""},
    {"container.exec.resize",        "POST",    "/exec/{}/resize",                    NOTHING,        NONE,       NULL, "h w"},
    {"container.exec.inspect",       "GET",     "/exec/{}/json",                      NOTHING,        NONE,       NULL, ""},
    /* images and build */
    {"image.list",                   "GET",     "/images/json",                       NOTHING,        NONE,       NULL, "all filters filter digests shared-size manifests identity"},
    {"image.inspect",                "GET",     "/images/{}/json",                    NOTHING,        NONE,       NULL, "manifests platform*"},
    {"image.history",                "GET",     "/images/{}/history",                 NOTHING,        NONE,       NULL, "platform*"},
    {"image.attestations",           "GET",     "/images/{}/attestations",            NOTHING,        NONE,       NULL, "platform* type* statement"},
    {"image.save",                   "GET",     "/images/get",                        NOTHING,        NONE,       NULL, "names* platform*"},
    {"image.save",                   "GET",     "/images/{}/get",                     NOTHING,        NONE,       NULL, "platform*"},
    {"image.pull",                   "POST",    "/images/create",                     NOTHING,        PULL,       "fromImage", "fromImage fromSrc repo tag message platform* changes*"},
    {"image.import",                 "POST",    "/images/create",                     TAR,            IMPORT,     NULL, "fromImage fromSrc repo tag message platform* changes*"},
    {"image.load",                   "POST",    "/images/load",                       TAR,            NONE,       NULL, "quiet platform*"},
    {"image.push",                   "POST",    "/images/{}/push",                    OPTIONAL_JSON,  IMAGE,      NULL, "tag platform*"},
    {"image.tag",                    "POST",    "/images/{}/tag",                     NOTHING,        TAG,        NULL, "repo tag force"},
    {"image.prune",                  "POST",    "/images/prune",                      NOTHING,        NONE,       NULL, "filters"},
    {"image.remove",                 "DELETE",  "/images/{}",                         NOTHING,        NONE,       NULL, "force noprune platforms*"},
    {"image.build",                  "POST",    "/build",                             TAR,            BUILD,      NULL, "t* remote dockerfile networkmode extrahosts* cgroupparent memory memswap cpushares cpuperiod cpuquota cpusetcpus cpusetmems shmsize ulimits securityopt* buildargs labels cachefrom target squash isolation platform* outputs version session buildid pull nocache q rm forcerm"},
    {"build.prune",                  "POST",    "/build/prune",                       NOTHING,        NONE,       NULL, "all filters keep-storage reserved-space max-used-space min-free-space"},
    {"build.cancel",                 "POST",    "/build/cancel",                      NOTHING,        NONE,       NULL, "id"},
    /* networks */
    {"network.list",                 "GET",     "/networks",                          NOTHING,        NONE,       NULL, "filters"},
    {"network.list",                 "GET",     "/networks/",                         NOTHING,        NONE,       NULL, "filters"},
    {"network.inspect",              "GET",     "/networks/{}",                       NOTHING,        NONE,       NULL, "verbose scope"},
    {"network.create",               "POST",    "/networks/create",                   JSON,           NETWORK,    NULL, ""},
    {"network.connect",              "POST",    "/networks/{}/connect",               JSON,           CONNECT,    NULL, ""},
    {"network.disconnect",           "POST",    "/networks/{}/disconnect",            JSON,           DISCONNECT, NULL, ""},
    {"network.prune",                "POST",    "/networks/prune",                    NOTHING,        NONE,       NULL, "filters"},
    {"network.remove",               "DELETE",  "/networks/{}",                       NOTHING,        NONE,       NULL, ""},
    /* volumes */
    {"volume.list",                  "GET",     "/volumes",                           NOTHING,        NONE,       NULL, "filters"},
    {"volume.inspect",               "GET",     "/volumes/{}",                        NOTHING,        NONE,       NULL, ""},
    {"volume.create",                "POST",    "/volumes/create",                    JSON,           VOLUME,     NULL, ""},
    {"volume.update",                "PUT",     "/volumes/{}",                        JSON,           VOLUME_SPEC, NULL, "version"},
    {"volume.remove",                "DELETE",  "/volumes/{}",                        NOTHING,        NONE,       NULL, "force"},
    {"volume.prune",                 "POST",    "/volumes/prune",                     NOTHING,        NONE,       NULL, "filters"},
    /* plugins */
    {"plugin.list",                  "GET",     "/plugins",                           NOTHING,        NONE,       NULL, "filters"},
    {"plugin.privileges",            "GET",     "/plugins/privileges",                NOTHING,        PLUGIN,     NULL, "remote"},
    {"plugin.inspect",               "GET",     "/plugins/{}/json",                   NOTHING,        NONE,       NULL, ""},
    {"plugin.pull",                  "POST",    "/plugins/pull",                      JSON,           PLUGIN,     NULL, "remote name"},
    {"plugin.create",                "POST",    "/plugins/create",                    TAR,            PLUGIN,     NULL, "name"},
    {"plugin.enable",                "POST",    "/plugins/{}/enable",                 NOTHING,        PLUGIN,     NULL, "timeout"},
    {"plugin.disable",               "POST",    "/plugins/{}/disable",                NOTHING,        PLUGIN,     NULL, "force"},
    {"plugin.upgrade",               "POST",    "/plugins/{}/upgrade",                JSON,           PLUGIN,     NULL, "remote"},
    {"plugin.set",                   "POST",    "/plugins/{}/set",                    JSON,           PLUGIN,     NULL, ""},
    {"plugin.push",                  "POST",    "/plugins/{}/push",                   NOTHING,        PLUGIN,     NULL, ""},
    {"plugin.remove",                "DELETE",  "/plugins/{}",                        NOTHING,        PLUGIN,     NULL, "force"},
    /* swarm, nodes, services, tasks, secrets, configs */
    {"swarm.inspect",                "GET",     "/swarm",                             NOTHING,        NONE,       NULL, ""},
    {"swarm.unlockkey",              "GET",     "/swarm/unlockkey",                   NOTHING,        NONE,       NULL, ""},
    {"swarm.init",                   "POST",    "/swarm/init",                        JSON,           CLUSTER,    NULL, ""},
    {"swarm.join",                   "POST",    "/swarm/join",                        JSON,           CLUSTER,    NULL, ""},
    {"swarm.leave",                  "POST",    "/swarm/leave",                       NOTHING,        NONE,       NULL, "force"},
    {"swarm.update",                 "POST",    "/swarm/update",                      JSON,           CLUSTER,    NULL, "version rotateWorkerToken rotateManagerToken rotateManagerUnlockKey"},
    {"swarm.unlock",                 "POST",    "/swarm/unlock",                      JSON,           NONE,       NULL, ""},
    {"node.list",                    "GET",     "/nodes",                             NOTHING,        NONE,       NULL, "filters"},
    {"node.inspect",                 "GET",     "/nodes/{1}",                         NOTHING,        NONE,       NULL, ""},
    {"node.update",                  "POST",    "/nodes/{1}/update",                  JSON,           CLUSTER,    NULL, "version"},
    {"node.remove",                  "DELETE",  "/nodes/{1}",                         NOTHING,        NONE,       NULL, "force"},
    {"service.list",                 "GET",     "/services",                          NOTHING,        NONE,       NULL, "filters status"},
    {"service.create",               "POST",    "/services/create",                   JSON,           SERVICE,    NULL, ""},
    {"service.inspect",              "GET",     "/services/{1}",                      NOTHING,        NONE,       NULL, "insertDefaults"},
    {"service.update",               "POST",    "/services/{1}/update",               JSON,           SERVICE,    NULL, "version registryAuthFrom rollback"},
    {"service.remove",               "DELETE",  "/services/{1}",                      NOTHING,        NONE,       NULL, ""},
    {"service.logs",                 "GET",     "/services/{1}/logs",                 NOTHING,        NONE,       NULL, "stdout stderr follow since until timestamps tail details format"},
    {"task.list",                    "GET",     "/tasks",                             NOTHING,        NONE,       NULL, "filters"},
    {"task.inspect",                 "GET",     "/tasks/{1}",                         NOTHING,        NONE,       NULL, ""},
    {"task.logs",                    "GET",     "/tasks/{1}/logs",                    NOTHING,        NONE,       NULL, "stdout stderr follow since until timestamps tail details format"},
    {"secret.list",                  "GET",     "/secrets",                           NOTHING,        NONE,       NULL, "filters"},
    {"secret.create",                "POST",    "/secrets/create",                    JSON,           CLUSTER,    NULL, ""},
    {"secret.inspect",               "GET",     "/secrets/{1}",                       NOTHING,        NONE,       NULL, ""},
    {"secret.update",                "POST",    "/secrets/{1}/update",                JSON,           CLUSTER,    NULL, "version"},
    {"secret.remove",                "DELETE",  "/secrets/{1}",                       NOTHING,        NONE,       NULL, ""},
    {"config.list",                  "GET",     "/configs",                           NOTHING,        NONE,       NULL, "filters"},
    {"config.create",                "POST",    "/configs/create",                    JSON,           CLUSTER,    NULL, ""},
    {"config.inspect",               "GET",     "/configs/{1}",                       NOTHING,        NONE,       NULL, ""},
    {"config.update",                "POST",    "/configs/{1}/update",                JSON,           CLUSTER,    NULL, "version"},
    {"config.remove",                "DELETE",  "/configs/{1}",                       NOTHING,        NONE,       NULL, ""},
};
/* clang-format on */

const size_t qw_route_count = QW_COUNT(qw_routes);

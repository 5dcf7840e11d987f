/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * request: which endpoint a message asks for, with which parameters, about which object, and who asks.
 * The route table and the action table are data: plugin/request/routes.c, plugin/request/actions.c.
 */
#ifndef QUAYWARDEN_REQUEST_H
#define QUAYWARDEN_REQUEST_H

#include "quaywarden/json.h"
#include "quaywarden/message.h"

/* ---- actions ---- */

/* Built-in sets of actions, words without a dot in a policy's roles. */
enum qw_set {
    QW_SET_PROBE,
    QW_SET_READ,
    QW_SET_READ_DATA,
    QW_SET_OPERATE,
    QW_SET_DEPLOY,
    QW_SET_BUILD,
    QW_SET_EVERYDAY,
    QW_SET_ADMIN,
    QW_SET_COUNT
};

struct qw_action {
    const char *name; /* "container.exec.create": stable, used in policies and records */
    char effect;      /* 'R' reads, 'W' writes: by effect, not by method */
    int class;        /* 0 probe … 5 host administration; the highest of its routes */
    unsigned sets;    /* QW_BIT() of each qw_set that holds it */
};

#define QW_ACTION_MAX 160

/* The table, its size, and an action's index in it; the last row is "unknown". */
extern const struct qw_action qw_actions[];
extern const size_t qw_action_count;
extern const char *const qw_set_names[QW_SET_COUNT];
int qw_action_find(const char *name); /* -1 where there is none */

/* ---- routes ---- */

/* What the engine does with a request's body. */
enum qw_body_kind {
    QW_TAKES_NOTHING,
    QW_TAKES_JSON,          /* must be seen */
    QW_TAKES_OPTIONAL_JSON, /* must be seen, or proven empty by the headers */
    QW_TAKES_ANY_JSON,      /* optional, and nothing in it matters: never parsed, never logged (credentials) */
    QW_TAKES_TAR,           /* never shown */
    QW_TAKES_STREAM,        /* the connection stops being HTTP */
};

/* Which extractor reads the request; plugin/facts has one function for each. */
enum qw_payload {
    QW_PAYLOAD_NONE,
    QW_PAYLOAD_CREATE,
    QW_PAYLOAD_START,
    QW_PAYLOAD_UPDATE,
    QW_PAYLOAD_EXEC,
    QW_PAYLOAD_RENAME,
    QW_PAYLOAD_COMMIT,
    QW_PAYLOAD_CHECKPOINT,
    QW_PAYLOAD_TOP,
    QW_PAYLOAD_PULL,
    QW_PAYLOAD_IMPORT,
    QW_PAYLOAD_IMAGE, /* an image named by path or query */
    QW_PAYLOAD_TAG,
    QW_PAYLOAD_BUILD,
    QW_PAYLOAD_BUILDKIT,
    QW_PAYLOAD_VOLUME,
    QW_PAYLOAD_VOLUME_SPEC, /* of a volume that exists, in a swarm */
    QW_PAYLOAD_NETWORK,
    QW_PAYLOAD_CONNECT,
    QW_PAYLOAD_DISCONNECT,
    QW_PAYLOAD_SERVICE,
    QW_PAYLOAD_PLUGIN,
    QW_PAYLOAD_CLUSTER, /* swarm, nodes, secrets and configs: the action says which */
    QW_PAYLOAD_SEARCH,
    QW_PAYLOAD_COUNT
};

struct qw_route {
    const char *action;
    const char *method;
    const char *path; /* after the version; {} takes one or more components, {1} exactly one */
    enum qw_body_kind body;
    enum qw_payload payload;
    const char *given;  /* a parameter without which the row does not fit, or NULL */
    const char *params; /* those that the engine reads, separated by spaces; a final * marks a repeatable one */
};

extern const struct qw_route qw_routes[];
extern const size_t qw_route_count;

/* Does the engine read a query parameter of this name, decoded, on this route? */
bool qw_route_reads(const struct qw_route *route, struct qw_bytes name);

/* ---- who asks ---- */

struct qw_identity {
    struct qw_bytes user; /* empty: anonymous */
    const struct qw_bytes *groups;
    size_t group_count;
    struct qw_bytes via;    /* "tls", "front" or empty */
    struct qw_bytes issuer; /* common name of the CA; empty where it has none */
};

/* The CA of front: whose certificates say who somebody is on this host. */
struct qw_front;

/**
 * Read the CA's certificates, one or more, from a PEM file. Fails with QW_E_IO, QW_E_MALFORMED or QW_E_NOMEM.
 * *out is on the heap; release with qw_front_free.
 */
QW_MUST_CHECK int qw_front_load(const char *file, struct qw_front **out, struct qw_err *err);
void qw_front_free(struct qw_front *front); /* NULL is fine */

/**
 * Who the engine says asks: the common name, and organisation and organisational unit of the verified certificate as
 * groups. via is "front" where a key of front's CA has signed the certificate. front may be NULL. Fails with
 * QW_E_MALFORMED where there is a certificate that cannot be read, or QW_E_NOMEM.
 */
QW_MUST_CHECK int qw_identity_read(const struct qw_message *message, const struct qw_front *front,
                                   struct qw_arena *arena, struct qw_identity *out, struct qw_err *err);

/* ---- the request ---- */

struct qw_param {
    struct qw_bytes name; /* decoded */
    struct qw_bytes value;
};

struct qw_request {
    const struct qw_message *message;
    const struct qw_route *route;   /* NULL until, and unless, one matched */
    const struct qw_action *action; /* never NULL; "unknown" without a route */
    int api_major;                  /* 0 where the path has no version: the engine's newest */
    int api_minor;
    struct qw_bytes path;   /* decoded, without version */
    struct qw_bytes object; /* what {} or {1} stands for; the first one */
    const struct qw_param *params;
    size_t param_count;
    const struct qw_json *body; /* NULL: none, or none that is read */
};

/**
 * Split and decode the URI, match the route, read the query, find the action.
 * out is filled as far as it got, also on failure, for the record.
 * Fails with QW_E_MALFORMED, QW_E_AMBIGUOUS, QW_E_UNKNOWN_ENDPOINT or QW_E_NOMEM.
 * Source: Go net/url ParseRequestURI, ParseQuery; gorilla/mux as moby's daemon/server uses it.
 */
QW_MUST_CHECK int qw_request_classify(const struct qw_message *message, struct qw_arena *arena, struct qw_request *out,
                                      struct qw_err *err);

/**
 * Judge where the body is and read it (design: "Where the body is", "Form bodies").
 * Fails with QW_E_CONTENT_TYPE, QW_E_BODY_MISSING, QW_E_MALFORMED, QW_E_AMBIGUOUS or QW_E_NOMEM.
 */
QW_MUST_CHECK int qw_request_read_body(struct qw_request *request, struct qw_arena *arena, struct qw_err *err);

/* The first value of a query parameter; .data is NULL where it is not there. */
struct qw_bytes qw_request_param(const struct qw_request *request, const char *name);

#endif

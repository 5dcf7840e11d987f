/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is said of a swarm itself: of its making, its nodes, its secrets and configs. Tokens, keys and contents are
 * nobody's business. Source: moby api/types/swarm, versions 20.10.24 to 28.5.2.
 */
#include "params.h"

/* clang-format off */
static const struct field driver_fields[] = {
    GIVES("Name",    GO_STRING,     QW_F_SECRET_DRIVER),
    SAFE ("Options", GO_STRING_MAP),
};
static const struct shape shape_driver = SHAPE(driver_fields, NULL);

static const struct field secret_fields[] = { /* and of configs, which have no Driver */
    SAFE ("Name",       GO_STRING),
    GIVES("Labels",     GO_STRING_MAP, QW_F_LABEL),
    SAFE ("Data",       GO_STRING),
    HOLDS("Driver",     GO_STRUCT,     &shape_driver),
    HOLDS("Templating", GO_STRUCT,     &shape_driver),
};
static const struct shape shape_secret = SHAPE(secret_fields, NULL);

static const struct field node_fields[] = {
    SAFE ("Name",         GO_STRING),
    GIVES("Labels",       GO_STRING_MAP, QW_F_LABEL),
    GIVES("Role",         GO_STRING,     QW_F_NODE_ROLE),
    GIVES("Availability", GO_STRING,     QW_F_NODE_STATE),
};
static const struct shape shape_node = SHAPE(node_fields, NULL);
/* clang-format on */

static int emit_url(struct reader *r, const struct field *field, const struct qw_json *value,
                    const struct qw_path *path)
{
    const struct qw_bytes url = without_secrets(r, value->text);

    return url.len ? fact_add(r, field->fact, path, url, 0) : 0;
}

/* clang-format off */
static const struct field authority_fields[] = {
    SAFE ("Protocol", GO_STRING),
    CALLS("URL",      GO_STRING,     QW_F_EXTERNAL_CA, emit_url),
    SAFE ("Options",  GO_STRING_MAP),
    SAFE ("CACert",   GO_STRING),
};
static const struct shape shape_authority = SHAPE(authority_fields, NULL);

static const struct field authorities_fields[] = {
    HOLDS("ExternalCAs", GO_STRUCTS, &shape_authority),
};
static const struct shape shape_authorities = SHAPE(authorities_fields, NULL);

static const struct field log_fields[] = {
    GIVES("Name",    GO_STRING,     QW_F_LOG_DRIVER),
    CALLS("Options", GO_STRING_MAP, QW_F_LOG_OPTION, emit_log_options),
};
static const struct shape shape_log = SHAPE(log_fields, NULL);

/* Every task whose service names no log driver of its own gets this one. */
static const struct field defaults_fields[] = {
    HOLDS("LogDriver", GO_STRUCT, &shape_log),
};
static const struct shape shape_defaults = SHAPE(defaults_fields, NULL);

static const struct field spec_fields[] = {
    GIVES("Labels",       GO_STRING_MAP, QW_F_LABEL),
    HOLDS("CAConfig",     GO_STRUCT,     &shape_authorities),
    HOLDS("TaskDefaults", GO_STRUCT,     &shape_defaults),
};
static const struct shape shape_spec = SHAPE(spec_fields, NULL);

static const struct field init_fields[] = {
    GIVES("ListenAddr",      GO_STRING,  QW_F_SWARM_ADDRESS),
    GIVES("AdvertiseAddr",   GO_STRING,  QW_F_SWARM_ADDRESS),
    GIVES("DataPathAddr",    GO_STRING,  QW_F_SWARM_ADDRESS),
    GIVES("ForceNewCluster", GO_BOOL,    QW_F_NEW_CLUSTER),
    HOLDS("Spec",            GO_STRUCT,  &shape_spec),
    GIVES("Availability",    GO_STRING,  QW_F_NODE_STATE),
    GIVES("DefaultAddrPool", GO_STRINGS, QW_F_NETWORK_SUBNET), /* of networks that name none */
};
static const struct shape shape_init = SHAPE(init_fields, NULL);

static const struct field join_fields[] = {
    GIVES("ListenAddr",    GO_STRING,  QW_F_SWARM_ADDRESS),
    GIVES("AdvertiseAddr", GO_STRING,  QW_F_SWARM_ADDRESS),
    GIVES("DataPathAddr",  GO_STRING,  QW_F_SWARM_ADDRESS),
    GIVES("RemoteAddrs",   GO_STRINGS, QW_F_SWARM_REMOTE),
    SAFE ("JoinToken",     GO_STRING),
    GIVES("Availability",  GO_STRING,  QW_F_NODE_STATE),
};
static const struct shape shape_join = SHAPE(join_fields, NULL);

static const struct {
    const char *action;
    const struct shape *shape;
} bodies[] = {
    {"swarm.init",    &shape_init},
    {"swarm.join",    &shape_join},
    {"swarm.update",  &shape_spec},
    {"node.update",   &shape_node},
    {"secret.create", &shape_secret},
    {"secret.update", &shape_secret},
    {"config.create", &shape_secret},
    {"config.update", &shape_secret},
};
/* clang-format on */

int read_cluster(struct reader *r, const struct qw_request *request)
{
    r->open = true;
    for (size_t i = 0; i < QW_COUNT(bodies); i++) {
        if (strcmp(bodies[i].action, request->route->action) == 0)
            return read_body(r, request, bodies[i].shape);
    }
    return 0;
}

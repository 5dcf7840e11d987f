/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What POST /build says, to the classic builder or, with version=2, to BuildKit.
 * Source: moby api/server/router/build/build_routes.go, newImageBuildOptions; builder/builder-next/builder.go, Build.
 */
#include "params.h"

static int emit_arguments(struct reader *r, const struct field *field, const struct qw_json *value,
                          const struct qw_path *path)
{
    for (const struct qw_json *member = value->child; member; member = member->next) {
        if (fact_add(r, field->fact, path, member->key, 0) < 0)
            return -1;
    }
    return 0;
}

/* What an exporter of BuildKit's is told of names, in place of `t`: Attrs of outputs=[{"Type":"moby","Attrs":{…}}]. */
static int emit_names(struct reader *r, const struct field *field, const struct qw_json *value,
                      const struct qw_path *path)
{
    for (const struct qw_json *member = value->child; member; member = member->next) {
        const struct qw_path *at = path_key(r, path, member->key);
        struct qw_bytes names = member->text;
        struct qw_bytes name;

        if (!at)
            return -1;
        if (!qw_bytes_is(member->key, "name") && !qw_bytes_is(member->key, "dangling-name-prefix"))
            continue;
        while (qw_bytes_split(&names, ',', &name)) {
            if (name.len && fact_add(r, field->fact, at, name, 0) < 0)
                return -1;
        }
    }
    return 0;
}

/* clang-format off */
static const struct field output_fields[] = {
    SAFE ("Type",  GO_STRING),
    CALLS("Attrs", GO_STRING_MAP, QW_F_IMAGE_NAME, emit_names),
};
/* clang-format on */
static const struct shape shape_output = SHAPE(output_fields, NULL);

/* clang-format off */
static const struct param build_params[] = {
    {"t",            FORM_EACH,   {.fact = QW_F_IMAGE_NAME}},
    {"networkmode",  FORM_TEXT,   {.fact = QW_F_NETWORK_MODE}},
    {"extrahosts",   FORM_EACH,   {.fact = QW_F_EXTRA_HOST}},
    {"cgroupparent", FORM_TEXT,   {.fact = QW_F_CGROUP_PARENT}},
    {"memory",       FORM_NUMBER, {.fact = QW_F_MEMORY}},
    {"memswap",      FORM_NUMBER, {.fact = QW_F_MEMORY_SWAP}},
    {"cpushares",    FORM_NUMBER, {.fact = QW_F_CPU_SHARES}},
    {"cpuperiod",    FORM_NUMBER, {.fact = QW_F_CPU_PERIOD}},
    {"cpuquota",     FORM_NUMBER, {.fact = QW_F_CPU_QUOTA}},
    {"cpusetcpus",   FORM_TEXT,   {.fact = QW_F_CPUSET_CPUS}},
    {"cpusetmems",   FORM_TEXT,   {.fact = QW_F_CPUSET_MEMS}},
    {"shmsize",      FORM_NUMBER, {.fact = QW_F_SHM_SIZE}},
    {"isolation",    FORM_TEXT,   {.fact = QW_F_ISOLATION}},
    {"platform",     FORM_EACH,   {.fact = QW_F_PLATFORM}},
    {"securityopt",  FORM_OPTION, {.fact = QW_F_SECURITY_OPT}},
    {"ulimits",      FORM_JSON,   HOLDS("ulimits",   GO_STRUCTS,    &shape_ulimit)},
    {"outputs",      FORM_JSON,   HOLDS("outputs",   GO_STRUCTS,    &shape_output)},
    {"labels",       FORM_JSON,   GIVES("labels",    GO_STRING_MAP, QW_F_LABEL)},
    {"buildargs",    FORM_JSON,   CALLS("buildargs", GO_STRING_MAP, QW_F_BUILD_ARGUMENT, emit_arguments)},
};
/* clang-format on */

/* ---- what BuildKit alone does ---- */

/* "secret_access_key=x", meant for buildx, is no reference here; what stands behind it is nobody's business. */
static struct qw_bytes without_value(struct qw_bytes name)
{
    const char *equals = memchr(name.data, '=', name.len);

    return equals ? (struct qw_bytes){name.data, (size_t)(equals - name.data) + 1} : name;
}

/* The engine joins the references by commas, and cuts at commas what it looks up. */
static int emit_caches(struct reader *r, const struct field *field, const struct qw_json *value,
                       const struct qw_path *path)
{
    size_t index = 0;

    for (const struct qw_json *item = value->child; item; item = item->next, index++) {
        const struct qw_path *at = path_index(r, path, index);
        struct qw_bytes rest = item->text;
        struct qw_bytes name;

        if (!at)
            return -1;
        while (rest.len && qw_bytes_split(&rest, ',', &name)) {
            if (name.len && fact_add(r, field->fact, at, without_value(name), 0) < 0)
                return -1;
        }
    }
    return 0;
}

/*
 * BUILDKIT_SYNTAX names the image of a program that reads the Dockerfile and says what is built; the rest of the value
 * is the program's. Source: buildkit frontend/dockerfile/builder/build.go, keySyntaxArg.
 */
static int emit_syntax(struct reader *r, const struct field *field, const struct qw_json *value,
                       const struct qw_path *path)
{
    for (const struct qw_json *member = value->child; member; member = member->next) {
        const struct qw_path *at = path_key(r, path, member->key);
        struct qw_bytes rest = qw_bytes_trim(member->text);
        struct qw_bytes name;

        if (!at)
            return -1;
        if (qw_bytes_is(member->key, "BUILDKIT_SYNTAX") && qw_bytes_split(&rest, ' ', &name) && name.len &&
            fact_add(r, field->fact, at, name, 0) < 0)
            return -1;
    }
    return 0;
}

/* clang-format off */
static const struct param buildkit_params[] = {
    {"cachefrom", FORM_JSON, CALLS("cachefrom", GO_STRINGS,    QW_F_IMAGE, emit_caches)},
    {"buildargs", FORM_JSON, CALLS("buildargs", GO_STRING_MAP, QW_F_IMAGE, emit_syntax)},
};
/* clang-format on */

static bool asks_for_push(const struct qw_json *attributes)
{
    for (const struct qw_json *member = attributes->child; member; member = member->next) {
        if (qw_bytes_is(member->key, "push") && !qw_bytes_is(member->text, "false"))
            return true;
    }
    return false;
}

/* Does one of the outputs send the image to its registry? They are known to be readable. */
static int find_push(struct reader *r, const struct qw_request *request, bool *found)
{
    const struct qw_bytes text = qw_request_param(request, "outputs");
    const struct qw_json *outputs;

    if (!text.len)
        return 0;
    if (qw_json_parse(text, r->arena, &outputs, r->err) < 0)
        return qw_err_wrap(r->err, "query outputs");
    for (const struct qw_json *output = outputs->child; output; output = output->next) {
        for (const struct qw_json *member = output->child; member; member = member->next)
            *found = *found || (qw_json_key_folds_to(member->key, "Attrs", strlen("Attrs")) && asks_for_push(member));
    }
    return 0;
}

static int give_pushed(struct reader *r, const struct qw_request *request)
{
    bool found = false;

    if (find_push(r, request, &found) < 0)
        return -1;
    for (const struct qw_fact *name = r->facts->first[QW_F_IMAGE_NAME]; found && name; name = name->next) {
        if (fact_add(r, QW_F_IMAGE, name->path, name->text, 0) < 0)
            return -1;
    }
    return 0;
}

static int read_for_buildkit(struct reader *r, const struct qw_request *request)
{
    if (give_query(r, QW_F_BUILDKIT, "version", QW_LIT("build")) < 0 ||
        read_params(r, request, buildkit_params, QW_COUNT(buildkit_params)) < 0)
        return -1;
    return give_pushed(r, request);
}

/* ---- both ---- */

/*
 * A form in the body, under a first Content-Type that plugins are not shown, changes any of the parameters. What is
 * said to be empty holds none: where the engine takes a body in chunks it drops the header, and plugins see none.
 */
static int give_hidden(struct reader *r, const struct qw_request *request)
{
    if (qw_bytes_is(qw_message_header(request->message, "Content-Length"), "0"))
        return 0;
    return fact_add(r, QW_F_CLASSIC_BUILD, NULL, (struct qw_bytes){NULL, 0}, 1);
}

int read_build(struct reader *r, const struct qw_request *request)
{
    if (give_hidden(r, request) < 0 || read_params(r, request, build_params, QW_COUNT(build_params)) < 0)
        return -1;
    if (qw_bytes_is(qw_request_param(request, "version"), "2") && read_for_buildkit(r, request) < 0)
        return -1;
    /* The context comes over the client's own session: not a remote one. */
    if (qw_bytes_is(qw_request_param(request, "remote"), "client-session"))
        return 0;
    return give_url(r, QW_F_BUILD_REMOTE, request, "remote");
}

int read_buildkit(struct reader *r, const struct qw_request *request)
{
    return fact_add(r, QW_F_BUILDKIT, NULL, qw_bytes_from(request->path, 1), 0);
}

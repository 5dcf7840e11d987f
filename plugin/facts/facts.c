/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts, records and paths: how they are made, found and shown. */
#include "shape.h"

#include <strings.h>

/* clang-format off */
const struct qw_fact_type_row qw_fact_types[QW_F_COUNT] = {
    /* kind                       name                   type       main */
    [QW_F_PRIVILEGED]         = { "privileged",          QW_FLAG,   NULL },
    [QW_F_USER]               = { "user",                QW_TEXT,   NULL },
    [QW_F_GROUP_ADD]          = { "group-add",           QW_TEXT,   NULL },
    [QW_F_NETWORK_MODE]       = { "network-mode",        QW_TEXT,   NULL },
    [QW_F_NETWORK]            = { "network",             QW_TEXT,   NULL },
    [QW_F_PID_MODE]           = { "pid-mode",            QW_TEXT,   NULL },
    [QW_F_IPC_MODE]           = { "ipc-mode",            QW_TEXT,   NULL },
    [QW_F_UTS_MODE]           = { "uts-mode",            QW_TEXT,   NULL },
    [QW_F_USERNS_MODE]        = { "userns-mode",         QW_TEXT,   NULL },
    [QW_F_CGROUPNS_MODE]      = { "cgroupns-mode",       QW_TEXT,   NULL },
    [QW_F_CGROUP]             = { "cgroup",              QW_TEXT,   NULL },
    [QW_F_CAP_ADD]            = { "cap-add",             QW_TEXT,   NULL },
    [QW_F_CAP_DROP]           = { "cap-drop",            QW_TEXT,   NULL },
    [QW_F_SECURITY_OPT]       = { "security-opt",        QW_TEXT,   NULL },
    [QW_F_MASKED_PATHS]       = { "masked-paths",        QW_FLAG,   NULL },
    [QW_F_READONLY_PATHS]     = { "readonly-paths",      QW_FLAG,   NULL },
    [QW_F_BIND]               = { "bind",                QW_RECORD, "source" },
    [QW_F_VOLUME]             = { "volume",              QW_RECORD, "name" },
    [QW_F_MOUNT]              = { "mount",               QW_RECORD, "mount-type" },
    [QW_F_TMPFS]              = { "tmpfs",               QW_RECORD, "target" },
    [QW_F_VOLUMES_FROM]       = { "volumes-from",        QW_TEXT,   NULL },
    [QW_F_VOLUME_DRIVER]      = { "volume-driver",       QW_TEXT,   NULL },
    [QW_F_DEVICE]             = { "device",              QW_RECORD, "path" },
    [QW_F_DEVICE_REQUEST]     = { "device-request",      QW_RECORD, "driver" },
    [QW_F_DEVICE_CGROUP_RULE] = { "device-cgroup-rule",  QW_TEXT,   NULL },
    [QW_F_READ_ONLY_ROOT]     = { "read-only-root",      QW_FLAG,   NULL },
    [QW_F_MEMORY]             = { "memory",              QW_NUMBER, NULL },
    [QW_F_MEMORY_SWAP]        = { "memory-swap",         QW_NUMBER, NULL },
    [QW_F_MEMORY_RESERVATION] = { "memory-reservation",  QW_NUMBER, NULL },
    [QW_F_MEMORY_SWAPPINESS]  = { "memory-swappiness",   QW_NUMBER, NULL },
    [QW_F_KERNEL_MEMORY]      = { "kernel-memory",       QW_NUMBER, NULL },
    [QW_F_NANO_CPUS]          = { "nano-cpus",           QW_NUMBER, NULL },
    [QW_F_CPU_QUOTA]          = { "cpu-quota",           QW_NUMBER, NULL },
    [QW_F_CPU_PERIOD]         = { "cpu-period",          QW_NUMBER, NULL },
    [QW_F_CPU_SHARES]         = { "cpu-shares",          QW_NUMBER, NULL },
    [QW_F_CPUSET_CPUS]        = { "cpuset-cpus",         QW_TEXT,   NULL },
    [QW_F_CPUSET_MEMS]        = { "cpuset-mems",         QW_TEXT,   NULL },
    [QW_F_RT_PERIOD]          = { "cpu-rt-period",       QW_NUMBER, NULL },
    [QW_F_RT_RUNTIME]         = { "cpu-rt-runtime",      QW_NUMBER, NULL },
    [QW_F_PIDS_LIMIT]         = { "pids-limit",          QW_NUMBER, NULL },
    [QW_F_ULIMIT]             = { "ulimit",              QW_RECORD, "name" },
    [QW_F_SHM_SIZE]           = { "shm-size",            QW_NUMBER, NULL },
    [QW_F_BLKIO_WEIGHT]       = { "blkio-weight",        QW_NUMBER, NULL },
    [QW_F_BLKIO_DEVICE]       = { "blkio-device",        QW_RECORD, "path" },
    [QW_F_OOM_KILL_DISABLE]   = { "oom-kill-disable",    QW_FLAG,   NULL },
    [QW_F_OOM_SCORE_ADJ]      = { "oom-score-adj",       QW_NUMBER, NULL },
    [QW_F_RESTART_POLICY]     = { "restart-policy",      QW_RECORD, "name" },
    [QW_F_LOG_DRIVER]         = { "log-driver",          QW_TEXT,   NULL },
    [QW_F_LOG_BUFFER]         = { "log-buffer",          QW_TEXT,   NULL },
    [QW_F_LOG_OPTION]         = { "log-option",          QW_TEXT,   NULL },
    [QW_F_PUBLISHED_PORT]     = { "published-port",      QW_RECORD, "host-port" },
    [QW_F_PUBLISH_ALL]        = { "publish-all",         QW_FLAG,   NULL },
    [QW_F_MAC_ADDRESS]        = { "mac-address",         QW_TEXT,   NULL },
    [QW_F_STATIC_ADDRESS]     = { "static-address",      QW_TEXT,   NULL },
    [QW_F_LINK]               = { "link",                QW_TEXT,   NULL },
    [QW_F_ALIAS]              = { "alias",               QW_TEXT,   NULL },
    [QW_F_ENDPOINT_OPTION]    = { "endpoint-option",     QW_RECORD, "key" },
    [QW_F_DNS]                = { "dns",                 QW_TEXT,   NULL },
    [QW_F_EXTRA_HOST]         = { "extra-host",          QW_TEXT,   NULL },
    [QW_F_SYSCTL]             = { "sysctl",              QW_RECORD, "name" },
    [QW_F_CGROUP_PARENT]      = { "cgroup-parent",       QW_TEXT,   NULL },
    [QW_F_ANNOTATION]         = { "annotation",          QW_TEXT,   NULL },
    [QW_F_RUNTIME]            = { "runtime",             QW_TEXT,   NULL },
    [QW_F_ISOLATION]          = { "isolation",           QW_TEXT,   NULL },
    [QW_F_STORAGE_OPTION]     = { "storage-option",      QW_RECORD, "key" },
    [QW_F_ENV]                = { "env",                 QW_TEXT,   NULL },
    [QW_F_LABEL]              = { "label",               QW_RECORD, "key" },
    [QW_F_HEALTHCHECK]        = { "healthcheck",         QW_TEXT,   NULL },
    [QW_F_COMMAND]            = { "command",             QW_TEXT,   NULL },
    [QW_F_CONTAINER_NAME]     = { "container-name",      QW_TEXT,   NULL },
    [QW_F_NETWORK_NAME]       = { "network-name",        QW_TEXT,   NULL },
    [QW_F_IMAGE]              = { "image",               QW_TEXT,   NULL },
    [QW_F_IMAGE_NAME]         = { "image-name",          QW_TEXT,   NULL },
    [QW_F_PLATFORM]           = { "platform",            QW_TEXT,   NULL },
    [QW_F_NETWORK_DRIVER]     = { "network-driver",      QW_TEXT,   NULL },
    [QW_F_NETWORK_OPTION]     = { "network-option",      QW_RECORD, "key" },
    [QW_F_NETWORK_SUBNET]     = { "network-subnet",      QW_RECORD, "subnet" },
    [QW_F_IPAM_DRIVER]        = { "ipam-driver",         QW_TEXT,   NULL },
    [QW_F_NETWORK_INGRESS]    = { "network-ingress",     QW_FLAG,   NULL },
    [QW_F_CONTAINER]          = { "container",           QW_TEXT,   NULL },
    [QW_F_CLASSIC_BUILD]      = { "classic-build",       QW_FLAG,   NULL },
    [QW_F_BUILD_REMOTE]       = { "build-remote",        QW_TEXT,   NULL },
    [QW_F_BUILD_ARGUMENT]     = { "build-argument",      QW_TEXT,   NULL },
    [QW_F_BUILDKIT]           = { "buildkit",            QW_TEXT,   NULL },
    [QW_F_IMPORT]             = { "import",              QW_TEXT,   NULL },
    [QW_F_PS_ARGS]            = { "ps-args",             QW_TEXT,   NULL },
    [QW_F_CHECKPOINT_DIR]     = { "checkpoint-dir",      QW_TEXT,   NULL },
    [QW_F_PLUGIN]             = { "plugin",              QW_TEXT,   NULL },
    [QW_F_SWARM_ADDRESS]      = { "swarm-address",       QW_TEXT,   NULL },
    [QW_F_SWARM_REMOTE]       = { "swarm-remote",        QW_TEXT,   NULL },
    [QW_F_EXTERNAL_CA]        = { "external-ca",         QW_TEXT,   NULL },
    [QW_F_NEW_CLUSTER]        = { "new-cluster",         QW_FLAG,   NULL },
    [QW_F_NODE_ROLE]          = { "node-role",           QW_TEXT,   NULL },
    [QW_F_NODE_STATE]         = { "node-state",          QW_TEXT,   NULL },
    [QW_F_SECRET_DRIVER]      = { "secret-driver",       QW_TEXT,   NULL },
    [QW_F_SEARCH_REGISTRY]    = { "search-registry",     QW_TEXT,   NULL },
    [QW_F_UNKNOWN_FIELD]      = { "unknown-field",       QW_TEXT,   NULL },
    [QW_F_HOST_CONFIG]        = { "host-config",         QW_FLAG,   NULL },
    [QW_F_LOOKED_UP]          = { "looked-up",           QW_RECORD, "object" },
    [QW_F_CONTAINER_BIND]     = { "container-bind",      QW_TEXT,   NULL },
    [QW_F_IMAGE_ENV]          = { "image-env",           QW_TEXT,   NULL },
    [QW_F_OWN_PROGRAM]        = { "own-program",         QW_FLAG,   NULL },
};
/* clang-format on */

static int no_memory(struct reader *r)
{
    return qw_fail(r->err, QW_E_NOMEM, "out of memory");
}

/* ---- paths ---- */

static const struct qw_path *path_new(struct reader *r, struct qw_path path)
{
    struct qw_path *node = qw_arena_alloc(r->arena, sizeof(*node));

    if (!node) {
        no_memory(r);
        return NULL;
    }
    *node = path;
    return node;
}

const struct qw_path *path_key(struct reader *r, const struct qw_path *parent, struct qw_bytes key)
{
    return path_new(r, (struct qw_path){.parent = parent, .key = key.data ? key : (struct qw_bytes){"", 0}});
}

const struct qw_path *path_object(struct reader *r, struct qw_bytes name)
{
    return path_new(r, (struct qw_path){.key = name, .index = QW_PATH_OBJECT});
}

const struct qw_path *path_index(struct reader *r, const struct qw_path *parent, size_t index)
{
    return path_new(r, (struct qw_path){.parent = parent, .index = index});
}

void qw_path_print(const struct qw_path *path, struct qw_buf *out)
{
    if (!path)
        return;
    qw_path_print(path->parent, out);
    if (path->key.data) {
        if (path->parent && path->parent->index != QW_PATH_OBJECT)
            qw_buf_add(out, ".", 1);
        qw_buf_add_shown(out, path->key, 80);
        if (path->index == QW_PATH_OBJECT)
            qw_buf_add_text(out, ": ");
    } else {
        qw_buf_printf(out, "[%zu]", path->index);
    }
}

int path_fail(struct reader *r, const struct qw_path *path, enum qw_code code, const char *words)
{
    QW_AUTO(buf) struct qw_buf text = {0};

    qw_path_print(path, &text);
    return qw_fail(r->err, code, QW_BYTES_FMT "%s%s", QW_BYTES_ARG(qw_buf_bytes(&text)), text.len ? ": " : "", words);
}

/* ---- secrets ---- */

bool names_secret(struct qw_bytes name)
{
    static const char *const words[] = {"pass", "cred", "secret", "token", "key"};

    for (size_t i = 0; i < name.len; i++) {
        for (size_t w = 0; w < QW_COUNT(words); w++) {
            const size_t len = strlen(words[w]);

            if (name.len - i >= len && strncasecmp(name.data + i, words[w], len) == 0)
                return true;
        }
    }
    return false;
}

/* ---- facts ---- */

int fact_copy(struct reader *r, const struct qw_fact *fact)
{
    struct qw_fact *copy = qw_arena_alloc(r->arena, sizeof(*copy));
    struct qw_facts *facts = r->facts;

    if (!copy)
        return no_memory(r);
    facts->bytes += fact->text.len;
    for (size_t i = 0; i < fact->part_count; i++)
        facts->bytes += fact->parts[i].key.len + fact->parts[i].value.len;
    if (facts->count == QW_FACTS_MAX || facts->bytes > QW_FACTS_BYTES_MAX)
        return qw_fail(r->err, QW_E_MALFORMED, "the request says more than is read of one");
    *copy = *fact;
    copy->beside = r->beside;
    copy->stored = r->stored;
    copy->next = NULL;
    if (facts->last[fact->kind])
        facts->last[fact->kind]->next = copy;
    else
        facts->first[fact->kind] = copy;
    facts->last[fact->kind] = copy;
    facts->count++;
    return 0;
}

int fact_add(struct reader *r, enum qw_fact_kind kind, const struct qw_path *path, struct qw_bytes text, int64_t number)
{
    return fact_copy(r, &(struct qw_fact){.kind = kind, .path = path, .text = text, .number = number});
}

int fact_add_record(struct reader *r, const struct record *record)
{
    return fact_copy(r, &(struct qw_fact){.kind = record->kind,
                                          .path = record->path,
                                          .text = record->text,
                                          .parts = record->parts,
                                          .part_count = record->count});
}

int record_add(struct reader *r, struct record *record, const char *part, struct qw_bytes value,
               const struct qw_path *path)
{
    if (record->count == record->cap) {
        const size_t cap = record->cap ? record->cap * 2 : 8;
        struct qw_part *parts = qw_arena_zalloc(r->arena, cap, sizeof(*parts));

        if (!parts)
            return no_memory(r);
        if (record->count)
            memcpy(parts, record->parts, record->count * sizeof(*parts));
        record->parts = parts;
        record->cap = cap;
    }
    record->parts[record->count++] = (struct qw_part){qw_bytes_of(part), value, path};
    return 0;
}

static struct qw_part find_part(const struct qw_part *parts, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (qw_bytes_is(parts[i].key, name)) {
            struct qw_part part = parts[i];

            if (!part.value.data)
                part.value = QW_LIT("");
            return part;
        }
    }
    return (struct qw_part){0};
}

struct qw_part record_part(const struct record *record, const char *part)
{
    return find_part(record->parts, record->count, part);
}

struct qw_bytes qw_fact_part(const struct qw_fact *fact, const char *name)
{
    return find_part(fact->parts, fact->part_count, name).value;
}

struct qw_fact qw_fact_of_part(const struct qw_fact *fact, const char *name)
{
    const struct qw_part part = find_part(fact->parts, fact->part_count, name);
    struct qw_fact of = *fact;

    if (part.path) {
        of.path = part.path;
        of.text = part.value;
    }
    return of;
}

/* ---- for people ---- */

struct qw_bytes qw_fact_field(const struct qw_fact *fact, struct qw_arena *arena)
{
    QW_AUTO(buf) struct qw_buf buf = {0};

    qw_path_print(fact->path, &buf);
    return buf.failed ? (struct qw_bytes){NULL, 0} : qw_arena_copy(arena, qw_buf_bytes(&buf));
}

struct qw_bytes qw_fact_value(const struct qw_fact *fact, struct qw_arena *arena)
{
    switch (qw_fact_types[fact->kind].type) {
    case QW_FLAG:
        return QW_LIT("true");
    case QW_NUMBER:
        return qw_arena_printf(arena, "%lld", (long long)fact->number);
    case QW_TEXT:
    case QW_RECORD:
        break;
    }
    return fact->text;
}

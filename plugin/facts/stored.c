/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the engine keeps, as facts: read by the shapes of the requests that made it, less what the engine filled in.
 * Source: moby daemon/inspect.go, daemon/daemon_unix.go (adaptContainerSettings), daemon/commit.go (merge), 20.10 to
 * 28.5.
 */
#include "lookup.h"

const struct qw_json *stored_get(const struct qw_json *object, const char *key)
{
    if (!object || object->type != QW_JSON_OBJECT)
        return NULL;
    for (const struct qw_json *member = object->child; member; member = member->next) {
        if (qw_bytes_is(member->key, key))
            return member->type == QW_JSON_NULL ? NULL : member;
    }
    return NULL;
}

struct qw_bytes stored_text(const struct qw_json *object, const char *outer, const char *key)
{
    const struct qw_json *value = stored_get(outer ? stored_get(object, outer) : object, key);

    return value && value->type == QW_JSON_STRING ? value->text : QW_LIT("");
}

int stored_give(struct reader *r, enum qw_fact_kind kind, const struct qw_path *root, const char *outer,
                const char *key, struct qw_bytes text)
{
    const struct qw_path *at = outer ? path_key(r, root, qw_bytes_of(outer)) : root;

    at = at ? path_key(r, at, qw_bytes_of(key)) : NULL;
    return at ? fact_add(r, kind, at, text, 1) : -1;
}

/* ---- what the engine fills in ---- */

static bool has_text(const struct qw_facts *facts, enum qw_fact_kind kind, const char *text)
{
    for (const struct qw_fact *fact = facts->first[kind]; fact; fact = fact->next) {
        if (qw_bytes_is(fact->text, text))
            return true;
    }
    return false;
}

/* The engine switches SELinux off for those that see the host's processes: adaptContainerSettings. */
static bool sees_processes(const struct qw_facts *facts)
{
    return facts->first[QW_F_PRIVILEGED] || has_text(facts, QW_F_PID_MODE, "host") ||
           has_text(facts, QW_F_IPC_MODE, "host");
}

static bool is_number(const struct qw_json *value, struct qw_bytes text)
{
    return value && value->type == QW_JSON_NUMBER && qw_bytes_eq(value->text, text);
}

/* An inspection merges the engine's own limits with the container's. */
static bool is_default_ulimit(const struct qw_fact *fact, const struct qw_engine_defaults *defaults)
{
    const struct qw_json *list = defaults->ulimits;

    for (const struct qw_json *row = list ? list->child : NULL; row && list->type == QW_JSON_OBJECT; row = row->next) {
        if (qw_bytes_eq(row->key, fact->text) && is_number(stored_get(row, "Soft"), qw_fact_part(fact, "soft")) &&
            is_number(stored_get(row, "Hard"), qw_fact_part(fact, "hard")))
            return true;
    }
    return false;
}

/* Would the fact be there, too, of a container that did not ask for it? Then it says nothing of who made it. */
static bool is_filled_in(const struct qw_fact *fact, const struct qw_facts *facts,
                         const struct qw_engine_defaults *defaults)
{
    switch (fact->kind) {
    case QW_F_RUNTIME:
        return qw_bytes_eq(fact->text, defaults->runtime);
    case QW_F_LOG_DRIVER:
        return qw_bytes_eq(fact->text, defaults->log_driver);
    case QW_F_SHM_SIZE:
        return fact->number == defaults->shm_size;
    case QW_F_CGROUPNS_MODE:
        return qw_bytes_is(fact->text, "host") && (defaults->host_cgroups || facts->first[QW_F_PRIVILEGED]);
    case QW_F_SECURITY_OPT:
        return qw_bytes_is(fact->text, "label=disable") && sees_processes(facts);
    case QW_F_ULIMIT:
        return is_default_ulimit(fact, defaults);
    case QW_F_COMMAND: /* stored_program says what matters of these */
        return true;
    default:
        return false;
    }
}

static int keep(struct reader *r, const struct qw_facts *facts, const struct qw_engine_defaults *defaults)
{
    for (int kind = 0; kind < QW_F_COUNT; kind++) {
        for (const struct qw_fact *fact = facts->first[kind]; fact; fact = fact->next) {
            if (!is_filled_in(fact, facts, defaults) && fact_copy(r, fact) < 0)
                return -1;
        }
    }
    return 0;
}

/* ---- mounts as the engine resolved them ---- */

static bool is_listed(const struct reader *r, enum qw_fact_kind kind, struct qw_bytes text, struct qw_bytes target)
{
    for (const struct qw_fact *fact = r->facts->first[kind]; fact; fact = fact->next) {
        if (qw_bytes_eq(fact->text, text) && qw_bytes_eq(qw_fact_part(fact, "target"), target))
            return true;
    }
    return false;
}

/* The engine names an anonymous volume by 64 hex digits. */
static bool is_generated(struct qw_bytes name)
{
    for (size_t i = 0; i < name.len; i++) {
        if (!strchr("0123456789abcdef", name.data[i]) || !name.data[i])
            return false;
    }
    return name.len == 64;
}

static int add_mode(struct reader *r, struct record *record, const struct qw_json *mount)
{
    const struct qw_bytes propagation = stored_text(mount, NULL, "Propagation");
    const struct qw_json *writable = stored_get(mount, "RW");
    struct qw_bytes mode = stored_text(mount, NULL, "Mode");
    struct qw_bytes word;

    if (writable && writable->type == QW_JSON_FALSE && record_add(r, record, "read-only", QW_LIT("1"), NULL) < 0)
        return -1;
    if (propagation.len && record_add(r, record, "propagation", propagation, NULL) < 0)
        return -1;
    while (record->kind == QW_F_BIND && mode.len && qw_bytes_split(&mode, ',', &word)) {
        if ((qw_bytes_is(word, "z") || qw_bytes_is(word, "Z")) && record_add(r, record, "relabel", word, NULL) < 0)
            return -1;
    }
    return 0;
}

/* One that HostConfig does not list: by VolumesFrom, of the image, or anonymous. */
static int read_mount(struct reader *r, const struct qw_json *mount, const struct qw_path *path)
{
    const struct qw_bytes target = stored_text(mount, NULL, "Destination");
    const struct qw_bytes driver = stored_text(mount, NULL, "Driver");
    const struct qw_bytes type = stored_text(mount, NULL, "Type");
    const bool is_volume = qw_bytes_is(type, "volume");
    struct record record = {.kind = is_volume ? QW_F_VOLUME : QW_F_BIND, .path = path};

    if (!is_volume && !qw_bytes_is(type, "bind"))
        return 0;
    record.text = stored_text(mount, NULL, is_volume ? "Name" : "Source");
    if (is_listed(r, record.kind, record.text, target))
        return 0;
    if (record_add(r, &record, "target", target, NULL) < 0 || add_mode(r, &record, mount) < 0)
        return -1;
    if (is_volume && driver.len && record_add(r, &record, "driver", driver, NULL) < 0)
        return -1;
    if (is_volume && is_generated(record.text) && record_add(r, &record, "implicit", QW_LIT("1"), NULL) < 0)
        return -1;
    return fact_add_record(r, &record);
}

#define MOUNTS_MAX 1024 /* each is compared with all */

static int read_mounts(struct reader *r, const struct container *container)
{
    const struct qw_json *list = stored_get(container->answer, "Mounts");
    const struct qw_path *path = path_key(r, container->root, QW_LIT("Mounts"));
    size_t index = 0;

    if (!path)
        return -1;
    if (list && list->type != QW_JSON_ARRAY)
        return path_fail(r, path, QW_E_MALFORMED, "is no list");
    if (list && list->count > MOUNTS_MAX)
        return path_fail(r, path, QW_E_MALFORMED, "holds more than is read of one");
    for (const struct qw_json *mount = list ? list->child : NULL; mount; mount = mount->next) {
        const struct qw_path *at = path_index(r, path, index++);

        if (!at || read_mount(r, mount, at) < 0)
            return -1;
    }
    return 0;
}

/* ---- containers ---- */

/* That it is nobody in particular is said, too: root. */
static int read_user(struct reader *r, const struct container *container)
{
    if (r->facts->first[QW_F_USER])
        return 0;
    return stored_give(r, QW_F_USER, container->root, "Config", "User", QW_LIT(""));
}

int stored_container(struct reader *r, const struct container *container, enum extent extent,
                     const struct qw_engine_defaults *defaults)
{
    static const struct shape *const shapes[] = {
        [MOUNTS] = &shape_stored_mounts,
        [WHOLE] = &shape_stored,
    };
    struct qw_facts facts = {0};
    struct reader all = {.arena = r->arena, .facts = &facts, .err = r->err, .stored = true};

    if (container->answer->type != QW_JSON_OBJECT)
        return path_fail(r, container->root, QW_E_MALFORMED, "the engine's answer is no JSON object");
    if (read_struct(&all, shapes[extent], container->answer, container->root) < 0 ||
        (extent == WHOLE && read_user(&all, container) < 0) || read_mounts(&all, container) < 0)
        return -1;
    return keep(r, &facts, defaults);
}

/* ---- volumes ---- */

static int add_options(struct reader *r, struct record *record, const struct qw_json *options,
                       const struct qw_path *path)
{
    const struct qw_path *at = path_key(r, path, QW_LIT("Options"));

    if (options && options->type != QW_JSON_OBJECT)
        return path_fail(r, at, QW_E_MALFORMED, "is no object");
    for (const struct qw_json *option = options ? options->child : NULL; option; option = option->next) {
        const struct qw_bytes name = qw_arena_concat(r->arena, QW_LIT("option."), option->key);
        const struct qw_path *own = path_key(r, at, option->key);

        if (!own || !name.data || record_add(r, record, name.data, option->text, own) < 0)
            return -1;
        if (option->type != QW_JSON_STRING)
            return path_fail(r, own, QW_E_MALFORMED, "is no text");
    }
    return 0;
}

/* An ordinary volume of the local driver says no more than its name does. */
int stored_volume(struct reader *r, const struct qw_fact *named, const struct qw_json *answer)
{
    static const char *const parts[] = {"target", "read-only", "implicit"};
    const struct qw_bytes driver = stored_text(answer, NULL, "Driver");
    const struct qw_json *options = stored_get(answer, "Options");
    const bool is_local = !driver.len || qw_bytes_is(driver, "local");
    const struct qw_bytes name = qw_arena_concat(r->arena, QW_LIT("volume "), named->text);
    struct record record = {.kind = QW_F_VOLUME, .path = name.data ? path_object(r, name) : NULL, .text = named->text};

    if (!record.path)
        return qw_fail(r->err, QW_E_NOMEM, "out of memory");
    if (is_local && (!options || qw_json_is_empty(options)))
        return 0;
    for (size_t i = 0; i < QW_COUNT(parts); i++) {
        const struct qw_bytes value = qw_fact_part(named, parts[i]);

        if (value.data && record_add(r, &record, parts[i], value, NULL) < 0)
            return -1;
    }
    if (driver.len && record_add(r, &record, "driver", driver, path_key(r, record.path, QW_LIT("Driver"))) < 0)
        return -1;
    return add_options(r, &record, options, record.path) < 0 ? -1 : finish_volume(r, &record);
}

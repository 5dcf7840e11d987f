/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Does a container run what its image says, and nothing else? The engine writes image and request together when it
 * makes a container, so that the two are told apart by asking for the image. Source: moby daemon/commit.go, merge.
 */
#include "lookup.h"

/* ---- comparing ---- */

/* Absent, null and empty are the same to the engine, but for an entry point; and that is merged away by then. */
static const struct qw_json *something(const struct qw_json *value)
{
    return value && !qw_json_is_empty(value) ? value : NULL;
}

/* Of lists and structs that the engine writes in one order. */
static bool are_alike(const struct qw_json *a, const struct qw_json *b)
{
    a = something(a);
    b = something(b);
    if (!a || !b || a->type != b->type || a->count != b->count || !qw_bytes_eq(a->text, b->text))
        return !a && !b;
    a = a->child;
    b = b->child;
    for (; a && b; a = a->next, b = b->next) {
        if (!qw_bytes_eq(a->key, b->key) || !are_alike(a, b))
            return false;
    }
    return !a && !b;
}

static bool lists(const struct qw_json *list, struct qw_bytes text)
{
    for (const struct qw_json *item = list ? list->child : NULL; item; item = item->next) {
        if (item->type == QW_JSON_STRING && qw_bytes_eq(item->text, text))
            return true;
    }
    return false;
}

static bool has_key(const struct qw_json *map, struct qw_bytes key)
{
    for (const struct qw_json *member = map ? map->child : NULL; member; member = member->next) {
        if (qw_bytes_eq(member->key, key))
            return true;
    }
    return false;
}

/* ---- variables ---- */

/* One fact for each item of Env, in its order: emit_env. Those of the image become facts of another kind. */
static int sort_variables(struct reader *r, const struct qw_json *env, const struct qw_json *of_image)
{
    const struct qw_fact *fact = r->facts->first[QW_F_ENV];
    const struct qw_json *item = env ? env->child : NULL;

    r->facts->first[QW_F_ENV] = NULL;
    r->facts->last[QW_F_ENV] = NULL;
    for (; fact && item; fact = fact->next, item = item->next) {
        const enum qw_fact_kind kind = lists(of_image, item->text) ? QW_F_IMAGE_ENV : QW_F_ENV;

        if (fact_add(r, kind, fact->path, fact->text, 0) < 0)
            return -1;
    }
    return 0;
}

/* ---- the program ---- */

static bool has_own_command(const struct qw_json *config, const struct qw_json *of_image)
{
    static const char *const keys[] = {"Entrypoint", "Cmd", "Shell"};
    const struct qw_json *check = stored_get(stored_get(config, "Healthcheck"), "Test");
    const struct qw_json *open = stored_get(config, "OpenStdin");

    for (size_t i = 0; i < QW_COUNT(keys); i++) {
        if (!are_alike(stored_get(config, keys[i]), stored_get(of_image, keys[i])))
            return false;
    }
    if (open && open->type != QW_JSON_FALSE)
        return false;
    return (check && check->child && qw_bytes_is(check->child->text, "NONE")) ||
           are_alike(stored_get(config, "Healthcheck"), stored_get(of_image, "Healthcheck"));
}

/* Volumes that the image declares are empty or hold what it has there; anything else may lie over its program. */
static bool has_own_mounts(const struct qw_facts *facts, const struct qw_json *of_image)
{
    static const enum qw_fact_kind kinds[] = {QW_F_BIND, QW_F_MOUNT, QW_F_TMPFS, QW_F_VOLUMES_FROM, QW_F_VOLUME_DRIVER};
    const struct qw_json *volumes = stored_get(of_image, "Volumes");

    for (size_t i = 0; i < QW_COUNT(kinds); i++) {
        if (facts->first[kinds[i]])
            return false;
    }
    for (const struct qw_fact *fact = facts->first[QW_F_VOLUME]; fact; fact = fact->next) {
        if ((fact->text.len && !qw_fact_part(fact, "implicit").data) || !has_key(volumes, qw_fact_part(fact, "target")))
            return false;
    }
    return true;
}

int stored_program(struct reader *r, const struct container *container, const struct qw_json *image)
{
    const struct qw_json *config = stored_get(container->answer, "Config");
    const struct qw_json *of_image = stored_get(image, "Config");

    if (sort_variables(r, stored_get(config, "Env"), stored_get(of_image, "Env")) < 0)
        return -1;
    if (!has_own_command(config, of_image) || !has_own_mounts(r->facts, of_image))
        return 0;
    return fact_add(r, QW_F_OWN_PROGRAM, container->root, (struct qw_bytes){NULL, 0}, 1);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "given.h"

#include "quaywarden/rules.h"

#include <limits.h>

/* As many as Linux follows: path_resolution(7). */
#define LINKS_MAX 40

static const struct qw_pair *find_link(const struct qw_given *given, struct qw_bytes path)
{
    for (size_t i = 0; i < given->link_count; i++) {
        if (qw_bytes_eq(given->links[i].key, path))
            return &given->links[i];
    }
    return NULL;
}

static struct qw_bytes parent_of(struct qw_bytes path)
{
    while (path.len > 0 && path.data[path.len - 1] != '/')
        path.len--;
    return (struct qw_bytes){path.data, path.len > 0 ? path.len - 1 : 0};
}

/* Fails where the kernel would, so no piece is ever longer than what the format shows of it. */
static int join(struct qw_arena *arena, struct qw_bytes folder, struct qw_bytes name, struct qw_bytes *out,
                struct qw_err *err)
{
    if (folder.len + 1 + name.len >= PATH_MAX)
        return qw_fail(err, QW_E_LIMIT, "a path is too long");
    *out = qw_arena_printf(arena, QW_BYTES_FMT "/" QW_BYTES_FMT, QW_BYTES_ARG(folder), QW_BYTES_ARG(name));
    return out->data ? 0 : qw_fail(err, QW_E_NOMEM, "out of memory");
}

/*
 * Component by component, as the kernel walks: a link's target takes the link's place, and a `..` that comes with it
 * leaves the folder that was really reached.
 */
static int follow(const struct qw_given *given, struct qw_bytes path, struct qw_arena *arena, struct qw_bytes *out,
                  struct qw_err *err)
{
    struct qw_bytes rest = path;
    struct qw_bytes reached = QW_LIT("");
    struct qw_bytes name = {0};
    int followed = 0;

    while (qw_bytes_split(&rest, '/', &name)) {
        const struct qw_pair *link;
        struct qw_bytes next = {0};

        if (name.len == 0 || qw_bytes_is(name, "."))
            continue;
        if (qw_bytes_is(name, "..")) {
            reached = parent_of(reached);
            continue;
        }
        if (join(arena, reached, name, &next, err) < 0)
            return -1;
        link = find_link(given, next);
        if (!link) {
            reached = next;
            continue;
        }
        if (++followed > LINKS_MAX)
            return qw_fail(err, QW_E_IO, "too many levels of symbolic links");
        if (qw_bytes_starts(link->value, "/"))
            reached = QW_LIT("");
        if (join(arena, link->value, rest, &rest, err) < 0)
            return -1;
    }
    *out = reached.len > 0 ? reached : QW_LIT("/");
    return 0;
}

/* A bind takes along what is mounted below its source. */
static void note_mounts(const struct qw_world *world, const struct qw_given *given, struct qw_place *place)
{
    for (size_t i = 0; i < given->mount_count; i++) {
        const struct qw_pair *mount = &given->mounts[i];

        if (mount->key.len <= place->resolved.len || !qw_path_is_within(mount->key, place->resolved))
            continue;
        if (!place->mounted.data)
            place->mounted = mount->key;
        if (!place->guarded)
            place->guarded = qw_guard_hit(world->guard, mount->value);
    }
}

static int resolve(const struct qw_world *world, struct qw_bytes cleaned, struct qw_arena *arena,
                   struct qw_place *place, struct qw_err *err)
{
    if (follow(world->data, cleaned, arena, &place->resolved, err) < 0)
        return -1;
    place->guarded = qw_guard_hit(world->guard, cleaned);
    if (!place->guarded)
        place->guarded = qw_guard_hit(world->guard, place->resolved);
    note_mounts(world, world->data, place);
    return 0;
}

static bool confines_builds(const struct qw_world *world, struct qw_arena *arena)
{
    const struct qw_given *given = world->data;

    return qw_engine_confines_builds(given->engine_config, arena);
}

static void account(const struct qw_world *world, struct qw_bytes user, struct qw_arena *arena, struct qw_account *out)
{
    const struct qw_given *given = world->data;

    (void)arena;
    *out = (struct qw_account){.known = false};
    for (size_t i = 0; i < given->user_count; i++) {
        if (qw_bytes_eq(given->users[i].name, user))
            *out = given->users[i].account;
    }
}

static void defaults(const struct qw_world *world, struct qw_arena *arena, struct qw_engine_defaults *out)
{
    const struct qw_given *given = world->data;

    qw_engine_read_defaults(given->engine_config, false, arena, out);
}

/* ---- the engine's objects ---- */

static struct qw_bytes text_of(const struct qw_json *answer, const char *key)
{
    for (const struct qw_json *member = answer->child; member; member = member->next) {
        if (qw_bytes_is(member->key, key) && member->type == QW_JSON_STRING)
            return member->text;
    }
    return QW_LIT("");
}

static struct qw_bytes tag_of(const struct qw_image_name *image)
{
    return image->tag.len || image->digest.len ? image->tag : QW_LIT("latest");
}

static bool is_same_image(struct qw_bytes a, struct qw_bytes b)
{
    struct qw_image_name first;
    struct qw_image_name second;

    return qw_image_read(a, &first) && qw_image_read(b, &second) && strcmp(first.name, second.name) == 0 &&
           qw_bytes_eq(tag_of(&first), tag_of(&second)) && qw_bytes_eq(first.digest, second.digest);
}

static bool is_called(enum qw_object_kind kind, const struct qw_given_object *object, struct qw_bytes reference)
{
    const struct qw_bytes id = text_of(object->answer, kind == QW_EXEC ? "ID" : "Id");
    const size_t slash = kind == QW_CONTAINER && qw_bytes_starts(object->name, "/");

    if (qw_bytes_eq(qw_bytes_from(object->name, slash), reference) || (id.len && qw_bytes_eq(id, reference)))
        return true;
    return kind == QW_IMAGE && is_same_image(object->name, reference);
}

/* With "sha256:" or without it, as the engine takes ids of images. */
static bool has_prefix(enum qw_object_kind kind, const struct qw_given_object *object, struct qw_bytes reference)
{
    struct qw_bytes id = text_of(object->answer, "Id");

    if (kind == QW_VOLUME || kind == QW_EXEC || !id.len)
        return false;
    if (kind == QW_IMAGE && !qw_bytes_starts(reference, "sha256:") && qw_bytes_starts(id, "sha256:"))
        id = qw_bytes_from(id, strlen("sha256:"));
    return id.len >= reference.len && memcmp(id.data, reference.data, reference.len) == 0;
}

/* A name or a whole id first; then what begins one id and no other. */
static enum qw_found inspect(const struct qw_world *world, enum qw_object_kind kind, struct qw_bytes reference,
                             struct qw_arena *arena, const struct qw_json **answer, struct qw_err *err)
{
    const struct qw_given *given = world->data;
    static const struct qw_json nothing_said = {.type = QW_JSON_OBJECT};
    size_t begins = 0;

    (void)arena;
    /* Most cases have no use for images: any is there then, and says nothing of who runs it. */
    if (kind == QW_IMAGE && !given->objects[kind]) {
        *answer = &nothing_said;
        return QW_FOUND;
    }
    for (size_t i = 0; i < given->object_count[kind]; i++) {
        const struct qw_given_object *object = &given->objects[kind][i];

        if (is_called(kind, object, reference)) {
            *answer = object->answer;
            return QW_FOUND;
        }
    }
    for (size_t i = 0; i < given->object_count[kind]; i++) {
        const struct qw_given_object *object = &given->objects[kind][i];

        if (has_prefix(kind, object, reference)) {
            *answer = object->answer;
            begins++;
        }
    }
    if (begins > 1)
        qw_fail(err, QW_E_IO, "more than one id begins so");
    return begins > 1 ? QW_UNCLEAR : begins ? QW_FOUND : QW_ABSENT;
}

void qw_world_given(struct qw_world *world, const struct qw_given *given, time_t now)
{
    static const struct qw_guard guard = {qw_guard_paths};

    *world = (struct qw_world){.inspect = inspect,
                               .resolve = resolve,
                               .defaults = defaults,
                               .confines_builds = confines_builds,
                               .account = account,
                               .guard = &guard,
                               .now = now,
                               .data = given};
}

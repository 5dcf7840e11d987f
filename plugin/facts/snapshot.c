/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The snapshot: everything that a verdict needs of the world, asked once, before it is reached. */
#include "quaywarden/facts.h"

static const enum qw_fact_kind path_kinds[] = {QW_F_BIND, QW_F_DEVICE, QW_F_CHECKPOINT_DIR};

static size_t count_places(const struct qw_facts *facts)
{
    size_t count = 0;

    for (size_t i = 0; i < QW_COUNT(path_kinds); i++) {
        for (const struct qw_fact *fact = facts->first[path_kinds[i]]; fact; fact = fact->next)
            count++;
    }
    return count;
}

/* The engine cleans sources of binds; what a volume's options name goes to the kernel as it is. */
static bool climbs(struct qw_bytes path)
{
    struct qw_bytes component;

    while (qw_bytes_split(&path, '/', &component)) {
        if (qw_bytes_is(component, ".."))
            return true;
    }
    return false;
}

static int gather_place(const struct qw_world *world, const struct qw_fact *fact, struct qw_arena *arena,
                        struct qw_place *place, struct qw_err *err)
{
    /* A relative path starts at dockerd's working directory, most likely the root. */
    const struct qw_bytes rooted = qw_arena_concat(arena, QW_LIT("/"), fact->text);
    struct qw_bytes why;

    *place = (struct qw_place){0};
    place->cleaned = qw_path_clean(rooted, arena);
    if (!place->cleaned.data)
        return qw_fail(err, QW_E_NOMEM, "out of memory");
    if (!fact->text.len || fact->text.data[0] != '/')
        place->trouble = "it is not absolute";
    else if (qw_fact_part(fact, "template").data)
        place->trouble = "it is a template, which swarm fills in on the node";
    else if (qw_fact_part(fact, "driver-option").data && climbs(fact->text))
        place->trouble = "it has a \"..\", which the kernel follows after links";
    if (place->trouble)
        return 0;
    if (world->resolve(world, place->cleaned, arena, place, err) == 0)
        return 0;
    why = qw_arena_printf(arena, "%s", err->msg);
    place->trouble = why.data;
    return why.data && err->code != QW_E_NOMEM ? 0 : qw_fail(err, QW_E_NOMEM, "out of memory");
}

int qw_snapshot_gather(const struct qw_facts *facts, const struct qw_world *world, struct qw_arena *arena,
                       struct qw_snapshot *out, struct qw_err *err)
{
    const size_t count = count_places(facts);

    *out = (struct qw_snapshot){.now = world->now ? world->now : time(NULL)};
    if (facts->first[QW_F_BUILDKIT])
        out->confined_builds = world->confines_builds(world, arena);
    if (!count)
        return 0;
    if (count > QW_PLACES_MAX)
        return qw_fail(err, QW_E_MALFORMED, "the request names more than %d host paths", QW_PLACES_MAX);
    out->places = qw_arena_zalloc(arena, count, sizeof(*out->places));
    if (!out->places)
        return qw_fail(err, QW_E_NOMEM, "out of memory");
    for (size_t i = 0; i < QW_COUNT(path_kinds); i++) {
        for (const struct qw_fact *fact = facts->first[path_kinds[i]]; fact; fact = fact->next) {
            out->places[out->place_count].fact = fact;
            if (gather_place(world, fact, arena, &out->places[out->place_count].place, err) < 0)
                return -1;
            out->place_count++;
        }
    }
    return 0;
}

const struct qw_place *qw_snapshot_place(const struct qw_snapshot *snapshot, const struct qw_fact *fact)
{
    for (size_t i = 0; i < snapshot->place_count; i++) {
        if (snapshot->places[i].fact == fact)
            return &snapshot->places[i].place;
    }
    return NULL;
}

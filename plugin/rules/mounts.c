/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is mounted into a container: host paths, kinds of mounts, other containers' volumes. */
#include "check.h"

/* ---- bind-mounts ---- */

struct bind {
    const struct qw_fact *fact;
    const struct qw_place *place;
    struct qw_bytes path; /* the place as written, or as resolved: each is judged */
};

static bool is_set(const struct qw_fact *fact, const char *part)
{
    return qw_bytes_is(qw_fact_part(fact, part), "1");
}

/*
 * Could somebody who may use this policy swap a component of the path for a link, because a row lets a folder above it
 * be mounted writable? Root in such a container owns what is below it.
 */
static bool is_swappable(const struct qw_check *check, const struct qw_value *rows, struct qw_bytes path)
{
    for (size_t len = path.len - 1; path.len > 1 && len < path.len; len--) {
        const struct qw_bytes folder = len ? (struct qw_bytes){path.data, len} : QW_LIT("/");

        if (path.data[len] != '/')
            continue;
        for (size_t i = 0; i < rows->item_count; i++) {
            if (!rows->items[i].terms.read_only && qw_pattern_matches(rows->items[i].pattern, check->variables, folder))
                return true;
        }
    }
    return false;
}

/* Why a row whose pattern matches does not let the mount through; NULL where it does. */
static const char *objection(const struct qw_check *check, const struct qw_value *rows, const struct bind *bind,
                             const struct qw_bind_terms *terms)
{
    const struct qw_bytes propagation = qw_fact_part(bind->fact, "propagation");
    const bool is_private =
        !propagation.len || qw_bytes_is(propagation, "private") || qw_bytes_is(propagation, "rprivate");

    if (terms->read_only && !is_set(bind->fact, "read-only"))
        return "may be mounted read-only alone";
    if (terms->read_only && is_set(bind->fact, "writable-submounts"))
        return "may be mounted read-only alone, with all that is mounted below it";
    if (!terms->relabel && qw_fact_part(bind->fact, "relabel").len)
        return "may not be relabelled (z, Z)";
    if (!terms->propagation && !is_private)
        return "may be mounted with private propagation alone";
    if (terms->root_owned && bind->place->loose.data)
        return "lies below a folder that others than root may write";
    if (terms->root_owned && is_swappable(check, rows, bind->path))
        return "lies below a folder that this policy lets be mounted writable";
    return NULL;
}

/* True where a row lets the path through; else *why is the last matching row's objection, or NULL without one. */
static bool is_let_through(const struct qw_check *check, const struct qw_value *rows, const struct bind *bind,
                           const char **why)
{
    *why = NULL;
    for (size_t i = 0; i < rows->item_count; i++) {
        if (!qw_pattern_matches(rows->items[i].pattern, check->variables, bind->path))
            continue;
        *why = objection(check, rows, bind, &rows->items[i].terms);
        if (!*why)
            return true;
    }
    return false;
}

static const char *rows_accepted(const struct qw_check *check, const struct qw_value *rows)
{
    return rows->item_count ? qw_check_accepted(check, "allow", "") : "none is allowed; use a named volume";
}

/* Reports and returns false where the path is not let through. */
static bool judge_path(struct qw_check *check, const struct qw_value *rows, const struct bind *bind)
{
    const char *shown;
    const char *why;

    if (is_let_through(check, rows, bind, &why))
        return true;
    shown = qw_shown(check->arena, bind->place->cleaned);
    if (why)
        qw_violate(check, NULL, bind->fact, rows_accepted(check, rows), "host path %s %s", shown, why);
    else if (qw_bytes_eq(bind->path, bind->place->cleaned))
        qw_violate(check, NULL, bind->fact, rows_accepted(check, rows), "host path %s is not allowed", shown);
    else
        qw_violate(check, NULL, bind->fact, rows_accepted(check, rows),
                   "host path %s leads to %s, which is not allowed", shown, qw_shown(check->arena, bind->path));
    return false;
}

static void judge_bind(struct qw_check *check, const struct qw_value *rows, const struct qw_fact *fact)
{
    const struct qw_place *place = qw_snapshot_place(check->snapshot, fact);
    struct bind bind = {.fact = fact, .place = place};

    if (!place || !place->cleaned.len) {
        qw_check_unknown_place(check, fact, place);
        return;
    }
    bind.path = place->cleaned;
    if (!judge_path(check, rows, &bind))
        return;
    if (place->trouble) {
        qw_check_unknown_place(check, fact, place);
        return;
    }
    bind.path = place->resolved;
    if (!qw_bytes_eq(place->resolved, place->cleaned))
        judge_path(check, rows, &bind);
}

void qw_eval_bind_mounts(struct qw_check *check)
{
    const struct qw_value *rows = qw_check_setting(check, "allow");

    for (const struct qw_fact *fact = facts_of(check, QW_F_BIND); fact && !rows->any; fact = fact->next)
        judge_bind(check, rows, fact);
}

/* ---- mount-types, volumes-from ---- */

static void judge_type(struct qw_check *check, const struct qw_fact *fact, struct qw_bytes type)
{
    if (!qw_check_lists(check, "allow", type))
        qw_violate(check, NULL, fact, qw_check_accepted(check, "allow", "as type of --mount (compose: volumes)"),
                   "a mount of type %s is not allowed", qw_shown(check->arena, type));
}

void qw_eval_mount_types(struct qw_check *check)
{
    static const struct {
        enum qw_fact_kind kind;
        struct qw_bytes type;
    } types[] = {{QW_F_BIND, {"bind", 4}}, {QW_F_VOLUME, {"volume", 6}}, {QW_F_TMPFS, {"tmpfs", 5}}};

    /* A volume on its own is not mounted yet. */
    if (check->request->route && check->request->route->payload == QW_PAYLOAD_VOLUME)
        return;
    for (size_t i = 0; i < QW_COUNT(types); i++) {
        for (const struct qw_fact *fact = facts_of(check, types[i].kind); fact; fact = fact->next)
            judge_type(check, fact, types[i].type);
    }
    for (const struct qw_fact *fact = facts_of(check, QW_F_MOUNT); fact; fact = fact->next)
        judge_type(check, fact, fact->text);
}

void qw_eval_volumes_from(struct qw_check *check)
{
    for (const struct qw_fact *fact = facts_of(check, QW_F_VOLUMES_FROM); fact; fact = fact->next) {
        if (!qw_check_lists(check, "allow", QW_LIT("own")))
            qw_violate(check, NULL, fact, "use a named volume", "the mounts of another container, %s, are not allowed",
                       qw_shown(check->arena, fact->text));
    }
}

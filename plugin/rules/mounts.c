/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is mounted into a container: host paths, kinds of mounts, other containers' volumes. */
#include "as_self.h"

/* ---- bind-mounts ---- */

struct bind {
    const struct qw_fact *fact;
    const struct qw_place *place;
    struct qw_bytes path; /* the place as written, or as resolved: each is judged */
};

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

/* ---- rows ---- */

static bool is_private(const struct qw_fact *fact)
{
    const struct qw_bytes propagation = qw_fact_part(fact, "propagation");

    return !propagation.len || qw_bytes_is(propagation, "private") || qw_bytes_is(propagation, "rprivate");
}

/*
 * Does a read-only bind leave what is mounted below it writable? So it is on all engines before 25, and on newer ones
 * by an API below 1.44; without a version it may be either. Source: moby container_routes.go, postContainersCreate.
 */
static bool leaves_submounts(const struct qw_check *check, const struct qw_fact *fact)
{
    const struct qw_request *request = check->request;

    return !qw_fact_is_set(fact, "non-recursive") &&
           (request->api_major < 1 || (request->api_major == 1 && request->api_minor < 44));
}

/* Why a row whose pattern matches does not let the mount through; NULL where it does. */
static const char *objection(const struct qw_check *check, const struct qw_value *rows, const struct bind *bind,
                             const struct qw_bind_terms *terms)
{
    if (terms->read_only && !qw_fact_is_set(bind->fact, "read-only"))
        return "may be mounted read-only alone";
    if (terms->read_only && qw_fact_is_set(bind->fact, "writable-submounts"))
        return "may be mounted read-only alone, with all that is mounted below it";
    if (terms->read_only && bind->place->mounted.data && leaves_submounts(check, bind->fact))
        return "may be mounted read-only alone, and what is mounted below it stays writable by an API below 1.44";
    if (!terms->relabel && qw_fact_part(bind->fact, "relabel").len)
        return "may not be relabelled (z, Z)";
    if (!terms->propagation && !is_private(bind->fact))
        return "may be mounted with private propagation alone";
    if (terms->as_self)
        return qw_self_objection(check, bind->fact);
    if (terms->root_owned && bind->place->loose.data)
        return "lies below a folder that others than root may write";
    if (terms->root_owned && is_swappable(check, rows, bind->path))
        return "lies below a folder that this policy lets be mounted writable";
    return NULL;
}

/* What would turn a row's objection aside; NULL where nothing of this mount would. */
static const char *remedy(const struct qw_check *check, const struct bind *bind, const struct qw_bind_terms *terms)
{
    if (terms->as_self && !qw_self_is_who_runs(check))
        return qw_self_remedy(check);
    if (terms->read_only && !qw_fact_is_set(bind->fact, "read-only"))
        return "add :ro (compose: read_only: true)";
    if (terms->read_only && bind->place->mounted.data && leaves_submounts(check, bind->fact))
        return "use a client and an engine of API 1.44 or newer, or --mount with bind-nonrecursive";
    if (!terms->relabel && qw_fact_part(bind->fact, "relabel").len)
        return "leave out :z and :Z (compose: selinux)";
    if (!terms->propagation && !is_private(bind->fact))
        return "leave out the propagation (compose: propagation)";
    return NULL;
}

/* What the rows say of a path: nothing, that it may be mounted, or why not and what would help. */
struct finding {
    bool let_through;
    const char *why;      /* the last matching row's objection, or NULL without one */
    const char *accepted; /* NULL: what the rows allow */
};

static struct finding ask_rows(const struct qw_check *check, const struct qw_value *rows, const struct bind *bind)
{
    struct finding finding = {.let_through = false};

    for (size_t i = 0; i < rows->item_count && !finding.let_through; i++) {
        const struct qw_bind_terms *terms = &rows->items[i].terms;

        if (!qw_pattern_matches(rows->items[i].pattern, check->variables, bind->path))
            continue;
        finding.why = objection(check, rows, bind, terms);
        finding.let_through = !finding.why;
        finding.accepted = remedy(check, bind, terms);
    }
    return finding;
}

static const char *rows_accepted(const struct qw_check *check, const struct qw_value *rows)
{
    return rows->item_count ? qw_check_accepted(check, "allow", "for --volume and --mount (compose: volumes)")
                            : "none is allowed for --volume and --mount (compose: volumes); use a named volume";
}

/* Reports and returns false where the path is not let through. */
static bool judge_path(struct qw_check *check, const struct qw_value *rows, const struct bind *bind)
{
    const struct finding finding = ask_rows(check, rows, bind);
    const char *accepted;
    const char *shown;

    if (finding.let_through)
        return true;
    accepted = finding.accepted ? finding.accepted : rows_accepted(check, rows);
    shown = qw_shown(check->arena, bind->place->cleaned);
    if (finding.why)
        qw_violate(check, NULL, bind->fact, accepted, "host path %s %s", shown, finding.why);
    else if (qw_bytes_eq(bind->path, bind->place->cleaned))
        qw_violate(check, NULL, bind->fact, accepted, "host path %s is not allowed", shown);
    else
        qw_violate(check, NULL, bind->fact, accepted, "host path %s leads to %s, which is not allowed", shown,
                   qw_shown(check->arena, bind->path));
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
    if (check->excepts_as_self || qw_self_has_rows(rows))
        qw_self_judge_around(check, rows);
}

/* ---- mount-types, volumes-from ---- */

static void judge_type(struct qw_check *check, const struct qw_fact *fact, struct qw_bytes type)
{
    if (!qw_check_lists(check, "allow", type))
        qw_violate(
            check, NULL, fact,
            qw_check_accepted(check, "allow", "as type of --mount, --volume or --tmpfs (compose: volumes, tmpfs)"),
            "a mount of type %s is not allowed", qw_shown(check->arena, type));
}

void qw_eval_mount_types(struct qw_check *check)
{
    static const struct {
        enum qw_fact_kind kind;
        struct qw_bytes type;
    } types[] = {{QW_F_BIND, {"bind", 4}}, {QW_F_VOLUME, {"volume", 6}}, {QW_F_TMPFS, {"tmpfs", 5}}};

    /* A volume on its own is not mounted yet, and what a copy comes across is mounted already. */
    if (is_payload(check, QW_PAYLOAD_VOLUME) || qw_check_is_copy(check))
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
        if (qw_check_names_nothing(check, fact))
            qw_violate(check, NULL, fact, "name a container that exists for --volumes-from (compose: volumes_from)",
                       "%s names no container that exists", qw_shown(check->arena, fact->text));
        else if (!qw_check_lists(check, "allow", QW_LIT("own")))
            qw_violate(check, NULL, fact, "leave out --volumes-from (compose: volumes_from); use a named volume",
                       "the mounts of another container, %s, are not allowed", qw_shown(check->arena, fact->text));
    }
}

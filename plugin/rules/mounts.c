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

/* ---- as-self ---- */

/* "1000:1000", as `docker run --user` has it. */
static const char *own_ids(const struct qw_check *check)
{
    const struct qw_account *account = &check->snapshot->account;
    const struct qw_bytes text = qw_arena_printf(check->arena, "%u:%u", account->uid, account->gid);

    return text.data ? text.data : "";
}

static bool is_somebody(const struct qw_check *check)
{
    return check->snapshot->account.known && check->snapshot->account.uid != 0;
}

static bool is_copy(const struct qw_check *check)
{
    return qw_bytes_starts(qw_bytes_of(check->request->action->name), "container.archive.");
}

/* Is it known how the container will run: as it is made, or as it was made? */
static bool is_whole(const struct qw_check *check)
{
    return check->request->route->payload == QW_PAYLOAD_CREATE || qw_facts_hold_container(check->facts);
}

/*
 * Does the container run as who asks, and as nothing more? Then a link in the place of the source gives no more than
 * its caller has on the host anyway. The group is written out: without it the image's /etc/passwd and /etc/group choose
 * groups, such as the host's that may use the engine's socket. Capabilities may be added: a process that is not root
 * holds none of them, and with no-new-privileges no program gives it any. With user namespaces the ids are others that
 * may do less.
 */
static bool runs_as_caller(const struct qw_check *check)
{
    const struct qw_fact *user = facts_of(check, QW_F_USER);
    const struct qw_fact *last;

    return is_whole(check) && is_somebody(check) && user && qw_bytes_is(user->text, own_ids(check)) &&
           !facts_of(check, QW_F_GROUP_ADD) && !facts_of(check, QW_F_PRIVILEGED) &&
           qw_check_no_new_privileges(check, &last) == 1;
}

/* What would make it run so; NULL where nothing can. */
static const char *remedy_for_self(const struct qw_check *check)
{
    struct qw_bytes text;

    if (!is_somebody(check) || check->request->route->payload != QW_PAYLOAD_CREATE)
        return NULL; /* what is made cannot be made otherwise any more */
    text = qw_arena_printf(check->arena,
                           "add --user %s --security-opt no-new-privileges (compose: user: \"%s\", security_opt: "
                           "[\"no-new-privileges:true\"])%s%s",
                           own_ids(check), own_ids(check),
                           facts_of(check, QW_F_GROUP_ADD) ? ", leave out --group-add (compose: group_add)" : "",
                           facts_of(check, QW_F_PRIVILEGED) ? ", leave out --privileged (compose: privileged)" : "");
    return text.data;
}

/* A volume of the local driver outlives the container, and is mounted by its name into one that runs as root. */
static const char *objection_of_self(const struct qw_check *check, const struct qw_fact *bind)
{
    if (qw_check_enters(check))
        return NULL; /* judge_exec sees to who that is */
    if (is_copy(check))
        return "is its owner's alone (as-self), and the engine copies files as root";
    if (!is_whole(check) || is_set(bind, "driver-option"))
        return "may be mounted by -v or --mount type=bind alone, into a container that is made with it";
    if (!check->snapshot->account.known)
        return "may be mounted only by who comes through front and is a user of this host";
    if (!is_somebody(check))
        return "may not be mounted by root, who would not be held to anything";
    return runs_as_caller(check) ? NULL : "may be mounted only where the container runs as yourself";
}

static bool lets_as_self(const struct qw_value *rows)
{
    for (size_t i = 0; i < rows->item_count; i++) {
        if (rows->items[i].terms.as_self)
            return true;
    }
    return false;
}

/* One that is not there may be made by the time that the engine looks. */
static bool is_found(const struct qw_check *check, struct qw_bytes container)
{
    return qw_facts_looked_up(check->facts, "container", container) &&
           !qw_facts_say_absent(check->facts, "container", container);
}

/* Whose home a path is, its caller's rows do not say: what no other row lets through may be anybody's own. */
static bool may_be_anybodys(const struct qw_check *check, const struct qw_value *rows, struct qw_bytes path)
{
    const struct qw_bytes cleaned = qw_path_clean(path, check->arena);

    for (size_t i = 0; i < rows->item_count && cleaned.data; i++) {
        if (!rows->items[i].terms.as_self && qw_pattern_matches(rows->items[i].pattern, check->variables, cleaned))
            return false;
    }
    return true;
}

/* May a container that is entered, or whose processes are seen, have mounts that are its owner's alone? */
static bool may_be_owners(const struct qw_check *check, const struct qw_value *rows, struct qw_bytes container)
{
    const struct qw_fact *known = qw_facts_looked_up(check->facts, "container", container);
    const struct qw_fact *bind = facts_of(check, QW_F_CONTAINER_BIND);

    if (!is_found(check, container) || !qw_fact_part(known, "binds").data)
        return true;
    while (bind && !may_be_anybodys(check, rows, bind->text))
        bind = bind->next;
    return bind;
}

/* What another container mounts is judged as this one's own, where the engine told it. */
static const struct qw_fact *find_company(const struct qw_check *check, const struct qw_value *rows)
{
    for (const struct qw_fact *with = facts_of(check, QW_F_VOLUMES_FROM); with; with = with->next) {
        if (!with->stored && !qw_facts_looked_up(check->facts, "container", qw_container_reference(with->text)))
            return with;
    }
    for (const struct qw_fact *pid = facts_of(check, QW_F_PID_MODE); pid; pid = pid->next) {
        if (qw_bytes_starts(pid->text, "container:") && may_be_owners(check, rows, qw_container_reference(pid->text)))
            return pid;
    }
    return NULL;
}

/* Root beside such a container, who shares its mounts or sees its processes' /proc/PID/root, would have them as root.
 */
static void judge_company(struct qw_check *check, const struct qw_value *rows)
{
    const struct qw_fact *with = find_company(check, rows);

    if (with && !runs_as_caller(check))
        qw_violate(check, NULL, with, remedy_for_self(check),
                   "a container that shares with another, %s, whose mounts may be its owner's alone (as-self), has to "
                   "run as yourself",
                   qw_shown(check->arena, with->text));
}

static void judge_exec(struct qw_check *check)
{
    const struct qw_fact *user = facts_of(check, QW_F_USER);
    const struct qw_fact *privileged = facts_of(check, QW_F_PRIVILEGED);
    const char *as_self = qw_arena_printf(check->arena, "leave out --user, or use --user %s", own_ids(check)).data;

    if (user && !(is_somebody(check) && qw_bytes_is(user->text, own_ids(check))))
        qw_violate(check, NULL, user, is_somebody(check) ? as_self : "leave out --user",
                   "exec as %s is not allowed: the container's mounts may be its owner's alone (as-self)",
                   qw_shown(check->arena, user->text));
    if (privileged && !privileged->stored)
        qw_violate(check, NULL, privileged, "leave out --privileged",
                   "exec with privileges is not allowed: the container's mounts may be its owner's alone (as-self)");
}

/* Is this about a container that the engine was asked for? Then the binds that it has are facts of the request. */
static bool is_known(const struct qw_check *check)
{
    return is_found(check, qw_container_reference(check->request->object));
}

/* The container of an exec that is to be started is not in its path. */
static struct qw_bytes entered(const struct qw_check *check)
{
    const struct qw_fact *known = facts_of(check, QW_F_LOOKED_UP);

    if (check->request->route->payload == QW_PAYLOAD_EXEC || !known)
        return qw_container_reference(check->request->object);
    return qw_bytes_from(known->text, strlen("container "));
}

/*
 * Where nobody could be asked it is not known which containers were let through by as-self, so that whoever may make
 * them may get at none of theirs as root.
 */
static void judge_around_self(struct qw_check *check, const struct qw_value *rows)
{
    if (qw_check_is_exec(check)) {
        if (may_be_owners(check, rows, entered(check)))
            judge_exec(check);
    } else if (is_copy(check)) {
        if (!is_known(check))
            qw_violate(
                check, NULL, NULL, "use docker exec CONTAINER tar",
                "the engine copies files as root, and the container's mounts may be its owner's alone (as-self)");
    } else {
        judge_company(check, rows);
    }
    if (facts_of(check, QW_F_HOST_CONFIG) && !is_known(check))
        qw_violate(check, NULL, facts_of(check, QW_F_HOST_CONFIG), "start it without a body, by API 1.24 or newer",
                   "a start with a body can take no-new-privileges from a container whose mounts stay, and may be its "
                   "owner's alone (as-self)");
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

    return !is_set(fact, "non-recursive") &&
           (request->api_major < 1 || (request->api_major == 1 && request->api_minor < 44));
}

/* Why a row whose pattern matches does not let the mount through; NULL where it does. */
static const char *objection(const struct qw_check *check, const struct qw_value *rows, const struct bind *bind,
                             const struct qw_bind_terms *terms)
{
    if (terms->read_only && !is_set(bind->fact, "read-only"))
        return "may be mounted read-only alone";
    if (terms->read_only && is_set(bind->fact, "writable-submounts"))
        return "may be mounted read-only alone, with all that is mounted below it";
    if (terms->read_only && bind->place->mounted.data && leaves_submounts(check, bind->fact))
        return "may be mounted read-only alone, and what is mounted below it stays writable by an API below 1.44";
    if (!terms->relabel && qw_fact_part(bind->fact, "relabel").len)
        return "may not be relabelled (z, Z)";
    if (!terms->propagation && !is_private(bind->fact))
        return "may be mounted with private propagation alone";
    if (terms->as_self)
        return objection_of_self(check, bind->fact);
    if (terms->root_owned && bind->place->loose.data)
        return "lies below a folder that others than root may write";
    if (terms->root_owned && is_swappable(check, rows, bind->path))
        return "lies below a folder that this policy lets be mounted writable";
    return NULL;
}

/* What would turn a row's objection aside; NULL where nothing of this mount would. */
static const char *remedy(const struct qw_check *check, const struct bind *bind, const struct qw_bind_terms *terms)
{
    if (terms->as_self && !runs_as_caller(check))
        return remedy_for_self(check);
    if (terms->read_only && !is_set(bind->fact, "read-only"))
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
    if (check->excepts_as_self || lets_as_self(rows))
        judge_around_self(check, rows);
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
    if (check->request->route && (check->request->route->payload == QW_PAYLOAD_VOLUME || is_copy(check)))
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

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of bind-mounts that are as-self: who a container has to run as, and who may get at its mounts afterwards. */
#include "as_self.h"

/* "1000:1000", as `docker run --user` has it. */
static const char *own_ids(const struct qw_check *check)
{
    const struct qw_account *account = &check->snapshot->account;
    const struct qw_bytes text = qw_arena_printf(check->arena, "%u:%u", account->uid, account->gid);

    if (!text.data)
        check->out->failed = true; /* an empty user is root */
    return text.data ? text.data : "";
}

static bool is_somebody(const struct qw_check *check)
{
    return check->snapshot->account.known && check->snapshot->account.uid != 0;
}

/* Is it known how the container will run: as it is made, or as it was made? */
static bool is_whole(const struct qw_check *check)
{
    return is_payload(check, QW_PAYLOAD_CREATE) || qw_facts_hold_container(check->facts);
}

/*
 * Does the container run as who asks, and as nothing more? Then a link in the place of the source gives no more than
 * its caller has on the host anyway. The group is written out: without it the image's /etc/passwd and /etc/group choose
 * groups, such as the host's that may use the engine's socket. Capabilities may be added: a process that is not root
 * holds none of them, and with no-new-privileges no program gives it any. With user namespaces the ids are others that
 * may do less.
 */
bool qw_self_is_who_runs(const struct qw_check *check)
{
    const struct qw_fact *user = facts_of(check, QW_F_USER);
    const struct qw_fact *last;

    return is_whole(check) && is_somebody(check) && user && qw_bytes_is(user->text, own_ids(check)) &&
           !facts_of(check, QW_F_GROUP_ADD) && !facts_of(check, QW_F_PRIVILEGED) &&
           qw_check_no_new_privileges(check, &last) == 1;
}

/* What would make it run so; NULL where nothing can. */
const char *qw_self_remedy(const struct qw_check *check)
{
    struct qw_bytes text;

    if (!is_somebody(check) || !is_payload(check, QW_PAYLOAD_CREATE))
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
const char *qw_self_objection(const struct qw_check *check, const struct qw_fact *bind)
{
    if (qw_check_enters(check))
        return NULL; /* judge_exec sees to who that is */
    if (qw_check_is_copy(check))
        return "is its owner's alone (as-self), and the engine copies files as root";
    if (!is_whole(check) || qw_fact_is_set(bind, "driver-option"))
        return "may be mounted by -v or --mount type=bind alone, into a container that is made with it";
    if (!check->snapshot->account.known)
        return "may be mounted only by who comes through front and is a user of this host";
    if (!is_somebody(check))
        return "may not be mounted by root, who would not be held to anything";
    return qw_self_is_who_runs(check) ? NULL : "may be mounted only where the container runs as yourself";
}

bool qw_self_has_rows(const struct qw_value *rows)
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

    if (with && !qw_self_is_who_runs(check))
        qw_violate(check, NULL, with, qw_self_remedy(check),
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

    if (is_payload(check, QW_PAYLOAD_EXEC) || !known)
        return qw_container_reference(check->request->object);
    return qw_bytes_from(known->text, strlen("container "));
}

/*
 * Where nobody could be asked it is not known which containers were let through by as-self, so that whoever may make
 * them may get at none of theirs as root.
 */
void qw_self_judge_around(struct qw_check *check, const struct qw_value *rows)
{
    if (qw_check_is_exec(check)) {
        if (may_be_owners(check, rows, entered(check)))
            judge_exec(check);
    } else if (qw_check_is_copy(check)) {
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

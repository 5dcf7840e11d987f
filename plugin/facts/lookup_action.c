/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Look-ups of what an action is about: the container that it starts, enters or copies from, the exec, the image. */
#include "lookup.h"

/* ---- containers as a whole ---- */

static const struct qw_engine_defaults *defaults_of(struct lookup *l)
{
    if (!l->has_defaults && l->world->defaults)
        l->world->defaults(l->world, l->reader.arena, &l->defaults);
    l->has_defaults = true;
    return &l->defaults;
}

/* The image that a container was made of: by its id, and in test files maybe by its name alone. */
static int find_image(struct lookup *l, const struct container *container, const struct qw_json **image)
{
    struct qw_bytes reference = stored_text(container->answer, NULL, "Image");
    struct asked *asked;

    *image = NULL;
    if (!reference.len)
        reference = stored_text(container->answer, "Config", "Image");
    if (!reference.len)
        return 0;
    if (lookup_ask(l, QW_IMAGE, reference, &asked) < 0)
        return -1;
    *image = asked->found == QW_FOUND ? asked->answer : NULL;
    return 0;
}

/* The facts of a container by themselves. */
int lookup_read(struct lookup *l, const struct asked *asked, enum extent extent, struct qw_facts *facts)
{
    const struct container container = lookup_container(l, asked);
    struct reader r = {.arena = l->reader.arena, .facts = facts, .err = l->reader.err, .stored = true};
    const struct qw_json *image = NULL;

    memset(facts, 0, sizeof(*facts));
    if (!container.root || stored_container(&r, &container, extent, defaults_of(l)) < 0)
        return lookup_unreadable(l, asked);
    if (extent == MOUNTS || !l->questions->programs)
        return 0;
    if (find_image(l, &container, &image) < 0)
        return -1;
    return image && stored_program(&r, &container, image) < 0 ? lookup_unreadable(l, asked) : 0;
}

int lookup_take(struct lookup *l, const struct asked *asked, const struct qw_facts *facts)
{
    for (int kind = 0; kind < QW_F_COUNT; kind++) {
        for (const struct qw_fact *fact = facts->first[kind]; fact; fact = fact->next) {
            if (fact_copy(&l->reader, fact) < 0)
                return lookup_unreadable(l, asked);
        }
    }
    return 0;
}

/* Paths of the host that whoever is in the container, or sees its processes' /proc/PID/root, may reach. */
int lookup_take_binds(struct lookup *l, const struct asked *asked)
{
    struct qw_facts facts;

    if (lookup_read(l, asked, MOUNTS, &facts) < 0)
        return -1;
    for (const struct qw_fact *bind = facts.first[QW_F_BIND]; bind; bind = bind->next) {
        if (fact_add(&l->reader, QW_F_CONTAINER_BIND, bind->path, bind->text, 1) < 0)
            return lookup_unreadable(l, asked);
    }
    return 0;
}

/*
 * An endpoint that names its network by id is on that network, whatever the key says; the id of one that is gone says
 * nothing.
 */
int lookup_check_endpoints(struct lookup *l, const struct asked *container)
{
    const struct qw_json *networks = stored_get(stored_get(container->answer, "NetworkSettings"), "Networks");

    for (const struct qw_json *each = networks ? networks->child : NULL; each; each = each->next) {
        const struct qw_bytes id = stored_text(each, NULL, "NetworkID");
        struct asked *asked;

        if (!id.len)
            continue;
        if (lookup_ask(l, QW_NETWORK, id, &asked) < 0)
            return -1;
        if (asked->found == QW_FOUND && !qw_bytes_eq(stored_text(asked->answer, NULL, "Name"), each->key) &&
            stored_give(&l->reader, QW_F_NETWORK, lookup_container(l, container).root, "NetworkSettings", "NetworkID",
                        id) < 0)
            return lookup_unreadable(l, asked);
    }
    return 0;
}

/* ---- what actions are about ---- */

/*
 * A body that engines read replaces the host configuration, and leaves the mounts; one of seven bytes, of fields that
 * a host configuration has not, or by an API that has no such body replaces nothing. So both are judged.
 * Source: moby api/server/router/container postContainersStart, runconfig DecodeHostConfig, daemon/volumes.go.
 */
static int look_at_start(struct lookup *l)
{
    const bool replaced = l->reader.facts->first[QW_F_HOST_CONFIG];
    struct qw_facts facts;
    struct asked *asked;

    if (lookup_ask(l, QW_CONTAINER, qw_container_reference(l->request->object), &asked) < 0)
        return -1;
    if (asked->found == QW_ABSENT)
        return lookup_note(l, asked, "no", QW_LIT(""));
    l->unresolved = !stored_get(asked->answer, "Mounts");
    if (lookup_read(l, asked, WHOLE, &facts) < 0)
        return -1;
    if (lookup_note(l, asked, replaced ? "config" : "whole", QW_LIT("")) < 0 || lookup_take(l, asked, &facts) < 0)
        return -1;
    return lookup_check_endpoints(l, asked);
}

/* All of a container, if an exception was made for it that refuses to have it entered. */
static int read_excepted(struct lookup *l, const struct asked *asked, struct qw_facts *facts, bool *excepted)
{
    *excepted = false;
    if (!l->questions->programs)
        return 0;
    if (lookup_read(l, asked, WHOLE, facts) < 0)
        return -1;
    *excepted = l->questions->is_excepted(facts, l->questions->data);
    return 0;
}

/*
 * What whoever puts a program into a container has by it: he is as strong as the container is, whoever made it. What is
 * demanded of who makes one (limits, a user, dropped capabilities) is no matter of his.
 */
static const enum qw_fact_kind powers[] = {
    QW_F_PRIVILEGED,
    QW_F_NETWORK_MODE,
    QW_F_PID_MODE,
    QW_F_IPC_MODE,
    QW_F_UTS_MODE,
    QW_F_USERNS_MODE,
    QW_F_CGROUPNS_MODE,
    QW_F_CAP_ADD,
    QW_F_SECURITY_OPT,
    QW_F_MASKED_PATHS,
    QW_F_READONLY_PATHS,
    QW_F_BIND,
    QW_F_VOLUME,
    QW_F_VOLUMES_FROM,
    QW_F_DEVICE,
    QW_F_DEVICE_REQUEST,
    QW_F_DEVICE_CGROUP_RULE,
    QW_F_CGROUP_PARENT,
    QW_F_RUNTIME,
};

/* Which network it is on gives no power, unless it is the host's or that of somebody who has it. */
static bool is_power(const struct qw_fact *fact)
{
    return fact->kind != QW_F_NETWORK_MODE || qw_bytes_is(fact->text, "host") ||
           qw_bytes_starts(fact->text, "container:");
}

static int take_powers(struct lookup *l, const struct asked *asked)
{
    struct qw_facts facts;

    if (lookup_read(l, asked, WHOLE, &facts) < 0)
        return -1;
    for (size_t i = 0; i < QW_COUNT(powers); i++) {
        for (const struct qw_fact *fact = facts.first[powers[i]]; fact; fact = fact->next) {
            if (is_power(fact) && fact_copy(&l->reader, fact) < 0)
                return lookup_unreadable(l, asked);
        }
    }
    return 0;
}

/* *judged: there is no more to it, since it is not there, or is judged as a whole for an exception's sake. */
static int reach_into(struct lookup *l, struct qw_bytes container, struct asked **asked, bool *judged)
{
    struct qw_facts facts;
    bool excepted;

    *judged = true;
    if (lookup_ask(l, QW_CONTAINER, container, asked) < 0)
        return -1;
    if ((*asked)->found == QW_ABSENT)
        return lookup_note(l, *asked, "no", QW_LIT(""));
    l->unresolved = !stored_get((*asked)->answer, "Mounts");
    if (read_excepted(l, *asked, &facts, &excepted) < 0 ||
        lookup_note(l, *asked, excepted ? "entered" : "yes", QW_LIT("")) < 0)
        return -1;
    *judged = excepted;
    return excepted ? lookup_take(l, *asked, &facts) : 0;
}

/* What is written into a container, over a program of its own, is run by it. */
static int take_copied(struct lookup *l, const struct asked *asked)
{
    struct qw_facts facts;

    if (strcmp(l->request->route->action, "container.archive.write") == 0)
        return take_powers(l, asked);
    return lookup_read(l, asked, MOUNTS, &facts) < 0 ? -1 : lookup_take(l, asked, &facts);
}

static int look_at_archive(struct lookup *l)
{
    struct asked *asked;
    bool judged;

    if (reach_into(l, qw_container_reference(l->request->object), &asked, &judged) < 0)
        return -1;
    return judged ? 0 : take_copied(l, asked);
}

/* Whoever enters has what the container has; and is whom it runs as, where he does not say. */
static int enter(struct lookup *l, struct qw_bytes container, bool asks_user)
{
    struct asked *asked;
    bool judged;

    if (reach_into(l, container, &asked, &judged) < 0)
        return -1;
    if (judged)
        return 0;
    if (asks_user && stored_give(&l->reader, QW_F_USER, lookup_container(l, asked).root, "Config", "User",
                                 stored_text(asked->answer, "Config", "User")) < 0)
        return lookup_unreadable(l, asked);
    if (l->questions->binds && lookup_take_binds(l, asked) < 0)
        return -1;
    return take_powers(l, asked);
}

/* The engine writes the container's user into an exec that names none. */
static bool asks_user(const struct lookup *l)
{
    return l->questions->users && !l->reader.facts->first[QW_F_USER];
}

static int look_at_exec(struct lookup *l)
{
    return enter(l, qw_container_reference(l->request->object), asks_user(l));
}

/* What is typed goes to a program that runs already. */
static int look_at_attach(struct lookup *l)
{
    return enter(l, qw_container_reference(l->request->object), false);
}

/* What an exec was made with. */
static int look_at_exec_start(struct lookup *l)
{
    const struct qw_json *process;
    const struct qw_json *privileged;
    struct asked *asked;
    struct qw_bytes container;
    const struct qw_path *root;

    if (lookup_ask(l, QW_EXEC, l->request->object, &asked) < 0)
        return -1;
    if (asked->found == QW_ABSENT)
        return lookup_note(l, asked, "no", QW_LIT(""));
    process = stored_get(asked->answer, "ProcessConfig");
    privileged = stored_get(process, "privileged");
    root = path_object(&l->reader, lookup_name(l, QW_EXEC, asked->reference));
    if (!root || (privileged && privileged->type != QW_JSON_FALSE &&
                  stored_give(&l->reader, QW_F_PRIVILEGED, root, "ProcessConfig", "privileged", QW_LIT("1")) < 0))
        return lookup_unreadable(l, asked);
    if (stored_get(process, "user") &&
        stored_give(&l->reader, QW_F_USER, root, "ProcessConfig", "user", stored_text(process, NULL, "user")) < 0)
        return lookup_unreadable(l, asked);
    container = stored_text(asked->answer, NULL, "ContainerID");
    return container.len ? enter(l, container, asks_user(l)) : 0;
}

/* A create that names no user has its image's. */
static int look_at_image(struct lookup *l)
{
    const struct qw_facts *facts = l->reader.facts;
    const struct qw_fact *image = facts->first[QW_F_IMAGE];
    struct asked *asked;
    const struct qw_path *root;

    /* Images are mounted, too. */
    while (image && !(image->path && !image->path->parent))
        image = image->next;
    if (!image || !l->questions->users || facts->first[QW_F_USER] || !lookup_is_possible(QW_IMAGE, image->text))
        return 0;
    if (lookup_ask(l, QW_IMAGE, image->text, &asked) < 0)
        return -1;
    if (asked->found == QW_ABSENT)
        return lookup_note(l, asked, "no", QW_LIT(""));
    root = path_object(&l->reader, lookup_name(l, QW_IMAGE, asked->reference));
    if (!root ||
        stored_give(&l->reader, QW_F_USER, root, "Config", "User", stored_text(asked->answer, "Config", "User")) < 0)
        return lookup_unreadable(l, asked);
    return 0;
}

static const struct {
    const char *action;
    int (*look)(struct lookup *l);
} by_action[] = {
    {"container.create", look_at_image},         {"container.start", look_at_start},
    {"container.restart", look_at_start},        {"container.archive.stat", look_at_archive},
    {"container.archive.read", look_at_archive}, {"container.archive.write", look_at_archive},
    {"container.exec.create", look_at_exec},     {"container.exec.start", look_at_exec_start},
    {"container.attach", look_at_attach},
};

int lookup_action(struct lookup *l)
{
    for (size_t i = 0; i < QW_COUNT(by_action); i++) {
        if (strcmp(by_action[i].action, l->request->route->action) == 0)
            return by_action[i].look(l);
    }
    return 0;
}

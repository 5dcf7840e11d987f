/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Namespaces of the host and of other containers.
 * Source: moby api/types/container/hostconfig.go and hostconfig_unix.go, 20.10 to 28.5.
 */
#include "check.h"

#define JOINS "container:"

/* Where a mode can stand, and the words that mean a namespace of the container's own. */
static const struct mode {
    enum qw_fact_kind kind;
    bool joins;            /* container:NAME is known here */
    const char *namespace; /* as host-namespaces.allow names it */
    const char *flag;
    const char *key; /* of compose */
    const char *own; /* NULL: any other text is the name of a network */
} modes[] = {
    {QW_F_NETWORK_MODE, true, "network", "--network", "network_mode", NULL},
    {QW_F_NETWORK, true, "network", "--network", "network_mode", NULL},
    {QW_F_PID_MODE, true, "pid", "--pid", "pid", ""},
    {QW_F_IPC_MODE, true, "ipc", "--ipc", "ipc", "none private shareable"},
    {QW_F_UTS_MODE, false, "uts", "--uts", "uts", ""},
    {QW_F_USERNS_MODE, false, "user", "--userns", "userns_mode", ""},
    {QW_F_CGROUPNS_MODE, false, "cgroup", "--cgroupns", "cgroup", "private"},
};

static void judge_host(struct qw_check *check, const struct mode *mode, const struct qw_fact *fact)
{
    const struct qw_bytes text = mode->own ? fact->text : qw_check_network(check, fact);
    const char *accepted;

    if (qw_bytes_is(text, "host")) {
        if (qw_check_lists(check, "allow", qw_bytes_of(mode->namespace)))
            return;
        accepted = qw_arena_printf(check->arena, "leave out %s host (compose: %s)", mode->flag, mode->key).data;
        qw_violate(check, NULL, fact, accepted, "the host's %s namespace is not allowed", mode->namespace);
    } else if (mode->own && fact->text.len && !qw_word_in(mode->own, fact->text) &&
               !(mode->joins && qw_bytes_starts(fact->text, JOINS))) {
        qw_violate(check, NULL, fact, NULL, "%s is no mode of the %s namespace that is known",
                   qw_shown(check->arena, fact->text), mode->namespace);
    }
}

/* To see the host's processes is most of what its pid namespace gives. */
static void judge_top(struct qw_check *check)
{
    for (const struct qw_fact *fact = facts_of(check, QW_F_PS_ARGS); fact; fact = fact->next) {
        if (!qw_shows_own_processes(fact->text) && !qw_check_lists(check, "allow", QW_LIT("pid")))
            qw_violate(check, NULL, fact,
                       "use letters such as aux or -ef, and -o with columns such as pid,ppid,user,rss,time,args in "
                       "which pid stands before args",
                       "options %s of ps could show processes of the host", qw_shown(check->arena, fact->text));
    }
}

void qw_eval_host_namespaces(struct qw_check *check)
{
    judge_top(check);
    for (size_t i = 0; i < QW_COUNT(modes); i++) {
        for (const struct qw_fact *fact = facts_of(check, modes[i].kind); fact; fact = fact->next) {
            if (!qw_check_is_named_twice(check, fact))
                judge_host(check, &modes[i], fact);
        }
    }
}

/* A name or id as the engine looks containers up: a slash may lead, and legacy links have more of them. */
static bool is_container(struct qw_bytes name)
{
    if (qw_bytes_starts(name, "/"))
        name = qw_bytes_from(name, 1);
    for (size_t i = 0; i < name.len; i++) {
        const char c = name.data[i];
        const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

        if (!word && (i == 0 || c == '\0' || !strchr("_.-/", c)))
            return false;
    }
    return name.len > 0;
}

/* mode: where it stands, or NULL for the old Cgroup field, which no client can write any more. */
static void judge_shared(struct qw_check *check, const struct mode *mode, const struct qw_fact *fact)
{
    const char *accepted = NULL;

    if (mode)
        accepted = qw_arena_printf(check->arena, "leave out %s (compose: %s)", mode->flag, mode->key).data;
    if (!qw_bytes_starts(fact->text, JOINS) || !is_container(qw_bytes_from(fact->text, strlen(JOINS))))
        qw_violate(check, NULL, fact, accepted, "%s names no container", qw_shown(check->arena, fact->text));
    else if (qw_check_names_nothing(check, fact))
        qw_violate(check, NULL, fact, accepted, "%s names no container that exists",
                   qw_shown(check->arena, fact->text));
    else if (!qw_check_lists(check, "allow", QW_LIT("own")))
        qw_violate(check, NULL, fact, accepted, "the namespace of another container, %s, is not allowed",
                   qw_shown(check->arena, fact->text));
}

void qw_eval_shared_namespaces(struct qw_check *check)
{
    for (size_t i = 0; i < QW_COUNT(modes); i++) {
        for (const struct qw_fact *fact = facts_of(check, modes[i].kind); fact && modes[i].joins; fact = fact->next) {
            if (qw_bytes_starts(fact->text, JOINS) || (!modes[i].own && qw_bytes_is(fact->text, "container")))
                judge_shared(check, &modes[i], fact);
        }
    }
    for (const struct qw_fact *fact = facts_of(check, QW_F_CGROUP); fact; fact = fact->next) {
        if (fact->text.len)
            judge_shared(check, NULL, fact);
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Look-ups: which objects of the engine's a verdict needs, and what of them becomes facts. What a fact names is asked
 * for as often as new facts name something new; each question is asked once, and there is an end to them, so that
 * containers that share with one another in a circle are no trouble.
 */
#include "lookup.h"

/* ---- what facts name ---- */

static bool joins(const struct qw_fact *fact)
{
    return qw_bytes_starts(fact->text, "container:");
}

/* A mode of the other container's that is not its own is that of who joins it. */
static int take_mode(struct lookup *l, const struct asked *asked, enum qw_fact_kind kind, const char *key)
{
    const struct qw_bytes mode = stored_text(asked->answer, "HostConfig", key);

    if (!mode.len)
        return 0;
    return stored_give(&l->reader, kind, lookup_container(l, asked).root, "HostConfig", key, mode) < 0
               ? lookup_unreadable(l, asked)
               : 0;
}

/*
 * What the other has mounted on one of these files is the network's, to the engine: whoever joins has the source
 * mounted there, too, and writable, whatever it is to the other. Source: moby container/container_unix.go,
 * TrySetNetworkMount, NetworkMounts; daemon/container_operations.go, initializeNetworkingPaths; 20.10 to 28.5.
 */
static int share_network_files(struct lookup *l, const struct asked *asked)
{
    static const char *const files[] = {"/etc/hosts", "/etc/hostname", "/etc/resolv.conf"};
    struct qw_facts facts;

    if (lookup_read(l, asked, MOUNTS, &facts) < 0)
        return -1;
    for (const struct qw_fact *bind = facts.first[QW_F_BIND]; bind; bind = bind->next) {
        const struct qw_bytes written = qw_fact_part(bind, "target");
        const struct qw_bytes target = qw_path_clean(written, l->reader.arena);
        struct record record = {.kind = QW_F_BIND, .path = bind->path, .text = bind->text};

        if (!target.data && qw_bytes_starts(written, "/")) {
            qw_fail(l->reader.err, QW_E_NOMEM, "out of memory");
            return lookup_unreadable(l, asked);
        }
        for (size_t i = 0; target.data && i < QW_COUNT(files); i++) {
            if (qw_bytes_is(target, files[i]) && (record_add(&l->reader, &record, "target", target, NULL) < 0 ||
                                                  fact_add_record(&l->reader, &record) < 0))
                return lookup_unreadable(l, asked);
        }
    }
    return 0;
}

static int join_network(struct lookup *l, const struct qw_fact *fact)
{
    const struct qw_json *networks;
    struct asked *asked;

    if (lookup_ask_container(l, qw_container_reference(fact->text), &asked) < 0)
        return -1;
    if (!lookup_is_new(asked, NETWORK_OF))
        return 0;
    networks = stored_get(stored_get(asked->answer, "NetworkSettings"), "Networks");
    for (const struct qw_json *each = networks ? networks->child : NULL; each; each = each->next) {
        if (stored_give(&l->reader, QW_F_NETWORK, lookup_container(l, asked).root, "NetworkSettings", "Networks",
                        each->key) < 0)
            return lookup_unreadable(l, asked);
    }
    if (share_network_files(l, asked) < 0 || take_mode(l, asked, QW_F_NETWORK_MODE, "NetworkMode") < 0)
        return -1;
    return lookup_check_endpoints(l, asked);
}

static int look_at_network(struct lookup *l, const struct qw_fact *fact)
{
    static const char *const predefined[] = {"", "default", "bridge", "none", "host", "container"};
    struct qw_bytes name;
    struct asked *asked;

    if (joins(fact))
        return join_network(l, fact);
    for (size_t i = 0; i < QW_COUNT(predefined); i++) {
        if (qw_bytes_is(fact->text, predefined[i]))
            return 0;
    }
    if (lookup_ask(l, QW_NETWORK, fact->text, &asked) < 0)
        return -1;
    if (asked->uses++)
        return 0;
    if (asked->found == QW_ABSENT)
        return lookup_note(l, asked, "no", QW_LIT(""));
    name = stored_text(asked->answer, NULL, "Name");
    if (qw_bytes_is(stored_text(asked->answer, NULL, "Driver"), "host"))
        name = QW_LIT("host");
    return name.len && !qw_bytes_eq(name, fact->text) ? lookup_note(l, asked, "yes", name) : 0;
}

static int look_at_processes(struct lookup *l, const struct qw_fact *fact)
{
    struct asked *asked;

    if (!joins(fact))
        return 0;
    if (lookup_ask_container(l, qw_container_reference(fact->text), &asked) < 0)
        return -1;
    if (!lookup_is_new(asked, PROCESSES_OF))
        return 0;
    if (l->questions->binds && lookup_take_binds(l, asked) < 0)
        return -1;
    return take_mode(l, asked, QW_F_PID_MODE, "PidMode");
}

/* That the other's is private, or may be shared, is no mode of who joins it. */
static int look_at_ipc(struct lookup *l, const struct qw_fact *fact)
{
    struct qw_bytes mode;
    struct asked *asked;

    if (!joins(fact))
        return 0;
    if (lookup_ask_container(l, qw_container_reference(fact->text), &asked) < 0)
        return -1;
    if (!lookup_is_new(asked, IPC_OF))
        return 0;
    mode = stored_text(asked->answer, "HostConfig", "IpcMode");
    if (!qw_bytes_is(mode, "host") && !qw_bytes_starts(mode, "container:"))
        return 0;
    return take_mode(l, asked, QW_F_IPC_MODE, "IpcMode");
}

/* What a container that exists took over from another is among its mounts, where the engine lists them. */
static int look_at_volumes_from(struct lookup *l, const struct qw_fact *fact)
{
    struct qw_facts facts;
    struct asked *asked;

    if (fact->stored && !l->unresolved)
        return 0;
    if (lookup_ask_container(l, qw_container_reference(fact->text), &asked) < 0)
        return -1;
    if (!lookup_is_new(asked, MOUNTS_OF))
        return 0;
    return lookup_read(l, asked, MOUNTS, &facts) < 0 ? -1 : lookup_take(l, asked, &facts);
}

static int look_at_container(struct lookup *l, const struct qw_fact *fact)
{
    struct asked *asked;

    return lookup_ask_container(l, qw_container_reference(fact->text), &asked);
}

/* No engine from 20.10 on acts on the field. It names a container all the same, and one that is to exist. */
static int look_at_cgroup(struct lookup *l, const struct qw_fact *fact)
{
    return joins(fact) ? look_at_container(l, fact) : 0;
}

static int look_at_peer(struct lookup *l, const struct qw_fact *fact)
{
    const enum qw_payload payload = l->request->route->payload;

    if (payload != QW_PAYLOAD_CONNECT && payload != QW_PAYLOAD_DISCONNECT)
        return 0;
    return look_at_container(l, fact);
}

static int look_at_volume(struct lookup *l, const struct qw_fact *fact)
{
    struct asked *asked;

    /* One that comes of such a question has for its path the volume itself. */
    if (!fact->text.len || (fact->path && fact->path->index == QW_PATH_OBJECT) ||
        l->request->route->payload == QW_PAYLOAD_VOLUME)
        return 0;
    if (lookup_ask(l, QW_VOLUME, fact->text, &asked) < 0)
        return -1;
    if (asked->found == QW_ABSENT)
        return 0;
    return stored_volume(&l->reader, fact, asked->answer) < 0 ? lookup_unreadable(l, asked) : 0;
}

static const struct {
    enum qw_fact_kind kind;
    int (*look)(struct lookup *l, const struct qw_fact *fact);
} by_fact[] = {
    {QW_F_NETWORK_MODE, look_at_network}, {QW_F_NETWORK, look_at_network}, {QW_F_PID_MODE, look_at_processes},
    {QW_F_IPC_MODE, look_at_ipc},         {QW_F_CGROUP, look_at_cgroup},   {QW_F_VOLUMES_FROM, look_at_volumes_from},
    {QW_F_LINK, look_at_container},       {QW_F_CONTAINER, look_at_peer},  {QW_F_VOLUME, look_at_volume},
};

/* Facts that come of one answer may name something in turn: until there is nothing new. */
static int look_at_facts(struct lookup *l)
{
    const struct qw_fact *done[QW_COUNT(by_fact)] = {NULL};
    bool again = true;

    while (again) {
        again = false;
        for (size_t i = 0; i < QW_COUNT(by_fact); i++) {
            const struct qw_fact *next = done[i] ? done[i]->next : l->reader.facts->first[by_fact[i].kind];

            for (; next; next = next->next) {
                if (by_fact[i].look(l, next) < 0)
                    return -1;
                done[i] = next;
                again = true;
            }
        }
    }
    return 0;
}

enum qw_found qw_facts_look_up(const struct qw_request *request, const struct qw_questions *questions,
                               const struct qw_world *world, struct qw_arena *arena, struct qw_facts *facts,
                               struct qw_err *err)
{
    struct lookup l = {.request = request, .questions = questions, .world = world, .outcome = QW_FOUND};

    if (!world->inspect || !request->route)
        return QW_FOUND;
    l.reader = (struct reader){.arena = arena, .facts = facts, .err = err, .stored = true};
    return lookup_action(&l) < 0 || look_at_facts(&l) < 0 ? l.outcome : QW_FOUND;
}

/* ---- what was found ---- */

const struct qw_fact *qw_facts_looked_up(const struct qw_facts *facts, const char *kind, struct qw_bytes reference)
{
    const size_t len = strlen(kind);

    for (const struct qw_fact *fact = facts->first[QW_F_LOOKED_UP]; fact; fact = fact->next) {
        if (fact->text.len > len && fact->text.data[len] == ' ' && qw_bytes_starts(fact->text, kind) &&
            qw_bytes_eq(qw_bytes_from(fact->text, len + 1), reference))
            return fact;
    }
    return NULL;
}

bool qw_facts_say_absent(const struct qw_facts *facts, const char *kind, struct qw_bytes reference)
{
    const struct qw_fact *fact = qw_facts_looked_up(facts, kind, reference);

    return fact && qw_bytes_is(qw_fact_part(fact, "found"), "no");
}

bool qw_facts_know_container(const struct qw_facts *facts)
{
    static const char *const words[] = {"whole", "config", "entered"};

    for (const struct qw_fact *fact = facts->first[QW_F_LOOKED_UP]; fact; fact = fact->next) {
        for (size_t i = 0; i < QW_COUNT(words); i++) {
            if (qw_bytes_is(qw_fact_part(fact, "found"), words[i]))
                return true;
        }
    }
    return false;
}

bool qw_facts_hold_container(const struct qw_facts *facts)
{
    for (const struct qw_fact *fact = facts->first[QW_F_LOOKED_UP]; fact; fact = fact->next) {
        if (qw_bytes_is(qw_fact_part(fact, "found"), "whole"))
            return true;
    }
    return false;
}

struct qw_bytes qw_container_reference(struct qw_bytes text)
{
    struct qw_bytes name;

    if (qw_bytes_starts(text, "container:"))
        text = qw_bytes_from(text, strlen("container:"));
    if (qw_bytes_starts(text, "/"))
        text = qw_bytes_from(text, 1);
    return qw_bytes_split(&text, ':', &name) ? name : text;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Networks to join and to make, links, and kernel settings of the network. */
#include "check.h"

#define ENDPOINT_SYSCTLS "com.docker.network.endpoint.sysctls"

/* ---- networks ---- */

/* "default" is the default bridge by another name; "none" is no network at all. */
static bool may_join(const struct qw_check *check, struct qw_bytes network)
{
    if (qw_bytes_is(network, "host") || qw_bytes_starts(network, "container:"))
        return true; /* host-namespaces and shared-namespaces judge these */
    if (qw_bytes_is(network, "none") || qw_check_lists(check, "allow", network))
        return true;
    return (qw_bytes_is(network, "default") && qw_check_lists(check, "allow", QW_LIT("bridge"))) ||
           (qw_bytes_is(network, "bridge") && qw_check_lists(check, "allow", QW_LIT("default")));
}

static void judge_network(struct qw_check *check, const struct qw_fact *fact)
{
    const struct qw_bytes name = qw_check_network(check, fact);

    if (qw_facts_say_absent(check->facts, "network", fact->text))
        qw_violate(check, NULL, fact, "name a network that exists, or make it first", "%s names no network that exists",
                   qw_shown(check->arena, fact->text));
    else if (!may_join(check, name))
        qw_violate(check, NULL, fact, qw_check_accepted(check, "allow", "for --network (compose: networks)"),
                   "network %s is not allowed", qw_shown(check->arena, name));
}

/* What is to be put on a network or taken off it. */
static void judge_peers(struct qw_check *check)
{
    for (const struct qw_fact *fact = facts_of(check, QW_F_CONTAINER); fact; fact = fact->next) {
        if (qw_check_names_nothing(check, fact))
            qw_violate(check, NULL, fact, "name a container that exists", "%s names no container that exists",
                       qw_shown(check->arena, fact->text));
    }
}

void qw_eval_networks(struct qw_check *check)
{
    static const enum qw_fact_kind kinds[] = {QW_F_NETWORK_MODE, QW_F_NETWORK};

    for (size_t i = 0; i < QW_COUNT(kinds); i++) {
        for (const struct qw_fact *fact = facts_of(check, kinds[i]); fact; fact = fact->next) {
            if (!qw_check_is_named_twice(check, fact))
                judge_network(check, fact);
        }
    }
    judge_peers(check);
    for (const struct qw_fact *fact = facts_of(check, QW_F_NETWORK_NAME); fact; fact = fact->next) {
        if (qw_looks_like_id(fact->text))
            qw_violate(check, NULL, fact, "use a name that is not 12 to 64 hex digits",
                       "network name %s could pass for the id of another network", qw_shown(check->arena, fact->text));
    }
}

/* ---- network-drivers ---- */

static void judge_options(struct qw_check *check, enum qw_fact_kind kind, const char *where)
{
    for (const struct qw_fact *fact = facts_of(check, kind); fact; fact = fact->next) {
        if (!qw_check_lists(check, "options", fact->text))
            qw_violate(check, "options", fact, qw_check_accepted(check, "options", where),
                       "network option %s is not allowed", qw_shown(check->arena, fact->text));
    }
}

static bool is_in_subnets(const struct qw_value *subnets, struct qw_bytes text)
{
    struct qw_subnet subnet;

    for (size_t i = 0; qw_subnet_read(text, &subnet) && i < subnets->item_count; i++) {
        if (qw_subnet_holds(&subnets->items[i].subnet, &subnet))
            return true;
    }
    return false;
}

/* The gateway of a bridge becomes an address of the host, and its subnet a route of the host's own traffic. */
static void judge_subnets(struct qw_check *check)
{
    static const char *const parts[] = {"subnet", "gateway"};
    const struct qw_value *subnets = qw_check_setting(check, "subnets");

    for (const struct qw_fact *fact = facts_of(check, QW_F_NETWORK_SUBNET); fact && !subnets->any; fact = fact->next) {
        for (size_t i = 0; i < QW_COUNT(parts); i++) {
            const struct qw_fact part = i ? qw_fact_of_part(fact, parts[i]) : *fact;
            const struct qw_bytes text = i ? qw_fact_part(fact, parts[i]) : fact->text;

            if (text.len && !is_in_subnets(subnets, text))
                qw_violate(check, "subnets", &part,
                           qw_check_accepted(check, "subnets", "for --subnet and --gateway (compose: ipam)"),
                           "%s %s is not allowed", parts[i], qw_shown(check->arena, text));
        }
    }
}

/* All ports that services of a swarm publish are reached by its one ingress network. */
static void judge_ingress(struct qw_check *check)
{
    for (const struct qw_fact *fact = facts_of(check, QW_F_NETWORK_INGRESS); fact; fact = fact->next) {
        if (!qw_check_lists(check, "allow", QW_LIT("ingress")))
            qw_violate(check, NULL, fact, "leave out --ingress", "a swarm's ingress network is not allowed");
    }
}

void qw_eval_network_drivers(struct qw_check *check)
{
    qw_check_each(check, QW_F_NETWORK_DRIVER, "allow", "network driver", "for --driver (compose: driver)");
    judge_options(check, QW_F_NETWORK_OPTION, "for --opt (compose: driver_opts)");
    judge_options(check, QW_F_ENDPOINT_OPTION, "for driver-opt of --network (compose: driver_opts)");
    judge_subnets(check);
    judge_ingress(check);
    for (const struct qw_fact *fact = facts_of(check, QW_F_IPAM_DRIVER); fact; fact = fact->next) {
        if (fact->text.len && !qw_bytes_is(fact->text, "default"))
            qw_violate(check, NULL, fact, "leave out --ipam-driver (compose: ipam)",
                       "address management driver %s is not allowed", qw_shown(check->arena, fact->text));
    }
}

/* ---- links ---- */

void qw_eval_links(struct qw_check *check)
{
    for (const struct qw_fact *fact = facts_of(check, QW_F_LINK); fact; fact = fact->next) {
        if (qw_check_names_nothing(check, fact))
            qw_violate(check, NULL, fact, "leave out --link (compose: links)",
                       "a link to %s, which names no container that exists, is not allowed",
                       qw_shown(check->arena, fact->text));
        else if (!qw_check_lists(check, "allow", QW_LIT("own")))
            qw_violate(check, NULL, fact, "leave out --link (compose: links)", "a link to %s is not allowed",
                       qw_shown(check->arena, fact->text));
    }
}

/* ---- sysctls ---- */

static bool uses_host_network(const struct qw_check *check)
{
    static const enum qw_fact_kind kinds[] = {QW_F_NETWORK_MODE, QW_F_NETWORK};

    for (size_t i = 0; i < QW_COUNT(kinds); i++) {
        for (const struct qw_fact *fact = facts_of(check, kinds[i]); fact; fact = fact->next) {
            if (qw_bytes_is(qw_check_network(check, fact), "host"))
                return true;
        }
    }
    return false;
}

/* Reports and returns false where the setting is not allowed. */
static bool judge_sysctl(struct qw_check *check, const struct qw_fact *fact, struct qw_bytes name)
{
    const char *where = "for --sysctl (compose: sysctls)";

    if (!qw_check_lists(check, "allow", name))
        qw_violate(check, NULL, fact, qw_check_accepted(check, "allow", where), "kernel setting %s is not allowed",
                   qw_shown(check->arena, name));
    else if (!qw_check_setting(check, "allow")->any && uses_host_network(check))
        qw_violate(check, NULL, fact, "leave out --network host",
                   "kernel setting %s would be the host's own, since its network is used",
                   qw_shown(check->arena, name));
    else
        return true;
    return false;
}

/* "net.ipv4.conf.IFNAME.log_martians=1,…": settings of one interface; the first bad one is told. */
static void judge_endpoint(struct qw_check *check, const struct qw_fact *fact, struct qw_bytes rest)
{
    struct qw_bytes piece;

    while (qw_bytes_split(&rest, ',', &piece)) {
        const char *equals = piece.len ? memchr(piece.data, '=', piece.len) : NULL;

        if (equals)
            piece.len = (size_t)(equals - piece.data);
        if (!judge_sysctl(check, fact, piece))
            return;
    }
}

/* "net.ipv4.conf.eth0.log_martians" */
static bool is_of_interface(struct qw_bytes name)
{
    struct qw_bytes word = {NULL, 0};

    if (!qw_bytes_starts(name, "net."))
        return false;
    for (int i = 0; i < 4; i++) {
        if (!qw_bytes_split(&name, '.', &word))
            return false;
    }
    return qw_bytes_starts(word, "eth");
}

/*
 * Below API 1.48 the engine moves a setting of an interface, with its value, into the comma-separated list of its end
 * of the network: "1,net.ipv4.conf.IFNAME.forwarding=1" is two settings there. Source: moby container_routes.go,
 * handleSysctlBC.
 */
static void judge_setting(struct qw_check *check, const struct qw_fact *fact)
{
    struct qw_bytes rest = qw_fact_part(fact, "value");
    struct qw_bytes own;

    if (judge_sysctl(check, fact, fact->text) && is_of_interface(fact->text) && qw_bytes_split(&rest, ',', &own))
        judge_endpoint(check, fact, rest);
}

void qw_eval_sysctls(struct qw_check *check)
{
    for (const struct qw_fact *fact = facts_of(check, QW_F_SYSCTL); fact; fact = fact->next)
        judge_setting(check, fact);
    for (const struct qw_fact *fact = facts_of(check, QW_F_ENDPOINT_OPTION); fact; fact = fact->next) {
        if (qw_bytes_is(fact->text, ENDPOINT_SYSCTLS))
            judge_endpoint(check, fact, qw_fact_part(fact, "value"));
    }
}

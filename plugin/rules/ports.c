/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ports of the host at which a container or a service is reached. */
#include "check.h"

#define PORT_MAX 65535

/*
 * Where no host port is named, the engine takes one: for a container out of the kernel's ip_local_port_range, which
 * begins with the first unprivileged port at the lowest; for a service on all nodes out of a range of its own.
 * Source: moby libnetwork/portallocator; swarmkit manager/allocator/cnmallocator/portallocator.go.
 */
static const struct qw_range own_choice = {1024, PORT_MAX};
static const struct qw_range swarm_choice = {30000, 32767};

static const char where_port[] = "for --publish (compose: ports)";
static const char where_address[] = "as ADDRESS in --publish ADDRESS:PORT:PORT (compose: ports)";

/* ---- ports ---- */

/* Is each port of the range in one of the setting's? */
static bool covers(const struct qw_value *ports, struct qw_range wanted)
{
    bool grown = !ports->any;

    while (grown) {
        grown = false;
        for (size_t i = 0; i < ports->item_count; i++) {
            const struct qw_range *range = &ports->items[i].range;

            if (range->low > wanted.low || range->high < wanted.low)
                continue;
            if (range->high >= wanted.high)
                return true;
            wanted.low = range->high + 1;
            grown = true;
        }
    }
    return ports->any;
}

/*
 * "8080", "8000-8010"; "", "0" and what begins with a slash name none. A protocol behind a slash says nothing.
 * Source: go-connections nat.go, SplitProtoPort and ParsePortRangeToInt.
 */
static bool read_port(struct qw_bytes text, struct qw_range *out)
{
    struct qw_bytes port = {NULL, 0};

    qw_bytes_split(&text, '/', &port);
    *out = (struct qw_range){0, 0};
    return !port.len || qw_range_read(port, PORT_MAX, out);
}

static void judge_choice(struct qw_check *check, const struct qw_fact *fact, const struct qw_range *choice)
{
    if (!covers(qw_check_setting(check, "ports"), *choice))
        qw_violate(check, "ports", fact, qw_check_accepted(check, "ports", where_port),
                   "no host port is named, so the engine takes one from %lld to %lld", (long long)choice->low,
                   (long long)choice->high);
}

/* Swarm makes capitals of the mode, letters beyond ASCII too; what it does not know is published on all nodes. */
static bool is_on_all_nodes(const struct qw_check *check, const struct qw_fact *fact)
{
    const struct qw_bytes mode = qw_fact_part(fact, "publish-mode");

    return is_service(check) && (!mode.len || qw_bytes_is_nocase(mode, "ingress"));
}

static void judge_port(struct qw_check *check, const struct qw_fact *fact)
{
    const bool on_all_nodes = is_on_all_nodes(check, fact);
    const struct qw_value *ports = qw_check_setting(check, "ports");
    struct qw_range range;

    if (!read_port(fact->text, &range)) {
        if (!ports->any)
            qw_violate(check, "ports", fact, qw_check_accepted(check, "ports", where_port),
                       "host port %s is neither a port nor a range", qw_shown(check->arena, fact->text));
    } else if (!range.high) {
        judge_choice(check, fact, on_all_nodes ? &swarm_choice : &own_choice);
    } else if (!covers(ports, range)) {
        qw_violate(check, "ports", fact, qw_check_accepted(check, "ports", where_port), "host port %s is not allowed",
                   qw_shown(check->arena, fact->text));
    }
}

/* ---- addresses ---- */

#define V4_PREFIX 96 /* of all IPv4 addresses in their IPv4-mapped form */

static const struct qw_subnet all_v4 = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0}, V4_PREFIX};
static const struct qw_subnet all_v6 = {{0}, 0};

/* 0.0.0.0 and :: are all addresses of their family, in a policy as in a request. */
static struct qw_subnet widened(const struct qw_subnet *subnet)
{
    if (subnet->prefix == 128 && memcmp(subnet->bytes, all_v4.bytes, sizeof(subnet->bytes)) == 0)
        return all_v4;
    if (subnet->prefix == 128 && memcmp(subnet->bytes, all_v6.bytes, sizeof(subnet->bytes)) == 0)
        return all_v6;
    return *subnet;
}

static bool lists_address(const struct qw_value *addresses, const struct qw_subnet *address)
{
    const struct qw_subnet wanted = widened(address);

    for (size_t i = 0; i < addresses->item_count; i++) {
        const struct qw_subnet item = widened(&addresses->items[i].subnet);

        /* ::/0 holds the mapped form of IPv4, but does not mean it. */
        if (qw_subnet_holds(&all_v4, &item) == qw_subnet_holds(&all_v4, &wanted) && qw_subnet_holds(&item, &wanted))
            return true;
    }
    return addresses->any;
}

static void judge_address(struct qw_check *check, const struct qw_fact *fact)
{
    const struct qw_value *addresses = qw_check_setting(check, "addresses");
    const struct qw_bytes text = qw_fact_part(fact, "address");
    const struct qw_fact reported = text.len ? qw_fact_of_part(fact, "address") : *fact;
    const char *accepted = qw_check_accepted(check, "addresses", where_address);
    struct qw_subnet address;

    if (text.len && !memchr(text.data, '/', text.len) && qw_subnet_read(text, &address)) {
        if (!lists_address(addresses, &address))
            qw_violate(check, "addresses", &reported, accepted, "publishing on address %s is not allowed",
                       qw_shown(check->arena, text));
        return;
    }
    if (lists_address(addresses, &all_v4) && lists_address(addresses, &all_v6))
        return;
    if (text.len)
        qw_violate(check, "addresses", &reported, accepted, "%s is no address, and the engine then takes all",
                   qw_shown(check->arena, text));
    else
        qw_violate(check, "addresses", &reported, accepted, "a port is published on all addresses");
}

/* ---- the rule ---- */

static void judge_all(struct qw_check *check, const struct qw_fact *fact)
{
    if (!qw_check_chose(check, "all", "allow")) {
        qw_violate(check, "all", fact, "name each port with --publish (compose: ports) in place of --publish-all",
                   "publishing all ports that the image exposes is not allowed");
        return;
    }
    judge_choice(check, fact, &own_choice);
    judge_address(check, fact);
}

void qw_eval_published_ports(struct qw_check *check)
{
    const bool none = !qw_check_setting(check, "addresses")->set && !qw_check_setting(check, "ports")->set;

    for (const struct qw_fact *fact = facts_of(check, QW_F_PUBLISHED_PORT); fact; fact = fact->next) {
        if (none) {
            qw_violate(check, NULL, fact, "leave out --publish (compose: ports)", "publishing a port is not allowed");
            continue;
        }
        judge_port(check, fact);
        judge_address(check, fact);
    }
    for (const struct qw_fact *fact = facts_of(check, QW_F_PUBLISH_ALL); fact; fact = fact->next)
        judge_all(check, fact);
}

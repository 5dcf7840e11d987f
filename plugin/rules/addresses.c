/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses that a container asks for, and how it resolves names. */
#include "check.h"

#define ENDPOINT_MAC "com.docker.network.endpoint.macaddress"

/* ---- static-addresses ---- */

static void judge_address(struct qw_check *check, const struct qw_fact *fact)
{
    if (!qw_check_lists(check, "allow", QW_LIT("ip")))
        qw_violate(check, NULL, fact,
                   "leave out --ip, --ip6 and --link-local-ip (compose: ipv4_address, ipv6_address, link_local_ips)",
                   "an IP address of one's own choice is not allowed: %s", qw_shown(check->arena, fact->text));
}

static void judge_mac(struct qw_check *check, const struct qw_fact *fact, struct qw_bytes address)
{
    if (!qw_check_lists(check, "allow", QW_LIT("mac")))
        qw_violate(check, NULL, fact, "leave out --mac-address (compose: mac_address)",
                   "a MAC address of one's own choice is not allowed: %s", qw_shown(check->arena, address));
}

/* A driver may take the address from its options too. */
void qw_eval_static_addresses(struct qw_check *check)
{
    for (const struct qw_fact *fact = facts_of(check, QW_F_STATIC_ADDRESS); fact; fact = fact->next)
        judge_address(check, fact);
    for (const struct qw_fact *fact = facts_of(check, QW_F_MAC_ADDRESS); fact; fact = fact->next)
        judge_mac(check, fact, fact->text);
    for (const struct qw_fact *fact = facts_of(check, QW_F_ENDPOINT_OPTION); fact; fact = fact->next) {
        if (qw_bytes_is(fact->text, ENDPOINT_MAC))
            judge_mac(check, fact, qw_fact_part(fact, "value"));
    }
}

/* ---- name-resolution ---- */

/*
 * The entry goes into the container's hosts file as it is: white space in a name, of Unicode too, would end it there,
 * and what follows be a name of its own that no pattern saw.
 */
static bool is_one_name(struct qw_bytes name)
{
    for (size_t i = 0; i < name.len; i++) {
        if (name.data[i] <= ' ' || name.data[i] > '~' || name.data[i] == '#')
            return false;
    }
    return true;
}

static void judge_entry(struct qw_check *check, const struct qw_fact *fact, struct qw_bytes entry)
{
    const struct qw_value *allow = qw_check_setting(check, "extra-hosts");

    if (allow->any || (is_one_name(entry) && qw_check_lists(check, "extra-hosts", entry)))
        return;
    qw_violate(check, "extra-hosts", fact,
               qw_check_accepted(check, "extra-hosts", "for --add-host, or --host of a service (compose: extra_hosts)"),
               "host entry %s is not allowed", qw_shown(check->arena, entry));
}

/* The next word, which white space ends; false where there is none. */
static bool next_word(struct qw_bytes *rest, struct qw_bytes *word)
{
    *rest = qw_bytes_trim(*rest);
    *word = *rest;
    for (size_t i = 0; i < rest->len && word->len == rest->len; i++) {
        if (rest->data[i] == ' ' || (rest->data[i] >= '\t' && rest->data[i] <= '\r'))
            word->len = i;
    }
    *rest = qw_bytes_from(*rest, word->len);
    return word->len > 0;
}

/* A service writes "ADDRESS NAME…" as hosts(5) does; each name is judged as "NAME:ADDRESS". */
static void judge_line(struct qw_check *check, const struct qw_fact *fact)
{
    struct qw_bytes rest = fact->text;
    struct qw_bytes address;
    struct qw_bytes name;

    next_word(&rest, &address);
    while (next_word(&rest, &name)) {
        const struct qw_bytes entry = qw_arena_concat3(check->arena, name, QW_LIT(":"), address);

        if (entry.data)
            judge_entry(check, fact, entry);
        else
            check->out->failed = true;
    }
}

/* `dns` is about all that a resolver is told: servers, search domains and options. */
void qw_eval_name_resolution(struct qw_check *check)
{
    for (const struct qw_fact *fact = facts_of(check, QW_F_DNS); fact; fact = fact->next) {
        if (!qw_check_lists(check, "dns", fact->text))
            qw_violate(
                check, "dns", fact,
                qw_check_accepted(check, "dns",
                                  "for --dns, --dns-search and --dns-option (compose: dns, dns_search, dns_opt)"),
                "resolver setting %s is not allowed", qw_shown(check->arena, fact->text));
    }
    for (const struct qw_fact *fact = facts_of(check, QW_F_EXTRA_HOST); fact; fact = fact->next) {
        if (is_service(check))
            judge_line(check, fact);
        else
            judge_entry(check, fact, fact->text);
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Labels that a request sets: on containers, volumes, networks, services and images that are built. */
#include "check.h"

#define VOLUME_LABEL "label."

struct label {
    struct qw_bytes key;
    struct qw_bytes value;
};

/* A pattern with "=" is about "KEY=VALUE", any other about the key. */
static bool is_meant(struct qw_check *check, const struct qw_item *item, const struct label *label)
{
    struct qw_bytes text = label->key;

    if (strchr(item->text, '=')) {
        text = qw_arena_concat3(check->arena, text, QW_LIT("="), label->value);
        if (!text.data)
            check->out->failed = true;
    }
    return text.data && qw_pattern_matches(item->pattern, check->variables, text);
}

/* ---- deny ---- */

/* Without the list, which the word deny takes away, no label may be set. */
static bool is_denied(struct qw_check *check, const struct label *label)
{
    const struct qw_value *deny = qw_check_setting(check, "deny");

    for (size_t i = 0; i < deny->item_count; i++) {
        if (is_meant(check, &deny->items[i], label))
            return true;
    }
    return deny->any || !deny->set;
}

static void judge_label(struct qw_check *check, const struct qw_fact *fact, struct label label)
{
    if (is_denied(check, &label))
        qw_violate(check, "deny", fact, "leave out --label (compose: labels)", "label %s is not allowed",
                   qw_shown(check->arena, label.key));
}

static void judge_volume(struct qw_check *check, const struct qw_fact *fact)
{
    for (size_t i = 0; i < fact->part_count; i++) {
        const struct qw_part *part = &fact->parts[i];
        const struct qw_fact label = {.kind = fact->kind, .path = part->path, .text = part->value};

        if (qw_bytes_starts(part->key, VOLUME_LABEL))
            judge_label(check, part->path ? &label : fact,
                        (struct label){qw_bytes_from(part->key, strlen(VOLUME_LABEL)), part->value});
    }
}

/* ---- require ---- */

/* Swarm keeps the labels of a service to itself: its containers have those of their own specification. */
static bool is_of_container(const struct qw_check *check, const struct qw_fact *fact)
{
    return !is_service(check) || qw_bytes_starts(qw_fact_field(fact, check->arena), "TaskTemplate.");
}

static bool is_set(struct qw_check *check, const struct qw_item *item)
{
    for (const struct qw_fact *fact = facts_of(check, QW_F_LABEL); fact; fact = fact->next) {
        const struct label label = {fact->text, qw_fact_part(fact, "value")};

        /* A key that holds "=" would pass for another key and its value. */
        if (label.key.len && !memchr(label.key.data, '=', label.key.len) && is_of_container(check, fact) &&
            is_meant(check, item, &label))
            return true;
    }
    return false;
}

static void judge_missing(struct qw_check *check, const struct qw_item *item)
{
    struct qw_item wanted = *item;
    const struct qw_value one = {.items = &wanted, .item_count = 1};
    const char *label = qw_items_shown(check->arena, &one, check->variables);
    const char *flag = qw_check_field(check, "--label", "--container-label");

    if (!is_set(check, item))
        qw_violate(
            check, "require", NULL, qw_arena_printf(check->arena, "add %s %s (compose: labels)", flag, label).data,
            "label %s is missing (%s)", label, qw_check_field(check, "Labels", "TaskTemplate.ContainerSpec.Labels"));
}

void qw_eval_labels(struct qw_check *check)
{
    const struct qw_value *require = qw_check_setting(check, "require");

    for (const struct qw_fact *fact = facts_of(check, QW_F_LABEL); fact; fact = fact->next)
        judge_label(check, fact, (struct label){fact->text, qw_fact_part(fact, "value")});
    for (const struct qw_fact *fact = facts_of(check, QW_F_VOLUME); fact; fact = fact->next)
        judge_volume(check, fact);
    /* The body of a start has no labels: the container keeps those that it was made with. */
    if (!require->item_count || facts_of(check, QW_F_HOST_CONFIG) || !qw_check_makes_container(check))
        return;
    for (size_t i = 0; i < require->item_count; i++)
        judge_missing(check, &require->items[i]);
}

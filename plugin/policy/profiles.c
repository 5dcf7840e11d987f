/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Profiles: names, parents, and the built-in ones. */
#include "load.h"

/* What a profile without `extends` starts from. */
static const char default_parent[] = "baseline";

/* The built-in `unrestricted`: every rule that takes a level. */
static void allow_everything(struct qw_loader *loader, struct qw_profile *profile)
{
    for (size_t i = 0; i < qw_rule_count; i++) {
        if (qw_rules[i].style != QW_FIXED)
            profile->rules[i] = qw_load_loosest(loader, &qw_rules[i], 0);
    }
}

/* What no profile mentions along the way: nothing set, at the level deny. */
static const struct qw_rule_settings unset = {.level = QW_LEVEL_DENY};

static void read_rules(struct qw_loader *loader, const struct qw_yaml *node, struct qw_profile *profile)
{
    for (size_t i = 0; i < qw_rule_count; i++)
        profile->rules[i] = profile->parent ? profile->parent->rules[i] : &unset;
    if (loader->shipped && node->type == QW_YAML_SCALAR)
        allow_everything(loader, profile);
    if (node->type == QW_YAML_MAP)
        qw_load_rules(loader, node, profile->rules);
}

static bool is_shipped(const struct qw_loader *loader, const char *name, size_t shipped)
{
    for (size_t i = 0; i < shipped; i++) {
        if (strcmp(loader->profiles.names[i], name) == 0)
            return true;
    }
    return false;
}

/* Name and parent; the rules are read when the parent's are known. */
static void declare(struct qw_loader *loader, const struct qw_yaml *node, size_t i, size_t shipped)
{
    struct qw_profile *profile = &loader->policy->profiles[i];

    profile->name = qw_load_key_name(loader, node);
    profile->line = i < shipped ? 0 : node->key_line;
    profile->rules = qw_load_alloc(loader, qw_rule_count, sizeof(*profile->rules));
    loader->profiles.names[i] = node->key;
    loader->profiles.extends[i] = qw_yaml_get(node, "extends");
    if (i < shipped)
        return;
    if (is_shipped(loader, node->key, shipped))
        qw_yaml_key_error(loader->diagnostics, node, "%s is built in and cannot be redefined; give yours another name",
                          node->key);
    if (!qw_load_is_map(loader, node, "a profile"))
        return;
    if (!node->child)
        qw_yaml_error(loader->diagnostics, node, "a profile without a rule; write extends or rules");
}

static const struct qw_profile *parent_of(const struct qw_loader *loader, size_t i, size_t shipped)
{
    const struct qw_profile *profiles = loader->policy->profiles;

    if (loader->profiles.parents[i] != QW_NO_PARENT)
        return &profiles[loader->profiles.parents[i]];
    for (size_t k = 0; i >= shipped && k < shipped; k++) {
        if (strcmp(profiles[k].name, default_parent) == 0)
            return &profiles[k];
    }
    return NULL;
}

/* The built-in text is not the user's file: its places would mislead. */
static void read_shipped(struct qw_loader *loader, const struct qw_yaml *node, struct qw_profile *profile)
{
    struct qw_diagnostics *of_policy = loader->diagnostics;
    struct qw_diagnostics own = {0};

    loader->shipped = true;
    loader->diagnostics = &own;
    read_rules(loader, node, profile);
    loader->diagnostics = of_policy;
    loader->shipped = false;
    for (size_t i = 0; i < own.count; i++)
        qw_diagnostics_error(of_policy, 0, 0, "built-in profiles, line %d: %s", own.items[i].line, own.items[i].text);
    qw_diagnostics_fini(&own);
}

static void define(struct qw_loader *loader, const struct qw_yaml *node, size_t i, size_t shipped)
{
    struct qw_profile *profile = &loader->policy->profiles[i];

    profile->parent = parent_of(loader, i, shipped);
    if (i < shipped)
        read_shipped(loader, node, profile);
    else
        read_rules(loader, node, profile);
}

/* Declares the members of both texts, the shipped first; false without memory for one of them. */
static bool declare_all(struct qw_loader *loader, const struct qw_yaml *shipped, const struct qw_yaml *own,
                        const struct qw_yaml **nodes)
{
    struct qw_policy *policy = loader->policy;
    const size_t shipped_count = qw_load_count(shipped);
    bool complete = true;

    for (const struct qw_yaml *member = shipped->child; member; member = member->next)
        nodes[policy->profile_count++] = member;
    for (const struct qw_yaml *member = own ? own->child : NULL; member; member = member->next)
        nodes[policy->profile_count++] = member;
    for (size_t i = 0; i < policy->profile_count; i++) {
        declare(loader, nodes[i], i, shipped_count);
        complete = complete && policy->profiles[i].name && policy->profiles[i].rules;
    }
    return complete;
}

void qw_load_profiles(struct qw_loader *loader, const struct qw_yaml *shipped, const struct qw_yaml *own)
{
    struct qw_policy *policy = loader->policy;
    const size_t own_count = own ? qw_load_member_count(loader, own, "profiles by name") : 0;
    const size_t shipped_count = qw_load_count(shipped);
    const size_t count = shipped_count + own_count;
    const struct qw_yaml **nodes = qw_load_alloc(loader, count, sizeof(*nodes));

    loader->profiles.kind = "profile";
    policy->profiles = qw_load_alloc(loader, count, sizeof(*policy->profiles));
    if (!nodes || !policy->profiles || !qw_load_family(loader, &loader->profiles, count) ||
        !declare_all(loader, shipped, own_count ? own : NULL, nodes))
        return;
    qw_load_ancestry(loader, &loader->profiles);
    for (size_t i = 0; i < count; i++)
        define(loader, nodes[loader->profiles.order[i]], loader->profiles.order[i], shipped_count);
}

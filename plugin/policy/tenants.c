/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tenants, their people, and names that could be taken for one another. */
#include "load.h"

#include <limits.h>

static const struct qw_key tenant_keys[] = {
    {"name", QW_KEY_REQUIRED},
    {"match", QW_KEY_OPTIONAL},
    {"role", QW_KEY_OPTIONAL},
    {"profile", QW_KEY_OPTIONAL},
    {"members", QW_KEY_OPTIONAL},
    {"objects", QW_KEY_OPTIONAL},
    {"may-use", QW_KEY_LATER},
    {"each", QW_KEY_LATER},
    {"quota", QW_KEY_LATER},
    {"via", QW_KEY_OPTIONAL},
    {0},
};

static const struct qw_key member_keys[] = {
    {"match", QW_KEY_OPTIONAL}, {"role", QW_KEY_OPTIONAL}, {"profile", QW_KEY_OPTIONAL}, {"via", QW_KEY_OPTIONAL}, {0},
};

static const char *const member_words[] = {"match", "role", "profile", "via", NULL};

static const char default_profile[] = "restricted";

static void read_profile(struct qw_loader *loader, const struct qw_yaml *node, struct qw_member *member)
{
    const struct qw_yaml *word = qw_yaml_get(node, "profile");
    const size_t profile =
        word ? qw_load_reference(loader, word, &loader->profiles) : qw_load_find(&loader->profiles, default_profile);

    if (profile != QW_NO_PARENT)
        member->profile = &loader->policy->profiles[profile];
}

/* Match, via, role and profile: of a tenant itself, or of one of its members. */
static void read_member(struct qw_loader *loader, const struct qw_yaml *node, struct qw_member *member)
{
    const struct qw_yaml *match = qw_yaml_get(node, "match");
    const struct qw_yaml *via = qw_yaml_get(node, "via");
    const struct qw_yaml *word = qw_yaml_get(node, "role");
    size_t role;

    member->line = node->line;
    if (match)
        member->subjects = qw_load_match(loader, match, &member->subject_count);
    else
        qw_yaml_error(loader->diagnostics, node, "match is missing: whom is this for?");
    if (via)
        member->via = qw_load_via(loader, via);
    if (!word)
        qw_yaml_error(loader->diagnostics, node, "role is missing");
    role = word ? qw_load_reference(loader, word, &loader->roles) : QW_NO_PARENT;
    if (role != QW_NO_PARENT)
        member->role = &loader->policy->roles[role];
    read_profile(loader, node, member);
}

static void read_members(struct qw_loader *loader, const struct qw_yaml *tenant_node, const struct qw_yaml *list,
                         struct qw_tenant *tenant)
{
    for (size_t i = 0; member_words[i]; i++) {
        const struct qw_yaml *stray = qw_yaml_get(tenant_node, member_words[i]);

        if (stray)
            qw_yaml_key_error(loader->diagnostics, stray, "a tenant with members has %s in each of them",
                              member_words[i]);
    }
    if (!qw_load_is_list(loader, list))
        return;
    if (!list->child)
        qw_yaml_error(loader->diagnostics, list, "an empty list matches nobody");
    tenant->members = qw_load_alloc(loader, qw_load_count(list), sizeof(*tenant->members));
    for (const struct qw_yaml *item = list->child; tenant->members && item; item = item->next) {
        if (qw_load_keys(loader, item, "a member", member_keys))
            read_member(loader, item, &tenant->members[tenant->member_count++]);
    }
}

static void read_objects(struct qw_loader *loader, const struct qw_yaml *node, struct qw_tenant *tenant)
{
    static const char *const words[] = {"all", "own", NULL};
    const struct qw_yaml *word = qw_yaml_get(node, "objects");
    int found;

    if (!word) {
        qw_yaml_error(loader->diagnostics, node,
                      "objects is missing: its default, own, " QW_LATER "; write objects: all");
        return;
    }
    found = qw_load_word(loader, word, words);
    tenant->objects_all = found == 0;
    if (found == 1)
        qw_yaml_error(loader->diagnostics, word, "objects: own " QW_LATER "; write objects: all");
}

static void read_name(struct qw_loader *loader, const struct qw_yaml *node, struct qw_tenant *tenant)
{
    const struct qw_yaml *name = qw_yaml_get(node, "name");

    tenant->name = name ? qw_load_text(loader, name) : NULL;
    if (tenant->name && !qw_load_is_name(tenant->name))
        qw_yaml_error(loader->diagnostics, name, QW_NAME_ADVICE);
}

static void read_tenant(struct qw_loader *loader, const struct qw_yaml *node, struct qw_tenant *tenant)
{
    const struct qw_yaml *members;

    tenant->line = node->line;
    if (!qw_load_keys(loader, node, "a tenant", tenant_keys))
        return;
    read_name(loader, node, tenant);
    read_objects(loader, node, tenant);
    members = qw_yaml_get(node, "members");
    if (members) {
        read_members(loader, node, members, tenant);
        return;
    }
    tenant->members = qw_load_alloc(loader, 1, sizeof(*tenant->members));
    if (tenant->members) {
        tenant->member_count = 1;
        read_member(loader, node, tenant->members);
    }
}

struct named {
    const char *name;
    const struct qw_yaml *node;
};

static int compare_names(const void *a, const void *b)
{
    const struct named *first = a;
    const struct named *second = b;
    const int order = strcmp(first->name, second->name);

    return order ? order : (first->node->line > second->node->line) - (first->node->line < second->node->line);
}

/* With `after` behind it, or anything where that is free, is one name the beginning of the other? */
static bool is_start_of(const char *name, const char *other, char after)
{
    const size_t len = strlen(name);

    return strncmp(name, other, len) == 0 && other[len] != '\0' && (strchr("*{", after) || other[len] == after);
}

/*
 * Sorted names that begin alike lie together, but not side by side: between a and a-b there may be a-a. Each name is
 * held against those that follow while they begin with it.
 */
static bool check_loose_pattern(struct qw_loader *loader, const struct qw_loose_pattern *loose,
                                const struct named *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t k = i + 1; k < count && strncmp(names[i].name, names[k].name, strlen(names[i].name)) == 0; k++) {
            if (!is_start_of(names[i].name, names[k].name, loose->after))
                continue;
            qw_yaml_error(loader->diagnostics, loose->node,
                          "%s of tenant %s would match what is tenant %s's; rename one of them, or write / behind "
                          "{tenant}",
                          loose->node->text ? loose->node->text : "this pattern", names[i].name, names[k].name);
            return false;
        }
    }
    return true;
}

void qw_load_check_names(struct qw_loader *loader, const struct qw_yaml *list)
{
    const struct qw_policy *policy = loader->policy;
    struct named *names = qw_load_alloc(loader, policy->tenant_count, sizeof(*names));
    const struct qw_yaml *node = list->child;
    bool is_clear[UCHAR_MAX + 1] = {false}; /* by what stands behind {tenant}: nothing else decides */
    size_t count = 0;

    if (!names)
        return;
    for (size_t i = 0; node && i < policy->tenant_count; i++, node = node->next) {
        if (policy->tenants[i].name)
            names[count++] = (struct named){policy->tenants[i].name, qw_yaml_get(node, "name")};
    }
    qsort(names, count, sizeof(*names), compare_names);
    for (size_t i = 1; i < count; i++) {
        if (strcmp(names[i - 1].name, names[i].name) == 0)
            qw_yaml_error(loader->diagnostics, names[i].node, "there is a tenant %s already, in line %d", names[i].name,
                          names[i - 1].node->line);
    }
    for (const struct qw_loose_pattern *loose = loader->loose; loose; loose = loose->next) {
        bool *clear = &is_clear[(unsigned char)loose->after];

        *clear = *clear || check_loose_pattern(loader, loose, names, count);
    }
}

void qw_load_tenants(struct qw_loader *loader, const struct qw_yaml *node)
{
    struct qw_policy *policy = loader->policy;

    if (!qw_load_is_list(loader, node))
        return;
    policy->tenants = qw_load_alloc(loader, qw_load_count(node), sizeof(*policy->tenants));
    if (!policy->tenants)
        return;
    for (const struct qw_yaml *item = node->child; item; item = item->next)
        read_tenant(loader, item, &policy->tenants[policy->tenant_count++]);
}

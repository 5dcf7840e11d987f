/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load.h"

static const struct qw_key role_keys[] = {
    {"extends", QW_KEY_OPTIONAL},
    {"allow", QW_KEY_OPTIONAL},
    {"deny", QW_KEY_OPTIONAL},
    {0},
};

/* A newer engine's endpoint may do anything: its action is named or it is not allowed. */
static const char unnamed_action[] = "unknown";

static void set_bit(uint64_t *bits, size_t i)
{
    bits[i / 64] |= UINT64_C(1) << i % 64;
}

/* All actions that begin with the prefix; false where there is none. */
static bool add_kind(uint64_t *bits, const char *prefix, size_t len)
{
    bool found = false;

    for (size_t i = 0; i < qw_action_count; i++) {
        if (strncmp(qw_actions[i].name, prefix, len) != 0 || strcmp(qw_actions[i].name, unnamed_action) == 0)
            continue;
        set_bit(bits, i);
        found = true;
    }
    return found;
}

static bool add_set(uint64_t *bits, const char *name)
{
    for (size_t set = 0; set < QW_SET_COUNT; set++) {
        if (strcmp(qw_set_names[set], name) != 0)
            continue;
        for (size_t i = 0; i < qw_action_count; i++) {
            if (qw_actions[i].sets & QW_BIT(set))
                set_bit(bits, i);
        }
        return true;
    }
    return false;
}

/* A kind is written with the dot of its names: `container.*`, `container.exec.*`, or alone, `*`. */
static bool is_kind(const char *word, size_t len)
{
    return len > 0 && word[len - 1] == '*' && (len == 1 || word[len - 2] == '.') && strcspn(word, "*") == len - 1;
}

static bool add_word(uint64_t *bits, const char *word)
{
    const size_t len = strlen(word);
    const int action = qw_action_find(word);

    if (action >= 0)
        set_bit(bits, (size_t)action);
    return action >= 0 || add_set(bits, word) || (is_kind(word, len) && add_kind(bits, word, len - 1));
}

/* "container.*" of "container.create", "container.exec.*" of "container.exec.start"; NULL without memory. */
static const char *kind_of(struct qw_loader *loader, const char *action)
{
    const char *dot = strrchr(action, '.');

    return dot ? qw_arena_printf(loader->policy->arena, "%.*s.*", (int)(dot - action), action).data : NULL;
}

static const char *suggest_action(struct qw_loader *loader, const char *word)
{
    const char *names[QW_SET_COUNT + 2 * QW_ACTION_MAX + 1] = {NULL};
    size_t count = 0;

    for (size_t set = 0; set < QW_SET_COUNT; set++)
        names[count++] = qw_set_names[set];
    for (size_t i = 0; i < qw_action_count; i++) {
        const char *kind = kind_of(loader, qw_actions[i].name);

        names[count++] = qw_actions[i].name;
        if (kind)
            names[count++] = kind;
    }
    return qw_load_suggestion(loader, word, names);
}

void qw_load_actions(struct qw_loader *loader, const struct qw_yaml *node, uint64_t *bits)
{
    if (!node || !qw_load_is_list(loader, node))
        return;
    for (const struct qw_yaml *item = node->child; item; item = item->next) {
        const char *word = qw_load_text(loader, item);

        if (word && !add_word(bits, word))
            qw_yaml_error(loader->diagnostics, item, "%s is no action, kind or set of actions%s", word,
                          suggest_action(loader, word));
    }
}

static void read_role(struct qw_loader *loader, const struct qw_yaml *node, size_t i)
{
    struct qw_role *role = &loader->policy->roles[i];

    role->name = qw_load_key_name(loader, node);
    role->line = node->key_line;
    loader->roles.names[i] = node->key;
    if (!qw_load_keys(loader, node, "a role", role_keys))
        return;
    loader->roles.extends[i] = qw_yaml_get(node, "extends");
    if (!loader->roles.extends[i] && !qw_yaml_get(node, "allow"))
        qw_yaml_error(loader->diagnostics, node, "a role that allows nothing; write allow or extends");
    qw_load_actions(loader, qw_yaml_get(node, "allow"), role->allow);
    qw_load_actions(loader, qw_yaml_get(node, "deny"), role->deny);
}

static void inherit(struct qw_role *role, const struct qw_role *parent)
{
    role->parent = parent;
    for (size_t i = 0; i < QW_COUNT(role->allow); i++) {
        role->allow[i] |= parent->allow[i];
        role->deny[i] |= parent->deny[i];
    }
}

void qw_load_roles(struct qw_loader *loader, const struct qw_yaml *node)
{
    struct qw_policy *policy = loader->policy;
    struct qw_family *family = &loader->roles;
    const size_t count = node ? qw_load_member_count(loader, node, "roles by name") : 0;

    family->kind = "role";
    policy->roles = qw_load_alloc(loader, count, sizeof(*policy->roles));
    if (!policy->roles || !qw_load_family(loader, family, count) || count == 0)
        return;
    for (const struct qw_yaml *member = node->child; member; member = member->next)
        read_role(loader, member, policy->role_count++);
    qw_load_ancestry(loader, family);
    for (size_t i = 0; i < count; i++) {
        const size_t heir = family->order[i];

        if (family->parents[heir] != QW_NO_PARENT)
            inherit(&policy->roles[heir], &policy->roles[family->parents[heir]]);
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Profiles: which rules are read, and what a rule's word or mapping makes of inherited settings. The rules themselves
 * are rows of the rule table.
 */
#include "load.h"

static const char *const profiles_to_come[] = {"restricted", NULL};

/* What a profile without `extends` starts from. */
static const char default_parent[] = "baseline";

/* A rule's words by style, and the level that each place means. */
static const char *const restricts_words[] = {"deny", "warn", "allow", NULL};
static const char *const demands_words[] = {"required", "warn", "optional", NULL};
static const char *const mapping_levels[] = {"deny", "warn", NULL};
static const enum qw_level word_levels[] = {QW_LEVEL_DENY, QW_LEVEL_WARN, QW_LEVEL_ALLOW};

bool qw_setting_demands(const struct qw_setting *setting)
{
    return strncmp(setting->name, "require", 7) == 0;
}

/* Does a list name what may not be? */
static bool forbids(const struct qw_setting *setting)
{
    return strcmp(setting->name, "deny") == 0;
}

/* The place of the word `allow`, or 0: what holds where nothing is set. */
static int64_t loosest(const struct qw_setting *setting)
{
    struct qw_bytes rest = qw_bytes_of(setting->words);
    struct qw_bytes word;

    for (int64_t i = 0; qw_bytes_split(&rest, ' ', &word); i++) {
        if (qw_bytes_is(word, "allow"))
            return i;
    }
    return 0;
}

/*
 * A word replaces all settings. `allow` leaves them as loose as can be, so that an heir who names one of them restricts
 * that one alone; the other words leave them unset, which is nothing of it.
 */
static void apply_word(const struct qw_rule *rule, struct qw_rule_settings *settings, enum qw_level level, int line)
{
    *settings = (struct qw_rule_settings){.level = level, .line = line};
    for (size_t i = 0; level == QW_LEVEL_ALLOW && i < QW_SETTINGS_MAX && rule->settings[i].name; i++) {
        const struct qw_setting *setting = &rule->settings[i];
        struct qw_value *value = &settings->values[i];

        value->set = true;
        value->line = line;
        if (setting->type == QW_SETTING_CHOICE)
            value->number = loosest(setting);
        else
            value->any = !qw_setting_demands(setting) && !forbids(setting);
    }
}

static void read_word(struct qw_loader *loader, const struct qw_rule *rule, const struct qw_yaml *node,
                      struct qw_rule_settings *settings, int line)
{
    int word;

    if (rule->style == QW_FIXED) {
        qw_yaml_error(loader->diagnostics, node, "%s takes no level", rule->id);
        return;
    }
    word = qw_load_word(loader, node, rule->style == QW_DEMANDS ? demands_words : restricts_words);
    if (word >= 0)
        apply_word(rule, settings, word_levels[word], line);
}

static void report_unknown_setting(struct qw_loader *loader, const struct qw_rule *rule, const struct qw_yaml *node)
{
    const char *names[QW_SETTINGS_MAX + 2] = {"level"};

    for (size_t i = 0; i < QW_SETTINGS_MAX && rule->settings[i].name; i++)
        names[i + 1] = rule->settings[i].name;
    qw_yaml_key_error(loader->diagnostics, node, "%s has no setting %s%s", rule->id, node->key,
                      qw_load_suggestion(loader, node->key, names));
}

static void read_level(struct qw_loader *loader, const struct qw_rule *rule, const struct qw_yaml *node,
                       enum qw_level *level)
{
    int word;

    if (rule->style == QW_FIXED) {
        qw_yaml_key_error(loader->diagnostics, node, "%s takes no level", rule->id);
        return;
    }
    word = qw_load_word(loader, node, mapping_levels);
    if (word >= 0)
        *level = word_levels[word];
}

static void read_mapping(struct qw_loader *loader, const struct qw_rule *rule, const struct qw_yaml *node,
                         struct qw_rule_settings *settings, int line)
{
    settings->level = QW_LEVEL_DENY;
    settings->line = line;
    if (!node->child)
        qw_yaml_error(loader->diagnostics, node, "%s says nothing: a word or a setting is missing", rule->id);
    for (const struct qw_yaml *member = node->child; member; member = member->next) {
        size_t i = 0;

        if (strcmp(member->key, "level") == 0) {
            read_level(loader, rule, member, &settings->level);
            continue;
        }
        while (i < QW_SETTINGS_MAX && rule->settings[i].name && strcmp(rule->settings[i].name, member->key) != 0)
            i++;
        if (i == QW_SETTINGS_MAX || !rule->settings[i].name)
            report_unknown_setting(loader, rule, member);
        else
            qw_load_setting(loader, rule, &rule->settings[i], member, &settings->values[i]);
    }
}

static void read_rule(struct qw_loader *loader, const struct qw_rule *rule, const struct qw_yaml *node,
                      struct qw_rule_settings *settings)
{
    const int line = loader->shipped ? 0 : node->key_line;

    switch (node->type) {
    case QW_YAML_SCALAR:
        read_word(loader, rule, node, settings, line);
        return;
    case QW_YAML_MAP:
        read_mapping(loader, rule, node, settings, line);
        return;
    case QW_YAML_LIST:
        qw_yaml_error(loader->diagnostics, node, "%s is a word or a mapping of settings%s", rule->id,
                      rule->settings[0].name ? ", such as { allow: [...] }" : "");
        return;
    }
}

static void report_unknown_rule(struct qw_loader *loader, const struct qw_yaml *node)
{
    const char *names[QW_RULE_MAX + 2] = {"extends"};

    if (qw_load_is_one_of(node->key, qw_rules_to_come)) {
        qw_yaml_key_error(loader->diagnostics, node, "the rule %s " QW_LATER, node->key);
        return;
    }
    for (size_t i = 0; i < qw_rule_count; i++)
        names[i + 1] = qw_rules[i].id;
    qw_yaml_key_error(loader->diagnostics, node, "there is no rule %s%s", node->key,
                      qw_load_suggestion(loader, node->key, names));
}

/* The built-in `unrestricted`: every rule that takes a level. */
static void allow_everything(struct qw_profile *profile)
{
    for (size_t i = 0; i < qw_rule_count; i++) {
        if (qw_rules[i].style != QW_FIXED)
            apply_word(&qw_rules[i], &profile->rules[i], QW_LEVEL_ALLOW, 0);
    }
}

static void read_rules(struct qw_loader *loader, const struct qw_yaml *node, struct qw_profile *profile)
{
    if (loader->shipped && node->type == QW_YAML_SCALAR)
        allow_everything(profile);
    if (node->type != QW_YAML_MAP)
        return;
    for (const struct qw_yaml *member = node->child; member; member = member->next) {
        const int rule = qw_rule_find(member->key);

        if (rule >= 0)
            read_rule(loader, &qw_rules[rule], member, &profile->rules[rule]);
        else if (strcmp(member->key, "extends") != 0)
            report_unknown_rule(loader, member);
    }
}

static bool is_shipped(const struct qw_loader *loader, const char *name, size_t shipped)
{
    for (size_t i = 0; i < shipped; i++) {
        if (strcmp(loader->profiles.names[i], name) == 0)
            return true;
    }
    return qw_load_is_one_of(name, profiles_to_come);
}

/* Name and parent; the rules are read when the parent's are known. */
static void declare(struct qw_loader *loader, const struct qw_yaml *node, size_t i, size_t shipped)
{
    struct qw_profile *profile = &loader->policy->profiles[i];

    profile->name = qw_load_key_name(loader, node);
    profile->line = i < shipped ? 0 : node->key_line;
    profile->rules = qw_load_alloc(loader, qw_rule_count, sizeof(*profile->rules));
    loader->profiles.names[i] = node->key;
    if (i < shipped)
        return;
    if (is_shipped(loader, node->key, shipped))
        qw_yaml_key_error(loader->diagnostics, node, "%s is built in and cannot be redefined; give yours another name",
                          node->key);
    if (!qw_load_is_map(loader, node, "a profile"))
        return;
    if (!node->child)
        qw_yaml_error(loader->diagnostics, node, "a profile without a rule; write extends or rules");
    loader->profiles.extends[i] = qw_yaml_get(node, "extends");
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
    if (profile->parent)
        memcpy(profile->rules, profile->parent->rules, qw_rule_count * sizeof(*profile->rules));
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
    loader->profiles.later = profiles_to_come;
    policy->profiles = qw_load_alloc(loader, count, sizeof(*policy->profiles));
    if (!nodes || !policy->profiles || !qw_load_family(loader, &loader->profiles, count) ||
        !declare_all(loader, shipped, own_count ? own : NULL, nodes))
        return;
    qw_load_ancestry(loader, &loader->profiles);
    for (size_t i = 0; i < count; i++)
        define(loader, nodes[loader->profiles.order[i]], loader->profiles.order[i], shipped_count);
}

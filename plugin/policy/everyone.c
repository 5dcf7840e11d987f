/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `everyone`: rules that hold beside every profile. What it does not mention it leaves to the profiles. */
#include "load.h"

/* Would this value let through whatever a profile denies? */
static bool says_nothing(const struct qw_setting *setting, const struct qw_value *value, const struct qw_yaml *node)
{
    switch (setting->type) {
    case QW_SETTING_CHOICE:
        return value->number == qw_setting_loosest_choice(setting);
    case QW_SETTING_FLAG:
        return value->number == 0;
    default:
        if (!qw_setting_demands(setting) && !qw_setting_forbids(setting))
            return value->any;
        return node->type == QW_YAML_LIST && !node->child;
    }
}

static void check_settings(struct qw_loader *loader, const struct qw_yaml *node, const struct qw_rule *rule,
                           const struct qw_rule_settings *settings)
{
    for (size_t i = 0; i < QW_SETTINGS_MAX && rule->settings[i].name; i++) {
        const struct qw_yaml *member = qw_yaml_get(node, rule->settings[i].name);

        /* A value without a line was wrong, and is as it was before. */
        if (member && settings->values[i].line && says_nothing(&rule->settings[i], &settings->values[i], member))
            qw_yaml_error(loader->diagnostics, member,
                          "%s: this restricts nothing; everyone only tightens, and an exception loosens", member->key);
    }
}

/* A word, or every setting of a mapping, that would loosen. */
static void check_rule(struct qw_loader *loader, const struct qw_yaml *node, const struct qw_rule *rule,
                       const struct qw_rule_settings *settings)
{
    if (node->type == QW_YAML_MAP)
        check_settings(loader, node, rule, settings);
    else if (settings->line && settings->level == QW_LEVEL_ALLOW)
        qw_yaml_error(loader->diagnostics, node,
                      "%s: this restricts nothing; everyone only tightens, and an exception loosens", node->key);
}

void qw_load_everyone(struct qw_loader *loader, const struct qw_yaml *node)
{
    const struct qw_rule_settings **rules;
    const struct qw_yaml *extends;

    if (!qw_load_is_map(loader, node, "everyone"))
        return;
    rules = qw_load_alloc(loader, qw_rule_count, sizeof(*rules));
    loader->policy->everyone = rules;
    if (!rules)
        return;
    extends = qw_yaml_get(node, "extends");
    if (extends)
        qw_yaml_key_error(loader->diagnostics, extends, "everyone extends nothing: it holds beside every profile");
    for (const struct qw_yaml *member = node->child; member; member = member->next) {
        const int i = qw_rule_find(member->key);

        if (i >= 0)
            rules[i] = qw_load_loosest(loader, &qw_rules[i], 0);
    }
    qw_load_rules(loader, node, rules);
    for (const struct qw_yaml *member = node->child; member; member = member->next) {
        const int i = qw_rule_find(member->key);

        if (i >= 0 && rules[i])
            check_rule(loader, member, &qw_rules[i], rules[i]);
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a rule's word or mapping makes of inherited settings: in a profile, in `everyone`, in a `permit`. */
#include "load.h"

/* A rule's words by style, and the level that each place means. */
static const char *const restricts_words[] = {"deny", "warn", "allow", NULL};
static const char *const demands_words[] = {"required", "warn", "optional", NULL};
static const char *const mapping_levels[] = {"deny", "warn", NULL};
static const enum qw_level word_levels[] = {QW_LEVEL_DENY, QW_LEVEL_WARN, QW_LEVEL_ALLOW};

bool qw_setting_demands(const struct qw_setting *setting)
{
    return strncmp(setting->name, "require", 7) == 0;
}

bool qw_setting_forbids(const struct qw_setting *setting)
{
    return strcmp(setting->name, "deny") == 0;
}

/* The place of the word `allow`, or 0: what holds where nothing is set. */
int64_t qw_setting_loosest_choice(const struct qw_setting *setting)
{
    struct qw_bytes rest = qw_bytes_of(setting->words);
    struct qw_bytes word;

    for (int64_t i = 0; qw_bytes_split(&rest, ' ', &word); i++) {
        if (qw_bytes_is(word, "allow"))
            return i;
    }
    return 0;
}

/* As loose as can be: no bound, no demand, nothing forbidden. */
static struct qw_value loosest_value(const struct qw_setting *setting, int line)
{
    struct qw_value value = {.set = true, .line = line};

    if (setting->type == QW_SETTING_CHOICE)
        value.number = qw_setting_loosest_choice(setting);
    else
        value.any = setting->type != QW_SETTING_FLAG && !qw_setting_demands(setting) && !qw_setting_forbids(setting);
    return value;
}

/*
 * A word replaces all settings. `allow` leaves them as loose as can be, so that an heir who names one of them restricts
 * that one alone; the other words leave them unset, which is nothing of it, and switch a demand on.
 */
static void apply_word(const struct qw_rule *rule, struct qw_rule_settings *settings, enum qw_level level, int line)
{
    *settings = (struct qw_rule_settings){.level = level, .line = line};
    for (size_t i = 0; i < QW_SETTINGS_MAX && rule->settings[i].name; i++) {
        if (level == QW_LEVEL_ALLOW)
            settings->values[i] = loosest_value(&rule->settings[i], line);
        else if (rule->settings[i].type == QW_SETTING_FLAG)
            settings->values[i] = (struct qw_value){.set = true, .number = 1, .line = line};
    }
}

/* "required, max, swap": a rule's settings, for messages. */
static const char *setting_names(struct qw_loader *loader, const struct qw_rule *rule)
{
    struct qw_bytes text = QW_LIT("");

    for (size_t i = 0; text.data && i < QW_SETTINGS_MAX && rule->settings[i].name; i++)
        text = qw_arena_printf(loader->policy->arena, "%s%s%s", text.data, i ? ", " : "", rule->settings[i].name);
    return text.data ? text.data : "";
}

/* `memory-limit: 2g` is most likely a setting's value. */
static void report_no_word(struct qw_loader *loader, const struct qw_rule *rule, const struct qw_yaml *node,
                           const char *const *words)
{
    qw_yaml_error(loader->diagnostics, node,
                  "unknown word %s: %s, %s or %s is expected, or a mapping of settings (%s)%s", node->text, words[0],
                  words[1], words[2], setting_names(loader, rule), qw_load_suggestion(loader, node->text, words));
}

static void read_word(struct qw_loader *loader, const struct qw_rule *rule, const struct qw_yaml *node,
                      struct qw_rule_settings *settings, int line)
{
    const char *const *words = rule->style == QW_DEMANDS ? demands_words : restricts_words;
    int word;

    if (rule->style == QW_FIXED) {
        qw_yaml_error(loader->diagnostics, node, "%s takes no level", rule->id);
        return;
    }
    if (rule->settings[0].name && node->text_len && !qw_load_is_one_of(node->text, words)) {
        report_no_word(loader, rule, node, words);
        return;
    }
    word = qw_load_word(loader, node, words);
    if (word >= 0)
        apply_word(rule, settings, word_levels[word], line);
}

static void report_unknown_setting(struct qw_loader *loader, const struct qw_rule *rule, const struct qw_yaml *node)
{
    const char *names[QW_SETTINGS_MAX + 2] = {"level"};
    const char *near;

    for (size_t i = 0; i < QW_SETTINGS_MAX && rule->settings[i].name; i++)
        names[i + 1] = rule->settings[i].name;
    near = qw_load_suggestion(loader, node->key, names);
    if (*near || !rule->settings[0].name)
        qw_yaml_key_error(loader->diagnostics, node, "%s has no setting %s%s", rule->id, node->key, near);
    else
        qw_yaml_key_error(loader->diagnostics, node, "%s has no setting %s; there are: level, %s", rule->id, node->key,
                          setting_names(loader, rule));
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
        qw_yaml_error(loader->diagnostics, node, "%s is a word%s%s", rule->id,
                      rule->settings[0].name ? " or a mapping of settings: " : "", setting_names(loader, rule));
        return;
    }
}

/* The one rule that has a setting of this name; NULL for none or several. */
static const struct qw_rule *find_rule_with(const char *setting)
{
    const struct qw_rule *found = NULL;

    for (size_t i = 0; i < qw_rule_count; i++) {
        for (size_t k = 0; k < QW_SETTINGS_MAX && qw_rules[i].settings[k].name; k++) {
            if (strcmp(qw_rules[i].settings[k].name, setting) != 0)
                continue;
            if (found)
                return NULL;
            found = &qw_rules[i];
        }
    }
    return found;
}

static void report_unknown_rule(struct qw_loader *loader, const struct qw_yaml *node)
{
    const char *names[QW_RULE_MAX + 2] = {"extends"};
    const struct qw_rule *with = find_rule_with(node->key);

    for (size_t i = 0; i < qw_rule_count; i++)
        names[i + 1] = qw_rules[i].id;
    if (with)
        qw_yaml_key_error(loader->diagnostics, node, "there is no rule %s: it is a setting of %s", node->key, with->id);
    else
        qw_yaml_key_error(loader->diagnostics, node, "there is no rule %s%s", node->key,
                          qw_load_suggestion(loader, node->key, names));
}

const struct qw_rule_settings *qw_load_loosest(struct qw_loader *loader, const struct qw_rule *rule, int line)
{
    struct qw_rule_settings *settings = qw_load_alloc(loader, 1, sizeof(*settings));

    if (settings)
        apply_word(rule, settings, QW_LEVEL_ALLOW, line);
    return settings;
}

void qw_load_rules(struct qw_loader *loader, const struct qw_yaml *node, const struct qw_rule_settings **rules)
{
    for (const struct qw_yaml *member = node->child; member; member = member->next) {
        const int i = qw_rule_find(member->key);
        struct qw_rule_settings *settings;

        if (i < 0) {
            if (strcmp(member->key, "extends") != 0)
                report_unknown_rule(loader, member);
            continue;
        }
        settings = qw_load_alloc(loader, 1, sizeof(*settings));
        if (!settings)
            return;
        if (rules[i])
            *settings = *rules[i];
        read_rule(loader, &qw_rules[i], member, settings);
        rules[i] = settings;
    }
}

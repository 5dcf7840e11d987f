/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `exceptions`: when, what they permit, until when, and why. */
#include "load.h"

#define DAY_S ((time_t)24 * 60 * 60)

static const struct qw_key exception_keys[] = {
    {"when", QW_KEY_OPTIONAL},
    {"permit", QW_KEY_REQUIRED},
    {"until", QW_KEY_REQUIRED},
    {"reason", QW_KEY_REQUIRED},
    {0},
};

static const struct qw_key when_keys[] = {
    {"tenants", QW_KEY_OPTIONAL}, {"match", QW_KEY_OPTIONAL},   {"images", QW_KEY_OPTIONAL},
    {"actions", QW_KEY_OPTIONAL}, {"command", QW_KEY_OPTIONAL}, {0},
};

/* ---- when ---- */

static const struct qw_tenant *find_tenant(struct qw_loader *loader, const struct qw_yaml *node)
{
    const struct qw_policy *policy = loader->policy;
    const char *name = qw_load_text(loader, node);
    const char **names;
    size_t count = 0;

    if (!name)
        return NULL;
    names = qw_load_alloc(loader, policy->tenant_count + 1, sizeof(*names));
    for (size_t i = 0; names && i < policy->tenant_count; i++) {
        if (!policy->tenants[i].name)
            continue;
        if (strcmp(policy->tenants[i].name, name) == 0)
            return &policy->tenants[i];
        names[count++] = policy->tenants[i].name;
    }
    if (names)
        qw_yaml_error(loader->diagnostics, node, "there is no tenant %s%s", name,
                      qw_load_suggestion(loader, name, names));
    return NULL;
}

/* An empty list would be one that nothing fits, or one that everything does: nobody knows which was meant. */
static bool is_filled_list(struct qw_loader *loader, const struct qw_yaml *node)
{
    if (!qw_load_is_list(loader, node))
        return false;
    if (!node->child)
        qw_yaml_error(loader->diagnostics, node, "an empty list fits nothing; leave %s out for all", node->key);
    return node->child != NULL;
}

static void read_tenants(struct qw_loader *loader, const struct qw_yaml *node, struct qw_exception *exception)
{
    if (!is_filled_list(loader, node))
        return;
    exception->tenants = qw_load_alloc(loader, qw_load_count(node), sizeof(*exception->tenants));
    for (const struct qw_yaml *item = node->child; exception->tenants && item; item = item->next)
        exception->tenants[exception->tenant_count++] = find_tenant(loader, item);
}

static void read_images(struct qw_loader *loader, const struct qw_yaml *node, struct qw_exception *exception)
{
    if (!is_filled_list(loader, node))
        return;
    exception->images = qw_load_alloc(loader, qw_load_count(node), sizeof(*exception->images));
    for (const struct qw_yaml *item = node->child; exception->images && item; item = item->next) {
        const char *text = qw_load_text(loader, item);

        if (text)
            exception->images[exception->image_count++] = qw_load_pattern(loader, item, QW_PATTERN_IMAGE, text);
    }
}

static void read_actions(struct qw_loader *loader, const struct qw_yaml *node, struct qw_exception *exception)
{
    if (!is_filled_list(loader, node))
        return;
    exception->actions = qw_load_alloc(loader, (QW_ACTION_MAX + 63) / 64, sizeof(*exception->actions));
    if (exception->actions)
        qw_load_actions(loader, node, exception->actions);
}

static void read_when(struct qw_loader *loader, const struct qw_yaml *node, struct qw_exception *exception)
{
    static const char *const commands[] = {"image", NULL};
    const struct qw_yaml *member;

    if (!qw_load_keys(loader, node, "when", when_keys))
        return;
    if ((member = qw_yaml_get(node, "tenants")))
        read_tenants(loader, member, exception);
    if ((member = qw_yaml_get(node, "match")))
        exception->subjects = qw_load_match(loader, member, &exception->subject_count);
    if ((member = qw_yaml_get(node, "images")))
        read_images(loader, member, exception);
    if ((member = qw_yaml_get(node, "actions")))
        read_actions(loader, member, exception);
    if ((member = qw_yaml_get(node, "command")))
        exception->command_image = qw_load_word(loader, member, commands) == 0;
}

/* ---- permit ---- */

/* Does this value take something away, or say nothing? */
static bool tightens(const struct qw_setting *setting, const struct qw_value *value, const struct qw_yaml *node)
{
    switch (setting->type) {
    case QW_SETTING_CHOICE:
        /* "optional required" gets tighter, "deny … allow" looser. */
        return value->number == (qw_setting_loosest_choice(setting) == 0 ? 1 : 0);
    case QW_SETTING_FLAG:
        return value->number == 1;
    case QW_SETTING_SIZE:
    case QW_SETTING_CPUS:
    case QW_SETTING_NUMBER:
        return false; /* of two bounds the looser holds */
    default:
        if (qw_setting_demands(setting) || qw_setting_forbids(setting))
            return value->any || value->item_count > 0;
        return node->type != QW_YAML_SCALAR && !node->child;
    }
}

static void check_permit_settings(struct qw_loader *loader, const struct qw_yaml *node, const struct qw_rule *rule,
                                  const struct qw_rule_settings *settings)
{
    for (size_t i = 0; i < QW_SETTINGS_MAX && rule->settings[i].name; i++) {
        const struct qw_yaml *member = qw_yaml_get(node, rule->settings[i].name);

        if (member && settings->values[i].line == member->line &&
            tightens(&rule->settings[i], &settings->values[i], member))
            qw_yaml_error(loader->diagnostics, member,
                          "%s: this permits nothing; an exception only loosens, and everyone tightens", member->key);
    }
}

static void check_permit(struct qw_loader *loader, const struct qw_yaml *node, const struct qw_rule *rule,
                         const struct qw_rule_settings *settings)
{
    if (node->type == QW_YAML_MAP)
        check_permit_settings(loader, node, rule, settings);
    else if (settings->line == node->key_line && settings->level == QW_LEVEL_DENY)
        qw_yaml_error(loader->diagnostics, node,
                      "%s: this permits nothing; an exception only loosens, and everyone tightens", node->key);
}

/* What a profile permits; a rule that takes no level and lists nothing says nothing. */
static void inherit(struct qw_loader *loader, const struct qw_yaml *node, const struct qw_rule_settings **permit)
{
    const size_t profile = qw_load_reference(loader, node, &loader->profiles);

    for (size_t i = 0; profile != QW_NO_PARENT && i < qw_rule_count; i++) {
        const struct qw_rule_settings *settings = loader->policy->profiles[profile].rules[i];

        if (qw_rules[i].style != QW_FIXED || settings->values[0].item_count)
            permit[i] = settings;
    }
}

/* Whoever may reach a container that was let through so is held to it, whatever his own rows say. */
static bool permits_as_self(const struct qw_rule_settings **permit)
{
    const int rule = qw_rule_find("bind-mounts");
    const struct qw_value *rows = rule >= 0 && permit[rule] ? permit[rule]->values : NULL;

    for (size_t i = 0; rows && i < rows->item_count; i++) {
        if (rows->items[i].terms.as_self)
            return true;
    }
    return false;
}

static void read_permit(struct qw_loader *loader, const struct qw_yaml *node, struct qw_exception *exception)
{
    const struct qw_yaml *extends;
    const struct qw_rule_settings **permit = qw_load_alloc(loader, qw_rule_count, sizeof(*permit));

    exception->permit = permit;
    if (!permit || !qw_load_is_map(loader, node, "permit"))
        return;
    if (!node->child)
        qw_yaml_error(loader->diagnostics, node, "an exception that permits nothing; write extends or rules");
    if ((extends = qw_yaml_get(node, "extends")))
        inherit(loader, extends, permit);
    qw_load_rules(loader, node, permit);
    for (const struct qw_yaml *member = node->child; member; member = member->next) {
        const int i = qw_rule_find(member->key);

        if (i >= 0 && permit[i])
            check_permit(loader, member, &qw_rules[i], permit[i]);
    }
    if (permits_as_self(permit))
        loader->policy->excepts_as_self = true;
}

/* ---- until ---- */

static void read_until(struct qw_loader *loader, const struct qw_yaml *node, struct qw_exception *exception)
{
    struct tm given = {0};
    struct tm meant;
    const char *end;

    exception->until_text = qw_load_text(loader, node);
    if (!exception->until_text || strcmp(exception->until_text, "never") == 0)
        return;
    end = strlen(exception->until_text) == strlen("2027-06-30") ? strptime(exception->until_text, "%Y-%m-%d", &given)
                                                                : NULL;
    meant = given;
    exception->until = end && !*end ? timegm(&meant) + DAY_S : 0; /* 31 February becomes a day in March */
    if (exception->until <= 0 || meant.tm_mday != given.tm_mday)
        qw_yaml_error(loader->diagnostics, node, "a day is expected, such as 2027-06-30, or never");
}

static void read_exception(struct qw_loader *loader, const struct qw_yaml *node, struct qw_exception *exception)
{
    const struct qw_yaml *member;

    exception->line = node->line;
    if (!qw_load_keys(loader, node, "an exception", exception_keys))
        return;
    if ((member = qw_yaml_get(node, "when")))
        read_when(loader, member, exception);
    if ((member = qw_yaml_get(node, "permit")))
        read_permit(loader, member, exception);
    if ((member = qw_yaml_get(node, "until")))
        read_until(loader, member, exception);
    if ((member = qw_yaml_get(node, "reason")))
        exception->reason = qw_load_text(loader, member);
}

void qw_load_exceptions(struct qw_loader *loader, const struct qw_yaml *node)
{
    struct qw_policy *policy = loader->policy;

    if (!qw_load_is_list(loader, node))
        return;
    policy->exceptions = qw_load_alloc(loader, qw_load_count(node), sizeof(*policy->exceptions));
    if (!policy->exceptions)
        return;
    for (const struct qw_yaml *item = node->child; item; item = item->next)
        read_exception(loader, item, &policy->exceptions[policy->exception_count++]);
}

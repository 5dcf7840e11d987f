/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An exception's `permit`, laid over the settings of a profile or of `everyone` for one request. */
#include "load.h"

static bool is_number(enum qw_setting_type type)
{
    return type == QW_SETTING_SIZE || type == QW_SETTING_CPUS || type == QW_SETTING_NUMBER;
}

/* Of two words, the one that restricts less: "optional required" begins with it, "deny allow" ends with it. */
static bool is_looser_choice(const struct qw_setting *setting, int64_t a, int64_t b)
{
    return strncmp(setting->words, "optional", strlen("optional")) == 0 ? a < b : a > b;
}

static bool join(const struct qw_value *base, const struct qw_value *permit, struct qw_arena *arena,
                 struct qw_value *out)
{
    const size_t count = base->item_count + permit->item_count;
    struct qw_item *items = qw_arena_zalloc(arena, count ? count : 1, sizeof(*items));

    if (!items)
        return false;
    if (base->item_count)
        memcpy(items, base->items, base->item_count * sizeof(*items));
    if (permit->item_count)
        memcpy(items + base->item_count, permit->items, permit->item_count * sizeof(*items));
    *out = (struct qw_value){
        .set = true, .any = base->any || permit->any, .items = items, .item_count = count, .line = permit->line};
    return true;
}

static const struct qw_item *find_item(const struct qw_value *value, const char *text)
{
    for (size_t i = 0; i < value->item_count; i++) {
        if (strcmp(value->items[i].text, text) == 0)
            return &value->items[i];
    }
    return NULL;
}

/*
 * Lists in which each item takes something away: of what is demanded or forbidden the common part stays, of limits by
 * name the looser ones. A limit that the base does not have is none.
 */
static bool narrow(const struct qw_setting *setting, const struct qw_value *base, const struct qw_value *permit,
                   struct qw_arena *arena, struct qw_value *out)
{
    struct qw_item *items = qw_arena_zalloc(arena, base->item_count + 1, sizeof(*items));

    if (!items)
        return false;
    *out = (struct qw_value){.set = true, .any = base->any || permit->any, .items = items, .line = permit->line};
    for (size_t i = 0; i < base->item_count; i++) {
        const struct qw_item *other = find_item(permit, base->items[i].text);
        struct qw_item *item = &items[out->item_count];

        if (!other && setting->type != QW_SETTING_LIMITS)
            continue;
        *item = base->items[i];
        if (other && other->range.high > item->range.high)
            item->range.high = other->range.high;
        out->item_count++;
    }
    return true;
}

static bool overlay(const struct qw_setting *setting, const struct qw_value *base, const struct qw_value *permit,
                    struct qw_arena *arena, struct qw_value *out)
{
    if (setting->type == QW_SETTING_FLAG)
        *out = permit->number ? *base : *permit;
    else if (setting->type == QW_SETTING_CHOICE)
        *out = is_looser_choice(setting, permit->number, base->number) ? *permit : *base;
    else if (is_number(setting->type))
        *out = permit->any || (!base->any && permit->number > base->number) ? *permit : *base;
    else if (setting->type == QW_SETTING_LIMITS || qw_setting_demands(setting) || qw_setting_forbids(setting))
        return narrow(setting, base, permit, arena, out);
    else
        return join(base, permit, arena, out);
    return true;
}

/*
 * Is there nothing that the permit could loosen? It may not mention the setting; and a number that is not set is no
 * bound, unless the base is the word `deny`, which sets nothing.
 */
static bool is_left_alone(const struct qw_rule *rule, size_t i, const struct qw_rule_settings *base,
                          const struct qw_rule_settings *permit)
{
    bool is_word = rule->style == QW_RESTRICTS;

    for (size_t k = 0; k < QW_SETTINGS_MAX && rule->settings[k].name; k++)
        is_word = is_word && !base->values[k].set;
    return !permit->values[i].set || (is_number(rule->settings[i].type) && !base->values[i].set && !is_word);
}

const struct qw_rule_settings *qw_settings_overlay(const struct qw_rule *rule, const struct qw_rule_settings *base,
                                                   const struct qw_rule_settings *permit, struct qw_arena *arena)
{
    struct qw_rule_settings *out = qw_arena_zalloc(arena, 1, sizeof(*out));

    if (!out || permit->level == QW_LEVEL_ALLOW || base->level == QW_LEVEL_ALLOW) {
        if (out)
            *out = base->level == QW_LEVEL_ALLOW ? *base : *permit;
        return out;
    }
    *out = *base;
    if (permit->level > base->level)
        out->level = permit->level;
    for (size_t i = 0; i < QW_SETTINGS_MAX && rule->settings[i].name; i++) {
        if (!is_left_alone(rule, i, base, permit) &&
            !overlay(&rule->settings[i], &base->values[i], &permit->values[i], arena, &out->values[i]))
            return NULL;
    }
    return out;
}

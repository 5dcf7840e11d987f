/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Typed settings of rules: one reader per type of the rule table's rows. */
#include "load.h"

#define WORDS_MAX 64

static const char any_word[] = "any";

/* One list under way. */
struct list {
    struct qw_loader *loader;
    const struct qw_rule *rule;
    const struct qw_setting *setting;
    const char *const *words; /* the setting's own vocabulary; NULL: free words, or patterns */
};

/* The table's "a b c" as words; NULL-terminated, NULL with an error reported. */
static const char **split_words(struct qw_loader *loader, const char *text)
{
    const char **words = qw_load_alloc(loader, WORDS_MAX + 1, sizeof(*words));
    struct qw_bytes rest = qw_bytes_of(text);
    struct qw_bytes word;

    for (size_t i = 0; words && i < WORDS_MAX && qw_bytes_split(&rest, ' ', &word); i++) {
        words[i] = qw_arena_copy(loader->policy->arena, word).data;
        if (!words[i])
            return NULL;
    }
    return words;
}

static bool is_any(const struct qw_yaml *node)
{
    return node->type == QW_YAML_SCALAR && strcmp(node->text, any_word) == 0;
}

static bool read_word(const struct list *list, const struct qw_yaml *node, struct qw_item *item)
{
    if (list->words && qw_load_word(list->loader, node, list->words) < 0)
        return false;
    item->text = qw_load_text(list->loader, node);
    if (item->text && strncmp(item->text, "file:", 5) == 0) {
        qw_yaml_error(list->loader->diagnostics, node, "file:PATH " QW_LATER);
        return false;
    }
    return item->text != NULL;
}

static bool read_pattern(const struct list *list, const struct qw_yaml *node, struct qw_item *item)
{
    const enum qw_pattern_kind kind = list->setting->type == QW_SETTING_PATTERNS ? QW_PATTERN_NAME : QW_PATTERN_PATH;

    item->text = qw_load_text(list->loader, node);
    if (!item->text)
        return false;
    /* What is let through of a rule that takes no level is written out. */
    if (list->rule->style == QW_FIXED && strpbrk(item->text, "*{")) {
        qw_yaml_error(list->loader->diagnostics, node, "only paths that are written out, without * and variables");
        return false;
    }
    item->pattern = qw_load_pattern(list->loader, node, kind, item->text);
    return item->pattern != NULL;
}

static bool read_item(const struct list *list, const struct qw_yaml *node, struct qw_value *value)
{
    struct qw_item *item = &value->items[value->item_count];

    if (is_any(node) && !node->quoted) {
        value->any = list->setting->type == QW_SETTING_WORDS;
        if (!value->any)
            qw_yaml_error(list->loader->diagnostics, node, "any is written without brackets; quote it as a name");
        return false;
    }
    switch (list->setting->type) {
    case QW_SETTING_WORDS:
        return read_word(list, node, item);
    case QW_SETTING_BINDS:
        return qw_load_bind(list->loader, node, item);
    default:
        return read_pattern(list, node, item);
    }
}

static void read_items(const struct list *list, const struct qw_yaml *node, struct qw_value *value)
{
    const size_t errors = list->loader->diagnostics->errors;

    value->items = qw_load_alloc(list->loader, qw_load_count(node), sizeof(*value->items));
    for (const struct qw_yaml *item = node->child; value->items && item; item = item->next)
        value->item_count += read_item(list, item, value);
    if (list->setting->type == QW_SETTING_BINDS && list->loader->diagnostics->errors == errors)
        qw_load_check_binds(list->loader, node, value);
}

static void read_list(const struct list *list, const struct qw_yaml *node, struct qw_value *value)
{
    struct qw_value read = {.set = true, .line = list->loader->shipped ? 0 : node->line};

    if (is_any(node)) {
        read.any = true;
    } else if (list->setting->type == QW_SETTING_WORDS && node->type == QW_YAML_SCALAR) {
        read.items = qw_load_alloc(list->loader, 1, sizeof(*read.items));
        read.item_count = read.items && read_word(list, node, read.items);
    } else if (qw_load_is_list(list->loader, node)) {
        read_items(list, node, &read);
    }
    *value = read;
}

void qw_load_setting(struct qw_loader *loader, const struct qw_rule *rule, const struct qw_setting *setting,
                     const struct qw_yaml *node, struct qw_value *value)
{
    const char **words = setting->words ? split_words(loader, setting->words) : NULL;
    const struct list list = {loader, rule, setting, words};
    int number;

    if (setting->words && !words)
        return;
    switch (setting->type) {
    case QW_SETTING_WORDS:
    case QW_SETTING_PATTERNS:
    case QW_SETTING_PATHS:
    case QW_SETTING_BINDS:
        if (is_any(node) && (setting->type == QW_SETTING_PATHS || setting->type == QW_SETTING_BINDS))
            qw_yaml_error(loader->diagnostics, node, "a list of paths is expected; any path is [\"/**\"]");
        else if (is_any(node) && qw_setting_demands(setting))
            qw_yaml_error(loader->diagnostics, node, "a list of what is demanded is expected");
        else
            read_list(&list, node, value);
        return;
    case QW_SETTING_CHOICE:
        number = qw_load_word(loader, node, words);
        if (number >= 0)
            *value = (struct qw_value){.set = true, .number = number, .line = loader->shipped ? 0 : node->line};
        return;
    case QW_SETTING_SIZE:
    case QW_SETTING_NUMBER:
        qw_yaml_key_error(loader->diagnostics, node, "%s " QW_LATER, setting->name);
        return;
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Typed settings of rules: one reader per type of the rule table's rows. */
#include "load.h"

#include <inttypes.h>

#define WORDS_MAX 64

static const char any_word[] = "any";

/* One setting under way. */
struct reader {
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
        if (!words[i]) {
            qw_diagnostics_error(loader->diagnostics, 0, 0, "out of memory");
            return NULL;
        }
    }
    return words;
}

static bool is_any(const struct qw_yaml *node)
{
    return node->type == QW_YAML_SCALAR && strcmp(node->text, any_word) == 0;
}

/* A number has no other reading in a place where one is expected: quoted or not is the same. */
static struct qw_bytes scalar_of(const struct qw_yaml *node)
{
    return node->type == QW_YAML_SCALAR ? (struct qw_bytes){node->text, node->text_len} : QW_LIT("");
}

/* ---- items of lists ---- */

static bool read_word(const struct reader *reader, const struct qw_yaml *node, struct qw_item *item)
{
    if (reader->words && qw_load_word(reader->loader, node, reader->words) < 0)
        return false;
    item->text = qw_load_text(reader->loader, node);
    return item->text != NULL;
}

static bool read_seccomp(const struct reader *reader, const struct qw_yaml *node, struct qw_item *item)
{
    item->text = qw_load_text(reader->loader, node);
    return item->text && (strncmp(item->text, "file:", 5) != 0 || qw_load_digest(reader->loader, node, item));
}

/* Of a group, for one. Every reader of YAML writes this number as it stands here; with a leading zero it is another. */
static bool is_id(struct qw_bytes text)
{
    int64_t id;

    return qw_number_read(text, &id) && (text.data[0] != '0' || text.len == 1);
}

static bool read_pattern(const struct reader *reader, const struct qw_yaml *node, struct qw_item *item)
{
    const enum qw_setting_type type = reader->setting->type;
    const enum qw_pattern_kind kind = type == QW_SETTING_PATTERNS ? QW_PATTERN_NAME
                                      : type == QW_SETTING_IMAGES ? QW_PATTERN_IMAGE
                                                                  : QW_PATTERN_PATH;

    item->text = type == QW_SETTING_PATTERNS && is_id(scalar_of(node)) ? qw_load_copy(reader->loader, scalar_of(node))
                                                                       : qw_load_text(reader->loader, node);
    if (!item->text)
        return false;
    /* What is let through of a rule that takes no level is written out. */
    if (reader->rule->style == QW_FIXED && strpbrk(item->text, "*{")) {
        qw_yaml_error(reader->loader->diagnostics, node, "only paths that are written out, without * and variables");
        return false;
    }
    item->pattern = qw_load_pattern(reader->loader, node, kind, item->text);
    return item->pattern != NULL;
}

static bool read_address(const struct reader *reader, const struct qw_yaml *node, struct qw_item *item)
{
    if (!qw_subnet_read(scalar_of(node), &item->subnet)) {
        qw_yaml_error(reader->loader->diagnostics, node,
                      "an IP address or a subnet is expected, such as 127.0.0.1 or \"fd00::/8\"");
        return false;
    }
    item->text = qw_load_copy(reader->loader, scalar_of(node));
    return item->text != NULL;
}

static bool read_range(const struct reader *reader, const struct qw_yaml *node, struct qw_bytes text,
                       struct qw_item *item)
{
    if (!qw_range_read(text, reader->setting->most, &item->range)) {
        qw_yaml_error(reader->loader->diagnostics, node,
                      "a number or a range up to %" PRId64 " is expected, such as 8000-8999", reader->setting->most);
        return false;
    }
    item->text = qw_load_copy(reader->loader, text);
    return item->text != NULL;
}

static bool read_item(const struct reader *reader, const struct qw_yaml *node, struct qw_value *value)
{
    struct qw_item *item = &value->items[value->item_count];

    if (is_any(node) && !node->quoted) {
        value->any = reader->setting->type == QW_SETTING_WORDS;
        if (!value->any)
            qw_yaml_error(reader->loader->diagnostics, node, "any is written without brackets; quote it as a name");
        return false;
    }
    switch (reader->setting->type) {
    case QW_SETTING_WORDS:
        return read_word(reader, node, item);
    case QW_SETTING_SECCOMP:
        return read_seccomp(reader, node, item);
    case QW_SETTING_BINDS:
        return qw_load_bind(reader->loader, node, item);
    case QW_SETTING_ADDRESSES:
        return read_address(reader, node, item);
    case QW_SETTING_RANGES:
        return read_range(reader, node, scalar_of(node), item);
    default:
        return read_pattern(reader, node, item);
    }
}

/* ---- lists ---- */

static void read_items(const struct reader *reader, const struct qw_yaml *node, struct qw_value *value)
{
    const size_t errors = reader->loader->diagnostics->errors;

    value->items = qw_load_alloc(reader->loader, qw_load_count(node), sizeof(*value->items));
    for (const struct qw_yaml *item = node->child; value->items && item; item = item->next)
        value->item_count += read_item(reader, item, value);
    if (reader->setting->type == QW_SETTING_BINDS && reader->loader->diagnostics->errors == errors)
        qw_load_check_binds(reader->loader, node, value);
}

/* "8000-8999,9090": ranges in one text. */
static void read_ranges(const struct reader *reader, const struct qw_yaml *node, struct qw_value *value)
{
    struct qw_bytes rest = scalar_of(node);
    struct qw_bytes piece;

    value->items = qw_load_alloc(reader->loader, rest.len / 2 + 1, sizeof(*value->items));
    while (value->items && qw_bytes_split(&rest, ',', &piece)) {
        if (!read_range(reader, node, qw_bytes_trim(piece), &value->items[value->item_count]))
            return;
        value->item_count++;
    }
}

static void read_limits(const struct reader *reader, const struct qw_yaml *node, struct qw_value *value)
{
    if (!qw_load_is_map(reader->loader, node, reader->setting->name))
        return;
    value->items = qw_load_alloc(reader->loader, qw_load_count(node), sizeof(*value->items));
    for (const struct qw_yaml *member = node->child; value->items && member; member = member->next) {
        struct qw_item *item = &value->items[value->item_count];

        if (!qw_load_is_one_of(member->key, reader->words))
            qw_yaml_key_error(reader->loader->diagnostics, member, "there is no limit %s%s", member->key,
                              qw_load_suggestion(reader->loader, member->key, reader->words));
        else if (!qw_number_read(scalar_of(member), &item->range.high))
            qw_yaml_error(reader->loader->diagnostics, member, "a number is expected");
        else if ((item->text = qw_load_copy(reader->loader, qw_bytes_of(member->key))))
            value->item_count++;
    }
}

static void read_list(const struct reader *reader, const struct qw_yaml *node, struct qw_value *value)
{
    const enum qw_setting_type type = reader->setting->type;
    struct qw_value read = {.set = true, .line = reader->loader->shipped ? 0 : node->line};

    if (is_any(node)) {
        read.any = true;
    } else if (type == QW_SETTING_LIMITS) {
        read_limits(reader, node, &read);
    } else if (type == QW_SETTING_RANGES && node->type == QW_YAML_SCALAR) {
        read_ranges(reader, node, &read);
    } else if (node->type == QW_YAML_SCALAR && type != QW_SETTING_PATHS && type != QW_SETTING_BINDS) {
        read.items = qw_load_alloc(reader->loader, 1, sizeof(*read.items));
        read.item_count = read.items && read_item(reader, node, &read);
    } else if (qw_load_is_list(reader->loader, node)) {
        read_items(reader, node, &read);
    }
    *value = read;
}

/* ---- one of them, and numbers ---- */

static void read_flag(const struct reader *reader, const struct qw_yaml *node, struct qw_value *value)
{
    const size_t errors = reader->loader->diagnostics->errors;
    bool flag = false;

    qw_load_flag(reader->loader, node, &flag);
    if (reader->loader->diagnostics->errors > errors)
        return;
    *value = (struct qw_value){.set = true, .number = flag, .line = reader->loader->shipped ? 0 : node->line};
}

static bool read_amount(const struct qw_setting *setting, struct qw_bytes text, int64_t *out)
{
    switch (setting->type) {
    case QW_SETTING_SIZE:
        return qw_size_read(text, out);
    case QW_SETTING_CPUS:
        return qw_cpus_read(text, out);
    default:
        return qw_number_read(text, out) && *out <= setting->most;
    }
}

static const char *amount_expected(const struct qw_setting *setting)
{
    switch (setting->type) {
    case QW_SETTING_SIZE:
        return setting->words ? "a size such as 512m, any or limited is expected" : "a size such as 512m is expected";
    case QW_SETTING_CPUS:
        return "a number of CPUs such as 1.5 is expected";
    default:
        return "a whole number is expected";
    }
}

static void read_number(const struct reader *reader, const struct qw_yaml *node, struct qw_value *value)
{
    struct qw_value read = {.set = true, .line = reader->loader->shipped ? 0 : node->line};
    const struct qw_bytes text = scalar_of(node);

    if (is_any(node))
        read.any = true;
    else if (reader->words && qw_bytes_is(text, reader->words[0]))
        read.number = INT64_MAX;
    else if (!read_amount(reader->setting, text, &read.number)) {
        qw_yaml_error(reader->loader->diagnostics, node, "%s", amount_expected(reader->setting));
        return;
    }
    *value = read;
}

void qw_load_setting(struct qw_loader *loader, const struct qw_rule *rule, const struct qw_setting *setting,
                     const struct qw_yaml *node, struct qw_value *value)
{
    const char **words = setting->words ? split_words(loader, setting->words) : NULL;
    const struct reader reader = {loader, rule, setting, words};
    int number;

    if (setting->words && !words)
        return;
    switch (setting->type) {
    case QW_SETTING_PATHS:
    case QW_SETTING_BINDS:
        if (is_any(node))
            qw_yaml_error(loader->diagnostics, node, "a list of paths is expected; any path is [\"/**\"]");
        else
            read_list(&reader, node, value);
        return;
    case QW_SETTING_WORDS:
    case QW_SETTING_PATTERNS:
    case QW_SETTING_IMAGES:
    case QW_SETTING_SECCOMP:
    case QW_SETTING_ADDRESSES:
    case QW_SETTING_RANGES:
    case QW_SETTING_LIMITS:
        if (is_any(node) && qw_setting_demands(setting))
            qw_yaml_error(loader->diagnostics, node, "a list of what is demanded is expected");
        else
            read_list(&reader, node, value);
        return;
    case QW_SETTING_CHOICE:
        number = qw_load_word(loader, node, words);
        if (number >= 0)
            *value = (struct qw_value){.set = true, .number = number, .line = loader->shipped ? 0 : node->line};
        return;
    case QW_SETTING_FLAG:
        read_flag(&reader, node, value);
        return;
    case QW_SETTING_SIZE:
    case QW_SETTING_CPUS:
    case QW_SETTING_NUMBER:
        read_number(&reader, node, value);
        return;
    }
}

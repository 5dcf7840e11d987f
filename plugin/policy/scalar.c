/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every part of the loader reads: keys, texts, words, patterns. */
#include "load.h"

#define TEXT_MAX     1024
#define WORDS_LISTED 8

static const char *const flag_words[] = {"false", "no", "off", "true", "yes", "on", NULL};
#define FIRST_TRUE_WORD 3

size_t qw_load_count(const struct qw_yaml *node)
{
    size_t count = 0;

    for (const struct qw_yaml *member = node->child; member; member = member->next)
        count++;
    return count;
}

/* The index of an exact word, or -1. */
static int find_word(const char *word, const char *const *words)
{
    for (int i = 0; words[i]; i++) {
        if (strcmp(words[i], word) == 0)
            return i;
    }
    return -1;
}

bool qw_load_is_one_of(const char *word, const char *const *words)
{
    return find_word(word, words) >= 0;
}

const char *qw_load_suggestion(struct qw_loader *loader, const char *word, const char *const *words)
{
    const char *near = qw_suggest(word, words);
    struct qw_bytes text = {0};

    if (near)
        text = qw_arena_printf(loader->policy->arena, ", did you mean %s?", near);
    return text.data ? text.data : "";
}

static bool is_nothing(const struct qw_yaml *node)
{
    return node->type == QW_YAML_SCALAR && !node->quoted &&
           (node->text_len == 0 || strcmp(node->text, "~") == 0 || strcasecmp(node->text, "null") == 0);
}

bool qw_load_is_map(struct qw_loader *loader, const struct qw_yaml *node, const char *what)
{
    if (node->type == QW_YAML_MAP)
        return true;
    qw_yaml_error(loader->diagnostics, node, "a mapping is expected here (%s)", what);
    return false;
}

bool qw_load_is_list(struct qw_loader *loader, const struct qw_yaml *node)
{
    if (node->type == QW_YAML_LIST)
        return true;
    if (node->type == QW_YAML_SCALAR && !is_nothing(node))
        qw_yaml_error(loader->diagnostics, node, "a list is expected: [%s]", node->text);
    else
        qw_yaml_error(loader->diagnostics, node, "a list is expected; an empty one is written []");
    return false;
}

static void check_key(struct qw_loader *loader, const struct qw_yaml *member, const char *what,
                      const struct qw_key *keys)
{
    const char *names[32];
    size_t count = 0;

    for (const struct qw_key *key = keys; key->name; key++) {
        if (strcmp(key->name, member->key) == 0) {
            if (key->presence == QW_KEY_LATER)
                qw_yaml_key_error(loader->diagnostics, member, "%s " QW_LATER, key->name);
            return;
        }
        names[count++] = key->name;
    }
    names[count] = NULL;
    qw_yaml_key_error(loader->diagnostics, member, "unknown key %s in %s%s", member->key, what,
                      qw_load_suggestion(loader, member->key, names));
}

bool qw_load_keys(struct qw_loader *loader, const struct qw_yaml *node, const char *what, const struct qw_key *keys)
{
    if (!qw_load_is_map(loader, node, what))
        return false;
    for (const struct qw_yaml *member = node->child; member; member = member->next)
        check_key(loader, member, what, keys);
    for (const struct qw_key *key = keys; key->name; key++) {
        if (key->presence == QW_KEY_REQUIRED && !qw_yaml_get(node, key->name))
            qw_yaml_error(loader->diagnostics, node, "%s is missing in %s", key->name, what);
    }
    return true;
}

static bool is_number(const char *text)
{
    char *end;

    if (!strchr("+-.0123456789", *text))
        return false;
    strtod(text, &end);
    return end != text && *end == '\0';
}

/* What YAML makes of a plain scalar besides text, or NULL. */
static const char *other_type(const struct qw_yaml *node)
{
    if (node->quoted)
        return NULL;
    for (size_t i = 0; flag_words[i]; i++) {
        if (strcasecmp(node->text, flag_words[i]) == 0)
            return "a boolean";
    }
    return is_number(node->text) ? "a number" : NULL;
}

static bool is_clean(const struct qw_yaml *node)
{
    for (size_t i = 0; i < node->text_len; i++) {
        if ((unsigned char)node->text[i] < 0x20 || node->text[i] == 0x7f)
            return false;
    }
    return true;
}

char *qw_load_copy(struct qw_loader *loader, struct qw_bytes text)
{
    char *copy = qw_load_alloc(loader, 1, text.len + 1);

    return copy ? memcpy(copy, text.data, text.len) : NULL;
}

char *qw_load_text(struct qw_loader *loader, const struct qw_yaml *node)
{
    struct qw_diagnostics *diagnostics = loader->diagnostics;
    const char *type;

    if (node->type != QW_YAML_SCALAR) {
        qw_yaml_error(diagnostics, node, "a text is expected; quote one that begins with { or [");
        return NULL;
    }
    if (is_nothing(node)) {
        qw_yaml_error(diagnostics, node, "a value is missing; quote one that begins with # or ~");
        return NULL;
    }
    type = other_type(node);
    if (type) {
        qw_yaml_error(diagnostics, node, "%s is %s in YAML; quote it: \"%s\"", node->text, type, node->text);
        return NULL;
    }
    if (node->text_len == 0 || node->text_len > TEXT_MAX || !is_clean(node)) {
        qw_yaml_error(diagnostics, node, "a text of one line, 1 to %d bytes, without control characters is expected",
                      TEXT_MAX);
        return NULL;
    }
    return qw_load_copy(loader, (struct qw_bytes){node->text, node->text_len});
}

void qw_load_flag(struct qw_loader *loader, const struct qw_yaml *node, bool *out)
{
    for (size_t i = 0; node->type == QW_YAML_SCALAR && !node->quoted && flag_words[i]; i++) {
        if (strcasecmp(node->text, flag_words[i]) == 0) {
            *out = i >= FIRST_TRUE_WORD;
            return;
        }
    }
    qw_yaml_error(loader->diagnostics, node, "true or false is expected");
}

static bool is_long(const char *const *words)
{
    size_t count = 0;

    while (words[count] && count <= WORDS_LISTED)
        count++;
    return count > WORDS_LISTED;
}

/* "deny, warn or allow is expected"; a long vocabulary is in the manual. */
static const char *expected(struct qw_loader *loader, const char *const *words)
{
    struct qw_bytes text = {"", 0};

    if (is_long(words))
        return "quaywarden-policy(5) lists the words of this setting";
    for (size_t i = 0; words[i] && text.data; i++) {
        const char *before = i == 0 ? "" : words[i + 1] ? ", " : " or ";

        text = qw_arena_printf(loader->policy->arena, "%s%s%s", text.data, before, words[i]);
    }
    if (text.data)
        text = qw_arena_printf(loader->policy->arena, "%s is expected", text.data);
    return text.data ? text.data : "";
}

int qw_load_word(struct qw_loader *loader, const struct qw_yaml *node, const char *const *words)
{
    const char *near;
    int found;

    if (node->type != QW_YAML_SCALAR || is_nothing(node))
        return qw_yaml_error(loader->diagnostics, node, "%s", expected(loader, words));
    found = strlen(node->text) == node->text_len ? find_word(node->text, words) : -1;
    if (found >= 0)
        return found;
    near = qw_load_suggestion(loader, node->text, words);
    if (*near && is_long(words))
        return qw_yaml_error(loader->diagnostics, node, "unknown word %s%s", node->text, near);
    return qw_yaml_error(loader->diagnostics, node, "unknown word %s: %s%s", node->text, expected(loader, words), near);
}

bool qw_load_is_name(const char *text)
{
    static const char first[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";

    if (strspn(text, first) == 0)
        return false;
    for (; *text; text++) {
        if (!strchr(first, *text) && *text != '.' && *text != '-')
            return false;
    }
    return true;
}

char *qw_load_key_name(struct qw_loader *loader, const struct qw_yaml *member)
{
    const size_t len = strlen(member->key);
    char *name = qw_load_alloc(loader, 1, len + 1);

    if (!qw_load_is_name(member->key))
        qw_yaml_key_error(loader->diagnostics, member, QW_NAME_ADVICE);
    return name ? memcpy(name, member->key, len) : NULL;
}

size_t qw_load_member_count(struct qw_loader *loader, const struct qw_yaml *node, const char *what)
{
    const size_t count = qw_load_is_map(loader, node, what) ? qw_load_count(node) : 0;

    if (count <= QW_FAMILY_MAX)
        return count;
    qw_yaml_error(loader->diagnostics, node, "more than %d names", QW_FAMILY_MAX);
    return 0;
}

static void note_if_loose(struct qw_loader *loader, const struct qw_yaml *node, const char *text)
{
    static const char variable[] = "{tenant}";
    struct qw_loose_pattern *loose;

    for (const char *at = strstr(text, variable); at; at = strstr(at, variable)) {
        const size_t rest = strcspn(at += sizeof(variable) - 1, "/");

        if (strcspn(at, "*{") >= rest)
            continue;
        loose = qw_load_alloc(loader, 1, sizeof(*loose));
        if (!loose)
            return;
        *loose = (struct qw_loose_pattern){node, *at, loader->loose};
        loader->loose = loose;
    }
}

struct qw_pattern *qw_load_pattern(struct qw_loader *loader, const struct qw_yaml *node, enum qw_pattern_kind kind,
                                   const char *text)
{
    struct qw_pattern_list *entry;
    struct qw_pattern *pattern = NULL;
    struct qw_err err;

    if (strstr(text, "{home}"))
        loader->policy->asks_accounts = true;
    entry = qw_load_alloc(loader, 1, sizeof(*entry));
    if (!entry)
        return NULL;
    if (qw_pattern_new(kind, text, &pattern, &err) < 0) {
        qw_yaml_error(loader->diagnostics, node, "%s", err.msg);
        return NULL;
    }
    *entry = (struct qw_pattern_list){pattern, loader->policy->patterns};
    loader->policy->patterns = entry;
    note_if_loose(loader, node, text);
    return pattern;
}

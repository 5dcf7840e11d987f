/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load.h"

static const struct qw_key audit_keys[] = {
    {"record", QW_KEY_OPTIONAL},
    {"to", QW_KEY_OPTIONAL},
    {"sync", QW_KEY_OPTIONAL},
    {"on-failure", QW_KEY_OPTIONAL},
    {0},
};

static const char *const record_words[] = {
    [QW_RECORD_ALL] = "all", [QW_RECORD_CHANGES] = "changes", [QW_RECORD_DENIED] = "denied", NULL};
static const char *const sync_words[] = {
    [QW_SYNC_NONE] = "none", [QW_SYNC_DENIALS] = "denials", [QW_SYNC_ALL] = "all", NULL};
static const char *const failure_words[] = {"deny", "allow", NULL};
static const char *const destinations_to_come[] = {"journald", "syslog", NULL};

static char default_destination[] = "/var/log/quaywarden/audit.jsonl";
static char standard_output[] = "-";

/* The word of a key, or 0, the default of each, where the key is absent or wrong. */
static int read_choice(struct qw_loader *loader, const struct qw_yaml *audit, const char *key, const char *const *words)
{
    const struct qw_yaml *node = qw_yaml_get(audit, key);
    const int word = node ? qw_load_word(loader, node, words) : 0;

    return word < 0 ? 0 : word;
}

static char *read_destination(struct qw_loader *loader, const struct qw_yaml *node)
{
    char *text = qw_load_text(loader, node);
    struct qw_bytes clean;

    if (!text || strcmp(text, standard_output) == 0)
        return text;
    if (strcmp(text, "stdout") == 0)
        return standard_output;
    clean = qw_path_clean(qw_bytes_of(text), loader->policy->arena);
    if (qw_load_is_one_of(text, destinations_to_come))
        qw_yaml_error(loader->diagnostics, node, "%s " QW_LATER, text);
    else if (!qw_bytes_is(clean, text) || strcmp(text, "/") == 0)
        qw_yaml_error(loader->diagnostics, node, "a destination is stdout or a file's absolute path without . and ..");
    return text;
}

static void read_destinations(struct qw_loader *loader, const struct qw_yaml *node)
{
    struct qw_policy *policy = loader->policy;

    if (!qw_load_is_list(loader, node))
        return;
    if (!node->child)
        qw_yaml_error(loader->diagnostics, node, "an empty list records nowhere");
    policy->audit_to = qw_load_alloc(loader, qw_load_count(node), sizeof(*policy->audit_to));
    policy->audit_to_count = 0;
    for (const struct qw_yaml *item = node->child; policy->audit_to && item; item = item->next)
        policy->audit_to[policy->audit_to_count++] = read_destination(loader, item);
}

void qw_load_audit(struct qw_loader *loader, const struct qw_yaml *node)
{
    struct qw_policy *policy = loader->policy;
    const struct qw_yaml *to = node ? qw_yaml_get(node, "to") : NULL;

    policy->audit_to = qw_load_alloc(loader, 1, sizeof(*policy->audit_to));
    if (!policy->audit_to)
        return;
    policy->audit_to[policy->audit_to_count++] = default_destination;
    if (!node || !qw_load_keys(loader, node, "audit", audit_keys))
        return;
    policy->record = (enum qw_record_what)read_choice(loader, node, "record", record_words);
    policy->sync = (enum qw_sync)read_choice(loader, node, "sync", sync_words);
    policy->allow_on_audit_failure = read_choice(loader, node, "on-failure", failure_words) == 1;
    if (to)
        read_destinations(loader, to);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the engine's daemon.json says that a verdict needs. Source: moby daemon/config, builder/builder-next. */
#include "quaywarden/facts.h"

#define CONFIG_MAX ((size_t)1 << 20)

/* The member that Go's decoder would take; NULL where there is none, or where two fold alike. */
static const struct qw_json *find_member(const struct qw_json *object, const char *key)
{
    const struct qw_json *found = NULL;

    if (!object || object->type != QW_JSON_OBJECT)
        return NULL;
    for (const struct qw_json *member = object->child; member; member = member->next) {
        if (!qw_json_key_folds_to(member->key, key, strlen(key)))
            continue;
        if (found)
            return NULL;
        found = member;
    }
    return found;
}

/* The engine gives builds the host's network unless it is told not to, and never privileges unless it is told to. */
bool qw_engine_confines_builds(struct qw_bytes config, struct qw_arena *arena)
{
    const struct qw_json *root;
    const struct qw_json *entitlements;
    const struct qw_json *network;
    struct qw_err err;

    if (qw_json_parse(config, arena, &root, &err) < 0)
        return false;
    entitlements = find_member(find_member(root, "builder"), "entitlements");
    network = find_member(entitlements, "network-host");
    if (!network || network->type != QW_JSON_FALSE)
        return false;
    for (const struct qw_json *member = entitlements->child; member; member = member->next) {
        if (qw_json_key_folds_to(member->key, "security-insecure", strlen("security-insecure")) &&
            !qw_json_is_empty(member))
            return false;
    }
    return true;
}

bool qw_engine_file_confines_builds(const char *file, struct qw_arena *arena)
{
    QW_AUTO(heap) char *text = NULL;
    struct qw_err err;
    size_t len;

    if (qw_file_read(file, CONFIG_MAX, &text, &len, &err) < 0)
        return false;
    return qw_engine_confines_builds((struct qw_bytes){text, len}, arena);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whom a row is for: `match` and `via` of tenants, members and exceptions. */
#include "load.h"

static const struct {
    const char *prefix;
    enum qw_subject_kind kind;
} subject_kinds[] = {
    {"user:", QW_SUBJECT_USER},
    {"group:", QW_SUBJECT_GROUP},
};

static const char *const subject_prefixes[] = {"user:", "group:", NULL};

/* Splits a subject's prefix off; false with an error reported for one that is unknown. */
static bool read_kind(struct qw_loader *loader, const struct qw_yaml *node, struct qw_subject *subject)
{
    const char *colon = memchr(subject->name.data, ':', subject->name.len);
    char prefix[32];

    if (!colon)
        return true;
    for (size_t i = 0; i < QW_COUNT(subject_kinds); i++) {
        if (qw_bytes_starts(subject->name, subject_kinds[i].prefix)) {
            subject->kind = subject_kinds[i].kind;
            subject->name = qw_bytes_from(subject->name, strlen(subject_kinds[i].prefix));
            return true;
        }
    }
    snprintf(prefix, sizeof(prefix), "%.*s", (int)(colon - subject->name.data) + 1, subject->name.data);
    qw_yaml_error(loader->diagnostics, node, "unknown kind of subject %s; a user of that name is \"user:%s\"%s", prefix,
                  subject->name.data, qw_load_suggestion(loader, prefix, subject_prefixes));
    return false;
}

static void read_subject(struct qw_loader *loader, const struct qw_yaml *node, struct qw_subject *subject)
{
    const char *text = qw_load_text(loader, node);

    if (!text)
        return;
    subject->name = qw_bytes_of(text);
    if (strcmp(text, "anonymous") == 0) {
        subject->kind = QW_SUBJECT_ANONYMOUS;
        return;
    }
    if (!read_kind(loader, node, subject))
        return;
    if (subject->name.len == 0)
        qw_yaml_error(loader->diagnostics, node, "a name is missing behind %s", text);
    else if (strpbrk(subject->name.data, "{}"))
        qw_yaml_error(loader->diagnostics, node, "who asks is matched by a name and *; variables belong in profiles");
    else if (strchr(subject->name.data, '*'))
        subject->pattern = qw_load_pattern(loader, node, QW_PATTERN_NAME, subject->name.data);
    subject->fixed = strcspn(subject->name.data, "*");
}

struct qw_subject *qw_load_match(struct qw_loader *loader, const struct qw_yaml *node, size_t *count)
{
    struct qw_subject *subjects;

    *count = 0;
    if (!qw_load_is_list(loader, node))
        return NULL;
    if (!node->child)
        qw_yaml_error(loader->diagnostics, node, "an empty list matches nobody; \"*\" is every named user");
    subjects = qw_load_alloc(loader, qw_load_count(node), sizeof(*subjects));
    for (const struct qw_yaml *item = node->child; subjects && item; item = item->next)
        read_subject(loader, item, &subjects[(*count)++]);
    return subjects;
}

struct qw_bytes qw_load_via(struct qw_loader *loader, const struct qw_yaml *node)
{
    static const char *const words[] = {"front", "tls", NULL};
    const char *text = qw_load_text(loader, node);

    if (!text)
        return (struct qw_bytes){0};
    if (strpbrk(text, "*{}"))
        qw_yaml_error(loader->diagnostics, node,
                      "via is front, tls or the common name of an issuing CA, without * and variables");
    else if (!qw_load_is_one_of(text, words) && qw_suggest(text, words))
        qw_yaml_warning(loader->diagnostics, node, "via: %s is taken for the common name of an issuing CA%s", text,
                        qw_load_suggestion(loader, text, words));
    return qw_bytes_of(text);
}

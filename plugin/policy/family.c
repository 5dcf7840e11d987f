/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `extends`, for roles and profiles alike. */
#include "load.h"

bool qw_load_family(struct qw_loader *loader, struct qw_family *family, size_t count)
{
    family->names = qw_load_alloc(loader, count + 1, sizeof(*family->names));
    family->extends = qw_load_alloc(loader, count, sizeof(*family->extends));
    family->parents = qw_load_alloc(loader, count, sizeof(*family->parents));
    family->order = qw_load_alloc(loader, count, sizeof(*family->order));
    if (!family->names || !family->extends || !family->parents || !family->order)
        return false;
    family->count = count;
    for (size_t i = 0; i < count; i++)
        family->parents[i] = QW_NO_PARENT;
    return true;
}

size_t qw_load_reference(struct qw_loader *loader, const struct qw_yaml *node, const struct qw_family *family)
{
    const char *name = qw_load_text(loader, node);

    if (!name)
        return QW_NO_PARENT;
    for (size_t i = 0; i < family->count; i++) {
        if (strcmp(family->names[i], name) == 0)
            return i;
    }
    if (qw_load_is_one_of(name, family->later))
        qw_yaml_error(loader->diagnostics, node, "%s %s " QW_LATER, family->kind, name);
    else
        qw_yaml_error(loader->diagnostics, node, "there is no %s %s%s", family->kind, name,
                      family->count ? qw_load_suggestion(loader, name, family->names) : "");
    return QW_NO_PARENT;
}

enum state { UNSEEN, ON_PATH, DONE };

/*
 * Walks up from one member to the first ancestor that is done, and down again. Without recursion: the chain may be as
 * long as the file.
 */
static size_t settle(struct qw_loader *loader, struct qw_family *family, unsigned char *state, size_t *path,
                     size_t start, size_t ordered)
{
    size_t depth = 0;

    for (size_t at = start; at != QW_NO_PARENT && state[at] == UNSEEN; at = family->parents[at]) {
        const size_t parent = family->parents[at];

        state[at] = ON_PATH;
        path[depth++] = at;
        if (parent != QW_NO_PARENT && state[parent] == ON_PATH) {
            qw_yaml_error(loader->diagnostics, family->extends[at], "%s extends itself%s%s", family->names[at],
                          parent == at ? "" : " by way of ", parent == at ? "" : family->names[parent]);
            family->parents[at] = QW_NO_PARENT;
        }
    }
    while (depth > 0) {
        const size_t at = path[--depth];

        state[at] = DONE;
        family->order[ordered++] = at;
    }
    return ordered;
}

void qw_load_ancestry(struct qw_loader *loader, struct qw_family *family)
{
    unsigned char *state = qw_load_alloc(loader, family->count, sizeof(*state));
    size_t *path = qw_load_alloc(loader, family->count, sizeof(*path));
    size_t ordered = 0;

    for (size_t i = 0; i < family->count; i++) {
        if (family->extends[i])
            family->parents[i] = qw_load_reference(loader, family->extends[i], family);
    }
    for (size_t i = 0; state && path && i < family->count; i++)
        ordered = settle(loader, family, state, path, i, ordered);
}

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

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const struct qw_family_name *)a)->name, ((const struct qw_family_name *)b)->name);
}

static void sort_names(struct qw_loader *loader, struct qw_family *family)
{
    family->by_name = qw_load_alloc(loader, family->count, sizeof(*family->by_name));
    if (!family->by_name)
        return;
    for (size_t i = 0; i < family->count; i++)
        family->by_name[i] = (struct qw_family_name){family->names[i], i};
    qsort(family->by_name, family->count, sizeof(*family->by_name), compare_names);
}

size_t qw_load_find(const struct qw_family *family, const char *name)
{
    const struct qw_family_name key = {.name = name};
    const struct qw_family_name *found =
        family->by_name ? bsearch(&key, family->by_name, family->count, sizeof(key), compare_names) : NULL;

    return found ? found->index : QW_NO_PARENT;
}

#define NAMES_LISTED 8

/* ", did you mean NAME?", or where no name is near those that there are. */
static const char *names_there_are(struct qw_loader *loader, const struct qw_family *family, const char *name)
{
    const char *near = family->count ? qw_load_suggestion(loader, name, family->names) : "";
    struct qw_bytes text = QW_LIT("");

    if (*near || family->count > NAMES_LISTED)
        return near;
    if (!family->count)
        text = qw_arena_printf(loader->policy->arena, ": none is defined; write it below %ss:", family->kind);
    for (size_t i = 0; text.data && i < family->count; i++)
        text =
            qw_arena_printf(loader->policy->arena, "%s%s%s", text.data, i ? ", " : "; there are: ", family->names[i]);
    return text.data ? text.data : "";
}

size_t qw_load_reference(struct qw_loader *loader, const struct qw_yaml *node, const struct qw_family *family)
{
    const char *name = qw_load_text(loader, node);
    const size_t found = name ? qw_load_find(family, name) : QW_NO_PARENT;

    if (!name || found != QW_NO_PARENT)
        return found;
    qw_yaml_error(loader->diagnostics, node, "there is no %s %s%s", family->kind, name,
                  names_there_are(loader, family, name));
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

    sort_names(loader, family);
    for (size_t i = 0; i < family->count; i++) {
        if (family->extends[i])
            family->parents[i] = qw_load_reference(loader, family->extends[i], family);
    }
    for (size_t i = 0; state && path && i < family->count; i++)
        ordered = settle(loader, family, state, path, i, ordered);
}

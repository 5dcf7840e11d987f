/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect.h"
#include "quaywarden/base.h"
#include "quaywarden/cli.h"

#include <errno.h>
#include <fts.h>

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool is_hidden(const FTSENT *entry)
{
    return entry->fts_level > FTS_ROOTLEVEL && entry->fts_name[0] == '.';
}

static int visit_entry(FTS *tree, FTSENT *entry, int (*visit)(const char *, bool, void *), void *data)
{
    const bool found = entry->fts_level > FTS_ROOTLEVEL;

    if (is_hidden(entry)) {
        fts_set(tree, entry, FTS_SKIP);
        return QW_EXIT_YES;
    }
    switch (entry->fts_info) {
    case FTS_F:
    case FTS_DEFAULT:
        if (found && !qw_bytes_ends(qw_bytes_of(entry->fts_name), ".yaml"))
            return QW_EXIT_YES;
        return visit(entry->fts_path, found, data);
    case FTS_DNR:
    case FTS_ERR:
    case FTS_NS:
        qw_log("%s: %s", entry->fts_path, strerror(entry->fts_errno));
        return QW_EXIT_ENVIRONMENT;
    case FTS_DC:
    case FTS_SLNONE:
        qw_log("%s: a link that leads nowhere, or back", entry->fts_path);
        return QW_EXIT_ENVIRONMENT;
    default:
        return QW_EXIT_YES;
    }
}

int qw_collect(const char *path, int (*visit)(const char *file, bool found, void *data), void *data)
{
    char *copy = strdup(path);
    char *const roots[] = {copy, NULL};
    FTS *tree = copy ? fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, by_name) : NULL;
    int worst = QW_EXIT_YES;
    FTSENT *entry;

    if (!tree)
        worst = QW_EXIT_ENVIRONMENT;
    while (tree && (entry = fts_read(tree))) {
        const int code = visit_entry(tree, entry, visit, data);

        worst = code > worst ? code : worst;
    }
    if (!tree || errno != 0) {
        qw_log("%s: %s", path, strerror(errno));
        worst = QW_EXIT_ENVIRONMENT;
    }
    if (tree)
        fts_close(tree);
    free(copy);
    return worst;
}

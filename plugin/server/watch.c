/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Has the policy file changed? A look each second at what stat(2) says. inotify would have to watch every folder on the
 * way and every link's target, and anew whenever one of them is replaced; this sees an edit, a rename over the file, a
 * link that was turned elsewhere and a mount over it all the same, and costs a microsecond a second.
 */
#include "parts.h"

static void look(const struct qw_watch *watch, struct stat *out)
{
    if (stat(watch->path, out))
        *out = (struct stat){0}; /* a file that is gone has changed */
}

static bool same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
           a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

void qw_watch_take(struct qw_watch *watch)
{
    look(watch, &watch->taken);
    watch->seen = watch->taken;
}

/* Not before it stands still: half of a file that an editor is writing may be a valid, laxer policy. */
bool qw_watch_changed(struct qw_watch *watch)
{
    const struct stat before = watch->seen;

    look(watch, &watch->seen);
    return !same(&watch->seen, &watch->taken) && same(&watch->seen, &before);
}

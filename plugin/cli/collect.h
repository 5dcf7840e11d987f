/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef QUAYWARDEN_COLLECT_H
#define QUAYWARDEN_COLLECT_H

#include <stdbool.h>

/*
 * Calls visit for a file, or in order of their names for each *.yaml below a folder (found: true), hidden ones left
 * out. Gives the worst of what visit and the file system gave, an enum qw_exit.
 */
int qw_collect(const char *path, int (*visit)(const char *file, bool found, void *data), void *data);

#endif

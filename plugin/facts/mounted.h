/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mounted: what is mounted below a folder of the host. */
#ifndef QUAYWARDEN_FACTS_MOUNTED_H
#define QUAYWARDEN_FACTS_MOUNTED_H

#include "quaywarden/base.h"

/*
 * Calls visit for each mount point strictly below the folder, a cleaned path, until it says false. Fails with QW_E_IO
 * where the kernel's list cannot be read, or QW_E_LIMIT.
 */
QW_MUST_CHECK int qw_mounted_below(struct qw_bytes folder, bool (*visit)(const char *point, void *data), void *data,
                                   struct qw_err *err);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef QUAYWARDEN_AUDIT_DESTINATION_H
#define QUAYWARDEN_AUDIT_DESTINATION_H

#include "quaywarden/audit.h"

#include <sys/types.h>
#include <sys/uio.h>

#define QW_LINE_PARTS 3

struct qw_destination {
    char *name;
    int fd;
    dev_t dev;
    ino_t ino;
    bool regular; /* a file that is read when it is opened, and cut where a write fails half-way */
    bool torn;    /* ends in a part of a line that could not be cut: the next line begins with a newline */
};

/* Opens it; on failure it is to be closed all the same. Fails with QW_E_IO or QW_E_NOMEM. */
QW_MUST_CHECK int qw_destination_open(struct qw_destination *destination, const char *name, struct qw_err *err);
void qw_destination_close(struct qw_destination *destination);

/* Ends an unfinished last line and raises *seq to the last number; only while nobody writes. Fails with QW_E_IO. */
QW_MUST_CHECK int qw_destination_settle(const struct qw_destination *destination, uint64_t *seq, struct qw_err *err);

/* All of the line (at most QW_LINE_PARTS parts) or nothing of it. Fails with QW_E_IO. */
QW_MUST_CHECK int qw_destination_write(struct qw_destination *destination, const struct iovec *line, int count,
                                       struct qw_err *err);
QW_MUST_CHECK int qw_destination_sync(const struct qw_destination *destination, struct qw_err *err);

#endif

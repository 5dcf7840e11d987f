/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The steps of normalising an image reference, for references and for patterns of them. */
#ifndef QUAYWARDEN_IMAGE_H
#define QUAYWARDEN_IMAGE_H

#include "quaywarden/rules.h"

/* Cuts "name:tag@digest"; a colon before the last slash belongs to a port. What is not there has .data NULL. */
void qw_image_cut(struct qw_bytes text, struct qw_bytes *name, struct qw_bytes *tag, struct qw_bytes *digest);

/* The registry, what follows it, and whether "library/" belongs between them. */
void qw_image_split(struct qw_bytes name, struct qw_bytes *domain, struct qw_bytes *path, bool *library);

#endif

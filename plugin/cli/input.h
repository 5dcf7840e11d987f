/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that a subcommand is given. What is wrong with one has been said to standard error when these return. */
#ifndef QUAYWARDEN_INPUT_H
#define QUAYWARDEN_INPUT_H

#include "quaywarden/policy.h"

/*
 * The bytes of a YAML file, on the heap. Gives QW_EXIT_YES, QW_EXIT_INPUT (too large to be one) or
 * QW_EXIT_ENVIRONMENT.
 */
int qw_input_read(const char *file, char **text, size_t *len);

/* Loads a policy; *out, set for QW_EXIT_YES alone, is the caller's reference. Warnings are printed if asked for. */
int qw_input_policy(const char *file, bool warnings, struct qw_policy **out);

#endif

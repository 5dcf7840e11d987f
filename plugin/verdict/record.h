/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words that an audit record is written with and read by. */
#ifndef QUAYWARDEN_VERDICT_RECORD_H
#define QUAYWARDEN_VERDICT_RECORD_H

#include "quaywarden/verdict.h"

extern const char *const qw_unread_words[]; /* by enum qw_unread_part; ends with NULL */

#endif

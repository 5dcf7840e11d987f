/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the fuzz targets share. A target is one function that takes any bytes and aborts where a claim does not hold;
 * libFuzzer or replay.c calls it, each with a copy of exactly `size` bytes, so that a read past the end is found.
 */
#ifndef QUAYWARDEN_FUZZ_H
#define QUAYWARDEN_FUZZ_H

#include "quaywarden/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Like assert, in every build. */
#define FUZZ_CHECK(claim) ((claim) ? (void)0 : fuzz_failed(__FILE__, __LINE__, #claim))

_Noreturn void fuzz_failed(const char *file, int line, const char *claim);

/* A heap copy of its own, so that a read past its end is found too; free it. */
char *fuzz_copy(struct qw_bytes bytes);

/* A policy of the source tree, which has to load. */
struct qw_policy *fuzz_policy(const char *file);

/*
 * A world without a host: a path is what it says, /link/X leads to /X, /loose may be written by anybody, and what
 * lies in /trouble cannot be found out. Its engine confines builds.
 */
extern const struct qw_world fuzz_world;

/* Is it one line of valid UTF-8 that holds one JSON object, in which no key is repeated? */
void fuzz_check_object(struct qw_bytes text);

/* Is it fit to be shown: valid UTF-8, no control byte but the newline? */
void fuzz_check_text(struct qw_bytes text);

#endif

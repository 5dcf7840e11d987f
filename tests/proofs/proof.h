/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the proofs share. A proof is a function proof_CLAIM of a file that includes the source it is about, so that the
 * functions which only that file sees can be called alone. CBMC follows it for every value that a free variable can
 * have. A function without a body, named nondet_TYPE, is a free value to CBMC.
 */
#ifndef QUAYWARDEN_PROOF_H
#define QUAYWARDEN_PROOF_H

#include "quaywarden/base.h"

#include <assert.h>

/* The bound of a proof's inputs in bytes, from the table in `run`. */
#ifndef LENGTH
#define LENGTH 4
#endif

size_t nondet_size(void);
uint32_t nondet_u32(void);
int64_t nondet_i64(void);
bool nondet_bool(void);
char nondet_char(void);

#define ASSUME(claim) __CPROVER_assume(claim)

/* Any LENGTH bytes, which are an object of their own: a read one past either end is out of bounds. */
struct qw_bytes any_bytes(void);

/* Those, or for none of them perhaps NULL. */
struct qw_bytes any_bytes_or_none(void);

#endif

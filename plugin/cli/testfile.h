/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Test files of policies: quaywarden-policy(5), "Test files". */
#ifndef QUAYWARDEN_TESTFILE_H
#define QUAYWARDEN_TESTFILE_H

#include "given.h"
#include "quaywarden/verdict.h"

struct qw_case {
    int line;
    struct qw_bytes name;
    struct qw_identity who;
    struct qw_message message;
    struct qw_given given;
    enum qw_outcome expect;
    const char *const *rules; /* ids; the same one may be there twice */
    size_t rule_count;
    struct qw_bytes reason; /* .data is NULL: any */
};

struct qw_test_file {
    const char *file;
    struct qw_arena *arena;
    struct qw_yaml *tree; /* the cases point into it */
    const char *policy;   /* as the file names it, from its own folder */
    time_t now;           /* 0: the clock's */
    struct qw_case *cases;
    size_t case_count;
};

/*
 * Reads the document of a test file; takes the tree over, also on failure. Fails with every error in diagnostics.
 * Release with qw_test_file_fini, whatever it returned.
 */
QW_MUST_CHECK int qw_test_file_bind(const char *file, struct qw_yaml *tree, struct qw_test_file *out,
                                    struct qw_diagnostics *diagnostics);
void qw_test_file_fini(struct qw_test_file *file);

#endif

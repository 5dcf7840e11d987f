/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every unit test does in main: run one suite in this process's children and say how it went. */
#ifndef QUAYWARDEN_TESTS_SUITE_H
#define QUAYWARDEN_TESTS_SUITE_H

#include "quaywarden/base.h"

#include <check.h>

typedef const TTest *qw_test;

static inline int qw_suite_run(const char *name, const qw_test *tests, size_t count)
{
    Suite *suite = suite_create(name);
    TCase *cases = tcase_create(name);
    SRunner *runner;
    int failed;

    tcase_set_timeout(cases, 120); /* ends one that hangs; no test is about time */
    for (size_t i = 0; i < count; i++)
        tcase_add_test(cases, tests[i]);
    suite_add_tcase(suite, cases);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* A failure as one word, for rows that expect either a result or a refusal. */
static inline const char *code_word(enum qw_code code)
{
    static const char *const words[] = {
        [QW_E_UNKNOWN_ENDPOINT] = "unknown-endpoint",
        [QW_E_MALFORMED] = "malformed",
        [QW_E_AMBIGUOUS] = "ambiguous",
        [QW_E_CONTENT_TYPE] = "content-type",
        [QW_E_BODY_MISSING] = "body-missing",
    };

    return code < QW_COUNT(words) && words[code] ? words[code] : "error";
}

#define QW_SUITE(name, ...)                                                                                            \
    int main(void)                                                                                                     \
    {                                                                                                                  \
        const qw_test tests[] = {__VA_ARGS__};                                                                         \
        return qw_suite_run(name, tests, sizeof(tests) / sizeof(tests[0]));                                            \
    }

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Memory that runs out: each allocation that a decision or a policy makes is refused once, one after the other. What is
 * denied with all of them is denied without any one of them, and a policy loads whole or not at all. The linker puts
 * these functions before the arena's (tests/CMakeLists.txt).
 */
#include "../../plugin/cli/testfile.h"
#include "suite.h"

#include <glob.h>
#include <stdarg.h>

/* ---- allocations ---- */

static size_t left; /* until one is refused; 0: none is */
static bool refused;

static bool is_refused(void)
{
    if (!left || --left)
        return false;
    refused = true;
    return true;
}

/* The linker gives these names. */
void *__real_qw_arena_alloc(struct qw_arena *arena, size_t size);
void *__wrap_qw_arena_alloc(struct qw_arena *arena, size_t size);
void *__real_qw_arena_zalloc(struct qw_arena *arena, size_t count, size_t size);
void *__wrap_qw_arena_zalloc(struct qw_arena *arena, size_t count, size_t size);
struct qw_bytes __real_qw_arena_copy(struct qw_arena *arena, struct qw_bytes bytes);
struct qw_bytes __wrap_qw_arena_copy(struct qw_arena *arena, struct qw_bytes bytes);
struct qw_bytes __real_qw_arena_concat(struct qw_arena *arena, struct qw_bytes a, struct qw_bytes b);
struct qw_bytes __wrap_qw_arena_concat(struct qw_arena *arena, struct qw_bytes a, struct qw_bytes b);
QW_PRINTF(2, 3) struct qw_bytes __wrap_qw_arena_printf(struct qw_arena *arena, const char *fmt, ...);
void *__real_realloc(void *p, size_t size);
void *__wrap_realloc(void *p, size_t size);

void *__wrap_qw_arena_alloc(struct qw_arena *arena, size_t size)
{
    return is_refused() ? NULL : __real_qw_arena_alloc(arena, size);
}

void *__wrap_qw_arena_zalloc(struct qw_arena *arena, size_t count, size_t size)
{
    return is_refused() ? NULL : __real_qw_arena_zalloc(arena, count, size);
}

struct qw_bytes __wrap_qw_arena_copy(struct qw_arena *arena, struct qw_bytes bytes)
{
    return is_refused() ? (struct qw_bytes){NULL, 0} : __real_qw_arena_copy(arena, bytes);
}

struct qw_bytes __wrap_qw_arena_concat(struct qw_arena *arena, struct qw_bytes a, struct qw_bytes b)
{
    return is_refused() ? (struct qw_bytes){NULL, 0} : __real_qw_arena_concat(arena, a, b);
}

struct qw_bytes __wrap_qw_arena_printf(struct qw_arena *arena, const char *fmt, ...)
{
    QW_AUTO(heap) char *text = NULL;
    va_list args;
    int len;

    if (is_refused())
        return (struct qw_bytes){NULL, 0};
    va_start(args, fmt);
    len = vasprintf(&text, fmt, args);
    va_end(args);
    ck_assert_int_ge(len, 0);
    return __real_qw_arena_copy(arena, (struct qw_bytes){text, (size_t)len});
}

void *__wrap_realloc(void *p, size_t size)
{
    return is_refused() ? NULL : __real_realloc(p, size);
}

/* ---- decisions ---- */

static struct qw_decision decision;

static enum qw_outcome judge(const struct qw_policy *policy, const struct qw_test_file *file, struct qw_case *test,
                             struct qw_arena *arena, size_t refuse)
{
    struct qw_world world;

    qw_arena_reset(arena);
    qw_world_given(&world, &test->given, file->now);
    decision = (struct qw_decision){.message = test->message, .identity = test->who};
    refused = false;
    left = refuse;
    qw_decide_message(policy, &world, arena, &decision);
    left = 0;
    return decision.verdict.outcome;
}

/* How often a case that is denied was judged with one allocation less. */
static size_t judge_without(const char *path, struct qw_arena *arena)
{
    struct qw_diagnostics diagnostics = {.file = strdup(path)};
    QW_AUTO(heap) char *text = NULL;
    struct qw_policy *policy = NULL;
    struct qw_yaml *tree = NULL;
    struct qw_test_file file;
    struct qw_err err;
    size_t count = 0;
    size_t len;

    ck_assert_msg(qw_file_read(path, QW_YAML_SIZE_MAX, &text, &len, &err) == 0, "%s", err.msg);
    ck_assert_msg(qw_yaml_parse(text, len, &tree, &diagnostics) == 0, "%s", path);
    ck_assert_msg(qw_test_file_bind(path, tree, &file, &diagnostics) == 0, "%s", path);
    ck_assert_msg(qw_policy_load(file.policy, &policy, &diagnostics) == 0, "%s", file.policy);
    for (size_t i = 0; i < file.case_count; i++) {
        struct qw_case *test = &file.cases[i];

        for (size_t k = 1; test->expect == QW_OUTCOME_DENY; k++, count++) {
            const enum qw_outcome outcome = judge(policy, &file, test, arena, k);

            if (!refused)
                break;
            ck_assert_msg(outcome == QW_OUTCOME_DENY, "%s:%d: " QW_BYTES_FMT ": let through without allocation %zu",
                          path, test->line, QW_BYTES_ARG(test->name), k);
        }
    }
    qw_policy_unref(policy);
    qw_test_file_fini(&file);
    qw_diagnostics_fini(&diagnostics);
    return count;
}

START_TEST(without_memory_what_is_denied_stays_denied)
{
    static const char *const folders[] = {"rules", "lookups", "exceptions", "reading", "routes", "attacks", "identity"};
    struct qw_arena *arena = qw_arena_new();

    for (size_t i = 0; i < QW_COUNT(folders); i++) {
        char pattern[64];
        size_t count = 0;
        glob_t files;

        snprintf(pattern, sizeof(pattern), "cases/%s/*.yaml", folders[i]);
        ck_assert_int_eq(glob(pattern, 0, NULL, &files), 0);
        for (size_t k = 0; k < files.gl_pathc; k++)
            count += judge_without(files.gl_pathv[k], arena);
        ck_assert_msg(count > 0, "%s: nothing was refused", folders[i]);
        globfree(&files);
    }
    qw_arena_free(arena);
}
END_TEST

/* ---- policies ---- */

/* None of these has a warning, which may get lost. */
START_TEST(without_memory_no_policy_loads_in_part)
{
    static const char *const policies[] = {"cases/policies/security.yaml", "cases/policies/as-self.yaml",
                                           "cases/policies/limits.yaml", "cases/policies/labels.yaml"};

    for (size_t i = 0; i < QW_COUNT(policies); i++) {
        for (size_t k = 1; k == 1 || refused; k++) {
            struct qw_diagnostics diagnostics = {0};
            struct qw_policy *policy = NULL;
            int result;

            refused = false;
            left = k;
            result = qw_policy_load(policies[i], &policy, &diagnostics);
            left = 0;
            ck_assert_msg((result == 0) == !refused, "%s: %s allocation %zu", policies[i],
                          refused ? "loads without" : "does not load with", k);
            qw_diagnostics_fini(&diagnostics);
            if (result == 0)
                qw_policy_unref(policy);
        }
    }
}
END_TEST

int main(void)
{
    const qw_test tests[] = {without_memory_what_is_denied_stays_denied, without_memory_no_policy_loads_in_part};

    return qw_suite_run("memory", tests, QW_COUNT(tests));
}

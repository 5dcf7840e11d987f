/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a file of tests: refused with errors, or cases that can be judged, each in the world that it is given.
 */
#include "fuzz.h"

#include "testfile.h"

#include "quaywarden/verdict.h"

static struct qw_policy *policy;

static void judge(const struct qw_test_file *file, const struct qw_case *test)
{
    QW_AUTO(arena) struct qw_arena *arena = qw_arena_new();
    QW_AUTO(buf) struct qw_buf text = {0};
    struct qw_decision decision = {.message = test->message, .identity = test->who};
    struct qw_world world;

    FUZZ_CHECK(arena);
    FUZZ_CHECK(test->name.len && test->line > 0 && test->message.method.len);
    FUZZ_CHECK(test->expect == QW_OUTCOME_ALLOW || test->rule_count > 0);
    qw_world_given(&world, &test->given, file->now);
    qw_decide_message(policy, &world, arena, &decision);
    qw_verdict_explain(&decision.verdict, policy->contact, &text);
    FUZZ_CHECK(!text.failed && (text.len > 0) == (decision.verdict.outcome != QW_OUTCOME_ALLOW));
    fuzz_check_text(qw_buf_bytes(&text));
    qw_buf_reset(&text);
    qw_buf_add_text(&text, "{");
    qw_decision_record(&decision, policy, &text);
    qw_buf_add_text(&text, "}");
    FUZZ_CHECK(!text.failed);
    fuzz_check_object(qw_buf_bytes(&text));
}

static void check_printed(const struct qw_diagnostics *diagnostics)
{
    QW_AUTO(heap) char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    FUZZ_CHECK(out);
    qw_diagnostics_print(diagnostics, out);
    FUZZ_CHECK(fclose(out) == 0);
    fuzz_check_text((struct qw_bytes){text, len});
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct qw_diagnostics diagnostics = {0};
    struct qw_yaml *tree = NULL;
    struct qw_test_file file;

    if (!policy)
        policy = fuzz_policy(QW_SOURCE_DIR "/tests/cases/policies/everything.yaml");
    if (qw_yaml_parse((const char *)data, size, &tree, &diagnostics) == 0) {
        const int result = qw_test_file_bind("folder/tests.yaml", tree, &file, &diagnostics);

        FUZZ_CHECK((result == 0) == (diagnostics.errors == 0));
        FUZZ_CHECK(result < 0 || (file.policy && file.policy[0] && file.case_count > 0));
        for (size_t i = 0; result == 0 && i < file.case_count; i++)
            judge(&file, &file.cases[i]);
        qw_test_file_fini(&file);
    } else {
        FUZZ_CHECK(diagnostics.errors > 0);
    }
    check_printed(&diagnostics);
    qw_diagnostics_fini(&diagnostics);
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect.h"
#include "command.h"
#include "compare.h"
#include "input.h"

enum { VERBOSE };

const struct qw_option qw_test_options[] = {
    [VERBOSE] = {"verbose", 'v', NULL, NULL, "list the cases that pass, too"},
    {0},
};

/* A policy is loaded once, whichever test files name it. */
struct loaded {
    char *path; /* resolved */
    struct qw_policy *policy;
    int code; /* of loading it */
    struct loaded *next;
};

struct run {
    bool verbose;
    bool colour;
    size_t passed;
    size_t failed;
    size_t files;
    struct loaded *policies;
    struct qw_arena *arena; /* of one case */
    struct qw_decision decision;
};

/* ---- policies ---- */

static int load_policy(struct run *run, const char *file, const struct qw_policy **out)
{
    QW_AUTO(heap) char *path = realpath(file, NULL);
    struct loaded *loaded = run->policies;

    while (loaded && (!path || strcmp(loaded->path, path) != 0))
        loaded = loaded->next;
    if (!loaded) {
        struct qw_policy *policy = NULL;
        const int code = qw_input_policy(file, false, &policy);

        loaded = path ? malloc(sizeof(*loaded)) : NULL;
        if (!loaded) {
            qw_policy_unref(policy);
            return QW_EXIT_ENVIRONMENT;
        }
        *loaded = (struct loaded){QW_STEAL(path), policy, code, run->policies};
        run->policies = loaded;
    }
    *out = loaded->policy;
    return loaded->code;
}

static void free_policies(struct loaded *loaded)
{
    while (loaded) {
        struct loaded *next = loaded->next;

        qw_policy_unref(loaded->policy);
        free(loaded->path);
        free(loaded);
        loaded = next;
    }
}

/* ---- cases ---- */

static void report(const struct run *run, const struct qw_test_file *file, const struct qw_case *test, bool holds,
                   struct qw_bytes message)
{
    const char *colour = !run->colour ? "" : holds ? "\033[32m" : "\033[31m";
    QW_AUTO(buf) struct qw_buf line = {0};

    if (holds && !run->verbose)
        return;
    qw_buf_printf(&line, "%s:%d: %s%s%s: ", file->file, test->line, colour, holds ? "pass" : "FAIL",
                  run->colour ? "\033[0m" : "");
    qw_buf_add_shown(&line, test->name, 200);
    if (!holds) {
        qw_buf_add_text(&line, ": ");
        qw_case_explain(test, &run->decision.verdict, message, &line);
    }
    qw_buf_add_text(&line, "\n");
    fwrite(line.data, 1, line.len, stdout);
}

static void run_case(struct run *run, const struct qw_test_file *file, const struct qw_policy *policy,
                     struct qw_case *test)
{
    QW_AUTO(buf) struct qw_buf message = {0};
    struct qw_world world;
    bool holds;

    qw_arena_reset(run->arena);
    qw_world_given(&world, &test->given, file->now);
    run->decision = (struct qw_decision){.message = test->message, .identity = test->who};
    qw_decide_message(policy, &world, run->arena, &run->decision);
    qw_verdict_explain(&run->decision.verdict, policy->contact, &message);
    holds = qw_case_holds(test, &run->decision.verdict, qw_buf_bytes(&message));
    *(holds ? &run->passed : &run->failed) += 1;
    report(run, file, test, holds, qw_buf_bytes(&message));
}

/* ---- files ---- */

static int run_tests(struct run *run, const char *path, struct qw_yaml *tree)
{
    struct qw_diagnostics diagnostics = {.file = strdup(path)};
    const struct qw_policy *policy = NULL;
    struct qw_test_file file;
    int code = QW_EXIT_INPUT;

    run->files++;
    if (qw_test_file_bind(path, tree, &file, &diagnostics) == 0)
        code = load_policy(run, file.policy, &policy);
    for (size_t i = 0; policy && i < file.case_count; i++)
        run_case(run, &file, policy, &file.cases[i]);
    qw_diagnostics_print(&diagnostics, stderr);
    qw_diagnostics_fini(&diagnostics);
    qw_test_file_fini(&file);
    return code;
}

/* A folder holds its policies beside their tests. */
static bool is_policy(const struct qw_yaml *tree)
{
    return tree->type == QW_YAML_MAP && qw_yaml_get(tree, "version");
}

static int visit(const char *path, bool found, void *data)
{
    struct qw_diagnostics diagnostics = {.file = strdup(path)};
    QW_AUTO(heap) char *text = NULL;
    struct qw_yaml *tree = NULL;
    size_t len;
    int code = qw_input_read(path, &text, &len);

    if (code == QW_EXIT_YES && qw_yaml_parse(text, len, &tree, &diagnostics) < 0)
        code = QW_EXIT_INPUT;
    qw_diagnostics_print(&diagnostics, stderr);
    qw_diagnostics_fini(&diagnostics);
    if (!tree)
        return code;
    if (found && is_policy(tree))
        qw_yaml_free(tree);
    else
        code = run_tests(data, path, tree);
    return code;
}

/* A run that ran nothing has shown nothing. */
static int visit_path(struct run *run, const char *path)
{
    const size_t before = run->files;
    const int code = qw_collect(path, visit, run);

    if (code != QW_EXIT_YES || run->files > before)
        return code;
    qw_log("%s: there are no test files here", path);
    return QW_EXIT_INPUT;
}

int qw_run_test(const struct qw_arguments *arguments)
{
    struct run run = {
        .verbose = arguments->values[VERBOSE] != NULL,
        .colour = qw_is_colourful(),
        .arena = qw_arena_new(),
    };
    int worst = QW_EXIT_YES;

    if (!run.arena) {
        qw_log("out of memory");
        return QW_EXIT_ENVIRONMENT;
    }
    for (int i = 0; i < arguments->operand_count; i++) {
        const int code = visit_path(&run, arguments->operands[i]);

        worst = code > worst ? code : worst;
    }
    printf("%zu passed, %zu failed\n", run.passed, run.failed);
    free_policies(run.policies);
    qw_arena_free(run.arena);
    return worst == QW_EXIT_YES && run.failed > 0 ? QW_EXIT_NO : worst;
}

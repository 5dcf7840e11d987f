/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare.h"

static bool is_expected(const struct qw_case *test, const char *rule)
{
    for (size_t i = 0; i < test->rule_count; i++) {
        if (strcmp(test->rules[i], rule) == 0)
            return true;
    }
    return false;
}

/* Is the rule among the first `count` violations? */
static bool is_violated(const struct qw_violations *violations, size_t count, const char *rule)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(violations->items[i].rule, rule) == 0)
            return true;
    }
    return false;
}

static bool same_rules(const struct qw_case *test, const struct qw_violations *violations)
{
    for (size_t i = 0; i < violations->count; i++) {
        if (!is_expected(test, violations->items[i].rule))
            return false;
    }
    for (size_t i = 0; i < test->rule_count; i++) {
        if (!is_violated(violations, violations->count, test->rules[i]))
            return false;
    }
    return true;
}

static bool says(struct qw_bytes message, struct qw_bytes reason)
{
    return reason.len == 0 || (message.len > 0 && memmem(message.data, message.len, reason.data, reason.len));
}

bool qw_case_holds(const struct qw_case *test, const struct qw_verdict *verdict, struct qw_bytes message)
{
    return verdict->outcome == test->expect && same_rules(test, &verdict->violations) && says(message, test->reason);
}

static void add_expected(const struct qw_case *test, struct qw_buf *out)
{
    qw_buf_printf(out, "expected %s [", qw_outcome_words[test->expect]);
    for (size_t i = 0; i < test->rule_count; i++)
        qw_buf_printf(out, "%s%s", i > 0 ? ", " : "", test->rules[i]);
    qw_buf_add_text(out, "]");
    if (test->reason.data) {
        qw_buf_add_text(out, " saying ");
        qw_buf_add_json(out, test->reason);
    }
}

static void add_got(const struct qw_verdict *verdict, struct qw_buf *out)
{
    const struct qw_violations *violations = &verdict->violations;
    bool first = true;

    qw_buf_printf(out, ", got %s [", qw_outcome_words[verdict->outcome]);
    for (size_t i = 0; i < violations->count; i++) {
        if (is_violated(violations, i, violations->items[i].rule))
            continue;
        qw_buf_printf(out, "%s%s", first ? "" : ", ", violations->items[i].rule);
        first = false;
    }
    qw_buf_add_text(out, "]");
}

void qw_case_explain(const struct qw_case *test, const struct qw_verdict *verdict, struct qw_bytes message,
                     struct qw_buf *out)
{
    struct qw_bytes line;
    const char *before = ": ";

    add_expected(test, out);
    add_got(verdict, out);
    /* Its lines are escaped already. */
    while (message.len > 0 && qw_bytes_split(&message, '\n', &line)) {
        if (line.len == 0)
            continue;
        qw_buf_add_text(out, before);
        qw_buf_add_bytes(out, line);
        before = "; ";
    }
}

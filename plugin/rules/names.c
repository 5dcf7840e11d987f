/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a container is called and what is told to those who run it: names, environment, annotations, runtime, cgroup. */
#include "check.h"

void qw_eval_cgroup_parent(struct qw_check *check)
{
    const char *where = "for --cgroup-parent (compose: cgroup_parent)";

    for (const struct qw_fact *fact = facts_of(check, QW_F_CGROUP_PARENT); fact; fact = fact->next) {
        struct qw_bytes rest = fact->text;
        struct qw_bytes component;
        bool climbs = false;

        /* A star in a pattern must not let a path climb out of what the pattern names. */
        while (qw_bytes_split(&rest, '/', &component))
            climbs = climbs || qw_bytes_is(component, "..");
        if (!qw_check_lists(check, "allow", fact->text) || (climbs && !qw_check_setting(check, "allow")->any))
            qw_violate(check, NULL, fact, qw_check_accepted(check, "allow", where), "cgroup parent %s is not allowed",
                       qw_shown(check->arena, fact->text));
    }
}

void qw_eval_annotations(struct qw_check *check)
{
    qw_check_each(check, QW_F_ANNOTATION, "allow", "annotation", "for --annotation (compose: annotations)");
}

/* Isolation has no rule of its own: it says how a container is run, on Windows, and Linux knows one way. */
void qw_eval_runtime(struct qw_check *check)
{
    qw_check_each(check, QW_F_RUNTIME, "allow", "runtime", "for --runtime (compose: runtime)");
    for (const struct qw_fact *fact = facts_of(check, QW_F_ISOLATION); fact; fact = fact->next) {
        if (fact->text.len && !qw_bytes_is_nocase(fact->text, "default"))
            qw_violate(check, NULL, fact, "leave out --isolation (compose: isolation)",
                       "isolation %s is not known on Linux", qw_shown(check->arena, fact->text));
    }
}

/*
 * `deny` lists what may not be set; without the list, which the word deny takes away, nothing may. An argument of a
 * build is a variable of its steps.
 */
void qw_eval_environment(struct qw_check *check)
{
    static const struct {
        enum qw_fact_kind kind;
        const char *accepted;
    } rows[] = {
        {QW_F_ENV, "leave out --env (compose: environment)"},
        {QW_F_IMAGE_ENV, "leave out --env (compose: environment)"},
        {QW_F_BUILD_ARGUMENT, "leave out --build-arg (compose: build.args)"},
    };

    for (size_t i = 0; i < QW_COUNT(rows); i++) {
        for (const struct qw_fact *fact = facts_of(check, rows[i].kind); fact; fact = fact->next) {
            if (!qw_check_setting(check, "deny")->set || qw_check_lists(check, "deny", fact->text))
                qw_violate(check, NULL, fact, rows[i].accepted, "environment variable %s is not allowed",
                           qw_shown(check->arena, fact->text));
        }
    }
}

void qw_eval_container_name(struct qw_check *check)
{
    for (const struct qw_fact *fact = facts_of(check, QW_F_CONTAINER_NAME); fact; fact = fact->next) {
        const struct qw_bytes name = qw_bytes_starts(fact->text, "/") ? qw_bytes_from(fact->text, 1) : fact->text;

        if (qw_looks_like_id(name))
            qw_violate(check, NULL, fact, "use a --name that is not 12 to 64 hex digits",
                       "container name %s could pass for the id of another container", qw_shown(check->arena, name));
        else if (!qw_check_lists(check, "allow", name))
            qw_violate(check, NULL, fact, qw_check_accepted(check, "allow", "for --name (compose: container_name)"),
                       "container name %s is not allowed", qw_shown(check->arena, name));
    }
}

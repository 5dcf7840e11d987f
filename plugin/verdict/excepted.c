/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a verdict wants to know of containers that are there already: what rules ask for, and what exceptions do. */
#include "judge.h"

/* ---- containers that only an exception let through ---- */

static const struct qw_member *member_of(const struct judge *j)
{
    return j->decision->verdict.member;
}

/* Is the caller held to the rule, by the profile or by `everyone`? */
static bool is_held_to(const struct judge *j, size_t rule)
{
    const struct qw_member *member = member_of(j);

    return !member || member->profile->rules[rule]->level != QW_LEVEL_ALLOW ||
           (j->policy->everyone && j->policy->everyone[rule]);
}

/* Does the exception permit anything that the caller's own rules could deny? */
static bool goes_beyond(const struct judge *j, const struct qw_exception *exception)
{
    for (size_t i = 0; i < qw_rule_count; i++) {
        if (exception->permit[i] && is_held_to(j, i))
            return true;
    }
    return false;
}

/* The first exception for programs that matters to the caller; NULL where there is none. */
static const struct qw_exception *find_exception(const struct judge *j)
{
    for (size_t i = 0; i < j->policy->exception_count; i++) {
        if (j->policy->exceptions[i].command_image && goes_beyond(j, &j->policy->exceptions[i]))
            return &j->policy->exceptions[i];
    }
    return NULL;
}

static bool is_excepted(const struct qw_facts *stored, const void *data)
{
    const struct judge *j = data;

    for (size_t i = 0; i < j->policy->exception_count; i++) {
        const struct qw_exception *exception = &j->policy->exceptions[i];

        if (qw_exception_fits_container(exception, stored) && goes_beyond(j, exception))
            return true;
    }
    return false;
}

/* Was it found out what the container runs? It is asked for first; one that is not there may be made yet. */
static bool is_known(const struct qw_facts *facts)
{
    for (const struct qw_fact *fact = facts->first[QW_F_LOOKED_UP]; fact; fact = fact->next) {
        if (qw_bytes_starts(fact->text, "container "))
            return !qw_bytes_is(qw_fact_part(fact, "found"), "no") && qw_fact_part(fact, "program").data;
    }
    return false;
}

/*
 * What `command: image` let through runs the image's own program and nothing else: whoever could put another one into
 * it would have all that the exception permits. So would a start with a body, which lays volumes over the program while
 * mounts of the host stay. Where the engine was asked, the facts of such a container, or of its mounts, are judged as
 * they are, and by rules that the exception does not loosen. It may well run on after the exception has ended.
 */
void qw_judge_excepted(struct judge *j)
{
    static const char *const kinds[] = {"container.exec.create", "container.exec.start", "container.archive."};
    const struct qw_decision *d = j->decision;
    const bool has_body = d->facts.first[QW_F_HOST_CONFIG];
    const struct qw_exception *exception;
    bool reaches_in = has_body;

    for (size_t i = 0; i < QW_COUNT(kinds); i++)
        reaches_in = reaches_in || strncmp(d->request.action->name, kinds[i], strlen(kinds[i])) == 0;
    if (!reaches_in || is_known(&d->facts))
        return;
    exception = find_exception(j);
    if (exception)
        qw_judge_refuse(j, QW_REFUSE_UNDECIDED, QW_LEVEL_DENY,
                        qw_arena_printf(j->arena,
                                        "the exception in line %d of the policy (command: image) refuses %s%s for "
                                        "what it lets through, and whether this container is one of these cannot be "
                                        "found out",
                                        exception->line, d->request.action->name, has_body ? " with a body" : ""));
}

/* ---- questions ---- */

static bool has_rows_as_self(const struct qw_rule_settings *settings)
{
    for (size_t i = 0; settings && settings->level != QW_LEVEL_ALLOW && i < settings->values[0].item_count; i++) {
        if (settings->values[0].items[i].terms.as_self)
            return true;
    }
    return false;
}

static bool asks_for_binds(const struct judge *j)
{
    const struct qw_member *member = member_of(j);
    const int rule = qw_rule_find("bind-mounts");

    return j->policy->excepts_as_self || (member && has_rows_as_self(member->profile->rules[rule])) ||
           (j->policy->everyone && has_rows_as_self(j->policy->everyone[rule]));
}

/* Nothing for the many requests that have no use for it. */
void qw_judge_questions(const struct judge *j, struct qw_questions *out)
{
    const struct qw_decision *d = j->decision;

    if (!qw_bytes_starts(qw_bytes_of(d->request.action->name), "container.") ||
        (d->request.route->payload == QW_PAYLOAD_CREATE && d->facts.first[QW_F_USER] && !d->facts.first[QW_F_PID_MODE]))
        return;
    *out = (struct qw_questions){
        .users = is_held_to(j, (size_t)qw_rule_find("run-as-root")),
        .binds = asks_for_binds(j),
        .programs = find_exception(j),
        .is_excepted = is_excepted,
        .data = j,
    };
}

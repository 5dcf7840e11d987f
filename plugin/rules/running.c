/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How a container runs: when it is started again, where its log goes, its health check, its root file system.
 * Source: moby api/types/container/hostconfig.go, daemon/health.go, daemon/cluster/convert/service.go, 20.10 to 28.5.
 */
#include "check.h"

/* ---- restarts ---- */

struct restart {
    const char *word;      /* of the policy, and of a container */
    const char *condition; /* of a service; NULL: it has none like it */
    bool forever;          /* by itself: a container's has no count */
};

static const struct restart restarts[] = {
    {"no", "none", false},
    {"on-failure", "on-failure", false},
    {"always", "any", true},
    {"unless-stopped", NULL, true},
};

/* The word of a container or a service; NULL where the engine knows none like it. */
static const struct restart *find_restart(const struct qw_check *check, struct qw_bytes text)
{
    for (size_t i = 0; i < QW_COUNT(restarts); i++) {
        const char *name = is_service(check) ? restarts[i].condition : restarts[i].word;

        if (name && qw_bytes_is(text, name))
            return &restarts[i];
    }
    return NULL;
}

static bool bounds_retries(const struct qw_check *check)
{
    const struct qw_value *most = qw_check_setting(check, "max-retries");

    return most->set && !most->any;
}

/* Is a restart without a count accepted? Under a bound only one that the policy names. */
static bool may_restart_forever(const struct qw_check *check, const struct restart *restart)
{
    const struct qw_value *allow = qw_check_setting(check, "allow");
    const struct qw_value named = {.items = allow->items, .item_count = allow->item_count};

    return !bounds_retries(check) ||
           (restart->forever && qw_value_has(&named, check->variables, qw_bytes_of(restart->word)));
}

/* "allowed for --restart (compose: restart): no, on-failure:5" */
static const char *restart_accepted(const struct qw_check *check)
{
    const char *where = is_service(check) ? "--restart-condition (compose: deploy.restart_policy.condition)"
                                          : "--restart (compose: restart)";
    struct qw_bytes text =
        qw_arena_printf(check->arena, "allowed for %s: %s", where, is_service(check) ? "none" : "no");

    for (size_t i = 1; i < QW_COUNT(restarts); i++) {
        const struct restart *restart = &restarts[i];
        const char *name = is_service(check) ? restart->condition : restart->word;
        const bool counts = !restart->forever || is_service(check);
        const bool forever = may_restart_forever(check, restart);

        if (!name || !qw_check_lists(check, "allow", qw_bytes_of(restart->word)) || (!forever && !counts))
            continue;
        text = qw_arena_printf(check->arena, QW_BYTES_FMT ", %s", QW_BYTES_ARG(text), name);
        if (!forever)
            text = qw_arena_printf(check->arena, QW_BYTES_FMT "%s%lld", QW_BYTES_ARG(text),
                                   is_service(check) ? " with --restart-max-attempts " : ":",
                                   (long long)qw_check_setting(check, "max-retries")->number);
    }
    return text.data ? text.data : "";
}

static void judge_retries(struct qw_check *check, const struct qw_fact *fact, const struct restart *restart)
{
    const struct qw_fact count = qw_fact_of_part(fact, "max-retries");
    const struct qw_bytes value = qw_fact_part(fact, "max-retries");
    int64_t retries = 0;

    if (value.data && !qw_bytes_to_int(value, &retries))
        retries = INT64_MAX;
    if (retries <= 0) {
        if (!may_restart_forever(check, restart))
            qw_violate(check, "max-retries", fact, restart_accepted(check), "restarts without end are not allowed");
    } else if (bounds_retries(check) && retries > qw_check_setting(check, "max-retries")->number) {
        qw_violate(check, "max-retries", &count, restart_accepted(check), "%lld restarts are not allowed",
                   (long long)retries);
    }
}

/* What a service says of the number without a condition is about the engine's own, which is `any`. */
static void judge_count(struct qw_check *check, const struct qw_fact *fact)
{
    if (is_service(check) && qw_fact_part(fact, "max-retries").data)
        judge_retries(check, fact, &restarts[2]);
}

/* Never to be started again is what is left where nothing is allowed; an empty name is that, or no change. */
void qw_eval_restart_policy(struct qw_check *check)
{
    for (const struct qw_fact *fact = facts_of(check, QW_F_RESTART_POLICY); fact; fact = fact->next) {
        const struct restart *restart = find_restart(check, fact->text);

        if (!fact->text.len)
            judge_count(check, fact);
        if (!fact->text.len || restart == &restarts[0])
            continue;
        if (!restart || !qw_check_lists(check, "allow", qw_bytes_of(restart->word)))
            qw_violate(check, NULL, fact, restart_accepted(check), "restart policy %s is not allowed",
                       qw_shown(check->arena, fact->text));
        else
            judge_retries(check, fact, restart);
    }
}

/* ---- logs ---- */

/*
 * What a container writes faster than its log takes it waits in the engine's own memory, beside the container's limit.
 * Source: moby daemon/logger/ring.go; container/container.go, StartLogger.
 */
static void judge_buffer(struct qw_check *check, const struct qw_fact *fact, int64_t most)
{
    const char *shown = qw_size_shown(check->arena, most);
    int64_t size;

    if (!qw_docker_size_read(fact->text, &size) || size > most)
        qw_violate(check, "max-buffer", fact,
                   qw_arena_printf(check->arena, "at most %s: --log-opt max-buffer-size=%s (compose: logging.options)",
                                   shown, shown)
                       .data,
                   "%s of the engine's memory for a container's output is not allowed",
                   qw_shown(check->arena, fact->text));
}

void qw_eval_log_driver(struct qw_check *check)
{
    int64_t most;

    qw_check_each(check, QW_F_LOG_DRIVER, "allow", "log driver", "for --log-driver (compose: logging.driver)");
    if (!qw_check_bounds(check, "max-buffer", &most))
        return;
    for (const struct qw_fact *fact = facts_of(check, QW_F_LOG_BUFFER); fact; fact = fact->next)
        judge_buffer(check, fact, most);
}

/* ---- health ---- */

/* Only these two words make the engine look at a container's health; the image's own check is not known here. */
void qw_eval_healthcheck(struct qw_check *check)
{
    const struct qw_fact *fact = facts_of(check, QW_F_HEALTHCHECK);

    if (facts_of(check, QW_F_HOST_CONFIG) || !qw_check_makes_container(check))
        return; /* a body of start keeps the one that the container was made with */
    if (!fact)
        qw_missing(check, NULL,
                   qw_check_field(check, "Healthcheck.Test", "TaskTemplate.ContainerSpec.Healthcheck.Test"),
                   "required: add --health-cmd COMMAND (compose: healthcheck.test)", "no health check is set");
    else if (!qw_bytes_is(fact->text, "CMD") && !qw_bytes_is(fact->text, "CMD-SHELL"))
        qw_violate(check, NULL, fact, "required: --health-cmd COMMAND (compose: healthcheck.test)",
                   "%s is no health check", qw_shown(check->arena, fact->text));
}

/* ---- the root file system ---- */

void qw_eval_read_only_root(struct qw_check *check)
{
    for (const struct qw_fact *fact = facts_of(check, QW_F_READ_ONLY_ROOT); fact; fact = fact->next) {
        if (qw_check_counts(check, fact))
            return;
    }
    if (qw_check_makes_container(check))
        qw_missing(check, NULL,
                   qw_check_field(check, "HostConfig.ReadonlyRootfs", "TaskTemplate.ContainerSpec.ReadOnly"),
                   "required: add --read-only (compose: read_only: true)", "the root file system is not read-only");
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Builds, and requests that are dangerous as a whole: checkpoints in a folder of the host, fields nobody knows. */
#include "check.h"

/*
 * The two words that mean the client's own files over a BuildKit session are no remote context; the classic builder
 * refuses them.
 */
static void judge_remote(struct qw_check *check, const struct qw_fact *fact)
{
    if (qw_bytes_is(fact->text, "client-session") || qw_bytes_is(fact->text, "upload-request"))
        return;
    if (!qw_check_chose(check, "remote", "allow"))
        qw_violate(check, "remote", fact, "build from a local directory",
                   "the engine may not fetch a build context from %s", qw_shown(check->arena, fact->text));
}

/*
 * The engine reads the first Content-Type of a build and shows plugins the last, so a form body can carry parameters
 * that nobody but the engine sees. Only front, which refuses a repeated header, excludes that.
 */
static void judge_hidden(struct qw_check *check, const struct qw_fact *fact)
{
    if (!qw_check_chose(check, "hidden-parameters", "allow") && !qw_bytes_is(check->identity->via, "front"))
        qw_violate(check, "hidden-parameters", fact,
                   "use docker buildx build where the policy allows BuildKit, or come through front",
                   "a build by the classic builder can hide its parameters from this check");
}

static void judge_buildkit(struct qw_check *check, const struct qw_fact *fact)
{
    const bool conditional = qw_check_chose(check, "buildkit", "no-host-network");

    if (qw_check_chose(check, "buildkit", "allow") || (conditional && check->snapshot->confined_builds))
        return;
    if (conditional)
        qw_violate(check, "buildkit", fact, "an administrator turns that off by: quaywarden enable --builds",
                   "BuildKit could give a build the host's network, or privileges: the engine's configuration does not "
                   "turn builder.entitlements.network-host off, or turns security-insecure on");
    else
        qw_violate(check, "buildkit", fact, "use the classic builder where the policy allows it: DOCKER_BUILDKIT=0",
                   "builds by BuildKit are not allowed");
}

void qw_eval_build(struct qw_check *check)
{
    for (const struct qw_fact *fact = facts_of(check, QW_F_BUILD_REMOTE); fact; fact = fact->next)
        judge_remote(check, fact);
    for (const struct qw_fact *fact = facts_of(check, QW_F_CLASSIC_BUILD); fact; fact = fact->next)
        judge_hidden(check, fact);
    for (const struct qw_fact *fact = facts_of(check, QW_F_BUILDKIT); fact; fact = fact->next)
        judge_buildkit(check, fact);
}

void qw_eval_checkpoint_directory(struct qw_check *check)
{
    for (const struct qw_fact *fact = facts_of(check, QW_F_CHECKPOINT_DIR); fact; fact = fact->next)
        qw_violate(check, NULL, fact, "leave out --checkpoint-dir", "a checkpoint in host folder %s is not allowed",
                   qw_shown(check->arena, fact->text));
}

/*
 * The engine applies what it has stored, in place of what the request shows: it may be older than the policy, somebody
 * else's, or let through by an exception. Source: swarmkit manager/controlapi/service.go, UpdateService.
 */
static bool is_rollback(const struct qw_check *check, const struct qw_fact *fact)
{
    return qw_bytes_is(fact->text, "previous") &&
           qw_bytes_is(qw_request_param(check->request, "rollback"), "previous"); /* a trail keeps no field of a fact */
}

static void judge_field(struct qw_check *check, const struct qw_fact *fact)
{
    const struct qw_bytes field = qw_fact_field(fact, check->arena);

    if (is_rollback(check, fact))
        qw_undecided(check, fact,
                     "what the service was before could not be found out, since a rollback does not show it; update it "
                     "with the earlier options (docker service update) in place of rolling it back");
    else if (qw_bytes_is_nocase(field, "TaskTemplate.PluginSpec"))
        qw_violate(check, NULL, fact, "leave it out; who administers an engine installs plugins on it",
                   "a service that installs a plugin on every node of the swarm is not allowed");
    else
        qw_violate(check, NULL, fact, "leave out the field, or update quaywarden if the engine is newer than it",
                   "field %s is not known, and may mean something to the engine", qw_shown(check->arena, fact->text));
}

void qw_eval_unknown_field(struct qw_check *check)
{
    for (const struct qw_fact *fact = facts_of(check, QW_F_UNKNOWN_FIELD); fact; fact = fact->next)
        judge_field(check, fact);
}

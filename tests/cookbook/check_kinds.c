/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check_kinds FOLDER: no policy in it lets anybody ask for a swarm, its parts, a plugin or the engine's memory, reads
 * included, by whatever route.
 */
#include "quaywarden/policy.h"

#include <glob.h>

static const char *const kinds[] = {"swarm.", "node.", "service.", "task.", "secret.", "config.", "plugin.", "debug."};

static bool is_of_these_kinds(const char *action)
{
    for (size_t i = 0; i < QW_COUNT(kinds); i++) {
        if (strncmp(action, kinds[i], strlen(kinds[i])) == 0)
            return true;
    }
    return false;
}

/* How many routes the role opens that it must not; *routes counts those that were looked at. */
static size_t judge_role(const char *file, const struct qw_tenant *tenant, const struct qw_role *role, size_t *routes)
{
    size_t wrong = 0;

    for (size_t i = 0; i < qw_route_count; i++) {
        const char *name = qw_routes[i].action;
        const int action = qw_action_find(name);

        if (!is_of_these_kinds(name))
            continue;
        (*routes)++;
        if (action < 0 || qw_role_allows(role, &qw_actions[action])) {
            fprintf(stderr, "%s: tenant %s: role %s allows %s (%s %s)\n", file, tenant->name, role->name, name,
                    qw_routes[i].method, qw_routes[i].path);
            wrong++;
        }
    }
    return wrong;
}

static size_t judge_policy(const char *file, size_t *routes)
{
    struct qw_diagnostics diagnostics = {0};
    struct qw_policy *policy = NULL;
    size_t wrong = 0;

    if (qw_policy_load(file, &policy, &diagnostics) < 0) {
        qw_diagnostics_print(&diagnostics, stderr);
        wrong++;
    }
    for (size_t i = 0; policy && i < policy->tenant_count; i++) {
        for (size_t j = 0; j < policy->tenants[i].member_count; j++)
            wrong += judge_role(file, &policy->tenants[i], policy->tenants[i].members[j].role, routes);
    }
    qw_policy_unref(policy);
    qw_diagnostics_fini(&diagnostics);
    return wrong;
}

int main(int argc, char **argv)
{
    char pattern[4096];
    size_t routes = 0;
    size_t wrong = 0;
    glob_t found;

    if (argc != 2 || snprintf(pattern, sizeof(pattern), "%s/*.yaml", argv[1]) >= (int)sizeof(pattern) ||
        glob(pattern, 0, NULL, &found) != 0) {
        fprintf(stderr, "Usage: check_kinds FOLDER\n");
        return 2;
    }
    for (size_t i = 0; i < found.gl_pathc; i++)
        wrong += judge_policy(found.gl_pathv[i], &routes);
    printf("%zu policies, %zu routes of roles, %zu wrong\n", found.gl_pathc, routes, wrong);
    globfree(&found);
    return wrong || !routes;
}

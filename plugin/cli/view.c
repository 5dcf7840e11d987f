/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view.h"

#include "input.h"
#include "quaywarden/cli.h"
#include "quaywarden/server.h"

int qw_view_open(struct qw_view *view, const char *policy, const char *engine_config)
{
    const struct qw_server_options options = {.policy = policy, .engine_config = engine_config};
    const int code = qw_input_policy(policy, false, &view->policy);

    if (code == QW_EXIT_ENVIRONMENT && access(policy, F_OK))
        qw_log("name the policy to judge by with --policy FILE");
    if (code != QW_EXIT_YES)
        return code;
    view->guarded = qw_guarded_paths(view->policy, &options, NULL);
    if (!view->guarded) {
        qw_log("out of memory");
        return QW_EXIT_ENVIRONMENT;
    }
    view->guard.paths = (const char *const *)view->guarded;
    qw_world_host(&view->world, &view->guard, engine_config);
    return QW_EXIT_YES;
}

void qw_view_close(struct qw_view *view)
{
    qw_policy_unref(view->policy);
    qw_guarded_paths_free(view->guarded);
}

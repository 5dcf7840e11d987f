/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The action table: what requests do, in the words of policies and records. One row per action.
 * effect: R reads, W writes, by what happens and not by method (attach over a WebSocket is a GET that writes).
 * class: 0 probe, 1 host-wide metadata, 2 reads one object, 3 changes one object, 4 the payload decides, 5 administers
 * the host; where routes differ, the highest.
 */
#include "quaywarden/request.h"

#define IN(set) QW_BIT(QW_SET_##set)

const char *const qw_set_names[QW_SET_COUNT] = {
    [QW_SET_PROBE] = "probe",       [QW_SET_READ] = "read",     [QW_SET_READ_DATA] = "read-data",
    [QW_SET_OPERATE] = "operate",   [QW_SET_DEPLOY] = "deploy", [QW_SET_BUILD] = "build",
    [QW_SET_EVERYDAY] = "everyday", [QW_SET_ADMIN] = "admin",
};

/* clang-format off */
const struct qw_action qw_actions[] = {
    /* name                        effect class sets */
    {"system.options",               'R', 0,    IN(PROBE) | IN(READ) | IN(EVERYDAY)},
    {"system.ping",                  'R', 0,    IN(PROBE) | IN(READ) | IN(EVERYDAY)},
    {"system.version",               'R', 0,    IN(PROBE) | IN(READ) | IN(EVERYDAY)},
    {"system.info",                  'R', 1,    IN(READ) | IN(EVERYDAY)},
    {"system.events",                'R', 1,    IN(READ_DATA) | IN(EVERYDAY)},
    {"system.df",                    'R', 1,    IN(READ) | IN(EVERYDAY)},
    {"registry.login",               'W', 1,    IN(EVERYDAY)},
    {"registry.inspect",             'R', 1,    IN(EVERYDAY)},
    {"registry.search",              'R', 1,    IN(EVERYDAY)},
    {"build.session",                'W', 4,    IN(BUILD) | IN(EVERYDAY)},
    {"build.grpc",                   'W', 5,    IN(BUILD) | IN(EVERYDAY) | IN(ADMIN)},
    {"build.prune",                  'W', 3,    IN(BUILD) | IN(EVERYDAY)},
    {"build.cancel",                 'W', 3,    IN(BUILD) | IN(EVERYDAY)},
    {"debug.vars",                   'R', 5,    IN(ADMIN)},
    {"debug.pprof",                  'R', 5,    IN(ADMIN)},
    {"container.list",               'R', 1,    IN(READ) | IN(EVERYDAY)},
    {"container.create",             'W', 4,    IN(DEPLOY) | IN(EVERYDAY)},
    {"container.prune",              'W', 3,    IN(EVERYDAY)},
    {"container.inspect",            'R', 2,    IN(READ) | IN(EVERYDAY)},
    {"container.top",                'R', 2,    IN(READ) | IN(EVERYDAY)},
    {"container.logs",               'R', 2,    IN(READ_DATA) | IN(OPERATE) | IN(DEPLOY) | IN(EVERYDAY)},
    {"container.stats",              'R', 2,    IN(READ) | IN(EVERYDAY)},
    {"container.changes",            'R', 2,    IN(READ) | IN(EVERYDAY)},
    {"container.export",             'R', 2,    IN(READ_DATA) | IN(EVERYDAY)},
    {"container.archive.stat",       'R', 2,    IN(READ_DATA) | IN(EVERYDAY)},
    {"container.archive.read",       'R', 2,    IN(READ_DATA) | IN(EVERYDAY)},
    {"container.archive.write",      'W', 3,    IN(DEPLOY) | IN(EVERYDAY)},
    {"container.start",              'W', 4,    IN(OPERATE) | IN(DEPLOY) | IN(EVERYDAY)},
    {"container.stop",               'W', 3,    IN(OPERATE) | IN(DEPLOY) | IN(EVERYDAY)},
    {"container.restart",            'W', 3,    IN(OPERATE) | IN(DEPLOY) | IN(EVERYDAY)},
    {"container.kill",               'W', 3,    IN(OPERATE) | IN(DEPLOY) | IN(EVERYDAY)},
    {"container.pause",              'W', 3,    IN(OPERATE) | IN(DEPLOY) | IN(EVERYDAY)},
    {"container.unpause",            'W', 3,    IN(OPERATE) | IN(DEPLOY) | IN(EVERYDAY)},
    {"container.wait",               'R', 2,    IN(READ) | IN(OPERATE) | IN(DEPLOY) | IN(EVERYDAY)},
    {"container.resize",             'W', 3,    IN(OPERATE) | IN(DEPLOY) | IN(EVERYDAY)},
    {"container.attach",             'W', 3,    IN(OPERATE) | IN(DEPLOY) | IN(EVERYDAY)},
    {"container.rename",             'W', 3,    IN(DEPLOY) | IN(EVERYDAY)},
    {"container.update",             'W', 4,    IN(DEPLOY) | IN(EVERYDAY)},
    {"container.remove",             'W', 3,    IN(DEPLOY) | IN(EVERYDAY)},
    {"container.commit",             'W', 3,    IN(BUILD) | IN(EVERYDAY)},
    {"container.checkpoint.list",    'R', 2,    IN(READ)},
    {"container.checkpoint.create",  'W', 4,    0},
    {"container.checkpoint.remove",  'W', 4,    0},
    {"container.exec.create",        'W', 4,    IN(OPERATE) | IN(DEPLOY) | IN(EVERYDAY)},
    {"container.exec.start",         'W', 3,    IN(OPERATE) | IN(DEPLOY) | IN(EVERYDAY)},
    {"container.exec.resize",        'W', 3,    IN(OPERATE) | IN(DEPLOY) | IN(EVERYDAY)},
    {"container.exec.inspect",       'R', 2,    IN(READ) | IN(OPERATE) | IN(DEPLOY) | IN(EVERYDAY)},
    {"image.list",                   'R', 1,    IN(READ) | IN(EVERYDAY)},
    {"image.inspect",                'R', 2,    IN(READ) | IN(EVERYDAY)},
    {"image.history",                'R', 2,    IN(READ) | IN(EVERYDAY)},
    {"image.attestations",           'R', 2,    IN(READ) | IN(EVERYDAY)},
    {"image.save",                   'R', 2,    IN(READ_DATA) | IN(EVERYDAY)},
    {"image.pull",                   'W', 4,    IN(DEPLOY) | IN(EVERYDAY)},
    {"image.import",                 'W', 4,    IN(EVERYDAY)},
    {"image.load",                   'W', 4,    IN(EVERYDAY)},
    {"image.push",                   'W', 3,    IN(BUILD) | IN(EVERYDAY)},
    {"image.tag",                    'W', 3,    IN(BUILD) | IN(EVERYDAY)},
    {"image.remove",                 'W', 3,    IN(DEPLOY) | IN(EVERYDAY)},
    {"image.prune",                  'W', 3,    IN(EVERYDAY)},
    {"image.build",                  'W', 4,    IN(BUILD) | IN(EVERYDAY)},
    {"network.list",                 'R', 1,    IN(READ) | IN(EVERYDAY)},
    {"network.inspect",              'R', 2,    IN(READ) | IN(EVERYDAY)},
    {"network.create",               'W', 4,    IN(DEPLOY) | IN(EVERYDAY)},
    {"network.connect",              'W', 3,    IN(DEPLOY) | IN(EVERYDAY)},
    {"network.disconnect",           'W', 3,    IN(DEPLOY) | IN(EVERYDAY)},
    {"network.prune",                'W', 3,    IN(EVERYDAY)},
    {"network.remove",               'W', 3,    IN(DEPLOY) | IN(EVERYDAY)},
    {"volume.list",                  'R', 1,    IN(READ) | IN(EVERYDAY)},
    {"volume.inspect",               'R', 2,    IN(READ) | IN(EVERYDAY)},
    {"volume.create",                'W', 4,    IN(DEPLOY) | IN(EVERYDAY)},
    {"volume.update",                'W', 3,    IN(EVERYDAY)},
    {"volume.remove",                'W', 3,    IN(DEPLOY) | IN(EVERYDAY)},
    {"volume.prune",                 'W', 3,    IN(EVERYDAY)},
    {"plugin.list",                  'R', 1,    IN(READ)},
    {"plugin.inspect",               'R', 2,    IN(READ)},
    {"plugin.privileges",            'R', 1,    0},
    {"plugin.pull",                  'W', 5,    IN(ADMIN)},
    {"plugin.create",                'W', 5,    IN(ADMIN)},
    {"plugin.enable",                'W', 5,    IN(ADMIN)},
    {"plugin.disable",               'W', 5,    IN(ADMIN)},
    {"plugin.upgrade",               'W', 5,    IN(ADMIN)},
    {"plugin.set",                   'W', 5,    IN(ADMIN)},
    {"plugin.push",                  'W', 3,    0},
    {"plugin.remove",                'W', 5,    IN(ADMIN)},
    {"swarm.inspect",                'R', 5,    IN(ADMIN)},
    {"swarm.unlockkey",              'R', 5,    IN(ADMIN)},
    {"swarm.init",                   'W', 5,    IN(ADMIN)},
    {"swarm.join",                   'W', 5,    IN(ADMIN)},
    {"swarm.leave",                  'W', 5,    IN(ADMIN)},
    {"swarm.update",                 'W', 5,    IN(ADMIN)},
    {"swarm.unlock",                 'W', 5,    IN(ADMIN)},
    {"node.list",                    'R', 1,    IN(READ)},
    {"node.inspect",                 'R', 2,    IN(READ)},
    {"node.update",                  'W', 5,    IN(ADMIN)},
    {"node.remove",                  'W', 5,    IN(ADMIN)},
    {"service.list",                 'R', 1,    IN(READ)},
    {"service.inspect",              'R', 2,    IN(READ)},
    {"service.create",               'W', 4,    0},
    {"service.update",               'W', 4,    0},
    {"service.remove",               'W', 3,    0},
    {"service.logs",                 'R', 2,    IN(READ_DATA)},
    {"task.list",                    'R', 1,    IN(READ)},
    {"task.inspect",                 'R', 2,    IN(READ)},
    {"task.logs",                    'R', 2,    IN(READ_DATA)},
    {"secret.list",                  'R', 1,    IN(READ)},
    {"secret.create",                'W', 3,    0},
    {"secret.inspect",               'R', 2,    IN(READ)},
    {"secret.update",                'W', 3,    0},
    {"secret.remove",                'W', 3,    0},
    {"config.list",                  'R', 1,    IN(READ)},
    {"config.create",                'W', 3,    0},
    {"config.inspect",               'R', 2,    IN(READ_DATA)},
    {"config.update",                'W', 3,    0},
    {"config.remove",                'W', 3,    0},
    {"unknown",                      'W', 5,    0}, /* no route matched; in no set and no pattern. Always the last row. */
};
/* clang-format on */

const size_t qw_action_count = QW_COUNT(qw_actions);
_Static_assert(QW_COUNT(qw_actions) <= QW_ACTION_MAX, "roles have a bit for each action");

int qw_action_find(const char *name)
{
    for (size_t i = 0; i < QW_COUNT(qw_actions); i++) {
        if (strcmp(qw_actions[i].name, name) == 0)
            return (int)i;
    }
    return -1;
}

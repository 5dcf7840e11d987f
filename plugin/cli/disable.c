/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Turns the plugin off. It has to work where nothing else does: with a plugin that does not answer, under which the
 * engine refuses everything, and with an engine that does not start for that reason.
 */
#include "command.h"
#include "engine.h"
#include "plug.h"

enum { NAME, ENGINE, ENGINE_CONFIG, PID_FILE };

const struct qw_option qw_disable_options[] = {
    [NAME] = {"name", 0, "NAME", "quaywarden", "what the engine calls the plugin"},
    [ENGINE] = {"engine", 0, "SOCKET", "/run/docker.sock", "the engine's socket"},
    [ENGINE_CONFIG] = {"engine-config", 0, "FILE", "/etc/docker/daemon.json", "the engine's configuration"},
    [PID_FILE] = {"pid-file", 0, "FILE", NULL,
                  "the engine's pid file, if neither its configuration's nor "
                  "/run/docker.pid"},
    {0},
};

/* Does the engine answer by itself? Waits for it; false, and err says what it answers, where it does not. */
static bool is_unguarded(const struct qw_engine *engine, const char *socket, const char *plugin, struct qw_err *err)
{
    struct qw_probe probe;

    for (int left_ms = QW_ENGINE_TIMEOUT_MS; left_ms >= 0; left_ms -= QW_ENGINE_POLL_MS) {
        if (qw_engine_has_ended(engine)) {
            qw_fail(err, QW_E_IO, "the engine, process %d, has ended", (int)engine->pid);
            return false;
        }
        if (qw_engine_probe_dangerous(socket, plugin, &probe, err) == 0) {
            if (probe.heard == QW_HEARD_ENGINE)
                return true;
            qw_fail(err, QW_E_IO, "the engine still asks the plugin: %s", probe.message);
        }
        qw_engine_pause();
    }
    return false;
}

/* The file is in order; now the engine that runs, if one does. */
static int tell_engine(const struct qw_arguments *arguments, const struct qw_engine_config *config)
{
    struct qw_engine engine;
    struct qw_err err;
    int code = QW_EXIT_YES;

    if (qw_engine_find(arguments->values[PID_FILE], config, &engine, &err)) {
        qw_log("%s", err.msg);
        if (err.code == QW_E_BUSY)
            code = QW_EXIT_ENVIRONMENT;
        else
            printf("Disabled in %s; no engine runs that could be told. When one starts, it asks nobody.\n",
                   config->path);
    } else if (qw_engine_reload(&engine, &err) ||
               !is_unguarded(&engine, arguments->values[ENGINE], arguments->values[NAME], &err)) {
        qw_log("%s; restart it (systemctl restart docker): %s names the plugin no more", err.msg, config->path);
        code = QW_EXIT_NO;
    } else {
        printf("Disabled: the engine does not ask %s any more.\n", arguments->values[NAME]);
    }
    qw_fd_drop(&engine.pidfd);
    return code;
}

static int disable(const struct qw_arguments *arguments, struct qw_engine_config *config)
{
    const char *plugin = arguments->values[NAME];
    struct qw_err err;

    if (qw_engine_config_read(arguments->values[ENGINE_CONFIG], config, &err) ||
        qw_engine_config_drop(config, plugin, &err)) {
        qw_log("%s: it is left as it is", err.msg);
        return qw_engine_config_exit(&err);
    }
    if (!config->changed)
        printf("%s does not name %s.\n", config->path, plugin);
    else if (qw_engine_config_write(config, &err)) {
        qw_log("%s", err.msg);
        return QW_EXIT_ENVIRONMENT;
    }
    return tell_engine(arguments, config);
}

int qw_run_disable(const struct qw_arguments *arguments)
{
    struct qw_engine_config config = {0};
    int code;

    if (!qw_plug_is_name(arguments->values[NAME]))
        return qw_usage_error(qw_command_find("disable"), "--name is a word of letters, digits, _, . and -, not \"%s\"",
                              arguments->values[NAME]);
    code = disable(arguments, &config);
    qw_engine_config_fini(&config);
    return code;
}

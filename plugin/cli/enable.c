/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Turns the plugin on. Everything that can be found out is found out before the engine's configuration is touched, and
 * what the engine then does is held against what it should do: an engine that answers otherwise gets its file back.
 */
#include "command.h"
#include "engine.h"
#include "input.h"
#include "json_edit.h"
#include "plug.h"

#include <signal.h>

#define TAKE_UP_S 3 /* the plugin reads a policy that has changed within two seconds */

enum { NAME, POLICY, SOCKET, ENGINE, ENGINE_CONFIG, PID_FILE, BUILDS, WITHOUT_LOCAL_ROOT };

const struct qw_option qw_enable_options[] = {
    [NAME] = {"name", 0, "NAME", "quaywarden", "what the engine calls the plugin"},
    [POLICY] = {"policy", 0, "FILE", "/etc/quaywarden/policy.yaml", "the policy that the plugin runs"},
    [SOCKET] = {"socket", 0, "PATH", "/run/docker/plugins/quaywarden.sock", "where the plugin answers"},
    [ENGINE] = {"engine", 0, "SOCKET", "/run/docker.sock", "the engine's socket"},
    [ENGINE_CONFIG] = {"engine-config", 0, "FILE", "/etc/docker/daemon.json", "the engine's configuration"},
    [PID_FILE] = {"pid-file", 0, "FILE", NULL,
                  "the engine's pid file, if neither its configuration's nor "
                  "/run/docker.pid"},
    [BUILDS] = {"builds", 0, NULL, NULL, "keep BuildKit from the host's network, from the engine's next start on"},
    [WITHOUT_LOCAL_ROOT] = {"without-local-root", 0, NULL, NULL,
                            "go on where the policy gives the engine's own socket nothing"},
    {0},
};

/* What enabling goes through. */
struct enabling {
    const struct qw_arguments *arguments;
    const char *plugin;
    struct qw_policy *policy;
    struct qw_engine_config config;
    struct qw_engine engine;
    struct qw_err err;
};

static const char *value_of(const struct enabling *enabling, int row)
{
    return enabling->arguments->values[row];
}

/* What went wrong, said; gives the exit code. */
static int say(const struct qw_err *err, int code)
{
    qw_log("%s", err->msg);
    return code;
}

/* ---- before the engine is touched ---- */

static int check_policy(struct enabling *enabling)
{
    const struct qw_identity local_root = {0};
    const char *file = value_of(enabling, POLICY);
    const struct qw_tenant *tenant;
    const struct qw_member *member;
    int code;

    if (access(file, F_OK)) {
        qw_log("%s: there is no policy; a shipped one will do: install -D -m 644 %s %s", file,
               QW_DATA_DIR "/policies/baseline.yaml", file);
        return QW_EXIT_INPUT;
    }
    if (qw_policy_file_is_safe(file, &enabling->err))
        return say(&enabling->err, QW_EXIT_INPUT);
    code = qw_input_policy(file, true, &enabling->policy);
    if (code != QW_EXIT_YES)
        return code;
    if (qw_policy_match(enabling->policy, &local_root, &tenant, &member) || value_of(enabling, WITHOUT_LOCAL_ROOT))
        return QW_EXIT_YES;
    qw_log("%s: no tenant matches \"anonymous\", who the local root is on the engine's own socket: docker would be "
           "locked for it; give it a tenant (match: [anonymous]), or say --without-local-root",
           file);
    return QW_EXIT_NO;
}

/* Is the policy that was checked the one by which the plugin decides? */
static bool runs_policy(const struct enabling *enabling, struct qw_bytes *running, struct qw_arena *arena,
                        struct qw_err *err)
{
    static const char *const hash_path[] = {"policy", "sha256", NULL}, *const file_path[] = {"policy", "file", NULL};
    const struct qw_json *root, *hash, *file;
    struct qw_bytes text;

    if (qw_plug_status(value_of(enabling, SOCKET), arena, &text, &root, err))
        return false;
    hash = qw_json_find(root, hash_path);
    file = qw_json_find(root, file_path);
    *running = file ? file->text : QW_LIT("");
    if (hash && qw_bytes_is(hash->text, enabling->policy->sha256))
        return true;
    qw_fail(err, QW_E_IO,
            "%s runs another policy than %s, or another version of it: " QW_BYTES_FMT
            " is what it has read last; name that with --policy, or tell it to reload",
            value_of(enabling, SOCKET), value_of(enabling, POLICY), QW_BYTES_ARG(*running));
    return false;
}

static int check_plugin(struct enabling *enabling)
{
    QW_AUTO(arena) struct qw_arena *arena = qw_arena_new();
    const char *socket = value_of(enabling, SOCKET);
    struct qw_err *err = &enabling->err;
    struct qw_bytes running = {NULL, 0};

    if (qw_plug_activate(socket, err)) {
        qw_log("the plugin does not answer: %s; start it first (systemctl start quaywarden, or quaywarden serve): an "
               "engine that is told of a plugin that is not there ends",
               err->msg);
        return QW_EXIT_ENVIRONMENT;
    }
    if (qw_plug_is_found(enabling->plugin, socket, err))
        return say(err, QW_EXIT_ENVIRONMENT);
    for (int left_ms = TAKE_UP_S * 1000; arena && left_ms >= 0; left_ms -= QW_ENGINE_POLL_MS) {
        if (runs_policy(enabling, &running, arena, err))
            return QW_EXIT_YES;
        qw_engine_pause();
    }
    return say(err, QW_EXIT_ENVIRONMENT);
}

static int plan(struct enabling *enabling)
{
    struct qw_engine_config *config = &enabling->config;
    struct qw_err *err = &enabling->err;

    if (qw_engine_config_read(value_of(enabling, ENGINE_CONFIG), config, err) ||
        qw_engine_config_add(config, enabling->plugin, err) ||
        (value_of(enabling, BUILDS) && qw_engine_config_confine_builds(config, err))) {
        qw_log("%s: it is left as it is", err->msg);
        return qw_engine_config_exit(err);
    }
    return QW_EXIT_YES;
}

static int check_engine(struct enabling *enabling)
{
    struct qw_err *err = &enabling->err;
    struct qw_probe probe;

    if (qw_engine_find(value_of(enabling, PID_FILE), &enabling->config, &enabling->engine, err)) {
        if (err->code == QW_E_BUSY)
            return say(err, QW_EXIT_ENVIRONMENT);
        qw_log("%s; start the engine, or name its pid file with --pid-file", err->msg);
        return QW_EXIT_ENVIRONMENT;
    }
    if (qw_engine_probe_harmless(value_of(enabling, ENGINE), enabling->plugin, &probe, err)) {
        qw_log("the engine does not answer: %s; start it, or name its socket with --engine", err->msg);
        return QW_EXIT_ENVIRONMENT;
    }
    return QW_EXIT_YES;
}

/* ---- the engine ---- */

/* Does the engine do what it should, with the plugin on? If not, err says what it does. */
static bool is_guarded(struct enabling *enabling)
{
    const char *engine = value_of(enabling, ENGINE);
    struct qw_err *err = &enabling->err;
    struct qw_probe probe;

    if (qw_engine_probe_dangerous(engine, enabling->plugin, &probe, err))
        return false;
    if (probe.heard != QW_HEARD_DENIAL) {
        qw_fail(err, QW_E_IO, "a privileged container is not denied by the plugin; the engine says %d: %s",
                probe.status, probe.message);
        return false;
    }
    if (qw_engine_probe_harmless(engine, enabling->plugin, &probe, err))
        return false;
    if (probe.heard != QW_HEARD_ENGINE || probe.status != 200) {
        qw_fail(err, QW_E_IO, "GET /_ping does not pass; the engine says %d: %s", probe.status, probe.message);
        return false;
    }
    return true;
}

static int reload(struct enabling *enabling)
{
    struct qw_err *err = &enabling->err;

    if (qw_engine_reload(&enabling->engine, err))
        return -1;
    for (int left_ms = QW_ENGINE_TIMEOUT_MS; left_ms >= 0; left_ms -= QW_ENGINE_POLL_MS) {
        if (qw_engine_has_ended(&enabling->engine))
            return qw_fail(err, QW_E_IO, "the engine, process %d, has ended", (int)enabling->engine.pid);
        if (is_guarded(enabling))
            return 0;
        qw_engine_pause();
    }
    return -1;
}

/* Does the engine answer by itself again? */
static bool is_as_before(struct enabling *enabling)
{
    struct qw_probe probe;
    struct qw_err ignored;

    for (int left_ms = QW_ENGINE_TIMEOUT_MS; left_ms >= 0; left_ms -= QW_ENGINE_POLL_MS) {
        if (qw_engine_has_ended(&enabling->engine))
            return false;
        if (qw_engine_probe_dangerous(value_of(enabling, ENGINE), enabling->plugin, &probe, &ignored) == 0 &&
            probe.heard == QW_HEARD_ENGINE)
            return true;
        qw_engine_pause();
    }
    return false;
}

static int roll_back(struct enabling *enabling)
{
    struct qw_engine_config *config = &enabling->config;
    struct qw_err err;

    qw_log("not enabled: %s; the engine's log may say why (journalctl -u docker)", enabling->err.msg);
    if (!config->changed)
        return QW_EXIT_NO;
    if (qw_engine_config_undo(config, &err)) {
        qw_log("%s; take \"%s\" out of it by hand", err.msg, enabling->plugin);
        return QW_EXIT_ENVIRONMENT;
    }
    if (qw_engine_has_ended(&enabling->engine) || qw_engine_reload(&enabling->engine, &err) ||
        !is_as_before(enabling)) {
        qw_log("%s says what it said before; the engine has to be started again (systemctl restart docker)",
               config->path);
        return QW_EXIT_ENVIRONMENT;
    }
    if (qw_engine_config_restore(config, &err))
        return say(&err, QW_EXIT_ENVIRONMENT);
    qw_log("%s and the engine are as they were", config->path);
    return QW_EXIT_NO;
}

/* Between the file and the proof nobody interrupts: half of it could lock everybody out. */
static void hold_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
}

static int switch_on(struct enabling *enabling)
{
    struct qw_engine_config *config = &enabling->config;
    const bool named = qw_engine_config_names(config, enabling->plugin);

    if (named && !config->changed && is_guarded(enabling)) {
        printf("%s names %s already, and the engine asks it.\n", config->path, enabling->plugin);
        return QW_EXIT_YES;
    }
    hold_signals();
    if (config->changed && qw_engine_config_write(config, &enabling->err))
        return say(&enabling->err, QW_EXIT_ENVIRONMENT);
    if (reload(enabling))
        return roll_back(enabling);
    printf("Enabled: %s names %s, and the engine asks it: GET /_ping passes, a privileged container does not.\n",
           config->path, enabling->plugin);
    if (value_of(enabling, BUILDS))
        printf("Restart the engine (systemctl restart docker) to keep builds from the host's network: it reads "
               "that setting only when it starts.\n");
    printf("What the engine lets through unasked: quaywarden status\n");
    return QW_EXIT_YES;
}

static int enable(struct enabling *enabling)
{
    int code = check_policy(enabling);

    if (code == QW_EXIT_YES)
        code = plan(enabling);
    if (code == QW_EXIT_YES)
        code = check_plugin(enabling);
    if (code == QW_EXIT_YES)
        code = check_engine(enabling);
    return code == QW_EXIT_YES ? switch_on(enabling) : code;
}

int qw_run_enable(const struct qw_arguments *arguments)
{
    struct enabling enabling = {.arguments = arguments, .plugin = arguments->values[NAME], .engine.pidfd = -1};
    int code;

    if (!qw_plug_is_name(enabling.plugin))
        return qw_usage_error(qw_command_find("enable"), "--name is a word of letters, digits, _, . and -, not \"%s\"",
                              enabling.plugin);
    code = enable(&enabling);
    qw_policy_unref(enabling.policy);
    qw_engine_config_fini(&enabling.config);
    qw_fd_drop(&enabling.engine.pidfd);
    return code;
}

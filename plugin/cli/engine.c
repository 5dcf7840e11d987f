/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Source: moby cmd/dockerd/daemon.go (reload), daemon/config (conflicts), pkg/authorization (messages). */
#include "engine.h"
#include "json_edit.h"
#include "quaywarden/client.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <time.h>

#define PID_FILE       "/run/docker.pid"
#define DEFAULT_CONFIG "/etc/docker/daemon.json"
#define COMMAND_MAX    ((size_t)64 << 10)

void qw_engine_pause(void)
{
    const struct timespec pause = {.tv_nsec = QW_ENGINE_POLL_MS * 1000000L};

    nanosleep(&pause, NULL);
}

/* ---- its process ---- */

/* What a file of /proc holds, which has no size: less than size bytes, NUL-terminated. -1 where it cannot be read. */
static ssize_t read_proc(pid_t pid, const char *name, char *out, size_t size)
{
    char path[64];
    QW_AUTO(fd) int fd = -1;
    size_t len = 0;
    ssize_t got = 1;

    snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    while (len < size - 1 && (got = read(fd, out + len, size - 1 - len)) > 0)
        len += (size_t)got;
    out[len] = '\0';
    return got < 0 ? -1 : (ssize_t)len;
}

static int read_pid(const char *file, pid_t *out, struct qw_err *err)
{
    QW_AUTO(heap) char *text = NULL;
    size_t len;
    int64_t pid;

    if (qw_file_read(file, 64, &text, &len, err))
        return qw_err_wrap(err, "the engine's pid file");
    if (!qw_bytes_to_int(qw_bytes_trim((struct qw_bytes){text, len}), &pid) || pid < 1 || pid > INT32_MAX)
        return qw_fail(err, QW_E_IO, "the engine's pid file: %s: not a process number", file);
    *out = (pid_t)pid;
    return 0;
}

static int check_name(const char *file, pid_t pid, struct qw_err *err)
{
    char name[64];

    if (read_proc(pid, "comm", name, sizeof(name)) < 0)
        return qw_fail(err, QW_E_IO, "the engine's pid file: %s: process %d does not run", file, (int)pid);
    name[strcspn(name, "\n")] = '\0';
    if (strcmp(name, "dockerd") != 0)
        return qw_fail(err, QW_E_IO, "the engine's pid file: %s: process %d is \"%s\", not dockerd", file, (int)pid,
                       name);
    return 0;
}

/* The value of --name VALUE, --name=VALUE, -n VALUE or -nVALUE, "" for one that is missing; NULL: not there. */
static const char *find_flag(const char *command, size_t len, const char *name)
{
    const size_t name_len = strlen(name);
    const char *found = NULL;

    for (const char *word = command; word < command + len; word += strlen(word) + 1) {
        if (strncmp(word, name, name_len) != 0)
            continue;
        if (word[name_len] == '=')
            found = word + name_len + 1;
        else if (!word[name_len])
            found = word + name_len + 1 < command + len ? word + name_len + 1 : "";
        else if (name[1] != '-')
            found = word + name_len;
    }
    return found;
}

static bool is_same_file(const char *a, const char *b)
{
    struct stat one, other;

    if (stat(a, &one) || stat(b, &other))
        return strcmp(a, b) == 0;
    return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/* dockerd refuses a setting that its command line and its file both give: now, and when it starts again. */
static int check_command(pid_t pid, const struct qw_engine_config *config, struct qw_err *err)
{
    static const char *const hosts_path[] = {"hosts", NULL};
    char command[COMMAND_MAX];
    const ssize_t got = read_proc(pid, "cmdline", command, sizeof(command));
    const size_t len = got > 0 ? (size_t)got : 0;
    QW_AUTO(heap) char *file = NULL;
    const char *given = find_flag(command, len, "--config-file");

    if (got < 0)
        return qw_fail(err, QW_E_IO, "the engine, process %d: its command line cannot be read", (int)pid);
    if (given && *given != '/' && asprintf(&file, "/proc/%d/cwd/%s", (int)pid, given) < 0)
        return qw_fail(err, QW_E_NOMEM, "out of memory");
    if (!is_same_file(file ? file : given ? given : DEFAULT_CONFIG, config->target))
        return qw_fail(err, QW_E_BUSY, "the engine, process %d, reads %s, not %s: name it with --engine-config",
                       (int)pid, given ? given : DEFAULT_CONFIG, config->path);
    if (find_flag(command, len, "--authorization-plugin"))
        return qw_fail(err, QW_E_BUSY,
                       "the engine, process %d, has --authorization-plugin on its command line, and refuses to have it "
                       "in %s too: take it off the command line (systemctl edit docker) and restart the engine",
                       (int)pid, config->path);
    if (qw_json_find(config->root, hosts_path) && (find_flag(command, len, "--host") || find_flag(command, len, "-H")))
        return qw_fail(err, QW_E_BUSY,
                       "the engine, process %d, has -H on its command line, and refuses \"hosts\" in %s: leave one of "
                       "them and restart the engine",
                       (int)pid, config->path);
    return 0;
}

int qw_engine_find(const char *pid_file, const struct qw_engine_config *config, struct qw_engine *out,
                   struct qw_err *err)
{
    static const char *const pid_path[] = {"pidfile", NULL};
    const struct qw_json *set = qw_json_find(config->root, pid_path);
    char path[4096];

    *out = (struct qw_engine){.pidfd = -1};
    if (pid_file)
        snprintf(path, sizeof(path), "%s", pid_file);
    else if (set && set->type == QW_JSON_STRING)
        snprintf(path, sizeof(path), QW_BYTES_FMT, QW_BYTES_ARG(set->text));
    else
        snprintf(path, sizeof(path), PID_FILE);
    if (read_pid(path, &out->pid, err))
        return -1;
    /* The descriptor first: what is found out after it is true of the process that it stands for. */
    out->pidfd = pidfd_open(out->pid, 0);
    if (out->pidfd < 0)
        return qw_fail(err, QW_E_IO, "the engine's pid file: %s: process %d does not run", path, (int)out->pid);
    return check_name(path, out->pid, err) || check_command(out->pid, config, err) ? -1 : 0;
}

int qw_engine_reload(const struct qw_engine *engine, struct qw_err *err)
{
    if (pidfd_send_signal(engine->pidfd, SIGHUP, NULL, 0) == 0)
        return 0;
    return qw_fail(err, QW_E_IO, "the engine, process %d, cannot be told to reload: %s", (int)engine->pid,
                   strerror(errno));
}

bool qw_engine_has_ended(const struct qw_engine *engine)
{
    struct pollfd wait = {engine->pidfd, POLLIN, 0};

    return poll(&wait, 1, 0) == 1;
}

/* ---- what it answers ---- */

static void copy_shown(struct qw_bytes text, char *out, size_t size)
{
    QW_AUTO(buf) struct qw_buf shown = {0};

    qw_buf_add_shown(&shown, text, size - 16);
    snprintf(out, size, QW_BYTES_FMT, QW_BYTES_ARG(qw_buf_bytes(&shown)));
}

static void read_message(const struct qw_client_answer *answer, const char *plugin, struct qw_probe *out)
{
    static const char *const message_path[] = {"message", NULL};
    QW_AUTO(arena) struct qw_arena *arena = qw_arena_new();
    const struct qw_json *root = NULL;
    const struct qw_json *message = NULL;
    struct qw_err ignored;
    char denied[256], failed[256];

    if (arena && qw_json_parse(qw_buf_bytes(&answer->body), arena, &root, &ignored) == 0)
        message = qw_json_find(root, message_path);
    if (!message || message->type != QW_JSON_STRING) {
        copy_shown(qw_bytes_trim(qw_buf_bytes(&answer->body)), out->message, sizeof(out->message));
        return;
    }
    copy_shown(message->text, out->message, sizeof(out->message));
    snprintf(denied, sizeof(denied), "authorization denied by plugin %s:", plugin);
    snprintf(failed, sizeof(failed), "plugin %s failed with error:", plugin);
    if (qw_bytes_starts(message->text, denied))
        out->heard = QW_HEARD_DENIAL;
    else if (qw_bytes_starts(message->text, failed))
        out->heard = QW_HEARD_FAILURE;
}

static int probe(const char *socket, const char *plugin, const char *method, const char *target, struct qw_bytes body,
                 struct qw_probe *out, struct qw_err *err)
{
    struct qw_client_answer answer = {0};
    const int result = qw_client_ask(socket, method, target, body, QW_ENGINE_TIMEOUT_MS, &answer, err);

    *out = (struct qw_probe){.heard = QW_HEARD_ENGINE, .status = answer.status};
    if (result == 0 && answer.status / 100 != 2)
        read_message(&answer, plugin, out);
    qw_buf_fini(&answer.body);
    return result;
}

int qw_engine_probe_harmless(const char *socket, const char *plugin, struct qw_probe *out, struct qw_err *err)
{
    return probe(socket, plugin, "GET", "/_ping", (struct qw_bytes){NULL, 0}, out, err);
}

int qw_engine_probe_dangerous(const char *socket, const char *plugin, struct qw_probe *out, struct qw_err *err)
{
    /* An image is the hash of what it holds: nothing has this one. */
    static const char body[] = "{\"Image\":\"sha256:0000000000000000000000000000000000000000000000000000000000000000\","
                               "\"HostConfig\":{\"Privileged\":true,\"Binds\":[\"/:/host\"]}}";

    return probe(socket, plugin, "POST", "/containers/create", QW_LIT(body), out, err);
}

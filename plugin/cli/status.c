/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plugin's figures, and what the engine lets through unasked. It changes nothing and asks for what hurts nobody. */
#include "command.h"
#include "engine.h"
#include "json_edit.h"
#include "plug.h"
#include "quaywarden/facts.h"
#include "unasked.h"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>

enum { NAME, SOCKET, ENGINE, ENGINE_CONFIG, PID_FILE, JSON };

const struct qw_option qw_status_options[] = {
    [NAME] = {"name", 0, "NAME", "quaywarden", "what the engine calls the plugin"},
    [SOCKET] = {"socket", 0, "PATH", "/run/docker/plugins/quaywarden.sock", "where the plugin answers"},
    [ENGINE] = {"engine", 0, "SOCKET", "/run/docker.sock", "the engine's socket"},
    [ENGINE_CONFIG] = {"engine-config", 0, "FILE", "/etc/docker/daemon.json", "the engine's configuration"},
    [PID_FILE] = {"pid-file", 0, "FILE", "/run/docker.pid", "the engine's pid file"},
    [JSON] = {"json", 0, NULL, NULL, "JSON instead of text"},
    {0},
};

/* What a run finds, in the order in which it is found. */
struct finding {
    const struct qw_arguments *arguments;
    struct qw_arena *arena;
    struct qw_bytes figures;      /* of the plugin, JSON; .data is NULL: it does not answer */
    const struct qw_json *plugin; /* the same, or NULL */
    struct qw_standing standing;
    struct qw_err plugin_err;
    struct qw_err engine_err; /* code QW_E_NONE: it answered */
};

/* ---- the plugin ---- */

static struct qw_bytes text_at(const struct qw_json *root, const char *first, const char *second)
{
    const char *const path[] = {first, second, NULL};
    const struct qw_json *value = qw_json_find(root, path);

    return value && (value->type == QW_JSON_STRING || value->type == QW_JSON_NUMBER) ? value->text
                                                                                     : (struct qw_bytes){"?", 1};
}

static int64_t number_at(const struct qw_json *root, const char *first, const char *second)
{
    int64_t number;

    return qw_bytes_to_int(text_at(root, first, second), &number) ? number : 0;
}

static void ask_plugin(struct finding *finding)
{
    struct qw_standing *standing = &finding->standing;

    if (qw_plug_status(finding->arguments->values[SOCKET], finding->arena, &finding->figures, &finding->plugin,
                       &finding->plugin_err)) {
        finding->plugin = NULL;
        return;
    }
    standing->warn_mode = qw_bytes_is(text_at(finding->plugin, "policy", "mode"), "warn") ? QW_YES : QW_NO;
}

/* ---- the engine ---- */

/* A question to the engine makes it ask the plugin, if it asks it at all, and the plugin counts. */
static void see_whether_it_asks(struct finding *finding)
{
    const struct qw_json *after;
    struct qw_bytes text;
    struct qw_err ignored;

    if (!finding->plugin || qw_plug_status(finding->arguments->values[SOCKET], finding->arena, &text, &after, &ignored))
        return;
    finding->standing.asks =
        number_at(after, "requests", NULL) > number_at(finding->plugin, "requests", NULL) ? QW_YES : QW_NO;
}

static void read_version(struct finding *finding, struct qw_bytes body)
{
    struct qw_standing *standing = &finding->standing;
    const struct qw_json *root;
    struct qw_bytes version;
    struct qw_err ignored;

    if (qw_json_parse(body, finding->arena, &root, &ignored))
        return;
    version = text_at(root, "Version", NULL);
    snprintf(standing->version, sizeof(standing->version), QW_BYTES_FMT, QW_BYTES_ARG(version));
    if (sscanf(standing->version, "%d.%d.%d", &standing->major, &standing->minor, &standing->patch) < 2)
        standing->version[0] = '\0';
}

static void ask_engine(struct finding *finding)
{
    const char *socket = finding->arguments->values[ENGINE];
    struct qw_client_answer answer = {0};

    if (qw_client_ask(socket, "GET", "/version", (struct qw_bytes){NULL, 0}, QW_ENGINE_TIMEOUT_MS, &answer,
                      &finding->engine_err) == 0) {
        if (answer.status == 200)
            read_version(finding, qw_buf_bytes(&answer.body));
        see_whether_it_asks(finding);
    }
    qw_buf_fini(&answer.body);
}

/* The preface of HTTP/2 and an empty SETTINGS frame: who speaks it answers with a SETTINGS frame (RFC 9113, 3.4). */
static void probe_http2(struct finding *finding)
{
    static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0";
    enum { FRAME_HEAD = 9, TYPE_AT = 3, SETTINGS = 4, WAIT_MS = 2000 };
    QW_AUTO(buf) struct qw_buf in = {0};
    struct qw_err ignored;

    if (qw_client_exchange(finding->arguments->values[ENGINE], QW_LIT(preface), FRAME_HEAD, WAIT_MS, &in, &ignored))
        return;
    if (in.len >= FRAME_HEAD && in.data[TYPE_AT] == SETTINGS)
        finding->standing.http2 = QW_YES;
    else if (qw_bytes_starts(qw_buf_bytes(&in), "HTTP/1."))
        finding->standing.http2 = QW_NO;
}

/* By owner and mode alone: who is let in by an access control list is let in by the group's bits, too. */
static void look_at_socket(struct finding *finding)
{
    char *out = finding->standing.open_to;
    const size_t size = sizeof(finding->standing.open_to);
    const char *path = finding->arguments->values[ENGINE];
    struct stat st;

    if (stat(strncmp(path, "unix://", 7) == 0 ? path + 7 : path, &st)) {
        if (finding->engine_err.code == QW_E_NONE)
            snprintf(out, size, "every user of this machine");
    } else if (st.st_mode & S_IWOTH) {
        snprintf(out, size, "everybody");
    } else if (st.st_mode & S_IWGRP && st.st_gid != 0) {
        const struct group *group = getgrgid(st.st_gid);

        snprintf(out, size, "the group %.40s", group ? group->gr_name : "of an unknown name");
    } else if (st.st_uid != 0) {
        const struct passwd *owner = getpwuid(st.st_uid);

        snprintf(out, size, "the user %.40s", owner ? owner->pw_name : "of an unknown name");
    }
}

static void read_config(struct finding *finding)
{
    const char *file = finding->arguments->values[ENGINE_CONFIG];
    struct qw_engine_config config;
    struct stat changed, started;
    struct qw_err ignored;

    if (qw_engine_config_read(file, &config, &ignored) == 0)
        finding->standing.named = qw_engine_config_names(&config, finding->arguments->values[NAME]) ? QW_YES : QW_NO;
    qw_engine_config_fini(&config);
    finding->standing.confines_builds = qw_engine_file_confines_builds(file, finding->arena);
    /* The engine writes its pid file when it starts. */
    finding->standing.config_is_newer = stat(file, &changed) == 0 &&
                                        stat(finding->arguments->values[PID_FILE], &started) == 0 &&
                                        changed.st_mtime > started.st_mtime;
}

/* ---- telling ---- */

static const char *word_of(enum qw_answer answer)
{
    static const char *const words[] = {[QW_UNKNOWN] = "null", [QW_NO] = "false", [QW_YES] = "true"};

    return words[answer];
}

static void print_json(const struct finding *finding)
{
    const struct qw_standing *standing = &finding->standing;
    QW_AUTO(buf) struct qw_buf out = {0};
    const char *comma = "";

    qw_buf_add_text(&out, "{\"plugin\":");
    qw_buf_add_bytes(&out, finding->plugin ? qw_bytes_trim(finding->figures) : QW_LIT("null"));
    qw_buf_printf(&out,
                  ",\"engine\":{\"answers\":%s,\"version\":", finding->engine_err.code == QW_E_NONE ? "true" : "false");
    if (standing->version[0])
        qw_buf_add_json(&out, qw_bytes_of(standing->version));
    else
        qw_buf_add_text(&out, "null");
    qw_buf_printf(&out,
                  ",\"asks\":%s,\"named\":%s,\"http2\":%s,\"confines_builds\":%s,\"open_to\":", word_of(standing->asks),
                  word_of(standing->named), word_of(standing->http2), standing->confines_builds ? "true" : "false");
    qw_buf_add_json(&out, qw_bytes_of(standing->open_to));
    qw_buf_add_text(&out, "},\"unasked\":[");
    for (size_t i = 0; i < qw_unasked_count; i++) {
        if (!qw_unasked[i].holds(standing))
            continue;
        qw_buf_printf(&out, "%s{\"id\":\"%s\",\"text\":", comma, qw_unasked[i].id);
        qw_buf_add_json(&out, qw_bytes_of(qw_unasked[i].text));
        qw_buf_add_text(&out, "}");
        comma = ",";
    }
    qw_buf_add_text(&out, "]}\n");
    fwrite(out.data, 1, out.len, stdout);
}

/* As people say it: 90061 is "1 d 1 h". */
static void print_span(const char *before, int64_t seconds)
{
    static const struct {
        int64_t seconds;
        const char *unit;
    } units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
    size_t i = 0;

    while (i + 1 < QW_COUNT(units) && seconds < units[i].seconds)
        i++;
    printf("%s%lld %s", before, (long long)(seconds / units[i].seconds), units[i].unit);
    if (i + 1 < QW_COUNT(units) && seconds % units[i].seconds >= units[i + 1].seconds)
        printf(" %lld %s", (long long)(seconds % units[i].seconds / units[i + 1].seconds), units[i + 1].unit);
}

static void print_plugin(const struct qw_json *plugin)
{
    printf("plugin       quaywarden " QW_BYTES_FMT ", process %lld", QW_BYTES_ARG(text_at(plugin, "version", NULL)),
           (long long)number_at(plugin, "pid", NULL));
    print_span(", up ", number_at(plugin, "uptime_s", NULL));
    printf("\npolicy       " QW_BYTES_FMT ", mode " QW_BYTES_FMT, QW_BYTES_ARG(text_at(plugin, "policy", "file")),
           QW_BYTES_ARG(text_at(plugin, "policy", "mode")));
    print_span(", in force for ", number_at(plugin, "policy", "age_s"));
    printf("\n             sha256 " QW_BYTES_FMT "\n", QW_BYTES_ARG(text_at(plugin, "policy", "sha256")));
    printf("requests     %lld: %lld allowed, %lld with a warning, %lld denied\n",
           (long long)number_at(plugin, "requests", NULL), (long long)number_at(plugin, "allowed", NULL),
           (long long)number_at(plugin, "warned", NULL), (long long)number_at(plugin, "denied", NULL));
    printf("audit        %lld records could not be written\n", (long long)number_at(plugin, "audit_failures", NULL));
    printf("reloads      %lld, and %lld refused\n", (long long)number_at(plugin, "reloads", NULL),
           (long long)number_at(plugin, "reloads_refused", NULL));
    printf("connections  %lld, %lld of them waiting for an answer\n", (long long)number_at(plugin, "connections", NULL),
           (long long)number_at(plugin, "answering", NULL));
    printf("look-ups     %lld, %lld of them without an answer; %lld requests wait for the engine\n",
           (long long)number_at(plugin, "lookups", NULL), (long long)number_at(plugin, "lookups_failed", NULL),
           (long long)number_at(plugin, "asking", NULL) + (long long)number_at(plugin, "queued", NULL));
}

static void print_engine(const struct finding *finding)
{
    static const char *const asks[] = {[QW_UNKNOWN] = "whether it asks the plugin is not known",
                                       [QW_NO] = "does not ask the plugin",
                                       [QW_YES] = "asks the plugin"};
    const struct qw_standing *standing = &finding->standing;

    printf("engine       %s%s, %s\n", standing->version[0] ? "Docker " : "",
           standing->version[0] ? standing->version : "does not say its version", asks[standing->asks]);
    printf("socket       %s: open to %s%s\n", finding->arguments->values[ENGINE],
           standing->open_to[0] ? standing->open_to : "root alone", standing->http2 == QW_YES ? "; speaks HTTP/2" : "");
}

/* A paragraph behind a dash, in lines of at most 100 bytes. */
static void print_wrapped(const char *text)
{
    const size_t width = 98;
    const char *before = "- ";

    while (*text) {
        size_t len = strlen(text);

        if (len > width)
            for (len = width; len > 1 && text[len] != ' ';)
                len--;
        printf("%s%.*s\n", before, (int)len, text);
        text += len + (text[len] == ' ');
        before = "  ";
    }
}

static void print_text(const struct finding *finding)
{
    if (finding->plugin)
        print_plugin(finding->plugin);
    if (finding->engine_err.code == QW_E_NONE)
        print_engine(finding);
    puts("\nWhat the engine lets through unasked, or does not show:");
    for (size_t i = 0; i < qw_unasked_count; i++)
        if (qw_unasked[i].holds(&finding->standing))
            print_wrapped(qw_unasked[i].text);
}

int qw_run_status(const struct qw_arguments *arguments)
{
    QW_AUTO(arena) struct qw_arena *arena = qw_arena_new();
    struct finding finding = {.arguments = arguments, .arena = arena};

    if (!arena)
        return QW_EXIT_ENVIRONMENT;
    ask_plugin(&finding);
    ask_engine(&finding);
    if (finding.engine_err.code == QW_E_NONE)
        probe_http2(&finding);
    look_at_socket(&finding);
    read_config(&finding);
    if (arguments->values[JSON])
        print_json(&finding);
    else
        print_text(&finding);
    if (!finding.plugin)
        qw_log("the plugin does not answer: %s", finding.plugin_err.msg);
    if (finding.engine_err.code != QW_E_NONE)
        qw_log("the engine does not answer: %s", finding.engine_err.msg);
    if (!finding.plugin || finding.engine_err.code != QW_E_NONE)
        return QW_EXIT_ENVIRONMENT;
    return finding.standing.asks == QW_YES ? QW_EXIT_YES : QW_EXIT_NO;
}

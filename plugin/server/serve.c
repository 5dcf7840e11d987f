/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The daemon: starts the parts, drives them from one thread, and ends them in order. */
#include "confine.h"

#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>

#define SECOND_NS         ((int64_t)1000000000)
#define DRAIN_NS          (5 * SECOND_NS)
#define LOOKUPS_NS        (SECOND_NS + QW_LOOKUPS_MS * SECOND_NS / 1000)
#define ACCEPT_AT_ONCE    64
#define DESCRIPTORS       8192 /* as many connections as are taken, and all else */
#define TRIM_AFTER_CLOSED 64

struct server {
    const struct qw_server_options *options;
    struct qw_listener listener;
    struct qw_court court;
    struct qw_http *http;
    struct qw_watch watch;
    int signals; /* descriptor */
    int64_t timeout_ns;
    int64_t next_tick_ns;
    bool out_of_descriptors; /* no accept until the next tick */
};

/* ---- the policy ---- */

/* NULL where it does not load; standard error then says why. */
static struct qw_policy *load_policy(struct server *server)
{
    struct qw_diagnostics diagnostics = {0};
    struct qw_policy *policy = NULL;
    struct qw_err err;

    qw_watch_take(&server->watch);
    if (qw_policy_file_is_safe(server->options->policy, &err)) {
        qw_log("%s", err.msg);
        return NULL;
    }
    if (qw_policy_load(server->options->policy, &policy, &diagnostics))
        policy = NULL;
    qw_diagnostics_print(&diagnostics, stderr);
    qw_diagnostics_fini(&diagnostics);
    return policy;
}

static int seat(struct server *server, struct qw_policy *policy, struct qw_err *err)
{
    struct qw_regime *regime = qw_regime_new(policy, server->options, server->listener.path, err);

    if (!regime)
        return -1;
    qw_court_seat(&server->court, regime);
    return 0;
}

static int reopen_trail(struct server *server, const struct qw_policy *policy, struct qw_err *err)
{
    size_t count;
    const char *const *destinations = qw_destinations(server->options, policy, &count);

    return qw_trail_reopen(server->court.trail, destinations, count, err);
}

/* All that may fail comes first, and the trail last of it. False: policy and trail stay as they are. */
static bool reload(struct server *server)
{
    struct qw_policy *policy = load_policy(server);
    struct qw_regime *regime;
    struct qw_err err;

    if (!policy) {
        qw_log("the policy is refused; the one in force stays");
        if (reopen_trail(server, server->court.regime->policy, &err))
            qw_log("the audit trail stays as it was: %s", err.msg);
        return false;
    }
    regime = qw_regime_new(policy, server->options, server->listener.path, &err);
    if (!regime) {
        qw_log("the policy is refused, the one in force stays: %s", err.msg);
        return false;
    }
    if (reopen_trail(server, policy, &err)) {
        qw_log("the policy is refused, the one in force stays: audit trail: %s (a folder without one so far takes a "
               "restart)",
               err.msg);
        qw_regime_unref(regime);
        return false;
    }
    qw_court_seat(&server->court, regime);
    qw_log("policy in force: %s, sha256 %s", server->options->policy, server->court.regime->policy->sha256);
    return true;
}

static void reload_for_systemd(struct server *server)
{
    sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)(qw_monotonic_ns() / 1000));
    qw_count(reload(server) ? &server->court.counts.reloads : &server->court.counts.reloads_refused);
    sd_notify(0, "READY=1");
}

/* ---- start ---- */

/* Before any thread: all inherit the mask, and signals are read from a descriptor. */
static int take_signals(struct qw_err *err)
{
    sigset_t set;
    int fd;

    signal(SIGPIPE, SIG_IGN); /* a reader of standard output that is gone */
    signal(SIGXFSZ, SIG_IGN); /* a record beyond the limit of a file's size is a failed write */
    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    if (pthread_sigmask(SIG_BLOCK, &set, NULL))
        return qw_fail(err, QW_E_IO, "signals cannot be blocked");
    fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return fd < 0 ? qw_fail(err, QW_E_IO, "signalfd: %s", strerror(errno)) : fd;
}

static void raise_descriptor_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= DESCRIPTORS)
        return;
    limit.rlim_cur = limit.rlim_max < DESCRIPTORS ? limit.rlim_max : DESCRIPTORS;
    if (setrlimit(RLIMIT_NOFILE, &limit))
        qw_log("the limit of open files stays: %s", strerror(errno));
}

/*
 * What a large message or many connections took goes back to the system: a fixed threshold, since glibc's own grows
 * with what is freed, and one heap, since malloc_trim does not give back the end of any other. Threads seldom meet
 * there: what a decision allocates is kept for the next one.
 */
static void keep_memory_small(void)
{
    mallopt(M_MMAP_THRESHOLD, 128 << 10);
    mallopt(M_ARENA_MAX, 1);
}

static int open_trail(struct server *server, const struct qw_policy *policy, struct qw_err *err)
{
    size_t count;
    const char *const *destinations = qw_destinations(server->options, policy, &count);

    return qw_trail_open(destinations, count, &server->court.trail, err) ? qw_err_wrap(err, "audit trail") : 0;
}

/* The socket comes before the trail, whose last line may be on its way while another server lives. */
static int start(struct server *server, struct qw_err *err)
{
    struct qw_policy *policy = load_policy(server);

    if (!policy)
        return QW_EXIT_INPUT;
    server->signals = take_signals(err);
    if (server->signals < 0 || qw_listener_open(server->options->socket, &server->listener, err) ||
        open_trail(server, policy, err)) {
        qw_policy_unref(policy);
        return QW_EXIT_ENVIRONMENT;
    }
    if (seat(server, policy, err) || qw_confine(server->options, policy, &server->listener, err) ||
        qw_http_start(&server->court, &server->http, err))
        return QW_EXIT_ENVIRONMENT;
    return 0;
}

/* ---- run ---- */

static void accept_some(struct server *server)
{
    for (int i = 0; i < ACCEPT_AT_ONCE; i++) {
        const int fd = accept4(server->listener.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

        if (fd >= 0) {
            qw_http_adopt(server->http, fd);
            continue;
        }
        server->out_of_descriptors = errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS;
        return;
    }
}

/* Memory of connections that are gone is scattered over the heap; one walk over it gives whole pages back. */
static void give_memory_back(struct qw_connections *connections)
{
    bool worth_it;

    pthread_mutex_lock(&connections->lock);
    worth_it = connections->closed >= TRIM_AFTER_CLOSED;
    if (worth_it)
        connections->closed = 0;
    pthread_mutex_unlock(&connections->lock);
    if (worth_it)
        malloc_trim(0);
}

static void tick(struct server *server)
{
    const int64_t now = qw_monotonic_ns();

    if (now < server->next_tick_ns)
        return;
    server->next_tick_ns = now + SECOND_NS;
    server->out_of_descriptors = false;
    qw_connections_sweep(qw_http_connections(server->http), now, server->timeout_ns);
    give_memory_back(qw_http_connections(server->http));
    if (qw_watch_changed(&server->watch))
        reload_for_systemd(server);
}

/* Waits for a connection or a signal; returns the signal or 0. */
static int wait_for_event(struct server *server, bool accepting, int64_t until_ns)
{
    const int64_t left_ns = until_ns - qw_monotonic_ns();
    struct pollfd events[] = {{server->signals, POLLIN, 0},
                              {accepting && !server->out_of_descriptors ? server->listener.fd : -1, POLLIN, 0}};
    struct signalfd_siginfo info;

    if (poll(events, QW_COUNT(events), left_ns > 0 ? (int)((left_ns + 999999) / 1000000) : 0) <= 0)
        return 0;
    if (events[1].revents)
        accept_some(server);
    if (events[0].revents && read(server->signals, &info, sizeof(info)) == sizeof(info))
        return (int)info.ssi_signo;
    return 0;
}

static void run(struct server *server)
{
    for (;;) {
        const int signal_number = wait_for_event(server, true, server->next_tick_ns);

        if (signal_number == SIGTERM || signal_number == SIGINT)
            return;
        if (signal_number == SIGHUP)
            reload_for_systemd(server);
        tick(server);
    }
}

/* ---- end ---- */

/*
 * What waits for the engine first: the engine asks about our own questions, and perhaps on a new connection, so that
 * for these everything has to be as ever.
 */
static void finish_lookups(struct server *server)
{
    const int64_t deadline = qw_monotonic_ns() + LOOKUPS_NS;

    while (qw_http_asks(server->http) && qw_monotonic_ns() < deadline)
        wait_for_event(server, true, qw_monotonic_ns() + SECOND_NS / 100);
}

/*
 * Who is connected, or in our own socket's queue, gets his answer; systemd's queue is for the next server. It is over
 * when two looks in a row find nothing, since a connection just accepted is not on the list at once.
 */
static void drain(struct server *server)
{
    const int64_t deadline = qw_monotonic_ns() + DRAIN_NS;
    int quiet = 0;

    qw_listener_unlink(&server->listener);
    qw_http_drain(server->http);
    while (quiet < 2 && qw_monotonic_ns() < deadline) {
        wait_for_event(server, !server->listener.inherited, qw_monotonic_ns() + SECOND_NS / 100);
        quiet = qw_connections_busy(qw_http_connections(server->http)) ? 0 : quiet + 1;
    }
    if (quiet < 2)
        qw_log("ended with requests under way, which did not finish in time");
}

static void end(struct server *server)
{
    qw_http_stop(server->http);
    qw_listener_unlink(&server->listener);
    qw_listener_close(&server->listener);
    qw_court_fini(&server->court);
    qw_fd_drop(&server->signals);
}

int qw_serve(const struct qw_server_options *options)
{
    const unsigned timeout_s = options->request_timeout_s ? options->request_timeout_s : QW_REQUEST_TIMEOUT_S;
    struct server server = {
        .options = options,
        .listener.fd = -1,
        .watch.path = options->policy,
        .signals = -1,
        .timeout_ns = (int64_t)timeout_s * SECOND_NS,
        .next_tick_ns = qw_monotonic_ns() + SECOND_NS,
    };
    struct qw_err err = {0};
    int code;

    keep_memory_small();
    raise_descriptor_limit();
    qw_court_init(&server.court, options);
    code = start(&server, &err);
    if (code == 0) {
        qw_log("serving on %s, policy %s, sha256 %s", server.listener.path ? server.listener.path : "systemd's socket",
               options->policy, server.court.regime->policy->sha256);
        sd_notify(0, "READY=1");
        run(&server);
        sd_notify(0, "STOPPING=1");
        finish_lookups(&server);
        drain(&server);
    } else if (err.code != QW_E_NONE) {
        qw_log("%s", err.msg);
    }
    end(&server);
    return code;
}

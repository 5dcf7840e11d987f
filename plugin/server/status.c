/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The server's figures, for who may open its socket. quaywarden(8) names the fields. */
#include "parts.h"

static void add_text(struct qw_buf *out, const char *name, const char *value)
{
    qw_buf_printf(out, "\"%s\":", name);
    if (value)
        qw_buf_add_json(out, qw_bytes_of(value));
    else
        qw_buf_add_text(out, "null");
}

static void add_time(struct qw_buf *out, const char *name, time_t at)
{
    struct tm utc;
    char text[32] = "";

    gmtime_r(&at, &utc);
    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
    add_text(out, name, text);
}

static void add_count(struct qw_buf *out, const char *name, unsigned long long count)
{
    qw_buf_printf(out, ",\"%s\":%llu", name, count);
}

static void add_policy(struct qw_buf *out, const struct qw_regime *regime)
{
    add_text(out, "file", regime->policy->file);
    qw_buf_add_text(out, ",");
    add_text(out, "sha256", regime->policy->sha256);
    qw_buf_add_text(out, ",");
    add_text(out, "mode", regime->policy->warn_mode ? "warn" : "enforce");
    qw_buf_add_text(out, ",");
    add_time(out, "loaded", regime->since);
    qw_buf_printf(out, ",\"age_s\":%lld", (long long)(time(NULL) - regime->since));
}

static void add_counts(struct qw_buf *out, const struct qw_counts *counts)
{
    const unsigned long long allowed = atomic_load(&counts->outcomes[QW_OUTCOME_ALLOW]);
    const unsigned long long warned = atomic_load(&counts->outcomes[QW_OUTCOME_WARN]);
    const unsigned long long denied = atomic_load(&counts->outcomes[QW_OUTCOME_DENY]);

    add_count(out, "requests", allowed + warned + denied);
    add_count(out, "allowed", allowed);
    add_count(out, "warned", warned);
    add_count(out, "denied", denied);
    add_count(out, "audit_failures", atomic_load(&counts->audit_failures));
    add_count(out, "reloads", atomic_load(&counts->reloads));
    add_count(out, "reloads_refused", atomic_load(&counts->reloads_refused));
}

static void add_lookups(struct qw_buf *out, const struct qw_court *court)
{
    add_count(out, "lookups", atomic_load(&court->lookups.asked));
    add_count(out, "lookups_failed", atomic_load(&court->lookups.failed));
    add_count(out, "own_queries", atomic_load(&court->counts.own_queries));
}

void qw_status_write(struct qw_court *court, struct qw_connections *connections, struct qw_pool *pool,
                     struct qw_buf *out)
{
    struct qw_regime *regime = qw_court_regime(court);
    unsigned open, answering, waiting, running;

    qw_pool_count(pool, &waiting, &running);
    qw_connections_count(connections, &open, &answering); /* the one that asks is among them */
    qw_buf_add_text(out, "{");
    add_text(out, "version", QW_VERSION);
    qw_buf_printf(out, ",\"pid\":%d,", (int)getpid());
    add_time(out, "started", court->since);
    qw_buf_printf(out, ",\"uptime_s\":%lld,\"policy\":{", (long long)(time(NULL) - court->since));
    add_policy(out, regime);
    qw_buf_add_text(out, "}");
    add_counts(out, &court->counts);
    add_lookups(out, court);
    add_count(out, "connections", open - 1);
    add_count(out, "answering", answering - 1);
    add_count(out, "asking", running);
    add_count(out, "queued", waiting);
    qw_buf_add_text(out, "}\n");
    qw_regime_unref(regime);
}

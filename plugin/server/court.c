/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decides on a message, writes the record before the answer, and puts the answer into words. */
#include "parts.h"

#include <inttypes.h>
#include <time.h>

#define LARGE ((size_t)256 << 10) /* what a bench does not keep after a request */

/* What one decision needs besides the message; kept for the next one. There are as many as threads decide at once. */
struct qw_bench {
    struct qw_bench *next;
    struct qw_arena *arena;
    struct qw_buf record;
    struct qw_buf reasons;
    struct qw_decision decision;
};

static void bench_free(struct qw_bench *bench)
{
    qw_arena_free(bench->arena);
    qw_buf_fini(&bench->record);
    qw_buf_fini(&bench->reasons);
    free(bench);
}

int64_t qw_monotonic_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void qw_court_init(struct qw_court *court, const struct qw_server_options *options)
{
    *court = (struct qw_court){.options = options, .since = time(NULL)};
    court->lookups.engine = options->engine;
    pthread_mutex_init(&court->lock, NULL);
    pthread_mutex_init(&court->lookups.queries.lock, NULL);
}

void qw_court_fini(struct qw_court *court)
{
    while (court->benches) {
        struct qw_bench *next = court->benches->next;

        bench_free(court->benches);
        court->benches = next;
    }
    qw_regime_unref(court->regime);
    qw_trail_close(court->trail);
    pthread_mutex_destroy(&court->lookups.queries.lock);
    pthread_mutex_destroy(&court->lock);
}

void qw_court_seat(struct qw_court *court, struct qw_regime *regime)
{
    struct qw_regime *old;

    pthread_mutex_lock(&court->lock);
    old = court->regime;
    court->regime = regime;
    pthread_mutex_unlock(&court->lock);
    qw_regime_unref(old);
}

struct qw_regime *qw_court_regime(struct qw_court *court)
{
    struct qw_regime *regime;

    pthread_mutex_lock(&court->lock);
    regime = court->regime;
    atomic_fetch_add(&regime->references, 1);
    pthread_mutex_unlock(&court->lock);
    return regime;
}

/* NULL without memory. */
static struct qw_bench *sit_down(struct qw_court *court)
{
    struct qw_bench *bench;

    pthread_mutex_lock(&court->lock);
    bench = court->benches;
    if (bench)
        court->benches = bench->next;
    pthread_mutex_unlock(&court->lock);
    if (bench)
        return bench;
    bench = calloc(1, sizeof(*bench));
    if (bench)
        bench->arena = qw_arena_new();
    if (bench && bench->arena)
        return bench;
    free(bench);
    return NULL;
}

static void stand_up(struct qw_court *court, struct qw_bench *bench)
{
    qw_arena_reset(bench->arena);
    memset(&bench->decision, 0, sizeof(bench->decision));
    qw_buf_reset(&bench->record);
    qw_buf_reset(&bench->reasons);
    if (bench->record.cap > LARGE)
        qw_buf_fini(&bench->record);
    if (bench->reasons.cap > LARGE)
        qw_buf_fini(&bench->reasons);
    pthread_mutex_lock(&court->lock);
    bench->next = court->benches;
    court->benches = bench;
    pthread_mutex_unlock(&court->lock);
}

static void put_into_words(struct qw_bench *bench, const struct qw_policy *policy, struct qw_buf *answer)
{
    const struct qw_verdict *verdict = &bench->decision.verdict;
    const bool allow = verdict->outcome != QW_OUTCOME_DENY;

    qw_buf_reset(&bench->reasons);
    qw_buf_reset(answer);
    qw_verdict_explain(verdict, policy->contact, &bench->reasons);
    if (bench->reasons.failed)
        answer->failed = true;
    else
        qw_response_encode(allow, qw_buf_bytes(&bench->reasons), !allow && !verdict->understood, answer);
}

static bool is_to_be_recorded(const struct qw_policy *policy, const struct qw_decision *decision)
{
    const struct qw_action *action = decision->request.action;

    if (policy->record == QW_RECORD_ALL || decision->verdict.outcome != QW_OUTCOME_ALLOW)
        return true;
    return policy->record == QW_RECORD_CHANGES && (!action || action->effect == 'W');
}

static int record(struct qw_court *court, struct qw_bench *bench, const struct qw_policy *policy, int64_t start_ns,
                  struct qw_err *err)
{
    const bool sync = policy->sync == QW_SYNC_ALL ||
                      (policy->sync == QW_SYNC_DENIALS && bench->decision.verdict.outcome == QW_OUTCOME_DENY);

    qw_buf_reset(&bench->record);
    qw_decision_record(&bench->decision, policy, &bench->record);
    if (bench->record.failed)
        return qw_fail(err, QW_E_NOMEM, "out of memory");
    return qw_trail_write(court->trail, qw_buf_bytes(&bench->record), (qw_monotonic_ns() - start_ns) / 1000, sync, err);
}

/* A full disk fails with each request; the log hears of it now and then. */
static void complain(struct qw_court *court, const struct qw_policy *policy, const struct qw_err *err)
{
    const int64_t now = qw_monotonic_ns();
    bool silent;

    pthread_mutex_lock(&court->lock);
    silent = court->complained_ns && now - court->complained_ns < QW_COMPLAIN_NS;
    if (!silent)
        court->complained_ns = now;
    pthread_mutex_unlock(&court->lock);
    if (!silent)
        qw_log("the audit trail cannot be written, requests are %s: %s",
               policy->allow_on_audit_failure ? "answered without a record" : "denied", err->msg);
}

/* on-failure: deny. The record is tried again, for the destinations that have one of an allowed request. */
static void refuse_unrecorded(struct qw_court *court, struct qw_bench *bench, const struct qw_policy *policy,
                              int64_t start_ns, const struct qw_err *why, struct qw_buf *answer)
{
    const struct qw_bytes reason = qw_arena_printf(bench->arena, "the audit trail cannot be written: %s", why->msg);
    struct qw_err ignored;

    qw_decision_refuse(&bench->decision, bench->arena, QW_REFUSE_UNDECIDED,
                       reason.data ? reason.data : "the audit trail cannot be written");
    put_into_words(bench, policy, answer);
    (void)record(court, bench, policy, start_ns, &ignored);
}

/* The record before the answer, and the answer again where there is to be none without a record. */
static void conclude(struct qw_court *court, struct qw_bench *bench, const struct qw_policy *policy, int64_t start_ns,
                     struct qw_buf *answer)
{
    const struct qw_decision *decision = &bench->decision;
    struct qw_err err;

    put_into_words(bench, policy, answer);
    if (is_to_be_recorded(policy, decision) && record(court, bench, policy, start_ns, &err)) {
        qw_count(&court->counts.audit_failures);
        complain(court, policy, &err);
        if (!policy->allow_on_audit_failure && decision->verdict.outcome != QW_OUTCOME_DENY)
            refuse_unrecorded(court, bench, policy, start_ns, &err, answer);
    }
    qw_count(&court->counts.outcomes[decision->verdict.outcome]);
}

/* False where it has to be decided anew by somebody who may wait for the engine. */
static bool decide(struct qw_court *court, struct qw_bench *bench, const struct qw_hearing *hearing,
                   struct qw_asking *asking, struct qw_buf *answer)
{
    const struct qw_regime *regime = hearing->regime;
    struct qw_decision *decision = &bench->decision;

    qw_asking_init(asking, &regime->world);
    if (hearing->too_large)
        qw_decision_refuse(decision, bench->arena, QW_REFUSE_MALFORMED,
                           "the message is larger than the 16 MiB that are read");
    else
        qw_decide(regime->policy, &asking->world, hearing->message, bench->arena, decision);
    if (decision->deferred)
        return false;
    conclude(court, bench, regime->policy, hearing->began_ns, answer);
    return true;
}

/* Our own question to the engine: answered by no policy, and neither recorded nor counted among the requests. */
static bool answer_own(struct qw_court *court, struct qw_bench *bench, const struct qw_hearing *hearing,
                       struct qw_buf *answer)
{
    switch (qw_query_origin(&court->lookups.queries, hearing->message, bench->arena)) {
    case QW_FOREIGN:
        return false;
    case QW_OWN:
        qw_response_encode(true, QW_LIT(""), false, answer);
        break;
    case QW_OWN_LATE:
        qw_response_encode(false, QW_LIT("undecided: quaywarden does not wait for this answer any more"), false,
                           answer);
        break;
    }
    qw_count(&court->counts.own_queries);
    return true;
}

/* FNV-1a. Who makes his name collide with another's shares the other's places in the pool, and no more. */
static uint64_t number_of(const struct qw_identity *who)
{
    const struct qw_bytes parts[] = {who->user, who->via, who->issuer};
    uint64_t hash = 0xcbf29ce484222325;

    for (size_t i = 0; i < QW_COUNT(parts); i++) {
        for (size_t k = 0; k < parts[i].len; k++)
            hash = (hash ^ (unsigned char)parts[i].data[k]) * 0x100000001b3;
        hash = (hash ^ 0xff) * 0x100000001b3;
    }
    return hash;
}

bool qw_court_hear(struct qw_court *court, struct qw_hearing *hearing, struct qw_buf *answer)
{
    struct qw_bench *bench = sit_down(court);
    struct qw_asking asking = {.lookups = &court->lookups, .patience = QW_MAY_NOT_WAIT};
    bool decided = true;

    if (!bench) {
        answer->failed = true;
        return true;
    }
    hearing->began_ns = qw_monotonic_ns();
    if (!answer_own(court, bench, hearing, answer)) {
        hearing->regime = qw_court_regime(court);
        decided = decide(court, bench, hearing, &asking, answer);
        hearing->caller = decided ? 0 : number_of(&bench->decision.identity);
    }
    stand_up(court, bench);
    if (decided) {
        qw_regime_unref(hearing->regime);
        hearing->regime = NULL;
    }
    return decided;
}

void qw_court_resume(struct qw_court *court, struct qw_hearing *hearing, const char *trouble, struct qw_buf *answer)
{
    struct qw_bench *bench = sit_down(court);
    struct qw_asking asking = {
        .lookups = &court->lookups,
        .patience = QW_MAY_WAIT,
        .deadline_ns = hearing->began_ns + QW_LOOKUPS_MS * (int64_t)1000000,
        .trouble = trouble,
    };

    if (bench) {
        (void)decide(court, bench, hearing, &asking, answer); /* who may wait is never put off */
        stand_up(court, bench);
    } else {
        answer->failed = true;
    }
    qw_regime_unref(hearing->regime);
    hearing->regime = NULL;
}

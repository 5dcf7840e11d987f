/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Limits of memory, processors and processes, read as the engine reads them.
 * Source: moby daemon/daemon_unix.go, daemon/update_linux.go, container/container_unix.go, daemon/cluster/convert,
 * 20.10 to 28.5; runc libcontainer/cgroups.
 */
#include "check.h"

#define NANO           INT64_C(1000000000)
#define DEFAULT_PERIOD INT64_C(100000)         /* microseconds; the kernel's */
#define LEAST_NANO     (NANO / DEFAULT_PERIOD) /* less is a quota of no microsecond, which is no quota */

/* ---- what the three have in common ---- */

struct limit {
    const char *what;
    const char *field; /* where it would stand in a container's create body, and in a service's */
    const char *service_field;
    const char *flag; /* of the client, and the key of a compose file; those of services beside them */
    const char *key;
    const char *service_flag;
    const char *service_key;
    const char *(*shown)(struct qw_arena *arena, int64_t amount);
    int64_t usual; /* to suggest where the policy suggests nothing */
};

static const char *number_shown(struct qw_arena *arena, int64_t number)
{
    const struct qw_bytes text = qw_arena_printf(arena, "%lld", (long long)number);

    return text.data ? text.data : "";
}

static const struct limit memory_limit = {
    .what = "memory limit",
    .field = "HostConfig.Memory",
    .service_field = "TaskTemplate.Resources.Limits.MemoryBytes",
    .flag = "--memory",
    .key = "mem_limit",
    .service_flag = "--limit-memory",
    .service_key = "deploy.resources.limits.memory",
    .shown = qw_size_shown,
    .usual = INT64_C(512) << 20,
};

static const struct limit cpu_limit = {
    .what = "CPU limit",
    .field = "HostConfig.NanoCpus",
    .service_field = "TaskTemplate.Resources.Limits.NanoCPUs",
    .flag = "--cpus",
    .key = "cpus",
    .service_flag = "--limit-cpu",
    .service_key = "deploy.resources.limits.cpus",
    .shown = qw_cpus_shown,
    .usual = NANO,
};

static const struct limit pids_limit = {
    .what = "pids limit",
    .field = "HostConfig.PidsLimit",
    .service_field = "TaskTemplate.Resources.Limits.Pids",
    .flag = "--pids-limit",
    .key = "pids_limit",
    .service_flag = "--limit-pids",
    .service_key = "deploy.resources.limits.pids",
    .shown = number_shown,
    .usual = 256,
};

static bool is_required(const struct qw_check *check)
{
    return qw_check_setting(check, "required")->number != 0;
}

/* What to write: the flag and the key, with an amount that is accepted. */
static const char *way(const struct qw_check *check, const struct limit *limit, int64_t amount)
{
    const bool service = is_service(check);
    const char *flag = service ? limit->service_flag : limit->flag;
    const char *shown = limit->shown(check->arena, amount);
    struct qw_bytes text;

    if (is_payload(check, QW_PAYLOAD_BUILD))
        text = qw_arena_printf(check->arena, "%s %s", flag, shown); /* compose has no key for builds */
    else
        text = qw_arena_printf(check->arena, "%s %s (compose: %s: %s)", flag, shown,
                               service ? limit->service_key : limit->key, shown);
    return text.data ? text.data : "";
}

/* An amount to suggest that is within `max`. */
static int64_t suggestion(const struct qw_check *check, const struct limit *limit)
{
    int64_t amount;
    int64_t most;

    if (!qw_check_bounds(check, "suggest", &amount))
        amount = limit->usual;
    return qw_check_bounds(check, "max", &most) && amount > most ? most : amount;
}

/* "required, at most 2g: add --memory 512m (compose: mem_limit: 512m)" */
static const char *accepted(const struct qw_check *check, const struct limit *limit, const char *verb, const char *how)
{
    const char *required = is_required(check) ? "required" : "";
    struct qw_bytes text;
    int64_t most;

    if (qw_check_bounds(check, "max", &most))
        text = qw_arena_printf(check->arena, "%s%sat most %s: %s%s", required, *required ? ", " : "",
                               limit->shown(check->arena, most), verb, how);
    else
        text = qw_arena_printf(check->arena, "%s: %s%s", required, verb, how);
    return text.data ? text.data : "";
}

static void demand(struct qw_check *check, const struct limit *limit)
{
    if (is_required(check) && qw_check_makes_container(check))
        qw_missing(check, NULL, qw_check_field(check, limit->field, limit->service_field),
                   accepted(check, limit, "add ", way(check, limit, suggestion(check, limit))), "no %s is set",
                   limit->what);
}

/* A limit that is named and is none. how: what to write instead. */
static void judge_unlimited(struct qw_check *check, const struct limit *limit, const struct qw_fact *fact,
                            const char *how)
{
    int64_t most;

    if (is_required(check) || qw_check_bounds(check, "max", &most))
        qw_violate(check, NULL, fact, accepted(check, limit, "", how), "%lld is no %s", (long long)fact->number,
                   limit->what);
}

/* A number of at least `least` is a limit. */
static void judge_amount(struct qw_check *check, const struct limit *limit, const struct qw_fact *fact, int64_t least)
{
    int64_t most;

    if (fact->number < least)
        judge_unlimited(check, limit, fact, way(check, limit, suggestion(check, limit)));
    else if (qw_check_bounds(check, "max", &most) && fact->number > most)
        qw_violate(check, "max", fact, accepted(check, limit, "", way(check, limit, most)), "%s %s is more than %s",
                   limit->what, limit->shown(check->arena, fact->number), limit->shown(check->arena, most));
}

/* ---- memory ---- */

/* The smallest of the memory limits that are named, or 0. */
static int64_t least_memory(const struct qw_check *check)
{
    int64_t least = 0;

    for (const struct qw_fact *fact = facts_of(check, QW_F_MEMORY); fact; fact = fact->next) {
        if (fact->number > 0 && (!least || fact->number < least))
            least = fact->number;
    }
    return least;
}

/* What may be written for swap, where so much of it is accepted beyond memory. */
static const char *swap_accepted(const struct qw_check *check, int64_t most)
{
    const int64_t named = least_memory(check);
    int64_t memory = named ? named : suggestion(check, &memory_limit);
    const char *most_shown = qw_size_shown(check->arena, most);
    int64_t most_memory;
    struct qw_bytes text;

    if (most == INT64_MAX)
        return "limited: leave out --memory-swap (compose: memswap_limit)";
    if (qw_check_bounds(check, "max", &most_memory) && memory > most_memory)
        memory = most_memory;
    if (is_service(check)) {
        text =
            qw_arena_printf(check->arena, "at most %s: --memory-swap %s, by API 1.52 or newer", most_shown, most_shown);
    } else {
        const char *shown = qw_size_shown(check->arena, memory > INT64_MAX - most ? INT64_MAX : memory + most);

        text = qw_arena_printf(check->arena, "at most %s: --memory %s --memory-swap %s", most_shown,
                               qw_size_shown(check->arena, memory), shown);
        if (!is_payload(check, QW_PAYLOAD_BUILD))
            text =
                qw_arena_printf(check->arena, QW_BYTES_FMT " (compose: memswap_limit: %s)", QW_BYTES_ARG(text), shown);
    }
    return text.data ? text.data : "";
}

static void judge_swap(struct qw_check *check, const struct qw_fact *fact, int64_t most)
{
    const int64_t memory = is_service(check) ? 0 : least_memory(check);

    if (fact->number < 0)
        qw_violate(check, "swap", fact, swap_accepted(check, most), "unlimited swap is not allowed");
    else if (fact->number > memory && fact->number - memory > most)
        qw_violate(check, "swap", fact, swap_accepted(check, most), "%s of swap beyond memory is more than %s",
                   qw_size_shown(check->arena, fact->number - memory), qw_size_shown(check->arena, most));
}

/* Where only memory is limited, the engine gives as much swap again; an update leaves it as it was. */
static void judge_implied_swap(struct qw_check *check, int64_t most)
{
    const char *field = is_payload(check, QW_PAYLOAD_BUILD)
                            ? "query memswap"
                            : qw_check_field(check, "HostConfig.MemorySwap", "TaskTemplate.Resources.SwapBytes");
    const struct qw_fact *memory = facts_of(check, QW_F_MEMORY);

    while (memory && memory->number <= most)
        memory = memory->next;
    if (memory && !is_payload(check, QW_PAYLOAD_UPDATE))
        qw_missing(check, "swap", field, swap_accepted(check, most),
                   "no swap limit is set, which gives %s beyond memory", qw_size_shown(check->arena, memory->number));
}

static void judge_all_swap(struct qw_check *check)
{
    bool named = false;
    int64_t most;

    if (!qw_check_bounds(check, "swap", &most))
        return;
    for (const struct qw_fact *fact = facts_of(check, QW_F_MEMORY_SWAP); fact; fact = fact->next) {
        named = named || qw_check_counts(check, fact);
        judge_swap(check, fact, most);
    }
    if (!named)
        judge_implied_swap(check, most);
}

void qw_eval_memory_limit(struct qw_check *check)
{
    bool named = false;

    for (const struct qw_fact *fact = facts_of(check, QW_F_MEMORY); fact; fact = fact->next) {
        named = named || qw_check_counts(check, fact);
        judge_amount(check, &memory_limit, fact, 1);
    }
    if (!named)
        demand(check, &memory_limit);
    judge_all_swap(check);
}

/* ---- processors ---- */

/* The shortest period that a quota could be of; 0 where an update leaves the container's own, which is not known. */
static int64_t least_period(const struct qw_check *check)
{
    const bool update = is_payload(check, QW_PAYLOAD_UPDATE);
    bool named = false;
    int64_t least = 0;

    for (const struct qw_fact *fact = facts_of(check, QW_F_CPU_PERIOD); fact; fact = fact->next) {
        named = named || qw_check_counts(check, fact);
        if (fact->number > 0 && (!least || fact->number < least))
            least = fact->number;
    }
    if (!named && !update && (!least || least > DEFAULT_PERIOD))
        least = DEFAULT_PERIOD;
    return least;
}

/* In words of quota and period: an update cannot change them for CPUs. */
static const char *quota_way(const struct qw_check *check, int64_t nano_cpus)
{
    const long long quota = nano_cpus / LEAST_NANO;
    const struct qw_bytes text =
        qw_arena_printf(check->arena, "--cpu-period %lld --cpu-quota %lld%s", (long long)DEFAULT_PERIOD, quota,
                        is_payload(check, QW_PAYLOAD_BUILD) ? "" : " (compose: cpu_period, cpu_quota)");

    return text.data ? text.data : "";
}

static void judge_quota(struct qw_check *check, const struct qw_fact *fact)
{
    const int64_t period = least_period(check);
    int64_t most;

    if (fact->number < 1)
        judge_unlimited(check, &cpu_limit, fact, quota_way(check, suggestion(check, &cpu_limit)));
    else if (!qw_check_bounds(check, "max", &most))
        return;
    else if (!period)
        qw_violate(check, "max", fact, accepted(check, &cpu_limit, "", quota_way(check, most)),
                   "a CPU quota without its period is no known part of a CPU");
    else if ((__int128)fact->number * NANO > (__int128)most * period)
        qw_violate(check, "max", fact, accepted(check, &cpu_limit, "", quota_way(check, most)),
                   "a CPU quota of %lld in a period of %lld is more than %s CPUs", (long long)fact->number,
                   (long long)period, qw_cpus_shown(check->arena, most));
}

/* An update that names the period alone changes what the quota means. */
static void judge_lone_period(struct qw_check *check)
{
    const struct qw_fact *fact = facts_of(check, QW_F_CPU_PERIOD);
    int64_t most;

    if (fact && !facts_of(check, QW_F_CPU_QUOTA) && is_payload(check, QW_PAYLOAD_UPDATE) &&
        qw_check_bounds(check, "max", &most))
        qw_violate(check, "max", fact, accepted(check, &cpu_limit, "", quota_way(check, most)),
                   "a CPU period without its quota is no known part of a CPU");
}

/* Each is judged by itself: a quota of -1 beside NanoCpus takes the limit away when the container starts. */
void qw_eval_cpu_limit(struct qw_check *check)
{
    bool named = false;

    for (const struct qw_fact *fact = facts_of(check, QW_F_NANO_CPUS); fact; fact = fact->next) {
        named = named || qw_check_counts(check, fact);
        judge_amount(check, &cpu_limit, fact, LEAST_NANO);
    }
    for (const struct qw_fact *fact = facts_of(check, QW_F_CPU_QUOTA); fact; fact = fact->next) {
        named = named || qw_check_counts(check, fact);
        judge_quota(check, fact);
    }
    judge_lone_period(check);
    if (!named)
        demand(check, &cpu_limit);
}

/* ---- processes ---- */

/* The client writes 0 where no limit is asked for; only in an update does it take one away. */
void qw_eval_pids_limit(struct qw_check *check)
{
    bool named = false;

    for (const struct qw_fact *fact = facts_of(check, QW_F_PIDS_LIMIT); fact; fact = fact->next) {
        if (!fact->number && !is_payload(check, QW_PAYLOAD_UPDATE))
            continue;
        named = named || qw_check_counts(check, fact);
        judge_amount(check, &pids_limit, fact, 1);
    }
    if (!named)
        demand(check, &pids_limit);
}

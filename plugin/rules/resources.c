/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rest of what a container may take of the host: ulimits, shared memory, devices' bandwidth, processors by number,
 * real time, storage, and its place when memory runs out.
 * Source: moby daemon/oci_linux.go, daemon/daemon_unix.go, pkg/parsers, volume/mounts/linux_parser.go, 20.10 to 28.5;
 * Linux Documentation/filesystems/tmpfs.rst.
 */
#include "check.h"

#define ULIMIT_NAME_MAX 16

/* ---- ulimits ---- */

/*
 * Could the engine know the name? It makes capitals of it, and some letters beyond ASCII have theirs among ASCII's.
 */
static bool is_ulimit_name(struct qw_bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        const int letter = text.data[i] | 0x20;

        if (letter < 'a' || letter > 'z')
            return false;
    }
    return text.len && text.len <= ULIMIT_NAME_MAX;
}

/* The most that the policy gives this name, which the engine reads in any case; INT64_MAX where it says nothing. */
static int64_t most_of(const struct qw_value *max, struct qw_bytes name)
{
    for (size_t i = 0; i < max->item_count; i++) {
        if (qw_bytes_is_nocase(name, max->items[i].text))
            return max->items[i].range.high;
    }
    return INT64_MAX;
}

/* Negative numbers are the kernel's largest. Returns whether it reported something. */
static bool judge_ulimit_part(struct qw_check *check, const struct qw_fact *fact, const char *part, int64_t most)
{
    const struct qw_fact of_part = qw_fact_of_part(fact, part);
    const struct qw_bytes value = qw_fact_part(fact, part);
    const struct qw_bytes name = fact->text;
    int64_t number = 0; /* of what is absent */
    struct qw_bytes way;

    if (value.data && !qw_bytes_to_int(value, &number))
        number = INT64_MAX;
    if (number >= 0 && number <= most)
        return false;
    if (most == INT64_MAX)
        way = qw_arena_printf(check->arena, "any number but -1: --ulimit " QW_BYTES_FMT "=NUMBER (compose: ulimits)",
                              QW_BYTES_ARG(name));
    else
        way = qw_arena_printf(check->arena, "at most %lld: --ulimit " QW_BYTES_FMT "=%lld (compose: ulimits)",
                              (long long)most, QW_BYTES_ARG(name), (long long)most);
    if (number < 0)
        qw_violate(check, most == INT64_MAX ? NULL : "max", &of_part, way.data,
                   "an unlimited " QW_BYTES_FMT " is not allowed", QW_BYTES_ARG(name));
    else
        qw_violate(check, "max", &of_part, way.data, "ulimit " QW_BYTES_FMT " of %lld is more than %lld",
                   QW_BYTES_ARG(name), (long long)number, (long long)most);
    return true;
}

void qw_eval_ulimits(struct qw_check *check)
{
    const struct qw_value *max = qw_check_setting(check, "max");

    for (const struct qw_fact *fact = facts_of(check, QW_F_ULIMIT); fact && !max->any; fact = fact->next) {
        const int64_t most = most_of(max, fact->text);

        if (!is_ulimit_name(fact->text))
            qw_violate(check, NULL, fact, NULL, "%s is no ulimit that is known", qw_shown(check->arena, fact->text));
        else if (!judge_ulimit_part(check, fact, "hard", most))
            judge_ulimit_part(check, fact, "soft", most);
    }
}

/* ---- shared memory ---- */

static const char *shm_accepted(const struct qw_check *check, int64_t most)
{
    const char *shown = qw_size_shown(check->arena, most);
    struct qw_bytes text = QW_LIT("leave out --shm-size (compose: shm_size)");

    if (most)
        text = qw_arena_printf(check->arena, "at most %s: --shm-size %s (compose: shm_size: %s)", shown, shown, shown);
    return text.data ? text.data : "";
}

/* One word of a tmpfs's options: does it bound the size within most? 1 yes, -1 no, 0 where it says nothing of it. */
static int reads_as_bound(struct qw_bytes word, int64_t most)
{
    struct qw_bytes value = word;
    struct qw_bytes key;
    int64_t size;

    qw_bytes_split(&value, '=', &key);
    if (qw_bytes_is(key, "size"))
        return qw_size_read(value, &size) && size > 0 && size <= most ? 1 : -1;
    return qw_bytes_starts(word, "size") || qw_bytes_starts(word, "nr_blocks") ? -1 : 0;
}

/* As --tmpfs has it, "rw,size=64m", or as a mount's own part. Without a size it may take half of the host's memory. */
static bool is_bounded(struct qw_bytes options, struct qw_bytes part, int64_t most)
{
    int64_t size = 0;
    bool bounded = part.data && qw_bytes_to_int(part, &size) && size > 0 && size <= most;
    struct qw_bytes word;

    if (part.data && !bounded)
        return false;
    while (options.len && qw_bytes_split(&options, ',', &word)) {
        const int is = reads_as_bound(word, most);

        if (is < 0)
            return false;
        bounded = bounded || is;
    }
    return bounded;
}

/* Where a service's template leads is known on the node alone: it may be there. */
static bool is_shm(const struct qw_check *check, struct qw_bytes target)
{
    struct qw_bytes cleaned;

    if (is_service(check) && target.len && memmem(target.data, target.len, "{{", 2))
        return true;
    cleaned = qw_path_clean(target, check->arena);
    if (!cleaned.data && qw_bytes_starts(target, "/"))
        check->out->failed = true;
    return cleaned.data && qw_bytes_is(cleaned, "/dev/shm");
}

static void judge_tmpfs(struct qw_check *check, const struct qw_fact *fact, bool bounded, int64_t most)
{
    if (!bounded)
        qw_violate(check, "max", fact, shm_accepted(check, most), "a tmpfs on /dev/shm of %s or more is not allowed",
                   qw_size_shown(check->arena, most));
}

/* A tmpfs on /dev/shm stands in place of the engine's own, and so does a volume that the local driver makes of one. */
void qw_eval_shm_size(struct qw_check *check)
{
    int64_t most;

    if (!qw_check_bounds(check, "max", &most))
        return;
    for (const struct qw_fact *fact = facts_of(check, QW_F_SHM_SIZE); fact; fact = fact->next) {
        if (fact->number < 0 || fact->number > most)
            qw_violate(check, "max", fact, shm_accepted(check, most), "shared memory of %s is not allowed",
                       qw_size_shown(check->arena, fact->number));
    }
    for (const struct qw_fact *fact = facts_of(check, QW_F_TMPFS); fact; fact = fact->next) {
        if (is_shm(check, fact->text))
            judge_tmpfs(check, fact, is_bounded(qw_fact_part(fact, "options"), qw_fact_part(fact, "size"), most), most);
    }
    for (const struct qw_fact *fact = facts_of(check, QW_F_VOLUME); fact; fact = fact->next) {
        if (qw_bytes_is(qw_fact_part(fact, "option.type"), "tmpfs") && is_shm(check, qw_fact_part(fact, "target")))
            judge_tmpfs(check, fact, is_bounded(qw_fact_part(fact, "option.o"), (struct qw_bytes){NULL, 0}, most),
                        most);
    }
}

/* ---- bandwidth, and the place when memory runs out ---- */

void qw_eval_block_io(struct qw_check *check)
{
    for (const struct qw_fact *fact = facts_of(check, QW_F_BLKIO_DEVICE); fact; fact = fact->next)
        qw_violate(check, NULL, fact,
                   "leave out --blkio-weight-device, --device-read-bps and the like (compose: blkio_config)",
                   "bandwidth of host device %s is not allowed", qw_shown(check->arena, fact->text));
}

void qw_eval_oom_protection(struct qw_check *check)
{
    for (const struct qw_fact *fact = facts_of(check, QW_F_OOM_SCORE_ADJ); fact; fact = fact->next) {
        if (fact->number < 0)
            qw_violate(check, NULL, fact, "from 0 to 1000 for --oom-score-adj (compose: oom_score_adj)",
                       "OOM score %lld, which has others killed first, is not allowed", (long long)fact->number);
    }
    for (const struct qw_fact *fact = facts_of(check, QW_F_OOM_KILL_DISABLE); fact; fact = fact->next)
        qw_violate(check, NULL, fact, "leave out --oom-kill-disable (compose: oom_kill_disable)",
                   "a container that is not killed when memory runs out is not allowed");
}

/* ---- processors ---- */

static const struct qw_range *find_range(const struct qw_value *value, int64_t number)
{
    for (size_t i = 0; i < value->item_count; i++) {
        const struct qw_range *range = &value->items[i].range;

        if (number >= range->low && number <= range->high)
            return range;
    }
    return NULL;
}

/* Are all numbers of a range within the policy's, maybe several together? */
static bool covers(const struct qw_value *value, struct qw_range range)
{
    const struct qw_range *part = find_range(value, range.low);

    while (part && part->high < range.high)
        part = find_range(value, part->high + 1);
    return part != NULL;
}

/* "0-3,7", as the engine wants it; what it would refuse is not covered. */
static bool covers_list(const struct qw_value *value, struct qw_bytes list, int64_t most)
{
    struct qw_bytes piece;
    struct qw_range range;

    while (qw_bytes_split(&list, ',', &piece)) {
        if (!qw_range_read(piece, most, &range) || !covers(value, range))
            return false;
    }
    return true;
}

void qw_eval_cpu_pinning(struct qw_check *check)
{
    const struct qw_value *cpus = qw_check_setting(check, "cpus");
    const int64_t most = check->rule->settings[cpus - check->settings->values].most;

    for (const struct qw_fact *fact = facts_of(check, QW_F_CPUSET_CPUS); fact && !cpus->any; fact = fact->next) {
        if (!covers_list(cpus, fact->text, most))
            qw_violate(check, NULL, fact, qw_check_accepted(check, "cpus", "for --cpuset-cpus (compose: cpuset)"),
                       "CPUs %s are not allowed", qw_shown(check->arena, fact->text));
    }
    for (const struct qw_fact *fact = facts_of(check, QW_F_CPUSET_MEMS); fact && !cpus->any; fact = fact->next)
        qw_violate(check, NULL, fact, "leave out --cpuset-mems", "a choice of memory nodes is not allowed");
}

void qw_eval_real_time_cpu(struct qw_check *check)
{
    static const enum qw_fact_kind kinds[] = {QW_F_RT_PERIOD, QW_F_RT_RUNTIME};

    for (size_t i = 0; i < QW_COUNT(kinds); i++) {
        for (const struct qw_fact *fact = facts_of(check, kinds[i]); fact; fact = fact->next)
            qw_violate(check, NULL, fact,
                       "leave out --cpu-rt-runtime and --cpu-rt-period (compose: cpu_rt_runtime, cpu_rt_period)",
                       "real-time scheduling, which can stop the whole host, is not allowed");
    }
}

/* ---- storage ---- */

/* A size of 0 is none, even where the engine has a default. */
static void judge_storage_size(struct qw_check *check, const struct qw_fact *fact, int64_t most)
{
    const char *shown = qw_size_shown(check->arena, most);
    const struct qw_bytes value = qw_fact_part(fact, "value");
    int64_t size;

    if (!qw_docker_size_read(value, &size) || size == 0 || size > most)
        qw_violate(
            check, "max", fact,
            qw_arena_printf(check->arena, "at most %s: --storage-opt size=%s (compose: storage_opt)", shown, shown)
                .data,
            "storage of %s is not allowed", qw_shown(check->arena, value));
}

void qw_eval_storage_options(struct qw_check *check)
{
    const struct qw_value *max = qw_check_setting(check, "max");

    for (const struct qw_fact *fact = facts_of(check, QW_F_STORAGE_OPTION); fact; fact = fact->next) {
        if (!max->set || !qw_bytes_is_nocase(fact->text, "size"))
            qw_violate(check, NULL, fact,
                       max->set ? "size alone is allowed for --storage-opt (compose: storage_opt)"
                                : "none is allowed for --storage-opt (compose: storage_opt)",
                       "storage option %s is not allowed", qw_shown(check->arena, fact->text));
        else if (!max->any)
            judge_storage_size(check, fact, max->number);
    }
}

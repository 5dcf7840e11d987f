/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The whole decision. Input that begins with "{" is the body of an /AuthZPlugin.AuthZReq; other input is a request as
 * alice would send it, which spares the fuzzer from finding out base64:
 *
 *     METHOD TARGET
 *     Header: value
 *
 *     the body; without an empty line before it the engine showed none
 */
#include "fuzz.h"

#include "quaywarden/verdict.h"

#define HEADERS_MAX 16

/*
 * From strict to lax: what one denies, those before it deny too. The others, after CHAIN, stand in no such order: they
 * are there for their patterns and for warnings.
 */
#define CHAIN 4
static const char *const files[] = {
    QW_SOURCE_DIR "/policies/baseline.yaml",
    QW_SOURCE_DIR "/tests/cases/policies/everything.yaml",
    QW_SOURCE_DIR "/tests/cases/policies/whole-host.yaml",
    QW_SOURCE_DIR "/tests/cases/policies/unrestricted.yaml",
    QW_SOURCE_DIR "/tests/cases/policies/listed.yaml",
    QW_SOURCE_DIR "/tests/cases/policies/warn.yaml",
};

static struct qw_policy *policies[QW_COUNT(files)];

static void load_policies(void)
{
    for (size_t i = 0; i < QW_COUNT(files) && !policies[i]; i++)
        policies[i] = fuzz_policy(files[i]);
}

/* ---- deciding ---- */

static void read_spelt(struct qw_bytes in, struct qw_pair *headers, struct qw_message *out)
{
    struct qw_bytes line = {NULL, 0};

    qw_bytes_split(&in, '\n', &line);
    qw_bytes_split(&line, ' ', &out->method);
    out->uri = line;
    out->headers = headers;
    while (qw_bytes_split(&in, '\n', &line) && line.len) {
        struct qw_bytes name;

        if (out->header_count == HEADERS_MAX)
            continue;
        qw_bytes_split(&line, ':', &name);
        headers[out->header_count++] = (struct qw_pair){name, qw_bytes_trim(line)};
    }
    if (!in.data)
        return;
    out->body = in;
    out->body_state = in.len ? QW_BODY_PRESENT : QW_BODY_EMPTY;
}

static void decide(const struct qw_policy *policy, struct qw_bytes in, struct qw_arena *arena, struct qw_decision *out)
{
    struct qw_pair *headers;

    *out = (struct qw_decision){0};
    if (qw_bytes_starts(in, "{")) {
        qw_decide(policy, &fuzz_world, in, arena, out);
        return;
    }
    headers = qw_arena_zalloc(arena, HEADERS_MAX, sizeof(*headers));
    FUZZ_CHECK(headers);
    out->identity.user = QW_LIT("alice");
    read_spelt(in, headers, &out->message);
    qw_decide_message(policy, &fuzz_world, arena, out);
}

/* ---- claims ---- */

static void check_verdict(const struct qw_verdict *verdict)
{
    const struct qw_violations *all = &verdict->violations;
    bool denies = false;

    for (size_t i = 0; i < all->count; i++) {
        denies |= all->items[i].level == QW_LEVEL_DENY;
        FUZZ_CHECK(all->items[i].rule && all->items[i].level != QW_LEVEL_ALLOW);
    }
    FUZZ_CHECK(!all->failed);
    FUZZ_CHECK(verdict->understood || denies);
    FUZZ_CHECK(verdict->outcome == (denies ? QW_OUTCOME_DENY : all->count ? QW_OUTCOME_WARN : QW_OUTCOME_ALLOW));
}

static void check_explanation(const struct qw_verdict *verdict)
{
    QW_AUTO(buf) struct qw_buf text = {0};
    QW_AUTO(buf) struct qw_buf answer = {0};

    qw_verdict_explain(verdict, NULL, &text);
    FUZZ_CHECK(!text.failed);
    FUZZ_CHECK((text.len > 0) == (verdict->outcome != QW_OUTCOME_ALLOW));
    fuzz_check_text(qw_buf_bytes(&text));
    qw_response_encode(verdict->outcome != QW_OUTCOME_DENY, qw_buf_bytes(&text), !verdict->understood, &answer);
    FUZZ_CHECK(!answer.failed && answer.data[answer.len - 1] == '\n');
    fuzz_check_object((struct qw_bytes){answer.data, answer.len - 1});
}

static void record(const struct qw_decision *decision, const struct qw_policy *policy, struct qw_buf *out)
{
    qw_buf_add_text(out, "{");
    qw_decision_record(decision, policy, out);
    qw_buf_add_text(out, "}");
    FUZZ_CHECK(!out->failed);
}

/* Memory that was used before must not show: what is read without having been written would. */
static void check_repeats(const struct qw_policy *policy, struct qw_bytes in, struct qw_arena *arena,
                          const struct qw_buf *first)
{
    const size_t block = (size_t)16 << 10;
    QW_AUTO(buf) struct qw_buf again = {0};
    struct qw_decision decision;
    void *dirt;

    qw_arena_reset(arena);
    dirt = qw_arena_alloc(arena, block);
    FUZZ_CHECK(dirt);
    memset(dirt, 0xa5, block);
    memset(&decision, 0xa5, sizeof(decision));
    qw_arena_reset(arena);
    decide(policy, in, arena, &decision);
    record(&decision, policy, &again);
    FUZZ_CHECK(qw_bytes_eq(qw_buf_bytes(first), qw_buf_bytes(&again)));
}

static enum qw_outcome check(const struct qw_policy *policy, struct qw_bytes in)
{
    QW_AUTO(arena) struct qw_arena *arena = qw_arena_new();
    QW_AUTO(buf) struct qw_buf line = {0};
    struct qw_decision decision;
    enum qw_outcome outcome;

    FUZZ_CHECK(arena);
    decide(policy, in, arena, &decision);
    outcome = decision.verdict.outcome;
    check_verdict(&decision.verdict);
    check_explanation(&decision.verdict);
    record(&decision, policy, &line);
    fuzz_check_object(qw_buf_bytes(&line));
    check_repeats(policy, in, arena, &line);
    return outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct qw_bytes in = {(const char *)data, size};
    bool stricter_denied = true;

    load_policies();
    for (size_t i = 0; i < QW_COUNT(files); i++) {
        const bool denied = check(policies[i], in) == QW_OUTCOME_DENY;

        FUZZ_CHECK(i >= CHAIN || !denied || stricter_denied);
        stricter_denied = denied;
    }
    return 0;
}

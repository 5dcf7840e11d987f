/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a file that somebody recorded, a line each: the engine's messages, recorded traffic, audit records. What
 * is a question can be judged, and the record of that judgement is an audit record.
 */
#include "fuzz.h"

#include "traffic.h"

static struct qw_policy *policy;

/* The record of a decision is read as one, and of the same outcome. */
static void check_record(const struct qw_decision *decision, struct qw_arena *arena)
{
    QW_AUTO(buf) struct qw_buf text = {0};
    struct qw_decision again = {0};
    struct qw_recording recording;
    struct qw_err err;

    qw_buf_add_text(&text, "{\"time\":\"2027-01-01T00:00:00.000000Z\",\"seq\":1,");
    qw_decision_record(decision, policy, &text);
    qw_buf_add_text(&text, "}");
    FUZZ_CHECK(!text.failed);
    if (qw_recording_read(qw_buf_bytes(&text), arena, &recording, &err) < 0) {
        FUZZ_CHECK(memmem(text.data, text.len, "\\u0000", 6)); /* the reader takes none */
        return;
    }
    FUZZ_CHECK(recording.kind == QW_RECORDING_RECORD);
    if (qw_recording_judge(&recording, NULL, policy, &fuzz_world, arena, &again, &err) == 0)
        FUZZ_CHECK(recording.before.outcome == decision->verdict.outcome);
}

static void judge(struct qw_bytes line, struct qw_arena *arena)
{
    static const struct qw_identity alice = {.user = {"alice", 5}};
    struct qw_decision decision = {0};
    struct qw_recording recording;
    const struct qw_json *message;
    struct qw_err err = {0};

    if (qw_recording_read(line, arena, &recording, &err) < 0) {
        FUZZ_CHECK(err.code != QW_E_NONE && err.code != QW_E_NOMEM && err.msg[0]);
        return;
    }
    if (recording.kind != QW_RECORDING_RECORD)
        FUZZ_CHECK(qw_json_parse(recording.message, arena, &message, &err) == 0);
    if (recording.kind == QW_RECORDING_ANSWER)
        return;
    if (qw_recording_judge(&recording, line.len % 2 ? &alice : NULL, policy, &fuzz_world, arena, &decision, &err) < 0)
        FUZZ_CHECK(recording.kind == QW_RECORDING_RECORD && err.msg[0]);
    else
        check_record(&decision, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    QW_AUTO(arena) struct qw_arena *arena = qw_arena_new();
    struct qw_lines *lines = calloc(1, sizeof(*lines));
    struct qw_bytes line;
    size_t used = 0;

    FUZZ_CHECK(arena && lines);
    if (!policy)
        policy = fuzz_policy(QW_SOURCE_DIR "/tests/cases/policies/everything.yaml");
    lines->name = "traffic";
    lines->file = size ? fmemopen((void *)(uintptr_t)data, size, "r") : fopen("/dev/null", "re");
    FUZZ_CHECK(lines->file);
    while (qw_lines_next(lines, &line)) {
        used += line.len + 1;
        FUZZ_CHECK(!line.len || !memchr(line.data, '\n', line.len));
        judge(line, arena);
        qw_arena_reset(arena);
    }
    FUZZ_CHECK(!qw_lines_failed(lines) && (used == size || used == size + 1));
    qw_lines_close(lines);
    free(lines);
    return 0;
}

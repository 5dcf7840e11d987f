/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traffic.h"

#include <errno.h>

/* ---- lines ---- */

bool qw_lines_open(struct qw_lines *lines, const char *file)
{
    const bool is_stdin = strcmp(file, "-") == 0;

    memset(lines, 0, sizeof(*lines));
    lines->name = is_stdin ? "standard input" : file;
    lines->file = is_stdin ? stdin : fopen(file, "re");
    if (!lines->file)
        qw_log("%s: %s", file, strerror(errno));
    return lines->file;
}

void qw_lines_close(struct qw_lines *lines)
{
    if (lines->file && lines->file != stdin)
        fclose(lines->file);
    qw_buf_fini(&lines->line);
}

/* False at the end of the file. */
static bool fill(struct qw_lines *lines)
{
    if (lines->at < lines->end)
        return true;
    lines->at = 0;
    lines->end = fread(lines->chunk, 1, sizeof(lines->chunk), lines->file);
    return lines->end > 0;
}

static void take(struct qw_lines *lines, size_t len)
{
    if (lines->line.len + len > QW_LINE_MAX)
        lines->is_too_long = true;
    else
        qw_buf_add(&lines->line, lines->chunk + lines->at, len);
    lines->at += len;
}

bool qw_lines_next(struct qw_lines *lines, struct qw_bytes *line)
{
    const char *end = NULL;
    bool found = false;

    qw_buf_reset(&lines->line);
    lines->is_too_long = false;
    while (!end && fill(lines)) {
        end = memchr(lines->chunk + lines->at, '\n', lines->end - lines->at);
        take(lines, end ? (size_t)(end - lines->chunk) - lines->at : lines->end - lines->at);
        lines->at += end ? 1 : 0;
        found = true;
    }
    lines->number += found;
    *line = qw_buf_bytes(&lines->line);
    return found;
}

bool qw_lines_failed(const struct qw_lines *lines)
{
    if (ferror(lines->file))
        qw_log("%s: cannot be read", lines->name);
    else if (lines->line.failed)
        qw_log("%s:%zu: out of memory", lines->name, lines->number);
    return ferror(lines->file) || lines->line.failed;
}

/* ---- what stands in one ---- */

static const struct qw_json *member_of(const struct qw_json *object, const char *name)
{
    for (const struct qw_json *member = object->child; member; member = member->next) {
        if (qw_bytes_is(member->key, name))
            return member;
    }
    return NULL;
}

/* The bytes of a member's value, and white space maybe: up to what ends it outside of strings and brackets. */
static struct qw_bytes text_of(struct qw_bytes document, const struct qw_json *value)
{
    const struct qw_bytes rest = qw_bytes_from(document, value->offset);
    size_t depth = 0;
    bool quoted = false;

    for (size_t i = 0; i < rest.len; i++) {
        const char c = rest.data[i];

        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '{' || c == '['))
            depth++;
        else if (!quoted && !depth && (c == '}' || c == ','))
            return (struct qw_bytes){rest.data, i};
        else if (!quoted && (c == '}' || c == ']'))
            depth--;
    }
    return rest;
}

static int read_traffic(struct qw_bytes text, const struct qw_json *root, struct qw_recording *out, struct qw_err *err)
{
    const struct qw_json *phase = member_of(root, "phase");

    if (phase && qw_bytes_is(phase->text, "AuthZRes"))
        out->kind = QW_RECORDING_ANSWER;
    else if (!phase || qw_bytes_is(phase->text, "AuthZReq"))
        out->kind = QW_RECORDING_MESSAGE;
    else
        return qw_fail(err, QW_E_MALFORMED, "the phase is neither AuthZReq nor AuthZRes");
    out->message = text_of(text, member_of(root, "message"));
    return 0;
}

static bool is_message(const struct qw_json *root)
{
    for (const struct qw_json *member = root->child; member; member = member->next) {
        if (qw_json_key_folds_to(member->key, "RequestUri", strlen("RequestUri")) ||
            qw_json_key_folds_to(member->key, "RequestMethod", strlen("RequestMethod")))
            return true;
    }
    return false;
}

int qw_recording_read(struct qw_bytes text, struct qw_arena *arena, struct qw_recording *out, struct qw_err *err)
{
    const struct qw_json *root;

    *out = (struct qw_recording){.kind = QW_RECORDING_MESSAGE, .message = text};
    if (qw_json_parse(text, arena, &root, err) < 0)
        return -1;
    if (root->type == QW_JSON_OBJECT) {
        if (member_of(root, "message"))
            return read_traffic(text, root, out, err);
        if (is_message(root))
            return 0;
        if (member_of(root, "verdict")) {
            out->kind = QW_RECORDING_RECORD;
            out->record = root;
            return 0;
        }
    }
    return qw_fail(err, QW_E_MALFORMED,
                   "this is no message of the engine, no line of recorded traffic and no audit record");
}

/* A message that cannot be read is refused whoever asks. */
static void judge_message(struct qw_bytes message, const struct qw_identity *who, const struct qw_policy *policy,
                          const struct qw_world *world, struct qw_arena *arena, struct qw_decision *decision)
{
    struct qw_err err;

    if (!who || qw_message_decode(message, arena, &decision->message, &err) < 0) {
        qw_decide(policy, world, message, arena, decision);
        return;
    }
    decision->identity = *who;
    qw_decide_message(policy, world, arena, decision);
}

int qw_recording_judge(struct qw_recording *recording, const struct qw_identity *who, const struct qw_policy *policy,
                       const struct qw_world *world, struct qw_arena *arena, struct qw_decision *decision,
                       struct qw_err *err)
{
    *decision = (struct qw_decision){.trace = decision->trace};
    if (recording->kind != QW_RECORDING_RECORD) {
        judge_message(recording->message, who, policy, world, arena, decision);
        return 0;
    }
    if (qw_decision_read(recording->record, arena, decision, &recording->before, err) < 0)
        return -1;
    if (who)
        decision->identity = *who;
    qw_decide_recorded(policy, world, arena, decision);
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "replay.h"

#define SHOWN_MAX 120 /* bytes of outside text in a line */

static const char *const change_words[CHANGES] = {
    [NEWLY_DENIED] = "newly denied",    [NEWLY_ALLOWED] = "newly allowed",
    [NEWLY_WARNED] = "newly warned of", [NO_LONGER_WARNED] = "no longer warned of",
    [UNCHANGED] = "unchanged",
};

const char *qw_replay_rule(size_t i)
{
    return i < qw_rule_count ? qw_rules[i].id : qw_refusals[i - qw_rule_count];
}

/* ---- one line ---- */

static bool is_repeated(const struct side *side, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (qw_bytes_eq(side->rules[i], side->rules[index]))
            return true;
    }
    return false;
}

/* Outside text where the rules are a record's. */
static void add_rules(struct qw_buf *out, const struct side *side, bool json)
{
    const char *separator = "";

    for (size_t i = 0; i < side->rule_count; i++) {
        if (is_repeated(side, i))
            continue;
        qw_buf_add_text(out, separator);
        qw_buf_add_text(out, json ? "\"" : "");
        qw_buf_add_shown(out, side->rules[i], SHOWN_MAX);
        qw_buf_add_text(out, json ? "\"" : "");
        separator = json ? "," : ", ";
    }
}

static void add_request(struct run *run, const struct qw_bytes uri)
{
    const struct qw_decision *d = &run->decision;
    struct qw_buf *out = &run->out;

    if (d->identity.user.len)
        qw_buf_add_shown(out, d->identity.user, SHOWN_MAX);
    else
        qw_buf_add_text(out, d->identity.via.len ? "(no name)" : "anonymous");
    qw_buf_printf(out, ", %s, ", d->request.action->name);
    qw_buf_add_shown(out, d->message.method, SHOWN_MAX);
    qw_buf_add_text(out, " ");
    qw_buf_add_shown(out, uri, SHOWN_MAX);
}

void qw_replay_text(struct run *run, const struct qw_lines *lines, enum change change, const struct side *before,
                    const struct side *after, struct qw_bytes uri)
{
    struct qw_buf *out = &run->out;

    qw_buf_printf(out, "%s:%zu: ", lines->name, lines->number);
    if (before->known && change != UNCHANGED)
        qw_buf_add_text(out, change_words[change]);
    else
        qw_buf_add_text(out, qw_outcome_words[after->outcome]);
    qw_buf_add_text(out, ": ");
    add_request(run, uri);
    if (after->rule_count) {
        qw_buf_add_text(out, ": ");
        add_rules(out, after, false);
    }
    if (change != UNCHANGED && before->rule_count) {
        qw_buf_add_text(out, after->rule_count ? "; was: " : ": was: ");
        add_rules(out, before, false);
    }
    qw_buf_add_text(out, "\n");
}

static void add_json_text(struct qw_buf *out, const char *name, struct qw_bytes text)
{
    qw_buf_printf(out, ",\"%s\":", name);
    qw_buf_add_json(out, text);
}

static void add_side(struct qw_buf *out, const char *name, const struct side *side)
{
    qw_buf_printf(out, ",\"%s\":", name);
    if (!side->known) {
        qw_buf_add_text(out, "null");
        return;
    }
    qw_buf_printf(out, "{\"verdict\":\"%s\",\"rules\":[", qw_outcome_words[side->outcome]);
    add_rules(out, side, true);
    qw_buf_add_text(out, "]}");
}

void qw_replay_json(struct run *run, const struct qw_lines *lines, enum change change, const struct side *before,
                    const struct side *after, struct qw_bytes uri)
{
    const struct qw_decision *d = &run->decision;
    struct qw_buf *out = &run->out;

    qw_buf_add_text(out, "{\"file\":");
    qw_buf_add_json(out, qw_bytes_of(lines->name));
    qw_buf_printf(out, ",\"line\":%zu", lines->number);
    if (before->known)
        add_json_text(out, "change", qw_bytes_of(change_words[change]));
    add_json_text(out, "user", d->identity.user);
    if (d->verdict.tenant)
        add_json_text(out, "tenant", qw_bytes_of(d->verdict.tenant->name));
    add_json_text(out, "method", d->message.method);
    add_json_text(out, "uri", uri);
    add_json_text(out, "action", qw_bytes_of(d->request.action->name));
    add_side(out, "before", before);
    add_side(out, "after", after);
    qw_buf_add_text(out, "}\n");
}

/* ---- summary ---- */

/* The rules that deny most come first. start stands before the first one. */
static void add_denied_by(struct run *run, const char *start)
{
    struct qw_buf *out = &run->out;
    const char *separator = start;

    for (;;) {
        size_t most = 0;

        for (size_t i = 1; i < qw_rule_count + QW_REFUSAL_COUNT; i++)
            most = run->denied_by[i] > run->denied_by[most] ? i : most;
        if (!run->denied_by[most])
            return;
        qw_buf_printf(out, run->json ? "%s\"%s\":%zu" : "%s%s %zu", separator, qw_replay_rule(most),
                      run->denied_by[most]);
        run->denied_by[most] = 0;
        separator = run->json ? "," : ", ";
    }
}

static void summarise_text(struct run *run)
{
    struct qw_buf *out = &run->out;
    size_t before;

    qw_buf_printf(out, "%zu request%s: %zu allowed, %zu warned of, %zu denied\n", run->requests,
                  run->requests == 1 ? "" : "s", run->outcomes[QW_OUTCOME_ALLOW], run->outcomes[QW_OUTCOME_WARN],
                  run->outcomes[QW_OUTCOME_DENY]);
    for (size_t i = 0; run->compared && i < CHANGES; i++)
        qw_buf_printf(out, "%s%zu %s%s", i ? "" : "changes: ", run->changes[i], change_words[i],
                      i + 1 < CHANGES ? ", " : "\n");
    before = out->len;
    add_denied_by(run, run->compared ? "newly denied by: " : "denied by: ");
    qw_buf_add_text(out, out->len > before ? "\n" : "");
}

static void summarise_json(struct run *run)
{
    struct qw_buf *out = &run->out;

    qw_buf_printf(out, "{\"requests\":%zu,\"answers\":%zu,\"broken\":%zu", run->requests, run->answers, run->broken);
    for (size_t i = 0; i <= QW_OUTCOME_DENY; i++)
        qw_buf_printf(out, ",\"%s\":%zu", qw_outcome_words[i], run->outcomes[i]);
    for (size_t i = 0; run->compared && i < CHANGES; i++)
        qw_buf_printf(out, ",\"%s\":%zu", change_words[i], run->changes[i]);
    qw_buf_add_text(out, run->compared ? ",\"newly denied by\":{" : ",\"denied by\":{");
    add_denied_by(run, "");
    qw_buf_add_text(out, "}}\n");
}

void qw_replay_summary(struct run *run)
{
    (run->json ? summarise_json : summarise_text)(run);
}

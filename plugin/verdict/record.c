/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The audit record: all that a decision rests on but secrets, so that it can be judged again under another policy.
 * record_read.c is the way back.
 */
#include "quaywarden/verdict.h"

#include "record.h"

#define RECORDED_MAX 100 /* violations that a record lists */
#define VALUE_MAX    256 /* bytes of a value in it */

static void add_member(struct qw_buf *out, const char *name, struct qw_bytes value)
{
    qw_buf_add_text(out, ",\"");
    qw_buf_add_text(out, name);
    qw_buf_add_text(out, "\":");
    qw_buf_add_json(out, value);
}

static void add_if_any(struct qw_buf *out, const char *name, struct qw_bytes value)
{
    if (value.len)
        add_member(out, name, value);
}

static void add_groups(struct qw_buf *out, const struct qw_identity *identity)
{
    for (size_t i = 0; i < identity->group_count; i++) {
        qw_buf_add_text(out, i ? "," : ",\"groups\":[");
        qw_buf_add_json(out, identity->groups[i]);
    }
    if (identity->group_count)
        qw_buf_add_text(out, "]");
}

/* Parameters whose values are, or may hold, secrets. */
static bool is_secret(struct qw_bytes name, struct qw_bytes value)
{
    static const char *const secrets[] = {"buildargs", "changes", "cachefrom", "outputs", "session"};
    static const char *const urls[] = {"remote", "fromSrc"};

    for (size_t i = 0; i < QW_COUNT(secrets); i++) {
        if (qw_bytes_is(name, secrets[i]))
            return true;
    }
    for (size_t i = 0; i < QW_COUNT(urls); i++) {
        if (qw_bytes_is(name, urls[i]))
            return memchr(value.data, '@', value.len) || memchr(value.data, '?', value.len);
    }
    return false;
}

/*
 * Some clients repeat their whole body in the query, passwords included: only what the engine reads there is recorded.
 * A name can be spelt with percent escapes, so the decoded one counts; without it nothing is known.
 */
static bool hides_secret(const struct qw_request *request, size_t index)
{
    const struct qw_param *param = index < request->param_count ? &request->params[index] : NULL;

    if (!param || !request->route || !qw_route_reads(request->route, param->name))
        return true;
    return is_secret(param->name, param->value);
}

static void add_query(struct qw_buf *text, const struct qw_request *request, struct qw_bytes query)
{
    struct qw_bytes piece;
    struct qw_bytes name;
    size_t index = 0;

    for (const char *separator = "?"; qw_bytes_split(&query, '&', &piece); separator = "&") {
        struct qw_bytes value = piece;

        qw_buf_add_text(text, separator);
        qw_bytes_split(&value, '=', &name);
        if (value.len && hides_secret(request, index)) {
            qw_buf_add_bytes(text, name);
            qw_buf_add_text(text, "=***");
        } else {
            qw_buf_add_bytes(text, piece);
        }
        index += piece.len > 0;
    }
}

/* The absolute form names a host, and before an @ a password maybe; what follows a # is nothing that is read. */
static void add_path(struct qw_buf *text, struct qw_bytes path)
{
    const char *host = path.len && path.data[0] != '/' ? memmem(path.data, path.len, "//", 2) : NULL;
    const char *hash = path.len ? memchr(path.data, '#', path.len) : NULL;
    const char *at;

    if (hash)
        path.len = (size_t)(hash - path.data) + 1;
    at = host && host + 2 <= path.data + path.len ? memrchr(path.data, '@', path.len) : NULL;
    if (at) {
        qw_buf_add(text, path.data, (size_t)(host + 2 - path.data));
        qw_buf_add_text(text, "***");
        path = qw_bytes_from(path, (size_t)(at - path.data));
    }
    qw_buf_add_bytes(text, path);
}

void qw_decision_uri(const struct qw_decision *decision, struct qw_buf *out)
{
    struct qw_bytes query = decision->message.uri;
    struct qw_bytes path = {NULL, 0};

    qw_bytes_split(&query, '?', &path);
    add_path(out, path);
    add_query(out, &decision->request, query);
}

static void add_uri(struct qw_buf *out, const struct qw_decision *decision)
{
    QW_AUTO(buf) struct qw_buf text = {0};

    qw_decision_uri(decision, &text);
    out->failed |= text.failed;
    add_member(out, "uri", qw_buf_bytes(&text));
}

static struct qw_bytes object_of(const struct qw_decision *decision)
{
    static const enum qw_fact_kind kinds[] = {QW_F_CONTAINER_NAME, QW_F_NETWORK_NAME, QW_F_CONTAINER, QW_F_IMAGE_NAME};

    if (decision->request.object.len)
        return decision->request.object;
    for (size_t i = 0; i < QW_COUNT(kinds); i++) {
        if (decision->facts.first[kinds[i]])
            return decision->facts.first[kinds[i]]->text;
    }
    return (struct qw_bytes){NULL, 0};
}

static void add_shortened(struct qw_buf *out, const char *name, struct qw_bytes value)
{
    if (!value.len)
        return;
    qw_buf_printf(out, ",\"%s\":\"", name);
    qw_buf_add_shown(out, value, VALUE_MAX);
    qw_buf_add_text(out, "\"");
}

static void add_rule(struct qw_buf *out, const struct qw_violation *violation)
{
    qw_buf_add_text(out, "{\"id\":\"");
    qw_buf_add_text(out, violation->rule);
    if (violation->setting)
        qw_buf_printf(out, ".%s", violation->setting);
    qw_buf_add_text(out, "\"");
    if (violation->level == QW_LEVEL_WARN)
        qw_buf_add_text(out, ",\"level\":\"warn\"");
    add_if_any(out, "field", violation->field);
    add_shortened(out, "value", violation->value);
    add_member(out, "reason", violation->reason);
    qw_buf_add_text(out, "}");
}

static void add_rules(struct qw_buf *out, const struct qw_violations *violations)
{
    qw_buf_add_text(out, ",\"rules\":[");
    for (size_t i = 0; i < violations->count && i < RECORDED_MAX; i++) {
        if (i)
            qw_buf_add_text(out, ",");
        add_rule(out, &violations->items[i]);
    }
    qw_buf_add_text(out, "]");
}

static void add_exceptions(struct qw_buf *out, const struct qw_verdict *verdict)
{
    for (size_t i = 0; i < verdict->exception_count; i++) {
        const struct qw_exception *exception = verdict->exceptions[i];

        qw_buf_add_text(out, i ? "," : ",\"exception\":[");
        qw_buf_printf(out, "{\"line\":%d", exception->line);
        add_member(out, "reason", qw_bytes_of(exception->reason));
        add_member(out, "until", qw_bytes_of(exception->until_text));
        qw_buf_add_text(out, "}");
    }
    if (verdict->exception_count)
        qw_buf_add_text(out, "]");
}

static void add_facts(struct qw_buf *out, const struct qw_decision *decision)
{
    const struct qw_unread *unread = &decision->unread;

    qw_buf_add_text(out, ",\"facts\":");
    if (unread->part == QW_UNREAD_NOTHING) {
        qw_facts_print(&decision->facts, out);
        return;
    }
    qw_buf_printf(out, "{\"unreadable\":{\"part\":\"%s\",\"id\":\"%s\"", qw_unread_words[unread->part],
                  qw_refusals[unread->refusal]);
    add_member(out, "reason", unread->reason);
    qw_buf_add_text(out, "}}");
}

void qw_decision_record(const struct qw_decision *decision, const struct qw_policy *policy, struct qw_buf *out)
{
    const struct qw_fact *image = decision->facts.first[QW_F_IMAGE];

    qw_buf_add_text(out, "\"verdict\":\"");
    qw_buf_add_text(out, qw_outcome_words[decision->verdict.outcome]);
    qw_buf_add_text(out, policy->warn_mode ? "\",\"mode\":\"warn\"" : "\",\"mode\":\"enforce\"");
    add_member(out, "user", decision->identity.user);
    add_groups(out, &decision->identity);
    if (decision->verdict.tenant)
        add_member(out, "tenant", qw_bytes_of(decision->verdict.tenant->name));
    add_if_any(out, "via", decision->identity.via);
    add_if_any(out, "issuer", decision->identity.issuer);
    add_member(out, "method", decision->message.method);
    add_uri(out, decision);
    add_member(out, "action", qw_bytes_of(decision->request.action->name));
    add_if_any(out, "object", object_of(decision));
    if (image)
        add_if_any(out, "image", image->text);
    add_rules(out, &decision->verdict.violations);
    add_exceptions(out, &decision->verdict);
    add_facts(out, decision);
    add_member(out, "policy", qw_bytes_of(policy->sha256));
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An audit record as a request that can be judged again. */
#include "quaywarden/json.h"

#include "record.h"

const char *const qw_outcome_words[] = {
    [QW_OUTCOME_ALLOW] = "allow", [QW_OUTCOME_WARN] = "warn", [QW_OUTCOME_DENY] = "deny", NULL};

const char *const qw_unread_words[] = {
    [QW_UNREAD_NOTHING] = "nothing", [QW_UNREAD_REQUEST] = "request", [QW_UNREAD_CONTENTS] = "contents", NULL};

static int find_word(const char *const *words, struct qw_bytes word)
{
    for (int i = 0; words[i]; i++) {
        if (qw_bytes_is(word, words[i]))
            return i;
    }
    return -1;
}

static const struct qw_json *member_of(const struct qw_json *object, const char *name)
{
    for (const struct qw_json *member = object->child; member; member = member->next) {
        if (object->type == QW_JSON_OBJECT && qw_bytes_is(member->key, name))
            return member;
    }
    return NULL;
}

static int read_text(const struct qw_json *object, const char *name, bool required, struct qw_bytes *out,
                     struct qw_err *err)
{
    const struct qw_json *member = member_of(object, name);

    if (!member && !required)
        return 0;
    if (!member)
        return qw_fail(err, QW_E_MALFORMED, "the record has no %s", name);
    if (member->type != QW_JSON_STRING)
        return qw_fail(err, QW_E_MALFORMED, "the record's %s is no text", name);
    *out = member->text;
    return 0;
}

static int read_word(const struct qw_json *object, const char *name, const char *const *words, int *out,
                     struct qw_err *err)
{
    struct qw_bytes word = {NULL, 0};

    if (read_text(object, name, true, &word, err) < 0)
        return -1;
    *out = find_word(words, word);
    return *out < 0 ? qw_fail(err, QW_E_MALFORMED, "the record's %s is no word of this version", name) : 0;
}

static int read_groups(const struct qw_json *record, struct qw_arena *arena, struct qw_identity *out,
                       struct qw_err *err)
{
    const struct qw_json *list = member_of(record, "groups");
    struct qw_bytes *groups;

    if (!list)
        return 0;
    groups = qw_arena_zalloc(arena, list->count + 1, sizeof(*groups));
    if (!groups)
        return qw_fail(err, QW_E_NOMEM, "out of memory");
    for (const struct qw_json *group = list->child; group; group = group->next) {
        if (list->type != QW_JSON_ARRAY || group->type != QW_JSON_STRING)
            return qw_fail(err, QW_E_MALFORMED, "the record's groups are no list of texts");
        groups[out->group_count++] = group->text;
    }
    out->groups = groups;
    return 0;
}

static int read_unread(const struct qw_json *unread, struct qw_unread *out, struct qw_err *err)
{
    int part;
    int refusal;

    if (read_word(unread, "part", qw_unread_words, &part, err) < 0 ||
        read_word(unread, "id", qw_refusals, &refusal, err) < 0 ||
        read_text(unread, "reason", true, &out->reason, err) < 0)
        return -1;
    out->part = (enum qw_unread_part)part;
    out->refusal = (enum qw_refusal)refusal;
    return 0;
}

static int read_facts(const struct qw_json *record, struct qw_arena *arena, struct qw_decision *out, struct qw_err *err)
{
    const struct qw_json *facts = member_of(record, "facts");
    const struct qw_json *unread = facts ? member_of(facts, "unreadable") : NULL;

    if (!facts)
        return qw_fail(err, QW_E_MALFORMED, "the record has no facts");
    if (unread)
        return read_unread(unread, &out->unread, err);
    return qw_facts_read(facts, arena, &out->facts, err);
}

static int read_rules(const struct qw_json *record, struct qw_arena *arena, struct qw_recorded *out, struct qw_err *err)
{
    const struct qw_json *list = member_of(record, "rules");
    struct qw_bytes *rules = qw_arena_zalloc(arena, list ? list->count + 1 : 1, sizeof(*rules));

    if (!rules)
        return qw_fail(err, QW_E_NOMEM, "out of memory");
    if (!list || list->type != QW_JSON_ARRAY)
        return qw_fail(err, QW_E_MALFORMED, "the record has no rules");
    for (const struct qw_json *rule = list->child; rule; rule = rule->next) {
        if (read_text(rule, "id", true, &rules[out->rule_count++], err) < 0)
            return -1;
    }
    out->rules = rules;
    return 0;
}

int qw_decision_read(const struct qw_json *record, struct qw_arena *arena, struct qw_decision *decision,
                     struct qw_recorded *recorded, struct qw_err *err)
{
    int outcome;

    *recorded = (struct qw_recorded){0};
    if (read_word(record, "verdict", qw_outcome_words, &outcome, err) < 0 ||
        read_text(record, "user", true, &decision->identity.user, err) < 0 ||
        read_groups(record, arena, &decision->identity, err) < 0 ||
        read_text(record, "via", false, &decision->identity.via, err) < 0 ||
        read_text(record, "issuer", false, &decision->identity.issuer, err) < 0 ||
        read_text(record, "method", true, &decision->message.method, err) < 0 ||
        read_text(record, "uri", true, &decision->message.uri, err) < 0 || read_rules(record, arena, recorded, err) < 0)
        return -1;
    recorded->outcome = (enum qw_outcome)outcome;
    return read_facts(record, arena, decision, err);
}

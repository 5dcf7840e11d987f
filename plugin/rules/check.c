/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One check: how a rule asks for its settings and says what it found. */
#include "check.h"

#include <stdarg.h>

#define SHOWN_MAX 120 /* bytes of outside text in a sentence */

/* ---- settings ---- */

const struct qw_value *qw_check_setting(const struct qw_check *check, const char *name)
{
    for (size_t i = 0; i < QW_SETTINGS_MAX && check->rule->settings[i].name; i++) {
        if (strcmp(check->rule->settings[i].name, name) == 0)
            return &check->settings->values[i];
    }
    abort(); /* a rule asks for a setting that its row does not have */
}

bool qw_word_in(const char *words, struct qw_bytes text)
{
    struct qw_bytes rest = qw_bytes_of(words);
    struct qw_bytes word;

    while (qw_bytes_split(&rest, ' ', &word)) {
        if (qw_bytes_eq(word, text))
            return true;
    }
    return false;
}

bool qw_check_chose(const struct qw_check *check, const char *setting, const char *word)
{
    const struct qw_value *value = qw_check_setting(check, setting);
    const struct qw_setting *row = &check->rule->settings[value - check->settings->values];
    struct qw_bytes words = qw_bytes_of(row->words);
    struct qw_bytes each;

    for (int64_t i = 0; qw_bytes_split(&words, ' ', &each); i++) {
        if (i == value->number)
            return qw_bytes_is(each, word);
    }
    return false;
}

bool qw_check_bounds(const struct qw_check *check, const char *setting, int64_t *most)
{
    const struct qw_value *value = qw_check_setting(check, setting);

    *most = value->set ? value->number : 0;
    return !value->any && (value->set || check->rule->style == QW_RESTRICTS);
}

bool qw_value_has(const struct qw_value *value, const struct qw_variables *variables, struct qw_bytes text)
{
    if (value->any)
        return true;
    for (size_t i = 0; i < value->item_count; i++) {
        const struct qw_item *item = &value->items[i];

        if (item->pattern ? qw_pattern_matches(item->pattern, variables, text) : qw_bytes_is(text, item->text))
            return true;
    }
    return false;
}

bool qw_check_lists(const struct qw_check *check, const char *setting, struct qw_bytes text)
{
    return qw_value_has(qw_check_setting(check, setting), check->variables, text);
}

bool qw_check_makes_container(const struct qw_check *check)
{
    if (!check->request->route)
        return false;
    if (!is_payload(check, QW_PAYLOAD_CREATE) && !is_service(check) && !facts_of(check, QW_F_HOST_CONFIG) &&
        !qw_facts_hold_container(check->facts))
        return false;
    if (check->seen)
        check->seen->missing = true;
    return true;
}

/*
 * Source: moby api/server/router/swarm/helpers.go, adjustForAPIVersion. Without a version it is the engine's newest,
 * and engines before 29 (API 1.52) know no swap of a service's.
 */
static bool is_dropped(const struct qw_check *check, const struct qw_fact *fact)
{
    const struct qw_request *request = check->request;

    if (!is_service(check))
        return false;
    if (fact->kind == QW_F_MEMORY_SWAP)
        return request->api_major < 1 || (request->api_major == 1 && request->api_minor < 52);
    return request->api_major == 1 && request->api_minor < 41 &&
           (fact->kind == QW_F_CAP_DROP || fact->kind == QW_F_PIDS_LIMIT);
}

bool qw_check_counts(const struct qw_check *check, const struct qw_fact *fact)
{
    const enum qw_payload payload = check->request->route->payload;
    const struct qw_fact *config = check->facts->first[QW_F_HOST_CONFIG];

    /* A body of start may take the place of what is stored. */
    if (is_dropped(check, fact) || (fact->stored && config))
        return false;
    return !fact->beside || (payload != QW_PAYLOAD_CREATE && (!config || !config->next));
}

const char *qw_check_field(const struct qw_check *check, const char *container, const char *service)
{
    struct qw_bytes root;

    if (is_service(check))
        return service;
    if (!qw_facts_hold_container(check->facts))
        return container;
    /* What is asked for first is what the action is about: "container web: ". */
    root = qw_fact_field(check->facts->first[QW_F_LOOKED_UP], check->arena);
    root = qw_arena_concat(check->arena, root, qw_bytes_of(container));
    return root.data ? root.data : container;
}

void qw_rule_judge(struct qw_check *check)
{
    check->level = check->rule->style == QW_FIXED ? QW_LEVEL_DENY : check->settings->level;
    if (check->level == QW_LEVEL_DENY && check->warn_mode && !check->rule->firm)
        check->level = QW_LEVEL_WARN;
    if (check->level != QW_LEVEL_ALLOW)
        check->rule->eval(check);
}

/* ---- words for people ---- */

/* What the buffer holds, in the arena; the empty text without memory. */
static const char *keep(struct qw_arena *arena, struct qw_buf *buf)
{
    const struct qw_bytes text = buf->failed ? (struct qw_bytes){"", 0} : qw_buf_bytes(buf);
    char *out = qw_arena_alloc(arena, text.len + 1);

    if (!out)
        return "";
    if (text.len)
        memcpy(out, text.data, text.len);
    out[text.len] = '\0';
    return out;
}

const char *qw_shown(struct qw_arena *arena, struct qw_bytes text)
{
    QW_AUTO(buf) struct qw_buf buf = {0};

    qw_buf_add_text(&buf, "\"");
    qw_buf_add_shown(&buf, text, SHOWN_MAX);
    qw_buf_add_text(&buf, "\"");
    return keep(arena, &buf);
}

static void add_item(struct qw_buf *buf, const struct qw_item *item, const struct qw_variables *variables)
{
    QW_AUTO(buf) struct qw_buf filled = {0};

    if (!item->pattern || !strchr(item->text, '{')) {
        qw_buf_add_shown(buf, qw_bytes_of(item->text), SHOWN_MAX);
        return;
    }
    qw_pattern_print(item->pattern, variables, &filled);
    qw_buf_add_shown(buf, qw_buf_bytes(&filled), SHOWN_MAX);
    buf->failed = buf->failed || filled.failed;
}

const char *qw_items_shown(struct qw_arena *arena, const struct qw_value *value, const struct qw_variables *variables)
{
    QW_AUTO(buf) struct qw_buf buf = {0};

    if (value->any)
        return "any";
    if (!value->item_count)
        return "none";
    for (size_t i = 0; i < value->item_count; i++) {
        if (i)
            qw_buf_add_text(&buf, ", ");
        add_item(&buf, &value->items[i], variables);
    }
    return keep(arena, &buf);
}

const char *qw_check_accepted(const struct qw_check *check, const char *setting, const char *where)
{
    const struct qw_value *value = qw_check_setting(check, setting);
    const char *space = *where ? " " : "";
    struct qw_bytes text;

    if (!value->item_count)
        text = qw_arena_printf(check->arena, "none is allowed%s%s", space, where);
    else
        text = qw_arena_printf(check->arena, "allowed%s%s: %s", space, where,
                               qw_items_shown(check->arena, value, check->variables));
    return text.data ? text.data : "";
}

/* ---- violations ---- */

struct qw_violation *qw_violations_add(struct qw_violations *out, struct qw_arena *arena)
{
    if (out->count == out->cap) {
        const size_t cap = out->cap ? out->cap * 2 : 8;
        struct qw_violation *items = qw_arena_zalloc(arena, cap, sizeof(*items));

        if (!items) {
            out->failed = true;
            return NULL;
        }
        if (out->count)
            memcpy(items, out->items, out->count * sizeof(*items));
        out->items = items;
        out->cap = cap;
    }
    return &out->items[out->count++];
}

__attribute__((format(printf, 2, 0))) static struct qw_bytes sentence(struct qw_check *check, const char *fmt,
                                                                      va_list args)
{
    QW_AUTO(heap) char *text = NULL;
    struct qw_bytes out = {NULL, 0};

    if (check->wordless)
        return QW_LIT("");
    if (vasprintf(&text, fmt, args) < 0)
        text = NULL;
    else
        out = qw_arena_copy(check->arena, qw_bytes_of(text));
    if (!out.data)
        check->out->failed = true;
    return out;
}

/* What a container has that is entered, its user excepted, no option of the client's would change. */
static bool is_entered(const struct qw_check *check, const struct qw_fact *fact)
{
    return fact && fact->stored && fact->kind != QW_F_USER && qw_check_enters(check);
}

/* The violation, or NULL where it is not told. */
static struct qw_violation *report(struct qw_check *check, const char *rule, enum qw_level level,
                                   const struct qw_fact *fact, struct qw_bytes reason, const char *setting,
                                   const char *accepted)
{
    struct qw_violation *violation;

    if (check->out->by_level[level]++ >= QW_VIOLATIONS_MAX)
        return NULL;
    violation = qw_violations_add(check->out, check->arena);

    if (!violation)
        return NULL;
    *violation = (struct qw_violation){.rule = rule, .setting = setting, .level = level, .reason = reason};
    violation->fact = fact;
    if (check->wordless)
        return violation;
    if (fact) {
        violation->field = qw_fact_field(fact, check->arena);
        violation->value = qw_fact_value(fact, check->arena);
    }
    if (is_entered(check, fact))
        accepted = "enter a container without it";
    if (accepted)
        violation->accepted = qw_arena_copy(check->arena, qw_bytes_of(accepted));
    return violation;
}

void qw_violate(struct qw_check *check, const char *setting, const struct qw_fact *fact, const char *accepted,
                const char *fmt, ...)
{
    struct qw_bytes reason;
    va_list args;

    va_start(args, fmt);
    reason = sentence(check, fmt, args);
    va_end(args);
    report(check, check->rule->id, check->level, fact, reason, setting, accepted);
}

void qw_missing(struct qw_check *check, const char *setting, const char *field, const char *accepted, const char *fmt,
                ...)
{
    struct qw_violation *violation;
    struct qw_bytes reason;
    va_list args;

    va_start(args, fmt);
    reason = sentence(check, fmt, args);
    va_end(args);
    violation = report(check, check->rule->id, check->level, NULL, reason, setting, accepted);
    if (violation)
        violation->field = qw_bytes_of(field);
}

void qw_undecided(struct qw_check *check, const struct qw_fact *fact, const char *fmt, ...)
{
    struct qw_bytes reason;
    va_list args;

    va_start(args, fmt);
    reason = sentence(check, fmt, args);
    va_end(args);
    report(check, "undecided", QW_LEVEL_DENY, fact, reason, NULL, NULL);
}

/* Is the request denied for this fact already? Two rules may ask the same question. */
static bool is_reported(const struct qw_check *check, const struct qw_fact *fact)
{
    for (size_t i = 0; i < check->out->count; i++) {
        if (check->out->items[i].level == QW_LEVEL_DENY && check->out->items[i].fact == fact)
            return true;
    }
    return false;
}

void qw_check_unknown_place(struct qw_check *check, const struct qw_fact *fact, const struct qw_place *place)
{
    if (!is_reported(check, fact))
        qw_undecided(check, fact, "where host path %s leads could not be found out%s%s",
                     qw_shown(check->arena, fact->text), place && place->trouble ? ": " : "",
                     place && place->trouble ? place->trouble : "");
}

bool qw_check_is_named_twice(const struct qw_check *check, const struct qw_fact *fact)
{
    for (const struct qw_fact *mode = facts_of(check, QW_F_NETWORK_MODE); fact->kind == QW_F_NETWORK && mode;
         mode = mode->next) {
        if (qw_bytes_eq(mode->text, fact->text) ||
            (qw_bytes_is(mode->text, "default") && qw_bytes_is(fact->text, "bridge")))
            return true;
    }
    return false;
}

struct qw_bytes qw_check_network(const struct qw_check *check, const struct qw_fact *fact)
{
    const struct qw_fact *known = qw_facts_looked_up(check->facts, "network", fact->text);
    const struct qw_bytes name = known ? qw_fact_part(known, "name") : (struct qw_bytes){NULL, 0};

    return name.len ? name : fact->text;
}

bool qw_fact_is_set(const struct qw_fact *fact, const char *part)
{
    return qw_bytes_is(qw_fact_part(fact, part), "1");
}

bool qw_check_names_nothing(const struct qw_check *check, const struct qw_fact *fact)
{
    return qw_facts_say_absent(check->facts, "container", qw_container_reference(fact->text));
}

bool qw_check_is_exec(const struct qw_check *check)
{
    return is_payload(check, QW_PAYLOAD_EXEC) || strcmp(check->request->action->name, "container.exec.start") == 0;
}

bool qw_check_is_copy(const struct qw_check *check)
{
    return qw_bytes_starts(qw_bytes_of(check->request->action->name), "container.archive.");
}

bool qw_check_enters(const struct qw_check *check)
{
    return qw_check_is_exec(check) || strcmp(check->request->action->name, "container.attach") == 0;
}

void qw_check_each(struct qw_check *check, enum qw_fact_kind kind, const char *setting, const char *what,
                   const char *where)
{
    for (const struct qw_fact *fact = facts_of(check, kind); fact; fact = fact->next) {
        if (!qw_check_lists(check, setting, fact->text))
            qw_violate(check, NULL, fact, qw_check_accepted(check, setting, where), "%s %s is not allowed", what,
                       qw_shown(check->arena, fact->text));
    }
}

bool qw_looks_like_id(struct qw_bytes name)
{
    if (name.len < 12 || name.len > 64)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        const char c = name.data[i];

        if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f') && !(c >= 'A' && c <= 'F'))
            return false;
    }
    return true;
}

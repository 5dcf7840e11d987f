/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "explain.h"

#define FIELD_MAX  100 /* bytes of a field and of a value in a line of text */
#define VALUE_MAX  60
#define URI_MAX    400
#define COLUMN_MAX 60  /* what is longer moves what follows it */
#define RECORDED   256 /* bytes of a value in JSON, as in the record */

/* ---- where it stands ---- */

/* The profile that a rule's settings are written in: heirs share them. */
static const struct qw_profile *origin_of(const struct qw_profile *profile, size_t rule)
{
    while (profile->parent && profile->parent->rules[rule] == profile->rules[rule])
        profile = profile->parent;
    return profile;
}

/* NULL where nobody matched: rules that hold for everybody are built in, too. */
static const char *built_in_profile(const struct qw_decision *decision, const struct qw_considered *considered)
{
    const struct qw_member *member = decision->verdict.member;

    return member ? origin_of(member->profile, (size_t)(considered->rule - qw_rules))->name : NULL;
}

static void add_place(struct qw_buf *out, const struct qw_policy *policy, int line)
{
    qw_buf_add_shown(out, qw_bytes_of(policy->file), SIZE_MAX);
    qw_buf_printf(out, ":%d", line);
}

static const char *const outcomes[] = {
    [QW_RULE_PASS] = "pass",
    [QW_RULE_VIOLATION] = "violation",
    [QW_RULE_UNDECIDED] = "undecided",
    [QW_RULE_EXCEPTED] = "excepted",
};

static void add_id(struct qw_buf *out, const char *rule, const char *setting)
{
    qw_buf_add_text(out, rule);
    if (setting)
        qw_buf_printf(out, ".%s", setting);
}

/* ---- text: who asks for what ---- */

static void add_who(struct qw_buf *out, const struct qw_identity *who)
{
    const char *separator = " (";

    if (who->user.len)
        qw_buf_add_shown(out, who->user, FIELD_MAX);
    else
        qw_buf_add_text(out, who->via.len ? "a certificate without a name" : "anonymous");
    for (size_t i = 0; i < who->group_count; i++) {
        qw_buf_add_text(out, i ? " " : " (groups ");
        qw_buf_add_shown(out, who->groups[i], FIELD_MAX);
        separator = ", ";
    }
    if (who->via.len)
        qw_buf_printf(out, "%svia %.*s", separator, QW_BYTES_ARG(who->via));
    if (who->issuer.len) {
        qw_buf_add_text(out, ", issued by ");
        qw_buf_add_shown(out, who->issuer, FIELD_MAX);
    }
    if (who->group_count || who->via.len)
        qw_buf_add_text(out, ")");
}

static void add_part(struct qw_buf *out, const struct qw_policy *policy, const char *what, const char *name, int line)
{
    qw_buf_printf(out, ", %s %s (", what, name);
    if (line)
        add_place(out, policy, line);
    else
        qw_buf_add_text(out, "built in");
    qw_buf_add_text(out, ")");
}

static void add_headline(struct qw_buf *out, const struct qw_decision *decision, const struct qw_policy *policy,
                         const char *colour)
{
    const struct qw_verdict *verdict = &decision->verdict;
    QW_AUTO(buf) struct qw_buf uri = {0};

    qw_buf_printf(out, "%s%s%s: %s", colour, qw_outcome_words[verdict->outcome], *colour ? "\033[0m" : "",
                  decision->request.action->name);
    qw_buf_add_text(out, decision->message.method.len ? ", " : "");
    qw_buf_add_shown(out, decision->message.method, FIELD_MAX);
    qw_buf_add_text(out, decision->message.uri.len ? " " : "");
    qw_decision_uri(decision, &uri);
    qw_buf_add_shown(out, qw_buf_bytes(&uri), URI_MAX);
    qw_buf_add_text(out, "\n");
    add_who(out, &decision->identity);
    if (verdict->tenant) {
        qw_buf_printf(out, ": tenant %s (", verdict->tenant->name);
        add_place(out, policy, verdict->member->line ? verdict->member->line : verdict->tenant->line);
        qw_buf_add_text(out, ")");
        add_part(out, policy, "role", verdict->member->role->name, verdict->member->role->line);
        add_part(out, policy, "profile", verdict->member->profile->name, verdict->member->profile->line);
    } else if (decision->unread.part != QW_UNREAD_REQUEST) {
        qw_buf_add_text(out, ": no tenant");
    }
    qw_buf_printf(out, "%s\n", policy->warn_mode ? "; mode: warn" : "");
}

/* ---- text: a line for each rule ---- */

enum { OUTCOME, ID, WHAT, PLACE, CELLS };

struct row {
    struct qw_bytes cells[CELLS];
    const char *colour;
};

static struct qw_bytes keep(struct qw_arena *arena, struct qw_buf *buf)
{
    const struct qw_bytes text = buf->failed ? (struct qw_bytes){NULL, 0} : qw_arena_copy(arena, qw_buf_bytes(buf));

    qw_buf_reset(buf);
    return text;
}

static size_t width_of(struct qw_bytes text)
{
    size_t width = 0;

    for (size_t i = 0; i < text.len; i++)
        width += (text.data[i] & 0xc0) != 0x80;
    return width;
}

static void add_what(struct qw_buf *out, struct qw_bytes field, struct qw_bytes value)
{
    qw_buf_add(out, field.data, field.len < FIELD_MAX ? field.len : FIELD_MAX);
    if (!value.data)
        return;
    qw_buf_add_text(out, field.len ? " = " : "");
    qw_buf_add_shown(out, value, VALUE_MAX);
}

static void add_source(struct qw_buf *out, const struct qw_decision *decision, const struct qw_policy *policy,
                       const struct qw_considered *considered)
{
    const char *profile = built_in_profile(decision, considered);

    if (considered->line)
        add_place(out, policy, considered->line);
    else
        qw_buf_printf(out, "%s%s", profile ? "built-in profile " : "holds for everybody", profile ? profile : "");
    if (considered->everyone)
        qw_buf_add_text(out, " (everyone)");
    if (considered->exception) {
        qw_buf_add_text(out, ", exception ");
        add_place(out, policy, considered->exception->line);
    }
}

static const char *colour_of(enum qw_rule_outcome outcome, enum qw_level level)
{
    if (outcome == QW_RULE_PASS)
        return "\033[32m";
    return outcome == QW_RULE_EXCEPTED || (outcome == QW_RULE_VIOLATION && level == QW_LEVEL_WARN) ? "\033[33m"
                                                                                                   : "\033[31m";
}

static struct row row_of(const struct qw_decision *decision, const struct qw_policy *policy,
                         const struct qw_considered *considered, struct qw_arena *arena)
{
    QW_AUTO(buf) struct qw_buf text = {0};
    struct row row = {.colour = colour_of(considered->outcome, considered->level)};
    const bool warns = considered->level == QW_LEVEL_WARN && considered->outcome == QW_RULE_VIOLATION;

    row.cells[OUTCOME] = qw_bytes_of(warns ? "warning" : outcomes[considered->outcome]);
    add_id(&text, considered->rule->id, considered->setting);
    row.cells[ID] = keep(arena, &text);
    add_what(&text, considered->field, considered->value);
    row.cells[WHAT] = keep(arena, &text);
    add_source(&text, decision, policy, considered);
    row.cells[PLACE] = keep(arena, &text);
    return row;
}

static bool is_refusal(const char *id)
{
    for (const char *const *refusal = qw_refusals; *refusal; refusal++) {
        if (*refusal == id)
            return strcmp(id, qw_refusals[QW_REFUSE_UNDECIDED]) != 0;
    }
    return false;
}

/* Where a role could have allowed it. */
static struct row refusal_row(const struct qw_decision *decision, const struct qw_policy *policy,
                              const struct qw_violation *refusal, struct qw_arena *arena)
{
    QW_AUTO(buf) struct qw_buf text = {0};
    struct row row = {.colour = colour_of(QW_RULE_VIOLATION, refusal->level)};

    row.cells[OUTCOME] = qw_bytes_of(refusal->level == QW_LEVEL_WARN ? "warning" : "refused");
    row.cells[ID] = qw_bytes_of(refusal->rule);
    if (refusal->rule == qw_refusals[QW_REFUSE_NOT_ALLOWED] && decision->verdict.member->role->line)
        add_place(&text, policy, decision->verdict.member->role->line);
    row.cells[PLACE] = keep(arena, &text);
    return row;
}

static void add_row(struct qw_buf *out, const struct row *row, const size_t *widths, bool colour)
{
    qw_buf_add_text(out, "  ");
    for (size_t i = 0; i < CELLS; i++) {
        const size_t width = width_of(row->cells[i]);

        if (i == OUTCOME && colour)
            qw_buf_add_text(out, row->colour);
        qw_buf_add_bytes(out, row->cells[i]);
        if (i == OUTCOME && colour)
            qw_buf_add_text(out, "\033[0m");
        if (i + 1 < CELLS)
            qw_buf_printf(out, "%*s", (int)(width < widths[i] ? widths[i] - width : 0) + 2, "");
    }
    while (out->len && out->data[out->len - 1] == ' ')
        out->len--;
    qw_buf_add_text(out, "\n");
}

static void add_rows(struct qw_buf *out, const struct qw_decision *decision, const struct qw_policy *policy,
                     bool colour, struct qw_arena *arena)
{
    const struct qw_violations *violations = &decision->verdict.violations;
    struct row *rows = qw_arena_zalloc(arena, decision->trace->count + violations->count + 1, sizeof(*rows));
    size_t widths[CELLS] = {0};
    size_t count = 0;

    if (!rows) {
        out->failed = true;
        return;
    }
    for (size_t i = 0; i < violations->count; i++) {
        if (is_refusal(violations->items[i].rule))
            rows[count++] = refusal_row(decision, policy, &violations->items[i], arena);
    }
    for (size_t i = 0; i < decision->trace->count; i++)
        rows[count++] = row_of(decision, policy, &decision->trace->items[i], arena);
    for (size_t i = 0; i < count * CELLS; i++) {
        const size_t width = width_of(rows[i / CELLS].cells[i % CELLS]);

        if (width > widths[i % CELLS] && width <= COLUMN_MAX)
            widths[i % CELLS] = width;
    }
    qw_buf_add_text(out, count ? "\n" : "\nNo rule looks at such a request.\n");
    for (size_t i = 0; i < count; i++)
        add_row(out, &rows[i], widths, colour);
}

/* ---- text: the answer ---- */

static void add_answer(struct qw_buf *out, const struct qw_verdict *verdict, const struct qw_policy *policy)
{
    QW_AUTO(buf) struct qw_buf answer = {0};
    struct qw_bytes rest;
    struct qw_bytes line;

    qw_verdict_explain(verdict, policy->contact, &answer);
    out->failed |= answer.failed;
    rest = qw_buf_bytes(&answer);
    if (!rest.len)
        return;
    qw_buf_add_text(out,
                    verdict->outcome == QW_OUTCOME_DENY ? "\nThe client reads:\n" : "\nIt is let through, with:\n");
    while (qw_bytes_split(&rest, '\n', &line)) {
        qw_buf_add_text(out, "  ");
        qw_buf_add_bytes(out, line);
        qw_buf_add_text(out, "\n");
    }
}

void qw_explain_text(const struct qw_decision *decision, const struct qw_policy *policy, bool colour,
                     struct qw_arena *arena, struct qw_buf *out)
{
    static const char *const colours[] = {
        [QW_OUTCOME_ALLOW] = "\033[1;32m", [QW_OUTCOME_WARN] = "\033[1;33m", [QW_OUTCOME_DENY] = "\033[1;31m"};

    add_headline(out, decision, policy, colour ? colours[decision->verdict.outcome] : "");
    add_rows(out, decision, policy, colour, arena);
    add_answer(out, &decision->verdict, policy);
}

/* ---- JSON ---- */

static void add_text_or_null(struct qw_buf *out, const char *name, struct qw_bytes text, size_t max)
{
    qw_buf_printf(out, ",\"%s\":%s", name, text.data ? "\"" : "null");
    if (!text.data)
        return;
    qw_buf_add_shown(out, text, max);
    qw_buf_add_text(out, "\"");
}

static void add_considered(struct qw_buf *out, const struct qw_decision *decision, const struct qw_policy *policy,
                           const struct qw_considered *considered)
{
    static const char *const levels[] = {
        [QW_LEVEL_DENY] = "deny", [QW_LEVEL_WARN] = "warn", [QW_LEVEL_ALLOW] = "allow"};
    const char *profile = considered->line ? NULL : built_in_profile(decision, considered);

    qw_buf_add_text(out, "{\"id\":\"");
    add_id(out, considered->rule->id, considered->setting);
    qw_buf_printf(out, "\",\"level\":\"%s\",\"outcome\":\"%s\"", levels[considered->level],
                  outcomes[considered->outcome]);
    add_text_or_null(out, "field", considered->field, SIZE_MAX);
    add_text_or_null(out, "value", considered->value, RECORDED);
    add_text_or_null(out, "accepted", considered->accepted, SIZE_MAX);
    add_text_or_null(out, "file", considered->line ? qw_bytes_of(policy->file) : (struct qw_bytes){NULL, 0}, SIZE_MAX);
    qw_buf_add_text(out, ",\"line\":");
    if (considered->line)
        qw_buf_add_int(out, considered->line);
    else
        qw_buf_add_text(out, "null");
    if (profile)
        add_text_or_null(out, "profile", qw_bytes_of(profile), SIZE_MAX);
    if (considered->exception)
        qw_buf_printf(out, ",\"exception\":%d", considered->exception->line);
    qw_buf_add_text(out, "}");
}

void qw_explain_json(const struct qw_decision *decision, const struct qw_policy *policy, struct qw_buf *out)
{
    qw_buf_add_text(out, "{");
    qw_decision_record(decision, policy, out);
    qw_buf_add_text(out, ",\"rules_considered\":[");
    for (size_t i = 0; i < decision->trace->count; i++) {
        qw_buf_add_text(out, i ? "," : "");
        add_considered(out, decision, policy, &decision->trace->items[i]);
    }
    qw_buf_add_text(out, "]}\n");
}

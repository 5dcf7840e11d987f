/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts as an audit record has them; read.c is the way back. */
#include "shape.h"

static void print_record(const struct qw_fact *fact, struct qw_buf *out)
{
    qw_buf_printf(out, "{\"%s\":", qw_fact_types[fact->kind].main);
    qw_buf_add_json(out, fact->text);
    for (size_t i = 0; i < fact->part_count; i++) {
        qw_buf_add(out, ",", 1);
        qw_buf_add_json(out, fact->parts[i].key);
        qw_buf_add(out, ":", 1);
        qw_buf_add_json(out, fact->parts[i].value);
    }
    qw_buf_add(out, "}", 1);
}

static void print_fact(const struct qw_fact *fact, struct qw_buf *out)
{
    switch (qw_fact_types[fact->kind].type) {
    case QW_FLAG:
        qw_buf_add_text(out, "true");
        break;
    case QW_NUMBER:
        qw_buf_add_int(out, fact->number);
        break;
    case QW_TEXT:
        qw_buf_add_json(out, fact->text);
        break;
    case QW_RECORD:
        print_record(fact, out);
        break;
    }
}

/* Where in the record a fact stands: in the object itself, or in one in it. */
enum home { OUTRIGHT, BESIDE, STORED, HOMES };

static const char *const homes[HOMES] = {NULL, QW_FACTS_BESIDE, QW_FACTS_STORED};

static enum home home_of(const struct qw_fact *fact)
{
    if (fact->stored)
        return STORED;
    return fact->beside ? BESIDE : OUTRIGHT;
}

static const struct qw_fact *next_of(const struct qw_fact *fact, enum home home)
{
    while (fact && home_of(fact) != home)
        fact = fact->next;
    return fact;
}

static void print_kind(const struct qw_fact *fact, enum home home, struct qw_buf *out)
{
    qw_buf_add(out, "\"", 1);
    qw_buf_add_text(out, qw_fact_types[fact->kind].name);
    qw_buf_add_text(out, "\":[");
    while (fact) {
        print_fact(fact, out);
        fact = next_of(fact->next, home);
        if (fact)
            qw_buf_add(out, ",", 1);
    }
    qw_buf_add(out, "]", 1);
}

/* Marks the homes of facts that are not printed. */
static void print_facts(const struct qw_facts *facts, enum home home, unsigned *others, struct qw_buf *out)
{
    const char *separator = "";

    for (int kind = 0; kind < QW_F_COUNT; kind++) {
        const struct qw_fact *fact = next_of(facts->first[kind], home);

        for (const struct qw_fact *other = facts->first[kind]; home == OUTRIGHT && other; other = other->next)
            *others |= QW_BIT(home_of(other));
        if (!fact)
            continue;
        qw_buf_add_text(out, separator);
        separator = ",";
        print_kind(fact, home, out);
    }
}

void qw_facts_print(const struct qw_facts *facts, struct qw_buf *out)
{
    const size_t start = out->len;
    unsigned others = 0;

    qw_buf_add(out, "{", 1);
    print_facts(facts, OUTRIGHT, &others, out);
    for (enum home home = BESIDE; home < HOMES; home++) {
        if (!(others & QW_BIT(home)))
            continue;
        qw_buf_printf(out, "%s\"%s\":{", out->len > start + 1 ? "," : "", homes[home]);
        print_facts(facts, home, &others, out);
        qw_buf_add(out, "}", 1);
    }
    qw_buf_add(out, "}", 1);
}

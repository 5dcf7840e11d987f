/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asking the engine: what can be asked for, each question once, and an end to them. */
#include "lookup.h"

static const char *const kind_words[] = {
    [QW_CONTAINER] = "container", [QW_VOLUME] = "volume", [QW_IMAGE] = "image",
    [QW_NETWORK] = "network",     [QW_EXEC] = "exec",
};

/* ---- references ---- */

/* Bytes besides letters and digits that names of each kind may have; none begins with one. Networks: any but these. */
static const char *const marks[] = {
    [QW_CONTAINER] = "_.-/", [QW_VOLUME] = "_.-", [QW_IMAGE] = "_.-/:@", [QW_EXEC] = "", [QW_NETWORK] = "/",
};

static bool is_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/*
 * Could the engine have something of this name? What it could not have is absent without a question, and no path of
 * the API is ever made of it. Source: moby daemon/names, volume/local, distribution/reference; networks: libnetwork.
 */
bool lookup_is_possible(enum qw_object_kind kind, struct qw_bytes reference)
{
    for (size_t i = 0; i < reference.len; i++) {
        const char c = reference.data[i];
        const bool marked = c && strchr(marks[kind], c);

        if (is_alphanumeric(c))
            continue;
        if (kind == QW_NETWORK ? (unsigned char)c < ' ' || c == 0x7f || marked : i == 0 || !marked)
            return false;
    }
    return reference.len > 0 && reference.len <= 1024 && !qw_bytes_is(reference, ".") && !qw_bytes_is(reference, "..");
}

static bool is_prefix(struct qw_bytes id, struct qw_bytes reference)
{
    return id.len >= reference.len && memcmp(id.data, reference.data, reference.len) == 0;
}

/*
 * Is the answer about what was asked for? An image has many names, of which the answer need not list the one that was
 * used, so that nothing is compared.
 */
static bool fits(enum qw_object_kind kind, struct qw_bytes reference, const struct qw_json *answer)
{
    const struct qw_bytes id = stored_text(answer, NULL, kind == QW_EXEC ? "ID" : "Id");
    struct qw_bytes name = stored_text(answer, NULL, "Name");

    if (answer->type != QW_JSON_OBJECT)
        return false;
    if (kind == QW_IMAGE || (!id.len && !name.len))
        return true;
    if (kind == QW_CONTAINER && qw_bytes_starts(name, "/"))
        name = qw_bytes_from(name, 1);
    return (id.len && is_prefix(id, reference)) || qw_bytes_eq(name, reference);
}

/* ---- asking ---- */

static int stop(struct lookup *l, enum qw_found why)
{
    l->outcome = why;
    return -1;
}

static int unclear(struct lookup *l, enum qw_object_kind kind, struct qw_bytes reference, const char *why)
{
    QW_AUTO(buf) struct qw_buf text = {0};

    qw_buf_add_shown(&text, reference, 80);
    qw_fail(l->reader.err, QW_E_IO, "what the engine knows of %s \"" QW_BYTES_FMT "\" could not be found out: %s",
            kind_words[kind], QW_BYTES_ARG(qw_buf_bytes(&text)), why);
    return stop(l, QW_UNCLEAR);
}

static struct asked *find_asked(struct lookup *l, enum qw_object_kind kind, struct qw_bytes reference)
{
    for (size_t i = 0; i < l->count; i++) {
        if (l->asked[i].kind == kind && qw_bytes_eq(l->asked[i].reference, reference))
            return &l->asked[i];
    }
    return NULL;
}

/* NULL where there is no room for another question. */
static struct asked *ask_anew(struct lookup *l, enum qw_object_kind kind, struct qw_bytes reference)
{
    struct asked *asked;

    if (!l->asked)
        l->asked = qw_arena_zalloc(l->reader.arena, QW_LOOKUPS_MAX, sizeof(*l->asked));
    if (!l->asked || l->count == QW_LOOKUPS_MAX) {
        qw_fail(l->reader.err, QW_E_IO, "it is about more than %d objects of the engine's", QW_LOOKUPS_MAX);
        stop(l, QW_UNCLEAR);
        return NULL;
    }
    asked = &l->asked[l->count++];
    *asked = (struct asked){.kind = kind, .reference = reference, .found = QW_ABSENT};
    if (lookup_is_possible(kind, reference))
        asked->found = l->world->inspect(l->world, kind, reference, l->reader.arena, &asked->answer, l->reader.err);
    return asked;
}

/* An answer that is not what the engine's are is none: what it hides would pass for what is not there. */
static int check_types(struct lookup *l, const struct asked *asked)
{
    struct qw_facts none = {0};
    struct reader r = {.arena = l->reader.arena, .facts = &none, .err = l->reader.err, .stored = true};

    return read_struct(&r, shape_answers[asked->kind], asked->answer, NULL) < 0 ? lookup_unreadable(l, asked) : 0;
}

/* FOUND or ABSENT in (*out)->found; -1 where it is neither. */
int lookup_ask(struct lookup *l, enum qw_object_kind kind, struct qw_bytes reference, struct asked **out)
{
    struct asked *asked = find_asked(l, kind, reference);

    if (asked) {
        *out = asked;
        return 0; /* of any other outcome there was no second question */
    }
    asked = ask_anew(l, kind, reference);
    if (!asked)
        return -1;
    *out = asked;
    if (asked->found == QW_LATER)
        return stop(l, QW_LATER);
    if (asked->found == QW_UNCLEAR)
        return lookup_unreadable(l, asked);
    if (asked->found == QW_FOUND && !fits(kind, reference, asked->answer))
        return unclear(l, kind, reference, "the answer is about something else");
    return asked->found == QW_FOUND ? check_types(l, asked) : 0;
}

/* Facts of the engine's answers cannot be read: that is no fault of the request. */
int lookup_unreadable(struct lookup *l, const struct asked *asked)
{
    struct qw_bytes why = qw_arena_printf(l->reader.arena, "%s", l->reader.err->msg);

    return unclear(l, asked->kind, asked->reference, why.data ? why.data : "out of memory");
}

/* "container web" */
struct qw_bytes lookup_name(struct lookup *l, enum qw_object_kind kind, struct qw_bytes reference)
{
    return qw_arena_concat3(l->reader.arena, qw_bytes_of(kind_words[kind]), QW_LIT(" "), reference);
}

/*
 * What else was wanted of it: another policy may judge the record, and has to know what it is silent about.
 */
static int add_wants(struct lookup *l, struct record *record, enum qw_object_kind kind)
{
    if (kind != QW_CONTAINER)
        return 0;
    if (l->questions->binds && record_add(&l->reader, record, "binds", QW_LIT("1"), NULL) < 0)
        return -1;
    return l->questions->programs ? record_add(&l->reader, record, "program", QW_LIT("1"), NULL) : 0;
}

int lookup_note(struct lookup *l, const struct asked *asked, const char *found, struct qw_bytes name)
{
    struct record record = {.kind = QW_F_LOOKED_UP};

    record.text = lookup_name(l, asked->kind, asked->reference);
    record.path = record.text.data ? path_object(&l->reader, record.text) : NULL;
    if (!record.path || record_add(&l->reader, &record, "found", qw_bytes_of(found), NULL) < 0 ||
        (name.len && record_add(&l->reader, &record, "name", name, NULL) < 0) ||
        add_wants(l, &record, asked->kind) < 0 || fact_add_record(&l->reader, &record) < 0)
        return lookup_unreadable(l, asked);
    return 0;
}

/* Asks for a container and notes, the first time, whether it is there. */
int lookup_ask_container(struct lookup *l, struct qw_bytes reference, struct asked **out)
{
    const bool again = find_asked(l, QW_CONTAINER, reference);

    if (lookup_ask(l, QW_CONTAINER, reference, out) < 0)
        return -1;
    if ((*out)->found == QW_FOUND && !stored_get((*out)->answer, "Mounts"))
        l->unresolved = true;
    return again ? 0 : lookup_note(l, *out, (*out)->found == QW_FOUND ? "yes" : "no", QW_LIT(""));
}

bool lookup_is_new(struct asked *asked, enum use use)
{
    const bool is_new = asked->found == QW_FOUND && !(asked->uses & use);

    asked->uses |= use;
    return is_new;
}

struct container lookup_container(struct lookup *l, const struct asked *asked)
{
    const struct qw_bytes name = lookup_name(l, QW_CONTAINER, asked->reference);

    return (struct container){.answer = asked->answer, .root = path_object(&l->reader, name)};
}

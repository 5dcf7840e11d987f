/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A hash table of the subjects of all rows: a plain name is found by itself, a pattern by what stands before its first
 * star. A name is looked up whole and by each of its beginnings that is as long as one of the patterns'. Entries lie in
 * their places in the order of the rows, so that the first one that fits is the first of its place.
 */
#include "index.h"

#define PREFIX_MAX 63 /* what is longer is found by its first bytes */

struct entry {
    const struct entry *next; /* of the same place, in the order of the rows */
    const struct qw_subject *subject;
    const struct qw_tenant *tenant;
    const struct qw_member *member;
    size_t row;
    uint32_t hash;
};

struct qw_index {
    const struct entry **places;
    size_t mask;
    uint64_t lengths; /* a bit for each length of a pattern's beginning */
};

/* FNV-1a. The table's names are the administrator's own, so that nobody else could make them collide. */
static uint32_t hash_of(enum qw_subject_kind kind, bool is_pattern, struct qw_bytes text)
{
    uint32_t hash = 2166136261U;

    hash = (hash ^ ((uint32_t)kind * 2 + is_pattern)) * 16777619U;
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.data[i]) * 16777619U;
    return hash;
}

static struct qw_bytes beginning(struct qw_bytes text, size_t len)
{
    return (struct qw_bytes){text.data, len < text.len ? len : text.len};
}

static size_t prefix_of(const struct qw_subject *subject)
{
    return subject->fixed < PREFIX_MAX ? subject->fixed : PREFIX_MAX;
}

static uint32_t hash_of_subject(const struct qw_subject *subject)
{
    if (subject->kind == QW_SUBJECT_ANONYMOUS)
        return hash_of(subject->kind, false, QW_LIT(""));
    if (!subject->pattern)
        return hash_of(subject->kind, false, subject->name);
    return hash_of(subject->kind, true, beginning(subject->name, prefix_of(subject)));
}

/* ---- building ---- */

/* Calls visit for each subject of each row, in their order. */
static void walk(const struct qw_policy *policy, void (*visit)(const struct entry *entry, void *data), void *data)
{
    struct entry entry = {0};

    for (size_t i = 0; i < policy->tenant_count; i++) {
        entry.tenant = &policy->tenants[i];
        for (size_t k = 0; k < entry.tenant->member_count; k++, entry.row++) {
            entry.member = &entry.tenant->members[k];
            for (size_t n = 0; n < entry.member->subject_count; n++) {
                entry.subject = &entry.member->subjects[n];
                visit(&entry, data);
            }
        }
    }
}

static void count_one(const struct entry *entry, void *data)
{
    (void)entry;
    ++*(size_t *)data;
}

struct builder {
    struct qw_index *index;
    struct entry *entries;
    struct entry **last; /* of each place */
    size_t count;
};

static void add(const struct entry *entry, void *data)
{
    struct builder *builder = data;
    struct entry *added = &builder->entries[builder->count++];
    size_t place;

    *added = *entry;
    added->hash = hash_of_subject(entry->subject);
    place = added->hash & builder->index->mask;
    if (builder->last[place])
        builder->last[place]->next = added;
    else
        builder->index->places[place] = added;
    builder->last[place] = added;
    if (entry->subject->pattern)
        builder->index->lengths |= UINT64_C(1) << prefix_of(entry->subject);
}

const struct qw_index *qw_index_new(const struct qw_policy *policy)
{
    struct qw_index *index = qw_arena_zalloc(policy->arena, 1, sizeof(*index));
    struct builder builder = {.index = index};
    size_t places = 16;
    size_t count = 0;

    walk(policy, count_one, &count);
    while (places < 2 * count)
        places *= 2;
    if (!index)
        return NULL;
    index->mask = places - 1;
    index->places = qw_arena_zalloc(policy->arena, places, sizeof(*index->places));
    builder.entries = qw_arena_zalloc(policy->arena, count + 1, sizeof(*builder.entries));
    builder.last = calloc(places, sizeof(struct entry *));
    if (!index->places || !builder.entries || !builder.last) {
        free(builder.last);
        return NULL;
    }
    walk(policy, add, &builder);
    free(builder.last);
    return index;
}

/* ---- finding ---- */

struct search {
    const struct qw_index *index;
    const struct qw_identity *identity;
    const struct entry *best;
};

/* Looks at one place for a row before the best one so far. */
static void look(struct search *search, enum qw_subject_kind kind, bool is_pattern, struct qw_bytes key,
                 struct qw_bytes name)
{
    const uint32_t hash = hash_of(kind, is_pattern, key);
    const struct entry *entry = search->index->places[hash & search->index->mask];

    for (; entry && (!search->best || entry->row < search->best->row); entry = entry->next) {
        if (entry->hash == hash && entry->subject->kind == kind &&
            (kind == QW_SUBJECT_ANONYMOUS || qw_subject_names(entry->subject, name)) &&
            qw_member_trusts(entry->member, search->identity)) {
            search->best = entry;
            return;
        }
    }
}

static void look_for_name(struct search *search, enum qw_subject_kind kind, struct qw_bytes name)
{
    if (!name.len)
        return;
    look(search, kind, false, name, name);
    for (size_t len = 0; len <= PREFIX_MAX && len <= name.len; len++) {
        if (search->index->lengths >> len & 1)
            look(search, kind, true, beginning(name, len), name);
    }
}

bool qw_index_find(const struct qw_index *index, const struct qw_identity *identity, const struct qw_tenant **tenant,
                   const struct qw_member **member)
{
    struct search search = {.index = index, .identity = identity};

    look_for_name(&search, QW_SUBJECT_USER, identity->user);
    for (size_t i = 0; i < identity->group_count; i++)
        look_for_name(&search, QW_SUBJECT_GROUP, identity->groups[i]);
    if (qw_identity_is_anonymous(identity))
        look(&search, QW_SUBJECT_ANONYMOUS, false, QW_LIT(""), QW_LIT(""));
    if (!search.best)
        return false;
    *tenant = search.best->tenant;
    *member = search.best->member;
    return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libyaml's events as a tree with positions. What a reader of a policy could overlook is refused. */
#include "diagnostics.h"
#include "yaml_text.h"

#include <assert.h>
#include <yaml.h>

struct frame {
    struct qw_yaml *node;    /* LIST or MAP */
    struct qw_yaml **tail;   /* where the next member goes */
    struct qw_yaml *pending; /* MAP: the member whose key was read */
};

struct builder {
    struct qw_diagnostics *diagnostics;
    struct qw_arena *arena;
    struct qw_yaml *root;
    struct frame stack[QW_YAML_DEPTH_MAX];
    size_t depth;
    size_t nodes;
};

void qw_yaml_free(struct qw_yaml *root)
{
    if (root)
        qw_arena_free(root->arena);
}

struct qw_yaml *qw_yaml_get(const struct qw_yaml *map, const char *key)
{
    struct qw_yaml *member = map->type == QW_YAML_MAP ? map->child : NULL;

    while (member && strcmp(member->key, key) != 0)
        member = member->next;
    return member;
}

static int fail_at(struct builder *builder, yaml_mark_t mark, const char *text)
{
    return qw_diagnostics_error(builder->diagnostics, (int)mark.line + 1, (int)mark.column + 1, "%s", text);
}

static int out_of_memory(struct builder *builder)
{
    return qw_diagnostics_error(builder->diagnostics, 0, 0, "out of memory");
}

static struct frame *top(struct builder *builder)
{
    return builder->depth ? &builder->stack[builder->depth - 1] : NULL;
}

static bool is_key_next(struct builder *builder)
{
    const struct frame *frame = top(builder);

    return frame && frame->node->type == QW_YAML_MAP && !frame->pending;
}

static struct qw_yaml *node_new(struct builder *builder, yaml_mark_t mark)
{
    struct qw_yaml *node;

    if (++builder->nodes > QW_YAML_NODES_MAX) {
        fail_at(builder, mark, "too many values in one file");
        return NULL;
    }
    node = qw_arena_zalloc(builder->arena, 1, sizeof(*node));
    if (!node)
        out_of_memory(builder);
    return node;
}

/* The node that a value becomes, in its place in the tree; NULL with an error reported. */
static struct qw_yaml *place_value(struct builder *builder, enum qw_yaml_type type, yaml_mark_t mark)
{
    struct frame *frame = top(builder);
    struct qw_yaml *node;

    if (frame && frame->node->type == QW_YAML_MAP) {
        node = frame->pending;
        frame->pending = NULL;
    } else {
        node = node_new(builder, mark);
        if (!node)
            return NULL;
        if (frame) {
            *frame->tail = node;
            frame->tail = &node->next;
        } else {
            builder->root = node;
        }
    }
    node->type = type;
    node->line = (int)mark.line + 1;
    node->column = (int)mark.column + 1;
    return node;
}

/* A copy with a NUL after it. Keys are used as C strings: one that holds a NUL is refused by the caller. */
static char *copy(struct builder *builder, const void *text, size_t len)
{
    char *out = qw_arena_alloc(builder->arena, len + 1);

    if (out) {
        memcpy(out, text, len);
        out[len] = '\0';
    }
    return out;
}

static int add_key(struct builder *builder, const void *text, size_t len, yaml_mark_t mark)
{
    struct frame *frame = top(builder);
    struct qw_yaml *member = node_new(builder, mark);

    if (!member)
        return -1;
    *frame->tail = member;
    frame->tail = &member->next;
    frame->pending = member;
    member->key_line = (int)mark.line + 1;
    member->key_column = (int)mark.column + 1;
    member->key = copy(builder, text, len);
    if (!member->key)
        return out_of_memory(builder);
    if (memchr(text, '\0', len))
        fail_at(builder, mark, "a key with a NUL byte");
    return 0;
}

static int add_text(struct builder *builder, const void *text, size_t len, bool quoted, yaml_mark_t mark)
{
    struct qw_yaml *node;

    if (is_key_next(builder))
        return add_key(builder, text, len, mark);
    node = place_value(builder, QW_YAML_SCALAR, mark);
    if (!node)
        return -1;
    node->quoted = quoted;
    node->text_len = len;
    node->text = copy(builder, text, len);
    return node->text ? 0 : out_of_memory(builder);
}

/* Anchors and tags are read over after the error, so that what follows is reported too. */
static void refuse_properties(struct builder *builder, const void *anchor, const void *tag, yaml_mark_t mark)
{
    if (anchor)
        fail_at(builder, mark, "anchors are not used here; quote a word that begins with &");
    if (tag)
        fail_at(builder, mark, "tags are not used here; quote a word that begins with !");
}

static int open_collection(struct builder *builder, enum qw_yaml_type type, yaml_mark_t mark)
{
    struct qw_yaml *node;

    if (is_key_next(builder))
        return fail_at(builder, mark, "a key must be a word; quote one that begins with { or [");
    if (builder->depth == QW_YAML_DEPTH_MAX)
        return fail_at(builder, mark, "nested too deep");
    node = place_value(builder, type, mark);
    if (!node)
        return -1;
    builder->stack[builder->depth++] = (struct frame){node, &node->child, NULL};
    return 0;
}

static int compare_members(const void *a, const void *b)
{
    const struct qw_yaml *first = *(const struct qw_yaml *const *)a;
    const struct qw_yaml *second = *(const struct qw_yaml *const *)b;
    const int order = strcmp(first->key, second->key);

    if (order)
        return order;
    if (first->key_line != second->key_line)
        return first->key_line < second->key_line ? -1 : 1;
    return (first->key_column > second->key_column) - (first->key_column < second->key_column);
}

/* Sorted, so that a file of a hundred thousand keys does not cost their square. */
static int refuse_duplicates(struct builder *builder, const struct qw_yaml *map)
{
    const struct qw_yaml **members;
    size_t count = 0;

    for (const struct qw_yaml *member = map->child; member; member = member->next)
        count++;
    if (count < 2)
        return 0;
    members = qw_arena_alloc(builder->arena, count * sizeof(*members));
    if (!members)
        return out_of_memory(builder);
    count = 0;
    for (const struct qw_yaml *member = map->child; member; member = member->next)
        members[count++] = member;
    qsort(members, count, sizeof(*members), compare_members);
    for (size_t i = 1; i < count; i++) {
        if (strcmp(members[i - 1]->key, members[i]->key) == 0)
            qw_yaml_key_error(builder->diagnostics, members[i], "duplicate key %s: first in line %d", members[i]->key,
                              members[i - 1]->key_line);
    }
    return 0;
}

static int close_collection(struct builder *builder)
{
    const struct qw_yaml *node = builder->stack[--builder->depth].node;

    assert(node); /* libyaml ends only what it began */
    return node->type == QW_YAML_MAP ? refuse_duplicates(builder, node) : 0;
}

static int start_document(struct builder *builder, const yaml_event_t *event)
{
    if (builder->root)
        return fail_at(builder, event->start_mark, "a second document: one file is one document");
    if (event->data.document_start.version_directive ||
        event->data.document_start.tag_directives.start != event->data.document_start.tag_directives.end)
        return fail_at(builder, event->start_mark, "directives (lines that begin with %) are not used here");
    return 0;
}

static int take_alias(struct builder *builder, const yaml_event_t *event)
{
    const char *name = (const char *)event->data.alias.anchor;

    qw_diagnostics_error(builder->diagnostics, (int)event->start_mark.line + 1, (int)event->start_mark.column + 1,
                         "aliases are not used here; quote a word that begins with *: \"*%s\"", name);
    return add_text(builder, name, strlen(name), true, event->start_mark);
}

static int take(struct builder *builder, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        return 0;
    case YAML_DOCUMENT_START_EVENT:
        return start_document(builder, event);
    case YAML_ALIAS_EVENT:
        return take_alias(builder, event);
    case YAML_SCALAR_EVENT:
        refuse_properties(builder, event->data.scalar.anchor, event->data.scalar.tag, event->start_mark);
        return add_text(builder, event->data.scalar.value, event->data.scalar.length,
                        event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE, event->start_mark);
    case YAML_SEQUENCE_START_EVENT:
        refuse_properties(builder, event->data.sequence_start.anchor, event->data.sequence_start.tag,
                          event->start_mark);
        return open_collection(builder, QW_YAML_LIST, event->start_mark);
    case YAML_MAPPING_START_EVENT:
        refuse_properties(builder, event->data.mapping_start.anchor, event->data.mapping_start.tag, event->start_mark);
        return open_collection(builder, QW_YAML_MAP, event->start_mark);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return close_collection(builder);
    }
    return 0;
}

/* What libyaml stumbled over, with the advice that helps most. */
static int report(struct builder *builder, const yaml_parser_t *parser, struct qw_bytes text)
{
    yaml_mark_t mark = parser->problem_mark;

    if (parser->error == YAML_MEMORY_ERROR)
        return out_of_memory(builder);
    if (parser->error == YAML_READER_ERROR) {
        struct qw_place_in_text place = qw_text_place(text, parser->problem_offset);

        return qw_diagnostics_error(builder->diagnostics, place.line, place.column, "%s (0x%02X)", parser->problem,
                                    (unsigned)parser->problem_value);
    }
    /* Where a quote was opened or a star stands says more than where it became clear that something is missing. */
    if (parser->context && (strstr(parser->context, "quoted scalar") || strstr(parser->context, "alias")))
        mark = parser->context_mark;
    return qw_diagnostics_error(builder->diagnostics, (int)mark.line + 1, (int)mark.column + 1, "not YAML: %s%s%s%s",
                                parser->context ? parser->context : "", parser->context ? ", " : "", parser->problem,
                                qw_text_advice(text, qw_text_offset(text, mark.index)));
}

static int build(struct builder *builder, struct qw_bytes text)
{
    yaml_parser_t parser;
    bool done = false;
    int result = 0;

    if (!yaml_parser_initialize(&parser))
        return out_of_memory(builder);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text.data, text.len);
    while (!done && result == 0) {
        yaml_event_t event;

        if (!yaml_parser_parse(&parser, &event)) {
            result = report(builder, &parser, text);
            break;
        }
        result = take(builder, &event);
        done = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return result;
}

int qw_yaml_parse(const char *text, size_t len, struct qw_yaml **out, struct qw_diagnostics *diagnostics)
{
    struct builder builder = {.diagnostics = diagnostics, .arena = NULL};
    const size_t errors = diagnostics->errors;
    struct qw_bytes bytes = {text, len};

    if (len > QW_YAML_SIZE_MAX)
        return qw_diagnostics_error(diagnostics, 0, 0, "larger than %zu bytes", QW_YAML_SIZE_MAX);
    if (qw_text_check(&bytes, diagnostics) < 0)
        return -1;
    builder.arena = qw_arena_new();
    if (!builder.arena)
        return out_of_memory(&builder);
    if (build(&builder, bytes) == 0 && !builder.root)
        qw_diagnostics_error(diagnostics, 1, 1, "the file is empty");
    if (diagnostics->errors > errors || !builder.root) {
        qw_arena_free(builder.arena);
        return -1;
    }
    builder.root->arena = builder.arena;
    *out = builder.root;
    return 0;
}

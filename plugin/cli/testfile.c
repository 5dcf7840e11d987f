/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bind.h"

/* Relative to the folder of the test file, so that a policy and its tests move together. */
static void read_policy(struct qw_reader *reader, const struct qw_yaml *node)
{
    struct qw_test_file *file = reader->file;
    const struct qw_bytes name = qw_bind_word(reader, node);
    const char *slash = strrchr(file->file, '/');
    const int folder = slash ? (int)(slash + 1 - file->file) : 0;

    if (!name.data)
        return;
    file->policy = qw_arena_printf(file->arena, "%.*s%s", name.data[0] == '/' ? 0 : folder, file->file, name.data).data;
    if (!file->policy)
        qw_yaml_error(reader->diagnostics, node, "out of memory");
}

static void read_now(struct qw_reader *reader, const struct qw_yaml *node)
{
    const struct qw_bytes text = qw_bind_word(reader, node);
    struct tm given = {0};
    struct tm meant;
    const char *end;

    if (!text.data)
        return;
    end = strptime(text.data, "%Y-%m-%dT%H:%M:%SZ", &given);
    meant = given;
    reader->file->now = end && !*end ? timegm(&meant) : 0; /* 31 February becomes a day in March */
    if (reader->file->now <= 0 || meant.tm_mday != given.tm_mday)
        qw_yaml_error(reader->diagnostics, node, "a time is written as 2027-01-01T00:00:00Z");
}

/* The world of all cases, of which each may say a part anew; read_cases reads it, wherever in the file it is. */
static void skip_given(struct qw_reader *reader, const struct qw_yaml *node)
{
    (void)reader;
    (void)node;
}

static void read_given(struct qw_reader *reader, struct qw_given *given)
{
    const struct qw_yaml *node = qw_yaml_get(reader->file->tree, "given");

    if (node)
        qw_bind_given(reader, node, given);
}

static void read_cases(struct qw_reader *reader, const struct qw_yaml *node)
{
    struct qw_given given = {0};

    struct qw_test_file *file = reader->file;

    file->cases = qw_bind_list(reader, node, sizeof(*file->cases));
    read_given(reader, &given);
    if (file->cases && !node->child)
        qw_yaml_error(reader->diagnostics, node, "there is no case");
    for (const struct qw_yaml *child = file->cases ? node->child : NULL; child; child = child->next) {
        reader->to = &file->cases[file->case_count++];
        reader->to->given = given;
        qw_bind_case(reader, child);
    }
}

static const struct qw_field file_fields[] = {
    {"policy", true, read_policy},
    {"now", false, read_now},
    {"given", false, skip_given},
    {"cases", true, read_cases},
    {0},
};

int qw_test_file_bind(const char *file, struct qw_yaml *tree, struct qw_test_file *out,
                      struct qw_diagnostics *diagnostics)
{
    struct qw_reader reader = {.file = out, .diagnostics = diagnostics};

    *out = (struct qw_test_file){.file = file, .arena = qw_arena_new(), .tree = tree};
    if (!out->arena)
        return qw_yaml_error(diagnostics, tree, "out of memory");
    qw_bind_fields(&reader, tree, file_fields);
    return diagnostics->errors > 0 ? -1 : 0;
}

void qw_test_file_fini(struct qw_test_file *file)
{
    qw_arena_free(file->arena);
    qw_yaml_free(file->tree);
}

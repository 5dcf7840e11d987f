/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Host paths: what is cleaned is absolute, has no ".", ".." or empty component, and cleans to itself. */
#include "proof.h"

#include "plugin/facts/path.c"

static bool is_clean(struct qw_bytes path)
{
    size_t start = 1;

    if (!path.len || path.data[0] != '/')
        return false;
    for (size_t i = 1; i <= path.len; i++) {
        if (i < path.len && path.data[i] != '/')
            continue;
        if ((i == start && path.len > 1) || (i - start == 1 && path.data[start] == '.') ||
            (i - start == 2 && path.data[start] == '.' && path.data[start + 1] == '.'))
            return false;
        start = i + 1;
    }
    return true;
}

void proof_cleaned_paths_are_clean(void)
{
    const struct qw_bytes in = any_bytes_or_none();
    const struct qw_bytes out = qw_path_clean(in, NULL);

    if (!out.data)
        return;
    assert(in.len && in.data[0] == '/' && out.len <= in.len && out.data[out.len] == '\0');
    assert(is_clean(out));
}

void proof_clean_paths_stay(void)
{
    const struct qw_bytes in = any_bytes();
    struct qw_bytes out;

    ASSUME(is_clean(in));
    out = qw_path_clean(in, NULL);
    assert(!out.data || qw_bytes_eq(out, in));
}

/* A folder holds itself and what begins with it and a slash; for the root, every absolute path. */
void proof_within_goes_by_components(void)
{
    const struct qw_bytes path = any_bytes_or_none();
    struct qw_bytes folder = any_bytes_or_none();
    bool within;
    bool begins;

    folder.len = nondet_size();
    ASSUME(folder.len <= LENGTH);
    within = qw_path_is_within(path, folder);
    begins = path.len >= folder.len;
    for (size_t i = 0; begins && i < folder.len; i++)
        begins = path.data[i] == folder.data[i];
    if (folder.len == 1 && folder.data[0] == '/')
        assert(within == begins);
    else
        assert(within == (begins && (path.len == folder.len || path.data[folder.len] == '/')));
}

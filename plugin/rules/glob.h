/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a pattern is compiled to: a list of tokens, and how it is held against a text. */
#ifndef QUAYWARDEN_RULES_GLOB_H
#define QUAYWARDEN_RULES_GLOB_H

#include "quaywarden/rules.h"

enum token_kind {
    LITERAL,
    WITHIN, /* any run of characters but slashes */
    ACROSS, /* any run of characters */
    BELOW,  /* nothing, or a slash and anything: the end of a path and all that is under it */
    TENANT,
    USER,
    HOME,
};

struct token {
    enum token_kind kind;
    struct qw_bytes text; /* LITERAL */
};

struct glob {
    struct token *tokens;
    size_t count;
};

/* What a LITERAL or a variable stands for; false where the variable's value is unsafe or missing. */
bool qw_token_text(const struct token *token, const struct qw_variables *variables, struct qw_bytes *out);

/* Does the whole text match? variables: NULL for none. */
bool qw_glob_matches(const struct glob *glob, const struct qw_variables *variables, struct qw_bytes text);

#endif

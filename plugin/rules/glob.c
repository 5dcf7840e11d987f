/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Matching: it walks tokens and text with one way back per kind of star, so its time grows with the length of the text
 * and never explodes.
 */
#include "glob.h"

/* ---- variables ---- */

/* [A-Za-z0-9_][A-Za-z0-9._-]*: no slash, no "..", nothing that means something to anybody. */
static bool is_safe_name(struct qw_bytes value)
{
    for (size_t i = 0; i < value.len; i++) {
        const char c = value.data[i];
        const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';

        if (!word && (i == 0 || (c != '.' && c != '-')))
            return false;
    }
    return value.len > 0;
}

/* Absolute and clean, and not the root: its "below" would be the whole host. */
static bool is_safe_home(struct qw_bytes value)
{
    struct qw_bytes rest = qw_bytes_from(value, 1);
    struct qw_bytes component;

    if (value.len < 2 || value.data[0] != '/' || memchr(value.data, '\0', value.len))
        return false;
    while (qw_bytes_split(&rest, '/', &component)) {
        if (!component.len || qw_bytes_is(component, ".") || qw_bytes_is(component, ".."))
            return false;
    }
    return true;
}

bool qw_token_text(const struct token *token, const struct qw_variables *variables, struct qw_bytes *out)
{
    if (token->kind == LITERAL) {
        *out = token->text;
        return true;
    }
    if (!variables)
        return false;
    if (token->kind == HOME) {
        *out = variables->home;
        return is_safe_home(*out);
    }
    *out = token->kind == TENANT ? variables->tenant : variables->user;
    return is_safe_name(*out);
}

/* ---- matching ---- */

/* Where to go on when what follows a star does not fit: one character further into the text. */
struct retry {
    bool armed;
    size_t token; /* the one after the star */
    size_t at;    /* how far the star reaches */
};

struct walk {
    size_t token;
    size_t at;
    struct retry within;
    struct retry across;
};

/* Takes one token at its place; false where it does not fit. */
static bool step(struct walk *walk, const struct token *token, const struct qw_variables *variables,
                 struct qw_bytes text)
{
    struct qw_bytes fixed;

    walk->token++;
    switch (token->kind) {
    case WITHIN:
        walk->within = (struct retry){true, walk->token, walk->at};
        return true;
    case ACROSS:
        walk->across = (struct retry){true, walk->token, walk->at};
        walk->within.armed = false;
        return true;
    case BELOW:
        if (walk->at < text.len && text.data[walk->at] != '/')
            return false;
        walk->at = text.len;
        return true;
    case LITERAL:
    case TENANT:
    case USER:
    case HOME:
        break;
    }
    if (!qw_token_text(token, variables, &fixed) || text.len - walk->at < fixed.len ||
        memcmp(text.data + walk->at, fixed.data, fixed.len) != 0)
        return false;
    walk->at += fixed.len;
    return true;
}

/*
 * Goes back to the last star that can reach further. A star within a component that ran into its end has tried every
 * place in it, so a star across starts again only beyond that component: this keeps the time linear for each star.
 */
static bool go_back(struct walk *walk, struct qw_bytes text)
{
    struct retry *within = &walk->within;
    struct retry *across = &walk->across;

    if (within->armed && within->at < text.len && text.data[within->at] != '/') {
        walk->at = ++within->at;
        walk->token = within->token;
        return true;
    }
    if (!across->armed || across->at >= text.len)
        return false;
    across->at++;
    while (within->armed && across->at < text.len && text.data[across->at] != '/')
        across->at++;
    within->armed = false;
    walk->at = across->at;
    walk->token = across->token;
    return true;
}

bool qw_glob_matches(const struct glob *glob, const struct qw_variables *variables, struct qw_bytes text)
{
    struct walk walk = {0};

    for (;;) {
        if (walk.token == glob->count) {
            if (walk.at == text.len)
                return true;
            if (!go_back(&walk, text))
                return false;
        } else if (!step(&walk, &glob->tokens[walk.token], variables, text) && !go_back(&walk, text)) {
            return false;
        }
    }
}

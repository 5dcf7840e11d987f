/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Patterns of names, paths and images: quaywarden-policy(5), "Words". A pattern is compiled once into a list of tokens;
 * matching walks it and the text with one way back per kind of star, so its time grows with the length of the text and
 * never explodes.
 */
#include "image.h"

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

struct qw_pattern {
    enum qw_pattern_kind kind;
    char *text;     /* as written */
    char *compiled; /* what the literals point into */
    struct glob name;
    struct glob tag; /* IMAGE; without tokens where none is written */
    struct glob digest;
};

static const struct {
    const char *name;
    enum token_kind kind;
} variables_known[] = {{"{tenant}", TENANT}, {"{user}", USER}, {"{home}", HOME}};

/* ---- compiling ---- */

static int add_variable(struct glob *glob, struct qw_bytes text, size_t *at, struct qw_err *err)
{
    const struct qw_bytes rest = qw_bytes_from(text, *at);

    for (size_t i = 0; i < QW_COUNT(variables_known); i++) {
        if (qw_bytes_starts(rest, variables_known[i].name)) {
            glob->tokens[glob->count++].kind = variables_known[i].kind;
            *at += strlen(variables_known[i].name);
            return 0;
        }
    }
    return qw_fail(err, QW_E_MALFORMED, "braces hold one of {tenant}, {user} and {home}");
}

static int add_star(struct glob *glob, enum qw_pattern_kind kind, struct qw_bytes text, size_t *at, struct qw_err *err)
{
    size_t stars = 0;

    while (*at < text.len && text.data[*at] == '*') {
        stars++;
        (*at)++;
    }
    if (stars > (kind == QW_PATTERN_NAME ? 1 : 2))
        return qw_fail(err, QW_E_MALFORMED, "%s",
                       kind == QW_PATTERN_NAME ? "a name has single stars only" : "more than two stars in a row");
    glob->tokens[glob->count++].kind = stars == 1 && kind != QW_PATTERN_NAME ? WITHIN : ACROSS;
    return 0;
}

static void add_literal(struct glob *glob, struct qw_bytes text, size_t *at)
{
    const size_t start = *at;

    while (*at < text.len && text.data[*at] != '*' && text.data[*at] != '{' && text.data[*at] != '}')
        (*at)++;
    glob->tokens[glob->count++] = (struct token){LITERAL, {text.data + start, *at - start}};
}

static int add_token(struct glob *glob, enum qw_pattern_kind kind, struct qw_bytes text, size_t *at, struct qw_err *err)
{
    switch (text.data[*at]) {
    case '*':
        return add_star(glob, kind, text, at, err);
    case '{':
    case '}':
        return add_variable(glob, text, at, err);
    default:
        add_literal(glob, text, at);
        return 0;
    }
}

static int compile(enum qw_pattern_kind kind, struct qw_bytes text, struct glob *glob, struct qw_err *err)
{
    /* The closing "**" of a path is cut off and comes back as its own token. */
    const bool below = kind == QW_PATTERN_PATH && qw_bytes_ends(text, "/**");
    size_t at = 0;

    if (below)
        text.len -= 3;
    glob->tokens = calloc(text.len + 1, sizeof(*glob->tokens));
    if (!glob->tokens)
        return qw_fail(err, QW_E_NOMEM, "out of memory");
    while (at < text.len) {
        if (add_token(glob, kind, text, &at, err))
            return -1;
    }
    if (below)
        glob->tokens[glob->count++].kind = BELOW;
    return 0;
}

/* Absolute and clean, so that text that is cleaned can match it. {home}x would be in another's home, /home/alicex. */
static int check_path(struct qw_bytes text, struct qw_err *err)
{
    struct qw_bytes rest = text;
    struct qw_bytes component;

    if (!qw_bytes_starts(text, "/") && !qw_bytes_starts(text, "{home}"))
        return qw_fail(err, QW_E_MALFORMED, "a path begins with / or {home}");
    if (qw_bytes_starts(text, "{home}") && text.len > strlen("{home}") && text.data[strlen("{home}")] != '/')
        return qw_fail(err, QW_E_MALFORMED, "{home} is a whole path, which / follows");
    if (text.len == 1)
        return 0;
    if (text.data[0] == '/')
        rest = qw_bytes_from(text, 1);
    while (qw_bytes_split(&rest, '/', &component)) {
        if (!component.len || qw_bytes_is(component, ".") || qw_bytes_is(component, ".."))
            return qw_fail(err, QW_E_MALFORMED, "a path has no empty, . or .. component");
    }
    return 0;
}

/* The pattern in the form that references are brought to; one that begins with "**" or a whole path stays. */
static char *normalise_image(struct qw_bytes name)
{
    struct qw_bytes domain;
    struct qw_bytes path;
    bool library;
    char *out = NULL;

    if (qw_bytes_starts(name, "**"))
        return strndup(name.data, name.len);
    qw_image_split(name, &domain, &path, &library);
    if (asprintf(&out, "%.*s/%s%.*s", (int)domain.len, domain.data, library ? "library/" : "", (int)path.len,
                 path.data) < 0)
        return NULL;
    return out;
}

static int compile_image(struct qw_pattern *pattern, struct qw_err *err)
{
    struct qw_bytes name;
    struct qw_bytes tag;
    struct qw_bytes digest;

    qw_image_cut(qw_bytes_of(pattern->text), &name, &tag, &digest);
    if (!name.len || (tag.data && !tag.len) || (digest.data && !digest.len))
        return qw_fail(err, QW_E_MALFORMED, "an image is NAME, NAME:TAG or NAME@DIGEST");
    pattern->compiled = normalise_image(name);
    if (!pattern->compiled)
        return qw_fail(err, QW_E_NOMEM, "out of memory");
    if (compile(QW_PATTERN_IMAGE, qw_bytes_of(pattern->compiled), &pattern->name, err))
        return -1;
    if (tag.data && compile(QW_PATTERN_NAME, tag, &pattern->tag, err))
        return -1;
    return digest.data ? compile(QW_PATTERN_NAME, digest, &pattern->digest, err) : 0;
}

static int fill(struct qw_pattern *pattern, const char *text, struct qw_err *err)
{
    pattern->text = strdup(text);
    if (!pattern->text)
        return qw_fail(err, QW_E_NOMEM, "out of memory");
    if (!*text)
        return qw_fail(err, QW_E_MALFORMED, "a pattern is not empty");
    if (pattern->kind == QW_PATTERN_IMAGE)
        return compile_image(pattern, err);
    if (pattern->kind == QW_PATTERN_PATH && check_path(qw_bytes_of(text), err))
        return -1;
    return compile(pattern->kind, qw_bytes_of(pattern->text), &pattern->name, err);
}

int qw_pattern_new(enum qw_pattern_kind kind, const char *text, struct qw_pattern **out, struct qw_err *err)
{
    struct qw_pattern *pattern = calloc(1, sizeof(*pattern));

    if (!pattern)
        return qw_fail(err, QW_E_NOMEM, "out of memory");
    pattern->kind = kind;
    if (fill(pattern, text, err)) {
        qw_pattern_free(pattern);
        return -1;
    }
    *out = pattern;
    return 0;
}

void qw_pattern_free(struct qw_pattern *pattern)
{
    if (!pattern)
        return;
    free(pattern->text);
    free(pattern->compiled);
    free(pattern->name.tokens);
    free(pattern->tag.tokens);
    free(pattern->digest.tokens);
    free(pattern);
}

const char *qw_pattern_text(const struct qw_pattern *pattern)
{
    return pattern->text;
}

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

/* What a LITERAL or a variable stands for; false where the variable's value is unsafe or missing. */
static bool fixed_text(const struct token *token, const struct qw_variables *variables, struct qw_bytes *out)
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
    if (!fixed_text(token, variables, &fixed) || text.len - walk->at < fixed.len ||
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

static bool glob_matches(const struct glob *glob, const struct qw_variables *variables, struct qw_bytes text)
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

bool qw_pattern_matches_image(const struct qw_pattern *pattern, const struct qw_variables *variables,
                              const struct qw_image_name *image)
{
    if (!glob_matches(&pattern->name, variables, qw_bytes_of(image->name)))
        return false;
    if (pattern->digest.count && (!image->digest.data || !glob_matches(&pattern->digest, variables, image->digest)))
        return false;
    if (!pattern->tag.count)
        return true;
    if (image->digest.data && !pattern->digest.count)
        return false;
    return glob_matches(&pattern->tag, variables, image->tag.data ? image->tag : QW_LIT("latest"));
}

bool qw_pattern_matches(const struct qw_pattern *pattern, const struct qw_variables *variables, struct qw_bytes text)
{
    struct qw_image_name image;

    if (pattern->kind == QW_PATTERN_IMAGE)
        return qw_image_find_id(text) == QW_IMAGE_ID_NONE && qw_image_read(text, &image) &&
               qw_pattern_matches_image(pattern, variables, &image);
    return glob_matches(&pattern->name, variables, text);
}

void qw_pattern_print(const struct qw_pattern *pattern, const struct qw_variables *variables, struct qw_buf *out)
{
    const struct qw_bytes text = qw_bytes_of(pattern->text);

    for (size_t at = 0; at < text.len;) {
        const struct qw_bytes rest = qw_bytes_from(text, at);
        struct qw_bytes shown = {rest.data, 1};
        size_t taken = 1;

        for (size_t i = 0; i < QW_COUNT(variables_known); i++) {
            const struct token token = {variables_known[i].kind, {NULL, 0}};
            struct qw_bytes value;

            if (qw_bytes_starts(rest, variables_known[i].name) && fixed_text(&token, variables, &value)) {
                taken = strlen(variables_known[i].name);
                shown = value;
            }
        }
        qw_buf_add_bytes(out, shown);
        at += taken;
    }
}

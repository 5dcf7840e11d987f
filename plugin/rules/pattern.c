/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Patterns of names, paths and images: quaywarden-policy(5), "Words". A pattern is compiled once into a list of tokens,
 * which glob.c holds against a text.
 */
#include "glob.h"
#include "image.h"

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

/* ---- matching ---- */

bool qw_pattern_matches_image(const struct qw_pattern *pattern, const struct qw_variables *variables,
                              const struct qw_image_name *image)
{
    if (!qw_glob_matches(&pattern->name, variables, qw_bytes_of(image->name)))
        return false;
    if (pattern->digest.count && (!image->digest.data || !qw_glob_matches(&pattern->digest, variables, image->digest)))
        return false;
    if (!pattern->tag.count)
        return true;
    if (image->digest.data && !pattern->digest.count)
        return false;
    return qw_glob_matches(&pattern->tag, variables, image->tag.data ? image->tag : QW_LIT("latest"));
}

bool qw_pattern_matches(const struct qw_pattern *pattern, const struct qw_variables *variables, struct qw_bytes text)
{
    struct qw_image_name image;

    if (pattern->kind == QW_PATTERN_IMAGE)
        return qw_image_find_id(text) == QW_IMAGE_ID_NONE && qw_image_read(text, &image) &&
               qw_pattern_matches_image(pattern, variables, &image);
    return qw_glob_matches(&pattern->name, variables, text);
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

            if (qw_bytes_starts(rest, variables_known[i].name) && qw_token_text(&token, variables, &value)) {
                taken = strlen(variables_known[i].name);
                shown = value;
            }
        }
        qw_buf_add_bytes(out, shown);
        at += taken;
    }
}

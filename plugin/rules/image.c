/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Image references as the engine reads them. What the grammar refuses is refused here too, so that a name that matched
 * a policy cannot be another one to the engine.
 * Source: github.com/distribution/reference, regexp.go and normalize.go (2.8 and 0.6).
 */
#include "image.h"

#define PART_MAX 255 /* bytes of a registry, and of a path with the folder that the engine puts before it */

static bool is_lower_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool all_hex(struct qw_bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!is_hex(text.data[i]))
            return false;
    }
    return text.len > 0;
}

/* Runs of lower-case letters and digits, between them one dot, one or two underscores, or dashes. */
static bool is_component(struct qw_bytes text)
{
    size_t separators = 0;

    if (!text.len || !is_lower_or_digit(text.data[0]) || !is_lower_or_digit(text.data[text.len - 1]))
        return false;
    for (size_t i = 1; i < text.len; i++) {
        const char c = text.data[i];

        if (is_lower_or_digit(c)) {
            separators = 0;
            continue;
        }
        separators++;
        if ((c != '.' && c != '_' && c != '-') || (separators > 1 && c != text.data[i - 1]) ||
            (c == '.' && separators > 1) || (c == '_' && separators > 2))
            return false;
    }
    return true;
}

static bool is_path(struct qw_bytes path)
{
    struct qw_bytes component;

    while (qw_bytes_split(&path, '/', &component)) {
        if (!is_component(component))
            return false;
    }
    return true;
}

static bool is_host_label(struct qw_bytes label)
{
    for (size_t i = 0; i < label.len; i++) {
        const bool inner = i > 0 && i + 1 < label.len;

        if (!is_lower_or_digit(label.data[i]) && !is_upper(label.data[i]) && !(inner && label.data[i] == '-'))
            return false;
    }
    return label.len > 0;
}

static bool is_host(struct qw_bytes host)
{
    struct qw_bytes label;

    if (host.len > 2 && host.data[0] == '[' && host.data[host.len - 1] == ']') {
        for (size_t i = 1; i + 1 < host.len; i++) {
            if (!is_hex(host.data[i]) && host.data[i] != ':')
                return false;
        }
        return true;
    }
    while (qw_bytes_split(&host, '.', &label)) {
        if (!is_host_label(label))
            return false;
    }
    return true;
}

/* A host name, or an IPv6 address in brackets, with or without a port. */
static bool is_domain(struct qw_bytes text)
{
    const char *colon = text.len ? memrchr(text.data, ':', text.len) : NULL;
    size_t host_len = text.len;

    if (colon && text.data[text.len - 1] != ']') {
        host_len = (size_t)(colon - text.data);
        if (host_len + 1 == text.len)
            return false;
        for (size_t i = host_len + 1; i < text.len; i++) {
            if (text.data[i] < '0' || text.data[i] > '9')
                return false;
        }
    }
    return is_host((struct qw_bytes){text.data, host_len});
}

static bool is_tag(struct qw_bytes tag)
{
    if (!tag.len || tag.len > 128 || tag.data[0] == '.' || tag.data[0] == '-')
        return false;
    for (size_t i = 0; i < tag.len; i++) {
        const char c = tag.data[i];

        if (!is_lower_or_digit(c) && !is_upper(c) && c != '_' && c != '.' && c != '-')
            return false;
    }
    return true;
}

static bool is_digest(struct qw_bytes digest)
{
    static const struct {
        const char *prefix;
        size_t digits;
    } algorithms[] = {{"sha256:", 64}, {"sha384:", 96}, {"sha512:", 128}};

    for (size_t i = 0; i < QW_COUNT(algorithms); i++) {
        const size_t start = strlen(algorithms[i].prefix);

        if (qw_bytes_starts(digest, algorithms[i].prefix))
            return digest.len == start + algorithms[i].digits && all_hex(qw_bytes_from(digest, start));
    }
    return false;
}

/* Is what stands before the first slash a registry rather than the first part of a path on docker.io? */
static bool names_registry(struct qw_bytes first)
{
    for (size_t i = 0; i < first.len; i++) {
        if (first.data[i] == '.' || first.data[i] == ':' || is_upper(first.data[i]))
            return true;
    }
    return qw_bytes_is(first, "localhost");
}

void qw_image_split(struct qw_bytes text, struct qw_bytes *domain, struct qw_bytes *path, bool *library)
{
    const char *slash = text.len ? memchr(text.data, '/', text.len) : NULL;
    const struct qw_bytes first = {text.data, slash ? (size_t)(slash - text.data) : 0};

    *domain = QW_LIT("docker.io");
    *path = text;
    if (slash && names_registry(first)) {
        *path = qw_bytes_from(text, first.len + 1);
        if (!qw_bytes_is(first, "index.docker.io"))
            *domain = first;
    }
    *library = qw_bytes_is(*domain, "docker.io") && (!path->len || !memchr(path->data, '/', path->len));
}

void qw_image_cut(struct qw_bytes text, struct qw_bytes *name, struct qw_bytes *tag, struct qw_bytes *digest)
{
    const char *at = text.len ? memchr(text.data, '@', text.len) : NULL;
    const char *colon;
    const char *slash;

    *digest = (struct qw_bytes){NULL, 0};
    *tag = (struct qw_bytes){NULL, 0};
    *name = text;
    if (at) {
        name->len = (size_t)(at - text.data);
        *digest = (struct qw_bytes){at + 1, text.len - name->len - 1};
    }
    colon = name->len ? memrchr(name->data, ':', name->len) : NULL;
    slash = name->len ? memrchr(name->data, '/', name->len) : NULL;
    if (colon && (!slash || colon > slash)) {
        *tag = (struct qw_bytes){colon + 1, name->len - (size_t)(colon - name->data) - 1};
        name->len = (size_t)(colon - name->data);
    }
}

enum qw_image_id qw_image_find_id(struct qw_bytes text)
{
    if (is_digest(text) || (text.len == 64 && all_hex(text)))
        return QW_IMAGE_ID_WHOLE;
    if (qw_bytes_starts(text, "sha256:"))
        text = qw_bytes_from(text, strlen("sha256:"));
    return all_hex(text) ? QW_IMAGE_ID_PART : QW_IMAGE_ID_NONE;
}

bool qw_image_read(struct qw_bytes text, struct qw_image_name *out)
{
    struct qw_bytes name;
    struct qw_bytes domain;
    struct qw_bytes path;
    const char *folder;
    bool library;
    int len;

    if (!text.len || qw_image_find_id(text) == QW_IMAGE_ID_WHOLE)
        return false;
    qw_image_cut(text, &name, &out->tag, &out->digest);
    if ((out->tag.data && !is_tag(out->tag)) || (out->digest.data && !is_digest(out->digest)))
        return false;
    qw_image_split(name, &domain, &path, &library);
    folder = library ? "library/" : "";
    if (domain.len > PART_MAX || path.len + strlen(folder) > PART_MAX || !is_domain(domain) || !is_path(path))
        return false;
    len = snprintf(out->name, sizeof(out->name), QW_BYTES_FMT "/%s" QW_BYTES_FMT, QW_BYTES_ARG(domain), folder,
                   QW_BYTES_ARG(path));
    return len > 0 && (size_t)len < sizeof(out->name);
}

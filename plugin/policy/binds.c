/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows of bind-mounts. Root in a container may swap any folder that it can write for a symlink, long after a request
 * was judged; so a row that reaches below what another row, or itself, lets containers write has to say that it knows.
 */
#include "load.h"

static const struct qw_key bind_keys[] = {
    {"path", QW_KEY_REQUIRED},
    {"read-only", QW_KEY_OPTIONAL},
    {"root-owned", QW_KEY_OPTIONAL},
    {"relabel", QW_KEY_OPTIONAL},
    {"propagation", QW_KEY_OPTIONAL},
    {"as-self", QW_KEY_OPTIONAL},
    {0},
};

static void read_term(struct qw_loader *loader, const struct qw_yaml *row, const char *name, bool *out)
{
    const struct qw_yaml *node = qw_yaml_get(row, name);

    if (node)
        qw_load_flag(loader, node, out);
}

/* Who runs as himself may swap what he could reach anyway: it need not be root's. */
static void settle_as_self(struct qw_loader *loader, const struct qw_yaml *row, struct qw_bind_terms *terms)
{
    const struct qw_yaml *root_owned = qw_yaml_get(row, "root-owned");

    if (root_owned && terms->root_owned)
        qw_yaml_error(loader->diagnostics, root_owned, "as-self implies root-owned: false");
    terms->root_owned = false;
    loader->policy->asks_accounts = true;
}

bool qw_load_bind(struct qw_loader *loader, const struct qw_yaml *node, struct qw_item *item)
{
    const struct qw_yaml *path = node;

    item->terms = (struct qw_bind_terms){.root_owned = true};
    if (node->type == QW_YAML_MAP) {
        if (!qw_load_keys(loader, node, "a row of bind-mounts", bind_keys))
            return false;
        read_term(loader, node, "read-only", &item->terms.read_only);
        read_term(loader, node, "root-owned", &item->terms.root_owned);
        read_term(loader, node, "relabel", &item->terms.relabel);
        read_term(loader, node, "propagation", &item->terms.propagation);
        read_term(loader, node, "as-self", &item->terms.as_self);
        if (item->terms.as_self)
            settle_as_self(loader, node, &item->terms);
        path = qw_yaml_get(node, "path");
    }
    item->text = path ? qw_load_text(loader, path) : NULL;
    if (!item->text)
        return false;
    item->pattern = qw_load_pattern(loader, path, QW_PATTERN_PATH, item->text);
    return item->pattern != NULL;
}

static bool is_wild(char c)
{
    return c == '*' || c == '{' || c == '}';
}

/*
 * May the two components be the same text? Decided by what stands before the first and behind the last star or
 * variable, which errs towards yes.
 */
static bool may_be_same(struct qw_bytes a, struct qw_bytes b)
{
    size_t front = 0;
    size_t back = 0;

    while (front < a.len && front < b.len && a.data[front] == b.data[front] && !is_wild(a.data[front]))
        front++;
    if (front == a.len && front == b.len)
        return true;
    if (!(front < a.len && is_wild(a.data[front])) && !(front < b.len && is_wild(b.data[front])))
        return false;
    while (back < a.len - front && back < b.len - front) {
        const char c = a.data[a.len - 1 - back];
        const char d = b.data[b.len - 1 - back];

        if (is_wild(c) || is_wild(d))
            return true;
        if (c != d)
            return false;
        back++;
    }
    return true;
}

static bool begins_with_home(const char *text)
{
    return strncmp(text, "{home}", strlen("{home}")) == 0;
}

static bool crosses(struct qw_bytes component)
{
    return component.len >= 2 && memmem(component.data, component.len, "**", 2);
}

/*
 * Can a path that the pattern `above` matches be a folder over one that `path` matches? Errs towards yes, but where one
 * begins with {home} and the other does not: whose home lies where is only known when a request is judged.
 */
static bool may_be_above(const char *above, const char *path)
{
    struct qw_bytes above_rest = qw_bytes_of(above);
    struct qw_bytes path_rest = qw_bytes_of(path);
    struct qw_bytes a;
    struct qw_bytes p;

    if (strcmp(path, "/") == 0 || begins_with_home(above) != begins_with_home(path))
        return false;
    for (;;) {
        const bool more = qw_bytes_split(&above_rest, '/', &a);

        if (!qw_bytes_split(&path_rest, '/', &p))
            return false;
        if (!more)
            return true;
        if (crosses(a) || crosses(p))
            return true;
        if (!may_be_same(a, p))
            return false;
    }
}

void qw_load_check_binds(struct qw_loader *loader, const struct qw_yaml *node, const struct qw_value *value)
{
    const struct qw_yaml *row = node->child;

    for (size_t i = 0; i < value->item_count; i++, row = row->next) {
        const struct qw_item *item = &value->items[i];

        for (size_t k = 0; item->terms.root_owned && k < value->item_count; k++) {
            const struct qw_item *other = &value->items[k];

            if (other->terms.read_only || !may_be_above(other->text, item->text))
                continue;
            qw_yaml_error(loader->diagnostics, row,
                          "%s reaches below %s, which containers may write: root in one can swap a folder on the way "
                          "for a link; let %s be read-only, or accept that by { path: \"%s\", root-owned: false }, "
                          "or by as-self: true, with which containers run as their callers",
                          item->text, k == i ? "a folder" : other->text, k == i ? "it" : other->text, item->text);
            break;
        }
    }
}

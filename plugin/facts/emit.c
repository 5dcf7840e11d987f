/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fields whose value is not their fact: what matters is a name, a first word, or that they are there at all. */
#include "shape.h"

/* "NAME=value" gives NAME: values are secrets. */
int emit_env(struct reader *r, const struct field *field, const struct qw_json *value, const struct qw_path *path)
{
    size_t index = 0;

    for (const struct qw_json *item = value->child; item; item = item->next, index++) {
        struct qw_bytes rest = item->text;
        struct qw_bytes name;
        const struct qw_path *at = path_index(r, path, index);

        qw_bytes_split(&rest, '=', &name);
        if (!at || fact_add(r, field->fact, at, name, 0) < 0)
            return -1;
    }
    return 0;
}

/* The first word is the fact. */
int emit_first(struct reader *r, const struct field *field, const struct qw_json *value, const struct qw_path *path)
{
    return value->child ? fact_add(r, field->fact, path, value->child->text, 0) : 0;
}

/* Values may be a log server's secrets, so the names are the facts; of one the value is needed, and is none. */
int emit_log_options(struct reader *r, const struct field *field, const struct qw_json *map, const struct qw_path *path)
{
    for (const struct qw_json *member = map->child; member; member = member->next) {
        const struct qw_path *at = path_key(r, path, member->key);

        if (!at || fact_add(r, field->fact, at, member->key, 0) < 0)
            return -1;
        if (qw_bytes_is(member->key, "max-buffer-size") && fact_add(r, QW_F_LOG_BUFFER, at, member->text, 0) < 0)
            return -1;
    }
    return 0;
}

/* What no engine reads. */
int emit_nothing(struct reader *r, const struct field *field, const struct qw_json *value, const struct qw_path *path)
{
    (void)r;
    (void)field;
    (void)value;
    (void)path;
    return 0;
}

static bool has_text(const struct qw_json *list, const char *text)
{
    for (const struct qw_json *item = list->child; item; item = item->next) {
        if (qw_bytes_is(item->text, text))
            return true;
    }
    return false;
}

/*
 * A list replaces the engine's own, [] opens all. Programs that make a container anew out of an inspection send the
 * engine's own back, which says nothing: all that engines from 20.10 on have in common has to be there.
 * Source: moby oci/defaults.go, 20.10 to 28.5.
 */
int emit_paths(struct reader *r, const struct field *field, const struct qw_json *value, const struct qw_path *path)
{
    static const char *const masked[] = {"/proc/asound",
                                         "/proc/acpi",
                                         "/proc/kcore",
                                         "/proc/keys",
                                         "/proc/latency_stats",
                                         "/proc/timer_list",
                                         "/proc/timer_stats",
                                         "/proc/sched_debug",
                                         "/proc/scsi",
                                         "/sys/firmware",
                                         NULL};
    static const char *const read_only[] = {"/proc/bus",           "/proc/fs", "/proc/irq", "/proc/sys",
                                            "/proc/sysrq-trigger", NULL};
    const char *const *own = field->fact == QW_F_MASKED_PATHS ? masked : read_only;

    while (*own && has_text(value, *own))
        own++;
    return *own ? fact_add(r, field->fact, path, (struct qw_bytes){NULL, 0}, 1) : 0;
}

int emit_unknown(struct reader *r, const struct field *field, const struct qw_json *value, const struct qw_path *path)
{
    return qw_json_is_empty(value) ? 0 : fact_add(r, field->fact, path, (struct qw_bytes){field->key, field->len}, 0);
}

/*
 * What chooses, beside the image, what runs: an empty Entrypoint clears it, an empty list as Cmd does nothing, while
 * an empty text is a word; Shell is handed the image's own health check; and what reads standard input may be a shell.
 */
int emit_command(struct reader *r, const struct field *field, const struct qw_json *value, const struct qw_path *path)
{
    static const struct {
        const char *key;
        const char *word;
        bool also_empty;
    } words[] = {
        {"Entrypoint", "entrypoint", true},
        {"Command", "entrypoint", true},
        {"Cmd", "cmd", false},
        {"Args", "cmd", false},
        {"Shell", "shell", false},
        {"OpenStdin", "stdin", false},
    };
    const bool is_text = value->type == QW_JSON_STRING;

    for (size_t i = 0; i < QW_COUNT(words); i++) {
        if (strcmp(words[i].key, field->key) == 0 && (words[i].also_empty || is_text || !qw_json_is_empty(value)))
            return fact_add(r, field->fact, path, qw_bytes_of(words[i].word), 0);
    }
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every way in which a mount arrives: Binds, Mounts, Tmpfs, Volumes, and volumes of the local driver, which are mounts
 * of the host in disguise. Source: moby volume/mounts/linux_parser.go; volume/local/local_unix.go.
 */
#include "shape.h"

/* ---- one entry of Binds: [SOURCE:]TARGET[:MODE] ---- */

enum mode_word { MODE_ACCESS, MODE_LABEL, MODE_PROPAGATION, MODE_COPY, MODE_CONSISTENCY, MODE_UNKNOWN };

/* clang-format off */
static const struct {
    const char *word;
    enum mode_word kind;
} mode_words[] = {
    {"rw", MODE_ACCESS}, {"ro", MODE_ACCESS}, {"z", MODE_LABEL}, {"Z", MODE_LABEL},
    {"shared", MODE_PROPAGATION}, {"rshared", MODE_PROPAGATION}, {"slave", MODE_PROPAGATION},
    {"rslave", MODE_PROPAGATION}, {"private", MODE_PROPAGATION}, {"rprivate", MODE_PROPAGATION},
    {"nocopy", MODE_COPY}, {"consistent", MODE_CONSISTENCY}, {"cached", MODE_CONSISTENCY},
    {"delegated", MODE_CONSISTENCY}, {"default", MODE_CONSISTENCY},
};
/* clang-format on */

static enum mode_word mode_word(struct qw_bytes word)
{
    for (size_t i = 0; i < QW_COUNT(mode_words); i++) {
        if (qw_bytes_is(word, mode_words[i].word))
            return mode_words[i].kind;
    }
    return MODE_UNKNOWN;
}

static int read_mode_word(struct reader *r, struct record *record, struct qw_bytes word)
{
    switch (mode_word(word)) {
    case MODE_ACCESS:
        return qw_bytes_is(word, "ro") ? record_add(r, record, "read-only", QW_LIT("1"), NULL) : 0;
    case MODE_LABEL:
        return record_add(r, record, "relabel", word, NULL);
    case MODE_PROPAGATION:
        return record_add(r, record, "propagation", word, NULL);
    case MODE_COPY:
        return record_add(r, record, "copy", word, NULL);
    case MODE_CONSISTENCY:
        return record_add(r, record, "consistency", word, NULL);
    case MODE_UNKNOWN:
        break;
    }
    return path_fail(r, record->path, QW_E_MALFORMED, "the mount has a mode that no engine knows");
}

/* The engine takes each kind of word once and refuses a second one. */
static int read_mode(struct reader *r, struct record *record, struct qw_bytes mode)
{
    unsigned seen = 0;
    struct qw_bytes word;

    while (mode.len && qw_bytes_split(&mode, ',', &word)) {
        const unsigned bit = QW_BIT(mode_word(word));

        if (read_mode_word(r, record, word) < 0)
            return -1;
        if (bit & seen)
            return path_fail(r, record->path, QW_E_MALFORMED, "the mount's mode has two words of a kind");
        seen |= bit;
    }
    return 0;
}

static int read_bind(struct reader *r, struct qw_bytes entry, const struct qw_path *path)
{
    struct record record = {.path = path};
    struct qw_bytes rest = entry;
    struct qw_bytes parts[3] = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
    size_t count = 0;

    while (count < QW_COUNT(parts) && qw_bytes_split(&rest, ':', &parts[count]))
        count++;
    if (rest.data || !parts[0].len || (count > 1 && !parts[1].len))
        return path_fail(r, path, QW_E_MALFORMED, "not a mount as the engine writes them: [source:]target[:mode]");
    record.text = count > 1 ? parts[0] : QW_LIT("");
    record.kind = record.text.len && record.text.data[0] == '/' ? QW_F_BIND : QW_F_VOLUME;
    if (record_add(r, &record, "target", count > 1 ? parts[1] : parts[0], NULL) < 0 ||
        read_mode(r, &record, parts[2]) < 0)
        return -1;
    /* The engine makes a source that is not there, as root. */
    if (record.kind == QW_F_BIND && record_add(r, &record, "create", QW_LIT("1"), NULL) < 0)
        return -1;
    return fact_add_record(r, &record);
}

int emit_bind(struct reader *r, const struct field *field, const struct qw_json *value, const struct qw_path *path)
{
    size_t index = 0;

    (void)field;
    for (const struct qw_json *item = value->child; item; item = item->next, index++) {
        const struct qw_path *at = path_index(r, path, index);

        if (!at || read_bind(r, item->text, at) < 0)
            return -1;
    }
    return 0;
}

/* ---- Volumes, Tmpfs ---- */

int emit_targets(struct reader *r, const struct field *field, const struct qw_json *map, const struct qw_path *path)
{
    for (const struct qw_json *member = map->child; member; member = member->next) {
        const bool tmpfs = field->fact == QW_F_TMPFS;
        struct record record = {.kind = field->fact, .text = tmpfs ? member->key : QW_LIT("")};

        record.path = path_key(r, path, member->key);
        if (!record.path ||
            record_add(r, &record, tmpfs ? "options" : "target", tmpfs ? member->text : member->key, NULL) < 0 ||
            fact_add_record(r, &record) < 0)
            return -1;
    }
    return 0;
}

/* ---- volumes of the local driver ---- */

static bool has_option(struct qw_bytes options, const char *const *words)
{
    struct qw_bytes word;

    while (qw_bytes_split(&options, ',', &word)) {
        for (size_t i = 0; words[i]; i++) {
            if (qw_bytes_is(word, words[i]))
                return true;
        }
    }
    return false;
}

/*
 * Swarm runs text/template over a mount's source, target and driver options on the node where the task starts:
 * /srv/{{"../etc"}} is /etc there. Source: swarmkit template/expand.go, expandMounts.
 */
static bool is_template(const struct reader *r, struct qw_bytes text)
{
    return r->swarm && text.len && memmem(text.data, text.len, "{{", 2);
}

static int note_template(struct reader *r, struct record *mount)
{
    return is_template(r, mount->text) ? record_add(r, mount, "template", QW_LIT("1"), NULL) : 0;
}

/* What swarm itself says of a task: no words of the client's, who would make any volume's name of them. */
static bool is_of_swarm(struct qw_bytes action)
{
    static const char *const words[] = {".Task.Slot", ".Task.ID",       ".Task.Name",
                                        ".Node.ID",   ".Node.Hostname", ".Service.ID"};

    for (size_t i = 0; i < QW_COUNT(words); i++) {
        if (qw_bytes_is(qw_bytes_trim(action), words[i]))
            return true;
    }
    return false;
}

/* Notes that nobody can say which volume is meant: data-{{.Task.Slot}} is a name, {{"a"}}dmin may be anybody's. */
static int note_name(struct reader *r, struct record *volume)
{
    struct qw_bytes rest = volume->text;

    while (is_template(r, rest)) {
        const char *start = (const char *)memmem(rest.data, rest.len, "{{", 2) + 2;
        const char *end = memmem(start, (size_t)(rest.data + rest.len - start), "}}", 2);

        if (!end || !is_of_swarm((struct qw_bytes){start, (size_t)(end - start)}))
            return note_template(r, volume);
        rest = qw_bytes_from(rest, (size_t)(end + 2 - rest.data));
    }
    return 0;
}

/* A record of the host path that a volume would mount. */
static int add_hidden_bind(struct reader *r, const struct record *volume, const char *option, struct qw_bytes source)
{
    const struct qw_bytes target = record_part(volume, "target").value;
    const bool read_only = qw_bytes_is(record_part(volume, "read-only").value, "1");
    struct record bind = {.kind = QW_F_BIND, .path = record_part(volume, option).path, .text = source};

    if ((target.data && record_add(r, &bind, "target", target, NULL) < 0) || note_template(r, &bind) < 0 ||
        (read_only && record_add(r, &bind, "read-only", QW_LIT("1"), NULL) < 0) ||
        record_add(r, &bind, "driver-option", QW_LIT("1"), NULL) < 0)
        return -1;
    return fact_add_record(r, &bind);
}

/* overlay: lowerdir=/a:/b, upperdir=/c and workdir=/d are folders of the host. */
static int add_overlay_binds(struct reader *r, const struct record *volume, struct qw_bytes options)
{
    struct qw_bytes word;

    while (qw_bytes_split(&options, ',', &word)) {
        struct qw_bytes key;
        struct qw_bytes folder;

        qw_bytes_split(&word, '=', &key);
        if (!qw_bytes_ends(key, "dir") && !qw_bytes_ends(key, "dir+"))
            continue;
        while (word.len && qw_bytes_split(&word, ':', &folder)) {
            if (folder.len && add_hidden_bind(r, volume, "option.o", folder) < 0)
                return -1;
        }
    }
    return 0;
}

/* What a template in one of these would make of the others is not known: it may be a bind. */
static int add_template_bind(struct reader *r, const struct record *volume)
{
    static const char *const options[] = {"option.device", "option.o", "option.type"};
    const struct qw_bytes device = record_part(volume, "option.device").value;

    for (size_t i = 0; i < QW_COUNT(options); i++) {
        const struct qw_bytes value = record_part(volume, options[i]).value;

        if (is_template(r, value))
            return add_hidden_bind(r, volume, options[i], device.len ? device : value);
    }
    return 0;
}

/*
 * The kernel ignores the type of a mount with one of these flags: type=nfs,o=bind is a bind.
 */
static int add_device_bind(struct reader *r, const struct record *volume)
{
    static const char *const flags[] = {"bind", "rbind", "remount", NULL};
    const struct qw_bytes type = record_part(volume, "option.type").value;
    const struct qw_bytes options = record_part(volume, "option.o").value;
    const struct qw_bytes device = record_part(volume, "option.device").value;
    const bool bind = has_option(options, flags);
    const bool remote = qw_bytes_starts(type, "nfs") || qw_bytes_is(type, "cifs") || qw_bytes_is(type, "smb3");

    if (device.len && (bind || (device.data[0] == '/' && !remote)) &&
        add_hidden_bind(r, volume, "option.device", device) < 0)
        return -1;
    return options.len ? add_overlay_binds(r, volume, options) : 0;
}

/* "username=u,password=p" becomes "username=u,password=***": facts go into the trail. */
static int redact_options(struct reader *r, struct qw_part *part)
{
    QW_AUTO(buf) struct qw_buf text = {0};
    struct qw_bytes rest = part->value;
    struct qw_bytes word;

    while (qw_bytes_split(&rest, ',', &word)) {
        struct qw_bytes value = word;
        struct qw_bytes name;
        bool secret;

        qw_bytes_split(&value, '=', &name);
        /* cifs takes user=NAME%PASSWORD */
        secret = value.len && (names_secret(name) || memchr(value.data, '%', value.len));
        if (text.len)
            qw_buf_add(&text, ",", 1);
        qw_buf_add_bytes(&text, secret ? name : word);
        if (secret)
            qw_buf_add_text(&text, "=***");
    }
    part->value = qw_arena_copy(r->arena, qw_buf_bytes(&text));
    return text.failed || !part->value.data ? qw_fail(r->err, QW_E_NOMEM, "out of memory") : 0;
}

/* What a volume driver is told may be a password; only what the local driver knows is known to be none. */
static int redact(struct reader *r, struct qw_part *part)
{
    if (!qw_bytes_starts(part->key, "option.") || qw_bytes_is(part->key, "option.type") ||
        qw_bytes_is(part->key, "option.device") || qw_bytes_is(part->key, "option.size"))
        return 0;
    if (qw_bytes_is(part->key, "option.o"))
        return redact_options(r, part);
    part->value = QW_LIT("***");
    return 0;
}

static int add_redacted(struct reader *r, struct record *record)
{
    for (size_t i = 0; i < record->count; i++) {
        if (redact(r, &record->parts[i]) < 0)
            return -1;
    }
    return fact_add_record(r, record);
}

int finish_volume(struct reader *r, struct record *record)
{
    const struct qw_bytes driver = record_part(record, "driver").value;

    if ((!driver.len || qw_bytes_is(driver, "local")) &&
        (add_device_bind(r, record) < 0 || add_template_bind(r, record) < 0))
        return -1;
    record->kind = QW_F_VOLUME;
    return add_redacted(r, record);
}

/* ---- one entry of Mounts: its type says what it is ---- */

/* Its value, which is no part any more: a record names everything once. */
static struct qw_bytes take_part(struct record *record, const char *part)
{
    const struct qw_bytes value = record_part(record, part).value;

    for (size_t i = 0; i < record->count; i++) {
        if (qw_bytes_is(record->parts[i].key, part))
            record->parts[i--] = record->parts[--record->count];
    }
    return value;
}

/*
 * Swarm makes capitals of a service's type, letters beyond ASCII too ("b\u0131nd" is BIND), and takes a bind where
 * there is none. Source: moby daemon/cluster/convert/container.go, containerToGRPC.
 */
static int read_swarm_type(struct reader *r, const struct record *record, struct qw_bytes *type)
{
    static const char *const types[] = {"bind", "volume", "tmpfs", "npipe", "cluster"};

    for (size_t i = 0; i < type->len; i++) {
        if ((unsigned char)type->data[i] >= 0x80)
            return path_fail(r, record->path, QW_E_MALFORMED, "the mount's type is no word that the engine knows");
    }
    for (size_t i = 0; i < QW_COUNT(types); i++) {
        if (!type->len || qw_bytes_is_nocase(*type, types[i])) {
            *type = qw_bytes_of(types[i]);
            return 0;
        }
    }
    return 0;
}

int finish_mount(struct reader *r, struct record *record)
{
    struct qw_bytes type = record_part(record, "type").value;
    const struct qw_bytes source = record->text;

    if (r->swarm && read_swarm_type(r, record, &type) < 0)
        return -1;
    if (qw_bytes_is(type, "volume"))
        return note_name(r, record) < 0 ? -1 : finish_volume(r, record);
    if (qw_bytes_is(type, "bind")) {
        record->kind = QW_F_BIND;
        return note_template(r, record) < 0 ? -1 : add_redacted(r, record);
    }
    if (qw_bytes_is(type, "tmpfs")) {
        record->kind = QW_F_TMPFS;
        record->text = take_part(record, "target");
        return add_redacted(r, record);
    }
    if (qw_bytes_is(type, "image") && fact_add(r, QW_F_IMAGE, record->path, source, 0) < 0)
        return -1;
    record->text = type;
    if (source.len && record_add(r, record, "source", source, NULL) < 0)
        return -1;
    return add_redacted(r, record);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Volumes: their names, drivers, and what the local driver is told to mount, which it does as root.
 * Source: moby volume/local/local_unix.go, 20.10 to 28.5.
 */
#include "check.h"

#define OPTION "option."

/* What the local driver may be told, by the word that allows it. Keys of `o` are those that stay within the kind. */
static const struct kind {
    const char *word;
    const char *types;
    const char *device; /* what it begins with; NULL: it is one of `types` itself */
    const char *keys;
} kinds[] = {
    {"tmpfs", "tmpfs", NULL, "size uid gid mode"},
    {"nfs", "nfs nfs4", ":",
     "addr ro rw nfsvers vers minorversion proto port mountport mountproto mountvers tcp udp soft hard softerr timeo "
     "retrans rsize wsize sec nolock lock local_lock noac ac acregmin acregmax acdirmin acdirmax actimeo intr nointr "
     "nocto cto nconnect lookupcache noresvport resvport noatime nodiratime relatime nosuid nodev noexec"},
    {"cifs", "cifs smb3", "//",
     "addr ro rw username user password pass domain dom workgroup vers sec uid gid forceuid forcegid file_mode "
     "dir_mode port iocharset noperm nounix serverino noserverino mfsymlinks seal sign cache actimeo rsize wsize soft "
     "hard noatime nodiratime relatime nosuid nodev noexec nobrl"},
};

/* The first key of `o` that the kind does not have; .data is NULL where it has all. */
static struct qw_bytes stray_key(const struct kind *kind, struct qw_bytes o)
{
    struct qw_bytes piece;

    if (!o.len)
        return (struct qw_bytes){NULL, 0};
    while (qw_bytes_split(&o, ',', &piece)) {
        const char *equals = piece.len ? memchr(piece.data, '=', piece.len) : NULL;

        if (equals)
            piece.len = (size_t)(equals - piece.data);
        if (!qw_word_in(kind->keys, piece))
            return piece;
    }
    return (struct qw_bytes){NULL, 0};
}

static const struct kind *kind_of(struct qw_bytes type)
{
    for (size_t i = 0; i < QW_COUNT(kinds); i++) {
        if (qw_word_in(kinds[i].types, type))
            return &kinds[i];
    }
    return NULL;
}

static bool device_fits(const struct kind *kind, struct qw_bytes device)
{
    return kind->device ? qw_bytes_starts(device, kind->device) : qw_word_in(kind->types, device);
}

/* The local driver's own options besides type, device and o; an unknown one may mean something to a newer engine. */
static bool is_known_option(struct qw_bytes key)
{
    return qw_word_in("type device o size", key);
}

/* first: of the options that are written, to point at where there is no type. */
static void judge_options(struct qw_check *check, const struct qw_fact *fact, const struct qw_part *first)
{
    const struct qw_fact type = qw_fact_of_part(fact, OPTION "type");
    const struct qw_fact device = qw_fact_of_part(fact, OPTION "device");
    const struct qw_fact o = qw_fact_of_part(fact, OPTION "o");
    const struct kind *kind = kind_of(qw_fact_part(fact, OPTION "type"));
    const char *accepted = qw_check_accepted(check, "options", "for --opt (compose: driver_opts)");
    struct qw_bytes stray;

    if (!qw_fact_part(fact, OPTION "type").len) {
        const struct qw_fact option = {.kind = QW_F_VOLUME, .path = first->path, .text = first->value};

        qw_violate(check, "options", &option, accepted, "volume options without a type are not allowed");
        return;
    }
    if (!kind || !qw_check_lists(check, "options", qw_bytes_of(kind->word))) {
        qw_violate(check, "options", &type, accepted, "volume options of type %s are not allowed",
                   qw_shown(check->arena, qw_fact_part(fact, OPTION "type")));
        return;
    }
    if (!device_fits(kind, qw_fact_part(fact, OPTION "device")))
        qw_violate(check, "options", &device, accepted, "device %s is no device of a %s volume",
                   qw_shown(check->arena, qw_fact_part(fact, OPTION "device")), kind->word);
    stray = stray_key(kind, qw_fact_part(fact, OPTION "o"));
    if (stray.data)
        qw_violate(check, "options", &o, accepted, "mount option %s of a %s volume is not allowed",
                   qw_shown(check->arena, stray), kind->word);
}

static void judge_driver(struct qw_check *check, const struct qw_fact *fact, struct qw_bytes driver)
{
    if (driver.len && !qw_check_lists(check, "drivers", driver))
        qw_violate(check, "drivers", fact, qw_check_accepted(check, "drivers", "for --driver (compose: driver)"),
                   "volume driver %s is not allowed", qw_shown(check->arena, driver));
}

/*
 * The first option that nobody knows the meaning of: any of a driver other than the local one, and what is no option
 * of the local one. NULL where there is none. *first is the first of all, NULL where there are no options.
 */
static const struct qw_part *stray_option(const struct qw_fact *fact, const struct qw_part **first)
{
    const struct qw_bytes driver = qw_fact_part(fact, "driver");
    const bool is_local = !driver.len || qw_bytes_is(driver, "local");

    *first = NULL;
    for (size_t i = 0; i < fact->part_count; i++) {
        const struct qw_bytes key = fact->parts[i].key;

        if (!qw_bytes_starts(key, OPTION))
            continue;
        if (!*first)
            *first = &fact->parts[i];
        if (!is_local || !is_known_option(qw_bytes_from(key, strlen(OPTION))))
            return &fact->parts[i];
    }
    return NULL;
}

static void judge_option_names(struct qw_check *check, const struct qw_fact *fact)
{
    const struct qw_part *first;
    const struct qw_part *stray = stray_option(fact, &first);

    if (stray) {
        const struct qw_fact option = {.kind = QW_F_VOLUME, .path = stray->path, .text = stray->value};

        qw_violate(check, "options", &option, qw_check_accepted(check, "options", "for --opt (compose: driver_opts)"),
                   "volume option %s is not allowed",
                   qw_shown(check->arena, qw_bytes_from(stray->key, strlen(OPTION))));
    } else if (first) {
        judge_options(check, fact, first);
    }
}

/* What the engine says of a volume repeats its name. */
static bool is_named_before(const struct qw_check *check, const struct qw_fact *fact)
{
    const struct qw_fact *other = check->facts->first[QW_F_VOLUME];

    while (fact->stored && other != fact && !qw_bytes_eq(other->text, fact->text))
        other = other->next;
    return fact->stored && other != fact;
}

static bool has_name_to_judge(const struct qw_check *check, const struct qw_fact *fact)
{
    return fact->text.len && !qw_fact_part(fact, "implicit").data && !is_named_before(check, fact);
}

static void judge_volume(struct qw_check *check, const struct qw_fact *fact)
{
    const struct qw_fact driver = qw_fact_of_part(fact, "driver");

    judge_driver(check, &driver, qw_fact_part(fact, "driver"));
    if (has_name_to_judge(check, fact) && !qw_check_lists(check, "names", fact->text))
        qw_violate(check, "names", fact,
                   qw_check_accepted(check, "names", "for --volume and --mount (compose: volumes)"),
                   "volume name %s is not allowed", qw_shown(check->arena, fact->text));
    if (!qw_check_setting(check, "options")->any)
        judge_option_names(check, fact);
}

void qw_eval_volumes(struct qw_check *check)
{
    for (const struct qw_fact *fact = facts_of(check, QW_F_VOLUME); fact; fact = fact->next)
        judge_volume(check, fact);
    for (const struct qw_fact *fact = facts_of(check, QW_F_VOLUME_DRIVER); fact; fact = fact->next)
        judge_driver(check, fact, fact->text);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rules: the rule table, the values of a rule's settings, and the patterns in them. A rule is a row in
 * plugin/rules/table.c and one pure function that looks at facts and reports violations.
 */
#ifndef QUAYWARDEN_RULES_H
#define QUAYWARDEN_RULES_H

#include "quaywarden/facts.h"

/* ---- settings ---- */

enum qw_level {
    QW_LEVEL_DENY,  /* the default: violations deny */
    QW_LEVEL_WARN,  /* violations are recorded and let through */
    QW_LEVEL_ALLOW, /* no restriction: the rule does not look */
};

enum qw_setting_type {
    /* Lists. Each may be the word `any`, but those of paths; a lone word is a list of it. */
    QW_SETTING_WORDS,     /* words out of `words`, or free ones */
    QW_SETTING_PATTERNS,  /* patterns of names, `*` */
    QW_SETTING_PATHS,     /* path patterns */
    QW_SETTING_BINDS,     /* path patterns, each with qw_bind_terms */
    QW_SETTING_IMAGES,    /* image patterns */
    QW_SETTING_SECCOMP,   /* words, and file:PATH with the SHA-256 of what the file holds */
    QW_SETTING_ADDRESSES, /* IP addresses and subnets (CIDR) */
    QW_SETTING_RANGES,    /* numbers and ranges up to `most`: "8000-8999", "0-3,7" */
    QW_SETTING_LIMITS,    /* a mapping of `words` to numbers */
    /* One of them. */
    QW_SETTING_CHOICE, /* one of `words`; number is its index; the first is what holds where nothing is set */
    QW_SETTING_FLAG,   /* number is 1 or 0 */
    /* Numbers. Each may be the word `any`, which is no bound. */
    QW_SETTING_SIZE,   /* bytes; the word in `words` is the largest number there is */
    QW_SETTING_CPUS,   /* billionths of a processor, as NanoCpus */
    QW_SETTING_NUMBER, /* up to `most` */
};

struct qw_setting {
    const char *name;
    enum qw_setting_type type;
    const char *words; /* the closed vocabulary, separated by spaces; NULL: free */
    int64_t most;      /* NUMBER, RANGES: the largest */
};

#define QW_SETTINGS_MAX 8

/* What a bind-mounts row says besides its path. */
struct qw_bind_terms {
    bool read_only;   /* the mount must be read-only */
    bool root_owned;  /* no folder above the source may be writable by others than root; default true */
    bool relabel;     /* :z and :Z may be used */
    bool propagation; /* shared, rshared, slave and rslave may be used */
    bool as_self; /* the container must run as the caller's own uid with no-new-privileges; implies not root_owned */
};

enum qw_pattern_kind {
    QW_PATTERN_NAME,  /* `*` any run of characters */
    QW_PATTERN_PATH,  /* `*` within a component, `**` across; ends in slash-star-star: the folder itself too */
    QW_PATTERN_IMAGE, /* as PATH; without tag and digest it matches every tag and digest */
};

struct qw_pattern; /* compiled; opaque, owned by the policy */

/* What {tenant}, {user} and {home} stand for; an empty one makes its pattern match nothing. */
struct qw_variables {
    struct qw_bytes tenant;
    struct qw_bytes user;
    struct qw_bytes home;
};

/**
 * Compile a pattern. Fails with QW_E_MALFORMED: unknown variable, unbalanced brace, a path that is not absolute and
 * clean. *out is on the heap; release with qw_pattern_free.
 */
QW_MUST_CHECK int qw_pattern_new(enum qw_pattern_kind kind, const char *text, struct qw_pattern **out,
                                 struct qw_err *err);
void qw_pattern_free(struct qw_pattern *pattern);
const char *qw_pattern_text(const struct qw_pattern *pattern); /* as written in the policy */

/*
 * Does the pattern match all of text? Variables are literal; one whose value is unsafe matches nothing. PATH wants a
 * cleaned path, IMAGE a reference as a request has it; an image's id, or what the engine may take for the beginning of
 * one ("cafe" without a tag), matches nothing, for it names no repository. A pattern with a tag but no digest does not
 * match a reference with a digest: the engine then goes by the digest and ignores the tag.
 */
bool qw_pattern_matches(const struct qw_pattern *pattern, const struct qw_variables *variables, struct qw_bytes text);

struct qw_image_name;

/* The same for a reference that was read already; the pattern is one of images. */
bool qw_pattern_matches_image(const struct qw_pattern *pattern, const struct qw_variables *variables,
                              const struct qw_image_name *image);

/* The pattern with its variables filled in, for people; unsafe values leave it as written. Not escaped. */
void qw_pattern_print(const struct qw_pattern *pattern, const struct qw_variables *variables, struct qw_buf *out);

/* ---- images ---- */

/* A reference, normalised as the engine does it: "alpine" is docker.io/library/alpine. */
struct qw_image_name {
    char name[520];         /* NUL-terminated, without tag and digest */
    struct qw_bytes tag;    /* into the text; empty where none is written */
    struct qw_bytes digest; /* likewise: "sha256:…" */
};

/* False where text is no reference: the engine would refuse it or take it for an image's id. */
bool qw_image_read(struct qw_bytes text, struct qw_image_name *out);

/* May the engine take it for the id of an image that it has? */
enum qw_image_id {
    QW_IMAGE_ID_NONE,
    QW_IMAGE_ID_PART,  /* hex digits, maybe after "sha256:": looked for among ids where no image has the name */
    QW_IMAGE_ID_WHOLE, /* a digest, or 64 hex digits: never a name */
};

enum qw_image_id qw_image_find_id(struct qw_bytes text);

/* ---- capabilities ---- */

#define QW_CAPABILITY_COUNT 41
#define QW_CAPABILITY_ALL   63 /* the word ALL, which is more than the sum: it covers what a newer kernel brings */

extern const char *const qw_capability_names[QW_CAPABILITY_COUNT]; /* by number, without CAP_ */
extern const char qw_capability_words[];                           /* "default ALL CHOWN …": what a policy may list */

/* Bits of the set that the engine gives a container that asks for nothing. */
uint64_t qw_capability_default(void);

/* The number of a name as the engine reads it (any case, CAP_ or not), QW_CAPABILITY_ALL, or -1 where it is unknown. */
int qw_capability_find(struct qw_bytes name);

/* ---- numbers and addresses ---- */

/* As Docker's --memory, in a policy: an integer, and b, k, m, g or t (1024-based, any case) or nothing for bytes. */
bool qw_size_read(struct qw_bytes text, int64_t *out);
bool qw_docker_size_read(struct qw_bytes text, int64_t *out); /* "1.5 GiB", "512MB": 1024-based, as go-units has it */
bool qw_cpus_read(struct qw_bytes text, int64_t *out);        /* "1.5": decimal, at most nine digits behind the point */
bool qw_number_read(struct qw_bytes text, int64_t *out);      /* decimal digits alone */

/* "512m", "1.5": the shortest text that reads back as the same. Lives in the arena. */
const char *qw_size_shown(struct qw_arena *arena, int64_t bytes);
const char *qw_cpus_shown(struct qw_arena *arena, int64_t nano_cpus);

struct qw_range {
    int64_t low;
    int64_t high;
};

/* "8000" or "8000-8999", in order and at most `most`. */
bool qw_range_read(struct qw_bytes text, int64_t most, struct qw_range *out);

/* An address or a subnet; IPv4 is kept as IPv4-mapped IPv6, so that both spellings are one. */
struct qw_subnet {
    unsigned char bytes[16];
    unsigned prefix; /* bits; 128 for one address */
};

bool qw_subnet_read(struct qw_bytes text, struct qw_subnet *out);
bool qw_subnet_holds(const struct qw_subnet *subnet, const struct qw_subnet *address);

struct qw_item {
    char *text;                 /* as written */
    struct qw_pattern *pattern; /* PATTERNS, PATHS, BINDS, IMAGES; else NULL */
    struct qw_bind_terms terms; /* BINDS */
    char *sha256;               /* SECCOMP: of the canonical form of the file's JSON, lower-case hex; else NULL */
    struct qw_range range;      /* RANGES; LIMITS: high */
    struct qw_subnet subnet;    /* ADDRESSES */
};

struct qw_value {
    bool set;       /* somewhere along `extends` */
    bool any;       /* the word `any` */
    int64_t number; /* the types of one word, and the numbers */
    struct qw_item *items;
    size_t item_count;
    int line; /* where it is set; 0 in a built-in profile */
};

/* ---- rules ---- */

enum qw_rule_style {
    QW_RESTRICTS, /* words deny, allow, warn */
    QW_DEMANDS,   /* words required, optional, warn */
    QW_FIXED,     /* takes no level */
};

struct qw_check;

struct qw_rule {
    const char *id;        /* stable: used in policies, records and messages */
    const char *cis;       /* sections of CIS Docker Benchmark v1.6.0, or NULL */
    const char *pss;       /* controls of the Pod Security Standards, or NULL */
    const char *practices; /* numbers of the practices that it serves; docs/rules.md names them */
    enum qw_rule_style style;
    bool firm;                                   /* denies in `mode: warn` too */
    void (*eval)(struct qw_check *check);        /* pure; reports with qw_violate */
    const char *covers;                          /* a sentence for people */
    struct qw_setting settings[QW_SETTINGS_MAX]; /* ends at the first without a name */
};

/* In the order of policy.md's table, in which violations are listed. */
#define QW_RULE_MAX 64
extern const struct qw_rule qw_rules[];
extern const size_t qw_rule_count;
int qw_rule_find(const char *id); /* index, or -1 */

/* A rule's settings in one profile. values[i] belongs to rule->settings[i]. */
struct qw_rule_settings {
    enum qw_level level;
    struct qw_value values[QW_SETTINGS_MAX];
    int line; /* of the rule's word in the policy; 0 in a built-in profile */
};

/* ---- one check ---- */

struct qw_violation {
    const char *rule;         /* id of the rule, or of the refusal */
    const char *setting;      /* "options" in volumes.options, or NULL */
    enum qw_level level;      /* DENY or WARN */
    struct qw_bytes field;    /* JSON path; may be empty */
    struct qw_bytes value;    /* as the request has it, raw; may be empty */
    struct qw_bytes reason;   /* what is wrong, already escaped */
    struct qw_bytes accepted; /* what would be accepted, with the client's flag; may be empty */
    const void *fact;         /* which one it is about, to compare; what it points to may be gone */
};

struct qw_violations {
    struct qw_violation *items;
    size_t count;
    size_t cap;
    size_t by_level[QW_LEVEL_ALLOW]; /* how many there are of DENY and of WARN */
    bool failed;                     /* without memory: the verdict is a denial */
};

#define QW_VIOLATIONS_MAX 1000 /* of a level; the rest of a request that has more is not told */

/* A new, unfilled violation at the end of the list; NULL without memory, which the list remembers. */
struct qw_violation *qw_violations_add(struct qw_violations *out, struct qw_arena *arena);

/* What a rule looked at, for `explain`: written as it looks. */
struct qw_seen {
    const struct qw_fact *fact; /* the first fact of its kinds; NULL without one */
    bool missing;               /* it asked whether something is missing */
};

/* All that an eval function may look at. */
struct qw_check {
    const struct qw_request *request;
    const struct qw_facts *facts;
    const struct qw_snapshot *snapshot;
    const struct qw_identity *identity;
    const struct qw_variables *variables;
    const struct qw_rule *rule;
    const struct qw_rule_settings *settings;
    bool warn_mode;       /* `mode: warn`: what would deny is recorded, unless the rule is firm */
    bool excepts_as_self; /* an exception of the policy has a row of bind-mounts that is as-self */
    bool wordless;        /* only whether and which: violations get neither field, value nor words */
    enum qw_level level;  /* of what it reports; qw_rule_judge sets it */
    struct qw_seen *seen; /* or NULL */
    struct qw_arena *arena;
    struct qw_violations *out;
};

/* The named setting of the rule under check. Asking for one that its row does not have is a bug. */
const struct qw_value *qw_check_setting(const struct qw_check *check, const char *name);

/*
 * Report a violation. setting may be NULL; fact gives field and value, and may be NULL where something is missing.
 * accepted may be NULL. The reason is a sentence without the field: `host path "/etc" is not allowed`; outside text in
 * it goes through qw_shown().
 */
void qw_violate(struct qw_check *check, const char *setting, const struct qw_fact *fact, const char *accepted,
                const char *fmt, ...) QW_PRINTF(5, 6);

/* The same for what is missing: field is where it would stand, and lives as long as the check. */
void qw_missing(struct qw_check *check, const char *setting, const char *field, const char *accepted, const char *fmt,
                ...) QW_PRINTF(5, 6);

/* Could not be found out: denies under the id `undecided`, whatever the rule's level. */
void qw_undecided(struct qw_check *check, const struct qw_fact *fact, const char *fmt, ...) QW_PRINTF(3, 4);

/* Outside text for a sentence: escaped, in quotes, shortened; lives in the arena. */
const char *qw_shown(struct qw_arena *arena, struct qw_bytes text);

/*
 * "a, b, c" of a value's items with the variables filled in, "any" or "none"; escaped; lives in the arena. variables
 * may be NULL: as written.
 */
const char *qw_items_shown(struct qw_arena *arena, const struct qw_value *value, const struct qw_variables *variables);

/* Is text among the items: by exact word, or by pattern where items have patterns? True where the value is `any`. */
bool qw_value_has(const struct qw_value *value, const struct qw_variables *variables, struct qw_bytes text);

/* Judge one rule on one request; does nothing at level ALLOW. */
void qw_rule_judge(struct qw_check *check);

#endif

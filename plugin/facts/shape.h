/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shape: the engine's Go structs as tables, and the one decoder that walks a JSON tree by them. A table row names a
 * field as Go does, its Go type, and the fact that it gives; a field without a fact is harmless, and a key without a
 * row is unknown. The tables are in shapes_*.c.
 */
#ifndef QUAYWARDEN_FACTS_SHAPE_H
#define QUAYWARDEN_FACTS_SHAPE_H

#include "quaywarden/facts.h"

enum go_type {
    GO_BOOL,
    GO_INT, /* any signed integer, time.Duration too */
    GO_UINT16,
    GO_UINT32,
    GO_UINT64,
    GO_FLOAT,
    GO_STRING,      /* []byte too, which JSON has as a string */
    GO_STRINGS,     /* []string */
    GO_WORDS,       /* strslice.StrSlice: a list of strings, or one string */
    GO_LISTS,       /* [][]string */
    GO_UINTS,       /* [2]uint */
    GO_STRING_MAP,  /* map[string]string: keys are exact */
    GO_SET_MAP,     /* map[string]struct{} */
    GO_STRUCT,      /* struct or *struct */
    GO_STRUCTS,     /* []struct or []*struct */
    GO_STRUCT_MAP,  /* map[string]*struct */
    GO_STRUCTS_MAP, /* map[string][]struct */
};

/* Would Go's decoder take this value, which is not null, for a field of this type? */
bool type_fits(enum go_type type, const struct qw_json *value);

#define NO_FACT QW_F_COUNT

struct shape;
struct reader;
struct record;

struct field {
    const char *key;
    size_t len; /* of the key */
    enum go_type type;
    enum qw_fact_kind fact;    /* or NO_FACT */
    const struct shape *shape; /* of the struct types */
    /* In a record: the part that the value becomes, "" for the record's text. For a map: the part of its keys. */
    const char *part;
    const char *prefix; /* put before the text of the fact: "label=type:" */
    bool keep_zero;     /* gives a fact whenever it is there and not null */
    /* Instead of the default: turns a value of the right type, not null, into facts. */
    int (*emit)(struct reader *r, const struct field *field, const struct qw_json *value, const struct qw_path *path);
};

struct shape {
    const struct field *fields;
    size_t count;
    const struct shape *base; /* embedded struct: its fields stand beside these */
    enum qw_fact_kind record; /* one instance gives one record of this kind; or NO_FACT */
    /* Instead of adding the finished record as it is. */
    int (*finish)(struct reader *r, struct record *record);
};

/* clang-format off */
/* One row: a harmless field; one that gives a fact; one that is a part of its record; a struct; a function's own. */
#define SAFE(name, t)             { .key = name, .len = sizeof(name) - 1, .type = t, .fact = NO_FACT }
#define GIVES(name, t, f)         { .key = name, .len = sizeof(name) - 1, .type = t, .fact = f }
#define ALWAYS(name, t, f)        { .key = name, .len = sizeof(name) - 1, .type = t, .fact = f, .keep_zero = true }
#define SAYS(name, t, f, words)   { .key = name, .len = sizeof(name) - 1, .type = t, .fact = f, .prefix = words }
#define PART(name, t, p)          { .key = name, .len = sizeof(name) - 1, .type = t, .fact = NO_FACT, .part = p }
#define HOLDS(name, t, s)         { .key = name, .len = sizeof(name) - 1, .type = t, .fact = NO_FACT, .shape = s }
#define NAMES(name, t, f, s)      { .key = name, .len = sizeof(name) - 1, .type = t, .fact = f, .shape = s }
#define KEYED(name, t, s, p)      { .key = name, .len = sizeof(name) - 1, .type = t, .fact = NO_FACT, .shape = s, .part = p }
#define CALLS(name, t, f, e)      { .key = name, .len = sizeof(name) - 1, .type = t, .fact = f, .emit = e }

#define SHAPE(table, embedded)             { .fields = table, .count = QW_COUNT(table), .base = embedded, .record = NO_FACT }
#define RECORD_SHAPE(table, kind, f)       { .fields = table, .count = QW_COUNT(table), .record = kind, .finish = f }
#define PARTS_SHAPE(table)                 SHAPE(table, NULL) /* its fields are parts of the record around it */
/* clang-format on */

/* A record under construction. */
struct record {
    enum qw_fact_kind kind;
    const struct qw_path *path;
    struct qw_bytes text;
    struct qw_part *parts;
    size_t count;
    size_t cap;
};

/* In the record, the objects that hold facts with `beside` and with `stored`. */
#define QW_FACTS_BESIDE "beside"
#define QW_FACTS_STORED "stored"

struct reader {
    struct qw_arena *arena;
    struct qw_facts *facts;
    struct record *record; /* the one that parts go to, or NULL */
    struct qw_err *err;
    bool beside; /* of the facts to come */
    bool swarm;  /* a service's: swarm reads some words in any case, and fills in templates */
    bool open;   /* fields that nobody knows give no facts */
    bool stored; /* likewise; what an engine tells that no table knows is of no interest */
};

/* Adds a fact. text and number as its type wants; parts may be NULL. Fails with QW_E_NOMEM. */
int fact_add(struct reader *r, enum qw_fact_kind kind, const struct qw_path *path, struct qw_bytes text,
             int64_t number);
int fact_add_record(struct reader *r, const struct record *record);
int fact_copy(struct reader *r, const struct qw_fact *fact);
/* path: the part's own, or NULL */
int record_add(struct reader *r, struct record *record, const char *part, struct qw_bytes value,
               const struct qw_path *path);
struct qw_part record_part(const struct record *record, const char *part); /* .value.data NULL: none */

/* Does an option of this name hold a secret, as far as its name says? Then its value stays out of facts. */
bool names_secret(struct qw_bytes name);

/* A path below parent, in the arena; NULL without memory, which is reported in r->err. */
const struct qw_path *path_key(struct reader *r, const struct qw_path *parent, struct qw_bytes key);
const struct qw_path *path_index(struct reader *r, const struct qw_path *parent, size_t index);
const struct qw_path *path_object(struct reader *r, struct qw_bytes name); /* "container web" */

/* Fails with QW_E_MALFORMED and the path in front of the words. */
int path_fail(struct reader *r, const struct qw_path *path, enum qw_code code, const char *words);

/* Reads an object by its shape, or one value as a field's; path is the value's own, NULL at the top. */
int read_struct(struct reader *r, const struct shape *shape, const struct qw_json *object, const struct qw_path *path);
int read_field(struct reader *r, const struct field *field, const struct qw_json *value, const struct qw_path *path);

/* The shapes that payloads start from. */
extern const struct shape shape_create; /* also the body of start */
extern const struct shape shape_update;
extern const struct shape shape_exec;
extern const struct shape shape_volume;
extern const struct shape shape_volume_spec;
extern const struct shape shape_network;
extern const struct shape shape_connect;
extern const struct shape shape_checkpoint;
extern const struct shape shape_service;
extern const struct shape shape_ulimit;

/* What the engine keeps of a container, by the keys of its answer to an inspection. */
extern const struct shape shape_stored;        /* Config, HostConfig and networks */
extern const struct shape shape_stored_mounts; /* what of HostConfig mounts something */

/* Embedded in others. */
extern const struct shape shape_mount;
extern const struct shape shape_endpoint;
extern const struct shape shape_health;

/* emit functions that several tables share */
int emit_env(struct reader *r, const struct field *field, const struct qw_json *value, const struct qw_path *path);
int emit_first(struct reader *r, const struct field *field, const struct qw_json *value, const struct qw_path *path);
int emit_unknown(struct reader *r, const struct field *field, const struct qw_json *value, const struct qw_path *path);
int emit_paths(struct reader *r, const struct field *field, const struct qw_json *value, const struct qw_path *path);
int emit_log_options(struct reader *r, const struct field *field, const struct qw_json *map,
                     const struct qw_path *path);
int emit_nothing(struct reader *r, const struct field *field, const struct qw_json *value, const struct qw_path *path);
int emit_command(struct reader *r, const struct field *field, const struct qw_json *value, const struct qw_path *path);

/* digest.c */
int emit_security_options(struct reader *r, const struct field *field, const struct qw_json *list,
                          const struct qw_path *path);
int emit_seccomp_profile(struct reader *r, const struct field *field, const struct qw_json *value,
                         const struct qw_path *path);
/* One option as --security-opt has it. */
int give_security_option(struct reader *r, struct qw_bytes option, const struct qw_path *path);

/* plugins.c: what a plugin is granted */
int emit_privileges(struct reader *r, const struct field *field, const struct qw_json *list,
                    const struct qw_path *path);

/* mounts.c */
int emit_bind(struct reader *r, const struct field *field, const struct qw_json *value, const struct qw_path *path);
/* for Volumes and Tmpfs, whose keys are targets */
int emit_targets(struct reader *r, const struct field *field, const struct qw_json *map, const struct qw_path *path);
int finish_mount(struct reader *r, struct record *record);
int finish_volume(struct reader *r, struct record *record);

#endif

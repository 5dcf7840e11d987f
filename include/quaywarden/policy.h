/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy: the loaded policy, immutable and reference-counted, and the YAML reader that it and the test files share.
 * Loading is all or nothing and reports every error with file, line and column.
 */
#ifndef QUAYWARDEN_POLICY_H
#define QUAYWARDEN_POLICY_H

#include "quaywarden/rules.h"

/* ---- diagnostics ---- */

enum qw_severity { QW_ERROR, QW_WARNING };

struct qw_diagnostic {
    enum qw_severity severity;
    int line; /* from 1; 0: the file as a whole */
    int column;
    char *text;
};

/* Zero-initialise; release with qw_diagnostics_fini. */
struct qw_diagnostics {
    char *file;
    struct qw_diagnostic *items;
    size_t count;
    size_t errors;
};

void qw_diagnostics_fini(struct qw_diagnostics *diagnostics);

/* "FILE:LINE:COL: error: text" a line, in the order of the file. */
void qw_diagnostics_print(const struct qw_diagnostics *diagnostics, FILE *out);

/* ---- YAML ---- */

#define QW_YAML_SIZE_MAX  ((size_t)4 << 20)
#define QW_YAML_DEPTH_MAX 32
#define QW_YAML_NODES_MAX 200000

enum qw_yaml_type { QW_YAML_SCALAR, QW_YAML_LIST, QW_YAML_MAP };

struct qw_yaml {
    enum qw_yaml_type type;
    bool quoted; /* SCALAR: a string whatever it looks like */
    int line;
    int column;
    char *key; /* member of a MAP */
    int key_line;
    int key_column;
    char *text;      /* SCALAR */
    size_t text_len; /* a scalar may hold NUL bytes */
    struct qw_yaml *child;
    struct qw_yaml *next;
    struct qw_arena *arena; /* of the root: holds the whole tree */
};

/**
 * One YAML document as a tree with positions. Aliases, anchors, tags, a second document, duplicate or non-scalar keys,
 * and what exceeds the limits above are errors. *out is NULL on failure; else release the root with
 * qw_yaml_free.
 */
QW_MUST_CHECK int qw_yaml_parse(const char *text, size_t len, struct qw_yaml **out, struct qw_diagnostics *diagnostics);
void qw_yaml_free(struct qw_yaml *root);                                 /* NULL is fine */
struct qw_yaml *qw_yaml_get(const struct qw_yaml *map, const char *key); /* NULL: not there */

/* Report an error at a node, or at its key; return -1. */
int qw_yaml_error(struct qw_diagnostics *diagnostics, const struct qw_yaml *node, const char *fmt, ...) QW_PRINTF(3, 4);
int qw_yaml_key_error(struct qw_diagnostics *diagnostics, const struct qw_yaml *node, const char *fmt, ...)
    QW_PRINTF(3, 4);
void qw_yaml_warning(struct qw_diagnostics *diagnostics, const struct qw_yaml *node, const char *fmt, ...)
    QW_PRINTF(3, 4);
void qw_yaml_key_warning(struct qw_diagnostics *diagnostics, const struct qw_yaml *node, const char *fmt, ...)
    QW_PRINTF(3, 4);

/* The word of a NULL-terminated list that is most like `word`, or NULL where none is near. */
const char *qw_suggest(const char *word, const char *const *words);

/* ---- the model ---- */

struct qw_profile {
    char *name;
    const struct qw_profile *parent;
    const struct qw_rule_settings **rules; /* by index of qw_rules; inheritance is already worked in; heirs share */
    int line;
};

struct qw_role {
    char *name;
    const struct qw_role *parent;
    uint64_t allow[(QW_ACTION_MAX + 63) / 64]; /* by index of qw_actions; parents are already worked in */
    uint64_t deny[(QW_ACTION_MAX + 63) / 64];
    int line;
};

enum qw_subject_kind { QW_SUBJECT_USER, QW_SUBJECT_GROUP, QW_SUBJECT_ANONYMOUS };

struct qw_subject {
    enum qw_subject_kind kind;
    struct qw_bytes name;       /* USER, GROUP: as written, without the prefix */
    size_t fixed;               /* bytes of it before the first `*` */
    struct qw_pattern *pattern; /* where the name holds a `*`; else NULL */
};

/* A tenant's row for some of its people: itself, or one of `members`. */
struct qw_member {
    struct qw_subject *subjects;
    size_t subject_count;
    struct qw_bytes via; /* where the name must come from: front, tls or an issuer; empty: anywhere */
    const struct qw_role *role;
    const struct qw_profile *profile;
    int line;
};

struct qw_tenant {
    char *name;
    struct qw_member *members; /* one where the tenant has no `members` of its own */
    size_t member_count;
    bool objects_all;
    int line;
};

/* What lets some requests through that a profile or `everyone` would deny. All that `when` says must hold. */
struct qw_exception {
    const struct qw_tenant **tenants; /* any of them; NULL: all */
    size_t tenant_count;
    struct qw_subject *subjects; /* any of them; NULL: everybody */
    size_t subject_count;
    struct qw_pattern **images; /* any of them; NULL: all, and requests that name none */
    size_t image_count;
    uint64_t *actions;                      /* by index of qw_actions; NULL: all */
    bool command_image;                     /* entry point and command must be the image's own */
    const struct qw_rule_settings **permit; /* by index of qw_rules; NULL where it says nothing of the rule */
    time_t until;                           /* the first second after it; 0: never ends */
    char *until_text;                       /* as written */
    char *reason;
    int line;
};

enum qw_record_what { QW_RECORD_ALL, QW_RECORD_CHANGES, QW_RECORD_DENIED };
enum qw_sync { QW_SYNC_NONE, QW_SYNC_DENIALS, QW_SYNC_ALL };

struct qw_pattern_list {
    struct qw_pattern *pattern;
    struct qw_pattern_list *next;
};

/* A file that a policy names, and that is read with it. */
struct qw_named_file {
    const char *path;
    const struct qw_named_file *next;
};

struct qw_policy {
    int references;         /* atomic; qw_policy_ref and qw_policy_unref alone touch it */
    struct qw_arena *arena; /* holds all of it but the patterns */
    struct qw_pattern_list *patterns;
    char *file;
    char sha256[65]; /* of the file's bytes, lower-case hex */
    bool warn_mode;
    char *contact; /* or NULL */
    struct qw_role *roles;
    size_t role_count;
    struct qw_profile *profiles; /* the shipped ones, then its own */
    size_t profile_count;
    struct qw_tenant *tenants;
    size_t tenant_count;
    const struct qw_index *index;             /* of whom the tenants' rows match */
    const struct qw_rule_settings **everyone; /* by index of qw_rules; NULL where it says nothing of the rule */
    struct qw_exception *exceptions;
    size_t exception_count;
    bool asks_accounts;   /* {home} or as-self is used: who asks is looked up in the host's user database */
    bool excepts_as_self; /* an exception permits a row of bind-mounts that is as-self */
    enum qw_record_what record;
    enum qw_sync sync;
    bool allow_on_audit_failure;
    char **audit_to; /* files, or "-" for standard output; the default where the policy names none */
    size_t audit_to_count;
    const struct qw_named_file *files; /* seccomp profiles */
};

/**
 * Refuse a policy file that anyone but root or this process may write or replace: by its owner and mode, and those of
 * every folder on the way, symlinks' included. Fails with QW_E_IO.
 */
QW_MUST_CHECK int qw_policy_file_is_safe(const char *file, struct qw_err *err);

/**
 * Load a policy. On failure *out is untouched and diagnostics say why (file, line, column, suggestion); warnings may be
 * there on success too. The caller holds one reference.
 */
QW_MUST_CHECK int qw_policy_load(const char *file, struct qw_policy **out, struct qw_diagnostics *diagnostics);
QW_MUST_CHECK int qw_policy_parse(const char *file, const char *text, size_t len, struct qw_policy **out,
                                  struct qw_diagnostics *diagnostics);
struct qw_policy *qw_policy_ref(struct qw_policy *policy);
void qw_policy_unref(struct qw_policy *policy); /* NULL is fine */

/*
 * The first tenant, and its first member, that match; false where none does. `anonymous` is who comes without a name,
 * a group and a certificate: a certificate that names nobody is not the engine's own socket.
 */
bool qw_policy_match(const struct qw_policy *policy, const struct qw_identity *identity,
                     const struct qw_tenant **tenant, const struct qw_member **member);

/*
 * The exceptions that hold for this request at this time, in the order of the policy, into out, which has room for all;
 * how many there are. One for images or commands holds for a container that is there already where the engine was asked
 * for it; never where there is an unknown field, which might name another.
 * `command: image` means that nothing of the request chooses what runs: no entry point, command, shell, health check
 * or standard input, no mount of any kind, no processes of another container beside it, and no variable but a few that
 * name no program or file.
 */
size_t qw_exceptions_find(const struct qw_policy *policy, const struct qw_tenant *tenant,
                          const struct qw_identity *identity, const struct qw_request *request,
                          const struct qw_facts *facts, time_t now, const struct qw_exception **out);

/*
 * Could an exception with `command: image` have let this container through, when somebody made it? stored: its facts.
 * Neither who asks now nor its last day matter.
 */
bool qw_exception_fits_container(const struct qw_exception *exception, const struct qw_facts *stored);

/* Is its last day over? */
bool qw_exception_has_ended(const struct qw_exception *exception, time_t now);

/*
 * A rule's settings with what a `permit` says of it laid over them: lists are joined, of two bounds the looser holds,
 * of two levels too. NULL without memory.
 */
const struct qw_rule_settings *qw_settings_overlay(const struct qw_rule *rule, const struct qw_rule_settings *base,
                                                   const struct qw_rule_settings *permit, struct qw_arena *arena);

bool qw_role_allows(const struct qw_role *role, const struct qw_action *action);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The loader's parts, one file per subject. Each reports what is wrong and goes on, so that one run shows every error;
 * whether anything was reported is asked once, at the end.
 */
#ifndef QUAYWARDEN_POLICY_LOAD_H
#define QUAYWARDEN_POLICY_LOAD_H

#include "diagnostics.h"

#define QW_LATER       "comes in a later release"

#define QW_NAME_ADVICE "a name is made of letters, digits, _, . and -, and does not begin with . or -"

/* As many profiles, and as many roles, as one policy may have. */
#define QW_FAMILY_MAX 4096

/* A pattern in which one tenant's name and a free rest could pass for another tenant's name. */
struct qw_loose_pattern {
    const struct qw_yaml *node;
    char after; /* what stands behind {tenant}: '*', '{', or a character with one of these somewhere behind it */
    struct qw_loose_pattern *next;
};

#define QW_NO_PARENT SIZE_MAX

struct qw_family_name {
    const char *name;
    size_t index;
};

/* Roles, or profiles. names, extends and parents are side by side. */
struct qw_family {
    const char *kind;               /* "role" */
    const char **names;             /* NULL-terminated */
    const struct qw_yaml **extends; /* or NULL */
    size_t *parents;                /* indices, or QW_NO_PARENT */
    size_t *order;                  /* indices, parents before their heirs */
    struct qw_family_name *by_name; /* sorted; NULL until the ancestry is known */
    size_t count;
};

struct qw_loader {
    struct qw_policy *policy;
    struct qw_diagnostics *diagnostics;
    struct qw_family roles;
    struct qw_family profiles;
    struct qw_loose_pattern *loose;
    bool shipped; /* reading the built-in profiles: no lines, and the word `allow` for a whole profile */
};

/* ---- load.c ---- */

/* Cleared memory that lives as long as the policy; NULL with an error reported. */
void *qw_load_alloc(struct qw_loader *loader, size_t count, size_t size);

/* ---- scalar.c ---- */

enum qw_presence { QW_KEY_OPTIONAL, QW_KEY_REQUIRED, QW_KEY_LATER };

struct qw_key {
    const char *name;
    enum qw_presence presence;
};

/* Is it a mapping? Reports unknown, missing and later keys besides. keys ends with a row without a name. */
bool qw_load_keys(struct qw_loader *loader, const struct qw_yaml *node, const char *what, const struct qw_key *keys);

bool qw_load_is_map(struct qw_loader *loader, const struct qw_yaml *node, const char *what);
bool qw_load_is_list(struct qw_loader *loader, const struct qw_yaml *node);
size_t qw_load_count(const struct qw_yaml *node); /* members */

/* A text that no other reader of YAML takes for something else; NULL with an error reported. */
char *qw_load_text(struct qw_loader *loader, const struct qw_yaml *node);

/* A copy in the policy's memory; NULL with an error reported. */
char *qw_load_copy(struct qw_loader *loader, struct qw_bytes text);

/* true, false, yes, no, on, off. */
void qw_load_flag(struct qw_loader *loader, const struct qw_yaml *node, bool *out);

/* Index in the NULL-terminated words; -1 with an error reported. */
int qw_load_word(struct qw_loader *loader, const struct qw_yaml *node, const char *const *words);

/* [A-Za-z0-9_][A-Za-z0-9._-]*: safe in paths and patterns. */
bool qw_load_is_name(const char *text);

/* A member's key as a name; a copy, also where it is refused. */
char *qw_load_key_name(struct qw_loader *loader, const struct qw_yaml *member);

/* Members of a mapping of roles or profiles; 0 with an error reported where it is none, or has too many. */
size_t qw_load_member_count(struct qw_loader *loader, const struct qw_yaml *node, const char *what);

bool qw_load_is_one_of(const char *word, const char *const *words);

/* ", did you mean X?" in the policy's memory, or "". */
const char *qw_load_suggestion(struct qw_loader *loader, const char *word, const char *const *words);

/* Compiles a pattern that the policy then owns; NULL with an error reported. */
struct qw_pattern *qw_load_pattern(struct qw_loader *loader, const struct qw_yaml *node, enum qw_pattern_kind kind,
                                   const char *text);

/* ---- family.c: what has names and `extends` ---- */

/* Room for count members without parents; false with an error reported. */
bool qw_load_family(struct qw_loader *loader, struct qw_family *family, size_t count);

/* The index of a name; QW_NO_PARENT where there is none. After qw_load_ancestry. */
size_t qw_load_find(const struct qw_family *family, const char *name);

/* Finds parents and order. Unknown parents and circles are reported and then count as none. */
void qw_load_ancestry(struct qw_loader *loader, struct qw_family *family);

/* The index of a named member; QW_NO_PARENT with an error reported. */
size_t qw_load_reference(struct qw_loader *loader, const struct qw_yaml *node, const struct qw_family *family);

/* ---- subjects of a policy ---- */

void qw_load_roles(struct qw_loader *loader, const struct qw_yaml *node);

/* Names, kinds and sets of actions, as bits by index of qw_actions. */
void qw_load_actions(struct qw_loader *loader, const struct qw_yaml *node, uint64_t *bits);

/* own: the node `profiles`, or NULL; shipped: that of the built-in text. */
void qw_load_profiles(struct qw_loader *loader, const struct qw_yaml *shipped, const struct qw_yaml *own);

/* ---- rule.c ---- */

/* A rule at `allow`: every setting as loose as can be. NULL with an error reported. */
const struct qw_rule_settings *qw_load_loosest(struct qw_loader *loader, const struct qw_rule *rule, int line);

/*
 * The rules of a mapping, `extends` left aside, into rules by index of qw_rules. What is there is inherited from; where
 * that is NULL nothing is.
 */
void qw_load_rules(struct qw_loader *loader, const struct qw_yaml *node, const struct qw_rule_settings **rules);

/* Does a list name what must be there, instead of what may? What may not be? */
bool qw_setting_demands(const struct qw_setting *setting);
bool qw_setting_forbids(const struct qw_setting *setting);

/* The place of a CHOICE's word that restricts nothing. */
int64_t qw_setting_loosest_choice(const struct qw_setting *setting);

/* ---- everyone.c, exceptions.c ---- */

void qw_load_everyone(struct qw_loader *loader, const struct qw_yaml *node);

/* After the tenants, which an exception names. */
void qw_load_exceptions(struct qw_loader *loader, const struct qw_yaml *node);

/* ---- settings.c, digest.c, binds.c ---- */

/* One setting of a rule into *value, which is left alone where it is wrong. */
void qw_load_setting(struct qw_loader *loader, const struct qw_rule *rule, const struct qw_setting *setting,
                     const struct qw_yaml *node, struct qw_value *value);

/* The digest of what a seccomp profile's item, file:PATH, names; false with an error reported. */
bool qw_load_digest(struct qw_loader *loader, const struct qw_yaml *node, struct qw_item *item);

/* A row of bind-mounts; false with an error reported. */
bool qw_load_bind(struct qw_loader *loader, const struct qw_yaml *node, struct qw_item *item);

/* Reports rows that need `root-owned: false`; value has a row's item for each member of node. */
void qw_load_check_binds(struct qw_loader *loader, const struct qw_yaml *node, const struct qw_value *value);

/* ---- subjects.c ---- */

struct qw_subject *qw_load_match(struct qw_loader *loader, const struct qw_yaml *node, size_t *count);
struct qw_bytes qw_load_via(struct qw_loader *loader, const struct qw_yaml *node);

/* ---- tenants.c ---- */

void qw_load_tenants(struct qw_loader *loader, const struct qw_yaml *node);

/* Names that are there twice, or could be taken for one another by any pattern of the whole policy. */
void qw_load_check_names(struct qw_loader *loader, const struct qw_yaml *list);

/* ---- advice.c: warnings about a policy that loads ---- */

/* root: the whole policy. */
void qw_load_advise(struct qw_loader *loader, const struct qw_yaml *root);

/* ---- audit.c ---- */

void qw_load_audit(struct qw_loader *loader, const struct qw_yaml *node);

/* profiles.yaml, generated by the build. */
extern const char qw_profiles_text[];
extern const size_t qw_profiles_text_len;

#endif

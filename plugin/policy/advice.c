/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is no error, and most likely not what was meant. */
#include "index.h"
#include "load.h"

/* ---- exceptions ---- */

/*
 * What makes root of the host of whoever gets it: a rule, or one setting of it. Words that do not are named; "*" is all
 * that can be written out, so that `any` alone counts.
 */
static const struct {
    const char *rule;
    const char *setting; /* NULL: the rule's word */
    const char *harmless;
} powers[] = {
    {"privileged", NULL, NULL},
    {"host-namespaces", "allow", NULL},
    {"capabilities", "allow", "default"}, /* and what it holds */
    {"security-options", "seccomp", "default"},
    {"security-options", "apparmor", "default"},
    {"security-options", "selinux", "default"},
    {"security-options", "masked-paths", NULL},
    {"security-options", "writable-cgroups", NULL},
    {"bind-mounts", "allow", NULL},
    {"volumes", "options", "tmpfs nfs cifs"},
    {"devices", "allow", NULL},
    {"devices", "cgroup-rules", NULL},
    {"runtime", "allow", "*"},
    {"build", "hidden-parameters", NULL},
    {"build", "buildkit", NULL},
    {"checkpoint-directory", NULL, NULL},
    {"unknown-field", NULL, NULL},
    {"self-protection", "allow", NULL},
};

static bool is_word_of(const char *word, const char *words)
{
    struct qw_bytes rest = qw_bytes_of(words ? words : "");
    struct qw_bytes each;

    while (rest.len && qw_bytes_split(&rest, ' ', &each)) {
        if (qw_bytes_is(each, "*") || qw_bytes_is(each, word))
            return true;
    }
    return false;
}

static bool is_default_capability(const char *word)
{
    const int number = qw_capability_find(qw_bytes_of(word));

    return number >= 0 && number < QW_CAPABILITY_COUNT && qw_capability_default() >> number & 1;
}

static bool grants(const struct qw_setting *setting, const struct qw_value *value, const char *harmless)
{
    const bool is_capabilities = setting->words == qw_capability_words;

    if (setting->type == QW_SETTING_CHOICE)
        return value->set && value->number == qw_setting_loosest_choice(setting);
    for (size_t i = 0; i < value->item_count; i++) {
        const char *word = value->items[i].text;

        if (!is_word_of(word, harmless) && !(is_capabilities && is_default_capability(word)))
            return true;
    }
    return value->any;
}

/* The first rule by which a permit gives such a power; NULL where none does. */
static const char *power_of(const struct qw_exception *exception)
{
    for (size_t i = 0; i < QW_COUNT(powers); i++) {
        const int rule = qw_rule_find(powers[i].rule);
        const struct qw_rule_settings *permit = rule < 0 ? NULL : exception->permit[rule];

        if (!permit)
            continue;
        if (permit->level != QW_LEVEL_DENY)
            return powers[i].rule;
        for (size_t k = 0; powers[i].setting && k < QW_SETTINGS_MAX && qw_rules[rule].settings[k].name; k++) {
            if (strcmp(qw_rules[rule].settings[k].name, powers[i].setting) == 0 &&
                grants(&qw_rules[rule].settings[k], &permit->values[k], powers[i].harmless))
                return powers[i].rule;
        }
    }
    return NULL;
}

static bool are_pinned(const struct qw_exception *exception)
{
    for (size_t i = 0; i < exception->image_count; i++) {
        const char *at = strchr(qw_pattern_text(exception->images[i]), '@');

        if (!at || strpbrk(at, "*{"))
            return false;
    }
    return exception->image_count > 0;
}

static void advise_exceptions(struct qw_loader *loader, const struct qw_yaml *list)
{
    const struct qw_yaml *node = list ? list->child : NULL;

    for (size_t i = 0; node && i < loader->policy->exception_count; i++, node = node->next) {
        const struct qw_exception *exception = &loader->policy->exceptions[i];
        const char *power = power_of(exception);

        if (qw_exception_has_ended(exception, time(NULL)))
            qw_yaml_warning(loader->diagnostics, node, "ended with %s and permits nothing any more; %stake it out",
                            exception->until_text,
                            exception->command_image ? "when no container is left that it let through, " : "");
        else if (power && !are_pinned(exception))
            qw_yaml_warning(loader->diagnostics, node,
                            "permits %s, which is as good as root, whatever the image: name images by digest in "
                            "when.images, as in NAME@sha256:HEX",
                            power);
    }
}

/* ---- rows that nobody is left for ---- */

/* Stands for what could be anything: no name and no pattern holds it, so that a star alone matches it. */
#define ANYTHING "\1"

/* Somebody whom the subject matches, and no row but one that matches all whom the subject does. */
static struct qw_identity example_of(struct qw_loader *loader, const struct qw_member *member,
                                     const struct qw_subject *subject, struct qw_bytes *name)
{
    const bool front_or_tls = qw_bytes_is(member->via, "front") || qw_bytes_is(member->via, "tls");
    struct qw_identity identity = {.user = QW_LIT(ANYTHING), .via = QW_LIT(ANYTHING)};
    char *text;

    if (subject->kind == QW_SUBJECT_ANONYMOUS)
        return (struct qw_identity){0};
    *name = subject->name;
    if (subject->pattern && (text = qw_load_copy(loader, subject->name))) {
        for (char *star = text; (star = strchr(star, '*'));)
            *star = *ANYTHING;
        name->data = text;
    }
    if (front_or_tls)
        identity.via = member->via;
    else
        identity.issuer = member->via;
    if (subject->kind == QW_SUBJECT_USER) {
        identity.user = *name;
    } else {
        identity.groups = name;
        identity.group_count = 1;
    }
    return identity;
}

static void advise_row(struct qw_loader *loader, const struct qw_yaml *node, const struct qw_member *member)
{
    const struct qw_member *first_taker = NULL;

    for (size_t i = 0; i < member->subject_count; i++) {
        const struct qw_subject *subject = &member->subjects[i];
        struct qw_bytes name = {0};
        const struct qw_identity identity = example_of(loader, member, subject, &name);
        const struct qw_member *taker = NULL;
        const struct qw_tenant *tenant;

        if (subject->kind == QW_SUBJECT_ANONYMOUS && member->via.len) {
            qw_yaml_warning(loader->diagnostics, node, "via never holds for anonymous, who has no certificate");
            return;
        }
        if (!qw_policy_match(loader->policy, &identity, &tenant, &taker) || taker == member)
            return;
        first_taker = first_taker ? first_taker : taker;
    }
    if (first_taker)
        qw_yaml_warning(loader->diagnostics, node, "nobody is left for this row: line %d takes %s%s first",
                        first_taker->line, member->subjects[0].kind == QW_SUBJECT_GROUP ? "group:" : "",
                        member->subjects[0].name.data);
}

static void advise_rows(struct qw_loader *loader, const struct qw_yaml *list)
{
    const struct qw_policy *policy = loader->policy;
    const struct qw_yaml *node = list ? list->child : NULL;

    for (size_t i = 0; node && i < policy->tenant_count; i++, node = node->next) {
        const struct qw_yaml *members = qw_yaml_get(node, "members");
        const struct qw_yaml *row = members ? members->child : node;

        for (size_t k = 0; row && k < policy->tenants[i].member_count; k++, row = row->next)
            advise_row(loader, row, &policy->tenants[i].members[k]);
    }
}

/* ---- what nobody uses ---- */

static void use_role(bool *used, const struct qw_policy *policy, const struct qw_role *role)
{
    for (; role; role = role->parent)
        used[role - policy->roles] = true;
}

static void use_profile(bool *used, const struct qw_policy *policy, const struct qw_profile *profile)
{
    for (; profile; profile = profile->parent)
        used[profile - policy->profiles] = true;
}

static void use_permits(const struct qw_loader *loader, bool *used, const struct qw_yaml *exceptions)
{
    for (const struct qw_yaml *node = exceptions ? exceptions->child : NULL; node; node = node->next) {
        const struct qw_yaml *extends = qw_yaml_get(qw_yaml_get(node, "permit"), "extends");

        if (extends)
            use_profile(used, loader->policy,
                        &loader->policy->profiles[qw_load_find(&loader->profiles, extends->text)]);
    }
}

/* Members of the mapping, whose uses begin at `used`. */
static void advise_unused(struct qw_loader *loader, const struct qw_yaml *map, const char *kind, const bool *used)
{
    for (const struct qw_yaml *member = map ? map->child : NULL; member; member = member->next, used++) {
        if (!*used)
            qw_yaml_key_warning(loader->diagnostics, member, "no tenant has %s %s", kind, member->key);
    }
}

static void advise_uses(struct qw_loader *loader, const struct qw_yaml *root)
{
    const struct qw_policy *policy = loader->policy;
    const struct qw_yaml *own = qw_yaml_get(root, "profiles");
    bool *roles = qw_load_alloc(loader, policy->role_count + 1, sizeof(*roles));
    bool *profiles = qw_load_alloc(loader, policy->profile_count + 1, sizeof(*profiles));

    if (!roles || !profiles)
        return;
    for (size_t i = 0; i < policy->tenant_count; i++) {
        for (size_t k = 0; k < policy->tenants[i].member_count; k++) {
            use_role(roles, policy, policy->tenants[i].members[k].role);
            use_profile(profiles, policy, policy->tenants[i].members[k].profile);
        }
    }
    use_permits(loader, profiles, qw_yaml_get(root, "exceptions"));
    advise_unused(loader, qw_yaml_get(root, "roles"), "role", roles);
    advise_unused(loader, own, "profile", profiles + policy->profile_count - (own ? qw_load_count(own) : 0));
}

void qw_load_advise(struct qw_loader *loader, const struct qw_yaml *root)
{
    if (!loader->policy->tenant_count)
        qw_yaml_warning(loader->diagnostics, root, "no tenants: nobody may do more than probe");
    else
        advise_uses(loader, root);
    advise_rows(loader, qw_yaml_get(root, "tenants"));
    advise_exceptions(loader, qw_yaml_get(root, "exceptions"));
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A policy file from bytes to model: the top level, and what holds it together. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "load.h"
#include "index.h"

#include <openssl/sha.h>

#define CONTACT_MAX 200

static const struct qw_key policy_keys[] = {
    {"version", QW_KEY_REQUIRED},    {"mode", QW_KEY_OPTIONAL},
    {"contact", QW_KEY_OPTIONAL},    {"roles", QW_KEY_OPTIONAL},
    {"profiles", QW_KEY_OPTIONAL},   {"tenants", QW_KEY_OPTIONAL},
    {"audit", QW_KEY_OPTIONAL},      {"everyone", QW_KEY_OPTIONAL},
    {"exceptions", QW_KEY_OPTIONAL}, {0},
};

static const char *const mode_words[] = {"enforce", "warn", NULL};

void *qw_load_alloc(struct qw_loader *loader, size_t count, size_t size)
{
    void *p = qw_arena_zalloc(loader->policy->arena, count, size);

    if (!p)
        qw_diagnostics_error(loader->diagnostics, 0, 0, "out of memory");
    return p;
}

static void read_version(struct qw_loader *loader, const struct qw_yaml *node)
{
    if (node->type != QW_YAML_SCALAR || node->quoted || strcmp(node->text, "1") != 0)
        qw_yaml_error(loader->diagnostics, node, "this program reads version: 1%s",
                      node->type == QW_YAML_SCALAR && node->quoted ? ", without quotes" : "");
}

static void read_contact(struct qw_loader *loader, const struct qw_yaml *node)
{
    loader->policy->contact = qw_load_text(loader, node);
    if (node->text_len > CONTACT_MAX)
        qw_yaml_error(loader->diagnostics, node, "longer than %d bytes", CONTACT_MAX);
}

static void read_policy(struct qw_loader *loader, const struct qw_yaml *root, const struct qw_yaml *shipped)
{
    const struct qw_yaml *node;
    const struct qw_yaml *tenants;

    if (!qw_load_keys(loader, root, "a policy", policy_keys))
        return;
    if ((node = qw_yaml_get(root, "version")))
        read_version(loader, node);
    if ((node = qw_yaml_get(root, "mode")))
        loader->policy->warn_mode = qw_load_word(loader, node, mode_words) == 1;
    if ((node = qw_yaml_get(root, "contact")))
        read_contact(loader, node);
    qw_load_roles(loader, qw_yaml_get(root, "roles"));
    qw_load_profiles(loader, shipped, qw_yaml_get(root, "profiles"));
    if ((node = qw_yaml_get(root, "everyone")))
        qw_load_everyone(loader, node);
    if ((tenants = qw_yaml_get(root, "tenants")))
        qw_load_tenants(loader, tenants);
    if ((node = qw_yaml_get(root, "exceptions")))
        qw_load_exceptions(loader, node);
    if (tenants)
        qw_load_check_names(loader, tenants);
    qw_load_audit(loader, qw_yaml_get(root, "audit"));
    if (loader->diagnostics->errors > 0)
        return;
    loader->policy->index = qw_index_new(loader->policy);
    if (!loader->policy->index)
        qw_diagnostics_error(loader->diagnostics, 0, 0, "out of memory");
    else
        qw_load_advise(loader, root);
}

/* By the low-level functions: EVP costs 2 MiB and some milliseconds at every start, for one digest. */
static int hash(const char *text, size_t len, char out[65])
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256_CTX context;

    if (SHA256_Init(&context) != 1 || SHA256_Update(&context, text, len) != 1 || SHA256_Final(digest, &context) != 1)
        return -1;
    for (size_t i = 0; i < sizeof(digest); i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
    return 0;
}

static struct qw_policy *policy_new(const char *file, const char *text, size_t len)
{
    struct qw_policy *policy = calloc(1, sizeof(*policy));

    if (!policy)
        return NULL;
    policy->references = 1;
    policy->arena = qw_arena_new();
    if (policy->arena)
        policy->file = (char *)(uintptr_t)qw_arena_copy(policy->arena, qw_bytes_of(file)).data;
    if (!policy->file || hash(text, len, policy->sha256) < 0) {
        qw_policy_unref(policy);
        return NULL;
    }
    return policy;
}

int qw_policy_parse(const char *file, const char *text, size_t len, struct qw_policy **out,
                    struct qw_diagnostics *diagnostics)
{
    struct qw_loader loader = {.diagnostics = diagnostics};
    struct qw_yaml *root = NULL;
    struct qw_yaml *shipped = NULL;
    const size_t errors = diagnostics->errors;

    if (!diagnostics->file)
        diagnostics->file = strdup(file);
    if (qw_yaml_parse(text, len, &root, diagnostics) < 0)
        return -1;
    loader.policy = policy_new(file, text, len);
    if (!loader.policy)
        qw_diagnostics_error(diagnostics, 0, 0, "out of memory");
    else if (qw_yaml_parse(qw_profiles_text, qw_profiles_text_len, &shipped, diagnostics) == 0)
        read_policy(&loader, root, shipped);
    qw_yaml_free(shipped);
    qw_yaml_free(root);
    if (diagnostics->errors > errors) {
        qw_policy_unref(loader.policy);
        return -1;
    }
    *out = loader.policy;
    return 0;
}

int qw_policy_load(const char *file, struct qw_policy **out, struct qw_diagnostics *diagnostics)
{
    QW_AUTO(heap) char *text = NULL;
    const size_t name_len = strlen(file);
    struct qw_err err;
    size_t len;

    if (!diagnostics->file)
        diagnostics->file = strdup(file);
    if (qw_file_read(file, QW_YAML_SIZE_MAX, &text, &len, &err) < 0) {
        /* The diagnostic begins with the file's name already. */
        const bool named = strncmp(err.msg, file, name_len) == 0 && strncmp(err.msg + name_len, ": ", 2) == 0;

        return qw_diagnostics_error(diagnostics, 0, 0, "%s", err.msg + (named ? name_len + 2 : 0));
    }
    return qw_policy_parse(file, text, len, out, diagnostics);
}

struct qw_policy *qw_policy_ref(struct qw_policy *policy)
{
    __atomic_fetch_add(&policy->references, 1, __ATOMIC_RELAXED);
    return policy;
}

void qw_policy_unref(struct qw_policy *policy)
{
    if (!policy || __atomic_sub_fetch(&policy->references, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    for (struct qw_pattern_list *entry = policy->patterns; entry; entry = entry->next)
        qw_pattern_free(entry->pattern);
    qw_arena_free(policy->arena);
    free(policy);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quaywarden/policy.h"

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

/* ---- helpers ---- */

#define ROLES "version: 1\nroles: { r: { allow: [read] } }\n"
#define REST  "role: r, profile: baseline, objects: all"

/* "LINE:COL: error: text" a line, without the file's name; the caller frees it. */
static char *printed(const struct qw_diagnostics *diagnostics, const char *file)
{
    char *text = NULL;
    char *out;
    char *to;
    size_t len;
    FILE *stream = open_memstream(&text, &len);

    qw_diagnostics_print(diagnostics, stream);
    fclose(stream);
    out = to = malloc(len + 1);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        ck_assert_int_eq(strncmp(line, file, strlen(file)), 0);
        to += sprintf(to, "%s\n", line + strlen(file) + 1);
    }
    *to = '\0';
    free(text);
    return out;
}

/* A policy that must load, without a word. */
static struct qw_policy *load(const char *text)
{
    struct qw_diagnostics diagnostics = {0};
    struct qw_policy *policy = NULL;

    if (qw_policy_parse("p", text, strlen(text), &policy, &diagnostics) < 0 || diagnostics.count)
        ck_abort_msg("%s", printed(&diagnostics, "p"));
    qw_diagnostics_fini(&diagnostics);
    return policy;
}

static void expect_bytes(const char *text, size_t len, const char *errors)
{
    struct qw_diagnostics diagnostics = {0};
    struct qw_policy *policy = NULL;
    char *found;

    ck_assert_int_eq(qw_policy_parse("p", text, len, &policy, &diagnostics), -1);
    ck_assert_ptr_null(policy);
    found = printed(&diagnostics, "p");
    ck_assert_str_eq(found, errors);
    free(found);
    qw_diagnostics_fini(&diagnostics);
}

static void expect_errors(const char *text, const char *errors)
{
    expect_bytes(text, strlen(text), errors);
}

static const struct qw_profile *profile_of(const struct qw_policy *policy, const char *name)
{
    for (size_t i = 0; i < policy->profile_count; i++) {
        if (strcmp(policy->profiles[i].name, name) == 0)
            return &policy->profiles[i];
    }
    ck_abort_msg("no profile %s", name);
}

static const struct qw_rule_settings *rule_of(const struct qw_policy *policy, const char *profile, const char *rule)
{
    ck_assert_int_ge(qw_rule_find(rule), 0);
    return &profile_of(policy, profile)->rules[qw_rule_find(rule)];
}

static const struct qw_value *value_of(const struct qw_policy *policy, const char *profile, const char *rule,
                                       const char *setting)
{
    const struct qw_rule *row = &qw_rules[qw_rule_find(rule)];

    for (size_t i = 0; i < QW_SETTINGS_MAX && row->settings[i].name; i++) {
        if (strcmp(row->settings[i].name, setting) == 0)
            return &rule_of(policy, profile, rule)->values[i];
    }
    ck_abort_msg("no setting %s.%s", rule, setting);
}

/* "a, b", "any", or "unset" */
static void expect_items(const struct qw_policy *policy, const char *profile, const char *rule, const char *setting,
                         const char *items)
{
    const struct qw_value *value = value_of(policy, profile, rule, setting);
    char text[512] = "";

    for (size_t i = 0; i < value->item_count; i++)
        sprintf(text + strlen(text), "%s%s", i ? ", " : "", value->items[i].text);
    ck_assert_str_eq(!value->set ? "unset" : value->any ? "any" : text, items);
}

/* Is it allowed to the policy's first role? */
static bool allows(const struct qw_policy *policy, const char *action)
{
    ck_assert_int_ge(qw_action_find(action), 0);
    return qw_role_allows(&policy->roles[0], &qw_actions[qw_action_find(action)]);
}

/* Name of the tenant and number of its member for "user group,group via"; "-" where nobody matches. */
static const char *who_is(const struct qw_policy *policy, const char *user, const char *group, const char *via)
{
    static char out[128];
    struct qw_bytes groups[] = {qw_bytes_of(group)};
    const struct qw_identity identity = {
        .user = qw_bytes_of(user), .groups = groups, .group_count = *group ? 1 : 0, .via = qw_bytes_of(via)};
    const struct qw_tenant *tenant;
    const struct qw_member *member;

    if (!qw_policy_match(policy, &identity, &tenant, &member))
        return "-";
    snprintf(out, sizeof(out), "%s.%d", tenant->name, (int)(member - tenant->members));
    return out;
}

/* ---- errors ---- */

/* A file's comments that begin with "#= " are what the loader says about it, in order. */
static char *expected_of(const char *text)
{
    char *out = calloc(1, strlen(text) + 1);

    for (const char *at = strstr(text, "#= "); at; at = strstr(at, "#= ")) {
        at += 3;
        strncat(out, at, strcspn(at, "\n") + 1);
    }
    return out;
}

static void check_bad_file(const char *folder, const char *name)
{
    struct qw_diagnostics diagnostics = {0};
    struct qw_policy *policy = NULL;
    struct qw_err err;
    char path[1024];
    char *text;
    char *expected;
    char *found;
    size_t len;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    ck_assert_int_eq(qw_file_read(path, QW_YAML_SIZE_MAX, &text, &len, &err), 0);
    ck_assert_msg(qw_policy_load(path, &policy, &diagnostics) < 0, "%s is accepted", name);
    expected = expected_of(text);
    found = printed(&diagnostics, path);
    ck_assert_msg(strcmp(found, expected) == 0, "%s\nexpected\n%s\nfound\n%s", name, expected, found);
    free(text);
    free(expected);
    free(found);
    qw_diagnostics_fini(&diagnostics);
}

START_TEST(each_bad_policy_is_refused_with_all_its_errors_in_their_order)
{
    char folder[512];
    DIR *dir;
    int count = 0;

    snprintf(folder, sizeof(folder), "%.*s/../policies-bad", (int)(strrchr(__FILE__, '/') - __FILE__), __FILE__);
    dir = opendir(folder);
    ck_assert_ptr_nonnull(dir);
    for (const struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        if (entry->d_name[0] == '.')
            continue;
        check_bad_file(folder, entry->d_name);
        count++;
    }
    closedir(dir);
    ck_assert_int_ge(count, 28);
}
END_TEST

START_TEST(a_policy_is_utf_8)
{
    expect_bytes("\xff\xfev\0e\0", 6, "1:1: error: this is UTF-16; a policy is UTF-8\n");
    expect_bytes("\xfe\xff\0v", 4, "1:1: error: this is UTF-16; a policy is UTF-8\n");
    expect_errors("version: 1\ncontact: \"\xc3\xa9\xc3\"\n", "2:12: error: not UTF-8 (byte 0xC3)\n");
    expect_errors("contact: \xed\xa0\x80\n", "1:10: error: not UTF-8 (byte 0xED)\n");
    expect_errors("version: 1\ncontact: a\x01\n", "2:11: error: control characters are not allowed (0x01)\n");
    expect_bytes("version: 1\0", 11, "1:11: error: control characters are not allowed (0x00)\n");
    qw_policy_unref(load("\xef\xbb\xbf" ROLES "tenants: [{ name: t, match: [\xc3\xa9], " REST " }]\n"));
}
END_TEST

START_TEST(an_empty_file_is_no_policy)
{
    expect_errors("", "1:1: error: the file is empty\n");
    expect_errors("# nothing\n", "1:1: error: the file is empty\n");
    expect_errors("---\n", "2:1: error: a mapping is expected here (a policy)\n");
}
END_TEST

START_TEST(a_name_with_a_nul_is_not_cut_at_it)
{
    expect_errors("version: 1\n\"mode\\0x\": warn\ntenants: []\n", "2:1: error: a key with a NUL byte\n");
    expect_errors(ROLES "tenants: [{ name: \"t\\0x\", match: [a], " REST " }]\n",
                  "3:19: error: a text of one line, 1 to 1024 bytes, without control characters is expected\n");
    expect_errors(ROLES "mode: \"warn\\0x\"\ntenants: [{ name: t, match: [a], " REST " }]\n",
                  "3:7: error: unknown word warn: enforce or warn is expected, did you mean warn?\n");
}
END_TEST

START_TEST(what_is_larger_than_the_limits_is_refused)
{
    const size_t size = QW_YAML_SIZE_MAX + 1;
    char *text = malloc(size);

    memset(text, '\n', size);
    expect_bytes(text, size, " error: larger than 4194304 bytes\n");
    text[0] = '[';
    for (size_t i = 0; i <= QW_YAML_NODES_MAX; i++)
        text[1 + 2 * i] = 'a', text[2 + 2 * i] = ',';
    text[2 * QW_YAML_NODES_MAX + 3] = ']';
    expect_bytes(text, 2 * QW_YAML_NODES_MAX + 4, "1:400000: error: too many values in one file\n");
    free(text);
}
END_TEST

START_TEST(more_errors_than_are_shown_are_counted)
{
    struct qw_diagnostics diagnostics = {0};
    struct qw_policy *policy = NULL;
    char text[8192] = "version: 1\ntenants: []\n";
    char *found;

    for (int i = 0; i < 250; i++)
        sprintf(text + strlen(text), "k%d: 1\n", i);
    ck_assert_int_eq(qw_policy_parse("p", text, strlen(text), &policy, &diagnostics), -1);
    ck_assert_uint_eq(diagnostics.errors, 250);
    found = printed(&diagnostics, "p");
    ck_assert_ptr_nonnull(strstr(found, "\n error: 50 more errors\n"));
    free(found);
    qw_diagnostics_fini(&diagnostics);
}
END_TEST

START_TEST(a_file_that_is_not_there_is_an_error_without_a_line)
{
    struct qw_diagnostics diagnostics = {0};
    struct qw_policy *policy = NULL;
    char *found;

    ck_assert_int_eq(qw_policy_load("/nonexistent/policy.yaml", &policy, &diagnostics), -1);
    found = printed(&diagnostics, "/nonexistent/policy.yaml");
    ck_assert_str_eq(found, " error: No such file or directory\n");
    free(found);
    qw_diagnostics_fini(&diagnostics);
}
END_TEST

START_TEST(a_family_of_names_is_bounded)
{
    char *text = malloc(1 << 17);
    char *at = text + sprintf(text, "version: 1\nprofiles:\n");

    for (int i = 0; i < 4097; i++)
        at += sprintf(at, "  p%d: {extends: baseline}\n", i);
    sprintf(at,
            "tenants: [{name: t, match: [a], role: r, profile: baseline, objects: all}]\nroles: {r: {allow: []}}\n");
    expect_errors(text, "3:3: error: more than 4096 names\n");
    free(text);
}
END_TEST

/* ---- roles ---- */

START_TEST(a_role_allows_what_its_words_name)
{
    struct qw_policy *policy = load("version: 1\nroles:\n"
                                    "  r: { allow: [read, container.exec.*, volume.create] }\n"
                                    "tenants: [{ name: t, match: [a], " REST " }]\n");

    ck_assert(allows(policy, "container.list"));
    ck_assert(allows(policy, "container.exec.create"));
    ck_assert(allows(policy, "container.exec.start"));
    ck_assert(allows(policy, "volume.create"));
    ck_assert(!allows(policy, "container.create"));
    ck_assert(!allows(policy, "container.archive.read"));
    ck_assert(!allows(policy, "volume.remove"));
    ck_assert(!allows(policy, "unknown"));
    qw_policy_unref(policy);
}
END_TEST

START_TEST(unknown_is_allowed_by_its_name_alone)
{
    struct qw_policy *policy = load("version: 1\nroles: { r: { allow: [\"*\"] } }\n"
                                    "tenants: [{ name: t, match: [a], " REST " }]\n");

    ck_assert(allows(policy, "swarm.init"));
    ck_assert(!allows(policy, "unknown"));
    qw_policy_unref(policy);
    policy = load("version: 1\nroles: { r: { allow: [unknown] } }\ntenants: [{ name: t, match: [a], " REST " }]\n");
    ck_assert(allows(policy, "unknown"));
    ck_assert(!allows(policy, "container.list"));
    qw_policy_unref(policy);
}
END_TEST

START_TEST(allows_and_denies_unite_along_extends_and_deny_wins)
{
    struct qw_policy *policy = load("version: 1\nroles:\n"
                                    "  r: { extends: middle, allow: [container.kill, image.pull] }\n"
                                    "  base: { allow: [container.*], deny: [container.kill] }\n"
                                    "  middle: { extends: base, deny: [container.archive.*] }\n"
                                    "tenants: [{ name: t, match: [a], " REST " }]\n");

    ck_assert(allows(policy, "image.pull"));
    ck_assert(allows(policy, "container.create"));
    ck_assert(!allows(policy, "container.kill"));
    ck_assert(!allows(policy, "container.archive.write"));
    ck_assert_str_eq(policy->roles[0].parent->parent->name, "base");
    qw_policy_unref(policy);
}
END_TEST

/* ---- profiles ---- */

extern const char qw_profiles_text[];
extern const size_t qw_profiles_text_len;

START_TEST(the_baseline_text_mentions_every_rule_and_every_setting)
{
    struct qw_diagnostics diagnostics = {0};
    struct qw_yaml *root = NULL;
    struct qw_yaml *baseline;

    ck_assert_int_eq(qw_yaml_parse(qw_profiles_text, qw_profiles_text_len, &root, &diagnostics), 0);
    baseline = qw_yaml_get(root, "baseline");
    for (size_t i = 0; i < qw_rule_count; i++) {
        const struct qw_yaml *rule = qw_yaml_get(baseline, qw_rules[i].id);

        ck_assert_msg(rule != NULL, "%s is not there", qw_rules[i].id);
        for (size_t k = 0; k < QW_SETTINGS_MAX && qw_rules[i].settings[k].name; k++)
            ck_assert_msg(qw_yaml_get(rule, qw_rules[i].settings[k].name) != NULL, "%s.%s is not there", qw_rules[i].id,
                          qw_rules[i].settings[k].name);
    }
    qw_yaml_free(root);
}
END_TEST

/* In words of policy.md's table; what is not listed has no setting. */
START_TEST(baseline_is_as_documented)
{
    struct qw_policy *policy = load("version: 1\nroles: { r: { allow: [] } }\n"
                                    "tenants: [{ name: t, match: [a], " REST " }]\n");

    for (size_t i = 0; i < qw_rule_count; i++) {
        ck_assert_int_eq(profile_of(policy, "baseline")->rules[i].level, QW_LEVEL_DENY);
        ck_assert_int_eq(profile_of(policy, "baseline")->rules[i].line, 0);
    }
    expect_items(policy, "baseline", "host-namespaces", "allow", "");
    expect_items(policy, "baseline", "shared-namespaces", "allow", "own");
    expect_items(policy, "baseline", "capabilities", "allow", "default");
    expect_items(policy, "baseline", "capabilities", "require-drop", "");
    expect_items(policy, "baseline", "security-options", "seccomp", "default");
    expect_items(policy, "baseline", "security-options", "apparmor", "default");
    expect_items(policy, "baseline", "security-options", "selinux", "default");
    expect_items(policy, "baseline", "bind-mounts", "allow", "");
    expect_items(policy, "baseline", "volumes", "drivers", "local");
    expect_items(policy, "baseline", "volumes", "options", "tmpfs");
    expect_items(policy, "baseline", "volumes", "names", "any");
    expect_items(policy, "baseline", "volumes-from", "allow", "own");
    expect_items(policy, "baseline", "mount-types", "allow", "bind, volume, tmpfs, image");
    expect_items(policy, "baseline", "devices", "allow", "");
    expect_items(policy, "baseline", "devices", "requests", "");
    expect_items(policy, "baseline", "devices", "cgroup-rules", "");
    expect_items(policy, "baseline", "networks", "allow", "any");
    expect_items(policy, "baseline", "network-drivers", "allow", "bridge, overlay");
    expect_items(policy, "baseline", "network-drivers", "options", "any");
    expect_items(policy, "baseline", "links", "allow", "own");
    expect_items(policy, "baseline", "sysctls", "allow",
                 "kernel.shm_rmid_forced, net.ipv4.ip_local_port_range, net.ipv4.ip_unprivileged_port_start, "
                 "net.ipv4.tcp_syncookies, net.ipv4.ping_group_range");
    expect_items(policy, "baseline", "cgroup-parent", "allow", "");
    expect_items(policy, "baseline", "annotations", "allow", "");
    expect_items(policy, "baseline", "runtime", "allow", "runc");
    expect_items(policy, "baseline", "environment", "deny", "NVIDIA_VISIBLE_DEVICES, NVIDIA_DRIVER_CAPABILITIES");
    expect_items(policy, "baseline", "container-name", "allow", "any");
    expect_items(policy, "baseline", "self-protection", "allow", "");
    ck_assert_int_eq(value_of(policy, "baseline", "build", "buildkit")->number, 1);
    qw_policy_unref(policy);
}
END_TEST

START_TEST(unrestricted_allows_everything_but_self_protection)
{
    struct qw_policy *policy = load("version: 1\nroles: { r: { allow: [] } }\n"
                                    "tenants: [{ name: t, match: [a], " REST " }]\n");

    for (size_t i = 0; i < qw_rule_count; i++) {
        const bool is_fixed = qw_rules[i].style == QW_FIXED;

        ck_assert_int_eq(profile_of(policy, "unrestricted")->rules[i].level, is_fixed ? QW_LEVEL_DENY : QW_LEVEL_ALLOW);
    }
    expect_items(policy, "unrestricted", "self-protection", "allow", "unset");
    qw_policy_unref(policy);
}
END_TEST

START_TEST(profiles_inherit_setting_by_setting_and_a_list_replaces_the_list)
{
    struct qw_policy *policy = load(ROLES "profiles:\n"
                                          "  child: { extends: parent, volumes: { names: [c-*] } }\n"
                                          "  parent:\n"
                                          "    volumes: { names: [p-*], drivers: [local, nfs] }\n"
                                          "    host-namespaces: { allow: [pid] }\n"
                                          "tenants: [{ name: t, match: [a], " REST " }]\n");

    expect_items(policy, "child", "volumes", "names", "c-*");
    expect_items(policy, "child", "volumes", "drivers", "local, nfs");
    expect_items(policy, "child", "volumes", "options", "tmpfs");
    expect_items(policy, "child", "host-namespaces", "allow", "pid");
    expect_items(policy, "child", "capabilities", "allow", "default");
    ck_assert_int_eq(rule_of(policy, "child", "volumes")->line, 4);
    ck_assert_int_eq(rule_of(policy, "child", "host-namespaces")->line, 7);
    ck_assert_int_eq(rule_of(policy, "child", "capabilities")->line, 0);
    ck_assert_int_eq(value_of(policy, "child", "volumes", "drivers")->line, 6);
    ck_assert_str_eq(profile_of(policy, "parent")->parent->name, "baseline");
    qw_policy_unref(policy);
}
END_TEST

START_TEST(a_word_replaces_the_whole_rule)
{
    struct qw_policy *policy =
        load(ROLES "profiles:\n"
                   "  a: { volumes: deny, privileged: warn, build: deny }\n"
                   "  b: { volumes: allow, security-options: allow, environment: allow }\n"
                   "  c: { extends: b, volumes: { drivers: [] }, capabilities: { level: warn } }\n"
                   "  d: { extends: unrestricted, capabilities: { allow: [] } }\n"
                   "  e: { extends: c, capabilities: { require-drop: ALL } }\n"
                   "tenants: [{ name: t, match: [a], " REST " }]\n");

    expect_items(policy, "a", "volumes", "names", "unset");
    ck_assert_int_eq(rule_of(policy, "a", "volumes")->level, QW_LEVEL_DENY);
    ck_assert_int_eq(rule_of(policy, "a", "privileged")->level, QW_LEVEL_WARN);
    ck_assert_int_eq(value_of(policy, "a", "build", "buildkit")->number, 0);
    ck_assert_int_eq(rule_of(policy, "b", "volumes")->level, QW_LEVEL_ALLOW);
    ck_assert_int_eq(value_of(policy, "b", "security-options", "masked-paths")->number, 1);
    ck_assert_int_eq(value_of(policy, "b", "security-options", "no-new-privileges")->number, 0);
    expect_items(policy, "b", "environment", "deny", "");
    ck_assert_int_eq(rule_of(policy, "c", "volumes")->level, QW_LEVEL_DENY);
    expect_items(policy, "c", "volumes", "drivers", "");
    expect_items(policy, "c", "volumes", "names", "any");
    ck_assert_int_eq(rule_of(policy, "c", "capabilities")->level, QW_LEVEL_WARN);
    expect_items(policy, "c", "capabilities", "allow", "default");
    expect_items(policy, "d", "capabilities", "allow", "");
    expect_items(policy, "d", "capabilities", "require-drop", "");
    ck_assert_int_eq(rule_of(policy, "e", "capabilities")->level, QW_LEVEL_DENY);
    expect_items(policy, "e", "capabilities", "require-drop", "ALL");
    qw_policy_unref(policy);
}
END_TEST

START_TEST(rows_of_bind_mounts_carry_their_terms)
{
    struct qw_policy *policy = load(ROLES "profiles:\n"
                                          "  p:\n"
                                          "    bind-mounts:\n"
                                          "      allow:\n"
                                          "        - /srv/{tenant}\n"
                                          "        - { path: /etc/localtime, read-only: true }\n"
                                          "        - { path: \"/data/{user}/**\", root-owned: no, relabel: on, "
                                          "propagation: TRUE }\n"
                                          "tenants: [{ name: t, match: [a], " REST " }]\n");
    const struct qw_value *value = value_of(policy, "p", "bind-mounts", "allow");
    const struct qw_variables variables = {.tenant = QW_LIT("red"), .user = QW_LIT("al")};

    ck_assert_uint_eq(value->item_count, 3);
    ck_assert(value->items[0].terms.root_owned && !value->items[0].terms.read_only);
    ck_assert(value->items[1].terms.root_owned && value->items[1].terms.read_only);
    ck_assert(!value->items[2].terms.root_owned && value->items[2].terms.relabel && value->items[2].terms.propagation);
    ck_assert(qw_value_has(value, &variables, QW_LIT("/srv/red")));
    ck_assert(qw_value_has(value, &variables, QW_LIT("/data/al/x")));
    ck_assert(!qw_value_has(value, &variables, QW_LIT("/data/bo/x")));
    qw_policy_unref(policy);
}
END_TEST

START_TEST(names_that_begin_alike_are_fine_where_no_pattern_confuses_them)
{
    qw_policy_unref(load(ROLES "profiles:\n"
                               "  p: { volumes: { names: [\"{tenant}.*\"] }, networks: { allow: [\"x-{tenant}\"] } }\n"
                               "tenants:\n"
                               "  - { name: team, match: [a], " REST " }\n"
                               "  - { name: team-a, match: [b], " REST " }\n"));
}
END_TEST

/* ---- tenants ---- */

static const char tenants_text[] = ROLES "tenants:\n"
                                         "  - { name: named, match: [alice, ci-*-x, \"user:anonymous\"], " REST " }\n"
                                         "  - name: many\n"
                                         "    objects: all\n"
                                         "    members:\n"
                                         "      - { match: [group:sre], role: r, profile: baseline }\n"
                                         "      - { match: [group:team-*, bob], role: r, profile: unrestricted }\n"
                                         "  - { name: local, match: [anonymous], " REST " }\n"
                                         "  - { name: rest, match: [\"*\"], " REST " }\n";

START_TEST(the_first_tenant_and_member_that_match_win)
{
    static const struct {
        const char *user;
        const char *group;
        const char *tenant;
    } rows[] = {
        {"alice", "", "named.0"},    {"alice", "sre", "named.0"},  {"ci-1-x", "", "named.0"},  {"ci-1-y", "", "rest.0"},
        {"Alice", "", "rest.0"},     {"alice2", "", "rest.0"},     {"carol", "sre", "many.0"}, {"bob", "sre", "many.0"},
        {"bob", "", "many.1"},       {"dora", "team-a", "many.1"}, {"dora", "team", "rest.0"}, {"sre", "", "rest.0"},
        {"group:sre", "", "rest.0"}, {"dora", "alice", "rest.0"},
    };
    struct qw_policy *policy = load(tenants_text);

    for (size_t i = 0; i < QW_COUNT(rows); i++)
        ck_assert_str_eq(who_is(policy, rows[i].user, rows[i].group, "tls"), rows[i].tenant);
    qw_policy_unref(policy);
}
END_TEST

START_TEST(anonymous_is_who_has_neither_name_nor_certificate)
{
    struct qw_policy *policy = load(tenants_text);

    ck_assert_str_eq(who_is(policy, "", "", ""), "local.0");
    ck_assert_str_eq(who_is(policy, "anonymous", "", "tls"), "named.0");
    ck_assert_str_eq(who_is(policy, "", "", "tls"), "-");
    ck_assert_str_eq(who_is(policy, "", "x", ""), "-");
    ck_assert_str_eq(who_is(policy, "", "sre", "tls"), "many.0");
    qw_policy_unref(policy);
}
END_TEST

START_TEST(a_policy_without_tenants_loads_with_a_warning_and_matches_nobody)
{
    struct qw_diagnostics diagnostics = {0};
    struct qw_policy *policy = NULL;
    char *found;

    ck_assert_int_eq(qw_policy_parse("p", "version: 1\n", 11, &policy, &diagnostics), 0);
    found = printed(&diagnostics, "p");
    ck_assert_str_eq(found, "1:1: warning: no tenants: nobody may do more than probe\n");
    ck_assert_str_eq(who_is(policy, "alice", "", ""), "-");
    free(found);
    qw_diagnostics_fini(&diagnostics);
    qw_policy_unref(policy);
}
END_TEST

/* ---- the rest of the model ---- */

START_TEST(what_a_policy_does_not_say_has_its_default)
{
    struct qw_policy *policy = load(tenants_text);

    ck_assert(!policy->warn_mode && !policy->allow_on_audit_failure);
    ck_assert_ptr_null(policy->contact);
    ck_assert_int_eq(policy->record, QW_RECORD_ALL);
    ck_assert_int_eq(policy->sync, QW_SYNC_NONE);
    ck_assert_uint_eq(policy->audit_to_count, 1);
    ck_assert_str_eq(policy->audit_to[0], "/var/log/quaywarden/audit.jsonl");
    qw_policy_unref(policy);
}
END_TEST

START_TEST(mode_contact_and_audit_are_as_written)
{
    struct qw_policy *policy = load(ROLES "mode: warn\ncontact: \"#ops\"\n"
                                          "audit: { record: denied, to: [stdout, /x/y], sync: denials, "
                                          "on-failure: allow }\n"
                                          "tenants: [{ name: t, match: [a], " REST " }]\n");

    ck_assert(policy->warn_mode && policy->allow_on_audit_failure);
    ck_assert_str_eq(policy->contact, "#ops");
    ck_assert_int_eq(policy->record, QW_RECORD_DENIED);
    ck_assert_int_eq(policy->sync, QW_SYNC_DENIALS);
    ck_assert_uint_eq(policy->audit_to_count, 2);
    ck_assert_str_eq(policy->audit_to[0], "-");
    ck_assert_str_eq(policy->audit_to[1], "/x/y");
    ck_assert(policy->tenants[0].objects_all);
    qw_policy_unref(policy);
}
END_TEST

START_TEST(a_policy_knows_its_file_and_its_hash)
{
    struct qw_diagnostics diagnostics = {0};
    struct qw_policy *policy = NULL;

    ck_assert_int_eq(qw_policy_parse("dir/p.yaml", "version: 1\n", 11, &policy, &diagnostics), 0);
    ck_assert_str_eq(policy->file, "dir/p.yaml");
    ck_assert_str_eq(policy->sha256, "09bfcc6a14b83e2192b8673677725c84883ee9cd0c70e45c9ec09daa8f2b2847");
    qw_policy_unref(policy);
    qw_diagnostics_fini(&diagnostics);
}
END_TEST

START_TEST(a_policy_lives_as_long_as_its_last_reference)
{
    struct qw_policy *policy = load(tenants_text);

    ck_assert_ptr_eq(qw_policy_ref(policy), policy);
    qw_policy_unref(policy);
    ck_assert_str_eq(who_is(policy, "alice", "", ""), "named.0");
    qw_policy_unref(policy);
    qw_policy_unref(NULL);
}
END_TEST

START_TEST(every_beginning_of_a_policy_is_loaded_or_refused)
{
    static const char text[] =
        "version: 1\nmode: warn\ncontact: \"#ops\"\n"
        "roles:\n  a: { allow: [read, container.*], deny: [\"*\"] }\n  b: { extends: a, allow: [unknown] }\n"
        "profiles:\n  p:\n    extends: unrestricted\n    privileged: deny\n    capabilities: { allow: [ALL], level: "
        "warn }\n"
        "    bind-mounts:\n      allow:\n        - \"/srv/{tenant}\"\n        - { path: /etc/x, read-only: true }\n"
        "    volumes: { drivers: any, names: [\"{tenant}-*\"] }\n  q: { extends: p, build: { remote: allow } }\n"
        "tenants:\n  - name: t\n    match: [alice, ci-*, group:x]\n    role: b\n    profile: q\n    objects: all\n"
        "  - name: u\n    objects: all\n    members:\n      - { match: [anonymous], role: a, profile: p }\n"
        "audit: { record: changes, to: [stdout], sync: all, on-failure: allow }\n";

    for (size_t len = 0; len < sizeof(text); len++) {
        struct qw_diagnostics diagnostics = {0};
        struct qw_policy *policy = NULL;
        char *exact = malloc(len + !len); /* so that a read past its end is seen */

        memcpy(exact, text, len);
        if (qw_policy_parse("p", exact, len, &policy, &diagnostics) == 0)
            ck_assert_uint_eq(diagnostics.errors, 0);
        else
            ck_assert_uint_gt(diagnostics.errors, 0);
        ck_assert(len + 1 < sizeof(text) || policy);
        free(exact);
        qw_policy_unref(policy);
        qw_diagnostics_fini(&diagnostics);
    }
}
END_TEST

/* ---- YAML and words ---- */

START_TEST(a_tree_has_places_and_knows_what_was_quoted)
{
    static const char text[] = "\xc3\xa9: [a, \"b\\0c\"]\nm:\n  k: 'v'\n";
    struct qw_diagnostics diagnostics = {0};
    struct qw_yaml *root = NULL;
    const struct qw_yaml *node;

    ck_assert_int_eq(qw_yaml_parse(text, sizeof(text) - 1, &root, &diagnostics), 0);
    node = qw_yaml_get(root, "\xc3\xa9");
    ck_assert_int_eq(node->type, QW_YAML_LIST);
    ck_assert_int_eq(node->column, 4);
    ck_assert(!node->child->quoted && node->child->next->quoted);
    ck_assert_uint_eq(node->child->next->text_len, 3);
    ck_assert_int_eq(memcmp(node->child->next->text, "b\0c", 4), 0);
    node = qw_yaml_get(qw_yaml_get(root, "m"), "k");
    ck_assert_int_eq(node->key_line, 3);
    ck_assert_int_eq(node->key_column, 3);
    ck_assert_int_eq(node->line, 3);
    ck_assert_int_eq(node->column, 6);
    ck_assert_ptr_null(qw_yaml_get(root, "k"));
    ck_assert_ptr_null(qw_yaml_get(node, "k"));
    qw_yaml_free(root);
    qw_diagnostics_fini(&diagnostics);
}
END_TEST

START_TEST(a_misspelt_word_has_a_suggestion_and_a_strange_one_has_none)
{
    static const char *const words[] = {"privileged", "host-namespaces", "networks", "network-drivers", "pid", NULL};

    ck_assert_str_eq(qw_suggest("privilegd", words), "privileged");
    ck_assert_str_eq(qw_suggest("pirvileged", words), "privileged");
    ck_assert_str_eq(qw_suggest("host_namespace", words), "host-namespaces");
    ck_assert_str_eq(qw_suggest("NETWORKS", words), "networks");
    ck_assert_str_eq(qw_suggest("pdi", words), "pid");
    ck_assert_ptr_null(qw_suggest("x", words));
    ck_assert_ptr_null(qw_suggest("", words));
    ck_assert_ptr_null(qw_suggest("memory-limit", words));
    ck_assert_ptr_null(qw_suggest("networksnetworksnetworksnetworksnetworksnetworksnetworksnetworksnetworks", words));
}
END_TEST

/* ---- the file ---- */

static char scratch[64];

static void make_scratch(void)
{
    strcpy(scratch, "/tmp/quaywarden-policy.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(scratch));
}

static void drop_scratch(void)
{
    char command[128];

    snprintf(command, sizeof(command), "rm -rf '%s'", scratch);
    ck_assert_int_eq(system(command), 0);
}

/* scratch/NAME, in one of a few buffers. */
static const char *in_scratch(const char *name)
{
    static char paths[4][128];
    static unsigned turn;
    char *path = paths[turn++ % 4];

    snprintf(path, sizeof(paths[0]), "%s/%s", scratch, name);
    return path;
}

static void make_file(const char *name, mode_t mode)
{
    const int fd = open(in_scratch(name), O_WRONLY | O_CREAT | O_EXCL, 0600);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(fchmod(fd, mode), 0);
    close(fd);
}

static void make_folder(const char *name, mode_t mode)
{
    ck_assert_int_eq(mkdir(in_scratch(name), 0700), 0);
    ck_assert_int_eq(chmod(in_scratch(name), mode), 0);
}

/* NULL where it is safe; else why it is not. */
static const char *trouble(const char *name)
{
    static struct qw_err err;

    return qw_policy_file_is_safe(in_scratch(name), &err) == 0 ? NULL : err.msg;
}

static void expect_trouble(const char *name, const char *part)
{
    const char *found = trouble(name);

    ck_assert_msg(found && strstr(found, part), "%s: %s", name, found ? found : "is safe");
}

START_TEST(a_file_that_its_owner_alone_may_write_is_safe)
{
    make_file("p", 0644);
    ck_assert_pstr_eq(trouble("p"), NULL);
    ck_assert_pstr_eq(trouble("./p"), NULL);
    expect_trouble("missing", "No such file");
    expect_trouble("", "not a regular file");
}
END_TEST

START_TEST(a_file_that_others_may_write_is_not_safe)
{
    make_file("group", 0664);
    make_file("other", 0646);
    expect_trouble("group", "others than root may write it (mode 0664)");
    expect_trouble("other", "others than root may write it (mode 0646)");
}
END_TEST

START_TEST(a_file_in_a_folder_that_others_may_write_is_not_safe_unless_it_is_sticky)
{
    make_folder("open", 0777);
    make_folder("open/closed", 0755);
    make_file("open/closed/p", 0644);
    make_folder("sticky", 01777);
    make_file("sticky/p", 0644);
    expect_trouble("open/closed/p", "could replace closed in its folder (mode 0777)");
    expect_trouble("sticky/../open/closed/p", "could replace closed");
    ck_assert_pstr_eq(trouble("sticky/p"), NULL);
}
END_TEST

START_TEST(the_folders_of_links_on_the_way_count_too)
{
    make_file("p", 0644);
    make_folder("open", 0777);
    make_folder("real", 0755);
    make_file("real/p", 0644);
    ck_assert_int_eq(symlink("p", in_scratch("good")), 0);
    ck_assert_int_eq(symlink("../p", in_scratch("open/bad")), 0);
    ck_assert_int_eq(symlink("open/bad", in_scratch("through")), 0);
    ck_assert_int_eq(symlink(in_scratch("real"), in_scratch("folder")), 0);
    ck_assert_int_eq(symlink("loop", in_scratch("loop")), 0);
    ck_assert_pstr_eq(trouble("good"), NULL);
    ck_assert_pstr_eq(trouble("folder/p"), NULL);
    expect_trouble("open/bad", "could replace bad");
    expect_trouble("through", "could replace bad");
    expect_trouble("loop", "Too many levels of symbolic links");
}
END_TEST

START_TEST(what_belongs_to_another_user_is_not_safe)
{
    if (geteuid() != 0)
        return;
    make_file("theirs", 0600);
    make_folder("home", 0755);
    make_file("home/p", 0644);
    make_folder("sticky", 01777);
    ck_assert_int_eq(symlink("../home/p", in_scratch("sticky/link")), 0);
    ck_assert_pstr_eq(trouble("sticky/link"), NULL);
    ck_assert_int_eq(chown(in_scratch("theirs"), 12345, 0), 0);
    ck_assert_int_eq(lchown(in_scratch("sticky/link"), 12345, 0), 0);
    ck_assert_int_eq(chown(in_scratch("home"), 12345, 0), 0);
    expect_trouble("theirs", "belongs to user 12345");
    expect_trouble("home/p", "the folder of p belongs to user 12345");
    expect_trouble("sticky/link", "could replace link");
}
END_TEST

START_TEST(a_relative_name_is_walked_from_the_root)
{
    struct qw_err err;

    make_folder("open", 0777);
    make_folder("open/in", 0755);
    make_file("open/in/p", 0644);
    ck_assert_int_eq(chdir(in_scratch("open/in")), 0);
    ck_assert_int_eq(qw_policy_file_is_safe("p", &err), -1);
    ck_assert_ptr_nonnull(strstr(err.msg, "could replace in"));
    ck_assert_int_eq(chdir("/"), 0);
}
END_TEST

static TCase *tcase(Suite *suite, const char *name)
{
    TCase *out = tcase_create(name);

    tcase_set_timeout(out, 60);
    suite_add_tcase(suite, out);
    return out;
}

static void add_loading(Suite *suite)
{
    TCase *errors = tcase(suite, "errors");
    TCase *yaml = tcase(suite, "yaml");

    tcase_add_test(errors, each_bad_policy_is_refused_with_all_its_errors_in_their_order);
    tcase_add_test(errors, a_policy_is_utf_8);
    tcase_add_test(errors, an_empty_file_is_no_policy);
    tcase_add_test(errors, a_name_with_a_nul_is_not_cut_at_it);
    tcase_add_test(errors, what_is_larger_than_the_limits_is_refused);
    tcase_add_test(errors, more_errors_than_are_shown_are_counted);
    tcase_add_test(errors, a_file_that_is_not_there_is_an_error_without_a_line);
    tcase_add_test(errors, a_family_of_names_is_bounded);
    tcase_add_test(errors, every_beginning_of_a_policy_is_loaded_or_refused);
    tcase_add_test(yaml, a_tree_has_places_and_knows_what_was_quoted);
    tcase_add_test(yaml, a_misspelt_word_has_a_suggestion_and_a_strange_one_has_none);
}

static void add_model(Suite *suite)
{
    TCase *roles = tcase(suite, "roles");
    TCase *profiles = tcase(suite, "profiles");
    TCase *tenants = tcase(suite, "tenants");

    tcase_add_test(roles, a_role_allows_what_its_words_name);
    tcase_add_test(roles, unknown_is_allowed_by_its_name_alone);
    tcase_add_test(roles, allows_and_denies_unite_along_extends_and_deny_wins);
    tcase_add_test(profiles, the_baseline_text_mentions_every_rule_and_every_setting);
    tcase_add_test(profiles, baseline_is_as_documented);
    tcase_add_test(profiles, unrestricted_allows_everything_but_self_protection);
    tcase_add_test(profiles, profiles_inherit_setting_by_setting_and_a_list_replaces_the_list);
    tcase_add_test(profiles, a_word_replaces_the_whole_rule);
    tcase_add_test(profiles, rows_of_bind_mounts_carry_their_terms);
    tcase_add_test(profiles, names_that_begin_alike_are_fine_where_no_pattern_confuses_them);
    tcase_add_test(tenants, the_first_tenant_and_member_that_match_win);
    tcase_add_test(tenants, anonymous_is_who_has_neither_name_nor_certificate);
    tcase_add_test(tenants, a_policy_without_tenants_loads_with_a_warning_and_matches_nobody);
    tcase_add_test(tenants, what_a_policy_does_not_say_has_its_default);
    tcase_add_test(tenants, mode_contact_and_audit_are_as_written);
    tcase_add_test(tenants, a_policy_knows_its_file_and_its_hash);
    tcase_add_test(tenants, a_policy_lives_as_long_as_its_last_reference);
}

static void add_file(Suite *suite)
{
    TCase *file = tcase(suite, "file");

    tcase_add_checked_fixture(file, make_scratch, drop_scratch);
    tcase_add_test(file, a_file_that_its_owner_alone_may_write_is_safe);
    tcase_add_test(file, a_file_that_others_may_write_is_not_safe);
    tcase_add_test(file, a_file_in_a_folder_that_others_may_write_is_not_safe_unless_it_is_sticky);
    tcase_add_test(file, the_folders_of_links_on_the_way_count_too);
    tcase_add_test(file, what_belongs_to_another_user_is_not_safe);
    tcase_add_test(file, a_relative_name_is_walked_from_the_root);
}

int main(void)
{
    Suite *suite = suite_create("policy");
    SRunner *runner = srunner_create(suite);
    int failed;

    add_loading(suite);
    add_model(suite);
    add_file(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

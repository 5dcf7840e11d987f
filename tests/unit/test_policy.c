/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quaywarden/policy.h"

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <fnmatch.h>
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

/* A policy that must load, without a word but these reminders. */
static struct qw_policy *load(const char *text)
{
    static const char *const reminders[] = {"no tenant has profile ", "command: image has exec and copies refused"};
    struct qw_diagnostics diagnostics = {0};
    struct qw_policy *policy = NULL;
    bool silent = qw_policy_parse("p", text, strlen(text), &policy, &diagnostics) == 0;

    for (size_t i = 0; i < diagnostics.count; i++) {
        bool reminds = false;

        for (size_t k = 0; k < QW_COUNT(reminders); k++)
            reminds = reminds || strncmp(diagnostics.items[i].text, reminders[k], strlen(reminders[k])) == 0;
        silent = silent && reminds;
    }
    if (!silent)
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
    return profile_of(policy, profile)->rules[qw_rule_find(rule)];
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

static void check_file(const char *folder, const char *name, bool loads)
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
    ck_assert_msg((qw_policy_load(path, &policy, &diagnostics) == 0) == loads, "%s is %s", name,
                  loads ? "refused" : "accepted");
    expected = expected_of(text);
    found = printed(&diagnostics, path);
    ck_assert_msg(strcmp(found, expected) == 0, "%s\nexpected\n%s\nfound\n%s", name, expected, found);
    free(text);
    free(expected);
    free(found);
    qw_policy_unref(policy);
    qw_diagnostics_fini(&diagnostics);
}

/* Every file of tests/NAME; returns how many there are. */
static int check_folder(const char *name, bool loads)
{
    char folder[512];
    DIR *dir;
    int count = 0;

    snprintf(folder, sizeof(folder), "%.*s/../%s", (int)(strrchr(__FILE__, '/') - __FILE__), __FILE__, name);
    dir = opendir(folder);
    ck_assert_ptr_nonnull(dir);
    for (const struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        if (entry->d_name[0] == '.')
            continue;
        check_file(folder, entry->d_name, loads);
        count++;
    }
    closedir(dir);
    return count;
}

START_TEST(each_bad_policy_is_refused_with_all_its_errors_in_their_order)
{
    ck_assert_int_ge(check_folder("policies-bad", false), 34);
}
END_TEST

START_TEST(what_is_most_likely_not_meant_is_warned_of)
{
    ck_assert_int_ge(check_folder("policies-warned", true), 4);
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
        /* A word says something of all of them. */
        for (size_t k = 0; rule->type == QW_YAML_MAP && k < QW_SETTINGS_MAX && qw_rules[i].settings[k].name; k++)
            ck_assert_msg(qw_yaml_get(rule, qw_rules[i].settings[k].name) != NULL, "%s.%s is not there", qw_rules[i].id,
                          qw_rules[i].settings[k].name);
    }
    qw_yaml_free(root);
}
END_TEST

/* In words of the manual's table; what is not listed has no setting, or the word of its rule. */
START_TEST(baseline_is_as_documented)
{
    static const char allowed[] =
        " run-as-root groups read-only-root memory-limit cpu-limit pids-limit ulimits shm-size block-io oom-protection "
        "cpu-pinning restart-policy log-driver published-ports static-addresses name-resolution storage-options labels "
        "healthcheck image-source ";
    char word[64];
    struct qw_policy *policy = load("version: 1\nroles: { r: { allow: [] } }\n"
                                    "tenants: [{ name: t, match: [a], " REST " }]\n");

    for (size_t i = 0; i < qw_rule_count; i++) {
        snprintf(word, sizeof(word), " %s ", qw_rules[i].id);
        ck_assert_msg(profile_of(policy, "baseline")->rules[i]->level ==
                          (strstr(allowed, word) ? QW_LEVEL_ALLOW : QW_LEVEL_DENY),
                      "%s", qw_rules[i].id);
        ck_assert_int_eq(profile_of(policy, "baseline")->rules[i]->line, 0);
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

        ck_assert_int_eq(profile_of(policy, "unrestricted")->rules[i]->level,
                         is_fixed ? QW_LEVEL_DENY : QW_LEVEL_ALLOW);
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

START_TEST(via_narrows_where_a_name_comes_from)
{
    struct qw_policy *policy = load(ROLES "tenants:\n"
                                          "  - { name: host, match: [alice], via: front, " REST " }\n"
                                          "  - { name: company, match: [alice, \"*\"], via: Company CA, " REST " }\n"
                                          "  - { name: tls, match: [group:g], via: tls, " REST " }\n"
                                          "  - { name: any, match: [alice], " REST " }\n");
    const struct qw_bytes group = QW_LIT("g");
    struct qw_identity identity = {.user = QW_LIT("alice"), .groups = &group, .group_count = 1};
    static const struct {
        const char *via;
        const char *issuer;
        const char *tenant;
    } rows[] = {
        {"front", "quaywarden front", "host"},
        {"tls", "Company CA", "company"},
        {"tls", "", "tls"},
        {"tls", "front", "tls"},
        {"", "", "any"},
    };

    for (size_t i = 0; i < QW_COUNT(rows); i++) {
        const struct qw_tenant *tenant = NULL;
        const struct qw_member *member;

        identity.via = qw_bytes_of(rows[i].via);
        identity.issuer = qw_bytes_of(rows[i].issuer);
        ck_assert(qw_policy_match(policy, &identity, &tenant, &member));
        ck_assert_str_eq(tenant->name, rows[i].tenant);
    }
    qw_policy_unref(policy);
}
END_TEST

/* Without an index: each row in turn, each name by fnmatch(3). */
static const struct qw_member *match_slowly(const struct qw_policy *policy, const struct qw_identity *identity)
{
    for (size_t i = 0; i < policy->tenant_count; i++) {
        for (size_t k = 0; k < policy->tenants[i].member_count; k++) {
            const struct qw_member *member = &policy->tenants[i].members[k];
            const bool by_word = qw_bytes_is(member->via, "front") || qw_bytes_is(member->via, "tls");

            if (member->via.len && !qw_bytes_eq(member->via, by_word ? identity->via : identity->issuer))
                continue;
            for (size_t n = 0; n < member->subject_count; n++) {
                const struct qw_subject *subject = &member->subjects[n];
                bool fits = subject->kind == QW_SUBJECT_ANONYMOUS && !identity->user.len && !identity->group_count &&
                            !identity->via.len;

                if (subject->kind == QW_SUBJECT_USER && identity->user.len)
                    fits = fnmatch(subject->name.data, identity->user.data, 0) == 0;
                for (size_t g = 0; subject->kind == QW_SUBJECT_GROUP && g < identity->group_count; g++)
                    fits = fits ||
                           (identity->groups[g].len && fnmatch(subject->name.data, identity->groups[g].data, 0) == 0);
                if (fits)
                    return member;
            }
        }
    }
    return NULL;
}

/* Up to `most` letters out of `letters`, in one of a few buffers. */
static struct qw_bytes random_text(const char *letters, size_t most)
{
    static char texts[16][128];
    static unsigned turn;
    char *text = texts[turn++ % QW_COUNT(texts)];
    const size_t len = (size_t)rand() % (most + 1);

    for (size_t i = 0; i < len; i++) {
        text[i] = letters[(size_t)rand() % strlen(letters)];
        if (text[i] == '*' && i && text[i - 1] == '*')
            text[i] = 'b'; /* a name has single stars only */
    }
    text[len] = '\0';
    return qw_bytes_of(text);
}

static void add_random_rows(char *text, size_t count)
{
    static const char *const kinds[] = {"user:", "user:", "group:"};
    static const char *const vias[] = {"", "", "via: front, ", "via: tls, ", "via: CA, "};

    text += sprintf(text, "%s", ROLES "tenants:\n");
    for (size_t i = 0; i < count; i++) {
        text += sprintf(text, "  - { name: t%zu, %smatch: [%s", i, vias[rand() % 5],
                        rand() % 20 ? "\"user:b\"" : "anonymous");
        for (int n = rand() % 4; n > 0; n--)
            text += sprintf(text, ", \"%s%s%s\"", kinds[rand() % 3], rand() % 8 ? "a" : "",
                            random_text(rand() % 8 ? "ab-*" : "*", 5).data);
        text += sprintf(text, ", \"user:a%0*d*\"], " REST " }\n", rand() % 50 ? 3 : 70, rand() % 999);
    }
}

START_TEST(the_index_finds_what_a_look_at_every_row_finds)
{
    static char text[1 << 16];
    size_t found = 0;

    srand(20270101);
    for (int policies = 0; policies < 200; policies++) {
        struct qw_diagnostics diagnostics = {0};
        struct qw_policy *policy = NULL;

        add_random_rows(text, (size_t)rand() % 40 + 1);
        if (strstr(text, "group:\"") || strstr(text, "user:\"")) {
            policies--;
            continue; /* a name is missing */
        }
        ck_assert_msg(qw_policy_parse("p", text, strlen(text), &policy, &diagnostics) == 0, "%s",
                      printed(&diagnostics, "p"));
        for (int asks = 0; asks < 500; asks++) {
            const struct qw_bytes groups[] = {random_text("ab-", 6), random_text("ab-", 6)};
            const struct qw_identity identity = {
                .user = rand() % 8   ? random_text("ab-", 6)
                        : rand() % 2 ? random_text("a0", 80)
                                     : QW_LIT(""),
                .groups = groups,
                .group_count = (size_t)rand() % 3,
                .via = rand() % 3   ? QW_LIT("tls")
                       : rand() % 2 ? QW_LIT("front")
                                    : QW_LIT(""),
                .issuer = rand() % 2 ? QW_LIT("CA") : QW_LIT(""),
            };
            const struct qw_tenant *tenant = NULL;
            const struct qw_member *member = NULL;

            if (!qw_policy_match(policy, &identity, &tenant, &member))
                member = NULL;
            ck_assert_ptr_eq(member, match_slowly(policy, &identity));
            found += member != NULL;
        }
        qw_policy_unref(policy);
        qw_diagnostics_fini(&diagnostics);
    }
    ck_assert_uint_gt(found, 20000);
    ck_assert_uint_lt(found, 80000);
}
END_TEST

/* ---- everyone and exceptions ---- */

START_TEST(everyone_touches_what_it_mentions_alone)
{
    struct qw_policy *policy = load(ROLES "everyone:\n"
                                          "  privileged: deny\n"
                                          "  memory-limit: { max: 2g }\n"
                                          "  capabilities: { require-drop: [NET_RAW] }\n"
                                          "  healthcheck: required\n"
                                          "tenants: [{ name: t, match: [a], " REST " }]\n");
    const struct qw_rule_settings *memory = policy->everyone[qw_rule_find("memory-limit")];
    const struct qw_rule_settings *capabilities = policy->everyone[qw_rule_find("capabilities")];

    ck_assert_ptr_null(policy->everyone[qw_rule_find("host-namespaces")]);
    ck_assert_int_eq(policy->everyone[qw_rule_find("privileged")]->level, QW_LEVEL_DENY);
    ck_assert_int_eq(policy->everyone[qw_rule_find("privileged")]->line, 4);
    ck_assert_int_eq(memory->level, QW_LEVEL_DENY);
    ck_assert_int_eq(memory->values[0].number, 0);
    ck_assert_int_eq(memory->values[1].number, INT64_C(2) << 30);
    ck_assert(memory->values[2].any);
    ck_assert(capabilities->values[0].any);
    ck_assert_uint_eq(capabilities->values[1].item_count, 1);
    qw_policy_unref(policy);
}
END_TEST

START_TEST(an_exception_is_as_written)
{
    struct qw_policy *policy =
        load(ROLES "tenants: [{ name: t, match: [a], " REST " }]\n"
                   "exceptions:\n"
                   "  - when:\n"
                   "      tenants: [t]\n"
                   "      match: [ci-*, group:g]\n"
                   "      images: [\"docker@sha256:"
                   "9d1f9d1f9d1f9d1f9d1f9d1f9d1f9d1f9d1f9d1f9d1f9d1f9d1f9d1f9d1f9d1f\"]\n"
                   "      actions: [container.create]\n"
                   "      command: image\n"
                   "    permit: { privileged: allow, volumes: { drivers: [nfs] } }\n"
                   "    until: 2100-02-28\n"
                   "    reason: builds\n"
                   "  - { permit: { sysctls: { allow: [net.core.somaxconn] } }, until: never, reason: all }\n");
    const struct qw_exception *first = &policy->exceptions[0];
    const struct qw_exception *second = &policy->exceptions[1];

    ck_assert_uint_eq(policy->exception_count, 2);
    ck_assert_ptr_eq(first->tenants[0], &policy->tenants[0]);
    ck_assert_uint_eq(first->subject_count, 2);
    ck_assert_uint_eq(first->image_count, 1);
    ck_assert_int_eq(
        (int)(first->actions[qw_action_find("container.create") / 64] >> qw_action_find("container.create") % 64 & 1),
        1);
    ck_assert(first->command_image && !second->command_image);
    ck_assert_int_eq(first->permit[qw_rule_find("privileged")]->level, QW_LEVEL_ALLOW);
    ck_assert_ptr_null(first->permit[qw_rule_find("capabilities")]);
    ck_assert(!first->permit[qw_rule_find("volumes")]->values[1].set);
    ck_assert_int_eq(first->until, 4107542400); /* 2100-03-01, for the last day counts */
    ck_assert(!qw_exception_has_ended(first, 4107542399) && qw_exception_has_ended(first, 4107542400));
    ck_assert(!qw_exception_has_ended(second, INT64_C(1) << 40));
    ck_assert_str_eq(first->until_text, "2100-02-28");
    ck_assert_str_eq(first->reason, "builds");
    ck_assert_int_eq(first->line, 5);
    ck_assert(!second->tenants && !second->subjects && !second->images && !second->actions);
    qw_policy_unref(policy);
}
END_TEST

/* "any", "unset", or the items; for a number, the number. */
static const char *shown_value(const struct qw_value *value, bool is_number)
{
    static char text[256];

    snprintf(text, sizeof(text), "%s", !value->set ? "unset" : value->any ? "any" : "");
    if (value->set && !value->any && is_number)
        snprintf(text, sizeof(text), "%lld", (long long)value->number);
    for (size_t i = 0; value->set && !value->any && i < value->item_count; i++) {
        sprintf(text + strlen(text), "%s%s", i ? ", " : "", value->items[i].text);
        if (value->items[i].range.high)
            sprintf(text + strlen(text), "=%lld", (long long)value->items[i].range.high);
    }
    return text;
}

START_TEST(a_permit_loosens_what_it_mentions_and_never_tightens)
{
    static const struct {
        const char *rule; /* and setting */
        const char *setting;
        const char *base;
        const char *permit;
        const char *result;
    } rows[] = {
        {"capabilities", "allow", "{ allow: [CHOWN] }", "{ allow: [KILL] }", "CHOWN, KILL"},
        {"capabilities", "require-drop", "{ require-drop: [ALL] }", "{ allow: [KILL] }", "ALL"},
        {"capabilities", "require-drop", "{ require-drop: [ALL] }", "{ require-drop: [] }", ""},
        {"networks", "allow", "{ allow: any }", "{ allow: [x] }", "any"},
        {"networks", "allow", "{ allow: [x] }", "{ allow: any }", "any"},
        {"networks", "allow", "deny", "{ allow: [x] }", "x"},
        {"environment", "deny", "{ deny: [A, B] }", "{ deny: [] }", ""},
        {"labels", "require", "{ require: [A, B] }", "{ require: [] }", ""},
        {"memory-limit", "max", "{ max: 1024b }", "{ max: 2048b }", "2048"},
        {"memory-limit", "max", "{ max: 4096b }", "{ max: 2048b }", "4096"},
        {"memory-limit", "max", "{ max: 4096b }", "{ max: any }", "any"},
        {"memory-limit", "max", "required", "{ max: 2048b }", "unset"},
        {"memory-limit", "required", "{ required: true }", "{ max: 2048b }", "1"},
        {"memory-limit", "required", "{ required: true }", "{ required: false }", "0"},
        {"restart-policy", "max-retries", "{ allow: [on-failure], max-retries: 3 }", "{ max-retries: 5 }", "5"},
        {"storage-options", "max", "deny", "{ max: 5b }", "5"},
        {"ulimits", "max", "{ max: { core: 1, cpu: 9 } }", "{ max: { core: 4, cpu: 3, data: 5 } }", "core=4, cpu=9"},
        {"security-options", "no-new-privileges", "{ no-new-privileges: required }", "{ no-new-privileges: optional }",
         "0"},
        {"security-options", "masked-paths", "{ masked-paths: deny }", "{ masked-paths: allow }", "1"},
        {"build", "buildkit", "{ buildkit: allow }", "{ buildkit: no-host-network }", "2"},
        {"build", "buildkit", "{ buildkit: deny }", "{ buildkit: no-host-network }", "1"},
    };
    struct qw_arena *arena = qw_arena_new();

    for (size_t i = 0; i < QW_COUNT(rows); i++) {
        const struct qw_rule *rule = &qw_rules[qw_rule_find(rows[i].rule)];
        const struct qw_rule_settings *settings;
        struct qw_policy *policy;
        char text[1024];
        size_t k = 0;

        snprintf(text, sizeof(text),
                 ROLES "profiles: { p: { extends: unrestricted, %s: %s } }\n"
                       "tenants: [{ name: t, match: [a], role: r, profile: p, objects: all }]\n"
                       "exceptions: [{ when: { images: [\"x@sha256:"
                       "9d1f9d1f9d1f9d1f9d1f9d1f9d1f9d1f9d1f9d1f9d1f9d1f9d1f9d1f9d1f9d1f\"] }, permit: { %s: %s }, "
                       "until: never, reason: x }]\n",
                 rows[i].rule, rows[i].base, rows[i].rule, rows[i].permit);
        policy = load(text);
        settings = qw_settings_overlay(rule, rule_of(policy, "p", rows[i].rule),
                                       policy->exceptions[0].permit[qw_rule_find(rows[i].rule)], arena);
        while (strcmp(rule->settings[k].name, rows[i].setting) != 0)
            k++;
        ck_assert_msg(
            strcmp(shown_value(&settings->values[k], rule->settings[k].type >= QW_SETTING_CHOICE), rows[i].result) == 0,
            "%s: %s with %s: %s", rows[i].rule, rows[i].base, rows[i].permit,
            shown_value(&settings->values[k], rule->settings[k].type >= QW_SETTING_CHOICE));
        qw_policy_unref(policy);
    }
    qw_arena_free(arena);
}
END_TEST

START_TEST(a_permit_may_be_a_whole_profile_and_change_a_level)
{
    struct qw_policy *policy = load(ROLES "tenants: [{ name: t, match: [a], " REST " }]\n"
                                          "exceptions:\n"
                                          "  - when: { images: [\"x@sha256:"
                                          "9d1f9d1f9d1f9d1f9d1f9d1f9d1f9d1f9d1f9d1f9d1f9d1f9d1f9d1f9d1f9d1f\"] }\n"
                                          "    permit: { extends: unrestricted, privileged: warn }\n"
                                          "    until: never\n"
                                          "    reason: x\n");
    const struct qw_rule_settings **permit = policy->exceptions[0].permit;
    struct qw_arena *arena = qw_arena_new();
    const int privileged = qw_rule_find("privileged");

    ck_assert_int_eq(permit[qw_rule_find("devices")]->level, QW_LEVEL_ALLOW);
    ck_assert_ptr_null(permit[qw_rule_find("self-protection")]);
    ck_assert_int_eq(
        qw_settings_overlay(&qw_rules[privileged], rule_of(policy, "baseline", "privileged"), permit[privileged], arena)
            ->level,
        QW_LEVEL_WARN);
    qw_arena_free(arena);
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

/* A policy in the scratch folder whose seccomp list is this; NULL where it does not load. */
static struct qw_policy *load_in_scratch(const char *seccomp, struct qw_diagnostics *diagnostics)
{
    struct qw_policy *policy = NULL;
    char text[512];

    snprintf(text, sizeof(text),
             "version: 1\nprofiles:\n  p: { security-options: { seccomp: %s } }\ntenants: [{ name: t, match: [a], "
             "objects: all, role: r, profile: p }]\nroles: { r: { allow: [read] } }\n",
             seccomp);
    if (qw_policy_parse(in_scratch("policy.yaml"), text, strlen(text), &policy, diagnostics) < 0)
        ck_assert_ptr_null(policy);
    return policy;
}

START_TEST(a_seccomp_profile_is_kept_by_what_it_says)
{
    static const char digest[] = "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862";
    static const char json[] = " { \"a\" : 1 }\n";
    struct qw_diagnostics diagnostics = {0};
    struct qw_policy *policy;
    char absolute[256];
    FILE *file = fopen(in_scratch("profile.json"), "w");

    ck_assert(file && fputs(json, file) >= 0 && fclose(file) == 0);
    snprintf(absolute, sizeof(absolute), "[file:profile.json, \"file:%s\"]", in_scratch("profile.json"));
    policy = load_in_scratch(absolute, &diagnostics);
    ck_assert_ptr_nonnull(policy);
    for (int i = 0; i < 2; i++)
        ck_assert_str_eq(value_of(policy, "p", "security-options", "seccomp")->items[i].sha256, digest);
    qw_policy_unref(policy);
    ck_assert_int_eq(chmod(in_scratch("profile.json"), 0666), 0);
    ck_assert_ptr_null(load_in_scratch("file:profile.json", &diagnostics));
    ck_assert_uint_eq(diagnostics.errors, 1);
    ck_assert_ptr_nonnull(strstr(diagnostics.items[0].text, "others than root may write it"));
    ck_assert_int_eq(diagnostics.items[0].line, 3);
    qw_diagnostics_fini(&diagnostics);
}
END_TEST

START_TEST(an_id_needs_no_quotes)
{
    struct qw_policy *policy = load("version: 1\nprofiles: { p: { groups: { allow: [1000, 0, \"044\", audio] } } }\n"
                                    "roles: { r: { allow: [read] } }\ntenants: [{ name: t, match: [a], objects: all, "
                                    "role: r, profile: p }]\n");

    expect_items(policy, "p", "groups", "allow", "1000, 0, 044, audio");
    qw_policy_unref(policy);
    expect_errors("version: 1\nprofiles: { p: { groups: { allow: [044, 1.5] } } }\nroles: { r: { allow: [read] } }\n"
                  "tenants: [{ name: t, match: [a], objects: all, role: r, profile: p }]\n",
                  "2:36: error: 044 is a number in YAML; quote it: \"044\"\n"
                  "2:41: error: 1.5 is a number in YAML; quote it: \"1.5\"\n");
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
    tcase_add_test(errors, what_is_most_likely_not_meant_is_warned_of);
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
    tcase_add_test(tenants, via_narrows_where_a_name_comes_from);
    tcase_add_test(tenants, the_index_finds_what_a_look_at_every_row_finds);
    tcase_add_test(tenants, everyone_touches_what_it_mentions_alone);
    tcase_add_test(tenants, an_exception_is_as_written);
    tcase_add_test(tenants, a_permit_loosens_what_it_mentions_and_never_tightens);
    tcase_add_test(tenants, a_permit_may_be_a_whole_profile_and_change_a_level);
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
    tcase_add_test(file, a_seccomp_profile_is_kept_by_what_it_says);
    tcase_add_test(file, an_id_needs_no_quotes);
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

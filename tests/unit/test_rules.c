/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quaywarden/rules.h"

#include <check.h>

#define TEXT(s) ((struct qw_bytes){(s), strlen(s)})

static const struct qw_variables alice = {
    .tenant = {"team-a", 6},
    .user = {"alice", 5},
    .home = {"/home/alice", 11},
};

/* ---- patterns ---- */

struct pattern_row {
    enum qw_pattern_kind kind;
    const char *pattern;
    const char *text;
    bool matches;
};

#define DIGEST "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct pattern_row pattern_rows[] = {
    {QW_PATTERN_NAME, "web", "web", true},
    {QW_PATTERN_NAME, "web", "web2", false},
    {QW_PATTERN_NAME, "web", "", false},
    {QW_PATTERN_NAME, "*", "", true},
    {QW_PATTERN_NAME, "*", "a/b", true},
    {QW_PATTERN_NAME, "ci-*", "ci-7", true},
    {QW_PATTERN_NAME, "ci-*", "ci", false},
    {QW_PATTERN_NAME, "*-ci", "a-ci-ci", true},
    {QW_PATTERN_NAME, "a*b*c", "a-b-b-c", true},
    {QW_PATTERN_NAME, "a*b*c", "a-c-b", false},
    {QW_PATTERN_NAME, "{tenant}-*", "team-a-db", true},
    {QW_PATTERN_NAME, "{tenant}-*", "team-b-db", false},
    {QW_PATTERN_NAME, "{user}", "alice", true},
    {QW_PATTERN_PATH, "/", "/", true},
    {QW_PATTERN_PATH, "/", "/etc", false},
    {QW_PATTERN_PATH, "/srv", "/srv", true},
    {QW_PATTERN_PATH, "/srv", "/srv/x", false},
    {QW_PATTERN_PATH, "/srv", "/srvx", false},
    {QW_PATTERN_PATH, "/srv/**", "/srv", true},
    {QW_PATTERN_PATH, "/srv/**", "/srv/a/b", true},
    {QW_PATTERN_PATH, "/srv/**", "/srvx", false},
    {QW_PATTERN_PATH, "/srv/**", "/", false},
    {QW_PATTERN_PATH, "/**", "/", true},
    {QW_PATTERN_PATH, "/**", "/etc/passwd", true},
    {QW_PATTERN_PATH, "/srv/*", "/srv/a", true},
    {QW_PATTERN_PATH, "/srv/*", "/srv/a/b", false},
    {QW_PATTERN_PATH, "/srv/*", "/srv", false},
    {QW_PATTERN_PATH, "/srv/*/data", "/srv/a/data", true},
    {QW_PATTERN_PATH, "/srv/*/data", "/srv/a/b/data", false},
    {QW_PATTERN_PATH, "/srv/**/data", "/srv/a/b/data", true},
    {QW_PATTERN_PATH, "/srv/**/data", "/srv/a/b/datax", false},
    {QW_PATTERN_PATH, "/srv/**/a*b", "/srv/x/ax/ab", true},
    {QW_PATTERN_PATH, "/srv/**/a*b/c", "/srv/aab/d/axb/c", true},
    {QW_PATTERN_PATH, "/srv/**/a*b/c", "/srv/aab/d/axb/cc", false},
    {QW_PATTERN_PATH, "/*/x*y*/z", "/q/x1y2y3/z", true},
    {QW_PATTERN_PATH, "/srv/{tenant}/**", "/srv/team-a/x", true},
    {QW_PATTERN_PATH, "/srv/{tenant}/**", "/srv/team-a-b/x", false},
    {QW_PATTERN_PATH, "{home}/**", "/home/alice/x", true},
    {QW_PATTERN_PATH, "{home}/**", "/home/alicex", false},
    {QW_PATTERN_IMAGE, "alpine", "docker.io/library/alpine:3", true},
    {QW_PATTERN_IMAGE, "docker.io/library/*", "alpine", true},
    {QW_PATTERN_IMAGE, "docker.io/library/*", "index.docker.io/alpine", true},
    {QW_PATTERN_IMAGE, "docker.io/library/*", "team/alpine", false},
    {QW_PATTERN_IMAGE, "docker.io/library/*", "evil.example.com/library/alpine", false},
    {QW_PATTERN_IMAGE, "team/*", "docker.io/team/app", true},
    {QW_PATTERN_IMAGE, "*", "alpine", true},
    {QW_PATTERN_IMAGE, "*", "team/app", false},
    {QW_PATTERN_IMAGE, "**", "localhost:5000/a/b@" DIGEST, true},
    {QW_PATTERN_IMAGE, "localhost:5000/**", "localhost:5000/a/b", true},
    {QW_PATTERN_IMAGE, "localhost:5000/**", "localhost:50001/a/b", false},
    {QW_PATTERN_IMAGE, "registry.example.com/{tenant}/**", "registry.example.com/team-a/x/y:1", true},
    {QW_PATTERN_IMAGE, "registry.example.com/{tenant}/**", "registry.example.com/team-b/x", false},
    {QW_PATTERN_IMAGE, "alpine:3.*", "alpine:3.19", true},
    {QW_PATTERN_IMAGE, "alpine:3.*", "alpine:edge", false},
    {QW_PATTERN_IMAGE, "alpine:3.*", "alpine", false},
    {QW_PATTERN_IMAGE, "alpine:latest", "alpine", true},
    {QW_PATTERN_IMAGE, "alpine:3.19", "alpine:3.19@" DIGEST, false},
    {QW_PATTERN_IMAGE, "alpine@" DIGEST, "alpine@" DIGEST, true},
    {QW_PATTERN_IMAGE, "alpine@" DIGEST, "alpine:3.19@" DIGEST, true},
    {QW_PATTERN_IMAGE, "alpine@" DIGEST, "alpine:3.19", false},
    {QW_PATTERN_IMAGE, "**", DIGEST, false},
    {QW_PATTERN_IMAGE, "**", "Alpine", false},
};

static void check_pattern(size_t i)
{
    const struct pattern_row *row = &pattern_rows[i];
    struct qw_pattern *pattern = NULL;
    struct qw_err err;

    ck_assert_int_eq(qw_pattern_new(row->kind, row->pattern, &pattern, &err), 0);
    ck_assert_str_eq(qw_pattern_text(pattern), row->pattern);
    ck_assert_msg(qw_pattern_matches(pattern, &alice, TEXT(row->text)) == row->matches, "%s and %s", row->pattern,
                  row->text);
    qw_pattern_free(pattern);
}

START_TEST(a_pattern_matches_all_of_a_text_or_nothing)
{
    for (size_t i = 0; i < QW_COUNT(pattern_rows); i++)
        check_pattern(i);
}
END_TEST

static const struct {
    enum qw_pattern_kind kind;
    const char *pattern;
} bad_patterns[] = {
    {QW_PATTERN_NAME, ""},         {QW_PATTERN_NAME, "**"},       {QW_PATTERN_NAME, "{team}"},
    {QW_PATTERN_NAME, "{tenant"},  {QW_PATTERN_NAME, "tenant}"},  {QW_PATTERN_PATH, "srv"},
    {QW_PATTERN_PATH, "/srv/"},    {QW_PATTERN_PATH, "//srv"},    {QW_PATTERN_PATH, "/srv/../etc"},
    {QW_PATTERN_PATH, "/srv/./x"}, {QW_PATTERN_PATH, "/srv/***"}, {QW_PATTERN_PATH, "{tenant}/x"},
    {QW_PATTERN_PATH, "/a//**"},   {QW_PATTERN_IMAGE, ":tag"},    {QW_PATTERN_IMAGE, "alpine:"},
    {QW_PATTERN_IMAGE, "alpine@"}, {QW_PATTERN_IMAGE, "a/***"},   {QW_PATTERN_IMAGE, "a:**"},
};

static void check_bad_pattern(size_t i)
{
    struct qw_pattern *pattern = NULL;
    struct qw_err err = {0};

    ck_assert_int_eq(qw_pattern_new(bad_patterns[i].kind, bad_patterns[i].pattern, &pattern, &err), -1);
    ck_assert_int_eq(err.code, QW_E_MALFORMED);
    ck_assert_ptr_null(pattern);
}

START_TEST(a_pattern_that_could_not_match_is_refused)
{
    for (size_t i = 0; i < QW_COUNT(bad_patterns); i++)
        check_bad_pattern(i);
}
END_TEST

static const char *const unsafe_values[] = {"", "..", ".a", "-a", "a/b", "*", "a b", "{user}", "a\n"};

static void check_unsafe_value(size_t i)
{
    const struct qw_variables variables = {.tenant = TEXT(unsafe_values[i])};
    QW_AUTO(buf) struct qw_buf path = {0};
    struct qw_pattern *pattern = NULL;
    struct qw_err err;

    qw_buf_printf(&path, "/srv/%s", unsafe_values[i]);
    ck_assert_int_eq(qw_pattern_new(QW_PATTERN_PATH, "/srv/{tenant}", &pattern, &err), 0);
    ck_assert(!qw_pattern_matches(pattern, &variables, qw_buf_bytes(&path)));
    ck_assert(!qw_pattern_matches(pattern, NULL, qw_buf_bytes(&path)));
    qw_pattern_free(pattern);
}

START_TEST(an_unsafe_variable_matches_nothing)
{
    for (size_t i = 0; i < QW_COUNT(unsafe_values); i++)
        check_unsafe_value(i);
}
END_TEST

static const char *const unsafe_homes[] = {"", "/", "home/a", "/home/../etc", "/home//a", "/home/a/", "/home/."};

static void check_unsafe_home(size_t i)
{
    const struct qw_variables variables = {.home = TEXT(unsafe_homes[i])};
    QW_AUTO(buf) struct qw_buf path = {0};
    struct qw_pattern *pattern = NULL;
    struct qw_err err;

    qw_buf_printf(&path, "%s/x", unsafe_homes[i]);
    ck_assert_int_eq(qw_pattern_new(QW_PATTERN_PATH, "{home}/**", &pattern, &err), 0);
    ck_assert(!qw_pattern_matches(pattern, &variables, qw_buf_bytes(&path)));
    qw_pattern_free(pattern);
}

START_TEST(a_home_that_is_no_clean_path_matches_nothing)
{
    for (size_t i = 0; i < QW_COUNT(unsafe_homes); i++)
        check_unsafe_home(i);
}
END_TEST

START_TEST(a_variable_is_literal_and_never_a_pattern)
{
    const struct qw_variables variables = {.home = TEXT("/home/*")};
    struct qw_pattern *pattern = NULL;
    struct qw_err err;

    ck_assert_int_eq(qw_pattern_new(QW_PATTERN_PATH, "{home}/x", &pattern, &err), 0);
    ck_assert(qw_pattern_matches(pattern, &variables, TEXT("/home/*/x")));
    ck_assert(!qw_pattern_matches(pattern, &variables, TEXT("/home/bob/x")));
    qw_pattern_free(pattern);
}
END_TEST

START_TEST(a_pattern_of_many_stars_does_not_explode)
{
    static const struct {
        enum qw_pattern_kind kind;
        const char *pattern;
    } rows[] = {
        {QW_PATTERN_NAME, "*a*a*a*a*a*a*a*a*a*a*a*a*b"},
        {QW_PATTERN_PATH, "/**a*a*a*a*a*a*a*a**a*a*a*b"},
        {QW_PATTERN_PATH, "/**/a*a*a*a*a*a*a*a/**/a*a*b"},
    };
    static char text[200000];

    memset(text, 'a', sizeof(text) - 1);
    text[0] = '/';
    for (size_t i = 0; i < QW_COUNT(rows); i++) {
        struct qw_pattern *pattern = NULL;
        struct qw_err err;

        ck_assert_int_eq(qw_pattern_new(rows[i].kind, rows[i].pattern, &pattern, &err), 0);
        ck_assert(!qw_pattern_matches(pattern, &alice, TEXT(text)));
        qw_pattern_free(pattern);
    }
}
END_TEST

/* ---- images ---- */

static const struct {
    const char *text;
    const char *name; /* NULL: no reference */
    const char *tag;
    const char *digest;
} image_rows[] = {
    {"alpine", "docker.io/library/alpine", "", ""},
    {"alpine:3", "docker.io/library/alpine", "3", ""},
    {"library/alpine", "docker.io/library/alpine", "", ""},
    {"docker.io/alpine", "docker.io/library/alpine", "", ""},
    {"index.docker.io/library/alpine", "docker.io/library/alpine", "", ""},
    {"team/app", "docker.io/team/app", "", ""},
    {"localhost/app", "localhost/app", "", ""},
    {"localhost:5000/app:1", "localhost:5000/app", "1", ""},
    {"host:5000", "docker.io/library/host", "5000", ""},
    {"REG/app", "REG/app", "", ""},
    {"[::1]:5000/app", "[::1]:5000/app", "", ""},
    {"a.b/c/d:t@" DIGEST, "a.b/c/d", "t", DIGEST},
    {"a__b/c--d.e_f", "docker.io/a__b/c--d.e_f", "", ""},
    {"sha256:latest", "docker.io/library/sha256", "latest", ""},
    {"", NULL, NULL, NULL},
    {"Alpine", NULL, NULL, NULL},
    {"a..b", NULL, NULL, NULL},
    {"a___b", NULL, NULL, NULL},
    {"a/", NULL, NULL, NULL},
    {"/a", NULL, NULL, NULL},
    {"a//b", NULL, NULL, NULL},
    {"a:b:c", NULL, NULL, NULL},
    {"a:", NULL, NULL, NULL},
    {"a@", NULL, NULL, NULL},
    {"a@sha256:12", NULL, NULL, NULL},
    {"a b", NULL, NULL, NULL},
    {"a\n", NULL, NULL, NULL},
    {"-a.b/c", NULL, NULL, NULL},
    {"a.b:/c", NULL, NULL, NULL},
    {"https://a.b/c", NULL, NULL, NULL},
    {DIGEST, NULL, NULL, NULL},
    {"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", NULL, NULL, NULL},
};

static void check_image(size_t i)
{
    struct qw_image_name image;
    const bool is = qw_image_read(TEXT(image_rows[i].text), &image);

    ck_assert_msg(is == (image_rows[i].name != NULL), "%s", image_rows[i].text);
    if (!is)
        return;
    ck_assert_str_eq(image.name, image_rows[i].name);
    ck_assert_msg(qw_bytes_is(image.tag, image_rows[i].tag), "%s", image_rows[i].text);
    ck_assert_msg(qw_bytes_is(image.digest, image_rows[i].digest), "%s", image_rows[i].text);
}

START_TEST(an_image_is_read_as_the_engine_reads_it)
{
    for (size_t i = 0; i < QW_COUNT(image_rows); i++)
        check_image(i);
}
END_TEST

/* ---- capabilities ---- */

static const struct {
    const char *text;
    int number;
} capability_rows[] = {
    {"CHOWN", 0},
    {"cap_chown", 0},
    {"Cap_Sys_Admin", 21},
    {"SYS_ADMIN", 21},
    {"NET_RAW", 13},
    {"CHECKPOINT_RESTORE", 40},
    {"ALL", QW_CAPABILITY_ALL},
    {"all", QW_CAPABILITY_ALL},
    {"CAP_ALL", -1},
    {"", -1},
    {"CAP_", -1},
    {"SYS ADMIN", -1},
    {" CHOWN", -1},
    {"CAP_CAP_CHOWN", -1},
    {"\xc5\xbfYS_ADMIN", -1}, /* ſ becomes S in the engine: unknown here */
};

static void check_capability(size_t i)
{
    ck_assert_int_eq(qw_capability_find(TEXT(capability_rows[i].text)), capability_rows[i].number);
}

START_TEST(a_capability_is_read_as_the_engine_reads_it)
{
    for (size_t i = 0; i < QW_COUNT(capability_rows); i++)
        check_capability(i);
}
END_TEST

START_TEST(the_default_capabilities_are_the_engines_fourteen)
{
    const uint64_t set = qw_capability_default();

    ck_assert_int_eq(__builtin_popcountll(set), 14);
    ck_assert(set & 1ULL << qw_capability_find(TEXT("NET_RAW")));
    ck_assert(!(set & 1ULL << qw_capability_find(TEXT("SYS_ADMIN"))));
}
END_TEST

START_TEST(every_capability_is_a_word_of_policies)
{
    struct qw_bytes rest = TEXT(qw_capability_words);
    struct qw_bytes word;
    int count = 0;

    for (; qw_bytes_split(&rest, ' ', &word); count++)
        ck_assert(qw_bytes_is(word, "default") || qw_capability_find(word) >= 0);
    ck_assert_int_eq(count, QW_CAPABILITY_COUNT + 2);
}
END_TEST

/* ---- one check, built from text ---- */

#define FACTS_MAX 4

struct given_fact {
    enum qw_fact_kind kind;
    const char *text;
    const char *parts; /* "key=value;key=value" */
    /* Of its place, where it has one: as resolved ("" and NULL: as written), and the rest of struct qw_place. */
    const char *resolved;
    const char *loose;
    const char *guarded;
    const char *trouble;
};

struct rule_row {
    const char *rule;
    const char *settings; /* "name=item item;name=any"; of BINDS: "PATH:ro:shared-folder:relabel:propagation" */
    struct given_fact facts[FACTS_MAX];
    const char *expect; /* ids or settings of what is reported, in order, separated by spaces; "" for nothing */
    enum qw_payload payload;
    const char *via;
};

struct world {
    struct qw_arena *arena;
    struct qw_request request;
    struct qw_route route;
    struct qw_json body;
    struct qw_identity identity;
    struct qw_facts facts;
    struct qw_fact fact[FACTS_MAX];
    struct qw_snapshot snapshot;
    struct qw_violations out;
    struct qw_rule_settings settings;
    struct qw_check check;
};

static void *alloc(struct world *w, size_t count, size_t size)
{
    void *p = qw_arena_zalloc(w->arena, count, size);

    ck_assert_ptr_nonnull(p);
    return p;
}

static char *text_of(struct world *w, struct qw_bytes bytes)
{
    char *out = alloc(w, bytes.len + 1, 1);

    memcpy(out, bytes.data, bytes.len);
    return out;
}

static void make_pattern(enum qw_pattern_kind kind, struct qw_item *item)
{
    struct qw_err err;

    ck_assert_msg(qw_pattern_new(kind, item->text, &item->pattern, &err) == 0, "%s: %s", item->text, err.msg);
}

static void read_terms(struct qw_item *item)
{
    char *words = strchr(item->text, ':');

    item->terms.root_owned = true;
    while (words) {
        char *word = words + 1;

        *words = '\0';
        words = strchr(word, ':');
        if (strncmp(word, "ro", 2) == 0)
            item->terms.read_only = true;
        else if (strncmp(word, "shared-folder", 13) == 0)
            item->terms.root_owned = false;
        else if (strncmp(word, "relabel", 7) == 0)
            item->terms.relabel = true;
        else
            item->terms.propagation = true;
    }
}

static void read_item(struct world *w, enum qw_setting_type type, struct qw_bytes word, struct qw_item *item)
{
    item->text = text_of(w, word);
    if (type == QW_SETTING_BINDS)
        read_terms(item);
    if (type == QW_SETTING_PATTERNS)
        make_pattern(QW_PATTERN_NAME, item);
    if (type == QW_SETTING_PATHS || type == QW_SETTING_BINDS)
        make_pattern(QW_PATTERN_PATH, item);
}

static void read_value(struct world *w, const struct qw_setting *setting, struct qw_bytes words, struct qw_value *value)
{
    struct qw_bytes word;

    value->set = true;
    value->items = alloc(w, 16, sizeof(*value->items));
    if (setting->type == QW_SETTING_CHOICE) {
        struct qw_bytes rest = TEXT(setting->words);

        for (value->number = 0; qw_bytes_split(&rest, ' ', &word) && !qw_bytes_eq(word, words); value->number++)
            ck_assert_ptr_nonnull(rest.data);
        return;
    }
    if (qw_bytes_is(words, "any")) {
        value->any = true;
        return;
    }
    while (words.len && qw_bytes_split(&words, ' ', &word))
        read_item(w, setting->type, word, &value->items[value->item_count++]);
}

static void read_settings(struct world *w, const struct qw_rule *rule, const char *text)
{
    struct qw_bytes rest = TEXT(text);
    struct qw_bytes each;

    while (rest.len && qw_bytes_split(&rest, ';', &each)) {
        struct qw_bytes name;
        bool known = false;

        qw_bytes_split(&each, '=', &name);
        for (size_t i = 0; i < QW_SETTINGS_MAX && rule->settings[i].name; i++) {
            if (qw_bytes_is(name, rule->settings[i].name)) {
                read_value(w, &rule->settings[i], each, &w->settings.values[i]);
                known = true;
            }
        }
        ck_assert_msg(known, "%s has no setting of the name in %s", rule->id, text);
    }
}

static void read_parts(struct world *w, const char *text, struct qw_fact *fact)
{
    struct qw_part *parts = alloc(w, 16, sizeof(*parts));
    struct qw_bytes rest = TEXT(text);
    struct qw_bytes each;

    fact->parts = parts;
    while (qw_bytes_split(&rest, ';', &each)) {
        qw_bytes_split(&each, '=', &parts[fact->part_count].key);
        parts[fact->part_count++].value = each;
    }
}

static void add_place(struct world *w, const struct given_fact *given, const struct qw_fact *fact)
{
    struct qw_place *place = &w->snapshot.places[w->snapshot.place_count].place;

    w->snapshot.places[w->snapshot.place_count++].fact = fact;
    place->cleaned = qw_path_clean(qw_arena_printf(w->arena, "/" QW_BYTES_FMT, QW_BYTES_ARG(fact->text)), w->arena);
    place->resolved = given->resolved ? TEXT(given->resolved) : fact->text;
    if (given->loose)
        place->loose = TEXT(given->loose);
    place->guarded = given->guarded;
    place->trouble = given->trouble;
}

static void add_fact(struct world *w, const struct given_fact *given, size_t index)
{
    struct qw_fact *fact = &w->fact[index];

    fact->kind = given->kind;
    fact->text = TEXT(given->text);
    fact->number = 1;
    if (given->parts)
        read_parts(w, given->parts, fact);
    if (w->facts.last[given->kind])
        w->facts.last[given->kind]->next = fact;
    else
        w->facts.first[given->kind] = fact;
    w->facts.last[given->kind] = fact;
    if (given->kind == QW_F_BIND || given->kind == QW_F_DEVICE || given->kind == QW_F_CHECKPOINT_DIR)
        add_place(w, given, fact);
}

static void world_init(struct world *w, const struct rule_row *row)
{
    const int index = qw_rule_find(row->rule);

    *w = (struct world){.arena = qw_arena_new()};
    ck_assert_ptr_nonnull(w->arena);
    ck_assert_msg(index >= 0, "%s is no rule", row->rule);
    w->snapshot.places = alloc(w, FACTS_MAX, sizeof(*w->snapshot.places));
    for (size_t i = 0; i < FACTS_MAX && row->facts[i].text; i++)
        add_fact(w, &row->facts[i], i);
    w->route.payload = row->payload ? row->payload : QW_PAYLOAD_CREATE;
    w->request.route = &w->route;
    w->request.body = &w->body;
    w->identity.via = row->via ? TEXT(row->via) : TEXT("tls");
    w->check = (struct qw_check){.request = &w->request,
                                 .facts = &w->facts,
                                 .snapshot = &w->snapshot,
                                 .identity = &w->identity,
                                 .variables = &alice,
                                 .rule = &qw_rules[index],
                                 .settings = &w->settings,
                                 .arena = w->arena,
                                 .out = &w->out};
    read_settings(w, w->check.rule, row->settings);
}

static void world_fini(struct world *w)
{
    for (size_t i = 0; i < QW_SETTINGS_MAX; i++) {
        for (size_t j = 0; j < w->settings.values[i].item_count; j++)
            qw_pattern_free(w->settings.values[i].items[j].pattern);
    }
    qw_arena_free(w->arena);
}

/* "cap-rule other.setting …": the id, or the setting where there is one. */
static void print_reported(const struct qw_violations *out, struct qw_buf *buf)
{
    for (size_t i = 0; i < out->count; i++) {
        const struct qw_violation *violation = &out->items[i];

        qw_buf_printf(buf, "%s%s", i ? " " : "", violation->setting ? violation->setting : violation->rule);
    }
}

/* ---- the rules, row by row ---- */

#define BIND(source)                                                                                                   \
    {                                                                                                                  \
        QW_F_BIND, source, NULL, NULL, NULL, NULL, NULL                                                                \
    }
#define FACT(kind, s)                                                                                                  \
    {                                                                                                                  \
        QW_F_##kind, s, NULL, NULL, NULL, NULL, NULL                                                                   \
    }
#define PARTS(kind, s, parts)                                                                                          \
    {                                                                                                                  \
        QW_F_##kind, s, parts, NULL, NULL, NULL, NULL                                                                  \
    }
#define VOLUME_OPTIONS(parts)                                                                                          \
    {                                                                                                                  \
        {                                                                                                              \
            QW_F_VOLUME, "v", parts, NULL, NULL, NULL, NULL                                                            \
        }                                                                                                              \
    }
#define LOCAL "drivers=local;options=tmpfs;names=any"
#define SAFE_SYSCTLS                                                                                                   \
    "allow=kernel.shm_rmid_forced net.ipv4.ip_local_port_range net.ipv4.ip_unprivileged_port_start "                   \
    "net.ipv4.tcp_syncookies net.ipv4.ping_group_range"
#define DEFAULTS "seccomp=default;apparmor=default;selinux=default"
#define NNP      DEFAULTS ";no-new-privileges=required"

/* clang-format off */
static const struct rule_row rule_rows[] = {
    /* rule, settings, facts, what is reported, payload (create), via (tls) */
    {"privileged", "", {{0}}, "", 0, NULL},
    {"privileged", "", {FACT(PRIVILEGED, "")}, "privileged", 0, NULL},
    {"privileged", "", {FACT(PRIVILEGED, "")}, "privileged", QW_PAYLOAD_EXEC, NULL},

    {"host-namespaces", "", {FACT(NETWORK_MODE, "default"), FACT(IPC_MODE, "shareable"), FACT(CGROUPNS_MODE, "private")}, "", 0, NULL},
    {"host-namespaces", "", {FACT(NETWORK_MODE, "host")}, "host-namespaces", 0, NULL},
    {"host-namespaces", "", {FACT(NETWORK_MODE, "host")}, "host-namespaces", QW_PAYLOAD_BUILD, NULL},
    {"host-namespaces", "", {FACT(NETWORK, "host")}, "host-namespaces", QW_PAYLOAD_CONNECT, NULL},
    {"host-namespaces", "", {FACT(PID_MODE, "host"), FACT(IPC_MODE, "host")}, "host-namespaces host-namespaces", 0, NULL},
    {"host-namespaces", "", {FACT(UTS_MODE, "host"), FACT(USERNS_MODE, "host"), FACT(CGROUPNS_MODE, "host")}, "host-namespaces host-namespaces host-namespaces", 0, NULL},
    {"host-namespaces", "allow=network pid ipc", {FACT(NETWORK, "host"), FACT(PID_MODE, "host"), FACT(IPC_MODE, "host")}, "", 0, NULL},
    {"host-namespaces", "allow=uts user cgroup", {FACT(UTS_MODE, "host"), FACT(USERNS_MODE, "host"), FACT(CGROUPNS_MODE, "host")}, "", 0, NULL},
    {"host-namespaces", "allow=pid", {FACT(PID_MODE, "Host")}, "host-namespaces", 0, NULL},
    {"host-namespaces", "allow=any", {FACT(PID_MODE, "host:x")}, "host-namespaces", 0, NULL},
    {"host-namespaces", "", {FACT(PID_MODE, "private")}, "host-namespaces", 0, NULL},
    {"host-namespaces", "", {FACT(UTS_MODE, "container:x")}, "host-namespaces", 0, NULL},
    {"host-namespaces", "", {FACT(USERNS_MODE, "private")}, "host-namespaces", 0, NULL},
    {"host-namespaces", "", {FACT(CGROUPNS_MODE, "container:x")}, "host-namespaces", 0, NULL},
    {"host-namespaces", "", {FACT(PID_MODE, "container:x"), FACT(IPC_MODE, "container:x"), FACT(NETWORK_MODE, "container:x")}, "", 0, NULL},

    {"shared-namespaces", "allow=own", {FACT(NETWORK_MODE, "container:web"), FACT(PID_MODE, "container:/web"), FACT(IPC_MODE, "container:0a1b"), FACT(CGROUP, "container:x_y.z-1")}, "", 0, NULL},
    {"shared-namespaces", "", {FACT(NETWORK_MODE, "container:web"), FACT(PID_MODE, "container:web"), FACT(IPC_MODE, "container:web"), FACT(CGROUP, "container:web")}, "shared-namespaces shared-namespaces shared-namespaces shared-namespaces", 0, NULL},
    {"shared-namespaces", "allow=own", {FACT(NETWORK_MODE, "container:"), FACT(IPC_MODE, "container:"), FACT(PID_MODE, "container:a b"), FACT(CGROUP, "host")}, "shared-namespaces shared-namespaces shared-namespaces shared-namespaces", 0, NULL},
    {"shared-namespaces", "allow=any", {FACT(NETWORK_MODE, "container"), FACT(IPC_MODE, "container:a:b"), FACT(NETWORK, "container:/")}, "shared-namespaces shared-namespaces shared-namespaces", 0, NULL},
    {"shared-namespaces", "", {FACT(NETWORK_MODE, "containers"), FACT(IPC_MODE, "shareable")}, "", 0, NULL},

    {"capabilities", "allow=default", {FACT(CAP_ADD, "chown"), FACT(CAP_ADD, "CAP_NET_RAW"), FACT(CAP_DROP, "ALL")}, "", 0, NULL},
    {"capabilities", "allow=default", {FACT(CAP_ADD, "SYS_ADMIN"), FACT(CAP_ADD, "cap_sys_ptrace"), FACT(CAP_ADD, "ALL")}, "capabilities capabilities capabilities", 0, NULL},
    {"capabilities", "allow=default", {FACT(CAP_ADD, "NO_SUCH")}, "capabilities", 0, NULL},
    {"capabilities", "allow=ALL", {FACT(CAP_ADD, "ALL"), FACT(CAP_ADD, "BPF")}, "", 0, NULL},
    {"capabilities", "allow=ALL", {FACT(CAP_ADD, "NO_SUCH")}, "capabilities", 0, NULL},
    {"capabilities", "allow=any", {FACT(CAP_ADD, "NO_SUCH")}, "", 0, NULL},
    {"capabilities", "", {FACT(CAP_ADD, "CHOWN")}, "capabilities", 0, NULL},
    {"capabilities", "allow=NET_BIND_SERVICE;require-drop=ALL", {FACT(CAP_DROP, "all"), FACT(CAP_ADD, "NET_BIND_SERVICE")}, "", 0, NULL},
    {"capabilities", "allow=NET_BIND_SERVICE;require-drop=ALL", {{0}}, "require-drop", 0, NULL},
    {"capabilities", "allow=NET_BIND_SERVICE;require-drop=ALL", {{0}}, "require-drop", QW_PAYLOAD_SERVICE, NULL},
    {"capabilities", "allow=NET_BIND_SERVICE;require-drop=ALL", {{0}}, "require-drop", QW_PAYLOAD_START, NULL},
    {"capabilities", "allow=NET_BIND_SERVICE;require-drop=ALL", {{0}}, "", QW_PAYLOAD_EXEC, NULL},
    {"capabilities", "allow=NET_BIND_SERVICE;require-drop=ALL", {{0}}, "", QW_PAYLOAD_UPDATE, NULL},
    {"capabilities", "allow=ALL;require-drop=ALL", {FACT(CAP_DROP, "ALL"), FACT(CAP_ADD, "ALL")}, "require-drop", 0, NULL},
    {"capabilities", "allow=default;require-drop=NET_RAW MKNOD", {FACT(CAP_DROP, "NET_RAW")}, "require-drop", 0, NULL},
    {"capabilities", "allow=default;require-drop=NET_RAW", {FACT(CAP_DROP, "ALL")}, "", 0, NULL},
    {"capabilities", "allow=default;require-drop=NET_RAW", {FACT(CAP_DROP, "NET_RAW"), FACT(CAP_ADD, "NET_RAW")}, "require-drop", 0, NULL},

    {"security-options", DEFAULTS, {{0}}, "", 0, NULL},
    {"security-options", DEFAULTS, {FACT(SECURITY_OPT, "seccomp=builtin"), FACT(SECURITY_OPT, "apparmor=docker-default"), FACT(SECURITY_OPT, "no-new-privileges:true")}, "", 0, NULL},
    {"security-options", DEFAULTS, {FACT(SECURITY_OPT, "seccomp="), FACT(SECURITY_OPT, "apparmor:"), FACT(SECURITY_OPT, "no-new-privileges=false"), FACT(SECURITY_OPT, "writable-cgroups=0")}, "", 0, NULL},
    {"security-options", DEFAULTS, {FACT(SECURITY_OPT, "seccomp=unconfined"), FACT(SECURITY_OPT, "seccomp:unconfined"), FACT(SECURITY_OPT, "apparmor=unconfined"), FACT(SECURITY_OPT, "label=disable")}, "seccomp seccomp apparmor selinux", 0, NULL},
    {"security-options", DEFAULTS, {FACT(SECURITY_OPT, "seccomp={\"defaultAction\":\"SCMP_ACT_ALLOW\"}"), FACT(SECURITY_OPT, "disable"), FACT(SECURITY_OPT, "label:type:spc_t"), FACT(SECURITY_OPT, "label=")}, "seccomp selinux selinux selinux", 0, NULL},
    {"security-options", DEFAULTS, {FACT(SECURITY_OPT, "writable-cgroups"), FACT(SECURITY_OPT, "writable-cgroups=1"), FACT(SECURITY_OPT, "systempaths=unconfined"), FACT(SECURITY_OPT, "seccomp")}, "writable-cgroups writable-cgroups security-options security-options", 0, NULL},
    {"security-options", DEFAULTS, {FACT(SECURITY_OPT, "credentialspec=file://x"), FACT(SECURITY_OPT, ""), FACT(SECURITY_OPT, "no-new-privileges=maybe"), FACT(SECURITY_OPT, "Seccomp=unconfined")}, "security-options security-options security-options security-options", 0, NULL},
    {"security-options", DEFAULTS, {FACT(MASKED_PATHS, ""), FACT(READONLY_PATHS, "")}, "masked-paths masked-paths", 0, NULL},
    {"security-options", DEFAULTS ";masked-paths=allow;writable-cgroups=allow", {FACT(MASKED_PATHS, ""), FACT(SECURITY_OPT, "writable-cgroups")}, "", 0, NULL},
    {"security-options", "seccomp=default unconfined;apparmor=unconfined mine;selinux=unconfined type:web_t", {FACT(SECURITY_OPT, "seccomp=unconfined"), FACT(SECURITY_OPT, "apparmor=mine"), FACT(SECURITY_OPT, "disable"), FACT(SECURITY_OPT, "label=type:web_t")}, "", 0, NULL},
    {"security-options", "", {FACT(SECURITY_OPT, "seccomp=builtin"), FACT(SECURITY_OPT, "apparmor=docker-default")}, "seccomp apparmor", 0, NULL},
    {"security-options", NNP, {{0}}, "no-new-privileges", 0, NULL},
    {"security-options", NNP, {{0}}, "", QW_PAYLOAD_EXEC, NULL},
    {"security-options", NNP, {FACT(SECURITY_OPT, "no-new-privileges")}, "", 0, NULL},
    {"security-options", NNP, {FACT(SECURITY_OPT, "no-new-privileges=true"), FACT(SECURITY_OPT, "no-new-privileges:false")}, "no-new-privileges", 0, NULL},
    {"security-options", NNP, {FACT(SECURITY_OPT, "no-new-privileges=0"), FACT(SECURITY_OPT, "no-new-privileges=T")}, "", 0, NULL},

    {"bind-mounts", "", {{0}}, "", 0, NULL},
    {"bind-mounts", "", {BIND("/etc"), BIND("/srv")}, "bind-mounts bind-mounts", 0, NULL},
    {"bind-mounts", "allow=any", {BIND("/etc")}, "", 0, NULL},
    {"bind-mounts", "allow=/srv/{tenant}", {BIND("/srv/team-a")}, "", 0, NULL},
    {"bind-mounts", "allow=/srv/{tenant}", {BIND("/srv/team-b"), BIND("/srv/team-a/x"), BIND("/srv"), BIND("/")}, "bind-mounts bind-mounts bind-mounts bind-mounts", 0, NULL},
    {"bind-mounts", "allow=/srv/x", {{QW_F_BIND, "/srv/x", NULL, "/etc", NULL, NULL, NULL}}, "bind-mounts", 0, NULL},
    {"bind-mounts", "allow=/srv/x /data/y", {{QW_F_BIND, "/srv/x", NULL, "/data/y", NULL, NULL, NULL}}, "", 0, NULL},
    {"bind-mounts", "allow=/srv/x /data/y:ro", {{QW_F_BIND, "/srv/x", NULL, "/data/y", NULL, NULL, NULL}}, "bind-mounts", 0, NULL},
    {"bind-mounts", "allow=/srv/x /data/y:ro", {{QW_F_BIND, "/srv/x", "read-only=1", "/data/y", NULL, NULL, NULL}}, "", 0, NULL},
    {"bind-mounts", "allow=/data", {{QW_F_BIND, "/srv/x", NULL, "/data", NULL, NULL, NULL}}, "bind-mounts", 0, NULL},
    {"bind-mounts", "allow=/srv/**:ro", {PARTS(BIND, "/srv/a", "read-only=1")}, "", 0, NULL},
    {"bind-mounts", "allow=/srv/**:ro", {BIND("/srv/a"), PARTS(BIND, "/srv/a", "read-only=1;writable-submounts=1")}, "bind-mounts bind-mounts", 0, NULL},
    {"bind-mounts", "allow=/srv/**:ro /srv/a", {BIND("/srv/a")}, "", 0, NULL},
    {"bind-mounts", "allow=/srv/a", {{QW_F_BIND, "/srv/a", NULL, NULL, "/srv", NULL, NULL}}, "bind-mounts", 0, NULL},
    {"bind-mounts", "allow=/srv/a:shared-folder", {{QW_F_BIND, "/srv/a", NULL, NULL, "/srv", NULL, NULL}}, "", 0, NULL},
    {"bind-mounts", "allow=/srv/** /data", {BIND("/srv"), BIND("/srv/a")}, "bind-mounts", 0, NULL},
    {"bind-mounts", "allow=/srv /srv/a/b:ro", {PARTS(BIND, "/srv/a/b", "read-only=1")}, "bind-mounts", 0, NULL},
    {"bind-mounts", "allow=/ /srv:ro", {PARTS(BIND, "/srv", "read-only=1")}, "bind-mounts", 0, NULL},
    {"bind-mounts", "allow=/srv:ro /srv/a", {BIND("/srv/a")}, "", 0, NULL},
    {"bind-mounts", "allow=/srv", {PARTS(BIND, "/srv", "relabel=z"), PARTS(BIND, "/srv", "propagation=rshared"), PARTS(BIND, "/srv", "propagation=slave")}, "bind-mounts bind-mounts bind-mounts", 0, NULL},
    {"bind-mounts", "allow=/srv", {PARTS(BIND, "/srv", "propagation=rprivate;option=nocopy")}, "", 0, NULL},
    {"bind-mounts", "allow=/srv:relabel:propagation", {PARTS(BIND, "/srv", "relabel=Z"), PARTS(BIND, "/srv", "propagation=shared")}, "", 0, NULL},
    {"bind-mounts", "", {PARTS(BIND, "/etc", "driver-option=1")}, "bind-mounts", QW_PAYLOAD_VOLUME, NULL},
    {"bind-mounts", "allow=/srv", {{QW_F_BIND, "/srv", NULL, NULL, NULL, NULL, "loop of links"}}, "undecided", 0, NULL},
    {"bind-mounts", "allow=/srv", {{QW_F_BIND, "srv", NULL, NULL, NULL, NULL, "not absolute"}}, "undecided", 0, NULL},

    {"volumes", LOCAL, {FACT(VOLUME, "v"), FACT(VOLUME, ""), PARTS(VOLUME, "w", "driver=local;target=/d")}, "", 0, NULL},
    {"volumes", LOCAL, {PARTS(VOLUME, "v", "driver=rclone")}, "drivers", QW_PAYLOAD_VOLUME, NULL},
    {"volumes", LOCAL, {FACT(VOLUME_DRIVER, "rclone")}, "drivers", 0, NULL},
    {"volumes", LOCAL, {FACT(VOLUME_DRIVER, "local")}, "", 0, NULL},
    {"volumes", LOCAL, VOLUME_OPTIONS("option.type=tmpfs;option.device=tmpfs;option.o=size=16m,uid=1000,gid=5,mode=0700"), "", 0, NULL},
    {"volumes", LOCAL, VOLUME_OPTIONS("option.type=tmpfs;option.device=tmpfs"), "", 0, NULL},
    {"volumes", LOCAL, VOLUME_OPTIONS("option.type=tmpfs;option.device=tmpfs;option.o=bind"), "options", 0, NULL},
    {"volumes", LOCAL, VOLUME_OPTIONS("option.type=tmpfs;option.device=tmpfs;option.o=size=1m,,rbind=x"), "options", 0, NULL},
    {"volumes", LOCAL, VOLUME_OPTIONS("option.type=tmpfs;option.device=/etc"), "options", 0, NULL},
    {"volumes", LOCAL, VOLUME_OPTIONS("option.type=tmpfs"), "options", 0, NULL},
    {"volumes", LOCAL, VOLUME_OPTIONS("option.type=none;option.o=bind;option.device=/etc"), "options", 0, NULL},
    {"volumes", LOCAL, VOLUME_OPTIONS("option.type=ext4;option.device=/dev/sda1"), "options", 0, NULL},
    {"volumes", LOCAL, VOLUME_OPTIONS("option.device=/etc"), "options", 0, NULL},
    {"volumes", LOCAL, VOLUME_OPTIONS("option.size=1g"), "options", 0, NULL},
    {"volumes", LOCAL, VOLUME_OPTIONS("option.type=tmpfs;option.device=tmpfs;option.Type=none"), "options", 0, NULL},
    {"volumes", "drivers=local;names=any", VOLUME_OPTIONS("option.type=tmpfs;option.device=tmpfs"), "options", 0, NULL},
    {"volumes", "drivers=local;options=any;names=any", VOLUME_OPTIONS("option.type=none;option.o=bind;option.device=/etc"), "", 0, NULL},
    {"volumes", "drivers=local rclone;options=tmpfs;names=any", VOLUME_OPTIONS("driver=rclone;option.type=tmpfs"), "options", 0, NULL},
    {"volumes", "drivers=local;options=nfs cifs;names=any", VOLUME_OPTIONS("option.type=nfs;option.device=:/export;option.o=addr=10.0.0.1,rw,nfsvers=4"), "", 0, NULL},
    {"volumes", "drivers=local;options=nfs cifs;names=any", VOLUME_OPTIONS("option.type=nfs;option.device=/etc;option.o=addr=10.0.0.1"), "options", 0, NULL},
    {"volumes", "drivers=local;options=nfs cifs;names=any", VOLUME_OPTIONS("option.type=nfs;option.device=:/e;option.o=bind,addr=10.0.0.1"), "options", 0, NULL},
    {"volumes", "drivers=local;options=nfs cifs;names=any", VOLUME_OPTIONS("option.type=cifs;option.device=//h/s;option.o=username=u,password=***,vers=3.0"), "", 0, NULL},
    {"volumes", "drivers=local;options=nfs cifs;names=any", VOLUME_OPTIONS("option.type=tmpfs;option.device=tmpfs"), "options", 0, NULL},
    {"volumes", "drivers=local;options=tmpfs;names={tenant}-*", {FACT(VOLUME, "team-a-db"), FACT(VOLUME, "team-b-db"), FACT(VOLUME, "")}, "names", 0, NULL},

    {"volumes-from", "allow=own", {FACT(VOLUMES_FROM, "data:ro")}, "", 0, NULL},
    {"volumes-from", "", {FACT(VOLUMES_FROM, "data:ro")}, "volumes-from", 0, NULL},

    {"mount-types", "allow=bind volume tmpfs image", {BIND("/srv"), FACT(VOLUME, "v"), FACT(TMPFS, "/t"), FACT(MOUNT, "image")}, "", 0, NULL},
    {"mount-types", "allow=bind volume tmpfs image", {FACT(MOUNT, "npipe"), FACT(MOUNT, "cluster"), FACT(MOUNT, "")}, "mount-types mount-types mount-types", 0, NULL},
    {"mount-types", "allow=image", {BIND("/srv"), FACT(VOLUME, "v"), FACT(TMPFS, "/t")}, "mount-types mount-types mount-types", 0, NULL},
    {"mount-types", "", {FACT(VOLUME, "v")}, "", QW_PAYLOAD_VOLUME, NULL},

    {"devices", "", {FACT(DEVICE, "/dev/sda"), FACT(DEVICE_REQUEST, "nvidia"), FACT(DEVICE_CGROUP_RULE, "a *:* rwm")}, "devices requests cgroup-rules", 0, NULL},
    {"devices", "allow=/dev/fuse /dev/snd/**;cgroup-rules=any", {FACT(DEVICE, "/dev/fuse"), FACT(DEVICE, "/dev/snd"), FACT(DEVICE, "/dev/snd/a"), FACT(DEVICE_CGROUP_RULE, "c 1:3 mr")}, "", 0, NULL},
    {"devices", "allow=/dev/fuse /dev/snd/**", {FACT(DEVICE, "/dev"), FACT(DEVICE, "/dev/snd/../fuse"), FACT(DEVICE, "dev/fuse"), FACT(DEVICE, "")}, "devices devices devices devices", 0, NULL},
    {"devices", "requests=nvidia", {PARTS(DEVICE_REQUEST, "nvidia", "capabilities=gpu,compute;ids=0,1")}, "", 0, NULL},
    {"devices", "requests=nvidia:gpu", {PARTS(DEVICE_REQUEST, "nvidia", "capabilities=gpu"), PARTS(DEVICE_REQUEST, "nvidia", "capabilities=gpu,compute"), FACT(DEVICE_REQUEST, "nvidia"), PARTS(DEVICE_REQUEST, "", "capabilities=gpu")}, "requests requests requests", 0, NULL},
    {"devices", "requests=*:gpu", {PARTS(DEVICE_REQUEST, "", "capabilities=gpu;count=-1"), PARTS(DEVICE_REQUEST, "", "capabilities=gpu;ids=vendor.com/class=all"), FACT(DEVICE_REQUEST, "")}, "requests requests", 0, NULL},
    {"devices", "requests=nvidia.com/gpu=*", {PARTS(DEVICE_REQUEST, "cdi", "ids=nvidia.com/gpu=0,nvidia.com/gpu=1"), PARTS(DEVICE_REQUEST, "cdi", "ids=nvidia.com/gpu=0,evil.com/host=all"), FACT(DEVICE_REQUEST, "cdi")}, "requests requests", 0, NULL},

    {"real-time-cpu", "", {FACT(RT_PERIOD, ""), FACT(RT_RUNTIME, "")}, "real-time-cpu real-time-cpu", QW_PAYLOAD_UPDATE, NULL},
    {"real-time-cpu", "", {FACT(NANO_CPUS, "")}, "", 0, NULL},

    {"networks", "allow=any", {FACT(NETWORK_MODE, "front"), FACT(NETWORK, "host"), FACT(NETWORK_NAME, "front")}, "", 0, NULL},
    {"networks", "allow={tenant}-* bridge", {FACT(NETWORK_MODE, "default"), FACT(NETWORK, "team-a-x"), FACT(NETWORK_MODE, "none"), FACT(NETWORK_MODE, "container:x")}, "", 0, NULL},
    {"networks", "allow={tenant}-*", {FACT(NETWORK_MODE, "default"), FACT(NETWORK, "team-b-x"), FACT(NETWORK_MODE, "bridge")}, "networks networks networks", 0, NULL},
    {"networks", "allow=any", {FACT(NETWORK_NAME, "0123456789ab")}, "networks", QW_PAYLOAD_NETWORK, NULL},

    {"network-drivers", "allow=bridge overlay;options=any", {FACT(NETWORK_DRIVER, "bridge"), FACT(NETWORK_OPTION, "com.docker.network.bridge.name"), FACT(IPAM_DRIVER, "default"), FACT(ENDPOINT_OPTION, "x")}, "", 0, NULL},
    {"network-drivers", "allow=bridge overlay;options=any", {FACT(NETWORK_DRIVER, "macvlan"), FACT(NETWORK_DRIVER, "host"), FACT(NETWORK_DRIVER, "Bridge"), FACT(IPAM_DRIVER, "plugin")}, "network-drivers network-drivers network-drivers network-drivers", 0, NULL},
    {"network-drivers", "allow=bridge;options=com.docker.network.driver.*", {FACT(NETWORK_OPTION, "com.docker.network.driver.mtu"), FACT(NETWORK_OPTION, "parent"), FACT(ENDPOINT_OPTION, "x")}, "options options", 0, NULL},

    {"links", "allow=own", {FACT(LINK, "web:w")}, "", 0, NULL},
    {"links", "", {FACT(LINK, "web:w")}, "links", 0, NULL},

    {"sysctls", SAFE_SYSCTLS, {FACT(SYSCTL, "net.ipv4.ip_local_port_range"), FACT(SYSCTL, "kernel.shm_rmid_forced")}, "", 0, NULL},
    {"sysctls", SAFE_SYSCTLS, {FACT(SYSCTL, "net.core.somaxconn"), FACT(SYSCTL, "net/ipv4/tcp_syncookies"), FACT(SYSCTL, "kernel.msgmax")}, "sysctls sysctls sysctls", 0, NULL},
    {"sysctls", SAFE_SYSCTLS, {FACT(SYSCTL, "net.ipv4.tcp_syncookies"), FACT(NETWORK_MODE, "host")}, "sysctls", 0, NULL},
    {"sysctls", SAFE_SYSCTLS, {FACT(SYSCTL, "net.ipv4.tcp_syncookies"), FACT(NETWORK, "host")}, "sysctls", 0, NULL},
    {"sysctls", SAFE_SYSCTLS, {PARTS(ENDPOINT_OPTION, "com.docker.network.endpoint.sysctls", "value=net.ipv4.conf.IFNAME.log_martians=1,net.ipv4.conf.IFNAME.forwarding=1"), PARTS(ENDPOINT_OPTION, "other", "value=x")}, "sysctls", 0, NULL},
    {"sysctls", "allow=net.ipv4.conf.IFNAME.*", {PARTS(ENDPOINT_OPTION, "com.docker.network.endpoint.sysctls", "value=net.ipv4.conf.IFNAME.log_martians=1")}, "", 0, NULL},
    {"sysctls", "", {FACT(SYSCTL, "net.ipv4.tcp_syncookies")}, "sysctls", 0, NULL},

    {"cgroup-parent", "", {FACT(CGROUP_PARENT, "ci")}, "cgroup-parent", QW_PAYLOAD_BUILD, NULL},
    {"cgroup-parent", "allow={tenant}/*", {FACT(CGROUP_PARENT, "team-a/x")}, "", 0, NULL},
    {"cgroup-parent", "allow={tenant}/*", {FACT(CGROUP_PARENT, "team-a/x"), FACT(CGROUP_PARENT, "team-a/../y"), FACT(CGROUP_PARENT, "/")}, "cgroup-parent cgroup-parent", 0, NULL},

    {"annotations", "", {FACT(ANNOTATION, "run.oci.x")}, "annotations", 0, NULL},
    {"annotations", "allow=com.example.*", {FACT(ANNOTATION, "com.example.x")}, "", 0, NULL},

    {"runtime", "allow=runc", {FACT(RUNTIME, "runc"), FACT(ISOLATION, "Default")}, "", 0, NULL},
    {"runtime", "allow=runc", {FACT(RUNTIME, "kata"), FACT(ISOLATION, "hyperv")}, "runtime runtime", 0, NULL},

    {"environment", "deny=NVIDIA_VISIBLE_DEVICES", {FACT(ENV, "PATH"), FACT(ENV, "nvidia_visible_devices")}, "", 0, NULL},
    {"environment", "deny=NVIDIA_VISIBLE_DEVICES", {FACT(ENV, "NVIDIA_VISIBLE_DEVICES")}, "environment", QW_PAYLOAD_EXEC, NULL},
    {"environment", "deny=NVIDIA_*", {FACT(ENV, "NVIDIA_X")}, "environment", 0, NULL},
    {"environment", "deny=", {FACT(ENV, "A")}, "", 0, NULL},
    {"environment", "", {FACT(ENV, "A")}, "environment", 0, NULL},

    {"container-name", "allow=any", {FACT(CONTAINER_NAME, "web"), FACT(CONTAINER_NAME, "0123456789a"), FACT(CONTAINER_NAME, "0123456789abx")}, "", 0, NULL},
    {"container-name", "allow=any", {FACT(CONTAINER_NAME, "0123456789ab"), FACT(CONTAINER_NAME, "/0123456789ab"), FACT(CONTAINER_NAME, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")}, "container-name container-name container-name", 0, NULL},
    {"container-name", "allow={tenant}-*", {FACT(CONTAINER_NAME, "team-a-x"), FACT(CONTAINER_NAME, "/team-a-x"), FACT(CONTAINER_NAME, "web")}, "container-name", QW_PAYLOAD_RENAME, NULL},

    {"build", "", {FACT(BUILD_REMOTE, "https://h/x.git"), FACT(CLASSIC_BUILD, ""), FACT(BUILDKIT, "grpc")}, "remote hidden-parameters buildkit", QW_PAYLOAD_BUILD, NULL},
    {"build", "", {FACT(CLASSIC_BUILD, "")}, "", QW_PAYLOAD_BUILD, "front"},
    {"build", "", {FACT(BUILD_REMOTE, "client-session")}, "", QW_PAYLOAD_BUILD, NULL},
    {"build", "remote=allow;hidden-parameters=allow;buildkit=allow", {FACT(BUILD_REMOTE, "https://h/x.git"), FACT(CLASSIC_BUILD, ""), FACT(BUILDKIT, "session")}, "", QW_PAYLOAD_BUILD, NULL},
    {"build", "buildkit=no-host-network", {FACT(BUILDKIT, "session")}, "buildkit", QW_PAYLOAD_BUILDKIT, "front"},

    {"checkpoint-directory", "", {{QW_F_CHECKPOINT_DIR, "/tmp/x", NULL, NULL, NULL, NULL, NULL}}, "checkpoint-directory", QW_PAYLOAD_CHECKPOINT, NULL},
    {"checkpoint-directory", "", {{0}}, "", QW_PAYLOAD_CHECKPOINT, NULL},

    {"unknown-field", "", {FACT(UNKNOWN_FIELD, "HostConfig.Foo")}, "unknown-field", 0, NULL},
    {"unknown-field", "", {{0}}, "", 0, NULL},

    {"self-protection", "", {BIND("/srv"), FACT(PLUGIN, "team/other:1")}, "", 0, NULL},
    {"self-protection", "", {{QW_F_BIND, "/run", NULL, NULL, NULL, "/run/docker.sock", NULL}}, "self-protection", 0, NULL},
    {"self-protection", "", {{QW_F_CHECKPOINT_DIR, "/etc/docker", NULL, NULL, NULL, "/etc/docker", NULL}}, "self-protection", 0, NULL},
    {"self-protection", "", {{QW_F_BIND, "/srv/x", NULL, NULL, NULL, NULL, "loop of links"}}, "undecided", 0, NULL},
    {"self-protection", "allow=/run/docker.sock", {{QW_F_BIND, "/run/docker.sock", NULL, NULL, NULL, "/run/docker.sock", NULL}}, "", 0, NULL},
    {"self-protection", "allow=/run/docker.sock", {{QW_F_BIND, "/run", NULL, NULL, NULL, "/run/docker.sock", NULL}}, "self-protection", 0, NULL},
    {"self-protection", "allow=/srv", {{QW_F_BIND, "/srv/x", NULL, "/run/docker.sock", NULL, "/run/docker.sock", NULL}}, "self-protection", 0, NULL},
    {"self-protection", "allow=/run/docker.sock", {{QW_F_BIND, "/srv/x", NULL, "/run/docker.sock", NULL, "/run/docker.sock", NULL}}, "self-protection", 0, NULL},
    {"self-protection", "allow=/run/**", {{QW_F_BIND, "/run/docker.sock", NULL, NULL, NULL, "/run/docker.sock", NULL}}, "self-protection", 0, NULL},
    {"self-protection", "", {FACT(PLUGIN, "quaywarden"), FACT(PLUGIN, "r.example.com:5000/team/quaywarden:latest"), FACT(PLUGIN, "quaywarden@" DIGEST)}, "self-protection self-protection self-protection", QW_PAYLOAD_PLUGIN, NULL},
    {"self-protection", "", {FACT(PLUGIN, "quaywarden-extra"), FACT(PLUGIN, "quaywarden/other")}, "", QW_PAYLOAD_PLUGIN, NULL},
};
/* clang-format on */

static void check_rule(size_t i)
{
    const struct rule_row *row = &rule_rows[i];
    QW_AUTO(buf) struct qw_buf reported = {0};
    struct world w;

    world_init(&w, row);
    qw_rule_judge(&w.check);
    print_reported(&w.out, &reported);
    qw_buf_add(&reported, "", 1);
    ck_assert_msg(strcmp(reported.data, row->expect) == 0, "row %zu, %s (%s): reported %s, not %s", i, row->rule,
                  row->settings, reported.data, row->expect);
    world_fini(&w);
}

START_TEST(a_rule_reports_what_it_must_and_nothing_else)
{
    for (size_t i = 0; i < QW_COUNT(rule_rows); i++)
        check_rule(i);
}
END_TEST

START_TEST(every_rule_has_a_violating_and_a_passing_row)
{
    for (size_t i = 0; i < qw_rule_count; i++) {
        bool violates = false;
        bool passes = false;

        for (size_t j = 0; j < QW_COUNT(rule_rows); j++) {
            const bool is = strcmp(rule_rows[j].rule, qw_rules[i].id) == 0;

            violates = violates || (is && *rule_rows[j].expect);
            passes = passes || (is && !*rule_rows[j].expect);
        }
        ck_assert_msg(violates && passes, "%s", qw_rules[i].id);
    }
}
END_TEST

static void check_allowed(size_t i)
{
    const struct rule_row *row = &rule_rows[i];
    struct world w;

    world_init(&w, row);
    w.settings.level = QW_LEVEL_ALLOW;
    qw_rule_judge(&w.check);
    if (w.check.rule->style == QW_FIXED)
        ck_assert(!*row->expect == !w.out.count);
    else
        ck_assert_uint_eq(w.out.count, 0);
    world_fini(&w);
}

START_TEST(a_rule_that_is_allowed_does_not_look)
{
    for (size_t i = 0; i < QW_COUNT(rule_rows); i++)
        check_allowed(i);
}
END_TEST

static void check_warning(size_t i)
{
    const struct rule_row *row = &rule_rows[i];
    struct world w;

    world_init(&w, row);
    w.settings.level = QW_LEVEL_WARN;
    qw_rule_judge(&w.check);
    for (size_t j = 0; j < w.out.count; j++) {
        const struct qw_violation *violation = &w.out.items[j];
        const bool denies = w.check.rule->style == QW_FIXED || strcmp(violation->rule, "undecided") == 0;

        ck_assert_int_eq(violation->level, denies ? QW_LEVEL_DENY : QW_LEVEL_WARN);
        ck_assert_uint_gt(violation->reason.len, 0);
    }
    world_fini(&w);
}

START_TEST(a_warning_stays_a_warning_but_what_is_undecided_denies)
{
    for (size_t i = 0; i < QW_COUNT(rule_rows); i++)
        check_warning(i);
}
END_TEST

/* ---- all rules together ---- */

static int compare_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The rules judged in the order that step gives, and what they reported, sorted. */
static void judge_all(struct world *w, size_t step, const char **out)
{
    w->out = (struct qw_violations){0};
    for (size_t i = 0; i < qw_rule_count; i++) {
        w->check.rule = &qw_rules[(i * step) % qw_rule_count];
        qw_rule_judge(&w->check);
    }
    for (size_t i = 0; i < w->out.count; i++)
        out[i] = qw_arena_printf(w->arena, "%s %.*s", w->out.items[i].rule, QW_BYTES_ARG(w->out.items[i].reason)).data;
    qsort(out, w->out.count, sizeof(*out), compare_text);
}

START_TEST(the_order_of_the_rules_changes_nothing)
{
    static const struct rule_row row = {"privileged",
                                        "",
                                        {FACT(PRIVILEGED, ""),
                                         FACT(NETWORK_MODE, "host"),
                                         {QW_F_BIND, "/etc", NULL, NULL, NULL, "/etc/docker", NULL},
                                         {QW_F_BIND, "", NULL, NULL, NULL, NULL, "not absolute"}},
                                        "",
                                        0,
                                        NULL};
    static const size_t steps[] = {5, 7, 11, 13, 23};
    const char *first[32];
    const char *again[32];
    struct world w;
    size_t count;

    world_init(&w, &row);
    judge_all(&w, 1, first);
    count = w.out.count;
    ck_assert_uint_ge(count, 5);
    for (size_t i = 0; i < QW_COUNT(steps); i++) {
        judge_all(&w, steps[i], again);
        ck_assert_uint_eq(w.out.count, count);
        for (size_t j = 0; j < count; j++)
            ck_assert_str_eq(first[j], again[j]);
    }
    world_fini(&w);
}
END_TEST

START_TEST(rules_have_names_of_their_own)
{
    for (size_t i = 0; i < qw_rule_count; i++) {
        ck_assert_int_eq(qw_rule_find(qw_rules[i].id), (int)i);
        for (size_t j = 0; qw_rules_to_come[j]; j++)
            ck_assert_str_ne(qw_rules[i].id, qw_rules_to_come[j]);
    }
    ck_assert_int_eq(qw_rule_find("memory"), -1);
}
END_TEST

/* ---- what people read ---- */

static void check_words(const struct rule_row *row, const char *reason, const char *accepted)
{
    struct world w;

    world_init(&w, row);
    qw_rule_judge(&w.check);
    ck_assert_uint_eq(w.out.count, 1);
    ck_assert_str_eq(qw_arena_printf(w.arena, QW_BYTES_FMT, QW_BYTES_ARG(w.out.items[0].reason)).data, reason);
    ck_assert_str_eq(qw_arena_printf(w.arena, QW_BYTES_FMT, QW_BYTES_ARG(w.out.items[0].accepted)).data, accepted);
    world_fini(&w);
}

START_TEST(a_violation_names_the_value_and_what_is_accepted)
{
    check_words(&(struct rule_row){"bind-mounts", "allow=/srv/{tenant}", {BIND("/etc")}, "", 0, NULL},
                "host path \"/etc\" is not allowed", "allowed: /srv/team-a");
    check_words(&(struct rule_row){"bind-mounts", "", {BIND("/etc")}, "", 0, NULL}, "host path \"/etc\" is not allowed",
                "none is allowed; use a named volume");
    check_words(
        &(struct rule_row){
            "bind-mounts", "allow=/srv/x", {{QW_F_BIND, "/srv/x", NULL, "/etc", NULL, NULL, NULL}}, "", 0, NULL},
        "host path \"/srv/x\" leads to \"/etc\", which is not allowed", "allowed: /srv/x");
    check_words(
        &(struct rule_row){"capabilities", "allow=NET_BIND_SERVICE CHOWN", {FACT(CAP_ADD, "sys_admin")}, "", 0, NULL},
        "capability \"sys_admin\" is not allowed", "allowed for --cap-add (compose: cap_add): NET_BIND_SERVICE, CHOWN");
    check_words(&(struct rule_row){"runtime", "allow=runc", {FACT(RUNTIME, "a\nb\"c")}, "", 0, NULL},
                "runtime \"a\\nb\\\"c\" is not allowed", "allowed for --runtime (compose: runtime): runc");
    check_words(&(struct rule_row){"runtime", "", {FACT(RUNTIME, "kata")}, "", 0, NULL},
                "runtime \"kata\" is not allowed", "none is allowed for --runtime (compose: runtime)");
}
END_TEST

START_TEST(an_item_with_an_unsafe_variable_is_shown_as_written)
{
    const struct rule_row row = {"networks", "allow={tenant}-* a", {{0}}, "", 0, NULL};
    const struct qw_variables unsafe = {.tenant = TEXT("a/b")};
    struct world w;

    world_init(&w, &row);
    ck_assert_str_eq(qw_items_shown(w.arena, &w.settings.values[0], &unsafe), "{tenant}-*, a");
    ck_assert_str_eq(qw_items_shown(w.arena, &w.settings.values[0], NULL), "{tenant}-*, a");
    ck_assert_str_eq(qw_items_shown(w.arena, &w.settings.values[0], &alice), "team-a-*, a");
    world_fini(&w);
}
END_TEST

START_TEST(buildkit_passes_where_the_engine_keeps_builds_from_the_hosts_network)
{
    static const struct rule_row no_host = {"build", "buildkit=no-host-network", {FACT(BUILDKIT, "grpc")},
                                            "",      QW_PAYLOAD_BUILDKIT,        NULL};
    static const struct rule_row denied = {"build", "", {FACT(BUILDKIT, "grpc")}, "", QW_PAYLOAD_BUILDKIT, NULL};
    struct world w;

    world_init(&w, &no_host);
    w.snapshot.confined_builds = true;
    qw_rule_judge(&w.check);
    ck_assert_uint_eq(w.out.count, 0);
    world_fini(&w);
    world_init(&w, &denied);
    w.snapshot.confined_builds = true;
    qw_rule_judge(&w.check);
    ck_assert_uint_eq(w.out.count, 1);
    world_fini(&w);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("rules");
    TCase *t = tcase_create("patterns");

    tcase_add_test(t, a_pattern_matches_all_of_a_text_or_nothing);
    tcase_add_test(t, a_pattern_that_could_not_match_is_refused);
    tcase_add_test(t, an_unsafe_variable_matches_nothing);
    tcase_add_test(t, a_home_that_is_no_clean_path_matches_nothing);
    tcase_add_test(t, a_variable_is_literal_and_never_a_pattern);
    tcase_add_test(t, a_pattern_of_many_stars_does_not_explode);
    tcase_add_test(t, an_image_is_read_as_the_engine_reads_it);
    suite_add_tcase(s, t);

    t = tcase_create("capabilities");
    tcase_add_test(t, a_capability_is_read_as_the_engine_reads_it);
    tcase_add_test(t, the_default_capabilities_are_the_engines_fourteen);
    tcase_add_test(t, every_capability_is_a_word_of_policies);
    suite_add_tcase(s, t);

    t = tcase_create("rules");
    tcase_add_test(t, a_rule_reports_what_it_must_and_nothing_else);
    tcase_add_test(t, a_rule_that_is_allowed_does_not_look);
    tcase_add_test(t, a_warning_stays_a_warning_but_what_is_undecided_denies);
    tcase_add_test(t, every_rule_has_a_violating_and_a_passing_row);
    tcase_add_test(t, buildkit_passes_where_the_engine_keeps_builds_from_the_hosts_network);
    tcase_add_test(t, the_order_of_the_rules_changes_nothing);
    tcase_add_test(t, rules_have_names_of_their_own);
    tcase_add_test(t, a_violation_names_the_value_and_what_is_accepted);
    tcase_add_test(t, an_item_with_an_unsafe_variable_is_shown_as_written);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    SRunner *runner = srunner_create(suite());
    int failed;

    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

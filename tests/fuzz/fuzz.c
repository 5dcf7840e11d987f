/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

_Noreturn void fuzz_failed(const char *file, int line, const char *claim)
{
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, claim);
    abort();
}

char *fuzz_copy(struct qw_bytes bytes)
{
    char *copy = malloc(bytes.len ? bytes.len : 1);

    FUZZ_CHECK(copy);
    if (bytes.len)
        memcpy(copy, bytes.data, bytes.len);
    return copy;
}

struct qw_policy *fuzz_policy(const char *file)
{
    struct qw_diagnostics diagnostics = {0};
    struct qw_policy *policy = NULL;

    if (qw_policy_load(file, &policy, &diagnostics) < 0) {
        qw_diagnostics_print(&diagnostics, stderr);
        fuzz_failed(file, 0, "the policy loads");
    }
    qw_diagnostics_fini(&diagnostics);
    return policy;
}

/* ---- the world ---- */

static int resolve(const struct qw_world *world, struct qw_bytes cleaned, struct qw_arena *arena,
                   struct qw_place *place, struct qw_err *err)
{
    (void)arena;
    place->resolved = cleaned;
    if (qw_path_is_within(cleaned, QW_LIT("/trouble")))
        return qw_fail(err, QW_E_IO, "it cannot be found out");
    if (qw_path_is_within(cleaned, QW_LIT("/loose")))
        place->loose = QW_LIT("/loose");
    if (qw_bytes_starts(cleaned, "/link/"))
        place->resolved = qw_bytes_from(cleaned, strlen("/link"));
    place->guarded = qw_guard_hit(world->guard, place->resolved);
    return 0;
}

static bool confines_builds(const struct qw_world *world, struct qw_arena *arena)
{
    (void)world;
    (void)arena;
    return true;
}

static const struct qw_guard guard = {qw_guard_paths};

const struct qw_world fuzz_world = {
    .resolve = resolve, .confines_builds = confines_builds, .guard = &guard, .now = 1700000000};

/* ---- claims about output ---- */

static void check_bytes(struct qw_bytes text, bool lines)
{
    for (size_t i = 0; i < text.len;) {
        const unsigned char c = (unsigned char)text.data[i];
        const size_t len = qw_utf8_length(text.data + i, text.len - i);

        FUZZ_CHECK(len > 0);
        FUZZ_CHECK((c >= 0x20 && c != 0x7f) || (lines && c == '\n'));
        i += len;
    }
}

void fuzz_check_text(struct qw_bytes text)
{
    check_bytes(text, true);
}

static void check_keys(const struct qw_json *value, struct qw_arena *arena)
{
    struct qw_err err;

    FUZZ_CHECK(value->type != QW_JSON_OBJECT || qw_json_map_check(value, arena, &err) == 0);
    for (const struct qw_json *child = value->child; child; child = child->next)
        check_keys(child, arena);
}

void fuzz_check_object(struct qw_bytes text)
{
    QW_AUTO(arena) struct qw_arena *arena = qw_arena_new();
    QW_AUTO(heap) char *copy = fuzz_copy(text);
    const struct qw_json *object = NULL;
    struct qw_err err;

    check_bytes(text, false);
    /* The reader is stricter than JSON: it takes no NUL, not even as the escape that a record of one has. */
    for (char *nul = copy; (nul = memmem(nul, text.len - (size_t)(nul - copy), "\\u0000", 6)); nul += 6)
        nul[5] = '1';
    FUZZ_CHECK(arena && qw_json_parse((struct qw_bytes){copy, text.len}, arena, &object, &err) == 0);
    FUZZ_CHECK(object->type == QW_JSON_OBJECT);
    check_keys(object, arena);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Self-protection: what nobody may reach through a request, whatever the profile says. */
#include "check.h"

/* Only paths that are written out count, and all below them; as written and as resolved. */
static bool is_excepted(const struct qw_value *allow, const struct qw_place *place)
{
    bool cleaned = false;
    bool resolved = false;

    for (size_t i = 0; i < allow->item_count; i++) {
        const struct qw_bytes folder = qw_bytes_of(allow->items[i].text);

        cleaned = cleaned || qw_path_is_within(place->cleaned, folder);
        resolved = resolved || qw_path_is_within(place->resolved, folder);
    }
    return cleaned && resolved;
}

static void judge_places(struct qw_check *check, enum qw_fact_kind kind)
{
    const struct qw_value *allow = qw_check_setting(check, "allow");

    for (const struct qw_fact *fact = facts_of(check, kind); fact; fact = fact->next) {
        const struct qw_place *place = qw_snapshot_place(check->snapshot, fact);

        if (place && place->guarded && !is_excepted(allow, place))
            qw_violate(check, NULL, fact,
                       kind == QW_F_CHECKPOINT_DIR ? "leave out --checkpoint-dir"
                                                   : "choose another path for --volume or --mount (compose: volumes)",
                       "host path %s would give access to %s, which is protected", qw_shown(check->arena, fact->text),
                       place->guarded);
        else if (!place || place->trouble)
            qw_check_unknown_place(check, fact, place);
    }
}

/* A volume that was made earlier may be a path of the host: whose name is not known may be that one. */
static void judge_unnamed(struct qw_check *check)
{
    for (const struct qw_fact *fact = facts_of(check, QW_F_VOLUME); fact; fact = fact->next) {
        if (qw_fact_part(fact, "template").data)
            qw_undecided(check, fact, "which volume %s is could not be found out: swarm fills it in on the node",
                         qw_shown(check->arena, fact->text));
    }
}

/* "registry.example.com:5000/team/quaywarden:latest" is quaywarden, wherever it comes from. */
static bool is_quaywarden(struct qw_bytes reference)
{
    const char *slash = reference.len ? memrchr(reference.data, '/', reference.len) : NULL;
    struct qw_bytes name = slash ? qw_bytes_from(reference, (size_t)(slash - reference.data) + 1) : reference;

    for (size_t i = 0; i < name.len; i++) {
        if (name.data[i] == ':' || name.data[i] == '@')
            name.len = i;
    }
    return qw_bytes_is_nocase(name, "quaywarden");
}

void qw_eval_self_protection(struct qw_check *check)
{
    judge_places(check, QW_F_BIND);
    judge_places(check, QW_F_CHECKPOINT_DIR);
    judge_unnamed(check);
    for (const struct qw_fact *fact = facts_of(check, QW_F_PLUGIN); fact; fact = fact->next) {
        if (is_quaywarden(fact->text))
            qw_violate(check, NULL, fact, "name another plugin", "plugin %s is protected",
                       qw_shown(check->arena, fact->text));
    }
}

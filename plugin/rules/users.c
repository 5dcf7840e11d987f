/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who a container's processes are: user and groups. The engine looks names up in the image's /etc/passwd and
 * /etc/group, so that a name may be anybody. A user by number is that number, and so is its group. What is left to the
 * image: the groups of a user without one (root's, where the image does not know the user), and an additional group by
 * number, which is a name first. So an image may give its processes root's group, never root.
 * Source: runc libcontainer/user and moby/sys/user, GetExecUser and GetAdditionalGroups; moby daemon/oci_linux.go.
 */
#include "check.h"

/* What engines take. A larger one that the image's /etc/passwd has is taken too, and cut to 32 bits: 4294967296 is 0.
 */
#define ID_MAX INT32_MAX

/* ---- run-as-root ---- */

enum whose { SOMEBODYS, ROOTS, ANYBODYS };

/* Spaces, signs and other bases make it a name, or no id at all: real clients write digits. */
static enum whose whose_id(struct qw_bytes text)
{
    int64_t id;

    if (!qw_number_read(text, &id) || id > ID_MAX)
        return ANYBODYS;
    return id ? SOMEBODYS : ROOTS;
}

/* The engine was asked for a user that the request does not name, and there is none. */
static const char *own_user_accepted(const struct qw_check *check)
{
    return qw_check_is_exec(check) ? "add --user 1000:1000" : "add --user 1000:1000 (compose: user: \"1000:1000\")";
}

/* The path's root is the object that was asked for. */
static bool says_image(const struct qw_fact *fact)
{
    const struct qw_path *root = fact->path;

    while (root && root->parent)
        root = root->parent;
    return root && qw_bytes_starts(root->key, "image ");
}

/* The group is only judged where it is written: what stands in for it is the image's to say. */
static void judge_user(struct qw_check *check, const struct qw_fact *fact)
{
    const char *shown = qw_shown(check->arena, fact->text);
    const char *accepted = qw_check_is_exec(check) ? "leave out --user, or use ids above 0: --user 1000:1000"
                                                   : "use ids above 0: --user 1000:1000 (compose: user: \"1000:1000\")";
    struct qw_bytes group = fact->text;
    struct qw_bytes user = {"", 0};
    enum whose user_is;
    enum whose group_is;

    qw_bytes_split(&group, ':', &user);
    user_is = user.len ? whose_id(user) : ROOTS;
    group_is = group.len ? whose_id(group) : SOMEBODYS;
    if (!fact->text.len)
        qw_violate(check, NULL, fact, own_user_accepted(check), "no user is set, and the %s own is root",
                   says_image(fact) ? "image's" : "container's");
    else if (user_is == ROOTS)
        qw_violate(check, NULL, fact, accepted, "user %s is root", shown);
    else if (group_is == ROOTS)
        qw_violate(check, NULL, fact, accepted, "user %s has root's group", shown);
    else if (user_is == ANYBODYS || group_is == ANYBODYS)
        qw_violate(check, NULL, fact, accepted, "user %s may be root: the image says who that is", shown);
}

static void judge_group(struct qw_check *check, const struct qw_fact *fact)
{
    const char *shown = qw_shown(check->arena, fact->text);
    const char *accepted = is_service(check) ? "use ids above 0: --group 1000"
                                             : "use ids above 0: --group-add 1000 (compose: group_add: [\"1000\"])";

    switch (whose_id(fact->text)) {
    case SOMEBODYS:
        break;
    case ROOTS:
        qw_violate(check, NULL, fact, accepted, "group %s is root's", shown);
        break;
    case ANYBODYS:
        qw_violate(check, NULL, fact, accepted, "group %s is what the image says, which may be root's", shown);
        break;
    }
}

static bool has_no_image(const struct qw_check *check)
{
    for (const struct qw_fact *image = check->facts->first[QW_F_IMAGE]; image; image = image->next) {
        if (qw_facts_say_absent(check->facts, "image", image->text))
            return true;
    }
    return false;
}

/*
 * A start with a body changes groups, never the user; exec has the container's user where it says nothing. Of an image
 * that is not there no container is made, and what is made of it later is judged at its start.
 */
static bool makes_user(const struct qw_check *check)
{
    return qw_check_makes_container(check) && !check->facts->first[QW_F_HOST_CONFIG] && !has_no_image(check);
}

void qw_eval_run_as_root(struct qw_check *check)
{
    const struct qw_fact *user = facts_of(check, QW_F_USER);

    if (!user && makes_user(check))
        qw_missing(check, NULL, qw_check_field(check, "User", "TaskTemplate.ContainerSpec.User"),
                   "add --user 1000:1000 (compose: user: \"1000:1000\")",
                   "no user is set, and the image's own is root unless it says otherwise");
    for (; user; user = user->next)
        judge_user(check, user);
    for (const struct qw_fact *group = facts_of(check, QW_F_GROUP_ADD); group; group = group->next)
        judge_group(check, group);
}

/* ---- groups ---- */

void qw_eval_groups(struct qw_check *check)
{
    qw_check_each(check, QW_F_GROUP_ADD, "allow", "group",
                  is_service(check) ? "for --group" : "for --group-add (compose: group_add)");
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where images come from: the references that a request uses, and the names that it gives. */
#include "check.h"
#include "image.h"

#define NOT_LATEST "not-latest"

/* A pull or push without a tag is of all tags: this one stands for those that only a pattern for every tag lists. */
#define UNFORESEEN "_"

static bool is_action(const struct qw_check *check, const char *action)
{
    return check->request->route && strcmp(check->request->route->action, action) == 0;
}

/* A plugin comes from a registry as an image does; which version of it is run, no setting of images says. */
static bool is_of_plugin(const struct qw_check *check)
{
    return is_payload(check, QW_PAYLOAD_PLUGIN);
}

/* ---- references ---- */

static bool lists_tag(const struct qw_check *check, struct qw_bytes tag)
{
    const struct qw_value *tags = qw_check_setting(check, "tags");

    for (size_t i = 0; i < tags->item_count; i++) {
        if (strcmp(tags->items[i].text, NOT_LATEST) == 0 && !qw_bytes_is(tag, "latest"))
            return true;
    }
    return qw_check_lists(check, "tags", tag);
}

static const char *accepted_tags(const struct qw_check *check)
{
    const struct qw_value *tags = qw_check_setting(check, "tags");
    const char *shown = qw_items_shown(check->arena, tags, check->variables);

    if (tags->item_count == 1 && strcmp(tags->items[0].text, NOT_LATEST) == 0)
        return "name the image with a tag other than latest, as in NAME:TAG, or with a digest (compose: image)";
    return qw_arena_printf(check->arena, "name the image with a digest, or with one of these tags (compose: image): %s",
                           shown)
        .data;
}

/* To the engine a digest outweighs a tag. */
static void judge_tag(struct qw_check *check, const struct qw_fact *fact, const struct qw_image_name *image, bool all)
{
    const struct qw_bytes tag = image->tag.len ? image->tag : QW_LIT("latest");

    if (image->digest.len || (lists_tag(check, tag) && (!all || lists_tag(check, QW_LIT(UNFORESEEN)))))
        return;
    if (image->tag.len)
        qw_violate(check, "tags", fact, accepted_tags(check), "image %s has a tag that is not allowed",
                   qw_shown(check->arena, fact->text));
    else
        qw_violate(check, "tags", fact, accepted_tags(check), "image %s has no tag, which means %s",
                   qw_shown(check->arena, fact->text), all ? "all of them" : "latest");
}

/* The engine takes no digest where it pushes. */
static bool demands_digest(const struct qw_check *check)
{
    return qw_check_chose(check, "digest", "required") && !is_action(check, "image.push") && !is_of_plugin(check);
}

static void judge_digest(struct qw_check *check, const struct qw_fact *fact)
{
    if (demands_digest(check))
        qw_violate(check, "digest", fact, "name the image by its digest, as in NAME@sha256:HEX (compose: image)",
                   "image %s has no digest", qw_shown(check->arena, fact->text));
}

/* A whole id is as good as a digest where any repository will do; a part of one is not. */
static void judge_id(struct qw_check *check, const struct qw_fact *fact, enum qw_image_id id)
{
    if (!qw_check_setting(check, "allow")->any)
        qw_violate(check, "allow", fact, qw_check_accepted(check, "allow", "with their tags (compose: image)"),
                   "image %s may be an id, which names no repository", qw_shown(check->arena, fact->text));
    else if (id != QW_IMAGE_ID_WHOLE)
        judge_digest(check, fact);
}

static bool lists_image(struct qw_check *check, struct qw_bytes text, bool all)
{
    struct qw_bytes unforeseen;

    if (!all || !qw_check_lists(check, "allow", text))
        return qw_check_lists(check, "allow", text);
    unforeseen = qw_arena_concat(check->arena, text, QW_LIT(":" UNFORESEEN));
    return unforeseen.data && qw_check_lists(check, "allow", unforeseen);
}

static void judge_name(struct qw_check *check, const struct qw_fact *fact, const struct qw_image_name *image)
{
    const bool all =
        !image->tag.len && !image->digest.len && (is_action(check, "image.pull") || is_action(check, "image.push"));

    if (!lists_image(check, fact->text, all))
        qw_violate(check, "allow", fact, qw_check_accepted(check, "allow", "as image (compose: image)"),
                   "image %s is not allowed%s", qw_shown(check->arena, fact->text), all ? " with all its tags" : "");
    if (!qw_check_setting(check, "allow")->set || is_of_plugin(check))
        return;
    judge_tag(check, fact, image, all);
    if (!image->digest.len)
        judge_digest(check, fact);
}

static bool restricts(const struct qw_check *check)
{
    const bool of_image = !is_of_plugin(check);

    return !qw_check_setting(check, "allow")->any || (of_image && !qw_check_setting(check, "tags")->any) ||
           (of_image && qw_check_chose(check, "digest", "required"));
}

static void judge_reference(struct qw_check *check, const struct qw_fact *fact)
{
    const enum qw_image_id id = qw_image_find_id(fact->text);
    struct qw_image_name image;

    if (id == QW_IMAGE_ID_WHOLE || (id && (qw_looks_like_id(fact->text) || !qw_check_setting(check, "allow")->any)))
        judge_id(check, fact, id);
    else if (qw_image_read(fact->text, &image))
        judge_name(check, fact, &image);
    else if (restricts(check))
        qw_violate(check, NULL, fact, "name the image as NAME:TAG or NAME@DIGEST (compose: image)",
                   "image %s is no name that the engine takes", qw_shown(check->arena, fact->text));
}

/* ---- registries that are searched ---- */

/* Is there a pattern of this registry, or of any? */
static bool lists_registry(const struct qw_value *allow, struct qw_bytes registry)
{
    for (size_t i = 0; i < allow->item_count; i++) {
        struct qw_bytes rest = qw_bytes_of(allow->items[i].text);
        struct qw_bytes domain;

        if (qw_bytes_split(&rest, '/', &domain) &&
            (qw_bytes_eq(domain, registry) || (domain.len && memchr(domain.data, '*', domain.len))))
            return true;
    }
    return allow->any;
}

static void judge_search(struct qw_check *check, const struct qw_fact *fact)
{
    if (!lists_registry(qw_check_setting(check, "allow"), fact->text))
        qw_violate(check, "allow", fact, qw_check_accepted(check, "allow", "as image (compose: image)"),
                   "registry %s, where no allowed image comes from, may not be searched",
                   qw_shown(check->arena, fact->text));
}

/* ---- names that are given ---- */

static void judge_given(struct qw_check *check, const struct qw_fact *fact)
{
    const struct qw_value *allow = qw_check_setting(check, "allow");
    const char *shown = qw_items_shown(check->arena, allow, check->variables);
    struct qw_bytes name = fact->text;
    struct qw_image_name image;

    if (!allow->item_count)
        return; /* nothing is trusted */
    if (qw_image_find_id(name) == QW_IMAGE_ID_PART)
        name = qw_arena_concat(check->arena, name, QW_LIT(":latest")); /* what is given is no id */
    if (!qw_image_read(name, &image) || qw_check_lists(check, "allow", name))
        qw_violate(check, "allow", fact,
                   qw_arena_printf(check->arena, "give it a --tag (compose: image) that is none of %s", shown).data,
                   "no image may be given the name %s, since the policy trusts what has it",
                   qw_shown(check->arena, fact->text));
}

/* Requests that can give names which nobody sees. */
static void judge_unseen(struct qw_check *check)
{
    if (is_action(check, "image.load"))
        qw_violate(check, "allow", NULL, "pull the image (docker pull) in place of loading it",
                   "an archive can give its images names that the policy trusts, and cannot be seen into");
    if (is_action(check, "image.import") && !qw_bytes_is(check->identity->via, "front"))
        qw_violate(check, "allow", facts_of(check, QW_F_IMPORT), "come through front, or pull the image (docker pull)",
                   "an import can be turned into a pull by what cannot be seen");
    for (const struct qw_fact *fact = facts_of(check, QW_F_BUILDKIT); fact; fact = fact->next) {
        /* Through a session the engine asks the client; names are told in the request that begins the build. */
        if (!qw_bytes_is(fact->text, "session") && !qw_bytes_is(fact->text, "build"))
            qw_violate(check, "allow", fact, "build with DOCKER_BUILDKIT=0, or elsewhere and pull the image",
                       "BuildKit can give an image a name that the policy trusts, and cannot be seen into");
    }
}

void qw_eval_image_source(struct qw_check *check)
{
    for (const struct qw_fact *fact = facts_of(check, QW_F_IMAGE); fact; fact = fact->next)
        judge_reference(check, fact);
    for (const struct qw_fact *fact = facts_of(check, QW_F_SEARCH_REGISTRY); fact; fact = fact->next)
        judge_search(check, fact);
    if (qw_check_setting(check, "allow")->any)
        return;
    for (const struct qw_fact *fact = facts_of(check, QW_F_IMAGE_NAME); fact; fact = fact->next)
        judge_given(check, fact);
    judge_unseen(check);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is whose, and who may do what: the questions that every request asks. */
#include "index.h"

/* ---- subjects ---- */

bool qw_subject_names(const struct qw_subject *subject, struct qw_bytes name)
{
    static const struct qw_variables none;

    if (!subject->pattern)
        return name.len == subject->name.len && memcmp(name.data, subject->name.data, name.len) == 0;
    /* Most patterns begin with a word, and most names with another: no need to walk them. */
    if (name.len < subject->fixed || memcmp(name.data, subject->name.data, subject->fixed) != 0)
        return false;
    return qw_pattern_matches(subject->pattern, &none, name);
}

static bool is_in_group(const struct qw_subject *subject, const struct qw_identity *identity)
{
    for (size_t i = 0; i < identity->group_count; i++) {
        if (identity->groups[i].len > 0 && qw_subject_names(subject, identity->groups[i]))
            return true;
    }
    return false;
}

bool qw_identity_is_anonymous(const struct qw_identity *identity)
{
    return identity->user.len == 0 && identity->group_count == 0 && identity->via.len == 0;
}

static bool is_subject(const struct qw_subject *subject, const struct qw_identity *identity)
{
    switch (subject->kind) {
    case QW_SUBJECT_USER:
        return identity->user.len > 0 && qw_subject_names(subject, identity->user);
    case QW_SUBJECT_GROUP:
        return is_in_group(subject, identity);
    case QW_SUBJECT_ANONYMOUS:
        return qw_identity_is_anonymous(identity);
    }
    return false;
}

/* The words for where a name comes from; anything else is the name of an issuer. */
bool qw_member_trusts(const struct qw_member *member, const struct qw_identity *identity)
{
    const struct qw_bytes via = member->via;

    if (!via.len)
        return true;
    if (qw_bytes_is(via, "front") || qw_bytes_is(via, "tls"))
        return qw_bytes_eq(via, identity->via);
    return qw_bytes_eq(via, identity->issuer);
}

bool qw_policy_match(const struct qw_policy *policy, const struct qw_identity *identity,
                     const struct qw_tenant **tenant, const struct qw_member **member)
{
    return qw_index_find(policy->index, identity, tenant, member);
}

/* ---- exceptions ---- */

static bool is_for_tenant(const struct qw_exception *exception, const struct qw_tenant *tenant)
{
    for (size_t i = 0; i < exception->tenant_count; i++) {
        if (exception->tenants[i] == tenant)
            return true;
    }
    return exception->tenant_count == 0;
}

static bool is_for_caller(const struct qw_exception *exception, const struct qw_identity *identity)
{
    for (size_t i = 0; i < exception->subject_count; i++) {
        if (is_subject(&exception->subjects[i], identity))
            return true;
    }
    return exception->subject_count == 0;
}

static bool has_bit(const uint64_t *bits, size_t i)
{
    return bits[i / 64] >> i % 64 & 1;
}

/*
 * Requests whose images are those that they are about. What starts a container may name any, and runs its own, which
 * the engine tells.
 */
static bool names_its_images(const struct qw_request *request, const struct qw_facts *facts)
{
    if (qw_facts_know_container(facts))
        return true;
    switch (request->route ? request->route->payload : QW_PAYLOAD_NONE) {
    case QW_PAYLOAD_CREATE:
    case QW_PAYLOAD_SERVICE:
    case QW_PAYLOAD_PULL:
    case QW_PAYLOAD_IMAGE:
        return true;
    default:
        return false;
    }
}

/*
 * What, besides entry point and command, puts something else than the image's own program into a container: another
 * command for its health check (a shell for the image's own is a QW_F_COMMAND), what is typed into it (so is an open
 * standard input), and whatever lies over its files or beside them, which are found by their paths alone.
 */
static const enum qw_fact_kind replacing[] = {
    QW_F_COMMAND, QW_F_BIND, QW_F_VOLUME, QW_F_MOUNT, QW_F_TMPFS, QW_F_VOLUMES_FROM, QW_F_VOLUME_DRIVER,
};

/*
 * Variables that choose no program, library, script or configuration. A list of the others (PATH, LD_PRELOAD,
 * BASH_ENV, NODE_OPTIONS, …) could never be complete.
 */
static const char *const harmless_variables[] = {"TERM", "TZ", "LANG", "LANGUAGE", "NO_COLOR", NULL};

static bool is_harmless(struct qw_bytes variable)
{
    for (size_t i = 0; harmless_variables[i]; i++) {
        if (qw_bytes_is(variable, harmless_variables[i]))
            return true;
    }
    return qw_bytes_starts(variable, "LC_");
}

/* By the request alone: of a container that is made by it. */
static bool replaces_nothing(const struct qw_facts *facts)
{
    for (size_t i = 0; i < QW_COUNT(replacing); i++) {
        if (facts->first[replacing[i]])
            return false;
    }
    for (const struct qw_fact *fact = facts->first[QW_F_HEALTHCHECK]; fact; fact = fact->next) {
        if (!qw_bytes_is(fact->text, "NONE"))
            return false;
    }
    return true;
}

static bool has_harmless_company(const struct qw_facts *facts)
{
    /* Process 1, whose root directory a program may enter, would be another container's. */
    for (const struct qw_fact *fact = facts->first[QW_F_PID_MODE]; fact; fact = fact->next) {
        if (qw_bytes_starts(fact->text, "container:"))
            return false;
    }
    for (const struct qw_fact *fact = facts->first[QW_F_ENV]; fact; fact = fact->next) {
        if (!is_harmless(fact->text))
            return false;
    }
    return true;
}

static bool runs_the_images_own(const struct qw_request *request, const struct qw_facts *facts)
{
    if (!has_harmless_company(facts))
        return false;
    if (qw_facts_hold_container(facts))
        return facts->first[QW_F_OWN_PROGRAM];
    return request->route && request->route->payload == QW_PAYLOAD_CREATE && replaces_nothing(facts);
}

/* What may be made may be started. */
static bool names_action(const struct qw_exception *exception, const struct qw_request *request,
                         const struct qw_facts *facts)
{
    return has_bit(exception->actions, (size_t)(request->action - qw_actions)) ||
           (qw_facts_hold_container(facts) && has_bit(exception->actions, (size_t)qw_action_find("container.create")));
}

/*
 * All but whether the images match. What quaywarden does not know may name another image, or another command; and an
 * exception for images is about requests that name one.
 */
static bool is_for_request(const struct qw_exception *exception, const struct qw_request *request,
                           const struct qw_facts *facts)
{
    if (exception->actions && !names_action(exception, request, facts))
        return false;
    if ((exception->image_count || exception->command_image) && facts->first[QW_F_UNKNOWN_FIELD])
        return false;
    if (exception->image_count && (!facts->first[QW_F_IMAGE] || !names_its_images(request, facts)))
        return false;
    return !exception->command_image || runs_the_images_own(request, facts);
}

/* A pull or push without a tag is of all tags: this one stands for those that only a pattern for every tag has. */
#define UNFORESEEN "_"

static bool takes_all_tags(const struct qw_request *request)
{
    return strcmp(request->action->name, "image.pull") == 0 || strcmp(request->action->name, "image.push") == 0;
}

/* image: NULL for a reference that is no name. */
static bool is_for_image(const struct qw_exception *exception, const struct qw_variables *variables,
                         const struct qw_image_name *image)
{
    for (size_t i = 0; image && i < exception->image_count; i++) {
        if (qw_pattern_matches_image(exception->images[i], variables, image))
            return true;
    }
    return exception->image_count == 0;
}

/* Of these exceptions, those for this image; how many there are. The reference is read once for all of them. */
static size_t keep_for_image(const struct qw_exception **exceptions, size_t count, const struct qw_variables *variables,
                             const struct qw_request *request, struct qw_bytes reference)
{
    struct qw_image_name image;
    /* What may be an id may, to the engine, be any image that it has. */
    const bool is_name = qw_image_find_id(reference) == QW_IMAGE_ID_NONE && qw_image_read(reference, &image);
    size_t kept = 0;

    if (is_name && takes_all_tags(request) && !image.tag.len && !image.digest.len)
        image.tag = QW_LIT(UNFORESEEN);
    for (size_t i = 0; i < count; i++) {
        if (is_for_image(exceptions[i], variables, is_name ? &image : NULL))
            exceptions[kept++] = exceptions[i];
    }
    return kept;
}

/* Whoever made the container: {tenant} in a pattern may stand for anybody then. */
bool qw_exception_fits_container(const struct qw_exception *exception, const struct qw_facts *stored)
{
    static const struct qw_variables nobody;

    if (!exception->command_image || !stored->first[QW_F_OWN_PROGRAM] || !has_harmless_company(stored))
        return false;
    for (size_t i = 0; i < exception->image_count; i++) {
        const struct qw_fact *image = stored->first[QW_F_IMAGE];

        if (strchr(qw_pattern_text(exception->images[i]), '{') ||
            (image && qw_pattern_matches(exception->images[i], &nobody, image->text)))
            return true;
    }
    return exception->image_count == 0;
}

bool qw_exception_has_ended(const struct qw_exception *exception, time_t now)
{
    return exception->until && now >= exception->until;
}

size_t qw_exceptions_find(const struct qw_policy *policy, const struct qw_tenant *tenant,
                          const struct qw_identity *identity, const struct qw_request *request,
                          const struct qw_facts *facts, time_t now, const struct qw_exception **out)
{
    const struct qw_variables variables = {.tenant = tenant ? qw_bytes_of(tenant->name) : QW_LIT(""),
                                           .user = identity->user};
    size_t count = 0;

    for (size_t i = 0; i < policy->exception_count; i++) {
        const struct qw_exception *exception = &policy->exceptions[i];

        if (!qw_exception_has_ended(exception, now) && is_for_tenant(exception, tenant) &&
            is_for_caller(exception, identity) && is_for_request(exception, request, facts))
            out[count++] = exception;
    }
    for (const struct qw_fact *fact = facts->first[QW_F_IMAGE]; fact && count; fact = fact->next)
        count = keep_for_image(out, count, &variables, request, fact->text);
    return count;
}

/* ---- roles ---- */

bool qw_role_allows(const struct qw_role *role, const struct qw_action *action)
{
    const size_t i = (size_t)(action - qw_actions);

    return has_bit(role->allow, i) && !has_bit(role->deny, i);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Look-ups: lookup.c and lookup_action.c know what is to be asked for, ask.c asks, stored.c and program.c turn answers
 * into facts.
 */
#ifndef QUAYWARDEN_FACTS_LOOKUP_H
#define QUAYWARDEN_FACTS_LOOKUP_H

#include "shape.h"

/* How much of a container is of interest. */
enum extent {
    MOUNTS, /* what it mounts */
    WHOLE,
};

/* A container as the engine answers for it. */
struct container {
    const struct qw_json *answer;
    const struct qw_path *root; /* "container web" */
    bool resolved;              /* the answer lists all mounts, with those of VolumesFrom */
};

/* A member by its exact key; NULL where there is none, where it is null, or where object is NULL or no object. */
const struct qw_json *stored_get(const struct qw_json *object, const char *key);

/* The text at one key or below one more; the empty one where there is none. */
struct qw_bytes stored_text(const struct qw_json *object, const char *outer, const char *key);

/* r->facts gets the facts of the container, by what the engine gives to one that asks for nothing. */
int stored_container(struct reader *r, const struct container *container, enum extent extent,
                     const struct qw_engine_defaults *defaults);

/* The same of a container whose image is known: what it runs, and variables that are its image's. */
int stored_program(struct reader *r, const struct container *container, const struct qw_json *image);

/* What a volume that exists mounts, as the fact that names it would. */
int stored_volume(struct reader *r, const struct qw_fact *named, const struct qw_json *answer);

/* A fact with its path below an object: OUTER.KEY, or KEY alone. */
int stored_give(struct reader *r, enum qw_fact_kind kind, const struct qw_path *root, const char *outer,
                const char *key, struct qw_bytes text);

/* What is read of an answer; by enum qw_object_kind. */
extern const struct shape *const shape_answers[QW_OBJECT_KINDS];

/* ---- asking ---- */

/* What was done with a container already, whoever named it. */
enum use { NETWORK_OF = 1, PROCESSES_OF = 2, IPC_OF = 4, MOUNTS_OF = 8 };

struct asked {
    enum qw_object_kind kind;
    struct qw_bytes reference;
    enum qw_found found;
    const struct qw_json *answer;
    unsigned uses;
};

struct lookup {
    struct reader reader; /* its facts are the request's */
    const struct qw_request *request;
    const struct qw_questions *questions;
    const struct qw_world *world;
    struct asked *asked; /* room for all, with the first */
    size_t count;
    enum qw_found outcome; /* why it stopped */
    bool unresolved;       /* a container's answer does not list its mounts as they were resolved */
    struct qw_engine_defaults defaults;
    bool has_defaults;
};

/* Could the engine have something of this name? Only then is it asked. */
bool lookup_is_possible(enum qw_object_kind kind, struct qw_bytes reference);

/* FOUND or ABSENT in (*out)->found; -1 where it is neither, and l->outcome says so. */
int lookup_ask(struct lookup *l, enum qw_object_kind kind, struct qw_bytes reference, struct asked **out);

/* Asks for a container and notes, the first time, whether it is there. */
int lookup_ask_container(struct lookup *l, struct qw_bytes reference, struct asked **out);

/* An answer, or what is made of it, cannot be read (r->err): gives -1. That is no fault of the request. */
int lookup_unreadable(struct lookup *l, const struct asked *asked);

/* Adds a LOOKED_UP fact; name may be empty. */
int lookup_note(struct lookup *l, const struct asked *asked, const char *found, struct qw_bytes name);

/* Is it there, and was it not used so before? */
bool lookup_is_new(struct asked *asked, enum use use);

struct qw_bytes lookup_name(struct lookup *l, enum qw_object_kind kind,
                            struct qw_bytes reference); /* "container web" */
struct container lookup_container(struct lookup *l, const struct asked *asked);

/* ---- what an action is about ---- */

int lookup_action(struct lookup *l);

/* The facts of a container by themselves; added to those of the request; its binds alone, as those of a container. */
int lookup_read(struct lookup *l, const struct asked *asked, enum extent extent, struct qw_facts *facts);
int lookup_take(struct lookup *l, const struct asked *asked, const struct qw_facts *facts);
int lookup_take_binds(struct lookup *l, const struct asked *asked);

/* Networks that a container is on by their ids, whatever they are called there. */
int lookup_check_endpoints(struct lookup *l, const struct asked *container);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * facts: what a request would do, in typed form. JSON ends here: rules see facts only. One list for all payloads, so
 * a rule on `privileged` holds for create, exec and services alike. Facts are redacted by construction: names of
 * environment variables and build arguments, never their values.
 */
#ifndef QUAYWARDEN_FACTS_H
#define QUAYWARDEN_FACTS_H

#include "quaywarden/request.h"

#include <sys/types.h>
#include <time.h>

enum qw_fact_type {
    QW_FLAG,   /* number is 1 */
    QW_NUMBER, /* number */
    QW_TEXT,   /* text */
    QW_RECORD, /* text is its main value; parts hold the rest by name */
};

/*
 * Every kind of fact. The comment names the payload fields that give it and, for a record, its parts. A field that is
 * absent or zero gives no fact, except where the comment says so.
 */
enum qw_fact_kind {
    QW_F_PRIVILEGED,     /* FLAG   HostConfig.Privileged, exec Privileged */
    QW_F_USER,           /* TEXT   User of create, exec, service */
    QW_F_GROUP_ADD,      /* TEXT   HostConfig.GroupAdd[], ContainerSpec.Groups[] */
    QW_F_NETWORK_MODE,   /* TEXT   HostConfig.NetworkMode, build networkmode */
    QW_F_NETWORK,        /* TEXT   a network to join: EndpointsConfig key, path of connect, service Networks[].Target */
    QW_F_PID_MODE,       /* TEXT */
    QW_F_IPC_MODE,       /* TEXT */
    QW_F_UTS_MODE,       /* TEXT */
    QW_F_USERNS_MODE,    /* TEXT */
    QW_F_CGROUPNS_MODE,  /* TEXT */
    QW_F_CGROUP,         /* TEXT   HostConfig.Cgroup */
    QW_F_CAP_ADD,        /* TEXT   as written */
    QW_F_CAP_DROP,       /* TEXT */
    QW_F_SECURITY_OPT,   /* TEXT   as written: "seccomp=unconfined"; service Privileges in the same words; a seccomp
                            profile given inline as "seccomp=sha256:" and the hash of its canonical form, or as
                            "seccomp=unreadable:" and the hash of its bytes */
    QW_F_MASKED_PATHS,   /* FLAG   HostConfig.MaskedPaths is there, null excepted, [] too */
    QW_F_READONLY_PATHS, /* FLAG   likewise */
    QW_F_BIND,           /* RECORD text: source; target, mode parts below */
    QW_F_VOLUME,         /* RECORD text: name, empty for an anonymous one; target, driver, option.KEY */
    QW_F_MOUNT,          /* RECORD a Mounts[] entry of another type; text: type; source, target */
    QW_F_TMPFS,          /* RECORD text: target; options */
    QW_F_VOLUMES_FROM,   /* TEXT */
    QW_F_VOLUME_DRIVER,  /* TEXT   HostConfig.VolumeDriver */
    QW_F_DEVICE,         /* RECORD text: PathOnHost; target, permissions */
    QW_F_DEVICE_REQUEST, /* RECORD text: Driver; count, ids, capabilities; service GenericResources */
    QW_F_DEVICE_CGROUP_RULE, /* TEXT */
    QW_F_READ_ONLY_ROOT,     /* FLAG */
    QW_F_MEMORY,             /* NUMBER bytes */
    QW_F_MEMORY_SWAP,        /* NUMBER bytes with the memory's, -1 unlimited; service SwapBytes: beyond it, also 0 */
    QW_F_MEMORY_RESERVATION, /* NUMBER */
    QW_F_MEMORY_SWAPPINESS,  /* NUMBER also 0 */
    QW_F_KERNEL_MEMORY,      /* NUMBER KernelMemory, KernelMemoryTCP */
    QW_F_NANO_CPUS,          /* NUMBER */
    QW_F_CPU_QUOTA,          /* NUMBER */
    QW_F_CPU_PERIOD,         /* NUMBER */
    QW_F_CPU_SHARES,         /* NUMBER */
    QW_F_CPUSET_CPUS,        /* TEXT */
    QW_F_CPUSET_MEMS,        /* TEXT */
    QW_F_RT_PERIOD,          /* NUMBER CpuRealtimePeriod */
    QW_F_RT_RUNTIME,         /* NUMBER CpuRealtimeRuntime */
    QW_F_PIDS_LIMIT,         /* NUMBER also 0 and -1, which mean unlimited */
    QW_F_ULIMIT,             /* RECORD text: name; soft, hard */
    QW_F_SHM_SIZE,           /* NUMBER */
    QW_F_BLKIO_WEIGHT,       /* NUMBER */
    QW_F_BLKIO_DEVICE,       /* RECORD text: Path; field, value */
    QW_F_OOM_KILL_DISABLE,   /* FLAG */
    QW_F_OOM_SCORE_ADJ,      /* NUMBER */
    QW_F_RESTART_POLICY,     /* RECORD text: Name; max-retries */
    QW_F_LOG_DRIVER,         /* TEXT   LogConfig.Type */
    QW_F_LOG_BUFFER,         /* TEXT   LogConfig.Config.max-buffer-size, as it is written */
    QW_F_LOG_OPTION,         /* TEXT   the key alone: values may be tokens */
    QW_F_PUBLISHED_PORT,     /* RECORD text: HostPort; address, container-port */
    QW_F_PUBLISH_ALL,        /* FLAG */
    QW_F_MAC_ADDRESS,        /* TEXT */
    QW_F_STATIC_ADDRESS,     /* TEXT   IPAMConfig addresses */
    QW_F_LINK,               /* TEXT   HostConfig.Links[], EndpointSettings.Links[] */
    QW_F_ALIAS,              /* TEXT */
    QW_F_ENDPOINT_OPTION,    /* RECORD text: key of EndpointSettings.DriverOpts; value */
    QW_F_DNS,                /* TEXT   Dns[], DnsSearch[], DnsOptions[] */
    QW_F_EXTRA_HOST,         /* TEXT */
    QW_F_SYSCTL,             /* RECORD text: name; value */
    QW_F_CGROUP_PARENT,      /* TEXT */
    QW_F_ANNOTATION,         /* TEXT   the key alone */
    QW_F_RUNTIME,            /* TEXT */
    QW_F_ISOLATION,          /* TEXT */
    QW_F_STORAGE_OPTION,     /* RECORD text: key; value */
    QW_F_ENV,                /* TEXT   the variable's name alone */
    QW_F_LABEL,              /* RECORD text: key; value */
    QW_F_HEALTHCHECK,        /* TEXT   first word of Test: CMD, CMD-SHELL, NONE */
    QW_F_COMMAND,         /* TEXT   "entrypoint", "cmd", "shell" (of the health check), "stdin": not the image's own */
    QW_F_CONTAINER_NAME,  /* TEXT   a name to give: create, rename */
    QW_F_NETWORK_NAME,    /* TEXT   a name to give: network create */
    QW_F_IMAGE,           /* TEXT   a reference, a plugin's too, that is run, mounted, pulled, pushed or looked up */
    QW_F_IMAGE_NAME,      /* TEXT   a reference that is given to an image: tag, commit, import, build t */
    QW_F_PLATFORM,        /* TEXT */
    QW_F_NETWORK_DRIVER,  /* TEXT */
    QW_F_NETWORK_OPTION,  /* RECORD text: key; value */
    QW_F_NETWORK_SUBNET,  /* RECORD text: Subnet; gateway, range */
    QW_F_IPAM_DRIVER,     /* TEXT */
    QW_F_NETWORK_INGRESS, /* FLAG */
    QW_F_CONTAINER,       /* TEXT   another container that the request names: connect, disconnect, commit */
    QW_F_CLASSIC_BUILD,   /* FLAG   POST /build with a body: parameters may hide in it */
    QW_F_BUILD_REMOTE,    /* TEXT */
    QW_F_BUILD_ARGUMENT,  /* TEXT   the name alone */
    QW_F_BUILDKIT,        /* TEXT   "session" or "grpc"; "build": POST /build with version=2 */
    QW_F_IMPORT,          /* TEXT   fromSrc: a URL or "-" */
    QW_F_PS_ARGS,         /* TEXT   what top hands to ps */
    QW_F_CHECKPOINT_DIR,  /* TEXT   a host path */
    QW_F_PLUGIN,          /* TEXT   a plugin that the request names to make or change, a service's PluginSpec too */
    QW_F_SWARM_ADDRESS,   /* TEXT   where the swarm's ports of this host are: ListenAddr, AdvertiseAddr, DataPathAddr */
    QW_F_SWARM_REMOTE,    /* TEXT   a manager of the swarm to join: RemoteAddrs[] */
    QW_F_EXTERNAL_CA,     /* TEXT   the URL of who signs a swarm's certificates: CAConfig.ExternalCAs[] */
    QW_F_NEW_CLUSTER,     /* FLAG   ForceNewCluster */
    QW_F_NODE_ROLE,       /* TEXT   node update: worker or manager */
    QW_F_NODE_STATE,      /* TEXT   Availability: active, pause or drain */
    QW_F_SECRET_DRIVER,   /* TEXT   who is asked for a secret's content, and who fills in that of a secret or config */
    QW_F_SEARCH_REGISTRY, /* TEXT   the registry that a search names, but for Docker's own */
    QW_F_UNKNOWN_FIELD,   /* TEXT   a key of no known field, with a value that says something */
    QW_F_HOST_CONFIG, /* FLAG   start with a body, which replaces the host configuration; again where it nests one */
    /* The rest is never a request's own, but of what the engine keeps: lookup.c. */
    QW_F_LOOKED_UP,      /* RECORD text: "container web", as the request names it; parts below */
    QW_F_CONTAINER_BIND, /* TEXT   a host path in a container that is entered, or whose processes are seen */
    QW_F_IMAGE_ENV,      /* TEXT   the name of a variable of a stored container that its image sets so */
    QW_F_OWN_PROGRAM,    /* FLAG   a stored container runs its image's own program, and nothing lies over it */
    QW_F_COUNT
};

/*
 * Parts of records. BIND: "target", "read-only" (1), "propagation", "relabel" (z, Z), "copy" (nocopy), "consistency",
 * "non-recursive", "writable-submounts", "create" (1), "driver-option" (1: it came as a
 * volume of the local driver), "template" (1: swarm fills it in on the node). VOLUME: "target", "driver",
 * "option.type", "option.o", "option.device", …, "label.KEY", "implicit" (1: nobody named it). LOOKED_UP: "found" (no;
 * yes; whole: all of a container; config: likewise, beside a body that may replace its host configuration; entered:
 * likewise, of one that an exec or a copy is about), "name" (of a network that is known by another), "binds" and
 * "program" (1: the request's facts hold what was found out about these; for a container).
 */
struct qw_fact_type_row {
    const char *name; /* stable: the audit record's key, of a list */
    enum qw_fact_type type;
    const char *main; /* RECORD: the name of its text in the audit record */
};

extern const struct qw_fact_type_row qw_fact_types[QW_F_COUNT];

/* A JSON path, leaf first, so that it costs nothing until somebody prints it. */
struct qw_path {
    const struct qw_path *parent;
    struct qw_bytes key; /* .data is NULL for an array element */
    size_t index;        /* QW_PATH_OBJECT: the key names an object of the engine's, in which the rest of the path is */
};

#define QW_PATH_OBJECT SIZE_MAX

/* "HostConfig.Binds[0]", "query networkmode", "container web: HostConfig.Binds[0]". */
void qw_path_print(const struct qw_path *path, struct qw_buf *out);

struct qw_part {
    struct qw_bytes key;
    struct qw_bytes value;
    const struct qw_path *path; /* its own; NULL where it has none */
};

struct qw_fact {
    enum qw_fact_kind kind;
    const struct qw_path *path;
    struct qw_bytes text;
    int64_t number;
    const struct qw_part *parts;
    size_t part_count;
    bool beside; /* of a host configuration's field that stands beside HostConfig in the body of create or start */
    bool stored; /* of something that the engine keeps, not of the request */
    const struct qw_fact *next; /* of the same kind, in the order of the request */
};

struct qw_facts {
    const struct qw_fact *first[QW_F_COUNT];
    struct qw_fact *last[QW_F_COUNT];
    size_t count;
    size_t bytes; /* of all texts and parts */
};

/* What one request may give: far more than real ones do, and no more bytes than the largest body that engines show. */
#define QW_FACTS_MAX       16384
#define QW_FACTS_BYTES_MAX ((size_t)4 << 20)

/**
 * Turn a request into facts.
 * Fails with QW_E_MALFORMED (a type that the engine refuses, or more than the limits above), QW_E_AMBIGUOUS (keys that
 * fold alike, a repeated key of a map) or QW_E_NOMEM; err names the path.
 */
QW_MUST_CHECK int qw_facts_extract(const struct qw_request *request, struct qw_arena *arena, struct qw_facts *out,
                                   struct qw_err *err);

/* A part of a record; .data is NULL where it has none. */
struct qw_bytes qw_fact_part(const struct qw_fact *fact, const char *name);

/* The same as a fact of its own, with its own path and text, to report; the fact itself where it has no such part. */
struct qw_fact qw_fact_of_part(const struct qw_fact *fact, const char *name);

/* For people: the field's JSON path and the value as text, raw; in the arena. .data is NULL without memory. */
struct qw_bytes qw_fact_field(const struct qw_fact *fact, struct qw_arena *arena);
struct qw_bytes qw_fact_value(const struct qw_fact *fact, struct qw_arena *arena);

/* The audit record's "facts" object, compact JSON; those with `beside` or `stored` are in an object of that name in it.
 */
void qw_facts_print(const struct qw_facts *facts, struct qw_buf *out);

/**
 * Read "facts" back as qw_facts_print wrote them. Paths are lost: each fact and part has one of its own into the record
 * instead, "facts.bind[0].target". Fails with QW_E_MALFORMED or QW_E_NOMEM. out points into json and the arena.
 */
QW_MUST_CHECK int qw_facts_read(const struct qw_json *json, struct qw_arena *arena, struct qw_facts *out,
                                struct qw_err *err);

/**
 * SHA-256 of a JSON text's canonical form, in lower-case hex: without spaces, keys in order, texts with the least
 * escapes, numbers as written. Two texts that mean the same to the engine and have the same keys give the same hash.
 * Fails with QW_E_MALFORMED (no JSON, keys that fold alike) or QW_E_NOMEM.
 */
QW_MUST_CHECK int qw_json_digest(struct qw_bytes json, struct qw_arena *arena, char out[65], struct qw_err *err);

/* ---- snapshot: what the world says about a request, gathered before it is judged ---- */

/* Where a host path leads. */
struct qw_place {
    struct qw_bytes cleaned;  /* as written, without . and .. and repeated slashes */
    struct qw_bytes resolved; /* with symlinks resolved; the part that does not exist is kept as it is */
    const char *guarded;      /* the protected path that it is, holds, or lies in; NULL for none */
    struct qw_bytes loose;    /* the first folder above it that others than root may write; .data NULL for none */
    struct qw_bytes mounted;  /* a mount point below it, which a bind takes along; .data NULL for none */
    const char *trouble;      /* why it could not be found out, or NULL */
};

/* Paths that nobody may reach through a request: quaywarden's own and the engine's. NULL-terminated list. */
struct qw_guard {
    const char *const *paths;
};

/* Somebody in the host's user database. */
struct qw_account {
    bool known;
    uid_t uid;
    gid_t gid;
    struct qw_bytes home;
};

/* What the engine keeps, and answers an inspection of: GET /containers/X/json, /volumes/X, /images/X/json, … */
enum qw_object_kind { QW_CONTAINER, QW_VOLUME, QW_IMAGE, QW_NETWORK, QW_EXEC, QW_OBJECT_KINDS };

enum qw_found {
    QW_FOUND,
    QW_ABSENT,  /* the engine has nothing of that name */
    QW_LATER,   /* who asks may not wait: to be judged anew, from the message, by a thread that may */
    QW_UNCLEAR, /* the engine does not answer, or not in a way that can be read; err says so */
};

/* What the engine gives a container that asks for nothing: daemon.json, and what engines have without one. */
struct qw_engine_defaults {
    struct qw_bytes runtime;
    struct qw_bytes log_driver;
    int64_t shm_size;
    bool host_cgroups;             /* the host's cgroup namespace */
    const struct qw_json *ulimits; /* default-ulimits, or NULL */
};

/* Where facts of the world come from: the host and its engine, or a test file's `given`. */
struct qw_world {
    /*
     * What the engine says of an object, by name, id or whatever else the engine itself would take for it; its answer
     * is parsed in the arena. NULL: there is nobody to ask, and rules judge what the request itself shows.
     */
    enum qw_found (*inspect)(const struct qw_world *world, enum qw_object_kind kind, struct qw_bytes reference,
                             struct qw_arena *arena, const struct qw_json **answer, struct qw_err *err);
    /* Follows symlinks of an absolute, cleaned path. Returns 0, or -1 with err where it cannot be found out. */
    int (*resolve)(const struct qw_world *world, struct qw_bytes cleaned, struct qw_arena *arena,
                   struct qw_place *place, struct qw_err *err);
    /* Does the engine's configuration keep BuildKit from the host's network and from privileges? Not known is no. */
    bool (*confines_builds)(const struct qw_world *world, struct qw_arena *arena);
    /* Asked where a container is looked up. */
    void (*defaults)(const struct qw_world *world, struct qw_arena *arena, struct qw_engine_defaults *out);
    /* Who is this on the host? out->known stays false where there is no such user, or it cannot be found out. */
    void (*account)(const struct qw_world *world, struct qw_bytes user, struct qw_arena *arena, struct qw_account *out);
    const struct qw_guard *guard;
    const struct qw_front *front; /* or NULL: nobody comes through front */
    time_t now;                   /* 0: the clock's */
    const void *data;             /* the implementation's own */
};

#define QW_PLACES_MAX     256 /* host paths of one request that are followed */
#define QW_PATH_DEPTH_MAX 128 /* components of one that are */

struct qw_snapshot {
    time_t now;
    bool confined_builds;      /* asked where there is a BUILDKIT fact */
    struct qw_account account; /* of who asks; asked for callers that come through front, where the policy needs it */
    struct {
        const struct qw_fact *fact;
        struct qw_place place;
    } * places;
    size_t place_count;
};

/*
 * The host's file system; gives `guarded` by name, by device and inode, of what is mounted below it too, `loose` by
 * owner and mode, and `mounted`. engine_config:
 * the engine's daemon.json, read when it is asked for; borrowed, as guard is.
 */
void qw_world_host(struct qw_world *world, const struct qw_guard *guard, const char *engine_config);

/* What daemon.json, as text or as a file, says of BuildKit's entitlements. What cannot be read confines nothing. */
bool qw_engine_confines_builds(struct qw_bytes config, struct qw_arena *arena);
bool qw_engine_file_confines_builds(const char *file, struct qw_arena *arena);

/* What daemon.json says of defaults; old_cgroups: the host has no cgroup v2 alone, and so no namespaces of them. */
void qw_engine_read_defaults(struct qw_bytes config, bool old_cgroups, struct qw_arena *arena,
                             struct qw_engine_defaults *out);
void qw_engine_file_defaults(const char *file, struct qw_arena *arena, struct qw_engine_defaults *out);

/*
 * Tells `each` the paths that daemon.json gives the engine for its own: data, sockets, keys. A path is valid during the
 * call. False where there is a file that cannot be read, or without memory: what the engine has moved elsewhere is not
 * known then. Engines read what the strict reader does not: half a surrogate pair, and 20.10 bytes that are no UTF-8.
 */
bool qw_engine_file_paths(const char *file, struct qw_arena *arena, void (*each)(void *to, const char *path), void *to);

/* What is protected wherever quaywarden runs; NULL-terminated. */
extern const char *const qw_guard_paths[];

/* The protected path that `path` is, holds or lies in, by name; NULL for none. */
const char *qw_guard_hit(const struct qw_guard *guard, struct qw_bytes path);

/*
 * All input and output before the verdict. Fails with QW_E_MALFORMED (more than QW_PLACES_MAX paths) or QW_E_NOMEM;
 * what cannot be found out is in the place.
 */
QW_MUST_CHECK int qw_snapshot_gather(const struct qw_facts *facts, const struct qw_world *world, struct qw_arena *arena,
                                     struct qw_snapshot *out, struct qw_err *err);

/* The place of a bind's source, a device or a checkpoint's directory; NULL for any other fact. */
const struct qw_place *qw_snapshot_place(const struct qw_snapshot *snapshot, const struct qw_fact *fact);

/* ---- look-ups: what the engine keeps, as facts ---- */

/* What the caller's rules want to know that is not asked for every request of its kind. */
struct qw_questions {
    bool users;    /* who a process is where the request does not say */
    bool binds;    /* which host paths are in a container that is entered */
    bool programs; /* whether a container runs its image's own program */
    /* Of the facts of a container that is entered: is it to be judged as it would be at its start? For `programs`. */
    bool (*is_excepted)(const struct qw_facts *stored, const void *data);
    const void *data;
};

#define QW_LOOKUPS_MAX 64 /* questions for one request */

/*
 * Asks the engine for the objects that the request is about or names, and adds what it says to the facts, marked as
 * `stored`. QW_FOUND: all that is wanted is known, or there is nobody to ask. QW_LATER: to be judged anew by a thread
 * that may wait. QW_UNCLEAR: err says what could not be found out.
 */
enum qw_found qw_facts_look_up(const struct qw_request *request, const struct qw_questions *questions,
                               const struct qw_world *world, struct qw_arena *arena, struct qw_facts *facts,
                               struct qw_err *err);

/* What was found out about an object, "container" or "network" and how the request names it; NULL: it was not asked. */
const struct qw_fact *qw_facts_looked_up(const struct qw_facts *facts, const char *kind, struct qw_bytes reference);
bool qw_facts_say_absent(const struct qw_facts *facts, const char *kind, struct qw_bytes reference);

/* Are the facts those of a container as it would be made? And do they tell at least its image and what it runs? */
bool qw_facts_hold_container(const struct qw_facts *facts);
bool qw_facts_know_container(const struct qw_facts *facts);

/* The container in "container:/web", "web:ro" or "/web:/other/alias": without what stands around it. */
struct qw_bytes qw_container_reference(struct qw_bytes text);

/* ---- paths ---- */

/* Is path the folder itself or below it? By components: /srvx is not within /srv. Both cleaned. */
bool qw_path_is_within(struct qw_bytes path, struct qw_bytes folder);

/* Lexically clean (path.Clean) an absolute path into the arena; .data is NULL without memory or if not absolute. */
struct qw_bytes qw_path_clean(struct qw_bytes path, struct qw_arena *arena);

#endif

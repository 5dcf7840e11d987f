/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * base: what every room stands on. Errors that the caller owns, borrowed byte strings, an arena that holds all of one
 * request, a growing output buffer with JSON escaping, and cleanup handlers.
 */
#ifndef QUAYWARDEN_BASE_H
#define QUAYWARDEN_BASE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define QW_MUST_CHECK        __attribute__((warn_unused_result))
#define QW_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define QW_COUNT(array)      (sizeof(array) / sizeof((array)[0]))
#define QW_BIT(n)            (1U << (n))

/* ---- errors ---- */

/*
 * Why something failed. The codes from QW_E_UNKNOWN_ENDPOINT on are also refusals of a request: enum qw_refusal in
 * verdict.h has their names.
 */
enum qw_code {
    QW_E_NONE,
    QW_E_NOMEM,
    QW_E_IO,
    QW_E_LIMIT,            /* larger than what is read */
    QW_E_BUSY,             /* somebody else has it */
    QW_E_UNKNOWN_ENDPOINT, /* no row of the route table */
    QW_E_MALFORMED,        /* the engine would refuse it, or could not have sent it */
    QW_E_AMBIGUOUS,        /* two readers could differ */
    QW_E_CONTENT_TYPE,     /* parameters could hide in the body */
    QW_E_BODY_MISSING,     /* the engine may read a body that was not shown */
};

struct qw_err {
    enum qw_code code;
    char msg[320]; /* one line, no newline; truncated rather than allocated */
};

/* Fills *err, which is never NULL. Returns -1 always, so that a function can end with `return qw_fail(...)`. */
int qw_fail(struct qw_err *err, enum qw_code code, const char *fmt, ...) QW_PRINTF(3, 4);

/* Puts context before the message of a failure on its way up. Returns -1 always. */
int qw_err_wrap(struct qw_err *err, const char *fmt, ...) QW_PRINTF(2, 3);

/* ---- exit codes ---- */

/* Exit codes of every subcommand. */
enum qw_exit {
    QW_EXIT_YES = 0,         /* allowed, valid, passed */
    QW_EXIT_NO = 1,          /* denied, failed, differences found */
    QW_EXIT_USAGE = 2,       /* the command line is wrong */
    QW_EXIT_INPUT = 3,       /* a policy or other input is bad */
    QW_EXIT_ENVIRONMENT = 4, /* a socket, file or engine is not to be had */
};

/* ---- borrowed bytes ---- */

/* A byte string that somebody else owns; not NUL-terminated. data is NULL only where len is 0. */
struct qw_bytes {
    const char *data;
    size_t len;
};

struct qw_pair {
    struct qw_bytes key;
    struct qw_bytes value;
};

#define QW_LIT(s) ((struct qw_bytes){(s), sizeof(s) - 1})
/* For messages: ends at a NUL and after 4096 bytes. */
#define QW_BYTES_FMT    "%.*s"
#define QW_BYTES_ARG(b) (int)((b).len > 4096 ? 4096 : (b).len), (b).data ? (b).data : ""

/* In the header, so that the length of a literal costs nothing. */
static inline struct qw_bytes qw_bytes_of(const char *cstring)
{
    return (struct qw_bytes){cstring, strlen(cstring)};
}

static inline bool qw_bytes_eq(struct qw_bytes a, struct qw_bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static inline bool qw_bytes_is(struct qw_bytes a, const char *cstring)
{
    return qw_bytes_eq(a, qw_bytes_of(cstring));
}

bool qw_bytes_is_nocase(struct qw_bytes a, const char *cstring); /* ASCII only */
bool qw_bytes_starts(struct qw_bytes a, const char *prefix);
bool qw_bytes_ends(struct qw_bytes a, const char *suffix);
struct qw_bytes qw_bytes_from(struct qw_bytes a, size_t start); /* the rest from start; empty past the end */
struct qw_bytes qw_bytes_trim(struct qw_bytes a);               /* ASCII white space off both ends */

/*
 * Splits *rest at the first separator: *piece is what stands before it, *rest what follows. Returns false where *rest
 * was used up (rest->data is NULL), and *piece is empty then. "a,b" gives a, b; "a," gives a and an empty piece; an
 * empty non-NULL string one empty piece.
 */
bool qw_bytes_split(struct qw_bytes *rest, char separator, struct qw_bytes *piece);

/* Decimal digits with an optional sign, all of a, within int64_t. */
bool qw_bytes_to_int(struct qw_bytes a, int64_t *out);

/* ---- arena ---- */

/* All memory of one request. Reset gives everything back at once and keeps the first block. */
struct qw_arena;

struct qw_arena *qw_arena_new(void); /* NULL without memory */
void qw_arena_free(struct qw_arena *arena);
void qw_arena_reset(struct qw_arena *arena);

/* size bytes, aligned for any type, not cleared; NULL without memory. */
void *qw_arena_alloc(struct qw_arena *arena, size_t size);
/* The same, cleared; count * size is checked for overflow. */
void *qw_arena_zalloc(struct qw_arena *arena, size_t count, size_t size);
/* A copy of bytes; .data is NULL without memory. */
struct qw_bytes qw_arena_copy(struct qw_arena *arena, struct qw_bytes bytes);
/* Both, one after the other: for data, which a format would cut. .data is NULL without memory. */
struct qw_bytes qw_arena_concat(struct qw_arena *arena, struct qw_bytes a, struct qw_bytes b);
/* All three, not by two calls: the second would take the first one's failure for an empty text. */
struct qw_bytes qw_arena_concat3(struct qw_arena *arena, struct qw_bytes a, struct qw_bytes b, struct qw_bytes c);
/* Formatted text, for people; .data is NULL without memory. */
struct qw_bytes qw_arena_printf(struct qw_arena *arena, const char *fmt, ...) QW_PRINTF(2, 3);

/* ---- output buffer ---- */

/*
 * Text under construction on the heap. Without memory it turns `failed`, ignores what follows and the user checks
 * once at the end. Zero-initialise; release with qw_buf_fini or QW_AUTO(buf).
 */
struct qw_buf {
    char *data;
    size_t len;
    size_t cap;
    bool failed;
};

void qw_buf_fini(struct qw_buf *buf);
void qw_buf_reset(struct qw_buf *buf); /* empty again, memory kept */
void qw_buf_add(struct qw_buf *buf, const void *data, size_t len);
void qw_buf_add_bytes(struct qw_buf *buf, struct qw_bytes bytes);
void qw_buf_add_text(struct qw_buf *buf, const char *cstring);
void qw_buf_add_int(struct qw_buf *buf, int64_t n);
void qw_buf_printf(struct qw_buf *buf, const char *fmt, ...) QW_PRINTF(2, 3);
struct qw_bytes qw_buf_bytes(const struct qw_buf *buf);

/*
 * The one way in which outside text reaches an answer, a log line or a record: a JSON string with its quotes. Control
 * bytes, quotes, backslashes, DEL and bytes that are no UTF-8 are escaped, so the result is one line of valid UTF-8.
 */
void qw_buf_add_json(struct qw_buf *buf, struct qw_bytes text);

/* The same escapes without quotes, shortened to about max bytes with "…"; for sentences that people read. */
void qw_buf_add_shown(struct qw_buf *buf, struct qw_bytes text, size_t max);

/* A sentence of ours that quotes outside text: the same escapes, but quotes and backslashes stay as they are. */
void qw_buf_add_sentence(struct qw_buf *buf, struct qw_bytes text);

/* ---- files ---- */

/* The whole of a regular file of at most max bytes, on the heap (*out, caller frees), NUL-terminated besides. */
QW_MUST_CHECK int qw_file_read(const char *path, size_t max, char **out, size_t *len, struct qw_err *err);

/* The folder of what path names, with its last slash; "." where it names none. A path too long for any file is cut. */
void qw_folder_of(const char *path, char folder[PATH_MAX]);

/* ---- UTF-8 ---- */

/* Length of the valid UTF-8 sequence at data (1 to 4), 0 where there is none. Surrogates and overlong forms are none.
 */
size_t qw_utf8_length(const char *data, size_t len);

/* Writes code point c (valid) to out, at most 4 bytes; returns how many. */
size_t qw_utf8_encode(uint32_t c, char *out);

/* ---- log ---- */

/* The program's own words to standard error, one line, for the journal: "quaywarden: …". Thread-safe. */
void qw_log(const char *fmt, ...) QW_PRINTF(1, 2);

/* ---- cleanup ---- */

#define QW_AUTO(kind) __attribute__((cleanup(qw_##kind##_drop)))

static inline void qw_fd_drop(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static inline void qw_heap_drop(char **p)
{
    free(*p);
}

static inline void qw_buf_drop(struct qw_buf *buf)
{
    qw_buf_fini(buf);
}

static inline void qw_arena_drop(struct qw_arena **arena)
{
    qw_arena_free(*arena);
}

/* Hands a pointer over and leaves NULL, so that its cleanup handler does nothing. */
#define QW_STEAL(p)                                                                                                    \
    __extension__({                                                                                                    \
        __typeof__(p) *qw_p = &(p);                                                                                    \
        __typeof__(p) qw_v = *qw_p;                                                                                    \
        *qw_p = NULL;                                                                                                  \
        qw_v;                                                                                                          \
    })

#endif

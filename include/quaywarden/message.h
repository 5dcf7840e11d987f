/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * message: the plugin protocol, both ways. Bytes become a qw_message; a verdict's words become an answer.
 * Source: moby pkg/authorization/api.go, structs Request and Response.
 */
#ifndef QUAYWARDEN_MESSAGE_H
#define QUAYWARDEN_MESSAGE_H

#include "quaywarden/base.h"

#define QW_MESSAGE_MAX ((size_t)16 << 20) /* bytes of one message that are read */

enum qw_body {
    QW_BODY_ABSENT, /* the engine showed none; whether there is one is another question */
    QW_BODY_EMPTY,  /* shown, of no bytes */
    QW_BODY_PRESENT,
};

struct qw_message {
    struct qw_bytes user;        /* the certificate's common name, or empty */
    struct qw_bytes auth_method; /* "TLS" or empty */
    struct qw_bytes method;      /* RequestMethod */
    struct qw_bytes uri;         /* RequestUri, as on the wire */
    const struct qw_pair *headers;
    size_t header_count;
    enum qw_body body_state;
    struct qw_bytes body;        /* decoded */
    struct qw_bytes certificate; /* PEM of RequestPeerCertificates[0], the verified one; or empty */
    int64_t status;              /* ResponseStatusCode; 0 where there is none */
};

/**
 * Decode the body of /AuthZPlugin.AuthZReq or AuthZRes.
 * in:   at most QW_MESSAGE_MAX bytes, not NUL-terminated; out points into it and into the arena.
 * out:  set on success, valid until the arena is reset; what could be read before a failure stays in it, so that the
 *       record of a refused message names its user and URI.
 * Fails with QW_E_MALFORMED (JSON, base64, type), QW_E_AMBIGUOUS (repeated field or header) or QW_E_NOMEM.
 * A key that this version does not know is ignored: the engine, not a client, writes the message.
 */
QW_MUST_CHECK int qw_message_decode(struct qw_bytes in, struct qw_arena *arena, struct qw_message *out,
                                    struct qw_err *err);

/* The value of a header, name in any case; .data is NULL where the message has none. */
struct qw_bytes qw_message_header(const struct qw_message *message, const char *name);

/*
 * Standard base64 (RFC 4648 section 4) with padding, as Go marshals []byte; nothing else is skipped or forgiven.
 * out->data is NULL only on failure. Fails with QW_E_MALFORMED or QW_E_NOMEM.
 */
QW_MUST_CHECK int qw_base64_decode(struct qw_bytes in, struct qw_arena *arena, struct qw_bytes *out,
                                   struct qw_err *err);

/*
 * The answer {"Allow":…}: with a reason where reason is not empty, in Msg, and in Err too where the message could not
 * be understood. out is appended to.
 */
void qw_response_encode(bool allow, struct qw_bytes reason, bool as_error, struct qw_buf *out);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who asks, by the certificate that the engine verified. Source: moby pkg/authorization/middleware.go. */
#include "quaywarden/request.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

static inline void qw_bio_drop(BIO **bio)
{
    BIO_free(*bio);
}

static inline void qw_x509_drop(X509 **certificate)
{
    X509_free(*certificate);
}

/* ---- front's CA ---- */

#define AUTHORITIES_MAX 8 /* of one CA that changes its key */

struct qw_front {
    X509 *authorities[AUTHORITIES_MAX];
    size_t count;
};

static int read_authorities(BIO *bio, const char *file, struct qw_front *front, struct qw_err *err)
{
    X509 *authority;

    ERR_clear_error();
    while ((authority = PEM_read_bio_X509(bio, NULL, NULL, NULL))) {
        /* Looks at its extensions once, before threads share it. */
        const bool is_ca = X509_check_ca(authority) > 0;

        if (!is_ca || front->count == AUTHORITIES_MAX) {
            X509_free(authority);
            return is_ca ? qw_fail(err, QW_E_MALFORMED, "%s: more than %d certificates", file, AUTHORITIES_MAX)
                         : qw_fail(err, QW_E_MALFORMED, "%s: holds a certificate that is no CA's", file);
        }
        front->authorities[front->count++] = authority;
    }
    if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
        return qw_fail(err, QW_E_MALFORMED, "%s: holds a certificate that cannot be read", file);
    return front->count ? 0 : qw_fail(err, QW_E_MALFORMED, "%s: holds no certificate in PEM", file);
}

int qw_front_load(const char *file, struct qw_front **out, struct qw_err *err)
{
    QW_AUTO(bio) BIO *bio = BIO_new_file(file, "r");
    struct qw_front *front;

    if (!bio)
        return qw_fail(err, QW_E_IO, "%s: %s", file, strerror(errno));
    front = calloc(1, sizeof(*front));
    if (!front)
        return qw_fail(err, QW_E_NOMEM, "out of memory");
    if (read_authorities(bio, file, front, err) < 0) {
        qw_front_free(front);
        return -1;
    }
    *out = front;
    return 0;
}

void qw_front_free(struct qw_front *front)
{
    for (size_t i = 0; front && i < front->count; i++)
        X509_free(front->authorities[i]);
    free(front);
}

/*
 * A name is soon copied: the signature says who issued it. The engine has verified the certificate, but maybe against
 * another CA of the same name.
 */
static bool is_fronts(const struct qw_front *front, X509 *certificate)
{
    for (size_t i = 0; front && i < front->count; i++) {
        if (X509_check_issued(front->authorities[i], certificate) == X509_V_OK &&
            X509_verify(certificate, X509_get0_pubkey(front->authorities[i])) == 1)
            return true;
    }
    return false;
}

/* ---- names ---- */

static int copy_text(const X509_NAME_ENTRY *entry, struct qw_arena *arena, struct qw_bytes *out)
{
    unsigned char *text = NULL;
    const int len = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(entry));

    if (len < 0)
        return -1;
    *out = qw_arena_copy(arena, (struct qw_bytes){(const char *)text, (size_t)len});
    OPENSSL_free(text);
    return out->data ? 0 : -1;
}

/* Organisations and organisational units, in the certificate's order. */
static int read_groups(const X509_NAME *subject, struct qw_arena *arena, struct qw_identity *out)
{
    const int count = X509_NAME_entry_count(subject);
    struct qw_bytes *groups = qw_arena_zalloc(arena, (size_t)count + 1, sizeof(*groups));

    if (!groups)
        return -1;
    out->groups = groups;
    for (int i = 0; i < count; i++) {
        const X509_NAME_ENTRY *entry = X509_NAME_get_entry(subject, i);
        const int nid = OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry));

        if (nid != NID_organizationName && nid != NID_organizationalUnitName)
            continue;
        if (copy_text(entry, arena, &groups[out->group_count]) < 0)
            return -1;
        out->group_count++;
    }
    return 0;
}

static int read_issuer(const X509_NAME *issuer, struct qw_arena *arena, struct qw_identity *out)
{
    const int at = X509_NAME_get_index_by_NID(issuer, NID_commonName, -1);

    return at < 0 ? 0 : copy_text(X509_NAME_get_entry(issuer, at), arena, &out->issuer);
}

int qw_identity_read(const struct qw_message *message, const struct qw_front *front, struct qw_arena *arena,
                     struct qw_identity *out, struct qw_err *err)
{
    QW_AUTO(bio) BIO *bio = NULL;
    QW_AUTO(x509) X509 *certificate = NULL;

    *out = (struct qw_identity){.user = message->user};
    if (!message->user.len && !message->auth_method.len && !message->certificate.len)
        return 0;
    out->via = QW_LIT("tls");
    if (!message->certificate.len)
        return 0;
    if (message->certificate.len > 1 << 20)
        return qw_fail(err, QW_E_MALFORMED, "the client's certificate is larger than 1 MiB");
    bio = BIO_new_mem_buf(message->certificate.data, (int)message->certificate.len);
    certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    if (!certificate)
        return qw_fail(err, QW_E_MALFORMED, "the client's certificate cannot be read");
    if (read_groups(X509_get_subject_name(certificate), arena, out) < 0 ||
        read_issuer(X509_get_issuer_name(certificate), arena, out) < 0)
        return qw_fail(err, QW_E_MALFORMED, "a name in the client's certificate cannot be read");
    if (is_fronts(front, certificate))
        out->via = QW_LIT("front");
    return 0;
}

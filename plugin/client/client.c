/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quaywarden/client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#define TYPE (SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK)

/* One exchange under way. */
struct call {
    const char *address;
    int fd;
    int64_t deadline_ms;
    struct qw_err *err;
};

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int fail_errno(const struct call *call)
{
    return qw_fail(call->err, QW_E_IO, "%s: %s", call->address, strerror(errno));
}

/* ---- connecting ---- */

union place {
    struct sockaddr any;
    struct sockaddr_un unix_path;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

/* The length of the address, 0 where it is none. */
static socklen_t read_port(const char *text, union place *place)
{
    static const char v4[] = "127.0.0.1:", v6[] = "[::1]:";
    const bool is_v6 = strncmp(text, v6, sizeof(v6) - 1) == 0;
    int64_t port;

    if (!is_v6 && strncmp(text, v4, sizeof(v4) - 1) != 0)
        return 0;
    text += is_v6 ? sizeof(v6) - 1 : sizeof(v4) - 1;
    if (!qw_bytes_to_int(qw_bytes_of(text), &port) || port < 1 || port > UINT16_MAX)
        return 0;
    if (is_v6) {
        place->v6 = (struct sockaddr_in6){
            .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
        return sizeof(place->v6);
    }
    place->v4 = (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    return sizeof(place->v4);
}

static int read_address(const struct call *call, union place *place, socklen_t *len)
{
    const bool is_port = strncmp(call->address, "tcp://", 6) == 0;
    const char *path = call->address + (strncmp(call->address, "unix://", 7) == 0 ? 7 : 0);

    *len = read_port(call->address + (is_port ? 6 : 0), place);
    if (*len)
        return 0;
    if (is_port)
        return qw_fail(call->err, QW_E_IO, "%s: neither 127.0.0.1:PORT nor [::1]:PORT", call->address);
    *place = (union place){.unix_path = {.sun_family = AF_UNIX}};
    if (strlen(path) >= sizeof(place->unix_path.sun_path))
        return qw_fail(call->err, QW_E_IO, "%s: longer than a socket's path may be", call->address);
    memcpy(place->unix_path.sun_path, path, strlen(path));
    *len = sizeof(place->unix_path);
    return 0;
}

/* Waits for the descriptor; 0 where the time is up, -1 on failure. */
static int await(const struct call *call, short events)
{
    struct pollfd wait = {call->fd, events, 0};
    int64_t left_ms;
    int ready;

    do {
        left_ms = call->deadline_ms - now_ms();
        ready = poll(&wait, 1, left_ms > 0 ? (int)left_ms : 0);
    } while (ready < 0 && errno == EINTR);
    return ready < 0 ? fail_errno(call) : ready;
}

static int dial(struct call *call)
{
    union place place = {0};
    socklen_t len;
    int trouble = 0;
    socklen_t trouble_len = sizeof(trouble);

    if (read_address(call, &place, &len))
        return -1;
    call->fd = socket(place.any.sa_family, TYPE, 0);
    if (call->fd < 0)
        return fail_errno(call);
    if (connect(call->fd, &place.any, len) == 0)
        return 0;
    if (errno != EINPROGRESS)
        return fail_errno(call);
    if (await(call, POLLOUT) <= 0)
        return qw_fail(call->err, QW_E_IO, "%s: does not take a connection in time", call->address);
    if (getsockopt(call->fd, SOL_SOCKET, SO_ERROR, &trouble, &trouble_len) == 0 && trouble == 0)
        return 0;
    errno = trouble;
    return fail_errno(call);
}

/* ---- both ways ---- */

static int send_all(const struct call *call, struct qw_bytes bytes)
{
    while (bytes.len) {
        const ssize_t sent = send(call->fd, bytes.data, bytes.len, MSG_NOSIGNAL);

        if (sent >= 0) {
            bytes = qw_bytes_from(bytes, (size_t)sent);
            continue;
        }
        if (errno != EAGAIN && errno != EINTR)
            return fail_errno(call);
        if (await(call, POLLOUT) <= 0)
            return qw_fail(call->err, QW_E_IO, "%s: does not take the question in time", call->address);
    }
    return 0;
}

/* Until there is enough, or the end: *ended says which. */
static int receive(const struct call *call, size_t enough, struct qw_buf *in, bool *ended)
{
    char part[4096];

    for (*ended = false; in->len < enough;) {
        const ssize_t got = recv(call->fd, part, sizeof(part), 0);

        if (got == 0) {
            *ended = true;
            return 0;
        }
        if (got > 0) {
            qw_buf_add(in, part, (size_t)got);
            if (in->failed)
                return qw_fail(call->err, QW_E_NOMEM, "out of memory");
        } else if (errno != EAGAIN && errno != EINTR) {
            return fail_errno(call);
        } else {
            const int ready = await(call, POLLIN);

            if (ready <= 0)
                return ready;
        }
    }
    return 0;
}

int qw_client_exchange(const char *address, struct qw_bytes question, size_t enough, int timeout_ms, struct qw_buf *out,
                       struct qw_err *err)
{
    struct call call = {address, -1, now_ms() + timeout_ms, err};
    bool ended;
    int result = dial(&call);

    if (result == 0)
        result = send_all(&call, question);
    if (result == 0)
        result = receive(&call, enough, out, &ended);
    qw_fd_drop(&call.fd);
    return result;
}

/* ---- HTTP ---- */

/* The value of a header of the answer's head; .data is NULL where it is not there. */
static struct qw_bytes find_header(struct qw_bytes head, const char *name)
{
    struct qw_bytes line;

    while (qw_bytes_split(&head, '\n', &line)) {
        struct qw_bytes key;

        if (qw_bytes_split(&line, ':', &key) && qw_bytes_is_nocase(key, name) && line.data)
            return qw_bytes_trim(line);
    }
    return (struct qw_bytes){NULL, 0};
}

/* "HTTP/1.1 200 OK …": an answer that is cut short is none, since half of one could mean something else. */
static int read_answer(const struct call *call, struct qw_bytes in, struct qw_client_answer *out)
{
    const char *end = in.len ? memmem(in.data, in.len, "\r\n\r\n", 4) : NULL;
    struct qw_bytes head = {in.data, end ? (size_t)(end - in.data) : 0};
    const struct qw_bytes body = qw_bytes_from(in, head.len + 4);
    const struct qw_bytes declared = find_header(head, "Content-Length");
    int64_t status, length;

    if (head.len < 12 || !qw_bytes_starts(head, "HTTP/1.") ||
        !qw_bytes_to_int((struct qw_bytes){head.data + 9, 3}, &status) || status < 200)
        return qw_fail(call->err, QW_E_IO, "%s: does not answer in HTTP", call->address);
    if (declared.data && (!qw_bytes_to_int(declared, &length) || length != (int64_t)body.len))
        return qw_fail(call->err, QW_E_IO, "%s: the answer is cut short", call->address);
    qw_buf_reset(&out->body);
    qw_buf_add_bytes(&out->body, body);
    out->status = (int)status;
    return out->body.failed ? qw_fail(call->err, QW_E_NOMEM, "out of memory") : 0;
}

static int converse(const struct call *call, struct qw_bytes question, struct qw_client_answer *out)
{
    QW_AUTO(buf) struct qw_buf in = {0};
    bool ended;

    if (send_all(call, question) || receive(call, QW_CLIENT_ANSWER_MAX, &in, &ended))
        return -1;
    if (!ended && in.len >= QW_CLIENT_ANSWER_MAX)
        return qw_fail(call->err, QW_E_LIMIT, "%s: the answer is larger than %zu bytes", call->address,
                       QW_CLIENT_ANSWER_MAX);
    if (!ended)
        return qw_fail(call->err, QW_E_IO, "%s: does not answer in time", call->address);
    return read_answer(call, qw_buf_bytes(&in), out);
}

int qw_client_ask(const char *address, const char *method, const char *target, struct qw_bytes body, int timeout_ms,
                  struct qw_client_answer *out, struct qw_err *err)
{
    QW_AUTO(buf) struct qw_buf question = {0};
    struct call call = {address, -1, now_ms() + timeout_ms, err};
    int result;

    qw_buf_printf(&question, "%s %s HTTP/1.0\r\nHost: localhost\r\nUser-Agent: quaywarden/" QW_VERSION "\r\n", method,
                  target);
    if (body.len)
        qw_buf_printf(&question, "Content-Type: application/json\r\n");
    if (body.len || strcmp(method, "GET") != 0)
        qw_buf_printf(&question, "Content-Length: %zu\r\n", body.len);
    qw_buf_add_text(&question, "\r\n");
    qw_buf_add_bytes(&question, body);
    if (question.failed)
        return qw_fail(err, QW_E_NOMEM, "out of memory");
    result = dial(&call);
    if (result == 0)
        result = converse(&call, qw_buf_bytes(&question), out);
    qw_fd_drop(&call.fd);
    return result;
}

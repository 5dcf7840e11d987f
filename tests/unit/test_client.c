/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quaywarden/client.h"

#include "suite.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>

#define TIMEOUT_MS  300   /* where the server stays silent */
#define PATIENCE_MS 30000 /* where it answers, on a machine with other work */

/* A server for one connection: it reads a question, says `says` and ends the connection, or waits for its other end. */
struct server {
    int listener;
    const char *says; /* NULL: nothing */
    bool stays;
    char heard[4096];
    pthread_t thread;
    char address[128];
};

static void *serve(void *data)
{
    struct server *server = data;
    const int fd = accept(server->listener, NULL, NULL);
    char rest[64];
    const ssize_t got = read(fd, server->heard, sizeof(server->heard) - 1);

    server->heard[got > 0 ? got : 0] = '\0';
    if (server->says)
        ck_assert_int_eq(write(fd, server->says, strlen(server->says)), (ssize_t)strlen(server->says));
    while (server->stays && read(fd, rest, sizeof(rest)) > 0)
        ;
    close(fd);
    return NULL;
}

static void start(struct server *server, const char *says, bool stays)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    *server = (struct server){.says = says, .stays = stays};
    snprintf(server->address, sizeof(server->address), "/tmp/qw-test-client-%d.sock", (int)getpid());
    memcpy(address.sun_path, server->address, strlen(server->address));
    unlink(server->address);
    server->listener = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(server->listener, (struct sockaddr *)&address, sizeof(address)), 0);
    ck_assert_int_eq(listen(server->listener, 1), 0);
    ck_assert_int_eq(pthread_create(&server->thread, NULL, serve, server), 0);
}

static void finish(struct server *server)
{
    pthread_join(server->thread, NULL);
    close(server->listener);
    unlink(server->address);
}

/* Asks; true where there was an answer. err holds the address; what follows it is `message`. */
static bool ask(const char *says, bool stays, struct qw_client_answer *answer, const char **message)
{
    static struct qw_err err;
    static struct server server;
    int result;

    start(&server, says, stays);
    result = qw_client_ask(server.address, "POST", "/x", QW_LIT("{}"), stays ? TIMEOUT_MS : PATIENCE_MS, answer, &err);
    finish(&server);
    ck_assert_str_eq(server.heard, "POST /x HTTP/1.0\r\nHost: localhost\r\nUser-Agent: quaywarden/" QW_VERSION
                                   "\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
    if (result)
        ck_assert(strncmp(err.msg, server.address, strlen(server.address)) == 0);
    *message = err.msg + strlen(server.address) + 2;
    return result == 0;
}

START_TEST(an_answer_is_a_status_and_a_body)
{
    static const char *const texts[] = {
        "HTTP/1.0 403 Forbidden\r\ncontent-length: 3\r\n\r\nno\n",
        "HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\nno\n",
    };
    struct qw_client_answer answer = {0};
    const char *message;

    for (size_t i = 0; i < QW_COUNT(texts); i++) {
        ck_assert(ask(texts[i], false, &answer, &message));
        ck_assert_int_eq(answer.status, 403);
        ck_assert(qw_bytes_is(qw_buf_bytes(&answer.body), "no\n"));
    }
    qw_buf_fini(&answer.body);
}
END_TEST

START_TEST(what_is_no_whole_answer_is_none)
{
    static const struct {
        const char *says;
        bool stays;
        const char *message;
    } rows[] = {
        {"HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\nhalf", false, "the answer is cut short"},
        {"HTTP/1.0 200 OK\r\nContent-Le", false, "does not answer in HTTP"},
        {"HTTP/2.0 200 OK\r\n\r\n", false, "does not answer in HTTP"},
        {"HTTP/1.0 xyz\r\n\r\n", false, "does not answer in HTTP"},
        {NULL, false, "does not answer in HTTP"},
        {"HTTP/1.0 200 OK\r\n\r\n", true, "does not answer in time"},
        {NULL, true, "does not answer in time"},
    };
    struct qw_client_answer answer = {0};
    const char *message;

    for (size_t i = 0; i < QW_COUNT(rows); i++) {
        ck_assert_msg(!ask(rows[i].says, rows[i].stays, &answer, &message), "row %zu", i);
        ck_assert_str_eq(message, rows[i].message);
    }
    qw_buf_fini(&answer.body);
}
END_TEST

START_TEST(an_address_where_nobody_is_says_so)
{
    static const char *const rows[][2] = {
        {"/nowhere/x.sock", "/nowhere/x.sock: No such file or directory"},
        {"unix:///nowhere/x.sock", "unix:///nowhere/x.sock: No such file or directory"},
        {"127.0.0.1:1", "127.0.0.1:1: Connection refused"},
        {"tcp://[::1]:1", "tcp://[::1]:1: "},
        {"tcp://example.org:1", "tcp://example.org:1: neither 127.0.0.1:PORT nor [::1]:PORT"},
        {"tcp://127.0.0.1:65536", "tcp://127.0.0.1:65536: neither 127.0.0.1:PORT nor [::1]:PORT"},
        {"/0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
         "01234567",
         "/0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
         "01234567: longer than a socket's path may be"},
    };
    struct qw_client_answer answer = {0};
    struct qw_err err;

    for (size_t i = 0; i < QW_COUNT(rows); i++) {
        ck_assert_int_eq(qw_client_ask(rows[i][0], "GET", "/", (struct qw_bytes){NULL, 0}, TIMEOUT_MS, &answer, &err),
                         -1);
        ck_assert_msg(strncmp(err.msg, rows[i][1], strlen(rows[i][1])) == 0, "%s", err.msg);
    }
}
END_TEST

START_TEST(a_port_of_this_machine_is_an_address)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);
    struct server server = {.says = "HTTP/1.0 204 None\r\n\r\n"};
    struct qw_client_answer answer = {0};
    struct qw_err err;

    server.listener = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(server.listener, (struct sockaddr *)&address, sizeof(address)), 0);
    ck_assert_int_eq(listen(server.listener, 1), 0);
    ck_assert_int_eq(getsockname(server.listener, (struct sockaddr *)&address, &len), 0);
    snprintf(server.address, sizeof(server.address), "tcp://127.0.0.1:%d", ntohs(address.sin_port));
    ck_assert_int_eq(pthread_create(&server.thread, NULL, serve, &server), 0);
    ck_assert_int_eq(qw_client_ask(server.address, "GET", "/x", (struct qw_bytes){NULL, 0}, PATIENCE_MS, &answer, &err),
                     0);
    pthread_join(server.thread, NULL);
    close(server.listener);
    ck_assert_int_eq(answer.status, 204);
    ck_assert_str_eq(server.heard,
                     "GET /x HTTP/1.0\r\nHost: localhost\r\nUser-Agent: quaywarden/" QW_VERSION "\r\n\r\n");
    qw_buf_fini(&answer.body);
}
END_TEST

START_TEST(an_exchange_ends_when_there_is_enough_or_time_is_up)
{
    static struct server server;
    struct qw_buf in = {0};
    struct qw_err err;

    start(&server, "123456789", true);
    ck_assert_int_eq(qw_client_exchange(server.address, QW_LIT("?"), 4, PATIENCE_MS, &in, &err), 0);
    finish(&server);
    ck_assert_uint_ge(in.len, 4);
    qw_buf_reset(&in);
    start(&server, "12", true);
    ck_assert_int_eq(qw_client_exchange(server.address, QW_LIT("?"), 4, TIMEOUT_MS, &in, &err), 0);
    finish(&server);
    ck_assert_uint_eq(in.len, 2);
    qw_buf_fini(&in);
}
END_TEST

QW_SUITE("client", an_answer_is_a_status_and_a_body, what_is_no_whole_answer_is_none,
         an_address_where_nobody_is_says_so, a_port_of_this_machine_is_an_address,
         an_exchange_ends_when_there_is_enough_or_time_is_up)

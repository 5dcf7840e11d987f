/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Floods a unix socket: one HTTP/1.1 request over and over, on a number of connections, as fast as they take it and
 * without waiting for answers, which are counted as they come. Says "flooding" when all are connected, and at SIGTERM
 * how many answers there were.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define AT_ONCE         64
#define CONNECTIONS_MAX 4096

struct connection {
    int fd;
    size_t sent;   /* of the request that is under way */
    size_t ending; /* characters of an answer's blank line that have come in a row */
};

struct flood {
    char *request;
    size_t request_size;
    int epoll;
    unsigned long long answers;
};

static volatile sig_atomic_t over;

static void on_signal(int number)
{
    (void)number;
    over = 1;
}

__attribute__((noreturn)) static void die(const char *what)
{
    fprintf(stderr, "flood: %s: %s\n", what, strerror(errno));
    exit(4);
}

static void read_request(struct flood *flood, const char *path)
{
    FILE *file = fopen(path, "rbe");
    long size;

    if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) <= 0) {
        die(path);
    }
    rewind(file);
    flood->request_size = (size_t)size;
    flood->request = malloc(flood->request_size);
    if (flood->request == NULL || fread(flood->request, flood->request_size, 1, file) != 1) {
        die(path);
    }
    fclose(file);
}

static void connect_one(const struct flood *flood, struct connection *c, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = c};

    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        epoll_ctl(flood->epoll, EPOLL_CTL_ADD, c->fd, &event) != 0) {
        die(path);
    }
}

static void send_some(const struct flood *flood, struct connection *c)
{
    const ssize_t n = send(c->fd, flood->request + c->sent, flood->request_size - c->sent, MSG_NOSIGNAL | MSG_DONTWAIT);

    if (n < 0 && errno != EAGAIN) {
        die("send");
    }
    if (n > 0) {
        c->sent = (c->sent + (size_t)n) % flood->request_size;
    }
}

/* An answer's head ends in a blank line; its body has none. */
static void receive_some(struct flood *flood, struct connection *c)
{
    static const char blank[] = "\r\n\r\n";
    char text[16384];
    const ssize_t n = recv(c->fd, text, sizeof(text), MSG_DONTWAIT);

    if (n < 0 && errno == EAGAIN) {
        return;
    }
    if (n <= 0) {
        die("the server closed a connection");
    }
    for (ssize_t i = 0; i < n; i++) {
        c->ending = text[i] == blank[c->ending] ? c->ending + 1 : text[i] == '\r';
        if (c->ending == sizeof(blank) - 1) {
            c->ending = 0;
            flood->answers++;
        }
    }
}

int main(int argc, char **argv)
{
    struct flood flood = {.epoll = epoll_create1(EPOLL_CLOEXEC)};
    static struct connection all[CONNECTIONS_MAX];
    const unsigned long count = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
    struct epoll_event events[AT_ONCE];

    if (!count || count > CONNECTIONS_MAX) {
        fputs("usage: flood SOCKET REQUEST-FILE CONNECTIONS, at most 4096\n", stderr);
        return 2;
    }
    signal(SIGTERM, on_signal);
    read_request(&flood, argv[2]);
    for (unsigned long i = 0; i < count; i++) {
        connect_one(&flood, &all[i], argv[1]);
    }
    puts("flooding");
    fflush(stdout);
    while (!over) {
        const int n = epoll_wait(flood.epoll, events, AT_ONCE, 1000);

        for (int i = 0; i < n; i++) {
            if (events[i].events & EPOLLOUT) {
                send_some(&flood, events[i].data.ptr);
            }
            if (events[i].events & EPOLLIN) {
                receive_some(&flood, events[i].data.ptr);
            }
        }
    }
    printf("%llu\n", flood.answers);
    free(flood.request);
    return 0;
}

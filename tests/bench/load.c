/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Sends one fixed HTTP/1.1 request over and over, on a number of keep-alive connections to a unix socket, each waiting
 * for its answer before it asks again, as an engine does. What h2load lacks: the text of every answer is checked (a
 * fast denial must not pass for a fast allow), there are percentiles, a run ends after a count or a time without
 * breaking off a request, and little is taken from the processors that it shares with the server. One thread does it
 * all, so that the answers and not the generator's own scheduling are measured.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_MAX 16384
/* Connections that arrive together are often all taken by one thread of the server; an engine opens them one by one. */
#define APART_US   1000
#define SLOWEST_US 1000000 /* slower answers count as this slow */

struct connection {
    int fd;
    int waits_to_send; /* the socket's buffer was full: EPOLLOUT is asked for */
    size_t sent;
    size_t got;
    uint64_t began;
    char answer[ANSWER_MAX + 1];
};

struct load {
    const char *expect;
    char *request;
    size_t request_size;
    int epoll;
    uint64_t deadline;  /* when not to ask again */
    useconds_t pause;   /* after each answer; for one connection */
    uint64_t remaining; /* how often still to ask */
    uint64_t done;
    unsigned int open; /* requests that wait for their answer */
    uint32_t took_us[SLOWEST_US + 1];
};

__attribute__((noreturn, format(printf, 1, 2))) static void die(const char *format, ...)
{
    va_list list;

    va_start(list, format);
    fputs("load: ", stderr);
    vfprintf(stderr, format, list);
    fputc('\n', stderr);
    va_end(list);
    exit(4);
}

static uint64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

static void read_request(struct load *load, const char *path)
{
    FILE *file = fopen(path, "rbe");
    long size;

    if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) <= 0) {
        die("%s: %s", path, errno ? strerror(errno) : "empty");
    }
    rewind(file);
    load->request_size = (size_t)size;
    load->request = malloc(load->request_size);
    if (load->request == NULL || fread(load->request, load->request_size, 1, file) != 1) {
        die("%s: cannot be read", path);
    }
    fclose(file);
}

static void watch(const struct load *load, struct connection *c, int operation, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = c};

    if (epoll_ctl(load->epoll, operation, c->fd, &event) != 0) {
        die("epoll_ctl: %s", strerror(errno));
    }
}

static void send_some(const struct load *load, struct connection *c)
{
    while (c->sent < load->request_size) {
        ssize_t n = send(c->fd, load->request + c->sent, load->request_size - c->sent, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (n < 0 && errno == EAGAIN) {
            if (!c->waits_to_send) {
                watch(load, c, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
                c->waits_to_send = 1;
            }
            return;
        }
        if (n < 0) {
            die("send: %s", strerror(errno));
        }
        c->sent += (size_t)n;
    }
    if (c->waits_to_send) {
        watch(load, c, EPOLL_CTL_MOD, EPOLLIN);
        c->waits_to_send = 0;
    }
}

static void ask(struct load *load, struct connection *c, uint64_t now)
{
    if (load->remaining == 0 || now >= load->deadline) {
        return;
    }
    load->remaining--;
    load->open++;
    c->sent = 0;
    c->got = 0;
    c->began = now;
    send_some(load, c);
}

/* Whether the answer is whole; ends the program when it is not the expected one. */
static int answered(const struct load *load, struct connection *c)
{
    static const char length_header[] = "\r\nContent-Length:";
    const char *end;
    const char *length;
    size_t whole;

    c->answer[c->got] = '\0';
    end = strstr(c->answer, "\r\n\r\n");
    if (end == NULL) {
        return 0;
    }
    length = strcasestr(c->answer, length_header);
    if (length == NULL || length > end) {
        die("an answer without Content-Length: %s", c->answer);
    }
    whole = (size_t)(end - c->answer) + 4 + strtoul(length + sizeof(length_header) - 1, NULL, 10);
    if (c->got < whole) {
        return 0;
    }
    if (c->got > whole || strncmp(c->answer, "HTTP/1.1 200 ", 13) != 0 || strstr(end, load->expect) == NULL) {
        die("not the expected answer: %s", c->answer);
    }
    return 1;
}

static void receive_some(struct load *load, struct connection *c)
{
    ssize_t n = recv(c->fd, c->answer + c->got, ANSWER_MAX - c->got, MSG_DONTWAIT);
    uint64_t now;
    uint64_t us;

    if (n < 0 && errno == EAGAIN) {
        return;
    }
    if (n <= 0) {
        die("the server closed the connection after %llu answers", (unsigned long long)load->done);
    }
    c->got += (size_t)n;
    if (!answered(load, c)) {
        return;
    }
    now = now_ns();
    us = (now - c->began) / 1000;
    load->took_us[us < SLOWEST_US ? us : SLOWEST_US]++;
    load->done++;
    load->open--;
    if (load->pause) {
        usleep(load->pause);
        now = now_ns();
    }
    ask(load, c, now);
}

static struct connection *connect_all(const struct load *load, const char *path, unsigned int count)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct connection *all = calloc(count, sizeof(*all));

    if (all == NULL || strlen(path) >= sizeof(address.sun_path)) {
        die("%s: too long, or out of memory", path);
    }
    memcpy(address.sun_path, path, strlen(path));
    for (unsigned int i = 0; i < count; i++) {
        all[i].fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (all[i].fd < 0 || connect(all[i].fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
            die("%s: %s", path, strerror(errno));
        }
        watch(load, &all[i], EPOLL_CTL_ADD, EPOLLIN);
        usleep(APART_US);
    }
    return all;
}

static unsigned long percentile_us(const struct load *load, double part)
{
    uint64_t wanted = (uint64_t)((double)load->done * part);
    uint64_t seen = 0;
    unsigned long us = 0;

    while (us < SLOWEST_US && (seen += load->took_us[us]) <= wanted) {
        us++;
    }
    return us;
}

static void run(struct load *load, struct connection *all, unsigned int connections, uint64_t start)
{
    struct epoll_event events[64];

    for (unsigned int i = 0; i < connections; i++) {
        ask(load, &all[i], start);
    }
    while (load->open > 0) {
        int n = epoll_wait(load->epoll, events, 64, 10000);

        if (n == 0) {
            die("no answer for ten seconds");
        }
        for (int i = 0; i < n; i++) {
            struct connection *c = events[i].data.ptr;

            if (events[i].events & EPOLLOUT) {
                send_some(load, c);
            }
            if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
                receive_some(load, c);
            }
        }
    }
}

int main(int argc, char **argv)
{
    static struct load load = {.deadline = UINT64_MAX, .remaining = UINT64_MAX};
    struct connection *all;
    unsigned int connections;
    uint64_t start;
    uint64_t amount;
    double seconds;

    if (argc < 7 || argc > 8 || (strcmp(argv[5], "ms") != 0 && strcmp(argv[5], "requests") != 0)) {
        fputs("usage: load SOCKET REQUEST-FILE EXPECTED-TEXT CONNECTIONS ms|requests AMOUNT [PAUSE-US]\n", stderr);
        return 2;
    }
    read_request(&load, argv[2]);
    load.expect = argv[3];
    connections = (unsigned int)strtoul(argv[4], NULL, 10);
    amount = strtoull(argv[6], NULL, 10);
    load.pause = argc == 8 ? (useconds_t)strtoul(argv[7], NULL, 10) : 0;
    load.epoll = epoll_create1(EPOLL_CLOEXEC);
    all = connect_all(&load, argv[1], connections);
    start = now_ns();
    if (strcmp(argv[5], "ms") == 0) {
        load.deadline = start + amount * 1000000U;
    } else {
        load.remaining = amount;
    }
    run(&load, all, connections, start);
    seconds = (double)(now_ns() - start) / 1e9;
    printf("{\"requests\": %llu, \"seconds\": %.6f, \"per_second\": %.1f, \"p50_us\": %lu, \"p99_us\": %lu}\n",
           (unsigned long long)load.done, seconds, (double)load.done / seconds, percentile_us(&load, 0.5),
           percentile_us(&load, 0.99));
    free(all);
    free(load.request);
    return 0;
}

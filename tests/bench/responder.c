/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The yardstick of the benchmark: the least that an authorization plugin on libmicrohttpd can do. It listens as the
 * real server does (epoll, a thread per core, keep-alive, the default pool of memory per connection), reads each body,
 * parses nothing and answers allow. It activates as a plugin, so a real engine can be measured with it.
 */
#include <microhttpd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Beyond what a descriptor set holds, which is libmicrohttpd's own limit and less than the 1,000 the benchmark opens.
 */
#define CONNECTIONS 4096

static struct MHD_Response *allow;
static struct MHD_Response *activate;

static enum MHD_Result answer(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *data, size_t *size, void **seen)
{
    (void)cls;
    (void)method;
    (void)version;
    (void)data;
    if (*seen == NULL) {
        *seen = &allow; /* any value: the first call has the headers only */
        return MHD_YES;
    }
    if (*size != 0) {
        *size = 0;
        return MHD_YES;
    }
    return MHD_queue_response(connection, MHD_HTTP_OK, strcmp(url, "/Plugin.Activate") == 0 ? activate : allow);
}

static struct MHD_Response *fixed(char *text)
{
    return MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_PERSISTENT);
}

static int listen_on(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd;

    if (strlen(path) >= sizeof(address.sun_path)) {
        return -1;
    }
    memcpy(address.sun_path, path, strlen(path));
    unlink(path);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 || listen(fd, SOMAXCONN) != 0) {
        return -1;
    }
    return fd;
}

int main(int argc, char **argv)
{
    static char allow_text[] = "{\"Allow\":true}";
    static char activate_text[] = "{\"Implements\":[\"authz\"]}";
    struct MHD_Daemon *daemon;
    sigset_t stop;
    int signal_number;
    int fd;

    if (argc != 2) {
        fputs("usage: responder SOCKET\n", stderr);
        return 2;
    }
    fd = listen_on(argv[1]);
    if (fd < 0) {
        perror(argv[1]);
        return 4;
    }
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGINT);
    sigprocmask(SIG_BLOCK, &stop, NULL);
    allow = fixed(allow_text);
    activate = fixed(activate_text);
    daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, &answer, NULL, MHD_OPTION_LISTEN_SOCKET, fd,
                              MHD_OPTION_THREAD_POOL_SIZE, (unsigned int)sysconf(_SC_NPROCESSORS_ONLN),
                              MHD_OPTION_CONNECTION_LIMIT, (unsigned int)CONNECTIONS, MHD_OPTION_END);
    if (daemon == NULL || allow == NULL || activate == NULL) {
        fputs("responder: libmicrohttpd does not start\n", stderr);
        return 4;
    }
    sigwait(&stop, &signal_number);
    MHD_stop_daemon(daemon);
    return 0;
}

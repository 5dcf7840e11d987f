/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command.h"
#include "quaywarden/server.h"

#define TIMEOUT_MAX_S 3600
#define TEXT(number)  TEXT_OF(number)
#define TEXT_OF(word) #word

enum { POLICY, SOCKET, AUDIT, STATE, ENGINE, ENGINE_CONFIG, FRONT_CA, REQUEST_TIMEOUT, THREADS };

const struct qw_option qw_serve_options[] = {
    [POLICY] = {"policy", 0, "FILE", "/etc/quaywarden/policy.yaml", "the policy"},
    [SOCKET] = {"socket", 0, "PATH", "/run/docker/plugins/quaywarden.sock", "where the engine asks"},
    [AUDIT] = {"audit", 0, "DEST", NULL, "a file, or - for standard output, in place of the policy's audit.to"},
    [STATE] = {"state", 0, "DIR", "/var/lib/quaywarden", "a folder to protect"},
    [ENGINE] = {"engine", 0, "SOCKET", "/run/docker.sock", "its socket: protected, and asked about what requests name"},
    [ENGINE_CONFIG] = {"engine-config", 0, "FILE", "/etc/docker/daemon.json", "the engine's configuration, to protect"},
    [FRONT_CA] = {"front-ca", 0, "FILE", NULL, "the CA of front: whose certificates name users of this host"},
    [REQUEST_TIMEOUT] = {"request-timeout", 0, "SECONDS", TEXT(QW_REQUEST_TIMEOUT_S),
                         "how long a request may take to arrive"},
    [THREADS] = {"threads", 0, "N", NULL, "for requests; half as many as processors where it is not given"},
    {0},
};

/* Fails with the exit code of a usage error, which it has printed. *out stays as it is where nothing is given. */
static int read_number(const struct qw_arguments *arguments, int option, int max, unsigned *out)
{
    const char *text = arguments->values[option];
    int64_t number;

    if (!text)
        return 0;
    if (!qw_bytes_to_int(qw_bytes_of(text), &number) || number < 1 || number > max)
        return qw_usage_error(qw_command_find("serve"), "--%s is a number from 1 to %d, not \"%s\"",
                              qw_serve_options[option].name, max, text);
    *out = (unsigned)number;
    return 0;
}

int qw_run_serve(const struct qw_arguments *arguments)
{
    struct qw_server_options options = {
        .policy = arguments->values[POLICY],
        .socket = arguments->values[SOCKET],
        .audit = arguments->values[AUDIT],
        .state = arguments->values[STATE],
        .engine = arguments->values[ENGINE],
        .engine_config = arguments->values[ENGINE_CONFIG],
        .front_ca = arguments->values[FRONT_CA],
    };
    int status = read_number(arguments, REQUEST_TIMEOUT, TIMEOUT_MAX_S, &options.request_timeout_s);

    if (!status)
        status = read_number(arguments, THREADS, QW_THREADS_MAX, &options.threads);
    return status ? status : qw_serve(&options);
}

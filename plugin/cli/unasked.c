/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Source: moby pkg/authorization, api/server/router/build and grpc, release notes of 25.0.16, 29.2 and 29.3.1. */
#include "unasked.h"

/* The engines that the end-to-end tests run. */
#define OLDEST_MAJOR 20
#define OLDEST_MINOR 10
#define NEWEST_MAJOR 28

/* Is the engine older than this version? An unknown one is taken for the worse. */
static bool is_before(const struct qw_standing *standing, int major, int minor, int patch)
{
    if (standing->major != major)
        return standing->major < major;
    return standing->minor != minor ? standing->minor < minor : standing->patch < patch;
}

static bool always(const struct qw_standing *standing)
{
    (void)standing;
    return true;
}

static bool asks_not(const struct qw_standing *standing)
{
    return standing->asks == QW_NO;
}

static bool loses_it(const struct qw_standing *standing)
{
    return standing->asks == QW_YES && standing->named == QW_NO;
}

static bool warns_only(const struct qw_standing *standing)
{
    return standing->warn_mode == QW_YES;
}

static bool is_untested(const struct qw_standing *standing)
{
    return standing->version[0] &&
           (is_before(standing, OLDEST_MAJOR, OLDEST_MINOR, 0) || standing->major > NEWEST_MAJOR);
}

static bool hides_large(const struct qw_standing *standing)
{
    return is_before(standing, 29, 3, 1) && (standing->major != 25 || is_before(standing, 25, 0, 16));
}

static bool frees_builds(const struct qw_standing *standing)
{
    return !standing->confines_builds;
}

static bool may_free_builds(const struct qw_standing *standing)
{
    return standing->confines_builds && standing->config_is_newer;
}

static bool serves_grpc(const struct qw_standing *standing)
{
    return standing->http2 == QW_YES;
}

static bool may_serve_grpc(const struct qw_standing *standing)
{
    return standing->http2 == QW_UNKNOWN && standing->version[0] && !is_before(standing, 29, 2, 0);
}

static bool is_open(const struct qw_standing *standing)
{
    return standing->open_to[0];
}

/* clang-format off */
const struct qw_unasked qw_unasked[] = {
    { "not-asked", asks_not,
      "The engine does not ask the plugin: every request passes. Turn it on: quaywarden enable." },
    { "not-kept", loses_it,
      "The engine asks the plugin, but its configuration does not name it: unless its command line does, it asks nobody "
      "after its next start." },
    { "warn-mode", warns_only,
      "The policy's mode is warn: what its roles and rules would deny passes, and is only recorded." },
    { "untested", is_untested,
      "The tests have not seen this version of the engine, but 20.10 to 28: what a newer one can do and quaywarden does "
      "not know is denied where it shows as an endpoint or a field, and passes where it does not." },
    { "http2", serves_grpc,
      "The engine speaks HTTP/2 on its socket: BuildKit's own protocol passes there without a question. Nobody but root "
      "may open that socket." },
    { "http2-unknown", may_serve_grpc,
      "From 29.2 on an engine serves BuildKit's own protocol on listeners without TLS, and asks no plugin; whether this "
      "one does could not be found out. Nobody but root may open its socket." },
    { "open-socket", is_open,
      "Others than root may open the engine's socket. It does not say who asks: all of them are anonymous to the "
      "policy." },
    { "build-network", frees_builds,
      "The engine's configuration lets BuildKit's builds use the host's network, and no plugin sees which do: the rule "
      "build denies BuildKit where the policy does not allow it all the same. Close it: quaywarden enable --builds, and "
      "restart the engine." },
    { "build-network-restart", may_free_builds,
      "The engine's configuration keeps builds from the host's network, but was changed after the engine started: the "
      "engine reads that setting only when it starts. Restart it." },
    { "build-form", always,
      "Parameters of the classic builder can stand in a form that the engine reads and shows nobody: the rule build "
      "denies it where the policy does not say hidden-parameters: allow." },
    { "large-bodies", hides_large,
      "Before 29.3.1 the engine shows no body over 1 MiB: such a request is denied where the endpoint takes JSON." },
    { "streams", always,
      "What passes through an attach, an exec, a session or BuildKit's control channel, once it was allowed, is not "
      "shown." },
};
/* clang-format on */

const size_t qw_unasked_count = QW_COUNT(qw_unasked);

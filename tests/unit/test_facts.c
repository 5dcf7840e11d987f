/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quaywarden/facts.h"

#include "suite.h"

#include <sys/stat.h>

static struct qw_arena *arena;
static struct qw_err err;

__attribute__((constructor)) static void make_arena(void)
{
    arena = qw_arena_new();
}

/* The facts of a request as the record has them, or the refusal. */
static const char *facts_of(const char *method, const char *uri, const char *body)
{
    static struct qw_facts facts;
    const struct qw_pair headers[] = {{QW_LIT("Content-Type"), QW_LIT("application/json")}};
    const struct qw_message m = {.method = qw_bytes_of(method),
                                 .uri = qw_bytes_of(uri),
                                 .headers = headers,
                                 .header_count = body ? 1 : 0,
                                 .body = body ? qw_bytes_of(body) : QW_LIT(""),
                                 .body_state = body ? QW_BODY_PRESENT : QW_BODY_ABSENT};
    struct qw_buf text = {0};
    struct qw_request r;
    const char *out;

    ck_assert_int_eq(qw_request_classify(&m, arena, &r, &err), 0);
    if (qw_request_read_body(&r, arena, &err) < 0 || qw_facts_extract(&r, arena, &facts, &err) < 0)
        return code_word(err.code);
    qw_facts_print(&facts, &text);
    out = qw_arena_copy(arena, qw_buf_bytes(&text)).data;
    qw_buf_fini(&text);
    return out;
}

static const char *created(const char *body)
{
    return facts_of("POST", "/containers/create", body);
}

START_TEST(a_create_body_is_read_as_the_engine_reads_it)
{
    static const struct {
        const char *body;
        const char *facts;
    } rows[] = {
        {"{\"Image\":\"x\",\"HostConfig\":{\"Privileged\":false,\"Memory\":0,\"Binds\":null}}", "{\"image\":[\"x\"]}"},
        {"{\"hostCONFIG\":{\"PRIVILEGED\":true}}", "{\"privileged\":[true]}"},
        {"{\"Privileged\":true}", "{\"privileged\":[true]}"},
        {"{\"HostConfig\":{\"Privileged\":null}}", "{}"},
        {"{\"HostConfig\":{\"Privileged\":1}}", "malformed"},
        {"{\"HostConfig\":{\"Privileged\":\"true\"}}", "malformed"},
        {"{\"HostConfig\":[]}", "malformed"},
        {"[]", "malformed"},
        {"{\"HostConfig\":{\"Privileged\":true,\"privileged\":false}}", "ambiguous"},
        {"{\"HostConfig\":{},\"hostconfig\":{}}", "ambiguous"},
        {"{\"Newer\":0,\"newer\":0}", "ambiguous"},
        {"{\"Labels\":{\"a\":\"1\",\"A\":\"2\"}}",
         "{\"label\":[{\"key\":\"a\",\"value\":\"1\"},{\"key\":\"A\",\"value\":\"2\"}]}"},
        {"{\"Labels\":{\"a\":\"1\",\"a\":\"2\"}}", "ambiguous"},
        {"{\"Labels\":{\"a\":1}}", "malformed"},
        {"{\"HostConfig\":{\"CapAdd\":\"ALL\",\"CapDrop\":[\"KILL\"]}}",
         "{\"cap-add\":[\"ALL\"],\"cap-drop\":[\"KILL\"]}"},
        {"{\"HostConfig\":{\"CapAdd\":[1]}}", "malformed"},
        {"{\"HostConfig\":{\"Memory\":1e9}}", "malformed"},
        {"{\"HostConfig\":{\"Memory\":9223372036854775808}}", "malformed"},
        {"{\"HostConfig\":{\"BlkioWeight\":65536}}", "malformed"},
        {"{\"HostConfig\":{\"PidsLimit\":0,\"MemorySwap\":-1}}", "{\"memory-swap\":[-1],\"pids-limit\":[0]}"},
        {"{\"HostConfig\":{\"MaskedPaths\":[]}}", "{\"masked-paths\":[true]}"},
        {"{\"HostConfig\":{\"MaskedPaths\":null}}", "{}"},
        {"{\"Env\":[\"PASSWORD=secret\",\"EMPTY\"]}", "{\"env\":[\"PASSWORD\",\"EMPTY\"]}"},
        {"{\"HostConfig\":{\"Newer\":{\"x\":1}}}", "{\"unknown-field\":[\"Newer\"]}"},
        {"{\"HostConfig\":{\"Newer\":[],\"Other\":0.0,\"Third\":\"\"}}", "{}"},
        {"{\"HostConfig\":{\"LogConfig\":{\"Type\":\"splunk\",\"Config\":{\"splunk-token\":\"s\"}}}}",
         "{\"log-driver\":[\"splunk\"],\"log-option\":[\"splunk-token\"]}"},
        {"{\"HostConfig\":{\"PortBindings\":{\"80/tcp\":[{\"HostIp\":\"::\",\"HostPort\":\"8080\"}],\"81/tcp\":[]}}}",
         "{\"published-port\":[{\"host-port\":\"8080\",\"container-port\":\"80/tcp\",\"address\":\"::\"},"
         "{\"host-port\":\"\",\"container-port\":\"81/tcp\"}]}"},
        {"{\"NetworkingConfig\":{\"EndpointsConfig\":{\"n1\":null,\"n2\":{\"MacAddress\":\"m\"}}}}",
         "{\"network\":[\"n1\",\"n2\"],\"mac-address\":[\"m\"]}"},
        {"{\"HostConfig\":{\"DeviceRequests\":[{\"Count\":-1,\"Capabilities\":[[\"gpu\",\"x\"],[\"y\"]]}]}}",
         "{\"device-request\":[{\"driver\":\"\",\"count\":\"-1\",\"capabilities\":\"gpu+x,y\"}]}"},
        {"{\"Volumes\":{\"/data\":{}}}", "{\"volume\":[{\"name\":\"\",\"target\":\"/data\"}]}"},
        {"{\"Entrypoint\":[],\"Cmd\":[]}", "{\"command\":[\"entrypoint\"]}"},
    };

    for (size_t i = 0; i < QW_COUNT(rows); i++) {
        const char *facts = created(rows[i].body);

        ck_assert_msg(strcmp(facts, rows[i].facts) == 0, "%s: %s", rows[i].body, facts);
    }
}
END_TEST

START_TEST(mounts_are_one_kind_of_fact_by_any_route)
{
    static const struct {
        const char *host;
        const char *facts;
    } rows[] = {
        {"\"Binds\":[\"/a:/b\"]", "{\"bind\":[{\"source\":\"/a\",\"target\":\"/b\",\"create\":\"1\"}]}"},
        {"\"Binds\":[\"/a:/b:ro,Z,rshared\"]", "{\"bind\":[{\"source\":\"/a\",\"target\":\"/"
                                               "b\",\"read-only\":\"1\",\"relabel\":\"Z\",\"propagation\":\"rshared\","
                                               "\"create\":\"1\"}]}"},
        {"\"Binds\":[\"v:/b:nocopy\"]", "{\"volume\":[{\"name\":\"v\",\"target\":\"/b\",\"copy\":\"nocopy\"}]}"},
        {"\"Binds\":[\"/b\"]", "{\"volume\":[{\"name\":\"\",\"target\":\"/b\"}]}"},
        {"\"Binds\":[\"/a:/b:ro:x\"]", "malformed"},
        {"\"Binds\":[\":/b\"]", "malformed"},
        {"\"Binds\":[\"\"]", "malformed"},
        {"\"Binds\":[\"/a:/b:rw,ro\"]", "malformed"},
        {"\"Binds\":[\"/a:/b:exec\"]", "malformed"},
        {"\"Mounts\":[{\"Type\":\"bind\",\"Source\":\"/a\",\"Target\":\"/b\",\"ReadOnly\":true}]",
         "{\"bind\":[{\"source\":\"/a\",\"type\":\"bind\",\"target\":\"/b\",\"read-only\":\"1\"}]}"},
        {"\"Mounts\":[{\"Type\":\"image\",\"Source\":\"i\"}]",
         "{\"mount\":[{\"mount-type\":\"image\",\"type\":\"image\",\"source\":\"i\"}],\"image\":[\"i\"]}"},
        {"\"Mounts\":[{\"Type\":\"tmpfs\",\"Target\":\"/t\",\"ReadOnly\":true}]",
         "{\"tmpfs\":[{\"target\":\"/t\",\"type\":\"tmpfs\",\"read-only\":\"1\"}]}"},
        {"\"Tmpfs\":{\"/t\":\"size=1\"}", "{\"tmpfs\":[{\"target\":\"/t\",\"options\":\"size=1\"}]}"},
    };

    for (size_t i = 0; i < QW_COUNT(rows); i++) {
        char body[512];

        snprintf(body, sizeof(body), "{\"HostConfig\":{%s}}", rows[i].host);
        ck_assert_msg(strcmp(created(body), rows[i].facts) == 0, "%s: %s", rows[i].host, created(body));
    }
}
END_TEST

/* Does a volume with these options mount a path of the host? */
static bool binds_host(const char *options)
{
    char body[512];

    snprintf(body, sizeof(body), "{\"Name\":\"v\",\"DriverOpts\":{%s}}", options);
    return strstr(facts_of("POST", "/volumes/create", body), "\"bind\":") != NULL;
}

START_TEST(a_local_volume_with_a_host_path_is_a_bind)
{
    ck_assert(binds_host("\"type\":\"none\",\"o\":\"bind\",\"device\":\"/etc\""));
    ck_assert(binds_host("\"o\":\"rw,rbind\",\"device\":\"etc\""));
    ck_assert(binds_host("\"type\":\"tmpfs\",\"o\":\"bind\",\"device\":\"/etc\""));
    ck_assert(binds_host("\"type\":\"nfs\",\"o\":\"addr=h,bind\",\"device\":\"/etc\""));
    ck_assert(binds_host("\"type\":\"ext4\",\"device\":\"/dev/sda1\""));
    ck_assert(binds_host("\"type\":\"overlay\",\"o\":\"lowerdir=/etc:/srv\",\"device\":\"overlay\""));
    ck_assert(!binds_host("\"type\":\"tmpfs\",\"o\":\"size=1m\",\"device\":\"tmpfs\""));
    ck_assert(!binds_host("\"type\":\"nfs\",\"o\":\"addr=h\",\"device\":\":/export\""));
    ck_assert(!binds_host("\"type\":\"cifs\",\"o\":\"username=u\",\"device\":\"//h/s\""));
}
END_TEST

START_TEST(secrets_stay_out_of_facts)
{
    ck_assert_ptr_null(strstr(
        facts_of("POST", "/volumes/create", "{\"DriverOpts\":{\"type\":\"cifs\",\"o\":\"username=u,Password=hush\"}}"),
        "hush"));
    ck_assert_ptr_null(strstr(
        facts_of("POST", "/volumes/create", "{\"Driver\":\"p\",\"DriverOpts\":{\"password\":\"hush\"}}"), "hush"));
    ck_assert_ptr_null(strstr(facts_of("POST", "/build?buildargs=%7B%22TOKEN%22%3A%22hush%22%7D", NULL), "hush"));
    ck_assert_ptr_null(strstr(facts_of("POST", "/build?remote=https://u:hush@h/r.git", NULL), "hush"));
    ck_assert_ptr_null(strstr(created("{\"Env\":[\"A=hush\"]}"), "hush"));
}
END_TEST

START_TEST(the_query_gives_facts)
{
    static const struct {
        const char *uri;
        const char *facts;
    } rows[] = {
        {"/build?networkmode=host&t=a&t=b&memory=5&cpuquota=x",
         "{\"network-mode\":[\"host\"],\"memory\":[5],\"image-name\":[\"a\",\"b\"],\"classic-build\":[true]}"},
        {"/build?remote=client-session&version=2", "{\"classic-build\":[true]}"},
        {"/build?ulimits=[%7B%22Name%22:%22nofile%22,%22Hard%22:1%7D]",
         "{\"ulimit\":[{\"name\":\"nofile\",\"hard\":\"1\"}],\"classic-build\":[true]}"},
        {"/build?labels=nonsense", "malformed"},
        {"/images/create?fromImage=a&tag=sha256:b", "{\"image\":[\"a@sha256:b\"]}"},
        {"/images/create?fromSrc=-&repo=r&tag=t", "{\"image-name\":[\"r:t\"],\"import\":[\"-\"]}"},
        {"/containers/x/rename?name=/y", "{\"container-name\":[\"y\"]}"},
        {"/containers/x/start?checkpoint-dir=/c", "{\"checkpoint-dir\":[\"/c\"]}"},
        {"/plugins/p:latest/disable", "{\"plugin\":[\"p:latest\"]}"},
        {"/grpc", "{\"buildkit\":[\"grpc\"]}"},
    };

    for (size_t i = 0; i < QW_COUNT(rows); i++) {
        const char *facts = facts_of("POST", rows[i].uri, NULL);

        ck_assert_msg(strcmp(facts, rows[i].facts) == 0, "%s: %s", rows[i].uri, facts);
    }
}
END_TEST

START_TEST(paths_are_compared_by_component)
{
    ck_assert(qw_path_is_within(QW_LIT("/srv"), QW_LIT("/srv")));
    ck_assert(qw_path_is_within(QW_LIT("/srv/x"), QW_LIT("/srv")));
    ck_assert(qw_path_is_within(QW_LIT("/srv"), QW_LIT("/")));
    ck_assert(!qw_path_is_within(QW_LIT("/srvx"), QW_LIT("/srv")));
    ck_assert(!qw_path_is_within(QW_LIT("/"), QW_LIT("/srv")));
}
END_TEST

START_TEST(paths_are_cleaned_as_go_cleans_them)
{
    static const char *const rows[][2] = {
        {"/", "/"},   {"/a//b/", "/a/b"},  {"/a/./b/.", "/a/b"}, {"/a/../../b", "/b"},
        {"/..", "/"}, {"/a/b/../..", "/"}, {"/a/...", "/a/..."}, {"//a", "/a"},
    };

    for (size_t i = 0; i < QW_COUNT(rows); i++)
        ck_assert_msg(qw_bytes_is(qw_path_clean(qw_bytes_of(rows[i][0]), arena), rows[i][1]), "%s", rows[i][0]);
    ck_assert_ptr_null(qw_path_clean(QW_LIT("a"), arena).data);
}
END_TEST

static struct qw_place place_of(const struct qw_guard *guard, const char *path)
{
    struct qw_place place = {.cleaned = qw_arena_copy(arena, qw_bytes_of(path))};
    struct qw_world world;

    qw_world_host(&world, guard, "/nonexistent/daemon.json");
    if (world.resolve(&world, place.cleaned, arena, &place, &err) < 0)
        place.trouble = err.msg;
    return place;
}

static const char *in_folder(const char *folder, const char *name)
{
    return qw_arena_printf(arena, "%s%s", folder, name).data;
}

START_TEST(a_host_path_is_followed_to_where_it_leads)
{
    char folder[] = "/tmp/quaywarden-test-XXXXXX";
    const char *const guarded[] = {"/etc/hostname", NULL};
    const struct qw_guard guard = {guarded};

    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(symlink("/etc", in_folder(folder, "/link")), 0);
    ck_assert_int_eq(symlink("/nowhere", in_folder(folder, "/dangling")), 0);

    ck_assert(qw_bytes_is(place_of(&guard, in_folder(folder, "/link/fstab")).resolved, "/etc/fstab"));
    ck_assert(qw_bytes_is(place_of(&guard, in_folder(folder, "/new/er")).resolved, in_folder(folder, "/new/er")));
    ck_assert_ptr_nonnull(place_of(&guard, in_folder(folder, "/dangling")).trouble);
    ck_assert_ptr_nonnull(place_of(&guard, in_folder(folder, "/link")).guarded);
    ck_assert_ptr_nonnull(place_of(&guard, "/").guarded);
    ck_assert_ptr_nonnull(place_of(&guard, "/etc/hostname").guarded);
    ck_assert_ptr_null(place_of(&guard, "/etc/fstab").guarded);
    ck_assert(qw_bytes_is(place_of(&guard, in_folder(folder, "/x")).loose, "/tmp"));
    ck_assert_ptr_null(place_of(&guard, "/etc/fstab").loose.data);

    unlink(in_folder(folder, "/link"));
    unlink(in_folder(folder, "/dangling"));
    rmdir(folder);
}
END_TEST

START_TEST(a_guarded_thing_is_known_by_its_inode)
{
    char folder[] = "/tmp/quaywarden-test-XXXXXX";
    const char *guarded[] = {NULL, NULL};
    const struct qw_guard guard = {guarded};

    ck_assert_ptr_nonnull(mkdtemp(folder));
    guarded[0] = in_folder(folder, "/a");
    ck_assert_int_eq(mknod(guarded[0], S_IFREG | 0600, 0), 0);
    ck_assert_int_eq(link(guarded[0], in_folder(folder, "/b")), 0);
    ck_assert_ptr_nonnull(place_of(&guard, in_folder(folder, "/b")).guarded);
    unlink(guarded[0]);
    unlink(in_folder(folder, "/b"));
    rmdir(folder);
}
END_TEST

START_TEST(builds_are_confined_by_a_written_out_no)
{
    static const struct {
        const char *config;
        bool confined;
    } rows[] = {
        {"{\"builder\":{\"entitlements\":{\"network-host\":false}}}", true},
        {"{\"Builder\":{\"Entitlements\":{\"Network-Host\":false,\"security-insecure\":false}}}", true},
        {"{\"builder\":{\"entitlements\":{\"network-host\":false,\"Security-Insecure\":true}}}", false},
        {"{\"builder\":{\"entitlements\":{\"network-host\":true}}}", false},
        {"{\"builder\":{\"entitlements\":{\"network-host\":false,\"NETWORK-host\":true}}}", false},
        {"{\"builder\":{\"entitlements\":{}}}", false},
        {"{\"builder\":null}", false},
        {"{}", false},
        {"", false},
        {"{\"builder\":{\"entitlements\":{\"network-host\":false}}", false},
    };

    for (size_t i = 0; i < QW_COUNT(rows); i++)
        ck_assert_msg(qw_engine_confines_builds(qw_bytes_of(rows[i].config), arena) == rows[i].confined, "%s",
                      rows[i].config);
    ck_assert(!qw_engine_file_confines_builds("/nonexistent/daemon.json", arena));
}
END_TEST

QW_SUITE("facts", a_create_body_is_read_as_the_engine_reads_it, mounts_are_one_kind_of_fact_by_any_route,
         a_local_volume_with_a_host_path_is_a_bind, secrets_stay_out_of_facts, the_query_gives_facts,
         paths_are_compared_by_component, paths_are_cleaned_as_go_cleans_them,
         a_host_path_is_followed_to_where_it_leads, a_guarded_thing_is_known_by_its_inode,
         builds_are_confined_by_a_written_out_no)

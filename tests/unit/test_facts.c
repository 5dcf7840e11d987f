/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quaywarden/facts.h"

#include "suite.h"

#include <errno.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

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
        {"{\"Privileged\":true}", "{\"beside\":{\"privileged\":[true]}}"},
        {"{\"CapAdd\":[\"A\"],\"Image\":\"x\",\"HostConfig\":{\"CapAdd\":[\"B\"]}}",
         "{\"cap-add\":[\"B\"],\"image\":[\"x\"],\"beside\":{\"cap-add\":[\"A\"]}}"},
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
        {"{\"HostConfig\":{\"CapAdd\":\"\"}}", "{\"cap-add\":[\"\"]}"},
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
        /* Each part has one name: no engine takes both, but a record in which one is repeated says two things. */
        {"\"Mounts\":[{\"Type\":\"image\",\"Source\":\"i\",\"ImageOptions\":{\"Subpath\":\"a\"},"
         "\"VolumeOptions\":{\"Subpath\":\"b\"}}]",
         "{\"mount\":[{\"mount-type\":\"image\",\"type\":\"image\",\"image-subpath\":\"a\",\"subpath\":\"b\","
         "\"source\":\"i\"}],"
         "\"image\":[\"i\"]}"},
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

/* ---- seccomp profiles ---- */

/* The hash of a JSON text, or the refusal. */
static const char *digest_of(const char *json)
{
    char *out = qw_arena_alloc(arena, 65);

    return qw_json_digest(qw_bytes_of(json), arena, out, &err) < 0 ? code_word(err.code) : out;
}

START_TEST(the_digest_is_the_sha256_of_the_canonical_form)
{
    static const struct {
        const char *json;
        const char *digest;
    } rows[] = {
        /* printf %s '{}' | sha256sum, and so on */
        {"{}", "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"},
        {" {\t\"b\" : [ 1 , null ] ,\n\"a\":\"x\\u0041\"}",
         "a1dcac773bfeac18ae59a9dca036f4f0480e136f767a9ae6fc00a7b0e8d35a96"},
    };

    for (size_t i = 0; i < QW_COUNT(rows); i++)
        ck_assert_str_eq(digest_of(rows[i].json), rows[i].digest);
}
END_TEST

START_TEST(what_means_the_same_has_one_digest)
{
    static const char *const same[][2] = {
        {"{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}"},
        {"{\"a\":[1,2]}", " { \"a\" : [ 1 , 2 ] } \n"},
        {"{\"a\":\"/\"}", "{\"a\":\"\\/\"}"},
        {"{\"a\":\"\xc3\xa4\"}", "{\"a\":\"\\u00e4\"}"},
        {"{\"a\":\"\xf0\x9f\x98\x80\"}", "{\"a\":\"\\ud83d\\ude00\"}"},
        {"{\"a\":{\"c\":true,\"b\":false}}", "{\"\\u0061\":{\"b\":false,\"c\":true}}"},
        {"{\"a\":\"\\n\"}", "{\"a\":\"\\u000a\"}"},
    };
    static const char *const other[][2] = {
        {"{\"a\":1}", "{\"a\":2}"},
        {"{\"a\":1}", "{\"a\":\"1\"}"},
        {"{\"a\":1}", "{\"A\":1}"},
        {"{\"a\":1}", "{\"a\":1.0}"},
        {"{\"a\":[1,2]}", "{\"a\":[2,1]}"},
        {"{\"a\":[]}", "{\"a\":{}}"},
        {"{\"a\":null}", "{}"},
        {"{\"a\":\"b\\\",\\\"c\"}", "{\"a\":\"b\",\"c\":\"\"}"},
        {"{\"a\":[[1],2]}", "{\"a\":[[1,2]]}"},
    };

    for (size_t i = 0; i < QW_COUNT(same); i++)
        ck_assert_str_eq(digest_of(same[i][0]), digest_of(same[i][1]));
    for (size_t i = 0; i < QW_COUNT(other); i++)
        ck_assert_str_ne(digest_of(other[i][0]), digest_of(other[i][1]));
}
END_TEST

START_TEST(what_two_readers_could_read_differently_has_no_digest)
{
    static const char *const rows[] = {
        "",
        "null",
        "[]",
        "unconfined",
        "{\"a\":1",
        "{\"a\":1} x",
        "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultAction\":\"SCMP_ACT_ALLOW\"}",
        "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"DEFAULTACTION\":\"SCMP_ACT_ALLOW\"}",
        "{\"syscalls\":[{\"names\":[\"read\"],\"name\xc5\xbf\":[\"mount\"]}]}",
        "{\"a\":\"\\u0000\"}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\xff\"}",
    };
    QW_AUTO(buf) struct qw_buf many = {0};

    for (size_t i = 0; i < QW_COUNT(rows); i++)
        ck_assert_msg(strcmp(digest_of(rows[i]), "malformed") == 0, "%s", rows[i]);
    for (int i = 0; i < 65; i++)
        qw_buf_printf(&many, "%s\"k%d\":0", i ? "," : "{", i);
    qw_buf_add(&many, "}", sizeof("}"));
    ck_assert_str_eq(digest_of(many.data), "malformed");
}
END_TEST

#define EMPTY_DIGEST "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"

START_TEST(a_seccomp_profile_is_known_by_its_hash)
{
    static const struct {
        const char *method;
        const char *uri;
        const char *body;
        const char *facts;
    } rows[] = {
        {"POST", "/containers/create", "{\"HostConfig\":{\"SecurityOpt\":[\"seccomp={}\",\"seccomp: { }\"]}}",
         "{\"security-opt\":[\"seccomp=sha256:" EMPTY_DIGEST "\",\"seccomp=sha256:" EMPTY_DIGEST "\"]}"},
        {"POST", "/containers/create",
         "{\"HostConfig\":{\"SecurityOpt\":[\"seccomp=unconfined\",\"seccomp=/"
         "x.json\",\"seccomp=null\",\"apparmor={}\"]}}",
         "{\"security-opt\":[\"seccomp=unconfined\",\"seccomp=/x.json\",\"seccomp=null\",\"apparmor={}\"]}"},
        /* {"a":1,"A":2}, {"a=b" and sha256:x, by sha256sum */
        {"POST", "/containers/create",
         "{\"HostConfig\":{\"SecurityOpt\":[\"seccomp={\\\"a\\\":1,\\\"A\\\":2}\",\"seccomp={\\\"a=b\\\"\",\"seccomp="
         "sha256:x\"]}}",
         "{\"security-opt\":[\"seccomp=unreadable:2d40bc2395768eb84417cfb872451759573669a9d2e70de0c8439085a4993b55\","
         "\"seccomp=unreadable:24547f1111eb96c7f3f42c93d864c2ff68d0455bf8639c126acec8bd4670bb8e\","
         "\"seccomp=unreadable:fe8eb9ab9836bcf963c044b6f84eb71c089db399876f45e72a6c21b488da26c4\"]}"},
        /* The engine cuts at the first "=". */
        {"POST", "/containers/create", "{\"HostConfig\":{\"SecurityOpt\":[\"seccomp:{\\\"a\\\":\\\"=\\\"}\"]}}",
         "{\"security-opt\":[\"seccomp:{\\\"a\\\":\\\"=\\\"}\"]}"},
        {"POST", "/build?securityopt=seccomp%3D%7B%7D", NULL,
         "{\"security-opt\":[\"seccomp=sha256:" EMPTY_DIGEST "\"],\"classic-build\":[true]}"},
        /* e30= is {} */
        {"POST", "/services/create",
         "{\"TaskTemplate\":{\"ContainerSpec\":{\"Privileges\":{\"Seccomp\":{\"Mode\":\"custom\",\"Profile\":\"e30=\"}}"
         "}}}",
         "{\"security-opt\":[\"seccomp=custom\",\"seccomp=sha256:" EMPTY_DIGEST "\"]}"},
        {"POST", "/services/create",
         "{\"TaskTemplate\":{\"ContainerSpec\":{\"Privileges\":{\"Seccomp\":{\"Profile\":\"e30\"}}}}}", "malformed"},
    };

    for (size_t i = 0; i < QW_COUNT(rows); i++)
        ck_assert_str_eq(facts_of(rows[i].method, rows[i].uri, rows[i].body), rows[i].facts);
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
        {"/build?remote=client-session&version=2", "{\"classic-build\":[true],\"buildkit\":[\"build\"]}"},
        {"/build?version=2&cachefrom=[%22a,b%22]&buildargs=%7B%22BUILDKIT_SYNTAX%22:%22c%20d%22%7D",
         "{\"image\":[\"a\",\"b\",\"c\"],\"classic-build\":[true],\"build-argument\":[\"BUILDKIT_SYNTAX\"],"
         "\"buildkit\":[\"build\"]}"},
        {"/build?version=2&cachefrom=[%22type=s3,key=secret%22]",
         "{\"image\":[\"type=\",\"key=\"],\"classic-build\":[true],\"buildkit\":[\"build\"]}"},
        {"/build?cachefrom=[%22a,b%22]", "{\"classic-build\":[true]}"},
        {"/build?ulimits=[%7B%22Name%22:%22nofile%22,%22Hard%22:1%7D]",
         "{\"ulimit\":[{\"name\":\"nofile\",\"hard\":\"1\"}],\"classic-build\":[true]}"},
        {"/build?labels=nonsense", "malformed"},
        {"/images/create?fromImage=a&tag=sha256:b", "{\"image\":[\"a@sha256:b\"]}"},
        {"/images/create?fromSrc=-&repo=r&tag=t", "{\"image-name\":[\"r:t\"],\"import\":[\"-\"]}"},
        {"/containers/x/rename?name=/y", "{\"container-name\":[\"y\"]}"},
        {"/containers/x/start?checkpoint-dir=/c", "{\"checkpoint-dir\":[\"/c\"]}"},
        {"/plugins/p:latest/disable", "{\"plugin\":[\"p:latest\"]}"},
        {"/plugins/p:latest/push", "{\"image\":[\"p:latest\"],\"plugin\":[\"p:latest\"]}"},
        {"/plugins/create?name=p", "{\"plugin\":[\"p\"]}"},
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
    ck_assert(!qw_path_is_within((struct qw_bytes){NULL, 0}, QW_LIT("/srv")));
    ck_assert(qw_path_is_within((struct qw_bytes){NULL, 0}, (struct qw_bytes){NULL, 0})); /* memcmp wants no NULL */
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

/* In mounts of its own; says which of its claims is wrong, 0 for none, or 77 where it may not mount. */
static int look_below_mounts(const char *folder)
{
    static const char *const guarded[] = {"/etc/hostname", NULL};
    static const char *const others[] = {"/nowhere/at/all", NULL};
    const struct qw_guard guard = {guarded};
    const struct qw_guard other = {others};
    const char *point = in_folder(folder, "/jail/e t\\c");

    if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        return 77;
    if (mount("/etc", point, NULL, MS_BIND, NULL) < 0)
        return 1;
    if (!place_of(&guard, in_folder(folder, "/jail")).guarded || !place_of(&guard, folder).guarded)
        return 2;
    if (place_of(&other, in_folder(folder, "/jail")).guarded)
        return 3;
    if (!qw_bytes_is(place_of(&other, folder).mounted, point))
        return 4;
    if (place_of(&other, point).mounted.data || place_of(&other, in_folder(folder, "/jails")).mounted.data)
        return 5;
    return place_of(&guard, in_folder(folder, "/jails")).guarded ? 6 : 0;
}

/* ---- a list of mounts that cannot be read to its end; the linker puts this fopen before the C library's ---- */

static bool breaks_off;

static ssize_t read_one_line(void *told, char *out, size_t size)
{
    static const char line[] = "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n";

    if (*(bool *)told || size < sizeof(line)) {
        errno = EIO;
        return -1;
    }
    *(bool *)told = true;
    memcpy(out, line, sizeof(line) - 1);
    return (ssize_t)sizeof(line) - 1;
}

FILE *__real_fopen(const char *path, const char *mode);
FILE *__wrap_fopen(const char *path, const char *mode);

FILE *__wrap_fopen(const char *path, const char *mode)
{
    static bool told;

    if (!breaks_off || strcmp(path, "/proc/self/mountinfo") != 0)
        return __real_fopen(path, mode);
    told = false;
    return fopencookie(&told, "r", (cookie_io_functions_t){.read = read_one_line});
}

START_TEST(half_a_list_of_mounts_is_none)
{
    const char *const guarded[] = {"/nonexistent/guarded", NULL};
    const struct qw_guard guard = {guarded};

    ck_assert_ptr_null(place_of(&guard, "/srv").trouble);
    breaks_off = true;
    ck_assert_ptr_nonnull(place_of(&guard, "/srv").trouble);
}
END_TEST

START_TEST(what_is_mounted_below_a_path_comes_along)
{
    char folder[] = "/tmp/quaywarden-test-XXXXXX";
    const char *parts[] = {"/jail", "/jail/e t\\c", "/jails"};
    int status = 0;
    pid_t child;

    ck_assert_ptr_nonnull(mkdtemp(folder));
    for (size_t i = 0; i < QW_COUNT(parts); i++)
        ck_assert_int_eq(mkdir(in_folder(folder, parts[i]), 0700), 0);
    child = fork();
    if (child == 0)
        _exit(look_below_mounts(folder));
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    ck_assert_msg(WEXITSTATUS(status) == 0 || (WEXITSTATUS(status) == 77 && geteuid() != 0), "claim %d",
                  WEXITSTATUS(status));
    rmdir(in_folder(folder, "/jail/e t\\c"));
    rmdir(in_folder(folder, "/jail"));
    rmdir(in_folder(folder, "/jails"));
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

static void note_path(void *to, const char *path)
{
    strncat(to, path, 100);
    strncat(to, " ", 2);
}

START_TEST(what_daemon_json_names_is_the_engines)
{
    static const struct {
        const char *config;
        const char *paths;
        bool readable;
    } rows[] = {
        {"{\"data-root\":\"/srv/docker\"}", "/srv/docker ", true},
        {"\xef\xbb\xbf{\"data-root\":\"/srv/docker\"}", "/srv/docker ", true},
        {"{\"labels\":[\"owner=J\xf6rg\"],\"data-root\":\"/srv/docker\"}", "", false},
        {"{\"DATA-root\":\"/a\",\"data-root\":\"/b\",\"graph\":\"/c\"}", "/a /b /c ", true},
        {"{\"hosts\":[\"unix:///srv/d.sock\",\"tcp://127.0.0.1:2376\",\"fd://\"],\"tlskey\":\"/k\"}", "/srv/d.sock /k ",
         true},
        {"{\"data-root\":\"relative\",\"exec-root\":7,\"containerd\":null,\"labels\":[\"/x\"]}", "", true},
        {"[\"/x\"]", "", false},
        {"{\"data-root\":\"/x\"", "", false},
    };

    for (size_t i = 0; i < QW_COUNT(rows); i++) {
        char file[] = "/tmp/quaywarden-test-XXXXXX";
        char paths[256] = "";
        const int fd = mkstemp(file);

        ck_assert_int_eq(write(fd, rows[i].config, strlen(rows[i].config)), (ssize_t)strlen(rows[i].config));
        close(fd);
        ck_assert_msg(qw_engine_file_paths(file, arena, note_path, paths) == rows[i].readable, "%s", rows[i].config);
        unlink(file);
        ck_assert_str_eq(paths, rows[i].paths);
    }
    ck_assert(qw_engine_file_paths("/nonexistent/daemon.json", arena, note_path, NULL)); /* all is where it is */
}
END_TEST

/* Texts that have to be escaped, or that other parts of a record could be taken for. */
static const char *const odd_texts[] = {
    "", "plain", "\"\\/ {}[],:", "a\nb\tc\x01\x7f", "\xc3\xa9\xe2\x80\xae\xf0\x9f\x90\xb3", "source", "name", "beside"};
static const int64_t odd_numbers[] = {INT64_MIN, -1, 0, 1, INT64_MAX};

static void append(struct qw_facts *facts, struct qw_fact fact)
{
    struct qw_fact *copy = qw_arena_zalloc(arena, 1, sizeof(*copy));

    *copy = fact;
    if (facts->last[fact.kind])
        facts->last[fact.kind]->next = copy;
    else
        facts->first[fact.kind] = copy;
    facts->last[fact.kind] = copy;
    facts->count++;
}

/* Facts of one kind, in both places, and for a record with every number of parts up to four. */
static void append_odd(struct qw_facts *facts, enum qw_fact_kind kind)
{
    const enum qw_fact_type type = qw_fact_types[kind].type;
    const size_t count = type == QW_FLAG ? 2 : type == QW_NUMBER ? QW_COUNT(odd_numbers) : QW_COUNT(odd_texts);

    for (size_t i = 0; i < count; i++) {
        struct qw_part *parts = qw_arena_zalloc(arena, 4, sizeof(*parts));
        struct qw_fact fact = {.kind = kind, .beside = i % 3 == 1, .number = 1};

        if (type == QW_NUMBER)
            fact.number = odd_numbers[i];
        if (type == QW_TEXT || type == QW_RECORD)
            fact.text = qw_bytes_of(odd_texts[i]);
        for (size_t k = 0; type == QW_RECORD && k < i % 5; k++)
            parts[fact.part_count++] = (struct qw_part){qw_bytes_of(odd_texts[(i + k * 3) % QW_COUNT(odd_texts)]),
                                                        qw_bytes_of(odd_texts[(i + k) % QW_COUNT(odd_texts)]), NULL};
        fact.parts = parts;
        append(facts, fact);
    }
}

static bool same_fact(const struct qw_fact *a, const struct qw_fact *b)
{
    if (a->kind != b->kind || a->beside != b->beside || a->part_count != b->part_count ||
        !qw_bytes_eq(a->text, b->text) || (qw_fact_types[a->kind].type == QW_NUMBER && a->number != b->number))
        return false;
    for (size_t i = 0; i < a->part_count; i++) {
        if (!qw_bytes_eq(a->parts[i].key, b->parts[i].key) || !qw_bytes_eq(a->parts[i].value, b->parts[i].value))
            return false;
    }
    return true;
}

/* Those beside come last in a record: the order among the others is kept. */
static bool holds_fact(const struct qw_facts *facts, const struct qw_fact *wanted)
{
    for (const struct qw_fact *fact = facts->first[wanted->kind]; fact; fact = fact->next) {
        if (same_fact(fact, wanted))
            return true;
    }
    return false;
}

static void print(const struct qw_facts *facts, struct qw_buf *out)
{
    qw_buf_reset(out);
    qw_facts_print(facts, out);
}

START_TEST(facts_of_every_kind_are_read_back_from_a_record)
{
    QW_AUTO(buf) struct qw_buf written = {0};
    QW_AUTO(buf) struct qw_buf again = {0};

    for (int kind = 0; kind < QW_F_COUNT; kind++) {
        struct qw_facts facts = {0};
        struct qw_facts read;
        const struct qw_json *json;

        append_odd(&facts, (enum qw_fact_kind)kind);
        print(&facts, &written);
        ck_assert_int_eq(qw_json_parse(qw_buf_bytes(&written), arena, &json, &err), 0);
        ck_assert_msg(qw_facts_read(json, arena, &read, &err) == 0, "%s: %s", qw_fact_types[kind].name, err.msg);
        print(&read, &again);
        ck_assert_msg(qw_bytes_eq(qw_buf_bytes(&written), qw_buf_bytes(&again)), QW_BYTES_FMT " became " QW_BYTES_FMT,
                      QW_BYTES_ARG(qw_buf_bytes(&written)), QW_BYTES_ARG(qw_buf_bytes(&again)));
        ck_assert_uint_eq(read.count, facts.count);
        for (const struct qw_fact *fact = facts.first[kind]; fact; fact = fact->next)
            ck_assert_msg(holds_fact(&read, fact), "%s: a fact is lost", qw_fact_types[kind].name);
    }
}
END_TEST

START_TEST(facts_that_are_none_are_not_read)
{
    static const struct {
        const char *json;
        const char *why;
    } rows[] = {
        {"[]", "facts: is no object"},
        {"{\"nonsense\":[]}", "facts.nonsense: is no kind of fact"},
        {"{\"privileged\":true}", "facts.privileged: is no list"},
        {"{\"privileged\":[false]}", "facts.privileged[0]: is not true"},
        {"{\"memory\":[1,\"2\"]}", "facts.memory[1]: is no integer"},
        {"{\"memory\":[1.5]}", "facts.memory[0]: is no integer"},
        {"{\"image\":[1]}", "facts.image[0]: is no text"},
        {"{\"bind\":[\"/etc\"]}", "facts.bind[0]: is no record of its kind"},
        {"{\"bind\":[{}]}", "facts.bind[0]: is no record of its kind"},
        {"{\"bind\":[{\"target\":\"/x\",\"source\":\"/etc\"}]}", "facts.bind[0]: is no record of its kind"},
        {"{\"bind\":[{\"source\":\"/etc\",\"target\":1}]}", "facts.bind[0].target: is no text"},
        {"{\"beside\":[]}", "facts.beside: is no object"},
        {"{\"beside\":{\"beside\":{}}}", "facts.beside.beside: is no kind of fact"},
    };

    for (size_t i = 0; i < QW_COUNT(rows); i++) {
        const struct qw_json *json;
        struct qw_facts facts;

        ck_assert_int_eq(qw_json_parse(qw_bytes_of(rows[i].json), arena, &json, &err), 0);
        ck_assert_int_eq(qw_facts_read(json, arena, &facts, &err), -1);
        ck_assert_int_eq(err.code, QW_E_MALFORMED);
        ck_assert_str_eq(err.msg, rows[i].why);
    }
}
END_TEST

QW_SUITE("facts", a_create_body_is_read_as_the_engine_reads_it, mounts_are_one_kind_of_fact_by_any_route,
         a_local_volume_with_a_host_path_is_a_bind, secrets_stay_out_of_facts, the_query_gives_facts,
         the_digest_is_the_sha256_of_the_canonical_form, what_means_the_same_has_one_digest,
         what_two_readers_could_read_differently_has_no_digest, a_seccomp_profile_is_known_by_its_hash,
         paths_are_compared_by_component, paths_are_cleaned_as_go_cleans_them,
         a_host_path_is_followed_to_where_it_leads, a_guarded_thing_is_known_by_its_inode,
         half_a_list_of_mounts_is_none, what_is_mounted_below_a_path_comes_along,
         builds_are_confined_by_a_written_out_no, what_daemon_json_names_is_the_engines,
         facts_of_every_kind_are_read_back_from_a_record, facts_that_are_none_are_not_read)

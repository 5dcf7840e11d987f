/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a policy: loaded, or refused with an error; never both, never neither. One that loads decides requests,
 * and what was reported is a line each.
 */
#include "fuzz.h"

#include "quaywarden/verdict.h"

static void check_printed(const struct qw_diagnostics *diagnostics)
{
    QW_AUTO(heap) char *text = NULL;
    size_t len = 0;
    size_t lines = 0;
    size_t kept = 0;
    FILE *out = open_memstream(&text, &len);

    FUZZ_CHECK(out);
    qw_diagnostics_print(diagnostics, out);
    FUZZ_CHECK(fclose(out) == 0);
    fuzz_check_text((struct qw_bytes){text, len});
    for (size_t i = 0; i < len; i++)
        lines += text[i] == '\n';
    for (size_t i = 0; i < diagnostics->count; i++)
        kept += diagnostics->items[i].severity == QW_ERROR;
    /* Of very many errors the rest is a line that counts them. */
    FUZZ_CHECK(lines == diagnostics->count + (diagnostics->errors > kept));
}

static void check_decides(const struct qw_policy *policy)
{
    static const struct qw_pair json[] = {{{"Content-Type", 12}, {"application/json", 16}}};
    static const char body[] =
        "{\"Image\":\"busybox:1\",\"User\":\"0\",\"Env\":[\"A=1\"],\"Labels\":{\"a\":\"b\"},\"HostConfig\":{"
        "\"Binds\":[\"/srv/alice/x:/d:ro\",\"data:/e\"],\"CapAdd\":[\"SYS_ADMIN\"],\"SecurityOpt\":[\"a=b\"],"
        "\"Devices\":[{\"PathOnHost\":\"/dev/fuse\"}],\"NetworkMode\":\"shop\",\"PidMode\":\"host\","
        "\"Sysctls\":{\"net.a\":\"1\"},\"Runtime\":\"runsc\",\"VolumesFrom\":[\"x\"],\"Memory\":1000000,"
        "\"PidsLimit\":-1,\"Mounts\":[{\"Type\":\"volume\",\"Source\":\"v\",\"Target\":\"/v\",\"VolumeOptions\":{"
        "\"DriverConfig\":{\"Name\":\"local\",\"Options\":{\"type\":\"nfs\"}}}}]}}";
    QW_AUTO(arena) struct qw_arena *arena = qw_arena_new();
    QW_AUTO(buf) struct qw_buf text = {0};
    struct qw_decision decision = {
        .identity.user = QW_LIT("alice"),
        .message = {.method = QW_LIT("POST"),
                    .uri = QW_LIT("/v1.41/containers/create?name=web-1"),
                    .headers = json,
                    .header_count = 1,
                    .body_state = QW_BODY_PRESENT,
                    .body = QW_LIT(body)},
    };

    FUZZ_CHECK(arena);
    qw_decide_message(policy, &fuzz_world, arena, &decision);
    qw_verdict_explain(&decision.verdict, policy->contact, &text);
    FUZZ_CHECK(!text.failed && (text.len > 0) == (decision.verdict.outcome != QW_OUTCOME_ALLOW));
    qw_buf_reset(&text);
    qw_buf_add_text(&text, "{");
    qw_decision_record(&decision, policy, &text);
    qw_buf_add_text(&text, "}");
    FUZZ_CHECK(!text.failed);
    fuzz_check_object(qw_buf_bytes(&text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct qw_diagnostics diagnostics = {0};
    struct qw_policy *policy = NULL;
    const int result = qw_policy_parse("policy.yaml", (const char *)data, size, &policy, &diagnostics);

    FUZZ_CHECK((result == 0) == (policy != NULL));
    FUZZ_CHECK((result == 0) == (diagnostics.errors == 0));
    check_printed(&diagnostics);
    if (policy)
        check_decides(policy);
    qw_policy_unref(policy);
    qw_diagnostics_fini(&diagnostics);
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The structs of volumes, networks and services.
 * Source: moby api/types/volume, api/types/network, api/types/swarm; versions 20.10.24 to 28.5.2.
 */
#include "shape.h"

/* clang-format off */
static const struct field volume_fields[] = {
    PART ("Name",              GO_STRING,     ""),
    PART ("Driver",            GO_STRING,     "driver"),
    PART ("DriverOpts",        GO_STRING_MAP, "option."),
    PART ("Labels",            GO_STRING_MAP, "label."),
    CALLS("ClusterVolumeSpec", GO_STRUCT,     QW_F_UNKNOWN_FIELD, emit_unknown),
};
const struct shape shape_volume = RECORD_SHAPE(volume_fields, QW_F_VOLUME, finish_volume);

static const struct field volume_spec_fields[] = {
    CALLS("Spec", GO_STRUCT, QW_F_UNKNOWN_FIELD, emit_unknown),
};
const struct shape shape_volume_spec = SHAPE(volume_spec_fields, NULL);

/* ---- networks ---- */

static const struct field subnet_fields[] = {
    PART("Subnet",             GO_STRING, ""),
    PART("IPRange",            GO_STRING, "range"),
    PART("Gateway",            GO_STRING, "gateway"),
    PART("AuxiliaryAddresses", GO_STRING_MAP, "auxiliary."),
};
static const struct shape shape_subnet = RECORD_SHAPE(subnet_fields, QW_F_NETWORK_SUBNET, NULL);

static const struct field ipam_fields[] = {
    GIVES("Driver",  GO_STRING,     QW_F_IPAM_DRIVER),
    GIVES("Options", GO_STRING_MAP, QW_F_NETWORK_OPTION),
    HOLDS("Config",  GO_STRUCTS,    &shape_subnet),
};
static const struct shape shape_ipam = SHAPE(ipam_fields, NULL);

static const struct field config_from_fields[] = {
    GIVES("Network", GO_STRING, QW_F_NETWORK),
};
static const struct shape shape_config_from = SHAPE(config_from_fields, NULL);

static const struct field network_fields[] = {
    GIVES("Name",           GO_STRING,     QW_F_NETWORK_NAME),
    SAFE ("CheckDuplicate", GO_BOOL),
    GIVES("Driver",         GO_STRING,     QW_F_NETWORK_DRIVER),
    SAFE ("Scope",          GO_STRING),
    SAFE ("EnableIPv4",     GO_BOOL),
    SAFE ("EnableIPv6",     GO_BOOL),
    HOLDS("IPAM",           GO_STRUCT,     &shape_ipam),
    SAFE ("Internal",       GO_BOOL),
    SAFE ("Attachable",     GO_BOOL),
    GIVES("Ingress",        GO_BOOL,       QW_F_NETWORK_INGRESS),
    SAFE ("ConfigOnly",     GO_BOOL),
    HOLDS("ConfigFrom",     GO_STRUCT,     &shape_config_from),
    GIVES("Options",        GO_STRING_MAP, QW_F_NETWORK_OPTION),
    GIVES("Labels",         GO_STRING_MAP, QW_F_LABEL),
};
const struct shape shape_network = SHAPE(network_fields, NULL);

static const struct field connect_fields[] = {
    GIVES("Container",      GO_STRING, QW_F_CONTAINER),
    HOLDS("EndpointConfig", GO_STRUCT, &shape_endpoint),
    SAFE ("Force",          GO_BOOL),
};
const struct shape shape_connect = SHAPE(connect_fields, NULL);

/* ---- services ---- */

static const struct field credential_fields[] = {
    SAYS("Config",   GO_STRING, QW_F_SECURITY_OPT, "credentialspec=config://"),
    SAYS("File",     GO_STRING, QW_F_SECURITY_OPT, "credentialspec=file://"),
    SAYS("Registry", GO_STRING, QW_F_SECURITY_OPT, "credentialspec=registry://"),
};
static const struct shape shape_credential = SHAPE(credential_fields, NULL);

static const struct field selinux_fields[] = {
    SAYS("Disable", GO_BOOL,   QW_F_SECURITY_OPT, "label=disable"),
    SAYS("User",    GO_STRING, QW_F_SECURITY_OPT, "label=user:"),
    SAYS("Role",    GO_STRING, QW_F_SECURITY_OPT, "label=role:"),
    SAYS("Type",    GO_STRING, QW_F_SECURITY_OPT, "label=type:"),
    SAYS("Level",   GO_STRING, QW_F_SECURITY_OPT, "label=level:"),
};
static const struct shape shape_selinux = SHAPE(selinux_fields, NULL);

static const struct field seccomp_fields[] = {
    SAYS ("Mode",    GO_STRING, QW_F_SECURITY_OPT, "seccomp="),
    CALLS("Profile", GO_STRING, QW_F_SECURITY_OPT, emit_seccomp_profile),
};
static const struct shape shape_seccomp = SHAPE(seccomp_fields, NULL);

static const struct field apparmor_fields[] = {
    SAYS("Mode", GO_STRING, QW_F_SECURITY_OPT, "apparmor="),
};
static const struct shape shape_apparmor = SHAPE(apparmor_fields, NULL);

static const struct field privileges_fields[] = {
    HOLDS("CredentialSpec",  GO_STRUCT, &shape_credential),
    HOLDS("SELinuxContext",  GO_STRUCT, &shape_selinux),
    HOLDS("Seccomp",         GO_STRUCT, &shape_seccomp),
    HOLDS("AppArmor",        GO_STRUCT, &shape_apparmor),
    SAYS ("NoNewPrivileges", GO_BOOL,   QW_F_SECURITY_OPT, "no-new-privileges=true"),
};
static const struct shape shape_privileges = SHAPE(privileges_fields, NULL);

static const struct field dns_fields[] = {
    GIVES("Nameservers", GO_STRINGS, QW_F_DNS),
    GIVES("Search",      GO_STRINGS, QW_F_DNS),
    GIVES("Options",     GO_STRINGS, QW_F_DNS),
};
static const struct shape shape_dns = SHAPE(dns_fields, NULL);

static const struct field file_fields[] = {
    SAFE("Name", GO_STRING),
    SAFE("UID",  GO_STRING),
    SAFE("GID",  GO_STRING),
    SAFE("Mode", GO_UINT64),
};
static const struct shape shape_file = SHAPE(file_fields, NULL);

static const struct shape shape_empty = {.record = NO_FACT};

static const struct field reference_fields[] = {
    HOLDS("File",       GO_STRUCT, &shape_file),
    HOLDS("Runtime",    GO_STRUCT, &shape_empty),
    SAFE ("SecretID",   GO_STRING),
    SAFE ("SecretName", GO_STRING),
    SAFE ("ConfigID",   GO_STRING),
    SAFE ("ConfigName", GO_STRING),
};
static const struct shape shape_reference = SHAPE(reference_fields, NULL);

static const struct field container_fields[] = {
    GIVES("Image",           GO_STRING,     QW_F_IMAGE),
    GIVES("Labels",          GO_STRING_MAP, QW_F_LABEL),
    CALLS("Command",         GO_STRINGS,    QW_F_COMMAND, emit_command),
    CALLS("Args",            GO_STRINGS,    QW_F_COMMAND, emit_command),
    SAFE ("Hostname",        GO_STRING),
    CALLS("Env",             GO_STRINGS,    QW_F_ENV, emit_env),
    SAFE ("Dir",             GO_STRING),
    GIVES("User",            GO_STRING,     QW_F_USER),
    GIVES("Groups",          GO_STRINGS,    QW_F_GROUP_ADD),
    HOLDS("Privileges",      GO_STRUCT,     &shape_privileges),
    SAFE ("Init",            GO_BOOL),
    SAFE ("StopSignal",      GO_STRING),
    SAFE ("TTY",             GO_BOOL),
    SAFE ("OpenStdin",       GO_BOOL),
    GIVES("ReadOnly",        GO_BOOL,       QW_F_READ_ONLY_ROOT),
    HOLDS("Mounts",          GO_STRUCTS,    &shape_mount),
    SAFE ("StopGracePeriod", GO_INT),
    HOLDS("Healthcheck",     GO_STRUCT,     &shape_health),
    GIVES("Hosts",           GO_STRINGS,    QW_F_EXTRA_HOST),
    HOLDS("DNSConfig",       GO_STRUCT,     &shape_dns),
    HOLDS("Secrets",         GO_STRUCTS,    &shape_reference),
    HOLDS("Configs",         GO_STRUCTS,    &shape_reference),
    GIVES("Isolation",       GO_STRING,     QW_F_ISOLATION),
    GIVES("Sysctls",         GO_STRING_MAP, QW_F_SYSCTL),
    GIVES("CapabilityAdd",   GO_STRINGS,    QW_F_CAP_ADD),
    GIVES("CapabilityDrop",  GO_STRINGS,    QW_F_CAP_DROP),
    HOLDS("Ulimits",         GO_STRUCTS,    &shape_ulimit),
    GIVES("OomScoreAdj",     GO_INT,        QW_F_OOM_SCORE_ADJ),
};
static const struct shape shape_container = SHAPE(container_fields, NULL);

static const struct field generic_named_fields[] = {
    PART("Kind",  GO_STRING, ""),
    PART("Value", GO_STRING, "ids"),
};
static const struct shape shape_generic_named = RECORD_SHAPE(generic_named_fields, QW_F_DEVICE_REQUEST, NULL);

static const struct field generic_counted_fields[] = {
    PART("Kind",  GO_STRING, ""),
    PART("Value", GO_INT,    "count"),
};
static const struct shape shape_generic_counted = RECORD_SHAPE(generic_counted_fields, QW_F_DEVICE_REQUEST, NULL);

static const struct field generic_fields[] = {
    HOLDS("NamedResourceSpec",    GO_STRUCT, &shape_generic_named),
    HOLDS("DiscreteResourceSpec", GO_STRUCT, &shape_generic_counted),
};
static const struct shape shape_generic = SHAPE(generic_fields, NULL);

static const struct field limit_fields[] = {
    GIVES("NanoCPUs",         GO_INT,     QW_F_NANO_CPUS),
    GIVES("MemoryBytes",      GO_INT,     QW_F_MEMORY),
    GIVES("Pids",             GO_INT,     QW_F_PIDS_LIMIT),
    HOLDS("GenericResources", GO_STRUCTS, &shape_generic), /* of Limits before 20.10 */
};
static const struct shape shape_limit = SHAPE(limit_fields, NULL);

static const struct field reservation_fields[] = {
    SAFE ("NanoCPUs",         GO_INT),
    GIVES("MemoryBytes",      GO_INT,     QW_F_MEMORY_RESERVATION),
    HOLDS("GenericResources", GO_STRUCTS, &shape_generic),
};
static const struct shape shape_reservation = SHAPE(reservation_fields, NULL);

static const struct field requirement_fields[] = {
    HOLDS ("Limits",           GO_STRUCT, &shape_limit),
    HOLDS ("Reservations",     GO_STRUCT, &shape_reservation),
    ALWAYS("SwapBytes",        GO_INT,    QW_F_MEMORY_SWAP),
    ALWAYS("MemorySwappiness", GO_INT,    QW_F_MEMORY_SWAPPINESS),
};
static const struct shape shape_requirement = SHAPE(requirement_fields, NULL);

static const struct field restart_fields[] = {
    PART("Condition",   GO_STRING, ""),
    SAFE("Delay",       GO_INT),
    PART("MaxAttempts", GO_UINT64,   "max-retries"),
    SAFE("Window",      GO_INT),
};
static const struct shape shape_restart = RECORD_SHAPE(restart_fields, QW_F_RESTART_POLICY, NULL);

static const struct field spread_fields[] = {
    SAFE("SpreadDescriptor", GO_STRING),
};
static const struct shape shape_spread = SHAPE(spread_fields, NULL);

static const struct field preference_fields[] = {
    HOLDS("Spread", GO_STRUCT, &shape_spread),
};
static const struct shape shape_preference = SHAPE(preference_fields, NULL);

static const struct field platform_fields[] = {
    SAFE("Architecture", GO_STRING),
    SAFE("OS",           GO_STRING),
};
static const struct shape shape_platform = SHAPE(platform_fields, NULL);

static const struct field placement_fields[] = {
    SAFE ("Constraints", GO_STRINGS),
    HOLDS("Preferences", GO_STRUCTS, &shape_preference),
    SAFE ("MaxReplicas", GO_UINT64),
    HOLDS("Platforms",   GO_STRUCTS, &shape_platform),
};
static const struct shape shape_placement = SHAPE(placement_fields, NULL);

static const struct field attachment_fields[] = {
    GIVES("Target",     GO_STRING,     QW_F_NETWORK),
    GIVES("Aliases",    GO_STRINGS,    QW_F_ALIAS),
    GIVES("DriverOpts", GO_STRING_MAP, QW_F_ENDPOINT_OPTION),
};
static const struct shape shape_attachment = SHAPE(attachment_fields, NULL);

static const struct field log_fields[] = {
    GIVES("Name",    GO_STRING,     QW_F_LOG_DRIVER),
    CALLS("Options", GO_STRING_MAP, QW_F_LOG_OPTION, emit_log_options),
};
static const struct shape shape_log = SHAPE(log_fields, NULL);

static const struct field attach_spec_fields[] = {
    GIVES("ContainerID", GO_STRING, QW_F_CONTAINER),
};
static const struct shape shape_attach_spec = SHAPE(attach_spec_fields, NULL);

/* It has the name of where it comes from unless it has one of its own. */
static const struct field plugin_fields[] = {
    GIVES("Name",       GO_STRING,  QW_F_PLUGIN),
    GIVES("Remote",     GO_STRING,  QW_F_PLUGIN),
    CALLS("Privileges", GO_STRUCTS, NO_FACT, emit_privileges),
    SAFE ("Disabled",   GO_BOOL),
    SAFE ("Env",        GO_STRINGS),
};
static const struct shape shape_plugin = SHAPE(plugin_fields, NULL);

/*
 * A plugin that swarm installs, replaces or switches off on every node: as a whole it is what nobody knows. Where that
 * is allowed, what it is granted is judged, and quaywarden and what it lives from stay out of it in any case.
 */
static int emit_plugin(struct reader *r, const struct field *field, const struct qw_json *value,
                       const struct qw_path *path)
{
    return emit_unknown(r, field, value, path) < 0 ? -1 : read_struct(r, &shape_plugin, value, path);
}

static const struct field task_fields[] = {
    HOLDS("ContainerSpec",         GO_STRUCT,  &shape_container),
    CALLS("PluginSpec",            GO_STRUCT,  QW_F_UNKNOWN_FIELD, emit_plugin),
    HOLDS("NetworkAttachmentSpec", GO_STRUCT,  &shape_attach_spec),
    HOLDS("Resources",             GO_STRUCT,  &shape_requirement),
    HOLDS("RestartPolicy",         GO_STRUCT,  &shape_restart),
    HOLDS("Placement",             GO_STRUCT,  &shape_placement),
    HOLDS("Networks",              GO_STRUCTS, &shape_attachment),
    HOLDS("LogDriver",             GO_STRUCT,  &shape_log),
    SAFE ("ForceUpdate",           GO_UINT64),
    SAFE ("Runtime",               GO_STRING),
};
static const struct shape shape_task = SHAPE(task_fields, NULL);

static const struct field count_fields[] = {
    SAFE("Replicas",         GO_UINT64),
    SAFE("MaxConcurrent",    GO_UINT64),
    SAFE("TotalCompletions", GO_UINT64),
};
static const struct shape shape_count = SHAPE(count_fields, NULL);

static const struct field mode_fields[] = {
    HOLDS("Replicated",    GO_STRUCT, &shape_count),
    HOLDS("Global",        GO_STRUCT, &shape_empty),
    HOLDS("ReplicatedJob", GO_STRUCT, &shape_count),
    HOLDS("GlobalJob",     GO_STRUCT, &shape_empty),
};
static const struct shape shape_mode = SHAPE(mode_fields, NULL);

static const struct field rollout_fields[] = {
    SAFE("Parallelism",     GO_UINT64),
    SAFE("Delay",           GO_INT),
    SAFE("FailureAction",   GO_STRING),
    SAFE("Monitor",         GO_INT),
    SAFE("MaxFailureRatio", GO_FLOAT),
    SAFE("Order",           GO_STRING),
};
static const struct shape shape_rollout = SHAPE(rollout_fields, NULL);

static const struct field port_fields[] = {
    SAFE("Name",          GO_STRING),
    PART("Protocol",      GO_STRING, "protocol"),
    PART("TargetPort",    GO_UINT32,   "container-port"),
    PART("PublishedPort", GO_UINT32,   ""),
    PART("PublishMode",   GO_STRING, "publish-mode"),
};
static const struct shape shape_port = RECORD_SHAPE(port_fields, QW_F_PUBLISHED_PORT, NULL);

static const struct field endpoint_fields[] = {
    SAFE ("Mode",  GO_STRING),
    HOLDS("Ports", GO_STRUCTS, &shape_port),
};
static const struct shape shape_endpoint_spec = SHAPE(endpoint_fields, NULL);

static const struct field service_fields[] = {
    SAFE ("Name",           GO_STRING), /* of the service: its containers have names of the engine's */
    GIVES("Labels",         GO_STRING_MAP, QW_F_LABEL),
    HOLDS("TaskTemplate",   GO_STRUCT,     &shape_task),
    HOLDS("Mode",           GO_STRUCT,     &shape_mode),
    HOLDS("UpdateConfig",   GO_STRUCT,     &shape_rollout),
    HOLDS("RollbackConfig", GO_STRUCT,     &shape_rollout),
    HOLDS("Networks",       GO_STRUCTS,    &shape_attachment),
    HOLDS("EndpointSpec",   GO_STRUCT,     &shape_endpoint_spec),
};
const struct shape shape_service = SHAPE(service_fields, NULL);
/* clang-format on */

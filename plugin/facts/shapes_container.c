/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The container's structs: create, start with a body, update, exec.
 * Source: moby api/types/container (config.go, hostconfig.go), api/types/mount, api/types/network, api/types/blkiodev;
 * versions 20.10.24 to 28.5.2 and the development branch. Where versions differ, the union.
 */
#include "shape.h"

/* clang-format off */
static const struct field health_fields[] = {
    CALLS("Test",          GO_STRINGS, QW_F_HEALTHCHECK, emit_first),
    SAFE ("Interval",      GO_INT),
    SAFE ("Timeout",       GO_INT),
    SAFE ("StartPeriod",   GO_INT),
    SAFE ("StartInterval", GO_INT),
    SAFE ("Retries",       GO_INT),
};
const struct shape shape_health = SHAPE(health_fields, NULL);

static const struct field ipam_fields[] = {
    GIVES("IPv4Address",  GO_STRING,  QW_F_STATIC_ADDRESS),
    GIVES("IPv6Address",  GO_STRING,  QW_F_STATIC_ADDRESS),
    GIVES("LinkLocalIPs", GO_STRINGS, QW_F_STATIC_ADDRESS),
};
static const struct shape shape_ipam = SHAPE(ipam_fields, NULL);

static const struct field endpoint_fields[] = {
    HOLDS("IPAMConfig",          GO_STRUCT,     &shape_ipam),
    GIVES("Links",               GO_STRINGS,    QW_F_LINK),
    GIVES("Aliases",             GO_STRINGS,    QW_F_ALIAS),
    GIVES("MacAddress",          GO_STRING,     QW_F_MAC_ADDRESS),
    GIVES("DriverOpts",          GO_STRING_MAP, QW_F_ENDPOINT_OPTION),
    SAFE ("GwPriority",          GO_INT),
    GIVES("NetworkID",           GO_STRING,     QW_F_NETWORK),
    SAFE ("EndpointID",          GO_STRING),
    SAFE ("Gateway",             GO_STRING),
    SAFE ("IPAddress",           GO_STRING),
    SAFE ("IPPrefixLen",         GO_INT),
    SAFE ("IPv6Gateway",         GO_STRING),
    SAFE ("GlobalIPv6Address",   GO_STRING),
    SAFE ("GlobalIPv6PrefixLen", GO_INT),
    GIVES("DNSNames",            GO_STRINGS,    QW_F_ALIAS),
};
const struct shape shape_endpoint = SHAPE(endpoint_fields, NULL);

static const struct field networking_fields[] = {
    NAMES("EndpointsConfig", GO_STRUCT_MAP, QW_F_NETWORK, &shape_endpoint),
};
static const struct shape shape_networking = SHAPE(networking_fields, NULL);

static const struct field port_fields[] = {
    PART("HostIp",   GO_STRING, "address"),
    PART("HostPort", GO_STRING, ""),
};
static const struct shape shape_port = RECORD_SHAPE(port_fields, QW_F_PUBLISHED_PORT, NULL);

static const struct field restart_fields[] = {
    PART("Name",              GO_STRING, ""),
    PART("MaximumRetryCount", GO_INT,    "max-retries"),
};
static const struct shape shape_restart = RECORD_SHAPE(restart_fields, QW_F_RESTART_POLICY, NULL);

static const struct field log_fields[] = {
    GIVES("Type",   GO_STRING,     QW_F_LOG_DRIVER),
    CALLS("Config", GO_STRING_MAP, QW_F_LOG_OPTION, emit_log_options),
};
static const struct shape shape_log = SHAPE(log_fields, NULL);

static const struct field weight_fields[] = {
    PART("Path",   GO_STRING, ""),
    PART("Weight", GO_UINT16,   "weight"),
};
static const struct shape shape_weight = RECORD_SHAPE(weight_fields, QW_F_BLKIO_DEVICE, NULL);

static const struct field throttle_fields[] = {
    PART("Path", GO_STRING, ""),
    PART("Rate", GO_UINT64,   "rate"),
};
static const struct shape shape_throttle = RECORD_SHAPE(throttle_fields, QW_F_BLKIO_DEVICE, NULL);

static const struct field device_fields[] = {
    PART("PathOnHost",        GO_STRING, ""),
    PART("PathInContainer",   GO_STRING, "target"),
    PART("CgroupPermissions", GO_STRING, "permissions"),
};
static const struct shape shape_device = RECORD_SHAPE(device_fields, QW_F_DEVICE, NULL);

static const struct field request_fields[] = {
    PART("Driver",       GO_STRING,     ""),
    PART("Count",        GO_INT,        "count"),
    PART("DeviceIDs",    GO_STRINGS,    "ids"),
    PART("Capabilities", GO_LISTS,      "capabilities"),
    PART("Options",      GO_STRING_MAP, "option."),
};
static const struct shape shape_request = RECORD_SHAPE(request_fields, QW_F_DEVICE_REQUEST, NULL);

static const struct field ulimit_fields[] = {
    PART("Name", GO_STRING, ""),
    PART("Hard", GO_INT,    "hard"),
    PART("Soft", GO_INT,    "soft"),
};
const struct shape shape_ulimit = RECORD_SHAPE(ulimit_fields, QW_F_ULIMIT, NULL);

/* ---- Mounts ---- */

static const struct field bind_fields[] = {
    PART("Propagation",            GO_STRING, "propagation"),
    PART("NonRecursive",           GO_BOOL,   "non-recursive"),
    PART("CreateMountpoint",       GO_BOOL,   "create"),
    PART("ReadOnlyNonRecursive",   GO_BOOL,   "writable-submounts"),
    SAFE("ReadOnlyForceRecursive", GO_BOOL),
};
static const struct shape shape_bind = PARTS_SHAPE(bind_fields);

static const struct field driver_fields[] = {
    PART("Name",    GO_STRING,     "driver"),
    PART("Options", GO_STRING_MAP, "option."),
};
static const struct shape shape_driver = PARTS_SHAPE(driver_fields);

static const struct field volume_fields[] = {
    SAFE ("NoCopy",       GO_BOOL),
    PART ("Labels",       GO_STRING_MAP, "label."),
    PART ("Subpath",      GO_STRING,     "subpath"),
    HOLDS("DriverConfig", GO_STRUCT,     &shape_driver),
};
static const struct shape shape_volume_options = PARTS_SHAPE(volume_fields);

static const struct field tmpfs_fields[] = {
    PART("SizeBytes", GO_INT,   "size"),
    PART("Mode",      GO_UINT32,  "mode"),
    PART("Options",   GO_LISTS, "options"),
};
static const struct shape shape_tmpfs = PARTS_SHAPE(tmpfs_fields);

static const struct field image_fields[] = {
    PART("Subpath", GO_STRING, "image-subpath"),
};
static const struct shape shape_image = PARTS_SHAPE(image_fields);

static const struct shape shape_nothing = {.record = NO_FACT};

static const struct field mount_fields[] = {
    PART ("Type",           GO_STRING, "type"),
    PART ("Source",         GO_STRING, ""),
    PART ("Target",         GO_STRING, "target"),
    PART ("ReadOnly",       GO_BOOL,   "read-only"),
    PART ("Consistency",    GO_STRING, "consistency"),
    HOLDS("BindOptions",    GO_STRUCT, &shape_bind),
    HOLDS("VolumeOptions",  GO_STRUCT, &shape_volume_options),
    HOLDS("ImageOptions",   GO_STRUCT, &shape_image),
    HOLDS("TmpfsOptions",   GO_STRUCT, &shape_tmpfs),
    HOLDS("ClusterOptions", GO_STRUCT, &shape_nothing),
};
const struct shape shape_mount = RECORD_SHAPE(mount_fields, QW_F_MOUNT, finish_mount);

/* ---- HostConfig and the resources that update shares with it ---- */

static const struct field resource_fields[] = {
    GIVES ("CpuShares",            GO_INT,     QW_F_CPU_SHARES),
    GIVES ("Memory",               GO_INT,     QW_F_MEMORY),
    GIVES ("NanoCpus",             GO_INT,     QW_F_NANO_CPUS),
    GIVES ("CgroupParent",         GO_STRING,  QW_F_CGROUP_PARENT),
    GIVES ("BlkioWeight",          GO_UINT16,   QW_F_BLKIO_WEIGHT),
    HOLDS ("BlkioWeightDevice",    GO_STRUCTS, &shape_weight),
    HOLDS ("BlkioDeviceReadBps",   GO_STRUCTS, &shape_throttle),
    HOLDS ("BlkioDeviceWriteBps",  GO_STRUCTS, &shape_throttle),
    HOLDS ("BlkioDeviceReadIOps",  GO_STRUCTS, &shape_throttle),
    HOLDS ("BlkioDeviceWriteIOps", GO_STRUCTS, &shape_throttle),
    GIVES ("CpuPeriod",            GO_INT,     QW_F_CPU_PERIOD),
    GIVES ("CpuQuota",             GO_INT,     QW_F_CPU_QUOTA),
    GIVES ("CpuRealtimePeriod",    GO_INT,     QW_F_RT_PERIOD),
    GIVES ("CpuRealtimeRuntime",   GO_INT,     QW_F_RT_RUNTIME),
    GIVES ("CpusetCpus",           GO_STRING,  QW_F_CPUSET_CPUS),
    GIVES ("CpusetMems",           GO_STRING,  QW_F_CPUSET_MEMS),
    HOLDS ("Devices",              GO_STRUCTS, &shape_device),
    GIVES ("DeviceCgroupRules",    GO_STRINGS, QW_F_DEVICE_CGROUP_RULE),
    HOLDS ("DeviceRequests",       GO_STRUCTS, &shape_request),
    GIVES ("KernelMemory",         GO_INT,     QW_F_KERNEL_MEMORY),
    GIVES ("KernelMemoryTCP",      GO_INT,     QW_F_KERNEL_MEMORY),
    GIVES ("MemoryReservation",    GO_INT,     QW_F_MEMORY_RESERVATION),
    GIVES ("MemorySwap",           GO_INT,     QW_F_MEMORY_SWAP),
    ALWAYS("MemorySwappiness",     GO_INT,     QW_F_MEMORY_SWAPPINESS),
    GIVES ("OomKillDisable",       GO_BOOL,    QW_F_OOM_KILL_DISABLE),
    ALWAYS("PidsLimit",            GO_INT,     QW_F_PIDS_LIMIT),
    HOLDS ("Ulimits",              GO_STRUCTS, &shape_ulimit),
    SAFE  ("CpuCount",             GO_INT),  /* these four: Windows only */
    SAFE  ("CpuPercent",           GO_INT),
    SAFE  ("IOMaximumIOps",        GO_UINT64),
    SAFE  ("IOMaximumBandwidth",   GO_UINT64),
};
static const struct shape shape_resources = SHAPE(resource_fields, NULL);

static const struct field host_fields[] = {
    CALLS ("Binds",           GO_STRINGS,     QW_F_BIND, emit_bind),
    SAFE  ("ContainerIDFile", GO_STRING),     /* written by the client alone */
    HOLDS ("LogConfig",       GO_STRUCT,      &shape_log),
    GIVES ("NetworkMode",     GO_STRING,      QW_F_NETWORK_MODE),
    KEYED ("PortBindings",    GO_STRUCTS_MAP, &shape_port, "container-port"),
    HOLDS ("RestartPolicy",   GO_STRUCT,      &shape_restart),
    SAFE  ("AutoRemove",      GO_BOOL),
    GIVES ("VolumeDriver",    GO_STRING,      QW_F_VOLUME_DRIVER),
    GIVES ("VolumesFrom",     GO_STRINGS,     QW_F_VOLUMES_FROM),
    SAFE  ("ConsoleSize",     GO_UINTS),
    GIVES ("Annotations",     GO_STRING_MAP,  QW_F_ANNOTATION),
    GIVES ("CapAdd",          GO_WORDS,       QW_F_CAP_ADD),
    GIVES ("Capabilities",    GO_WORDS,       QW_F_CAP_ADD), /* API 1.40 alone: the exact list */
    GIVES ("CapDrop",         GO_WORDS,       QW_F_CAP_DROP),
    GIVES ("CgroupnsMode",    GO_STRING,      QW_F_CGROUPNS_MODE),
    GIVES ("Dns",             GO_STRINGS,     QW_F_DNS),
    GIVES ("DnsOptions",      GO_STRINGS,     QW_F_DNS),
    GIVES ("DnsSearch",       GO_STRINGS,     QW_F_DNS),
    GIVES ("ExtraHosts",      GO_STRINGS,     QW_F_EXTRA_HOST),
    GIVES ("GroupAdd",        GO_STRINGS,     QW_F_GROUP_ADD),
    GIVES ("IpcMode",         GO_STRING,      QW_F_IPC_MODE),
    GIVES ("Cgroup",          GO_STRING,      QW_F_CGROUP),
    GIVES ("Links",           GO_STRINGS,     QW_F_LINK),
    GIVES ("OomScoreAdj",     GO_INT,         QW_F_OOM_SCORE_ADJ),
    GIVES ("PidMode",         GO_STRING,      QW_F_PID_MODE),
    GIVES ("Privileged",      GO_BOOL,        QW_F_PRIVILEGED),
    GIVES ("PublishAllPorts", GO_BOOL,        QW_F_PUBLISH_ALL),
    GIVES ("ReadonlyRootfs",  GO_BOOL,        QW_F_READ_ONLY_ROOT),
    CALLS ("SecurityOpt",     GO_STRINGS,     QW_F_SECURITY_OPT, emit_security_options),
    GIVES ("StorageOpt",      GO_STRING_MAP,  QW_F_STORAGE_OPTION),
    CALLS ("Tmpfs",           GO_STRING_MAP,  QW_F_TMPFS, emit_targets),
    GIVES ("UTSMode",         GO_STRING,      QW_F_UTS_MODE),
    GIVES ("UsernsMode",      GO_STRING,      QW_F_USERNS_MODE),
    GIVES ("ShmSize",         GO_INT,         QW_F_SHM_SIZE),
    GIVES ("Sysctls",         GO_STRING_MAP,  QW_F_SYSCTL),
    GIVES ("Runtime",         GO_STRING,      QW_F_RUNTIME),
    GIVES ("Isolation",       GO_STRING,      QW_F_ISOLATION),
    HOLDS ("Mounts",          GO_STRUCTS,     &shape_mount),
    CALLS ("MaskedPaths",     GO_STRINGS,     QW_F_MASKED_PATHS, emit_paths),
    CALLS ("ReadonlyPaths",   GO_STRINGS,     QW_F_READONLY_PATHS, emit_paths),
    SAFE  ("Init",            GO_BOOL),
};
static const struct shape shape_host = SHAPE(host_fields, &shape_resources);

/* ---- the payloads ---- */

/* container.Config */
static const struct field config_fields[] = {
    SAFE ("Hostname",         GO_STRING),
    SAFE ("Domainname",       GO_STRING),
    GIVES("User",             GO_STRING,     QW_F_USER),
    SAFE ("AttachStdin",      GO_BOOL),
    SAFE ("AttachStdout",     GO_BOOL),
    SAFE ("AttachStderr",     GO_BOOL),
    SAFE ("ExposedPorts",     GO_SET_MAP),
    SAFE ("Tty",              GO_BOOL),
    CALLS("OpenStdin",        GO_BOOL,       QW_F_COMMAND, emit_command),
    SAFE ("StdinOnce",        GO_BOOL),
    CALLS("Env",              GO_STRINGS,    QW_F_ENV, emit_env),
    CALLS("Cmd",              GO_WORDS,      QW_F_COMMAND, emit_command),
    HOLDS("Healthcheck",      GO_STRUCT,     &shape_health),
    SAFE ("ArgsEscaped",      GO_BOOL),
    GIVES("Image",            GO_STRING,     QW_F_IMAGE),
    CALLS("Volumes",          GO_SET_MAP,    QW_F_VOLUME, emit_targets),
    SAFE ("WorkingDir",       GO_STRING),
    CALLS("Entrypoint",       GO_WORDS,      QW_F_COMMAND, emit_command),
    SAFE ("NetworkDisabled",  GO_BOOL),
    GIVES("MacAddress",       GO_STRING,     QW_F_MAC_ADDRESS),
    SAFE ("OnBuild",          GO_STRINGS),
    GIVES("Labels",           GO_STRING_MAP, QW_F_LABEL),
    SAFE ("StopSignal",       GO_STRING),
    SAFE ("StopTimeout",      GO_INT),
    CALLS("Shell",            GO_WORDS,      QW_F_COMMAND, emit_command),
};
static const struct shape shape_config = SHAPE(config_fields, &shape_host);

/* Engines up to 26.1 also take HostConfig's fields at the top level (runconfig, type ContainerConfigWrapper). */
static const struct field create_fields[] = {
    HOLDS("HostConfig",       GO_STRUCT,     &shape_host),
    HOLDS("NetworkingConfig", GO_STRUCT,     &shape_networking),
    GIVES("Cpuset",           GO_STRING,     QW_F_CPUSET_CPUS),
    GIVES("Name",             GO_STRING,     QW_F_CONTAINER_NAME), /* these two: sent by dockerode beside the query */
    GIVES("Platform",         GO_STRING,     QW_F_PLATFORM),
    CALLS("AuthConfig",       GO_STRUCT,     NO_FACT, emit_nothing), /* credentials that docker-java adds: never told */
};
const struct shape shape_create = SHAPE(create_fields, &shape_config);

/* ---- what the engine keeps of a container; other fields of its answers are of no interest ---- */

static const struct shape shape_config_alone = SHAPE(config_fields, NULL);

/* What a running container was given on a network (addresses, aliases) is nothing that it asked for. */
static const struct field stored_endpoint_fields[] = {
    HOLDS("IPAMConfig", GO_STRUCT,     &shape_ipam),
    GIVES("Links",      GO_STRINGS,    QW_F_LINK),
    GIVES("DriverOpts", GO_STRING_MAP, QW_F_ENDPOINT_OPTION),
};
static const struct shape shape_stored_endpoint = SHAPE(stored_endpoint_fields, NULL);

static const struct field stored_network_fields[] = {
    NAMES("Networks", GO_STRUCT_MAP, QW_F_NETWORK, &shape_stored_endpoint),
};
static const struct shape shape_stored_networks = SHAPE(stored_network_fields, NULL);

static const struct field stored_fields[] = {
    HOLDS("Config",          GO_STRUCT, &shape_config_alone),
    HOLDS("HostConfig",      GO_STRUCT, &shape_host),
    HOLDS("NetworkSettings", GO_STRUCT, &shape_stored_networks),
};
const struct shape shape_stored = SHAPE(stored_fields, NULL);

static const struct field mounting_fields[] = {
    CALLS("Binds",       GO_STRINGS, QW_F_BIND, emit_bind),
    HOLDS("Mounts",      GO_STRUCTS, &shape_mount),
    GIVES("VolumesFrom", GO_STRINGS, QW_F_VOLUMES_FROM),
};
static const struct shape shape_mounting = SHAPE(mounting_fields, NULL);

static const struct field stored_mount_fields[] = {
    HOLDS("HostConfig", GO_STRUCT, &shape_mounting),
};
const struct shape shape_stored_mounts = SHAPE(stored_mount_fields, NULL);

/* ---- update, exec, checkpoints ---- */

static const struct field update_fields[] = {
    HOLDS("RestartPolicy", GO_STRUCT, &shape_restart),
};
const struct shape shape_update = SHAPE(update_fields, &shape_resources);

static const struct field exec_fields[] = {
    GIVES("User",         GO_STRING,  QW_F_USER),
    GIVES("Privileged",   GO_BOOL,    QW_F_PRIVILEGED),
    SAFE ("Tty",          GO_BOOL),
    SAFE ("ConsoleSize",  GO_UINTS),
    SAFE ("AttachStdin",  GO_BOOL),
    SAFE ("AttachStderr", GO_BOOL),
    SAFE ("AttachStdout", GO_BOOL),
    SAFE ("Detach",       GO_BOOL),
    SAFE ("DetachKeys",   GO_STRING),
    CALLS("Env",          GO_STRINGS, QW_F_ENV, emit_env),
    SAFE ("WorkingDir",   GO_STRING),
    SAFE ("Cmd",          GO_STRINGS),
    SAFE ("Container",    GO_STRING), /* these three: docker-py, docker-java, Portainer; it is the path that counts */
    SAFE ("ContainerId",  GO_STRING),
    SAFE ("Id",           GO_STRING),
};
const struct shape shape_exec = SHAPE(exec_fields, NULL);

static const struct field checkpoint_fields[] = {
    SAFE ("CheckpointID",  GO_STRING),
    GIVES("CheckpointDir", GO_STRING, QW_F_CHECKPOINT_DIR),
    SAFE ("Exit",          GO_BOOL),
};
const struct shape shape_checkpoint = SHAPE(checkpoint_fields, NULL);
/* clang-format on */

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What look-ups read of the engine's answers one by one, and of which type it is: a text that is none would count as an
 * empty one, so that a container on the host's network would be on none.
 * Source: moby api/types (ContainerJSON, MountPoint, ImageInspect, NetworkResource, Volume), api/types/backend
 * (ExecInspect), 20.10 to 28.5.
 */
#include "lookup.h"

/* clang-format off */
static const struct field mount_point_fields[] = {
    SAFE("Type",        GO_STRING),
    SAFE("Name",        GO_STRING),
    SAFE("Source",      GO_STRING),
    SAFE("Destination", GO_STRING),
    SAFE("Driver",      GO_STRING),
    SAFE("Mode",        GO_STRING),
    SAFE("RW",          GO_BOOL),
    SAFE("Propagation", GO_STRING),
};
static const struct shape mount_point = SHAPE(mount_point_fields, NULL);

static const struct field config_fields[] = {
    SAFE("User",  GO_STRING),
    SAFE("Image", GO_STRING),
};
static const struct shape config = SHAPE(config_fields, NULL);

static const struct field host_fields[] = {
    SAFE("NetworkMode", GO_STRING),
    SAFE("PidMode",     GO_STRING),
    SAFE("IpcMode",     GO_STRING),
};
static const struct shape host = SHAPE(host_fields, NULL);

static const struct field endpoint_fields[] = {
    SAFE("NetworkID", GO_STRING),
};
static const struct shape endpoint = SHAPE(endpoint_fields, NULL);

static const struct field networks_fields[] = {
    HOLDS("Networks", GO_STRUCT_MAP, &endpoint),
};
static const struct shape networks = SHAPE(networks_fields, NULL);

static const struct field container_fields[] = {
    SAFE ("Id",              GO_STRING),
    SAFE ("Name",            GO_STRING),
    SAFE ("Image",           GO_STRING),
    HOLDS("Config",          GO_STRUCT,  &config),
    HOLDS("HostConfig",      GO_STRUCT,  &host),
    HOLDS("NetworkSettings", GO_STRUCT,  &networks),
    HOLDS("Mounts",          GO_STRUCTS, &mount_point),
};
static const struct shape container = SHAPE(container_fields, NULL);

static const struct field volume_fields[] = {
    SAFE("Name",    GO_STRING),
    SAFE("Driver",  GO_STRING),
    SAFE("Options", GO_STRING_MAP),
};
static const struct shape volume = SHAPE(volume_fields, NULL);

static const struct field image_fields[] = {
    HOLDS("Config", GO_STRUCT, &config),
};
static const struct shape image = SHAPE(image_fields, NULL);

static const struct field network_fields[] = {
    SAFE("Id",     GO_STRING),
    SAFE("Name",   GO_STRING),
    SAFE("Driver", GO_STRING),
};
static const struct shape network = SHAPE(network_fields, NULL);

static const struct field process_fields[] = {
    SAFE("privileged", GO_BOOL),
    SAFE("user",       GO_STRING),
};
static const struct shape process = SHAPE(process_fields, NULL);

static const struct field exec_fields[] = {
    SAFE ("ID",            GO_STRING),
    SAFE ("ContainerID",   GO_STRING),
    HOLDS("ProcessConfig", GO_STRUCT, &process),
};
static const struct shape exec = SHAPE(exec_fields, NULL);
/* clang-format on */

const struct shape *const shape_answers[QW_OBJECT_KINDS] = {
    [QW_CONTAINER] = &container, [QW_VOLUME] = &volume, [QW_IMAGE] = &image, [QW_NETWORK] = &network, [QW_EXEC] = &exec,
};

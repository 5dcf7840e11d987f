// SPDX-License-Identifier: GPL-3.0-or-later

package main

// Every field of the engine's structs that a body reaches, and what has to become of it. A field without a row has to
// be denied as unknown-field. Types that moved between versions stand here by each of their names.

import (
	"reflect"
	"strings"
)

type row map[string]rule

var structs map[string]row

func init() {
	structs = map[string]row{
		"container.Config": {
			"Hostname": safe, "Domainname": safe, "User": text("user"), "AttachStdin": safe, "AttachStdout": safe,
			"AttachStderr": safe, "ExposedPorts": safe, "Tty": safe, "OpenStdin": command("stdin"), "StdinOnce": safe,
			"Env": names("env"), "Cmd": command("cmd"), "Healthcheck": holds, "ArgsEscaped": safe, "Image": text("image"),
			"Volumes": targets("volume"), "WorkingDir": safe, "Entrypoint": command("entrypoint"), "NetworkDisabled": safe,
			"MacAddress": text("mac-address"), "OnBuild": safe, "Labels": pairs("label"), "StopSignal": safe,
			"StopTimeout": safe, "Shell": command("shell"),
		},
		"container.HealthConfig": {"Test": firstWord("healthcheck"), "Interval": safe, "Timeout": safe,
			"StartPeriod": safe, "StartInterval": safe, "Retries": safe},
		"container.HostConfig": {
			"Binds": binds, "ContainerIDFile": safe, "LogConfig": holds, "NetworkMode": text("network-mode"),
			"PortBindings": ports, "RestartPolicy": holds, "AutoRemove": safe, "VolumeDriver": text("volume-driver"),
			"VolumesFrom": texts("volumes-from"), "CapAdd": texts("cap-add"), "CapDrop": texts("cap-drop"),
			"Capabilities": texts("cap-add"), "CgroupnsMode": text("cgroupns-mode"), "Dns": texts("dns"),
			"DnsOptions": texts("dns"), "DnsSearch": texts("dns"), "ExtraHosts": texts("extra-host"),
			"GroupAdd": texts("group-add"), "IpcMode": text("ipc-mode"), "Cgroup": text("cgroup"), "Links": texts("link"),
			"OomScoreAdj": number("oom-score-adj"), "PidMode": text("pid-mode"), "Privileged": mark("privileged"),
			"PublishAllPorts": mark("publish-all"), "ReadonlyRootfs": mark("read-only-root"),
			"SecurityOpt": securityOptions, "StorageOpt": pairs("storage-option"), "Tmpfs": targets("tmpfs"),
			"UTSMode": text("uts-mode"), "UsernsMode": text("userns-mode"), "ShmSize": number("shm-size"),
			"Sysctls": pairs("sysctl"), "Runtime": text("runtime"), "ConsoleSize": safe, "Isolation": text("isolation"),
			"Mounts": holds, "MaskedPaths": presence("masked-paths"), "ReadonlyPaths": presence("readonly-paths"),
			"Init": safe, "Annotations": keys("annotation"),
		},
		"container.Resources": {
			"CpuShares": number("cpu-shares"), "Memory": number("memory"), "NanoCpus": number("nano-cpus"),
			"CgroupParent": text("cgroup-parent"), "BlkioWeight": number("blkio-weight"), "BlkioWeightDevice": holds,
			"BlkioDeviceReadBps": holds, "BlkioDeviceWriteBps": holds, "BlkioDeviceReadIOps": holds,
			"BlkioDeviceWriteIOps": holds, "CpuPeriod": number("cpu-period"), "CpuQuota": number("cpu-quota"),
			"CpuRealtimePeriod": number("cpu-rt-period"), "CpuRealtimeRuntime": number("cpu-rt-runtime"),
			"CpusetCpus": text("cpuset-cpus"), "CpusetMems": text("cpuset-mems"), "Devices": holds,
			"DeviceCgroupRules": texts("device-cgroup-rule"), "DeviceRequests": holds,
			"KernelMemory": number("kernel-memory"), "KernelMemoryTCP": number("kernel-memory"),
			"MemoryReservation": number("memory-reservation"), "MemorySwap": number("memory-swap"),
			"MemorySwappiness": number("memory-swappiness"), "OomKillDisable": mark("oom-kill-disable"),
			"PidsLimit": number("pids-limit"), "Ulimits": holds,
			"CpuCount": safe, "CpuPercent": safe, "IOMaximumIOps": safe, "IOMaximumBandwidth": safe,
		},
		"container.LogConfig":      {"Type": text("log-driver"), "Config": keys("log-option")},
		"container.RestartPolicy":  {"Name": part(""), "MaximumRetryCount": part("max-retries")},
		"container.DeviceMapping":  {"PathOnHost": part(""), "PathInContainer": part("target"), "CgroupPermissions": part("permissions")},
		"container.DeviceRequest":  {"Driver": part(""), "Count": part("count"), "DeviceIDs": part("ids"), "Capabilities": part("capabilities"), "Options": part("option.")},
		"container.UpdateConfig":   {"RestartPolicy": holds},
		"blkiodev.WeightDevice":    {"Path": part(""), "Weight": part("weight")},
		"blkiodev.ThrottleDevice":  {"Path": part(""), "Rate": part("rate")},
		"units.Ulimit":             {"Name": part(""), "Hard": part("hard"), "Soft": part("soft")},
		"nat.PortBinding":          {"HostIp": part("address"), "HostPort": part("")},
		"network.NetworkingConfig": {"EndpointsConfig": keyed("network")},
		"network.EndpointSettings": {
			"IPAMConfig": holds, "Links": texts("link"), "Aliases": texts("alias"), "MacAddress": text("mac-address"),
			"DriverOpts": pairs("endpoint-option"), "GwPriority": safe, "NetworkID": text("network"), "EndpointID": safe,
			"Gateway": safe, "IPAddress": safe, "IPPrefixLen": safe, "IPv6Gateway": safe, "GlobalIPv6Address": safe,
			"GlobalIPv6PrefixLen": safe, "DNSNames": texts("alias"),
		},
		"network.EndpointIPAMConfig": {"IPv4Address": text("static-address"), "IPv6Address": text("static-address"),
			"LinkLocalIPs": texts("static-address")},

		"mount.Mount": {"Type": part("type"), "Source": part(""), "Target": part("target"), "ReadOnly": part("read-only"),
			"Consistency": part("consistency"), "BindOptions": holds, "VolumeOptions": holds, "TmpfsOptions": holds,
			"ImageOptions": holds, "ClusterOptions": holds},
		"mount.BindOptions": {"Propagation": part("propagation"), "NonRecursive": part("non-recursive"),
			"CreateMountpoint": part("create"), "ReadOnlyNonRecursive": part("writable-submounts"),
			"ReadOnlyForceRecursive": safe},
		"mount.VolumeOptions": {"NoCopy": safe, "Labels": part("label."), "Subpath": part("subpath"), "DriverConfig": holds},
		"mount.Driver":        {"Name": part("driver"), "Options": part("option.")},
		"mount.TmpfsOptions":  {"SizeBytes": part("size"), "Mode": part("mode"), "Options": part("options")},
		"mount.ImageOptions":  {"Subpath": part("image-subpath")},

		"types.ExecConfig": {"User": text("user"), "Privileged": mark("privileged"), "Tty": safe, "ConsoleSize": safe,
			"AttachStdin": safe, "AttachStderr": safe, "AttachStdout": safe, "Detach": safe, "DetachKeys": safe,
			"Env": names("env"), "WorkingDir": safe, "Cmd": safe},

		"volume.CreateOptions": {"Name": part(""), "Driver": part("driver"), "DriverOpts": part("option."),
			"Labels": part("label."), "ClusterVolumeSpec": denied("ClusterVolumeSpec", safe)},

		"types.NetworkCreateRequest": {"Name": text("network-name"), "CheckDuplicate": safe},
		"types.NetworkCreate": {"CheckDuplicate": safe, "Driver": text("network-driver"), "Scope": safe, "EnableIPv4": safe,
			"EnableIPv6": safe, "IPAM": holds, "Internal": safe, "Attachable": safe, "Ingress": mark("network-ingress"),
			"ConfigOnly": safe, "ConfigFrom": holds, "Options": pairs("network-option"), "Labels": pairs("label")},
		"network.IPAM": {"Driver": text("ipam-driver"), "Options": pairs("network-option"), "Config": holds},
		"network.IPAMConfig": {"Subnet": part(""), "IPRange": part("range"), "Gateway": part("gateway"),
			"AuxiliaryAddresses": part("auxiliary.")},
		"network.ConfigReference": {"Network": text("network")},
		"types.NetworkConnect":    {"Container": text("container"), "EndpointConfig": holds},
		"types.NetworkDisconnect": {"Container": text("container"), "Force": safe},

		"swarm.ServiceSpec": {"TaskTemplate": holds, "Mode": holds, "UpdateConfig": holds, "RollbackConfig": holds,
			"Networks": holds, "EndpointSpec": holds},
		"swarm.Annotations": {"Name": safe, "Labels": pairs("label")},
		"swarm.TaskSpec": {"ContainerSpec": holds, "PluginSpec": denied("PluginSpec", holds), "NetworkAttachmentSpec": holds,
			"Resources": holds, "RestartPolicy": holds, "Placement": holds, "Networks": holds, "LogDriver": holds,
			"ForceUpdate": safe, "Runtime": safe},
		"swarm.ContainerSpec": {
			"Image": text("image"), "Labels": pairs("label"), "Command": command("entrypoint"), "Args": command("cmd"),
			"Hostname": safe, "Env": names("env"), "Dir": safe, "User": text("user"), "Groups": texts("group-add"),
			"Privileges": holds, "Init": safe, "StopSignal": safe, "TTY": safe, "OpenStdin": safe,
			"ReadOnly": mark("read-only-root"), "Mounts": holds, "StopGracePeriod": safe, "Healthcheck": holds,
			"Hosts": texts("extra-host"), "DNSConfig": holds, "Secrets": holds, "Configs": holds,
			"Isolation": text("isolation"), "Sysctls": pairs("sysctl"), "CapabilityAdd": texts("cap-add"),
			"CapabilityDrop": texts("cap-drop"), "Ulimits": holds, "OomScoreAdj": number("oom-score-adj"),
		},
		"runtime.PluginSpec": {"name": text("plugin"), "remote": text("plugin"), "privileges": grants, "disabled": safe, "env": safe},
		"swarm.Privileges": {"CredentialSpec": holds, "SELinuxContext": holds, "Seccomp": holds, "AppArmor": holds,
			"NoNewPrivileges": said("security-opt", "no-new-privileges=true")},
		"swarm.CredentialSpec": {"Config": said("security-opt", "credentialspec=config://"),
			"File": said("security-opt", "credentialspec=file://"), "Registry": said("security-opt", "credentialspec=registry://")},
		"swarm.SELinuxContext": {"Disable": said("security-opt", "label=disable"), "User": said("security-opt", "label=user:"),
			"Role": said("security-opt", "label=role:"), "Type": said("security-opt", "label=type:"),
			"Level": said("security-opt", "label=level:")},
		"swarm.SeccompOpts":           {"Mode": said("security-opt", "seccomp="), "Profile": seccompProfile},
		"swarm.AppArmorOpts":          {"Mode": said("security-opt", "apparmor=")},
		"swarm.DNSConfig":             {"Nameservers": texts("dns"), "Search": texts("dns"), "Options": texts("dns")},
		"swarm.SecretReference":       {"File": safe, "SecretID": safe, "SecretName": safe},
		"swarm.ConfigReference":       {"File": safe, "Runtime": safe, "ConfigID": safe, "ConfigName": safe},
		"swarm.NetworkAttachmentSpec": {"ContainerID": text("container")},
		"swarm.ResourceRequirements": {"Limits": holds, "Reservations": holds, "SwapBytes": number("memory-swap"),
			"MemorySwappiness": number("memory-swappiness")},
		"swarm.Limit":                   {"NanoCPUs": number("nano-cpus"), "MemoryBytes": number("memory"), "Pids": number("pids-limit")},
		"swarm.Resources":               {"NanoCPUs": safe, "MemoryBytes": number("memory-reservation"), "GenericResources": holds},
		"swarm.GenericResource":         {"NamedResourceSpec": holds, "DiscreteResourceSpec": holds},
		"swarm.NamedGenericResource":    {"Kind": part(""), "Value": part("ids")},
		"swarm.DiscreteGenericResource": {"Kind": part(""), "Value": part("count")},
		"swarm.RestartPolicy":           {"Condition": part(""), "Delay": safe, "MaxAttempts": part("max-retries"), "Window": safe},
		"swarm.Placement":               {"Constraints": safe, "Preferences": safe, "MaxReplicas": safe, "Platforms": safe},
		"swarm.NetworkAttachmentConfig": {"Target": text("network"), "Aliases": texts("alias"), "DriverOpts": pairs("endpoint-option")},
		"swarm.Driver":                  {"Name": text("log-driver"), "Options": keys("log-option")},
		"swarm.ServiceMode":             {"Replicated": safe, "Global": safe, "ReplicatedJob": safe, "GlobalJob": safe},
		"swarm.UpdateConfig": {"Parallelism": safe, "Delay": safe, "FailureAction": safe, "Monitor": safe,
			"MaxFailureRatio": safe, "Order": safe},
		"swarm.EndpointSpec": {"Mode": safe, "Ports": holds},
		"swarm.PortConfig": {"Name": safe, "Protocol": part("protocol"), "TargetPort": part("container-port"),
			"PublishedPort": part(""), "PublishMode": part("publish-mode")},
	}
}

// Structs by their other names.
var moved = map[string]string{
	"container.ExecOptions":     "types.ExecConfig",
	"volume.VolumeCreateBody":   "volume.CreateOptions",
	"network.CreateRequest":     "types.NetworkCreateRequest",
	"network.CreateOptions":     "types.NetworkCreate",
	"network.ConnectOptions":    "types.NetworkConnect",
	"network.DisconnectOptions": "types.NetworkDisconnect",
	"v1.HealthcheckConfig":      "container.HealthConfig",
}

// Structs of which one gives one fact of this kind.
var records = map[string]string{
	"container.RestartPolicy": "restart-policy", "container.DeviceMapping": "device",
	"container.DeviceRequest": "device-request", "blkiodev.WeightDevice": "blkio-device",
	"blkiodev.ThrottleDevice": "blkio-device", "units.Ulimit": "ulimit", "mount.Mount": "mount",
	"volume.CreateOptions": "volume", "network.IPAMConfig": "network-subnet",
	"swarm.NamedGenericResource": "device-request", "swarm.DiscreteGenericResource": "device-request",
	"swarm.RestartPolicy": "restart-policy", "swarm.PortConfig": "published-port",
}

func ports(w *walk, v reflect.Value) {
	for _, key := range v.MapKeys() {
		list := v.MapIndex(key)
		parts := []string{"container-port=" + key.String()}
		for i := 0; i < list.Len(); i++ {
			r := record{kind: "published-port", parts: append([]string(nil), parts...)}
			w.within(&r, func() { w.walkStruct(list.Index(i)) })
			w.addRecord(&r)
		}
		if list.Len() == 0 {
			w.add("published-port", "", parts...)
		}
	}
}

// ---- the walk ----

func (w *walk) within(r *record, inside func()) {
	outer := w.rec
	w.rec = r
	inside()
	w.rec = outer
}

type member struct {
	index int
	name  string
	rule  rule // nil: no row
	inner bool // embedded
}

type layout struct {
	record  string
	members []member
}

func fieldName(field reflect.StructField) string {
	name := strings.Split(field.Tag.Get("json"), ",")[0]
	if name == "" {
		return field.Name
	}
	return name
}

func layoutOf(t reflect.Type) *layout {
	name := t.String()
	if moved[name] != "" {
		name = moved[name]
	}
	l := &layout{record: records[name]}
	for i := 0; i < t.NumField(); i++ {
		field := t.Field(i)
		if field.PkgPath != "" && !field.Anonymous {
			continue
		}
		inner := field.Anonymous && field.Tag.Get("json") == ""
		l.members = append(l.members, member{i, fieldName(field), structs[name][fieldName(field)], inner})
	}
	return l
}

var layouts = map[reflect.Type]*layout{} // filled before the workers start

func (w *walk) walkStruct(v reflect.Value) {
	l := layouts[v.Type()]
	if l == nil {
		l = layoutOf(v.Type())
	}
	if l.record == "" || w.rec != nil && l.record == "published-port" && v.Type().String() == "nat.PortBinding" {
		w.walkMembers(l, v)
		return
	}
	r := record{kind: l.record}
	w.within(&r, func() { w.walkMembers(l, v) })
	if l.record == "mount" {
		finishMount(w, &r)
	} else {
		w.addRecord(&r)
	}
}

func (w *walk) walkMembers(l *layout, v reflect.Value) {
	for _, m := range l.members {
		field := v.Field(m.index)
		if m.inner {
			if field, there := deref(field); there {
				w.walkStruct(field)
			}
		} else if m.rule != nil {
			m.rule(w, field)
		} else if !field.IsZero() {
			w.unknown = append(w.unknown, m.name)
		}
	}
}

// Fills layouts with every struct that a payload reaches, and gives the fields that have no row.
func learnLayouts(t reflect.Type, lacking map[string]bool) {
	for t.Kind() == reflect.Ptr || t.Kind() == reflect.Slice || t.Kind() == reflect.Array || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || layouts[t] != nil {
		return
	}
	layouts[t] = layoutOf(t)
	name := t.String()
	if moved[name] != "" {
		name = moved[name]
	}
	for _, m := range layouts[t].members {
		if !m.inner && m.rule == nil && structs[name] != nil {
			lacking[name+"."+m.name] = true
		}
		learnLayouts(t.Field(m.index).Type, lacking)
	}
}

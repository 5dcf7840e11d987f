// SPDX-License-Identifier: GPL-3.0-or-later

//go:build engine_20_10

package main

// What is particular to 20.10: the names of its types, and its decoders.

import (
	"bytes"
	"encoding/json"

	"github.com/docker/docker/api/types"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/api/types/swarm"
	"github.com/docker/docker/api/types/volume"
	"github.com/docker/docker/pkg/sysinfo"
	"github.com/docker/docker/runconfig"
	"github.com/docker/docker/volume/mounts"
)

const engineName = "20.10"

var bodies = map[string]func() interface{}{
	"create":     func() interface{} { return &runconfig.ContainerConfigWrapper{} },
	"start":      func() interface{} { return &runconfig.ContainerConfigWrapper{} },
	"update":     func() interface{} { return &container.UpdateConfig{} },
	"exec":       func() interface{} { return &types.ExecConfig{} },
	"volume":     func() interface{} { return &volume.VolumeCreateBody{} },
	"network":    func() interface{} { return &types.NetworkCreateRequest{} },
	"connect":    func() interface{} { return &types.NetworkConnect{} },
	"disconnect": func() interface{} { return &types.NetworkDisconnect{} },
	"service":    func() interface{} { return &swarm.ServiceSpec{} },
}

var decoder = runconfig.ContainerDecoder{GetSysInfo: func() *sysinfo.SysInfo {
	info := &sysinfo.SysInfo{}
	info.CPURealtime = true
	return info
}}

func decodeCreate(body []byte) (*container.Config, *container.HostConfig, *network.NetworkingConfig, error) {
	return decoder.DecodeConfig(bytes.NewReader(body))
}

func decodeStart(body []byte) (*container.HostConfig, error) {
	return decoder.DecodeHostConfig(bytes.NewReader(body))
}

func decodeBody(body []byte, out interface{}) error {
	return json.NewDecoder(bytes.NewReader(body)).Decode(out)
}

var mountParser = mounts.NewParser("linux")

// SPDX-License-Identifier: GPL-3.0-or-later

//go:build engine_26_1

package main

// What is particular to 26.1: the names of its types.

import (
	"github.com/docker/docker/api/server"
	"github.com/docker/docker/api/server/router"
	"github.com/docker/docker/api/types"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/swarm"
	"github.com/docker/docker/api/types/volume"
	"github.com/docker/docker/runconfig"
	"github.com/gorilla/mux"
)

const engineName = "26.1"

var bodies = map[string]func() interface{}{
	"create":     func() interface{} { return &runconfig.ContainerConfigWrapper{} },
	"update":     func() interface{} { return &container.UpdateConfig{} },
	"exec":       func() interface{} { return &types.ExecConfig{} },
	"volume":     func() interface{} { return &volume.CreateOptions{} },
	"network":    func() interface{} { return &types.NetworkCreateRequest{} },
	"connect":    func() interface{} { return &types.NetworkConnect{} },
	"disconnect": func() interface{} { return &types.NetworkDisconnect{} },
	"service":    func() interface{} { return &swarm.ServiceSpec{} },
}

func createMux(s *server.Server, list ...router.Router) *mux.Router {
	return s.CreateMux(list...)
}

// SPDX-License-Identifier: GPL-3.0-or-later

//go:build engine_28_5

package main

// What is particular to 28.5: the names of its types.

import (
	"context"

	"github.com/docker/docker/api/server"
	"github.com/docker/docker/api/server/router"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/api/types/swarm"
	"github.com/docker/docker/api/types/volume"
	"github.com/gorilla/mux"
)

const engineName = "28.5"

var bodies = map[string]func() interface{}{
	"create":     func() interface{} { return &container.CreateRequest{} },
	"update":     func() interface{} { return &container.UpdateConfig{} },
	"exec":       func() interface{} { return &container.ExecOptions{} },
	"volume":     func() interface{} { return &volume.CreateOptions{} },
	"network":    func() interface{} { return &network.CreateRequest{} },
	"connect":    func() interface{} { return &network.ConnectOptions{} },
	"disconnect": func() interface{} { return &network.DisconnectOptions{} },
	"service":    func() interface{} { return &swarm.ServiceSpec{} },
}

func createMux(s *server.Server, list ...router.Router) *mux.Router {
	return s.CreateMux(context.Background(), list...)
}

// SPDX-License-Identifier: GPL-3.0-or-later

//go:build engine_20_10

package main

// What is particular to 20.10: the names of its types, and its decoders.

import (
	"bytes"
	"encoding/json"
	"net/http"
	_ "unsafe" // for go:linkname

	"github.com/docker/docker/api"
	"github.com/docker/docker/api/server"
	"github.com/docker/docker/api/server/middleware"
	"github.com/docker/docker/api/server/router"
	"github.com/docker/docker/api/server/router/build"
	"github.com/docker/docker/api/server/router/checkpoint"
	containers "github.com/docker/docker/api/server/router/container"
	"github.com/docker/docker/api/server/router/distribution"
	"github.com/docker/docker/api/server/router/grpc"
	"github.com/docker/docker/api/server/router/image"
	networks "github.com/docker/docker/api/server/router/network"
	"github.com/docker/docker/api/server/router/plugin"
	"github.com/docker/docker/api/server/router/session"
	swarms "github.com/docker/docker/api/server/router/swarm"
	volumes "github.com/docker/docker/api/server/router/volume"
	"github.com/docker/docker/api/types"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/api/types/swarm"
	"github.com/docker/docker/api/types/volume"
	"github.com/docker/docker/pkg/sysinfo"
	"github.com/docker/docker/runconfig"
	"github.com/docker/docker/volume/mounts"
	"github.com/gorilla/mux"
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

// ---- routes ----

// The router of the system needs all of BuildKit to be built, so its routes are copied here. Source: api/server/router/system/system.go.
type systemRouter struct{}

func (systemRouter) Routes() []router.Route {
	return []router.Route{
		router.NewRoute(http.MethodOptions, "/{anyroute:.*}", nil),
		router.NewGetRoute("/_ping", nil),
		router.NewHeadRoute("/_ping", nil),
		router.NewGetRoute("/events", nil),
		router.NewGetRoute("/info", nil),
		router.NewGetRoute("/version", nil),
		router.NewGetRoute("/system/df", nil),
		router.NewPostRoute("/auth", nil),
	}
}

// In the order of cmd/dockerd/daemon.go, initRouter.
func engineRouters(string) []router.Router {
	return []router.Router{
		checkpoint.NewRouter(nil, decoder), containers.NewRouter(nil, decoder, false), image.NewRouter(nil), systemRouter{},
		volumes.NewRouter(nil), build.NewRouter(nil, nil, nil), session.NewRouter(nil), swarms.NewRouter(nil),
		plugin.NewRouter(nil), distribution.NewRouter(nil), grpc.NewRouter(), networks.NewRouter(nil, nil),
	}
}

//go:linkname createMux github.com/docker/docker/api/server.(*Server).createMux
func createMux(*server.Server) *mux.Router

// The first middleware is the last to be asked, as in the engine.
func engineMux(authz middleware.Middleware, list ...router.Router) http.Handler {
	s := server.New(&server.Config{})
	s.UseMiddleware(middleware.NewVersionMiddleware("20.10", api.DefaultVersion, api.MinVersion))
	s.UseMiddleware(authz)
	s.InitRouter(list...)
	return createMux(s)
}

// Does the handler look at Content-Type before it decodes the body? Those of swarm do not.
func checksType(payload string) bool {
	return payload != "service"
}

const startTakesBody = true

// SPDX-License-Identifier: GPL-3.0-or-later

//go:build engine_26_1 || engine_28_5

package main

// What 26.1 and 28.5 have in common: bodies by httputils.ReadJSON, and no body with start.

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/docker/docker/api"
	"github.com/docker/docker/api/server"
	"github.com/docker/docker/api/server/httputils"
	"github.com/docker/docker/api/server/middleware"
	"github.com/docker/docker/api/server/router"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/pkg/sysinfo"
	"github.com/docker/docker/runconfig"
	"github.com/docker/docker/volume/mounts"
)

var decoder = runconfig.ContainerDecoder{GetSysInfo: func() *sysinfo.SysInfo {
	info := &sysinfo.SysInfo{}
	info.CPURealtime = true
	return info
}}

func decodeCreate(body []byte) (*container.Config, *container.HostConfig, *network.NetworkingConfig, error) {
	return decoder.DecodeConfig(bytes.NewReader(body))
}

func decodeStart([]byte) (*container.HostConfig, error) {
	return nil, errors.New("start takes no body")
}

func decodeBody(body []byte, out interface{}) error {
	return httputils.ReadJSON(&http.Request{
		Header:        http.Header{"Content-Type": {"application/json"}},
		Body:          io.NopCloser(bytes.NewReader(body)),
		ContentLength: int64(len(body)),
	}, out)
}

var mountParser = mounts.NewParser()

func engineMux(authz middleware.Middleware, list ...router.Router) http.Handler {
	s := &server.Server{}
	version, err := middleware.NewVersionMiddleware("x", api.DefaultVersion, api.MinSupportedAPIVersion)
	if err != nil {
		panic(err)
	}
	s.UseMiddleware(*version)
	s.UseMiddleware(authz)
	return createMux(s, list...)
}

// In the order of cmd/dockerd/daemon.go, buildRouters.
var routers = []string{"checkpoint", "container", "image", "system", "volume", "build", "session", "swarm", "plugin",
	"distribution", "network", "grpc"}

var routeCall = regexp.MustCompile(`router\.New(Get|Head|Post|Put|Delete|Options)Route\("([^"]+)"`)

// Debian's library has the routers, but not all that some of them stand on: their routes are read from their source.
func engineRouters(source string) []router.Router {
	var list []router.Router
	for _, name := range routers {
		var routes recordingRouter
		files, _ := filepath.Glob(filepath.Join(source, "api/server/router", name, "*.go"))
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				panic(err)
			}
			for _, call := range routeCall.FindAllStringSubmatch(string(text), -1) {
				routes = append(routes, router.NewRoute(strings.ToUpper(call[1]), call[2], nil))
			}
		}
		if len(routes) == 0 {
			panic("no routes of " + name)
		}
		list = append(list, routes)
	}
	return list
}

func checksType(string) bool { return true }

const startTakesBody = false

// SPDX-License-Identifier: GPL-3.0-or-later

package main

// Whole HTTP requests through the engine's own server: Go's parser of requests, the router with the engine's routes,
// the middleware that asks plugins, and then what a handler does first. What the plugin is sent goes to quaywarden.

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/ioutil"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sort"
	"strconv"
	"strings"

	"github.com/docker/docker/api/server/httputils"
	"github.com/docker/docker/api/server/router"
	"github.com/docker/docker/api/types/versions"
	"github.com/docker/docker/pkg/authorization"
)

type request struct {
	method  string
	target  string
	headers []string // lines
	body    []byte
}

func (r *request) bytes() []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s %s HTTP/1.1\r\nHost: docker\r\n", r.method, r.target)
	for _, line := range r.headers {
		out.WriteString(line + "\r\n")
	}
	out.WriteString("\r\n")
	out.Write(r.body)
	return out.Bytes()
}

// What became of a request in the engine.
type seenRequest struct {
	message []byte // to the plugin; nil where none was asked
	method  string
	route   string
	vars    map[string]string
	form    url.Values
	types   []string // of the body, one for each header
	walk    *walk    // of a body whose struct is known
	payload string
	err     error
}

func (s *seenRequest) reading() engineReading {
	return engineReading{walk: s.walk, err: s.err, seen: s}
}

type seenKey struct{}

// The plugin: keeps what it is sent, and lets everything through.
type listener struct{ seen *seenRequest }

func (listener) Name() string { return "listener" }

func (l listener) AuthZRequest(r *authorization.Request) (*authorization.Response, error) {
	message, err := json.Marshal(r)
	l.seen.message = message
	return &authorization.Response{Allow: true}, err
}

func (listener) AuthZResponse(*authorization.Request) (*authorization.Response, error) {
	return &authorization.Response{Allow: true}, nil
}

type asksPlugin struct{}

type handlerFunc = func(ctx context.Context, w http.ResponseWriter, r *http.Request, vars map[string]string) error

func (asksPlugin) WrapHandler(next handlerFunc) handlerFunc {
	return func(ctx context.Context, w http.ResponseWriter, r *http.Request, vars map[string]string) error {
		seen := r.Context().Value(seenKey{}).(*seenRequest)
		asked := authorization.NewCtx([]authorization.Plugin{listener{seen}}, "", "", r.Method, r.RequestURI)
		if err := asked.AuthZRequest(w, r); err != nil {
			return err
		}
		return next(ctx, w, r, vars)
	}
}

// ---- routes ----

type routeOf struct{ method, path string }

type recordingRouter []router.Route

func (r recordingRouter) Routes() []router.Route { return r }

// The engine's routes, with handlers that keep what the engine's would have been given.
func recordingRouters(source string) (list []router.Router, all []routeOf) {
	for _, original := range engineRouters(source) {
		var routes recordingRouter
		for _, route := range original.Routes() {
			method, path := route.Method(), route.Path()
			routes = append(routes, router.NewRoute(method, path, func(ctx context.Context, w http.ResponseWriter,
				r *http.Request, vars map[string]string) error {
				seen := r.Context().Value(seenKey{}).(*seenRequest)
				seen.method, seen.route, seen.vars = method, path, vars
				seen.handle(ctx, r)
				return nil
			}))
			all = append(all, routeOf{method, path})
		}
		list = append(list, routes)
	}
	return list, all
}

var (
	engineRoutes []routeOf
	engineServer http.Handler
)

func openServer(source string) {
	var list []router.Router
	list, engineRoutes = recordingRouters(source)
	engineServer = engineMux(asksPlugin{}, list...)
}

func (r *request) send() *seenRequest {
	seen := &seenRequest{err: errors.New("the engine asks no plugin")}
	parsed, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(r.bytes())))
	if err != nil {
		seen.err = err
		return seen
	}
	seen.err = errors.New("the engine does not come to a handler")
	parsed = parsed.WithContext(context.WithValue(context.Background(), seenKey{}, seen))
	func() {
		defer func() {
			if r := recover(); r != nil {
				seen.err = fmt.Errorf("the engine panics: %v", r)
			}
		}()
		engineServer.ServeHTTP(httptest.NewRecorder(), parsed)
	}()
	return seen
}

// Which struct the body of a route becomes.
var routePayloads = map[string]string{
	"POST /containers/create": "create", "POST /containers/{name:.*}/update": "update",
	"POST /containers/{name:.*}/exec": "exec", "POST /containers/{name:.*}/start": "start",
	"POST /volumes/create": "volume", "POST /networks/create": "network", "POST /networks/{id:.*}/connect": "connect",
	"POST /networks/{id:.*}/disconnect": "disconnect", "POST /services/create": "service",
	"POST /services/{id}/update": "service",
}

// Routes whose handlers ask FormValue without ParseForm before it: there a multipart form is merged into the query, too,
// by any method.
var takesMultipart = map[string]bool{"POST /build": true, "POST /build/cancel": true, "GET /containers/{name:.*}/json": true}

// What handlers do first: the form, then the type and the body.
func (s *seenRequest) handle(ctx context.Context, r *http.Request) {
	s.payload = routePayloads[s.method+" "+s.route]
	s.err = nil
	if takesMultipart[s.method+" "+s.route] {
		r.ParseMultipartForm(1 << 20)
	} else {
		httputils.ParseForm(r)
	}
	s.form, s.types = r.Form, r.Header["Content-Type"]
	s.walk = &walk{}
	switch {
	case s.payload == "":
		return
	case s.payload == "start" && (!startTakesBody || r.ContentLength >= 0 && r.ContentLength <= 7):
		if r.ContentLength > 7 || r.ContentLength < 0 {
			s.err = errors.New("start takes no body")
		}
		return
	case s.payload == "start" && versions.GreaterThanOrEqualTo(httputils.VersionFromContext(ctx), "1.24"):
		s.err = errors.New("start takes no body since 1.24")
		return
	}
	if checksType(s.payload) {
		if s.err = httputils.CheckForJSON(r); s.err != nil {
			return
		}
	}
	body, err := ioutil.ReadAll(r.Body)
	if err != nil {
		s.err = err
		return
	}
	s.walk, s.err = readEngine(s.payload, body)
	if s.payload == "connect" && s.err == nil {
		s.walk.facts = append(without(s.walk.facts, []string{fact("network", "x")}), fact("network", s.vars["id"]))
	}
}

// ---- what has to be the same ----

// A path of the engine's in quaywarden's words: {name:.*} is {}, {id} is {1}, which is as good as {} here.
func ourWords(path string) string {
	var out strings.Builder
	for len(path) > 0 {
		at := strings.IndexByte(path, '{')
		if at < 0 {
			out.WriteString(path)
			break
		}
		end := strings.IndexByte(path, '}')
		out.WriteString(path[:at] + "{}")
		path = path[end+1:]
	}
	return out.String()
}

func sameRoute(s *seenRequest, a *answer) bool {
	if a.Method != "*" && a.Method != s.method {
		return false
	}
	return a.Route == "*" && s.method == "OPTIONS" || ourWords(a.Route) == ourWords(s.route)
}

func sameVersion(engine, ours string) bool {
	if engine == "" {
		return ours == "0.0"
	}
	a, b := strings.Split(engine, "."), strings.Split(ours, ".")
	if len(a) != 2 {
		return false
	}
	for i := range a {
		m, err1 := strconv.Atoi(a[i])
		n, err2 := strconv.Atoi(b[i])
		if err1 != nil || err2 != nil || m != n {
			return false
		}
	}
	return true
}

// quaywarden's answers have U+FFFD for each byte that is no UTF-8, as the engine's messages have.
func shown(text string) string {
	return string([]rune(text))
}

// The pairs as "name=value", by name; those of one name in their order. Several names may be shown as one that holds
// U+FFFD, in no order.
func shownForm(pairs [][2]string) string {
	var all [][2]string
	for _, pair := range pairs {
		all = append(all, [2]string{shown(pair[0]), shown(pair[1])})
	}
	sort.SliceStable(all, func(i, j int) bool {
		if all[i][0] != all[j][0] {
			return all[i][0] < all[j][0]
		}
		return strings.ContainsRune(all[i][0], '\uFFFD') && all[i][1] < all[j][1]
	})
	return fmt.Sprintf("%q", all)
}

func pairsOf(form url.Values) [][2]string {
	var pairs [][2]string
	for name, values := range form {
		for _, value := range values {
			pairs = append(pairs, [2]string{name, value})
		}
	}
	return pairs
}

func sameForm(form url.Values, params [][2]string) string {
	engine, ours := shownForm(pairsOf(form)), shownForm(params)
	if engine != ours {
		return fmt.Sprintf("parameters: the engine has %s, quaywarden %s", engine, ours)
	}
	return ""
}

// A plugin is shown the last Content-Type, the engine reads the first: where a body of any type is welcome, a form in it
// cannot be seen. Front refuses the second header, and rule `build` says so.
func hiddenForm(s *seenRequest) bool {
	switch s.method + " " + s.route {
	case "GET /containers/{name:.*}/json", "POST /auth", // which read `size` alone, and nothing
		"POST /build", "POST /images/create", "POST /images/load", "POST /plugins/create",
		"PUT /containers/{name:.*}/archive":
		return len(s.types) > 1
	}
	return false
}

func judgeRequest(engine *engineReading, a *answer) string {
	s := engine.seen
	object := s.vars["name"]
	if object == "" {
		object = s.vars["id"]
	}
	switch {
	case s.message == nil:
		return "a request that the engine shows nobody"
	case !sameRoute(s, a):
		return fmt.Sprintf("the engine takes %s %s, quaywarden %s %s", s.method, s.route, a.Method, a.Route)
	case object != a.Object:
		return fmt.Sprintf("the engine's object is %q, quaywarden's %q", object, a.Object)
	case !sameVersion(s.vars["version"], a.Version):
		return fmt.Sprintf("the engine's version is %q, quaywarden's %q", s.vars["version"], a.Version)
	}
	if why := sameForm(s.form, a.Params); why != "" && !hiddenForm(s) {
		return why
	}
	if s.payload == "" {
		return ""
	}
	return judgeFacts(s.payload, s.walk, a)
}

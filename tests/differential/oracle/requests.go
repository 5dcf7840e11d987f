// SPDX-License-Identifier: GPL-3.0-or-later

package main

// Requests: each route with paths, queries and headers in all spellings.

import (
	"fmt"
	"math/rand"
	"net/url"
	"strings"

	"github.com/docker/docker/pkg/authorization"
)

var recordedRequests []request

func rememberRequest(m *authorization.Request) {
	r := request{method: m.RequestMethod, target: m.RequestURI, body: m.RequestBody}
	for name, value := range m.RequestHeaders {
		if name == "Content-Type" {
			r.headers = append(r.headers, name+": "+value)
		}
	}
	if len(r.body) > 0 {
		r.headers = append(r.headers, fmt.Sprintf("Content-Length: %d", len(r.body)))
	}
	recordedRequests = append(recordedRequests, r)
}

// The payload of a recorded message, by its path.
func payloadOf(m *authorization.Request) string {
	path := strings.SplitN(m.RequestURI, "?", 2)[0]
	if len(m.RequestBody) == 0 || m.RequestMethod != "POST" {
		return ""
	}
	for payload, uri := range uris {
		last := uri[strings.LastIndexByte(uri, '/'):]
		first := strings.Split(uri, "/")[2]
		if bodies[payload] != nil && strings.Contains(path, "/"+first+"/") && strings.HasSuffix(path, last) {
			return payload
		}
	}
	return ""
}

type requestMaker struct {
	rng  *rand.Rand
	wild bool // anything may be wrong with it
}

func (m *requestMaker) pick(list ...string) string {
	return list[m.rng.Intn(len(list))]
}

func (m *requestMaker) strange() bool {
	return m.wild && m.rng.Intn(4) == 0
}

// ---- paths ----

func (m *requestMaker) object() string {
	if m.strange() {
		return m.pick("..", ".", "a/b", "x/json", "create", "json", "", "%2e%2e", "a%2fb", "%41", "a%", "%zz", "é", "%C3%A9",
			"%00", "a b", "a+b", "%2B", "x;y", "x:y", "a@b", "%25", "%2F", "x/", "/x", "prune", "a%0ab", "\x7f", "ſ", "%ff",
			"x/start", "x/exec", "~", "$", "|", "^", "\"", "x\\y", "x%5cy", "[::]", "auth")
	}
	return m.pick("x", "abc123", "library/busybox", "busybox:latest", "reg.example.com:5000/a/b@sha256:00", "my_name.1")
}

func (m *requestMaker) path(template string) string {
	var out strings.Builder
	for len(template) > 0 {
		at := strings.IndexByte(template, '{')
		if at < 0 {
			out.WriteString(template)
			break
		}
		out.WriteString(template[:at])
		end := strings.IndexByte(template, '}')
		object := m.object()
		if !m.wild && !strings.Contains(template[at:end], ":.*") {
			object = "x"
		}
		out.WriteString(object)
		template = template[end+1:]
	}
	return m.respelt(out.String())
}

func (m *requestMaker) respelt(path string) string {
	if m.strange() && len(path) > 1 {
		at := 1 + m.rng.Intn(len(path)-1)
		switch m.rng.Intn(6) {
		case 0:
			return path[:at] + fmt.Sprintf("%%%02X", path[at]) + path[at+1:]
		case 1:
			return path[:at] + m.pick("/", "//", "/./", "/../", "%2f", "/x/..", "%00", ";", ";a=b", "?", "#", "%", "\t") + path[at:]
		case 2:
			return path + m.pick("/", "//", "/.", "/..", "?", "%20", "\x00", "#x")
		case 3:
			return strings.ToUpper(path)
		case 4:
			return "/" + path
		default:
			return path[:at] + path[at+1:]
		}
	}
	return path
}

func (m *requestMaker) version() string {
	if m.strange() {
		return m.pick("/v1", "/v1.", "/v.1", "/v1.41.0", "/v01.41", "/v1.041", "/v1.99", "/v0.0", "/v", "/V1.41", "/v1..41",
			"/v1.4%31", "/v1.41/v1.41", "/v-1.41", "/v+1.41", "/v99999999999999999999.1", "/v1.24", "/v1.12", "/v1.1",
			"/%761.41", "/v1.41/", "/v1,41", "/v1.41 ", "/v1.٤١")
	}
	return m.pick("", "/v1.24", "/v1.30", "/v1.40", "/v1.41", "/v1.25")
}

func (m *requestMaker) origin() string {
	if m.strange() {
		return m.pick("http://docker", "http://", "HTTP://x", "https://x:80", "ftp://x", "http:/x", "http:x", "//x", "http://x%41",
			"http://u:p@x", "unix://x", "http://[::1]:1", "*", "http://x?", "x", "file://", "http:////x", "http://x/..")
	}
	return ""
}

// ---- queries ----

var parameterNames = []string{"name", "platform", "fromImage", "fromSrc", "repo", "tag", "t", "remote", "networkmode",
	"container", "path", "force", "all", "filters", "signal", "v", "link", "checkpoint", "checkpoint-dir", "dir",
	"securityopt", "extrahosts", "cgroupparent", "memory", "outputs", "buildargs", "labels", "rollback", "version", "x",
	"Name", "NAME", "changes", "names", "type", "stream", "stdin", "h", "w", "noOverwriteDirNonDir", "quiet"}

var parameterValues = []string{"", "1", "0", "true", "x", "busybox", "latest", "host", "/etc", "a b", "a+b", "a&b", "a=b",
	"{}", "[]", "é", "../x", "linux/amd64", "x:y", "/x", "%", ";", "#", "100%", "\"", "ſ"}

func (m *requestMaker) query(template string) string {
	n := m.rng.Intn(4)
	seen := map[string]bool{}
	var pieces []string
	if template == "/images/create" && !m.wild {
		seen["fromImage"], seen["fromSrc"] = true, true
		pieces = append(pieces, "fromImage=busybox")
	}
	for ; n > 0; n-- {
		name := m.pick(parameterNames...)
		if seen[name] && !m.strange() {
			continue
		}
		seen[name] = true
		piece := url.QueryEscape(name) + "=" + url.QueryEscape(m.valueFor(name))
		if m.strange() {
			piece = m.pick(name, "=", "=x", name+"=", "%6eame=x", name+"=%zz", name+"=a%", "%", name+"=%00", name+";x=1",
				name+"=a+b%2bc", name+"[]=1", " "+name+"=1", name+"=a=b", "&", name+"=\xff", name+"=%ff", name+"=#", "n%61me=y",
				name+" =1", "+"+name+"=1", name+"=1;"+name+"=2")
		}
		pieces = append(pieces, piece)
	}
	if len(pieces) == 0 {
		return m.pick("", "", "?")
	}
	return "?" + strings.Join(pieces, "&")
}

// JSON parameters are read as such; what they may hold is for their own test.
func (m *requestMaker) valueFor(name string) string {
	switch name {
	case "outputs", "labels", "buildargs", "filters":
		if !m.wild {
			return m.pick("", map[string]string{"outputs": "[]"}[name]+map[bool]string{true: "{}"}[name != "outputs"])
		}
	}
	return m.pick(parameterValues...)
}

// ---- headers and bodies ----

var contentTypes = []string{"application/json", "application/json; charset=utf-8", "Application/JSON", "application/json;",
	"application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-8", "multipart/form-data; boundary=b",
	"multipart/mixed; boundary=b", "text/plain", "application/x-tar", "", "application/json,x", "application/json; a",
	"application/json; a=b; a=c", "APPLICATION/X-WWW-FORM-URLENCODED", " application/json", "application/json\t",
	"application/x-www-form-urlencoded;", "application /json", "\"application/json\"", "application/json; charset",
	"multipart/form-data", "x", "application/jsonx", "text/json", "application/json ; q=1", "application/octet-stream"}

var formBodies = []string{"name=evil", "fromImage=evil&tag=x", "t=evil&networkmode=host", "a=b", "container=evil",
	"--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nevil\r\n--b--\r\n",
	"--b\r\nContent-Disposition: form-data; name=\"fromImage\"\r\n\r\nevil\r\n--b--\r\n", "{}", "{\"a\":1}", "", "null", "[]",
	"\xef\xbb\xbf{}", "name=evil;x=1", "%zz=1"}

func (m *requestMaker) framing(r *request, body []byte) {
	switch {
	case m.strange():
		r.headers = append(r.headers, "Transfer-Encoding: chunked")
		r.body = []byte(fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(body), body))
		if len(body) == 0 {
			r.body = []byte("0\r\n\r\n")
		}
	case len(body) > 0 || m.rng.Intn(2) == 0:
		r.headers = append(r.headers, fmt.Sprintf("Content-Length: %d", len(body)))
		r.body = body
	}
}

func (m *requestMaker) payload(r *request, payload string) {
	body := []byte(nil)
	contentType := ""
	if payload != "" {
		body = newGenerator(m.rng).body(payload)
		contentType = "Content-Type: " + m.pick("application/json", "application/json; charset=utf-8", "application/json")
	}
	if m.strange() {
		body = []byte(m.pick(formBodies...))
	} else if m.strange() && len(body) > 0 {
		body = mutate(m.rng, body)
	}
	if m.strange() {
		contentType = "Content-Type: " + m.pick(contentTypes...)
	}
	if contentType != "" {
		r.headers = append(r.headers, contentType)
	}
	for m.strange() {
		r.headers = append(r.headers, m.pick("Content-Type: ", "content-type: ", "CONTENT-TYPE: ")+m.pick(contentTypes...))
	}
	m.framing(r, body)
}

// ---- requests ----

// One in three is as clients send it: quaywarden has to read it.
func makeRequest(rng *rand.Rand) testCase {
	m := &requestMaker{rng: rng, wild: rng.Intn(3) > 0}
	if m.wild && len(recordedRequests) > 0 && rng.Intn(5) == 0 {
		return testCase{class: "request", request: m.fromRecorded()}
	}
	route := engineRoutes[rng.Intn(len(engineRoutes))]
	payload := routePayloads[route.method+" "+route.path]
	r := &request{method: route.method}
	if payload == "start" && (!startTakesBody || rng.Intn(2) == 0) {
		payload = ""
	}
	version := m.version()
	if payload == "start" && !m.wild {
		version = "/v1.22"
	}
	r.target = m.origin() + version + m.path(route.path) + m.query(route.path)
	m.payload(r, payload)
	if m.strange() {
		r.method = m.pick("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "get", "Post", "CONNECT", "TRACE")
	}
	wantsBody := payload != "" || !takesJSON[route.method+" "+route.path]
	return testCase{class: "request", payload: payload, request: r, clean: !m.wild && wantsBody}
}

func (m *requestMaker) fromRecorded() *request {
	r := recordedRequests[m.rng.Intn(len(recordedRequests))]
	r.headers = append([]string(nil), r.headers...)
	switch m.rng.Intn(4) {
	case 0:
		parts := strings.SplitN(r.target, "?", 2)
		parts[0] = m.respelt(parts[0])
		r.target = strings.Join(parts, "?")
	case 1:
		r.target += m.pick("?", "&") + m.pick(parameterNames...) + "=" + url.QueryEscape(m.pick(parameterValues...))
	case 2:
		r.headers = append(r.headers, "Content-Type: "+m.pick(contentTypes...))
	default:
		r.target = m.origin() + r.target
	}
	return &r
}

// Routes that need a body which is made for none of them here.
var takesJSON = map[string]bool{
	"POST /containers/{name:.*}/checkpoints": true, "POST /containers/{name:.*}/copy": true, "POST /exec/{name:.*}/start": true,
	"POST /plugins/pull": true, "POST /plugins/{name:.*}/upgrade": true, "POST /plugins/{name:.*}/set": true,
	"POST /swarm/init": true, "POST /swarm/join": true, "POST /swarm/update": true, "POST /swarm/unlock": true,
	"POST /nodes/{id}/update": true, "POST /secrets/create": true, "POST /secrets/{id}/update": true,
	"POST /configs/create": true, "POST /configs/{id}/update": true, "PUT /volumes/{name:.*}": true,
}

// SPDX-License-Identifier: GPL-3.0-or-later

package main

// Bodies by the engine's own types: every field of every struct comes up, with values of its type. They are well-formed
// and unambiguous, so quaywarden has to read each of them.

import (
	"encoding/base64"
	"fmt"
	"math"
	"math/rand"
	"reflect"
)

var someTexts = []string{"", "x", "host", "none", "default", "/", "/etc", "/srv/data", "a=b", "A", "NET_ADMIN", "ALL",
	"root", "0", "0:0", "1000", "container:x", "bridge", "private", "seccomp=unconfined", "label=disable",
	"apparmor:unconfined", "no-new-privileges", "systempaths=unconfined", "é", "\u2028", "ſ", "a\"b\\c", "\n", "😀",
	"unix:///run/docker.sock", "nginx:latest", "busybox@sha256:" + "0123456789abcdef", "8080", "80/tcp", "127.0.0.1", "x{{.Task.Slot}}", `/a{{"x"}}`,
	"10.0.0.0/8", "on-failure", "always", "json-file", "syslog", "password", "/dev/sda", "rwm", "c 1:3 rwm", "nofile"}

// Texts that a field wants, by its name; for others anything will do.
var textsOf = map[string][]string{
	"Binds": {"/srv:/data", "/srv:/data:ro", "/a/../b:/c:rw,z", "vol:/data", "vol:/data:nocopy", "/data",
		"/a:/b:rshared", "/a:/b:ro,Z,slave,cached", "../x:/y", "~/x:/y", "C:/x:ro", "/a//b/:/c/", "/:/host",
		"/var/run/docker.sock:/s", "a b:/c", "/é:/ü:consistent", "x:/y:", "/x:/y:"},
	"Type":         {"bind", "volume", "tmpfs", "image", "npipe", "cluster", "", "Bind", "x"},
	"Driver":       {"", "local", "nvidia", "overlay", "x"},
	"NetworkMode":  {"", "host", "none", "default", "bridge", "x", "HOST"},
	"Isolation":    {"", "default"},
	"SecurityOpt":  {"seccomp=unconfined", "label=disable", "no-new-privileges", "seccomp={}", "apparmor=x", "x", ""},
	"Links":        {"x:y"},
	"Condition":    {"none", "any", "on-failure"},
	"Test":         {"NONE", "CMD", "CMD-SHELL", "x"},
	"o":            {"bind", "rbind,ro", "addr=1.2.3.4,rw", "lowerdir=/a:/b,upperdir=/c", ""},
	"CpusetCpus":   {"0", "0-1", "0,3"},
	"Hostname":     {"", "h"},
	"ExposedPorts": {"80/tcp", "53/udp", "80"},
	"PortBindings": {"80/tcp", "53/udp", "80"},
	"HostPort":     {"", "0", "8080", "8000-9000", "80"},
	"HostIp":       {"", "0.0.0.0", "127.0.0.1", "::1"},
	"DriverOpts":   {"type", "o", "device", "size", "com.docker.network.endpoint.sysctls", "password", "foo", "FOO"},
	"Options":      {"type", "o", "device", "parent", "host_binding_ipv4", "token", "foo", "FOO"},
}

type generator struct {
	writer
	chance int // of ten, that a field is there
}

func newGenerator(rng *rand.Rand) *generator {
	g := &generator{writer: writer{rng: rng}}
	g.style = style{rng.Intn(3) == 0, rng.Intn(3) == 0, rng.Intn(4) == 0}
	return g
}

func (g *generator) pick(list []string) string {
	return list[g.rng.Intn(len(list))]
}

func (g *generator) textFor(name string) string {
	if list := textsOf[name]; list != nil {
		return g.pick(list)
	}
	return g.pick(someTexts)
}

// A body for a payload, as bytes.
func (g *generator) body(payload string) []byte {
	g.buf = g.buf[:0]
	g.chance = 1 + g.rng.Intn(3)
	if payload == "exec" || payload == "disconnect" || payload == "volume" {
		g.chance = 5
	}
	t := reflect.TypeOf(bodies[payload]()).Elem()
	g.object(g.fields(t))
	return append([]byte(nil), g.buf...)
}

type slot struct {
	name string
	t    reflect.Type
}

// A struct's fields with those of the structs that it embeds, a few of them, in any order.
func (g *generator) fields(t reflect.Type) []slot {
	var all []slot
	collectFields(t, &all)
	var some []slot
	for _, s := range all {
		if g.rng.Intn(10) < g.chance || len(all) < 6 && g.rng.Intn(2) == 0 {
			some = append(some, s)
		}
	}
	if len(some) == 0 && len(all) > 0 {
		some = append(some, all[g.rng.Intn(len(all))])
	}
	if len(some) > 8 {
		g.rng.Shuffle(len(some), func(i, j int) { some[i], some[j] = some[j], some[i] })
		some = some[:8]
	}
	return some
}

func collectFields(t reflect.Type, all *[]slot) {
	for i := 0; i < t.NumField(); i++ {
		field := t.Field(i)
		inner := field.Type
		if inner.Kind() == reflect.Ptr {
			inner = inner.Elem()
		}
		switch {
		case field.Anonymous && field.Tag.Get("json") == "" && inner.Kind() == reflect.Struct:
			collectFields(inner, all)
		case field.PkgPath == "" && fieldName(field) != "-":
			*all = append(*all, slot{fieldName(field), field.Type})
		}
	}
}

func (g *generator) object(fields []slot) {
	g.raw("{")
	for i, s := range fields {
		if i > 0 {
			g.raw(",")
		}
		g.key(s.name)
		g.value(s.name, s.t)
	}
	g.raw("}")
}

func (g *generator) value(name string, t reflect.Type) {
	if g.rng.Intn(24) == 0 {
		g.raw("null")
		return
	}
	switch t.Kind() {
	case reflect.Ptr:
		g.value(name, t.Elem())
	case reflect.Struct:
		g.object(g.fields(t))
	case reflect.Bool:
		g.raw([]string{"true", "false", "true"}[g.rng.Intn(3)])
	case reflect.String:
		g.text(g.textFor(name))
	case reflect.Map:
		g.mapOf(name, t)
	case reflect.Slice, reflect.Array:
		g.list(name, t)
	case reflect.Float32, reflect.Float64:
		g.raw(g.pick([]string{"0", "0.5", "1e3", "-1.5E-2", "-0"}))
	default:
		g.raw(g.integerFor(t))
	}
}

func (g *generator) integerFor(t reflect.Type) string {
	choices := []int64{0, 0, 1, 2, 100, 1 << 20, math.MaxInt32}
	bits := t.Bits()
	unsigned := t.Kind() >= reflect.Uint && t.Kind() <= reflect.Uint64
	if bits == 64 {
		choices = append(choices, math.MaxInt64, 1<<40)
	}
	if !unsigned {
		choices = append(choices, -1, -100)
		if g.rng.Intn(20) == 0 {
			return "-0"
		}
	}
	n := choices[g.rng.Intn(len(choices))]
	if bits < 64 {
		n &= 1<<(uint(bits)-1) - 1
	}
	return fmt.Sprint(n)
}

func (g *generator) list(name string, t reflect.Type) {
	if t.Elem().Kind() == reflect.Uint8 {
		g.text(base64.StdEncoding.EncodeToString([]byte(g.pick([]string{"", "{}", "x", `{"a":[1]}`}))))
		return
	}
	if t.Name() == "StrSlice" && g.rng.Intn(3) == 0 {
		g.text(g.textFor(name)) // one word stands for a list of one
		return
	}
	n := g.rng.Intn(3)
	if t.Kind() == reflect.Array {
		n = t.Len()
	}
	g.raw("[")
	for i := 0; i < n; i++ {
		if i > 0 {
			g.raw(",")
		}
		g.item(name, t.Elem())
	}
	g.raw("]")
}

// A null in a list is an empty element, which clients do not send; mutations do.
func (g *generator) item(name string, t reflect.Type) {
	for t.Kind() == reflect.Ptr {
		t = t.Elem()
	}
	if t.Kind() == reflect.Struct {
		g.object(g.fields(t))
		return
	}
	if t.Kind() == reflect.String {
		g.text(g.textFor(name))
		return
	}
	g.value(name, t)
}

func (g *generator) mapOf(name string, t reflect.Type) {
	n := g.rng.Intn(4)
	seen := map[string]bool{}
	g.raw("{")
	for i := 0; i < n; i++ {
		key := g.textFor(name)
		if seen[key] {
			continue
		}
		if len(seen) > 0 {
			g.raw(",")
		}
		seen[key] = true
		g.mapKey(key)
		if list := textsOf[key]; list != nil && t.Elem().Kind() == reflect.String {
			g.text(g.pick(list))
		} else {
			g.value("", t.Elem())
		}
	}
	g.raw("}")
}

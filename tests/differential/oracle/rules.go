// SPDX-License-Identifier: GPL-3.0-or-later

package main

// What a field of the engine's structs has to become in quaywarden's facts: the functions that table.go is made of.

import (
	"reflect"
	"sort"
	"strconv"
	"strings"
)

// A walk through the engine's structs, and the facts that it has come to.
type walk struct {
	body     []byte
	facts    []string // what the engine acts on
	optional []string // what quaywarden may say besides
	unknown  []string // names of fields without a row that are not zero
	rec      *record  // the one that parts go to, or nil
	swarm    bool     // of a service
	refused  bool     // the engine refuses the value later than its decoder
}

type record struct {
	kind  string
	main  string
	parts []string
}

const (
	mainMark = "\xfe"
	partMark = "\xff"
)

func fact(kind, main string, parts ...string) string {
	sort.Strings(parts)
	return kind + mainMark + main + strings.Join(append([]string{""}, parts...), partMark)
}

// A record that names nothing says nothing; quaywarden and Go's zero values differ in whether there is one.
func (w *walk) add(kind, main string, parts ...string) {
	w.facts = append(w.facts, fact(kind, main, parts...))
}

func (w *walk) addRecord(r *record) {
	if r.main != "" || len(r.parts) > 0 {
		w.add(r.kind, r.main, r.parts...)
	}
}

func (r *record) part(name string) string {
	for _, p := range r.parts {
		if strings.HasPrefix(p, name+"=") {
			return p[len(name)+1:]
		}
	}
	return ""
}

func (r *record) take(name string) string {
	value := r.part(name)
	var kept []string
	for _, p := range r.parts {
		if !strings.HasPrefix(p, name+"=") {
			kept = append(kept, p)
		}
	}
	r.parts = kept
	return value
}

type rule func(w *walk, v reflect.Value)

func safe(*walk, reflect.Value) {}

// A value that says something only where it is there: pointers that are nil do not.
func deref(v reflect.Value) (reflect.Value, bool) {
	for v.Kind() == reflect.Ptr {
		if v.IsNil() {
			return v, false
		}
		v = v.Elem()
	}
	return v, true
}

func text(kind string) rule {
	return func(w *walk, v reflect.Value) {
		if v.Len() > 0 {
			w.add(kind, v.String())
		}
	}
}

func mark(kind string) rule {
	return func(w *walk, v reflect.Value) {
		if v, there := deref(v); there && v.Bool() {
			w.add(kind, "true")
		}
	}
}

func intText(v reflect.Value) string {
	if v.Kind() >= reflect.Uint && v.Kind() <= reflect.Uint64 {
		return strconv.FormatUint(v.Uint(), 10)
	}
	return strconv.FormatInt(v.Int(), 10)
}

// Zero says something where the engine can tell it from nothing.
func number(kind string) rule {
	return func(w *walk, v reflect.Value) {
		pointer := v.Kind() == reflect.Ptr
		if v, there := deref(v); there && (pointer || !v.IsZero()) {
			w.add(kind, intText(v))
		}
	}
}

func texts(kind string) rule {
	return func(w *walk, v reflect.Value) {
		for i := 0; i < v.Len(); i++ {
			w.add(kind, v.Index(i).String())
		}
	}
}

// The keys of a map, each with its value.
func pairs(kind string) rule {
	return func(w *walk, v reflect.Value) {
		for _, key := range v.MapKeys() {
			w.add(kind, key.String(), "value="+v.MapIndex(key).String())
		}
	}
}

func keys(kind string) rule {
	return func(w *walk, v reflect.Value) {
		for _, key := range v.MapKeys() {
			w.add(kind, key.String())
		}
	}
}

// Structs further down, in whatever holds them.
func holds(w *walk, v reflect.Value) {
	switch v.Kind() {
	case reflect.Ptr:
		if !v.IsNil() {
			holds(w, v.Elem())
		}
	case reflect.Slice:
		for i := 0; i < v.Len(); i++ {
			holds(w, v.Index(i))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			holds(w, v.MapIndex(key))
		}
	case reflect.Struct:
		w.walkStruct(v)
	}
}

func keyed(kind string) rule {
	return func(w *walk, v reflect.Value) {
		keys(kind)(w, v)
		holds(w, v)
	}
}

func joined(v reflect.Value, outer, inner string) string {
	var words []string
	for i := 0; i < v.Len(); i++ {
		if item := v.Index(i); item.Kind() == reflect.Slice {
			words = append(words, joined(item, inner, ""))
		} else {
			words = append(words, item.String())
		}
	}
	return strings.Join(words, outer)
}

// A part of the record around it; "" is the record's own text.
func part(name string) rule {
	return func(w *walk, v reflect.Value) {
		v, there := deref(v)
		if !there || (v.IsZero() && v.Kind() != reflect.Map) {
			return
		}
		value := ""
		switch v.Kind() {
		case reflect.String:
			value = v.String()
		case reflect.Bool:
			value = "1"
		case reflect.Slice:
			value = joined(v, ",", "+")
		case reflect.Map:
			for _, key := range v.MapKeys() {
				w.rec.parts = append(w.rec.parts, name+key.String()+"="+v.MapIndex(key).String())
			}
			return
		default:
			value = intText(v)
		}
		if name == "" {
			w.rec.main = value
		} else if value != "" {
			w.rec.parts = append(w.rec.parts, name+"="+value)
		}
	}
}

func said(kind, prefix string) rule {
	return func(w *walk, v reflect.Value) {
		if v.Kind() == reflect.Bool && v.Bool() {
			w.add(kind, prefix)
		} else if v.Kind() == reflect.String && v.Len() > 0 {
			w.add(kind, prefix+v.String())
		}
	}
}

func presence(kind string) rule {
	return func(w *walk, v reflect.Value) {
		if !v.IsNil() {
			w.add(kind, "true")
		}
	}
}

func firstWord(kind string) rule {
	return func(w *walk, v reflect.Value) {
		if v.Len() > 0 {
			w.add(kind, v.Index(0).String())
		}
	}
}

func names(kind string) rule {
	return func(w *walk, v reflect.Value) {
		for i := 0; i < v.Len(); i++ {
			w.add(kind, strings.SplitN(v.Index(i).String(), "=", 2)[0])
		}
	}
}

func command(word string) rule {
	return func(w *walk, v reflect.Value) {
		switch {
		case v.Kind() == reflect.Bool && v.Bool(),
			v.Kind() == reflect.Slice && v.Len() > 0,
			v.Kind() == reflect.Slice && word == "entrypoint" && !v.IsNil():
			w.add("command", word)
		}
	}
}

// A field that is denied as unknown whenever it says anything, whatever else it holds.
func denied(name string, inside rule) rule {
	return func(w *walk, v reflect.Value) {
		if v, there := deref(v); there && !v.IsZero() {
			w.unknown = append(w.unknown, name)
			inside(w, v)
		}
	}
}

// What a plugin is granted, by the names that the engine compares; any other name is unknown.
func grants(w *walk, v reflect.Value) {
	kinds := map[string]string{"mount": "bind", "device": "device", "network": "network-mode", "capabilities": "cap-add"}
	whole := map[string][2]string{"allow-all-devices": {"device-cgroup-rule", "a *:* rwm"},
		"host pid namespace": {"pid-mode", "host"}, "host ipc namespace": {"ipc-mode", "host"}}
	for i := 0; i < v.Len(); i++ {
		granted, there := deref(v.Index(i))
		if !there {
			continue
		}
		name := granted.FieldByName("Name").String()
		values := granted.FieldByName("Value")
		if kinds[name] == "" && whole[name][0] == "" {
			w.unknown = append(w.unknown, name)
			continue
		}
		for j := 0; j < values.Len(); j++ {
			if value := values.Index(j).String(); whole[name][0] != "" {
				w.add(whole[name][0], whole[name][1])
			} else if value != "" || (name != "mount" && name != "device") {
				w.add(kinds[name], value)
			}
		}
	}
}

// ---- mounts ----

func targets(kind string) rule {
	return func(w *walk, v reflect.Value) {
		for _, key := range v.MapKeys() {
			if kind == "tmpfs" {
				w.add(kind, key.String(), "options="+v.MapIndex(key).String())
			} else {
				w.add(kind, "", "target="+key.String())
			}
		}
	}
}

// Binds as the engine's own parser takes them apart; what it does not take, the engine refuses.
func binds(w *walk, v reflect.Value) {
	for i := 0; i < v.Len(); i++ {
		w.bind(v.Index(i).String())
	}
}

var modeWords = map[string]string{"z": "relabel", "Z": "relabel", "nocopy": "copy", "consistent": "consistency",
	"cached": "consistency", "delegated": "consistency"}

func (w *walk) bind(raw string) {
	point, err := parseMount(raw)
	if err != nil {
		w.refused = true
		return
	}
	r := record{kind: "volume", main: point.Spec.Source, parts: []string{"target=" + point.Spec.Target}}
	if point.Type == "bind" {
		r.kind = "bind"
		r.parts = append(r.parts, "create=1")
	}
	if !point.RW {
		r.parts = append(r.parts, "read-only=1")
	}
	if point.Spec.BindOptions != nil {
		r.parts = append(r.parts, "propagation="+string(point.Spec.BindOptions.Propagation))
	}
	for _, word := range strings.Split(point.Mode, ",") {
		if modeWords[word] != "" {
			r.parts = append(r.parts, modeWords[word]+"="+word)
		}
	}
	w.addRecord(&r)
}

// An entry of Mounts is what its type says.
func finishMount(w *walk, r *record) {
	kind := r.part("type")
	if w.swarm {
		kind = w.swarmType(kind)
	}
	switch kind {
	case "bind", "volume":
		r.kind = kind
	case "tmpfs":
		r.kind = kind
		r.main = r.take("target")
	default:
		if kind == "image" {
			w.add("image", r.main)
		}
		if r.main != "" {
			r.parts = append(r.parts, "source="+r.main)
		}
		r.main = kind
	}
	w.addRecord(r)
}

// Swarm makes capitals of a type, looks them up, and takes the first of them, a bind, where there is none.
// Source: daemon/cluster/convert/container.go.
func (w *walk) swarmType(kind string) string {
	switch upper := strings.ToUpper(kind); upper {
	case "":
		return "bind"
	case "BIND", "VOLUME", "TMPFS", "NPIPE", "CLUSTER":
		return strings.ToLower(upper)
	}
	w.refused = true
	return kind
}

func securityOptions(w *walk, v reflect.Value) {
	for i := 0; i < v.Len(); i++ {
		w.add("security-opt", v.Index(i).String())
	}
}

func seccompProfile(w *walk, v reflect.Value) {
	if v.Len() > 0 {
		w.add("security-opt", "seccomp="+string(v.Bytes()))
	}
}

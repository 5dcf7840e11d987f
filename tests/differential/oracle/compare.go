// SPDX-License-Identifier: GPL-3.0-or-later

package main

// quaywarden's answer, and what has to be true of it beside the engine's reading.

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sort"
	"strings"
)

// One line of tests/differential/reader.
type answer struct {
	Code    string                     `json:"code"`
	Reason  string                     `json:"reason"`
	Action  string                     `json:"action"`
	Method  string                     `json:"method"`
	Route   string                     `json:"route"`
	Object  string                     `json:"object"`
	Version string                     `json:"version"`
	Body    bool                       `json:"body"`
	Params  [][2]string                `json:"params"`
	Facts   map[string]json.RawMessage `json:"facts"`
	Images  []*[3]string               `json:"images"`
	Ports   []*[2]int                  `json:"ports"`
}

// The name of a record's main value, by kind; plugin/facts/facts.c has the same list.
var mainNames = map[string]string{
	"bind": "source", "volume": "name", "mount": "mount-type", "tmpfs": "target", "device": "path",
	"device-request": "driver", "ulimit": "name", "blkio-device": "path", "restart-policy": "name",
	"published-port": "host-port", "endpoint-option": "key", "sysctl": "name", "storage-option": "key",
	"label": "key", "network-option": "key", "network-subnet": "subnet",
}

func recordText(kind string, value map[string]interface{}) string {
	main := mainNames[kind]
	var parts []string
	for name, part := range value {
		if name != main && name != "template" { // which says what swarm makes of a text
			parts = append(parts, name+"="+part.(string))
		}
	}
	text, _ := value[main].(string)
	if text == "" && len(parts) == 0 {
		return ""
	}
	return fact(kind, text, parts...)
}

func factTexts(facts map[string]json.RawMessage) ([]string, error) {
	var texts []string
	for kind, raw := range facts {
		var list []interface{}
		if kind == "beside" {
			continue
		}
		decoder := json.NewDecoder(strings.NewReader(string(raw)))
		decoder.UseNumber()
		if err := decoder.Decode(&list); err != nil {
			return nil, fmt.Errorf("%s: %v", kind, err)
		}
		for _, item := range list {
			switch value := item.(type) {
			case map[string]interface{}:
				if text := recordText(kind, value); text != "" {
					texts = append(texts, text)
				}
			default:
				texts = append(texts, fact(kind, fmt.Sprint(value)))
			}
		}
	}
	return texts, nil
}

// The facts of an answer, and those that stand beside HostConfig.
func (a *answer) facts() (facts, beside []string, err error) {
	if facts, err = factTexts(a.Facts); err != nil || a.Facts["beside"] == nil {
		return facts, nil, err
	}
	var inner map[string]json.RawMessage
	if err = json.Unmarshal(a.Facts["beside"], &inner); err == nil {
		beside, err = factTexts(inner)
	}
	return facts, beside, err
}

func split(text string) (kind, rest string) {
	at := strings.Index(text, mainMark)
	return text[:at], text[at+1:]
}

func readable(text string) string {
	text = strings.Replace(text, mainMark, " ", 1)
	return strings.Replace(text, partMark, " | ", -1)
}

// Does quaywarden's text say what the engine's does, but for what it hides?
func hides(engine, ours string) bool {
	if !strings.Contains(ours, "***") && !strings.Contains(ours, "seccomp=") {
		return false
	}
	a, b := strings.Split(engine, partMark), strings.Split(ours, partMark)
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		name := strings.SplitN(b[i], "=", 2)[0]
		hidden := strings.Contains(b[i], "***") && strings.HasPrefix(a[i], name+"=") ||
			strings.Contains(b[i], "seccomp=sha256:") || strings.Contains(b[i], "seccomp=unreadable:")
		if a[i] != b[i] && !(hidden && strings.HasPrefix(a[i], name[:strings.Index(name+mainMark, mainMark)])) {
			return false
		}
	}
	return true
}

// What of a is not in b, each as often as it is there.
func without(a, b []string) []string {
	count := make(map[string]int, len(b))
	for _, text := range b {
		count[text]++
	}
	var rest []string
	for _, text := range a {
		if count[text] > 0 {
			count[text]--
		} else {
			rest = append(rest, text)
		}
	}
	return rest
}

// Takes pairs that differ only in what quaywarden hides out of both.
func withoutHidden(engine, ours []string) ([]string, []string) {
	var rest []string
	for _, text := range engine {
		found := -1
		for i, other := range ours {
			if hides(text, other) {
				found = i
				break
			}
		}
		if found < 0 {
			rest = append(rest, text)
		} else {
			ours = append(append([]string(nil), ours[:found]...), ours[found+1:]...)
		}
	}
	return rest, ours
}

func drop(texts []string, unwanted func(kind, rest string) bool) []string {
	var rest []string
	for _, text := range texts {
		if kind, words := split(text); !unwanted(kind, words) {
			rest = append(rest, text)
		}
	}
	return rest
}

// Facts that quaywarden gives of its own accord: they only ever deny more.
func ownWords(payload string) func(kind, rest string) bool {
	return func(kind, rest string) bool {
		switch kind {
		case "unknown-field", "host-config":
			return true
		case "bind":
			return strings.Contains(rest, "driver-option=1")
		case "cpuset-cpus", "container-name", "platform":
			return payload == "create" || payload == "start"
		}
		return payload == "start"
	}
}

// Does this engine ignore a field of the body? quaywarden knows the fields of all engines.
func ignoresFields(payload string, body []byte) bool {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(bodies[payload]())
	return err != nil && strings.Contains(err.Error(), "unknown field")
}

// What is wrong with quaywarden's facts beside the engine's; empty where nothing is.
func judgeFacts(payload string, engine *walk, a *answer) string {
	facts, beside, err := a.facts()
	if err != nil {
		return "facts that cannot be read: " + err.Error()
	}
	for _, name := range engine.unknown {
		known := false
		for _, text := range append(facts, beside...) {
			kind, rest := split(text)
			known = known || kind == "unknown-field" && strings.EqualFold(rest, name)
		}
		if !known {
			return "a field that no table knows says something: " + name
		}
	}
	missing := without(engine.facts, append(append([]string(nil), facts...), beside...))
	extra := without(without(facts, engine.facts), engine.optional)
	missing, extra = withoutHidden(missing, extra)
	missing, _ = withoutHidden(missing, beside)
	missing = without(missing, engine.optional)
	extra = drop(extra, ownWords(payload))
	if len(extra) > 0 && ignoresFields(payload, engine.body) {
		extra = nil
	}
	if len(missing) == 0 && len(extra) == 0 {
		return ""
	}
	return describe("the engine acts on", missing) + describe("quaywarden sees", extra)
}

func describe(who string, texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	sort.Strings(texts)
	shown := make([]string, len(texts))
	for i, text := range texts {
		shown[i] = fmt.Sprintf("%q", readable(text))
	}
	return fmt.Sprintf("%s alone: %s; ", who, strings.Join(shown, ", "))
}

// SPDX-License-Identifier: GPL-3.0-or-later

package main

// The engine's reading of a body: its own decoders, and its structs as facts.

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"github.com/docker/docker/pkg/authorization"
	"github.com/docker/docker/volume/mounts"
)

// Where bodies go. "x" is the object that the path names.
var uris = map[string]string{
	"create": "/v1.41/containers/create", "start": "/v1.22/containers/x/start", "update": "/v1.41/containers/x/update",
	"exec": "/v1.41/containers/x/exec", "volume": "/v1.41/volumes/create", "network": "/v1.41/networks/create",
	"connect": "/v1.41/networks/x/connect", "disconnect": "/v1.41/networks/x/disconnect",
	"service": "/v1.41/services/create",
}

func parseMount(raw string) (*mounts.MountPoint, error) {
	return mountParser.ParseMountRaw(raw, "")
}

// What the engine makes of a body; an error where it refuses it.
func readEngine(payload string, body []byte) (w *walk, err error) {
	defer func() {
		if r := recover(); r != nil { // the engine's HTTP server survives this, too: the request fails
			err = fmt.Errorf("the engine panics: %v", r)
		}
	}()
	w = &walk{body: body, swarm: payload == "service"}
	switch payload {
	case "create":
		err = w.create(body)
	case "start":
		err = w.start(body)
	default:
		out := bodies[payload]()
		if err = decodeBody(body, out); err == nil {
			w.walkStruct(reflect.ValueOf(out).Elem())
		}
	}
	if payload == "connect" {
		w.add("network", "x")
	}
	if err == nil && w.refused {
		err = errors.New("a mount that the engine's parser refuses")
	}
	return w, err
}

func (w *walk) create(body []byte) error {
	config, host, networking, err := decodeCreate(body)
	if err != nil {
		return err
	}
	for _, value := range []interface{}{config, host, networking} {
		if v := reflect.ValueOf(value); !v.IsNil() {
			w.walkStruct(v.Elem())
		}
	}
	w.optionalDefault()
	return nil
}

func (w *walk) start(body []byte) error {
	host, err := decodeStart(body)
	if err == nil && host != nil {
		w.walkStruct(reflect.ValueOf(host).Elem())
		w.optionalDefault()
	}
	return err
}

// The engine writes "default" where the request names no network mode.
func (w *walk) optionalDefault() {
	blank := fact("network-mode", "default")
	for i, text := range w.facts {
		if text == blank {
			w.facts = append(w.facts[:i], w.facts[i+1:]...)
			w.optional = append(w.optional, blank)
			return
		}
	}
}

// The message that the engine sends of a request with that body.
func messageOf(payload string, body []byte) []byte {
	message, err := json.Marshal(&authorization.Request{
		RequestMethod:  "POST",
		RequestURI:     uris[payload],
		RequestBody:    body,
		RequestHeaders: map[string]string{"Content-Type": "application/json"},
	})
	if err != nil {
		panic(err)
	}
	return message
}

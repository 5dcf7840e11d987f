// SPDX-License-Identifier: GPL-3.0-or-later

package main

// Texts that a parser takes apart: mounts with many colons, modes and paths of every kind.

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"regexp"
	"strings"

	"github.com/docker/go-connections/nat"
)

var bindPieces = []string{"/", "/srv", "/a/b", "..", ".", "~", "x", "vol", "C", "\\", "/a\\b", "//", "/etc/", "", "", " ",
	"ro", "rw", "z", "Z", "ro,z", "rw,ro", "z,Z", "rshared", "slave,ro", "nocopy", "cached", "delegated", "consistent",
	"default", "ro,", ",ro", ",", "RO", "rprivate", "noexec", "/é", "/run/docker.sock", "rro", "copy", "bind", "rbind",
	"private", "shared,rw", "nocopy,nocopy", "volume-nocopy", "/a b", "ro ", "z,private,rw,nocopy,cached", "\t"}

func bindText(rng *rand.Rand) string {
	out := bindPieces[rng.Intn(len(bindPieces))]
	for n := rng.Intn(5); n > 0; n-- {
		if rng.Intn(8) > 0 {
			out += ":"
		}
		out += bindPieces[rng.Intn(len(bindPieces))]
	}
	return out
}

func makeBinds(rng *rand.Rand) []byte {
	w := writer{rng: rng}
	w.raw(`{"HostConfig":{"Binds":[`)
	for n := rng.Intn(2); n >= 0; n-- {
		w.text(bindText(rng))
		if n > 0 {
			w.raw(",")
		}
	}
	w.raw(`]}}`)
	return w.buf
}

// ---- images and ports ----

var imagePieces = []string{"busybox", "library", "Busybox", "docker.io", "index.docker.io", "localhost", "reg.example.com",
	"reg.example.com:5000", "REG", "a_b", "a__b", "a___b", "a.b", "a..b", "a-b", "a--b", "-a", "a-", "_a", "[::1]:5000", "[::1]",
	"", ".", "..", "é", "x", "1.2.3.4", ":80", "latest", "v1.0", "sha256", strings.Repeat("a", 64), strings.Repeat("A", 64),
	strings.Repeat("0123456789abcdef", 4), strings.Repeat("a", 128), strings.Repeat("a", 129), strings.Repeat("a/", 130) + "a",
	"deadbeef", " ", "a b", "A", "reg:x", "reg:", "xn--a", "a.b.", "-a.b", "a_b.c", "sha512", "sha384", "md5", "%"}

var portPieces = []string{"80", "0", "8000", "9000", "65535", "65536", "-", "-", "", "tcp", "/", "+80", "08", "0x50", "80 ", "８０",
	"-1", "99999999999999999999", "1_000", "1e3", "70", "1"}

func someOf(rng *rand.Rand, pieces []string, between []string, most int) string {
	out := pieces[rng.Intn(len(pieces))]
	for n := rng.Intn(most); n > 0; n-- {
		out += between[rng.Intn(len(between))] + pieces[rng.Intn(len(pieces))]
	}
	return out
}

func makeWords(rng *rand.Rand) []byte {
	w := writer{rng: rng}
	w.raw(`{"Image":`)
	w.text(someOf(rng, imagePieces, []string{"/", "/", ":", "@", "", "."}, 5))
	w.raw(`,"HostConfig":{"PortBindings":{"80/tcp":[{"HostPort":`)
	w.text(someOf(rng, portPieces, []string{"", "-", "-"}, 3))
	w.raw(`}]}}}`)
	return w.buf
}

// Does the engine take a text for the id of an image, or the beginning of one, before it takes it for a name?
var idOfImage = regexp.MustCompile(`^([0-9a-fA-F]{64}|sha(256|384|512):[0-9a-fA-F]+)$`)

func judgeImage(text string, ours *[3]string) string {
	engine, registry, err := parseReference(text)
	if ours == nil {
		// a_b.example/x names a registry, which it cannot be, and so has none; and no host has so long a name.
		if err == nil && registry != "" && len(registry) <= 255 && !idOfImage.MatchString(text) {
			return fmt.Sprintf("image %q is %q to the engine, and nothing to quaywarden", text, engine)
		}
		return ""
	}
	if err != nil { // the engine refuses it
		return ""
	}
	if engine != *ours {
		return fmt.Sprintf("image %q is %q to the engine, %q to quaywarden", text, engine, *ours)
	}
	return ""
}

// No port is none of the host's, which quaywarden tells before it reads a range.
func judgePort(text string, ours *[2]int) string {
	low, high, err := nat.ParsePortRangeToInt(text)
	if ours != nil && err == nil && (*ours != [2]int{low, high}) {
		return fmt.Sprintf("host port %q is %d to %d to the engine, %d to quaywarden", text, low, high, *ours)
	}
	return ""
}

// What rules make of words, where quaywarden and the engine have the same words.
func judgeWords(a *answer) string {
	if len(a.Images)+len(a.Ports) == 0 {
		return ""
	}
	var images []string
	var ports []struct {
		Port string `json:"host-port"`
	}
	json.Unmarshal(a.Facts["image"], &images)
	json.Unmarshal(a.Facts["published-port"], &ports)
	for i := 0; i < len(images) && len(images) == len(a.Images); i++ {
		if why := judgeImage(images[i], a.Images[i]); why != "" {
			return why
		}
	}
	for i := 0; i < len(ports) && len(ports) == len(a.Ports); i++ {
		if why := judgePort(ports[i].Port, a.Ports[i]); why != "" {
			return why
		}
	}
	return ""
}

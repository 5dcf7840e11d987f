// SPDX-License-Identifier: GPL-3.0-or-later

package main

// Texts that a parser takes apart: mounts with many colons, modes and paths of every kind.

import "math/rand"

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

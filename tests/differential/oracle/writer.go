// SPDX-License-Identifier: GPL-3.0-or-later

package main

// JSON in all the spellings that mean the same.

import (
	"fmt"
	"math/rand"
)

// How a body is spelt. Everything here leaves it well-formed and unambiguous.
type style struct {
	fold   bool // keys of structs in any case, with U+017F and U+212A
	escape bool // characters as escapes
	space  bool // white space between tokens
}

type writer struct {
	rng   *rand.Rand
	style style
	buf   []byte
}

func (w *writer) space() {
	if w.style.space && w.rng.Intn(3) == 0 {
		for n := w.rng.Intn(4); n > 0; n-- {
			w.buf = append(w.buf, " \t\r\n"[w.rng.Intn(4)])
		}
	}
}

func (w *writer) raw(text string) {
	w.space()
	w.buf = append(w.buf, text...)
	w.space()
}

var shortEscapes = map[rune]string{'"': `\"`, '\\': `\\`, '/': `\/`, '\b': `\b`, '\f': `\f`, '\n': `\n`, '\r': `\r`,
	'\t': `\t`}

func (w *writer) escaped(c rune) string {
	if short := shortEscapes[c]; short != "" && w.rng.Intn(2) == 0 {
		return short
	}
	form := `\u%04x`
	if w.rng.Intn(2) == 0 {
		form = `\u%04X`
	}
	if c < 0x10000 {
		return fmt.Sprintf(form, c)
	}
	return fmt.Sprintf(form+form, 0xd7c0+(c>>10), 0xdc00+(c&0x3ff))
}

func (w *writer) text(text string) {
	w.space()
	w.buf = append(w.buf, '"')
	for _, c := range text {
		if c < 0x20 || c == '"' || c == '\\' || w.style.escape && w.rng.Intn(4) == 0 {
			w.buf = append(w.buf, w.escaped(c)...)
		} else {
			w.buf = append(w.buf, string(c)...)
		}
	}
	w.buf = append(w.buf, '"')
	w.space()
}

func otherCase(rng *rand.Rand, c rune) rune {
	switch {
	case (c == 's' || c == 'S') && rng.Intn(2) == 0:
		return 0x17f
	case (c == 'k' || c == 'K') && rng.Intn(2) == 0:
		return 0x212a
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
		return c ^ 0x20
	}
	return c
}

func refold(rng *rand.Rand, key string) string {
	var out []rune
	for _, c := range key {
		if rng.Intn(2) == 0 {
			c = otherCase(rng, c)
		}
		out = append(out, c)
	}
	return string(out)
}

// The key of a struct.
func (w *writer) key(name string) {
	if w.style.fold && w.rng.Intn(2) == 0 {
		name = refold(w.rng, name)
	}
	w.text(name)
	w.raw(":")
}

// The key of a map, which is exact.
func (w *writer) mapKey(name string) {
	w.text(name)
	w.raw(":")
}

// SPDX-License-Identifier: GPL-3.0-or-later

package main

// Bodies that may be wrong in any way: tokens of a good one repeated, moved, renamed, and bytes of it changed; and all
// sequences of a few tokens.

import (
	"math/rand"
)

// The tokens of a text, roughly: strings, words and numbers, single bytes. Joined they are the text again.
func tokens(body []byte) [][]byte {
	var list [][]byte
	for len(body) > 0 {
		n := tokenLength(body)
		list = append(list, body[:n])
		body = body[n:]
	}
	return list
}

func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.'
}

func tokenLength(body []byte) int {
	n := 1
	switch {
	case body[0] == '"':
		for n < len(body) && body[n] != '"' {
			if body[n] == '\\' {
				n++
			}
			n++
		}
		if n < len(body) {
			return n + 1
		}
		return len(body)
	case isWordByte(body[0]):
		for n < len(body) && isWordByte(body[n]) {
			n++
		}
	}
	return n
}

var strangeTokens = []string{`{`, `}`, `[`, `]`, `:`, `,`, `null`, `true`, `false`, `0`, `-0`, `1`, `1e3`, `1.0`, `-1`,
	`01`, `1e999`, `99999999999999999999`, `""`, `"x"`, `"/:/h"`, `"\u0000"`, `"\ud800"`, `"\udc00\ud800"`, "\"\xff\"",
	"\"\xc0\xaf\"", `"\x"`, "\"\t\"", "\xef\xbb\xbf", ` `, "\n", "\v", "\xc2\xa0", `/**/`, `'x'`, `NaN`, `tru`, `nullx`,
	`"Privileged"`, `"privileged"`, `"prıvileged"`, `"PRIVILEGED"`, `"HostConfig"`, `"hoſtconfig"`, `"hostConfig"`,
	`"\u0050rivileged"`, `"Binds"`, `"Mounts"`, `"PidMode"`, `"host"`, `"CapAdd"`, `"Memory"`, `"networKmode"`,
	`"User"`, `"uſer"`, `"Name"`, `"Type"`, `"Source"`, `"bind"`, `{}`, `[]`, `[null]`, `{"a":null}`, `{"":1}`,
	`"Privileged":true`, `"privileged":false`, `,"HostConfig":{"Privileged":true}`, `,"HostConfig":null`, `{"Binds":["/:/h"]}`}

// Text into which a member's key may turn: another case, with escapes, a look-alike.
func rekey(rng *rand.Rand, token []byte) []byte {
	w := writer{rng: rng, style: style{fold: true, escape: rng.Intn(2) == 0}}
	w.text(refold(rng, string(token[1:len(token)-1])))
	return w.buf
}

func joinTokens(list [][]byte) []byte {
	var out []byte
	for _, token := range list {
		out = append(out, token...)
	}
	return out
}

func insert(list [][]byte, at int, what ...[]byte) [][]byte {
	out := append([][]byte(nil), list[:at]...)
	out = append(out, what...)
	return append(out, list[at:]...)
}

// The end of the value that starts at a token.
func valueEnd(list [][]byte, at int) int {
	depth := 0
	for i := at; i < len(list); i++ {
		switch list[i][0] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		if depth < 0 {
			return i
		}
		if depth == 0 && (list[i][0] == '}' || list[i][0] == ']' || depth == 0 && list[i][0] == ',') {
			if list[i][0] == ',' {
				return i
			}
			return i + 1
		}
	}
	return len(list)
}

// The places of keys: strings before a colon.
func keyPlaces(list [][]byte) []int {
	var places []int
	for i := 0; i+1 < len(list); i++ {
		if list[i][0] == '"' && len(list[i]) > 1 && list[i+1][0] == ':' {
			places = append(places, i)
		}
	}
	return places
}

func mutateTokens(rng *rand.Rand, list [][]byte) [][]byte {
	at := rng.Intn(len(list))
	keys := keyPlaces(list)
	strange := []byte(strangeTokens[rng.Intn(len(strangeTokens))])
	switch op := rng.Intn(8); {
	case op == 0:
		return append(list[:at:at], list[at+1:]...)
	case op == 1:
		return insert(list, at, strange)
	case op == 2:
		return insert(list[:at:at], at, append([][]byte{strange}, list[at+1:]...)...)
	case op == 3:
		other := rng.Intn(len(list))
		out := append([][]byte(nil), list...)
		out[at], out[other] = out[other], out[at]
		return out
	case op == 4 && len(keys) > 0:
		return repeatMember(rng, list, keys[rng.Intn(len(keys))])
	case op == 5 && len(keys) > 0:
		out := append([][]byte(nil), list...)
		key := keys[rng.Intn(len(keys))]
		out[key] = rekey(rng, list[key])
		return out
	case op == 6 && len(keys) > 0:
		key := keys[rng.Intn(len(keys))]
		end := valueEnd(list, key+2)
		out := append([][]byte(nil), list[:key+2]...)
		return append(append(out, strange), list[end:]...)
	}
	return insert(list, at, list[rng.Intn(len(list))])
}

// A member once more, somewhere after itself, its key in another spelling and its value perhaps another.
func repeatMember(rng *rand.Rand, list [][]byte, key int) [][]byte {
	end := valueEnd(list, key+2)
	member := [][]byte{[]byte(","), rekey(rng, list[key]), []byte(":")}
	if rng.Intn(2) == 0 {
		member = append(member, []byte(strangeTokens[rng.Intn(len(strangeTokens))]))
	} else {
		member = append(member, list[key+2:end]...)
	}
	return insert(list, end, member...)
}

func mutateBytes(rng *rand.Rand, body []byte) []byte {
	out := append([]byte(nil), body...)
	at := rng.Intn(len(out))
	switch rng.Intn(4) {
	case 0:
		out[at] ^= 1 << uint(rng.Intn(8))
	case 1:
		out = append(out[:at], out[at+1:]...)
	case 2:
		out = append(out[:at:at], append([]byte{byte(rng.Intn(256))}, out[at:]...)...)
	default:
		out = out[:at]
	}
	return out
}

func mutate(rng *rand.Rand, body []byte) []byte {
	for n := 1 + rng.Intn(3); n > 0 && len(body) > 0; n-- {
		if rng.Intn(4) == 0 {
			body = mutateBytes(rng, body)
		} else {
			body = joinTokens(mutateTokens(rng, tokens(body)))
		}
	}
	return body
}

// ---- all sequences ----

var vocabulary = []string{`{`, `}`, `[`, `]`, `:`, `,`, `"Privileged"`, `"privileged"`, `"prıvileged"`, `"HostConfig"`,
	`"ho\u017ftconfig"`, `"Binds"`, `"/:/h"`, `true`, `false`, `null`, `0`, `""`, `"x"`, ` `}

// What sequences stand in, so that the longer ones come to something.
var frames = []string{`%`, `{"HostConfig":{%}}`, `{"HostConfig":{"Privileged"%}}`, `{"Privileged":true%}`,
	`{"HostConfig":{"Binds":["/:/h"]%}}`, `{"HostConfig":{"Privileged":true},%}`, `{%:{"Privileged":true}}`}

func power(base, exponent int) int {
	n := 1
	for ; exponent > 0; exponent-- {
		n *= base
	}
	return n
}

// The sequence of that number among those of that length.
func sequence(frame string, length, number int) []byte {
	var out []byte
	for i := 0; i < len(frame); i++ {
		if frame[i] != '%' {
			out = append(out, frame[i])
			continue
		}
		for n := 0; n < length; n++ {
			out = append(out, vocabulary[number%len(vocabulary)]...)
			number /= len(vocabulary)
		}
	}
	return out
}

// SPDX-License-Identifier: GPL-3.0-or-later

//go:build !engine_20_10

package main

import "github.com/distribution/reference"

// The name, the tag and the digest of an image, as the engine's grammar has them, and its registry.
func parseReference(text string) (parts [3]string, registry string, err error) {
	named, err := reference.ParseNormalizedNamed(text)
	if err != nil {
		return parts, "", err
	}
	parts[0] = named.Name()
	if tagged, ok := named.(reference.Tagged); ok {
		parts[1] = tagged.Tag()
	}
	if digested, ok := named.(reference.Digested); ok {
		parts[2] = digested.Digest().String()
	}
	return parts, reference.Domain(named), nil
}

// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"math/rand"

	"github.com/docker/docker/pkg/authorization"
)

type request struct{}
type seenRequest struct{ message []byte }

func (r *request) send() *seenRequest             { return nil }
func (r *request) bytes() []byte                  { return nil }
func (s *seenRequest) reading() engineReading     { return engineReading{} }
func judgeRequest(*engineReading, *answer) string { return "" }
func makeRequest(rng *rand.Rand) testCase {
	return testCase{class: "binds", payload: "create", body: makeBinds(rng)}
}
func rememberRequest(*authorization.Request)    {}
func payloadOf(m *authorization.Request) string { return "" }

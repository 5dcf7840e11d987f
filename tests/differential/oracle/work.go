// SPDX-License-Identifier: GPL-3.0-or-later

package main

// Batches of cases, the workers that go through them, and what is said of one that diverges.

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log"
	"math/rand"
	"os"
	"sync"
	"time"

	"github.com/docker/docker/pkg/authorization"
)

// ---- what is made ----

// Which class of cases the batches of a number are, turn by turn.
var turns = []string{"generated", "mutated", "request", "generated", "recorded", "mutated", "binds", "request",
	"generated", "words"}

var recorded []testCase

// The bodies of recorded messages, by the endpoint that they were sent to.
func readTraffic(file string) error {
	if file == "" {
		return nil
	}
	in, err := os.Open(file)
	if err != nil {
		return err
	}
	defer in.Close()
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var line struct {
			Phase   string                `json:"phase"`
			Message authorization.Request `json:"message"`
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err == nil && line.Phase == "AuthZReq" {
			if payload := payloadOf(&line.Message); payload != "" {
				recorded = append(recorded, testCase{class: "recorded", payload: payload, body: line.Message.RequestBody})
			}
			rememberRequest(&line.Message)
		}
	}
	return lines.Err()
}

func payloadNames() []string {
	var list []string
	for _, name := range []string{"create", "create", "create", "service", "service", "update", "exec", "volume",
		"network", "connect", "disconnect", "start"} {
		if bodies[name] != nil {
			list = append(list, name)
		}
	}
	return list
}

var payloads = payloadNames()

func makeCase(class string, rng *rand.Rand) testCase {
	payload := payloads[rng.Intn(len(payloads))]
	switch class {
	case "request":
		return makeRequest(rng)
	case "words":
		return testCase{class: class, payload: "create", body: makeWords(rng)}
	case "binds":
		return testCase{class: class, payload: "create", body: makeBinds(rng)}
	case "recorded":
		if len(recorded) > 0 {
			c := recorded[rng.Intn(len(recorded))]
			if rng.Intn(50) > 0 {
				c.body = mutate(rng, c.body)
			}
			return c
		}
	}
	body := newGenerator(rng).body(payload)
	if class == "generated" {
		return testCase{class: class, payload: payload, body: body, clean: true}
	}
	return testCase{class: "mutated", payload: payload, body: mutate(rng, body)}
}

func randomBatch(seed int64, number int) []testCase {
	rng := rand.New(rand.NewSource(seed<<32 + int64(number)))
	cases := make([]testCase, batchSize)
	for i := range cases {
		cases[i] = makeCase(turns[number%len(turns)], rng)
	}
	return cases
}

// All sequences: the longest in the first two frames only.
func sequenceBatches(length int, each func([]testCase)) {
	for n := 1; n <= length; n++ {
		for f, frame := range frames {
			if n == length && n > 3 && f > 1 {
				continue
			}
			all := power(len(vocabulary), n)
			for at := 0; at < all; at += batchSize {
				var cases []testCase
				for i := at; i < at+batchSize && i < all; i++ {
					cases = append(cases, testCase{class: "sequence", payload: "create", body: sequence(frame, n, i)})
				}
				each(cases)
			}
		}
	}
}

type batch struct {
	number int // -1: of sequences
	cases  []testCase
}

func produce(o *options, out chan<- batch) {
	defer close(out)
	if o.batch >= 0 {
		out <- batch{o.batch, nil}
		return
	}
	sequenceBatches(o.length, func(cases []testCase) { out <- batch{-1, cases} })
	end := time.Now().Add(time.Duration(o.seconds) * time.Second)
	for n := 0; o.bodies > 0 && n*batchSize < o.bodies || o.bodies == 0 && time.Now().Before(end); n++ {
		out <- batch{n, nil}
	}
}

// ---- who works ----

func run(o *options, r *report) {
	work := make(chan batch)
	var all sync.WaitGroup
	for i := 0; i < o.jobs; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			p, err := startReader(o.reader)
			if err != nil {
				log.Fatal(err)
			}
			for b := range work {
				if b.cases == nil {
					b.cases = randomBatch(o.seed, b.number)
				}
				judgeBatch(o, r, p, b)
			}
			if err := p.close(); err != nil {
				log.Fatal(err)
			}
		}()
	}
	produce(o, work)
	all.Wait()
}

// What the engine makes of a case.
type engineReading struct {
	walk *walk
	err  error
	seen *seenRequest // of a request
}

func (c *testCase) ask() (message []byte, reading func() engineReading) {
	if c.request != nil {
		seen := c.request.send()
		return seen.message, func() engineReading { return seen.reading() }
	}
	return messageOf(c.payload, c.body), func() engineReading {
		w, err := readEngine(c.payload, c.body)
		return engineReading{walk: w, err: err}
	}
}

func judgeBatch(o *options, r *report, p *pipe, b batch) {
	messages := make([][]byte, len(b.cases))
	readings := make([]func() engineReading, len(b.cases))
	engine := make([]engineReading, len(b.cases))
	for i := range b.cases {
		messages[i], readings[i] = b.cases[i].ask()
	}
	answers, err := p.ask(messages, func() {
		for i := range b.cases {
			engine[i] = readings[i]()
		}
	})
	if err != nil {
		log.Fatalf("batch %d: %v", b.number, err)
	}
	counts := map[string]*tally{}
	for i := range b.cases {
		c := &b.cases[i]
		if counts[c.class] == nil {
			counts[c.class] = &tally{}
		}
		if why := judge(c, &engine[i], answers[i], counts[c.class]); why != "" && r.wants(c.class+why) {
			show(o, p, b.number, c, why)
		}
	}
	for class, t := range counts {
		r.add(class, *t)
	}
}

// Counts a case, and says what is wrong; "" where nothing is.
func judge(c *testCase, engine *engineReading, line []byte, t *tally) string {
	a, err := parseAnswer(line)
	t.bodies++
	why := ""
	switch {
	case err != nil:
		why = fmt.Sprintf("an answer that cannot be read: %v: %s", err, line)
	case a.Code == "no-memory":
		why = "no memory"
	case a.Code != "read" && c.clean && engine.err == nil:
		why = "well-formed and unambiguous, but refused as " + a.Code + ": " + a.Reason
	case a.Code != "read":
		t.refused++
	case engine.err != nil:
		t.engine++
	case c.request != nil:
		why = judgeRequest(engine, a)
	default:
		if why = judgeFacts(c.payload, engine.walk, a); why == "" {
			why = judgeWords(a)
		}
	}
	if why != "" {
		t.diverged++
	} else if a.Code == "read" && engine.err == nil {
		t.agreed++
	}
	return why
}

// ---- what is said ----

func (c *testCase) diverges(p *pipe) bool {
	message, reading := c.ask()
	var engine engineReading
	answers, err := p.ask([][]byte{message}, func() { engine = reading() })
	return err == nil && judge(c, &engine, answers[0], &tally{}) != ""
}

// Leaves out runs of tokens as long as the two still differ. A case that has to be read is left as it is: without some
// of its tokens it need not be.
func shrink(p *pipe, c testCase) testCase {
	if c.clean || c.request != nil {
		return c
	}
	list := tokens(c.body)
	for size := len(list) / 2; size > 0; size /= 2 {
		for at := 0; at+size <= len(list); {
			fewer := append(append([][]byte(nil), list[:at]...), list[at+size:]...)
			smaller := c
			smaller.body = joinTokens(fewer)
			if len(fewer) > 0 && smaller.diverges(p) {
				list, c = fewer, smaller
			} else {
				at++
			}
		}
	}
	return c
}

func show(o *options, p *pipe, number int, c *testCase, why string) {
	small := shrink(p, *c)
	message, reading := small.ask()
	var engine engineReading
	answers, err := p.ask([][]byte{message}, func() { engine = reading() })
	if err != nil {
		log.Fatal(err)
	}
	if again := judge(&small, &engine, answers[0], &tally{}); again != "" {
		why = again
	}
	fmt.Printf("DIVERGENCE (%s, %s, engine %s): %s\n", small.class, small.payload, engineName, why)
	if small.request != nil {
		fmt.Printf("  request: %q\n", small.request.bytes())
	} else {
		fmt.Printf("  body: %s\n  as Go: %q\n", small.body, small.body)
	}
	if engine.err != nil {
		fmt.Printf("  the engine refuses: %v\n", engine.err)
	} else if engine.walk != nil {
		fmt.Printf("  the engine: %q\n", engine.walk.facts)
	}
	fmt.Printf("  quaywarden: %s  again: --engine %s --seed %d --batch %d\n", answers[0], engineName, o.seed, number)
}

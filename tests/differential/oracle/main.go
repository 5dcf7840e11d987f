// SPDX-License-Identifier: GPL-3.0-or-later

// The engine's side of the differential test: makes bodies and requests, asks the engine's own code and quaywarden's
// reader what they mean, and says where the two differ. tests/differential/run builds and calls it.
package main

import (
	"flag"
	"fmt"
	"io/ioutil"
	"os"
	"reflect"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/sirupsen/logrus"
)

type options struct {
	reader  string
	seed    int64
	bodies  int
	seconds int
	length  int
	jobs    int
	batch   int
	shown   int
	traffic string
	source  string
}

func readOptions() *options {
	o := &options{}
	flag.StringVar(&o.reader, "reader", "", "quaywarden's reader, with its arguments")
	flag.Int64Var(&o.seed, "seed", 1, "of what is made at random")
	flag.IntVar(&o.bodies, "bodies", 0, "how many to make at random; 0: as many as the time allows")
	flag.IntVar(&o.seconds, "seconds", 20, "how long, where -bodies is 0")
	flag.IntVar(&o.length, "length", 0, "all sequences of up to so many tokens come first")
	flag.IntVar(&o.jobs, "jobs", 2, "how many at a time")
	flag.IntVar(&o.batch, "batch", -1, "only the batch of that number, as a divergence names it")
	flag.IntVar(&o.shown, "shown", 20, "how many divergences are shown in full")
	flag.StringVar(&o.traffic, "traffic", "", "recorded messages to mutate, one a line")
	flag.StringVar(&o.source, "source", "", "the engine's source, where routes are read from it")
	flag.Parse()
	return o
}

// One thing to read for both.
type testCase struct {
	class   string
	payload string // of which body; "" for a request
	body    []byte
	clean   bool // well-formed and unambiguous: quaywarden has to read it
	request *request
}

const batchSize = 256

// What one worker counts, by class.
type tally struct {
	bodies, agreed, refused, engine, diverged int
}

type report struct {
	mutex   sync.Mutex
	classes map[string]*tally
	shown   int
	limit   int
	seen    map[string]int
}

func (r *report) add(class string, t tally) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	sum := r.classes[class]
	if sum == nil {
		sum = &tally{}
		r.classes[class] = sum
	}
	sum.bodies += t.bodies
	sum.agreed += t.agreed
	sum.refused += t.refused
	sum.engine += t.engine
	sum.diverged += t.diverged
}

// Divergences of the same words are shown once.
func (r *report) wants(why string) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.seen[why]++
	if r.seen[why] > 1 || r.shown >= r.limit {
		return false
	}
	r.shown++
	return true
}

func (r *report) print() (diverged int) {
	var names []string
	total := tally{}
	for name, t := range r.classes {
		names = append(names, name)
		total.bodies += t.bodies
		total.agreed += t.agreed
		total.refused += t.refused
		total.engine += t.engine
		total.diverged += t.diverged
	}
	sort.Strings(names)
	r.classes["all"] = &total
	fmt.Printf("%-10s %10s %10s %10s %10s %10s\n", engineName, "bodies", "agreed", "refused", "engine", "divergences")
	for _, name := range append(names, "all") {
		t := r.classes[name]
		fmt.Printf("%-10s %10d %10d %10d %10d %10d\n", name, t.bodies, t.agreed, t.refused, t.engine, t.diverged)
	}
	return total.diverged
}

// Every struct that a body reaches, before anybody works with them.
func learn() []string {
	lacking := map[string]bool{}
	for _, make := range bodies {
		learnLayouts(reflect.TypeOf(make()), lacking)
	}
	var list []string
	for name := range lacking {
		list = append(list, name)
	}
	sort.Strings(list)
	return list
}

func main() {
	o := readOptions()
	logrus.SetOutput(ioutil.Discard)
	if lacking := learn(); len(lacking) > 0 {
		fmt.Printf("fields without a row, which have to be denied as unknown-field: %s\n", strings.Join(lacking, " "))
	}
	openServer(o.source)
	if err := readTraffic(o.traffic); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	r := &report{classes: map[string]*tally{}, seen: map[string]int{}, limit: o.shown}
	started := time.Now()
	run(o, r)
	diverged := r.print()
	fmt.Printf("seed %d, %.0f s\n", o.seed, time.Since(started).Seconds())
	if diverged > 0 {
		os.Exit(1)
	}
}

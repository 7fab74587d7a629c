package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"lockstep/grader/internal/speedup"
	"lockstep/mp"
)

// A subject is a program that is graded. It sums the squares of its units, each
// of which takes a while.
type subject struct {
	name      string
	workers   int
	reference string // the subject whose serial form is the baseline
	want      speedup.Status
	serial    func() (int, error)
	parallel  func(workers int) (int, error)
}

// subjects are the correct programs of the course's kinds, and the wrong repairs
// that students hand in.
func subjects() []subject {
	const pass, fail = speedup.Pass, speedup.Fail
	return []subject{
		{"children", 4, "children", pass, serialSum, children},
		{"two children", 2, "children", pass, serialSum, children},
		{"pool", 4, "children", pass, serialSum, pool},
		{"short lock", 4, "children", pass, serialSum, shortLock},
		{"pipes", 4, "children", pass, serialSum, pipes},
		{"fetches", 3, "fetches", pass, serialFetch, fetches},
		{"joins in the loop", 4, "children", fail, serialSum, joinsInLoop},
		{"joins in the loop, two", 2, "children", fail, serialSum, joinsInLoop},
		{"pool of one", 4, "children", fail, serialSum, poolOfOne},
		{"lock while computing", 4, "children", fail, serialSum, lockWhileComputing},
		{"unbalanced", 4, "children", fail, serialSum, unbalanced},
		{"work left out", 4, "children", fail, serialSum, workLeftOut},
		{"sleeps in the serial path", 4, "children", fail, sleepySum, joinsInLoop},
		{"fetches in turn", 3, "fetches", fail, serialFetch, fetchesInTurn},
	}
}

func subjectNames() []string {
	var names []string
	for _, s := range subjects() {
		names = append(names, s.name)
	}
	return names
}

// choose picks subjects by name; all for an empty list.
func choose(list string) ([]subject, error) {
	if list == "" {
		return subjects(), nil
	}
	var chosen []subject
	for name := range strings.SplitSeq(list, ",") {
		s, err := find(strings.TrimSpace(name))
		if err != nil {
			return nil, err
		}
		chosen = append(chosen, s)
	}
	return chosen, nil
}

func find(name string) (subject, error) {
	for _, s := range subjects() {
		if s.name == name {
			return s, nil
		}
	}
	return subject{}, fmt.Errorf("there is no program %q; there are: %s", name, strings.Join(subjectNames(), ", "))
}

// runSubject is this program when it is the one that is graded: "subject NAME
// serial|parallel WORKERS".
func runSubject() error {
	if len(os.Args) != 5 {
		return fmt.Errorf("usage: %s %s NAME serial|parallel WORKERS", os.Args[0], subjectWord)
	}
	s, err := find(os.Args[2])
	if err != nil {
		return err
	}
	workers, err := strconv.Atoi(os.Args[4])
	if err != nil {
		return err
	}
	var sum int
	if os.Args[3] == "serial" {
		sum, err = s.serial()
	} else {
		sum, err = s.parallel(workers)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Println(sum)
	return err
}

const (
	units      = 100
	unitRounds = 1_200_000 // about two milliseconds
	fetchCount = 3
	fetchTime  = 80 * time.Millisecond
)

// work computes and returns what can't be foreseen, but is never 0.
func work(rounds int, x uint64) uint64 {
	x |= 1
	for range rounds {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	return x
}

// unit is one piece of the large calculation.
func unit(u int) int {
	if work(unitRounds, uint64(u)) == 0 {
		return 0
	}
	return u * u
}

// sum is a range of units.
func sum(from, to int) int {
	n := 0
	for u := from; u < to; u++ {
		n += unit(u)
	}
	return n
}

func serialSum() (int, error) { return sum(0, units), nil }

// sleepySum makes its own parallel form look fast.
func sleepySum() (int, error) {
	mp.Sleep(time.Second)
	return sum(0, units), nil
}

// fetch waits for a server, which needs no processor.
func fetch(i int) int {
	time.Sleep(fetchTime)
	return i * i
}

func serialFetch() (int, error) {
	n := 0
	for i := range fetchCount {
		n += fetch(i)
	}
	return n, nil
}

package search

import (
	"math/rand/v2"
	"os"
	"regexp"
	"strconv"
	"testing"
	"time"

	"lockstep/grader/internal/explore/model"
)

// outcomesOf collects what systematic search finds, and whether it is complete.
func outcomesOf(t testing.TB, prog small, most int, shuffle *rand.Rand, merge bool, m *memory) (found map[string]bool, runs, asleep int, complete bool) {
	t.Helper()
	classes := map[uint64]bool{}
	names := model.NewNames()
	found = map[string]bool{}
	tr := newTree(names, nil, merge)
	program := prog.program()
	o := model.Options{Capacity: smallCapacity, Ordered: prog.ordered, Pieces: prog.pieces, Early: prog.early, Deaths: prog.deaths, Clock: prog.clock}
	// Several jobs are taken at a time and finished in any order, as by workers.
	type running struct {
		j job
		b *branch
	}
	var open []running
	for {
		for len(open) == 0 || shuffle != nil && len(open) < 3 && len(tr.jobs) > 0 {
			if len(open) == 0 && len(tr.jobs) == 0 {
				return found, runs, asleep, true
			}
			j, _ := tr.next()
			open = append(open, running{j, tr.branch(j)})
		}
		k := 0
		if shuffle != nil {
			k = shuffle.IntN(len(open))
		}
		r := open[k]
		open = append(open[:k], open[k+1:]...)
		var x *Execution
		var err error
		if m != nil {
			if x = m.spare(t.Context(), names, o, r.b); x == nil {
				r.b = tr.branch(r.j)
			}
		}
		if x == nil {
			x, err = execute(t.Context(), program, 0, names, o, r.b, time.Time{}, m)
		}
		if err != nil {
			t.Fatalf("%+v: %v", prog, err)
		}
		if r.b.differ != nil {
			t.Fatalf("%+v: differs: %+v", prog, r.b.differ)
		}
		tr.finish(r.b, x)
		if tr.again {
			tr = newTree(names, nil, merge)
			tr.deaths = true
			open, classes = nil, map[uint64]bool{}
		}
		if names.Restart() {
			t.Fatalf("a restart")
		}
		if x.Ending == Asleep {
			asleep++
		} else {
			runs++
			if c := x.World.Class(); classes[c] && !tr.deaths && prog.deaths == 0 {
				t.Errorf("%+v: one interleaving was run twice", prog)
			} else {
				classes[c] = true
			}
			found[outcomeOf(prog, x)] = true
		}
		if runs+asleep > most {
			return found, runs, asleep, false
		}
	}
}

// trial is how a random program is tried.
type trial struct {
	merge  bool // runs merge
	recall bool // those that need not be made are remembered
	deaths bool // one process or two may be killed; otherwise that is so of few programs
	clock  bool // time passes by the clock
	any    bool // they wait for several ends of pipes
	five   bool // there are five processes; otherwise up to four
}

// tried counts what was run.
type tried struct{ programs, any, runs, asleep, spared int }

// tryOne tries one random program.
func (n *tried) tryOne(t testing.TB, seed uint64, length int, how trial) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	prog := randomSmall(r, length, how)
	if how.merge {
		prog.tells()
	}
	states, most := 2500, 5000
	if how.five {
		states, most = 10_000, 2000
	}
	want, ok := outcomes(prog, states)
	if !ok {
		return
	}
	var m *memory
	if how.recall {
		m = newMemory()
	}
	var shuffle *rand.Rand
	if seed%2 == 1 {
		shuffle = r
	}
	got, runs, asleep, complete := outcomesOf(t, prog, most, shuffle, how.merge, m)
	if m != nil && m.distrusted() {
		t.Errorf("seed %d: %+v: a step came out in two ways", seed, prog)
	}
	if !complete {
		return
	}
	if how.merge {
		want, got = told(want), told(got)
	}
	for o := range want {
		if !got[o] {
			t.Errorf("seed %d: %+v: missed %s", seed, prog, o)
		}
	}
	for o := range got {
		if !want[o] {
			t.Errorf("seed %d: %+v: invented %s", seed, prog, o)
		}
	}
	n.programs++
	if prog.waitsForEnds() {
		n.any++
	}
	n.runs, n.asleep = n.runs+runs, n.asleep+asleep
	if m != nil {
		n.spared += m.spared
	}
}

var programsToTry = 500

// TestSearchFindsWhatEnumerationFinds compares systematic search with a naive
// enumeration of all interleavings, for random small programs: where each run is made to
// its end, where runs merge, and where those that need not be made are remembered; with processes that
// are killed, and by the clock.
func TestSearchFindsWhatEnumerationFinds(t *testing.T) {
	for name, how := range map[string]trial{
		"each run": {}, "merged": {merge: true}, "merged with deaths": {merge: true, deaths: true},
		"remembered": {merge: true, recall: true}, "remembered with deaths": {merge: true, recall: true, deaths: true},
		"by the clock": {clock: true}, "by the clock with deaths": {clock: true, deaths: true},
		"waiting for any": {any: true}, "waiting for any, merged with deaths": {any: true, merge: true, deaths: true},
		"waiting for any, remembered": {any: true, merge: true, recall: true},
		"of five processes":           {merge: true, recall: true, five: true},
	} {
		t.Run(name, func(t *testing.T) {
			programs, seed := programsToTry, uint64(1)
			if testing.Short() {
				programs = 80
			}
			if how.deaths || how.any {
				programs /= 3 // each has several times as many runs
			}
			length := 3
			if how.five {
				programs, length = programs/20, 1
			}
			if s := os.Getenv("LOCKSTEP_FUZZ_PROGRAMS"); s != "" {
				programs, _ = strconv.Atoi(s)
				seed = 1 << 32
			}
			var n tried
			for ; n.programs < programs && !t.Failed(); seed++ {
				n.tryOne(t, seed, length, how)
			}
			t.Logf("%+v, the last with seed %d", n, seed-1)
			if how.recall && !how.five && n.spared < n.runs/100 {
				t.Error("hardly any run was spared")
			}
		})
	}
}

// tells has each process print what it has learned: how it ended is forgotten where
// runs merge.
func (s *small) tells() {
	s.pieces = false
	for i, code := range s.code {
		if n := len(code); n == 0 || code[n-1].what != iDie {
			s.code[i] = append(code, instruction{iPrint, 0})
		}
	}
}

var forgotten = regexp.MustCompile(`(\d+:2),\d+`)

func told(outcomes map[string]bool) map[string]bool {
	m := map[string]bool{}
	for o := range outcomes {
		m[forgotten.ReplaceAllString(o, "$1")] = true
	}
	return m
}

// FuzzSearch is the same with programs of the fuzzer's choice.
func FuzzSearch(f *testing.F) {
	f.Add(uint64(1), uint8(2))
	f.Fuzz(func(t *testing.T, seed uint64, length uint8) {
		for _, how := range []trial{{}, {merge: true}, {merge: true, recall: true}, {clock: true}} {
			new(tried).tryOne(t, seed, 1+int(length%5), how)
		}
	})
}

// TestDeathIsPutOffWithItsStep: a process dies of its last step at once. What its end
// comes in the way of can be made before that step only together with what that step
// comes in the way of.
func TestDeathIsPutOffWithItsStep(t *testing.T) {
	prog := small{ordered: true, code: [][]instruction{
		{{iStart, 0}, {iStart, 1}, {iStart, 2}, {iAppend, 1}, {iJoinTimed, 0}, {iJoin, 0}, {iJoin, 1}, {iKill, 2}, {iJoin, 2}, {iAppend, 0}},
		{{iSend, 1}}, {{iPrint, 0}, {iAppend, 0}, {iDie, 0}}, {{iSend, 0}, {iPrint, 0}},
	}}
	want, _ := outcomes(prog, 2500)
	got, _, _, complete := outcomesOf(t, prog, 5000, nil, false, nil)
	for o := range want {
		if !got[o] || !complete {
			t.Errorf("missed %s", o)
		}
	}
}

// TestRareConflicts has programs that random ones come near to once in ten thousand.
func TestRareConflicts(t *testing.T) {
	for name, prog := range map[string]small{
		"who waits to read takes over from a dead writer, for whom who only tries gives up": {ordered: true, code: [][]instruction{
			{{iStart, 0}, {iStart, 1}, {iStart, 2}}, {{iRead, 0}, {iPrint, 0}}, {{iTryRead, 0}, {iPrint, 0}}, {{iWrite, 0}},
		}},
		"who gives a lock up at once would have it when its owner has died": {ordered: true, early: true, code: [][]instruction{
			{{iStart, 0}, {iStart, 1}, {iLockNow, 0}, {iLockTimed, 1}}, {{iLock, 0}, {iGet, 0}, {iDie, 0}}, {{iLock, 1}, {iLockTimed, 0}, {iDie, 0}},
		}},
		"a full queue is closed before who waits for room could put": {ordered: true, code: [][]instruction{
			{{iStart, 0}, {iPut, 0}}, {{iPut, 1}, {iCloseQueue, 1}},
		}},
		"a death comes after a look at the process, and so does the step that it dies of": {ordered: true, early: true, code: [][]instruction{
			{{iStart, 0}, {iStart, 1}, {iStart, 2}, {iJoinNow, 0}, {iJoinNow, 1}, {iJoin, 2}, {iPrint, 0}},
			{{iTryAcquire, 1}, {iPrint, 0}}, {{iTryAcquire, 1}, {iTryAcquire, 1}, {iDie, 0}}, {{iTryAcquire, 1}, {iPrint, 0}},
		}},
		"a step that comes before another's only with its death, which comes after a look": {code: [][]instruction{
			{{iStart, 0}, {iStart, 1}, {iStart, 2}, {iJoin, 2}, {iAlive, 0}, {iPrint, 0}}, {{iSet, 0}, {iDie, 0}}, {{iSet, 0}}, {},
		}},
		"some wait for others who sleep": {ordered: true, early: true, code: [][]instruction{
			{{iStart, 0}, {iStart, 1}, {iStart, 2}}, {{iPut, 1}, {iPrint, 0}}, {{iTake, 1}, {iTake, 0}, {iPrint, 0}}, {{iPut, 0}, {iTake, 0}, {iTake, 1}, {iPrint, 0}},
		}},
		"who asks whether all of a queue is done comes between a Get and its Done": {ordered: true, early: true, code: [][]instruction{
			{{iStart, 0}, {iStart, 1}}, {{iPut, 0}, {iTake, 0}, {iDone, 0}}, {{iWaitDoneTimed, 0}, {iPrint, 0}},
		}},
		"two end a line that a third has left open": {pieces: true, code: [][]instruction{
			{{iStart, 0}, {iStart, 1}, {iJoin, 0}, {iPrint, 0}}, {{iPiece, 0}}, {{iPrint, 0}},
		}},
		"and so is a pipe": {ordered: true, code: [][]instruction{
			{{iStart, 0}, {iSend, 0}}, {{iSend, 0}, {iClose, 1}},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, merge := range []bool{false, true} {
				want, _ := outcomes(prog, 2500)
				got, _, _, complete := outcomesOf(t, prog, 5000, nil, merge, nil)
				for o := range told(want) {
					if !told(got)[o] || !complete {
						t.Errorf("merged %v: missed %s", merge, o)
					}
				}
			}
		})
	}
}

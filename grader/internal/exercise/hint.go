package exercise

import (
	"fmt"
	"slices"
	"strconv"

	"gopkg.in/yaml.v3"
)

// Outcome is a way in which a check fails. Hints are about one.
type Outcome string

// What is claimed of a run, by the key that claims it.
const (
	OfStdout       Outcome = "stdout"
	OfStderr       Outcome = "stderr"
	OfExit         Outcome = "exit"
	OfChildren     Outcome = "children"
	OfJoined       Outcome = "joined"
	OfOverlap      Outcome = "overlap"
	OfDistinctPIDs Outcome = "distinct_pids"
	OfWork         Outcome = "work" // needed and used too: the work is not the children's
	OfUses         Outcome = "uses"
	OfMemory       Outcome = "memory"
	OfAtOnce       Outcome = "at_once"
	OfSignals      Outcome = "signals"  // it did not come to where it is sent one
	OfDialogue     Outcome = "dialogue" // it did not print what was expected next
	OfFiles        Outcome = "files"
	OfRaces        Outcome = "goroutine_races"
	OfSpeedup      Outcome = "speedup" // or one of Slow, where it is known why
	OfLimit        Outcome = "limit"   // or one of Limited; that a run hangs only where it is not known why
)

// What no check asks for: only hints that name it are about it.
const (
	OfForm  Outcome = "form"  // the output is right but for line ends, white space and the like
	OfCrash Outcome = "crash" // a process died of a panic
)

// ofScripts are what a script may claim beside how a run ends.
var ofScripts = []Outcome{
	OfStdout, OfStderr, OfChildren, OfJoined, OfOverlap, OfDistinctPIDs, OfWork, OfUses, OfMemory, OfAtOnce, OfFiles, OfSignals, OfDialogue, OfRaces, OfSpeedup,
}

// Stuck are the patterns of runs that can't go on, which plain runs are found to have too.
var Stuck = []Outcome{
	"deadlock", "join before receive", "lock taken twice", "nobody sends", "end left open", "both at one end",
	"livelock", "wait without end",
}

// Interleaved are the other patterns, of interleavings that come out wrong; package
// detect has what each of both means.
var Interleaved = []Outcome{
	"lost update", "order violation", "check then act", "torn line", "missing join", "hang", "killed", "wrong result",
}

// Slow are the reasons of programs that are too slow, as package speedup names them.
var Slow = []Outcome{
	"joined before the next starts", "lock held while computing", "unbalanced", "one worker", "no worker", "starting costs more than the work",
	"serial part", "waits for messages", "waits for a signal", "waits for a manager", "few tasks at a time", "few at work", "sleeps",
	"skipped work", "extra work", "different output", "fault",
}

// Limited are the limits that a run can come to.
var Limited = []Outcome{"wall limit", "cpu limit", "memory limit", "processes limit", "output limit", "file size limit"}

// outcomes are all that there are.
var outcomes = slices.Concat([]Outcome{OfExit, OfLimit, OfForm, OfCrash}, ofScripts, Stuck, Interleaved, Slow, Limited)

// general is what an outcome is one of: a hint about that is about it, where none is about
// it alone.
func (o Outcome) general() Outcome {
	switch {
	case slices.Contains(Slow, o):
		return OfSpeedup
	case slices.Contains(Limited, o):
		return OfLimit
	}
	return o
}

// Hint says which of the exercise's hints a check that fails gives, by their numbers,
// the first to read first.
type Hint struct {
	Any []int             // whatever that the check asks for does not hold
	Of  map[Outcome][]int // by outcome; Any says nothing then
}

// Gives reports whether a hint is about any outcome.
func (h *Hint) Gives(n int) bool {
	for _, rungs := range h.Of {
		if slices.Contains(rungs, n) {
			return true
		}
	}
	return slices.Contains(h.Any, n)
}

// Ladder are the numbers of the hints about an outcome of a check, the first to read
// first. Not every outcome has any: a hint that is about something else is worse than
// none.
func (c *Check) Ladder(o Outcome) []int {
	if rungs, ok := c.Hint.Of[o]; ok {
		return rungs
	}
	if c.Hint.Of != nil {
		return c.Hint.Of[o.general()]
	}
	if !slices.Contains(c.claimed(), o.general()) {
		return nil
	}
	return c.Hint.Any
}

// claimed are the outcomes that are of what the check asks for.
func (c *Check) claimed() []Outcome {
	if c.Speedup != nil {
		return []Outcome{OfSpeedup, OfWork, OfLimit}
	}
	out := []Outcome{OfExit, OfLimit}
	add := func(asked bool, o ...Outcome) {
		if asked {
			out = append(out, o...)
		}
	}
	add(c.Explores(), slices.Concat(Stuck, Interleaved)...)
	add(c.Script != nil, ofScripts...)
	add(c.Races == nil && (c.wantsStdout() || c.StdoutNotMatch != nil), OfStdout)
	add(c.Stderr != nil || c.StderrMatch != nil, OfStderr)
	if p := c.Processes; p != nil {
		add(p.Children != nil, OfChildren)
		add(p.Joined != "", OfJoined)
		add(p.Overlap != nil, OfOverlap)
		add(p.DistinctPIDs, OfDistinctPIDs)
		add(p.Needed != "" || p.Used != "" || p.Work != 0, OfWork)
	}
	add(c.Signals != nil, OfSignals)
	add(c.talks(), OfDialogue)
	add(c.Uses != nil, OfUses)
	add(c.Memory != nil, OfMemory)
	add(c.Fixtures != nil && c.Fixtures.AtOnce != nil, OfAtOnce)
	add(c.Files.claims(), OfFiles)
	add(c.GoroutineRaces, OfRaces)
	return out
}

// validateHint reads which hints a check gives, when it is known how many there are: a
// number stands for that one and those behind it, a list for just these, and a mapping
// has either for each outcome that it names.
func (d *decoder) validateHint(e *Exercise, c *Check, where string) {
	n := d.hints[&c.Hint]
	if n == nil {
		c.Hint.Any = e.AllHints()
		return
	}
	where += ": hint"
	if n.Kind != yaml.MappingNode {
		c.Hint.Any = d.rungs(n, len(e.Hints), where)
		return
	}
	c.Hint.Of = map[Outcome][]int{}
	can := slices.Concat(c.claimed(), []Outcome{OfForm, OfCrash}, Limited)
	if c.Speedup == nil && !c.Explores() {
		can = append(can, Stuck...)
	}
	if slices.Contains(can, OfSpeedup) {
		can = append(can, Slow...)
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		o := Outcome(key.Value)
		if _, twice := c.Hint.Of[o]; twice {
			d.fail(key, "%s: %q is given twice", where, o)
			continue
		}
		if !slices.Contains(can, o) {
			d.fail(key, "%s: %s", where, unmet(o, can))
		}
		c.Hint.Of[o] = d.rungs(n.Content[i+1], len(e.Hints), fmt.Sprintf("%s.%s", where, o))
	}
}

// unmet says of an outcome that a check can't have what was meant instead.
func unmet(o Outcome, can []Outcome) string {
	names := make([]string, len(can))
	for i := range can {
		names[i] = string(can[i])
	}
	known := slices.Contains(outcomes, o)
	if near, ok := Nearest(string(o), names); ok && !known {
		return fmt.Sprintf("there is no outcome %q; did you mean %s?", o, near)
	}
	slices.Sort(names)
	if known {
		return fmt.Sprintf("this check can't fail by %q; it can by %s", o, list(names))
	}
	return fmt.Sprintf("there is no outcome %q; this check can fail by %s", o, list(names))
}

// rungs reads a number, or a list of numbers.
func (d *decoder) rungs(n *yaml.Node, hints int, where string) []int {
	if n.Kind != yaml.SequenceNode {
		return from(d.rung(n, hints, where), hints)
	}
	all := []int{}
	for i, item := range n.Content {
		r := d.rung(item, hints, fmt.Sprintf("%s[%d]", where, i+1))
		if slices.Contains(all, r) {
			d.fail(item, "%s: %d is given twice", where, r)
		} else if r > 0 {
			all = append(all, r)
		}
	}
	return all
}

// rung reads the number of a hint; 0 where it is none, as was said.
func (d *decoder) rung(n *yaml.Node, hints int, where string) int {
	i, err := strconv.Atoi(n.Value)
	switch {
	case n.Kind != yaml.ScalarNode || n.Tag != "!!int" || err != nil:
		d.fail(n, "%s: found %s, needs the number of a hint", where, describe(n))
		return 0
	case i < 1 || i > hints:
		d.fail(n, "%s: found %d, but there are %d hints", where, i, hints)
		return 0
	}
	return i
}

// from are the numbers from first to last; none where there is no first.
func from(first, last int) []int {
	var all []int
	for i := first; i > 0 && i <= last; i++ {
		all = append(all, i)
	}
	return all
}

package exercise

import (
	"slices"

	"lockstep/mp/trace"
)

// Uses says what processes must do with what they share, as an observed run tells
// it. Only what is done to something that another process uses too counts.
type Uses struct {
	// What every child must do: locks, reads, writes (shared values and arrays),
	// sends, receives (pipes and queues), calls (a manager), waits, signals
	// (semaphores, events, conditions, barriers, a queue's Wait and Done), or shares: any
	// one of these.
	EachChild []Use `yaml:"each_child"`
	// What the first process must do, in the same words.
	Parent []Use `yaml:"parent"`
}

// Use is one thing that a process does with something that processes share.
type Use string

// uses has a row for each: the operations that are one, and how a sentence says it
// before what it is done to.
var uses = map[Use]struct {
	phrase string
	kinds  []trace.Kind
}{
	"locks":    {"locks", []trace.Kind{trace.Lock, trace.TryLock}},
	"reads":    {"reads", []trace.Kind{trace.Get}},
	"writes":   {"writes", []trace.Kind{trace.Set}},
	"sends":    {"sends through", []trace.Kind{trace.Send}},
	"receives": {"receives from", []trace.Kind{trace.Recv}},
	"calls":    {"calls a manager for", []trace.Kind{trace.Call}},
	"waits":    {"waits for", []trace.Kind{trace.Wait, trace.Acquire}},
	"signals":  {"signals", []trace.Kind{trace.Notify, trace.Release}},
	shares:     {"uses", nil},
}

// shares is any of the others.
const shares Use = "shares"

// Is reports whether an operation is a use of that kind.
func (u Use) Is(k trace.Kind) bool {
	if u != shares {
		return slices.Contains(uses[u].kinds, k)
	}
	for _, other := range uses {
		if slices.Contains(other.kinds, k) {
			return true
		}
	}
	return false
}

// Phrase is the use in a sentence: "sends through" what another process uses too.
func (u Use) Phrase() string { return uses[u].phrase }

// Known reports whether there is such a use.
func (u Use) Known() bool { return uses[u].phrase != "" }

// What processes.needed can be.
const (
	Together = "together"
	Each     = "each"
)

// validateWork checks what is said of the work that children do.
func (d *decoder) validateWork(c *Check, p *Processes, where string) {
	if p.Needed != "" && among(d, &p.Needed, where+": processes.needed", Together, Each) && !c.expectsOutput() {
		d.at(&p.Needed, "%s: processes.needed asks whether the output comes from the children: say what is printed, with stdout or the like", where)
	}
	if p.Used != "" && among(d, &p.Used, where+": processes.used", Each) && p.Needed != Together {
		d.at(&p.Used, "%s: processes.used says more where processes.needed is together, and only there", where)
	}
	if _, given := d.places[&p.Work]; given && (p.Work <= 0 || p.Work > 1) {
		d.at(&p.Work, "%s: processes.work: found %g, needs a share of more than 0 and at most 1", where, p.Work)
	}
	if p.Work != 0 && c.Races != nil {
		d.at(&p.Work, "%s: processes.work is of plain runs: give races a check of its own", where)
	}
}

func (d *decoder) validateUses(c *Check, u *Uses, where string) {
	if len(u.EachChild)+len(u.Parent) == 0 {
		d.at(u, "%s: uses says nothing; it can have each_child or parent", where)
	}
	for key, said := range map[string][]Use{"each_child": u.EachChild, "parent": u.Parent} {
		for i := range said {
			if !said[i].Known() {
				d.at(&said[i], "%s: uses.%s: found %q, can be %s", where, key, said[i], list(useNames()))
			}
		}
	}
	if c.Races != nil {
		d.at(u, "%s: uses is of plain runs: give races a check of its own", where)
	}
}

func useNames() []string {
	var names []string
	for u := range uses {
		names = append(names, string(u))
	}
	slices.Sort(names)
	return names
}

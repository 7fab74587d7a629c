package exercise

import (
	"slices"
	"strings"
)

// Usual are the wrong repairs that are tried on any exercise, whatever it is about.
// A mutant is of such a kind when its name begins with it: printed_answer.go.
var Usual = []string{
	"printed",    // what the program should find out is written into it
	"goroutines", // the work is done by one process's goroutines
	"sleep",      // a sleep stands where a process should be waited for
	"decoys",     // children are started and do nothing; the parent does it all
	"handshake",  // … and wants a sign of them before it ends well
}

// UsualMutants returns the names of the exercise's mutants of a usual kind, sorted.
func (e *Exercise) UsualMutants(kind string) []string {
	var found []string
	for _, name := range sorted(e.Mutants) {
		if name == kind+".go" || strings.HasPrefix(name, kind+"_") {
			found = append(found, name)
		}
	}
	return found
}

func (d *decoder) validateSpared(e *Exercise) {
	for _, kind := range sorted(e.Spared) {
		at := entry{&e.Spared, kind}
		switch of := e.UsualMutants(kind); {
		case !slices.Contains(Usual, kind):
			d.at(at, "spared: found %q, can be %s", kind, list(Usual))
		case strings.TrimSpace(e.Spared[kind]) == "":
			d.at(at, "spared.%s gives no reason", kind)
		case len(of) > 0:
			d.at(at, "spared.%s: but there is %s among the mutants", kind, list(of))
		}
	}
}

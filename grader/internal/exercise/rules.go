package exercise

import "slices"

// Rules are what a submission is refused for, whatever its program does, a sentence
// each. Where says in words where Harmless is written down.
func (e *Exercise) Rules(where string) []string {
	rules := []string{"Taken from you: " + joined(e.Edit, "and") + ", and no other file."}
	if slices.Contains(e.Forbid, Goroutines) {
		rules = append(rules, "Goroutines are refused, also one that only waits: what is done at the same time is done by processes.")
	}
	added, taken := e.added()
	imports := "You may import " + joined(append(added, where), "and")
	if len(taken) > 0 {
		imports += ", but not " + joined(taken, "or") + ": doing without is part of the exercise"
	}
	directives := "Compiler directives (//go:…) are refused"
	if len(e.Allow) > 0 {
		directives += ", but for " + joined(e.Allow, "and")
	}
	return append(rules, imports+".", directives+".")
}

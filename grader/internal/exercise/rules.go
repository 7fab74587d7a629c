package exercise

import (
	"bytes"
	"slices"
)

// Allowed is where an exercise's README finds what every exercise may import.
const Allowed = "[what all exercises allow](../../README.md#what-you-may-import)"

// TellRules is an exercise's README with its rules where it leaves room for them: between
// the lines "<!-- rules -->" and "<!-- end rules -->".
func (e *Exercise) TellRules(readme []byte) []byte {
	open, end := []byte("<!-- rules -->\n"), []byte("<!-- end rules -->")
	before, rest, ok := bytes.Cut(readme, open)
	_, after, ended := bytes.Cut(rest, end)
	if !ok || !ended {
		return readme
	}
	told := slices.Concat(before, open)
	for _, rule := range e.Rules(Allowed) {
		told = append(told, "- "+rule+"\n"...)
	}
	return slices.Concat(told, end, after)
}

// Rules are what a submission is refused for, whatever its program does, a sentence
// each. Where says in words where Harmless is written down.
func (e *Exercise) Rules(where string) []string {
	rules := []string{"Taken from you: " + joined(e.Edit, "and") + ", and no other file."}
	switch names := joined(e.Support, "and"); len(e.Support) {
	case 0:
	case 1:
		rules = append(rules, names+" is the course's: it is built with yours as it is, and no change to it is taken.")
	default:
		rules = append(rules, names+" are the course's: they are built with yours as they are, and no change to them is taken.")
	}
	if slices.Contains(e.Forbid, Goroutines) {
		rules = append(rules, "Goroutines are refused, also one that only waits: what is done at the same time is done by processes.")
	}
	words := func(names []Name) string {
		var all []string
		for _, n := range names {
			if n != Goroutines {
				all = append(all, string(n))
			}
		}
		return joined(all, "and")
	}
	if names := words(e.Forbid); names != "" {
		rules = append(rules, "Refused wherever it stands, since doing without is part of the exercise: "+names+".")
	}
	if names := words(e.Require); names != "" {
		rules = append(rules, "Your files must use "+names+".")
	}
	if len(e.Programs) > 0 {
		rules = append(rules, "Your program may execute "+joined(e.Programs, "and")+", which are on its PATH.")
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

// Package mutate writes wrong repairs of an exercise as students hand them in. In goes a
// right solution; out come Mutants, each with one thing wrong, made by rules over the
// syntax tree and the types. It is pure: it tries none of them.
package mutate

import (
	"fmt"
	"go/format"
	"slices"
	"strings"
)

// Mutant is one wrong repair.
type Mutant struct {
	Rule  string // of Rules
	Name  string // of its file: "no_lock.go"
	What  string // what was changed: "counter.Lock() and counter.Unlock() are left out"
	Lines []int  // … at these of the solution's lines; none: it was written anew
	Text  []byte // begins with the line that keeps it out of the course's own build
	Wrong error  // why it is no program; nil: it is one
	// Doubt is why it may be as right as the solution, as far as checks can see; empty where
	// nothing speaks for that.
	Doubt string
}

// Rule is one way to go wrong.
type Rule struct {
	Name string
	Does string // in a line
	find func(*Program) []change
}

// change is a mutant before it is written.
type change struct {
	name, what, doubt string
	also              string   // tells it from others of its name: no_lock_ALSO.go
	edits             []edit   // of the solution's text
	behind            string   // declarations that go to the file's end
	whole             string   // the whole file, in place of edits
	imports           []string // that it may need beside the solution's
}

// Rules are all there are, in the order in which their mutants are listed.
func Rules() []Rule {
	return []Rule{
		{"no-lock", "what a lock guards is done without it", noLock},
		{"lock-per-process", "every process makes a lock of its own", lockPerProcess},
		{"two-locks", "two processes hold different locks, or one lets go between what it reads and writes", twoLocks},
		{"join-in-loop", "each child is joined before the next is started", joinInLoop},
		{"no-join", "no child is joined", noJoin},
		{"sleep", "a sleep stands where children should be joined", sleepInstead},
		{"printed", "the answer to the first check is printed, whatever is asked", printed},
		{"decoys", "children do nothing, and the parent does it all", decoys},
		{"handshake", "… and wants a sign of them", handshake},
		{"goroutines", "goroutines stand in for processes", goroutines},
		{"one-worker", "one child or one worker is all there is", oneWorker},
		{"receive-after-join", "a child is joined before what it sends is received", receiveAfterJoin},
		{"not-closed", "an end, a pool or a manager stays open", notClosed},
		{"forgets", "on its way out with an error the program forgets something", forgets},
	}
}

// Mutants are those of all rules, or of those that are named. Each has a name of its own.
func (p *Program) Mutants(only ...string) []Mutant {
	var found []Mutant
	for _, r := range Rules() {
		if len(only) > 0 && !slices.Contains(only, r.Name) {
			continue
		}
		for _, c := range named(r.find(p)) {
			m := p.write(r.Name, c)
			same := func(o Mutant) bool { return string(o.Text) == string(m.Text) }
			if !same(Mutant{Text: []byte(constraint + p.text)}) && !slices.ContainsFunc(found, same) {
				found = append(found, m)
			}
		}
	}
	return found
}

// named gives changes that would have the same name different ones: by what tells them
// apart, and by numbers where that does not.
func named(changes []change) []change {
	count := map[string]int{}
	for _, c := range changes {
		count[c.name]++
	}
	taken := map[string]int{}
	for i := range changes {
		c := &changes[i]
		if also := word(c.also); count[c.name] > 1 && also != "" {
			c.name += "_" + also
		}
		if taken[c.name]++; taken[c.name] > 1 {
			c.name = fmt.Sprintf("%s_%d", c.name, taken[c.name])
		}
	}
	return changes
}

// word makes a part of a file's name of an expression or a name: counter.Lock → counter_lock.
func word(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r >= 'A' && r <= 'Z':
			if s := b.String(); s != "" && !strings.HasSuffix(s, "_") {
				b.WriteByte('_')
			}
			b.WriteRune(r - 'A' + 'a')
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	return strings.Trim(b.String(), "_")
}

// constraint is how every mutant begins.
const constraint = "//go:build mutant\n\n"

// write makes a mutant's text: it is changed, then freed of what is no longer used.
func (p *Program) write(rule string, c change) Mutant {
	m := Mutant{Rule: rule, Name: c.name + ".go", What: c.what, Doubt: c.doubt, Lines: p.lines(c.edits)}
	text := c.whole
	if text == "" {
		text = apply(p.text, c.edits)
	}
	if c.behind != "" {
		text = strings.TrimRight(text, "\n") + "\n\n" + c.behind
	}
	text, m.Wrong = p.repair(text, c.imports)
	pretty, err := format.Source([]byte(text))
	if err != nil { // it does not parse, as Wrong says
		pretty = []byte(text)
	}
	m.Text = append([]byte(constraint), pretty...)
	return m
}

package exercise

import (
	"errors"
	"path"
	"slices"
	"strings"
)

// Hold forces an order of file steps: the first process that is about to do one step is
// stopped there until another process is about to do the other. It is written "create
// counter.lock until write counter"; without "until", both are the same step, so that two
// processes are about to make it before either does.
type Hold struct{ At, Until FileStep }

// FileStep is what a process does to a file: it creates (or makes, links or renames to)
// what the pattern names, writes to it, changes it in either way, or removes (or renames)
// it.
type FileStep struct{ Does, Name string }

// does are the changes that there are.
var does = []string{"create", "write", "change", "remove"}

const stepPattern = `^(create|write|change|remove) \S+$`

const holdPattern = `^(create|write|change|remove) \S+( until (create|write|change|remove) \S+)?$`

func (h *Hold) parse(text string) error {
	at, until, two := strings.Cut(text, " until ")
	if !two {
		until = at
	}
	if h.At.parse(at) != nil || h.Until.parse(until) != nil {
		return errors.New("create, write, change or remove and the name of a file, or two such steps: create counter.lock until change counter")
	}
	return nil
}

func (s *FileStep) parse(text string) error {
	s.Does, s.Name, _ = strings.Cut(text, " ")
	if _, err := path.Match(s.Name, ""); err != nil || !slices.Contains(does, s.Does) || !absentForm().MatchString(s.Name) {
		return errors.New("create, write, change or remove and the name of a file, or a pattern, such as remove *.lock")
	}
	return nil
}

func (s FileStep) String() string { return s.Does + " " + s.Name }

func (h Hold) String() string {
	if h.Until == h.At {
		return h.At.String()
	}
	return h.At.String() + " until " + h.Until.String()
}

// validateHold checks the orders that a check forces.
func (d *decoder) validateHold(c *Check, where string) {
	if c.Hold != nil && len(c.Hold) == 0 {
		d.at(&c.Hold, "%s is empty: it forces no order", where)
	}
	if len(c.Hold) > 0 && c.Races != nil {
		d.at(&c.Hold, "%s is of plain runs: give races a check of its own", where)
	}
	if len(c.Hold) > mostHolds {
		d.at(&c.Hold, "%s: found %d, needs %d at most: each can take a second or two", where, len(c.Hold), mostHolds)
	}
}

// mostHolds is how many orders a check can force on a run.
const mostHolds = 8

// Steps is what every child must do to files.
type Steps struct{ EachChild []FileStep }

func (x *Steps) words() []string {
	words := []string{"steps"}
	for _, s := range x.EachChild {
		words = append(words, "each-child="+s.String())
	}
	return words
}

func readSteps(c *Claim, _ bool, words []string) (Expectation, error) {
	if len(words) == 0 {
		return nil, c.usage(-1)
	}
	x := &Steps{}
	for i, word := range words {
		who, text, _ := strings.Cut(word, "=")
		var s FileStep
		if who != "each-child" {
			return nil, c.usage(i)
		}
		if err := s.parse(text); err != nil {
			return nil, wrong(i, "expect steps: %s needs %v", word, err)
		}
		x.EachChild = append(x.EachChild, s)
	}
	return x, nil
}

// Steps are the file steps that are claimed of the script's runs.
func (s *Script) Steps() []FileStep {
	var all []FileStep
	for _, c := range s.Calls {
		for _, x := range c.Claims {
			if steps, ok := x.(*Steps); ok {
				all = append(all, steps.EachChild...)
			}
		}
	}
	return all
}

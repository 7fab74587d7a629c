package site

import (
	"fmt"
	"slices"
	"strings"

	"lockstep/grader/internal/build"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/publish"
)

// Where a page's own parts begin.
const (
	goalID    = "the-goal"
	ideaID    = "the-idea"
	checksID  = "what-is-marked"
	importsID = "what-you-may-import" // as the course's README has it
)

// task is what students get of an exercise beside its text.
type task struct {
	*exercise.Exercise
	Checks []check // that are not hidden
	Hidden int     // points of the others
	Files  []file
}

// check is what students may know of one.
type check struct {
	*exercise.Check
	Runs  []string // command lines; none: a script says it
	How   []string // else that is done
	After []string // checks that come before it
}

// file is one of the starter's.
type file struct {
	Name, ID, Text string
	Given          bool // it is the course's, and not the student's to change
}

func newTask(e *exercise.Exercise) (*task, error) {
	t := &task{Exercise: e, Hidden: e.Points - publish.VisiblePoints(e)}
	known := map[string]bool{}
	for i := range e.Checks {
		c := &e.Checks[i]
		if known[c.Name] = !c.Hidden; c.Hidden {
			continue
		}
		t.Checks = append(t.Checks, newCheck(c, known))
	}
	names := append(slices.Clone(e.Edit), e.Support...)
	texts, err := build.Sources(e.Dir, names...)
	if err != nil {
		return nil, err
	}
	for i, name := range names {
		t.Files = append(t.Files, file{name, fmt.Sprintf("file-%d", i+1), string(texts[name]), i >= len(e.Edit)})
	}
	return t, nil
}

func newCheck(c *exercise.Check, known map[string]bool) check {
	shown := check{Check: c}
	for _, name := range c.Needs {
		if known[name] {
			shown.After = append(shown.After, name)
		}
	}
	run := func(r *exercise.Run) {
		words := []string{"program"}
		for _, arg := range r.Args {
			arg = exercise.TellDraws(arg)
			if arg == "" || strings.ContainsAny(arg, " \t'\"") {
				arg = "'" + arg + "'"
			}
			words = append(words, arg)
		}
		shown.Runs = append(shown.Runs, strings.Join(words, " "))
	}
	how := func(is bool, format string, args ...any) {
		if is {
			shown.How = append(shown.How, fmt.Sprintf(format, args...))
		}
	}
	switch {
	case c.Published != nil:
		run(&exercise.Run{Args: c.Published.Args})
	case c.Run != nil:
		run(c.Run)
	case c.Speedup != nil:
		run(c.Speedup.Serial)
		run(c.Speedup.Parallel)
	}
	how(c.Repeat > 1, "%d times", c.Repeat)
	how(c.Races != nil, "in every interleaving")
	how(c.Races != nil && c.Races.Deaths > 0, "with processes killed")
	how(c.GoroutineRaces, "with the race detector")
	how(c.Speedup != nil, "compared in speed")
	for _, s := range c.Signals {
		how(true, "sent %s", s)
	}
	how(c.Script != nil, "by a script")
	return shown
}

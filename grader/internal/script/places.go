package script

import (
	"slices"
	"strings"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/explore/detect"
	"lockstep/grader/internal/source"
	"lockstep/mp/trace"
)

// mostPlaces is how many lines a claim names at most: more tell nobody where to look.
const mostPlaces = 3

// point notes in claims that do not hold which lines of the program have to do with it.
func (s *state) point() {
	var program *source.Program
	for i := range s.record.Claims {
		c := &s.record.Claims[i]
		if c.Holds || c.Unseen {
			continue
		}
		if program == nil {
			program = source.Read(s.request.Sources)
		}
		var o *box.Observation
		if c.Run < len(s.record.Runs) {
			o = s.record.Runs[c.Run].Observation
		}
		c.Places = placesOf(c, program, o)
	}
}

// Place is a line of the program's, and what it has to do with what was seen.
type Place struct {
	trace.Site
	Does string // "which starts printSquare"
}

func (p Place) String() string { return p.Site.String() + ", " + p.Does }

// placesOf are the lines that a claim's failing has to do with; o is its run's, and may be
// nil.
func placesOf(c *Claim, program *source.Program, o *box.Observation) []Place {
	l := &places{program: program}
	var children []box.Process
	if o != nil {
		children = o.Processes[min(1, len(o.Processes)):]
	}
	switch c.Outcome {
	case exercise.OfJoined:
		l.starts(slices.DeleteFunc(slices.Clone(children), func(p box.Process) bool { return p.State == box.Joined }))
	case exercise.OfChildren, exercise.OfSignals, exercise.OfDistinctPIDs, exercise.OfAtOnce, "processes limit", "started limit":
		l.starts(children)
	case exercise.OfOverlap:
		if l.starts(children); len(children) > 0 {
			l.add("which waits for a child", program.Joins...)
		}
	case exercise.OfWork, exercise.OfMemory, exercise.OfFiles:
		l.functions(children)
	case exercise.OfUses:
		if who, _, _ := strings.Cut(c.Want, " "); who != "main" {
			l.function(who)
		} else {
			l.starts(children)
		}
	case exercise.OfStdout:
		l.prints(c, o)
	case "wall limit", exercise.OfDialogue, exercise.Outcome(detect.EndLeftOpen):
		l.add("which receives", program.Receives...)
		l.add("which waits for a child", program.Joins...)
	case exercise.OfExit:
		// What nobody made here came from a child's end, or was not heeded.
		if l.errors(o); len(l.found) == 0 {
			l.add("which waits for a child", program.Joins...)
		}
	}
	return l.found
}

// places are collected, each line once.
type places struct {
	program *source.Program
	found   []Place
}

func (l *places) add(does string, sites ...trace.Site) {
	for _, at := range sites {
		if len(l.found) < mostPlaces && !slices.ContainsFunc(l.found, func(p Place) bool { return p.Site == at }) {
			l.found = append(l.found, Place{at, does})
		}
	}
}

// starts adds where processes are started, or may be if there are none.
func (l *places) starts(children []box.Process) {
	if len(children) == 0 {
		l.add("which starts a child", l.program.AllStarts()...)
		l.add("which makes a pool", l.program.Pools...)
		if len(l.found) == 0 && l.program.Main != (trace.Site{}) {
			l.add("where main begins: no line starts a child", l.program.Main)
		}
	}
	for _, p := range children {
		switch name := taskOf(p.Name()); {
		case name == poolWorker:
			l.add("which makes a pool", l.program.Pools...)
		case name == "":
			l.add("which names another program", l.program.Commands...)
		default:
			l.add("which starts "+name, l.program.Starts(name)...)
		}
	}
}

// functions adds what processes do, or what the program's would if there are none.
func (l *places) functions(children []box.Process) {
	if len(children) == 0 {
		for _, name := range l.program.Functions() {
			l.function(name)
		}
		if len(l.found) == 0 {
			l.starts(nil)
		}
	}
	for _, p := range children {
		l.function(p.Name())
	}
}

func (l *places) function(name string) {
	task := taskOf(name)
	if at, ok := l.program.Function(task); ok {
		l.add("the function of "+task, at)
	}
}

// poolWorker is what all workers of pools are called.
const poolWorker = "mp.worker"

// taskOf is what the children of a name with a number have in common: "work-1" is one of
// work.
func taskOf(name string) string {
	if i := strings.LastIndexByte(name, '-'); i >= 0 {
		return name[:i]
	}
	return name
}

// prints adds where a line is printed that should not be, or else where one like that
// would be which is missing.
func (l *places) prints(c *Claim, o *box.Observation) {
	want, got := splitLines(c.Want), splitLines(c.Got)
	if !c.Whole && o != nil {
		want, got = nil, splitLines(string(o.Stdout.Bytes))
	}
	if line, ok := lineBeyond(got, want); ok {
		l.few("which prints it", l.program.Prints(line))
	} else if line, ok := lineBeyond(want, got); ok {
		l.few("which prints such a line", l.program.Prints(line))
	} else {
		for i := range min(len(got), len(want)) {
			if got[i] != want[i] {
				l.few("which prints it", l.program.Prints(got[i]))
				return
			}
		}
	}
}

// errors adds where what a program says of its end is made.
func (l *places) errors(o *box.Observation) {
	if o == nil {
		return
	}
	for _, line := range splitLines(string(o.Stderr.Bytes)) {
		if made := l.program.Errors(line); len(made) > 0 {
			l.few("which makes the error", made)
		} else if who, _, says := strings.Cut(line, ": "); says && !strings.Contains(who, " ") {
			l.function(who)
		}
	}
}

// few adds places if they are few enough for one of them to be meant.
func (l *places) few(does string, sites []trace.Site) {
	if len(sites) <= mostPlaces {
		l.add(does, sites...)
	}
}

// lineBeyond is the first line of a list that another has less often.
func lineBeyond(lines, others []string) (string, bool) {
	left := map[string]int{}
	for _, line := range others {
		left[line]++
	}
	for _, line := range lines {
		if left[line]--; left[line] < 0 {
			return line, true
		}
	}
	return "", false
}

func splitLines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

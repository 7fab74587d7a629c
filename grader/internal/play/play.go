// Package play lets a person decide which process goes on. In go an exercise's check, a
// student's program and what the person presses; out come positions of the program, on a
// terminal or as a page in a browser.
//
// A position is what a schedule leads to, and nothing is kept of it but that: each is shown
// by a run that is made from the beginning and held there. One step back is the schedule
// without its last step.
package play

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/progress"
	"lockstep/grader/internal/replay"
	"lockstep/grader/internal/report"
	"lockstep/grader/internal/terminal"
	"lockstep/grader/internal/usage"
)

// Options say what is played, and where.
type Options struct {
	Course   string
	Tree     string // that the program is taken from
	Exercise *exercise.Exercise
	Asked    replay.Asked
	Seed     uint64
	Begin    string         // the schedule of the first position
	Work     *progress.Work // where a schedule is remembered; nil: of work that is not one's own, it is told
	In       io.Reader
	Out      io.Writer
	Err      io.Writer
	// Serve, when not nil, plays elsewhere than on a terminal, until the context ends.
	Serve func(context.Context, *Session) error
}

// Run plays until the person leaves or the context ends. It reports whether the program
// could be played; otherwise it has said why not.
func Run(ctx context.Context, o Options) (played bool, err error) {
	status := terminal.NewStatus(o.Err, []string{o.Exercise.ID})
	defer status.Close()
	how := o.Asked.Options(grading.Options{Jobs: runtime.NumCPU(), Whole: true, Began: func(exercise, check string) {
		if !played {
			status.Began(exercise, check)
		}
	}}, nil)
	var broke error
	how.Replay.Play = func(ctx context.Context, p *explore.Play) error {
		status.Close()
		played = true
		s := New(p, o)
		s.style = terminal.Style(o.Out)
		broke = s.play(ctx, o)
		return broke
	}
	results, err := grading.Grade(ctx, o.Course, []grading.Task{o.Asked.Task}, how)
	status.Close()
	var unfit *explore.Unfit
	switch {
	case errors.As(broke, &unfit):
		fmt.Fprintf(o.Out, "%s can't be played: %s\n", o.Exercise.ID, unfit.Obstacle.Why())
		return false, nil
	case errors.Is(broke, context.Canceled):
		return true, nil
	case broke != nil:
		return true, broke
	case played || err != nil:
		return played, err
	}
	_, err = o.Asked.Write(o.Out, results[0])
	return false, err
}

// lineOf is the run that a script explores, as a person reads it, and how many processes
// may be killed in it.
func lineOf(s plan.Script) (line string, deaths int) {
	for _, c := range s.Calls {
		if c.Name == "interleavings" {
			return strings.Join(append([]string{"program"}, c.Args...), " "), c.Deaths
		}
	}
	return "program", 0
}

func (s *Session) play(ctx context.Context, o Options) error {
	first, err := s.At(ctx, o.Begin, false)
	if departed := (*explore.Departed)(nil); errors.As(err, &departed) {
		return usage.Errorf("cannot begin at %s: %w", o.Begin, err)
	} else if err != nil {
		return err
	}
	s.Now = first
	switch {
	case o.Serve != nil:
		return o.Serve(ctx, s)
	case terminal.Is(o.Out) && terminal.Reads(o.In):
		return s.interact(ctx, o.In, o.Out)
	}
	return s.script(ctx, o.In, o.Out)
}

// Session is a program under way. Its methods are called one at a time.
type Session struct {
	Exercise *exercise.Exercise
	Check    *exercise.Check
	Line     string            // what is run: "program 3 1"
	Deaths   int               // how many processes may be killed in it
	Sources  map[string][]byte // by file
	Now      *explore.Position // where it stands on a terminal, and where it began elsewhere

	program *explore.Play
	seed    uint64
	tree    string
	style   report.Style
	work    *progress.Work
	known   map[string]*explore.Position // by schedule
	killing bool                         // the next key says who is killed
}

// New is a session of a program.
func New(p *explore.Play, o Options) *Session {
	job := o.Asked.Task.Job
	line, deaths := lineOf(job.Scripts[0])
	return &Session{
		Exercise: o.Exercise, Check: &job.Exercise.Checks[0], Line: line, Deaths: deaths, Sources: o.Asked.Task.Work.Files,
		program: p, seed: o.Seed, tree: o.Tree, work: o.Work, known: map[string]*explore.Position{},
	}
}

// mostKnown bounds how many positions are kept.
const mostKnown = 2000

// At is the position that a schedule leads to. lone: or the next at which two can go on.
func (s *Session) At(ctx context.Context, schedule string, lone bool) (*explore.Position, error) {
	if p := s.known[schedule]; p != nil && !lone {
		return p, nil
	}
	p, err := s.program.At(ctx, schedule, lone)
	if err != nil {
		return nil, err
	}
	if len(s.known) >= mostKnown {
		clear(s.known)
	}
	s.known[p.Schedule] = p
	return p, nil
}

// back is the position before the last at which somebody was let go; nil: there is none.
func (s *Session) back(ctx context.Context, p *explore.Position) (*explore.Position, error) {
	if len(p.Choices) == 0 {
		return nil, nil
	}
	schedule, err := explore.Cut(p.Schedule, p.Choices[len(p.Choices)-1])
	if err != nil {
		return nil, err
	}
	return s.At(ctx, schedule, false)
}

// alone is the only process that can go on; -1: there are several, or none.
func alone(p *explore.Position) int {
	found := -1
	for i := range p.Processes {
		if p.Processes[i].State == explore.Ready {
			if found >= 0 {
				return -1
			}
			found = i
		}
	}
	return found
}

// patience is how long it is looked whether a program can still fail.
const patience = 3 * time.Second

// CanFail says whether the program can still fail.
func (s *Session) CanFail(ctx context.Context, p *explore.Position) (*explore.Prospect, error) {
	if p.Over == nil {
		return s.program.CanFail(ctx, p.Schedule, patience)
	}
	if p.Over.Failed {
		return &explore.Prospect{Answer: explore.Yes, Text: "it has: " + p.Over.Text, Schedule: p.Schedule}, nil
	}
	return &explore.Prospect{Answer: explore.No, Text: "it has ended, and did not"}, nil
}

// Goal says what is to be brought about, and whether it has been.
func (s *Session) Goal(p *explore.Position) (text string, met bool) {
	g := s.Check.Play
	if g == nil {
		return "", false
	}
	switch text = g.Words(); g.Goal {
	case exercise.LosesUpdate:
		met = p.Lost >= max(g.Times, 1)
		if g.Times > 1 && !met {
			text += fmt.Sprintf(" (%d so far)", p.Lost)
		}
	case exercise.HasRace:
		met = len(p.Races) > 0
	case exercise.Deadlocks:
		met = p.Over != nil && p.Over.Circle
	case exercise.GoesWrong:
		met = p.Over != nil && p.Over.Failed
	}
	return text, met
}

// Save keeps a position's schedule, and says how it is run again.
func (s *Session) Save(p *explore.Position) (string, error) {
	if p.Schedule == "" {
		return "nothing has been done yet", nil
	}
	if s.work == nil {
		return fmt.Sprintf("grader replay --submission %s --check '%s' --seed %d --schedule %s %s", s.tree, s.Check.Name, s.seed, p.Schedule, s.Exercise.Number()), nil
	}
	err := s.work.Change(func(all *progress.Progress) {
		all.Of(s.Exercise.ID).Shown = &progress.Shown{Check: s.Check.Name, Schedule: p.Schedule, Seed: s.seed}
	})
	return "make replay " + s.Exercise.Typed(), err
}

package main

import (
	"context"
	"io"

	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/play"
	"lockstep/grader/internal/replay"
	"lockstep/grader/internal/usage"
)

const playExamples = `  grader play 10                          let the processes of your program go one at a time
  grader play --web 10                    … in a browser, where the grader was built with -tags web
  grader play --submission solutions 10   … those of another program
  echo 0012 | grader play 10              without a terminal, each line holds keys
`

// servePage serves a page of what is played, its address to out; nil in a grader that was
// built without: see web.go.
var servePage func(ctx context.Context, s *play.Session, out, words io.Writer) error

// runPlay lets a person decide which process goes on.
func runPlay(ctx context.Context, c *cli) error {
	tree := c.flags.String("submission", "", "take the edited files from `DIR`")
	schedule := c.flags.String("schedule", "", "begin where the schedule `S` leads to")
	name := c.flags.String("check", "", "the `NAME` of the check; by default the first that explores interleavings")
	seed := c.flags.Uint64("seed", 1, "draw open arguments from `N`")
	web := c.flags.Bool("web", false, "on a page in a browser, which only this machine can open")
	args, err := c.parse(playExamples)
	if err != nil {
		return err
	}
	if *web && servePage == nil {
		return usage.Errorf("this grader was built without the page; make play WEB=1 builds one that has it")
	}
	w, err := c.openWork()
	if err != nil {
		return err
	}
	e, err := c.current(args)
	if err != nil {
		return err
	}
	if *schedule != "" {
		if err := explore.CheckSchedule(*schedule); err != nil {
			return &usage.Error{Err: err}
		}
	}
	if *tree == "" {
		*tree = c.course
	} else {
		w = nil // somebody else's work is not remembered
	}
	asked, err := replay.Read(*tree, e, *name, "", *seed)
	if err != nil {
		return err
	}
	o := play.Options{Course: c.course, Tree: *tree, Exercise: e, Asked: asked, Seed: *seed, Begin: *schedule, Work: w, In: c.in, Out: c.out, Err: c.err}
	if *web {
		o.Serve = func(ctx context.Context, s *play.Session) error { return servePage(ctx, s, c.out, c.err) }
	}
	played, err := play.Run(ctx, o)
	if err == nil && !played {
		return errFailed
	}
	return err
}

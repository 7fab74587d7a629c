package explore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/explore/control"
	"lockstep/grader/internal/explore/model"
	"lockstep/grader/internal/explore/search"
	"lockstep/mp/trace"
)

// Idle is a run in which some of the work was left out: the children were started
// and ended well, and the functions that they are for were not called. What the
// program still gets right then, it does not owe to them.
type Idle struct {
	Left  []string // what was left out: "worker-2", "task 3 of square"
	Right bool     // the run came to its end, and all that was expected held
	Long  bool     // it was given up before its end: nothing is known

	began bool
}

// mostIdle bounds the runs of RunIdle that leave out one piece of work.
const mostIdle = 24

// RunIdle runs a program with all the work of its children left out, and then, if
// one is set, with that of one child or task at a time. Of the request it takes
// Command, Budget (of each run), Sources, Processes and Expect. Each run is held, under one
// schedule. obstacle says that the program can't be held, in which case only the first
// run says anything. The error is the grader's or the machine's, and ErrUnavailable where
// exploring is not possible.
func RunIdle(ctx context.Context, r Request, one bool) (runs []Idle, obstacle Obstacle, err error) {
	program, err := control.New(r.Command, r.Processes || mayStart(r.Sources))
	if err != nil {
		return nil, "", err
	}
	defer func() {
		if closing := program.Close(); err == nil {
			err = closing
		}
	}()
	all, work, err := idle(ctx, program, r, func(piece) bool { return true })
	var unfit *model.Unfit
	if errors.As(err, &unfit) {
		return nil, unfit.Obstacle, nil
	}
	if err != nil {
		return nil, "", err
	}
	if !all.began && !all.Long {
		return nil, Elsewhere, nil
	}
	if all.Long {
		// The first process does that much by itself: it is not held, and goes on until it
		// ends or reaches a limit.
		seen, err := control.RunIdle(ctx, box.Run, r.Command)
		if err != nil {
			return nil, "", err
		}
		all.Long, all.Right = false, seen.Hit == nil && r.Expect(seen) == ""
	}
	runs = append(runs, all)
	if one && len(work) > 0 && !all.Right {
		// With nothing left out, children of children and later tasks are there too.
		_, work, err = idle(ctx, program, r, func(piece) bool { return false })
		for _, w := range work[:min(len(work), mostIdle)] {
			if err != nil || runs[len(runs)-1].Long {
				break
			}
			var without Idle
			without, _, err = idle(ctx, program, r, func(other piece) bool { return other == w })
			runs = append(runs, without)
		}
	}
	return runs, program.Obstacle(), err
}

// piece is something that a process other than the first does for the program: all
// that a child is for, or one task of a pool.
type piece struct {
	path string // the child's
	task string // … or the task's name
	item int    // … and which item of its map
}

// pieceOf returns what begins with an operation; false: nothing does.
func pieceOf(path string, op *trace.Event) (p piece, title string, ok bool) {
	switch op.Kind {
	case trace.Begin:
		target := op.Name[:max(strings.LastIndexByte(op.Name, '-'), 0)]
		return piece{path: path}, op.Name, path != "0" && target != model.WorkerName
	case trace.Task:
		return piece{task: op.Name, item: op.Index}, fmt.Sprintf("task %d of %s", op.Index+1, op.Name), true
	}
	return piece{}, "", false
}

// idle makes one run in which some pieces are left out, and returns all that it came to.
func idle(ctx context.Context, program *control.Program, r Request, left func(piece) bool) (run Idle, work []piece, err error) {
	program.LeaveOut = func(path string, op *trace.Event) bool {
		p, _, ok := pieceOf(path, op)
		return ok && left(p)
	}
	budget := r.Budget
	if budget <= 0 {
		budget = DefaultBudget
	}
	// One operation may take the budget, and is then a hang.
	ctx, cancel := context.WithTimeoutCause(ctx, 2*budget, errIdleLong)
	defer cancel()
	e, _, err := search.Follow(ctx, program, model.Options{Ordered: true}, nil, nil)
	if context.Cause(ctx) == errIdleLong {
		err, run.Long = nil, true
	}
	if err != nil {
		return run, nil, err
	}
	if e != nil {
		run.began = began(e)
		for i := range e.World.Events {
			ev := &e.World.Events[i]
			p, title, ok := pieceOf(e.World.PathOf(ev.Proc), &ev.Op)
			if !ok {
				continue
			}
			if slices.Contains(work, p) {
				continue // of a second map
			}
			work = append(work, p)
			if left(p) {
				run.Left = append(run.Left, title)
			}
		}
		run.Long = run.Long || e.Ending == search.Limited && (e.Observed == nil || e.Observed.Hit == nil)
		run.Right = !run.Long && e.Ending == search.Ended && e.Observed != nil && r.Expect(e.Observed) == ""
	}
	return run, work, nil
}

var errIdleLong = errors.New("a run without its work takes more than its budget")

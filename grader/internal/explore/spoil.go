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

// Spoilt is a run in which some of the children's work was spoilt. What the program
// still gets right then, it does not owe to them.
type Spoilt struct {
	Way   Way
	Work  []string // whose: "worker-2", "task 3 of square"
	Right bool     // the run came to its end, and all that was expected held
	Long  bool     // it was given up before its end: nothing is known
	Bare  bool     // Changed: there was nothing to change, or withhold
	Files bool     // … and the program's text names ways to hand over something without mp

	began   bool
	circles bool // it went round in a circle for so long that it may do so for ever, or only for a while
}

// Way is how work is spoilt.
type Way uint8

const (
	LeftOut Way = iota // the children are started and end well; the functions that they are for are not called
	Changed            // they do it; all that they hand over is changed, and what they print is withheld
)

// Spoil says which runs are made.
type Spoil struct {
	Each bool // the work of one child, or one task, is left out at a time
	Used bool // what one child, or one task, hands over is changed at a time
}

// mostStarted bounds a program that starts more and more children because those before have
// done nothing, as a supervisor does. Most such programs go on for ever, and who gives up
// and does the work itself does so sooner.
const mostStarted = 3 * model.MaxProcs

// mostPieces bounds the runs of each way that spoil one piece of work.
const mostPieces = 24

// RunSpoilt runs a program with all the work of its children left out, then with all that
// they hand over changed, and then, as asked, with that of one child or task at a time. It
// stops at the first run that is right although something was spoilt. Of the request it
// takes Command, Budget (of each run), Sources, Processes and Expect. A command with
// signals or a dialogue has runs of the first two kinds, which go on by themselves, for
// what comes from outside comes when it comes. Any other run is held, under one schedule; a child that
// alone has what it hands over changed goes last, so that nobody makes good for it
// afterwards, and if that comes out right, first, so that nobody has done it before.
// obstacle says that the program can't be held, in which case only the first run says
// anything. The error is the grader's or the machine's, and ErrUnavailable where exploring
// is not possible.
func RunSpoilt(ctx context.Context, r Request, s Spoil) (runs []Spoilt, obstacle Obstacle, err error) {
	program, err := control.New(r.Command, r.Processes || mayStart(r.Sources))
	if err != nil {
		return nil, "", err
	}
	defer func() {
		if closing := program.Close(); err == nil {
			err = closing
		}
	}()
	x := &spoiler{ctx: ctx, program: program, request: r}
	err = x.all(s)
	var unfit *model.Unfit
	if errors.As(err, &unfit) {
		return nil, unfit.Obstacle, nil
	}
	if err != nil {
		return nil, "", err
	}
	if !x.runs[0].began {
		return nil, Elsewhere, nil
	}
	return x.runs, program.Obstacle(), nil
}

// spoiler makes the runs.
type spoiler struct {
	ctx     context.Context
	program *control.Program
	request Request
	runs    []Spoilt
}

// all makes one run after the other, until one says enough.
func (x *spoiler) all(s Spoil) error {
	if c := x.request.Command; len(c.Signals) > 0 || len(c.Dialogue) > 0 {
		err := x.sent(LeftOut)
		if err == nil && !x.over() {
			err = x.sent(Changed)
		}
		return err
	}
	everything := func(piece) bool { return true }
	_, err := x.run(LeftOut, search.Rank{}, false, everything)
	if err != nil || x.over() || !x.runs[0].began {
		return err
	}
	work, err := x.run(Changed, search.Rank{}, false, everything)
	if err != nil || x.over() {
		return err
	}
	if len(work) == 0 && (s.Each || s.Used) {
		x.runs = append(x.runs, Spoilt{Way: Changed, Long: true}) // it came to no child while it was held
	}
	work = work[:min(len(work), mostPieces)]
	for _, w := range work {
		if err := x.one(s, w); err != nil || x.over() {
			return err
		}
	}
	return nil
}

// one makes the runs in which one piece is spoilt.
func (x *spoiler) one(s Spoil, w piece) error {
	only := func(other piece) bool { return other == w }
	if s.Each {
		if _, err := x.run(LeftOut, search.Rank{}, true, only); err != nil || x.over() {
			return err
		}
	}
	if !s.Used {
		return nil
	}
	_, err := x.run(Changed, search.Rank{Last: w.path}, true, only)
	if first := len(x.runs) - 1; err == nil && x.runs[first].Right && w.path != "" {
		x.runs = x.runs[:first]
		_, err = x.run(Changed, search.Rank{First: w.path}, true, only)
	}
	return err
}

func (x *spoiler) over() bool {
	last := x.runs[len(x.runs)-1]
	return last.Long || last.Right && !last.Files
}

// run makes one run in which one piece, or all of them, are spoilt, held or, where that
// takes too long and all are, not. It returns all pieces that the run came to.
func (x *spoiler) run(way Way, rank search.Rank, one bool, spoilt func(piece) bool) ([]piece, error) {
	run, work, err := x.held(way, rank, spoilt)
	starts := !one && x.program.Overlook(model.Processes)
	if err != nil && !starts {
		return nil, err
	}
	if starts || (run.Long || run.circles) && !one {
		// So much is done in one process, or in so many steps. Now it goes on by itself
		// until it ends or reaches a limit.
		c := x.request.Command
		if starts {
			c.Limits.Started = mostStarted
		}
		seen, err := x.free(way, c)
		if err != nil {
			return nil, err
		}
		run.Right, run.Long, run.Bare, run.began = x.right(seen), false, false, true
	}
	x.runs = append(x.runs, run)
	return work, nil
}

// free makes one run in which all is spoilt and that nobody holds.
func (x *spoiler) free(way Way, c box.Command) (*box.Observation, error) {
	run := control.RunIdle
	if way == Changed {
		run = control.RunPlanted
	}
	return run(x.ctx, box.Run, c)
}

// right reports whether a run came to its end, and all that was expected held.
func (x *spoiler) right(seen *box.Observation) bool {
	return seen.Exceeded == nil && x.request.Expect(seen) == Fault{}
}

// sent makes such a run of a program that is sent something while it runs.
func (x *spoiler) sent(way Way) error {
	seen, err := x.free(way, x.request.Command)
	if err != nil {
		return err
	}
	run := Spoilt{Way: way, Right: x.right(seen), began: true}
	run.Files = way == Changed && x.handsFiles()
	run.Bare = run.Files // nobody has seen what was handed over
	for _, p := range seen.Processes[min(1, len(seen.Processes)):] {
		switch {
		case p.Name() == "":
			return &model.Unfit{Obstacle: Foreigners}
		case !p.Manager():
			run.Work = append(run.Work, p.Name())
		}
	}
	x.runs = append(x.runs, run)
	return nil
}

// handsFiles reports whether the program's text names ways to hand over something without
// package mp.
func (x *spoiler) handsFiles() bool {
	return mentions(x.request.Sources, "WriteFile", "OpenFile", "os.Create", "os.Mkdir", "os.OpenRoot", `"net`, `"syscall"`)
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

// held makes one run that is held.
func (x *spoiler) held(way Way, rank search.Rank, spoilt func(piece) bool) (run Spoilt, work []piece, err error) {
	run.Way = way
	grant := trace.Idle
	if way == Changed {
		grant = trace.Plant
	}
	x.program.Spoil = func(path string, op *trace.Event) trace.Grant {
		if p, _, ok := pieceOf(path, op); ok && spoilt(p) {
			return grant
		}
		return 0
	}
	x.program.Withheld.Store(false)
	budget := x.request.Budget
	if budget <= 0 {
		budget = DefaultBudget
	}
	// One operation may take the budget, and is then a hang.
	ctx, cancel := box.WithAllowance(x.ctx, 2*budget, errSpoiltLong)
	defer cancel()
	e, err := search.Ranked(ctx, x.program, model.Options{Ordered: true}, rank)
	if context.Cause(ctx) == errSpoiltLong {
		err, run.Long = nil, true
	}
	if err != nil || e == nil {
		return run, nil, err
	}
	run.began = began(e)
	run.Bare = way == Changed && !x.program.Withheld.Load()
	work, died, failed := run.account(e.World, spoilt)
	run.Files = run.Bare && x.handsFiles()
	run.Long = run.Long || e.Ending == search.Limited && (e.Observed == nil || e.Observed.Exceeded == nil)
	run.circles = e.Ending == search.Livelocked
	run.Right = !run.Long && e.Ending == search.Ended && e.Observed != nil && x.request.Expect(e.Observed) == Fault{}
	if died && run.Bare && rank != (search.Rank{}) {
		run.Right = false // its death is what the others learn of it, and that can't be changed
	}
	if failed && way == Changed && rank != (search.Rank{}) {
		run.Right = false // nor can that it has failed, which its parent may go by
	}
	return run, work, nil
}

// account lists the pieces of work of a run, keeps in mind which of them were spoilt and
// whether these handed anything over, and reports whether a process died within one, or ended
// with an error.
func (run *Spoilt) account(w *model.World, spoilt func(piece) bool) (work []piece, died, failed bool) {
	doing := map[model.ID]bool{} // processes within a piece that is spoilt
	for i := range w.Events {
		ev := &w.Events[i]
		died = died || doing[ev.Proc] && ev.Phase == model.Dies
		failed = failed || doing[ev.Proc] && ev.Op.Kind == trace.Exit && ev.Op.Arg != "" && ev.Op.Arg != "0"
		run.Bare = run.Bare && !(doing[ev.Proc] && handsOver(&ev.Op))
		p, title, ok := pieceOf(w.PathOf(ev.Proc), &ev.Op)
		if !ok {
			continue
		}
		doing[ev.Proc] = spoilt(p)
		run.Bare = run.Bare && !(doing[ev.Proc] && ev.Op.Kind == trace.Task)
		if slices.Contains(work, p) {
			continue // of a second map
		}
		work = append(work, p)
		if spoilt(p) {
			run.Work = append(run.Work, title)
		}
	}
	return work, died, failed
}

// handsOver reports whether an operation gives a value to whoever wants it.
func handsOver(op *trace.Event) bool {
	return op.Kind == trace.Send || op.Operation().Has(trace.Writes)
}

var errSpoiltLong = errors.New("a run with work that is spoilt takes more than its budget")

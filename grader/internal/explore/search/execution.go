package search

import (
	"context"
	"slices"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/explore/model"
	"lockstep/mp/trace"
)

// Ending says how a run came to its end.
type Ending string

const (
	Ended      Ending = "ended"
	Deadlocked Ending = "deadlocked"
	Livelocked Ending = "livelocked"
	Hung       Ending = "hung"    // a process runs without coming to an operation
	Outside    Ending = "outside" // … and comes to one when others have gone on: it waited for what the model does not know
	Limited    Ending = "limited" // a limit of the box, or of the number of steps, was reached
	Asleep     Ending = "asleep"  // the run would only repeat another, or was given up
)

// Execution is one run.
type Execution struct {
	World    *model.World
	Ending   Ending
	Waits    []model.Waiting // of processes that can't go on, when it did not end
	Observed *box.Observation
	Threads  bool   // the program's goroutines make operations
	New      bool   // no run before it was the same but for the order of what does not concern each other
	Hung     string // path of the process that hung, or waited
	At       []At   // what each process was about to do at each step
}

// At is what is kept of a moment before a step.
type At struct {
	Enabled model.Set
	Forced  bool // there was no choice
}

// Difference is where a run departs from an earlier one.
type Difference struct {
	Path          string
	Op            int
	First, Second trace.Event // zero: none
}

// policy chooses who goes next.
type policy interface {
	// pick returns one of the enabled processes, or the reaper of one that may be killed, or
	// false to end the run. current is the one that made the last step; -1 at first.
	pick(w *model.World, enabled model.Set, current model.ID) (model.ID, bool)
	// stuck is asked where nobody can go on, and processes may be killed: who is, by its
	// reaper, or false.
	stuck(w *model.World, mortal model.Set) (model.ID, bool)
	// only is told where there is no choice, but that the mortal could have been killed;
	// false ends the run.
	only(w *model.World, p model.ID, mortal model.Set) bool
	// made is told of every step, when it is on record.
	made(w *model.World, i int)
}

// MostSteps is the limit of one run, and lookAtClock how often its time is looked at.
const (
	MostSteps   = 100_000
	lookAtClock = 512
)

// execute makes one run.
// A run that has not ended by a time is given up; the zero time: none is. What comes of its
// steps is noted in the memory, if there is one.
func execute(ctx context.Context, program model.Program, worker int, names *model.Names, o model.Options, who policy, by time.Time, m *memory) (x *Execution, err error) {
	run, err := program.Begin(ctx, worker)
	if err != nil {
		return nil, err
	}
	x = &Execution{World: model.NewWorld(names, o)}
	d := driver{Execution: x, run: run, memory: m, who: who, by: by}
	err = d.drive(ctx)
	seen, closing := run.Finish()
	if err == nil {
		err = closing
	}
	x.Observed = seen
	if seen != nil && seen.Stdout.Bytes == nil {
		// Held processes print when the schedule says so.
		seen.Stdout = box.Stream{Bytes: x.World.Output, Total: int64(len(x.World.Output))}
	}
	if seen != nil && seen.Exceeded != nil && (x.Ending == Ended || x.Ending == Hung || x.Ending == Outside || x.Ending == "") {
		x.Ending = Limited
	}
	return x, err
}

// driver takes one run from its first step to its last.
type driver struct {
	*Execution
	run     model.Run // nil: the run is remembered
	memory  *memory
	who     policy
	by      time.Time
	current model.ID
	adrift  []string // paths of processes that run on by themselves
	awaited int      // of them were waited for once more, because nobody else can go on
}

func (d *driver) drive(ctx context.Context) error {
	d.current = -1
	w := d.World
	news, err := d.begin()
	if err != nil {
		return err
	}
	if len(news) == 0 {
		d.Ending = Ended // it ended before it came to Main
		return nil
	}
	if _, err := w.Begin(news[0].Path); err != nil {
		return err
	}
	if err := d.take(news); err != nil {
		return err
	}
	for d.Ending == "" {
		if err := ctx.Err(); err != nil {
			return err
		}
		switch n := len(w.Events); {
		case n >= MostSteps:
			d.Ending, d.Waits = Limited, nil
			return nil
		case w.Churns():
			d.Ending, d.Waits = Livelocked, w.Busy()
			return nil
		case n%lookAtClock == lookAtClock-1 && !d.by.IsZero() && time.Now().After(d.by):
			d.Ending = Asleep
			return nil
		}
		if err := d.step(); err != nil {
			return err
		}
	}
	return nil
}

// begin waits for the first process.
func (d *driver) begin() ([]model.News, error) {
	if d.run == nil {
		return d.memory.recall(atFirst)
	}
	news, err := d.run.Settle()
	if err == nil && len(news) == 1 {
		d.memory.note(atFirst, "", news[0].Path, news)
	}
	return news, err
}

// step makes one step.
func (d *driver) step() error {
	w := d.World
	enabled, tail := w.Enabled()
	if enabled == 0 && len(d.adrift) > 0 {
		d.awaited++
		news, err := d.run.Await(d.adrift[d.awaited-1])
		if err != nil {
			return err
		}
		return d.take(news)
	}
	if enabled == 0 {
		if mortal := w.Mortal(); mortal != 0 {
			if id, ok := d.who.stuck(w, mortal); ok {
				return d.make(id, At{})
			}
		}
		if !w.Due() {
			return d.pass()
		}
		w.Advance()
		enabled, _ = w.Enabled()
	}
	id, ok := enabled.First(), true
	if tail {
		ok = d.who.only(w, id, 0)
	} else {
		id, ok = d.who.pick(w, enabled, d.current)
	}
	if !ok {
		d.Ending = Asleep
		return nil
	}
	return d.make(id, At{Enabled: enabled, Forced: tail})
}

func (d *driver) make(id model.ID, at At) error {
	d.At = append(d.At, at)
	p := d.World.Proc(id)
	return d.let(p, d.World.Grant(p), d.World.Made)
}

// pass lets time pass, or ends the run.
func (d *driver) pass() error {
	w := d.World
	p, ok := w.Timeout()
	switch {
	case !ok && w.Living():
		d.Ending, d.Waits = Deadlocked, w.Waits()
		return nil
	case !ok:
		d.Ending = Ended
		return nil
	case w.Rounds > model.MostRounds:
		d.Ending, d.Waits = Livelocked, w.Waits()
		return nil
	}
	mortal := w.Mortal()
	g, goes := w.Pass(p)
	if !goes {
		return nil
	}
	if !d.who.only(w, p.ID, mortal) {
		d.Ending = Asleep
		return nil
	}
	d.At = append(d.At, At{Enabled: model.SetOf(p.ID), Forced: mortal == 0})
	return d.let(p, g, w.Passed)
}

// let lets a process make its step and puts it on record.
func (d *driver) let(p *model.Proc, g model.Grant, record func(*model.Proc, trace.Event) (int, error)) error {
	w := d.World
	result := w.Next(p).Op
	var news []model.News
	if g.Real {
		var err error
		if news, err = d.send(p, g); err != nil {
			return err
		}
		for _, n := range news {
			if n.Path == p.Path && n.Result != nil {
				result = merge(result, *n.Result)
			}
		}
	}
	i, err := record(p, result)
	if err != nil {
		return err
	}
	d.current = p.ID
	d.who.made(w, i)
	if err := d.take(news); err != nil {
		return err
	}
	if next := w.Successor(i); next != nil {
		if d.run == nil {
			return errUnknown
		}
		if news, err = d.run.Await(next.Path); err != nil {
			return err
		}
		if err := d.take(news); err != nil {
			return err
		}
		if d.Ending == "" && w.Next(next) == nil {
			d.Ending = Limited // it never came
		}
	}
	return nil
}

// send lets a process go and waits until all have stopped.
func (d *driver) send(p *model.Proc, g model.Grant) ([]model.News, error) {
	var moment uint64
	var started string
	if d.memory != nil {
		moment = d.World.Moment(p, g)
		if op := d.World.Next(p).Op; op.Kind == trace.Start {
			started = op.Object
		}
	}
	if d.run == nil {
		return d.memory.recall(moment)
	}
	if err := d.run.Let(p.Path, g); err != nil {
		return nil, err
	}
	news, err := d.run.Settle()
	if err == nil {
		d.memory.note(moment, started, p.Path, news)
	}
	return news, err
}

// merge adds what came of an operation to what was known before.
func merge(op, result trace.Event) trace.Event {
	op.Result, op.Outcome, op.Leave = result.Result, result.Outcome, result.Leave
	if result.Object != "" {
		op.Object = result.Object
	}
	return op
}

// take notes where the processes have come to.
func (d *driver) take(news []model.News) error {
	for _, n := range news {
		d.Threads = d.Threads || n.Threads
		p := d.World.At(n.Path)
		switch {
		case p == nil:
			return &model.Unfit{Obstacle: model.Nonsense}
		case p.Ended >= 0:
		case n.Hung && d.awaited > 0 && d.awaited == len(d.adrift):
			d.Ending, d.Hung = Hung, d.adrift[0]
		case n.Hung && d.awaited == 0:
			d.adrift = append(d.adrift, n.Path)
		case n.Hung:
		case slices.Contains(d.adrift, n.Path):
			d.Ending, d.Hung = Outside, n.Path
		case n.Op != nil:
			d.World.Post(p, *n.Op, n.Said)
		default:
			d.World.Died(p, n.Said)
		}
	}
	return nil
}

package search

import (
	"context"
	"time"

	"lockstep/grader/internal/explore/model"
	"lockstep/mp/trace"
)

// Clocked makes one run as it would go on a machine with a processor for each process, by a
// clock of its own: whoever comes first to its next operation, by the processor time that it
// used for that, makes it first. It is Asleep if it has not ended by a time. The events have
// the times of that clock, so that they say the same on whatever machine they were made.
//
// All others stand at their next operation, so nobody can come to one before the first of
// them: a simulation of discrete events (Chandy and Misra, Distributed simulation, IEEE
// Transactions on Software Engineering, 1979) whose processes are real. Limits on time run
// out only where nobody else can go on.
func Clocked(ctx context.Context, program model.Program, o model.Options, by time.Time) (*Execution, []trace.Event, error) {
	c := &clocked{of: map[model.ID]*course{}, service: map[[2]string]time.Duration{}}
	e, err := execute(ctx, program, 0, model.NewNames(), o, c, by, nil)
	return e, c.events, err
}

// clocked is the policy of such a run.
type clocked struct {
	now     time.Duration
	of      map[model.ID]*course
	service map[[2]string]time.Duration // a manager's own time, by object and method: the shortest seen
	events  []trace.Event
}

// course is where a process is.
type course struct {
	left  time.Duration // when its last operation was made
	cpu   time.Duration // processor time that it had used when it came to that
	event int           // which one that is
}

func (c *clocked) course(id model.ID) *course {
	if c.of[id] == nil {
		c.of[id] = &course{left: c.now}
	}
	return c.of[id]
}

// arrival is when a process came to its operation.
func (c *clocked) arrival(id model.ID, op *trace.Event) time.Duration {
	at := c.course(id)
	return at.left + max(0, op.CPU-at.cpu)
}

func (c *clocked) pick(w *model.World, enabled model.Set, _ model.ID) (model.ID, bool) {
	best, first, awake := model.ID(-1), time.Duration(0), false
	for s := enabled; s != 0; s = s.Rest() {
		id := s.First()
		next := w.Next(w.Proc(id))
		if next.Phase == model.Says {
			return id, true
		}
		at := c.arrival(id, &next.Op) + slept(&next.Op)
		if up := !w.Dozes(id); best < 0 || up && !awake || up == awake && at < first {
			best, first, awake = id, at, up
		}
	}
	return best, true
}

// slept is how long a process sleeps in an operation.
func slept(op *trace.Event) time.Duration {
	if op.Kind == trace.Sleep {
		return max(0, op.Limit)
	}
	return 0
}

func (c *clocked) made(w *model.World, i int) {
	e := &w.Events[i]
	if e.Phase == model.Says || e.Phase == model.Dies {
		return
	}
	at, op := c.course(e.Proc), e.Op
	took := op.Leave
	if op.Kind == trace.Call { // in real time, which passes while somebody else has the processor
		key := [2]string{op.Object, op.Method}
		if before, ok := c.service[key]; ok {
			took = min(took, before)
		}
		c.service[key] = took
	}
	op.Enter = c.arrival(e.Proc, &op)
	c.now = max(c.now, op.Enter+slept(&op))
	if e.Phase == model.Call {
		at.event, at.cpu = len(c.events), op.CPU
		c.events = append(c.events, op)
	}
	told := &c.events[at.event]
	told.Object, told.Result, told.Outcome, told.Leave = op.Object, op.Result, op.Outcome, c.now+took
	at.left = c.now // what it took itself is in the processor time that it has used when it comes to the next
	if op.Kind == trace.Call {
		at.left = told.Leave
	}
	if e.Child >= 0 {
		c.course(e.Child).left = told.Leave
	}
}

func (*clocked) stuck(*model.World, model.Set) (model.ID, bool) { return 0, false }
func (*clocked) only(*model.World, model.ID, model.Set) bool    { return true }

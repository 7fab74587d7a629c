package mp

import (
	"fmt"
	"os"
	"reflect"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"time"

	"lockstep/mp/internal/descriptor"
	"lockstep/mp/internal/show"
	"lockstep/mp/trace"
)

// A reporter is the observer of a process that is told about elsewhere: it sends
// what the process does over a socket. Told to ask, it waits before each operation
// until an answer comes; when the other side is gone, so is the process.
type reporter struct {
	ask  bool
	line line
	base time.Duration // the clock, when the first process began
	key  uint64

	turn  sync.Mutex // ask: held by the operation under way; guards what follows
	last  trace.Answer
	aside time.Duration // processor time that being asked has taken; see mostAsked
	since time.Duration // when the operation under way was let go, on its clock
	write sync.Mutex    // guards what follows, and the line
	op    int
	out   []byte                      // tell: frames that have not been sent
	open  map[*operation]*trace.Event // tell
	told  int
}

// mostTold bounds how much a process tells: a loop that counts to a million tells
// nothing new.
const mostTold = 50_000

// flushAt is when frames that nobody waits for are sent, and flushEvery how long
// they wait at most.
const (
	flushAt    = 16 << 10
	flushEvery = 20 * time.Millisecond
)

// lined says that a tool runs this program: each of its processes has a line. lone is
// as in trace.Terms.
var lined, lone bool

// idle says that what children and tasks are for is left out, unreliable that what
// children hand over is changed, where nobody listens.
var idle, unreliable bool

// zygote is the line of a process that is to fork others (trace.WatchFork); negative: this
// is none.
var zygote = -1

// alone says whether a child is to be started lone: the program did not say otherwise.
func alone() bool { return lone && os.Getenv(trace.LoneVariable) == "" }

// observeBy makes this process an observed one, if that is what its line says. value
// is as at trace.Variable.
func observeBy(value string) {
	fd, err := strconv.Atoi(value)
	if err != nil {
		return
	}
	terms, err := termsOn(fd)
	if err != nil {
		return // somebody's idea of a variable
	}
	lined = true
	if terms.Lone {
		os.Unsetenv(trace.LoneVariable)
		lone = true
		if terms.Watch != trace.WatchAsk && terms.Watch != trace.WatchFork {
			runtime.SetDefaultGOMAXPROCS()
		}
	}
	switch terms.Watch {
	case trace.WatchFork:
		zygote = fd
		return
	case trace.WatchNone, trace.WatchIdle, trace.WatchPlant:
		idle, unreliable = terms.Watch == trace.WatchIdle, terms.Watch == trace.WatchPlant
		return
	}
	r := &reporter{ask: terms.Watch == trace.WatchAsk, base: terms.Base, key: terms.Key}
	if !r.ask {
		r.open = map[*operation]*trace.Event{}
	}
	if r.base == 0 {
		r.base = monotonic()
	}
	if r.line, err = takeLine(fd, r.head(trace.Born)); err != nil {
		fmt.Println("cannot be observed:", err)
		leaveAtOnce()
	}
	watch = r
	setObserved(true)
	if !r.ask {
		go r.flushOften()
	}
}

// lineFor makes a child's line, puts its terms on it and tells who listens of it. It
// returns the child's end; the caller closes it.
func lineFor(p *Process) (int, error) {
	far, near, err := newLine()
	if err != nil {
		return -1, err
	}
	defer descriptor.Close(near)
	terms := trace.Terms{Watch: trace.WatchNone}
	switch {
	case observed:
		terms = watch.terms()
	case idle:
		terms.Watch = trace.WatchIdle
	case unreliable:
		terms.Watch = trace.WatchPlant
	}
	terms.Lone = alone()
	if err := lineAt(near).send(trace.AppendTerms(nil, terms), -1); err != nil {
		descriptor.Close(far)
		return -1, err
	}
	if observed {
		mark := trace.Born
		if p.service {
			mark = trace.Aide
		}
		watch.expect(p.path, mark, near)
	}
	return far, nil
}

func (r *reporter) head(m trace.Mark) []byte { return trace.AppendHead(nil, m, r.key) }

// terms are those of this process's children.
func (r *reporter) terms() trace.Terms {
	if r.ask {
		return trace.Terms{Watch: trace.WatchAsk, Base: r.base, Key: r.key}
	}
	return trace.Terms{Watch: trace.WatchTell, Base: r.base, Key: r.key}
}

// dismiss ends the observation of a process of the library's own. Its line stays
// open: the other side learns by it when the process has ended.
func dismiss() {
	setObserved(false)
}

// expect tells of a child that is about to be started, and hands over its line.
func (r *reporter) expect(path string, mark trace.Mark, near int) {
	r.write.Lock()
	defer r.write.Unlock()
	r.flush()
	frame := append(r.head(mark), path...)
	if err := r.line.send(trace.Finish(frame), near); err != nil {
		leaveAtOnce()
	}
}

// mostAsked bounds the processor time that being asked takes: what is beyond it other
// goroutines used meanwhile, and it is the program's.
const mostAsked = 200 * time.Microsecond

func (r *reporter) before(op *operation) {
	var arrived time.Duration
	if r.ask {
		arrived = processorTime()
	}
	e := r.describe(op)
	if !r.ask {
		r.write.Lock()
		r.op++
		e.Op = r.op
		r.open[op] = e
		e.Enter, e.CPU = monotonic()-r.base, processorTime()
		r.write.Unlock()
		return
	}
	if !r.turn.TryLock() {
		r.entangle()
		r.turn.Lock()
	}
	r.op++
	e.Op = r.op
	e.CPU = arrived - r.aside
	op.event, op.controlled = e, true
	frame := trace.AppendEvent(trace.AppendAnswer(r.head(trace.Ask), &r.last), e)
	r.last = trace.Answer{}
	r.obey(op, r.wait(frame))
	now := processorTime()
	r.aside += min(now-arrived, mostAsked)
	r.since = clockOf(op, now)
	if op.kind == trace.Task {
		r.turn.Unlock() // what the task does are operations of their own
	}
}

func (r *reporter) after(op *operation) {
	if r.ask {
		r.answer(op)
		return
	}
	p := newPrinter()
	p.Any(op.result)
	r.write.Lock()
	defer r.write.Unlock()
	e := r.open[op]
	delete(r.open, op)
	e.Leave, e.Result, e.Outcome = monotonic()-r.base, p.Shown(), op.outcome
	if e.Object == "" {
		e.Object = op.object
	}
	r.tell(e)
	if op.kind == trace.Exit {
		r.flush()
	}
}

// answer keeps what came of an operation until the next is asked for.
func (r *reporter) answer(op *operation) {
	if op.kind == trace.Task {
		return
	}
	if op.twice {
		r.pause(op)
	}
	done := processorTime()
	p := newPrinter()
	p.Any(op.result)
	r.last = trace.Answer{Made: true, Object: op.object, Result: p.Shown(), Outcome: op.outcome, Took: max(0, clockOf(op, done)-r.since)}
	r.aside += min(processorTime()-done, mostAsked)
	r.turn.Unlock()
}

// clockOf is the clock by which an operation takes its time, where that of the processor
// shows now. See trace.Answer.
func clockOf(op *operation, now time.Duration) time.Duration {
	if op.kind == trace.Call {
		return monotonic()
	}
	return now
}

// pause takes the place of waiting for others in an operation that is controlled. It
// reports whether they did their part; otherwise the operation's time is over.
func (r *reporter) pause(op *operation) bool {
	began := processorTime()
	r.obey(op, r.wait(r.head(trace.Stop)))
	asked := min(processorTime()-began, mostAsked)
	r.aside, r.since = r.aside+asked, r.since+asked
	op.twice = false
	return op.ready
}

func (r *reporter) obey(op *operation, g trace.Grant) {
	op.ready, op.twice = g&trace.Ready != 0, g&trace.Twice != 0
	op.idle, op.plant = g&trace.Idle != 0, g&trace.Plant != 0
}

// wait sends a frame and waits for its answer.
func (r *reporter) wait(frame []byte) trace.Grant {
	r.write.Lock()
	err := r.line.send(trace.Finish(frame), -1)
	r.write.Unlock()
	if err == nil {
		if g, err := r.line.grant(); err == nil {
			if g&trace.Die != 0 {
				signalSelf(syscall.SIGKILL)
			}
			return g
		}
	}
	leaveAtOnce() // nobody is there any more
	return 0
}

// entangle notes that the process does more than one thing at a time.
func (r *reporter) entangle() {
	if r.ask {
		r.write.Lock()
		r.line.send(trace.Finish(r.head(trace.Many)), -1)
		r.write.Unlock()
	}
}

// farewell sends what would be lost when the process dies of a panic.
func (r *reporter) farewell() {
	r.write.Lock()
	defer r.write.Unlock()
	if !r.ask {
		r.flush()
		return
	}
	if r.last.Made {
		r.line.send(trace.Finish(trace.AppendAnswer(r.head(trace.Back), &r.last)), -1)
	}
}

// identified is what has an identity.
type identified interface{ identityString() string }

// newPrinter makes a printer that shows handles as their identities.
func newPrinter() *show.Printer {
	return show.New(func(v any) (string, bool) {
		t := reflect.TypeOf(v)
		switch {
		case t == nil:
		case t.Kind() == reflect.Pointer && isHandle(t.Elem()):
		case t.Kind() == reflect.Struct && isHandle(t):
			v = addressable(reflect.ValueOf(v)).Addr().Interface()
		default:
			return "", false
		}
		h, ok := v.(identified)
		if !ok {
			return "", false
		}
		return h.identityString(), true
	})
}

// describe writes down what an operation is about to do.
func (r *reporter) describe(op *operation) *trace.Event {
	pcs := stack()
	if r.ask && !isMain(pcs) {
		r.entangle()
	}
	e := &trace.Event{
		Kind: op.kind, Object: op.object, Name: op.name, Index: op.index, Method: op.method,
		Size: op.size, Chunk: op.chunk, Limit: op.limit, Carries: op.carries,
	}
	e.Operation() // one that is not in the table would tell nobody anything
	if op.site == 0 {
		e.Site = callSite(pcs)
	} else {
		e.Site = siteOfPC(op.site)
	}
	p := newPrinter()
	p.Text(op.kind.String() + op.object + op.method)
	p.Number(uint64(op.index))
	var hash uint64
	e.Key, hash = keyOf(op.key)
	p.Number(hash)
	for _, k := range op.keys { // the argument has them, too
		key, _ := keyOf(k)
		e.Carries = append(e.Carries, key)
	}
	arg := newPrinter()
	arg.Any(op.arg)
	e.Arg = arg.Shown()
	p.Number(arg.Hash)
	e.Hash = p.Hash
	return e
}

// keyOf prints a key, so that two are told apart.
func keyOf(k any) (string, uint64) {
	p := newPrinter()
	p.Any(k)
	if p.Cut() {
		return p.Shown() + strconv.FormatUint(p.Hash, 16), p.Hash
	}
	return p.Shown(), p.Hash
}

// tell puts an event among those to be sent.
func (r *reporter) tell(e *trace.Event) {
	switch r.told++; {
	case r.told > mostTold && e.Kind != trace.Exit:
		return
	case r.told == mostTold:
		r.out = append(r.out, trace.Finish(r.head(trace.Lost))...)
	}
	r.out = append(r.out, trace.Finish(trace.AppendEvent(r.head(trace.Tell), e))...)
	if len(r.out) >= flushAt {
		r.flush()
	}
}

func (r *reporter) flush() {
	if len(r.out) > 0 {
		r.line.send(r.out, -1) // who does not listen any more misses it
		r.out = r.out[:0]
	}
}

// flushOften sends what has waited, and tells of operations that take their time:
// a process that is ended within one could not.
func (r *reporter) flushOften() {
	seen := map[*operation]bool{}
	for {
		doze(flushEvery)
		r.write.Lock()
		for op := range seen {
			if r.open[op] == nil {
				delete(seen, op)
			}
		}
		for op, e := range r.open {
			if told, known := seen[op]; known && !told {
				e.Leave = -1
				r.tell(e)
			}
			_, known := seen[op]
			seen[op] = known
		}
		r.flush()
		r.write.Unlock()
	}
}

// Package simulated has processes that are coroutines of a test, with shared
// objects that are plain variables. They stop before every operation as real
// processes do under control, so that the search can be tested without any. In
// goes the body of a first process; out come runs.
package simulated

import (
	"errors"
	"fmt"
	"hash/maphash"
	"iter"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"lockstep/grader/internal/explore/model"
	"lockstep/mp/trace"
)

// Proc is a process as its own body sees it.
type Proc struct {
	run   *run
	path  string
	name  string
	body  func(*Proc)
	next  func() (trace.Event, bool)
	stop  func()
	yield func(trace.Event) bool

	Code  int // that it ends with
	Local int // for the body's own use, which child it is at first; Finish shows it

	made, started, ops int
	op                 *trace.Event // that it has stopped at
	twice              bool
	told               bool
	said               []string
	closed             map[string]bool // ends of pipes
	ready              bool
	meets              int // how many must have come to the barrier that it waits at
	result             any
	cpu                time.Duration
	died               bool // it panicked
	ended              bool
}

type killed struct{}

// do stops before an operation and makes it when it is let go.
func (p *Proc) do(op trace.Event) any {
	op.Proc, op.Op, op.CPU = p.path, p.ops+1, p.cpu
	p.ops++
	if op.Index == 0 && op.Kind != trace.Get && op.Kind != trace.Set {
		op.Index = -1
	}
	if p.run.program.quiet {
		op.Site.Line = p.ops // no two operations are of one loop
	} else {
		op.Site = site()
	}
	op.Hash = hash(op)
	if !p.yield(op) {
		panic(killed{})
	}
	return p.result
}

var seed = maphash.MakeSeed()

// hash is of kind, object, index, key and argument.
func hash(op trace.Event) uint64 {
	return maphash.String(seed, op.Object) ^ maphash.String(seed, op.Key)*3 ^ maphash.String(seed, op.Arg)*5 ^ uint64(op.Kind)<<8 ^ uint64(op.Index)
}

// site is the caller's line in a file that is not of this package's.
func site() trace.Site {
	var pcs [8]uintptr
	n := runtime.Callers(3, pcs[:])
	frames := runtime.CallersFrames(pcs[:n])
	for {
		f, more := frames.Next()
		var file string
		for i := len(f.File) - 1; i >= 0 && f.File[i] != '/'; i-- {
			file = f.File[i:]
		}
		if file != "process.go" && file != "object.go" || !more {
			return trace.Site{File: file, Line: f.Line}
		}
	}
}

// start makes the coroutine.
func (p *Proc) begin() {
	p.closed = map[string]bool{}
	p.next, p.stop = iter.Pull(func(yield func(trace.Event) bool) {
		p.yield = yield
		defer func() {
			if e := recover(); e != nil {
				if _, ok := e.(killed); !ok {
					p.died = true
				}
			}
		}()
		p.do(trace.Event{Kind: trace.Begin})
		p.body(p)
		p.do(trace.Event{Kind: trace.Exit, Arg: strconv.Itoa(p.Code)})
	})
}

// resume runs the process to its next operation.
func (p *Proc) resume() {
	p.told = false
	op, ok := p.next()
	if !ok {
		p.op, p.ended = nil, true
		return
	}
	p.op = &op
}

func (p *Proc) fresh() string {
	p.made++
	return p.path + "#" + strconv.Itoa(p.made)
}

// Start starts a child with copies of pipe ends.
func (p *Proc) Start(name string, body func(*Proc), carries ...string) string {
	p.started++
	path := p.path + "." + strconv.Itoa(p.started)
	p.run.bodies[path] = body
	p.do(trace.Event{Kind: trace.Start, Object: path, Name: name, Carries: carries})
	return path
}

// Join waits for a child.
func (p *Proc) Join(path string) { p.do(trace.Event{Kind: trace.Join, Object: path}) }

// WaitAny waits until one of some children has ended, or one of some ends of pipes has
// something to receive, and returns which; -1: one of the ends is closed.
func (p *Proc) WaitAny(what ...string) int {
	op := trace.Event{Kind: trace.Join, Method: "any", Arg: strings.Join(what, " "), Carries: what}
	isEnd := func(one string) bool { return strings.Contains(one, "#") }
	if slices.ContainsFunc(what, isEnd) {
		op.Kind = trace.Poll
	}
	for {
		p.do(op)
		if slices.ContainsFunc(what, func(one string) bool { return p.closed[one] }) {
			return -1
		}
		for i, one := range what {
			if isEnd(one) && p.Poll(one, -1) || !isEnd(one) && !p.Alive(one) {
				return i
			}
		}
	}
}

// JoinTimeout waits for a child for at most d; negative: not at all.
func (p *Proc) JoinTimeout(path string, d time.Duration) bool {
	p.do(trace.Event{Kind: trace.Join, Object: path, Limit: d})
	return p.ready
}

// Alive asks whether a child runs.
func (p *Proc) Alive(path string) bool {
	p.do(trace.Event{Kind: trace.Alive, Object: path})
	return !p.ready
}

var errDone = errors.New("all is done already")

// Kill ends a child.
func (p *Proc) Kill(path string) { p.do(trace.Event{Kind: trace.Signal, Object: path}) }

// Sleep does nothing for a while.
func (p *Proc) Sleep(d time.Duration) { p.do(trace.Event{Kind: trace.Sleep, Limit: d}) }

// Print prints a line.
func (p *Proc) Print(args ...any) { p.said = append(p.said, fmt.Sprintln(args...)) }

// Piece prints a piece of a line.
func (p *Proc) Piece(args ...any) { p.said = append(p.said, fmt.Sprint(args...)) }

// Die ends the process without a word.
func (p *Proc) Die() { panic("died") }

// Work takes processor time.
func (p *Proc) Work(d time.Duration) { p.cpu, p.run.cpu = p.cpu+d, p.run.cpu+d }

// Path is the process's identity.
func (p *Proc) Path() string { return p.path }

// effect is what an operation does to the objects, once it is let go.
func (p *Proc) effect(op *trace.Event, g model.Grant) {
	r := p.run
	p.ready, p.result = g.Ready, nil
	switch op.Kind {
	case trace.Start:
		c := &Proc{run: r, path: op.Object, name: op.Name, body: r.bodies[op.Object], Local: p.started}
		r.procs = append(r.procs, c)
		c.begin()
		c.resume()
	case trace.Signal:
		r.kill(op.Object)
	case trace.Get:
		p.result = r.values[cell{op.Object, op.Index}]
	case trace.Set:
		r.values[cell{op.Object, op.Index}], _ = strconv.Atoi(op.Arg)
	case trace.Call:
		p.call(op)
	case trace.Send:
		x, _ := strconv.Atoi(op.Arg)
		if g.Ready && r.values[cell{op.Object, closed}] == 0 && !p.closed[op.Object] {
			r.pipes[op.Object] = append(r.pipes[op.Object], x)
			r.values[cell{op.Object, unfinished}]++
		}
	case trace.Recv:
		from := op.Object
		if op.Method == "" {
			from = otherEnd(from)
		}
		if q := r.pipes[from]; len(q) > 0 && g.Ready && !p.closed[op.Object] {
			p.result, r.pipes[from] = q[0], q[1:]
		}
	case trace.Close:
		if op.Method == "queue.close" {
			r.values[cell{op.Object, closed}] = 1
		} else {
			p.closed[op.Object] = true
		}
	case trace.Poll:
		if op.Method == "queue.len" {
			p.result = len(r.pipes[op.Object])
		}
	case trace.Wait:
		if op.Method == "barrier.wait" {
			p.arrive(op.Object)
		}
	case trace.Notify:
		left := cell{op.Object, unfinished}
		switch {
		case op.Method != "queue.done":
			r.values[cell{op.Object, -1}] = map[string]int{"event.set": 1}[op.Method]
		case r.values[left] == 0:
			p.result = errDone
		default:
			r.values[left]--
		}
	}
}

// Indices of cells that say how an object is.
const (
	closed     = -2 - iota // a queue
	unfinished             // … how many of its values are not done
	broken                 // a barrier
	parties                // … how many it is for
	arrived                // … how many have come to it so far
)

func otherEnd(end string) string {
	if end[len(end)-1] == 'a' {
		return end[:len(end)-1] + "b"
	}
	return end[:len(end)-1] + "a"
}

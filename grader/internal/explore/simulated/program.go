package simulated

import (
	"context"
	"fmt"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/explore/model"
	"lockstep/mp/trace"
)

// Program is a program of simulated processes.
type Program struct {
	main  func(*Proc)
	quiet bool
}

// New makes a program from its first process. Without sites, operations do not
// say where they stand, which is faster.
func New(main func(*Proc), sites bool) *Program { return &Program{main: main, quiet: !sites} }

// run is one run.
type run struct {
	program *Program
	procs   []*Proc
	bodies  map[string]func(*Proc)
	values  map[cell]int
	pipes   map[string][]int
	lists   map[string][]int
	kinds   map[string]string // of objects
	order   map[string]int    // which of its kind an object is
	last    *Proc             // that was let go
	cpu     time.Duration     // of all processes
}

// Begin starts a run.
func (p *Program) Begin(context.Context, int) (model.Run, error) {
	r := &run{program: p, bodies: map[string]func(*Proc){}, values: map[cell]int{}, pipes: map[string][]int{}, lists: map[string][]int{}, kinds: map[string]string{}, order: map[string]int{}}
	main := &Proc{run: r, path: "0", name: "main", body: p.main}
	r.procs = []*Proc{main}
	main.begin()
	main.resume()
	return r, nil
}

// Settle returns what happened; nothing ever runs in between.
func (r *run) Settle() ([]model.News, error) {
	var out []model.News
	for _, p := range r.procs {
		if p.told || p.twice {
			continue
		}
		p.told = true
		n := model.News{Path: p.path, Op: p.op, Said: p.said}
		p.said = nil
		if p == r.last {
			op := trace.Event{}
			if p.result != nil {
				op.Result = fmt.Sprint(p.result)
			}
			if _, failed := p.result.(error); failed {
				op.Outcome = trace.Failed
			}
			n.Result = &op
		}
		if p.ended && !p.died {
			continue // it said so
		}
		out = append(out, n)
	}
	return out, nil
}

// Await returns nothing: no simulated process hangs.
func (r *run) Await(string) ([]model.News, error) { return nil, nil }

// Let makes the operation that a process has stopped at.
func (r *run) Let(path string, g model.Grant) error {
	if g.Dies {
		r.kill(g.Ends)
		return nil
	}
	var p *Proc
	for _, q := range r.procs {
		if q.path == path {
			p = q
		}
	}
	if p == nil || p.op == nil {
		return fmt.Errorf("cannot let %s go: it has not stopped", path)
	}
	r.last = p
	if !g.Again {
		p.effect(p.op, g)
	} else {
		p.ready = g.Ready
		if p.op.Kind == trace.Wait && p.op.Method == "barrier.wait" && !g.Ready {
			r.values[cell{p.op.Object, broken}] = 1
		}
	}
	p.twice = g.Twice
	if !g.Twice {
		p.resume()
	}
	return nil
}

// kill ends a process where it has stopped.
func (r *run) kill(path string) {
	for _, q := range r.procs {
		if q.path == path && !q.ended {
			q.stop()
			q.ended, q.op, q.told = true, nil, true
		}
	}
}

// Finish ends all processes. Stderr shows their local numbers, Stdout the shared
// ones: two values, two entries of dicts, and what lists hold.
func (r *run) Finish() (*box.Observation, error) {
	seen := &box.Observation{Exit: box.Exit{Code: r.procs[0].Code}, CPU: r.cpu}
	for _, p := range r.procs {
		p.stop()
		seen.Stderr.Bytes = fmt.Appendf(seen.Stderr.Bytes, "%s=%d\n", p.path, p.Local)
	}
	var numbers [4]int
	for c, x := range r.values {
		switch {
		case r.kinds[c.object] == "value" && r.order[c.object] < 2:
			numbers[r.order[c.object]] = x
		case r.kinds[c.object] == "dict" && c.index >= 0 && c.index < 2:
			numbers[2+c.index] = x
		}
	}
	seen.Stdout.Bytes = fmt.Append(nil, numbers[0], numbers[1], numbers[2], numbers[3])
	for _, l := range r.lists {
		for _, x := range l {
			seen.Stdout.Bytes = fmt.Append(seen.Stdout.Bytes, " ", x)
		}
	}
	return seen, nil
}

//go:build unix

package control

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/explore/model"
	"lockstep/mp/trace"
)

// run is one run whose processes are held.
type run struct {
	*session
	program *Program
	worker  int
	abandon func()              // ends the zygote whose fork the first process is; nil: it was started
	procs   map[string]*process // by path
	order   []*process          // as their lines came
	started map[string]bool     // paths that a parent, or who explores, has named
	awaited string              // the path of one that comes in another's place
	current *process            // the one that was let go last
	said    []string            // by it, not handed on yet
	full    bool                // the last of it fills a packet: it may go on in the next
	printed int64
	hit     *box.LimitExceeded // a limit that is kept here
	hung    bool
	news    []model.News
}

// state is what a process is up to, as far as it told.
type state uint8

const (
	starting state = iota // its line is there, and nothing has come over it
	stopped               // waits to be let go
	going                 // was let go
	away                  // was let go, and stops again before it returns
	adrift                // was let go long ago: nobody waits for it
	ending                // another process has ended it
	gone                  // its line has closed
)

// process is one process of a run.
type process struct {
	line
	path   string
	state  state
	aide   bool   // of the library's own
	parent string // an aide's: it ends with that process
	op     trace.Event
	again  bool           // it will say that it has stopped a second time
	answer *trace.Event   // what came of its last operation
	failed bool           // it could not be started after all
	mute   bool           // what it prints is withheld
	limit  *box.Allowance // of its state, where that is bounded
}

// How long an end may take that is certain to come: of a process that was ended by
// another, and of an aide whose parent has ended.
const (
	endPatience  = 500 * time.Millisecond
	aidePatience = 2 * time.Second
)

// Settle waits until every process that was let go has stopped or ended.
func (r *run) Settle() ([]model.News, error) {
	whole := box.Allow(r.program.patience)
	for {
		p := r.waits()
		if p == nil && len(r.order) > 0 && r.come() {
			return r.report()
		}
		limit := whole
		if p != nil && (p.state == ending || p.aide) {
			limit = p.limit
		}
		fds := r.descriptors()
		ready, err := poll(fds, limit.Left())
		switch {
		case err != nil:
			return nil, err
		case ready:
			err = r.receive(fds)
		case !limit.Over(r.ctx):
		case p == nil: // it runs, and is not ours
			r.hit = &box.LimitExceeded{Limit: "wall", Bound: limit.String(), Seen: "more than " + limit.String()}
			r.hung = true
			return nil, nil
		case p.state == ending || p.aide:
			r.lost(p) // it does not listen; nothing that it does is waited for any more
		default:
			r.hung, p.state = true, adrift
			return []model.News{{Path: p.path, Hung: true, Said: r.saidBy(p)}}, nil
		}
		if err != nil {
			return nil, err
		}
		if r.over.Load() {
			if err := r.receiveRest(); err != nil {
				return nil, err
			}
			r.stopAll()
			return r.report()
		}
	}
}

// Await waits once more for a process that hangs, or for one that comes in another's
// place.
func (r *run) Await(path string) ([]model.News, error) {
	if p := r.procs[path]; p != nil && p.state == adrift {
		p.state = going
	}
	r.awaited, r.started[path] = path, true
	return r.Settle()
}

// come says whether the process that was awaited last is there.
func (r *run) come() bool { return r.awaited == "" || r.procs[r.awaited] != nil }

// waits returns a process that has to stop or end first, or nil.
func (r *run) waits() *process {
	for _, p := range r.order {
		switch {
		case p.aide:
			if q := r.procs[p.parent]; p.state != gone && (q == nil || q.state == gone) {
				if p.state != going || p.limit == nil {
					p.state, p.limit = going, box.Allow(aidePatience)
				}
				return p
			}
		case p.state == starting || p.state == going || p.state == ending:
			return p
		}
	}
	return nil
}

// stopAll lets go of all processes, which ends those that are held.
func (r *run) stopAll() {
	for _, p := range r.order {
		r.lost(p)
	}
}

// report says what happened since the last report.
func (r *run) report() ([]model.News, error) {
	if err := r.drain(); err != nil {
		return nil, err
	}
	var out []model.News
	tell := func(p *process, n model.News) {
		n.Said, n.Threads = r.saidBy(p), r.program.Obstacle() != ""
		if p.answer != nil {
			n.Result, p.answer = p.answer, nil
		}
		out = append(out, n)
	}
	for _, p := range r.order {
		if p.state == stopped && p.op.Op != 0 && !p.aide && r.started[p.path] {
			op := p.op
			p.op.Op = 0 // it has been told
			tell(p, model.News{Path: p.path, Op: &op})
		}
	}
	r.news = slices.DeleteFunc(r.news, func(n model.News) bool {
		p := r.procs[n.Path]
		if r.started[p.path] && !p.aide && !p.failed {
			tell(p, n)
		}
		return r.started[p.path]
	})
	return out, nil
}

// Let lets a process go on.
func (r *run) Let(path string, g model.Grant) error {
	if g.Dies {
		return r.kill(g.Ends)
	}
	p := r.procs[path]
	if p == nil || p.state == gone {
		return nil // it has ended; the next report says so
	}
	if p.state != stopped && !(p.state == away && g.Again) {
		return fmt.Errorf("cannot let %s go: it has not stopped", path)
	}
	r.current = p
	var grant trace.Grant
	if g.Ready {
		grant |= trace.Ready
	}
	if spoil := r.program.Spoil; spoil != nil && p.path != "0" {
		switch p.op.Kind {
		case trace.Begin, trace.Task:
			spoilt := spoil(p.path, &p.op)
			p.mute = spoilt&trace.Plant != 0
			grant |= spoilt
		case trace.Take, trace.Give: // the task is over
			p.mute = false
		}
	}
	p.state = going
	if g.Twice {
		grant |= trace.Twice
		p.state, p.again = away, true
	}
	if victim := r.procs[g.Ends]; victim != nil && victim.state != gone {
		victim.state, victim.limit = ending, box.Allow(endPatience)
	}
	if p.grant(grant) != nil {
		r.lost(p)
	}
	return nil
}

// kill has a process killed where it has stopped: it sends the signal to itself, for only it
// knows its number wherever it runs.
func (r *run) kill(path string) error {
	p := r.procs[path]
	if p == nil || p.state == gone {
		return nil
	}
	if p.state != stopped && p.state != away {
		return fmt.Errorf("cannot kill %s: it has not stopped", path)
	}
	r.current = p
	p.state, p.limit = ending, box.Allow(endPatience)
	if p.grant(trace.Die) != nil {
		r.lost(p)
	}
	return nil
}

// Finish ends the run.
func (r *run) Finish() (*box.Observation, error) {
	defer r.close()
	defer r.cancel()
	for _, p := range r.order {
		p.close()
	}
	r.listener.close()
	if r.abandon != nil {
		return r.finishFork()
	}
	r.closeOutput() // who writes without end is ended by that
	if p := r.procs["0"]; p != nil && p.state == away && p.again {
		r.hung = true // it is within a system call that nobody will end
	}
	if r.hung {
		r.cancel()
	}
	for limit, over := box.Allow(finishPatience), false; !over; {
		select {
		case <-r.ended:
			over = true
		case <-time.After(limit.Left()):
			if over = limit.Over(r.ctx); over {
				r.hung = true
				r.cancel()
				<-r.ended
			}
		}
	}
	if r.hung {
		r.program.abandon(r.worker)
		return &box.Observation{Exit: box.Exit{Signal: int(unix.SIGKILL)}, Exceeded: r.hit}, nil
	}
	if r.err != nil {
		r.program.abandon(r.worker)
		return nil, r.err
	}
	if r.seen.Exceeded == nil {
		r.seen.Exceeded = r.hit
	}
	if len(r.order) == 0 { // it is not ours, and printed all the same
		said := strings.Join(r.said, "")
		r.seen.Stdout = box.Stream{Bytes: []byte(said), Total: r.printed}
	}
	if r.program.watched && len(r.seen.Processes) > max(len(r.order), 1) {
		r.program.met(model.Foreigners)
	}
	return r.seen, nil
}

// finishPatience is how long processes may take to end whose lines have closed.
// Those that are held end at once.
const finishPatience = time.Second

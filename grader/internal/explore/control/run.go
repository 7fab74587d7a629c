//go:build unix

package control

import (
	"fmt"
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
	procs   map[string]*process // by path
	order   []*process          // as their lines came
	started map[string]bool     // paths that a parent has named
	current *process            // the one that was let go last
	said    []string            // by it, not handed on yet
	printed int64
	hit     *box.Hit // a limit that is kept here
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
	again  bool         // it will say that it has stopped a second time
	answer *trace.Event // what came of its last operation
	failed bool         // it could not be started after all
	since  time.Time    // in this state, where that is bounded
}

// How long an end may take that is certain to come: of a process that was ended by
// another, and of an aide whose parent has ended.
const (
	endPatience  = 500 * time.Millisecond
	aidePatience = 2 * time.Second
)

// Settle waits until every process that was let go has stopped or ended.
func (r *run) Settle() ([]model.News, error) {
	deadline := time.Now().Add(r.program.patience)
	for {
		p := r.waits()
		if p == nil && len(r.order) > 0 {
			return r.report()
		}
		until := deadline
		switch {
		case p == nil:
		case p.state == ending:
			until = p.since.Add(endPatience)
		case p.aide:
			until = p.since.Add(aidePatience)
		}
		fds := r.descriptors()
		ready, err := poll(fds, time.Until(until))
		switch {
		case err != nil:
			return nil, err
		case ready:
			err = r.hear(fds)
		case p == nil: // it runs, and is not ours
			r.hit = &box.Hit{Limit: "wall", Bound: r.program.patience.String(), Seen: "more than " + r.program.patience.String()}
			r.hung = true
			return nil, nil
		case p.state == ending || p.aide:
			r.lost(p) // it does not listen; nothing that it does is waited for any more
		default:
			r.hung = true
			return []model.News{{Path: p.path, Hung: true, Said: r.takeSaid(p)}}, nil
		}
		if err != nil {
			return nil, err
		}
		if r.over.Load() {
			if err := r.lastWords(); err != nil {
				return nil, err
			}
			r.stopAll()
			return r.report()
		}
	}
}

// lastWords takes in what is left to hear when nobody lives any more.
func (r *run) lastWords() error {
	for {
		fds := r.descriptors()
		ready, err := poll(fds, 0)
		if err != nil || !ready {
			return err
		}
		if err := r.hear(fds); err != nil {
			return err
		}
	}
}

// waits returns a process that has to stop or end first, or nil.
func (r *run) waits() *process {
	for _, p := range r.order {
		switch {
		case p.aide:
			if q := r.procs[p.parent]; p.state != gone && (q == nil || q.state == gone) {
				if p.state != going {
					p.state, p.since = going, time.Now()
				}
				return p
			}
		case p.state == starting || p.state == going || p.state == ending:
			return p
		}
	}
	return nil
}

// descriptors are those that can have something to say: the door, the output, and
// the processes in order.
func (r *run) descriptors() []unix.PollFd {
	fds := make([]unix.PollFd, 0, len(r.order)+2)
	fds = append(fds, unix.PollFd{Fd: int32(r.door.fd), Events: unix.POLLIN}, unix.PollFd{Fd: int32(r.output), Events: unix.POLLIN})
	for _, p := range r.order {
		fds = append(fds, unix.PollFd{Fd: int32(p.fd), Events: unix.POLLIN})
	}
	return fds
}

// hear takes in what has been said, as descriptors and poll found.
func (r *run) hear(fds []unix.PollFd) error {
	if fds[0].Revents != 0 {
		if err := r.open(); err != nil {
			return err
		}
	}
	for i, p := range r.order[:len(fds)-2] {
		if fds[2+i].Revents == 0 || p.over {
			continue
		}
		if err := r.follow(p); err != nil {
			return err
		}
	}
	if fds[1].Revents != 0 {
		return r.drain()
	}
	return nil
}

// open takes in the first process's line.
func (r *run) open() error {
	frames, err := r.door.read(r.buf)
	if err == errNonsense || r.door.over {
		r.door.close()
		err = nil
	}
	for _, f := range frames {
		if f.mark == trace.Born && len(r.order) == 0 && string(f.body) == "0" {
			r.add(&process{line: line{fd: f.fd}, path: "0"})
		} else if f.fd >= 0 {
			unix.Close(f.fd)
		}
	}
	return err
}

// follow takes in what a process says.
func (r *run) follow(p *process) error {
	frames, err := p.read(r.buf)
	if err != nil && err != errNonsense {
		return err
	}
	sense := err == nil
	for _, f := range frames {
		if sense = sense && r.listen(p, f); !sense && f.fd >= 0 {
			unix.Close(f.fd)
		}
	}
	if !sense || p.over {
		r.lost(p)
	}
	return nil
}

func (r *run) add(p *process) {
	r.procs[p.path] = p
	r.order = append(r.order, p)
	if len(r.order) > model.MaxProcs {
		r.program.unfit.Store(&crowded)
		r.stopAll()
	}
}

// listen takes in one frame. false: it makes no sense.
func (r *run) listen(p *process, f frame) bool {
	switch f.mark {
	case trace.Born, trace.Aide:
		path := string(f.body)
		if p.state != going || p.aide || !childOf(path, p.path) || r.procs[path] != nil {
			return false
		}
		r.add(&process{line: line{fd: f.fd}, path: path, aide: f.mark == trace.Aide, parent: p.path})
		return true
	case trace.Ask:
		return r.asked(p, f.body)
	case trace.Stop:
		again := p.again
		p.again = false
		return again
	case trace.Back:
		return p.state != stopped && r.answered(p, trace.NewReader(f.body))
	case trace.Many:
		r.program.unfit.Store(&entangled)
		return true
	}
	return false
}

// asked notes that a process has come to an operation.
func (r *run) asked(p *process, body []byte) bool {
	in := trace.NewReader(body)
	if p.aide || p.state != starting && p.state != going || !r.answered(p, in) {
		return false
	}
	e := in.Event()
	e.Proc = p.path
	if in.Err != nil || !sound(&e, p.path) {
		return false
	}
	if e.Kind == trace.Start {
		if r.started[e.Object] {
			return false
		}
		r.started[e.Object] = true
	}
	p.state, p.op = stopped, e
	return true
}

// answered notes what came of a process's last operation.
func (r *run) answered(p *process, in *trace.Reader) bool {
	a := in.Answer()
	if in.Err != nil {
		return false
	}
	if a.Made {
		p.answer = &trace.Event{Result: a.Result}
		if child := r.procs[p.op.Object]; p.op.Kind == trace.Start && a.Result != "" && child != nil {
			child.failed = true
		}
	}
	return true
}

// lost notes that a line has closed.
func (r *run) lost(p *process) {
	p.close()
	if p.state != gone {
		if p.state != ending && p.op.Kind != trace.Exit {
			p.state = gone
			r.news = append(r.news, model.News{Path: p.path})
		}
		p.state = gone
	}
}

// stopAll lets go of all processes, which ends those that are held.
func (r *run) stopAll() {
	for _, p := range r.order {
		r.lost(p)
	}
}

// drain takes in what was printed.
func (r *run) drain() error {
	most := r.program.command.Limits.Output
	if most == 0 {
		most = box.Defaults().Output
	}
	for r.output >= 0 {
		n, err := unix.Read(r.output, r.buf)
		switch {
		case err == unix.EINTR:
			continue
		case err == unix.EAGAIN:
			return nil
		case err == nil && n == 0:
			r.closeOutput() // nobody can print any more
			return nil
		case err != nil:
			return fmt.Errorf("cannot read the program's output: %w", err)
		}
		r.printed += int64(n)
		if r.printed > most {
			if r.hit == nil {
				r.hit = &box.Hit{Limit: "output", Bound: fmt.Sprintf("%d bytes", most), Seen: fmt.Sprintf("more than %d bytes", most)}
				r.stopAll()
			}
			return nil
		}
		r.said = append(r.said, string(r.buf[:n]))
	}
	return nil
}

// takeSaid hands on what was printed, which is p's if p is the one that was let go.
func (r *run) takeSaid(p *process) []string {
	if p != r.current && r.current != nil {
		return nil
	}
	said := r.said
	r.said = nil
	return said
}

// report says what happened since the last report.
func (r *run) report() ([]model.News, error) {
	if err := r.drain(); err != nil {
		return nil, err
	}
	var out []model.News
	tell := func(p *process, n model.News) {
		n.Said, n.Threads = r.takeSaid(p), r.program.Unfit() != ""
		if p.answer != nil {
			n.Result, p.answer = p.answer, nil
		}
		out = append(out, n)
	}
	for _, p := range r.order {
		if p.state == stopped && p.op.Op != 0 && !p.aide {
			op := p.op
			p.op.Op = 0 // it has been told
			tell(p, model.News{Path: p.path, Op: &op})
		}
	}
	for _, n := range r.news {
		if p := r.procs[n.Path]; !p.aide && !p.failed && r.started[p.path] {
			tell(p, n)
		}
	}
	r.news = nil
	return out, nil
}

// Let lets a process go on.
func (r *run) Let(path string, g model.Grant) error {
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
	p.state = going
	if g.Twice {
		grant |= trace.Twice
		p.state, p.again = away, true
	}
	if victim := r.procs[g.Ends]; victim != nil && victim.state != gone {
		victim.state, victim.since = ending, time.Now()
	}
	if p.grant(grant) != nil {
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
	r.door.close()
	r.closeOutput() // who writes without end is ended by that
	stuck := time.NewTimer(finishPatience)
	defer stuck.Stop()
	if r.hung {
		r.cancel()
	}
	select {
	case <-r.ended:
	case <-stuck.C:
		r.hung = true
		r.cancel()
		<-r.ended
	}
	if r.hung {
		r.program.abandon(r.worker)
		return &box.Observation{Exit: box.Exit{Signal: int(unix.SIGKILL)}, Hit: r.hit}, nil
	}
	if r.err != nil {
		return nil, r.err
	}
	if r.seen.Hit == nil {
		r.seen.Hit = r.hit
	}
	return r.seen, nil
}

// finishPatience is how long processes may take to end whose lines have closed.
// Those that are held end at once.
const finishPatience = time.Second

//go:build unix

package control

import (
	"fmt"
	"slices"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/explore/model"
	"lockstep/mp/trace"
)

// This file takes in what a run's processes say and print. Nothing of it is
// believed that does not fit what the process was let go for.

// receiveRest takes in what is left to receive when nobody lives any more.
func (r *run) receiveRest() error {
	for {
		fds := r.descriptors()
		fds[0].Fd = -1
		ready, err := poll(fds, 0)
		if err != nil || !ready {
			return err
		}
		if err := r.receive(fds); err != nil {
			return err
		}
	}
}

// descriptors are those that can have something to say: the run's end, the listener,
// the output, and the processes in order.
func (r *run) descriptors() []unix.PollFd {
	fds := make([]unix.PollFd, 0, len(r.order)+3)
	for _, fd := range []int{r.alarm, r.listener.fd, r.output} {
		fds = append(fds, unix.PollFd{Fd: int32(fd), Events: unix.POLLIN})
	}
	for _, p := range r.order {
		fds = append(fds, unix.PollFd{Fd: int32(p.fd), Events: unix.POLLIN})
	}
	return fds
}

// receive takes in what has been said, as descriptors and poll found.
func (r *run) receive(fds []unix.PollFd) error {
	if fds[0].Revents != 0 && r.abandon != nil {
		r.hear()
	}
	if fds[1].Revents != 0 {
		r.open()
	}
	for i, p := range r.order[:len(fds)-3] {
		if fds[3+i].Revents != 0 && !p.over {
			r.follow(p)
		}
	}
	if fds[2].Revents != 0 {
		return r.drain()
	}
	return nil
}

// open takes in the first process's line.
func (r *run) open() {
	frames, err := r.listener.read(r.buf)
	if err != nil || r.listener.over {
		r.listener.close()
	}
	for _, f := range frames {
		if f.mark == trace.Born && len(r.order) == 0 && string(f.body) == "0" {
			r.add(&process{line: line{fd: f.fd, key: r.listener.key}, path: "0"})
		} else if f.fd >= 0 {
			shut(f.fd)
		}
	}
}

// follow takes in what a process says.
func (r *run) follow(p *process) {
	frames, err := p.read(r.buf)
	sense := err == nil
	for _, f := range frames {
		if sense = sense && r.listen(p, f); !sense && f.fd >= 0 {
			shut(f.fd)
		}
	}
	if !sense || p.over {
		r.lost(p)
	}
}

func (r *run) add(p *process) {
	r.procs[p.path] = p
	r.order = append(r.order, p)
	if len(r.order) > model.MaxProcs {
		r.program.met(model.Processes)
		r.stopAll()
	}
}

// listen takes in one frame. false: it makes no sense.
func (r *run) listen(p *process, f frame) bool {
	switch f.mark {
	case trace.Born, trace.Aide:
		path := string(f.body)
		if p.state != going && p.state != adrift && !r.succeeds(path) || p.aide || !childOf(path, p.path) || r.procs[path] != nil {
			return false
		}
		r.add(&process{line: line{fd: f.fd, key: p.key}, path: path, aide: f.mark == trace.Aide, parent: p.path})
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
		r.program.met(model.Goroutines)
		return true
	}
	return false
}

// succeeds says whether a path is that of the next process in another's place. Its
// parent starts it when that one has ended, which may not have been heard of yet, and
// whatever it has come to itself.
func (r *run) succeeds(path string) bool {
	return slices.ContainsFunc(r.order, func(p *process) bool { return trace.Successor(p.path) == path })
}

// asked notes that a process has come to an operation.
func (r *run) asked(p *process, body []byte) bool {
	in := trace.NewReader(body)
	if p.aide || p.state != starting && p.state != going && p.state != adrift || !r.answered(p, in) {
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
	if in.Err != nil || a.Took < 0 || a.Took > mostTime {
		return false
	}
	if a.Made { // what was asked has entered at 0
		p.answer = &trace.Event{Result: a.Result, Outcome: a.Outcome, Leave: a.Took}
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
				r.hit = &box.LimitExceeded{Limit: "output", Bound: fmt.Sprintf("%d bytes", most), Seen: fmt.Sprintf("more than %d bytes", most)}
				r.stopAll()
			}
			return nil
		}
		if last := len(r.said) - 1; r.full && last >= 0 {
			r.said[last] += string(r.buf[:n]) // the rest of one call's
		} else {
			r.said = append(r.said, string(r.buf[:n]))
		}
		r.full = n == packet
	}
	return nil
}

// saidBy hands on what was printed, which is p's if p is the one that was let go.
func (r *run) saidBy(p *process) []string {
	if p != r.current && r.current != nil {
		return nil
	}
	said := r.said
	r.said, r.full = nil, false
	if p.mute && len(said) > 0 {
		r.program.Withheld.Store(true)
		return nil
	}
	return said
}

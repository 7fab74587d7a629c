package mp

import (
	"errors"
	"time"

	"lockstep/mp/trace"
)

// WaitAny waits until one of these children has ended, however long that takes, and joins
// it: i says which, the first of them where several have ended, and err is what its Join
// returns. One that was joined before counts too: leave it out.
//
// An i of -1 means that there is nothing to wait for: no children are given, or one is
// this process itself; err says so.
func WaitAny(ps ...*Process) (i int, err error) {
	if len(ps) == 0 {
		return -1, errors.New("cannot wait for any of no processes")
	}
	paths := make([]string, len(ps))
	for k, p := range ps {
		if p.handle == nil {
			return -1, errSelf
		}
		paths[k] = p.path
	}
	if !observed {
		return joinAny(ps)
	}
	perform(operation{kind: trace.Join, method: "any", index: -1, arg: paths, carries: paths}, func(op *operation) {
		if op.controlled {
			err = awaitAny(ps)
			return
		}
		if i, err = joinAny(ps); i >= 0 {
			op.object, op.name = ps[i].path, ps[i].name
		}
		op.ended(true, err)
	})
	if !controlled() || err != nil {
		return i, err
	}
	for i, p := range ps { // whom it finds is up to who lets the processes go
		if !p.Alive() {
			return i, p.Join()
		}
	}
	return -1, errors.New("cannot find the process that has ended")
}

// joinAny waits until a child has ended, and joins it.
func joinAny(ps []*Process) (int, error) {
	for {
		for i, p := range ps {
			if ended, err := p.await(0); ended || err != nil {
				return i, err
			}
		}
		if err := awaitAny(ps); err != nil {
			return -1, err
		}
	}
}

// awaitAny waits until a child has ended.
func awaitAny(ps []*Process) error {
	var handles []*child
	for _, p := range ps {
		p.mu.Lock()
		reaped := p.reaped
		p.mu.Unlock()
		if reaped {
			return nil
		}
		handles = append(handles, p.handle)
	}
	return awaitFirst(handles)
}

// lookForFirst is awaitFirst where the system can't wait for several: it looks again and
// again.
func lookForFirst(children []*child) error {
	for pause := 50 * time.Microsecond; ; pause = min(2*pause, 5*time.Millisecond) {
		for _, c := range children {
			if ended, err := c.await(0); ended || err != nil {
				return err
			}
		}
		time.Sleep(pause)
	}
}

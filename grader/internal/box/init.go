//go:build unix

package box

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box/internal/cgroup"
	"lockstep/grader/internal/box/internal/reexec"
	"lockstep/grader/internal/box/internal/rootfs"
	"lockstep/grader/internal/box/internal/shim"
	"lockstep/grader/internal/box/internal/watch"
	"lockstep/grader/internal/box/internal/wire"
	"lockstep/grader/internal/loopback"
)

// Init must be the first thing that main does, and TestMain of tests that run
// boxes. In a process that a box started for itself it plays that part and
// never returns; in any other it does nothing.
func Init() {
	if len(os.Args) < 2 {
		return
	}
	switch os.Args[1] {
	case reexec.Init:
		os.Exit(runInit())
	case reexec.Shim:
		shim.Run(os.Args[2:])
		os.Exit(127)
	case reexec.Canary:
		os.Exit(0)
	}
}

// runInit is the life of a box's init: it sets the place up, runs one order
// after the other, and ends with the socket on its standard input. Its exit
// code tells nothing; failures travel over the socket.
func runInit() int {
	heedSignals()
	debug.SetGCPercent(400) // a small heap, in the way of the program's own processors
	w := &wire.Conn{File: os.NewFile(0, "box")}
	kind, body, _, err := w.Receive(0)
	if err != nil || kind != kindSetup {
		fmt.Fprintln(os.Stderr, "cannot be run by hand: this is a part of the grader")
		return 2
	}
	var t terms
	if err := json.Unmarshal(body, &t); err != nil {
		return 2
	}
	place, err := settle(t)
	if err != nil {
		w.Send(kindFailed, wire.Staged("set up", err))
		return 1
	}
	if err := w.Send(kindReady, place.state()); err != nil {
		return 1
	}
	return serve(w, place)
}

// settle makes the place that the terms ask for.
func settle(t terms) (*place, error) {
	p := &place{terms: t, served: map[uint64]uint16{}}
	if err := watch.BecomeReaper(); err != nil {
		return nil, err
	}
	var err error
	if p.group, err = cgroup.Join(t.Group, rootfs.At+"/tmp"); err == nil {
		p.watcher = watch.New(p.group, t.Polling, t.Unwatched)
		err = p.confine()
	}
	if err != nil {
		return nil, wire.Staged("set up a box of tier "+string(t.Tier), err)
	}
	return p, nil
}

// serve runs orders until the grader is gone.
func serve(w *wire.Conn, place *place) int {
	orders := make(chan arrived)
	cut := make(chan LimitExceeded, 4)
	printed := make(chan struct{}, 2*MostSignals)
	gone := make(chan struct{})
	listens := make(chan struct{}, 1)
	go func() {
		defer close(gone)
		for {
			kind, body, files, err := w.Receive(mostFiles)
			if err != nil {
				return
			}
			switch kind {
			case kindRun:
				var o order
				if json.Unmarshal(body, &o) != nil || len(files) != 3+o.Files {
					wire.CloseAll(files)
					return
				}
				orders <- arrived{o, files}
			case kindListen:
				listens <- struct{}{}
			case kindText:
				printed <- struct{}{}
			case kindCut:
				var h LimitExceeded
				if json.Unmarshal(body, &h) == nil {
					cut <- h
				}
			}
		}
	}()
	for {
		select {
		case <-gone:
			return 0
		case <-listens:
			if err := place.openPort(w); err != nil && w.Send(kindFailed, wire.Staged("listen", err)) != nil {
				return 1
			}
		case a := <-orders:
			for len(cut) > 0 {
				<-cut // meant for the run before
			}
			for len(printed) > 0 {
				<-printed // likewise
			}
			seen, err := place.run(a.order, a.files, cut, printed, gone)
			wire.CloseAll(a.files)
			if err != nil {
				w.Send(kindFailed, wire.Staged("run", err))
				return 1
			}
			if err := w.Send(kindReport, seen); err != nil {
				return 1
			}
		}
	}
}

// arrived is an order with its descriptors.
type arrived struct {
	order
	files []*os.File
}

// openPort listens on the loopback that init sees, and sends the grader the
// descriptor. Programs may connect to it.
func (p *place) openPort(w *wire.Conn) error {
	l, err := loopback.Listen()
	if err != nil {
		return err
	}
	defer l.Close()
	var is unix.Stat_t
	if err := unix.Fstat(int(l.File().Fd()), &is); err != nil {
		return err
	}
	p.served[is.Ino] = uint16(l.Port())
	return w.Send(kindListen, struct{}{}, l.File())
}

//go:build unix

package box

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime/debug"
	"syscall"

	"golang.org/x/sys/unix"
)

// The private first arguments by which a process knows that it is a box's own.
const (
	initArgument   = "--box-init"
	shimArgument   = "--box-shim"
	canaryArgument = "--box-canary" // a program that is run to see whether a box works
)

// Init must be the first thing that main does, and TestMain of tests that run
// boxes. In a process that a box started for itself it plays that part and
// never returns; in any other it does nothing.
func Init() {
	if len(os.Args) < 2 {
		return
	}
	switch os.Args[1] {
	case initArgument:
		os.Exit(runInit())
	case shimArgument:
		runShim(os.Args[2:])
		os.Exit(127)
	case canaryArgument:
		os.Exit(0)
	}
}

// runInit is the life of a box's init: it sets the place up, runs one order
// after the other, and ends with the socket on its standard input. Its exit
// code tells nothing; failures travel over the socket.
func runInit() int {
	debug.SetGCPercent(400) // a small heap, in the way of the program's own processors
	w := &wire{file: os.NewFile(0, "box")}
	kind, body, _, err := w.receive(0)
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
		w.send(kindFailed, asFailure("set up", err))
		return 1
	}
	if err := w.send(kindReady, place.state()); err != nil {
		return 1
	}
	return serve(w, place)
}

// serve runs orders until the grader is gone.
func serve(w *wire, place *place) int {
	orders := make(chan arrived)
	cut := make(chan Hit, 4)
	gone := make(chan struct{})
	listens := make(chan struct{}, 1)
	go func() {
		defer close(gone)
		for {
			kind, body, files, err := w.receive(mostFiles)
			if err != nil {
				return
			}
			switch kind {
			case kindRun:
				var o order
				if json.Unmarshal(body, &o) != nil || len(files) != 3+o.Files {
					closeAll(files)
					return
				}
				orders <- arrived{o, files}
			case kindListen:
				listens <- struct{}{}
			case kindCut:
				var h Hit
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
			if err := place.openPort(w); err != nil && w.send(kindFailed, asFailure("listen", err)) != nil {
				return 1
			}
		case a := <-orders:
			for len(cut) > 0 {
				<-cut // meant for the run before
			}
			seen, err := place.run(a.order, a.files, cut, gone)
			closeAll(a.files)
			if err != nil {
				w.send(kindFailed, asFailure("run", err))
				return 1
			}
			if err := w.send(kindReport, seen); err != nil {
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

// mostFiles is how many descriptors the kernel lets one message carry.
const mostFiles = 253

// asFailure keeps the stage of an error that has one.
func asFailure(stage string, err error) *failure {
	var f *failure
	if errors.As(err, &f) {
		return f
	}
	return &failure{Stage: stage, Text: err.Error()}
}

// staged names what init was doing when err happened.
func staged(stage string, err error) error {
	if err == nil {
		return nil
	}
	return &failure{Stage: stage, Text: err.Error()}
}

// exitOf translates a wait status.
func exitOf(ws syscall.WaitStatus) Exit {
	if ws.Signaled() {
		return Exit{Signal: int(ws.Signal())}
	}
	return Exit{Code: ws.ExitStatus()}
}

// openPort listens on the loopback that init sees, and sends the grader the
// descriptor. Programs may connect to it.
func (p *place) openPort(w *wire) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer l.Close()
	f, err := l.(*net.TCPListener).File()
	if err != nil {
		return err
	}
	defer f.Close()
	var is unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &is); err != nil {
		return err
	}
	p.served[is.Ino] = l.Addr().(*net.TCPAddr).AddrPort().Port()
	return w.send(kindListen, struct{}{}, f)
}

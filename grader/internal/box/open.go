//go:build unix

package box

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box/internal/cgroup"
	"lockstep/grader/internal/box/internal/reexec"
	"lockstep/grader/internal/box/internal/wire"
	"lockstep/grader/internal/scratch"
)

// Box is one confined place. It runs one command at a time: several at once
// would share a /tmp and could signal each other, so whoever wants that opens
// several boxes. Nothing of one run is left for the next.
type Box struct {
	setup   Setup
	mu      sync.Mutex
	init    *exec.Cmd
	group   *cgroup.Group
	folder  *scratch.Dir // on the host; nil where programs have a place of their own
	conn    *wire.Conn
	stderr  bytes.Buffer // init's
	state   state
	answers chan answer
	ended   chan struct{} // init is dead
	sending sync.Mutex
	broken  error
	closed  bool
}

// answer is a message from init.
type answer struct {
	kind  byte
	body  []byte
	files []*os.File
}

// open is Open in a named tier.
func open(ctx context.Context, setup Setup) (*Box, error) {
	if setup.Program == "" {
		return nil, errors.New("cannot open a box: no program is named")
	}
	var err error
	if setup.Program, err = filepath.Abs(setup.Program); err != nil {
		return nil, fmt.Errorf("cannot open a box: %w", err)
	}
	for _, paths := range []*[]string{&setup.ReadOnly, &setup.Writable, &setup.Programs} {
		if *paths, err = absolute(*paths); err != nil {
			return nil, fmt.Errorf("cannot open a box: %w", err)
		}
	}
	if err := allowed(); err != nil {
		return nil, fmt.Errorf("cannot open a box: %w", err)
	}
	setup.Limits = setup.Limits.Filled(Defaults())
	b := &Box{setup: setup, answers: make(chan answer, 1), ended: make(chan struct{})}
	if b.group, err = newGroup(setup); err != nil {
		return nil, fmt.Errorf("cannot open a box: %w", err)
	}
	if !private(setup.Tier) {
		if b.folder, err = scratch.New("box"); err != nil {
			return nil, err // it says what to do, the same in all tiers
		}
	}
	if err := b.start(); err != nil {
		return nil, fmt.Errorf("cannot open a box: %w", errors.Join(err, b.clear()))
	}
	if err := b.conn.Send(kindSetup, b.terms()); err != nil {
		b.end()
		return nil, fmt.Errorf("cannot open a box: %w", err)
	}
	a, err := b.wait(ctx)
	if err == nil && a.kind == kindReady {
		err = json.Unmarshal(a.body, &b.state)
	} else if err == nil {
		err = a.failure()
	}
	if err != nil {
		b.end()
		return nil, fmt.Errorf("cannot open a box: %w", err)
	}
	return b, nil
}

// Tier says how strongly the box confines.
func (b *Box) Tier() Tier { return b.state.Tier }

// terms are what init is told.
func (b *Box) terms() terms {
	t := terms{Setup: b.setup}
	if b.folder != nil {
		t.Folder = b.folder.Path
	}
	if b.group != nil {
		t.Group = &b.group.Folders
	}
	// A program that is shown files of the host's keeps the grader's user, without
	// its privileges: what it makes must belong to the grader.
	if b.setup.Tier == TierA && len(b.setup.ReadOnly)+len(b.setup.Writable) == 0 {
		t.User = firstUser + b.init.Process.Pid
	}
	return t
}

// start starts init.
func (b *Box) start() error {
	self, err := reexec.Program()
	if err != nil {
		return err
	}
	ours, theirs, err := wire.Pair()
	if err != nil {
		return err
	}
	defer theirs.Close()
	b.conn = &wire.Conn{File: ours}
	b.init = &exec.Cmd{
		Path:        self,
		Args:        []string{reexec.Name, reexec.Init},
		Env:         []string{"GOTRACEBACK=all", reexec.AtOnce},
		Dir:         "/",
		Stdin:       theirs,
		Stderr:      &b.stderr,
		SysProcAttr: initAttributes(b.setup.Tier),
		WaitDelay:   time.Second,
	}
	if err := reexec.OnStarter(b.init.Start); err != nil {
		ours.Close()
		return fmt.Errorf("cannot start the box's init: %w", err)
	}
	go b.listen()
	return nil
}

// listen hands on what init says until it is dead.
func (b *Box) listen() {
	for {
		kind, body, files, err := b.conn.Receive(1)
		if err != nil {
			break
		}
		b.answers <- answer{kind, body, files}
	}
	b.init.Wait()
	close(b.ended)
}

// wait returns init's next message.
func (b *Box) wait(ctx context.Context) (answer, error) {
	select {
	case a := <-b.answers:
		return a, nil
	case <-ctx.Done():
		return answer{}, context.Cause(ctx)
	case <-b.ended:
		select {
		case a := <-b.answers: // its last words
			return a, nil
		default:
			return answer{}, fmt.Errorf("the box's init died: %v: %s", b.init.ProcessState, lastLines(b.stderr.String()))
		}
	}
}

func (a answer) failure() error {
	var f wire.Failure
	if a.kind != kindFailed || json.Unmarshal(a.body, &f) != nil {
		return fmt.Errorf("the box's init said something unexpected (%q)", a.kind)
	}
	return &f
}

func lastLines(s string) string {
	const most = 2000
	if s = strings.TrimSpace(s); len(s) > most {
		s = s[:most]
	}
	if s == "" {
		return "no last words"
	}
	return s
}

// end leaves init alone, which makes it clear everything away, and waits for
// that. It reports what went wrong on the way.
func (b *Box) end() error {
	unix.Shutdown(b.conn.FD(), unix.SHUT_RDWR)
	limit := Allow(patience)
	over := time.After(patience)
	var late error
	for ended := false; !ended; {
		select {
		case <-b.ended:
			ended = true
		case <-b.answers: // a report that nobody waits for; listen goes on
		case <-over:
			if over = nil; !limit.Over(context.Background()) {
				over = time.After(limit.Left())
				continue
			}
			late = fmt.Errorf("cannot close a box: its init did not end within %v", limit)
			b.init.Process.Kill()
		}
	}
	b.conn.File.Close()
	return errors.Join(late, b.clear())
}

// clear removes what the box has of the host's.
func (b *Box) clear() error {
	err := b.group.Remove()
	if b.folder != nil {
		err = errors.Join(err, b.folder.Close())
	}
	return err
}

// Close ends whatever runs and leaves nothing behind. A second call does
// nothing, nor does one after an error of Run, which has ended the box.
func (b *Box) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed || b.broken != nil {
		return nil
	}
	b.closed = true
	return b.end()
}

func absolute(paths []string) ([]string, error) {
	out := slices.Clone(paths)
	for i := range out {
		var err error
		if out[i], err = filepath.Abs(out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// send serialises the messages of the run and of its collectors.
func (b *Box) send(kind byte, body any, files ...*os.File) error {
	b.sending.Lock()
	defer b.sending.Unlock()
	return b.conn.Send(kind, body, files...)
}

// cut tells init that the run has gone too far. When init is gone there is
// nothing to tell: whoever waits for it notices.
func (b *Box) cut(h LimitExceeded) { _ = b.send(kindCut, h) }

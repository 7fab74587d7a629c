//go:build unix

package box

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/scratch"
)

// Setup describes a place in which one program is run, once or many times.
type Setup struct {
	Program  string   // as in Command
	ReadOnly []string // as in Command
	Writable []string // as in Command
	Limits   Limits   // what the place itself is sized for: FileSize
	Tier     Tier     // insist on a tier; empty: the strongest that this machine gives
	Polling  bool     // look for processes by polling even where they can be traced
	Blind    bool     // read nobody's memory even where it can be read
	// Unwatched is for programs that are run again and again: runs are bounded as
	// ever, and cost far less, but of their processes only the root is known.
	Unwatched bool
}

// Box is one confined place. It runs one command at a time: several at once
// would share a /tmp and could signal each other, so whoever wants that opens
// several boxes. Nothing of one run is left for the next.
type Box struct {
	setup   Setup
	mu      sync.Mutex
	helper  *exec.Cmd
	group   *group
	folder  *scratch.Dir // on the host; nil where programs have a place of their own
	wire    *wire
	said    bytes.Buffer // what init wrote to its standard error
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

// state is what init says of the place once it stands.
type state struct {
	Tier    Tier
	Unseen  []string
	Grouped bool     // a control group counts memory
	Open    []string // what programs are not kept from
}

// patience is how long init may take to clear everything away once it is told
// to, or was left alone: far beyond what the largest tree of processes needs.
const patience = 10 * time.Second

// Open makes the place. The error is the grader's or the machine's.
func Open(ctx context.Context, setup Setup) (*Box, error) {
	if setup.Tier == "" {
		setup.Tier = strongest()
	}
	return open(ctx, setup)
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
	for _, paths := range []*[]string{&setup.ReadOnly, &setup.Writable} {
		if *paths, err = absolute(*paths); err != nil {
			return nil, fmt.Errorf("cannot open a box: %w", err)
		}
	}
	if err := allowed(); err != nil {
		return nil, fmt.Errorf("cannot open a box: %w", err)
	}
	setup.Limits = setup.Limits.filled(Defaults())
	b := &Box{setup: setup, answers: make(chan answer, 1), ended: make(chan struct{})}
	if b.group, err = newGroup(setup); err != nil {
		return nil, fmt.Errorf("cannot open a box: %w", err)
	}
	if !private(setup.Tier) {
		if b.folder, err = scratch.New("box"); err != nil {
			return nil, fmt.Errorf("cannot open a box: %w", err)
		}
	}
	if err := b.start(); err != nil {
		return nil, fmt.Errorf("cannot open a box: %w", errors.Join(err, b.clear()))
	}
	if err := b.wire.send(kindSetup, b.terms()); err != nil {
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

// Listen opens a port of the loopback that the box's programs see, on a number
// that the kernel picks, for a service of the grader's. Whoever calls it closes
// it. It can't be called while the box runs something.
func (b *Box) Listen() (net.Listener, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed || b.broken != nil {
		return nil, fmt.Errorf("cannot listen in a box: it is closed: %w", errors.Join(b.broken, os.ErrClosed))
	}
	return b.port(context.Background())
}

// port is Listen for who has the box to himself.
func (b *Box) port(ctx context.Context) (net.Listener, error) {
	ctx, cancel := WithAllowance(ctx, patience, context.DeadlineExceeded)
	defer cancel()
	err := b.send(kindListen, struct{}{})
	if err == nil {
		var a answer
		if a, err = b.wait(ctx); err == nil {
			defer closeAll(a.files)
			if a.kind != kindListen || len(a.files) != 1 {
				return nil, fmt.Errorf("cannot listen in a box: %w", a.failure())
			}
			var l net.Listener
			if l, err = net.FileListener(a.files[0]); err == nil {
				return l, nil
			}
		}
	}
	return nil, fmt.Errorf("cannot listen in a box: %w", err)
}

// terms are what init is told.
func (b *Box) terms() terms {
	t := terms{Setup: b.setup}
	if b.folder != nil {
		t.Folder = b.folder.Path
	}
	if b.group != nil {
		t.Group = &b.group.folders
	}
	// A program that is shown files of the host's keeps the grader's user, without
	// its privileges: what it makes must belong to the grader.
	if b.setup.Tier == TierA && len(b.setup.ReadOnly)+len(b.setup.Writable) == 0 {
		t.User = firstUser + b.helper.Process.Pid
	}
	return t
}

// atOnce lets a race build of the grader's own end without the second that it
// lingers by default.
const atOnce = "GORACE=atexit_sleep_ms=0"

// start starts init.
func (b *Box) start() error {
	self, err := ownProgram()
	if err != nil {
		return err
	}
	ours, theirs, err := socketpair()
	if err != nil {
		return err
	}
	defer theirs.Close()
	b.wire = &wire{file: ours}
	b.helper = &exec.Cmd{
		Path:        self,
		Args:        []string{"lockstep-box", initArgument},
		Env:         []string{"GOTRACEBACK=all", atOnce},
		Dir:         "/",
		Stdin:       theirs,
		Stderr:      &b.said,
		SysProcAttr: initAttributes(b.setup.Tier),
		WaitDelay:   time.Second,
	}
	if err := onStarter(b.helper.Start); err != nil {
		ours.Close()
		return fmt.Errorf("cannot start the box's init: %w", err)
	}
	go b.listen()
	return nil
}

// listen hands on what init says until it is dead.
func (b *Box) listen() {
	for {
		kind, body, files, err := b.wire.receive(1)
		if err != nil {
			break
		}
		b.answers <- answer{kind, body, files}
	}
	b.helper.Wait()
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
			return answer{}, fmt.Errorf("the box's init died: %v: %s", b.helper.ProcessState, lastLines(b.said.String()))
		}
	}
}

func (a answer) failure() error {
	var f failure
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
	unix.Shutdown(b.wire.fd(), unix.SHUT_RDWR)
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
			b.helper.Process.Kill()
		}
	}
	b.wire.file.Close()
	return errors.Join(late, b.clear())
}

// clear removes what the box has of the host's.
func (b *Box) clear() error {
	err := b.group.remove()
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

// Run runs c's arguments in the box and waits until every process of the run
// is gone. Command's Program, ReadOnly, Writable and Tier are the box's and may be
// left out; others are an error. After an error the box is of no more use.
func (b *Box) Run(ctx context.Context, c Command) (*Observation, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	name := filepath.Base(b.setup.Program)
	if b.closed || b.broken != nil {
		return nil, fmt.Errorf("cannot run %s: the box is closed: %w", name, errors.Join(b.broken, os.ErrClosed))
	}
	if err := b.fits(c); err != nil {
		return nil, fmt.Errorf("cannot run %s: %w", name, err)
	}
	if c.Serve != nil {
		l, err := b.port(ctx)
		if err != nil {
			b.broken = err
			return nil, fmt.Errorf("cannot run %s: %w", name, errors.Join(err, b.end()))
		}
		defer l.Close()
		c.Env = append(slices.Clone(c.Env), c.Serve(l)...)
	}
	seen, err := b.run(ctx, c)
	if err != nil {
		b.broken = err
		return nil, fmt.Errorf("cannot run %s: %w", name, errors.Join(err, b.end()))
	}
	return seen, nil
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

// fits says whether a command is one for this box.
func (b *Box) fits(c Command) error {
	if c.Program != "" {
		if path, err := filepath.Abs(c.Program); err != nil || path != b.setup.Program {
			return fmt.Errorf("this box is for %s, not for %s", b.setup.Program, c.Program)
		}
	}
	readOnly, err := absolute(c.ReadOnly)
	if err != nil {
		return err
	}
	writable, err := absolute(c.Writable)
	if err != nil {
		return err
	}
	if readOnly != nil && !slices.Equal(readOnly, b.setup.ReadOnly) || writable != nil && !slices.Equal(writable, b.setup.Writable) {
		return errors.New("this box shows other files of the host's than the command wants")
	}
	if c.Tier != "" && c.Tier != b.state.Tier {
		return fmt.Errorf("this box is of tier %s, not of tier %s", b.state.Tier, c.Tier)
	}
	if len(c.Files)+3 > mostFiles {
		return fmt.Errorf("%d files are more than a process can be given", len(c.Files))
	}
	return nil
}

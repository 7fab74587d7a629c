//go:build unix

package box

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// run sends one order to init and gathers what comes of it: the streams here,
// through pipes that a program can't reopen, and the rest from init.
func (b *Box) run(ctx context.Context, c Command) (*Observation, error) {
	limits := c.Limits.filled(b.setup.Limits)
	cpu, times := limits.CPU, cpuSlowness()
	limits.CPU = time.Duration(float64(cpu) * times)
	p, err := openPipes(c.Stdin, c.Stdout)
	if err != nil {
		return nil, err
	}
	defer p.close()
	for _, stream := range []*collector{&p.stdout, &p.stderr} {
		stream.most = limits.Output
		stream.over = func() {
			b.cut(Hit{
				Limit: "output",
				Bound: printBytes(limits.Output),
				Seen:  "more than " + printBytes(limits.Output),
			})
		}
	}
	o := order{Program: b.setup.Program, Args: c.Args, Env: c.Env, Dir: c.Dir, Fixed: c.Fixed, Gather: c.Gather, Files: len(c.Files), Limits: limits}
	theirs := p.theirs
	if c.Stdout != nil {
		theirs[1] = c.Stdout
	}
	if err := b.send(kindRun, o, append(theirs[:], c.Files...)...); err != nil {
		return nil, fmt.Errorf("cannot reach the box's init: %w", err)
	}
	p.start()
	a, err := b.within(ctx, limits)
	if err != nil {
		return nil, err
	}
	if a.kind != kindReport {
		return nil, a.failure()
	}
	var seen Observation
	if err := json.Unmarshal(a.body, &seen); err != nil {
		return nil, err
	}
	if err := p.drained(); err != nil {
		return nil, err
	}
	if times > 1 && seen.CPU > cpu {
		note(ctx, times)
	}
	seen.Stdout, seen.Stderr = p.stdout.stream, p.stderr.stream
	seen.Tier, seen.Unseen = b.state.Tier, append(b.state.Unseen, seen.Unseen...)
	return &seen, nil
}

// within waits for init's report, and ends the run when its real time is over. Init
// keeps the other limits; that it may take longer then to clear away is the grader's
// fault and is reported so.
func (b *Box) within(ctx context.Context, l Limits) (answer, error) {
	limit := Allow(l.Wall)
	for {
		a, err := b.waitFor(ctx, limit.Left(), errWall)
		if err != errWall {
			return a, err
		}
		if limit.Over(ctx) {
			break
		}
	}
	b.cut(Hit{Limit: "wall", Bound: limit.String(), Seen: printTime(time.Since(limit.begin))})
	most := time.Duration(limit.times * float64(l.Linger+patience))
	return b.waitFor(ctx, most, fmt.Errorf("the box's init did not report within %v", most))
}

var errWall = errors.New("the limit on real time is reached")

// waitFor waits for init's next message, but no longer than d.
func (b *Box) waitFor(ctx context.Context, d time.Duration, late error) (answer, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, d, late)
	defer cancel()
	return b.wait(ctx)
}

// send serialises the messages of the run and of its collectors.
func (b *Box) send(kind byte, body any, files ...*os.File) error {
	b.sending.Lock()
	defer b.sending.Unlock()
	return b.wire.send(kind, body, files...)
}

// cut tells init that the run has gone too far. When init is gone there is
// nothing to tell: whoever waits for it notices.
func (b *Box) cut(h Hit) { _ = b.send(kindCut, h) }

// pipes are a run's standard streams.
type pipes struct {
	theirs         [3]*os.File // the program's ends
	ours           [3]*os.File
	stdin          []byte
	stdout, stderr collector
	copying        sync.WaitGroup
	mu             sync.Mutex
	failed         error
}

// smallInput is what a pipe holds without a reader: it can be written before
// the program starts, without a goroutine that waits for it.
const smallInput = 32 << 10

// openPipes makes the streams; stdout is the program's, if the caller has one.
func openPipes(stdin []byte, stdout *os.File) (*pipes, error) {
	p := &pipes{stdin: stdin}
	var err error
	if stdin == nil {
		p.theirs[0], err = os.Open(os.DevNull)
	} else if p.theirs[0], p.ours[0], err = os.Pipe(); err == nil && len(stdin) <= smallInput {
		_, err = p.ours[0].Write(stdin)
		p.ours[0].Close()
		p.ours[0] = nil
	}
	if err == nil && stdout == nil {
		var ours int
		if ours, p.theirs[1], err = OutputPipe(); err == nil {
			p.ours[1] = os.NewFile(uintptr(ours), "output")
		}
	}
	if err == nil {
		p.ours[2], p.theirs[2], err = os.Pipe()
	}
	if err != nil {
		p.close()
		return nil, fmt.Errorf("cannot open pipes: %w", err)
	}
	return p, nil
}

// start hands the program's ends over for good and copies the others.
func (p *pipes) start() {
	closeAll(p.theirs[:])
	p.theirs = [3]*os.File{}
	if p.ours[0] != nil {
		p.copying.Go(func() {
			defer p.ours[0].Close()
			// A program need not read all of its input.
			if _, err := p.ours[0].Write(p.stdin); err != nil && !errors.Is(err, unix.EPIPE) && !errors.Is(err, os.ErrDeadlineExceeded) {
				p.fail(fmt.Errorf("cannot write standard input: %w", err))
			}
		})
	}
	for i, into := range []*collector{&p.stdout, &p.stderr} {
		if p.ours[1+i] == nil {
			continue
		}
		p.copying.Go(func() {
			if _, err := io.Copy(into, p.ours[1+i]); err != nil {
				p.fail(fmt.Errorf("cannot read the program's output: %w", err))
			}
		})
	}
}

func (p *pipes) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failed = errors.Join(p.failed, err)
}

// drained waits until everything that was written has been read. Every process
// of the run is dead by then, so only a descriptor that got out of the box
// could keep a pipe open: a bound on the wait turns that into an error.
func (p *pipes) drained() error {
	soon := time.Now().Add(patience)
	for _, f := range p.ours {
		if f != nil {
			f.SetDeadline(soon)
		}
	}
	p.copying.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.failed
}

// close ends the copying, whatever its state, and closes what is open.
func (p *pipes) close() {
	for _, f := range p.ours {
		if f != nil {
			f.SetDeadline(time.Unix(1, 0))
		}
	}
	p.copying.Wait()
	closeAll(p.theirs[:])
	closeAll(p.ours[:])
}

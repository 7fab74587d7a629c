//go:build unix

package box

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"lockstep/grader/internal/box/internal/facts"
	"lockstep/grader/internal/box/internal/wire"
	"lockstep/grader/internal/loopback"
)

// port opens a port of the loopback that the box's programs see, on a number that the
// kernel picks, for a service of the grader's.
func (b *Box) port(ctx context.Context) (*loopback.Listener, error) {
	ctx, cancel := WithAllowance(ctx, patience, context.DeadlineExceeded)
	defer cancel()
	err := b.send(kindListen, struct{}{})
	if err == nil {
		var a answer
		if a, err = b.wait(ctx); err == nil {
			defer wire.CloseAll(a.files)
			if a.kind != kindListen || len(a.files) != 1 {
				return nil, fmt.Errorf("cannot listen in a box: %w", a.failure())
			}
			var l *loopback.Listener
			if l, err = loopback.From(a.files[0]); err == nil {
				return l, nil
			}
		}
	}
	return nil, fmt.Errorf("cannot listen in a box: %w", err)
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

// fits reports whether a command is one for this box.
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
	programs, err := absolute(c.Programs)
	if err != nil {
		return err
	}
	if programs != nil && !slices.Equal(programs, b.setup.Programs) {
		return errors.New("this box has other programs beside its own than the command wants")
	}
	if c.Dir != "" && (len(c.Given) > 0 || c.Leaves) {
		return errors.New("only the fresh folder of a run is given files, and looked at")
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
	if err := dialogueFits(c); err != nil {
		return err
	}
	return signalsFit(c, b.setup)
}

// run sends one order to init and gathers what comes of it: the streams here,
// through pipes that a program can't reopen, and the rest from init.
func (b *Box) run(ctx context.Context, c Command) (*Observation, error) {
	limits := c.Limits.Filled(b.setup.Limits)
	cpu, times := limits.CPU, cpuSlowness()
	limits.CPU = time.Duration(float64(cpu) * times)
	said := newDialogue(c.Dialogue)
	p, err := openPipes(c.Stdin, c.Stdout, said)
	if err != nil {
		return nil, err
	}
	defer p.close()
	much := LimitExceeded{Limit: "output", Bound: facts.PrintBytes(limits.Output), Seen: "more than " + facts.PrintBytes(limits.Output)}
	for _, stream := range []*collector{&p.stdout, &p.stderr} {
		stream.most, stream.over = limits.Output, func() { b.cut(much) }
	}
	texts := b.textsOf(c.Signals)
	if len(texts.wanted) > 0 {
		p.stdout.heard = append(p.stdout.heard, texts.look)
	}
	o := order{Program: b.setup.Program, Args: c.Args, Env: c.Env, Dir: c.Dir, Fixed: c.Fixed, Gather: c.Gather, Files: len(c.Files), Limits: limits, Signals: c.Signals, AtOnce: c.AtOnce}
	o.Given, o.Leaves, o.Steps = c.Given, c.Leaves, c.Steps
	if o.Holds = c.Holds; len(o.Holds) > 0 {
		o.Patience = time.Duration(float64(holdPatience) * slowness())
	}
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
	texts.settle(seen.Signals)
	if times > 1 && seen.CPU > cpu {
		note(ctx, times)
	}
	seen.Stdout, seen.Stderr = p.stdout.stream, p.stderr.stream
	seen.Dialogue = said.told(seen.Stdout.Bytes)
	if seen.Exceeded == nil && max(seen.Stdout.Total, seen.Stderr.Total) > limits.Output {
		seen.Exceeded = &much // it had ended by itself before it could be cut short
	}
	seen.Tier, seen.Unseen = b.state.Tier, append(b.state.Unseen, seen.Unseen...)
	return &seen, nil
}

// holdPatience is how long nothing may happen before a process that is held is let go:
// the others wait for it.
const holdPatience = 2 * time.Second

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
	b.cut(LimitExceeded{Limit: "wall", Bound: limit.String(), Seen: facts.PrintTime(time.Since(limit.begin))})
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

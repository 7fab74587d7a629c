//go:build unix

package box

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box/internal/wire"
)

// pipes are a run's standard streams.
type pipes struct {
	theirs         [3]*os.File // the program's ends
	ours           [3]*os.File
	stdin          <-chan []byte // what is still to be written
	stdout, stderr collector
	copying        sync.WaitGroup
	mu             sync.Mutex
	failed         error
}

// smallInput is what a pipe holds without a reader: it can be written before
// the program starts, without a goroutine that waits for it.
const smallInput = 32 << 10

// openPipes makes the streams; stdout is the program's, if the caller has one. A dialogue
// takes the place of stdin.
func openPipes(stdin []byte, stdout *os.File, said *dialogue) (*pipes, error) {
	p := &pipes{}
	var err error
	if stdin == nil && said == nil {
		p.theirs[0], err = os.Open(os.DevNull)
	} else if p.theirs[0], p.ours[0], err = os.Pipe(); err == nil {
		err = p.fill(stdin, said)
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

// fill has what the program shall read written: at once, if there is room for it.
func (p *pipes) fill(stdin []byte, said *dialogue) (err error) {
	switch {
	case said != nil:
		p.stdin, p.stdout.ended = said.say, said.end
		p.stdout.heard = append(p.stdout.heard, said.sought.look)
	case len(stdin) <= smallInput:
		_, err = p.ours[0].Write(stdin)
		p.ours[0].Close()
		p.ours[0] = nil
	default:
		whole := make(chan []byte, 1)
		whole <- stdin
		close(whole)
		p.stdin = whole
	}
	return err
}

// start hands the program's ends over for good and copies the others.
func (p *pipes) start() {
	wire.CloseAll(p.theirs[:])
	p.theirs = [3]*os.File{}
	if p.ours[0] != nil {
		p.copying.Go(func() {
			defer p.ours[0].Close()
			for text := range p.stdin {
				_, err := p.ours[0].Write(text)
				if err == nil {
					continue
				}
				// A program need not read all of its input.
				if !errors.Is(err, unix.EPIPE) && !errors.Is(err, os.ErrDeadlineExceeded) {
					p.fail(fmt.Errorf("cannot write standard input: %w", err))
				}
				return
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
			if into.ended != nil {
				into.ended()
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
	wire.CloseAll(p.theirs[:])
	wire.CloseAll(p.ours[:])
}

// collector keeps a bounded copy of a stream and counts the rest.
type collector struct {
	mu     sync.Mutex
	stream Stream
	most   int64
	over   func()         // called once, at the first byte too many
	heard  []func([]byte) // told all that is written
	ended  func()         // called when nothing more is; may be nil
}

func (c *collector) Write(p []byte) (int, error) {
	c.mu.Lock()
	room := c.most - int64(len(c.stream.Bytes))
	keep := min(room, int64(len(p)))
	c.stream.Bytes = append(c.stream.Bytes, p[:keep]...)
	before := c.stream.Total
	c.stream.Total += int64(len(p))
	first := before <= c.most && c.stream.Total > c.most
	c.mu.Unlock()
	if first && c.over != nil {
		c.over()
	}
	for _, heard := range c.heard {
		heard(p)
	}
	return len(p), nil
}

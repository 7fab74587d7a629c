//go:build unix

package box

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"sync"
)

// Boxes keeps boxes open for the next run of the same program, which saves half of
// what a short run costs. A nil *Boxes keeps none.
type Boxes struct {
	mu     sync.Mutex
	idle   []*kept
	closed bool
}

// kept is a box and what it was opened for.
type kept struct {
	*Box
	asked Setup
}

// Run is the function Run, in a box that is open already if one fits. Several runs
// may go on at once, each in a box of its own.
func (s *Boxes) Run(ctx context.Context, c Command) (*Observation, error) {
	c, err := c.placed()
	if err != nil {
		return nil, err
	}
	asked := Setup{Program: c.Program, ReadOnly: c.ReadOnly, Writable: c.Writable, Programs: c.Programs, Limits: c.Limits, Tier: c.Tier}
	b := s.take(asked)
	if b == nil {
		opened, err := Open(ctx, asked)
		if err != nil {
			return nil, err
		}
		b = &kept{opened, asked}
	}
	seen, err := b.Run(ctx, c)
	if err != nil {
		b.Close() // what is wrong with it is told already
		return nil, err
	}
	if err := s.keep(b); err != nil {
		return nil, err
	}
	return seen, nil
}

// take hands out a box that fits, if there is one.
func (s *Boxes) take(asked Setup) *kept {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.idle, func(b *kept) bool { return reflect.DeepEqual(b.asked, asked) })
	if i < 0 {
		return nil
	}
	b := s.idle[i]
	s.idle = slices.Delete(s.idle, i, i+1)
	return b
}

// keep takes a box back, or closes it.
func (s *Boxes) keep(b *kept) error {
	if s != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		if !s.closed {
			s.idle = append(s.idle, b)
			return nil
		}
	}
	return b.Close()
}

// Close closes them. Those in which something still runs are closed when it ends.
func (s *Boxes) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	var errs []error
	for _, b := range s.idle {
		errs = append(errs, b.Close())
	}
	s.idle = nil
	return errors.Join(errs...)
}

// Run opens a box, runs one command in it and closes it. The error means that
// the grader or the machine failed, or that ctx ended; then everything is
// killed. It is never the program's fault.
func Run(ctx context.Context, c Command) (*Observation, error) {
	return (*Boxes)(nil).Run(ctx, c)
}

// placed shows the command its working directory.
func (c Command) placed() (Command, error) {
	if c.Dir == "" {
		return c, nil
	}
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return c, fmt.Errorf("cannot run in %s: %w", c.Dir, err)
	}
	if c.Dir = dir; dir != "/" && dir != "/tmp" {
		c.ReadOnly = append(slices.Clone(c.ReadOnly), dir)
	}
	return c, nil
}

//go:build darwin || portable

package control

import (
	"context"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/explore/model"
)

// Forks is for Linux only.
type Forks struct{}

// Forks returns nil.
func (p *Program) Forks() *Forks { return nil }

// Begin is not called.
func (f *Forks) Begin(context.Context, int) (model.Run, error) { panic("there are no forks") }

// Close does nothing.
func (f *Forks) Close() error { return nil }

func (r *run) hear() {}

func (r *run) finishFork() (*box.Observation, error) { return nil, nil }

//go:build darwin || portable

// Package openfiles is what Linux has: here nobody adds up memory.
package openfiles

import "lockstep/grader/internal/box/internal/proc"

type Counter struct{}

func New(string, bool) *Counter         { return nil }
func (*Counter) Look([]proc.Stat) int64 { return 0 }
func (*Counter) Written() int64         { return 0 }
func (*Counter) Left() int64            { return 0 }
func (*Counter) Uncounted() string      { return "no program's memory is added up on this system" }

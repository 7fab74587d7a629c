//go:build darwin || portable

// Package cgroup is what Linux has: here there are no control groups.
package cgroup

import (
	"syscall"
	"time"
)

type (
	Folders    struct{}
	Group      struct{ Folders }
	Membership struct{}
)

func (*Group) Remove() error                                         { return nil }
func Join(*Folders, string) (*Membership, error)                     { return nil, nil }
func (*Membership) Bound(int64, int) error                           { return nil }
func (*Membership) Most() int64                                      { return 0 }
func (*Membership) CPU() time.Duration                               { return 0 }
func (*Membership) Start(f func() error) error                       { return f() }
func (*Membership) Born(a *syscall.SysProcAttr) *syscall.SysProcAttr { return a }
func (*Membership) Memory(seen, _ int64) int64                       { return seen }
func (*Membership) OverLimit() bool                                  { return false }
func (*Membership) OutsideOOM() bool                                 { return false }

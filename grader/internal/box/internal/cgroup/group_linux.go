//go:build !portable

// Package cgroup counts and bounds what a run takes, by a control group of the
// kernel's.
package cgroup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box/internal/wire"
)

// A Group is a control group that is made for one box. Only programs are in it, never
// init, which must outlive them. It counts the memory that no process shows, and holds
// what grows faster than anybody looks. The grader makes it, because it is there when
// everything else of a box is gone; what a grader leaves that is killed, the next one
// removes.
type Group struct {
	Folders
	locks []*os.File
}

// Prefix begins every group's name; a pid and a number follow.
const Prefix = "lockstep-"

var groups atomic.Int64

// Make makes a group below the folders.
func (above Folders) Make() (*Group, error) {
	for {
		g := &Group{Folders: Folders{Unified: above.Unified}}
		name := fmt.Sprintf("%s%d-%d", Prefix, os.Getpid(), groups.Add(1))
		err := g.add(above, name)
		if err == nil {
			return g, nil
		}
		g.Remove()
		// A grader of another process namespace has that number, or swept it.
		if !errors.Is(err, fs.ErrExist) && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("cannot make a control group: %w", err)
		}
	}
}

func (g *Group) add(above Folders, name string) error {
	for _, folder := range above.Paths {
		path := filepath.Join(folder, name)
		if err := os.Mkdir(path, 0o755); err != nil {
			return err
		}
		g.Paths = append(g.Paths, path)
		lock, err := lockGroup(path)
		if err != nil {
			return err
		}
		g.locks = append(g.locks, lock)
		if _, err := os.Stat(path); err != nil {
			return err // swept before it was locked
		}
	}
	return nil
}

// lockGroup takes the lock by which a group's owner shows that it lives.
func lockGroup(path string) (*os.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		return nil, os.NewSyscallError("flock", err)
	}
	return f, nil
}

// patience is how long the kernel may need to notice that all processes have ended.
const patience = 10 * time.Second

// Remove removes a group whose processes have ended. The kernel may need a moment
// to notice that they have.
func (g *Group) Remove() error {
	if g == nil {
		return nil
	}
	var failed error
	for _, path := range g.Paths {
		late := time.Now().Add(patience)
		for pause := time.Millisecond; ; pause = min(2*pause, 100*time.Millisecond) {
			err := unix.Rmdir(path)
			if err == unix.EBUSY && time.Now().Before(late) {
				time.Sleep(pause)
				continue
			}
			if err != nil && err != unix.ENOENT {
				failed = errors.Join(failed, fmt.Errorf("cannot remove a control group: %w", err))
			}
			break
		}
	}
	wire.CloseAll(g.locks)
	g.Paths, g.locks = nil, nil
	return failed
}

// Sweep removes the groups of graders that were killed.
func (above Folders) Sweep() {
	for _, folder := range above.Paths {
		names, _ := filepath.Glob(filepath.Join(folder, Prefix+"*"))
		for _, name := range names {
			if lock, err := lockGroup(name); err == nil {
				unix.Rmdir(name) // refused while somebody is in it
				lock.Close()
			}
		}
	}
}

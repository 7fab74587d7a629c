//go:build unix

// Package scratch hands out temporary folders that do not outlive their owner. In
// goes a kind, out comes a folder of that name. Close removes it; and when its
// owner was killed before that, the next grader's Sweep does.
package scratch

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// prefix begins every folder's name. Nothing else may: a sweep takes a folder that
// nobody has locked for one whose owner is dead.
const prefix = "lockstep."

// Dir is a folder for this process alone. Its owner holds a lock on it, which the
// kernel lets go when the owner ends, however it ends.
type Dir struct {
	Path string
	lock *os.File
}

// New makes a folder of a kind, a word for those who list the temporary folder.
func New(kind string) (*Dir, error) {
	// A sweep may find the folder before it is locked, and remove it: then there
	// is another. More than a few times in a row, something else is wrong.
	const most = 8
	var err error
	for range most {
		var d *Dir
		if d, err = try(kind); err == nil {
			return d, nil
		}
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, errSwept) {
			break
		}
	}
	return nil, fmt.Errorf("cannot make a temporary folder: set TMPDIR to a folder that you may write to, and that has room (%w)", err)
}

var errSwept = errors.New("it was removed at once")

func try(kind string) (*Dir, error) {
	path, err := os.MkdirTemp("", prefix+kind+".")
	if err != nil {
		return nil, err
	}
	d := &Dir{Path: path}
	if d.lock, err = lock(path, syscall.LOCK_EX); err != nil {
		os.Remove(path)
		return nil, err
	}
	if !d.stands() {
		d.lock.Close()
		return nil, errSwept
	}
	return d, nil
}

// lock opens a folder and takes its lock.
func lock(path string, how int) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return nil, err
	}
	for {
		switch err := syscall.Flock(int(f.Fd()), how); err {
		case nil:
			return f, nil
		case syscall.EINTR:
		default:
			f.Close()
			return nil, err
		}
	}
}

// stands reports whether the folder at the path is still the one that was locked.
func (d *Dir) stands() bool {
	there, err := os.Lstat(d.Path)
	if err != nil {
		return false
	}
	ours, err := d.lock.Stat()
	return err == nil && os.SameFile(there, ours)
}

// Close removes the folder and all that is in it.
func (d *Dir) Close() error {
	err := Remove(d.Path)
	return errors.Join(err, d.lock.Close())
}

// Sweep removes what graders of this user left that were killed, and returns it.
// What can't be removed is left to the next.
func Sweep() []string {
	names, err := filepath.Glob(filepath.Join(os.TempDir(), prefix+"*"))
	if err != nil {
		return nil
	}
	var gone []string
	for _, name := range names {
		info, err := os.Lstat(name)
		if err != nil || !info.IsDir() || info.Sys().(*syscall.Stat_t).Uid != uint32(os.Geteuid()) {
			continue
		}
		f, err := lock(name, syscall.LOCK_EX|syscall.LOCK_NB)
		if err != nil {
			continue // somebody works in it
		}
		if Remove(name) == nil {
			gone = append(gone, name)
		}
		f.Close()
	}
	return gone
}

// Remove is os.RemoveAll for a folder in which a program may have locked others:
// who owns a folder can open it again. It follows no link.
func Remove(path string) error {
	err := os.RemoveAll(path)
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	root, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer root.Close()
	unlock(root, filepath.Base(path))
	return os.RemoveAll(path)
}

// unlock makes a folder and those below it open to its owner, as far as it can:
// RemoveAll says what is still in the way.
func unlock(root *os.Root, name string) {
	info, err := root.Lstat(name)
	if err != nil || !info.IsDir() {
		return
	}
	_ = root.Chmod(name, 0o700)
	dir, err := root.Open(name)
	if err != nil {
		return
	}
	entries, _ := dir.ReadDir(-1)
	dir.Close()
	for _, e := range entries {
		if e.IsDir() {
			unlock(root, strings.Join([]string{name, e.Name()}, "/"))
		}
	}
}

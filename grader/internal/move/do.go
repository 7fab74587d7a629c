package move

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/scratch"
	"lockstep/grader/internal/usage"
)

// Do renames and writes. Where something can't be done, or the course could not be read
// afterwards, all is as it was, and the error says why; it says too what could not be undone.
func (p *Plan) Do() (err error) {
	var undo []func() error
	defer func() {
		for i := len(undo) - 1; i >= 0 && err != nil; i-- {
			if left := undo[i](); left != nil {
				err = errors.Join(err, fmt.Errorf("cannot undo: %w; git has what was there", left))
			}
		}
	}()
	rename := func(from, to string) error {
		if there(to) {
			return fmt.Errorf("there is a %s already", to)
		}
		if err := os.Rename(from, to); err != nil {
			return err
		}
		undo = append(undo, func() error { return os.Rename(to, from) })
		return nil
	}
	// By names of their own, so that none is in another's way.
	for _, pass := range []func(r [2]string) (from, to string){
		func(r [2]string) (string, string) { return r[0], aside(r[1]) },
		func(r [2]string) (string, string) { return aside(r[1]), r[1] },
	} {
		for _, r := range p.Renames {
			from, to := pass(r)
			if err := rename(p.place(from), p.place(to)); err != nil {
				return fmt.Errorf("cannot move exercises: %w", err)
			}
		}
	}
	for _, e := range p.Edits {
		name := p.place(e.File)
		info, err := os.Stat(name)
		if err == nil {
			undo = append(undo, func() error { return scratch.ReplaceText(name, info.Mode().Perm(), e.old) })
			err = scratch.ReplaceText(name, info.Mode().Perm(), e.new)
		}
		if err != nil {
			return fmt.Errorf("cannot move exercises: %w", err)
		}
	}
	if _, err := exercise.LoadAll(p.place("exercises")); err != nil {
		return usage.Errorf("cannot move exercises, for the course would be wrong: %w", err)
	}
	return nil
}

// aside is what a folder is called in between.
func aside(to string) string { return to + ".moving" }

// place is a file or folder of the course.
func (p *Plan) place(name string) string { return filepath.Join(p.course, filepath.FromSlash(name)) }

func there(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}

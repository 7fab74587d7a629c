package scratch

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// PlaceError says why a folder can't be written to.
type PlaceError struct{ error }

func (e PlaceError) Unwrap() error { return e.error }

// Replace writes a file so that whoever looks sees the old text or the new, never a
// part, and so that a link at its name is replaced and not followed. Where nothing can
// be written at all the error is a PlaceError.
func Replace(name string, mode fs.FileMode, write func(*os.File) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".lockstep-")
	if err != nil {
		return PlaceError{err}
	}
	defer os.Remove(f.Name()) // gone after the rename
	if err := errors.Join(write(f), f.Chmod(mode), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// ReplaceText is Replace for a text that is at hand.
func ReplaceText(name string, mode fs.FileMode, text []byte) error {
	return Replace(name, mode, func(f *os.File) error {
		_, err := f.Write(text)
		return err
	})
}

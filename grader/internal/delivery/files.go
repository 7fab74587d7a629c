package delivery

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"lockstep/grader/internal/scratch"
	"lockstep/grader/internal/usage"
)

// withdraw removes an old result. A terminal, a pipe or a device has none.
func withdraw(name string) error {
	info, err := os.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() && info.Mode()&os.ModeSymlink == 0 {
		return nil
	}
	if err == nil {
		err = os.Remove(name)
	}
	if err != nil {
		return fmt.Errorf("cannot remove the old result: %w", err)
	}
	return nil
}

// replace writes a file in one step. A terminal, a pipe or a device is written to as
// it is.
func replace(name string, write func(io.Writer) error) (err error) {
	if info, lost := os.Lstat(name); lost == nil && !info.Mode().IsRegular() && info.Mode()&os.ModeSymlink == 0 && !info.IsDir() {
		err = appendTo(name, write)
	} else {
		err = scratch.Replace(name, 0o644, func(f *os.File) error { return errors.Join(write(f), f.Sync()) })
	}
	if no := (scratch.PlaceError{}); errors.As(err, &no) {
		err = &usage.Error{Err: err}
	}
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", name, err)
	}
	return nil
}

// appendTo adds to a file in one write.
func appendTo(name string, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(b.Bytes())
	return errors.Join(err, f.Close())
}

//go:build unix

// Package folder puts files into the folder that a run begins in, and reads what the run
// left there. Nobody of the run lives at either time; what it left may be anything: links
// out of the folder are never followed, pipes never opened, and no more is read than is
// kept.
package folder

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box/internal/facts"
)

// What is kept of a folder: far more than the programs of a course leave.
const (
	mostFiles = 256
	mostDepth = 8
	mostOfOne = 1 << 20
	mostOfAll = 8 << 20
)

// Fill makes files in an empty folder, for a user; 0: this process's own.
func Fill(dir string, files []facts.File, user int) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, f := range files {
		if err := fill(root, f, user); err != nil {
			return err
		}
	}
	for _, f := range slices.Backward(files) { // what is in a folder changes its date, and needs its rights
		if f.Mode.Type() == fs.ModeSymlink {
			continue
		}
		err := root.Chmod(f.Name, f.Mode.Perm())
		if err == nil && !f.Time.IsZero() {
			err = root.Chtimes(f.Name, f.Time, f.Time)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func fill(root *os.Root, f facts.File, user int) error {
	own := func(name string) error {
		if user == 0 {
			return nil
		}
		return root.Lchown(name, user, user)
	}
	// Folders that nobody names are made where they are missing.
	for i, c := range f.Name {
		if c != '/' {
			continue
		}
		switch err := root.Mkdir(f.Name[:i], 0o755); {
		case errors.Is(err, fs.ErrExist):
		case err != nil:
			return err
		default:
			if err := own(f.Name[:i]); err != nil {
				return err
			}
		}
	}
	var err error
	switch f.Mode.Type() {
	case 0:
		err = root.WriteFile(f.Name, f.Text, 0o600)
	case fs.ModeDir:
		err = root.Mkdir(f.Name, 0o700)
	case fs.ModeSymlink:
		err = root.Symlink(string(f.Text), f.Name)
	default:
		return errors.New("cannot make " + f.Name + ": it is no file, folder or link")
	}
	return cmp.Or(err, own(f.Name))
}

// Read reads what a folder holds. One that is gone holds nothing.
func Read(dir string) (*facts.Left, error) {
	left := &facts.Left{}
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return left, nil // the program removed it
	}
	if err != nil {
		return nil, err
	}
	defer root.Close()
	r := reader{root: root, left: left, room: mostOfAll}
	r.read(".", 1)
	slices.SortFunc(left.Files, func(a, b facts.File) int { return cmp.Compare(a.Name, b.Name) })
	return left, nil
}

// reader goes through a folder until it has seen enough.
type reader struct {
	root *os.Root
	left *facts.Left
	room int64
}

func (r *reader) read(dir string, depth int) {
	f, err := r.root.OpenFile(dir, os.O_RDONLY|unix.O_DIRECTORY|unix.O_NONBLOCK, 0)
	if err != nil {
		r.left.More = true // it may not be looked into
		return
	}
	defer f.Close()
	entries, err := f.ReadDir(mostFiles - len(r.left.Files) + 1)
	if err != nil && err != io.EOF {
		r.left.More = true
	}
	for _, e := range entries {
		if len(r.left.Files) == mostFiles {
			r.left.More = true
			return
		}
		name := path.Join(dir, e.Name())
		info, err := r.root.Lstat(name)
		if err != nil {
			r.left.More = true
			continue
		}
		file := facts.File{Name: name, Mode: info.Mode(), Time: info.ModTime()}
		switch info.Mode().Type() {
		case 0:
			file.Size = info.Size()
			file.Text = r.text(name)
			file.Unread = int64(len(file.Text)) != file.Size
		case fs.ModeSymlink:
			to, err := r.root.Readlink(name)
			file.Text, file.Unread = []byte(to), err != nil
		}
		r.left.Files = append(r.left.Files, file)
		if info.IsDir() {
			if depth == mostDepth {
				r.left.More = true
				continue
			}
			r.read(name, depth+1)
		}
	}
}

// text reads a plain file, as far as there is room for it.
func (r *reader) text(name string) []byte {
	text := Text(r.root, name, min(mostOfOne, r.room))
	r.room -= int64(len(text))
	return text
}

// Text reads up to so many bytes of a plain file below a root; nothing where it may not
// be read.
func Text(root *os.Root, name string, most int64) []byte {
	f, err := root.OpenFile(name, os.O_RDONLY|unix.O_NONBLOCK|unix.O_NOFOLLOW, 0)
	if err != nil {
		return nil
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, most))
	if err != nil {
		return nil
	}
	return text
}

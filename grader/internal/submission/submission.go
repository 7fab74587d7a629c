// Package submission takes what may be taken from a student's tree. In goes an
// exercise and the tree's folder; out come the texts of the exercise's `edit:`
// files and every reason to refuse them. Nothing else of the tree is read, but for what
// tells that a file of the course's was changed, and nothing of it is run.
package submission

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"unicode/utf8"

	"lockstep/grader/internal/exercise"
)

// MaxFile bounds one submitted file, in bytes.
const MaxFile = 256 << 10

// Submission is a student's work on one exercise.
type Submission struct {
	Exercise *exercise.Exercise
	Dir      string            // the folder that the files were taken from
	Place    string            // the same as the tree counts it, slash-separated
	Files    map[string][]byte // by the names in `edit:`
	Problems []Problem         // why the work can't be built; empty when it can
	Untaken  []string          // Go files beside them, which the exercise does not take
	// Untouched: they are those that the course ships. Not known, and false, where they
	// lie in the course itself.
	Untouched bool
}

// Named is a file of the student's, as build and runs call it, by its path in the tree:
// that of a repository, for who reads of it there.
func (s *Submission) Named(file string) string {
	if file == "" {
		return ""
	}
	name := filepath.ToSlash(file)
	if rel, ok := below(s.Dir, file); ok {
		name = rel
	} else if filepath.IsAbs(file) || strings.HasPrefix(name, s.Place+"/") {
		return name
	}
	return path.Join(s.Place, name)
}

// below is a file's name in a folder, slash-separated, where it is in there.
func below(dir, file string) (string, bool) {
	a, err := filepath.Abs(dir)
	b, failed := filepath.Abs(file)
	if err != nil || failed != nil {
		return "", false
	}
	rel, err := filepath.Rel(a, b)
	return filepath.ToSlash(rel), err == nil && filepath.IsLocal(rel)
}

// Problem is one reason to refuse a file.
type Problem struct {
	File   string // as the student would open it
	Line   int    // 0 where the file as a whole is meant
	Column int    // 0 where the line as a whole is meant
	Text   string
}

// Brief is the problem for where its place stands beside it: what is wrong with a file as a
// whole begins with its name.
func (p Problem) Brief() string {
	if p.Line == 0 {
		return filepath.Base(p.File) + ": " + p.Text
	}
	return p.Text
}

func (p Problem) String() string {
	if p.Line == 0 {
		return p.File + ": " + p.Text
	}
	if p.Column == 0 {
		return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text)
	}
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Text)
}

// Read takes an exercise's files from a tree laid out as TREE/exercises/ID/,
// TREE/ID/, or, for the course's own starter, the exercise's folder itself. A
// file that is missing, too large or no plain file is a Problem; only a tree
// that can't be read at all is an error.
func Read(tree string, e *exercise.Exercise) (*Submission, error) { return ReadAt(tree, "", e) }

// ReadAt is Read where the exercise's folder in the tree is known; empty: it is not.
func ReadAt(tree, dir string, e *exercise.Exercise) (*Submission, error) {
	if info, err := os.Stat(tree); err != nil {
		return nil, fmt.Errorf("cannot read the submission: %w", err)
	} else if !info.IsDir() {
		return nil, fmt.Errorf("cannot read the submission: %s is not a folder", tree)
	}
	// A root, so that no link on the way leads out of the tree: to a solution.
	root, err := os.OpenRoot(tree)
	if err != nil {
		return nil, fmt.Errorf("cannot read the submission: %w", err)
	}
	defer root.Close()
	if dir == "" {
		dir = locate(root, e)
	}
	s := &Submission{Exercise: e, Dir: filepath.Join(tree, dir), Place: filepath.ToSlash(dir), Files: map[string][]byte{}}
	for _, name := range e.Edit {
		text, problem := take(root, filepath.Join(dir, name))
		if problem == missing {
			if near := found(root, e, dir, name); near != "" {
				problem += ": " + near
			}
		}
		if problem != "" {
			s.Problems = append(s.Problems, Problem{File: filepath.Join(s.Dir, name), Text: problem})
			continue
		}
		s.Files[name] = text
	}
	s.Untaken = untaken(root, e, dir)
	s.Untouched = untouched(s)
	s.Problems = append(s.Problems, screen(s)...)
	return s, nil
}

// New makes a submission of files that were not read from a tree: a mutant.
func New(e *exercise.Exercise, dir string, files map[string][]byte) *Submission {
	s := &Submission{Exercise: e, Dir: dir, Place: filepath.ToSlash(dir), Files: files}
	s.Problems = screen(s)
	return s
}

// untouched compares what was handed in with the course's, but for the ends of lines.
func untouched(s *Submission) bool {
	theirs, err := os.Stat(s.Dir)
	ours, failed := os.Stat(s.Exercise.Dir)
	if err != nil || failed != nil || os.SameFile(theirs, ours) || len(s.Files) < len(s.Exercise.Edit) {
		return false
	}
	for name, text := range s.Files {
		shipped, err := os.ReadFile(filepath.Join(s.Exercise.Dir, name))
		if err != nil || !same(text, shipped) {
			return false
		}
	}
	return true
}

// Shown is a folder as somebody in the working folder would name it.
func Shown(dir string) string {
	here, err := os.Getwd()
	if err != nil {
		return dir
	}
	rel, err := filepath.Rel(here, dir)
	if err != nil || !filepath.IsLocal(rel) {
		return dir
	}
	return rel
}

func locate(root *os.Root, e *exercise.Exercise) string {
	for _, dir := range []string{filepath.Join("exercises", e.ID), e.ID} {
		if info, err := root.Stat(dir); err == nil && info.IsDir() {
			return dir
		}
	}
	return e.ID
}

// missing is the problem with a file that is not there.
const missing = "there is no such file"

// take reads a plain file of bounded size. It never follows a link at the
// file's own name or out of the root, and never blocks on a pipe or a device.
func take(root *os.Root, name string) (text []byte, problem string) {
	info, err := root.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, missing
	case err != nil:
		return nil, "cannot be read: " + errors.Unwrap(err).Error()
	case info.Mode()&fs.ModeSymlink != 0:
		return nil, "is a symbolic link; hand in the file itself"
	case !info.Mode().IsRegular():
		return nil, "is not a plain file"
	case info.Size() > MaxFile:
		return nil, fmt.Sprintf("has %d bytes; at most %d are taken", info.Size(), MaxFile)
	}
	f, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, "cannot be read: " + err.Error()
	}
	defer f.Close()
	// The name may have been exchanged since Lstat: what is open decides.
	opened, err := f.Stat()
	if err != nil || !os.SameFile(info, opened) {
		return nil, "changed while it was read"
	}
	text, err = io.ReadAll(io.LimitReader(f, MaxFile+1))
	switch {
	case err != nil:
		return nil, "cannot be read: " + err.Error()
	case len(text) > MaxFile:
		return nil, fmt.Sprintf("has more than %d bytes", MaxFile)
	}
	return text, unreadable(text)
}

// unreadable says why a text is no text for the compiler, and what to do.
func unreadable(text []byte) string {
	const cure = "; save it as UTF-8"
	pairs := text[:min(len(text), 64)&^1]
	zeros := bytes.Count(pairs, []byte{0})
	switch {
	case bytes.HasPrefix(text, []byte("version https://git-lfs.github.com/spec/")):
		return "is a pointer of Git LFS, not the file; keep it without LFS: git lfs untrack '*.go'"
	case bytes.HasPrefix(text, []byte{0xff, 0xfe}), bytes.HasPrefix(text, []byte{0xfe, 0xff}), zeros > 0 && 3*zeros >= len(pairs):
		return "is not UTF-8 text but UTF-16, as some editors save it" + cure
	case len(bytes.TrimSpace(text)) == 0:
		return "is empty"
	}
	line := 1
	for rest := text; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		switch {
		case r == utf8.RuneError && size == 1:
			return fmt.Sprintf("is not UTF-8 text: line %d holds the byte %#x%s", line, rest[0], cure)
		case r == 0:
			return fmt.Sprintf("is no text: line %d holds a NUL byte%s", line, cure)
		case r == '\n':
			line++
		}
		rest = rest[size:]
	}
	return ""
}

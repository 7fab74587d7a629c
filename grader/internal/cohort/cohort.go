// Package cohort grades a whole class and keeps its books. In go folders, git
// repositories and zip files, which take the pipeline in batches; out come the roster,
// a journal that survives being killed, and what a teacher reads: a table, a JSON file
// and a page per student, a page of the class.
package cohort

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/report"
)

// Submission is what one student, or one group, handed in.
type Submission struct {
	Student string // the name of its folder, repository or zip file, or what a learning platform calls the student
	Path    string
	Kind    Kind
	Parts   map[string]string // of Files: where each lies, by the name that the student gave it

	Number   string    // the learning platform's, of the student; may be empty
	Late     bool      // the learning platform says so
	Deadline time.Time // of this student alone; zero: that of the class
	// Committed says that of a repository what was committed counts, not what lies there.
	Committed bool
	Attempt   int  // of several of the student's, from 1; 0: there is only one
	from      int  // which of the paths that were named it is from
	Stray     bool // there is a roster, and it is nobody's
}

// Kind says how a submission is read.
type Kind int

const (
	Folder     Kind = iota
	Repository      // a folder with a .git in it, or a bare repository
	Zip
	Files // handed in one by one, and put beside those of others
	None  // nothing was handed in
)

// Find lists the submissions that paths hold, by name: each path is a submission
// itself, or a folder of submissions, also as Moodle and Canvas hand them out. Ignored are
// files that are neither, and links among submissions, which would let one stand for
// another. A path that is named alone is where it leads to. A folder is a submission
// where an exercise of the course lies in it, or, where only one is graded, its files.
func Find(paths []string, exercises []*exercise.Exercise, course []string) (found []Submission, ignored []string, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("cannot read submissions: %w", err)
		}
	}()
	for from, path := range paths {
		here, others, err := findIn(path, len(paths) == 1, exercises, course)
		if err != nil {
			return nil, nil, err
		}
		for _, s := range here {
			s.from = from
			found = append(found, s)
		}
		ignored = append(ignored, others...)
	}
	slices.SortStableFunc(found, func(a, b Submission) int { return strings.Compare(a.Student, b.Student) })
	return found, ignored, nil
}

// findIn lists the submissions of one path.
func findIn(path string, alone bool, exercises []*exercise.Exercise, course []string) (found []Submission, ignored []string, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if kind, ok := kindOf(path, info, exercises, course); ok {
		if itself, err := os.Lstat(filepath.Clean(path)); err == nil && itself.Mode()&os.ModeSymlink != 0 && !alone {
			return nil, []string{path}, nil
		}
		return []Submission{newSubmission(path, kind)}, nil, nil
	}
	if !info.IsDir() {
		return nil, nil, fmt.Errorf("%s is neither a folder nor a zip file", path)
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, nil, err
	}
	handedOut := platform{dir: path, students: map[[2]string]*Submission{}}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		child := filepath.Join(path, entry.Name())
		info, err := os.Lstat(child)
		if err != nil {
			return nil, nil, err
		}
		kind, ok := kindOf(child, info, exercises, course)
		switch {
		case handedOut.take(entry.Name(), info):
		case !ok && !info.IsDir():
			ignored = append(ignored, child)
		default:
			found = append(found, newSubmission(child, kind))
		}
	}
	return append(found, handedOut.submissions()...), ignored, nil
}

// newSubmission names a submission by its file or folder. What no person reads as a
// name is in it as Go writes it: it is printed, and stands in tables and pages.
func newSubmission(path string, kind Kind) Submission {
	name := filepath.Base(filepath.Clean(path))
	if abs, err := filepath.Abs(path); err == nil {
		name = filepath.Base(abs)
	}
	for _, end := range []string{".zip", ".git"} {
		if short := strings.TrimSuffix(name, end); short != "" {
			name = short
		}
	}
	return Submission{Student: report.Escape(name, len(name)), Path: path, Kind: kind}
}

// kindOf says what a path is; ok is false for a folder that only holds others.
func kindOf(path string, info os.FileInfo, exercises []*exercise.Exercise, course []string) (kind Kind, ok bool) {
	if info.Mode().IsRegular() {
		return Zip, strings.EqualFold(filepath.Ext(path), ".zip")
	}
	if !info.IsDir() {
		return Folder, false
	}
	there := func(name string) bool {
		_, err := os.Lstat(filepath.Join(path, name))
		return err == nil
	}
	if there(".git") || there("HEAD") && there("objects") && there("refs") {
		return Repository, true
	}
	if there("exercises") {
		return Folder, true
	}
	if slices.ContainsFunc(course, there) {
		return Folder, true
	}
	return Folder, len(exercises) == 1 && slices.ContainsFunc(exercises[0].Edit, there)
}

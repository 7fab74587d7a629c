// Package cohort grades a whole class and keeps its books. In go folders, git
// repositories and zip files, which take the pipeline in batches; out come the roster,
// a journal that survives being killed, and what a teacher reads: a table, a JSON file
// and a page per student, a page of the class.
package cohort

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"lockstep/grader/internal/report"
)

// Submission is what one student, or one group, handed in.
type Submission struct {
	Student string // the name of its folder, repository or zip file
	Path    string
	Kind    Kind
}

// Kind says how a submission is read.
type Kind int

const (
	Folder     Kind = iota
	Repository      // a folder with a .git in it, or a bare repository
	Zip
)

// Find lists the submissions that paths hold, by name: each path is a submission
// itself, or a folder of submissions. Ignored are files that are neither, and links
// among submissions, which would let one stand for another. A path that is named
// alone is where it leads to.
func Find(paths []string) (found []Submission, ignored []string, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("cannot read submissions: %w", err)
		}
	}()
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, nil, err
		}
		if kind, ok := kindOf(path, info); ok {
			if itself, err := os.Lstat(filepath.Clean(path)); err == nil && itself.Mode()&os.ModeSymlink != 0 && len(paths) > 1 {
				ignored = append(ignored, path)
				continue
			}
			found = append(found, newSubmission(path, kind))
			continue
		}
		if !info.IsDir() {
			return nil, nil, fmt.Errorf("%s is neither a folder nor a zip file", path)
		}
		entries, err := os.ReadDir(path)
		if err != nil {
			return nil, nil, err
		}
		for _, entry := range entries {
			if strings.HasPrefix(entry.Name(), ".") {
				continue
			}
			child := filepath.Join(path, entry.Name())
			info, err := os.Lstat(child)
			if err != nil {
				return nil, nil, err
			}
			kind, ok := kindOf(child, info)
			if !ok && !info.IsDir() {
				ignored = append(ignored, child)
				continue
			}
			found = append(found, newSubmission(child, kind))
		}
	}
	slices.SortFunc(found, func(a, b Submission) int { return strings.Compare(a.Student, b.Student) })
	for i, s := range found {
		if i > 0 && s.Student == found[i-1].Student {
			return nil, nil, fmt.Errorf("%s and %s have the same name", found[i-1].Path, s.Path)
		}
	}
	return found, ignored, nil
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

var exerciseFolder = regexp.MustCompile(`^[0-9]{2}-[a-z0-9-]+$`)

// kindOf says what a path is; ok is false for a folder that only holds others.
func kindOf(path string, info os.FileInfo) (kind Kind, ok bool) {
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
	entries, err := os.ReadDir(path)
	if err != nil {
		return Folder, false
	}
	return Folder, slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.IsDir() && exerciseFolder.MatchString(e.Name()) })
}

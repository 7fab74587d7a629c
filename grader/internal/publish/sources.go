package publish

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// copy adds one plain file of the course.
func (t Tree) copy(course, from, to string) error {
	name := filepath.Join(course, filepath.FromSlash(from))
	info, err := os.Lstat(name)
	if err != nil {
		return fmt.Errorf("cannot publish: %w", err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("cannot publish %s: it is no plain file", name)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("cannot publish: %w", err)
	}
	t[to] = File{Text: text}
	return nil
}

type kind int

const (
	withoutTests kind = iota
	withTests
)

// sources adds a folder of the course's, without what editors and runs leave in it.
func (t Tree) sources(course, dir string, k kind) error {
	return filepath.WalkDir(filepath.Join(course, filepath.FromSlash(dir)), func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("cannot publish: %w", err)
		}
		rel, err := filepath.Rel(course, file)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		base := path.Base(rel)
		switch {
		case d.IsDir() && (strings.HasPrefix(base, ".") || k == withoutTests && base == "testdata" || base == "bench"):
			return filepath.SkipDir
		case d.IsDir(), leftover(base), k == withoutTests && strings.HasSuffix(base, "_test.go"):
			return nil
		}
		return t.copy(course, rel, rel)
	})
}

func leftover(base string) bool {
	for _, end := range []string{"~", ".swp", ".orig", ".test", ".prof", ".exe"} {
		if strings.HasSuffix(base, end) {
			return true
		}
	}
	return strings.HasPrefix(base, ".") || strings.HasPrefix(base, "#")
}

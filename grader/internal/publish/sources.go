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
func (t Tree) copy(course, from, to string) (err error) {
	defer failed(&err)
	name := filepath.Join(course, filepath.FromSlash(from))
	info, err := os.Lstat(name)
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no plain file", name)
	}
	if err != nil {
		return err
	}
	text, err := os.ReadFile(name)
	t[to] = File{Text: text}
	return err
}

// sources adds a folder of the course's, without what editors and runs leave in it, and
// without what makes a site of the course: nobody is marked by that.
func (t Tree) sources(course, dir string, tests bool) error {
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
		case d.IsDir() && (strings.HasPrefix(base, ".") || !tests && base == "testdata" || base == "bench" || rel == "grader/internal/site"):
			return filepath.SkipDir
		case d.IsDir(), leftover(base), rel == "grader/pages.go", !tests && strings.HasSuffix(base, "_test.go"):
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

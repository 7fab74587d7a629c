package build

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestLibraryIsTheCourses places a library whose kept copy is there, is not, can't be, or has
// become another: what a build has is always what the course holds.
func TestLibraryIsTheCourses(t *testing.T) {
	files := map[string][]byte{"a.go": []byte("package mp\n"), "trace/b.go": []byte("package trace\n")}
	tool := &toolchain{cache: t.TempDir()}
	place := func(linked bool) string {
		t.Helper()
		dir := filepath.Join(t.TempDir(), "mp")
		if err := tool.placeLibrary(files, dir); err != nil {
			t.Fatal(err)
		}
		if !holds(dir, files) {
			t.Error("the build has another library")
		}
		link, err := os.Readlink(dir)
		if (err == nil) != linked {
			t.Errorf("a link: %v", err == nil)
		}
		return link
	}
	place(false) // the cache lacks the folder
	if err := os.Mkdir(filepath.Join(tool.cache, "00"), 0o755); err != nil {
		t.Fatal(err)
	}
	kept := place(true)
	if again := place(true); again != kept {
		t.Errorf("kept in %s, then in %s", kept, again)
	}
	for name, spoil := range map[string]func() error{
		"changed": func() error { return os.WriteFile(filepath.Join(kept, "a.go"), []byte("package mq\n"), 0o644) },
		"more":    func() error { return os.WriteFile(filepath.Join(kept, "c.go"), []byte("package mp\n"), 0o644) },
		"less":    func() error { return os.RemoveAll(filepath.Join(kept, "trace")) },
	} {
		t.Run(name, func(t *testing.T) {
			if err := spoil(); err != nil {
				t.Fatal(err)
			}
			place(false)
		})
		if err := os.RemoveAll(kept); err != nil {
			t.Fatal(err)
		}
		place(true)
	}
	// Another version of the library takes the place of one that nobody has used for long.
	long := time.Now().Add(-6 * warmFor)
	if err := os.Chtimes(kept, long, long); err != nil {
		t.Fatal(err)
	}
	files = maps.Clone(files)
	files["a.go"] = []byte("package mp // changed\n")
	next := place(true)
	if left, err := os.ReadDir(filepath.Dir(next)); err != nil || len(left) != 1 || left[0].Name() != filepath.Base(next) {
		t.Errorf("kept are %v, %v", left, err)
	}
}

// TestLibraryLeavesOut takes no part of a library that is not compiled.
func TestLibraryLeavesOut(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.go", "a_test.go", "b.s", "README.md", "testdata/c.go", "trace/d.go", "trace/testdata/e.go", "_f.go"} {
		if err := write(filepath.Join(dir, name), nil); err != nil {
			t.Fatal(err)
		}
	}
	files, err := readLibrary(dir)
	if got := strings.Join(slices.Sorted(maps.Keys(files)), " "); err != nil || got != "a.go b.s trace/d.go" {
		t.Errorf("got %s, %v", got, err)
	}
}

package cohort

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	"lockstep/grader/internal/judge"
)

// TestFindLinks names submissions one by one, as a shell's star does.
func TestFindLinks(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "ada", "01-first", "main.go"), "")
	write(t, filepath.Join(dir, "carl.zip"), "")
	for link, to := range map[string]string{"bob": "ada", "dora.zip": "carl.zip"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	in := func(names ...string) (paths []string) {
		for _, name := range names {
			paths = append(paths, dir+"/"+name)
		}
		return paths
	}
	found, ignored, err := Find(in("ada", "bob", "bob/", "carl.zip", "dora.zip"), first(), course)
	if err != nil || len(found) != 2 || found[0].Student != "ada" || found[1].Student != "carl" || len(ignored) != 3 {
		t.Errorf("found %v, ignored %v, %v", found, ignored, err)
	}
	if found, _, err := Find(in("bob"), first(), course); err != nil || len(found) != 1 {
		t.Errorf("a link by itself: %v, %v", found, err)
	}
}

// TestOddNames hands in folders whose names a table, a terminal, a page or a file
// system does not take: each has a line, a file and a page.
func TestOddNames(t *testing.T) {
	dir, out := t.TempDir(), t.TempDir()
	longest := strings.Repeat("i", 255)
	for errors.Is(os.Mkdir(filepath.Join(dir, longest), 0o777), syscall.ENAMETOOLONG) { // fuse-overlayfs keeps some for itself
		longest = longest[1:]
	}
	names := []string{"eve\nada,pass,10", "\x1b[2Jfay", "gus\xff", "\u202eyrneh", longest, "<b>jo", "=cmd()", `k\l`, "m%2fn", "o:p"}
	for _, name := range names {
		write(t, filepath.Join(dir, name, "01-first", "main.go"), "")
	}
	found, _, err := Find([]string{dir}, first(), course)
	if err != nil || len(found) != len(names) {
		t.Fatalf("found %v, %v", found, err)
	}
	b := Book{Header: Header{Lockstep: JournalForm, Exercises: []Exercise{{"01", "One", 2, ""}}}}
	for _, s := range found {
		if !utf8.ValidString(s.Student) || strings.ContainsAny(s.Student, "\n\x1b\u202e") {
			t.Errorf("a student is called %q", s.Student)
		}
		b.Enrol([]string{s.Student})
		b.Add(line(s.Student, "01", 1, judge.Fail, 1))
	}
	if err := b.Write(t.Context(), out, nil); err != nil {
		t.Fatal(err)
	}
	for _, end := range []string{"json", "html"} {
		files, err := filepath.Glob(filepath.Join(out, StudentsDir, "*."+end))
		if err != nil || len(files) != len(names) {
			t.Errorf("%q, %v", files, err)
		}
	}
	table, err := os.ReadFile(filepath.Join(out, TableName))
	if err != nil || strings.Count(string(table), "\n") != len(names)+1 {
		t.Errorf("%v\n%s", err, table)
	}
}

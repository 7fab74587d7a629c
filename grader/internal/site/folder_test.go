package site

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lockstep/grader/internal/usage"
)

// TestFolder writes pages where there are none, where there are others, and where there is
// something that would be lost.
func TestFolder(t *testing.T) {
	old, pages := Pages{"a.html": []byte("old"), "gone.html": []byte("old")}, Pages{"a.html": []byte("new"), "b.html": []byte("new")}
	for name, test := range map[string]struct {
		before func(dir string) error
		wrong  string // empty: it is written
	}{
		"none":               {func(string) error { return nil }, ""},
		"an empty folder":    {func(dir string) error { return os.Mkdir(dir, 0o755) }, ""},
		"other pages":        {old.Write, ""},
		"a link to a folder": {func(dir string) error { return errors.Join(old.Write(dir+"-there"), os.Symlink(dir+"-there", dir)) }, ""},
		"something else": {func(dir string) error {
			return errors.Join(os.Mkdir(dir, 0o755), os.WriteFile(filepath.Join(dir, "thesis"), nil, 0o644))
		}, "DIR holds thesis, and no pages of a course: name an empty folder, or one that is not there"},
		"something besides": {func(dir string) error {
			return errors.Join(old.Write(dir), os.WriteFile(filepath.Join(dir, "CNAME"), nil, 0o644))
		}, "DIR/CNAME was not written with the pages there, and would be lost: move it away"},
		"a page that was changed": {func(dir string) error {
			return errors.Join(old.Write(dir), os.WriteFile(filepath.Join(dir, "a.html"), []byte("mine"), 0o644))
		}, "DIR/a.html was changed since it was written, and would be lost: move it away"},
		"a folder for a page": {func(dir string) error {
			return errors.Join(old.Write(dir), os.Remove(filepath.Join(dir, "a.html")), os.Mkdir(filepath.Join(dir, "a.html"), 0o755))
		}, "DIR/a.html is no plain file"},
		"a list that is none": {func(dir string) error {
			return errors.Join(old.Write(dir), os.WriteFile(filepath.Join(dir, manifestName), []byte("{"), 0o644))
		}, "cannot read DIR/.site.json: unexpected end of JSON input"},
		"a file":                {func(dir string) error { return os.WriteFile(dir, nil, 0o644) }, "not a directory"},
		"a folder below a file": {func(dir string) error { return os.WriteFile(filepath.Dir(dir), nil, 0o644) }, "not a directory"},
	} {
		t.Run(name, func(t *testing.T) {
			above := t.TempDir()
			dir := filepath.Join(above, "site")
			if strings.Contains(name, "below") {
				dir = filepath.Join(dir, "below")
			}
			if err := test.before(dir); err != nil {
				t.Fatal(err)
			}
			before := tree(t, above)
			err := pages.Write(dir)
			if test.wrong != "" {
				var wrong *usage.Error
				if !errors.As(err, &wrong) || !strings.Contains(strings.ReplaceAll(err.Error(), dir, "DIR"), test.wrong) {
					t.Errorf("says %v, want %s", err, test.wrong)
				}
				if after := tree(t, above); after != before {
					t.Errorf("there was\n%s\nthere is\n%s", before, after)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := pages.Write(dir); err != nil {
				t.Errorf("the second time: %v", err)
			}
			entries, err := os.ReadDir(dir)
			if err != nil || len(entries) != 3 {
				t.Errorf("it holds %v (%v)", entries, err)
			}
			if text, err := os.ReadFile(filepath.Join(dir, "a.html")); string(text) != "new" {
				t.Errorf("a.html is %q (%v)", text, err)
			}
			if left, _ := filepath.Glob(filepath.Join(above, ".*")); len(left) > 0 {
				t.Errorf("%v is left", left)
			}
		})
	}
}

// TestFolderIsWhole has pages that can't all be written: what was there stays.
func TestFolderIsWhole(t *testing.T) {
	above := t.TempDir()
	dir := filepath.Join(above, "site")
	if err := (Pages{"a.html": []byte("old")}).Write(dir); err != nil {
		t.Fatal(err)
	}
	before := tree(t, above)
	if err := (Pages{"a.html": []byte("new"), "none/b.html": []byte("new"), "c.html": []byte("new")}).Write(dir); err == nil {
		t.Error("a page is written to a folder that is not there")
	}
	if after := tree(t, above); after != before {
		t.Errorf("there was\n%s\nthere is\n%s", before, after)
	}
}

// tree tells what is in a folder.
func tree(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		all.WriteString(name + " " + d.Type().String())
		if d.Type().IsRegular() {
			text, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			all.WriteString(" " + string(text))
		}
		all.WriteString("\n")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

package cohort

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lockstep/grader/internal/judge"
)

// TestChanges grades a class, corrects the course and grades again: old and new points
// stand side by side, with the checks that differ and the reason, of nobody else.
func TestChanges(t *testing.T) {
	var old, now Book
	old.Header, now.Header = header(), header()
	old.Header.Lockstep = JournalForm
	now.Header.Course, now.Header.Version = "corrected", "ba5"
	for _, b := range []*Book{&old, &now} {
		b.Header.Roster = []string{"ada", "bob", "carl", "dora"}
		b.Add(line("ada", "01", 1, judge.Fail, 1))
		for _, name := range []string{"ada", "bob", "dora"} {
			b.Add(line(name, "02", 2, judge.Pass, 1))
		}
		b.Add(line("dora", "01", 2, judge.Pass, 1))
		b.Add(line("carl", "01", 2, judge.Pass, 1))
	}
	fixed := line("ada", "01", 2, judge.Pass, 2)
	fixed.Result.Checks = append(fixed.Result.Checks, judge.Verdict{Check: "new one", Status: judge.NotChecked, Max: 1, Message: "no pids"})
	now.Add(fixed)
	old.Add(line("bob", "01", 2, judge.Pass, 1))
	again := line("bob", "01", 0, judge.Fail, 1)
	again.Digest = "other files"
	now.Add(again)
	now.Add(line("carl", "02", 0, judge.Fail, 1))
	want := []Change{
		{"ada", "", "3 of 4", "4 of 4", "", ""},
		{"ada", "01", "1 of 2", "2 of 2", "c: fail 1/2 (stdout: expected 1, seen 1), then pass 2/2; new one: new, not checked 0/1 (no pids)", "the same files, the course changed (f00, then ba5)"},
		{"bob", "", "4 of 4", "2 of 4", "", ""},
		{"bob", "01", "2 of 2", "0 of 2", "c: pass 2/2, then fail 0/2 (stdout: expected 1, seen 0)", "other files were graded, the course changed (f00, then ba5)"},
		{"carl", "", "missing", "2 of 4", "", ""},
		{"carl", "02", "", "0 of 2", "", "it was not graded then"},
	}
	if got := now.Changes(&old); !slices.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
	if got := old.Changes(&old); len(got) != 0 || got == nil {
		t.Errorf("nothing changed, and it says %q", got)
	}

	dir := t.TempDir()
	if err := old.Write(t.Context(), dir, nil); err != nil {
		t.Fatal(err)
	}
	if err := old.Merge(dir); err != nil {
		t.Fatal(err)
	}
	whole, err := ReadEarlier(dir)
	if err != nil || !slices.Equal(now.Changes(whole), want) {
		t.Errorf("read from its folder: %v\n%q", err, now.Changes(whole))
	}
	one, err := ReadEarlier(filepath.Join(dir, StudentsDir, "ada.json"))
	if err != nil {
		t.Fatal(err)
	}
	if got := now.Changes(one); len(got) != 2 || got[1].What != want[1].What || got[1].Why != "which files were graded then is not known" {
		t.Errorf("read from a student's file: %q", got)
	}
	for _, name := range []string{t.TempDir(), filepath.Join(dir, TableName), filepath.Join(dir, "nowhere")} {
		if _, err := ReadEarlier(name); err == nil {
			t.Errorf("%s is taken for earlier results", name)
		}
	}

	out := t.TempDir()
	if err := now.Write(t.Context(), out, want); err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile(filepath.Join(out, ChangesName))
	if err != nil || !strings.HasPrefix(string(table), "\ufeffstudent,exercise,old,new,what,why\nada,,3 of 4,4 of 4,,\nada,01,1 of 2,2 of 2,") {
		t.Errorf("%v\n%s", err, table)
	}
	page, err := os.ReadFile(filepath.Join(out, PageName))
	if err != nil || !strings.Contains(string(page), "What changed since the earlier results") {
		t.Errorf("the page does not say it: %v", err)
	}
}

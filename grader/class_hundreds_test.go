package main

import (
	"encoding/csv"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// bare are the layouts that only a single exercise has: its file without a name around it.
var bare = []layout{
	{"the file alone", func(t *testing.T, dir string, n int, work map[string]string) string {
		return inFolder(t, dir, fmt.Sprintf("lone-%d", n), "", alone(work))
	}, 8, ""},
	{"the file alone, too deep", func(t *testing.T, dir string, n int, work map[string]string) string {
		return inFolder(t, dir, fmt.Sprintf("low-%d", n), "solution", alone(work))
	}, 8, "taken from below solution"},
	{"a zip of the file", func(t *testing.T, dir string, n int, work map[string]string) string {
		name := fmt.Sprintf("zipped-%d", n)
		zipFile(t, filepath.Join(dir, name+".zip"), "", alone(work))
		return name
	}, 8, ""},
	{"Moodle, the file", func(t *testing.T, dir string, n int, work map[string]string) string {
		name := "Edsger Dijkstra " + initials(n)
		inFolder(t, dir, fmt.Sprintf("%s_%d_assignsubmission_file_", name, 6000+n), "", alone(work))
		return name
	}, 8, ""},
	{"Canvas, the file", func(t *testing.T, dir string, n int, work map[string]string) string {
		name := fmt.Sprintf("dijkstra%d", n)
		writeFile(t, filepath.Join(dir, fmt.Sprintf("%s_%d_%d_main-1.go", name, 7000+n, 90_000+n)), work["02-hello/main.go"])
		return name
	}, 8, ""},
}

func alone(work map[string]string) map[string]string {
	return map[string]string{"main.go": work["02-hello/main.go"]}
}

// semester is a class as it comes in the middle of a year: two folders of submissions in
// every layout, and a roster.
type semester struct {
	dir    string
	roster strings.Builder
	grades map[string]string   // by id: points, what is lost, which attempt counts
	says   map[string][]string // by id: a part of each line that is said
}

// newSemester is one of n people, who hand in few different programs of one exercise.
func newSemester(t *testing.T, n int) *semester {
	t.Helper()
	s := &semester{dir: t.TempDir(), grades: map[string]string{}, says: map[string][]string{}}
	s.roster.WriteString("id,name,login,lms_id,group,deadline,handed_in,submission\n")
	for i := range n {
		right := i%3 != 1
		if i%6 == 5 {
			s.attempts(t, i, right)
		} else {
			all := slices.Concat(layouts, bare)
			s.handIn(t, i, all[(i-i/6)%len(all)], right)
		}
	}
	writeFile(t, filepath.Join(s.dir, "roster.csv"), s.roster.String())
	return s
}

// greeting is the program of somebody, which is right or wrong.
func greeting(i int, right bool) map[string]string {
	word := "hello"
	if !right {
		word = "hallo"
	}
	return map[string]string{"02-hello/main.go": hello(word) + fmt.Sprintf("\n// of the %d. kind\n", i%20)}
}

// handIn has somebody hand in once: in time, two days late, or as late as only this
// person may be.
func (s *semester) handIn(t *testing.T, i int, l layout, right bool) {
	student := l.write(t, filepath.Join(s.dir, "second"), i, greeting(i, right))
	id, row, grade, says := fmt.Sprintf("s%03d", i), "%s,"+student+",,,,", "0", []string{l.says}
	if l.says == "" {
		says = nil
	}
	if right && l.counts > 0 {
		grade = "2"
	}
	switch l.name {
	case "GitHub's zip", "GitHub's folder":
		row = "%s,," + strings.TrimSuffix(strings.TrimPrefix(student, "hw-"), "-main") + ",,,"
	case "Canvas", "Canvas, late and again", "Canvas, the file":
		number := map[string]int{"Canvas": 4000, "Canvas, late and again": 5000, "Canvas, the file": 7000}[l.name] + i
		row = fmt.Sprintf("%%s,,,%d,,", number)
	case "a group":
		row = "%s,,,," + student + ","
	}
	lost, attempt := "", ""
	switch {
	case l.name == "Canvas, late and again":
		row, says = row+",,", append(says, "late by the platform's word")
	case l.name == "a repository, too deep":
		row, attempt = row+",,", "2 of 2" // at the deadline, and now
	case i%4 == 2:
		row += ",2026-11-26T17:00:00Z,"
		if says == nil || says[0] != "nothing found" {
			lost, says = "1", append(says, "2 days late, loses 1 points")
		}
	case i%4 == 3:
		row += "2026-11-27T18:00:00Z,2026-11-26T17:00:00Z,"
	default:
		row += ",,"
	}
	for _, id := range []string{id, id + "-too"} {
		fmt.Fprintf(&s.roster, row+"\n", id)
		if s.grades[id], s.says[id] = grade+","+lost+","+attempt, says; l.name != "a group" {
			break
		}
	}
}

// attempts has somebody hand in twice, of which the better counts, or what the roster says;
// or nothing; or somebody who is not on the roster.
func (s *semester) attempts(t *testing.T, i int, right bool) {
	id, name := fmt.Sprintf("s%03d", i), fmt.Sprintf("again-%d", i)
	put := func(folder string, right bool) {
		inFolder(t, filepath.Join(s.dir, folder), name, "exercises", greeting(i, right))
	}
	switch i / 6 % 5 {
	case 0:
		put("first", right)
		put("second", !right)
		if s.grades[id] = "2,,1 of 2"; !right {
			s.grades[id] = "2,,2 of 2"
		}
		fmt.Fprintf(&s.roster, "%s,%s,,,,,,\n", id, name)
	case 1:
		put("first", false)
		put("second", true)
		s.grades[id] = "0,,"
		fmt.Fprintf(&s.roster, "%s,%s,,,,,,first/%s\n", id, name, name)
	case 2: // wrong in time, right two days later
		dir := filepath.Join(s.dir, "second", name)
		for when, right := range []bool{false, true} {
			put("second", right)
			for _, args := range [][]string{{"init", "-q"}, {"add", "-A"}, {"-c", "user.name=s", "-c", "user.email=s@example.org", "commit", "-q", "-m", "work"}} {
				runTool(t, dir, []string{fmt.Sprintf("GIT_COMMITTER_DATE=2026-11-2%dT17:00:00Z", 4+2*when)}, "git", args...)
			}
		}
		s.grades[id], s.says[id] = "2,1,2 of 2", []string{"2 days late, loses 1 points"}
		fmt.Fprintf(&s.roster, "%s,%s,,,,,,\n", id, name)
	case 3:
		s.grades[id], s.says[id] = "0,,", []string{"nothing found"}
		fmt.Fprintf(&s.roster, "%s,%s,,,,,,\n", id, name)
	case 4:
		put("second", true)
		s.grades[name], s.says[name] = "2,,", []string{"nobody's on the roster"}
	}
}

// class is the command line that grades all of it.
func (s *semester) class(course, out string, more ...string) []string {
	return slices.Concat([]string{"class", "--course", course, "--only", "02", "--seed", "7", "--roster", filepath.Join(s.dir, "roster.csv"),
		"--deadline", deadline, "--late", "lose=25%,grace=15m", "--attempt", "best", "--gradebook", "csv", "--out", out},
		more, []string{filepath.Join(s.dir, "first"), filepath.Join(s.dir, "second")})
}

// check wants everybody's grade, and everything odd to be told on the page, first of all of
// whom nothing was found.
func (s *semester) check(t *testing.T, out string) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(columns(t, readFile(t, filepath.Join(out, "results.csv")), "student", "status", "points", "lost", "attempt"))).ReadAll()
	if err != nil || len(rows) != len(s.grades) {
		t.Errorf("there are %d students, want %d: %v", len(rows), len(s.grades), err)
	}
	page := readFile(t, filepath.Join(out, "index.html"))
	said := map[string][]string{}
	for line := range strings.Lines(page) {
		line = strings.NewReplacer("&#39;", "'", "<pre>", "").Replace(line)
		for _, label := range []string{"nothing found ", "note     "} {
			_, text, _ := strings.Cut(line, label)
			if id, what, ok := strings.Cut(text, ": "); ok {
				said[id] = append(said[id], label+what)
			}
		}
	}
	for _, row := range rows {
		id := row[0]
		if got := strings.Join(row[2:], ","); got != s.grades[id] {
			t.Errorf("%s has %q, want %q", id, got, s.grades[id])
		}
		fits := len(said[id]) == len(s.says[id])
		for i, part := range s.says[id] {
			fits = fits && strings.Contains(said[id][i], part) && (part == "nothing found") == (row[1] == part)
		}
		if !fits {
			t.Errorf("of %s, which is %q, is said %q, want %q", id, row[1], said[id], s.says[id])
		}
	}
	if strings.Index(page, "nothing found ") > strings.Index(page, "<h2>Exercises") {
		t.Error("of whom nothing was found is not told first")
	}
}

// TestClassOfHundreds grades such a class as a whole; killed five times, at moments that
// lie apart; and in parts: the results are the same.
func TestClassOfHundreds(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	course, s := smallCourse(t), newSemester(t, classSize(t, 60)) // LOCKSTEP_CLASS=200: as large as a lecture
	whole := t.TempDir()
	runGrader(t, exitFailed, s.class(course, whole)...)
	s.check(t, whole)
	all := journalled(t, whole)
	runGrader(t, exitFailed, "merge", "--gradebook", "csv", whole)
	want := results(t, whole)

	t.Run("killed five times", func(t *testing.T) {
		out := t.TempDir()
		// Where a machine is so busy that a kill came too late, it is done all over.
		for tries := 1; !s.killFiveTimes(t, course, out, all); tries++ {
			if tries == 5 {
				t.Fatal("whenever the class was killed, nothing was left to do")
			}
			out = t.TempDir()
		}
		runGrader(t, exitFailed, s.class(course, out)...)
		s.check(t, out)
		runGrader(t, exitFailed, "merge", "--gradebook", "csv", out)
		same(t, results(t, out), want)
	})
	t.Run("in three parts", func(t *testing.T) {
		out := t.TempDir()
		args := []string{"merge", "--gradebook", "csv", "--out", out}
		for _, part := range []string{"3/3", "1/3", "2/3"} {
			dir := filepath.Join(t.TempDir(), "part")
			runGrader(t, exitPassed, s.class(course, dir, "--shard", part)...)
			args = append(args, dir)
		}
		for range 2 {
			runGrader(t, exitFailed, args...)
			s.check(t, out)
			same(t, results(t, out), want)
		}
	})
}

// killFiveTimes kills the class before the first result, after a fifth of all, two and three
// fifths, and while students' pages are written. It reports whether each time something was
// left.
func (s *semester) killFiveTimes(t *testing.T, course, out string, all int) bool {
	t.Helper()
	for part := range 4 {
		begun := func() bool { return len(globbed(t, out, "journal", "*")) > 0 && journalled(t, out) >= all*part/5 }
		if !killWhen(t, begun, s.class(course, out)...) || journalled(t, out) >= all {
			return false
		}
	}
	written := func() bool { return len(globbed(t, out, "students", "*")) > len(s.grades)/2 }
	return killWhen(t, written, s.class(course, out)...) && len(globbed(t, out, "results.csv")) == 0
}

func globbed(t *testing.T, parts ...string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(parts...))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// times are all that differs from run to run: when something was graded, and how long it took.
var times = regexp.MustCompile(`"(graded|made)":"[^"]*"|"seconds": ?[0-9.e-]+|\b[0-9.hm]+s\b`)

// results are the texts of all that a teacher reads, and of the merged journal, by name,
// without times. A file that a kill has kept from getting its name begins with a dot.
func results(t *testing.T, out string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, part := range []string{"*.csv", "*.html", "students/*", "journal/merged.jsonl"} {
		for _, name := range globbed(t, out, part) {
			if strings.HasPrefix(filepath.Base(name), ".") {
				continue
			}
			rel, err := filepath.Rel(out, name)
			if err != nil {
				t.Fatal(err)
			}
			all[rel] = times.ReplaceAllString(readFile(t, name), "TIME")
		}
	}
	return all
}

func same(t *testing.T, got, want map[string]string) {
	t.Helper()
	if g, w := slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)); !slices.Equal(g, w) {
		t.Errorf("there are %q, want %q", g, w)
	}
	for name, text := range want {
		if got[name] != text {
			t.Errorf("%s is\n%s\nwant\n%s", name, got[name], text)
		}
	}
}

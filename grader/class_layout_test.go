package main

import (
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// layout is a way in which work comes to a teacher: how it is written to the folder of all
// submissions, what the student is called then, what share of the work counts, and a part
// of what is said of it ("": nothing).
type layout struct {
	name   string
	write  func(t *testing.T, dir string, n int, work map[string]string) (student string)
	counts int // of 8 points: 8, or 0
	says   string
}

var layouts = []layout{
	{"a repository's folder", func(t *testing.T, dir string, n int, work map[string]string) string {
		return inFolder(t, dir, fmt.Sprintf("plain-%d", n), "exercises", work)
	}, 8, ""},
	{"exercises alone", func(t *testing.T, dir string, n int, work map[string]string) string {
		return inFolder(t, dir, fmt.Sprintf("flat-%d", n), "", work)
	}, 8, ""},
	{"GitHub's zip", func(t *testing.T, dir string, n int, work map[string]string) string {
		name := fmt.Sprintf("hw-ada%d-main", n)
		zipFile(t, filepath.Join(dir, name+".zip"), name+"/exercises/", work)
		return name
	}, 8, "taken from below hw-ada"},
	{"GitHub's folder", func(t *testing.T, dir string, n int, work map[string]string) string {
		return inFolder(t, dir, fmt.Sprintf("hw-bob%d-main", n), "exercises", work)
	}, 8, ""},
	{"a folder too deep", func(t *testing.T, dir string, n int, work map[string]string) string {
		return inFolder(t, dir, fmt.Sprintf("deep-%d", n), "my work/exercises", work)
	}, 8, "taken from below my work"},
	{"two folders too deep", func(t *testing.T, dir string, n int, work map[string]string) string {
		return inFolder(t, dir, fmt.Sprintf("deeper-%d", n), "a/b", work)
	}, 8, "taken from below a/b"},
	{"a lone zip in a folder", func(t *testing.T, dir string, n int, work map[string]string) string {
		name := fmt.Sprintf("packed-%d", n)
		writeFile(t, filepath.Join(dir, name, ".DS_Store"), "x")
		zipFile(t, filepath.Join(dir, name, "work.zip"), "exercises/", work)
		return name
	}, 8, "unpacked from work.zip"},
	{"Moodle, a zip in a folder", func(t *testing.T, dir string, n int, work map[string]string) string {
		name := "Ada Lovelace " + initials(n)
		folder := filepath.Join(dir, fmt.Sprintf("%s_%d_assignsubmission_file_", name, 1000+n))
		writeFile(t, filepath.Join(dir, fmt.Sprintf("%s_%d_assignsubmission_onlinetext_", name, 1000+n), "onlinetext.html"), "<p>Done!</p>")
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		zipFile(t, filepath.Join(folder, "exercises.zip"), "exercises/", work)
		return name
	}, 8, "unpacked from exercises.zip"},
	{"Moodle, a folder", func(t *testing.T, dir string, n int, work map[string]string) string {
		name := "Grace Hopper-Müller " + initials(n)
		inFolder(t, dir, fmt.Sprintf("%s_%d_assignsubmission_file_", name, 2000+n), "", work)
		return name
	}, 8, ""},
	{"Moodle, files side by side", func(t *testing.T, dir string, n int, work map[string]string) string {
		name := "Alan Turing " + initials(n)
		zipFile(t, filepath.Join(dir, fmt.Sprintf("%s_%d_assignsubmission_file_work.zip", name, 3000+n)), "", work)
		return name
	}, 8, ""},
	{"Canvas", func(t *testing.T, dir string, n int, work map[string]string) string {
		name := fmt.Sprintf("hopper%d", n)
		zipFile(t, filepath.Join(dir, fmt.Sprintf("%s_%d_%d_work.zip", name, 4000+n, 90_000+n)), "", work)
		return name
	}, 8, ""},
	{"Canvas, late and again", func(t *testing.T, dir string, n int, work map[string]string) string {
		name := fmt.Sprintf("turing%d", n)
		zipFile(t, filepath.Join(dir, fmt.Sprintf("%s_LATE_%d_%d_work-1.zip", name, 5000+n, 90_000+n)), "work/", work)
		return name
	}, 8, "taken from below work"},
	{"a group", func(t *testing.T, dir string, n int, work map[string]string) string {
		return inFolder(t, dir, fmt.Sprintf("%02d-team", n), "exercises", work)
	}, 8, ""},
	{"a repository, too deep", func(t *testing.T, dir string, n int, work map[string]string) string {
		name := inFolder(t, dir, fmt.Sprintf("git-%d", n), "homework/exercises", work)
		for _, args := range [][]string{{"init", "-q"}, {"add", "-A"}, {"-c", "user.name=s", "-c", "user.email=s@example.org", "commit", "-q", "-m", "in time"}} {
			runTool(t, filepath.Join(dir, name), []string{"GIT_COMMITTER_DATE=2026-11-24T17:00:00Z"}, "git", args...)
		}
		return name
	}, 8, "taken from below homework"},
	{"with a copy", func(t *testing.T, dir string, n int, work map[string]string) string {
		name, two := fmt.Sprintf("copy-%d", n), map[string]string{}
		for file, text := range work {
			two["exercises/"+file], two["old/exercises/"+file] = text, "package main\n"
			two["__MACOSX/exercises/"+file] = "noise"
		}
		zipFile(t, filepath.Join(dir, name+".zip"), "", two)
		return name
	}, 8, "exercises/02-hello counts, and not old/exercises/02-hello"},
	{"two copies alike", func(t *testing.T, dir string, n int, work map[string]string) string {
		name, two := fmt.Sprintf("twice-%d", n), map[string]string{}
		for file, text := range work {
			two["monday/"+file], two["tuesday/"+file] = text, text
		}
		zipFile(t, filepath.Join(dir, name+".zip"), "", two)
		return name
	}, 0, "there are 2: monday/02-hello, tuesday/02-hello; hand in one"},
	{"damaged", func(t *testing.T, dir string, n int, work map[string]string) string {
		name := fmt.Sprintf("damaged-%d", n)
		writeFile(t, filepath.Join(dir, name+".zip"), "PK\x03\x04 and no more")
		return name
	}, 0, "nothing found"},
	{"an empty folder", func(t *testing.T, dir string, n int, work map[string]string) string {
		name := fmt.Sprintf("empty-%d", n)
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
		return name
	}, 0, "nothing found"},
	{"an essay and a rar", func(t *testing.T, dir string, n int, work map[string]string) string {
		name := fmt.Sprintf("essay-%d", n)
		writeFile(t, filepath.Join(dir, name, "essay.pdf"), "x")
		writeFile(t, filepath.Join(dir, name, "src", "work.rar"), "x")
		return name
	}, 0, "nothing found"},
	{"two zips", func(t *testing.T, dir string, n int, work map[string]string) string {
		name := fmt.Sprintf("zips-%d", n)
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
		zipFile(t, filepath.Join(dir, name, "a.zip"), "", work)
		zipFile(t, filepath.Join(dir, name, "b.zip"), "", work)
		return name
	}, 0, "nothing found"},
}

// initials tell people of one name apart.
func initials(n int) string { return fmt.Sprintf("%c. %c.", 'A'+n/26%26, 'A'+n%26) }

func inFolder(t *testing.T, dir, name, below string, work map[string]string) string {
	t.Helper()
	for file, text := range work {
		writeFile(t, filepath.Join(dir, name, below, file), text)
	}
	return name
}

// TestClassAsItComes grades a class of every layout, as a whole and in two parts: everybody
// gets what the work is worth, what is odd is told, and first of all of whom nothing was
// found.
func TestClassAsItComes(t *testing.T) {
	course, dir := smallCourse(t), t.TempDir()
	work := map[string]string{"01-squares/main.go": squares("i*i", true), "02-hello/main.go": hello("hello")}
	n := max(classSize(t, 0), len(layouts))
	want, says := map[string]int{}, map[string]string{}
	for i := range n {
		l := layouts[i%len(layouts)]
		student := l.write(t, dir, i, work)
		want[student], says[student] = l.counts, l.says
	}
	if len(want) != n {
		t.Fatalf("%d students have %d names", n, len(want))
	}
	class := func(code int, out string, more ...string) string {
		t.Helper()
		told, _ := runGrader(t, code, append([]string{"class", "--course", course, "--at", deadline, "--out", out, dir}, more...)...)
		return told
	}
	out := t.TempDir()
	told := class(exitFailed, out)
	table := readFile(t, filepath.Join(out, "results.csv"))
	rows, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil || len(rows) != n+1 {
		t.Fatalf("%d rows, %v\n%s", len(rows), err, table)
	}
	page := readFile(t, filepath.Join(out, "index.html"))
	for _, row := range rows[1:] {
		student := row[0]
		if points := fmt.Sprint(want[student]); row[2] != points {
			t.Errorf("%s has %s points, want %s", student, row[2], points)
		}
		if nothing := says[student] == "nothing found"; nothing != (row[1] == "nothing found") {
			t.Errorf("%s is %q", student, row[1])
		}
		if said := says[student]; said != "" && said != "nothing found" {
			if l := lineOf(page, "note     "+student+": "); !strings.Contains(l, said) {
				t.Errorf("of %s is said %q, want %q", student, l, said)
			}
		} else if l := lineOf(page, "note     "+student+": "); l != "" {
			t.Errorf("of %s is said %q", student, l)
		}
	}
	nothing := 0
	for line := range strings.Lines(told) {
		if !strings.HasPrefix(line, "nothing found ") {
			break
		}
		nothing++
	}
	if counted := strings.Count(strings.Join(slicesOfValues(says), "\n"), "nothing found"); nothing != counted {
		t.Errorf("%d of %d are told first:\n%s", nothing, counted, told)
	}
	for _, said := range []string{"the zip file can't be read", "it is empty", "what lies there: essay.pdf, src/", "there are 2 zip files: a.zip, b.zip"} {
		if !strings.Contains(told, said) || strings.Index(page, "nothing found ") > strings.Index(page, "<h2>Exercises") {
			t.Errorf("%q is not told first:\n%s", said, told)
		}
	}

	if testing.Short() {
		return // class_grade.txtar has a small one in parts
	}
	parts := t.TempDir()
	class(exitPassed, parts, "--shard", "1/2")
	class(exitPassed, parts, "--shard", "2/2")
	runGrader(t, exitFailed, "merge", parts)
	if got := readFile(t, filepath.Join(parts, "results.csv")); got != table {
		t.Errorf("in parts:\n%s\nwant\n%s", got, table)
	}
}

func slicesOfValues(m map[string]string) (values []string) {
	for v := range maps.Values(m) {
		values = append(values, v)
	}
	return values
}

// lineOf is the first line of a text that begins so.
func lineOf(text, beginning string) string {
	for line := range strings.Lines(text) {
		line = strings.NewReplacer("&#39;", "'", "<details open>", "").Replace(line)
		if i := strings.Index(line, beginning); i >= 0 {
			return line[i:]
		}
	}
	return ""
}

// TestClassOfOneExercise grades a single exercise, of which people hand in the file alone.
func TestClassOfOneExercise(t *testing.T) {
	course, dir := smallCourse(t), t.TempDir()
	right := hello("hello")
	writeFile(t, filepath.Join(dir, "ada", "main.go"), right)
	writeFile(t, filepath.Join(dir, "bob", "solution", "main.go"), right)
	zipFile(t, filepath.Join(dir, "carl.zip"), "", map[string]string{"main.go": right})
	writeFile(t, filepath.Join(dir, "Dora Diaz_17_assignsubmission_file_", "main.go"), right)
	writeFile(t, filepath.Join(dir, "eve_18_19_main-1.go"), right)
	writeFile(t, filepath.Join(dir, "other", "01-squares", "main.go"), right)
	writeFile(t, filepath.Join(dir, "two", "a", "main.go"), right)
	writeFile(t, filepath.Join(dir, "two", "b", "main.go"), right)
	writeFile(t, filepath.Join(dir, "07-team", "02-hello", "main.go"), right)
	out := t.TempDir()
	told, _ := runGrader(t, exitFailed, "class", "--course", course, "--only", "02", "--out", out, dir)
	want := "07-team,pass,2,2,2\nDora Diaz,pass,2,2,2\nada,pass,2,2,2\nbob,pass,2,2,2\ncarl,pass,2,2,2\neve,pass,2,2,2\n" +
		"other,nothing found,0,2,0\ntwo,fail,0,2,0\n"
	if got := columns(t, readFile(t, filepath.Join(out, "results.csv")), "student", "status", "points", "max", "02-hello"); got != want {
		t.Errorf("got\n%s\nwant\n%s%s", got, want, told)
	}
	for _, said := range []string{"nothing found other: what lies there: 01-squares/", "note     two: 02-hello: there are 2: a, b; hand in one", "note     bob: taken from below solution"} {
		if !strings.Contains(told, said) {
			t.Errorf("does not say %q:\n%s", said, told)
		}
	}
}

// TestRoster grades those on a roster, whatever their submissions are called: each by an own
// deadline, groups together, and those too who handed in nothing.
func TestRoster(t *testing.T) {
	course, dir := smallCourse(t), t.TempDir()
	right := map[string]string{"02-hello/main.go": hello("hello")}
	zipFile(t, filepath.Join(dir, "os-hw1-ada-l-main.zip"), "os-hw1-ada-l-main/exercises/", right)
	zipFile(t, filepath.Join(dir, "hopper_LATE_4711_90001_work.zip"), "", right)
	inFolder(t, dir, "07-team", "exercises", right)
	inFolder(t, dir, "somebody", "exercises", right)
	inFolder(t, dir, "second try", "exercises", right)
	inFolder(t, dir, "kim", "exercises", map[string]string{"02-hello/main.go": hello("hallo")})
	repository(t, filepath.Join(dir, "early"), map[string]string{"02-hello/main.go": hello("hello"), "01-squares/main.go": squares("i*i", true)})
	repository(t, filepath.Join(dir, "longer"), map[string]string{"02-hello/main.go": hello("hello"), "01-squares/main.go": squares("i*i", true)})
	roster := filepath.Join(t.TempDir(), "roster.csv")
	writeFile(t, roster, "\ufeffid;name;login;lms_id;section;group;deadline;submission\n"+
		"s01;Ada Lovelace;ada-l;;A;;;\ns02;Grace Hopper;;4711;A;;;\ns03;Bea;;;B;07-team;;\ns04;Carl;;;B;07-team;;\n"+
		"s05;Early;early;;B;;;\ns06;Longer;longer;;B;;2026-11-24T20:00:00Z;\ns07;Nobody;;;C;;;\nkim;Kim;;;C;;;second try\n")
	writeFile(t, filepath.Join(dir, ".keep"), "")
	if err := os.Rename(filepath.Join(dir, "kim"), filepath.Join(dir, "first try")); err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	args := []string{"class", "--course", course, "--at", deadline, "--roster", roster, "--out", out, dir}
	told, _ := runGrader(t, exitFailed, args...)
	got := columns(t, readFile(t, filepath.Join(out, "results.csv")), "student", "name", "lms_id", "section", "group", "status", "points", "01-squares", "02-hello")
	want := []string{
		"first try,,,,,fail,0,0,0", "kim,Kim,,C,,fail,2,0,2", "s01,Ada Lovelace,,A,,fail,2,0,2", "s02,Grace Hopper,4711,A,,fail,2,0,2",
		"s03,Bea,,B,07-team,fail,2,0,2", "s04,Carl,,B,07-team,fail,2,0,2", "s05,Early,,B,,pass,8,6,2", "s06,Longer,,B,,fail,2,0,2",
		"s07,Nobody,,C,,nothing found,0,0,0", "somebody,,,,,fail,2,0,2",
	}
	if got != strings.Join(want, "\n")+"\n" {
		t.Errorf("got\n%s\nwant\n%s\n%s", got, strings.Join(want, "\n"), told)
	}
	for _, said := range []string{
		"nothing found s07: nothing was handed in\n", "note     s02: handed in late\n", "note     somebody: nobody's on the roster\n",
		"note     s05: commits that came too late and do not count: 1\n",
	} {
		if !strings.Contains(told, said) {
			t.Errorf("does not say %q:\n%s", said, told)
		}
	}
	for text, why := range map[string]string{
		"name\nAda\n": ":1: there is no column", "id,colour\na,b\n": `no column "colour"`, "id\na\na\n": ":3: line 2 has the id a too",
		"id,deadline\na,tomorrow\n": ":2: deadline", "id,name,login\nx,somebody,early\n": "x has several submissions: ",
	} {
		writeFile(t, roster, text)
		if _, errs := runGrader(t, exitUsage, args...); !strings.Contains(errs, why) {
			t.Errorf("of %q is said %s", text, errs)
		}
	}
}

// TestLateAndAttempts grades late work of repositories by a rule, then by the better of
// what was there in time and later, then several folders' attempts.
func TestLateAndAttempts(t *testing.T) {
	if testing.Short() {
		t.Skip("it grades six classes; the rules themselves are tested in cohort")
	}
	course, dir, out := smallCourse(t), t.TempDir(), t.TempDir()
	both := map[string]string{"01-squares/main.go": squares("i*i", true), "02-hello/main.go": hello("hello")}
	repository(t, filepath.Join(dir, "late"), both)
	repository(t, filepath.Join(dir, "prompt"), both)
	runTool(t, filepath.Join(dir, "prompt"), nil, "git", "reset", "-q", "--hard", "HEAD~1")
	writeFile(t, filepath.Join(dir, "prompt", "README.md"), "changed later, which makes nothing late\n")
	for _, args := range [][]string{{"add", "-A"}, {"-c", "user.name=s", "-c", "user.email=s@example.org", "commit", "-q", "-m", "words"}} {
		runTool(t, filepath.Join(dir, "prompt"), []string{"GIT_COMMITTER_DATE=2026-11-30T17:00:00Z"}, "git", args...)
	}
	writeFile(t, filepath.Join(dir, "plain", "02-hello", "main.go"), hello("hello"))
	class := func(want string, args ...string) {
		t.Helper()
		told, _ := runGrader(t, exitPassed, append([]string{"class", "--course", course, "--out", out}, args...)...)
		if got := columns(t, readFile(t, filepath.Join(out, "results.csv")), "student", "points", "time", "late", "lost", "attempt"); got != want {
			t.Errorf("%v:\n%s\nwant\n%s%s", args, got, want, told)
		}
	}
	rule := []string{"--deadline", deadline, "--late", "lose=25%,grace=15m", dir}
	class("late,2,2026-11-24T19:00:00Z,1 day,2,\nplain,2,,time not known,,\nprompt,8,2026-11-24T17:00:00Z,in time,,\n", rule...)
	class("late,8,2026-11-24T17:00:00Z,in time,,1 of 2\nplain,2,,time not known,,\nprompt,8,2026-11-24T17:00:00Z,in time,,2 of 2\n", append(rule, "--attempt", "best")...)

	first, second := filepath.Join(t.TempDir(), "first"), filepath.Join(t.TempDir(), "second")
	out = t.TempDir()
	inFolder(t, first, "ada", "", both)
	inFolder(t, second, "ada", "", map[string]string{"02-hello/main.go": hello("hello")})
	inFolder(t, second, "bob", "", both)
	class("ada,2,,,,2 of 2\nbob,8,,,,\n", "--attempt", "last", first, second)
	class("ada,8,,,,1 of 2\nbob,8,,,,\n", "--attempt", "best", first, second)
	roster := filepath.Join(t.TempDir(), "roster.csv")
	writeFile(t, roster, "id,submission,handed_in\nada,first/ada,2026-11-24T17:59:00Z\nbob,,2026-11-26T18:00:00Z\n")
	class("ada,8,2026-11-24T17:59:00Z,in time,,\nbob,8,2026-11-26T18:00:00Z,2 days,4,\n", "--roster", roster, "--deadline", deadline, "--late", "lose=2", first, second)
	for flag, why := range map[string]string{"--late=lose=5": "there is no deadline", "--deadline=" + deadline: "say by --late", "--attempt=first": "there are last and best", "--gradebook=x": "there are canvas, csv, moodle"} {
		if _, errs := runGrader(t, exitUsage, "class", "--course", course, flag, first, second); !strings.Contains(errs, why) {
			t.Errorf("%s: said %s", flag, errs)
		}
	}
}

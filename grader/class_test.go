package main

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// partOf copies what every course has, and these files and folders of this one.
func partOf(t *testing.T, names ...string) (course string) {
	t.Helper()
	course = t.TempDir()
	for _, name := range append([]string{"go.mod", "go.sum", "mp"}, names...) {
		from, to := filepath.Join("..", name), filepath.Join(course, name)
		if info, err := os.Stat(from); err == nil && info.Mode().IsRegular() {
			writeFile(t, to, readFile(t, from))
		} else if err := os.CopyFS(to, os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
	}
	return course
}

// smallCourse writes a course of two quick exercises, whose verdicts don't depend
// on any scheduler.
func smallCourse(t *testing.T) string {
	t.Helper()
	course := partOf(t)
	writeFile(t, filepath.Join(course, "exercises", "01-squares", "exercise.yaml"), `title: Squares
topic: processes
goal: Each child prints a square.
points: 6
edit: [main.go]
imports: [fmt, os, strconv, lockstep/mp]
hints: [Start a child for each number.]
checks:
  - {name: prints the squares, points: 2, run: {args: ["3"]}, stdout_unordered: ["0", "1", "4"]}
  - {name: from the first, points: 3, run: {args: ["3"]}, stdout_match: "^0\\n(1|2)\\n4\\n$"}
  - {name: other numbers, points: 1, hidden: true, run: {args: ["2"]}, stdout_unordered: ["0", "1"]}
starter: {fails: [prints the squares]}
`)
	writeFile(t, filepath.Join(course, "exercises", "01-squares", "main.go"), squares("i+i", true))
	writeFile(t, filepath.Join(course, "exercises", "02-hello", "exercise.yaml"), `title: Hello
topic: processes
goal: Says hello.
points: 2
edit: [main.go]
imports: [fmt]
hints: [Say hello.]
checks:
  - {name: says hello, points: 2, run: {}, stdout: "hello\n"}
starter: {fails: [says hello]}
`)
	writeFile(t, filepath.Join(course, "exercises", "02-hello", "main.go"), hello("bye"))
	return course
}

func squares(square string, children bool) string {
	start := "if err := p(i); err != nil { return err }"
	if children {
		start = "c, err := show.Start(i); if err != nil { return err }; if err := c.Join(); err != nil { return err }"
	}
	return fmt.Sprintf(`package main

import (
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

func p(i int) error { fmt.Println(%s); return nil }

var show = mp.Func("show", p)

func main() { mp.Main(run) }

func run() error {
	n, err := strconv.Atoi(os.Args[1])
	if err != nil {
		return err
	}
	for i := range n {
		%s
	}
	return nil
}
`, square, start)
}

func hello(word string) string {
	return fmt.Sprintf("package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(%q) }\n", word)
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// handedIn are the ways in which the i-th student did the small course, with the
// points that they are worth.
func handedIn(i int) (files map[string]string, points map[string]int) {
	own := fmt.Sprintf("\n// handed in by %d\n", i)
	first := []struct {
		text   string
		points int
	}{
		{squares("i*i", true), 6}, {squares("i*i", false), 6}, {squares("i+i", true), 3}, {"package main\n\nfunc main() { x }\n", 0}, {squares("i-i", true), 0},
	}[i%5]
	second := []struct {
		text   string
		points int
	}{{hello("hello"), 2}, {hello("hallo"), 0}, {"", 0}}[i%3]
	files = map[string]string{"01-squares/main.go": first.text + own}
	if second.text != "" {
		files["02-hello/main.go"] = second.text + own
	}
	return files, map[string]int{"01-squares": first.points, "02-hello": second.points}
}

// deadline is the time at which repositories are taken.
const deadline = "2026-11-24T18:00:00Z"

// smallClass writes n submissions: folders in both layouts, zip files with and
// without a folder around everything, and repositories with a commit too late.
func smallClass(t *testing.T, n int) string {
	t.Helper()
	dir := t.TempDir()
	for i := range n {
		files, _ := handedIn(i)
		name := filepath.Join(dir, fmt.Sprintf("student-%03d", i))
		switch i % 4 {
		case 0:
			for file, text := range files {
				writeFile(t, filepath.Join(name, "exercises", file), text)
			}
		case 1:
			for file, text := range files {
				writeFile(t, filepath.Join(name, file), text)
			}
		case 2:
			zipFile(t, name+".zip", []string{"", "work-main/exercises/", "exercises/"}[i%3], files)
		case 3:
			repository(t, name, files)
		}
	}
	return dir
}

func zipFile(t *testing.T, name, prefix string, files map[string]string) {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for file, text := range files {
		w, err := z.Create(prefix + file)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	writeFile(t, name, b.String())
}

func repository(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	git := func(when string, args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=s", "-c", "user.email=s@example.org"}, args...)...)
		cmd.Env = append(os.Environ(), "GIT_COMMITTER_DATE="+when, "GIT_AUTHOR_DATE="+when, "GIT_CONFIG_GLOBAL=/dev/null")
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, said)
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	git(deadline, "init", "-q", "-b", "main")
	for file, text := range files {
		writeFile(t, filepath.Join(dir, "exercises", file), text)
	}
	git("2026-11-24T17:00:00Z", "add", "-A")
	git("2026-11-24T17:00:00Z", "commit", "-q", "-m", "in time")
	writeFile(t, filepath.Join(dir, "exercises", "01-squares", "main.go"), "package main\n\nfunc main() { panic(\"too late\") }\n")
	git("2026-11-24T19:00:00Z", "commit", "-q", "-a", "-m", "too late")
}

// graderCommand calls the grader as a process of its own.
func graderCommand(args ...string) *exec.Cmd {
	cmd := exec.Command("grader", args...)
	cmd.Env = os.Environ()
	return cmd
}

func runGrader(t *testing.T, want int, args ...string) (stdout, stderr string) {
	t.Helper()
	cmd := graderCommand(args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	if got := cmd.ProcessState.ExitCode(); got != want {
		t.Fatalf("grader %v: exit code %d, want %d\n%s%s", args, got, want, out.String(), errs.String())
	}
	return out.String(), errs.String()
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// classSize is the number of submissions: otherwise so many, or as many as LOCKSTEP_CLASS
// says for a measurement.
func classSize(t *testing.T, otherwise int) int {
	if text := os.Getenv("LOCKSTEP_CLASS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	return otherwise
}

// TestClass grades a class in one go, killed and resumed, and in shards, and wants
// the same table each time, with the points that each submission is worth.
func TestClass(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	n := classSize(t, 13)
	course, submissions := smallCourse(t), smallClass(t, n)
	class := func(out string, more ...string) []string {
		return append([]string{"class", "--course", course, "--at", deadline, "--out", out, submissions}, more...)
	}
	whole := t.TempDir()
	began := time.Now()
	runGrader(t, 0, class(whole)...)
	took := time.Since(began)
	table := readFile(t, filepath.Join(whole, "results.csv"))
	checkTable(t, table, n)
	for _, name := range []string{"index.html", "students/student-000.json", "students/student-000.html"} {
		if _, err := os.Stat(filepath.Join(whole, name)); err != nil {
			t.Error(err)
		}
	}

	t.Run("nothing is graded twice", func(t *testing.T) {
		_, said := runGrader(t, 0, class(whole)...)
		if !strings.Contains(said, " 0 of them run now") || readFile(t, filepath.Join(whole, "results.csv")) != table {
			t.Errorf("said %s", said)
		}
	})
	t.Run("killed and resumed five times", func(t *testing.T) {
		out := t.TempDir()
		for i := range 5 {
			killAfter(t, out, (i+1)*2*n/7, class(out)...)
		}
		runGrader(t, 0, class(out)...)
		if got := readFile(t, filepath.Join(out, "results.csv")); got != table {
			t.Errorf("got\n%s\nwant\n%s", got, table)
		}
	})
	for _, of := range []int{1, 3, 7} {
		t.Run(fmt.Sprintf("in %d shards", of), func(t *testing.T) {
			var dirs []string
			for k := of; k >= 1; k-- { // the last first: merging knows no order
				out := filepath.Join(t.TempDir(), fmt.Sprint(k))
				runGrader(t, 0, class(out, "--shard", fmt.Sprintf("%d/%d", k, of))...)
				dirs = append(dirs, out)
			}
			merged := t.TempDir()
			if of > 1 {
				told, _ := runGrader(t, 1, append([]string{"merge", "--out", merged}, dirs[1:]...)...)
				if !strings.Contains(told, "missing  student-"+fmt.Sprintf("%03d", of-1)+": 2 of 2") {
					t.Errorf("does not say who is missing:\n%s", told)
				}
			}
			for range 2 {
				runGrader(t, 0, append([]string{"merge", "--out", merged}, append(dirs, merged)...)...)
				if got := readFile(t, filepath.Join(merged, "results.csv")); got != table {
					t.Errorf("got\n%s\nwant\n%s", got, table)
				}
			}
		})
	}
	if os.Getenv("LOCKSTEP_CLASS") != "" {
		began := time.Now()
		few := min(n, 20)
		for i := range few {
			name := filepath.Join(submissions, fmt.Sprintf("student-%03d", i))
			if i%4 == 2 {
				continue // grade takes no zip file
			}
			cmd := graderCommand("grade", "--course", course, "--submission", name, "--format", "json")
			_ = cmd.Run() // most fail, as they should
		}
		single := time.Since(began) / time.Duration(few-few/4) * time.Duration(n)
		t.Logf("%d submissions as a class: %s, %.1f a second; one by one: %s; ratio %.1f",
			n, took.Round(time.Millisecond), float64(n)/took.Seconds(), single.Round(time.Millisecond), single.Seconds()/took.Seconds())
	}
}

// checkTable wants everybody's points.
func checkTable(t *testing.T, table string, n int) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil || len(rows) != n+1 {
		t.Fatalf("%d rows, %v:\n%s", len(rows), err, table)
	}
	for i, row := range rows[1:] {
		_, points := handedIn(i)
		a, b := points["01-squares"], points["02-hello"]
		want := []string{fmt.Sprint(a + b), "8", fmt.Sprint(a), fmt.Sprint(b)}
		if got := append(row[2:4:4], row[len(row)-2:]...); strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%s: got %q, want %q", row[0], got, want)
		}
	}
}

// columns are those of a table, by their names.
func columns(t *testing.T, table string, names ...string) string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(table, "\ufeff"))).ReadAll()
	if err != nil || len(rows) == 0 {
		t.Fatalf("%v:\n%s", err, table)
	}
	var text strings.Builder
	for _, row := range rows[1:] {
		for i, name := range names {
			at := slices.Index(rows[0], name)
			if at < 0 {
				t.Fatalf("there is no column %s: %q", name, rows[0])
			}
			if i > 0 {
				text.WriteString(",")
			}
			text.WriteString(row[at])
		}
		text.WriteString("\n")
	}
	return text.String()
}

// killAfter kills a class when its journals hold so many results.
func killAfter(t *testing.T, out string, results int, args ...string) (killed bool) {
	t.Helper()
	return killWhen(t, func() bool { return journalled(t, out) >= results }, args...)
}

// killWhen starts a class and kills it without warning when something is seen; a process
// that is done before is done.
func killWhen(t *testing.T, seen func() bool, args ...string) (killed bool) {
	t.Helper()
	cmd := graderCommand(args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return false
		case <-tick.C:
			if !seen() {
				continue
			}
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			<-ended
			return cmd.ProcessState.ExitCode() < 0
		}
	}
}

func journalled(t *testing.T, out string) int {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(out, "journal", "*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		lines += max(0, bytes.Count(text, []byte("\n"))-1)
	}
	return lines
}

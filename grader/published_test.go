package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lockstep/grader/internal/exercise"
)

// TestPublishedCases runs the solutions on the fixed cases that students get in the
// place of what only the solutions answer; with -short, one of four.
func TestPublishedCases(t *testing.T) {
	exercises, err := exercise.LoadAll("../exercises")
	if err != nil {
		t.Fatal(err)
	}
	cases := 0
	var programs []string
	checks := map[string][]exercise.Check{}
	for _, e := range exercises {
		for _, c := range e.Checks {
			if c.Published == nil {
				continue
			}
			if cases++; cases%4 == 1 || !testing.Short() {
				program := "./solutions/" + e.ID
				checks[program] = append(checks[program], c)
				programs = append(programs, program)
			}
		}
	}
	if cases == 0 {
		t.Fatal("no check has one")
	}
	bin := t.TempDir()
	build := append([]string{"build", "-o", bin + string(filepath.Separator)}, slices.Compact(programs)...)
	runTool(t, "..", nil, "go", build...)
	for program, checks := range checks {
		for _, c := range checks {
			run := exec.Command(filepath.Join(bin, filepath.Base(program)), c.Published.Args...)
			run.Stdin = strings.NewReader(c.Run.Stdin)
			if said, err := run.Output(); err != nil || string(said) != c.Published.Stdout {
				t.Errorf("%s, check %q: prints %q (%v), not %q", program, c.Name, said, err, c.Published.Stdout)
			}
		}
	}
}

// TestPublishedModules wants the students' go.mod to name what is used there and no more:
// a dev container downloads all of it.
func TestPublishedModules(t *testing.T) {
	students := filepath.Join(t.TempDir(), "students")
	runGrader(t, exitPassed, "publish", "--course", partOf(t, "grader", "exercises/02-join-them-all", "solutions/02-join-them-all"), students)
	used := strings.Fields(runTool(t, students, nil, "go", "list", "-deps", "-test", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}{{end}}{{end}}", "./..."))
	slices.Sort(used)
	used = slices.Compact(used)
	// What it requires has a line each; `go list -m all` would ask the network.
	var named []string
	for _, required := range regexp.MustCompile(`(?m)^\t(\S+) v`).FindAllStringSubmatch(readFile(t, filepath.Join(students, "go.mod")), -1) {
		named = append(named, required[1])
	}
	slices.Sort(named)
	if !slices.Equal(used, named) {
		t.Errorf("used are %q, and go.mod names %q", used, named)
	}
}

// publishable is a small course that can be published, in a repository of its own with
// the tag v1.
func publishable(t *testing.T) (course string, git func(args ...string)) {
	t.Helper()
	course = smallCourse(t)
	writeFile(t, filepath.Join(course, "grader", "main.go"), "package main\n\nfunc main() {}\n")
	writeFile(t, filepath.Join(course, "grader", "build.mk"), readFile(t, "build.mk"))
	for _, id := range []string{"01-squares", "02-hello"} {
		writeFile(t, filepath.Join(course, "exercises", id, "README.md"), "# It\n")
	}
	git = func(args ...string) {
		t.Helper()
		runTool(t, course, []string{"GIT_CONFIG_GLOBAL=/dev/null"}, "git", append([]string{"-c", "user.name=t", "-c", "user.email=t@example.org"}, args...)...)
	}
	git("init", "-q", "-b", "main")
	git("add", "-A")
	git("commit", "-q", "-m", "The course")
	git("tag", "v1")
	return course, git
}

// TestPublishProves wants no repository in which whoever changed nothing passes, or which
// somebody still has to finish.
func TestPublishProves(t *testing.T) {
	starter := func(fails, checks string) string {
		return "title: Hello\ntopic: processes\ngoal: Says hello.\npoints: 2\nedit: [main.go]\nhints: [Say hello.]\nchecks:\n" + checks + "starter: {fails: [" + fails + "]}\n"
	}
	const says = "  - {name: says hello, points: 2, run: {}, stdout: \"hello\\n\"}\n"
	for name, test := range map[string]struct {
		file, text, solution string
		exit                 int
		told                 string
	}{
		"as it is":           {"", "", "", exitPassed, "2 new"},
		"the starter passes": {"exercises/02-hello/main.go", hello("hello"), "", exitUsage, `02-hello: its starter passes in the students' repository: "says hello": pass`},
		"all that it fails is hidden": {"exercises/02-hello/exercise.yaml",
			starter("says hello", strings.Replace(says, "points: 2", "points: 2, hidden: true", 1)+"  - {name: ends, run: {}, exit: 0}\n"), "", exitUsage, "02-hello: all that its starter fails is hidden"},
		"what the solution says is written down": {"exercises/02-hello/exercise.yaml",
			starter("says hello", strings.Replace(says, `stdout: "hello\n"`, "stdout_from: solution", 1)), hello("hello"), exitPassed, "2 new"},
		"… and the starter says the same": {"exercises/02-hello/exercise.yaml",
			starter("says hello", strings.Replace(says, `stdout: "hello\n"`, "stdout_from: solution", 1)), hello("bye"), exitUsage, "02-hello: its starter passes"},
		"something is left to write": {"exercises/02-hello/README.md", "# It\n\nTODO the idea\n", "", exitUsage, "exercises/02-hello/README.md:3: there is a TODO left"},
	} {
		t.Run(name, func(t *testing.T) {
			course, _ := publishable(t)
			if test.file != "" {
				writeFile(t, filepath.Join(course, test.file), test.text)
			}
			if test.solution != "" {
				writeFile(t, filepath.Join(course, "solutions", "02-hello", "main.go"), test.solution)
			}
			students := filepath.Join(t.TempDir(), "students")
			out, errs := runGrader(t, test.exit, "publish", "--course", course, students)
			if !strings.Contains(out+errs, test.told) && test.exit != exitPassed {
				t.Errorf("does not say %q:\n%s%s", test.told, out, errs)
			}
			written, err := os.ReadFile(filepath.Join(students, "exercises", "02-hello", "exercise.yaml"))
			if (err == nil) != (test.exit == exitPassed) {
				t.Errorf("is written: %v", err)
			}
			if test.solution != "" && err == nil && !strings.Contains(string(written), `stdout: "hello\n"`) {
				t.Errorf("the exercise is\n%s", written)
			}
		})
	}
}

// TestPublishPins wants what students get to be what they are marked by, and a pin to stay
// until there is another.
func TestPublishPins(t *testing.T) {
	course, git := publishable(t)
	students := filepath.Join(t.TempDir(), "students")
	publish := func(exit int, args ...string) string {
		t.Helper()
		out, errs := runGrader(t, exit, append([]string{"publish", "--course", course, students}, args...)...)
		return out + errs
	}
	pinned := func(ref, trigger string) {
		t.Helper()
		workflow := readFile(t, filepath.Join(students, ".github", "workflows", "classroom.yml"))
		if !strings.Contains(workflow, `repository: "os/course"`) || !strings.Contains(workflow, fmt.Sprintf("ref: %q", ref)) || !strings.Contains(workflow, trigger) {
			t.Errorf("%s is not pinned in\n%s", ref, workflow)
		}
	}
	if said := publish(exitUsage, "--repository", "os/course", "--ref", "v0"); !strings.Contains(said, "no such commit or tag") {
		t.Errorf("says %s", said)
	}
	publish(exitPassed, "--repository", "os/course", "--ref", "v1", "--when", "tag")
	pinned("v1", `tags: ["submit**"]`)
	publish(exitPassed)
	pinned("v1", `tags: ["submit**"]`)

	// A correction that is nowhere yet, one that has no name, and one that has.
	writeFile(t, filepath.Join(course, "exercises", "02-hello", "README.md"), "# It, said better\n")
	if said := publish(exitUsage); !strings.Contains(said, "exercises/02-hello/README.md") {
		t.Errorf("says %s", said)
	}
	git("commit", "-q", "-a", "-m", "Say it better")
	publish(exitUsage)
	git("tag", "v2")
	publish(exitPassed, "--ref", "v2", "--when", "push")
	pinned("v2", `paths: ["exercises/**"`)
	writeFile(t, filepath.Join(course, "exercises", "02-hello", "data.txt"), "new")
	if said := publish(exitUsage); !strings.Contains(said, "exercises/02-hello/data.txt differ") {
		t.Errorf("says %s", said)
	}
}

// TestUpdate brings two corrections of a course into a student's repository that was made
// of a template, and has another history: the work stays, and what is new is there.
func TestUpdate(t *testing.T) {
	course, git := publishable(t)
	published, student := filepath.Join(t.TempDir(), "published"), filepath.Join(t.TempDir(), "student")
	runGrader(t, exitPassed, "publish", "--course", course, "--students", published, published)
	if err := os.CopyFS(student, os.DirFS(published)); err != nil {
		t.Fatal(err)
	}
	work := filepath.Join(student, "exercises", "02-hello", "main.go")
	writeFile(t, work, hello("hello"))
	writeFile(t, filepath.Join(student, "notes.txt"), "mine")
	makefile := readFile(t, filepath.Join(student, "Makefile"))
	if from := runTool(t, student, nil, "make", "-pn", "help"); !strings.Contains(from, "FROM = "+published) && !strings.Contains(makefile, "$(FROM)") {
		t.Error("make does not know where corrections come from")
	}
	file := filepath.Join(course, "exercises", "02-hello", "exercise.yaml")
	for i, check := range []string{"ends", "ends well"} {
		writeFile(t, file, strings.Replace(readFile(t, file), "starter:", "  - {name: "+check+", run: {}, exit: 0}\nstarter:", 1))
		writeFile(t, filepath.Join(course, "exercises", "01-squares", "main.go"), squares(fmt.Sprint("i+", i+5), true))
		git("commit", "-q", "-a", "-m", "Correct it")
		runGrader(t, exitPassed, "publish", "--course", course, published)
		out, _ := runGrader(t, exitPassed, "update", "--course", student, published)
		if !strings.Contains(out, "kept     exercises/02-hello/main.go\n") || !strings.Contains(out, "changed  exercises/01-squares/main.go\n") || !strings.Contains(out, "2 files are brought up to date, 1 programs stay") {
			t.Errorf("says\n%s", out)
		}
		if readFile(t, work) != hello("hello") || readFile(t, filepath.Join(student, "notes.txt")) != "mine" {
			t.Error("work is lost")
		}
		graded, _ := runGrader(t, exitPassed, "grade", "--course", student, "--format", "json", "02")
		if !strings.Contains(graded, fmt.Sprintf("%q", check)) {
			t.Errorf("the check %q is not there:\n%s", check, graded)
		}
		if again, _ := runGrader(t, exitPassed, "update", "--course", student, published); !strings.Contains(again, "0 files are brought up to date, 1 programs stay") {
			t.Errorf("the second time it says\n%s", again)
		}
	}
	if _, errs := runGrader(t, exitUsage, "update", "--course", student, t.TempDir()); !strings.Contains(errs, "nothing was published") {
		t.Errorf("says %s", errs)
	}
}

// TestMakeUpdate goes the whole way with git: a template, a repository of another history made
// of it, work, a correction that is published, and `make update`. Then all but the first once
// more. Nothing is in conflict, the work stays, and the new check marks it.
func TestMakeUpdate(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds graders; TestUpdate brings the corrections without git and make")
	}
	course, courseGit := publishable(t)
	writeFile(t, filepath.Join(course, "grader", "main.go"), standIn)
	courseGit("commit", "-q", "-a", "-m", "A grader")
	dir := t.TempDir()
	published, student, server := filepath.Join(dir, "published"), filepath.Join(dir, "student"), filepath.Join(dir, "students.git")
	commit := func(dir, message string) {
		t.Helper()
		for _, args := range [][]string{{"add", "-A"}, {"-c", "user.name=s", "-c", "user.email=s@example.org", "commit", "-q", "-m", message}} {
			runTool(t, dir, []string{"GIT_CONFIG_GLOBAL=/dev/null"}, "git", args...)
		}
	}
	runGrader(t, exitPassed, "publish", "--course", course, "--students", "file://"+server, published)
	if err := os.CopyFS(student, os.DirFS(published)); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{published, student} {
		runTool(t, dir, nil, "git", "init", "-q", "-b", "main")
		commit(dir, "Initial commit")
	}
	runTool(t, dir, nil, "git", "clone", "-q", "--bare", published, server)

	work, rules := filepath.Join("exercises", "02-hello", "main.go"), filepath.Join("exercises", "02-hello", "exercise.yaml")
	for i, check := range []string{"ends", "ends well"} {
		text := hello("hello") + fmt.Sprintf("\n// the %d. version\n", i+1)
		writeFile(t, filepath.Join(student, work), text)
		commit(student, "My work")

		writeFile(t, filepath.Join(course, rules), strings.Replace(readFile(t, filepath.Join(course, rules)), "starter:", "  - {name: "+check+", run: {}, exit: 0}\nstarter:", 1))
		courseGit("commit", "-q", "-a", "-m", "Ask for more")
		runGrader(t, exitPassed, "publish", "--course", course, published)
		commit(published, "Ask for more")
		runTool(t, published, nil, "git", "push", "-q", server, "main")

		if said := runTool(t, student, nil, "make", "update"); !strings.Contains(said, "1 programs stay") {
			t.Errorf("make update says\n%s", said)
		}
		if got := strings.TrimSpace(runTool(t, student, nil, "git", "status", "--porcelain")); got != "M "+rules {
			t.Errorf("changed is\n%s", got)
		}
		commit(student, "Bring the correction")
		if readFile(t, filepath.Join(student, work)) != text {
			t.Errorf("the work is\n%s", readFile(t, filepath.Join(student, work)))
		}
		if marked := runTool(t, student, nil, "make", "-s", "grade", "EX=02", "FLAGS=--format json"); !strings.Contains(marked, fmt.Sprintf("%q", check)) {
			t.Errorf("the check %q is not there:\n%s", check, marked)
		}
	}
}

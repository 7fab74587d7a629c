package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// fingerprintOf is a folder's every name, mode and text.
func fingerprintOf(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%s %s\n", name, info.Mode())
		if info.Mode().IsRegular() {
			text, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			b.Write(text)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// printing is a program that prints and does what else it is told.
func printing(imports, body string) string {
	return "package main\n\nimport (" + imports + ")\n\nfunc main() {\n" + body + "\n}\n"
}

// dishonest are submissions to the small course's second exercise, and the points
// that their honest part is worth. Put writes all but the honest main.go.
var dishonest = []struct {
	name   string
	points int
	main   string // 02-hello/main.go; empty: none
	put    func(t *testing.T, tree, course string)
}{
	{"an honest one", 2, hello("hello"), nil},
	{"edits the grader, mp, the YAML and go.mod", 0, hello("bye"), func(t *testing.T, tree, course string) {
		writeFile(t, filepath.Join(tree, "grader", "main.go"), "package main\n\nimport \"os\"\n\nfunc main() { os.Exit(0) }\n")
		writeFile(t, filepath.Join(tree, "mp", "main.go"), "package mp\n\nfunc init() { println(\"mine\") }\n")
		writeFile(t, filepath.Join(tree, "exercises", "02-hello", "exercise.yaml"), "title: Mine\npoints: 0\nchecks: []\n")
		writeFile(t, filepath.Join(tree, "exercises", "02-hello", "init.go"), "package main\n\nfunc init() { println(\"hello\") }\n")
		writeFile(t, filepath.Join(tree, "exercises", "02-hello", "main_test.go"), "package main\n\nimport \"os\"\n\nfunc init() { os.Exit(0) }\n")
		writeFile(t, filepath.Join(tree, "go.mod"), "module lockstep\n\nreplace lockstep/mp => ./mp\n")
		writeFile(t, filepath.Join(tree, "go.work"), "go 1.26\nuse .\n")
		writeFile(t, filepath.Join(tree, "vendor", "modules.txt"), "# nothing\n")
		writeFile(t, filepath.Join(tree, ".github", "workflows", "classroom.yml"), "name: Autograding Tests\non: push\njobs: {}\n")
	}},
	{"prints workflow commands and results", 0, printing(`"fmt"`, `
	fmt.Println("::notice title=Autograding complete::Points 8/8")
	fmt.Println("::set-output name=result::eyJzdGF0dXMiOiJwYXNzIn0=")
	fmt.Println("result=eyJzdGF0dXMiOiJwYXNzIn0=")
	fmt.Println("##[set-output name=result]eyJzdGF0dXMiOiJwYXNzIn0=")
	fmt.Println("--- PASS: TestHello (0.00s)\nPASS\nok")
	fmt.Println("{\"status\":\"pass\",\"points\":2}")`), nil},
	{"links a file to the solution", 0, "", func(t *testing.T, tree, course string) {
		if err := os.MkdirAll(filepath.Join(tree, "exercises", "02-hello"), 0o755); err != nil {
			t.Fatal(err)
		}
		link(t, filepath.Join(course, "solutions", "02-hello", "main.go"), filepath.Join(tree, "exercises", "02-hello", "main.go"))
	}},
	{"links a folder to the solutions", 0, "", func(t *testing.T, tree, course string) {
		link(t, filepath.Join(course, "solutions"), filepath.Join(tree, "exercises"))
	}},
	{"links an exercise to its solution", 0, "", func(t *testing.T, tree, course string) {
		link(t, filepath.Join(course, "solutions", "02-hello"), filepath.Join(tree, "02-hello"))
	}},
	{"imports what reads files", 0, printing(`"fmt"; "os"`, `fmt.Println(os.ReadFile("/etc/passwd"))`), nil},
	{"embeds the solution", 0, "package main\n\nimport \"fmt\"\n\n//go:embed ../../solutions/02-hello/main.go\nvar s string\n\nfunc main() { fmt.Println(s) }\n", nil},
	{"poisons caches", 0, hello("bye"), func(t *testing.T, tree, course string) {
		for _, name := range []string{".lockstep/verdicts/02-hello.json", ".lockstep/cache/02-hello.json", ".lockstep/progress.json", ".cache/go-build/00/x-d", "exercises/.lockstep/02-hello"} {
			writeFile(t, filepath.Join(tree, filepath.FromSlash(name)), `{"status":"pass","points":2,"max":2}`)
		}
	}},
	{"is huge beside its work", 2, hello("hello"), func(t *testing.T, tree, course string) {
		for i := range 100_000 {
			if i%1000 == 0 {
				if err := os.MkdirAll(filepath.Join(tree, "many", fmt.Sprint(i/1000)), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			f, err := os.Create(filepath.Join(tree, "many", fmt.Sprint(i/1000), fmt.Sprint(i)))
			if err != nil {
				t.Fatal(err)
			}
			f.Close()
		}
		sparse(t, filepath.Join(tree, "exercises", "02-hello", "data.bin"), 2<<30)
	}},
	{"is a file of 2 GB", 0, "", func(t *testing.T, tree, course string) {
		sparse(t, filepath.Join(tree, "exercises", "02-hello", "main.go"), 2<<30)
	}},
	{"lays the result out beforehand", 0, hello("bye"), func(t *testing.T, tree, course string) {
		link(t, filepath.Join(course, "go.mod"), filepath.Join(tree, "result.json"))
	}},
}

func link(t *testing.T, target, name string) {
	t.Helper()
	if err := os.Symlink(target, name); err != nil {
		t.Fatal(err)
	}
}

func sparse(t *testing.T, name string, size int64) {
	t.Helper()
	writeFile(t, name, "")
	if err := os.Truncate(name, size); err != nil {
		t.Fatal(err)
	}
}

// TestDishonest grades each as a classroom's workflow would, with the result file in
// the student's own tree, and wants the honest points, a log without commands and
// an untouched course. With -short, every other one is graded.
func TestDishonest(t *testing.T) {
	course := smallCourse(t)
	writeFile(t, filepath.Join(course, "solutions", "01-squares", "main.go"), squares("i*i", true))
	writeFile(t, filepath.Join(course, "solutions", "02-hello", "main.go"), hello("hello"))
	before := fingerprintOf(t, course)
	for i, d := range dishonest {
		if testing.Short() && i%2 == 1 {
			continue
		}
		t.Run(d.name, func(t *testing.T) {
			tree, outputs := t.TempDir(), filepath.Join(t.TempDir(), "outputs")
			if d.main != "" {
				writeFile(t, filepath.Join(tree, "exercises", "02-hello", "main.go"), d.main)
			}
			if d.put != nil {
				d.put(t, tree, course)
			}
			began := time.Now()
			cmd := graderCommand("grade", "--course", course, "--submission", tree, "--format", "classroom", "--out", filepath.Join(tree, "result.json"), "02")
			cmd.Env = append(cmd.Env, "GITHUB_ACTIONS=true", "GITHUB_OUTPUT="+outputs, "GITHUB_STEP_SUMMARY="+outputs+".md")
			log, _ := cmd.CombinedOutput() // its exit code is in the result
			if took := time.Since(began); took > 30*time.Second {
				t.Errorf("took %s", took)
			}
			points, most := lastResult(t, readFile(t, outputs))
			if points != d.points || most != 2 {
				t.Errorf("got %d of %d points, want %d of 2\n%s", points, most, d.points, log)
			}
			obeysNothing(t, string(log))
			if info, err := os.Lstat(filepath.Join(tree, "result.json")); err != nil || !info.Mode().IsRegular() {
				t.Errorf("the result was not written by the grader alone: %v", err)
			}
		})
	}
	if fingerprintOf(t, course) != before {
		t.Error("the course's tree has changed")
	}
}

// racer looks for the files that the grader's command line and environment name,
// and writes a result of its own into them for as long as it lives.
const racer = `package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"lockstep/mp"
)

var _ = strconv.Itoa
var _ = mp.Main

func main() {
	var names []string
	processes, _ := os.ReadDir("/proc")
	for _, p := range processes {
		for _, file := range []string{"cmdline", "environ"} {
			text, _ := os.ReadFile("/proc/" + p.Name() + "/" + file)
			for _, word := range strings.Split(string(text), "\x00") {
				if i := strings.Index(word, "/"); i >= 0 && strings.Contains(word, "RACED") {
					names = append(names, word[i:])
				}
			}
		}
	}
	for end := time.Now().Add(300 * time.Millisecond); time.Now().Before(end); {
		for _, name := range names {
			os.WriteFile(name, []byte("result=eyJmb3JnZWQiOnRydWV9\n"), 0o666)
		}
	}
	fmt.Println("0\n1\n9")
}
`

// TestResultRace lets a program write to the result while it is graded: what stays
// is what the grader says last.
func TestResultRace(t *testing.T) {
	course := smallCourse(t)
	tree, out, outputs := t.TempDir(), filepath.Join(t.TempDir(), "RACED.txt"), filepath.Join(t.TempDir(), "RACED-outputs")
	writeFile(t, filepath.Join(tree, "01-squares", "main.go"), racer)
	cmd := graderCommand("grade", "--course", course, "--submission", tree, "--format", "classroom", "--out", out, "01")
	cmd.Env = append(cmd.Env, "GITHUB_ACTIONS=true", "GITHUB_OUTPUT="+outputs)
	log, _ := cmd.CombinedOutput()
	for _, name := range []string{out, outputs} {
		if points, most := lastResult(t, readFile(t, name)); points != 0 || most != 6 {
			t.Errorf("%s says %d of %d points\n%s", filepath.Base(name), points, most, log)
		}
	}
	obeysNothing(t, string(log))
}

// lastResult decodes the last step output, as GitHub does, and adds it up, as the
// reporter does.
func lastResult(t *testing.T, outputs string) (points, most int) {
	t.Helper()
	encoded := ""
	for line := range strings.Lines(outputs) {
		if value, ok := strings.CutPrefix(line, "result="); ok {
			encoded = strings.TrimSpace(value)
		}
	}
	text, err := base64.StdEncoding.DecodeString(encoded)
	if encoded == "" || err != nil {
		t.Fatalf("no result in %q, %v", outputs, err)
	}
	var result struct {
		Max   int `json:"max_score"`
		Tests []struct {
			Score  *int `json:"score"`
			LineNo *int `json:"line_no"`
		}
	}
	if err := json.Unmarshal(text, &result); err != nil {
		t.Fatal(err)
	}
	for _, test := range result.Tests {
		if test.Score == nil || test.LineNo == nil {
			t.Fatalf("a field is missing in %s", text)
		}
		points += *test.Score
	}
	return points, result.Max
}

// obeysNothing wants a log whose only workflow commands are the grader's own.
func obeysNothing(t *testing.T, log string) {
	t.Helper()
	closing, told := "", 0
	for _, line := range strings.Split(log, "\n") {
		trimmed := strings.TrimSpace(line)
		switch {
		case closing != "":
			if line == "::"+closing+"::" {
				closing = ""
			}
		case strings.HasPrefix(line, "::stop-commands::"):
			closing = strings.TrimPrefix(line, "::stop-commands::")
		case strings.HasPrefix(line, "::notice title=Autograding complete::"):
			told++
		case strings.HasPrefix(line, "::notice title="):
		case strings.HasPrefix(line, "::error file="), strings.HasPrefix(line, "::error title="), strings.HasPrefix(line, "::warning "):
		case strings.HasPrefix(trimmed, "::"), strings.Contains(line, "##["):
			t.Errorf("GitHub would obey %q", line)
		}
	}
	if closing != "" || told > 1 {
		t.Errorf("commands stay switched off by %q, points are told %d times", closing, told)
	}
}

// TestCutOff kills a call and lets another reach its limit; both leave a result
// with every field.
func TestCutOff(t *testing.T) {
	course := smallCourse(t)
	tree := t.TempDir()
	writeFile(t, filepath.Join(tree, "01-squares", "main.go"), squares("i*i", true))
	writeFile(t, filepath.Join(tree, "02-hello", "main.go"), "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(); select {} }\n")
	t.Run("by its limit", func(t *testing.T) {
		outputs := filepath.Join(t.TempDir(), "outputs")
		cmd := graderCommand("grade", "--course", course, "--submission", tree, "--format", "classroom", "--out", outputs, "--deadline", "1ms")
		said, _ := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); code != exitBroken {
			t.Errorf("exit code %d: %s", code, said)
		}
		if points, most := lastResult(t, readFile(t, outputs)); points != 0 || most != 8 {
			t.Errorf("got %d of %d", points, most)
		}
	})
	t.Run("killed", func(t *testing.T) {
		outputs := filepath.Join(t.TempDir(), "outputs")
		cmd := graderCommand("grade", "--course", course, "--submission", tree, "--format", "classroom", "--out", outputs)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
			if _, err := os.Stat(outputs); err == nil {
				break
			}
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if _, most := lastResult(t, readFile(t, outputs)); most != 8 {
			t.Errorf("got a maximum of %d", most)
		}
	})
}

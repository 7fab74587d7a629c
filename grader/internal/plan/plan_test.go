package plan

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"lockstep/grader/internal/exercise"
)

// words runs a script in which every command is a recorder, and returns what the
// commands were given: the generator's quoting is right when testscript reads the
// same words back.
func words(t *testing.T, text string) (calls [][]string, files map[string]string) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "script.txtar")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	files = map[string]string{}
	recorder := func(name string) func(*testscript.TestScript, bool, []string) {
		return func(ts *testscript.TestScript, _ bool, args []string) {
			calls = append(calls, append([]string{name}, args...))
			for _, f := range []string{"stdin", "want/stdout", "want/stdout.quoted"} {
				if text, err := os.ReadFile(ts.MkAbs(f)); err == nil {
					files[f] = string(text)
				}
			}
		}
	}
	cmds := map[string]func(*testscript.TestScript, bool, []string){}
	for _, name := range []string{"program", "expect", "interleavings", "speedup", "reference", "fixture"} {
		cmds[name] = recorder(name)
	}
	testscript.RunT(sequential{t}, testscript.Params{Files: []string{file}, Cmds: cmds})
	return calls, files
}

// sequential is a testing.T whose scripts have run when RunT returns.
type sequential struct{ *testing.T }

func (s sequential) Parallel()                          {}
func (s sequential) Run(_ string, f func(testscript.T)) { f(s) }
func (s sequential) Verbose() bool                      { return false }

// head is an exercise's file as far as its checks.
const head = "title: T\ntopic: t\ngoal: g\npoints: 0\nedit: [main.go]\nimports: []\nhints: []\nstarter: {fails: []}\nchecks:\n"

func plan(t *testing.T, checks string) Job {
	t.Helper()
	e, err := exercise.Parse("exercise.yaml", []byte(head+checks))
	if err != nil {
		t.Fatal(err)
	}
	e.ID, e.Dir = "01-first", "folder"
	return New(e, 7)
}

func TestNastyWordsSurvive(t *testing.T) {
	nasty := []string{"", "a b", "it's", "$HOME", `\n`, "#no comment", "-flag", "'", "é", "[linux]", "&", "a=b"}
	var args strings.Builder
	for _, a := range nasty {
		args.WriteString("      - '" + strings.ReplaceAll(a, "'", "''") + "'\n")
	}
	job := plan(t, "  - name: c\n    stdout: \"no newline\"\n    run:\n     env: {KEY: \"v 'x'\"}\n     stdin: \"-- not a file --\\n\"\n     args:\n"+args.String())
	calls, files := words(t, job.Scripts[0].Text)
	want := append([]string{"program", "-stdin=stdin.quoted", "-env=KEY=v 'x'"}, nasty...)
	if len(calls) == 0 || !reflect.DeepEqual(calls[0], want) {
		t.Errorf("got %q\nwant %q", calls, want)
	}
	if got := files["want/stdout.quoted"]; got != "\"no newline\"\n" {
		t.Errorf("stdout file: %q", got)
	}
}

// A first argument that looks like a flag is kept apart from the command's own.
func TestFlagLikeArguments(t *testing.T) {
	job := plan(t, "  - {name: c, run: {args: [-repeat=9, x]}, stdout: \"\"}\n")
	calls, _ := words(t, job.Scripts[0].Text)
	if want := []string{"program", "--", "-repeat=9", "x"}; !reflect.DeepEqual(calls[0], want) {
		t.Errorf("got %q, want %q", calls[0], want)
	}
}

func TestTexts(t *testing.T) {
	job := plan(t, `
  - {name: ordered, run: {args: [a]}, stdout: "x\n", repeat: 3}
  - {name: races, run: {args: ["3"]}, races: {budget: 5s}, stdout: "3\n", processes: {joined: all}}
  - {name: fast, speedup: {serial: {args: [s]}, parallel: {args: [p, q]}, workers: 4, at_least: 0.7, own: true}}
  - {name: drawn, run: {args: ["{{int 3 9}}"]}, stdout_from: solution}
  - {name: threads, run: {}, goroutine_races: true}
  - {name: eased, run: {}, stdout: "1\n", tolerance: 0.5, loose: true, stdout_order: [a, b], stdout_not_match: x+, stderr: "", exit: 1..3}
  - {name: lines, run: {}, stdout_unordered: [b, a], loose: true, exit: fails}
  - {name: refused, run: {args: ["{{int 1 1}}"]}, stdout_from: solution, tolerance: 1e-9, exit: fails}
  - {name: stopped, run: {}, signals: [TERM to first after it's ready, INT to group at 1 child, KILL to child 2 at 3 children, HUP to work-2 after a  b], stdout_from: solution, processes: {needed: together}}
  - {name: asked, run: {dialogue: [{expect: "name? "}, {send: "Ada {{int 5 5}}\n"}, {expect_match: '^hello {{int 5 5}}$'}, {expect_match: 'a`+"`"+`b'}, {expect: "é {{list 2 2 line int 7 7}}"}], env: {N: "{{int 4 4}}"}}, stdout_from: solution, processes: {needed: together}}
`)
	want := []string{
		"# ordered\nprogram -repeat=3 a\nexpect exit 0\nexpect stdout equals want/stdout\n-- want/stdout --\nx\n",
		"# races\ninterleavings -each=claims -budget=5s 3\n-- want/stdout --\n3\n-- claims --\nexit 0\nstdout equals want/stdout\nprocesses joined=all\n",
		"# fast\nspeedup -workers=4 -at-least=0.7 -serial=serial -own p q\n-- serial --\ns\n",
		"", // drawn: below
		"# threads\nprogram -race\nexpect no-races\nexpect exit 0\n",
		"# eased\nprogram\nexpect exit 1..3\nexpect stdout equals want/stdout within=0.5 loose\n! expect stdout matches x+\nexpect stdout order want/order\nexpect stderr equals want/stderr within=0.5 loose\n" +
			"-- want/stdout --\n1\n-- want/order --\na\nb\n-- want/stderr --\n",
		"# lines\nprogram\nexpect exit fails\nexpect stdout unordered want/stdout loose\n-- want/stdout --\nb\na\n",
		"# refused\nreference -exit=fails 1\nprogram 1\nexpect exit fails\nexpect stdout equals reference/stdout within=1e-09\n",
		strings.ReplaceAll("# stopped\nreference SIGNALS\nprogram SIGNALS\nexpect exit 0\nexpect stdout equals reference/stdout\nidle -each=output SIGNALS\n-- output --\nexit 0\nstdout equals reference/stdout\n",
			"SIGNALS", "'-signal=TERM after it''s ready' '-signal=INT to group at 1 child' '-signal=KILL to child 2 at 3 children' '-signal=HUP to work-2 after a  b'"),
		"# asked\nreference -dialogue=dialogue -env=N=4\nprogram -dialogue=dialogue -env=N=4\nexpect exit 0\nexpect stdout equals reference/stdout\nidle -each=output -dialogue=dialogue -env=N=4\n" +
			"-- dialogue --\nexpect \"name? \"\nsend \"Ada 5\\n\"\nmatch `^hello 5$`\nmatch \"a`b\"\nexpect \"é 7\\n7\"\n-- output --\nexit 0\nstdout equals reference/stdout\n",
	}
	for i, w := range want {
		if got := job.Scripts[i].Text; w != "" && got != w {
			t.Errorf("%s: got\n%s\nwant\n%s", job.Scripts[i].Check.Name, got, w)
		}
	}
	lines := strings.Split(job.Scripts[3].Text, "\n")
	if strings.TrimPrefix(lines[1], "reference ") != strings.TrimPrefix(lines[2], "program ") || strings.Contains(lines[1], "{") {
		t.Errorf("drawn: %q", lines)
	}
	if !reflect.DeepEqual(job.Builds, []Variant{Plain, Reference, Race}) {
		t.Errorf("builds %v", job.Builds)
	}
}

// A script's shorthands are written out, and its draws drawn: alike on lines that
// draw alike, and in files.
func TestScripts(t *testing.T) {
	job := plan(t, `
  - name: drawn
    script: |
      # {{int 1 1}} is drawn here too
      reference -exit=3 -stdin=in {{int 100 900}} 'a {{int 7 7}}'
      ! program -race -repeat=2 -stdin=in -env=N={{int 100 900}} {{int 100 900}} 'a {{int 7 7}}'   # as above
      cmp stdout reference/stdout
      ! stdout '{{pid 1}} b'
      cp stderr kept
      cmp stderr kept
      stderr x # why
      -- in --
      {{int 100 900}} {{x}}
`)
	lines := strings.Split(job.Scripts[0].Text, "\n")
	number := strings.Fields(lines[1])[3]
	want := strings.ReplaceAll(`# 1 is drawn here too
reference -exit=3 -stdin=in N 'a 7'
! program -race -repeat=2 -stdin=in -env=N=N M 'a 7'   # as above
expect stdout equals reference/stdout
! expect stdout matches '{{pid 1}} b'
cp stderr kept
expect stderr equals kept
expect stderr matches x # why
-- in --
N {{x}}
`, "N", number)
	want = strings.Replace(want, "-env="+number, "-env=N", 1)
	got := job.Scripts[0].Text
	if m := strings.Fields(lines[2])[6]; !strings.HasPrefix(m, "'") {
		want = strings.Replace(want, "M", m, 1)
	}
	if got != want || strings.Contains(number, "{") {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if !reflect.DeepEqual(job.Builds, []Variant{Plain, Race, Reference}) {
		t.Errorf("builds %v", job.Builds)
	}
}

// What a script's lines stand for is drawn as their text is, and is what they say.
func TestScriptsValues(t *testing.T) {
	job := plan(t, `
  - name: drawn
    script: |
      ! program -repeat={{int 2 2}} -stdin=in.quoted -env=N={{int 4 4}} 'a {{int 7 7}}' $EXERCISE/x '$5'
      expect exit {{int 3 3}}
      expect processes children={{int 1 1}}..4 distinct-pids
      ! stdout 'b{{int 6 6}}'
      interleavings -each=claims
      speedup -workers=2 -at-least=0.5 -serial=serial
      -- in.quoted --
      "{{int 5 5}}"
      -- claims --
      ! stdout equals in.quoted
      stderr matches {{int 8 8}}
      -- serial --
      a {{int 9 9}}

      b
`)
	s := job.Scripts[0]
	run := s.Calls[0]
	if !run.Not || run.Repeat != 2 || run.Stdin != "in.quoted" || !reflect.DeepEqual(run.Env, []string{"N=4"}) || !reflect.DeepEqual(run.Args, []string{"a 7", "folder/x", "$5"}) {
		t.Errorf("got %+v", run)
	}
	if got := s.Files["in.quoted"]; got != "5" {
		t.Errorf("got %q", got)
	}
	one, four := &exercise.Count{Min: 1, Max: 4}, []exercise.Expectation{
		exercise.Output{Not: true, Stream: "stdout", How: "equals", File: "in.quoted"},
		exercise.Output{Stream: "stderr", How: "matches", Pattern: "8"},
	}
	for i, want := range [][]exercise.Expectation{
		{exercise.Exit{Codes: exercise.Codes{Min: 3, Max: 3}}}, {&exercise.Processes{Children: one, DistinctPIDs: true}},
		{exercise.Output{Not: true, Stream: "stdout", How: "matches", Pattern: "b6"}}, four,
	} {
		if got := s.Calls[i+1].Claims; !reflect.DeepEqual(got, want) {
			t.Errorf("line %d: got %+v", i+1, got)
		}
	}
	if got := s.Calls[5].SerialArgs; !reflect.DeepEqual(got, []string{"a 9", "", "b"}) {
		t.Errorf("got %q", got)
	}
}

// What a draw makes of a line that can't be read is told when it is run.
func TestDrawsThatCannotBe(t *testing.T) {
	wrong := 0
	for seed := range uint64(20) {
		e, err := exercise.Parse("e", []byte(head+"  - name: c\n    script: |\n      program\n      stdout '[{{int 1 9}}-{{int 1 9}}]'\n"))
		if err != nil {
			t.Fatal(err)
		}
		if New(e, seed).Scripts[0].Calls[1].Err != nil {
			wrong++
		}
	}
	if wrong == 0 || wrong == 20 {
		t.Errorf("%d of 20 are wrong", wrong)
	}
}

// What a program is given is drawn wherever it stands.
func TestDrawsInInputAndVariables(t *testing.T) {
	job := plan(t, `
  - {name: drawn, run: {args: ["{{int 5 5}}"], stdin: "{{int 6 6}}\n", env: {N: "{{int 7 7}}"}}, stdout_from: solution}
`)
	want := "# drawn\nreference -stdin=stdin -env=N=7 5\nprogram -stdin=stdin -env=N=7 5\nexpect exit 0\nexpect stdout equals reference/stdout\n-- stdin --\n6\n"
	if got := job.Scripts[0].Text; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// said is what a script's values say.
func said(s *exercise.Script) string {
	var out strings.Builder
	for _, c := range s.Calls {
		fmt.Fprintf(&out, "%s %q\n", &c, c.SerialArgs)
		for _, x := range c.Claims {
			claim := exercise.Expect(x)
			fmt.Fprintf(&out, "  %s\n", &claim)
		}
	}
	return out.String()
}

// TestCourseSpeaksTheLanguage reads the scripts that the course's checks become as it
// reads an instructor's: what is written here and what may be written are the same, and
// so are the values of both.
func TestCourseSpeaksTheLanguage(t *testing.T) {
	all, err := exercise.LoadAll(filepath.Join("..", "..", "..", "exercises"))
	if err != nil {
		t.Fatal(err)
	}
	for _, job := range All(all, 3) {
		for _, s := range job.Scripts {
			block := "      " + strings.ReplaceAll(strings.TrimSuffix(s.Text, "\n"), "\n", "\n      ")
			text := "title: T\ntopic: t\ngoal: g\npoints: 0\nedit: [main.go]\nimports: []\nhints: []\nstarter: {fails: []}\nlimits: {processes: 64, memory: 1GiB}\n" +
				"checks:\n  - name: c\n    script: |\n" + block + "\n"
			e, err := exercise.Parse("script", []byte(text))
			if err != nil {
				t.Errorf("%s, %s: %v\n%s", job.Exercise.ID, s.Check.Name, err, s.Text)
				continue
			}
			if got, want := said(e.Checks[0].Script), said(s.Script); got != want {
				t.Errorf("%s, %s: the text says\n%s, the values\n%s", job.Exercise.ID, s.Check.Name, got, want)
			}
		}
	}
}

// The files that a program is given and must leave are a line and claims; what is given
// may be drawn.
func TestFolder(t *testing.T) {
	job := plan(t, `
  - {name: left, run: {}, repeat: 2, files: {given: {b: "1", in/a: "{{int 7 7}}\n"}, shared: true, left_match: {b: '\d'}, absent: ["*.lock"]}}
  - {name: exactly, run: {}, files: {left: {b: "2\n"}, each_child: [write b]}, hold: [create b, remove a until change *.x]}
`)
	for i, want := range []string{
		"# left\nfolder -shared b=given/b.quoted in/a=given/in/a\nprogram -repeat=2\nexpect exit 0\nexpect file b matches '\\d'\nexpect file '*.lock' absent\n" +
			"-- given/b.quoted --\n\"1\"\n-- given/in/a --\n7\n",
		"# exactly\nprogram '-hold=create b' '-hold=remove a until change *.x'\nexpect exit 0\nexpect file b equals left/b\nexpect steps 'each-child=write b'\n-- left/b --\n2\n",
	} {
		if got := job.Scripts[i].Text; got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}

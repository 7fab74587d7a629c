package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/publish"
)

// TestReadmeListsExercises keeps the README's table what the exercise files say:
// `go test ./grader -run Readme -update` writes it.
func TestReadmeListsExercises(t *testing.T) {
	all, err := exercise.LoadAll(filepath.Join("..", "exercises"))
	if err != nil {
		t.Fatal(err)
	}
	table := publish.Tables(all, "| exercise | topic | title | points |\n|---|---|---|---|\n", func(e *exercise.Exercise) string {
		return fmt.Sprintf("| [%s](exercises/%s) | %s | %s | %d |\n", e.ID, e.ID, e.Topic, e.Title, e.Points)
	})
	keep(t, filepath.Join("..", "README.md"), "exercises", table)
}

// TestRulesAreTold keeps what READMEs say of that for which a submission is refused.
func TestRulesAreTold(t *testing.T) {
	all, err := exercise.LoadAll(filepath.Join("..", "exercises"))
	if err != nil {
		t.Fatal(err)
	}
	keep(t, filepath.Join("..", "README.md"), "harmless", exercise.Harmless("    "))
	for _, e := range all {
		file := filepath.Join(e.Dir, exercise.ReadmeFile)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(e.TellRules(text)), "<!-- rules -->\n")
		rules, _, _ := strings.Cut(rest, "<!-- end rules -->")
		keep(t, file, "rules", rules)
	}
}

// TestUsualRepairs keeps CONTRIBUTING's table of what catches the wrong repairs that
// are tried everywhere. That it does catch them is proven by `grader check`.
func TestUsualRepairs(t *testing.T) {
	all, err := exercise.LoadAll(filepath.Join("..", "exercises"))
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	table.WriteString("| exercise | printed answers | goroutines | sleeping | decoys | handshake |\n|---|---|---|---|---|---|\n")
	for _, e := range all {
		fmt.Fprintf(&table, "| %s |", e.ID)
		for _, kind := range exercise.Usual {
			var catch []string
			for _, name := range e.UsualMutants(kind) {
				for _, check := range e.Mutants[name] {
					if !slices.Contains(catch, check) {
						catch = append(catch, check)
					}
				}
			}
			if reason, spared := e.Spared[kind]; spared {
				catch = []string{"can't be: " + reason}
			}
			fmt.Fprintf(&table, " %s |", strings.Join(catch, "; "))
		}
		table.WriteByte('\n')
	}
	keep(t, filepath.Join("..", "CONTRIBUTING.md"), "usual", table.String())
}

// TestCommandsOfScripts keeps CONTRIBUTING's reference of what a script may use.
func TestCommandsOfScripts(t *testing.T) {
	var table strings.Builder
	row := func(usage, does string, negated bool) {
		if negated {
			usage = "[!] " + usage
		}
		fmt.Fprintf(&table, "| `%s` | %s |\n", strings.ReplaceAll(strings.TrimSpace(usage), "|", "\\|"), does)
	}
	table.WriteString("| command | what it does |\n|---|---|\n")
	for _, c := range exercise.Commands {
		row(c.Name+" "+c.Usage(), c.Does, c.Negated)
	}
	for _, c := range exercise.Claims {
		row("expect "+c.Name+" "+c.Rest, c.Does, c.Negated)
	}
	keep(t, filepath.Join("..", "CONTRIBUTING.md"), "commands", table.String())
}

// TestReadmeTranscript keeps what the README shows of a marked starter what the
// grader really prints.
func TestReadmeTranscript(t *testing.T) {
	var out, errs bytes.Buffer
	code := run(t.Context(), []string{"grade", "--course", "..", "--fresh", "21"}, streams{strings.NewReader(""), &out, &errs})
	if code != exitFailed {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	text := ""
	for line := range strings.Lines(out.String()) {
		if strings.HasPrefix(line, "confined by tier ") || strings.HasPrefix(line, "what is drawn was drawn ") || strings.HasPrefix(line, "this machine is slow: ") {
			continue // it is the machine's or the run's, not the program's
		}
		text += strings.TrimRight("    "+line, " \n") + "\n"
	}
	if strings.Contains(out.String(), "this machine is slow: ") && (strings.Contains(text, "interleavings that were run") || strings.Contains(text, "interleaving that was run")) {
		t.Skip("this machine is too slow to try all interleavings in their time")
	}
	keep(t, filepath.Join("..", "README.md"), "transcript", text)
}

// TestSchemaIsCurrent keeps the files that editors read what the types say.
func TestSchemaIsCurrent(t *testing.T) {
	for of, schema := range map[string]func() ([]byte, error){"exercise": exercise.Schema, "course": exercise.CourseSchema, "checks": exercise.ChecksSchema, "texts": exercise.TextsSchema, "course-texts": exercise.CourseTextsSchema} {
		want, err := schema()
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join("..", "exercises", of+".schema.json")
		if *update {
			if err := os.WriteFile(name, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Errorf("%s is stale: go run ./grader schema %s > exercises/%s.schema.json", name, of, of)
		}
	}
}

// keep compares the part of a file between <!-- NAME --> and <!-- end NAME --> with
// what it must be.
func keep(t *testing.T, file, name, want string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	open, end := "<!-- "+name+" -->\n", "<!-- end "+name+" -->\n"
	before, rest, ok := strings.Cut(string(text), open)
	got, after, ended := strings.Cut(rest, end)
	if !ok || !ended {
		t.Fatalf("%s has no part between %q and %q", file, open, end)
	}
	if got == want {
		return
	}
	if !*update {
		t.Fatalf("%s: the part %q is stale; run this test with -update. It would be\n%s", file, name, want)
	}
	if err := os.WriteFile(file, []byte(before+open+want+end+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

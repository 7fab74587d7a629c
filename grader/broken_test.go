package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestABrokenGraderIsNoScore ends calls before anything can be graded and wants every
// form to say so in its own words, and those that have no word for it to say nothing.
func TestABrokenGraderIsNoScore(t *testing.T) {
	course, tree := smallCourse(t), t.TempDir()
	writeFile(t, filepath.Join(tree, "01-squares", "main.go"), squares("i*i", true))
	for name, value := range map[string]string{
		"CLASSROOM": "os", "ASSIGNMENT": "one", "OWNER": "ada", "SUBMISSION_TAG": "submit/1", "COMMIT_URL": "c", "RELEASE_URL": "r",
	} {
		t.Setenv(name, value)
	}
	for format, word := range map[string]string{ // "": no result may be left
		"json":        `"status": "error"`,
		"junit":       "<error message=",
		"exercism":    `"status": "error"`,
		"classroom":   "status=error\nresult=",
		"classroom50": "",
		"gradescope":  "",
	} {
		t.Run(format, func(t *testing.T) {
			outputs, out := filepath.Join(t.TempDir(), "outputs"), filepath.Join(t.TempDir(), "result")
			t.Setenv("GITHUB_OUTPUT", outputs)
			writeFile(t, out, `{"score": 8}`) // of an earlier call
			args := []string{"grade", "--course", course, "--submission", tree, "--format", format, "--deadline", "1ms"}
			stdout, _ := runGrader(t, exitBroken, args...)
			_, stderr := runGrader(t, exitBroken, append(args, "--out", out)...)
			said, err := os.ReadFile(out)
			if format == "classroom" {
				said = []byte(readFile(t, outputs))
			}
			switch {
			case word == "" && (err == nil || stdout != ""):
				t.Errorf("a result is left: %s%s", said, stdout)
			case word == "" && !strings.Contains(stderr, "no word for a grader that broke"):
				t.Errorf("nobody is told why there is no result: %s", stderr)
			case !strings.Contains(string(said), word):
				t.Errorf("does not say %q: %s", word, said)
			}
		})
	}
}

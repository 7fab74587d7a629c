package main

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/site"
)

// The tests' grader is one that makes pages.
func init() { writeSite = site.Write }

// TestSiteIsBuiltApart wants the grader without pages to say which one has them, and the
// Makefile to build that.
func TestSiteIsBuiltApart(t *testing.T) {
	defer func(has func(string, []*exercise.Exercise, string) (int, error)) { writeSite = has }(writeSite)
	writeSite = nil
	dir := filepath.Join(t.TempDir(), "site")
	var out, said bytes.Buffer
	code := run(t.Context(), []string{"site", "--course", "..", dir}, streams{strings.NewReader(""), &out, &said})
	if code != exitUsage || !strings.Contains(said.String(), "make site DIR="+dir+" builds one that has it") {
		t.Errorf("exit code %d, it says %s", code, &said)
	}
	linked := strings.Fields(runTool(t, ".", nil, "go", "list", "-deps", "-tags", "site", "."))
	for _, needed := range []string{"lockstep/grader/internal/site", "github.com/yuin/goldmark"} {
		if !slices.Contains(linked, needed) {
			t.Errorf("the grader that makes pages does not import %s", needed)
		}
	}
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("there is no make here")
	}
	told := runTool(t, "..", nil, "make", "-n", "site", "DIR="+dir)
	for _, want := range []string{"-tags site -o .lockstep/grader-site ./grader", ".lockstep/grader-site site " + dir} {
		if !strings.Contains(told, want) {
			t.Errorf("make site does not %s:\n%s", want, told)
		}
	}
}

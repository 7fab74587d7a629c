package main

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// flow is the order in which a submission passes the grader's packages. A package
// may import those before it, never one behind it: what is learned late can't
// change what was decided early.
var flow = []string{
	"usage", "schema", "exercise", "mutate", "submission", "similar", "plan", "scratch", "loopback", "timeline", "source", "box", "git", "build", "fixture", "explore", "speedup", "script", "judge",
	"grading", "cache", "progress", "term", "report", "proof", "terminal", "delivery", "replay", "play", "publish", "move", "reference", "site", "cohort", "watch", "doctor",
}

// pure packages decide; they see the world only through the values they are given.
var pure = []string{"mutate", "similar", "plan", "source", "judge"}

// worldly packages open files, start processes or reach the network.
var worldly = []string{"os", "os/exec", "net", "net/http", "syscall", "io/ioutil", "golang.org/x/sys/unix"}

func TestFlow(t *testing.T) {
	for _, imp := range imports(t, "internal") {
		from := slices.Index(flow, strings.Split(imp.pkg, "/")[0])
		if from < 0 {
			t.Errorf("%s: package %s has no place in the flow: add it to the list in this test and to the README", imp.file, imp.pkg)
			continue
		}
		if rest, ok := strings.CutPrefix(imp.path, "lockstep/grader/internal/"); ok {
			to := slices.Index(flow, strings.Split(rest, "/")[0])
			if to > from {
				t.Errorf("%s: %s imports %s, which comes after it", imp.file, imp.pkg, rest)
			}
		}
		if slices.Contains(pure, imp.pkg) && slices.Contains(worldly, imp.path) {
			t.Errorf("%s: %s is pure and imports %s", imp.file, imp.pkg, imp.path)
		}
		if imp.path == "os/exec" && strings.Split(imp.pkg, "/")[0] != "box" {
			t.Errorf("%s: only box starts processes, and %s imports os/exec", imp.file, imp.pkg)
		}
	}
}

func TestLibraryKnowsNothingOfTheGrader(t *testing.T) {
	for _, imp := range imports(t, filepath.Join("..", "mp")) {
		if strings.HasPrefix(imp.path, "lockstep/grader") {
			t.Errorf("%s imports %s", imp.file, imp.path)
		}
	}
}

// TestSoonCompiled names what graders do without: all that they are made of is compiled before
// a student's first verdict, by make the one with the tag "first".
func TestSoonCompiled(t *testing.T) {
	for tags, large := range map[string][]string{
		"":      {"net", "crypto/tls", "crypto/x509", "mime/multipart", "lockstep/grader/internal/site", "github.com/yuin/goldmark"},
		"first": {"html/template", "text/template", "encoding/xml", "archive/zip", "compress/gzip", "go/format", "lockstep/grader/internal/cohort", "lockstep/grader/internal/mutate", "lockstep/grader/internal/proof"},
	} {
		linked := strings.Fields(runTool(t, ".", nil, "go", "list", "-tags", tags, "-deps", "."))
		for _, large := range large {
			if slices.Contains(linked, large) {
				t.Errorf("the grader with tags %q imports %s", tags, large)
			}
		}
		if !slices.Contains(linked, "lockstep/grader/internal/box") {
			t.Errorf("the test looks in the wrong place: %v", linked)
		}
	}
}

type importOf struct{ file, pkg, path string }

// imports lists what the packages below root import, tests left out.
func imports(t *testing.T, root string) []importOf {
	t.Helper()
	var found []importOf
	err := filepath.WalkDir(root, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		pkg, err := filepath.Rel(root, filepath.Dir(name))
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			found = append(found, importOf{name, filepath.ToSlash(pkg), path})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Fatalf("no imports below %s: the test looks in the wrong place", root)
	}
	return found
}

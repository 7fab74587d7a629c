package main

import (
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lockstep/grader/internal/exercise"
)

// TestCourseIsPortable checks the types of every exercise and solution as the
// compilers for Windows and macOS do. They hold nothing that is of one system, so
// that this is all that can go wrong; what does, mp, is built for each by .ci/test.
func TestCourseIsPortable(t *testing.T) {
	if testing.Short() {
		t.Skip("it checks the standard library's types, too, for each system")
	}
	ids, err := exercise.IDs("../exercises")
	if err != nil {
		t.Fatal(err)
	}
	var folders []string
	for _, id := range ids {
		folders = append(folders, filepath.Join("..", "exercises", id), filepath.Join("..", "solutions", id))
	}
	here := build.Default
	t.Cleanup(func() { build.Default = here })
	if build.Default.GOROOT == "" { // built with -trimpath
		root, err := exec.Command("go", "env", "GOROOT").Output()
		if err != nil {
			t.Fatal(err)
		}
		build.Default.GOROOT = strings.TrimSpace(string(root))
	}
	for _, target := range [][2]string{{"windows", "amd64"}, {"darwin", "arm64"}} {
		build.Default.GOOS, build.Default.GOARCH, build.Default.CgoEnabled = target[0], target[1], false
		files := token.NewFileSet()
		sources := importer.ForCompiler(files, "source", nil) // looks at build.Default
		for _, folder := range folders {
			p, err := build.ImportDir(folder, 0)
			if err != nil {
				t.Fatal(err)
			}
			var parsed []*ast.File
			for _, name := range p.GoFiles {
				file, err := parser.ParseFile(files, filepath.Join(folder, name), nil, 0)
				if err != nil {
					t.Fatal(err)
				}
				parsed = append(parsed, file)
			}
			checking := types.Config{Importer: sources, Sizes: types.SizesFor("gc", target[1])}
			if _, err := checking.Check(folder, files, parsed, nil); err != nil {
				t.Errorf("for %s: %v", target[0], err)
			}
		}
	}
}

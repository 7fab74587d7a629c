package similar

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// disguise makes of a program what somebody might who did not write it: own names are
// others, functions stand in another order, comments are gone, and the layout is another.
func disguise(t *testing.T, text []byte) []byte {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "main.go", text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	r := reader{own: map[string]bool{}}
	ast.Inspect(file, r.declared)
	names := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		if name, ok := n.(*ast.Ident); ok && r.own[name.Name] && name.Name != "main" {
			if names[name.Name] == "" {
				names[name.Name] = fmt.Sprintf("renamed%d", len(names))
			}
			name.Name = names[name.Name]
		}
		return true
	})
	var imports, others []ast.Decl
	for _, d := range file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			imports = append(imports, d)
		} else {
			others = append(others, d)
		}
	}
	slices.Reverse(others)
	var b bytes.Buffer
	b.WriteString("package main\n\n\n")
	for _, d := range append(imports, others...) {
		if err := (&printer.Config{Mode: printer.RawFormat, Indent: 1}).Fprint(&b, files, d); err != nil {
			t.Fatal(err)
		}
		b.WriteString("\n\n\n// as I did it\n")
	}
	return b.Bytes()
}

func program(t *testing.T, file string) Program {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return Program{strings.TrimSuffix(filepath.Base(file), ".go"), map[string][]byte{"main.go": text}}
}

// TestCourse takes every other right solution of the course's, written by different
// thought, and a disguised copy of each: each is like its copy and like no other, with the
// starter and the usual solution known to all.
func TestCourse(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	files, err := filepath.Glob(filepath.Join(root, "exercises", "*", "also", "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d other solutions, %v", len(files), err)
	}
	byExercise := map[string][]Program{}
	for _, file := range files {
		id := filepath.Base(filepath.Dir(filepath.Dir(file)))
		byExercise[id] = append(byExercise[id], program(t, file))
	}
	found, all := 0, 0
	for id, others := range byExercise {
		known := []Program{program(t, filepath.Join(root, "exercises", id, "main.go")), program(t, filepath.Join(root, "solutions", id, "main.go"))}
		programs := others
		for _, p := range others {
			programs = append(programs, Program{"copy of " + p.Name, map[string][]byte{"main.go": disguise(t, p.Files["main.go"])}})
		}
		all += len(others)
		for _, p := range known {
			programs = append(programs, Program{"known " + p.Name, p.Files}, Program{"copy of the known", map[string][]byte{"main.go": disguise(t, p.Files["main.go"])}})
		}
		f := Find(programs, known)
		if len(f.Unread) > 0 || f.Little < 4 { // those that are known, and their copies
			t.Errorf("%s: unread: %q; %d have little of their own", id, f.Unread, f.Little)
		}
		for _, g := range f.Groups {
			var names []string
			for _, m := range g {
				names = append(names, strings.TrimPrefix(m.Name, "copy of "))
			}
			if len(g) != 2 || names[0] != names[1] || g[0].Most.Share < 0.9 {
				t.Errorf("%s: %q are a group", id, names)
				continue
			}
			found++
		}
	}
	t.Logf("%d of %d copies are found", found, all)
	if found < all*9/10 {
		t.Errorf("only %d of %d copies are found", found, all)
	}
}

// TestCommon has a whole class write what nobody told them, and one copy in it.
func TestCommon(t *testing.T) {
	same := program(t, filepath.Join("..", "..", "..", "exercises", "10-lost-updates", "also", "semaphore.go"))
	other := program(t, filepath.Join("..", "..", "..", "exercises", "10-lost-updates", "also", "one_cell_each.go"))
	var class []Program
	for i := range mostAreCommon + 1 {
		class = append(class, Program{fmt.Sprint("student ", i), same.Files})
	}
	class = append(class, Program{"ada", other.Files}, Program{"bob", map[string][]byte{"main.go": disguise(t, other.Files["main.go"])}}, Program{"eve", map[string][]byte{"main.go": []byte("no Go")}})
	f := Find(class, nil)
	if len(f.Groups) != 1 || f.Groups[0][0].Name != "ada" || f.Groups[0][1].Most.With != "ada" || len(f.Unread) != 1 {
		t.Errorf("%+v", f)
	}
	if f := Find(class[2:], nil); len(f.Groups) != 2 {
		t.Errorf("fewer are %d groups, want 2", len(f.Groups))
	}
}

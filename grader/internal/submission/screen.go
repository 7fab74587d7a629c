package submission

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"lockstep/grader/internal/exercise"
)

// screen looks for what a submission may not contain, in its syntax tree and
// its directives. A file that does not parse has no problem here: the compiler
// says it better, unless it would take what can't be looked through.
func screen(s *Submission) []Problem {
	var problems []Problem
	for _, name := range slices.Sorted(maps.Keys(s.Files)) {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, s.Files[name], parser.ParseComments|parser.SkipObjectResolution)
		if file == nil {
			continue
		}
		c := &checker{exercise: s.Exercise, fset: fset, name: filepath.Join(s.Dir, name)}
		c.clause(file)
		c.imports(file)
		c.directives(file)
		c.depth(err)
		problems = append(problems, c.problems...)
	}
	return problems
}

type checker struct {
	exercise *exercise.Exercise
	fset     *token.FileSet
	name     string
	problems []Problem
}

func (c *checker) refuse(pos token.Pos, format string, args ...any) {
	c.problems = append(c.problems, Problem{File: c.name, Line: c.fset.PositionFor(pos, false).Line, Text: fmt.Sprintf(format, args...)})
}

// depth refuses nesting that go/parser gives up on, and the compiler does not.
func (c *checker) depth(err error) {
	var list scanner.ErrorList
	if !errors.As(err, &list) {
		return
	}
	for _, e := range list {
		if strings.Contains(e.Msg, "nesting depth") {
			c.problems = append(c.problems, Problem{File: c.name, Line: e.Pos.Line, Column: e.Pos.Column, Text: "this is nested too deeply to be read"})
			return
		}
	}
}

// clause refuses another package than main, of which go build has no program to make.
func (c *checker) clause(file *ast.File) {
	if name := file.Name.Name; name != "main" && name != "_" && file.Name.Pos().IsValid() {
		c.refuse(file.Package, "package %s must be package main", name)
	}
}

func (c *checker) imports(file *ast.File) {
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		if why := c.exercise.Refuses(path); why != "" {
			c.refuse(spec.Pos(), "the import of %q is refused: %s", path, why)
		} else if !c.exercise.Grants(path) {
			c.refuse(spec.Pos(), "the import of %q is refused; what this exercise allows stands in its README and in what `make show` says", path)
		}
	}
}

// directives refuses compiler directives that read files, link past packages or
// hide a file from the build.
func (c *checker) directives(file *ast.File) {
	for _, group := range file.Comments {
		for _, comment := range group.List {
			word, _, _ := strings.Cut(comment.Text, " ")
			directive := strings.HasPrefix(word, "//go:") || word == "//line" || word == "//export" || strings.HasPrefix(word, "//#cgo")
			if strings.HasPrefix(comment.Text, "// +build") {
				word, directive = "//go:build", true
			}
			if strings.HasPrefix(comment.Text, "/*line ") {
				word, directive = "//line", true
			}
			if directive && word != "//go:generate" && word != "//go:noinline" && !slices.Contains(c.exercise.Allow, word) {
				c.refuse(comment.Pos(), "the directive %s is refused", word)
			}
		}
	}
}

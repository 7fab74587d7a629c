package submission

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"

	"lockstep/grader/internal/exercise"
)

// screen looks for what a submission may not contain, in its syntax tree and
// its directives. A file that does not parse has no problem here: the compiler
// says it better.
func screen(s *Submission) []Problem {
	var problems []Problem
	names := make([]string, 0, len(s.Files))
	for name := range s.Files {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, s.Files[name], parser.ParseComments|parser.SkipObjectResolution)
		if file == nil {
			continue
		}
		c := &checker{exercise: s.Exercise, fset: fset, name: filepath.Join(s.Dir, name)}
		c.imports(file)
		c.directives(file)
		if err == nil && slices.Contains(s.Exercise.Forbid, exercise.Goroutines) {
			c.goroutines(file)
		}
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
	c.problems = append(c.problems, Problem{c.name, c.fset.Position(pos).Line, fmt.Sprintf(format, args...)})
}

func (c *checker) imports(file *ast.File) {
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		if why, bad := exercise.Never[path]; bad {
			c.refuse(spec.Pos(), "the import of %q is refused: %s", path, why)
		} else if !slices.Contains(c.exercise.Imports, path) {
			c.refuse(spec.Pos(), "the import of %q is refused; this exercise needs only %s", path, strings.Join(c.exercise.Imports, ", "))
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

// starters are the standard library's functions that run a function on a
// goroutine of their own.
var starters = map[string][]string{
	"time":    {"AfterFunc"},
	"context": {"AfterFunc"},
	"iter":    {"Pull", "Pull2"},
}

// goroutines refuses what would do with goroutines what an exercise wants done
// with processes: go statements, and the library's ways to start one. It reads
// the syntax tree: a comment or a string that speaks of `go` is harmless.
func (c *checker) goroutines(file *ast.File) {
	packages := map[string]string{} // local name → import path
	for _, spec := range file.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		local := path[strings.LastIndex(path, "/")+1:]
		if spec.Name != nil {
			local = spec.Name.Name
		}
		packages[local] = path
	}
	const instead = "this exercise is about processes: start one with mp"
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			c.refuse(n.Pos(), "a goroutine is refused; %s", instead)
		case *ast.CallExpr:
			selector, ok := n.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := selector.X.(*ast.Ident); ok && slices.Contains(starters[packages[x.Name]], selector.Sel.Name) {
				c.refuse(n.Pos(), "%s.%s starts a goroutine; %s", x.Name, selector.Sel.Name, instead)
				return true
			}
			// (*sync.WaitGroup).Go, by its name and its one function argument.
			if _, imported := packages["sync"]; imported && selector.Sel.Name == "Go" && len(n.Args) == 1 {
				c.refuse(n.Pos(), "WaitGroup.Go starts a goroutine; %s", instead)
			}
		}
		return true
	})
}

package explore

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"

	"lockstep/grader/internal/source"
	"lockstep/mp/trace"
)

// names knows what a program's source calls the objects that it makes: where a
// call of package mp stands, and what its result is assigned to.
type names map[call]string

type call struct {
	site trace.Site
	made string // "value", "pipe"
}

// namesIn reads a program's files, by name. A file that can't be read has no names.
func namesIn(files map[string][]byte) names {
	n := names{}
	for name, text := range files {
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, text, parser.SkipObjectResolution)
		if err != nil {
			continue
		}
		ast.Inspect(file, func(x ast.Node) bool {
			switch s := x.(type) {
			case *ast.AssignStmt:
				n.assigned(set, name, s.Lhs, s.Rhs)
			case *ast.ValueSpec:
				var left []ast.Expr
				for _, id := range s.Names {
					left = append(left, id)
				}
				n.assigned(set, name, left, s.Values)
			}
			return true
		})
	}
	return n
}

func (n names) assigned(set *token.FileSet, file string, left, right []ast.Expr) {
	for i, x := range right {
		if i >= len(left) {
			return
		}
		if c, ok := x.(*ast.CallExpr); ok && madeBy(c) == "pipe" && len(left) > 1 {
			n.add(set, file, c, types.ExprString(left[0])+","+types.ExprString(left[1]))
			continue
		}
		n.of(set, file, x, types.ExprString(left[i]))
	}
}

// of notes what an expression makes under a name.
func (n names) of(set *token.FileSet, file string, x ast.Expr, name string) {
	switch x := x.(type) {
	case *ast.CallExpr:
		if madeBy(x) != "" {
			n.add(set, file, x, name)
		} else if f, ok := x.Fun.(*ast.Ident); ok && f.Name == "append" && len(x.Args) == 2 {
			n.of(set, file, x.Args[1], name+"[]")
		}
	case *ast.UnaryExpr:
		n.of(set, file, x.X, name)
	case *ast.StarExpr:
		n.of(set, file, x.X, name)
	case *ast.CompositeLit:
		if _, list := x.Type.(*ast.ArrayType); list {
			name += "[]"
		}
		for _, e := range x.Elts {
			if field, ok := e.(*ast.KeyValueExpr); ok {
				n.of(set, file, field.Value, name+"."+types.ExprString(field.Key))
			} else {
				n.of(set, file, e, name)
			}
		}
	}
}

func (n names) add(set *token.FileSet, file string, c *ast.CallExpr, name string) {
	if name != "_" {
		n[call{trace.Site{File: file, Line: set.Position(c.Pos()).Line}, madeBy(c)}] = name
	}
}

// madeBy says what a call of package mp makes, as events have it.
func madeBy(c *ast.CallExpr) string {
	name := source.Called(c)
	if name == "Pipe" {
		return "pipe"
	}
	made, ok := strings.CutPrefix(name, "New")
	if !ok {
		return ""
	}
	return strings.ToLower(made)
}

// name is what the source calls something made there; empty: it does not say.
func (n names) name(made trace.Event) string { return n[call{made.Site, made.Method}] }

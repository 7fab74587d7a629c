package build

import (
	"go/ast"
	"go/token"
	"go/types"
)

// fileResults are methods whose first result is a file, though its type does not say so: who is
// handed one starts no goroutine for it.
var fileResults = map[string]bool{"(*os/exec.Cmd).StdoutPipe": true, "(*os/exec.Cmd).StderrPipe": true}

// unknown is a value of which nothing can be said.
var unknown ast.Expr = &ast.BadExpr{}

// values collects what is assigned to each variable. One whose address is taken, and what a
// function is called with, may be anything.
func (f *finder) values(files []*ast.File) {
	f.assigned = map[*types.Var][]ast.Expr{}
	note := func(to, value ast.Expr) {
		var v *types.Var
		switch to := ast.Unparen(to).(type) {
		case *ast.Ident:
			v, _ = f.info.ObjectOf(to).(*types.Var)
		case *ast.SelectorExpr: // another package's
			v, _ = f.info.Uses[to.Sel].(*types.Var)
		}
		if v != nil {
			f.assigned[v] = append(f.assigned[v], value)
		}
	}
	notes := func(to, values []ast.Expr) {
		for i, x := range to {
			switch {
			case len(values) == len(to):
				note(x, values[i])
			case i == 0 && len(values) == 1:
				note(x, values[0]) // a call, of which fromLibrary knows the first result
			case len(values) > 0:
				note(x, unknown)
			}
		}
	}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				notes(n.Lhs, n.Rhs)
			case *ast.ValueSpec:
				for i, name := range n.Names {
					notes([]ast.Expr{name}, n.Values[min(i, len(n.Values)):min(i+1, len(n.Values))])
				}
			case *ast.RangeStmt:
				notes([]ast.Expr{n.Key, n.Value}, []ast.Expr{unknown, unknown})
			case *ast.Field:
				for _, name := range n.Names {
					note(name, unknown)
				}
			case *ast.UnaryExpr:
				if n.Op == token.AND {
					note(n.X, unknown)
				}
			}
			return true
		})
	}
}

// fromLibrary says whether a value is nil or of a type all of whose methods are the
// standard library's. What an interface holds is known where it is a file of a command's,
// a variable of the library's that nobody sets, such as io.Discard, or a variable to which
// nothing else is assigned.
func (f *finder) fromLibrary(x ast.Expr) bool { return f.isLibrary(x, map[*types.Var]bool{}) }

// isLibrary is fromLibrary of what was reached by way of some variables.
func (f *finder) isLibrary(x ast.Expr, by map[*types.Var]bool) bool {
	if x == unknown {
		return false
	}
	if f.libraryType(f.info.TypeOf(x)) {
		return true
	}
	var named *ast.Ident
	switch x := ast.Unparen(x).(type) {
	case *ast.CallExpr:
		s, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr)
		if !ok {
			return false
		}
		method, ok := f.info.Uses[s.Sel].(*types.Func)
		return ok && fileResults[method.FullName()]
	case *ast.Ident:
		named = x
	case *ast.SelectorExpr:
		named = x.Sel
	default:
		return false
	}
	v, ok := f.info.ObjectOf(named).(*types.Var)
	if !ok || v.IsField() {
		return false
	}
	if by[v] {
		return true // what else is assigned to it decides
	}
	by[v] = true
	values := f.assigned[v]
	for _, value := range values {
		if !f.isLibrary(value, by) {
			return false
		}
	}
	return len(values) > 0 || v.Pkg() != nil && v.Pkg() != f.pkg
}

func (f *finder) libraryType(t types.Type) bool {
	if b, ok := t.(*types.Basic); ok && b.Kind() == types.UntypedNil {
		return true
	}
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg() != f.pkg && !types.IsInterface(n) && !wrappers[n.Obj().Pkg().Path()+"."+n.Obj().Name()]
}

// wrappers are types of the library that hand on to whatever they were made of.
var wrappers = map[string]bool{
	"bufio.ReadWriter": true, "bufio.Reader": true, "bufio.Writer": true,
	"io.LimitedReader": true, "io.OffsetWriter": true, "io.SectionReader": true,
}

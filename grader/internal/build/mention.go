package build

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"lockstep/grader/internal/submission"
)

// finder looks for whatever starts a goroutine in the files of one package, of which
// it knows what every name means.
type finder struct {
	fset     *token.FileSet
	pkg      *types.Package
	info     *types.Info
	shown    string
	problems []submission.Problem
	methods  []*types.Func // those of mentioned types that start a goroutine
	assigned map[*types.Var][]ast.Expr
}

// find returns the mentions in the files, in their order.
func (f *finder) find(files []*ast.File) []submission.Problem {
	for _, name := range f.info.Uses {
		if t, ok := name.(*types.TypeName); ok {
			f.methods = append(f.methods, starting(t)...)
		}
	}
	f.values(files)
	for _, file := range files {
		parents := []ast.Node{}
		ast.Inspect(file, func(n ast.Node) bool {
			if n == nil {
				parents = parents[:len(parents)-1]
				return true
			}
			switch n := n.(type) {
			case *ast.GoStmt:
				f.refuse(n.Pos(), "a goroutine is refused")
			case *ast.CallExpr:
				f.call(n)
			case *ast.Ident:
				f.name(n, parents)
			}
			parents = append(parents, n)
			return true
		})
	}
	f.contexts(files)
	slices.SortStableFunc(f.problems, func(a, b submission.Problem) int {
		return strings.Compare(fmt.Sprintf("%s:%9d:%9d", a.File, a.Line, a.Column), fmt.Sprintf("%s:%9d:%9d", b.File, b.Line, b.Column))
	})
	return f.problems
}

func (f *finder) refuse(pos token.Pos, format string, args ...any) {
	f.problems = append(f.problems, f.problem(pos, fmt.Sprintf(format, args...)+"; this exercise is about processes: start them with mp, and wait for one after the other"))
}

func (f *finder) problem(pos token.Pos, text string) submission.Problem {
	at := f.fset.PositionFor(pos, false)
	return submission.Problem{File: filepath.Join(f.shown, filepath.Base(at.Filename)), Line: at.Line, Column: at.Column, Text: text}
}

// name looks at what a name means, wherever it stands.
func (f *finder) name(id *ast.Ident, parents []ast.Node) {
	switch object := f.info.Uses[id].(type) {
	case *types.Func:
		name := object.Origin().FullName()
		if why, ok := starters[name]; ok {
			f.refuse(id.Pos(), "%s %s", short(name), why)
			return
		}
		if byName[name] && len(f.methods) > 0 {
			f.refuse(id.Pos(), "%s can call %s, which %s", short(name), short(f.methods[0].FullName()), starters[f.methods[0].FullName()])
			return
		}
		f.throughInterface(id, object)
	case *types.Var:
		if !object.IsField() || object.Pkg() == nil || object.Pkg() == f.pkg {
			return
		}
		name := f.fieldName(id, object, parents)
		if why, ok := starters[name]; ok {
			f.refuse(id.Pos(), "%s %s", short(name), why)
		} else if why, ok := handed[name]; ok && !f.harmless(id, parents) {
			f.refuse(id.Pos(), "with a type of your own, %s %s", short(name), why)
		}
	}
}

// throughInterface refuses the call of an interface's method behind which one may
// stand that starts a goroutine: of its name and kind, and of a type that is there.
func (f *finder) throughInterface(id *ast.Ident, method *types.Func) {
	signature := method.Type().(*types.Signature)
	if signature.Recv() == nil || !types.IsInterface(signature.Recv().Type()) {
		return
	}
	for _, m := range f.methods {
		if m.Name() == method.Name() && types.Identical(signature, m.Type()) {
			f.refuse(id.Pos(), "%s can be %s, which %s", method.Name(), short(m.FullName()), starters[m.FullName()])
			return
		}
	}
}

// starting are the methods of a type, or of what it points to or holds, that start a
// goroutine.
func starting(t *types.TypeName) []*types.Func {
	if t.Pkg() == nil {
		return nil
	}
	var found []*types.Func
	set := types.NewMethodSet(types.NewPointer(t.Type()))
	for i := range set.Len() {
		if m, ok := set.At(i).Obj().(*types.Func); ok && starters[m.Origin().FullName()] != "" {
			found = append(found, m.Origin())
		}
	}
	return found
}

// fieldName is PACKAGE.TYPE.FIELD of a field that is selected, or a literal's key.
func (f *finder) fieldName(id *ast.Ident, field *types.Var, parents []ast.Node) string {
	for _, name := range field.Pkg().Scope().Names() {
		t, ok := field.Pkg().Scope().Lookup(name).(*types.TypeName)
		if !ok || !t.Exported() {
			continue
		}
		if s, ok := t.Type().Underlying().(*types.Struct); ok {
			for i := range s.NumFields() {
				if s.Field(i) == field {
					return field.Pkg().Path() + "." + name + "." + field.Name()
				}
			}
		}
	}
	return ""
}

// harmless says whether a field is only read, or set to what has no methods of the
// program's.
func (f *finder) harmless(id *ast.Ident, parents []ast.Node) bool {
	var whole ast.Expr = id // the field with what it is selected from
	for _, parent := range slices.Backward(parents) {
		switch p := parent.(type) {
		case *ast.SelectorExpr:
			if p.Sel == whole || p == whole {
				whole = p
				continue
			}
			return true // something of the field's
		case *ast.ParenExpr:
			whole = p
			continue
		case *ast.KeyValueExpr:
			return p.Key != whole || f.fromLibrary(p.Value)
		case *ast.AssignStmt:
			for i, left := range p.Lhs {
				switch {
				case left != whole:
				case len(p.Lhs) == len(p.Rhs):
					return f.fromLibrary(p.Rhs[i])
				default:
					return i == 0 && f.fromLibrary(p.Rhs[0])
				}
			}
			return true
		case *ast.UnaryExpr:
			return p.Op != token.AND
		case *ast.RangeStmt:
			return p.Key != whole && p.Value != whole
		default:
			return true
		}
	}
	return true
}

// call looks at arguments that are read or written on a goroutine.
func (f *finder) call(n *ast.CallExpr) {
	id, ok := ast.Unparen(n.Fun).(*ast.Ident)
	if s, selected := ast.Unparen(n.Fun).(*ast.SelectorExpr); selected {
		id, ok = s.Sel, true
	}
	if !ok {
		return
	}
	object, ok := f.info.Uses[id].(*types.Func)
	if !ok {
		return
	}
	name := object.Origin().FullName()
	for i, x := range n.Args {
		if why, ok := handed[fmt.Sprintf("%s#%d", name, i)]; ok && !f.fromLibrary(x) {
			f.refuse(x.Pos(), "with a type of your own, %s %s", short(name), why)
		}
	}
}

// contexts refuses contexts of the program's own: package context waits for one on
// a goroutine, and asks it there why it ended.
func (f *finder) contexts(files []*ast.File) {
	var known *types.Interface
	for _, p := range f.pkg.Imports() {
		if p.Path() == "context" {
			known, _ = p.Scope().Lookup("Context").Type().Underlying().(*types.Interface)
		}
	}
	if known == nil {
		return
	}
	for id, object := range f.info.Defs {
		m, ok := object.(*types.Func)
		if !ok || m.Name() != "Done" || m.Signature().Recv() == nil || types.IsInterface(m.Signature().Recv().Type()) {
			continue
		}
		for _, file := range files {
			if file.FileStart <= id.Pos() && id.Pos() < file.FileEnd && types.Implements(m.Signature().Recv().Type(), known) {
				f.refuse(id.Pos(), "package context waits for a context of your own on a goroutine")
			}
		}
	}
}

// short leaves the folders out of a full name: (*sync.WaitGroup).Go is
// WaitGroup.Go, net/http.Serve is http.Serve.
func short(name string) string {
	if method, ok := strings.CutPrefix(name, "("); ok {
		method = strings.Replace(method, ")", "", 1)
		return method[strings.LastIndex(method[:strings.LastIndex(method, ".")], ".")+1:]
	}
	return name[strings.LastIndex(name, "/")+1:]
}

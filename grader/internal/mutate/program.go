package mutate

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"path"
	"slices"
	"strings"
)

// library is the package that starts processes.
const library = "lockstep/mp"

// Program is a right solution, of which it is known what every name means.
type Program struct {
	Printed string // what it prints where the first check asks; empty: not known

	name     string
	text     string
	beside   map[string][]byte // the course's own files of the package
	packages types.Importer

	fset    *token.FileSet
	file    *ast.File
	info    *types.Info
	parents map[ast.Node]ast.Node
}

// Read takes a solution's file, the other files of its package, and what its imports, and
// those that mutants may need, declare.
func Read(name string, text []byte, beside map[string][]byte, packages types.Importer) (*Program, error) {
	p := &Program{name: name, text: string(text), beside: beside, packages: packages}
	var errs []error
	if p.fset, p.file, p.info, errs = p.check(p.text); len(errs) > 0 {
		return nil, fmt.Errorf("cannot read the solution: %w", errs[0])
	}
	p.parents = map[ast.Node]ast.Node{}
	var above []ast.Node
	ast.Inspect(p.file, func(n ast.Node) bool {
		if n == nil {
			above = above[:len(above)-1]
			return true
		}
		if len(above) > 0 {
			p.parents[n] = above[len(above)-1]
		}
		above = append(above, n)
		return true
	})
	return p, nil
}

// Needed are the packages that mutants may need beside the solution's own.
func Needed() []string { return []string{"errors", "fmt", "os", "sync", "time", library} }

// check parses and type-checks a text in place of the solution.
func (p *Program) check(text string) (*token.FileSet, *ast.File, *types.Info, []error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, p.name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return fset, nil, nil, []error{err}
	}
	files := []*ast.File{file}
	for _, name := range slices.Sorted(maps.Keys(p.beside)) {
		f, err := parser.ParseFile(fset, name, p.beside[name], parser.SkipObjectResolution)
		if err != nil {
			return fset, nil, nil, []error{err}
		}
		files = append(files, f)
	}
	var errs []error
	conf := types.Config{Importer: p.packages, Error: func(err error) { errs = append(errs, err) }}
	info := &types.Info{
		Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}, Implicits: map[ast.Node]types.Object{},
		Types: map[ast.Expr]types.TypeAndValue{},
	}
	_, _ = conf.Check("main", fset, files, info) // errs has all
	return fset, file, info, errs
}

func (p *Program) offset(pos token.Pos) int { return p.fset.Position(pos).Offset }

func (p *Program) line(n ast.Node) int { return p.fset.Position(n.Pos()).Line }

// source is a node's text.
func (p *Program) source(n ast.Node) string { return p.text[p.offset(n.Pos()):p.offset(n.End())] }

// function is what a call calls: of a package, a method of a type, or neither.
type function struct{ path, of, name string }

// is reports whether it is a method of one of some types of mp, by one of some names.
func (f function) is(of, names string) bool {
	return f.path == library && among(of, f.of) && among(names, f.name)
}

func among(words, word string) bool { return slices.Contains(strings.Fields(words), word) }

// callee says what a call calls; nothing where that is a value of the program's own.
func (p *Program) callee(call *ast.CallExpr) function {
	fun := ast.Unparen(call.Fun)
	if x, ok := fun.(*ast.IndexExpr); ok {
		fun = x.X
	}
	if x, ok := fun.(*ast.IndexListExpr); ok {
		fun = x.X
	}
	var id *ast.Ident
	switch x := fun.(type) {
	case *ast.Ident:
		id = x
	case *ast.SelectorExpr:
		id = x.Sel
	default:
		return function{}
	}
	f, ok := p.info.Uses[id].(*types.Func)
	if !ok || f.Pkg() == nil {
		return function{}
	}
	of := ""
	if recv := f.Signature().Recv(); recv != nil {
		t := recv.Type()
		if pointer, ok := t.(*types.Pointer); ok {
			t = pointer.Elem()
		}
		if named, ok := types.Unalias(t).(*types.Named); ok {
			of = named.Obj().Name()
		}
	}
	// What a type has from one that it embeds is its own: (*Value).Lock.
	if s, ok := fun.(*ast.SelectorExpr); ok && of != "" && f.Pkg().Path() == library {
		if kind := p.kindOf(s.X); kind != "" {
			of = kind
		}
	}
	return function{f.Pkg().Path(), of, f.Name()}
}

// receiver is what a method is called on, as it is written.
func (p *Program) receiver(call *ast.CallExpr) string {
	if s, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		return p.source(s.X)
	}
	return ""
}

// calls lists the calls below a node that fit, in their order.
func (p *Program) calls(n ast.Node, fit func(function) bool) []*ast.CallExpr {
	var found []*ast.CallExpr
	ast.Inspect(n, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && fit(p.callee(call)) {
			found = append(found, call)
		}
		return true
	})
	slices.SortFunc(found, func(a, b *ast.CallExpr) int { return int(a.Pos() - b.Pos()) })
	return found
}

func (p *Program) holds(n ast.Node, fit func(function) bool) bool { return len(p.calls(n, fit)) > 0 }

func isStart(f function) bool {
	return f.path == library && strings.HasPrefix(f.of, "Target") && f.name == "Start"
}

func isMap(f function) bool { return f.is("TaskFunc", "Map") }

func isJoin(f function) bool {
	return f.is("Process", "Join") || f.path == "os/exec" && f.of == "Cmd" && f.name == "Wait"
}

func isReceive(f function) bool {
	return f.path == library && f.of == "" && f.name == "Recv" || f.is("Conn", "Recv") || f.is("Queue", "Get")
}

// statement is the innermost statement that a node is in, as far as a block lists it.
func (p *Program) statement(n ast.Node) ast.Stmt {
	for ; n != nil; n = p.parents[n] {
		s, ok := n.(ast.Stmt)
		if !ok {
			continue
		}
		if list, _ := p.block(s); list != nil {
			return s
		}
	}
	return nil
}

// block is the list of statements that a statement stands in, and where.
func (p *Program) block(s ast.Stmt) ([]ast.Stmt, int) {
	var list []ast.Stmt
	switch b := p.parents[s].(type) {
	case *ast.BlockStmt:
		list = b.List
	case *ast.CaseClause:
		list = b.Body
	case *ast.CommClause:
		list = b.Body
	}
	return list, slices.Index(list, s)
}

// inside is the function that a node is in: its type, its body, and its name, which is the
// target's where it is one's.
func (p *Program) inside(n ast.Node) (*ast.FuncType, *ast.BlockStmt, string) {
	for n = p.parents[n]; n != nil; n = p.parents[n] {
		switch f := n.(type) {
		case *ast.FuncDecl:
			return f.Type, f.Body, f.Name.Name
		case *ast.FuncLit:
			for _, t := range p.targets() {
				if t.body == f.Body {
					return f.Type, f.Body, t.name.Name
				}
			}
			return f.Type, f.Body, ""
		}
	}
	return nil, nil, ""
}

// loop is the innermost loop that a node is in, within its function, and its body.
func (p *Program) loop(n ast.Node) (ast.Stmt, *ast.BlockStmt) {
	for ; n != nil; n = p.parents[n] {
		switch l := n.(type) {
		case *ast.ForStmt:
			return l, l.Body
		case *ast.RangeStmt:
			return l, l.Body
		case *ast.FuncLit, *ast.FuncDecl:
			return nil, nil
		}
	}
	return nil, nil
}

// target is a function that children or a pool's workers run.
type target struct {
	name *ast.Ident    // the variable's
	made *ast.CallExpr // mp.Func("name", f)
	kind *ast.FuncType
	body *ast.BlockStmt
	work string // the function's own name, where it has one
	task bool   // a pool's workers run it
}

// targets are those of the program's own file.
func (p *Program) targets() []target {
	var found []target
	for _, d := range p.file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR {
			continue
		}
		for _, spec := range g.Specs {
			v := spec.(*ast.ValueSpec)
			for i := range min(len(v.Names), len(v.Values)) {
				call, ok := v.Values[i].(*ast.CallExpr)
				if !ok {
					continue
				}
				f := p.callee(call)
				if f.path != library || f.of != "" || !strings.HasPrefix(f.name, "Func") && f.name != "Task" || len(call.Args) != 2 {
					continue
				}
				t := target{name: v.Names[i], made: call, task: f.name == "Task"}
				switch work := call.Args[1].(type) {
				case *ast.FuncLit:
					t.kind, t.body = work.Type, work.Body
				case *ast.Ident:
					if d := p.declared(work.Name); d != nil {
						t.kind, t.body, t.work = d.Type, d.Body, work.Name
					}
				}
				if t.body != nil {
					found = append(found, t)
				}
			}
		}
	}
	return found
}

// declared is the function of that name, in the program's own file.
func (p *Program) declared(name string) *ast.FuncDecl {
	for _, d := range p.file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == name && f.Body != nil {
			return f
		}
	}
	return nil
}

// started is the target that a call starts.
func (p *Program) started(call *ast.CallExpr) (target, bool) {
	x := ast.Unparen(call.Fun).(*ast.SelectorExpr).X
	for {
		named, ok := ast.Unparen(x).(*ast.CallExpr) // X.Named("a").Start()
		if !ok {
			break
		}
		s, ok := ast.Unparen(named.Fun).(*ast.SelectorExpr)
		if !ok {
			break
		}
		x = s.X
	}
	id, ok := x.(*ast.Ident)
	if !ok {
		return target{}, false
	}
	for _, t := range p.targets() {
		if p.info.Uses[id] == p.info.Defs[t.name] {
			return t, true
		}
	}
	return target{}, false
}

// reached are the bodies of a target and of the program's functions and methods that it
// calls.
func (p *Program) reached(body *ast.BlockStmt) []*ast.BlockStmt {
	all := []*ast.BlockStmt{body}
	for i := 0; i < len(all); i++ {
		ast.Inspect(all[i], func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok {
				return true
			}
			for _, d := range p.file.Decls {
				if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil && p.info.Uses[id] == p.info.Defs[f.Name] && p.info.Uses[id] != nil && !slices.Contains(all, f.Body) {
					all = append(all, f.Body)
				}
			}
			return true
		})
	}
	return all
}

// free is a name that the file does not use: this one, or with a number behind it.
func (p *Program) free(name string) string {
	used := map[string]bool{}
	ast.Inspect(p.file, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			used[id.Name] = true
		}
		return true
	})
	for i, base := 2, name; used[name]; i++ {
		name = fmt.Sprintf("%s%d", base, i)
	}
	return name
}

// kindOf is the name of a type of mp that an expression's is, or points to.
func (p *Program) kindOf(x ast.Expr) string {
	t := p.info.TypeOf(x)
	if pointer, ok := t.(*types.Pointer); ok {
		t = pointer.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil || named.Obj().Pkg().Path() != library {
		return ""
	}
	return named.Obj().Name()
}

// short is a package's name in a text.
func short(importPath string) string { return path.Base(importPath) }

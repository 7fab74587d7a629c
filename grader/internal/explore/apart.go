package explore

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"lockstep/grader/internal/source"
	"lockstep/mp/trace"
)

// apart is a package variable that some process changes and another looks at, each in a
// memory of its own, as a program's text has it.
type apart struct {
	name    string
	changed trace.Site
	target  string // the target or task that is the child's side of it
	child   bool   // it is the child that changes it, and the first process that looks
}

// apartIn finds such variables in a program's files.
func apartIn(files map[string][]byte) []apart {
	s := read(files)
	targets, first := s.roots()
	parent := s.use(first...)
	var out []apart
	for _, name := range slices.Sorted(maps.Keys(targets)) {
		child := s.use(targets[name])
		for v, site := range child.changes {
			if parent.alone(v, child) {
				out = append(out, apart{v.Name(), site, name, true})
			}
		}
		for v, site := range parent.changes {
			if child.alone(v, parent) {
				out = append(out, apart{v.Name(), site, name, false})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b apart) int { return strings.Compare(a.name, b.name) })
	return out
}

// parsed is a program's text, as far as it can be understood without its imports.
type parsed struct {
	set       *token.FileSet
	files     []*ast.File
	pkg       *types.Package
	info      *types.Info
	functions map[types.Object]ast.Node
}

// read parses a program and finds out what its names stand for. Where it can't, less is
// known of it.
func read(files map[string][]byte) *parsed {
	s := &parsed{set: token.NewFileSet(), functions: map[types.Object]ast.Node{}}
	s.info = &types.Info{Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if file, err := parser.ParseFile(s.set, name, files[name], parser.SkipObjectResolution); err == nil {
			s.files = append(s.files, file)
		}
	}
	checking := types.Config{Importer: unknown{}, Error: func(error) {}}
	s.pkg, _ = checking.Check("main", s.set, s.files, s.info)
	for _, file := range s.files {
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil {
				s.functions[s.info.Defs[f.Name]] = f.Body
			}
		}
	}
	return s
}

// unknown imports nothing: what other packages mean is not looked at.
type unknown struct{}

func (unknown) Import(string) (*types.Package, error) { return nil, errors.New("not looked at") }

// roots are the functions of targets and tasks, by their names, and that of mp.Main.
func (s *parsed) roots() (targets map[string]ast.Node, first []ast.Node) {
	targets = map[string]ast.Node{}
	for _, file := range s.files {
		ast.Inspect(file, func(x ast.Node) bool {
			call, ok := x.(*ast.CallExpr)
			if !ok {
				return true
			}
			name := source.Called(call)
			if name == "Main" && len(call.Args) == 1 {
				first = append(first, s.function(call.Args[0]))
			}
			if !strings.HasPrefix(name, "Func") && name != "Task" || len(call.Args) < 2 {
				return true
			}
			if text, ok := call.Args[0].(*ast.BasicLit); ok {
				targets[strings.Trim(text.Value, "\"`")] = s.function(call.Args[1])
			}
			return true
		})
	}
	return targets, first
}

// function is the body of what stands for a function; nil where it can't be told.
func (s *parsed) function(x ast.Expr) ast.Node {
	switch x := x.(type) {
	case *ast.FuncLit:
		return x.Body
	case *ast.Ident:
		return s.functions[s.info.Uses[x]]
	case *ast.SelectorExpr:
		return s.functions[s.info.Uses[x.Sel]]
	}
	return nil
}

// use is what functions, and those that they call, do with package variables.
type use struct {
	bodies  map[ast.Node]bool
	looks   map[types.Object][]ast.Node // the bodies that do
	changes map[types.Object]trace.Site // the first place
}

// alone reports whether a variable is looked at by a function that is none of the other
// side's too. What both sides call may keep something for itself.
func (u *use) alone(v types.Object, other *use) bool {
	return slices.ContainsFunc(u.looks[v], func(body ast.Node) bool { return !other.bodies[body] })
}

func (s *parsed) use(roots ...ast.Node) *use {
	u := &use{map[ast.Node]bool{}, map[types.Object][]ast.Node{}, map[types.Object]trace.Site{}}
	for _, body := range roots {
		s.follow(u, body)
	}
	return u
}

func (s *parsed) follow(u *use, body ast.Node) {
	if body == nil || u.bodies[body] {
		return
	}
	u.bodies[body] = true
	changed := map[*ast.Ident]bool{}
	change := func(x ast.Expr, only bool) {
		id := root(x)
		if v := s.variable(id); v != nil {
			if _, before := u.changes[v]; !before {
				at := s.set.Position(id.Pos())
				u.changes[v] = trace.Site{File: at.Filename, Line: at.Line}
			}
			changed[id] = only
		}
	}
	ast.Inspect(body, func(x ast.Node) bool {
		switch x := x.(type) {
		case *ast.AssignStmt:
			for _, left := range x.Lhs {
				change(left, x.Tok == token.ASSIGN)
			}
		case *ast.IncDecStmt:
			change(x.X, false)
		case *ast.RangeStmt:
			if x.Tok == token.ASSIGN {
				change(x.Key, true)
				change(x.Value, true)
			}
		case *ast.CallExpr:
			if f, ok := x.Fun.(*ast.Ident); ok && len(x.Args) > 0 && (f.Name == "delete" || f.Name == "clear" || f.Name == "copy") {
				change(x.Args[0], true)
			}
		case *ast.Ident:
			if v := s.variable(x); v != nil && !changed[x] {
				u.looks[v] = append(u.looks[v], body)
			}
			s.follow(u, s.functions[s.info.Uses[x]])
		}
		return true
	})
}

// variable is the package variable that a name stands for; nil: none.
func (s *parsed) variable(id *ast.Ident) types.Object {
	if id == nil || s.pkg == nil {
		return nil
	}
	if v, ok := s.info.Uses[id].(*types.Var); ok && v.Parent() == s.pkg.Scope() {
		return v
	}
	return nil
}

// root is the variable of what can be assigned to: of x[i].f it is x.
func root(x ast.Expr) *ast.Ident {
	for {
		switch y := x.(type) {
		case *ast.Ident:
			return y
		case *ast.IndexExpr:
			x = y.X
		case *ast.SelectorExpr:
			x = y.X
		case *ast.StarExpr:
			x = y.X
		case *ast.ParenExpr:
			x = y.X
		default:
			return nil
		}
	}
}

// Package source finds the lines of a program's text that have to do with what was seen
// of its runs: where children are started, what they do, where a line of output is
// printed. It goes by the text alone, and understands no types: what it does not find, a
// verdict is silent about.
package source

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strconv"

	"lockstep/mp/trace"
)

// Program is what its files say.
type Program struct {
	functions map[string]trace.Site   // of children and tasks, by their names: where they are made
	starts    map[string][]trace.Site // by the same names; "": of whom nothing is known
	Pools     []trace.Site            // where one is made
	Joins     []trace.Site            // where a child is waited for
	Receives  []trace.Site            // where one waits for a message
	Commands  []trace.Site            // where another program is named
	Main      trace.Site              // where the first process begins
	texts     []text

	waits []trace.Site // for a program's end, or for something else
	set   *token.FileSet
	names map[string]string // by variable, what is started by it
}

// Read reads a program's files, by name. What can't be parsed is left out.
func Read(files map[string][]byte) *Program {
	p := &Program{functions: map[string]trace.Site{}, starts: map[string][]trace.Site{}, set: token.NewFileSet(), names: map[string]string{}}
	var parsed []*ast.File
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if file, err := parser.ParseFile(p.set, name, files[name], parser.SkipObjectResolution); err == nil {
			parsed = append(parsed, file)
		}
	}
	each := func(look func(ast.Node)) {
		for _, file := range parsed {
			ast.Inspect(file, func(n ast.Node) bool { look(n); return true })
		}
	}
	for _, file := range parsed {
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == "main" && f.Recv == nil {
				p.Main = p.at(f)
			}
		}
	}
	each(p.named)
	each(p.called)
	if len(p.Commands) > 0 {
		p.Joins = append(p.Joins, p.waits...)
	}
	return p
}

// Function is where the function of a child or a task is given its name.
func (p *Program) Function(name string) (trace.Site, bool) {
	at, ok := p.functions[name]
	return at, ok
}

// Functions are the names of those that there are.
func (p *Program) Functions() []string { return slices.Sorted(maps.Keys(p.functions)) }

// Starts are the places at which a child of that name is started, or of no known one.
func (p *Program) Starts(name string) []trace.Site {
	if known := p.starts[name]; len(known) > 0 {
		return known
	}
	return p.starts[""]
}

// AllStarts are all places at which children are started.
func (p *Program) AllStarts() []trace.Site {
	var all []trace.Site
	for _, name := range slices.Sorted(maps.Keys(p.starts)) {
		all = append(all, p.starts[name]...)
	}
	return all
}

func (p *Program) at(n ast.Node) trace.Site {
	pos := p.set.PositionFor(n.Pos(), false) // whatever line it says that it is
	return trace.Site{File: pos.Filename, Line: pos.Line}
}

// named notes which variables stand for what can be started.
func (p *Program) named(n ast.Node) {
	note := func(left, right ast.Expr) {
		made, ok := right.(*ast.CallExpr)
		if !ok {
			return
		}
		name := p.target(made)
		if id, ok := left.(*ast.Ident); ok && name != "" {
			p.names[id.Name] = name
		}
	}
	switch s := n.(type) {
	case *ast.AssignStmt:
		for i, right := range s.Rhs {
			if i < len(s.Lhs) {
				note(s.Lhs[i], right)
			}
		}
	case *ast.ValueSpec:
		for i, right := range s.Values {
			if i < len(s.Names) {
				note(s.Names[i], right)
			}
		}
	}
}

// target is the name that a call gives to what can be started; empty: it gives none.
func (p *Program) target(c *ast.CallExpr) string {
	switch Called(c) {
	case "Func0", "Func", "Func2", "Func3", "Func4", "Task", "Program":
		if len(c.Args) > 0 {
			if literal, ok := c.Args[0].(*ast.BasicLit); ok && literal.Kind == token.STRING {
				name, _ := strconv.Unquote(literal.Value)
				p.functions[name] = p.at(c)
				return name
			}
		}
	}
	return ""
}

// called notes what a call does.
func (p *Program) called(n ast.Node) {
	c, ok := n.(*ast.CallExpr)
	if !ok {
		return
	}
	p.text(c)
	switch Called(c) {
	case "NewPool":
		p.Pools = append(p.Pools, p.at(c))
	case "Recv":
		p.Receives = append(p.Receives, p.at(c))
	}
	s, ok := c.Fun.(*ast.SelectorExpr)
	if !ok {
		return
	}
	// A call that spans lines stands where its method does.
	switch s.Sel.Name {
	case "Start":
		name := ""
		switch of := s.X.(type) {
		case *ast.Ident:
			name = p.names[of.Name]
		case *ast.CallExpr:
			name = p.target(of)
		}
		p.starts[name] = append(p.starts[name], p.at(s.Sel))
	case "Join", "JoinTimeout":
		p.Joins = append(p.Joins, p.at(s.Sel))
	case "Wait":
		p.waits = append(p.waits, p.at(s.Sel))
	case "Command", "CommandContext":
		p.Commands = append(p.Commands, p.at(s.Sel))
	}
}

// Called is the function of package mp that is called; empty: it is another.
func Called(c *ast.CallExpr) string {
	f := c.Fun
	if i, ok := f.(*ast.IndexExpr); ok { // NewValue[int]
		f = i.X
	} else if i, ok := f.(*ast.IndexListExpr); ok {
		f = i.X
	}
	s, ok := f.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	if p, ok := s.X.(*ast.Ident); !ok || p.Name != "mp" {
		return ""
	}
	return s.Sel.Name
}

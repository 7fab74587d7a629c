package mutate

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// unusedVariables takes away what the compiler says is declared and not used.
func unusedVariables(text string, file *ast.File, info *types.Info, at places) []edit {
	d := disuse{text: text, info: info, at: at, unused: unused(file, info)}
	if len(d.unused) > 0 {
		ast.Inspect(file, d.visit)
	}
	return d.edits
}

// unused are the variables that a function declares and nobody reads. What it is given and
// returns need not be read.
func unused(file *ast.File, info *types.Info) map[types.Object]bool {
	found := map[types.Object]bool{}
	for id, o := range info.Defs {
		if v, ok := o.(*types.Var); ok && !v.IsField() && v.Parent() != nil && v.Parent() != v.Pkg().Scope() && id.Name != "_" {
			found[o] = true
		}
	}
	set := map[*ast.Ident]bool{} // that are assigned to, which is no use
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, x := range n.Lhs {
				if id, ok := x.(*ast.Ident); ok && n.Tok == token.ASSIGN {
					set[id] = true
				}
			}
		case *ast.Field:
			for _, id := range n.Names {
				delete(found, info.Defs[id])
			}
		}
		return true
	})
	for id, o := range info.Uses {
		if !set[id] {
			delete(found, o)
		}
	}
	return found
}

// disuse collects the edits that take unused variables away.
type disuse struct {
	text   string
	info   *types.Info
	at     places
	unused map[types.Object]bool
	edits  []edit
}

func (d *disuse) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.AssignStmt:
		d.assignment(n)
	case *ast.DeclStmt:
		return d.declaration(n)
	case *ast.RangeStmt:
		if n.Tok == token.DEFINE {
			d.loop(n)
		}
	}
	return true
}

func (d *disuse) gone(x ast.Expr) bool {
	id, ok := x.(*ast.Ident)
	return ok && (d.unused[d.info.Defs[id]] || d.unused[d.info.Uses[id]])
}

func (d *disuse) put(from, to int, text string) { d.edits = append(d.edits, edit{from, to, text}) }

func (d *disuse) blank(n ast.Node) {
	from, to := d.at(n)
	d.put(from, to, "_")
}

// assignment blanks what is gone on the left; where nothing new is left, := becomes =.
func (d *disuse) assignment(n *ast.AssignStmt) {
	left, any := 0, false // that are declared and stay; that go
	for _, x := range n.Lhs {
		if d.gone(x) {
			d.blank(x)
			any = true
		} else if id, ok := x.(*ast.Ident); ok && id.Name != "_" && d.info.Defs[id] != nil {
			left++
		}
	}
	if any && n.Tok == token.DEFINE && left == 0 {
		_, to := d.at(n.Lhs[len(n.Lhs)-1])
		d.put(to, to+strings.Index(d.text[to:], ":=")+2, " =")
	}
}

// declaration takes away a var of which nothing is left, and blanks its names otherwise. It
// reports whether what is in it is still there.
func (d *disuse) declaration(n *ast.DeclStmt) bool {
	g, ok := n.Decl.(*ast.GenDecl)
	if !ok || g.Tok != token.VAR || len(g.Specs) != 1 {
		return true
	}
	v := g.Specs[0].(*ast.ValueSpec)
	if !slices.ContainsFunc(v.Names, func(id *ast.Ident) bool { return !d.gone(id) }) && len(v.Values) == 0 {
		from, to := d.at(n)
		d.put(from, to, "")
		return false
	}
	for _, id := range v.Names {
		if d.gone(id) {
			d.blank(id)
		}
	}
	return true
}

// loop leaves of a range's variables those that are used.
func (d *disuse) loop(n *ast.RangeStmt) {
	key, value := n.Key != nil && d.gone(n.Key), n.Value != nil && d.gone(n.Value)
	switch {
	case key && (n.Value == nil || value), value && isBlank(n.Key):
		from, _ := d.at(n)
		begin, _ := d.at(n.X)
		d.put(from, begin, "for range ")
	case key:
		d.blank(n.Key)
	case value:
		_, a := d.at(n.Key)
		_, b := d.at(n.Value)
		d.put(a, b, "")
	}
}

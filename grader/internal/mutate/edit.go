package mutate

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
)

// edit puts a text in place of what stands between two offsets.
type edit struct {
	from, to int
	text     string
}

// apply makes edits that do not overlap; of several that do the first is made.
func apply(text string, edits []edit) string {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b edit) int { return a.from - b.from })
	var b strings.Builder
	at := 0
	for _, e := range edits {
		if e.from < at {
			continue
		}
		b.WriteString(text[at:e.from])
		b.WriteString(e.text)
		at = e.to
	}
	b.WriteString(text[at:])
	return b.String()
}

// lines are those that edits touch.
func (p *Program) lines(edits []edit) []int {
	var lines []int
	for _, e := range edits {
		at := min(e.from, len(p.text))
		if e.from == e.to && strings.HasPrefix(e.text, "\n") { // it comes behind this line
			at++
		}
		// What begins with an indentation is changed where the first word stands.
		for at < e.to && (p.text[at] == ' ' || p.text[at] == '\t' || p.text[at] == '\n') {
			at++
		}
		lines = append(lines, 1+strings.Count(p.text[:min(at, len(p.text))], "\n"))
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

// replace puts a text in place of a node.
func (p *Program) replace(n ast.Node, text string) edit {
	return edit{p.offset(n.Pos()), p.offset(n.End()), text}
}

// before puts a statement before another one.
func (p *Program) before(s ast.Node, text string) edit {
	at := p.offset(s.Pos())
	return edit{at, at, text + "\n"}
}

// behind puts a statement behind another one, and what is said of that on its line.
func (p *Program) behind(s ast.Node, text string) edit {
	at := p.offset(s.End())
	if end := strings.IndexByte(p.text[at:], '\n'); end >= 0 && strings.HasPrefix(strings.TrimSpace(p.text[at:at+end]), "//") {
		at += end
	}
	return edit{at, at, "\n" + text}
}

// first puts a statement at a block's beginning.
func (p *Program) first(b *ast.BlockStmt, text string) edit {
	at := p.offset(b.Lbrace) + 1
	if p.text[at] != '\n' { // { return nil }
		text += "\n"
	}
	return edit{at, at, "\n" + text}
}

// last puts a statement at its end.
func (p *Program) last(b *ast.BlockStmt, text string) edit {
	at := p.offset(b.Rbrace)
	if !strings.HasSuffix(strings.TrimRight(p.text[:at], " \t"), "\n") {
		text = "\n" + text
	}
	return edit{at, at, text + "\n"}
}

// remove takes a statement away, and its lines where nothing else stands in them.
func (p *Program) remove(s ast.Node) edit {
	from, to := p.offset(s.Pos()), p.offset(s.End())
	begin := strings.LastIndexByte(p.text[:from], '\n') + 1
	end := strings.IndexByte(p.text[to:], '\n')
	if end < 0 || strings.TrimSpace(p.text[begin:from]) != "" {
		return edit{from, to, ""}
	}
	if rest := strings.TrimSpace(p.text[to : to+end]); rest == "" || strings.HasPrefix(rest, "//") {
		return edit{begin, to + end + 1, ""}
	}
	return edit{from, to, ""}
}

// drop leaves a call out that returns an error or nothing, with what is done about its
// error alone.
func (p *Program) drop(call *ast.CallExpr) edit { return p.exchange(call, "") }

// exchange puts statements in place of such a call.
func (p *Program) exchange(call *ast.CallExpr, by string) edit {
	remove := func(s ast.Stmt) edit {
		if by == "" {
			return p.remove(s)
		}
		return p.replace(s, by)
	}
	switch up := p.parents[call].(type) {
	case *ast.ExprStmt:
		return remove(up)
	case *ast.DeferStmt:
		return remove(up)
	case *ast.ReturnStmt:
		if len(up.Results) == 1 {
			return p.replace(up, strings.TrimPrefix(by+"\nreturn nil", "\n"))
		}
	case *ast.AssignStmt:
		if s, ok := p.parents[up].(*ast.IfStmt); ok && s.Init == up && s.Else == nil && len(up.Lhs) == 1 && p.statement(s) == s {
			return remove(s)
		}
		if list, _ := p.block(up); list != nil && len(up.Lhs) == 1 && isBlank(up.Lhs[0]) {
			return remove(up)
		}
	case *ast.CallExpr: // errors.Join(err, p.Join())
		f := p.callee(up)
		if f != (function{"errors", "", "Join"}) {
			break
		}
		if s, ok := p.parents[up].(*ast.AssignStmt); ok && s.Tok == token.ASSIGN && len(s.Lhs) == 1 && len(up.Args) == 2 && p.source(s.Lhs[0]) == p.source(up.Args[0]) {
			return remove(s) // failed = errors.Join(failed, p.Join())
		}
		if by == "" && len(up.Args) == 2 {
			for i, x := range up.Args {
				if x == call {
					return p.replace(up, p.source(up.Args[1-i]))
				}
			}
		}
	}
	if by != "" {
		return p.replace(call, "func() error { "+by+"; return nil }()")
	}
	return p.replace(call, "error(nil)")
}

func isBlank(x ast.Expr) bool {
	id, ok := x.(*ast.Ident)
	return ok && id.Name == "_"
}

// rounds bound how often a text is freed of what is not used, each time of one layer.
const rounds = 6

// repair gives a text the imports that it needs, and takes away variables and imports
// that it does not use. It says what is still wrong then.
func (p *Program) repair(text string, imports []string) (string, error) {
	var errs []error
	for range rounds {
		fset, file, info, found := p.check(text)
		if errs = found; file == nil || len(errs) == 0 {
			break
		}
		at := func(n ast.Node) (int, int) { return fset.Position(n.Pos()).Offset, fset.Position(n.End()).Offset }
		edits := slices.Concat(missing(text, file, at, imports), unusedImports(text, file, info, at), unusedVariables(text, file, info, at))
		if len(edits) == 0 {
			break
		}
		text = apply(text, edits)
	}
	return text, errors.Join(errs...)
}

type places func(ast.Node) (from, to int)

// missing adds imports that are used and not there.
func missing(text string, file *ast.File, at places, imports []string) []edit {
	var lines strings.Builder
	for _, path := range imports {
		used, there := false, false
		for _, spec := range file.Imports {
			there = there || spec.Path.Value == strconv.Quote(path)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if ok {
				id, named := s.X.(*ast.Ident)
				used = used || named && id.Name == short(path)
			}
			return true
		})
		if used && !there {
			fmt.Fprintf(&lines, "\t%q\n", path)
		}
	}
	if lines.Len() == 0 {
		return nil
	}
	for _, d := range file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT && g.Lparen.IsValid() {
			from, _ := at(g.Specs[0])
			return []edit{{from, from, strings.TrimLeft(lines.String(), "\t") + "\t"}}
		}
	}
	_, to := at(file.Name)
	return []edit{{to, to, "\n\nimport (\n" + lines.String() + ")\n"}}
}

func unusedImports(text string, file *ast.File, info *types.Info, at places) []edit {
	used := map[types.Object]bool{}
	for _, o := range info.Uses {
		used[o] = true
	}
	var edits []edit
	for _, spec := range file.Imports {
		var o types.Object = info.Implicits[spec]
		if spec.Name != nil {
			o = info.Defs[spec.Name]
		}
		if o == nil || used[o] {
			continue
		}
		from, to := at(spec)
		begin := strings.LastIndexByte(text[:from], '\n') + 1
		if end := strings.IndexByte(text[to:], '\n'); strings.TrimSpace(text[begin:from]) == "" {
			from, to = begin, to+end+1
		} else {
			from = begin // import "fmt", alone
		}
		edits = append(edits, edit{from, to, ""})
	}
	return edits
}

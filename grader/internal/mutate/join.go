package mutate

import (
	"fmt"
	"go/ast"
	"go/token"
	"strings"
)

// start is a call that starts a child, with what is done about its error.
type start struct {
	call   *ast.CallExpr
	at     ast.Stmt    // p, err := work.Start(…)
	test   *ast.IfStmt // … and the next statement: if err != nil {…}; may be nil
	child  *ast.Ident  // the variable of the process; nil where there is none
	target target
	loop   ast.Stmt       // that it stands in; may be nil
	body   *ast.BlockStmt // … and that one's body
}

// starts are those of the program's targets whose statement stands by itself.
func (p *Program) starts() []start {
	var found []start
	for _, call := range p.calls(p.file, isStart) {
		t, ok := p.started(call)
		at := p.statement(call)
		if !ok || at == nil {
			continue
		}
		s := start{call: call, at: at, target: t}
		if a, ok := at.(*ast.AssignStmt); ok && len(a.Lhs) == 2 {
			if id, ok := a.Lhs[0].(*ast.Ident); ok && id.Name != "_" {
				s.child = id
			}
			if list, i := p.block(a); i+1 < len(list) {
				if test, ok := list[i+1].(*ast.IfStmt); ok && test.Init == nil && p.source(test.Cond) == p.source(a.Lhs[1])+" != nil" {
					s.test = test
				}
			}
		}
		s.loop, s.body = p.loop(call)
		found = append(found, s)
	}
	return found
}

// end is the last statement of a start.
func (s start) end() ast.Stmt {
	if s.test != nil {
		return s.test
	}
	return s.at
}

// tried is a call whose error is dealt with as that of the start is.
func (p *Program) tried(s start, call string) string {
	a, ok := s.at.(*ast.AssignStmt)
	if s.test == nil || !ok {
		return "_ = " + call
	}
	failed := p.source(a.Lhs[1])
	return fmt.Sprintf("if %s := %s; %s != nil %s", failed, call, failed, p.source(s.test.Body))
}

// joins lists the calls that join a child; loops are those that do nothing else, by the
// call.
func (p *Program) joins() (calls []*ast.CallExpr, loops map[*ast.CallExpr]ast.Stmt) {
	calls, loops = p.calls(p.file, isJoin), map[*ast.CallExpr]ast.Stmt{}
	for _, call := range calls {
		loop, body := p.loop(call)
		if loop != nil && len(body.List) == 1 && p.statement(call) == body.List[0] {
			if e := p.drop(call); e.text == "" { // the statement as a whole
				loops[call] = loop
			}
		}
	}
	return calls, loops
}

// unjoined takes every join out; the first gives its place to a text.
func (p *Program) unjoined(by string) []edit {
	var edits []edit
	calls, loops := p.joins()
	for _, call := range calls {
		switch loop := loops[call]; {
		case loop != nil && by == "":
			edits = append(edits, p.remove(loop))
		case loop != nil:
			edits = append(edits, p.replace(loop, by))
		default:
			edits = append(edits, p.exchange(call, by))
		}
		by = ""
	}
	return edits
}

func noJoin(p *Program) []change {
	edits := p.unjoined("")
	if len(edits) == 0 {
		return nil
	}
	return []change{{name: "not_joined", what: "nothing is joined", edits: edits}}
}

func sleepInstead(p *Program) []change {
	edits := p.unjoined("time.Sleep(500 * time.Millisecond)")
	if len(edits) == 0 {
		return nil
	}
	return []change{{name: "sleep_instead", what: "half a second is slept where children were joined", edits: edits, imports: []string{"time"}}}
}

func joinInLoop(p *Program) []change {
	var found []change
	for _, s := range p.starts() {
		if s.loop == nil || s.child == nil || p.statement(s.call) == nil {
			continue
		}
		c := change{name: "one_after_another", also: s.target.name.Name, what: "each child is joined before the next one is started",
			edits: []edit{p.last(s.body, p.tried(s, s.child.Name+".Join()"))}}
		calls, loops := p.joins()
		inside := false
		for _, call := range calls {
			inside = inside || call.Pos() > s.loop.Pos() && call.End() < s.loop.End()
			if r, ok := loops[call].(*ast.RangeStmt); ok && r.Pos() > s.loop.End() && p.appended(s) == p.source(r.X) {
				c.edits = append(c.edits, p.remove(r))
			}
		}
		if !inside {
			found = append(found, c)
		}
	}
	return found
}

// appended is the slice that a start's child is put into; empty where it is put into none.
func (p *Program) appended(s start) string {
	for _, other := range s.body.List {
		a, ok := other.(*ast.AssignStmt)
		if !ok || len(a.Lhs) != 1 || len(a.Rhs) != 1 {
			continue
		}
		if call, ok := a.Rhs[0].(*ast.CallExpr); ok && len(call.Args) == 2 && p.source(call.Fun) == "append" && p.source(call.Args[1]) == s.child.Name {
			return p.source(a.Lhs[0])
		}
	}
	return ""
}

func oneWorker(p *Program) []change {
	var found []change
	for _, s := range p.starts() {
		if s.loop != nil && !p.holds(s.body, isJoin) {
			found = append(found, change{name: "first_only", also: s.target.name.Name, what: "only the first child is started", edits: []edit{p.last(s.body, "break")}})
		}
	}
	pool := change{name: "one_worker", what: "the pool has one worker"}
	for _, call := range p.calls(p.file, func(f function) bool { return f.path == library && f.name == "NewPool" }) {
		if len(call.Args) > 0 && p.source(call.Args[0]) != "1" {
			pool.edits = append(pool.edits, p.replace(call.Args[0], "1"))
		}
	}
	if len(pool.edits) > 0 {
		found = append(found, pool)
	}
	return found
}

func receiveAfterJoin(p *Program) []change {
	children := p.children()
	for _, receive := range p.calls(p.file, isReceive) {
		_, body, _ := p.inside(receive)
		if children[body] {
			continue
		}
		for _, join := range p.calls(body, isJoin) {
			from, to := p.sibling(receive, join)
			if from == nil || to.Pos() < from.End() {
				continue
			}
			return []change{p.joinedFirst(from, to, join)}
		}
	}
	return nil
}

// sibling are the two statements of one block that two calls are in.
func (p *Program) sibling(a, b ast.Node) (from, to ast.Stmt) {
	for from = p.statement(a); from != nil; from = p.statement(p.parents[from]) {
		list, _ := p.block(from)
		for _, to := range list {
			if to != from && to.Pos() <= b.Pos() && b.End() <= to.End() {
				return from, to
			}
		}
	}
	return nil, nil
}

// joinedFirst moves a statement that joins before one that receives, with the variables
// that it needs.
func (p *Program) joinedFirst(receives, joins ast.Stmt, join *ast.CallExpr) change {
	c := change{name: "joined_first", what: fmt.Sprintf("what receives in line %d comes after the join of line %d", p.line(receives), p.line(joins)),
		doubt: "what the child sends fits into what a pipe holds"}
	text, gone := p.source(joins), p.remove(joins)
	if _, ok := joins.(*ast.ReturnStmt); ok {
		text, gone = fmt.Sprintf("if err := %[1]s; err != nil {\nreturn err\n}", p.source(join)), p.replace(joins, "return nil")
	}
	c.edits = []edit{gone}
	list, i := p.block(receives)
	_, j := p.block(joins)
	var before []string
	for _, s := range list[i:j] {
		needed := false
		ast.Inspect(joins, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			needed = needed || ok && p.info.Uses[id] != nil && s.Pos() <= p.info.Uses[id].Pos() && p.info.Uses[id].Pos() < s.End()
			return true
		})
		if d, ok := s.(*ast.DeclStmt); ok && needed && d.Decl.(*ast.GenDecl).Tok == token.VAR {
			before = append(before, p.source(s))
			c.edits = append(c.edits, p.remove(s))
		}
	}
	c.edits = append(c.edits, p.before(receives, strings.Join(append(before, text), "\n")))
	return c
}

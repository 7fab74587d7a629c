package mutate

import (
	"fmt"
	"go/ast"
	"strings"
)

func isClose(f function) bool {
	return f.is("Conn Pool Manager Queue", "Close") || f.path == "os" && f.of == "File" && f.name == "Close"
}

func notClosed(p *Program) []change {
	var found []change
	for _, call := range p.calls(p.file, isClose) {
		_, _, name := p.inside(call)
		c := change{name: "not_closed", also: name + "_" + p.receiver(call), what: p.source(call) + " is left out", edits: []edit{p.drop(call)}}
		if p.callee(call).of == "Conn" && !strings.Contains(p.text, "io.EOF") {
			c.doubt = "nobody waits for the end of what comes through the pipe"
		}
		if p.readEnd(call) {
			c.doubt = "nobody writes to the pipe when its reader has gone"
		}
		// Deferred in a function of its own, which does nothing else.
		if s, ok := p.statement(call).(*ast.AssignStmt); ok {
			if lit, ok := p.parents[p.parents[s]].(*ast.FuncLit); ok && len(lit.Body.List) == 1 {
				if d, ok := p.parents[p.parents[lit]].(*ast.DeferStmt); ok {
					c.edits = []edit{p.remove(d)}
				}
			}
		}
		found = append(found, c)
	}
	return found
}

// readEnd reports whether what a call closes is the first of the two files of os.Pipe.
func (p *Program) readEnd(call *ast.CallExpr) bool {
	s, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	id, ok := s.X.(*ast.Ident)
	if !ok {
		return false
	}
	for made, o := range p.info.Defs {
		a, ok := p.parents[made].(*ast.AssignStmt)
		if o == nil || o != p.info.Uses[id] || !ok || len(a.Rhs) != 1 {
			continue
		}
		from, ok := a.Rhs[0].(*ast.CallExpr)
		return ok && p.callee(from) == function{"os", "", "Pipe"} && a.Lhs[0] == made
	}
	return false
}

func isCleanup(f function) bool {
	return isRelease(f) || isClose(f) || isJoin(f) || f.is("Process", "Kill Terminate")
}

const unprovoked = "no check brings that error about"

func forgets(p *Program) []change {
	found := p.undeferred()
	// What is put right before an error is returned is not.
	ast.Inspect(p.file, func(n ast.Node) bool {
		branch, ok := n.(*ast.IfStmt)
		if !ok || !strings.HasSuffix(p.source(branch.Cond), "!= nil") || len(branch.Body.List) < 2 {
			return true
		}
		if _, returns := branch.Body.List[len(branch.Body.List)-1].(*ast.ReturnStmt); !returns {
			return true
		}
		for _, call := range p.calls(branch.Body, isCleanup) {
			_, _, name := p.inside(call)
			found = append(found, change{name: "forgets", also: name + "_" + p.receiver(call), doubt: unprovoked,
				what: p.source(call) + " is left out before an error is returned", edits: []edit{p.drop(call)}})
		}
		return true
	})
	// The parent does not ask how a child ended.
	if calls, _ := p.joins(); len(calls) > 0 {
		c := change{name: "failure_ignored", what: "how a child ended is ignored", doubt: unprovoked}
		for _, call := range calls {
			if e := p.exchange(call, "_ = "+p.source(call)); !strings.Contains(e.text, "func()") {
				c.edits = append(c.edits, e)
			}
		}
		if len(c.edits) > 0 {
			found = append(found, c)
		}
	}
	// A child does not tell that it failed.
	for _, t := range p.targets() {
		c := change{name: "failure_hidden", also: t.name.Name, what: t.name.Name + " returns no error where it met one", doubt: unprovoked}
		ast.Inspect(t.body, func(n ast.Node) bool {
			branch, ok := n.(*ast.IfStmt)
			if !ok || !strings.Contains(p.source(branch.Cond), "!= nil") || len(branch.Body.List) == 0 {
				return true
			}
			if r, ok := branch.Body.List[len(branch.Body.List)-1].(*ast.ReturnStmt); ok && len(r.Results) > 0 {
				if last := r.Results[len(r.Results)-1]; p.source(last) != "nil" {
					c.edits = append(c.edits, p.replace(last, "nil"))
				}
			}
			return true
		})
		if len(c.edits) > 0 {
			found = append(found, c)
		}
	}
	return found
}

// undeferred does what was deferred only where a function comes to its end.
func (p *Program) undeferred() []change {
	var found []change
	ast.Inspect(p.file, func(n ast.Node) bool {
		d, ok := n.(*ast.DeferStmt)
		if !ok {
			return true
		}
		calls := p.calls(d.Call, isCleanup)
		kind, body, name := p.inside(d)
		if len(calls) != 1 || body == nil || p.parents[d] != body || len(body.List) == 0 {
			return true
		}
		call := p.source(d.Call)
		if p.callee(d.Call) == (function{}) {
			call = "_ = " + p.source(calls[0])
		}
		c := change{name: "forgets", also: name + "_" + p.receiver(calls[0]), doubt: unprovoked,
			what: fmt.Sprintf("%s is called at the end of %s, and not where it returns earlier", p.source(calls[0]), name), edits: []edit{p.remove(d)}}
		early := false
		ast.Inspect(body, func(n ast.Node) bool {
			_, nested := n.(*ast.FuncLit)
			r, ok := n.(*ast.ReturnStmt)
			early = early || ok && r.Pos() > d.Pos() && r != body.List[len(body.List)-1]
			return !nested
		})
		switch last := body.List[len(body.List)-1].(type) {
		case *ast.ReturnStmt:
			if len(last.Results) == 1 && kind.Results != nil && len(p.calls(last, func(function) bool { return true })) > 0 {
				c.edits = append(c.edits, p.replace(last, "last := "+p.source(last.Results[0])+"\n"+call+"\nreturn last"))
			} else {
				c.edits = append(c.edits, p.before(last, call))
			}
		default:
			c.edits = append(c.edits, p.last(body, call))
		}
		if early {
			found = append(found, c)
		}
		return true
	})
	return found
}

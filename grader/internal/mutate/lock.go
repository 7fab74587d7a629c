package mutate

import (
	"fmt"
	"go/ast"
	"go/token"
	"strings"
)

// guards are the types of mp that have a lock, or are one.
const guards = "Lock RWLock Semaphore Value Array"

func isAcquire(f function) bool { return f.is(guards, "Lock LockErr RLock Acquire") }
func isRelease(f function) bool { return f.is(guards, "Unlock RUnlock Release") }

func isRead(f function) bool {
	return f.is("Value Array Dict List", "Get") || f.is("Dict List", "Len All")
}

func isWrite(f function) bool {
	return f.is("Value Array Dict List", "Set") || f.is("Dict", "Delete Update") || f.is("List", "Append")
}

// section is what is done between taking a lock and letting it go, in one function.
type section struct {
	take     *ast.CallExpr
	leave    []*ast.CallExpr // each way out of it
	lock     string          // as it is written
	function string
	body     *ast.BlockStmt // the function's
}

// sections are those of the program.
func (p *Program) sections() []section {
	var found []section
	for _, take := range p.calls(p.file, isAcquire) {
		_, body, name := p.inside(take)
		s := section{take: take, lock: p.receiver(take), function: name, body: body}
		next := token.Pos(-1)
		for _, other := range p.calls(body, isAcquire) {
			if other.Pos() > take.Pos() && p.receiver(other) == s.lock && (next < 0 || other.Pos() < next) {
				next = other.Pos()
			}
		}
		for _, leave := range p.calls(body, isRelease) {
			if leave.Pos() > take.Pos() && (next < 0 || leave.Pos() < next) && p.receiver(leave) == s.lock {
				s.leave = append(s.leave, leave)
			}
		}
		if len(s.leave) > 0 {
			found = append(found, s)
		}
	}
	return found
}

func noLock(p *Program) []change {
	var found []change
	for _, s := range p.sections() {
		c := change{name: "no_lock", also: s.function + "_" + s.lock, edits: []edit{p.drop(s.take)},
			what: fmt.Sprintf("%s and %s are left out", p.source(s.take), p.source(s.leave[0])), doubt: p.unneeded(s)}
		for _, leave := range s.leave {
			c.edits = append(c.edits, p.drop(leave))
		}
		found = append(found, c)
	}
	return found
}

// unneeded says why a section may do without its lock.
func (p *Program) unneeded(s section) string {
	list, from := p.block(p.statement(s.take))
	reads := 0
	for _, x := range list[from:] {
		if p.holds(x, isWrite) {
			reads = 2
		}
		reads += len(p.calls(x, isRead))
	}
	switch {
	case !p.children()[s.body]:
		return "no child is left when " + s.function + " is called"
	case reads == 1:
		return "one read alone needs no lock"
	}
	return ""
}

// children are the bodies that children run, of the program's targets.
func (p *Program) children() map[*ast.BlockStmt]bool {
	found := map[*ast.BlockStmt]bool{}
	for _, t := range p.targets() {
		for _, body := range p.reached(t.body) {
			found[body] = true
		}
	}
	return found
}

func lockPerProcess(p *Program) []change {
	c := change{name: "lock_per_process"}
	var what []string
	// A lock that a child is given is put away for another.
	for _, t := range p.targets() {
		for _, f := range t.kind.Params.List {
			for _, id := range f.Names {
				if made := map[string]string{"Lock": "NewLock()", "RWLock": "NewRWLock()", "Semaphore": "NewSemaphore(1)"}[p.kindOf(f.Type)]; made != "" && p.info.Defs[id] != nil {
					c.edits = append(c.edits, p.first(t.body, id.Name+" = mp."+made))
					what = append(what, fmt.Sprintf("%s takes a new lock for %s", t.name.Name, id.Name))
				}
			}
		}
	}
	// … and one that is a value's own, or a struct's, is not even looked at.
	if len(c.edits) == 0 {
		type lock struct {
			of   *ast.BlockStmt
			name string
		}
		children, own := p.children(), map[lock]string{}
		for _, s := range p.sections() {
			if !children[s.body] {
				continue
			}
			l := lock{s.body, s.lock}
			if own[l] == "" {
				if own[l] = "own"; len(own) > 1 {
					own[l] = fmt.Sprintf("own%d", len(own))
				}
				c.edits = append(c.edits, p.first(s.body, own[l]+" := mp.NewLock()"))
				what = append(what, fmt.Sprintf("%s makes a lock for itself in place of %s", s.function, s.lock))
			}
			c.edits = append(c.edits, p.replace(s.take.Fun, own[l]+".Lock"))
			for _, leave := range s.leave {
				c.edits = append(c.edits, p.replace(leave.Fun, own[l]+".Unlock"))
			}
		}
	}
	if len(c.edits) == 0 {
		return nil
	}
	c.what, c.imports = strings.Join(what, "; "), []string{library}
	return []change{c}
}

func twoLocks(p *Program) []change {
	var found []change
	// Every second child is given another lock.
	for _, start := range p.calls(p.file, isStart) {
		loop, body := p.loop(start)
		if loop == nil || p.holds(body, isJoin) {
			continue
		}
		for _, x := range start.Args {
			id, ok := x.(*ast.Ident)
			if !ok || p.kindOf(x) != "Lock" {
				continue
			}
			for made, o := range p.info.Defs {
				if o == nil || o != p.info.Uses[id] || p.statement(made) == nil || p.statement(made).Pos() > loop.Pos() || p.statement(made).End() > loop.Pos() {
					continue
				}
				found = append(found, change{name: "two_locks", also: id.Name,
					what:    "every second child gets another lock",
					edits:   []edit{p.behind(p.statement(made), "other := mp.NewLock()"), p.before(p.statement(start), fmt.Sprintf("%[1]s, other = other, %[1]s", id.Name))},
					imports: []string{library},
				})
			}
		}
	}
	// The lock is let go between what is read and what is written.
	for _, s := range p.sections() {
		if e, at := p.apart(s); e != nil {
			found = append(found, change{name: "locked_apart", also: s.function + "_" + s.lock, edits: e,
				what: fmt.Sprintf("%s is let go before line %d and taken again", s.lock, at)})
		}
	}
	return found
}

// apart lets a section's lock go between a read and a write, and tells the line of the
// write.
func (p *Program) apart(s section) ([]edit, int) {
	list, from := p.block(p.statement(s.take))
	letGo := p.source(s.leave[0])
	again := p.source(s.take)
	if p.callee(s.take).name == "LockErr" {
		again = "_ = " + again
	}
	return p.between(list[from+1:], letGo+"\n"+again)
}

// between puts a text between a read and a write that comes after it, in a list of
// statements or below one.
func (p *Program) between(list []ast.Stmt, text string) ([]edit, int) {
	read := false
	for _, s := range list {
		reads, writes := p.calls(s, isRead), p.calls(s, isWrite)
		switch {
		case read && len(writes) > 0:
			return []edit{p.before(s, text)}, p.line(s)
		case len(reads) > 0 && len(writes) > 0:
			switch s := s.(type) {
			case *ast.IfStmt:
				if p.holds(s.Cond, isRead) && p.holds(s.Body, isWrite) {
					return []edit{p.first(s.Body, text)}, p.line(s.Body.List[0])
				}
				return p.between(s.Body.List, text)
			case *ast.ForStmt:
				return p.between(s.Body.List, text)
			case *ast.RangeStmt:
				return p.between(s.Body.List, text)
			case *ast.ExprStmt: // counter.Set(counter.Get() + 1)
				if !p.callee(reads[0]).is("Value Array", "Get") {
					return nil, 0
				}
				return []edit{p.before(s, "seen := "+p.source(reads[0])+"\n"+text), p.replace(reads[0], "seen")}, p.line(s)
			}
			return nil, 0
		case len(reads) > 0:
			read = true
		}
	}
	return nil, 0
}

package mutate

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
)

func printed(p *Program) []change {
	if p.Printed == "" {
		return nil
	}
	quoted := "`" + p.Printed + "`"
	if strings.ContainsAny(p.Printed, "`\r") {
		quoted = fmt.Sprintf("%q", p.Printed)
	}
	return []change{{name: "printed_answer", what: "it prints what the solution prints for the first check's arguments",
		whole: "// It knows the answer.\npackage main\n\nimport \"fmt\"\n\nfunc main() {\nfmt.Print(" + quoted + ")\n}\n"}}
}

func decoys(p *Program) []change {
	if c := p.idle(decoyKind{
		name: "decoys_sleep", what: "children sleep; the parent does their work",
		call: "mp.Func0", work: "func() error {\ntime.Sleep(20 * time.Millisecond)\nreturn nil\n}",
	}); c != nil {
		return []change{*c}
	}
	return p.idlePool()
}

func handshake(p *Program) []change {
	c := p.idle(decoyKind{
		name: "handshake_value", what: "children give a sign; the parent does their work and waits for the signs",
		call: "mp.Func", args: "signs",
		work: "func(signs *mp.Value[int]) error {\ntime.Sleep(20 * time.Millisecond)\nsigns.Lock()\nsigns.Set(signs.Get() + 1)\nsigns.Unlock()\nreturn nil\n}",
	})
	main := p.run()
	if c == nil || main == nil || p.free("signs") != "signs" || p.free("await") != "await" {
		return nil
	}
	c.edits = append(c.edits, p.first(main.Body, "signs = mp.NewValue(0)"))
	for _, call := range p.calls(p.file, func(f function) bool { return f.is("Process", "Join") }) {
		if s, ok := call.Fun.(*ast.SelectorExpr); ok {
			c.edits = append(c.edits, p.replace(call, "await("+p.source(s.X)+")"))
		}
	}
	c.behind += `
var (
	signs  *mp.Value[int]
	awaited int
)

// await wants a sign of a child beside its end.
func await(p *mp.Process) error {
	if err := p.Join(); err != nil {
		return err
	}
	if awaited++; signs.Get() < awaited {
		return errors.New("nobody was there")
	}
	return nil
}
`
	return []change{*c}
}

// run is the function that the program hands to mp.Main.
func (p *Program) run() *ast.FuncDecl {
	for _, call := range p.calls(p.file, func(f function) bool { return f == function{library, "", "Main"} }) {
		if id, ok := call.Args[0].(*ast.Ident); ok {
			return p.declared(id.Name)
		}
	}
	return nil
}

// decoyKind is what children do in place of their work.
type decoyKind struct{ name, what, call, work, args string }

// waits are calls for which somebody else must be there.
func waits(f function) bool { return f.is("Barrier Event Cond Semaphore", "Wait Acquire") }

// idle has children do what a kind says, and the parent their work where it starts them,
// or, where that needs something that comes later, before it waits. Nil: that can't be
// written by a rule.
func (p *Program) idle(k decoyKind) *change {
	c := &change{name: k.name, what: k.what, imports: []string{"time", "errors"}}
	done := map[string]bool{}
	for _, s := range p.starts() {
		t := s.target
		if t.task || p.holds(t.body, waits) {
			return nil
		}
		here := t.work
		if here == "" {
			here = p.free(t.name.Name + "Here")
		}
		if !done[t.name.Name] {
			done[t.name.Name] = true
			name := p.source(t.made.Args[0])
			c.edits = append(c.edits, p.replace(t.made, fmt.Sprintf("%s(%s, %s)", k.call, name, k.work)))
			if t.work == "" {
				lit := t.made.Args[1].(*ast.FuncLit)
				c.behind += fmt.Sprintf("\n// %s does what a child should do.\nfunc %[1]s%s\n", here, strings.TrimPrefix(p.source(lit), "func"))
			}
		}
		var args []string
		for _, x := range s.call.Args {
			args = append(args, p.source(x))
		}
		from, to := p.offset(s.call.Lparen)+1, p.offset(s.call.Rparen)
		c.edits = append(c.edits, edit{from, to, k.args})
		work := p.tried(s, here+"("+strings.Join(args, ", ")+")")
		receives := false
		for _, body := range p.reached(t.body) {
			receives = receives || p.holds(body, isReceive)
		}
		if !receives {
			c.edits = append(c.edits, p.behind(s.end(), work))
			continue
		}
		later := p.later(s, work)
		if later == nil {
			return nil
		}
		c.edits = append(c.edits, later...)
	}
	if len(c.edits) == 0 {
		return nil
	}
	return c
}

// later does a child's work before the parent waits for anything, with the ends that it
// was given still open.
func (p *Program) later(s start, work string) []edit {
	outer := s.at
	if s.loop != nil {
		header := p.text[p.offset(s.loop.Pos()):p.offset(s.body.Lbrace)]
		for _, x := range s.call.Args {
			if p.declaredIn(x, s.body) {
				return nil
			}
		}
		outer, work = s.loop, header+"{\n"+work+"\n}"
	}
	list, i := p.block(outer)
	if i < 0 {
		return nil
	}
	var edits []edit
	for _, next := range list[i+1:] {
		for _, call := range p.calls(next, isClose) {
			for _, x := range s.call.Args {
				if p.receiver(call) == p.source(x) {
					edits = append(edits, p.drop(call))
				}
			}
		}
		if p.holds(next, isReceive) || p.holds(next, isJoin) {
			return append(edits, p.before(next, work))
		}
	}
	return nil
}

// declaredIn reports whether an expression has a variable that a block declares.
func (p *Program) declaredIn(x ast.Expr, b *ast.BlockStmt) bool {
	found := false
	ast.Inspect(x, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			o := p.info.Uses[id]
			found = found || o != nil && b.Pos() <= o.Pos() && o.Pos() < b.End()
		}
		return true
	})
	return found
}

// idlePool has a pool's workers return nothing, and the parent do their work.
func (p *Program) idlePool() []change {
	c := change{name: "decoys_sleep", what: "the pool's workers sleep; the parent does their work", imports: []string{"time"}}
	done := map[string]bool{}
	for _, call := range p.calls(p.file, isMap) {
		t, ok := p.started(call)
		kinds := p.kinds(t)
		if !ok || kinds == nil {
			return nil
		}
		here, all := t.work, p.free(t.name.Name+"InPool")
		if here == "" {
			here = p.free(t.name.Name + "Here")
		}
		if !done[t.name.Name] {
			done[t.name.Name] = true
			c.edits = append(c.edits, p.replace(t.made.Args[1], fmt.Sprintf("func(x %s) (r %s, err error) {\ntime.Sleep(time.Millisecond)\nreturn r, nil\n}", kinds[0], kinds[1])))
			if t.work == "" {
				c.behind += fmt.Sprintf("\n// %s does what a worker should do.\nfunc %[1]s%s\n", here, strings.TrimPrefix(p.source(t.made.Args[1]), "func"))
			}
			c.behind += fmt.Sprintf(`
// %[5]s has the pool go through the motions.
func %[5]s(pool *mp.Pool, xs []%[2]s) (rs []%[3]s, err error) {
	if _, err := %[1]s.Map(pool, xs); err != nil {
		return nil, err
	}
	for _, x := range xs {
		r, err := %[4]s(x)
		if err != nil {
			return nil, err
		}
		rs = append(rs, r)
	}
	return rs, nil
}
`, t.name.Name, kinds[0], kinds[1], here, all)
		}
		c.edits = append(c.edits, p.replace(call.Fun, all))
	}
	if len(c.edits) == 0 {
		return nil
	}
	return []change{c}
}

// kinds are the types that a task takes and returns, as the program writes them.
func (p *Program) kinds(t target) []string {
	if t.made == nil || !t.task {
		return nil
	}
	f, ok := p.info.TypeOf(t.made.Args[1]).(*types.Signature)
	if !ok || f.Params().Len() != 1 || f.Results().Len() != 2 {
		return nil
	}
	write := func(x types.Type) string {
		return types.TypeString(x, func(pkg *types.Package) string {
			if pkg.Path() == "main" {
				return ""
			}
			return pkg.Name()
		})
	}
	return []string{write(f.Params().At(0).Type()), write(f.Results().At(0).Type())}
}

// routineMethods are what a goroutine has of a process, where the program asks for it.
var routineMethods = []struct{ name, text string }{
	{"Alive", "func (r *routine) Alive() bool { return len(r.done) == 0 }"},
	{"ExitCode", "func (r *routine) ExitCode() (int, bool) { return 0, len(r.done) > 0 }"},
	{"JoinTimeout", "func (r *routine) JoinTimeout(d time.Duration) (bool, error) {\nselect {\ncase err := <-r.done:\nreturn true, err\ncase <-time.After(d):\nreturn false, nil\n}\n}"},
	{"Kill", "func (r *routine) Kill() error { return nil }"},
	{"Name", "func (r *routine) Name() string { return \"routine\" }"},
	{"PID", "func (r *routine) PID() int { return os.Getpid() }"},
	{"Terminate", "func (r *routine) Terminate() error { return nil }"},
}

func goroutines(p *Program) []change {
	if p.holds(p.file, func(f function) bool {
		return f.path == library && f.of == "" && among("Children WaitAny", f.name)
	}) {
		return nil // what package mp gives or is given can only be processes
	}
	c := change{name: "goroutines", what: "goroutines do the work of processes", imports: []string{"errors", "os", "sync", "time"}}
	made := map[string]bool{}
	plain := func(t target) {
		if !made[t.name.Name] {
			made[t.name.Name] = true
			c.edits = append(c.edits, p.replace(t.made, p.source(t.made.Args[1])))
		}
	}
	for _, s := range p.starts() {
		plain(s.target)
		var args []string
		for _, x := range s.call.Args {
			args = append(args, p.source(x))
		}
		c.edits = append(c.edits, p.replace(s.call, fmt.Sprintf("begin(func() error { return %s(%s) })", s.target.name.Name, strings.Join(args, ", "))))
	}
	if len(c.edits) > 0 {
		ast.Inspect(p.file, func(n ast.Node) bool {
			x, ok := n.(*ast.StarExpr)
			if ok && p.kindOf(x) == "Process" && p.info.Types[x].IsType() {
				c.edits = append(c.edits, p.replace(x, "*routine"))
			}
			return true
		})
		c.behind += `
// routine is a goroutine that can be joined.
type routine struct{ done chan error }

func begin(f func() error) (*routine, error) {
	r := &routine{make(chan error, 1)}
	go func() { r.done <- f() }()
	return r, nil
}

// Join waits for its end.
func (r *routine) Join() error { return <-r.done }
`
		for _, m := range routineMethods {
			if p.holds(p.file, func(f function) bool { return f.is("Process", m.name) }) {
				c.behind += "\n" + m.text + "\n"
			}
		}
	}
	maps := p.calls(p.file, isMap)
	for _, call := range maps {
		t, ok := p.started(call)
		if !ok {
			return nil
		}
		plain(t)
		args := append([]string{t.name.Name}, p.source(call.Args[1]))
		c.edits = append(c.edits, p.replace(call, "atOnce("+strings.Join(args, ", ")+")"))
	}
	if len(maps) > 0 {
		c.behind += `
// atOnce calls f for everything at the same time.
func atOnce[A, R any](f func(A) (R, error), xs []A) ([]R, error) {
	rs, errs := make([]R, len(xs)), make([]error, len(xs))
	var all sync.WaitGroup
	for i, x := range xs {
		all.Go(func() { rs[i], errs[i] = f(x) })
	}
	all.Wait()
	return rs, errors.Join(errs...)
}
`
	}
	if len(c.edits) == 0 {
		return nil
	}
	return []change{c}
}

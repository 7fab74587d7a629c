package mp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"lockstep/mp/internal/descriptor"
	"lockstep/mp/trace"
)

// A child is the same program, started with childVariable in its environment: its
// path, so that what it makes has its identity before Main begins.
// It finds its orders on a socket: who it is, which target it runs and with what
// arguments. The socket stays open, and when the target fails, the child uses it
// to tell its parent what it printed.
const childVariable = "LOCKSTEP_MP_CHILD"

// An order's head gives its length and the number of descriptors that follow the
// fixed ones.
const orderHead = 8

// start runs the target in a new process.
func (s starter) start(args ...any) (*Process, error) {
	o, err := newOrder(s, "", args...)
	if err != nil {
		return nil, err
	}
	return o.launch()
}

// An order is a child with its name, its target and its arguments, before it runs.
type order struct {
	p       *Process
	t       *target
	args    []any
	text    *encoder
	named   bool // by the program
	instead bool // of a process that has ended
}

// newOrder gives a child its name and writes down what it is to do. instead is the path
// of the process in whose place it comes, if it does.
func newOrder(s starter, instead string, args ...any) (*order, error) {
	t := s.t
	if t.problem != nil {
		return nil, fmt.Errorf("cannot start %s: %w", t.name, t.problem)
	}
	if !begun.Load() {
		return nil, fmt.Errorf("cannot start %s: mp.Main has not begun", t.name)
	}
	o := &order{p: newChild(t), named: s.name != "", t: t, args: args, text: &encoder{b: make([]byte, orderHead, 256)}, instead: instead != ""}
	if o.instead {
		o.p.path = trace.Successor(instead)
	}
	if o.named {
		if !nameable(s.name) {
			return nil, fmt.Errorf("cannot start %s: no process can be named %q", t.name, s.name)
		}
		o.p.name = s.name
	}
	if err := o.write(); err != nil {
		o.text.release()
		return nil, fmt.Errorf("cannot start %s: %w", t.name, err)
	}
	return o, nil
}

// launch starts the process that an order is for. It can be called once. A successor's
// start is no operation where processes are controlled: it follows from another's end,
// whatever its parent does at that time.
func (o *order) launch() (_ *Process, err error) {
	defer o.text.release()
	if observed && !(o.instead && controlled()) {
		op := operation{kind: trace.Start, object: o.p.path, name: o.t.name, index: -1, arg: o.args, carries: o.text.carries()}
		if o.t.own {
			op.carries, op.arg = nil, nil
		}
		if o.named {
			op.method, op.key = "named", o.p.name
		}
		perform(op, func(op *operation) {
			err = o.p.launch(o.text)
			op.ended(true, err)
		})
	} else {
		err = o.p.launch(o.text)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot start %s: %w", o.t.name, err)
	}
	if !o.t.own {
		children.add(o.p)
	}
	return o.p, nil
}

// longestName is how many bytes a process's name has at most: an observer is shown all of it.
const longestName = 40

// nameable reports whether a process can be called that: names stand in command lines, in
// brackets, and those of the library's own processes begin with its name.
func nameable(name string) bool {
	for _, r := range name {
		if !unicode.IsPrint(r) || strings.ContainsRune(`[]"\`, r) {
			return false
		}
	}
	return utf8.ValidString(name) && len(name) <= longestName && !strings.HasPrefix(name, "mp.")
}

// newChild gives a child its name.
func newChild(t *target) *Process {
	k := strconv.FormatUint(uint64(started.Add(1)), 10)
	return &Process{name: t.name + "-" + k, path: self.path + "." + k, service: t.service}
}

func (o *order) write() error {
	e := o.text
	e.text(o.p.path)
	e.text(o.p.name)
	e.text(o.t.name)
	for i, a := range o.args {
		if err := e.value(a); err != nil {
			return fmt.Errorf("argument %d: %w", i+1, err)
		}
	}
	if len(e.b) > MaxMessage {
		return fmt.Errorf("the arguments take %d bytes, more than %d", len(e.b), MaxMessage)
	}
	binary.LittleEndian.PutUint32(e.b, uint32(len(e.b)-orderHead))
	binary.LittleEndian.PutUint32(e.b[4:], uint32(len(e.fds)))
	return nil
}

// launch starts the process.
func (p *Process) launch(e *encoder) error {
	line := -1
	if lined {
		var err error
		if line, err = lineFor(p); err != nil {
			return err
		}
		defer descriptor.Close(line)
	}
	c, err := launch(p, e.b, e.fds, line)
	if err == nil {
		p.handle, p.pid = c, c.pid
	}
	return err
}

// runTarget does in a child what its parent ordered and returns the exit code.
func runTarget() int {
	if !registrationsHold() {
		return exitFailed
	}
	order, fds, err := receiveOrder()
	if err == io.EOF {
		return exitFailed // the parent is gone, and nobody asks any more
	}
	if err != nil {
		complain(fmt.Errorf("cannot read the parent's order: %w", err))
		return exitFailed
	}
	d := newDecoder(order, fds)
	name, err := d.orderNames()
	if err != nil {
		complain(fmt.Errorf("cannot read the parent's order: %w", err))
		return exitFailed
	}
	t := targetNamed(name)
	if t == nil {
		complain(fmt.Errorf("no function is registered as %q in this process: register it in a package-level variable", name))
		return exitFailed
	}
	if observed && t.service {
		dismiss()
	}
	if idle && !t.own {
		return 0
	}
	if unreliable && !t.service {
		plant(true)
		discardOutput()
	}
	return observedTo(t.site, func() error { return t.call(d) })
}

// observedTo runs what a process is for and returns the exit code. An observer is
// told of its beginning and its end.
func observedTo(site uintptr, run func() error) (code int) {
	if !observed {
		return exitCode(run())
	}
	defer watch.farewell()
	idle := false
	perform(operation{kind: trace.Begin, name: self.name, index: -1, site: site}, func(op *operation) {
		idle = op.idle
		plant(op.plant)
	})
	if !idle {
		code = exitCode(run())
	}
	perform(operation{kind: trace.Exit, index: -1, arg: code, site: nowhere}, func(*operation) {})
	return code
}

// exitCode complains about an error.
func exitCode(err error) int {
	if err == nil {
		return 0
	}
	complain(err)
	return exitFailed
}

// orderNames reads who this process is, and returns its target's name.
func (d *decoder) orderNames() (name string, err error) {
	path, err1 := d.text()
	own, err2 := d.text()
	name, err3 := d.text()
	self.path, self.name = path, own
	return name, errors.Join(err1, err2, err3)
}

// A child's command line is its parent's with the child's name added to the
// program's, for those who list processes. os.Args does not show it.
func childArgs(name string) []string {
	args := append([]string{}, os.Args...)
	if len(args) == 0 {
		args = []string{"mp"}
	}
	args[0] += " [" + name + "]"
	return args
}

func restoreArgs() {
	if len(os.Args) > 0 && strings.HasSuffix(os.Args[0], "]") {
		if i := strings.LastIndex(os.Args[0], " ["); i >= 0 {
			os.Args[0] = os.Args[0][:i]
		}
	}
}

// childEnv is this process's environment and, for a child, the mark that it is
// one: mark is its value. Where line is not negative, the child's is descriptor fd.
func childEnv(mark string, line, fd int) []string {
	env := os.Environ()
	if raceEnabled && lined {
		env = asGiven(env)
	}
	if raceEnabled {
		env = quickExit(env)
	}
	if line >= 0 {
		if alone() {
			env = append(env, trace.LoneSetting)
		}
		env = append(env, trace.Variable+"="+strconv.Itoa(fd))
	}
	return append(env, childVariable+"="+mark)
}

// givenRace is what this process was given for the race detector, before the program
// could change it.
var givenRace = os.Getenv("GORACE")

// asGiven passes that on to a child: where a tool asks for races, a program can't keep
// its children's to itself.
func asGiven(env []string) []string {
	env = slices.DeleteFunc(env, func(s string) bool { return strings.HasPrefix(s, "GORACE=") })
	if givenRace != "" {
		env = append(env, "GORACE="+givenRace)
	}
	return env
}

// quickExit tells the race detector not to sleep for a second at the exit of a
// child, and leaves its other settings as they are.
func quickExit(env []string) []string {
	const variable, setting = "GORACE=", "atexit_sleep_ms="
	for i, s := range env {
		if strings.HasPrefix(s, variable) {
			if !strings.Contains(s, setting) {
				env[i] = s + " " + setting + "0"
			}
			return env
		}
	}
	return append(env, variable+setting+"0")
}

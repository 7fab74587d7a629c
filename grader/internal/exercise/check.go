package exercise

import (
	"fmt"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
)

// mostDeaths is how many processes a check may have killed in a run.
const mostDeaths = 3

// mostRepeat is how often a program can be run by one check.
const mostRepeat = 10_000

// fixtures are the local HTTP servers that there are, by name.
var fixtures = []string{"rates"}

// keysOf are the keys that a check can have beside those that every check has. A
// key that would not be looked at is refused.
var keysOf = map[string][]string{
	"script":  {"script"},
	"speedup": {"speedup", "fixtures"},
}

// wholeOutputs are the keys of which a check has one at most.
var wholeOutputs = []string{"stdout", "stdout_unordered", "stdout_file", "stdout_from"}

// ofEvery are the keys that say what a check is worth and may use, not what it is.
var ofEvery = []string{"name", "points", "bonus", "needs", "hidden", "detail", "hint", "limits"}

// given lists the keys of a check that stand in the file, sorted.
func (d *decoder) given(c *Check) []string {
	fields, names := fieldsOf(reflect.TypeFor[Check]())
	v := reflect.ValueOf(c).Elem()
	return slices.DeleteFunc(slices.Clone(names), func(key string) bool {
		_, there := d.places[v.FieldByIndex(fields[key].Index).Addr().Interface()]
		return !there || slices.Contains(ofEvery, key)
	})
}

// validateKind checks that a check is exactly one of: a run, a speedup, a script.
func (d *decoder) validateKind(e *Exercise, c *Check, where string) {
	given := d.given(c)
	alone := func(kind string, at any) {
		more := slices.DeleteFunc(slices.Clone(given), func(key string) bool { return slices.Contains(keysOf[kind], key) })
		if len(more) > 0 {
			d.at(at, "%s: a %s says everything itself: leave out %s", where, kind, strings.Join(more, ", "))
		}
	}
	switch {
	case c.Script != nil:
		alone("script", &c.Script)
		d.validateScript(e, c, where)
	case c.Speedup != nil:
		alone("speedup", c.Speedup)
		d.validateSpeedup(c.Speedup, where)
	case c.Run == nil && !slices.Contains(given, "run"):
		d.errors = append(d.errors, Error{c.Pos, where + " runs nothing; it needs run, speedup or script"})
	case !c.expects() && !slices.Contains(given, "exit"):
		d.errors = append(d.errors, Error{c.Pos, where + " expects nothing; it needs stdout, stdout_match, stdout_unordered, stdout_file, stdout_from, stdout_order, stdout_not_match, stderr, stderr_match, exit, files, processes, uses, memory, races, goroutine_races or a dialogue in run"})
	}
	if c.GoroutineRaces && (c.Races != nil || c.Speedup != nil) {
		d.at(&c.GoroutineRaces, "%s: goroutine_races is of plain runs: give races and speedup a check of their own", where)
	}
	if c.Races != nil && c.Repeat > 1 {
		d.at(c.Races, "%s: races tries every interleaving by itself: leave out repeat", where)
	}
}

// comparesStdout reports whether standard output must be something whole.
func (c *Check) comparesStdout() bool {
	return c.Stdout != nil || c.StdoutUnordered != nil || c.StdoutFile != "" || c.StdoutFrom != ""
}

// wantsStdout reports whether something must be printed, and nothing else will do.
func (c *Check) wantsStdout() bool {
	return c.comparesStdout() || c.StdoutMatch != nil || c.StdoutOrder != nil
}

func (c *Check) expectsOutput() bool {
	return c.wantsStdout() || c.Stderr != nil || c.StderrMatch != nil || c.talks()
}

// talks reports whether the program must answer in a dialogue.
func (c *Check) talks() bool { return c.Run != nil && len(c.Run.Dialogue) > 0 }

// expects reports whether a check expects anything.
func (c *Check) expects() bool {
	return c.expectsOutput() || c.StdoutNotMatch != nil || c.Exit != Codes{} || c.Files.claims() || c.Processes != nil || c.Uses != nil || c.Races != nil || c.GoroutineRaces || c.Memory != nil ||
		c.Fixtures != nil && c.Fixtures.AtOnce != nil
}

// validateScript reads a check's script, and tells its faults where they stand.
func (d *decoder) validateScript(e *Exercise, c *Check, where string) {
	n := d.blocks[c.Script]
	if n == nil {
		return // it is no script's text, as was said
	}
	fail := func(file string, line, column int, text string) {
		pos := d.inBlock(n, line, column)
		if file != "" {
			pos = Pos{filepath.Join(filepath.Dir(d.file), file), line + 1, column}
		}
		d.errors = append(d.errors, Error{pos, where + ": script: " + text})
	}
	*c.Script = *readScript(n.Value, d.open, fail)
	for _, call := range c.Script.Calls {
		if text := call.impossible(e.LimitsOf(c)); text != "" {
			fail("", call.line, 1, text)
		}
	}
}

// impossible says why no program can do what a call claims, within the limits.
func (c *Call) impossible(l Limits) string {
	if c.Workers >= l.most() {
		return fmt.Sprintf("speedup -workers=%d: %s", c.Workers, l.few())
	}
	for _, x := range c.Claims {
		bounded, ok := x.(interface{ over(Limits) string })
		if !ok || c.Name != "expect" {
			continue
		}
		if text := bounded.over(l); text != "" {
			return "expect " + x.words()[0] + " " + text
		}
	}
	return ""
}

// most is how many processes may be alive at one moment, the program itself one of
// them; what a limit is that is not given, package box says.
func (l Limits) most() int {
	if l.Processes == 0 {
		return 32
	}
	return l.Processes
}

func (l Limits) few() string {
	return fmt.Sprintf("limits.processes allows %d, the program itself one of them", l.most())
}

// over says what of the claim can't be within the limits.
func (p *Processes) over(l Limits) string {
	switch {
	case p.Children != nil && p.Children.Min > l.most():
		return fmt.Sprintf("children: found %s, but %s", p.Children, l.few())
	case p.Overlap != nil && p.Overlap.Min >= l.most():
		return fmt.Sprintf("overlap: found %s, but %s", p.Overlap, l.few())
	}
	return ""
}

// over says what of the claim the limits already see to.
func (m *Memory) over(l Limits) string {
	most := l.Memory
	if most == 0 {
		most = 256 << 20
	}
	for _, bound := range []struct {
		key  string
		size Bytes
	}{{"child", m.Child}, {"total", m.Total}} {
		if bound.size > most {
			return fmt.Sprintf("%s: found %s, but limits.memory ends the program at %s", bound.key, bound.size, most)
		}
	}
	return ""
}

// validateBounds checks what a check says of processes and memory.
func (d *decoder) validateBounds(e *Exercise, c *Check, where string) {
	limits := e.LimitsOf(c)
	if p := c.Processes; p != nil {
		switch text := p.over(limits); {
		case p.Joined != "" && !among(d, &p.Joined, where+": processes.joined", "all"):
		case *p == (Processes{}):
			d.at(p, "%s: processes says nothing; it can have children, joined, overlap, distinct_pids, needed, used or work", where)
		case text != "":
			d.at(p, "%s: processes.%s", where, text)
		}
		d.bounded(p.Children, false, where+": processes.children")
		d.bounded(p.Overlap, true, where+": processes.overlap")
	}
	if f := c.Fixtures; f != nil {
		d.bounded(f.AtOnce, true, where+": fixtures.at_once")
	}
	if m := c.Memory; m != nil {
		switch text := m.over(limits); {
		case *m == (Memory{}):
			d.at(m, "%s: memory says nothing; it can have child or total", where)
		case text != "":
			d.at(m, "%s: memory.%s", where, text)
		}
	}
	if s := c.Speedup; s != nil && s.Workers <= 64 && s.Workers >= limits.most() {
		d.at(&s.Workers, "%s: speedup.workers: found %d, but %s", where, s.Workers, limits.few())
	}
}

// bounded refuses a count that every number fits.
func (d *decoder) bounded(c *Count, least bool, where string) {
	if c != nil && c.anything(least) {
		d.at(c, "%s: every number is %s: it says nothing", where, c)
	}
}

// validateRun checks what a program is given: a script's line can't hold a line
// break, and a draw must be one that the plan understands.
func (d *decoder) validateRun(c *Check, r *Run, where string) {
	if r == nil {
		return
	}
	for i := range r.Args {
		arg := &r.Args[i]
		if strings.ContainsAny(mostDrawn(*arg), "\n\r\x00") {
			d.at(arg, "%s: args[%d] holds a line break; give such text by stdin", where, i+1)
		}
		if found, why := strayBraces(*arg, false); found != "" {
			d.at(arg, "%s: args[%d]: %s", where, i+1, why)
		}
	}
	input := func(text string, at any, where string) {
		if found, why := badDraw(text); found != "" {
			d.at(at, "%s: %s", where, why)
		}
		if found := nearPID().FindString(text); found != "" {
			d.at(at, "%s: found %q, but no process has a pid before the run", where, found)
		}
	}
	input(r.Stdin, &r.Stdin, where+": stdin")
	d.validateDialogue(c, r, where)
	for _, key := range sorted(r.Env) {
		at := entry{&r.Env, key}
		if !variableForm().MatchString(key) {
			d.at(at, "%s: env: %q is no name of a variable", where, key)
		}
		if strings.ContainsAny(mostDrawn(r.Env[key]), "\n\r\x00") {
			d.at(at, "%s: env.%s holds a line break; give such text by stdin", where, key)
		}
		input(r.Env[key], at, fmt.Sprintf("%s: env.%s", where, key))
	}
}

// validateOutput checks what is said of a program's output.
func (d *decoder) validateOutput(c *Check, where string) {
	d.validateWhole(c, where)
	d.validateWritten(c, where)
	d.validateEase(c, where)
}

// validateWhole checks where all of standard output is said: in one place, if any.
func (d *decoder) validateWhole(c *Check, where string) {
	given := 0
	for _, set := range []bool{c.Stdout != nil, c.StdoutUnordered != nil, c.StdoutFile != "", c.StdoutFrom != ""} {
		if set {
			given++
		}
	}
	if given > 1 {
		d.errors = append(d.errors, Error{c.Pos, where + " has more than one of " + joined(wholeOutputs, "and") + "; keep one"})
	}
	if c.Run != nil && (c.Run.draws() || c.Files.draws()) && (c.Stdout != nil || c.Stderr != nil || c.StdoutUnordered != nil || c.StdoutFile != "") {
		d.at(c.Run, "%s: what it is given is drawn from the seed, so its output can't be written down; use stdout_from: solution", where)
	}
	if p := c.Published; p != nil && (c.StdoutFrom != Solution || c.Run == nil || c.Hidden) {
		d.at(p, "%s: published stands in for stdout_from: solution where students have none: leave it out of other checks, and of hidden ones", where)
	}
	if c.StdoutFrom != "" {
		among(d, &c.StdoutFrom, where+": stdout_from", string(Solution))
	}
	d.filled(&c.StdoutFile, where+": stdout_file")
	if f := c.StdoutFile; f != "" && path.Base(f) != f {
		d.at(&c.StdoutFile, "%s: stdout_file: %q is not a file of the exercise's folder", where, f)
	}
	if c.StdoutUnordered != nil && len(c.StdoutUnordered) == 0 {
		d.at(&c.StdoutUnordered, `%s: stdout_unordered is empty; a program that prints nothing has stdout: ""`, where)
	}
}

// validateWritten checks the texts, patterns and lines that an output is compared with.
func (d *decoder) validateWritten(c *Check, where string) {
	fixed := func(text string, at any, key string) {
		if found := nearDraw().FindString(text); found != "" {
			d.at(at, "%s: %s: found %q, but only what a program is given is drawn; use stdout_from: solution", where, key, found)
		}
		if found, why := badPID(text); found != "" {
			d.at(at, "%s: %s: %s", where, key, why)
		}
	}
	for key, text := range map[string]*string{"stdout": c.Stdout, "stderr": c.Stderr} {
		if text != nil {
			fixed(*text, text, key)
		}
	}
	for key, p := range map[string]*Pattern{"stdout_match": c.StdoutMatch, "stdout_not_match": c.StdoutNotMatch, "stderr_match": c.StderrMatch} {
		if p != nil {
			fixed(p.text, p, key)
		}
	}
	for key, lines := range map[string][]string{"stdout_unordered": c.StdoutUnordered, "stdout_order": c.StdoutOrder} {
		for i := range lines {
			line, key := &lines[i], fmt.Sprintf("%s[%d]", key, i+1)
			if strings.ContainsAny(*line, "\n\r") {
				d.at(line, "%s: %s holds a line break; each entry is one line", where, key)
			}
			fixed(*line, line, key)
		}
	}
}

// validateEase checks what lets an output be other than what is written down.
func (d *decoder) validateEase(c *Check, where string) {
	if c.StdoutOrder != nil {
		if why := disordered(c.StdoutOrder); why != "" {
			d.at(&c.StdoutOrder, "%s: stdout_order: %s", where, why)
		}
		for i := range c.StdoutOrder {
			if text := &c.StdoutOrder[i]; strings.Contains(*text, AnyPID) {
				d.at(text, "%s: stdout_order[%d]: %s is whichever child's; write {{pid 1}}", where, i+1, AnyPID)
			}
		}
	}
	if _, given := d.places[&c.Tolerance]; given {
		switch whole := c.comparesStdout() && c.StdoutUnordered == nil || c.Stderr != nil; {
		case !tolerable(c.Tolerance):
			d.at(&c.Tolerance, "%s: tolerance: found %v, needs %s", where, c.Tolerance, tolerances)
		case !whole:
			d.at(&c.Tolerance, "%s: tolerance is of numbers in stdout, stdout_file, stdout_from and stderr, whose lines stand in order", where)
		}
	}
	if c.Loose && !c.comparesStdout() && c.Stderr == nil {
		d.at(&c.Loose, "%s: loose is of white space in stdout, stdout_unordered, stdout_file, stdout_from and stderr", where)
	}
}

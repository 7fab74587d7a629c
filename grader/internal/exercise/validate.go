package exercise

import (
	"fmt"
	"path"
	"slices"
	"sort"
	"strings"
	"time"
)

// validate adds what the types alone can't say: sums, references, ranges and
// which keys go together.
func (d *decoder) validate(e *Exercise) {
	d.validateFiles(e)
	sum, names := 0, make([]string, 0, len(e.Checks))
	for i := range e.Checks {
		c := &e.Checks[i]
		if c.Name == Builds {
			d.at(&c.Name, "the name %q is the grader's own, for what comes before every check", Builds)
		}
		if c.Name != "" && slices.Contains(names, c.Name) {
			d.at(&c.Name, "check %q is there twice", c.Name)
		}
		d.validateCheck(e, c, names)
		sum += c.Points
		names = append(names, c.Name)
	}
	if len(e.Checks) > 0 && sum != e.Points {
		d.at(&e.Points, "points: found %d, but the checks' points add up to %d", e.Points, sum)
	}
	for i := range e.Hints {
		d.filled(&e.Hints[i], fmt.Sprintf("hints[%d]", i+1))
	}
	d.checkNames(&e.Starter, "starter.fails", e.Starter.Fails, names)
	for _, m := range sorted(e.Mutants) {
		at := entry{&e.Mutants, m}
		if !strings.HasSuffix(m, ".go") || path.Base(m) != m {
			d.at(at, "mutants: %q is not a Go file of the mutants folder, such as no_lock.go", m)
		}
		if len(e.Mutants[m]) == 0 {
			d.at(at, "mutants.%s names no check that must catch it", m)
		}
		d.checkNames(at, "mutants."+m, e.Mutants[m], append([]string{Builds}, names...))
	}
	d.validateSpared(e)
	d.validateLimits(&e.Limits)
}

// at records an error at the place of a decoded field, or of the file's start
// where the field was not given.
func (d *decoder) at(field any, format string, args ...any) {
	pos, ok := d.places[field]
	if !ok {
		pos = Pos{d.file, 1, 1}
	}
	for _, e := range d.errors {
		if ok && e.Pos == pos {
			return // its value could not even be read: one error is enough
		}
	}
	d.errors = append(d.errors, Error{pos, fmt.Sprintf(format, args...)})
}

func (d *decoder) filled(s *string, where string) {
	if _, given := d.places[s]; given && strings.TrimSpace(*s) == "" {
		d.at(s, "%s is empty", where)
	}
}

func (d *decoder) checkNames(field any, where string, found, known []string) {
	for _, n := range found {
		if slices.Contains(known, n) {
			continue
		}
		if near, ok := Nearest(n, known); ok {
			d.at(field, "%s: no check is named %q; did you mean %q?", where, n, near)
		} else {
			d.at(field, "%s: no check is named %q; there are %s", where, n, list(quoted(known)))
		}
	}
}

func (d *decoder) validateFiles(e *Exercise) {
	d.filled(&e.Title, "title")
	d.filled(&e.Topic, "topic")
	d.filled(&e.Goal, "goal")
	if _, given := d.places[&e.Edit]; given && len(e.Edit) == 0 {
		d.at(&e.Edit, "edit names no file; a student must be able to change one")
	}
	for i, f := range e.Edit {
		if path.Base(f) != f || !strings.HasSuffix(f, ".go") || strings.HasSuffix(f, "_test.go") {
			d.at(&e.Edit[i], "edit[%d]: %q is not a Go file of the exercise's folder, such as main.go", i+1, f)
		}
	}
	for i, f := range e.Forbid {
		if f != Goroutines {
			d.at(&e.Forbid[i], "forbid[%d]: found %q, can be goroutines", i+1, f)
		}
	}
	directives := []string{"//go:build", "//go:embed", "//go:linkname"}
	for i, a := range e.Allow {
		if !slices.Contains(directives, a) {
			d.at(&e.Allow[i], "allow[%d]: found %q, can be %s", i+1, a, list(directives))
		}
	}
	if _, given := d.places[&e.Checks]; given && len(e.Checks) == 0 {
		d.at(&e.Checks, "checks is empty; an exercise marks something")
	}
}

func (d *decoder) validateCheck(e *Exercise, c *Check, before []string) {
	where := fmt.Sprintf("check %q", c.Name)
	d.filled(&c.Name, "a check's name")
	if c.Points < 0 {
		d.at(&c.Points, "%s: points: found %d, needs 0 or more", where, c.Points)
	}
	d.checkNames(&c.Needs, where+": needs (an earlier check)", c.Needs, before)
	if _, given := d.places[&c.Hint]; given && (c.Hint < 1 || c.Hint > len(e.Hints)) {
		d.at(&c.Hint, "%s: hint: found %d, but there are %d hints", where, c.Hint, len(e.Hints))
	}
	if _, given := d.places[&c.Repeat]; given && (c.Repeat < 1 || c.Repeat > 10_000) {
		d.at(&c.Repeat, "%s: repeat: found %d, needs 1 to 10000", where, c.Repeat)
	}
	if _, given := d.places[&c.Exit]; given && (c.Exit < 0 || c.Exit > 255) {
		d.at(&c.Exit, "%s: exit: found %d, needs 0 to 255", where, c.Exit)
	}
	d.validateKind(c, where)
	d.validateStdout(c, where)
	d.validateRun(c.Run, where+": run")
	if s := c.Speedup; s != nil {
		d.validateRun(s.Serial, where+": speedup.serial")
		d.validateRun(s.Parallel, where+": speedup.parallel")
	}
	if c.Run != nil && c.Run.Draws() && (c.Stdout != nil || c.StdoutUnordered != nil || c.StdoutFile != "") {
		d.at(c.Run, "%s: its arguments are drawn from the seed, so its output can't be written down; use stdout_from: solution", where)
	}
	if p := c.Processes; p != nil {
		if p.Joined != "" && p.Joined != "all" {
			d.at(&p.Joined, "%s: processes.joined: found %q, can be all", where, p.Joined)
		}
		if *p == (Processes{}) {
			d.at(p, "%s: processes says nothing; it can have children, joined, overlap, distinct_pids, needed or work", where)
		}
		d.validateWork(c, p, where)
	}
	if u := c.Uses; u != nil {
		d.validateUses(c, u, where)
	}
	if r := c.Races; r != nil && r.CapacityZero != "" && r.CapacityZero != "warn" {
		d.at(&r.CapacityZero, "%s: races.capacity_zero: found %q, can be warn", where, r.CapacityZero)
	}
	if m := c.Memory; m != nil && *m == (Memory{}) {
		d.at(m, "%s: memory says nothing; it can have child or total", where)
	}
	if f := c.Fixtures; f != nil && f.HTTP != "rates" {
		d.at(&f.HTTP, "%s: fixtures.http: found %q, can be rates", where, f.HTTP)
	}
	if f := c.Fixtures; f != nil && f.AtOnce != nil && (c.Races != nil || c.Speedup != nil) {
		d.at(&f.AtOnce, "%s: fixtures.at_once is counted in plain runs: leave out races and speedup", where)
	}
}

// validateKind checks that a check is exactly one of: a run, a speedup, a script.
func (d *decoder) validateKind(c *Check, where string) {
	switch {
	case c.Script != "":
		if c.Run != nil || c.Speedup != nil || c.expects() {
			d.at(&c.Script, "%s: a script says everything itself: leave out run, stdout, processes and the like", where)
		}
		d.validateScript(c, where)
	case c.Speedup != nil:
		if c.Run != nil || c.Races != nil || c.Processes != nil {
			d.at(c.Speedup, "%s: a speedup has its own serial and parallel runs: leave out run, races and processes", where)
		}
		d.validateSpeedup(c.Speedup, where)
	case c.Run == nil:
		d.errors = append(d.errors, Error{c.Pos, where + " runs nothing; it needs run, speedup or script"})
	case !c.expects():
		d.errors = append(d.errors, Error{c.Pos, where + " expects nothing; it needs stdout, stdout_match, stdout_unordered, stdout_file, stdout_from, stderr_match, exit, processes, uses, memory, races or goroutine_races"})
	}
	if c.GoroutineRaces && (c.Races != nil || c.Speedup != nil) {
		d.at(&c.GoroutineRaces, "%s: goroutine_races is of plain runs: give races and speedup a check of their own", where)
	}
	if c.Races != nil && c.Repeat > 1 {
		d.at(c.Races, "%s: races tries every interleaving by itself: leave out repeat", where)
	}
}

func (c *Check) expectsOutput() bool {
	return c.Stdout != nil || c.StdoutMatch != nil || c.StdoutUnordered != nil || c.StdoutFile != "" || c.StdoutFrom != "" || c.StderrMatch != nil
}

// expects says whether a check expects anything.
func (c *Check) expects() bool {
	return c.expectsOutput() || c.Exit != 0 || c.Processes != nil || c.Uses != nil || c.Races != nil || c.GoroutineRaces || c.Memory != nil ||
		c.Fixtures != nil && c.Fixtures.AtOnce != nil
}

// validateRun checks arguments: a script's line can't hold a line break, and a
// draw must be one that the plan understands.
func (d *decoder) validateRun(r *Run, where string) {
	if r == nil {
		return
	}
	for i := range r.Args {
		arg := &r.Args[i]
		if strings.ContainsAny(*arg, "\n\r\x00") {
			d.at(arg, "%s: args[%d] holds a line break; give such text by stdin", where, i+1)
		}
		rest := drawForm.ReplaceAllStringFunc(*arg, func(found string) string {
			if _, _, ok := drawBounds(found); !ok {
				d.at(arg, "%s: args[%d]: %s needs its smaller number first", where, i+1, found)
			}
			return ""
		})
		if strings.Contains(rest, "{{") {
			d.at(arg, "%s: args[%d]: found %q, a draw is written {{int 3 9}}", where, i+1, *arg)
		}
	}
}

func (d *decoder) validateStdout(c *Check, where string) {
	given := 0
	for _, set := range []bool{c.Stdout != nil, c.StdoutUnordered != nil, c.StdoutFile != "", c.StdoutFrom != ""} {
		if set {
			given++
		}
	}
	if given > 1 {
		d.errors = append(d.errors, Error{c.Pos, where + " has more than one of stdout, stdout_unordered, stdout_file and stdout_from; keep one"})
	}
	if c.StdoutFrom != "" && c.StdoutFrom != Solution {
		d.at(&c.StdoutFrom, "%s: stdout_from: found %q, can be solution", where, c.StdoutFrom)
	}
	if f := c.StdoutFile; f != "" && path.Base(f) != f {
		d.at(&c.StdoutFile, "%s: stdout_file: %q is not a file of the exercise's folder", where, f)
	}
}

func (d *decoder) validateSpeedup(s *Speedup, where string) {
	if _, given := d.places[&s.Workers]; given && (s.Workers < 2 || s.Workers > 64) {
		d.at(&s.Workers, "%s: speedup.workers: found %d, needs 2 to 64", where, s.Workers)
	}
	if _, given := d.places[&s.AtLeast]; given && (s.AtLeast <= 0 || s.AtLeast > 1) {
		d.at(&s.AtLeast, "%s: speedup.at_least: found %v, needs a share above 0 and at most 1", where, s.AtLeast)
	}
}

func (d *decoder) validateLimits(l *Limits) {
	between := func(field any, name string, found, low, high int64, print func(int64) string) {
		if _, given := d.places[field]; given && found != 0 && (found < low || found > high) {
			d.at(field, "limits.%s: found %s, needs %s to %s", name, print(found), print(low), print(high))
		}
	}
	span := func(n int64) string { return time.Duration(n).String() }
	size := func(n int64) string { return Bytes(n).String() }
	number := func(n int64) string { return fmt.Sprint(n) }
	between(&l.Wall, "wall", int64(l.Wall), int64(100*time.Millisecond), int64(10*time.Minute), span)
	between(&l.CPU, "cpu", int64(l.CPU), int64(100*time.Millisecond), int64(time.Hour), span)
	between(&l.Memory, "memory", int64(l.Memory), 16<<20, 16<<30, size)
	between(&l.Output, "output", int64(l.Output), 1<<10, 64<<20, size)
	between(&l.Files, "files", int64(l.Files), 4<<10, 1<<30, size)
	if _, given := d.places[&l.Processes]; given && (l.Processes < 1 || l.Processes > 1024) {
		d.at(&l.Processes, "limits.processes: found %s, needs 1 to 1024", number(int64(l.Processes)))
	}
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

func quoted(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = fmt.Sprintf("%q", n)
	}
	return out
}

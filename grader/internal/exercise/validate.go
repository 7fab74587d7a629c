package exercise

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"sort"
	"strings"
	"time"
	"unicode"
)

// validate adds what the types alone can't say: sums, references, ranges and
// which keys go together.
func (d *decoder) validate(e *Exercise) {
	d.validateFiles(e)
	sum, names := 0, make([]string, 0, len(e.Checks))
	for i := range e.Checks {
		c := &e.Checks[i]
		d.oneLine(&c.Name, "a check's name")
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

// oneLine refuses what would be a line of its own where the text is shown or run.
func (d *decoder) oneLine(s *string, where string) {
	if strings.ContainsFunc(*s, unicode.IsControl) {
		d.at(s, "%s holds a line break or another sign that can't be seen", where)
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
	d.oneLine(&e.Title, "title")
	d.oneLine(&e.Topic, "topic")
	d.validateImports(e)
	if _, given := d.places[&e.Edit]; given && len(e.Edit) == 0 {
		d.at(&e.Edit, "edit names no file; a student must be able to change one")
	}
	d.goFiles(e.Edit, "edit", "main.go")
	d.goFiles(e.Support, "support", "helper.go")
	for i, f := range e.Support {
		if slices.Contains(e.Edit, f) {
			d.at(&e.Support[i], "support[%d]: %s stands in edit too; it is the student's or the course's", i+1, f)
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

// goFiles wants names of Go files that lie in the exercise's folder itself.
func (d *decoder) goFiles(names []string, key, example string) {
	for i, f := range names {
		if path.Base(f) != f || !strings.HasSuffix(f, ".go") || strings.HasSuffix(f, "_test.go") {
			d.at(&names[i], "%s[%d]: %q is not a Go file of the exercise's folder, such as %s", key, i+1, f, example)
		}
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
	if _, given := d.places[&c.Repeat]; given && (c.Repeat < 1 || c.Repeat > mostRepeat) {
		d.at(&c.Repeat, "%s: repeat: found %d, needs 1 to %d", where, c.Repeat, mostRepeat)
	}
	if _, given := d.places[&c.Exit]; given && (c.Exit < 0 || c.Exit > 255) {
		d.at(&c.Exit, "%s: exit: found %d, needs 0 to 255", where, c.Exit)
	}
	d.validateKind(e, c, where)
	d.validateOutput(c, where)
	d.validateRun(c.Run, where+": run")
	if s := c.Speedup; s != nil {
		d.validateRun(s.Serial, where+": speedup.serial")
		d.validateRun(s.Parallel, where+": speedup.parallel")
		if p, q := s.Serial, s.Parallel; p != nil && q != nil && (p.Stdin != "" && p.Stdin != q.Stdin || len(p.Env) > 0 && !maps.Equal(p.Env, q.Env)) {
			d.at(p, "%s: speedup.serial: its input and variables are those of the parallel run; give it only args", where)
		}
	}
	d.validateBounds(e, c, where)
	if p := c.Processes; p != nil {
		d.validateWork(c, p, where)
	}
	if u := c.Uses; u != nil {
		d.validateUses(c, u, where)
	}
	if r := c.Races; r != nil && r.CapacityZero != "" && r.CapacityZero != "warn" {
		d.at(&r.CapacityZero, "%s: races.capacity_zero: found %q, can be warn", where, r.CapacityZero)
	}
	if f := c.Fixtures; f != nil && !slices.Contains(fixtures, f.HTTP) {
		d.at(&f.HTTP, "%s: fixtures.http: found %q, can be %s", where, f.HTTP, list(fixtures))
	}
	if f := c.Fixtures; f != nil && f.AtOnce != nil && (c.Races != nil || c.Speedup != nil) {
		d.at(&f.AtOnce, "%s: fixtures.at_once is counted in plain runs: leave out races and speedup", where)
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

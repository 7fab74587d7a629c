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
	e.nameCases()
	sum, names, bonuses := 0, make([]string, 0, len(e.Checks)), []string(nil)
	for i := range e.Checks {
		c := &e.Checks[i]
		d.oneLine(&c.Name, "a check's name")
		if c.Name == Builds {
			d.at(&c.Name, "the name %q is the grader's own, for what comes before every check", Builds)
		}
		if c.Name != "" && (slices.Contains(names, c.Name) || slices.ContainsFunc(e.Checks, func(other Check) bool { return other.Of == c.Name })) {
			d.at(&c.Name, "check %q is there twice", c.Name)
		}
		d.validateCheck(e, c, names)
		for _, need := range c.Needs {
			if !c.Bonus && slices.Contains(bonuses, need) {
				d.at(&c.Needs, "check %q: needs: %q is a bonus, which may fail; only a bonus can need it", c.Name, need)
			}
		}
		if c.Bonus {
			bonuses = append(bonuses, c.Name)
		}
		counted, _ := c.Most()
		sum += counted
		names = append(names, c.Name)
	}
	if len(e.Checks) > 0 && sum != e.Points {
		d.at(&e.Points, "points: found %d, but the checks' points add up to %d%s", e.Points, sum, when(len(bonuses) > 0, ", without bonuses"))
	}
	for i := range e.Hints {
		d.filled(&e.Hints[i], fmt.Sprintf("hints[%d]", i+1))
	}
	d.checkNames(&e.Starter, "starter.fails", e.Starter.Fails, append([]string{Builds}, names...))
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
	d.validateLimits(&e.Limits, "limits")
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

// between refuses a number that was given and is out of its bounds.
func (d *decoder) between(n *int, where string, low, high int) {
	if _, given := d.places[n]; given && (*n < low || *n > high) {
		d.at(n, "%s: found %d, needs %d to %d", where, *n, low, high)
	}
}

// among refuses a word that is none of those that there are, and reports whether it is
// one.
func among[S ~string](d *decoder, word *S, where string, known ...string) bool {
	ok := slices.Contains(known, string(*word))
	if !ok {
		d.at(word, "%s: found %q, can be %s", where, *word, list(known))
	}
	return ok
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
	d.shortText(&e.Title, "title")
	d.shortText(&e.Topic, "topic")
	d.filled(&e.Goal, "goal")
	d.validateImports(e)
	if _, given := d.places[&e.Edit]; given && len(e.Edit) == 0 {
		d.at(&e.Edit, "edit names no file; a student must be able to change one")
	}
	d.goFiles(e.Edit, "edit", "main.go")
	d.goFiles(e.Support, "support", "helper.go")
	for i, name := range e.Programs {
		switch at := &e.Programs[i]; {
		case !programForm().MatchString(name):
			d.at(at, "programs[%d]: %q is no name of a program, such as upper: its source is programs/upper/main.go", i+1, name)
		case slices.Contains(e.Programs[:i], name):
			d.at(at, "programs[%d]: %s is there twice", i+1, name)
		}
	}
	for i, f := range e.Support {
		if slices.Contains(e.Edit, f) {
			d.at(&e.Support[i], "support[%d]: %s stands in edit too; it is the student's or the course's", i+1, f)
		}
	}
	d.validateNames(e)
	for i := range e.Allow {
		among(d, &e.Allow[i], fmt.Sprintf("allow[%d]", i+1), directives...)
	}
	if _, given := d.places[&e.Checks]; given && len(e.Checks) == 0 {
		d.at(&e.Checks, "checks is empty; an exercise marks something")
	}
}

// directives are those that can be allowed.
var directives = []string{"//go:build", "//go:embed", "//go:linkname"}

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
	if c.Bonus && c.Points == 0 {
		d.at(&c.Bonus, "%s: bonus: but it has no points", where)
	}
	if l := c.Limits; l != nil {
		if *l == (Limits{}) {
			d.at(l, "%s: limits says nothing; it can have wall, cpu, memory, processes, output or files", where)
		}
		d.validateLimits(l, where+": limits")
	}
	d.checkNames(&c.Needs, where+": needs (an earlier check)", c.Needs, before)
	d.between(&c.Repeat, where+": repeat", 1, mostRepeat)
	d.validateKind(e, c, where)
	d.validateSignals(e, c, where)
	d.validateHint(e, c, where)
	d.validateOutput(c, where)
	d.validateRun(c, c.Run, where+": run")
	if s := c.Speedup; s != nil {
		d.validateRun(c, s.Serial, where+": speedup.serial")
		d.validateRun(c, s.Parallel, where+": speedup.parallel")
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
	if r := c.Races; r != nil {
		d.between(&r.Deaths, where+": races.deaths", 1, mostDeaths)
		if r.CapacityZero != "" {
			among(d, &r.CapacityZero, where+": races.capacity_zero", "warn")
		}
	}
	if p := c.Play; p != nil {
		d.validatePlay(c, p, where+": play")
	}
	d.validateHold(c, where+": hold")
	if c.Files != nil {
		d.validateFolder(c, c.Files, where+": files")
	}
	if f := c.Fixtures; f != nil {
		among(d, &f.HTTP, where+": fixtures.http", fixtures...)
	}
	if f := c.Fixtures; f != nil && f.AtOnce != nil && (c.Races != nil || c.Speedup != nil) {
		d.at(&f.AtOnce, "%s: fixtures.at_once is counted in plain runs: leave out races and speedup", where)
	}
}

func (d *decoder) validateSpeedup(s *Speedup, where string) {
	d.between(&s.Workers, where+": speedup.workers", 2, 64)
	if _, given := d.places[&s.AtLeast]; given && (s.AtLeast <= 0 || s.AtLeast > 1) {
		d.at(&s.AtLeast, "%s: speedup.at_least: found %v, needs a share above 0 and at most 1", where, s.AtLeast)
	}
}

func (d *decoder) validateLimits(l *Limits, where string) {
	between := func(field any, name string, found, low, high int64, print func(int64) string) {
		if _, given := d.places[field]; given && found != 0 && (found < low || found > high) {
			d.at(field, "%s.%s: found %s, needs %s to %s", where, name, print(found), print(low), print(high))
		}
	}
	span := func(n int64) string { return time.Duration(n).String() }
	size := func(n int64) string { return Bytes(n).String() }
	between(&l.Wall, "wall", int64(l.Wall), int64(100*time.Millisecond), int64(10*time.Minute), span)
	between(&l.CPU, "cpu", int64(l.CPU), int64(100*time.Millisecond), int64(time.Hour), span)
	between(&l.Memory, "memory", int64(l.Memory), 16<<20, 16<<30, size)
	between(&l.Output, "output", int64(l.Output), 1<<10, 64<<20, size)
	between(&l.Files, "files", int64(l.Files), 4<<10, 1<<30, size)
	d.between(&l.Processes, where+".processes", 1, 1024)
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

package plan

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"lockstep/grader/internal/exercise"
)

// scripted makes a check a script of the commands that package script knows.
func scripted(e *exercise.Exercise, c *exercise.Check, seed uint64) *exercise.Script {
	begin := func(part int) exercise.Pick { return draws(e, c, seed, part) }
	if c.Script != nil {
		return c.Script.Draw(e.Dir, begin)
	}
	w := &writer{Script: exercise.NewScript(), check: c}
	if c.Fixtures != nil {
		w.call(exercise.Call{Name: "fixture", Args: []string{"http", c.Fixtures.HTTP}})
	}
	if c.Files != nil {
		w.folder(c.Files, begin(0))
	}
	if s := c.Speedup; s != nil {
		call := w.run("speedup", w.draw(s.Parallel, begin))
		call.Workers, call.AtLeast, call.Own, call.Budget = s.Workers, s.AtLeast, s.Own, s.Budget
		call.SerialArgs = w.draw(s.Serial, begin).Args
		call.Serial = w.File("serial", lines(call.SerialArgs))
		w.call(call)
	} else {
		w.runs(w.draw(c.Run, begin))
	}
	w.Write(c.Name)
	return w.Script
}

// writer adds what a check's keys say to a script.
type writer struct {
	*exercise.Script
	check *exercise.Check
	err   error // of what could not be drawn
}

func (w *writer) call(c exercise.Call) {
	c.Err = w.err
	w.Calls = append(w.Calls, c)
}

func (w *writer) draw(r *exercise.Run, begin func(part int) exercise.Pick) *exercise.Run {
	drawn, err := draw(r, begin)
	w.err = errors.Join(w.err, err)
	return drawn
}

// run is a line that is given what a run is.
func (w *writer) run(name string, r *exercise.Run) exercise.Call {
	call := exercise.Call{Name: name, Args: r.Args, Repeat: 1}
	if r.Stdin != "" {
		call.Stdin = w.File("stdin", r.Stdin)
	}
	if len(r.Dialogue) > 0 {
		call.Turns, call.Dialogue = r.Dialogue, w.File("dialogue", exercise.TurnLines(r.Dialogue))
	}
	for _, key := range slices.Sorted(maps.Keys(r.Env)) {
		call.Env = append(call.Env, key+"="+r.Env[key])
	}
	return call
}

// folder is the line that gives files.
func (w *writer) folder(f *exercise.Files, pick exercise.Pick) {
	if len(f.Given) == 0 && !f.Shared {
		return
	}
	call := exercise.Call{Name: "folder", Shared: f.Shared, Repeat: 1}
	for _, name := range slices.Sorted(maps.Keys(f.Given)) {
		call.Args = append(call.Args, name+"="+w.File("given/"+name, exercise.ExpandDraws(f.Given[name], pick)))
	}
	w.call(call)
}

// runs adds a check's runs and what must hold of them.
func (w *writer) runs(run *exercise.Run) {
	c := w.check
	if c.StdoutFrom == exercise.Solution {
		call := w.run("reference", run)
		call.Exit, call.Signals = c.Exit, c.Signals
		w.call(call)
	}
	output := w.output()
	claims := slices.Concat(output, w.bounds())
	if c.Races != nil {
		call := w.run("interleavings", run)
		call.Budget, call.Deaths, call.CapacityZero = c.Races.Budget, c.Races.Deaths, c.Races.CapacityZero
		call.Claims, call.Each = claims, w.ClaimFile("claims", claims)
		w.call(call)
	} else {
		call := w.run("program", run)
		call.Repeat, call.Race, call.Signals = max(1, c.Repeat), c.GoroutineRaces, c.Signals
		call.Hold = c.Hold
		w.call(call)
		if c.GoroutineRaces { // first: a process that has a race ends with another code
			w.call(exercise.Expect(exercise.NoRaces{}))
		}
		for _, x := range claims {
			w.call(exercise.Expect(x))
		}
	}
	if p := c.Processes; p != nil && p.Needed != "" {
		call := w.run("idle", run)
		call.One, call.Used, call.Signals = p.Needed == exercise.Each, p.Used == exercise.Each, c.Signals
		call.Claims, call.Each = output, w.ClaimFile("output", output)
		w.call(call)
	}
}

// output is what a check expects of how a run ends and of what it prints.
func (w *writer) output() []exercise.Expectation {
	c := w.check
	all := []exercise.Expectation{exercise.Exit{Codes: c.Exit}}
	stdout := func(how, file string) {
		all = append(all, exercise.Output{Stream: "stdout", How: how, File: file, Within: c.Tolerance, Loose: c.Loose})
	}
	switch {
	case c.Stdout != nil:
		stdout("equals", w.File("want/stdout", *c.Stdout))
	case c.StdoutUnordered != nil:
		stdout("unordered", w.File("want/stdout", lines(c.StdoutUnordered)))
	case c.StdoutFile != "":
		stdout("equals", "$EXERCISE/"+c.StdoutFile)
	case c.StdoutFrom == exercise.Solution:
		stdout("equals", "reference/stdout")
	}
	if c.StdoutMatch != nil {
		all = append(all, exercise.Output{Stream: "stdout", How: "matches", Pattern: c.StdoutMatch.String()})
	}
	if c.StdoutNotMatch != nil {
		all = append(all, exercise.Output{Not: true, Stream: "stdout", How: "matches", Pattern: c.StdoutNotMatch.String()})
	}
	if c.StdoutOrder != nil {
		all = append(all, exercise.Output{Stream: "stdout", How: "order", File: w.File("want/order", lines(c.StdoutOrder))})
	}
	if c.Stderr != nil {
		all = append(all, exercise.Output{Stream: "stderr", How: "equals", File: w.File("want/stderr", *c.Stderr), Within: c.Tolerance, Loose: c.Loose})
	}
	if c.StderrMatch != nil {
		all = append(all, exercise.Output{Stream: "stderr", How: "matches", Pattern: c.StderrMatch.String()})
	}
	return all
}

// bounds is what a check expects of the run's processes.
func (w *writer) bounds() []exercise.Expectation {
	var all []exercise.Expectation
	c := w.check
	if c.Processes != nil && c.Processes.Claims() {
		all = append(all, c.Processes)
	}
	if c.Uses != nil {
		all = append(all, c.Uses)
	}
	all = append(all, w.left()...)
	if c.Memory != nil {
		all = append(all, c.Memory)
	}
	if c.Fixtures != nil && c.Fixtures.AtOnce != nil {
		all = append(all, &exercise.Requests{AtOnce: c.Fixtures.AtOnce})
	}
	return all
}

// left is what a check expects of the files that the run leaves.
func (w *writer) left() []exercise.Expectation {
	f := w.check.Files
	if f == nil {
		return nil
	}
	var all []exercise.Expectation
	for _, name := range slices.Sorted(maps.Keys(f.Left)) {
		all = append(all, exercise.Leaves{Name: name, How: "equals", File: w.File("left/"+name, f.Left[name])})
	}
	for _, name := range slices.Sorted(maps.Keys(f.LeftMatch)) {
		all = append(all, exercise.Leaves{Name: name, How: "matches", Pattern: f.LeftMatch[name].String()})
	}
	for _, name := range f.Absent {
		all = append(all, exercise.Leaves{Name: name, How: "absent"})
	}
	if len(f.EachChild) > 0 {
		all = append(all, &exercise.Steps{EachChild: f.EachChild})
	}
	return all
}

// lines writes texts one a line.
func lines(texts []string) string {
	var all strings.Builder
	for _, text := range texts {
		all.WriteString(text + "\n")
	}
	return all.String()
}

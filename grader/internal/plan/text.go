package plan

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"

	"lockstep/grader/internal/exercise"
)

// text writes a check as a script of the commands that package script knows.
func text(e *exercise.Exercise, c *exercise.Check, seed uint64) string {
	begin := func() func(low, high int) string { return draws(e, c, seed) }
	if c.Script != nil {
		return c.Script.Expand(begin)
	}
	w := &writer{}
	w.line("#", c.Name)
	if c.Fixtures != nil {
		w.line("fixture", "http", c.Fixtures.HTTP)
	}
	if s := c.Speedup; s != nil {
		w.speedup(s, draw(s.Parallel, begin()), draw(s.Serial, begin()))
		return w.archive()
	}
	run := draw(c.Run, begin())
	if c.StdoutFrom == exercise.Solution {
		flags := w.run(run)
		if c.Exit != 0 {
			flags = append(flags, "-exit="+strconv.Itoa(c.Exit))
		}
		w.call("reference", flags, run.Args)
	}
	if c.Races != nil {
		w.interleavings(e, c, run)
		w.idle(e, c, run)
		return w.archive()
	}
	flags := w.run(run)
	if c.Repeat > 1 {
		flags = append(flags, fmt.Sprintf("-repeat=%d", c.Repeat))
	}
	if c.GoroutineRaces {
		flags = append(flags, "-race")
	}
	w.call("program", flags, run.Args)
	for _, claim := range w.claims(e, c) {
		w.line(append([]string{"expect"}, claim...)...)
	}
	w.idle(e, c, run)
	return w.archive()
}

// writer collects a script's lines and files.
type writer struct {
	lines []string
	files []txtar.File
}

func (w *writer) line(words ...string) {
	if words[0] == "#" {
		w.lines = append(w.lines, "# "+strings.Join(words[1:], " "))
		return
	}
	w.lines = append(w.lines, quoteAll(words))
}

// call writes a command, its flags and the program's arguments. Arguments that look
// like flags stand behind "--".
func (w *writer) call(command string, flags, args []string) {
	words := append([]string{command}, flags...)
	if len(args) > 0 && strings.HasPrefix(args[0], "-") {
		words = append(words, "--")
	}
	w.line(append(words, args...)...)
}

// file adds a file and returns its name. A text that txtar can't hold as it is
// (no newline at its end, or a line that looks like a file's header) is written
// as a Go string in a file whose name ends in .quoted.
func (w *writer) file(name, data string) string {
	if (data != "" && !strings.HasSuffix(data, "\n")) || len(txtar.Parse([]byte(data)).Files) > 0 {
		name, data = name+".quoted", strconv.Quote(data)+"\n"
	}
	for _, have := range w.files {
		if have.Name == name {
			return name
		}
	}
	w.files = append(w.files, txtar.File{Name: name, Data: []byte(data)})
	return name
}

func (w *writer) archive() string {
	a := &txtar.Archive{Comment: []byte(strings.Join(w.lines, "\n") + "\n"), Files: w.files}
	return string(txtar.Format(a))
}

// run returns the flags that give a run its input and environment.
func (w *writer) run(r *exercise.Run) []string {
	var flags []string
	if r.Stdin != "" {
		flags = append(flags, "-stdin="+w.file("stdin", r.Stdin))
	}
	keys := make([]string, 0, len(r.Env))
	for k := range r.Env {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		flags = append(flags, "-env="+k+"="+r.Env[k])
	}
	return flags
}

// claims returns what a check expects, each as the words after `expect`.
func (w *writer) claims(e *exercise.Exercise, c *exercise.Check) [][]string {
	var out [][]string
	claim := func(words ...string) { out = append(out, words) }
	if c.GoroutineRaces {
		claim("no-races") // first: a process that has a race ends with another code
	}
	claim("exit", strconv.Itoa(c.Exit))
	switch {
	case c.Stdout != nil:
		claim("stdout", "equals", w.file("want/stdout", *c.Stdout))
	case c.StdoutUnordered != nil:
		claim("stdout", "unordered", w.file("want/stdout", strings.Join(c.StdoutUnordered, "\n")+"\n"))
	case c.StdoutFile != "":
		claim("stdout", "equals", "$EXERCISE/"+c.StdoutFile)
	case c.StdoutFrom == exercise.Solution:
		claim("stdout", "equals", "reference/stdout")
	}
	if c.StdoutMatch != nil {
		claim("stdout", "matches", c.StdoutMatch.String())
	}
	if c.StderrMatch != nil {
		claim("stderr", "matches", c.StderrMatch.String())
	}
	if p := c.Processes; p != nil {
		words := []string{"processes"}
		if p.Children != nil {
			words = append(words, "children="+p.Children.String())
		}
		if p.Joined != "" {
			words = append(words, "joined="+p.Joined)
		}
		if p.Overlap != nil {
			words = append(words, "overlap="+p.Overlap.String())
		}
		if p.DistinctPIDs {
			words = append(words, "distinct-pids")
		}
		if p.Work != 0 {
			words = append(words, fmt.Sprintf("work=%g", p.Work))
		}
		if len(words) > 1 {
			claim(words...)
		}
	}
	if u := c.Uses; u != nil {
		words := []string{"uses"}
		for _, by := range []struct {
			who string
			do  []exercise.Use
		}{{"each-child", u.EachChild}, {"parent", u.Parent}} {
			for _, do := range by.do {
				words = append(words, by.who+"="+string(do))
			}
		}
		claim(words...)
	}
	if m := c.Memory; m != nil {
		words := []string{"memory"}
		if m.Child != 0 {
			words = append(words, "child="+m.Child.String())
		}
		if m.Total != 0 {
			words = append(words, "total="+m.Total.String())
		}
		claim(words...)
	}
	if f := c.Fixtures; f != nil && f.AtOnce != nil {
		claim("requests", "at-once="+f.AtOnce.String())
	}
	return out
}

// interleavings writes the exploring command. What must hold in each
// interleaving stands in a file of its own, a claim per line, since it has to be
// known before the first run.
func (w *writer) interleavings(e *exercise.Exercise, c *exercise.Check, run *exercise.Run) {
	flags := w.run(run)
	if c.Races.Budget != 0 {
		flags = append(flags, "-budget="+c.Races.Budget.Std().String())
	}
	if c.Races.CapacityZero != "" {
		flags = append(flags, "-capacity-zero="+c.Races.CapacityZero)
	}
	flags = append(flags, "-each="+w.each("each", w.claims(e, c)))
	w.call("interleavings", flags, run.Args)
}

// each writes a file of claims, one per line.
func (w *writer) each(name string, claims [][]string) string {
	var text strings.Builder
	for _, claim := range claims {
		text.WriteString(quoteAll(claim) + "\n")
	}
	return w.file(name, text.String())
}

// idle writes the command that leaves out what children do, where a check wants to
// know whether they are needed for its output.
func (w *writer) idle(e *exercise.Exercise, c *exercise.Check, run *exercise.Run) {
	if c.Processes == nil || c.Processes.Needed == "" {
		return
	}
	var output [][]string
	for _, claim := range w.claims(e, c) {
		switch claim[0] {
		case "exit", "stdout", "stderr":
			output = append(output, claim)
		}
	}
	flags := w.run(run)
	if c.Processes.Needed == exercise.Each {
		flags = append(flags, "-one")
	}
	if c.Processes.Used == exercise.Each {
		flags = append(flags, "-used")
	}
	flags = append(flags, "-each="+w.each("output", output))
	w.call("idle", flags, run.Args)
}

func (w *writer) speedup(s *exercise.Speedup, parallel, serial *exercise.Run) {
	flags := []string{fmt.Sprintf("-workers=%d", s.Workers), fmt.Sprintf("-at-least=%g", s.AtLeast)}
	if s.Budget != 0 {
		flags = append(flags, "-budget="+s.Budget.Std().String())
	}
	flags = append(flags, w.run(parallel)...)
	var serialArgs strings.Builder
	for _, arg := range serial.Args {
		serialArgs.WriteString(arg + "\n")
	}
	flags = append(flags, "-serial="+w.file("serial", serialArgs.String()))
	w.call("speedup", flags, parallel.Args)
}

// quoteAll writes words so that testscript reads the same words back.
func quoteAll(words []string) string {
	out := make([]string, len(words))
	for i, word := range words {
		out[i] = quote(word)
	}
	return strings.Join(out, " ")
}

func quote(word string) string {
	if strings.HasPrefix(word, "$EXERCISE/") {
		return word
	}
	if word != "" && !strings.ContainsAny(word, " \t'#$\"\\[]&<>|*?") {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", "''") + "'"
}

package explore

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"lockstep/grader/internal/explore/detect"
	"lockstep/grader/internal/explore/model"
	"lockstep/grader/internal/explore/search"
	"lockstep/mp/trace"
)

// failureOf makes a failure of a run and of what is wrong with it.
func (x *exploration) failureOf(e *search.Execution, fault Fault) Failure {
	w := e.World
	d := x.diagnose(e)
	if id, words, ok := panicked(e); ok && (d.Pattern == detect.Crash || slices.ContainsFunc(d.Steps, func(i int) bool { return w.Events[i].Phase == model.Dies })) {
		fault = Fault{Outcome: fault.Outcome, Text: w.Title(id) + " dies of a panic: " + words}
	}
	tell := map[int]string{}
	if d.Pattern == detect.Wrong {
		tell = idlePipes(w)
	}
	for _, short := range []string{d.Short, x.separate(w, d.Pattern, tell)} {
		if short != "" {
			fault.Text += ": " + short
		}
	}
	for _, i := range d.Steps {
		if x := &w.Events[i]; x.TimeOver() && d.Notes[i] != nil {
			fault.Text += fmt.Sprintf(", after the time of %s's %s%s was over", w.Title(x.Proc), limitCall(w, x.Op), atSite(x.Op.Site))
			break
		}
	}
	for i := range w.Events {
		if e := &w.Events[i]; w.Struck(e) {
			fault.Text += fmt.Sprintf(", after %s was killed%s%s", w.Title(e.Proc), holding(w, i), beforeSite(e.Op.Site))
		}
	}
	f := Failure{Pattern: d.Pattern, Message: fault.String(), Outcome: fault.Outcome, Schedule: search.ScheduleOf(w).String(), Switches: e.Switches(), Exit: -1}
	f.Title = string(f.Pattern) + ": " + fault.title()
	if o := e.Observed; o != nil {
		f.Stdout, f.Stderr = string(o.Stdout.Bytes), string(o.Stderr.Bytes)
		if e.Ending == search.Ended && o.Exit.Signal == 0 {
			f.Exit = o.Exit.Code
		}
	}
	column := map[model.ID]int{}
	for i, id := range w.Started {
		column[id] = i
		f.Columns = append(f.Columns, Column{w.PathOf(id), w.Title(id)})
	}
	matters := relevant(w, d)
	names, made := namesNeeded(w, matters), x.made
	for i := range w.Events {
		x := &w.Events[i]
		s := made(w, x, column[w.Whose(x)], i+1, names)
		s.Switch, s.Matters, s.Notes = e.SwitchAt(i), matters[i], d.Notes[i]
		for _, j := range d.With[i] {
			s.With = append(s.With, j+1)
		}
		if j, ok := d.Undoes[i]; ok {
			s.Undoes = j + 1
		}
		if said := words(e, x); said != "" {
			s.Matters, s.Notes = true, append(slices.Clone(s.Notes), said)
		}
		if note, ok := tell[i]; ok {
			s.Matters, s.Notes = true, append(slices.Clone(s.Notes), note)
		}
		f.Steps = append(f.Steps, s)
	}
	fold(f.Steps)
	thin(f.Steps)
	for _, x := range e.Waits {
		wait := Wait{Column: column[x.Proc], For: x.For, Why: x.Why, Site: x.Op.Site}
		for _, p := range x.On {
			if c, ok := column[p]; ok {
				wait.On = append(wait.On, c)
			}
		}
		f.Waits = append(f.Waits, wait)
	}
	return f
}

// words are what a process says when it ends badly, at the step by which it does.
func words(e *search.Execution, x *model.Event) string {
	died := x.Phase == model.Dies
	if !died && (x.Op.Kind != trace.Exit || x.Op.Arg == "" || x.Op.Arg == "0") {
		return ""
	}
	if said := lastWords(e, x.Proc, died); said != "" {
		return "says: " + said
	}
	return ""
}

// separate finds the steps of processes with package variables of their own where others
// rely on them, and notes it there. It returns the first in a few words.
func (x *exploration) separate(w *model.World, p detect.Pattern, tell map[int]string) (short string) {
	if p != detect.Wrong && p != detect.Crash {
		return ""
	}
	for _, a := range apartIn(x.Sources) {
		if p == detect.Crash && a.child {
			continue // what died missed something
		}
		i := slices.IndexFunc(w.Events, func(e model.Event) bool {
			name := w.Title(e.Proc)
			return e.Op.Kind == trace.Task && e.Op.Name == a.target ||
				e.Op.Kind == trace.Begin && strings.HasPrefix(name, a.target+"-") && !strings.Contains(name[len(a.target)+1:], "-")
		})
		if i < 0 {
			continue
		}
		who, first := w.Title(w.Events[i].Proc), w.Title(w.Started[0])
		if a.child && w.Events[i].Op.Kind == trace.Begin {
			i = lastOf(w, w.Events[i].Proc) // when it is changed, and gone
		}
		what := fmt.Sprintf("what %s sets %s to at %s, %s does not see", first, a.name, a.changed, who)
		tell[i] = fmt.Sprintf("has its own %s, without what %s sets it to", a.name, first)
		if a.child {
			what = fmt.Sprintf("%s changes its own %s at %s, which %s does not see", who, a.name, a.changed, first)
			tell[i] = fmt.Sprintf("has changed its own %s, not that of %s", a.name, first)
		}
		if short == "" {
			short = "memories are separate: " + what
		}
	}
	return short
}

// lastOf is the last step of a process.
func lastOf(w *model.World, p model.ID) (last int) {
	for i := range w.Events {
		if w.Events[i].Proc == p {
			last = i
		}
	}
	return last
}

// idlePipes finds the pipes that do not do what a pipe is for: by the step that
// makes one, what is missing.
func idlePipes(w *model.World) map[int]string {
	out := map[int]string{}
	for i := range w.Events {
		made := &w.Events[i].Op
		if made.Kind != trace.New || made.Method != "pipe" {
			continue
		}
		sent, received := 0, 0
		for j := range w.Events {
			e := &w.Events[j]
			if strings.TrimRight(e.Op.Object, "ab") != made.Object {
				continue
			}
			switch e.Op.Kind {
			case trace.Send:
				sent++
			case trace.Recv:
				received++
			}
		}
		if sent == 0 {
			out[i] = "nothing is ever sent through it"
		} else if received == 0 {
			out[i] = "nothing is ever received from it"
		}
	}
	return out
}

// made is a step that was made. Where it prints, nobody has told: it is told where one line
// of the program alone may have.
func (x *exploration) made(w *model.World, e *model.Event, column, number int, names bool) Step {
	s := stepOf(w, e, column, number, names)
	if e.Op.Kind == trace.Print {
		if at := x.text.Prints(strings.TrimSuffix(e.Op.Arg, "\n")); len(at) == 1 {
			s.Site = at[0]
		}
	}
	return s
}

// stepOf puts a step into a person's words.
func stepOf(w *model.World, e *model.Event, column, number int, names bool) Step {
	s := Step{Number: number, Column: column, Kind: e.Op.Kind, Object: e.Op.Object, Site: e.Op.Site, Value: e.Value}
	if isObject(e.Op) {
		s.Name = w.Called(e.Op.Object)
	}
	if e.Saw >= 0 {
		s.Saw = e.Saw + 1
	}
	name := ""
	if names && s.Name != "" {
		name, _ = w.Named(e.Op.Object)
		name = name[strings.LastIndexByte(name, '.')+1:] // of a field only its own name
	}
	s.Text = printable(textOf(w, e.Op, name))
	switch {
	case e.Phase == model.Dies:
		s.Text = "dies"
	case w.Struck(e):
		s.Text = "is killed here" + holding(w, number-1)
	case e.TimeOver():
		s.Text += ": its time is over"
	case e.Phase == model.Return || e.Phase == model.Relock:
		s.Text += " returns"
	}
	return s
}

// holding says what a process held when it was killed by a step: locks, a pool's task, and
// a message that it had taken and done nothing with.
func holding(w *model.World, at int) string {
	e := &w.Events[at]
	var held []string
	for _, h := range e.Held {
		held = append(held, w.Called(h.Lock))
	}
	for _, f := range slices.Backward(w.Events[:at]) {
		if f.Proc == w.Whose(e) && (f.Op.Kind == trace.Take || f.Op.Kind == trace.Give) {
			closed := func(e model.Event) bool { return e.Op.Kind == trace.Close && e.Op.Object == f.Op.Object }
			if f.Op.Kind == trace.Take && !slices.ContainsFunc(w.Events[:at], closed) { // a closed pool has none
				held = append(held, "a task")
			}
			break
		}
	}
	if i := detect.InHand(w, at); i >= 0 {
		held = append(held, shorter(w.Events[i].Op.Result)+" from "+w.Called(w.Events[i].Op.Object))
	}
	if len(held) == 0 {
		return ""
	}
	return ", holding " + strings.Join(held, " and ")
}

func beforeSite(s trace.Site) string {
	if at := s.String(); at != "" {
		return " before " + at
	}
	return ""
}

// printable writes what is not for the eye as Go does.
func printable(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		q := strconv.QuoteRune(r)
		b.WriteString(q[1 : len(q)-1])
	}
	return b.String()
}

// isObject reports whether an operation is on something that programs share.
func isObject(op trace.Event) bool {
	switch op.Operation().On {
	case trace.OnProcess, trace.OnOutput, trace.OnClock:
		return false
	}
	return op.Object != ""
}

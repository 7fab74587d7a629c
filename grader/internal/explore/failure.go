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
	if id, words, ok := panicked(e); ok && d.Pattern == detect.Crash {
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
	names := namesNeeded(w, matters)
	for i := range w.Events {
		x := &w.Events[i]
		s := stepOf(w, x, column[x.Proc], i+1, names)
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
	case e.TimeOver():
		s.Text += ": its time is over"
	case e.Phase == model.Return || e.Phase == model.Relock:
		s.Text += " returns"
	}
	return s
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

// fewSteps is how many operations on shared objects are shown without choosing.
const fewSteps = 10

// fewShared is how many of them tell nothing by themselves.
const fewShared = 2

// relevant picks the steps worth showing.
func relevant(w *model.World, d detect.Diagnosis) []bool {
	out := make([]bool, len(w.Events))
	for _, i := range d.Steps {
		out[i] = true
	}
	shared := sharedSteps(w)
	switch unnamed := d.Pattern == detect.Wrong; {
	case unnamed && len(shared) <= fewShared && len(w.Events) <= 2*fewSteps:
		// Hardly anything is shared: what the processes do is the whole story.
		for i := range w.Events {
			k := w.Events[i].Op.Kind
			out[i] = out[i] || k != trace.Begin && k != trace.New
		}
	case len(shared) <= fewSteps || len(d.Steps) == 0:
		most := 4 * fewSteps
		if unnamed {
			most = fewSteps // nothing tells which of them did it
		}
		for _, i := range shared[max(len(shared)-most, 0):] {
			out[i] = true
		}
	case d.Object != "":
		// Between the first and the last of them, also what else is done to the same
		// thing.
		n := 0
		for i := d.Steps[0]; i <= d.Steps[len(d.Steps)-1] && n < 2*fewSteps; i++ {
			if op := w.Events[i].Op; !out[i] && op.Object == d.Object && op.Kind != trace.New {
				out[i] = true
				n++
			}
		}
	}
	return out
}

// sharedSteps are those on objects that processes share, and by which one ends another
// or dies.
func sharedSteps(w *model.World) []int {
	var out []int
	for i := range w.Events {
		e := &w.Events[i]
		if isObject(e.Op) && e.Op.Kind != trace.New || e.Phase == model.Dies || e.Op.Kind == trace.Signal {
			out = append(out, i)
		}
	}
	return out
}

// namesNeeded reports whether the steps shown concern more than one object.
func namesNeeded(w *model.World, shown []bool) bool {
	one := ""
	for i, s := range shown {
		if op := w.Events[i].Op; s && isObject(op) {
			if one != "" && op.Object != one {
				return true
			}
			one = op.Object
		}
	}
	return false
}

// longestRound is how many steps a loop that is folded has at most.
const longestRound = 24

// fold marks rounds of a loop that only repeat the round before. Where one of them
// matters, the first does.
func fold(steps []Step) {
	for i := 0; i < len(steps); {
		length, rounds := 0, 0
		for k := 1; k <= longestRound && i+2*k <= len(steps); k++ {
			n := 1
			for i+(n+1)*k <= len(steps) && alike(steps[i:i+k], steps[i+n*k:i+(n+1)*k]) {
				n++
			}
			if n > 2 {
				length, rounds = k, n
				break
			}
		}
		if rounds == 0 {
			i++
			continue
		}
		steps[i+length-1].Repeated = rounds - 1
		matters := false
		for j := i; j < i+length*rounds; j++ {
			matters = matters || steps[j].Matters
			steps[j].Matters = false
		}
		for j := i; j < i+length; j++ {
			steps[j].Matters = matters
		}
		i += length * rounds
	}
}

func alike(a, b []Step) bool {
	for i := range a {
		if a[i].Text != b[i].Text || a[i].Column != b[i].Column || a[i].Object != b[i].Object || a[i].Site != b[i].Site || len(a[i].Notes)+len(b[i].Notes) > 0 {
			return false
		}
	}
	return true
}

// Of a process's steps without another's between them, so many are worth showing:
// the first ones and the last, and those that tell something.
const (
	mostAtOnce = 7
	firstShown = 3
	lastShown  = 1
)

// thin leaves out the middle of what one process does by itself for long.
func thin(steps []Step) {
	named := map[int]bool{}
	for _, s := range steps {
		named[s.Number] = len(s.Notes) > 0 || named[s.Number]
		for _, n := range s.With {
			named[n] = true
		}
	}
	var stretch []*Step
	end := func() {
		if len(stretch) > mostAtOnce {
			for _, s := range stretch[firstShown : len(stretch)-lastShown] {
				s.Matters = named[s.Number] || s.Repeated > 0
			}
		}
		stretch = nil
	}
	for i := range steps {
		s := &steps[i]
		if !s.Matters {
			continue
		}
		if len(stretch) > 0 && stretch[0].Column != s.Column {
			end()
		}
		stretch = append(stretch, s)
	}
	end()
}

package explore

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"lockstep/grader/internal/explore/model"
	"lockstep/grader/internal/explore/search"
	"lockstep/mp/trace"
)

// means is what "verified" says.
const means = "Every order in which the operations of package mp can be made was tried, for this input and this number of processes; " +
	"a run that came to where another had been, with nothing different left to happen, was not made to its end, " +
	"or not at all where each of its steps had been made before by a process that knew the same and found the same. " +
	"Other inputs, and memory that processes share in other ways, were not. " +
	"A wait with a limit was over when no process could go on, or by the clock that the program's own sleeps make; " +
	"and, early, wherever what it waits for was not there, which must not go unnoticed unless the limit is ample."

// conclude sums the report up.
func (x *exploration) conclude() {
	r := &x.report
	defer func() { r.Text += x.deaths() }()
	told := r.Runs + r.Merged
	switch {
	case r.Failing > 0:
		r.Outcome = Failed
		all := r.Complete && r.Merged == 0
		run := either(all, "", " that "+either(r.Runs == 1, "was", "were")+" run")
		switch {
		case r.Runs == 1:
			r.Text = fmt.Sprintf("the only interleaving%s fails", run)
		case r.Failing == r.Runs:
			r.Text = fmt.Sprintf("all %s interleavings%s fail", number(r.Runs), run)
		default:
			r.Text = fmt.Sprintf("%s of %s%s interleavings%s %s", number(r.Failing), either(all, "", "the "), number(r.Runs), run, either(r.Failing == 1, "fails", "fail"))
		}
	case x.long:
		r.Outcome, r.Text = NotExplored, fmt.Sprintf("too long to explore: a run makes more than %s steps", number(search.MostSteps))
	case x.outside != nil:
		r.Outcome, r.Complete = NotExplored, false
		r.Text = "not explored: " + waitsOutside(x.outside)
	case x.unclear != "":
		r.Outcome, r.Complete = NotExplored, false
		r.Text = "not explored: " + x.unclear
	case x.hidden:
		d := r.Difference
		r.Outcome, r.Complete = NotExplored, false
		r.Text = fmt.Sprintf("not explored: after the same operations, operation %d of %s%s is not always the same: it depends on something that package mp does not show, such as a file",
			d.Op, d.Column.Title, atSite(d.Site))
	case x.relies != nil:
		r.Outcome, r.Complete = TimeLimit, false
		r.Text = limitInWords(x.relies.least, x.relies.fault)
	case r.Difference != nil:
		r.Outcome = NotDeterministic
		d := r.Difference
		r.Text = fmt.Sprintf("not deterministic: operation %d of %s differs", d.Op, d.Column.Title)
		if at := d.Site.String(); at != "" {
			r.Text += " at " + at
		}
		r.Text += fmt.Sprintf("; tested %s, none fails", interleavings(r.Runs))
	case r.Runs == 0:
		r.Outcome, r.Text = NotExplored, "too long to explore: no run came to its end in time"
	case !x.began:
		r.Outcome, r.Obstacle, r.Text = NotExplored, Elsewhere, "not explored: "+Elsewhere.Why()
	case r.Complete && !x.common:
		r.Outcome, r.Text = NotExplored, "nothing to explore: no process does anything that another could notice"
	case x.hurried > 0:
		r.Outcome = Tested
		r.Text = fmt.Sprintf("tested %s in which time limits are kept, and %s, not all, in which they run out; none fails",
			either(r.Runs == 1, "the only interleaving", "all "+number(r.Runs)+" interleavings"), number(x.hurried))
	case r.Complete && r.Merged > 0:
		r.Outcome, r.Text = Verified, "verified: all interleavings"
	case r.Complete && r.Runs == 1:
		r.Outcome, r.Text = Verified, "verified: there is only one interleaving"
	case r.Complete:
		r.Outcome, r.Text = Verified, fmt.Sprintf("verified: all %s interleavings", number(r.Runs))
	case told < fewRuns:
		r.Outcome = NotExplored
		r.Text = fmt.Sprintf("cut short after %s of about %s, none fails", interleavings(told), fromTo(max(r.Estimate, float64(told+1)), r.Most))
	default:
		r.Outcome = Tested
		if max(r.Estimate, r.Most) > 1.1*float64(told) {
			r.Text = fmt.Sprintf("tested %s of about %s interleavings, none fails", number(told), fromTo(r.Estimate, r.Most))
		} else {
			r.Text = fmt.Sprintf("tested %s, not all, none fails", interleavings(told))
		}
	}
}

// deaths is what a report adds where processes were killed, and none of it mattered.
func (x *exploration) deaths() string {
	switch {
	case x.Deaths == 0 || x.report.Outcome != Verified && x.report.Outcome != Tested:
		return ""
	case x.Deaths == 1:
		return ", whichever child is killed, and when"
	}
	return fmt.Sprintf(", whichever children are killed, %d at most, and when", x.Deaths)
}

// lastWords is what a process said on standard error when it died of a panic, or
// ended with an error; "" when it did not.
func lastWords(e *search.Execution, id model.ID, died bool) string {
	if e.Observed == nil {
		return ""
	}
	var panics []string
	for line := range strings.Lines(string(e.Observed.Stderr.Bytes)) {
		line = strings.TrimSpace(line)
		if died {
			for _, begin := range []string{"panic: ", "fatal error: "} {
				if words, ok := strings.CutPrefix(line, begin); ok {
					panics = append(panics, shorter(strings.TrimSuffix(words, " [recovered]")))
				}
			}
		} else if words, ok := strings.CutPrefix(line, e.World.Title(id)+": "); ok {
			return shorter(words)
		}
	}
	// A panic does not tell whose it is; they come in the order in which processes die.
	if dead := diedOf(e.World); died && len(panics) == len(dead) {
		return panics[slices.Index(dead, id)]
	}
	return ""
}

// diedOf are the processes that have died, in order.
func diedOf(w *model.World) (dead []model.ID) {
	for i := range w.Events {
		if e := &w.Events[i]; e.Phase == model.Dies {
			dead = append(dead, e.Proc)
		}
	}
	return dead
}

// mostWords is how much of what a process says is quoted.
const mostWords = 120

func shorter(s string) string {
	if r := []rune(s); len(r) > mostWords {
		return string(r[:mostWords]) + "…"
	}
	return s
}

// panicked is the process that died first, and the panic that it died of; false when
// none did or it is not known.
func panicked(e *search.Execution) (id model.ID, words string, ok bool) {
	i := slices.IndexFunc(e.World.Events, func(f model.Event) bool { return f.Phase == model.Dies })
	if i < 0 {
		return 0, "", false
	}
	id = e.World.Events[i].Proc
	words = lastWords(e, id, true)
	return id, words, words != ""
}

// waitsOutside says which process waited for what, and where.
func waitsOutside(e *search.Execution) string {
	w := e.World
	text := w.PathTitle(e.Hung) + " waits for something that other processes do and package mp does not show, such as a file"
	for i := len(w.Events) - 1; i >= 0; i-- {
		if f := &w.Events[i]; w.PathOf(f.Proc) == e.Hung && f.Op.Site.Line != 0 {
			return text + ", after " + f.Op.Site.String()
		}
	}
	return text
}

func interleavings(n int) string {
	if n == 1 {
		return "1 interleaving"
	}
	return number(n) + " interleavings"
}

// number writes thousands apart.
func number(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// roughly writes a number with two digits that count.
func roughly(f float64) string {
	if f >= 1e9 {
		return fmt.Sprintf("10^%d", int(math.Round(math.Log10(f))))
	}
	unit := math.Pow(10, max(math.Floor(math.Log10(max(f, 1)))-1, 0))
	return number(int(math.Round(f/unit) * unit))
}

// fromTo writes a range of numbers as roughly does.
func fromTo(least, most float64) string {
	a, b := roughly(least), roughly(most)
	switch {
	case most == 0:
		return a + " or more"
	case a == b || least >= most:
		return a
	}
	return a + " to " + b
}

// waitsInWords says why a run can't go on, in one line.
func waitsInWords(e *search.Execution) string {
	w := e.World
	if circle := model.Circle(e.Waits); len(circle) == 2 {
		return fmt.Sprintf("%s and %s wait for each other", w.Title(circle[0].Proc), w.Title(circle[1].Proc))
	} else if len(circle) > 2 {
		var names []string
		for _, x := range circle {
			names = append(names, w.Title(x.Proc))
		}
		last := len(names) - 1
		return strings.Join(names[:last], ", ") + " and " + names[last] + " wait for each other in a circle"
	}
	if len(e.Waits) == 0 {
		return "nothing can go on"
	}
	x := slices.MinFunc(e.Waits, func(x, y model.Waiting) int { return cmp.Compare(remote(x.Kind), remote(y.Kind)) })
	text := fmt.Sprintf("%s waits for %s", w.Title(x.Proc), x.For)
	if x.Why != "" {
		text += ": " + x.Why
	}
	return text
}

// remote orders waits by how far they are from what keeps a run from going on: who waits
// for other processes is kept by what they wait for.
func remote(k model.WaitKind) int {
	switch k {
	case model.ForSameEnd:
		return 0
	case model.ForOthers:
		return 2
	case model.ForJoin, model.ForTasks:
		return 3
	}
	return 1
}

// sayings write the operations that are no call of an object; child is the process that
// one is about, and name what the object is called.
var sayings = map[trace.Kind]func(op trace.Event, child, name string) string{
	trace.Begin: func(trace.Event, string, string) string { return "begins" },
	trace.Exit: func(op trace.Event, _, _ string) string {
		if op.Arg != "" && op.Arg != "0" {
			return "ends with code " + op.Arg
		}
		return "ends"
	},
	trace.Start: func(op trace.Event, child, _ string) string {
		if op.Result != "" {
			return "Start() = " + op.Result
		}
		return "Start " + child
	},
	trace.Join: func(op trace.Event, child, _ string) string {
		switch {
		case op.Limit < 0:
			return "Join " + child + " without waiting"
		case op.Limit > 0:
			child += fmt.Sprintf(" for at most %s", op.Limit)
		}
		return gives("Join "+child, op.Result)
	},
	trace.Signal: func(_ trace.Event, child, _ string) string { return "end " + child },
	trace.Alive:  func(op trace.Event, child, _ string) string { return gives("Alive "+child, op.Result) },
	trace.Map: func(op trace.Event, _, name string) string {
		switch op.Method {
		case "go":
			return callOf(op.Name, "Go("+op.Arg+")")
		case "stop":
			return "leaves the loop over results"
		}
		return callOf(name, fmt.Sprintf("%s(%d items)", op.Operation().Call, op.Size))
	},
	trace.Take: func(trace.Event, string, string) string { return "takes a task" },
	trace.Give: func(trace.Event, string, string) string { return "returns its results" },
	trace.Next: func(op trace.Event, _, _ string) string {
		if op.Method != "get" {
			return "asks for the next result"
		}
		call := fmt.Sprintf("Get the result of call %d of %s", op.Index, op.Name)
		switch {
		case op.Limit < 0:
			call += " without waiting"
		case op.Limit > 0:
			call += fmt.Sprintf(" for at most %s", op.Limit)
		}
		return gives(call, op.Result)
	},
	trace.Task: func(op trace.Event, _, _ string) string {
		if op.Name != "" {
			return fmt.Sprintf("runs %s(%s)", op.Name, op.Arg)
		}
		return fmt.Sprintf("runs task %d", op.Index)
	},
	trace.Sleep: func(op trace.Event, _, _ string) string { return fmt.Sprintf("Sleep(%s)", op.Limit) },
	trace.Print: func(op trace.Event, _, _ string) string {
		return fmt.Sprintf("prints %q", strings.TrimSuffix(op.Arg, "\n"))
	},
	trace.New: func(op trace.Event, _, _ string) string {
		if strings.HasPrefix(op.Method, "a") || strings.HasPrefix(op.Method, "e") { // an array, an event
			return "makes an " + op.Method
		}
		return "makes a " + op.Method
	},
}

// textOf writes an operation as a call: "counter.Get() = 0". name is put before
// it where that is not obvious; w may be nil.
func textOf(w *model.World, op trace.Event, name string) string {
	if op.Operation().Has(trace.Any) {
		return gives(op.Operation().Call+"("+strings.Join(severalOf(w, op), ", ")+")", op.Result)
	}
	child := op.Object
	if w != nil {
		child = w.PathTitle(child)
		if op.Kind == trace.Start && w.At(op.Object) == nil && op.Name != "" {
			child = model.ChildOf(op)
		}
	}
	if say := sayings[op.Kind]; say != nil {
		return say(op, child, name)
	}
	var args []string
	if op.Index >= 0 {
		args = append(args, fmt.Sprint(op.Index))
	}
	if op.Kind == trace.Call && op.Key != "" {
		args = append(args, op.Key)
	}
	if op.Kind != trace.Poll && op.Arg != "" {
		args = append(args, op.Arg)
	}
	o := op.Operation()
	call := o.Call
	if op.Limit > 0 && o.Has(trace.Limits) {
		args = append(args, op.Limit.String())
		if op.Kind != trace.Poll {
			call += "Timeout"
		}
	}
	return gives(callOf(name, call+"("+strings.Join(args, ", ")+")"), op.Result)
}

// severalOf is what the processes and ends of pipes are called that an operation waits for.
func severalOf(w *model.World, op trace.Event) []string {
	several := slices.Clone(op.Carries)
	if op.Object != "" { // the one that was there first
		several = []string{op.Object}
	}
	for i, what := range several {
		switch {
		case w == nil:
		case strings.Contains(what, "#"):
			several[i] = w.Called(what)
		default:
			several[i] = w.PathTitle(what)
		}
	}
	return several
}

func callOf(name, call string) string {
	if name == "" {
		return call
	}
	return name + "." + call
}

func gives(call, result string) string {
	if result == "" {
		return call
	}
	return call + " = " + result
}

// limitCall is a wait with a limit, as a call without its object and result.
func limitCall(w *model.World, op trace.Event) string {
	op.Result, op.Arg = "", ""
	return textOf(w, op, "")
}

func either(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

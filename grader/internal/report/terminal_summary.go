package report

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/fatih/color"

	"lockstep/grader/internal/judge"
)

// Summary writes the points, and what to do next.
func (t *Terminal) Summary(r *Report) {
	passed, unchecked, kept := 0, 0, 0
	for _, e := range r.Exercises {
		unchecked += e.NotChecked
		if passes(e) {
			passed++
		}
		if e.Unchanged() {
			kept++
		}
	}
	if t.written {
		t.line("")
	}
	t.line("%s", t.status(r.Status, fmt.Sprintf("%d of %d points, %d of %d exercises pass", r.Points, r.Max, passed, len(r.Exercises))))
	if r.Tier == "C" || r.Tier == "D" {
		t.line("%s", t.paint(fmt.Sprintf("confined by tier %s only: for programs that you trust (more: %s)", r.Tier, typed("make doctor")), color.Faint))
	}
	if r.Stretched > 0 {
		t.line("%s", t.paint(slow(r.Stretched), color.Faint))
	}
	if unchecked > 0 {
		said := fmt.Sprintf("%d more points could not be checked here; they are neither won nor lost", unchecked)
		if unchecked == 1 {
			said = "1 more point could not be checked here; it is neither won nor lost"
		}
		t.line("%s", t.status(judge.NotChecked, said))
	}
	if kept > 0 {
		t.line("%s", t.paint(fmt.Sprintf("%d unchanged since the last run; to run everything again: %s", kept, t.grade(" FRESH=1")), color.Faint))
	}
	if r.Status == judge.Error {
		t.line("the grader broke, which is no fault of a program's; to find out what this machine lacks: %s", typed("make doctor"))
	}
	if r.Seed != 0 && kept < len(r.Exercises) {
		again := fmt.Sprintf(" FLAGS=--seed=%d", r.Seed)
		if len(r.Exercises) == 1 {
			again = " EX=" + number(r.Exercises[0]) + again
		}
		t.line("%s", t.paint(fmt.Sprintf("what is drawn was drawn from seed %d; the same again: %s", r.Seed, t.grade(again)), color.Faint))
	}
	if open, ok := r.Next(); ok {
		number := number(open)
		folder := path.Join(t.style.Place, "exercises", open.Exercise)
		if t.style.Work != "" {
			folder = open.Exercise + " in " + t.style.Work
		}
		t.hanging(6, "next: repair %s, then: %s", folder, t.grade(" EX="+number))
		if t.style.Work == "" && slices.ContainsFunc(open.Checks, func(v judge.Verdict) bool { return v.Hint != "" }) {
			t.hanging(6, "      stuck? %s", typed("make hint EX="+number+t.style.Course))
		}
	}
}

// Stopped says how many exercises were marked before somebody had enough.
func (t *Terminal) Stopped(marked, all int) {
	t.line("")
	t.line("%d of %d exercises were marked; the others: %s", marked, all, t.grade(""))
}

// More says how to read of other exercises that fail.
func (t *Terminal) More(others int) {
	what := "the other exercise that fails"
	if others > 1 {
		what = fmt.Sprintf("the %d others that fail", others)
	}
	t.hanging(6, "%s", t.paint(fmt.Sprintf("      %s, in full: %s", what, t.grade(" ALL=1")), color.Faint))
}

// grade is the command that marks this work, with what else is said to it.
func (t *Terminal) grade(more string) string {
	return typed(t.mine("make grade"+more) + t.style.Course)
}

// mine is a command as it means this work.
func (t *Terminal) mine(command string) string {
	if t.style.Work != "" && command != "" {
		command += " DIR=" + t.style.Work
	}
	return command
}

// number is an exercise's, as people type it.
func number(e judge.Result) string {
	number, _, _ := strings.Cut(e.Exercise, "-")
	return number
}

// Next is the first exercise that has something left to repair. One on which the
// grader broke may have nothing.
func (r *Report) Next() (judge.Result, bool) {
	for _, e := range r.Exercises {
		if left(e) && e.Status != judge.Error {
			return e, true
		}
	}
	return judge.Result{}, false
}

// left reports whether something is left to repair, as far as this machine can tell.
func left(e judge.Result) bool { return !passes(e) && e.Status != judge.NotChecked }

// passes reports whether an exercise is done: what could not be checked has not passed.
func passes(e judge.Result) bool { return e.Status == judge.Pass }

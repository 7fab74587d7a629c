package report

import (
	"fmt"
	"slices"
	"strings"

	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/judge"
)

// evidenceWidth is how wide an interleaving is written where the reader's width is not
// known.
const evidenceWidth = 96

// Evidence is what a verdict rests on, with the interleaving that it speaks of written
// out.
func Evidence(v judge.Verdict) []judge.Evidence {
	told := slices.Clone(v.Evidence)
	for i := range told {
		if f := v.Shown(); f != nil && told[i].Kind == judge.Timeline {
			told[i].Lines = Interleaving(f, v.Interleavings, evidenceWidth, "")
		}
	}
	return told
}

// stepRow is a step of an interleaving as it is shown.
type stepRow struct {
	*explore.Step
	Note     string // all that is said of it
	Turn     bool   // another process goes on here
	Gap      bool   // steps of the same process before it are not shown
	Lost     bool   // from here on, every interleaving fails
	Conflict bool   // it overwrites another step's write unseen, or is overwritten
	Aside    bool   // does not matter for the failure
}

// cannotBeSaved stands where a failure has become inevitable.
const cannotBeSaved = "from here on it can't be saved"

// stepRows are some of a failure's steps; without all, those that do not matter are left
// out.
func stepRows(f *explore.Failure, steps []explore.Step, all bool) []stepRow {
	conflict := map[int]bool{}
	for _, s := range f.Steps {
		if s.Undoes != 0 {
			conflict[s.Number], conflict[s.Undoes] = true, true
		}
	}
	var rows []stepRow
	for i := range steps {
		s := &steps[i]
		r := stepRow{Step: s, Conflict: conflict[s.Number], Aside: !s.Matters && !conflict[s.Number], Lost: s.Number == f.Inevitable}
		if r.Aside && !all {
			continue
		}
		notes := slices.Clone(s.Notes)
		if s.Repeated > 0 {
			notes = append(notes, fmt.Sprintf("and so on, %d times more", s.Repeated))
		}
		r.Note = strings.Join(notes, "; ")
		if len(rows) > 0 {
			before := rows[len(rows)-1]
			r.Turn = before.Column != s.Column
			r.Gap = !r.Turn && s.Number > before.Number+1
		}
		rows = append(rows, r)
	}
	return rows
}

// waitRows are the processes that can't go on; those that only wait for the end of
// another come last.
func waitRows(f *explore.Failure) []explore.Wait {
	var why, joins []explore.Wait
	for _, w := range f.Waits {
		if w.Why == "" {
			joins = append(joins, w)
		} else {
			why = append(why, w)
		}
	}
	return append(why, joins...)
}

func why(what, why string) string {
	if why == "" {
		return what
	}
	return what + ": " + why
}

// columnTitle is what the process of a column is called.
func columnTitle(f *explore.Failure, column int) string {
	if column < 0 || column >= len(f.Columns) {
		return "a process"
	}
	return f.Columns[column].Title
}

package report

import (
	"fmt"
	"strings"

	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/judge"
	"lockstep/mp/trace"
)

// mostSteps bounds the rows of an interleaving; the last ones are those that fail.
const mostSteps = 400

// columns is an interleaving laid out as a table: a column per process.
type columns struct {
	ID, Title, Extent, Replay string
	Heads                     []string
	Watches                   bool // some step says what its object holds
	Skips                     bool // some steps are not worth showing at first
	Left                      int  // steps before the first row
	Rows                      []columnRow
	Waits                     []string
}

type columnRow struct {
	ID       string
	Number   int
	Cells    []columnCell
	Value    string
	Note     string
	Turn     bool // another process goes on here
	Conflict bool
	Aside    bool // does not matter for the failure
}

type columnCell struct{ Text, Site string }

func newColumns(id string, p judge.Picture) *columns {
	f := p.Failure
	c := &columns{ID: id, Title: Escape(f.Title, mostPageRunes), Extent: p.Extent, Replay: p.Replay}
	for _, column := range f.Columns {
		c.Heads = append(c.Heads, Escape(column.Title, nameRunes))
	}
	steps := f.Steps
	if len(steps) > mostSteps {
		c.Left = len(steps) - mostSteps
		steps = steps[c.Left:]
	}
	marked := conflicts(f.Steps)
	previous := -1
	for i, s := range steps {
		row := columnRow{
			ID: fmt.Sprintf("%ss%d", id, i+1), Number: s.Number, Cells: make([]columnCell, len(f.Columns)),
			Value: Escape(s.Value, mostPageRunes), Note: Escape(strings.Join(s.Notes, "; "), mostPageRunes),
			Conflict: marked[s.Number], Aside: !s.Matters && !marked[s.Number],
			Turn: previous >= 0 && previous != s.Column,
		}
		previous = s.Column
		if s.Repeated > 0 {
			row.Note = strings.TrimPrefix(row.Note+fmt.Sprintf("; and %d times more", s.Repeated), "; ")
		}
		if s.Value != "" && s.Name != "" {
			row.Value = Escape(s.Name+" = "+s.Value, mostPageRunes)
		}
		if s.Column >= 0 && s.Column < len(row.Cells) {
			row.Cells[s.Column] = columnCell{Escape(s.Text, mostPageRunes), siteOf(s.Site)}
		}
		c.Watches = c.Watches || row.Value != ""
		c.Skips = c.Skips || row.Aside
		c.Rows = append(c.Rows, row)
	}
	for _, w := range f.Waits {
		c.Waits = append(c.Waits, Escape(waitWords(f, w), mostPageRunes))
	}
	return c
}

// conflicts finds the steps that do the damage: a write that overwrites another unseen,
// and that one.
func conflicts(steps []explore.Step) map[int]bool {
	marked := map[int]bool{}
	for _, s := range steps {
		if s.Undoes != 0 {
			marked[s.Number], marked[s.Undoes] = true, true
		}
	}
	return marked
}

// waitWords says what a process waits for: "worker-1 waits for lock a at
// main.go:20: held by worker-2 since main.go:27".
func waitWords(f *explore.Failure, w explore.Wait) string {
	text := "a process"
	if w.Column >= 0 && w.Column < len(f.Columns) {
		text = f.Columns[w.Column].Title
	}
	text += " waits for " + w.For
	if w.Site.File != "" {
		text += " at " + place(w.Site)
	}
	if w.Why != "" {
		text += ": " + w.Why
	}
	return text
}

func siteOf(s trace.Site) string {
	if s.File == "" {
		return ""
	}
	return place(s)
}

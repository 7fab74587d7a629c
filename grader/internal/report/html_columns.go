package report

import (
	"fmt"

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
	Strip                     *strip
	WaitsFor                  *waitsFor // nil: nobody waits for another
	Waits                     []string
	Source                    []sourceLine
}

type columnRow struct {
	stepRow
	ID, Key string // on the page, and in common with its bar
	At      string // where its step stands: "main.go:18"
	Cells   []columnCell
	Value   string
	Note    string
	Below   string // what is said below the row
}

type columnCell struct{ Text, Site string }

func newColumns(id string, p judge.Picture, sources map[string][]byte) *columns {
	f := p.Failure
	c := &columns{ID: id, Title: Escape(f.Title, mostPageRunes), Extent: p.Extent, Replay: p.Replay, Left: max(len(f.Steps)-mostSteps, 0)}
	for _, column := range f.Columns {
		c.Heads = append(c.Heads, Escape(column.Title, nameRunes))
	}
	for i, s := range stepRows(f, f.Steps[c.Left:], true) {
		row := columnRow{
			stepRow: s, ID: fmt.Sprintf("%ss%d", id, i+1), Key: fmt.Sprint(i + 1), At: s.Site.String(), Cells: make([]columnCell, len(f.Columns)),
			Value: Escape(s.Value, mostPageRunes), Note: Escape(s.Note, mostPageRunes),
		}
		if s.Lost {
			row.Below = cannotBeSaved
		}
		if s.Value != "" && s.Name != "" {
			row.Value = Escape(s.Name+" = "+s.Value, mostPageRunes)
		}
		if s.Column >= 0 && s.Column < len(row.Cells) {
			row.Cells[s.Column] = columnCell{Escape(s.Text, mostPageRunes), s.Site.String()}
		}
		c.Watches = c.Watches || row.Value != ""
		c.Skips = c.Skips || row.Aside
		c.Rows = append(c.Rows, row)
	}
	sites := make([]trace.Site, 0, len(c.Rows))
	for _, r := range c.Rows {
		sites = append(sites, r.Site)
	}
	for _, w := range waitRows(f) {
		sites = append(sites, w.Site)
		text := columnTitle(f, w.Column) + " waits for " + w.For
		if site := w.Site.String(); site != "" {
			text += " at " + site
		}
		c.Waits = append(c.Waits, Escape(why(text, w.Why), mostPageRunes))
	}
	c.Strip = newStrip(c, f)
	c.WaitsFor = newWaitsFor(id+"w", f, c.Waits)
	c.Source = sourceLines(sources, sites)
	return c
}

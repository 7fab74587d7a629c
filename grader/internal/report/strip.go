package report

import (
	"fmt"

	"lockstep/grader/internal/explore"
)

// Sizes of a strip, in the SVG's own units.
const (
	stripTop    = 20.0
	stripPitch  = 26.0
	widestStep  = 40.0
	numberApart = 30.0 // of two steps that have their numbers
)

// strip is an interleaving at one look: a lane for each process, a bar for each step.
type strip struct {
	Says                 string
	Width, Height, Right float64
	Lanes                []stripLane
	Ticks                []tick
	Bars                 []bar
}

type stripLane struct {
	Y    float64
	Name string
}

// newStrip draws a table's rows; nil: there is nothing to be seen.
func newStrip(c *columns, f *explore.Failure) *strip {
	if len(c.Rows) == 0 || len(c.Heads) < 2 || len(c.Heads) > mostLanes {
		return nil
	}
	s := &strip{Width: drawingWidth, Height: stripTop + stripPitch*float64(len(c.Heads)) + 4}
	step := min((drawingWidth-gutter-margin)/float64(len(c.Rows)), widestStep)
	s.Right = gutter + step*float64(len(c.Rows))
	s.Says = fmt.Sprintf("%s of %s, a bar for each in the lane of its process; the table below tells of each.", count(len(c.Rows), "step", "steps"), count(len(c.Heads), "process", "processes"))
	lane := func(i int) float64 { return stripTop + stripPitch*float64(i) }
	for i, name := range c.Heads {
		s.Lanes = append(s.Lanes, stripLane{lane(i), name})
	}
	last := make([]float64, len(c.Heads))
	for i, r := range c.Rows {
		if r.Column < 0 || r.Column >= len(c.Heads) {
			continue
		}
		b := bar{X: gutter + step*float64(i), Y: lane(r.Column), Width: step, Class: "run", Key: r.Key, Title: fmt.Sprintf("step %d: %s %s", r.Number, c.Heads[r.Column], r.Cells[r.Column].Text)}
		switch {
		case r.Conflict:
			b.Class = "clash"
		case r.Aside:
			b.Class = "other"
		}
		if n, at := len(s.Ticks), b.X+step/2; n == 0 || at-s.Ticks[n-1].X >= numberApart {
			s.Ticks = append(s.Ticks, tick{at, fmt.Sprint(r.Number)})
		}
		last[r.Column] = b.X + step
		s.Bars = append(s.Bars, b)
	}
	for _, w := range waitRows(f) {
		if w.Column >= 0 && w.Column < len(last) && s.Right+margin > last[w.Column] {
			x := max(last[w.Column], gutter)
			s.Bars = append(s.Bars, bar{X: x, Y: lane(w.Column), Width: s.Right + margin - x, Class: "stuck", Title: Escape(columnTitle(f, w.Column)+" waits for "+w.For, mostPageRunes)})
		}
	}
	return s
}

package report

import (
	"fmt"
	"slices"
	"time"

	"lockstep/grader/internal/box"
)

// Sizes of a drawing, in the SVG's own units.
const (
	drawingWidth = 960.0
	gutter       = 200.0 // the processes' names
	margin       = 18.0
	axisHeight   = 28.0
	pitch        = 42.0
	barHeight    = 18.0
	tickApart    = 76.0
	letterWidth  = 11.0 // a stretch narrower than this has no letter
	nameRunes    = 26
)

// Bounds of a drawing: what is beyond them is said in a note.
const (
	mostLanes  = 48
	mostArrows = 160
	mostRows   = 240 // of the same in words
	mostBars   = 900
)

// drawing is a timeline laid out; page/timeline.svg writes it down.
type drawing struct {
	ID            string
	Title, Says   string
	Width, Height float64
	Left, Right   float64
	Ticks         []tick
	Breaks        []gap
	Rows          []row
	Ends          []ending
	Arrows        []stroke
	Legend        []legend
	Notes         []string
	Words         []wording
	Source        []sourceLine
}

type tick struct {
	X    float64
	Text string
}

type gap struct {
	X, Width float64
	Text     string
}

// row is one lane.
type row struct {
	Y, Text    float64 // of the bar's top, of the name's baseline
	Indent     float64
	Name, Says string
	Bad        bool
	Bars       []bar
	Holds      []bar
	Orphan     *bar // the part beyond the parent's end
	After      *bar // ended, and not joined: not yet, or never
}

type bar struct {
	X, Width float64
	Y        float64 // of the bars of a strip; those of a timeline have their row's
	Class    string
	Letter   string
	LetterX  float64
	Title    string
	Key      string // that it has in common with what tells of it in words
}

// ending is a parent's end, drawn down to the orphans that it leaves.
type ending struct {
	X, From, To float64
	Title       string
}

type stroke struct {
	Class, Path, Title string
	Key                string // as of a bar
}

// wording is a row of the drawing told in words.
type wording struct {
	Process, From, To, What string
	Key                     string // of what is drawn of it; empty: nothing is
	At                      string // where it stands: "main.go:18"
}

// Keys of what is drawn: of a lane's bars and locks, and of arrows.
func barKey(lane, i int) string  { return fmt.Sprintf("b%d.%d", lane, i) }
func holdKey(lane, i int) string { return fmt.Sprintf("h%d.%d", lane, i) }
func arrowKey(i int) string      { return fmt.Sprintf("a%d", i) }

// draw lays a timeline out. The id keeps the parts of several drawings on one
// page apart.
func (t *Timeline) draw(id string, sources map[string][]byte) *drawing {
	d := &drawing{
		ID: id, Title: "Timeline of " + t.Title, Width: drawingWidth, Left: gutter, Right: drawingWidth - margin,
		Notes: t.Notes,
	}
	lanes := t.Lanes
	if len(lanes) > mostLanes {
		lanes = lanes[:mostLanes]
		d.Notes = append(d.Notes, fmt.Sprintf("%d more processes are not drawn.", len(t.Lanes)-mostLanes))
	}
	s := newScale(t.Length, t.edges(), d.Left, d.Right)
	ticks := s.ticks(tickApart)
	for i, text := range labels(ticks) {
		d.Ticks = append(d.Ticks, tick{s.place(ticks[i]), text})
	}
	for _, b := range s.breaks {
		x := s.place(b.from)
		d.Breaks = append(d.Breaks, gap{x, s.place(b.to) - x, brief(b.to - b.from)})
	}
	if len(s.breaks) > 0 {
		d.Notes = append(d.Notes, "The axis is broken where nothing happens for long.")
	}
	used := map[string]bool{}
	shown := resolved(lanes, s)
	for i, l := range shown {
		d.Rows = append(d.Rows, t.row(i, l, s, used))
	}
	d.Height = axisHeight + pitch*float64(len(lanes)) + 8
	d.endings(lanes, s)
	d.arrows(t, len(lanes), s, used)
	d.Legend = legends(used)
	d.Says = t.says()
	d.Words = t.words(shown)
	d.Source = sourceLines(sources, t.sites())
	return d
}

// edges are the moments at which something happens.
func (t *Timeline) edges() []time.Duration {
	var edges []time.Duration
	for _, l := range t.Lanes {
		edges = append(edges, l.Start, l.End, l.Reaped, l.Orphaned)
		for _, s := range l.Stretches {
			edges = append(edges, s.From, s.To)
		}
	}
	for i := range edges {
		edges[i] = min(edges[i], t.Length)
	}
	return edges
}

func top(lane int) float64 { return axisHeight + pitch*float64(lane) + 6 }

func (t *Timeline) row(i int, l Lane, s scale, used map[string]bool) row {
	r := row{
		Y: top(i), Text: top(i) + 12, Indent: 8 + 12*float64(min(l.Depth, 4)),
		Name: Escape(l.Name, nameRunes-2*min(l.Depth, 4)), Says: l.becomes(),
		Bad: l.State == box.Orphan || l.State == box.Zombie || l.State == box.Unwaited,
	}
	if l.PID != 0 {
		r.Says = fmt.Sprintf("pid %d  %s", l.PID, l.tells())
	}
	for n, st := range l.Stretches {
		used[string(st.State)] = true
		b := stretchBar(st, s)
		b.Key = barKey(i, n)
		r.Bars = append(r.Bars, b)
	}
	for n, h := range l.Holds {
		used["hold"] = true
		b := newBar(s, h.From, h.To, "hold", fmt.Sprintf("holds lock %s for %s, taken at %s", h.Lock, brief(h.To-h.From), place(h.Site)))
		b.Key = holdKey(i, n)
		r.Holds = append(r.Holds, b)
	}
	if l.State == box.Orphan && l.Orphaned < l.End {
		b := newBar(s, l.Orphaned, l.End, "rest", l.becomes())
		r.Orphan = &b
		used["rest"] = true
	}
	if r.After = t.after(l, s); r.After != nil {
		used[r.After.Class] = true
	}
	return r
}

// after is the time between a child's end and its parent's noticing.
func (t *Timeline) after(l Lane, s scale) *bar {
	var b bar
	switch {
	case l.Reaped > l.End:
		b = newBar(s, l.End, l.Reaped, "ended", "ended, not joined yet, for "+brief(l.Reaped-l.End))
	case l.State == box.Zombie && l.Parent >= 0 && t.Lanes[l.Parent].End > l.End:
		b = newBar(s, l.End, t.Lanes[l.Parent].End, "zombie", l.becomes())
	default:
		return nil
	}
	return &b
}

// tells is becomes, short enough for the gutter.
func (l Lane) tells() string {
	switch l.State {
	case box.Orphan:
		return "orphan, +" + brief(l.End-l.Orphaned)
	case box.Zombie:
		return "zombie"
	case box.CutOff:
		return "still running"
	case box.Root:
		if l.Exit != (box.Exit{}) {
			return exitWords(l.Exit)
		}
		return ""
	}
	return string(l.State)
}

func exitWords(e box.Exit) string {
	if e.Signal != 0 {
		return fmt.Sprintf("signal %d", e.Signal)
	}
	return fmt.Sprintf("exit code %d", e.Code)
}

func newBar(s scale, from, to time.Duration, class, title string) bar {
	x := s.place(from)
	return bar{X: x, Width: max(s.place(to)-x, 0.75), Class: class, Title: title}
}

// resolved joins stretches that are too short to be seen, or too many to be drawn.
func resolved(lanes []Lane, s scale) []Lane {
	out := slices.Clone(lanes)
	for unit, all := 1.0, mostBars+1; all > mostBars; unit *= 2 {
		all = 0
		for i, l := range lanes {
			out[i].Stretches = thin(l.Stretches, s, unit)
			all += len(out[i].Stretches)
		}
		if unit > drawingWidth {
			break // a lane has one
		}
	}
	return out
}

// thin joins stretches that are narrower than a unit into one, which looks like
// the longest of them.
func thin(stretches []Stretch, s scale, unit float64) []Stretch {
	var out []Stretch
	for i := 0; i < len(stretches); {
		longest, end := stretches[i], i+1
		for end < len(stretches) && s.place(stretches[end-1].To)-s.place(stretches[i].From) < unit {
			if st := stretches[end]; st.To-st.From > longest.To-longest.From {
				longest = st
			}
			end++
		}
		if end > i+1 {
			longest.What = fmt.Sprintf("%d short stretches, most of the time: %s", end-i, longest.State)
		}
		longest.From, longest.To = stretches[i].From, stretches[end-1].To
		out = append(out, longest)
		i = end
	}
	return out
}

func (d *drawing) endings(lanes []Lane, s scale) {
	last := map[int]int{} // parent → its lowest orphan
	for i, l := range lanes {
		if l.State == box.Orphan && l.Orphaned < l.End {
			last[l.Parent] = i
		}
	}
	for i, l := range lanes {
		if lowest, leaves := last[i]; leaves {
			d.Ends = append(d.Ends, ending{s.place(l.End), top(i), top(lowest) + barHeight, l.Name + " ends"})
		}
	}
}

func (d *drawing) arrows(t *Timeline, lanes int, s scale, used map[string]bool) {
	left := 0
	for i, a := range t.Arrows {
		if a.From >= lanes || a.To >= lanes || len(d.Arrows) == mostArrows {
			left++
			continue
		}
		used[string(a.Kind)] = true
		y1, y2 := top(a.From)+barHeight, top(a.To)
		if a.To < a.From {
			y1, y2 = top(a.From), top(a.To)+barHeight
		}
		look := arrowLooks[0]
		for _, l := range arrowLooks {
			if l.kind == a.Kind {
				look = l
			}
		}
		d.Arrows = append(d.Arrows, stroke{
			Class: look.class,
			Path:  fmt.Sprintf("M%.1f %.1f L%.1f %.1f", s.place(a.Leaves), y1, s.place(a.Arrives), y2),
			Title: fmt.Sprintf("%s → %s: %s, after %s", t.Lanes[a.From].Name, t.Lanes[a.To].Name, a.What, brief(a.Arrives)),
			Key:   arrowKey(i),
		})
	}
	if left > 0 {
		d.Notes = append(d.Notes, fmt.Sprintf("%d more arrows are not drawn.", left))
	}
}

package explore

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Timeline shows a failure as a column for each process, at most width
// characters wide. Without all, steps that do not matter are left out. replay is
// the command that a person types to see it again; empty: none is shown.
func Timeline(f Failure, r *Report, width int, all bool, replay string) []Line {
	t := &timeline{f: &f, width: max(width, narrowest)}
	for i := range f.Steps {
		if all || f.Steps[i].Matters {
			t.steps = append(t.steps, &f.Steps[i])
		}
	}
	t.measure()
	t.title(r)
	if len(t.steps) > 0 || len(f.Waits) > 0 {
		t.heads()
	}
	t.rows()
	t.waits()
	if replay != "" {
		t.line(Piece{Plain, "replay: "}, Piece{Command, replay})
	}
	return t.lines
}

const (
	narrowest   = 60
	numberWidth = 5  // of a step's number and the space around it
	leastCell   = 16 // narrower columns become a list
	mostValue   = 16
	mostWho     = 16 // of a process's name in a list
)

// timeline is a failure on its way to a terminal.
type timeline struct {
	f      *Failure
	width  int
	steps  []*Step
	shown  []int // columns, in order
	cell   int   // width of a column; 0: a list, in which each step names its process
	who    int   // width of a process's name in a list
	text   int   // … and of what it does
	watch  int   // width of the last column, which says what the object holds; 0: there is none
	object string
	lines  []Line
}

func (t *timeline) line(pieces ...Piece) { t.lines = append(t.lines, Line(pieces)) }

// measure chooses which columns are shown, and how wide they are.
func (t *timeline) measure() {
	used := map[int]bool{}
	widest, site := 0, 0
	values := map[string]bool{}
	for _, s := range t.steps {
		used[s.Column] = true
		widest = max(widest, length(s.Text)+length(s.Site.String())+2)
		t.text, site = max(t.text, length(s.Text)), max(site, length(s.Site.String()))
		if s.Value != "" {
			values[s.Name] = true
			t.object = s.Name
			t.watch = max(t.watch, min(length(s.Value), mostValue))
		}
	}
	needed := widest
	for _, w := range t.f.Waits {
		used[w.Column] = true
		widest = max(widest, length(waitText(w)))
	}
	for i, c := range t.f.Columns {
		if used[i] {
			t.shown = append(t.shown, i)
			widest = max(widest, length(c.Title))
			t.who = max(t.who, min(length(c.Title), mostWho))
		}
	}
	if len(values) > 1 {
		t.object, t.watch = "", 0
		for _, s := range t.steps {
			t.watch = max(t.watch, min(length(valueOf(s, true)), mostValue+8))
		}
	}
	if t.watch > 0 {
		t.watch = max(t.watch, min(length(t.object), mostValue))
	}
	room := t.width - numberWidth
	if t.watch > 0 {
		room -= t.watch + 2
	}
	if n := len(t.shown); n > 0 {
		t.cell = min(room/n, widest+2)
	}
	// A list has room for all that a step says, or at least for more of it.
	if rest := t.width - numberWidth - t.who - site - t.watch - 6; t.cell < leastCell || t.cell < needed && t.cell-site-2 < min(rest, t.text) {
		t.cell = 0
		if t.object != "" {
			t.watch += length(t.object) + 1
			t.object = ""
		}
		t.text = min(t.text, max(t.width-numberWidth-t.who-site-t.watch-6, 8))
	}
}

func valueOf(s *Step, named bool) string {
	if s.Value == "" || !named || s.Name == "" {
		return s.Value
	}
	return s.Name + "=" + s.Value
}

func (t *timeline) title(r *Report) {
	title := strings.ToUpper(string(t.f.Pattern))
	rest, _ := strings.CutPrefix(t.f.Title, string(t.f.Pattern))
	title += strings.ReplaceAll(rest, "\n", " ")
	share := ""
	if r != nil && r.Failing > 0 && r.Replayed == nil {
		share = r.Text
	}
	switch gap := t.width - length(title) - length(share); {
	case share == "":
		t.line(Piece{Title, title})
	case gap >= 2:
		t.line(Piece{Title, title}, Piece{Plain, strings.Repeat(" ", min(gap, 8))}, Piece{Plain, share})
	default:
		t.line(Piece{Title, title})
		t.line(Piece{Plain, share})
	}
}

func (t *timeline) heads() {
	if t.cell == 0 {
		return
	}
	line := Line{{Plain, strings.Repeat(" ", numberWidth)}}
	for _, c := range t.shown {
		line = append(line, Piece{Head, pad(t.f.Columns[c].Title, t.cell)})
	}
	if t.watch > 0 {
		line = append(line, Piece{Head, cut(t.object, mostValue)})
	}
	t.line(line...)
}

func (t *timeline) rows() {
	last := -1
	for i, s := range t.steps {
		if last >= 0 && last != s.Column {
			t.line(Piece{Plain, strings.Repeat(" ", numberWidth)}, Piece{Turn, "-- " + t.f.Columns[s.Column].Title + " goes on --"})
		} else if i > 0 && s.Number > t.steps[i-1].Number+1 && last == s.Column {
			t.line(Piece{Turn, "   …"})
		}
		last = s.Column
		t.row(s)
	}
}

// row is one step, with its notes beside it or below.
func (t *timeline) row(s *Step) {
	mark := Plain
	if len(s.Notes) > 0 {
		mark = Faulty
	}
	line := Line{{Plain, fmt.Sprintf("%3d  ", s.Number)}}
	line = append(line, t.at(s.Column, s.Text, s.Site.String(), mark)...)
	if value := valueOf(s, t.object == ""); t.watch > 0 {
		line = append(line, Piece{Value, pad(value, t.watch+2)})
	}
	notes := slices.Clone(s.Notes)
	if s.Repeated > 0 {
		notes = append(notes, fmt.Sprintf("and so on, %d times more", s.Repeated))
	}
	note := strings.Join(notes, "; ")
	if note != "" && length(line.String())+length(note)+1 <= t.width {
		line = append(line, Piece{Note, " " + note})
		note = ""
	}
	t.line(line...)
	for _, n := range wrap(note, t.width-numberWidth-2) {
		t.line(Piece{Plain, strings.Repeat(" ", numberWidth)}, Piece{Note, "^ " + n})
	}
}

// at puts a text and a place into a column; what does not fit is cut off, the
// text before the place.
func (t *timeline) at(column int, text, site string, mark Mark) []Piece {
	if t.cell == 0 {
		name := ""
		if column >= 0 && column < len(t.f.Columns) {
			name = t.f.Columns[column].Title
		}
		return []Piece{{Head, pad(name, t.who) + "  "}, {mark, pad(text, t.text) + "  "}, {Place, site + "  "}}
	}
	i := slices.Index(t.shown, column)
	before := Piece{Plain, strings.Repeat(" ", t.cell*max(i, 0))}
	room := t.cell - 1
	if site != "" && length(site)+1+min(length(text), room/2) <= room {
		text = pad(text, room-length(site)-1) + " "
	} else {
		site = ""
		text = pad(text, room)
	}
	after := Piece{Plain, strings.Repeat(" ", t.cell*(len(t.shown)-1-max(i, 0))+1)}
	return []Piece{before, {mark, text}, {Place, site}, after}
}

func waitText(w Wait) string { return "waits: " + w.For }

// waits shows who can't go on, each in its column, and below in words why; in a
// list the words are enough. Those that only wait for the end of another come last.
func (t *timeline) waits() {
	joins := func(w Wait) bool { return w.Why == "" }
	waits := slices.Clone(t.f.Waits)
	slices.SortStableFunc(waits, func(a, b Wait) int {
		switch {
		case joins(a) == joins(b):
			return 0
		case joins(a):
			return 1
		}
		return -1
	})
	for _, w := range waits {
		if t.cell > 0 {
			line := Line{{Plain, "  *  "}}
			t.line(append(line, t.at(w.Column, waitText(w), "", Blocked)...)...)
		}
	}
	for _, w := range waits {
		if w.Column < 0 || w.Column >= len(t.f.Columns) {
			continue
		}
		text, mark := t.f.Columns[w.Column].Title+" waits", Note
		if site := w.Site.String(); site != "" {
			text += " at " + site
		}
		text += " for " + w.For
		if w.Why != "" {
			text += ": " + w.Why
		}
		if t.cell == 0 {
			mark = Blocked
		}
		for i, l := range wrap(text, t.width-numberWidth) {
			before := strings.Repeat(" ", numberWidth)
			if i == 0 && t.cell == 0 {
				before = "  *  "
			}
			t.line(Piece{Plain, before}, Piece{mark, l})
		}
	}
}

func length(s string) int { return utf8.RuneCountInString(s) }

// pad makes a text exactly n characters long.
func pad(s string, n int) string {
	s = cut(s, n)
	return s + strings.Repeat(" ", max(n-length(s), 0))
}

// cut makes a text at most n characters long.
func cut(s string, n int) string {
	if length(s) <= n {
		return s
	}
	runes := []rune(s)
	return string(runes[:max(n-1, 0)]) + "…"
}

// wrap breaks a text at spaces into lines of at most n characters, where it can.
func wrap(s string, n int) []string {
	var out []string
	line := ""
	for _, word := range strings.Fields(s) {
		if line != "" && length(line)+1+length(word) > n {
			out = append(out, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	if line != "" {
		out = append(out, line)
	}
	return out
}

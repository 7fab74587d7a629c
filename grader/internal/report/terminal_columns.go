package report

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/fatih/color"

	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/judge"
)

// timeline writes an interleaving that fails, a column per process, at the
// terminal's own width.
func (t *Terminal) timeline(f *explore.Failure, v judge.Verdict) {
	const indent = "      "
	for _, line := range layOut(f, v.Interleavings, t.style.Width-len(indent), t.mine(v.Replay)) {
		var b strings.Builder
		for _, p := range line {
			b.WriteString(t.paint(Escape(p.text, maxLineRunes), markColors[p.mark]...))
		}
		hang := len(indent) + numberWidth
		if slices.ContainsFunc(line, func(p piece) bool { return p.mark == whatToType }) {
			hang = asItIs
		}
		t.hanging(hang, "%s", strings.TrimRight(indent+b.String(), " "))
	}
}

// piece is a stretch of text of one kind.
type piece struct {
	mark mark
	text string
}

type mark uint8

const (
	bare    mark = iota
	heading      // the pattern's name and what came out, or a column's title
	source       // file:line
	holds        // what an object holds
	faulty       // the step that does the damage
	blocked      // a process that can't go on
	turn         // where another process takes over
	note         // an explanation
	whatToType
)

// markColors are how pieces look, where colours are wanted; without them the words alone say
// everything.
var markColors = map[mark][]color.Attribute{
	heading:    {color.Bold},
	source:     {color.Faint},
	holds:      {color.FgBlue},
	faulty:     {color.FgRed, color.Bold},
	blocked:    {color.FgRed},
	turn:       {color.Faint},
	note:       {color.FgYellow},
	whatToType: {color.FgCyan},
}

type columnLine []piece

func (l columnLine) String() string {
	var s string
	for _, p := range l {
		s += p.text
	}
	return s
}

// Interleaving shows a failure as a column for each process, at most width characters
// wide, without the steps that do not matter. replay is the command that a person types
// to see it again; empty: none is shown. What the program said is not escaped.
func Interleaving(f *explore.Failure, r *explore.Report, width int, replay string) []string {
	var out []string
	for _, line := range layOut(f, r, width, replay) {
		out = append(out, line.String())
	}
	return out
}

func layOut(f *explore.Failure, r *explore.Report, width int, replay string) []columnLine {
	t := &columnText{f: f, width: max(width, narrowest), rows: stepRows(f, f.Steps, false)}
	t.measure()
	t.title(r)
	if t.cell > 0 && len(t.rows)+len(f.Waits) > 0 {
		t.heads()
	}
	for _, s := range t.rows {
		t.row(s)
	}
	t.waits()
	if replay != "" {
		t.line(piece{bare, "replay: "}, piece{whatToType, replay})
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

var (
	blank = piece{bare, strings.Repeat(" ", numberWidth)}
	star  = piece{bare, "  *  "} // of a process that can't go on
)

// columnText is a failure on its way to a terminal.
type columnText struct {
	f      *explore.Failure
	width  int
	rows   []stepRow
	shown  []int // columns, in order
	cell   int   // width of a column; 0: a list, in which each step names its process
	who    int   // width of a process's name in a list
	text   int   // … and of what it does
	watch  int   // width of the last column, which says what the object holds; 0: there is none
	object string
	lines  []columnLine
}

func (t *columnText) line(pieces ...piece) { t.lines = append(t.lines, pieces) }

// measure chooses which columns are shown, and how wide they are.
func (t *columnText) measure() {
	used := map[int]bool{}
	widest, site := 0, 0
	for _, s := range t.rows {
		used[s.Column] = true
		widest = max(widest, length(s.Text)+length(s.Site.String())+2)
		t.text, site = max(t.text, length(s.Text)), max(site, length(s.Site.String()))
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
	t.measureValues()
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

// measureValues finds the object that the last column is about, if it is one alone, and
// how wide that column is.
func (t *columnText) measureValues() {
	names := map[string]bool{}
	for _, s := range t.rows {
		if s.Value != "" {
			names[s.Name] = true
			t.object = s.Name
		}
	}
	most := mostValue
	if len(names) > 1 {
		t.object, most = "", mostValue+8
	}
	for _, s := range t.rows {
		t.watch = max(t.watch, min(length(t.valueOf(s)), most))
	}
	if t.watch > 0 {
		t.watch = max(t.watch, min(length(t.object), mostValue))
	}
}

// valueOf is what a step's object holds, with its name where the column has none.
func (t *columnText) valueOf(s stepRow) string {
	if s.Value == "" || s.Name == "" || t.object != "" {
		return s.Value
	}
	return s.Name + "=" + s.Value
}

// title is the failure's, its pattern in capitals, and the share of interleavings that
// fail.
func (t *columnText) title(r *explore.Report) {
	n := min(len(t.f.Pattern), len(t.f.Title))
	title := piece{heading, strings.ToUpper(t.f.Title[:n]) + strings.ReplaceAll(t.f.Title[n:], "\n", " ")}
	share := piece{}
	if r != nil && r.Failing > 0 && r.Replayed == nil {
		share.text = r.Text
	}
	switch gap := t.width - length(title.text) - length(share.text); {
	case share.text == "":
		t.line(title)
	case gap >= 2:
		t.line(title, piece{bare, strings.Repeat(" ", min(gap, 8))}, share)
	default:
		t.line(title)
		t.line(share)
	}
}

func (t *columnText) heads() {
	line := columnLine{blank}
	for _, c := range t.shown {
		line = append(line, piece{heading, pad(t.f.Columns[c].Title, t.cell)})
	}
	if t.watch > 0 {
		line = append(line, piece{heading, cut(t.object, mostValue)})
	}
	t.line(line...)
}

// row is one step, with its notes beside it or below.
func (t *columnText) row(s stepRow) {
	if s.Turn {
		t.line(blank, piece{turn, "-- " + columnTitle(t.f, s.Column) + " goes on --"})
	} else if s.Gap {
		t.line(piece{turn, "   …"})
	}
	mark := bare
	if len(s.Notes) > 0 {
		mark = faulty
	}
	line := append(columnLine{{bare, fmt.Sprintf("%3d  ", s.Number)}}, t.at(s.Column, s.Text, s.Site.String(), mark)...)
	if t.watch > 0 {
		line = append(line, piece{holds, pad(t.valueOf(s), t.watch+2)})
	}
	below := s.Note
	if below != "" && length(line.String())+length(below)+1 <= t.width {
		line = append(line, piece{note, " " + below})
		below = ""
	}
	t.line(line...)
	for _, n := range wrap(below, t.width-numberWidth-2) {
		t.line(blank, piece{note, "^ " + n})
	}
	if s.Lost {
		t.line(blank, piece{faulty, "-- " + cannotBeSaved + " --"})
	}
}

// at puts a text and a place into a column; what does not fit is cut off, the
// text before the place.
func (t *columnText) at(column int, text, site string, m mark) []piece {
	if t.cell == 0 {
		return []piece{{heading, pad(columnTitle(t.f, column), t.who) + "  "}, {m, pad(text, t.text) + "  "}, {source, site + "  "}}
	}
	i := max(slices.Index(t.shown, column), 0)
	room := t.cell - 1
	if site != "" && length(site)+1+min(length(text), room/2) <= room {
		text = pad(text, room-length(site)-1) + " "
	} else {
		site = ""
		text = pad(text, room)
	}
	return []piece{{bare, strings.Repeat(" ", t.cell*i)}, {m, text}, {source, site}, {bare, strings.Repeat(" ", t.cell*(len(t.shown)-1-i)+1)}}
}

func waitText(w explore.Wait) string { return "waits: " + w.For }

// waits shows who can't go on, each in its column, and below in words why; in a list
// the words are enough.
func (t *columnText) waits() {
	waits := waitRows(t.f)
	first, m := star, blocked
	if t.cell > 0 {
		for _, w := range waits {
			t.line(append(columnLine{star}, t.at(w.Column, waitText(w), "", blocked)...)...)
		}
		first, m = blank, note
	}
	for _, w := range waits {
		begin := first
		text := columnTitle(t.f, w.Column) + " waits"
		if site := w.Site.String(); site != "" {
			text += " at " + site
		}
		for _, l := range wrap(text+" for "+why(w.For, w.Why), t.width-numberWidth) {
			t.line(begin, piece{m, l})
			begin = blank
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
	for _, word := range strings.Fields(s) {
		if last := len(out) - 1; last >= 0 && length(out[last])+1+length(word) <= n {
			out[last] += " " + word
		} else {
			out = append(out, word)
		}
	}
	return out
}

package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/fatih/color"

	"lockstep/grader/internal/judge"
)

// Style says what a terminal can show.
type Style struct {
	Color  bool
	ASCII  bool   // no UTF-8: marks are letters
	Width  int    // columns; 0 means 80
	Fold   bool   // what is wider goes on below
	Work   string // the tree that is marked, for commands; empty: the course itself
	Place  string // … and the course's, as exercise.Place has it
	Course string // what is typed more to mean the course, as exercise.CourseTyped has it
}

// Rules of what a student reads:
//   - one line per exercise and per check, in the course's order;
//   - evidence only below what did not pass, indented, label first;
//   - the hint last, and only the next one;
//   - student output is escaped and bounded: it never moves the cursor.
const (
	labelWidth   = 10
	maxLines     = 24 // of one evidence
	maxProcesses = 4  // of one evidence: the others are like them
	maxLineRunes = 160
)

// Terminal writes results for a person, one by one as they come.
type Terminal struct {
	w       *bufio.Writer
	style   Style
	written bool // something stands above
}

// NewTerminal writes to w as style says.
func NewTerminal(w io.Writer, style Style) *Terminal {
	if style.Width == 0 {
		style.Width = 80
	}
	return &Terminal{w: bufio.NewWriter(w), style: style}
}

// WriteTerminal writes the whole report for a person.
func (r *Report) WriteTerminal(w io.Writer, style Style) error {
	t := NewTerminal(w, style)
	for _, e := range r.Exercises {
		t.Exercise(e)
	}
	t.Summary(r)
	return t.Flush()
}

// Flush writes what is waiting to be written.
func (t *Terminal) Flush() error { return t.w.Flush() }

func (t *Terminal) line(format string, args ...any) { t.hanging(0, format, args...) }

// asItIs is the hang of a line that stays one: a person copies it, or its first character
// says what it is.
const asItIs = -1

// hanging writes a line; what is too wide goes on below, that far from the edge.
func (t *Terminal) hanging(hang int, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if t.style.ASCII {
		text = ASCII(text)
	}
	lines := []string{text}
	if t.style.Fold && hang != asItIs {
		lines = Fold(text, t.style.Width, hang)
	}
	for _, line := range lines {
		t.w.WriteString(strings.ReplaceAll(line, unbroken, " "))
		t.w.WriteByte('\n')
	}
}

// unbroken is a space at which no line is broken. Nothing else that is written holds one.
const unbroken = "\x1f"

// typed is a command that a person types, or copies: it stays on one line.
func typed(command string) string { return strings.ReplaceAll(command, " ", unbroken) }

// paint colours text, where colours are wanted.
func (t *Terminal) paint(text string, attributes ...color.Attribute) string {
	if !t.style.Color || text == "" || len(attributes) == 0 {
		return text
	}
	c := color.New(attributes...)
	c.EnableColor()
	return c.Sprint(text)
}

func (t *Terminal) status(s judge.Status, text string) string {
	switch s {
	case judge.Pass:
		return t.paint(text, color.FgGreen)
	case judge.Fail:
		return t.paint(text, color.FgRed)
	case judge.Error:
		return t.paint(text, color.FgMagenta, color.Bold)
	}
	return t.paint(text, color.FgYellow)
}

func (t *Terminal) mark(s judge.Status) string {
	marks := map[judge.Status][2]string{
		judge.Pass: {"✓", "ok"}, judge.Fail: {"✗", "FAIL"}, judge.Skipped: {"–", "skip"},
		judge.NotChecked: {"?", "????"}, judge.Error: {"!", "ERR"},
	}[s]
	if t.style.ASCII {
		return t.status(s, fmt.Sprintf("%-*s", t.markWidth(), marks[1]))
	}
	return t.status(s, marks[0])
}

func (t *Terminal) markWidth() int {
	if t.style.ASCII {
		return 4
	}
	return 1
}

// List writes all exercises, each on one line, below their chapters.
func (t *Terminal) List(r *Report) {
	if t.written {
		t.line("")
	}
	t.written = true
	chapter := ""
	for i, e := range r.Exercises {
		if e.Chapter != chapter {
			chapter = e.Chapter
			t.chapter(chapter, r.Exercises[i:])
		}
		t.heading(e, true)
	}
}

// chapter is a chapter's title, with its points at the right edge.
func (t *Terminal) chapter(title string, exercises []judge.Result) {
	points, most := 0, 0
	for _, e := range exercises {
		if e.Chapter == title {
			points, most = points+e.Points, most+e.Max
		}
	}
	score := fmt.Sprintf("%d/%d", points, most)
	room := t.style.Width - len([]rune(title)) - len(score)
	t.line("%s%s%s", t.paint(title, color.Underline), strings.Repeat(" ", max(2, room)), t.paint(score, color.Faint))
}

// Exercise writes an exercise with its checks.
func (t *Terminal) Exercise(e judge.Result) {
	if t.written {
		t.line("")
	}
	t.written = true
	t.heading(e, false)
	if why := e.NotTaken(); why != "" && e.Built() {
		t.labelled("note", t.wrap(why), color.FgYellow)
	}
	hint := ""
	for i, v := range e.Checks {
		if v.Of != "" && (i == 0 || e.Checks[i-1].Of != v.Of) {
			t.named(judge.Together(e.Checks, v.Of), "")
		}
		v.Cached = v.Cached && !e.Unchanged() // then the heading says it
		if v.Hint == hint {
			v.Hint = "" // it stands above
		} else if v.Status == judge.Fail && v.Hint != "" {
			hint = v.Hint
		}
		t.check(v)
	}
}

// heading is an exercise's name, with its points at the right edge.
func (t *Terminal) heading(e judge.Result, marked bool) {
	name := e.Exercise + "  " + e.Title
	score := fmt.Sprintf("%d/%d", e.Points, e.Max)
	room := t.style.Width - len([]rune(name)) - len(score)
	mark, note := "", ""
	if marked {
		mark = t.mark(e.Status) + " "
		room -= 1 + t.markWidth()
	}
	if e.Unchanged() {
		note = "unchanged  "
		room -= len(note)
	}
	if t.style.Fold && room < 1 && !marked {
		t.line("%s  %s%s", t.paint(e.Exercise, color.Bold), t.paint(note, color.Faint), t.status(e.Status, score))
		t.hanging(2, "  %s", t.paint(e.Title, color.Bold))
		return
	}
	t.line("%s%s%s%s%s", mark, t.paint(name, color.Bold), strings.Repeat(" ", max(2, room)), t.paint(note, color.Faint), t.status(e.Status, score))
}

// named is the line of a check, or of a case below that of its check. It returns how far
// from the edge the name is.
func (t *Terminal) named(v judge.Verdict, tail string) (under int) {
	points := v.Score()
	if points != "" {
		points = " " + points
	}
	edge := "  "
	if v.Of != "" {
		edge = "    "
	}
	under = len(edge) + t.markWidth() + 1
	t.hanging(under, "%s%s %s%s%s", edge, t.mark(v.Status), v.Name(), t.paint(points, color.Faint), tail)
	return under
}

func (t *Terminal) check(v judge.Verdict) {
	tail := ""
	switch v.Status {
	case judge.Skipped, judge.NotChecked, judge.Error:
		tail = " " + t.status(v.Status, string(v.Status)+": "+Escape(v.Message, maxLineRunes))
	}
	if v.Cached {
		tail += t.paint(" (unchanged)", color.Faint)
	}
	under := t.named(v, tail)
	if v.Status == judge.Pass && v.Interleavings != nil && v.Message != "" {
		lines := []string{v.Message}
		for _, note := range notes(v.Evidence) {
			lines = append(lines, t.wrap(note)...)
		}
		for _, line := range lines {
			t.hanging(under, "%*s%s", under, "", t.paint(Escape(line, maxLineRunes), color.Faint))
		}
	}
	if v.Status != judge.Fail {
		return
	}
	if shown := v.Shown(); !tellsItself(v.Evidence) && (shown == nil || shown.Title != v.Message) {
		t.labelled("", t.wrap(v.Message), color.FgRed)
	}
	for _, ev := range v.Evidence {
		if f := v.Shown(); f != nil && ev.Kind == judge.Timeline {
			t.timeline(f, v)
		} else {
			t.evidence(ev)
		}
	}
	if v.Hint != "" {
		t.labelled("hint", t.wrap(v.Hint), color.FgCyan)
	}
}

// notes are what a person should know although a check passes.
func notes(evidence []judge.Evidence) (lines []string) {
	for _, ev := range evidence {
		if ev.Kind == judge.Note {
			lines = append(lines, ev.Lines...)
		}
	}
	return lines
}

// tellsItself reports whether the evidence holds both sides, so that the message
// would only say them again.
func tellsItself(evidence []judge.Evidence) bool {
	for _, ev := range evidence {
		if ev.Kind == judge.Expected {
			return true
		}
	}
	return false
}

// wrap breaks prose at spaces, to what is left of the terminal's width.
func (t *Terminal) wrap(text string) []string {
	least := 30
	if t.style.Fold {
		least = 1
	}
	if lines := wrap(text, max(least, t.style.Width-labelWidth-7)); len(lines) > 0 {
		return lines
	}
	return []string{""}
}

func (t *Terminal) evidence(ev judge.Evidence) {
	label := map[judge.Kind]string{judge.Processes: "", judge.Timeline: "", judge.Reason: "because"}
	name, ok := label[ev.Kind]
	if !ok {
		name = inText(ev.Kind)
	}
	if ev.Kind == judge.Diff {
		t.labelled("", []string{"- expected   + seen"}, color.Faint)
		t.labelledEach("", ev.Lines, asItIs, func(line string) []color.Attribute { return diffColors[line[:min(len(line), 1)]] })
		return
	}
	lines := ev.Lines
	if left := len(lines) - maxProcesses; ev.Kind == judge.Processes && left > 1 {
		lines = append(slices.Clone(lines[:maxProcesses]), fmt.Sprintf("… and %d more", left))
	}
	t.labelled(name, lines)
}

// diffColors are of a diff's lines, by what they begin with.
var diffColors = map[string][]color.Attribute{"+": {color.FgRed}, "-": {color.FgGreen}}

// labelled writes lines behind a label, all but the first under it.
func (t *Terminal) labelled(label string, lines []string, attributes ...color.Attribute) {
	t.labelledEach(label, lines, 6+labelWidth+1, func(string) []color.Attribute { return attributes })
}

func (t *Terminal) labelledEach(label string, lines []string, hang int, look func(line string) []color.Attribute) {
	for i, text := range lines {
		if i == maxLines {
			t.line("      %-*s %s", labelWidth, "", t.paint(fmt.Sprintf("… %d more lines", len(lines)-maxLines), color.Faint))
			return
		}
		if i > 0 {
			label = ""
		}
		text = t.paint(Escape(text, maxLineRunes), look(text)...)
		t.hanging(hang, "%s", strings.TrimRight(fmt.Sprintf("      %-*s %s", labelWidth, label, text), " "))
	}
}

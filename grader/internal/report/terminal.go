package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/fatih/color"

	"lockstep/grader/internal/judge"
)

// Style says what a terminal can show.
type Style struct {
	Color bool
	ASCII bool // no UTF-8: marks are letters
	Width int  // columns; 0 means 80
}

// Rules of what a student reads:
//   - one line per exercise and per check, in the course's order;
//   - evidence only below what did not pass, indented, label first;
//   - the hint last, and only the next one;
//   - student output is escaped and bounded: it never moves the cursor.
const (
	labelWidth   = 10
	maxLines     = 24 // of one evidence
	maxLineRunes = 160
)

type terminal struct {
	w     *bufio.Writer
	style Style
}

// WriteTerminal writes the report for a person.
func (r *Report) WriteTerminal(w io.Writer, style Style) error {
	if style.Width == 0 {
		style.Width = 80
	}
	t := &terminal{w: bufio.NewWriter(w), style: style}
	for i, e := range r.Exercises {
		if i > 0 {
			t.line("")
		}
		t.exercise(e)
	}
	t.summary(r)
	return t.w.Flush()
}

func (t *terminal) line(format string, args ...any) {
	fmt.Fprintf(t.w, format, args...)
	t.w.WriteByte('\n')
}

// paint colours text, where colours are wanted.
func (t *terminal) paint(text string, attributes ...color.Attribute) string {
	if !t.style.Color {
		return text
	}
	c := color.New(attributes...)
	c.EnableColor()
	return c.Sprint(text)
}

func (t *terminal) status(s judge.Status, text string) string {
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

func (t *terminal) mark(s judge.Status) string {
	marks := map[judge.Status][2]string{
		judge.Pass: {"✓", "ok"}, judge.Fail: {"✗", "FAIL"}, judge.Skipped: {"–", "skip"},
		judge.NotChecked: {"?", "????"}, judge.Error: {"!", "ERR"},
	}[s]
	if t.style.ASCII {
		return t.status(s, fmt.Sprintf("%-4s", marks[1]))
	}
	return t.status(s, marks[0])
}

func (t *terminal) exercise(e judge.Result) {
	score := fmt.Sprintf("%d/%d", e.Points, e.Max)
	head := e.Exercise + "  " + e.Title
	gap := strings.Repeat(" ", max(2, t.style.Width-len([]rune(head))-len(score)))
	t.line("%s%s%s", t.paint(head, color.Bold), gap, t.status(e.Status, score))
	for _, v := range e.Checks {
		t.check(v)
	}
}

func (t *terminal) check(v judge.Verdict) {
	points := ""
	if v.Max > 0 {
		points = fmt.Sprintf(" %d/%d", v.Points, v.Max)
	}
	tail := ""
	switch v.Status {
	case judge.Skipped, judge.NotChecked, judge.Error:
		tail = " " + t.status(v.Status, string(v.Status)+": "+Escape(v.Message, maxLineRunes))
	}
	if v.Cached {
		tail += t.paint(" (unchanged)", color.Faint)
	}
	t.line("  %s %s%s%s", t.mark(v.Status), v.Check, t.paint(points, color.Faint), tail)
	if v.Status != judge.Fail {
		return
	}
	if !tellsItself(v.Evidence) {
		t.labelled("", t.wrap(v.Message), color.FgRed)
	}
	for _, ev := range v.Evidence {
		if ev.Kind == judge.Timeline && v.Interleavings != nil && len(v.Interleavings.Failures) > 0 {
			t.timeline(v)
			continue
		}
		t.evidence(ev)
	}
	if v.Hint != "" {
		t.labelled("hint", t.wrap(v.Hint), color.FgCyan)
	}
}

// tellsItself says whether the evidence holds both sides, so that the message
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
func (t *terminal) wrap(text string) []string {
	room := max(30, t.style.Width-labelWidth-7)
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len([]rune(line))+1+len([]rune(word)) > room {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

func (t *terminal) evidence(ev judge.Evidence) {
	label := map[judge.Kind]string{judge.Processes: "", judge.Timeline: "", judge.Reason: "because"}
	name, ok := label[ev.Kind]
	if !ok {
		name = string(ev.Kind)
	}
	if ev.Kind == judge.Diff {
		t.labelled("", []string{"- expected   + seen"}, color.Faint)
		name = ""
	}
	t.labelled(name, ev.Lines)
}

// labelled writes lines behind a label, all but the first under it.
func (t *terminal) labelled(label string, lines []string, attributes ...color.Attribute) {
	for i, text := range lines {
		if i == maxLines {
			t.line("      %-*s %s", labelWidth, "", t.paint(fmt.Sprintf("… %d more lines", len(lines)-maxLines), color.Faint))
			return
		}
		if i > 0 {
			label = ""
		}
		text = Escape(text, maxLineRunes)
		switch {
		case len(attributes) > 0:
			text = t.paint(text, attributes...)
		case strings.HasPrefix(text, "+"):
			text = t.paint(text, color.FgRed)
		case strings.HasPrefix(text, "-"):
			text = t.paint(text, color.FgGreen)
		}
		t.line("%s", strings.TrimRight(fmt.Sprintf("      %-*s %s", labelWidth, label, text), " "))
	}
}

func (t *terminal) summary(r *Report) {
	passed, unchecked, open := 0, 0, ""
	for _, e := range r.Exercises {
		unchecked += e.NotChecked
		switch {
		case e.Status == judge.Pass || e.Status == judge.NotChecked:
			passed++
		case open == "":
			open = e.Exercise
		}
	}
	t.line("")
	t.line("%s", t.status(r.Status, fmt.Sprintf("%d of %d points, %d of %d exercises pass", r.Points, r.Max, passed, len(r.Exercises))))
	if unchecked > 0 {
		t.line("%s", t.status(judge.NotChecked, fmt.Sprintf("%d more points could not be checked here; they are neither won nor lost", unchecked)))
	}
	if open != "" {
		t.line("next: repair exercises/%s, then make grade EX=%s (more help: make hint EX=%s)", open, open, open)
	}
}

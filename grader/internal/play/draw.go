package play

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/report"
)

// Looks of a line, where there are colours; without them the words alone say everything.
const (
	bold   = "1"
	faint  = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
	blue   = "34"
)

// row is a line of the screen and how it looks.
type row struct{ text, look string }

// Least rows that a part keeps where there is little room.
const (
	leastSource = 3
	leastRecent = 1
)

// recent is how many of the last steps are shown where there is room.
const recent = 5

// draw is the screen: what has happened at the top, what can be done below.
func (s *Session) draw(told []string, width, height int) []string {
	p := s.Now
	width = min(width, 132)
	head := []row{{beside(s.Exercise.ID+"  "+s.Line, fmt.Sprintf("step %d", len(p.Steps)), width), bold}}
	head = append(head, s.state()...)
	processes := s.processes(width)
	var objects, output, answers []row
	for _, text := range packed(s.objects(), width) {
		objects = append(objects, row{text, blue})
	}
	for _, line := range printed(p.Output, 2) {
		output = append(output, row{line, ""})
	}
	for _, text := range told {
		for _, line := range report.Fold(text, width, 2) {
			answers = append(answers, row{line, bold})
		}
	}
	deadly := s.Deaths > 0
	foot := []row{{"0-9 let go  " + either(deadly, "x kill  ", "") + ". go on  u back  a can it fail?  " + either(deadly, "", "g goal  ") + "s save  ? help  q quit", faint}}
	left := height - len(head) - len(processes) - len(objects) - len(output) - len(answers) - len(foot) - 3 // blank rows
	last := s.recent(max(leastRecent, min(recent, left-leastSource)))
	source := s.source(max(leastSource, left-len(last)))
	parts := [][]row{head, processes, {{}}, objects, {{}}, source, {{}}, last, output, answers}
	if objects == nil {
		parts = slices.Delete(parts, 3, 5)
	}
	rows := slices.Concat(parts...)
	if most := height - len(foot); len(rows) > most { // the answer stays
		rows = slices.Concat(rows[:max(0, most-len(answers))], answers[:min(len(answers), most)])
	}
	for len(rows) < height-len(foot) {
		rows = append(rows, row{})
	}
	var out []string
	for _, r := range append(rows, foot...) {
		out = append(out, s.paint(strings.TrimRight(r.text, " "), r.look, width))
	}
	return out
}

// mostRunes is more than a line of any terminal.
const mostRunes = 1 << 10

// paint makes a line of at most so many columns.
func (s *Session) paint(text, look string, width int) string {
	text, more := report.Escape(text, mostRunes), "…"
	if s.style.ASCII {
		text, more = report.ASCII(text), "..."
	}
	if all := []rune(text); len(all) > width {
		text = string(all[:max(0, width-length(more))]) + more
	}
	if !s.style.Color || look == "" || text == "" {
		return text
	}
	return "\x1b[" + look + "m" + text + "\x1b[0m"
}

// beside puts two texts at the two ends of a line.
func beside(left, right string, width int) string {
	return left + strings.Repeat(" ", max(2, width-length(left)-length(right))) + right
}

func length(text string) int { return utf8.RuneCountInString(text) }

// state is the goal, or how it has ended.
func (s *Session) state() (rows []row) {
	if text, met := s.Goal(s.Now); met {
		rows = append(rows, row{"goal: " + text + ": reached", green})
	} else if text != "" {
		rows = append(rows, row{"goal: " + text, ""})
	}
	switch over := s.Now.Over; {
	case over == nil:
	case over.Failed:
		rows = append(rows, row{"failed: " + over.Text, red})
	default:
		rows = append(rows, row{"the end: " + over.Text, green})
	}
	return rows
}

// processes are a line for each, and one more where there is no room beside it.
func (s *Session) processes(width int) (rows []row) {
	titles, calls, sites := 0, 0, 0
	all := s.Now.Processes
	for i := range all {
		p := &all[i]
		titles, sites = max(titles, min(length(p.Title), 16)), max(sites, length(p.Site.String()))
		if p.State != explore.Gone {
			calls = max(calls, min(length(p.Next), 28))
		}
	}
	for i := range all {
		p := &all[i]
		text := fmt.Sprintf("%s %-*s  %-*s  %-*s", keyOf(i), titles, report.Escape(p.Title, 16), calls, report.Escape(p.Next, 28), sites, p.Site.String())
		more, look := p.Sees, green
		switch p.State {
		case explore.Waiting:
			more, look = "waits for "+because(p), yellow
		case explore.Gone:
			text, look = fmt.Sprintf("%s %-*s  %s", " ", titles, report.Escape(p.Title, 16), p.Next), faint
		}
		more = report.Escape(more, 200)
		if length(text)+2+length(more) <= width {
			rows = append(rows, row{text + "  " + more, look})
			continue
		}
		rows = append(rows, row{text, look})
		for _, line := range report.Fold("      "+more, width, 6) {
			rows = append(rows, row{line, look})
		}
	}
	return rows
}

// packed puts short texts on one line, as far as there is room.
func packed(texts []string, width int) (lines []string) {
	for _, text := range texts {
		if n := len(lines) - 1; n >= 0 && length(lines[n])+3+length(text) <= width {
			lines[n] += "   " + text
			continue
		}
		lines = append(lines, report.Fold(report.Escape(text, 400), width, 2)...)
	}
	return lines
}

// mostText is how much of a message is shown.
const mostText = 30

// mostCells is how many places of an array, a list or a dict are shown.
const mostCells = 12

// objects say what everything holds, one text each.
func (s *Session) objects() (texts []string) {
	titles := func(all []int) string {
		var names []string
		for _, i := range all {
			names = append(names, s.Now.Processes[i].Title)
		}
		return strings.Join(names, ", ")
	}
	for _, o := range s.Now.Objects {
		var about []string
		for i, c := range o.Cells {
			if i == mostCells {
				about = append(about, fmt.Sprintf("and %d more", len(o.Cells)-i))
				break
			}
			value := c.Value
			if value == "" {
				value = "?"
			}
			about = append(about, c.Name+" = "+value)
		}
		if len(o.Cells) == 0 && len(o.Streams) == 0 {
			about = append(about, o.Kind+" "+o.Name)
			if o.Kind == "list" || o.Kind == "dict" {
				about[0] += " is empty"
			}
		}
		if o.Holds != "" {
			about = append(about, o.Holds)
		}
		for _, w := range o.Owners {
			text := "held by " + s.Now.Processes[w.Process].Title
			if w.Shared {
				text += " to read"
			}
			if w.Dead {
				text += ", which has ended"
			}
			about = append(about, text)
		}
		if o.Kind == "lock" && len(o.Owners) == 0 {
			about = append(about, "free")
		}
		for _, stream := range o.Streams {
			about = append(about, streamWords(o, stream, s.Now.Processes, titles))
		}
		if len(o.Waiting) > 0 {
			about = append(about, titles(o.Waiting)+either(len(o.Waiting) == 1, " waits", " wait"))
		}
		texts = append(texts, strings.Join(about, "; "))
	}
	return texts
}

// streamWords say what is on its way.
func streamWords(o explore.Object, stream explore.Stream, processes []explore.Process, titles func([]int) string) string {
	text := o.Kind + " " + o.Name
	if o.Kind == "pipe" {
		text = "pipe " + endWords(stream.In) + " → " + endWords(stream.Out)
	}
	text += ": "
	var messages []string
	for _, m := range stream.Messages {
		messages = append(messages, fmt.Sprintf("%s (%d bytes, from %s)", report.Escape(m.Text, mostText), m.Size, processes[m.From].Title))
	}
	switch {
	case messages != nil:
		text += strings.Join(messages, ", ")
	case stream.Closed:
		text += "closed"
	default:
		text += "empty"
	}
	if o.Kind == "pipe" && !stream.Closed {
		text += ", open in " + titles(stream.Senders)
	}
	return text
}

// endWords are what an end of a pipe is called, or that it has no name.
func endWords(name string) string {
	if strings.HasPrefix(name, "made at ") {
		return "(no name)"
	}
	return name
}

func either(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

// printed are the last lines of what was printed.
func printed(output string, most int) (lines []string) {
	all := strings.Split(strings.TrimSuffix(output, "\n"), "\n")
	if output == "" {
		return nil
	}
	for _, line := range all[max(0, len(all)-most):] {
		lines = append(lines, "printed: "+line)
	}
	return lines
}

// step is a step as it is told.
func (s *Session) step(step *explore.Step) string {
	text := fmt.Sprintf("%4d  %-12s  %s", step.Number, s.Now.Processes[step.Column].Title, step.Text)
	if at := step.Site.String(); at != "" {
		text += "  " + at
	}
	if len(step.Notes) > 0 {
		text += "  " + strings.Join(step.Notes, "; ")
	}
	return report.Escape(text, 300)
}

// recent are the last steps.
func (s *Session) recent(most int) (rows []row) {
	steps := s.Now.Steps
	for i := max(0, len(steps)-most); i < len(steps); i++ {
		rows = append(rows, row{s.step(&steps[i]), either(steps[i].Undoes != 0, red, faint)})
	}
	return rows
}

// source are the lines at which processes stand, with what is around them as far as there
// is room, and whose they are.
func (s *Session) source(most int) (rows []row) {
	marks := map[int]string{}
	file := ""
	for i, p := range s.Now.Processes {
		at := p.Site
		if at.Line == 0 {
			at = p.Stood
		}
		if at.Line == 0 || s.Sources[at.File] == nil || file != "" && at.File != file {
			continue
		}
		file = at.File
		marks[at.Line] += keyOf(i)
	}
	if file == "" {
		return nil
	}
	lines := strings.Split(string(s.Sources[file]), "\n")
	shown := map[int]bool{}
	for around := 0; around < len(lines); around++ {
		more := map[int]bool{}
		for at := range marks {
			for n := at - around; n <= at+around; n++ {
				if n >= 1 && n <= len(lines) {
					more[n] = true
				}
			}
		}
		if len(more)+gaps(more) > most && around > 0 {
			break
		}
		shown = more
	}
	last := 0
	for n := 1; n <= len(lines); n++ {
		if !shown[n] {
			continue
		}
		if last > 0 && n > last+1 {
			rows = append(rows, row{"        ⋮", faint})
		}
		last = n
		mark, look := marks[n], ""
		if mark != "" {
			mark, look = mark+"▸", bold
		}
		rows = append(rows, row{fmt.Sprintf("%5s%4d  %s", mark, n, strings.ReplaceAll(lines[n-1], "\t", "    ")), look})
	}
	return rows[:min(len(rows), max(most, 0))]
}

// gaps is how many stretches of lines are left out between those that are shown.
func gaps(lines map[int]bool) int {
	n := -1
	for at := range lines {
		if !lines[at-1] {
			n++
		}
	}
	return max(n, 0)
}

// plain are a position's lines where nobody looks at a screen.
func (s *Session) plain() (lines []string) {
	for _, part := range [][]row{s.state(), s.processes(1 << 10)} {
		for _, r := range part {
			lines = append(lines, r.text)
		}
	}
	for _, text := range s.objects() {
		lines = append(lines, report.Escape(text, 400))
	}
	if s.Now.Over != nil {
		lines = append(lines, printed(s.Now.Output, 100)...)
	}
	return append(lines, "")
}

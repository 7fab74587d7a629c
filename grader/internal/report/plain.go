package report

import (
	"fmt"
	"slices"
	"strings"

	"lockstep/grader/internal/judge"
)

// Bounds on what is told of one check, where all fits into the form's budget.
const (
	maxPlainLines = 16
	maxPlainRunes = 200
	maxPlainBytes = 2000
)

// plain is a verdict in words for formats that hold text: what is wrong, what it
// rests on, what to do next. Every line is harmless in a log, and every line that a
// program can have written stands behind a label or a bar. Where it is too long, what
// the verdict rests on is cut first.
func plain(v judge.Verdict, x extent) string {
	var head, rest, tail []string
	if v.Message != "" {
		head = append(head, because(v.Status)+Escape(v.Message, maxPlainRunes))
	}
	if v.File != "" {
		at := v.File
		if v.Line > 0 {
			at += fmt.Sprintf(":%d", v.Line)
		}
		head = append(head, "at: "+Escape(at, maxPlainRunes))
	}
	if v.Stretched > 0 {
		head = append(head, slow(v.Stretched))
	}
	if v.Replay != "" {
		tail = append(tail, "replay: "+Escape(v.Replay, maxPlainRunes))
	}
	if v.Hint != "" {
		tail = append(tail, "hint: "+Escape(v.Hint, 2*maxPlainRunes))
	}
	// What is cut, a line takes the place of.
	cut := "… more " + x.more
	room := x.bytes - len(strings.Join(slices.Concat(head, tail), "\n")) - 1
	if evidence := bounded(x.evidence(v), room, cut); evidence != "" {
		rest = []string{evidence}
	}
	return bounded(strings.Join(slices.Concat(head, rest, tail), "\n"), x.bytes, cut)
}

// evidence is what a verdict rests on, in as many lines as are told of one check.
func (x extent) evidence(v judge.Verdict) string {
	if len(v.Evidence) == 0 {
		return ""
	}
	if told, ok := x.told[&v.Evidence[0]]; ok {
		return told
	}
	var lines []string
	for _, e := range Evidence(v) {
		for i, line := range e.Lines {
			if i == maxPlainLines {
				lines = append(lines, "  | …")
				break
			}
			if i == 0 {
				lines = append(lines, inText(e.Kind)+":")
			}
			lines = append(lines, "  | "+Escape(line, maxPlainRunes))
		}
	}
	text := strings.Join(lines, "\n")
	if x.told != nil {
		x.told[&v.Evidence[0]] = text
	}
	return text
}

// inText is what a kind of evidence is called where it stands beside text.
func inText(k judge.Kind) string {
	if k == judge.Places {
		return "look at"
	}
	return string(k)
}

// slow says that limits were stretched.
func slow(times float64) string {
	return fmt.Sprintf("this machine is slow: limits on time were stretched, up to %.0f times", times)
}

// because names a status that is neither a pass nor a failure.
func because(s judge.Status) string {
	if s == judge.Pass || s == judge.Fail {
		return ""
	}
	return string(s) + ": "
}

// bounded cuts a text of several lines between lines, and ends it by a line that says so;
// where there is no room for one, the text is empty.
func bounded(text string, most int, cut string) string {
	if len(text) <= most {
		return text
	}
	if most < len(cut) {
		return ""
	}
	kept := text[:max(0, most-len(cut)-1)]
	at := max(0, strings.LastIndexByte(kept, '\n'))
	if at == 0 {
		return cut
	}
	return kept[:at] + "\n" + cut
}

// counted are a verdict's points as a classroom adds them up: what this machine
// can't tell costs nothing.
func counted(v judge.Verdict) (points, most int) {
	if v.Status == judge.NotChecked {
		return 0, 0
	}
	return v.Points, v.Max
}

// total adds up what is counted.
func (r *Report) total() (points, most int) {
	for _, e := range r.Exercises {
		for _, v := range e.Checks {
			p, m := counted(v)
			points, most = points+p, most+m
		}
	}
	return points, most
}

// outcome is a status in the three words that classrooms know. A check that was
// skipped is one that did not pass; one that this machine can't tell passes, for
// no points, and its text says so.
func outcome(s judge.Status) string {
	switch s {
	case judge.Pass, judge.NotChecked:
		return "pass"
	case judge.Error:
		return "error"
	}
	return "fail"
}

// named is a check's name among those of all exercises.
func named(e judge.Result, v judge.Verdict) string {
	name := e.Exercise + ": " + v.Check
	if v.Bonus > 0 {
		name += " (bonus)"
	}
	if v.Status == judge.NotChecked {
		name += " (not checked)"
	}
	return Escape(name, maxPlainRunes)
}

// ran is what a check ran, for formats that show a test's code.
func ran(v judge.Verdict) string {
	for _, e := range v.Evidence {
		if e.Kind == judge.Ran {
			return Escape(strings.Join(e.Lines, " "), maxPlainRunes)
		}
	}
	return ""
}

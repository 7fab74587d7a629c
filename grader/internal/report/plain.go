package report

import (
	"fmt"
	"strings"

	"lockstep/grader/internal/judge"
)

// Bounds on what a classroom is sent of one check: a result with some hundred
// checks stays far below what GitHub takes as a step's output (1 MiB).
const (
	maxPlainLines = 16
	maxPlainRunes = 200
	maxPlainBytes = 2000
)

// plain is a verdict in words for formats that hold text: what is wrong, what it
// rests on, what to read next. Every line is harmless in a log, and every line
// that a program can have written stands behind a label or a bar.
func plain(v judge.Verdict) string {
	var lines []string
	if v.Message != "" {
		lines = append(lines, because(v.Status)+Escape(v.Message, maxPlainRunes))
	}
	if v.File != "" {
		at := v.File
		if v.Line > 0 {
			at += fmt.Sprintf(":%d", v.Line)
		}
		lines = append(lines, "at: "+Escape(at, maxPlainRunes))
	}
	if v.Stretched > 0 {
		lines = append(lines, slow(v.Stretched))
	}
	for _, e := range Evidence(v) {
		for i, line := range e.Lines {
			if i == maxPlainLines {
				lines = append(lines, "  | …")
				break
			}
			if i == 0 {
				lines = append(lines, string(e.Kind)+":")
			}
			lines = append(lines, "  | "+Escape(line, maxPlainRunes))
		}
	}
	if v.Hint != "" {
		lines = append(lines, "hint: "+Escape(v.Hint, 2*maxPlainRunes))
	}
	return bounded(strings.Join(lines, "\n"), maxPlainBytes)
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

// bounded cuts a text of several lines, between lines where it can.
func bounded(text string, most int) string {
	if len(text) <= most {
		return text
	}
	const more = "\n…"
	cut := strings.ToValidUTF8(text[:most-len(more)], "")
	if i := strings.LastIndexByte(cut, '\n'); i > 0 {
		cut = cut[:i]
	}
	return cut + more
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

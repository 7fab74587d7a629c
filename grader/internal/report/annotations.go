package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"lockstep/grader/internal/judge"
)

// mostAnnotations is how many GitHub keeps of a step.
const mostAnnotations = 10

// WriteNotices writes the two workflow commands by which GitHub Classroom's tools, and
// what came after it, learn of points. There are none where the grader broke: then
// whatever it knows of points is no score, and one error says so.
func (r *Report) WriteNotices(w io.Writer) error {
	points, most := r.total()
	var err error
	switch {
	case r.Status == judge.Error:
		_, err = fmt.Fprintf(w, "::error title=No score::%s\n", data("the grader broke or was cut off: tell your teacher. "+r.broke()))
	case most > 0:
		_, err = fmt.Fprintf(w, "::notice title=Autograding complete::Points %d/%d\n::notice title=Autograding report::{\"totalPoints\":%d,\"maxPoints\":%d}\n", points, most, points, most)
	}
	return err
}

// broke is the first thing that the grader says of why it broke.
func (r *Report) broke() string {
	for _, e := range r.Exercises {
		for _, v := range e.Checks {
			if v.Status == judge.Error {
				return Escape(e.Exercise+": "+v.Message, maxPlainRunes)
			}
		}
	}
	return ""
}

// annotation is one that stands at a student's line, or at none.
type annotation struct {
	rank int // which of its exercise's
	text string
}

// WriteAnnotations writes GitHub's workflow commands that mark the student's lines, as
// many as GitHub keeps beside those of WriteNotices: of each program that the student
// changed what fails first, then what fails second, and so on. Programs that are as the
// course ships them share one notice.
func (r *Report) WriteAnnotations(w io.Writer) error {
	var all []annotation
	var untouched []string
	for _, e := range r.Exercises {
		if e.Untouched && e.Status == judge.Fail {
			untouched = append(untouched, e.Exercise)
			continue
		}
		rank := 0
		for _, v := range e.Checks {
			level := severity(v)
			if level == "" || v.Status == judge.Error {
				continue
			}
			properties := "title=" + property(named(e, v))
			if v.File != "" {
				properties = fmt.Sprintf("file=%s,line=%d,%s", property(Escape(v.File, maxPlainRunes)), max(v.Line, 1), properties)
			}
			if rank++; level == "warning" {
				rank += len(e.Checks) // what is wrong comes first
			}
			all = append(all, annotation{rank, fmt.Sprintf("::%s %s::%s\n", level, properties, data(plain(v, extent{bytes: maxPlainBytes, more: inTheSummary})))})
		}
	}
	slices.SortStableFunc(all, func(x, y annotation) int { return cmp.Compare(x.rank, y.rank) })
	room := mostAnnotations - 2
	var b strings.Builder
	if len(untouched) > 0 {
		room--
		fmt.Fprintf(&b, "::notice title=Not begun::%s\n", data("as the course ships them: "+Escape(strings.Join(untouched, ", "), maxPlainBytes)))
	}
	if left := len(all) - room; left > 0 {
		left++
		fmt.Fprintf(&b, "::notice title=%d more checks did not pass::%s\n", left, data("… more "+inTheSummary))
		all = all[:room-1]
	}
	for _, a := range all {
		b.WriteString(a.text)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

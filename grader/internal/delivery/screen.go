package delivery

import (
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/report"
	"lockstep/grader/internal/terminal"
)

// screen shows a person the results as they come, in order, and at the end what
// to do next.
type screen struct {
	*terminal.Status
	out   *report.Terminal
	whole bool // of a whole course: the checks of what fails, and at the end a line for each exercise
	told  int
}

// result writes one result, with the line of what is going on out of its way.
func (s *screen) result(r judge.Result) {
	s.Over(r)
	s.Above(func() { s.write(r) })
}

func (s *screen) write(r judge.Result) {
	s.told++
	if s.whole && (r.Status == judge.Pass || r.Status == judge.NotChecked) {
		return
	}
	s.out.Exercise(r)
	_ = s.out.Flush() // the last word, below, tells what can't be written
}

// end writes what is left: results that nobody told of, because the call was cut
// off, the list of all, and the summary. The last lines are those that are seen.
func (s *screen) end(r *report.Report) error {
	s.Close()
	for _, e := range r.Exercises[s.told:] {
		s.write(e)
	}
	if s.whole {
		s.out.List(r)
	}
	s.out.Summary(r)
	return s.out.Flush()
}

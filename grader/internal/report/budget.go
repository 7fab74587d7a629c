package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"sort"

	"lockstep/grader/internal/judge"
)

// What each form may hold, in bytes. Linux hands no program a variable of more than
// 128 KiB, and GitHub takes a summary of 1 MiB and a release's text of 125,000 characters;
// what goes beyond is lost as a whole, and the points with it. Files that services read
// have no bound that is known, and are kept to one that nobody minds.
const (
	classroomBudget = 100 << 10
	bodyBudget      = 120_000
	summaryBudget   = 1 << 20
	fileBudget      = 1 << 20
)

// extent is how much is told of one check, and where more of it stands.
type extent struct {
	bytes int
	more  string
	told  map[*judge.Evidence]string // whole, by the first of a verdict's: not to be written out again for each length
}

// Where there is more.
const (
	inTheLog     = "in the log"
	inTheSummary = "in the job's summary"
	byGrading    = "by make grade, on your own machine"
)

var errBudget = errors.New("there are too many checks for the form that was asked for")

// within writes what a form holds, and tells of every check as much, as far as the budget
// goes: what is short stays whole, what is long is cut to one length for all.
func within(w io.Writer, budget int, more string, compose func(extent) ([]byte, error)) error {
	told := map[*judge.Evidence]string{}
	text, err := compose(extent{maxPlainBytes, more, told})
	if err == nil && len(text) > budget {
		most := sort.Search(maxPlainBytes, func(n int) bool {
			text, err := compose(extent{n + 1, more, told})
			return err != nil || len(text) > budget
		})
		text, err = compose(extent{most, more, told})
	}
	if err == nil && len(text) > budget {
		err = errBudget
	}
	if err == nil {
		_, err = w.Write(text)
	}
	return err
}

// indented is JSON for files, with <, > and & as they are.
func indented(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return b.Bytes(), err
}

package report

import (
	"cmp"
	"fmt"
	"io"
	"path"
	"slices"

	"lockstep/grader/internal/judge"
)

// WriteLines writes what editors read: "file:line: severity: what", a line for each check
// that did not pass. Programs that are as the course ships them are left out of several. In
// is the folder that the names of files count from, slash-separated.
func (r *Report) WriteLines(w io.Writer, in string) error {
	for _, e := range r.Exercises {
		if e.Untouched && len(r.Exercises) > 1 {
			continue
		}
		for _, v := range e.Checks {
			severity := severity(v)
			if severity == "" {
				continue
			}
			file := v.File
			if file == "" {
				file = "exercises/" + e.Exercise + "/" + slices.Concat(e.Takes, []string{"main.go"})[0]
			}
			if !path.IsAbs(file) {
				file = path.Join(in, file)
			}
			what := cmp.Or(Escape(v.Message, maxPlainRunes), string(v.Status))
			if _, err := fmt.Fprintf(w, "%s:%d: %s: %s: %s\n", Escape(file, maxPlainRunes), max(v.Line, 1), severity, Escape(v.Called(), maxPlainRunes), what); err != nil {
				return err
			}
		}
	}
	return nil
}

// severity is how a verdict is marked at its line; empty for one that needs no mark.
func severity(v judge.Verdict) string {
	if v.Bonus > 0 && v.Status == judge.Fail {
		return "warning"
	}
	return map[judge.Status]string{judge.Fail: "error", judge.Error: "error", judge.NotChecked: "warning"}[v.Status]
}

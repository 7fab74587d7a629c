package judge

import (
	"fmt"
	"strings"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/script"
	"lockstep/grader/internal/speedup"
)

// judgeSpeedup takes over the measurement's own status: it passes and fails only
// where its evidence is clear.
func judgeSpeedup(v *Verdict, e *exercise.Exercise, r *script.Record) {
	s := r.Speedup
	v.Message = s.Summary
	v.Speedup = s
	switch s.Status {
	case speedup.Pass:
		v.Status = Pass
		if failsByClaims(v, e, r) {
			return
		}
	case speedup.NotChecked:
		v.Status = NotChecked
	default:
		v.Status = Fail
		for _, run := range r.Runs[:min(1, len(r.Runs))] {
			v.Evidence = append(v.Evidence, Evidence{Ran, []string{run.Line}})
		}
	}
	var reasons []string
	for _, reason := range s.Reasons {
		reasons = append(reasons, reason.Text)
		if v.Line == 0 && v.Status == Fail {
			v.File, v.Line = reason.Site.File, reason.Site.Line
		}
	}
	if said := len(reasons) == 1 && strings.Contains(s.Summary, reasons[0]); len(reasons) > 0 && !said && v.Status == Fail {
		v.Evidence = append(v.Evidence, Evidence{Reason, reasons})
	}
	if s.Why != "" && s.DecidedBy != speedup.ByNothing { // the message says why nothing did
		v.Evidence = append(v.Evidence, Evidence{Note, []string{fmt.Sprintf("decided by the %s: %s", s.DecidedBy, s.Why)}})
	}
}

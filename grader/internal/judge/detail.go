package judge

import (
	"fmt"
	"time"

	"lockstep/grader/internal/exercise"
)

// hides notes how much of a check's verdict is told, and from when on all of it.
func (v *Verdict) hides(e *exercise.Exercise, c *exercise.Check) {
	v.Detail, v.Reveal = "", time.Time{}
	if d := e.Detail(c); d.Less(exercise.Full) {
		v.Detail, v.Reveal = d, e.Reveal.Time
	}
}

// Level is how much of a verdict is told at a time: what is asked for, or, where that is
// empty, what the course says.
func (v *Verdict) level(now time.Time, asked exercise.Detail) exercise.Detail {
	switch {
	case asked != "":
		return asked
	case v.Detail == "" || !v.Reveal.IsZero() && !now.Before(v.Reveal):
		return exercise.Full
	}
	return v.Detail
}

// Tell is the verdict as people hear of it who may not know all: at a level that tells
// less than everything, nothing of how the check went is left but how it ended and, of a
// failure, its kind. What the compiler said of a program, and why files were refused, is
// told always. Asked is the level to tell it at; empty: as the course says. What was told
// with less can't be told with more afterwards: see Tells.
func (v Verdict) Tell(now time.Time, asked exercise.Detail) Verdict {
	level := v.level(now, asked)
	if !level.Less(v.Told) && v.Told != "" {
		level = v.Told
	}
	if v.Status == Error || v.Status == Skipped || v.Check == exercise.Builds || !level.Less(exercise.Full) {
		return v // with its kind: it may be told with less later
	}
	v.Told = level
	v.Evidence, v.Pictures, v.Interleavings, v.Speedup = nil, nil, nil, nil
	v.File, v.Line, v.Replay = "", 0, ""
	if level == exercise.None {
		v.Kind, v.Outcome, v.Hint = "", "", ""
	}
	if v.Status != Fail {
		return v
	}
	if v.Message = v.Kind; v.Message == "" { // at that level, or in a journal of before there were kinds
		v.Message = "what is wrong is not told"
	} else if v.Hidden {
		v.Message += " for an input that is not shown"
	}
	if v.Reveal.After(now) {
		v.Message += fmt.Sprintf("; all is told from %s", v.Reveal.Format("2006-01-02 15:04 MST"))
	}
	return v
}

// Tells reports whether a verdict that was kept tells as much of its check as would be told
// now.
func (v Verdict) Tells(e *exercise.Exercise, now time.Time, asked exercise.Detail) bool {
	c, ok := e.Check(v.Check)
	if v.Told == "" || !ok {
		return true
	}
	v.hides(e, c)
	level := v.level(now, asked)
	return !v.Told.Less(level)
}

// Tell is the result as people hear of it who may not know all.
func (r Result) Tell(now time.Time, asked exercise.Detail) Result {
	checks := make([]Verdict, len(r.Checks))
	for i, v := range r.Checks {
		checks[i] = v.Tell(now, asked)
	}
	r.Checks = checks
	return r
}

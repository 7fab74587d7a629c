package judge

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/build"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/explore/detect"
	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/script"
	"lockstep/grader/internal/submission"
)

// Facts are everything that is known of one exercise of one submission.
type Facts struct {
	Job     plan.Job
	Refused []submission.Problem      // why files were not taken
	Untaken []string                  // files beside them that an exercise does not take
	Program *build.Program            // nil when it was not built because files were refused
	Records map[string]*script.Record // by check; a check that was not tried has none
	Broken  error                     // the grader could not get this far

	Known    map[string]Verdict // by check: what was decided earlier of the very same work
	Strict   bool               // what this machine can't tell is an error: the result is of no use
	Pictures bool               // verdicts shall hold what their runs looked like
}

// Recall judges a job by nothing but what is known; ok reports whether that decides all
// of it, and nothing has to be built or run.
func Recall(job plan.Job, known map[string]Verdict) (r Result, ok bool) {
	if len(known) == 0 {
		return Result{}, false
	}
	r = Judge(Facts{Job: job, Known: known, Program: &build.Program{Plain: "-"}})
	return r, r.Status != Error
}

// Stands reports whether checks that need this one are worth trying: it passed, or
// this machine can't tell, which must not cost the others.
func Stands(e *exercise.Exercise, c *exercise.Check, known map[string]Verdict, r *script.Record) bool {
	if v, ok := known[c.Name]; ok {
		return stands(v.Status)
	}
	return r != nil && stands(verdict(e, c, r).Status)
}

func stands(s Status) bool { return s == Pass || s == NotChecked }

// Judge names the verdicts of one exercise.
func Judge(f Facts) Result {
	e := f.Job.Exercise
	result := Result{Exercise: e.ID, Title: e.Title, Topic: e.Topic, Chapter: e.Chapter().Title, Max: e.Points, Takes: e.Edit, Untaken: f.Untaken, Checks: []Verdict{}}
	if built, failed := judgeBuild(f); failed {
		if why := result.NotTaken(); why != "" {
			built.Evidence = append(built.Evidence, Evidence{Note, []string{why}})
		}
		result.Checks = append(result.Checks, built)
	}
	status := map[string]Status{}
	for i := range e.Checks {
		c := &e.Checks[i]
		v := judgeCheck(f, c, status, len(result.Checks) > i)
		status[c.Name] = v.Status
		if f.Strict && v.Status == NotChecked {
			v.Status, v.Message = Error, "not checked, which --strict does not take: "+v.Message
		}
		result.Checks = append(result.Checks, v)
		result.Points += v.Points
		if v.Status == NotChecked {
			result.Max -= v.Max // no points are lost by what this machine can't tell
			result.NotChecked += v.Max
		}
		result.Seconds += v.Seconds
		result.Tier = weakest(result.Tier, f.Records[c.Name])
		if !v.Cached {
			result.Stretched = max(result.Stretched, v.Stretched)
		}
	}
	if f.Program != nil {
		result.Stretched = max(result.Stretched, f.Program.Stretched)
	}
	result.Status = sum(result.Checks)
	return result
}

// weakest is the weakest tier among those of a record's runs and one before. Their
// names rise as they get weaker.
func weakest(before box.Tier, r *script.Record) box.Tier {
	if r != nil {
		for _, run := range r.Runs {
			before = max(before, run.Observation.Tier)
		}
	}
	return before
}

// sum is the status of a whole exercise: the worst of its checks, where a
// machine that can't tell is no failure, and a bonus that was not got none either.
func sum(checks []Verdict) Status {
	has := map[Status]bool{}
	for _, v := range checks {
		has[v.Status] = has[v.Status] || v.Bonus == 0 || v.Status == Error
	}
	for _, s := range []Status{Error, Fail, Skipped, NotChecked} {
		if has[s] {
			if s == Skipped {
				return Fail
			}
			return s
		}
	}
	return Pass
}

// judgeBuild says why there is no program, where there is none. This verdict has
// no points of its own, and stands in a result only when it is no pass.
func judgeBuild(f Facts) (Verdict, bool) {
	if known, ok := f.Known[exercise.Builds]; ok {
		return known, true
	}
	v := Verdict{Check: exercise.Builds, Status: Fail}
	switch {
	case f.Broken != nil:
		v.Status, v.Message = Error, "the grader broke: "+f.Broken.Error()
	case len(f.Refused) > 0:
		v.Message = f.Refused[0].Brief()
		v.File, v.Line = f.Refused[0].File, f.Refused[0].Line
		v.Evidence = []Evidence{{Refused, problems(f.Refused)}}
	case f.Program == nil:
		v.Status, v.Message = Error, "the grader broke: the program was neither refused nor built"
	case f.Program.Plain == "":
		v.Message = "the program does not compile"
		v.Evidence = []Evidence{{Compiler, f.Program.Errors}}
		v.File, v.Line = firstPlace(f.Program.Errors)
	default:
		return v, false
	}
	return v, true
}

func problems(ps []submission.Problem) []string {
	out := make([]string, len(ps))
	for i, p := range ps {
		out[i] = p.String()
	}
	return out
}

// judgeCheck judges one check, or says which earlier one keeps it from being tried.
func judgeCheck(f Facts, c *exercise.Check, status map[string]Status, noProgram bool) Verdict {
	skip := Verdict{Check: c.Name, Of: c.Of, Title: c.Title, Status: Skipped, Hidden: c.Hidden}
	skip.Max, skip.Bonus = c.Most()
	if noProgram {
		if skip.Message = "the program was not built"; f.Broken != nil {
			skip.Status = Error
		}
		return skip
	}
	for _, need := range c.Needs {
		if !stands(status[need]) {
			if needed, ok := f.Job.Exercise.Check(need); ok {
				need = needed.Called()
			}
			skip.Message = fmt.Sprintf("needs %q, which did not pass", need)
			return skip
		}
	}
	if known, ok := f.Known[c.Name]; ok {
		known.Title, known.Hidden, known.Hint = c.Title, c.Hidden, hint(f.Job.Exercise, c, known)
		known.hides(f.Job.Exercise, c)
		return known
	}
	r := f.Records[c.Name]
	if r == nil {
		skip.Status, skip.Message = Error, "the grader broke: the check was never tried"
		return skip
	}
	v := verdict(f.Job.Exercise, c, r)
	if v.Replay != "" {
		v.Replay = ReplayCommand(f.Job.Exercise, c, v.Replay, r.Explored.Seed)
	}
	if f.Pictures {
		v.Pictures = pictures(f.Job.Exercise, c, r)
	}
	return v
}

// ReplayCommand is what a person types to see a schedule again. The check is named
// only where an exercise explores more than one, the seed only where it decides what
// was run.
func ReplayCommand(e *exercise.Exercise, c *exercise.Check, schedule string, seed uint64) string {
	command := fmt.Sprintf("make replay EX=%s%s SCHEDULE=%s", e.Number(), e.PlaceTyped(), schedule)
	for i := range e.Checks {
		if e.Checks[i].Explores() {
			if e.Checks[i].Name != c.Name {
				command += fmt.Sprintf(" CHECK='%s'", c.Name)
			}
			break
		}
	}
	if c.Draws() {
		command += fmt.Sprintf(" SEED=%d", seed)
	}
	return command
}

// verdict judges one record.
func verdict(e *exercise.Exercise, c *exercise.Check, r *script.Record) Verdict {
	v := Verdict{Check: c.Name, Of: c.Of, Title: c.Title, Seconds: r.Elapsed.Seconds(), Hidden: c.Hidden, Stretched: r.Stretched}
	v.Max, v.Bonus = c.Most()
	v.hides(e, c)
	switch {
	case r.Broken != nil:
		v.Status, v.Message = Error, "the grader broke: "+r.Broken.Error()
		return v
	case r.Unseen != "":
		v.Status, v.Message = NotChecked, r.Unseen
		return v
	case r.Explored != nil:
		judgeExplored(&v, e, r)
	case r.Speedup != nil:
		judgeSpeedup(&v, e, r)
	default:
		judgeClaims(&v, e, r)
	}
	if why := unknown(r); v.Status == Pass && why != "" {
		v.Status, v.Message = NotChecked, "this machine can't tell "+why
	}
	switch v.Status {
	case Pass:
		v.Points = c.Points
	case Fail:
		v.Outcome = outcome(c, r)
		v.Hint = hint(e, c, v)
		v.Kind = cmp.Or(v.Kind, v.Message)
	}
	v.Message, v.Kind = legible(v.Message), legible(v.Kind)
	for _, ev := range v.Evidence {
		for i := range ev.Lines {
			ev.Lines[i] = legible(ev.Lines[i])
		}
	}
	return v
}

// hint is the first about what a check fails by; empty where there is none.
func hint(e *exercise.Exercise, c *exercise.Check, v Verdict) string {
	if ladder := c.Ladder(v.Outcome); v.Status == Fail && len(ladder) > 0 {
		return e.HintText(ladder[0])
	}
	return ""
}

// unknown says what could not be told of one of the runs. What was seen to be wrong is
// wrong all the same.
func unknown(r *script.Record) string {
	for _, run := range r.Runs {
		if why := run.Observation.Untold(); why != "" {
			return why
		}
	}
	return r.Untold
}

// legible writes the bytes of a text that are none as \xNN. Whatever keeps or sends a
// verdict as text would each put something else in their place.
func legible(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	var b strings.Builder
	for text != "" {
		r, size := utf8.DecodeRuneInString(text)
		if r == utf8.RuneError && size == 1 {
			fmt.Fprintf(&b, `\x%02x`, text[0])
		} else {
			b.WriteString(text[:size])
		}
		text = text[size:]
	}
	return b.String()
}

// outcome is what a check that fails fails by, as hints know it.
func outcome(c *exercise.Check, r *script.Record) exercise.Outcome {
	if x := r.Explored; x != nil && x.Outcome == explore.Failed {
		f := &x.Failures[0]
		if f.Outcome == exercise.OfForm || f.Pattern == detect.Wrong && f.Outcome != exercise.OfStdout && f.Outcome != "" {
			return f.Outcome
		}
		return exercise.Outcome(f.Pattern)
	}
	if r.Held != nil {
		return exercise.Outcome(r.Held.Failures[0].Pattern)
	}
	for _, claim := range r.Claims {
		if !claim.Holds && !claim.Unseen {
			return claim.Outcome
		}
	}
	if s := r.Speedup; s != nil && len(s.Reasons) > 0 {
		return exercise.Outcome(s.Reasons[0].Kind)
	} else if s != nil {
		return exercise.OfSpeedup
	}
	return "" // what the program may not do keeps it from being told
}

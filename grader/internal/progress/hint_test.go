package progress

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/submission"
)

const laddered = `title: T
topic: t
goal: g
points: 3
edit: [main.go]
hints: [one, two, three, four]
checks:
  - {name: counts, points: 1, run: {}, races: {}, stdout: "1\n", hint: {lost update: [1, 2, 3], deadlock: 4}}
  - {name: joins, points: 1, run: {}, processes: {joined: all}, hint: {joined: [4]}}
  - {name: prints, points: 1, run: {}, stdout: "1\n", hint: 3}
starter: {fails: [counts]}
`

// number is a hint's in what `hint` says.
var number = regexp.MustCompile(`hint (\d) of`)

// TestLadders follows students: each step is what they hand in, "files: check outcome,
// check outcome", and the hints that the report shows; or that they ask for a hint,
// "files?", and its number. Nothing is forgotten in between.
func TestLadders(t *testing.T) {
	for name, test := range map[string]struct{ steps, want string }{
		"another attempt, another hint": {"a: counts lost update; b: counts lost update; c: counts lost update; d: counts lost update", "one; two; three; three"},
		"the same attempt again":        {"a: counts lost update; a: counts lost update; b: counts lost update", "one; one; two"},
		"another fault":                 {"a: counts lost update; b: counts deadlock; c: joins joined; d: counts lost update", "one; four; four; two"},
		"no hint is about it":           {"a: counts crash; b: prints form; c: builds ; d: counts lost update", "-; -; -; one"},
		"both at once":                  {"a: counts lost update, joins joined; b: counts lost update", "one four; two"},
		"another's hint on the ladder":  {"a: counts lost update, prints stdout; a: counts lost update, prints stdout; b: counts lost update", "one three; one three; two"},
		"asked for":                     {"a?; a?; a?; a?; a?", "1; 2; 3; 4; no more"},
		"asked for after a failure":     {"a: counts lost update; a?; a: counts lost update; a?; a: counts lost update; a?", "one; 2; two; 3; three; no more"},
		"asked for before the next":     {"a: counts lost update; b?; b: counts lost update; c: counts lost update", "one; 2; two; three"},
		"asked for about the fault":     {"a: joins joined; a?; b: counts deadlock; b?; c: counts lost update; c?", "four; no more; four; no more; one; 2"},
		"asked for, and none is there":  {"a: prints form; a?; b: builds ; b?; c: prints stdout; c?", "-; none about prints; -; none about builds; three; 4"},
		"the second of two has one":     {"a: counts crash, joins joined; a?", "- four; no more"},
		"passed":                        {"a: joins joined; b: ; b?", "four; ; 1"},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := exercise.Parse("f", []byte(laddered))
			if err != nil {
				t.Fatal(err)
			}
			e.ID, e.Dir = "10-counts", t.TempDir()
			state := t.TempDir()
			var got []string
			for step := range strings.SplitSeq(test.steps, "; ") {
				w := Open(state, []*exercise.Exercise{e}) // each call begins anew
				files, faults, marked := strings.Cut(step, ": ")
				files = strings.TrimSuffix(files, "?")
				if err := os.WriteFile(filepath.Join(e.Dir, "main.go"), []byte(files), 0o644); err != nil {
					t.Fatal(err)
				}
				if marked {
					got = append(got, marking(t, w, e, files, faults))
					continue
				}
				var out strings.Builder
				if err := w.Hint(&out, e); err != nil {
					t.Fatal(err)
				}
				said := out.String()
				switch m := number.FindStringSubmatch(said); {
				case strings.Contains(said, "there are no more"):
					got = append(got, "no more")
				case m == nil:
					_, check, _ := strings.Cut(said, "(")
					check, _, _ = strings.Cut(check, ")")
					got = append(got, "none about "+check)
				default:
					got = append(got, m[1])
				}
			}
			if g := strings.Join(got, "; "); g != test.want {
				t.Errorf("got %s, want %s", g, test.want)
			}
		})
	}
}

// marking remembers a result in which checks fail, and says which hints its report shows.
func marking(t *testing.T, w *Work, e *exercise.Exercise, files, faults string) string {
	t.Helper()
	task := grading.Task{Job: plan.Job{Exercise: e}, Work: submission.New(e, e.Dir, map[string][]byte{"main.go": []byte(files)})}
	r := judge.Result{Exercise: e.ID, Status: judge.Pass}
	for fault := range strings.SplitSeq(faults, ", ") {
		check, outcome, ok := strings.Cut(fault, " ")
		if !ok {
			continue
		}
		v := judge.Verdict{Check: check, Status: judge.Fail, Outcome: exercise.Outcome(outcome)}
		if ladder := ladderOf(e, &v); len(ladder) > 0 {
			v.Hint = e.HintText(ladder[0]) // as the judge says it
		}
		r.Status, r.Checks = judge.Fail, append(r.Checks, v)
	}
	if err := w.Remember(task, r); err != nil {
		t.Fatal(err)
	}
	var shown []string
	for _, v := range w.Hinted(task, r).Checks {
		if v.Hint == "" {
			v.Hint = "-"
		}
		shown = append(shown, v.Hint)
	}
	return strings.Join(shown, " ")
}

func TestRungs(t *testing.T) {
	e, err := exercise.Parse("f", []byte(laddered))
	if err != nil {
		t.Fatal(err)
	}
	e.ID = "10-counts"
	w := Open(t.TempDir(), []*exercise.Exercise{e})
	given := map[int]string{2: "files", 4: "files"}
	for want, x := range map[string]Exercise{
		"[ ] 1  [ ] 2  [ ] 3  [ ] 4": {},
		"[ ] 1  [x] 2  [ ] 3  [x] 4": {Given: given},
		"[ ] 1  [x] 2  [ ] 3":        {Given: given, Failed: "counts", Ladder: []int{1, 2, 3}},
		"":                           {Given: given, Failed: "builds"},
	} {
		w.Progress.Exercises[e.ID] = &x
		if got := w.Rungs(e); got != want {
			t.Errorf("of %+v: %q", x, got)
		}
	}
	w.Progress.Exercises[e.ID] = &Exercise{Failed: "counts", Ladder: []int{3, 5}}
	if got := w.Rungs(e); got != "" {
		t.Errorf("of hints that the course no longer has: %q", got)
	}
}

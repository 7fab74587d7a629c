package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/report"
)

// TestSpeed measures what a student waits for, over the whole course with its
// solutions in place, and prints each figure beside its target. It fails only when
// something can't be measured: a busy machine is nobody's fault. `make grade-bench`
// runs it.
func TestSpeed(t *testing.T) {
	if os.Getenv("LOCKSTEP_BENCH") == "" {
		t.Skip("make grade-bench")
	}
	b := newSpeed(t)
	b.first()
	b.list()
	b.builds()
	b.fresh()
	b.unchanged()
	b.changed()
}

// speed is a copy of the course with its solutions in place.
type speed struct {
	*testing.T
	course    string
	exercises []*exercise.Exercise
	nonce     int
}

func newSpeed(t *testing.T) *speed {
	b := &speed{T: t, course: partOf(t, "Makefile", "grader", "exercises", "solutions")}
	var err error
	if b.exercises, err = exercise.LoadAll(filepath.Join(b.course, "exercises")); err != nil {
		t.Fatal(err)
	}
	for _, e := range b.exercises {
		for _, name := range e.Edit {
			writeFile(t, filepath.Join(e.Dir, name), readFile(t, filepath.Join(b.course, "solutions", e.ID, name)))
		}
	}
	t.Setenv("LOCKSTEP_STATE", t.TempDir())
	fmt.Printf("%d exercises, %d processors\n\n%-52s %10s %10s\n", len(b.exercises), runtime.NumCPU(), "", "measured", "target")
	return b
}

// say prints a figure beside its target.
func (b *speed) say(what, measured, target string) {
	fmt.Printf("%-52s %10s %10s\n", what, measured, target)
}

// command times one call, and returns what it printed.
func (b *speed) command(name string, args ...string) (time.Duration, []byte) {
	b.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = b.course
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	begin := time.Now()
	err := cmd.Run()
	took := time.Since(begin)
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		b.Fatalf("%s %v: %v\n%s", name, args, err, errs.Bytes())
	}
	return took, out.Bytes()
}

func (b *speed) median(n int, one func() time.Duration) time.Duration {
	var all []time.Duration
	for range n {
		all = append(all, one())
	}
	slices.Sort(all)
	return all[n/2]
}

// first gives the time to the first verdict of all, with nothing compiled, and to the next of
// the same exercise, beside a bare build of it.
func (b *speed) first() {
	e, cache := b.exercises[0], b.TempDir()
	grade := []string{"GOCACHE=" + cache, "make", "-s", "GRADER=" + filepath.Join(cache, "grader"), "grade", "EX=" + e.ID, "FRESH=1"}
	took, _ := b.command("env", grade...)
	b.say("make grade of the first exercise, nothing compiled", ms(took), "40000 ms")
	took = b.median(5, func() time.Duration { b.change(e); d, _ := b.command("env", grade...); return d })
	bare := b.median(5, func() time.Duration {
		b.change(e)
		d, _ := b.command("env", "GOCACHE="+cache, "go", "build", "-o", filepath.Join(cache, "bare"), "./exercises/"+e.ID)
		return d
	})
	b.say("  changed, beside a bare go build", ratio(took, bare), "1.5 x")
	b.say("  (the grade, and the bare go build)", ms(took), ms(bare))
}

func (b *speed) list() {
	b.command("make", "list")
	grader := filepath.Join(b.course, ".lockstep", "grader")
	took := b.median(21, func() time.Duration { d, _ := b.command(grader, "list"); return d })
	b.say("grader list, the built binary", ms(took), "10 ms")
}

// change makes an exercise's files different from all that was ever built.
func (b *speed) change(e *exercise.Exercise) {
	b.nonce++
	name := filepath.Join(e.Dir, e.Edit[0])
	text, _, _ := bytes.Cut([]byte(readFile(b.T, name)), []byte("\nvar changed = "))
	writeFile(b.T, name, fmt.Sprintf("%s\nvar changed = %q // the linker has to look\n\nfunc init() { _ = changed }\n", text, fmt.Sprint(time.Now().UnixNano(), b.nonce)))
}

// builds compares the pipeline's build of all exercises with one go build, each of
// programs that were never built before.
func (b *speed) builds() {
	var ours, bare []time.Duration
	for range 3 {
		for _, e := range b.exercises {
			b.change(e)
		}
		took, _ := b.command("go", "build", "-o", b.TempDir()+string(filepath.Separator), "./exercises/...")
		bare = append(bare, took)
		for _, e := range b.exercises {
			b.change(e)
		}
		jobs := plan.All(b.exercises, 1)
		for i := range jobs {
			jobs[i].Builds = []plan.Variant{plan.Plain}
		}
		tasks, err := grading.Read(b.course, jobs...)
		if err != nil {
			b.Fatal(err)
		}
		begin := time.Now()
		programs, err := grading.Build(b.Context(), b.course, b.TempDir(), tasks, grading.Options{})
		if err != nil {
			b.Fatal(err)
		}
		ours = append(ours, time.Since(begin))
		for key, p := range programs.Made {
			if p.Plain == "" {
				b.Fatalf("%s does not build: %v", key, p.Errors)
			}
		}
	}
	slices.Sort(ours)
	slices.Sort(bare)
	b.say("building all exercises, beside one bare go build", ratio(ours[1], bare[1]), "1.2 x")
	b.say("  (the grader, and the bare go build)", ms(ours[1]), ms(bare[1]))
}

// marked runs the grader and returns the time that the checks themselves took.
func (b *speed) marked(args ...string) (took, own time.Duration, r report.Report) {
	grader := filepath.Join(b.course, ".lockstep", "grader")
	took, text := b.command(grader, append([]string{"grade", "--format", "json"}, args...)...)
	if err := json.Unmarshal(text, &r); err != nil {
		b.Fatalf("cannot read the report: %v", err)
	}
	for _, e := range r.Exercises {
		own += time.Duration(e.Seconds * float64(time.Second))
	}
	return took, own, r
}

// fresh compares all of it with what its runs take where every core is at work. A
// check of speed has the machine for itself, whatever it does with it; of all others
// there may be as many at a time as there are cores.
func (b *speed) fresh() {
	took, _, r := b.marked()
	var full time.Duration
	for i, e := range r.Exercises {
		for _, v := range e.Checks {
			own := time.Duration(v.Seconds * float64(time.Second))
			if c, ok := b.exercises[i].Check(v.Check); ok && c.Speedup == nil {
				own /= time.Duration(runtime.NumCPU())
			}
			full += own
		}
	}
	b.say("everything run again, beside its runs on all cores", ratio(took, full), "1.15 x")
	b.say(fmt.Sprintf("  (%d of %d points; all of it, and the runs)", r.Points, r.Max), ms(took), ms(full))
}

func (b *speed) unchanged() {
	b.command("make", "-s", "grade")
	took := b.median(5, func() time.Duration { d, _ := b.command("make", "-s", "grade"); return d })
	_, text := b.command("make", "-s", "grade")
	b.say("make grade, nothing changed", ms(took), "200 ms")
	if n := bytes.Count(text, []byte("unchanged  ")); n < len(b.exercises) {
		b.say(fmt.Sprintf("  (%d of %d exercises ran again)", len(b.exercises)-n, len(b.exercises)), "", "")
	}
}

// changed gives the time to a verdict beyond what the checks themselves take.
func (b *speed) changed() {
	var beyond []time.Duration
	for _, e := range b.exercises {
		b.change(e)
		took, own, _ := b.marked(e.ID)
		beyond = append(beyond, took-own)
	}
	slices.Sort(beyond)
	b.say("one exercise changed, beyond its own runs: median", ms(beyond[len(beyond)/2]), "300 ms")
	b.say("  (the slowest)", ms(beyond[len(beyond)-1]), "")
	for _, e := range b.exercises[:1] {
		writeFile(b.T, filepath.Join(e.Dir, e.Edit[0]), "package main\n\nfunc main() { undefined() }\n")
		took := b.median(3, func() time.Duration { d, _, _ := b.marked(e.ID); return d })
		b.say("a compile error", ms(took), "")
	}
}

func ms(d time.Duration) string { return fmt.Sprintf("%.0f ms", float64(d)/1e6) }

func ratio(a, b time.Duration) string { return fmt.Sprintf("%.2f x", float64(a)/float64(b)) }

// Package plan decides what has to be done before anything is done. In go
// exercises and the seed; out comes a Plan: for every exercise the programs to
// build and the testscript scripts to run, one per check, in order. It is pure:
// it opens no file and starts no process.
package plan

import (
	"math/rand/v2"
	"strconv"
	"strings"

	"lockstep/grader/internal/exercise"
)

// Plan is everything that one call of the grader has to do.
type Plan struct {
	Seed uint64
	Jobs []Job
}

// Job is one exercise's part of a plan.
type Job struct {
	Exercise *exercise.Exercise
	Builds   []Variant // of the student's program, and the reference's where it is needed
	Scripts  []Script  // in the order in which they are run
}

// Script is one check, as a testscript script.
type Script struct {
	Check *exercise.Check
	Text  string // a txtar archive: commands, then the files that they read
}

// Variant is a way to build a program.
type Variant string

const (
	Plain     Variant = "plain"     // the student's program
	Race      Variant = "race"      // … with the race detector
	Reference Variant = "reference" // the course's solution
)

// New plans the exercises. The seed decides what arguments are drawn where a
// check leaves them open.
func New(exercises []*exercise.Exercise, seed uint64) *Plan {
	p := &Plan{Seed: seed}
	for _, e := range exercises {
		p.Jobs = append(p.Jobs, newJob(e, seed))
	}
	return p
}

func newJob(e *exercise.Exercise, seed uint64) Job {
	job := Job{Exercise: e, Builds: []Variant{Plain}}
	add := func(v Variant) {
		for _, have := range job.Builds {
			if have == v {
				return
			}
		}
		job.Builds = append(job.Builds, v)
	}
	for i := range e.Checks {
		c := &e.Checks[i]
		job.Scripts = append(job.Scripts, Script{Check: c, Text: text(e, c, seed)})
		if c.GoroutineRaces || strings.Contains(c.Script, "program -race") {
			add(Race)
		}
		if c.StdoutFrom == exercise.Solution || c.Speedup != nil || uses(c.Script, "reference") || uses(c.Script, "speedup") {
			add(Reference)
		}
	}
	return job
}

// uses says whether a script has a line with the command.
func uses(script, command string) bool {
	for line := range strings.Lines(script) {
		if words := strings.Fields(line); len(words) > 0 && words[0] == command {
			return true
		}
	}
	return false
}

// draw replaces every {{int LOW HIGH}} of a check's arguments. The numbers
// depend on the seed, the exercise and the check, and on nothing else, so that
// one check alone draws what it draws among all.
func draw(e *exercise.Exercise, c *exercise.Check, seed uint64, args []string) []string {
	var salt uint64 = 14695981039346656037 // FNV-1a
	for _, b := range []byte(e.ID + "/" + c.Name) {
		salt = (salt ^ uint64(b)) * 1099511628211
	}
	random := rand.New(rand.NewPCG(seed, salt))
	out := make([]string, len(args))
	for i, arg := range args {
		out[i] = exercise.ExpandDraws(arg, func(low, high int) string {
			return strconv.Itoa(low + random.IntN(high-low+1))
		})
	}
	return out
}

// Package plan decides what has to be done before anything is done. In go an
// exercise and the seed; out comes a Job: the programs to build and the testscript
// scripts to run, one per check, in order. It is pure: it opens no file and starts no
// process.
package plan

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"

	"lockstep/grader/internal/exercise"
)

// Job is everything that grading one exercise takes.
type Job struct {
	Exercise *exercise.Exercise
	Seed     uint64    // of arguments and schedules
	Builds   []Variant // of the student's program, and the reference's where it is needed
	Scripts  []Script  // in the order in which they are run
}

// Script is one check, as a testscript script.
type Script struct {
	Check *exercise.Check
	*exercise.Script
}

// Variant is a way to build a program.
type Variant string

const (
	Plain     Variant = "plain"     // the student's program
	Race      Variant = "race"      // … with the race detector
	Reference Variant = "reference" // the course's solution
)

// New plans an exercise. The seed decides what arguments are drawn where a check
// leaves them open.
func New(e *exercise.Exercise, seed uint64) Job {
	job := Job{Exercise: e, Seed: seed, Builds: []Variant{Plain}}
	add := func(v Variant) {
		if !slices.Contains(job.Builds, v) {
			job.Builds = append(job.Builds, v)
		}
	}
	for i := range e.Checks {
		c := &e.Checks[i]
		s := scripted(e, c, seed)
		job.Scripts = append(job.Scripts, Script{c, s})
		if s.Races() {
			add(Race)
		}
		if s.Uses("reference") || s.Uses("speedup") {
			add(Reference)
		}
	}
	return job
}

// All plans several exercises, under one seed.
func All(exercises []*exercise.Exercise, seed uint64) []Job {
	var jobs []Job
	for _, e := range exercises {
		jobs = append(jobs, New(e, seed))
	}
	return jobs
}

// Explored plans one check that explores interleavings, by itself; no name: the
// exercise's first. ok is false where there is none.
func Explored(e *exercise.Exercise, name string, seed uint64) (job Job, ok bool) {
	for _, c := range e.Checks {
		if c.Explores() && (name == "" || c.Name == name) {
			only := *e
			c.Needs = nil
			only.Checks = []exercise.Check{c}
			return New(&only, seed), true
		}
	}
	return Job{}, false
}

// draws returns what picks the numbers of a check's draws, in order. They depend on
// the seed, the exercise, the check and the part of its dialogue, and on nothing else, so
// that one check alone draws what it draws among all; whoever begins anew gets the same
// ones again.
func draws(e *exercise.Exercise, c *exercise.Check, seed uint64, part int) exercise.Pick {
	var salt uint64 = 14695981039346656037 // FNV-1a
	name := e.ID + "/" + c.Name
	if part > 0 {
		name += "/" + strconv.Itoa(part)
	}
	for _, b := range []byte(name) {
		salt = (salt ^ uint64(b)) * 1099511628211
	}
	random := rand.New(rand.NewPCG(seed, salt))
	return func(low, high int) int { return low + random.IntN(high-low+1) }
}

// Drawn is a check's run with its draws drawn, as its job has it. The error is of a draw
// that makes a pattern what can't be one.
func Drawn(e *exercise.Exercise, c *exercise.Check, seed uint64) (*exercise.Run, error) {
	return draw(c.Run, func(part int) exercise.Pick { return draws(e, c, seed, part) })
}

// draw returns a run with its draws drawn: those of its arguments first, then those
// of its input, then those of its variables by their names. A dialogue has its own.
func draw(r *exercise.Run, begin func(part int) exercise.Pick) (*exercise.Run, error) {
	pick := begin(0)
	drawn := &exercise.Run{Args: make([]string, len(r.Args)), Env: map[string]string{}}
	for i, arg := range r.Args {
		drawn.Args[i] = exercise.ExpandDraws(arg, pick)
	}
	drawn.Stdin = exercise.ExpandDraws(r.Stdin, pick)
	for _, key := range slices.Sorted(maps.Keys(r.Env)) {
		drawn.Env[key] = exercise.ExpandDraws(r.Env[key], pick)
	}
	var err error
	drawn.Dialogue, err = exercise.DrawTurns(r.Dialogue, begin)
	return drawn, err
}

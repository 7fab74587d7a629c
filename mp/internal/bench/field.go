package main

import (
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

//go:embed bench.py
var pythonSource []byte

//go:embed floor/floor.c
var floorSource []byte

// A field is the contestants, each a program that prints one number.
type field struct {
	dir    string
	work   string // the program that uses package mp
	python string // empty: there is none
	floor  string // the C program; empty: there is no compiler
	empty  string // the empty Go program
}

func newField(python string) (*field, error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return nil, err
	}
	f := &field{dir: dir}
	script := filepath.Join(dir, "bench.py")
	if err := os.WriteFile(script, pythonSource, 0o644); err != nil {
		return nil, err
	}
	// A shim that picks a version would be started again and again: ask for the
	// program behind it.
	if out, err := exec.Command(python, "-c", "import sys; print(sys.executable)").Output(); err == nil {
		f.python = strings.TrimSpace(string(out))
	}
	f.work, f.empty = filepath.Join(dir, "work"), filepath.Join(dir, "empty")
	for _, program := range []string{f.work, f.empty} {
		name := "lockstep/mp/internal/bench/" + filepath.Base(program)
		if out, err := exec.Command("go", "build", "-o", program, name).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("cannot build %s: %w\n%s", name, err, out)
		}
	}
	return f, f.buildFloor()
}

// buildFloor compiles the floors, statically where the machine can.
func (f *field) buildFloor() error {
	source, program := filepath.Join(f.dir, "floor.c"), filepath.Join(f.dir, "floor")
	if err := os.WriteFile(source, floorSource, 0o644); err != nil {
		return err
	}
	for _, flags := range [][]string{{"-O2", "-static"}, {"-O2"}} {
		if exec.Command("cc", append(flags, "-o", program, source)...).Run() == nil {
			f.floor = program
			return nil
		}
	}
	return nil
}

func (f *field) close() { os.RemoveAll(f.dir) }

// A result is one row's medians. A contestant without a figure has NaN, and why in
// its note.
type result struct {
	row
	mp, fork, spawn, floor figure
}

type figure struct {
	values []float64
	note   string // why there is no value
}

func (f figure) median() float64 { return median(f.values) }

func median(xs []float64) float64 {
	xs = slices.Sorted(slices.Values(xs))
	n := len(xs)
	if n%2 == 1 {
		return xs[n/2]
	}
	return (xs[n/2-1] + xs[n/2]) / 2
}

// compete measures every row in every round, contestant after contestant.
func (f *field) compete(rows []row, rounds int) ([]result, error) {
	results := make([]result, len(rows))
	for i, r := range rows {
		results[i].row = r
	}
	for round := range rounds {
		for i := range results {
			r := &results[i]
			fmt.Fprintf(os.Stderr, "round %d of %d: %s\n", round+1, rounds, r.title)
			if r.mp.run(f.work, r.name); r.mp.note != "" {
				return nil, fmt.Errorf("%s: %s", r.name, r.mp.note)
			}
			f.runPython(&r.fork, "fork", r.name)
			f.runPython(&r.spawn, "spawn", r.name)
			f.runFloor(r)
		}
	}
	return results, nil
}

func (f *field) runPython(to *figure, method, name string) {
	if f.python == "" {
		to.note = "no Python"
		return
	}
	to.run(f.python, filepath.Join(f.dir, "bench.py"), method, name)
}

func (f *field) runFloor(r *result) {
	switch {
	case r.row.floor == nil:
		r.floor.note = "–"
	case f.floor == "":
		r.floor.note = "no C compiler"
	default:
		args := slices.Clone(r.row.floor)
		for i, a := range args {
			if a == "EMPTY" {
				args[i] = f.empty
			}
		}
		r.floor.run(f.floor, args...)
		if r.row.unit == "M/s" && r.floor.note == "" {
			r.floor.values[len(r.floor.values)-1] /= 1e6
		}
	}
}

// run adds the number that a program prints, or notes why there is none.
func (f *figure) run(program string, args ...string) {
	cmd := exec.Command(program, args...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err == nil {
		var x float64
		if x, err = strconv.ParseFloat(strings.TrimSpace(string(out)), 64); err == nil {
			f.values = append(f.values, x)
			return
		}
	}
	lines := strings.Split(strings.TrimSpace(stderr.String()), "\n")
	f.note = fmt.Sprintf("%v: %s", err, lines[len(lines)-1])
}

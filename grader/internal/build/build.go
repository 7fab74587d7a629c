// Package build makes programs. In goes a Request: the course's own files and,
// for every unit, the files that were taken from a submission; out comes a
// program per unit or the compiler's own words about why there is none. All
// units of one variant are one `go build`, run inside the box.
package build

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/submission"
)

// Request is everything that has to be built.
type Request struct {
	Course string // the course's folder: go.mod, go.sum and mp are taken from its home
	Dir    string // where to work; the programs stay there
	Units  []Unit
	Limits box.Limits // on the compiler's time and memory, for one unit; zero fields: see limits
	Tier   box.Tier   // insist on a tier; empty: the strongest that this machine gives

	shared []byte // stands for what all units share, as layOut found it: go.mod, go.sum and mp
}

// Unit is one program: an exercise's files with those of one submission.
type Unit struct {
	Key    string            // names the unit and its package; a valid import path element
	Files  map[string][]byte // Go files by name
	Shown  string            // the folder that compile errors shall name
	Race   bool              // build with the race detector as well
	Kept   bool              // the course's own, to be built once and for all; not with Race
	Screen Screen            // not with Kept
}

// Screen is what is looked for in some of a unit's files.
type Screen struct {
	Files      []string
	Goroutines bool     // what starts one is refused
	Forbid     []string // names that may not be used: "time.Sleep", "lockstep/mp.Pool.Close"
	Require    []string // … and that must
}

// empty reports whether nothing is looked for.
func (s Screen) empty() bool { return !s.Goroutines && len(s.Forbid)+len(s.Require) == 0 }

// Program is what became of one unit.
type Program struct {
	Plain  string   // the executable; empty when the unit does not build
	Race   string   // the executable with the race detector, where it was asked for
	NoRace error    // why this machine can't make that one
	Errors []string // the compiler's lines, with paths that the student can open
	// Why a unit that may compile is not taken: what is in its files, or is not.
	Refused []submission.Problem
	Broken  error // why it could not be tried to the end, which is no fault of the unit's
	// Stretched is how many times the compiler's limits on time were stretched,
	// because the machine is slow; 0: none was.
	Stretched float64
}

// Run builds every unit. The error means that the compiler could not be run at
// all, or that the course itself does not build; a student's mistakes are in
// the programs.
func Run(ctx context.Context, r Request) (map[string]*Program, error) {
	programs := map[string]*Program{}
	if len(r.Units) == 0 {
		return programs, nil
	}
	ctx, stretched := box.Stretched(ctx)
	tool, err := findToolchain(ctx)
	if err != nil {
		return nil, err
	}
	if noexec(r.Dir) {
		return nil, fmt.Errorf("cannot build in %s: programs can't be started there, for it is mounted noexec: set TMPDIR to a folder where they can", r.Dir)
	}
	if err := tool.layOut(&r); errors.Is(err, syscall.ENOSPC) {
		return nil, fmt.Errorf("cannot lay out the build: %w", tool.because(err.Error()))
	} else if err != nil {
		return nil, fmt.Errorf("cannot lay out the build: %w", err)
	}
	var kept, plain, race []Unit
	for _, u := range r.Units {
		programs[u.Key] = &Program{Errors: refused(u)}
		if len(programs[u.Key].Errors) > 0 {
			continue
		}
		if u.Kept {
			kept = append(kept, u)
			continue
		}
		plain = append(plain, u)
		if u.Race {
			race = append(race, u)
		}
	}
	if err := tool.buildKept(ctx, r, kept, programs); err != nil {
		return nil, err
	}
	for _, variant := range []struct {
		name  string
		units []Unit
	}{{"plain", plain}, {"race", race}} {
		units := variant.units
		if variant.name == "race" {
			units = buildable(race, programs)
			if why := RaceDetector(); why != nil {
				for _, u := range units {
					programs[u.Key].NoRace = why
				}
				break
			}
		}
		if len(units) == 0 {
			continue
		}
		exports, err := warm(ctx, r, tool, units, variant.name)
		if err != nil {
			return nil, err
		}
		var answers map[string]screenAnswer
		var screening sync.WaitGroup
		var broke error
		if variant.name == "plain" {
			screening.Go(func() { answers, broke = tool.screen(ctx, screenLimits, exports, units) })
		}
		err = compile(ctx, r, tool, units, variant.name, programs)
		screening.Wait()
		if err := errors.Join(err, broke); err != nil {
			return nil, err
		}
		for _, u := range units {
			programs[u.Key].screen(u, answers[u.Key])
		}
	}
	for _, u := range race {
		if p := programs[u.Key]; p.Race == "" && p.NoRace == nil { // Errors or Broken say why
			p.Plain = "" // a program that builds only without the race detector does not build
		}
	}
	for _, p := range programs {
		p.Stretched = stretched()
	}
	return programs, nil
}

// buildable leaves out the units that already failed to build.
func buildable(units []Unit, programs map[string]*Program) []Unit {
	var out []Unit
	for _, u := range units {
		if programs[u.Key].Plain != "" {
			out = append(out, u)
		}
	}
	return out
}

// layOut writes a module of its own: go.mod, mp, and a package per unit. Only
// what is written here can be compiled; nothing of the student's tree is seen.
func (t *toolchain) layOut(r *Request) error {
	home, err := exercise.Home(r.Course)
	if err != nil {
		return err
	}
	module := map[string][]byte{}
	for _, name := range []string{"go.mod", "go.sum"} {
		if module[name], err = os.ReadFile(filepath.Join(home, name)); err != nil {
			return err
		}
	}
	library, err := readLibrary(filepath.Join(home, "mp"))
	if err != nil {
		return err
	}
	r.shared = slices.Concat(digest(module), digest(library))
	if err := writeAll(r.Dir, module); err != nil {
		return err
	}
	if err := t.placeLibrary(library, filepath.Join(r.Dir, "mp")); err != nil {
		return err
	}
	for _, u := range r.Units {
		if err := writeAll(filepath.Join(r.Dir, "u", u.Key), u.Files); err != nil {
			return err
		}
	}
	return nil
}

func write(name string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, text, 0o644)
}

package script

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
)

func TestMain(m *testing.M) {
	box.Init()
	os.Exit(m.Run())
}

const raceReport = `==================
WARNING: DATA RACE
Read at 0x00c000018148 by goroutine 9:
  main.add()
      lockstep/u/3f2a/main.go:12 +0x33
  main.work.func1()
      lockstep/u/3f2a/main.go:20 +0x33

Previous write at 0x00c000018148 by main goroutine:
  runtime.mapassign_faststr()
      runtime/map_faststr.go:223 +0x0
  main.add()
      lockstep/u/3f2a/main.go:13 +0x45

Goroutine 9 (running) created at:
  main.work()
      lockstep/u/3f2a/main.go:19 +0x5d
==================
==================
WARNING: DATA RACE
Write at 0x00c000018148 by goroutine 9:
  main.add()
      lockstep/u/3f2a/main.go:13 +0x33

Previous read at 0x00c000018148 by goroutine 7:
  main.add()
      lockstep/u/3f2a/main.go:12 +0x45
==================
Found 2 data race(s)
`

func TestRacesAreReadOnce(t *testing.T) {
	races := racesIn(map[string][]byte{"race.7": []byte(raceReport), "race.8": []byte(raceReport)})
	if len(races) != 1 {
		t.Fatalf("%d races, want 1: %+v", len(races), races)
	}
	c := claimNoRaces(Execution{Observation: &box.Observation{}, Races: races})
	want := "read at main.go:12 in add|    called at main.go:20 in work.func1|previous write at main.go:13 in add"
	if got := strings.Join(c.Detail, "|"); c.Holds || got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if want := "a race between main.go:12 and main.go:13"; c.Got != want {
		t.Errorf("got %q, want %q", c.Got, want)
	}
}

func TestRaceReportThatIsGoneCounts(t *testing.T) {
	p := box.Process{PID: 7, Exit: box.Exit{Code: raceExit}}
	if c := claimNoRaces(Execution{Observation: &box.Observation{Processes: []box.Process{p}}}); c.Holds {
		t.Error("a report that was removed did not count")
	}
}

// TestRacePrograms runs real programs built with the race detector.
func TestRacePrograms(t *testing.T) {
	if runtime.GOOS != "linux" || testing.Short() {
		t.Skip("builds with the race detector")
	}
	for name, want := range map[string]string{
		"child_races": "a race between main.go:12 and main.go:12", // its parent swallows the exit code
		"parent_race": "a race between main.go:12 and main.go:16",
		"lock_guards": "",
		// A child that is to keep its races to itself.
		"child_settings": "a race between main.go:13 and main.go:13",
		"child_apart":    "with GORACE of its own, so that its races can't be seen",
		"child_cleared":  "with GORACE of its own, so that its races can't be seen",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			program := filepath.Join(t.TempDir(), "program")
			if out, err := exec.Command("go", "build", "-race", "-trimpath", "-o", program, "./testdata/"+name).CombinedOutput(); err != nil {
				t.Fatalf("cannot build: %v\n%s", err, out)
			}
			r := Run(context.Background(), Request{Name: name, Script: scriptOf(t, "program -race\nexpect no-races\nexpect exit 0\n"), Race: program, Limits: exercise.Limits{}})
			if r.Broken != nil || r.Unseen != "" {
				t.Fatalf("broken: %v %s", r.Broken, r.Unseen)
			}
			if want == "" {
				for _, c := range r.Claims {
					if !c.Holds {
						t.Errorf("a correct program was accused: %+v", c)
					}
				}
				return
			}
			last := r.Claims[len(r.Claims)-1]
			if last.Subject != "races" || last.Holds || !strings.HasSuffix(last.Got, want) || last.Unseen != strings.Contains(want, "can't be seen") {
				t.Errorf("claims %+v, want %q", r.Claims, want)
			}
		})
	}
}

// Where nothing can be built with the race detector, what was not run is not told.
func TestRacesWithoutTheDetector(t *testing.T) {
	r := Run(t.Context(), Request{Name: "c", Script: scriptOf(t, "program -race\nexpect no-races\n"), NoRace: errors.New("no compiler")})
	if r.Unseen != "no compiler" || r.Broken != nil || len(r.Runs) > 0 {
		t.Errorf("%+v", r)
	}
}

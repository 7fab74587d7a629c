package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lockstep/grader/internal/box"
)

// place is where something can be run with the course to read: $GRADER is this test's
// binary, $COURSE the course, and the working folder can be written to.
type place struct {
	made bool // by .ci/place, with folders /noexec, /full and /empty
	run  func(script string) *exec.Cmd
}

// newPlace makes one, or skips the test where it can't be made. See .ci/place.
func newPlace(t *testing.T, how, user string, options ...string) *place {
	t.Helper()
	p := &place{made: true, run: func(script string) *exec.Cmd {
		args := slices.Concat([]string{filepath.Join("..", ".ci", "place"), how, user}, options, []string{"--", "/bin/sh", "-euc", script})
		c := exec.Command("bash", args...)
		c.Env = append(os.Environ(), "GRADER="+ownBinary(t))
		return c
	}}
	const none = 125
	if said, err := p.run("true").CombinedOutput(); err != nil {
		var ended *exec.ExitError
		if errors.As(err, &ended) && ended.ExitCode() == none {
			t.Skipf("%s", said)
		}
		t.Fatalf("cannot run anything there: %v\n%s", err, said)
	}
	return p
}

func ownBinary(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return self
}

// newFenced is a place whose strongest tier is C.
func newFenced(t *testing.T) *place {
	t.Helper()
	course, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range box.Survey(t.Context()) {
		if !o.Works {
			continue
		}
		switch o.Tier {
		case box.TierC: // it is one already
			dir := t.TempDir()
			return &place{run: func(script string) *exec.Cmd {
				c := exec.Command("/bin/sh", "-euc", script)
				c.Dir = dir
				c.Env = append(os.Environ(), "GRADER="+ownBinary(t), "COURSE="+course)
				return c
			}}
		case box.TierD:
			t.Skip("tier C can't be had here")
		}
		break
	}
	return newPlace(t, "chroot", "user")
}

// TestPlaces grades a little of the course, and a few attacks, where users do; with -short,
// in a chroot alone, and TestPublishedContainer has a container. `make test-machines` has the
// whole, and more places.
func TestPlaces(t *testing.T) {
	for _, test := range []struct {
		how, user string
		tier      box.Tier
	}{{"docker", "root", box.TierC}, {"docker", "user", box.TierC}, {"chroot", "user", box.TierC}, {"machine", "user", box.TierB}} {
		t.Run(test.how+" "+test.user, func(t *testing.T) {
			if testing.Short() && test.how != "chroot" {
				t.Skip("it grades several exercises")
			}
			p := newPlace(t, test.how, test.user)
			said, err := p.run(`cd "$COURSE/grader"
				LOCKSTEP_MACHINE="04 10 big_file fork_bomb honest_pool orphan" "$GRADER" -test.v -test.run "^TestThisMachine$"`).CombinedOutput()
			switch as := "MACHINE\t%s\t2/2\t2/2\t4/4\t0\t0\t"; {
			case err != nil:
				t.Fatalf("%v\n%s", err, said)
			case strings.Contains(string(said), fmt.Sprintf(as, test.tier)):
			case slices.ContainsFunc([]box.Tier{box.TierA, box.TierB, box.TierC, box.TierD}, func(other box.Tier) bool { return strings.Contains(string(said), fmt.Sprintf(as, other)) }):
				t.Skipf("it works, but not in tier %s\n%s", test.tier, said)
			default:
				t.Fatalf("not everything was graded\n%s", said)
			}
		})
	}
}

// TestPlaceOfTierC grades where nothing better than tier C can be had, as in most
// containers. To ask for --tier C on another machine is not the same: there the
// grader itself, and all that it starts to find out what it may do, has more rights.
func TestPlaceOfTierC(t *testing.T) {
	if testing.Short() {
		t.Skip("it grades several exercises")
	}
	const solution = `"$GRADER" grade --fresh --course "$COURSE" --submission "$COURSE/solutions" `
	f := newFenced(t)
	for name, test := range map[string]struct {
		script string
		says   []string
		broken bool // the grader breaks, and blames nobody
	}{
		"the doctor grades an exercise": {
			script: `"$GRADER" doctor --course "$COURSE" --require-tier C`,
			says:   []string{"Programs run in tier C here", "A small exercise was built, run and explored"},
		},
		"solutions pass, whatever the temporary folder": {
			script: `mkdir -p elsewhere; TMPDIR=$PWD/elsewhere ` + solution + `02 10`,
			says:   []string{"20 of 20 points, 2 of 2 exercises pass", "confined by tier C only"},
		},
		"a server and its clients": {
			script: solution + `24`,
			says:   []string{"10 of 10 points, 1 of 1 exercises pass"},
		},
		"hard limits of a small account": {
			script: `prlimit --nofile=256:256 --nproc=200:200 ` + solution + `02`,
			says:   []string{"10 of 10 points, 1 of 1 exercises pass"},
		},
		"starters and mutants fail as declared, vetted": {
			script: `"$GRADER" check --course "$COURSE" 03`,
			says:   []string{"starter fails as declared, solution passes", "flake rate 0.0%"},
		},
		"a class is graded": {
			script: `mkdir -p in/ada/10-lost-updates in/bob; cp "$COURSE"/solutions/10-lost-updates/main.go in/ada/10-lost-updates
			"$GRADER" class --course "$COURSE" --only 10 --out out in || [ $? = 1 ]; cat out/results.csv`,
			says: []string{"ada,pass,10,10", "bob,nothing found,0,10"},
		},
		"no home": {
			script: `unset HOME GOCACHE GOMODCACHE; ` + solution + `02`,
			says:   []string{"set HOME to a folder that you may write to"}, broken: true,
		},
		"no temporary folder": {
			script: `TMPDIR=/nonexistent ` + solution + `02`,
			says:   []string{"set TMPDIR to a folder that you may write to"}, broken: true,
		},
		"temporary files that can't be started": {
			script: `TMPDIR=/noexec ` + solution + `02`,
			says:   []string{"noexec", "set TMPDIR to a folder"}, broken: true,
		},
		"no room for temporary files": {
			script: `TMPDIR=/full ` + solution + `02`,
			says:   []string{"there is no room left", "set TMPDIR to a folder"}, broken: true,
		},
		"no modules": {
			script: `GOMODCACHE=/empty ` + solution + `02`,
			says:   []string{"run `go mod download` in the course's folder"}, broken: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if !f.made && strings.Contains(test.script, "=/") && test.broken {
				t.Skip("this place is as it is")
			}
			cmd := f.run("export " + asGrader + "=1; " + test.script)
			text, _ := cmd.CombinedOutput()
			said := strings.Join(strings.Fields(string(text)), " ")
			if want := map[bool]int{true: exitBroken}[test.broken]; cmd.ProcessState.ExitCode() != want {
				t.Errorf("exit code %d, want %d", cmd.ProcessState.ExitCode(), want)
			}
			if test.broken && strings.Contains(said, "next: repair") {
				t.Error("somebody is told to repair a program")
			}
			for _, words := range test.says {
				if !strings.Contains(said, words) {
					t.Errorf("does not say %q", words)
				}
			}
			if t.Failed() {
				t.Logf("%s", text)
			}
		})
	}
}

// TestPublishedContainer asks an engine for what the published dev container asks its
// host for: it lifts the tier, for an ordinary user, too.
func TestPublishedContainer(t *testing.T) {
	var asks struct {
		CapAdd      []string
		SecurityOpt []string
	}
	text := readFile(t, filepath.Join("internal", "publish", "template", "students", "dot-devcontainer", "devcontainer.json"))
	if err := json.Unmarshal([]byte(text), &asks); err != nil {
		t.Fatal(err)
	}
	var options []string
	for _, o := range asks.CapAdd {
		options = append(options, "--cap-add", o)
	}
	for _, o := range asks.SecurityOpt {
		options = append(options, "--security-opt", o)
	}
	said, err := newPlace(t, "docker", "user", options...).run("export " + asGrader + `=1; "$GRADER" doctor --course "$COURSE" --require-tier D`).CombinedOutput()
	if strings.Contains(string(said), "user.max_user_namespaces allows") || strings.Contains(string(said), "kernel.apparmor_restrict_unprivileged_userns is 1") {
		t.Skipf("this machine gives no user namespaces, also outside of containers\n%s", said)
	}
	if err != nil || !strings.Contains(string(said), "Programs run in tier B here") {
		t.Errorf("%v\n%s", err, said)
	}
}

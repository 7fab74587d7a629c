package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lockstep/grader/internal/box"
)

// aPlace is a tree of its own, entered by chroot as an ordinary user, or whoever
// is named: there the kernel lets nobody make namespaces. It shows the machine's
// programs, the course and what Go keeps, none of it to write to; a layer over the
// build cache takes what is compiled. All mounts end with its last process.
const aPlace = `
set -eu
user=$1
shift
mount -t tmpfs -o mode=755 place "$PLACE"
cd "$PLACE"
mkdir -p proc dev sys tmp etc home/.cache/go-build home/upper home/work go modules course noexec full empty
for d in usr bin sbin lib lib64; do
	if [ -h /$d ]; then cp -P /$d $d; elif [ -d /$d ]; then mkdir -p $d; mount --rbind /$d $d; fi
done
cp /etc/passwd /etc/group etc/
if [ -d /etc/alternatives ]; then cp -rP /etc/alternatives etc/; fi
mount -t proc proc proc
mount --rbind /dev dev
mount --rbind /sys sys
chmod 1777 tmp
mount -t tmpfs -o noexec,mode=1777 noexec noexec
mount -t tmpfs -o size=1m,mode=1777 full full
mount --bind "$GOROOT" go
mount --bind "$GOMODCACHE" modules
mount --bind "$COURSE" course
mount -o remount,bind,ro course
cp "$GRADER" grader
mount -t overlay -o "lowerdir=$GOCACHE,upperdir=$PLACE/home/upper,workdir=$PLACE/home/work" cache home/.cache/go-build
chmod 777 home/.cache/go-build home/.cache/go-build/??
chown "$user:$user" home
echo stands >&2
exec chroot --userspec="$user:$user" . /usr/bin/env -i PATH=/go/bin:/usr/bin:/bin HOME=/home \
	GOROOT=/go GOMODCACHE=/modules LOCKSTEP_TEST_AS_GRADER=1 /bin/sh -euc "$1"
`

// fenced is a place whose strongest tier is C.
type fenced struct {
	made bool                          // it is a tree of its own, with folders /noexec, /full and /empty
	run  func(script string) *exec.Cmd // $GRADER is the grader, $COURSE the course; it runs in a folder that can be written to
}

// newFenced makes one, or skips the test where it can't be made.
func newFenced(t *testing.T) *fenced {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
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
			return &fenced{run: func(script string) *exec.Cmd {
				c := exec.Command("/bin/sh", "-euc", script)
				c.Dir = dir
				c.Env = append(os.Environ(), asGrader+"=1", "GRADER="+self, "COURSE="+course)
				return c
			}}
		case box.TierD:
			t.Skip("tier C can't be had here")
		}
		break
	}
	if os.Geteuid() != 0 {
		t.Skip("only root can make a place here in which nobody can have more than tier C")
	}
	env := append(os.Environ(), "PLACE="+t.TempDir(), "COURSE="+course, "GRADER="+self)
	for _, name := range []string{"GOROOT", "GOMODCACHE", "GOCACHE"} {
		said, err := exec.Command("go", "env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		env = append(env, name+"="+strings.TrimSpace(string(said)))
	}
	f := &fenced{made: true, run: func(script string) *exec.Cmd {
		const nobodys = "64711"
		c := exec.Command("unshare", "--mount", "--propagation", "private", "/bin/sh", "-c", aPlace, "sh", nobodys,
			"export GRADER=/grader COURSE=/course; cd; "+script)
		c.Env = env
		return c
	}}
	if said, err := f.run("true").CombinedOutput(); err != nil {
		if strings.Contains(string(said), "stands") {
			t.Fatalf("cannot enter a place that stands: %v\n%s", err, said)
		}
		t.Skipf("no place of tier C can be made here: %v\n%s", err, said)
	}
	return f
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
			"$GRADER" class --course "$COURSE" --only 10 --out out in; cat out/results.csv`,
			says: []string{"ada,pass,10,10", "bob,fail,0,10"},
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
			cmd := f.run(test.script)
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

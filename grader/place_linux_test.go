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
mkdir -p proc dev sys tmp etc home/.cache/go-build home/upper home/work go modules course
for d in usr bin sbin lib lib64; do
	if [ -h /$d ]; then cp -P /$d $d; elif [ -d /$d ]; then mkdir -p $d; mount --rbind /$d $d; fi
done
cp /etc/passwd /etc/group etc/
if [ -d /etc/alternatives ]; then cp -rP /etc/alternatives etc/; fi
mount -t proc proc proc
mount --rbind /dev dev
mount --rbind /sys sys
chmod 1777 tmp
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
	course string
	run    func(script string) *exec.Cmd // $GRADER is the grader, $COURSE the course; it runs in a folder that can be written to
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
			return &fenced{course: course, run: func(script string) *exec.Cmd {
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
	f := &fenced{course: course, run: func(script string) *exec.Cmd {
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
	f := newFenced(t)
	for name, test := range map[string]struct {
		script string
		says   []string
	}{
		"the doctor grades an exercise": {
			`"$GRADER" doctor --course "$COURSE" --require-tier C`,
			[]string{"Programs run in tier C here", "A small exercise was built, run and explored"},
		},
		"solutions pass, whatever the temporary folder": {
			`mkdir -p elsewhere; TMPDIR=$PWD/elsewhere "$GRADER" grade --fresh --course "$COURSE" --submission "$COURSE/solutions" 02 10`,
			[]string{"20 of 20 points, 2 of 2 exercises pass", "confined by tier C only"},
		},
		"starters and mutants fail as declared, vetted": {
			`"$GRADER" check --course "$COURSE" 03`,
			[]string{"starter fails as declared, solution passes", "flake rate 0.0%"},
		},
		"a class is graded": {
			`mkdir -p in/ada/10-lost-updates in/bob; cp "$COURSE"/solutions/10-lost-updates/main.go in/ada/10-lost-updates
			"$GRADER" class --course "$COURSE" --only 10 --out out in; cat out/results.csv`,
			[]string{"ada,pass,10,10", "bob,fail,0,10"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			said, err := f.run(test.script).CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, said)
			}
			for _, words := range test.says {
				if !strings.Contains(string(said), words) {
					t.Errorf("does not say %q:\n%s", words, said)
				}
			}
		})
	}
}

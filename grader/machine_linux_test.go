package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/proof"
)

// TestThisMachine grades starters and solutions and hands in attacks, all in the
// strongest tier that the machine has, and sums it up in a line for whoever brought
// the test's binary here. LOCKSTEP_MACHINE is "all", or "course" for honest controls
// instead of attacks, or names some exercises and attacks.
func TestThisMachine(t *testing.T) {
	asked := os.Getenv("LOCKSTEP_MACHINE")
	if asked == "" {
		t.Skip("LOCKSTEP_MACHINE is not set")
	}
	began := time.Now()
	g := newGround(t)
	all := loadAttacks(t, g)
	var ids []string
	wanted := func(name string) bool { return true }
	switch asked {
	case "all":
	case "course":
		wanted = func(name string) bool { return strings.HasPrefix(name, "honest") }
	default:
		names := strings.Fields(asked)
		wanted = func(name string) bool { return slices.Contains(names, name) }
		ids = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return strings.Trim(n, "0123456789") != "" })
	}
	attacks := slices.DeleteFunc(slices.Clone(all), func(a *attack) bool { return !wanted(a.name) })
	runGrader(t, exitPassed, "doctor", "--course", g.course, "--require-tier", "D")
	for _, o := range box.Survey(t.Context()) {
		if !o.Works {
			t.Logf("no tier %s: %s", o.Tier, o.Why)
		}
	}
	tiers, _ := g.tiersToTry(t)
	s := summary{tier: tiers[0]}
	s.grade(t, g.course, ids)
	g.build(t, attacks)
	for _, o := range g.attempt(t, s.tier, attacks) {
		s.tried(o)
	}
	if asked == "all" {
		if o := g.besideBombs(t, s.tier, all); !strings.Contains(o.verdict, " 0 false, 0 odd") {
			s.accusations++
		}
	}
	s.took = time.Since(began)
	fmt.Println(s)
}

// summary is what grading came to on a machine.
type summary struct {
	tier                           box.Tier
	exercises, starters, solutions int // all; as declared; passing
	attacks, right, open           int // tried; with their verdict, and nothing left; not held by the tier
	accusations                    int // of what is right: failures of solutions, undeclared ones of starters, honest controls
	unchecked                      int // what could not be told
	took                           time.Duration
}

// String is a row of the table that .ci/machines prints.
func (s summary) String() string {
	return fmt.Sprintf("MACHINE\t%s\t%d/%d\t%d/%d\t%d/%d\t%d\t%d\t%d\t%.0f s", s.tier, s.starters, s.exercises, s.solutions, s.exercises,
		s.right, s.attacks, s.open, s.accusations, s.unchecked, s.took.Seconds())
}

// grade marks starters and solutions; no names: all.
func (s *summary) grade(t *testing.T, course string, ids []string) {
	t.Helper()
	exercises, err := (&cli{course: course}).load(ids)
	if err != nil {
		t.Fatal(err)
	}
	var trials []proof.Trial
	var tasks []grading.Task
	for _, e := range exercises {
		e.Mutants = nil
		found, err := proof.New(e).Trials(course, 1, 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, tr := range found {
			if strings.HasSuffix(tr.Key, "-starter") || strings.HasSuffix(tr.Key, "-solution") {
				trials, tasks = append(trials, tr), append(tasks, tr.Task)
			}
		}
	}
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Minute)
	defer stop()
	results, err := grading.Grade(ctx, course, tasks, grading.Options{Jobs: runtime.NumCPU()})
	if err != nil {
		t.Fatal(err)
	}
	s.exercises = len(exercises)
	for i, tr := range trials {
		e, solution := tr.Job.Exercise, strings.HasSuffix(tr.Key, "-solution")
		p := proof.New(e)
		p.Judge(tr, results[i])
		s.unchecked += len(p.Unproven)
		s.accusations += accused(e, solution, results[i])
		switch {
		case len(p.Faults) > 0:
			t.Errorf("%s:\n%s", tr.Key, strings.Join(p.Faults, "\n"))
		case solution:
			s.solutions++
		default:
			s.starters++
		}
	}
}

// accused counts the failures that nobody is to blame for.
func accused(e *exercise.Exercise, solution bool, r judge.Result) (n int) {
	for _, v := range r.Checks {
		if v.Status == judge.Fail && (solution || !slices.Contains(e.Starter.Fails, v.Check)) {
			n++
		}
	}
	return n
}

// tried counts an attack in.
func (s *summary) tried(o outcome) {
	switch {
	case o.open:
		s.open++
		return
	case o.right:
		s.right++
	case strings.HasPrefix(o.name, "honest"):
		s.accusations++
	}
	s.attacks++
}

// withoutLandlock is the first argument that makes the test's binary run the command
// in the others on a kernel that seems to know no Landlock.
const withoutLandlock = "--without-landlock"

func init() {
	if len(os.Args) < 3 || os.Args[1] != withoutLandlock {
		return
	}
	const load, equal, give = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, unix.BPF_RET | unix.BPF_K
	rules := []unix.SockFilter{
		{Code: load}, // the number of the call
		{Code: equal, K: unix.SYS_LANDLOCK_CREATE_RULESET, Jf: 1},
		{Code: give, K: unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)},
		{Code: give, K: unix.SECCOMP_RET_ALLOW},
	}
	program := unix.SockFprog{Len: uint16(len(rules)), Filter: &rules[0]}
	runtime.LockOSThread()
	err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
	if err == nil {
		err = unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&program)), 0, 0)
	}
	if err == nil {
		err = unix.Exec(os.Args[2], os.Args[2:], os.Environ())
	}
	fmt.Fprintf(os.Stderr, "cannot go without Landlock: %v\n", err)
	os.Exit(exitBroken)
}

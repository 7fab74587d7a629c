package script

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/fixture"
	"lockstep/grader/internal/loopback"
	"lockstep/grader/internal/scratch"
)

// Request is one script and what it needs.
type Request struct {
	Tier      box.Tier          // as in box.Command
	Boxes     *box.Boxes        // kept from script to script; nil: each run has its own
	Name      string            // the check's name, for errors
	Script    *exercise.Script  // with its draws drawn
	Exercise  string            // the exercise's folder, $EXERCISE in the script
	Plain     string            // the student's program
	Race      string            // … built with the race detector, where the script asks for it
	NoRace    error             // why it could not be
	Sources   map[string][]byte // its Go files by name; they name what its processes share
	Programs  []string          // the course's, which both may execute
	Reference string            // the course's solution; empty where the course has none
	Limits    exercise.Limits
	Seed      uint64
	Jobs      int // how many runs of the program may go on at once

	Pictures bool // one run of each line is observed, to be drawn
	Brief    bool // whether a claim fails is all that is wanted, not what explains it best

	// A replay: instead of exploring, one schedule is run.
	Schedule string
	EachStep func(explore.Moment)                       // told before each step and at the end; may be nil
	All      bool                                       // keep every failing schedule
	Play     func(context.Context, *explore.Play) error // decides what is run; nil: nobody does
}

// Run runs one script to its end. What went wrong with the script itself is in
// the record; it is never the student's fault.
func Run(ctx context.Context, r Request) *Record {
	begin := time.Now()
	ctx, stretched := box.Stretched(ctx)
	s := &state{ctx: ctx, request: r, record: &Record{}, leaves: r.Script.Leaves()}
	defer func() { s.record.Elapsed, s.record.Stretched = time.Since(begin), stretched() }()
	place, err := scratch.New("script")
	if err != nil {
		s.record.Broken = fmt.Errorf("cannot run check %q: %w", r.Name, err)
		return s.record
	}
	defer place.Close()
	dir := place.Path
	file := filepath.Join(dir, "check.txtar")
	if err := os.WriteFile(file, []byte(r.Script.Text), 0o600); err != nil {
		s.record.Broken = fmt.Errorf("cannot run check %q: %w", r.Name, err)
		return s.record
	}
	t := &session{}
	t.run(func() {
		testscript.RunT(t, testscript.Params{
			Files:              []string{file},
			WorkdirRoot:        dir,
			RequireUniqueNames: true,
			Cmds:               commands(),
			Setup: func(e *testscript.Env) error {
				e.Values[stateKey{}] = s
				e.Setenv("EXERCISE", r.Exercise)
				return nil
			},
		})
	})
	s.finish(t)
	return s.record
}

type stateKey struct{}

// state is what the commands of one script share.
type state struct {
	ctx     context.Context
	request Request
	record  *Record

	at         int                               // how many calls have begun
	made       []string                          // files that cp and reference have made
	batch      []int                             // the runs of the last program command, as indexes into the record
	last       func() box.Command                // how a run of the last batch is started
	exitNamed  bool                              // the script said which exit code it wants of the last batch
	stopped    bool                              // a command of ours ended the script; the record says why
	service    fixture.Service                   // nil where the script has none
	serve      func(*loopback.Listener) []string // serves a run and names the address; nil without a service
	closeAfter []func()

	given  []box.File // what the folder of the next run holds before it
	shared bool       // … which is what the run before has left
	leaves bool       // what runs leave is asked for
}

// requests are what the fixture was asked so far.
func (s *state) requests() []fixture.Request {
	if s.service == nil {
		return nil
	}
	return s.service.Requests()
}

// finish turns how the session ended into the record's last facts.
func (s *state) finish(t *session) {
	for _, f := range s.closeAfter {
		f()
	}
	left := s.left()
	switch {
	case s.record.Broken != nil || s.stopped:
	case t.crash != nil:
		s.record.Broken = fmt.Errorf("cannot run check %q: %v", s.request.Name, t.crash)
	case t.failed: // of a script that was read when it was loaded: not the program's doing
		s.record.Broken = fmt.Errorf("cannot run check %q: %s", s.request.Name, t.reason())
	case len(left) > 0:
		s.record.Broken = fmt.Errorf("cannot run check %q: its script ended before its line %s", s.request.Name, &left[0])
	case !s.exitNamed:
		s.claimAll(func(e Execution) Claim { return claimExit(e.Observation, exercise.Codes{}) })
	}
	s.point()
	r := s.record
	if r.Broken == nil && r.Unseen == "" && r.Explored == nil && r.Speedup == nil && len(r.Claims) == 0 {
		r.Broken = fmt.Errorf("cannot run check %q: its script claimed nothing of any run", s.request.Name)
	}
}

// claimAll tries a claim on every run of the last batch. The record keeps the
// first that does not hold, with how many did not, or the last that does. One that
// certainly does not hold comes before one of which this machine can't tell.
func (s *state) claimAll(claim func(Execution) Claim) bool {
	var kept Claim
	failed := 0
	for _, i := range s.batch {
		c := claim(s.record.Runs[i])
		c.Run = i
		if !c.Holds {
			failed++
		}
		if failed == 0 || !c.Holds && (failed == 1 || kept.Unseen && !c.Unseen) {
			kept = c
		}
	}
	if len(s.batch) == 0 {
		return true
	}
	if failed > 0 && len(s.batch) > 1 {
		kept.Detail = append([]string{fmt.Sprintf("in %d of %d runs; this is run %d", failed, len(s.batch), kept.Run-s.batch[0]+1)}, kept.Detail...)
	}
	s.record.Claims = append(s.record.Claims, kept)
	return failed == 0
}

// errStop is the reason given to testscript when the record already holds the
// facts that end a script.
var errStop = errors.New("the claim does not hold")

// session is a testscript.T outside `go test`: FailNow and its kin leave the
// script by panicking with a sentinel that run recovers.
type session struct {
	log    strings.Builder
	failed bool
	crash  any
}

type leave struct{}

func (t *session) run(f func()) {
	defer func() {
		switch p := recover().(type) {
		case nil, leave:
		default:
			t.crash = p
		}
	}()
	f()
}

func (t *session) Skip(args ...any) { panic(leave{}) }
func (t *session) Fatal(args ...any) {
	t.Log(args...)
	t.FailNow()
}
func (t *session) Parallel()       {}
func (t *session) Log(args ...any) { fmt.Fprintln(&t.log, args...) }
func (t *session) Verbose() bool   { return false }
func (t *session) FailNow() {
	t.failed = true
	panic(leave{})
}
func (t *session) Run(_ string, f func(testscript.T)) { t.run(func() { f(t) }) }

// reason picks the failing line and what it said from testscript's log.
func (t *session) reason() string {
	var last string
	for line := range strings.Lines(t.log.String()) {
		if text, ok := strings.CutPrefix(strings.TrimSpace(line), "FAIL: "); ok {
			if _, after, found := strings.Cut(text, "check.txtar:"); found {
				text = "script line " + after
			}
			last = text
		}
	}
	if last == "" {
		return strings.TrimSpace(t.log.String())
	}
	return last
}

//go:build unix

package control

import (
	"context"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"lockstep/grader/internal/box"
)

// TestNonsense runs programs that have something to say to whoever listens, and
// nothing that makes sense. Each run goes on to its end, however it is listened to.
func TestNonsense(t *testing.T) {
	program := filepath.Join(t.TempDir(), "talker")
	if said, err := exec.Command("go", "build", "-o", program, "./testdata/talker").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	for _, c := range []struct {
		name string
		does []string
		hit  string // the limit that ends it
	}{
		{"says nothing", nil, ""},
		{"nonsense", []string{"nonsense"}, ""},
		{"nonsense, then works", []string{"nonsense", "work"}, ""},
		{"nonsense, then sleeps", []string{"nonsense", "sleep"}, "wall"},
		{"works, then nonsense", []string{"work", "nonsense"}, ""},
		{"half a frame", []string{"half"}, ""},
		{"half a frame, then sleeps", []string{"half", "sleep"}, "wall"},
		{"a huge frame", []string{"huge", "work"}, ""},
		{"frames that nobody waits for", []string{"marks", "work"}, ""},
		{"closed", []string{"close", "work"}, ""},
		{"closed, then sleeps", []string{"close", "sleep"}, "wall"},
		{"nonsense from an orphan's descriptor", []string{"nonsense", "orphan"}, ""},
		{"an orphan holds it", []string{"orphan"}, ""},
		{"flood", []string{"flood"}, ""},
		{"filled up", []string{"stuff"}, ""},
		{"filled up, held by an orphan", []string{"stuff", "orphan"}, ""},
		{"no socket", []string{"odd", "work"}, ""},
		{"the listener as a line", []string{"itself", "nonsense", "work"}, ""},
		{"lines that linger", []string{"linger", "work"}, ""},
		{"lines that linger, then sleeps", []string{"linger", "sleep"}, "wall"},
		{"many lines", []string{"many", "work"}, ""},
	} {
		command := box.Command{
			Program: program, Args: c.does, Env: []string{"PATH=/bin"},
			Limits: box.Limits{Wall: 400 * time.Millisecond, Linger: 50 * time.Millisecond},
		}
		if c.hit == "" && !slices.Contains(c.does, "orphan") {
			command.Limits.Wall = 20 * time.Second // on a busy machine, too
		}
		ended := func(t *testing.T, seen *box.Observation, err error) {
			t.Helper()
			if err == nil && slices.Contains(c.does, "orphan") && seen.Exceeded != nil && seen.Exceeded.Limit == "wall" {
				return // held processes may outlive the first one as long as they like
			}
			switch {
			case err != nil:
				t.Fatal(err)
			case c.hit == "" && (seen.Exceeded != nil || seen.Exit != box.Exit{} || string(seen.Stdout.Bytes) != "done\n"):
				t.Errorf("%+v %+v %q", seen.Exit, seen.Exceeded, seen.Stdout.Bytes)
			case c.hit != "" && (seen.Exceeded == nil || seen.Exceeded.Limit != c.hit):
				t.Errorf("%+v %+v", seen.Exit, seen.Exceeded)
			}
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
			defer cancel()
			t.Run("observed", func(t *testing.T) {
				seen, events, err := Observe(ctx, command)
				ended(t, seen, err)
				if len(events) > 0 {
					t.Errorf("it told %+v", events)
				}
			})
			t.Run("held", func(t *testing.T) {
				p, err := New(command, true)
				if err != nil {
					t.Fatal(err)
				}
				defer p.Close()
				r, err := p.Begin(ctx, 0)
				if err != nil {
					t.Fatal(err)
				}
				_, err = drive(r, rand.New(rand.NewPCG(1, 1)))
				seen, closing := r.Finish()
				if err != nil {
					t.Fatal(err)
				}
				if c.name == "many lines" || c.name == "no socket" || c.name == "the listener as a line" {
					return // it is taken for a process of the library's, and is ended
				}
				ended(t, seen, closing)
			})
		})
	}
}

// TestListeningEnds stops who listens to a program that does not end by itself.
func TestListeningEnds(t *testing.T) {
	program := filepath.Join(t.TempDir(), "talker")
	if said, err := exec.Command("go", "build", "-o", program, "./testdata/talker").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if seen, _, err := Observe(ctx, box.Command{Program: program, Args: []string{"nonsense", "sleep"}, Limits: box.Limits{Wall: time.Hour}}); err == nil {
		t.Errorf("it ended: %+v", seen)
	}
}

//go:build unix

package control

import (
	"context"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/mp/trace"
)

func observed(t *testing.T, name string, l box.Limits) (*box.Observation, []trace.Event) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	seen, events, err := Observe(context.Background(), box.Command{Program: self, Args: []string{"be", name}, Env: []string{"GORACE=atexit_sleep_ms=0"}, Limits: l})
	if err != nil {
		t.Fatal(err)
	}
	return seen, events
}

func TestObserve(t *testing.T) {
	for _, name := range []string{"counter", "pipes", "pool", "loop", "calls", "manager", "large", "queue", "several"} {
		t.Run(name, func(t *testing.T) {
			seen, events := observed(t, name, box.Limits{})
			if seen.Exceeded != nil || seen.Exit.Code != 0 {
				t.Fatalf("%+v %s", seen.Exit, seen.Stderr.Bytes)
			}
			last := map[string]trace.Event{}
			for _, e := range events {
				before, known := last[e.Proc]
				switch {
				case !known && e.Kind != trace.Begin:
					t.Errorf("%s begins with %s", e.Proc, e.Kind)
				case known && (e.Op != before.Op+1 || e.Enter < before.Enter || e.CPU < before.CPU || e.Leave < e.Enter):
					t.Errorf("%s: %+v comes after %+v", e.Proc, e, before)
				}
				last[e.Proc] = e
			}
			for proc, e := range last {
				if e.Kind != trace.Exit || e.Arg != "0" {
					t.Errorf("%s ends with %+v", proc, e)
				}
			}
			if len(last) < 2 {
				t.Errorf("only %d processes told something", len(last))
			}
		})
	}
}

// TestOutcomes looks at what came of each operation, in a run that tells and in one
// that is held.
func TestOutcomes(t *testing.T) {
	want := strings.Fields("recv:timeout send:ok send:timeout recv:ok send:ok recv:ok wait:timeout notify:ok wait:ok wait:ok notify:error close:ok recv:eof close:error acquire:ok acquire:timeout trylock:ok trylock:timeout lock:timeout unlock:ok lock:ok trylock:ok trylock:timeout")
	told := func(how string, list []trace.Event) {
		t.Helper()
		var got []string
		for _, e := range list {
			switch e.Kind {
			case trace.Begin, trace.New, trace.Exit:
			default:
				got = append(got, e.Kind.String()+":"+e.Outcome.String())
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", how, got, want)
		}
	}
	_, events := observed(t, "outcomes", box.Limits{})
	told("observed", events)
	var held []trace.Event
	for _, e := range play(t, open(t, "outcomes"), rand.New(rand.NewPCG(1, 1))).world.Events {
		held = append(held, e.Op)
	}
	told("held", held)
}

// TestObserveWhatIsCutOff looks for the operation that a process was in when it
// was ended.
func TestObserveWhatIsCutOff(t *testing.T) {
	seen, events := observed(t, "stuck", box.Limits{Wall: time.Second})
	if seen.Exceeded == nil || seen.Exceeded.Limit != "wall" {
		t.Fatalf("%+v", seen.Exceeded)
	}
	i := slices.IndexFunc(events, func(e trace.Event) bool { return e.Kind == trace.Lock && e.Leave < e.Enter })
	if i < 0 || !strings.HasPrefix(events[i].Site.String(), "programs_test.go:") {
		t.Errorf("nobody tells that it waits for the lock: %+v", events)
	}
}

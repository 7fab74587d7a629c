package speedup

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"lockstep/mp/trace"
)

// A watched program shows something else in each observed run; the last one
// repeats.
type watched struct {
	*simulated
	shows []Trial
	seen  int
}

func (w *watched) Observe(ctx context.Context, _ bool) (Trial, error) {
	t, err := w.Parallel(ctx)
	show := w.shows[min(w.seen, len(w.shows)-1)]
	w.seen++
	t.Events, t.Late, t.Fault = show.Events, show.Late, show.Fault
	return t, err
}

// crossed is a run that can't have ended: two processes hold a lock each and take
// the other's.
func crossed() []trace.Event {
	t := newTape()
	t.begin("0")
	t.start("0", "0.1", 20, 0)
	for _, step := range []struct{ proc, lock string }{{"0", "0#1"}, {"0.1", "0#2"}, {"0", "0#2"}, {"0.1", "0#1"}} {
		t.lock(step.proc, step.lock, 31)
		t.work(step.proc, 10*ms)
	}
	t.exit("0.1")
	t.exit("0")
	return t.events
}

// Where the times can't tell, a program is not failed for one moment at which the
// machine stood still.
func TestLogicalFailureIsConfirmed(t *testing.T) {
	good := Trial{Events: fan(0, slicesOf(4, 100*ms)...)}
	stalled := Trial{Events: fan(0, 100*ms, 100*ms, 260*ms, 100*ms)} // the third was stopped for 160 ms
	serial := Trial{Events: oneByOne(4, 100*ms)}
	late := Trial{Late: true, Fault: "stopped at the wall limit"}
	fault := Trial{Fault: "exit code 2"}
	garbled := Trial{Events: crossed()}
	for _, test := range []struct {
		name   string
		cores  float64
		shows  []Trial
		status Status
		by     Evidence
		runs   int // observed
		why    string
	}{
		{"good", 1, []Trial{good}, Pass, ByLogical, 1, "serial program"},
		{"stalled once", 1, []Trial{stalled, good}, Pass, ByLogical, 2, "serial program"},
		{"serial", 1, []Trial{serial}, Fail, ByLogical, 2, "serial program"},
		{"serial, then late", 1, []Trial{serial, late}, NotChecked, ByNothing, 2, "did not end in time"},
		{"serial, then events that don't fit", 1, []Trial{serial, garbled}, NotChecked, ByNothing, 2, "wait for each other"},
		{"serial, then no events", 1, []Trial{serial, {}}, NotChecked, ByNothing, 2, "no events"},
		{"serial, then a fault", 1, []Trial{serial, fault}, Fail, ByHonesty, 2, ""},
		{"serial, and the times agree", 2, []Trial{serial}, Fail, ByBoth, 2, ""},
		{"late, but the times tell", 2, []Trial{late}, Fail, ByMeasured, 1, "did not end in time"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := subjects()[0]
			if test.status == Fail {
				s.parallel = oneAfterAnother(4, 100*ms)
			}
			rng := rand.New(rand.NewPCG(1, 1))
			r, runner := s.request(&machine{cores: test.cores, load: func(time.Duration) int { return 0 }, rng: rng}, 0)
			w := &watched{simulated: runner, shows: test.shows}
			r.Runner = w
			report, err := Run(context.Background(), r)
			if err != nil {
				t.Fatal(err)
			}
			if report.Status != test.status || report.DecidedBy != test.by || w.seen != test.runs {
				t.Errorf("%s by %s after %d observed runs, want %s by %s after %d: %s; %s", report.Status, report.DecidedBy, w.seen, test.status, test.by, test.runs, report.Summary, report.Why)
			}
			if !strings.Contains(report.Why, test.why) {
				t.Errorf("why: %s, want it to tell of %q", report.Why, test.why)
			}
		})
	}
}

// What telling costs is taken out of a run's processor times, and no more than that.
func TestQuieten(t *testing.T) {
	at := func(op int, k trace.Kind, cpu time.Duration) trace.Event {
		return trace.Event{Proc: "0.1", Op: op, Kind: k, CPU: cpu * time.Microsecond}
	}
	told := []trace.Event{at(3, trace.Unlock, 2050), at(1, trace.Begin, 1000), at(2, trace.Lock, 2000), at(4, trace.Exit, 9000)}
	for extra, want := range map[time.Duration][]time.Duration{
		-time.Millisecond:      {1000, 2000, 2050, 9000},
		80 * time.Microsecond:  {1000, 1980, 2010, 8940},
		400 * time.Microsecond: {1000, 1900, 1900, 8750},
		time.Second:            {1000, 1800, 1800, 8550}, // that was not telling
	} {
		for i, e := range quieten(told, extra) {
			if e.Op != told[i].Op || e.CPU != want[e.Op-1]*time.Microsecond {
				t.Errorf("%v too much: operation %d at %v, want %dµs", extra, e.Op, e.CPU, want[e.Op-1])
			}
		}
	}
}

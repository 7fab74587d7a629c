package explore

import (
	"strings"
	"testing"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/explore/simulated"
)

func TestSchedulesSayHowTimePasses(t *testing.T) {
	for _, text := range []string{"0:3,0.1", "clock,0:3", "early,0:3,0.1:2", "pieces,0", "clock,pieces,0:2", "early,pieces,0,0.1"} {
		s, m, err := parse(text)
		if err != nil || m.named(s.String()) != text {
			t.Errorf("%q came back as %q, %v", text, m.named(s.String()), err)
		}
	}
	for _, text := range []string{"early", "late,0", "early,early,0"} {
		if err := CheckSchedule(text); err == nil {
			t.Errorf("%q is taken for a schedule", text)
		}
	}
}

// A child takes so long by its sleeps and its processor time, and its parent waits
// for so long. When the time is over the parent goes on as if nothing had happened,
// or ends with an exit code that tells.
func TestWhatTimeLimitsAreWorth(t *testing.T) {
	for _, c := range []struct {
		name              string
		sleep, cpu, limit time.Duration
		tells             bool
		outcome           Outcome
		warning           string
	}{
		{"shorter than the sleep", 50 * time.Millisecond, 0, 20 * time.Millisecond, false, Failed, ""},
		{"longer than the sleep", 20 * time.Millisecond, 0, time.Second, false, TimeLimit, ""},
		{"noticed", 20 * time.Millisecond, 0, time.Second, true, Verified, ""},
		{"noticed, shorter than the work", 0, time.Second, 50 * time.Millisecond, true, TimeLimit, ""},
		{"noticed, hardly longer than the work", 0, 40 * time.Millisecond, 50 * time.Millisecond, true, TimeLimit, ""},
		{"ample", 20 * time.Millisecond, 10 * time.Millisecond, time.Minute, false, Verified, "time limit of 1m0s"},
		{"long, and the work is longer", 0, 40 * time.Second, time.Minute, false, TimeLimit, ""},
		{"many times the work, but short", 0, time.Millisecond, time.Second, false, TimeLimit, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := exploring(t, func(p *simulated.Proc) {
				v := p.Value("v", 0)
				k := p.Start("work", func(p *simulated.Proc) {
					p.Work(c.cpu)
					p.Sleep(c.sleep)
					p.Set(v, 1)
				})
				if done := p.JoinTimeout(k, c.limit); !done && c.tells {
					p.Kill(k) // which the work ends with
					p.Code = 1
					return
				}
				p.Local = p.Get(v)
			}, Request{Expect: ends(1)})
			if r.Outcome != c.outcome || (r.Reliance != nil) != (c.outcome == TimeLimit) {
				t.Errorf("want %s, got %s: %s", c.outcome, r.Outcome, r.Text)
			}
			if warned := strings.Join(r.Warnings, " "); c.outcome != Failed && (warned != "") != (c.warning != "") || !strings.Contains(warned, c.warning) {
				t.Errorf("want a warning of %q, got %q", c.warning, warned)
			}
		})
	}
}

// A limit that is meant to run out, because the child sleeps for longer, does.
func TestLongSleepIsNotOverBeforeShortLimit(t *testing.T) {
	r := exploring(t, func(p *simulated.Proc) {
		k := p.Start("work", func(p *simulated.Proc) { p.Sleep(3 * time.Second) })
		p.Local = 1
		if p.JoinTimeout(k, time.Second) {
			p.Local = 2
		}
		p.Kill(k)
	}, Request{Expect: ends(1)})
	if r.Outcome != Verified {
		t.Errorf("%s: %s", r.Outcome, r.Text)
	}
}

// A line that is printed in pieces is torn when only lines count, and whole lines
// are not told apart by their order.
func TestPiecesAreToldApartAndLinesAreNot(t *testing.T) {
	for _, pieces := range []bool{true, false} {
		r := exploring(t, func(p *simulated.Proc) {
			workers(p, 2, func(p *simulated.Proc) {
				if pieces {
					p.Piece("a ")
					p.Get(p.Value("v", 0))
				}
				p.Print("b")
			})
		}, Request{Unordered: true, Expect: func(*box.Observation) Fault { return Fault{} }})
		if (r.Runs > 1) != pieces {
			t.Errorf("pieces %t: %s", pieces, r.Text)
		}
	}
}

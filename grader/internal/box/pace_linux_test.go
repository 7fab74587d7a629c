//go:build !portable

package box

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func init() {
	roles["heartbeat"] = func([]string) int { // gets on now and then
		for {
			for end := time.Now().Add(3 * time.Millisecond); time.Now().Before(end); {
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
	roles["wait"] = func([]string) int { // waits for what never comes, and looks for it
		for {
			time.Sleep(20 * time.Millisecond)
		}
	}
}

func TestSlowMachine(t *testing.T) {
	if times := cpuSlowness(); times > 1 {
		t.Skipf("to look and wait is work on this machine, which takes %.0f times as much of a processor", times)
	}
	inTiers(t, testSlowMachine)
}

func testSlowMachine(t *testing.T, tier Tier) {
	for name, test := range map[string]struct {
		usual time.Duration
		role  string
		bound string // that is reached; "": none
		times float64
	}{
		"in time":                  {slowMachine, "hello", "", 0},
		"late on a slow machine":   {slowMachine, "work 600ms", "", mostStretch},
		"works on, and never ends": {slowMachine, "heartbeat", "100ms × 30, for this machine is slow", mostStretch},
		"hangs on a slow machine":  {slowMachine, "sleep 1h", "100ms", mostStretch},
		"looks, and never gets on": {slowMachine, "wait", "100ms", mostStretch},
		"late on a fast machine":   {fastMachine, "heartbeat", "100ms", 0},
		"spins on a slow machine":  {slowMachine, "spin", "600ms", mostStretch},
	} {
		t.Run(name, func(t *testing.T) {
			takenFor(t, test.usual)
			c := command(t, strings.Fields(test.role)...)
			c.Tier, c.Limits.Wall = tier, 100*time.Millisecond
			switch test.role {
			case "hello":
				c.Limits.Wall = time.Minute
			case "spin":
				c.Limits.Wall, c.Limits.CPU = time.Minute, 20*time.Millisecond
			}
			ctx, stretched := Stretched(t.Context())
			o, err := Run(ctx, c)
			if err != nil {
				t.Fatal(err)
			}
			bound := ""
			if o.Exceeded != nil {
				bound = o.Exceeded.Bound
				if o.Exceeded.PID != o.Processes[0].PID {
					t.Errorf("process %d is told of, not the root, %+v", o.Exceeded.PID, o.Processes[0])
				}
			}
			if bound != test.bound || test.times > 0 && stretched() != test.times || test.usual == fastMachine && stretched() != 0 {
				t.Errorf("got %+v, stretched %v times", o.Exceeded, stretched())
			}
		})
	}
}

func TestStretch(t *testing.T) {
	for start, want := range map[time.Duration]float64{
		0: 1, yardstick: 1, slowFrom*yardstick - 1: 1, slowFrom * yardstick: slowFrom, 20 * yardstick: 20, time.Hour: mostStretch,
	} {
		if got := stretch(start); got != want {
			t.Errorf("%v: %v, want %v", start, got, want)
		}
	}
}

func TestWithAllowance(t *testing.T) {
	late := errors.New("late")
	for usual, least := range map[time.Duration]time.Duration{fastMachine: 20 * time.Millisecond, slowMachine: mostStretch * 20 * time.Millisecond} {
		takenFor(t, usual)
		begin := time.Now()
		ctx, cancel := WithAllowance(t.Context(), 20*time.Millisecond, late)
		defer cancel()
		<-ctx.Done()
		if took := time.Since(begin); took < least || context.Cause(ctx) != late {
			t.Errorf("it ended after %v: %v", took, context.Cause(ctx))
		}
	}
}

// What a machine was halfway counts when the time is over, though it is at rest by then.
func TestAllowanceLooksHalfway(t *testing.T) {
	takenFor(t, slowMachine)
	ctx, stretched := Stretched(t.Context())
	a := &Allowance{begin: time.Now().Add(-3 * paceFresh / 2), usual: 2 * paceFresh, times: 1}
	if a.Left() > 0 || a.Over(ctx) || stretched() != mostStretch {
		t.Errorf("halfway: %v is left, stretched %v times", a.Left(), stretched())
	}
	takenFor(t, fastMachine)
	a.begin = a.begin.Add(-2 * paceFresh)
	if a.Over(ctx) {
		t.Error("the time is not over where the machine was slow")
	}
	a.begin = a.begin.Add(-mostStretch * 2 * paceFresh)
	if !a.Over(ctx) {
		t.Errorf("%v is left", a.Left())
	}
}

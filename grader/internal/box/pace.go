//go:build unix

package box

import (
	"context"
	"fmt"
	"os/exec"
	"sync"
	"time"

	"lockstep/grader/internal/box/internal/facts"
	"lockstep/grader/internal/box/internal/reexec"
)

// Limits on time are made for machines that start a trivial program in
// usualStart. Where it takes slowFrom times as long and more, the machine is slow:
// its processor is, or others use it, or its owner bounds it. Nobody is to blame for
// that. A limit that is reached there is stretched as many times, and whoever grades is
// told. What hangs reaches the stretched limit, too.
const (
	usualStart  = 4 * time.Millisecond
	slowFrom    = 2 // who waits for others in turn waits longer than what is just started
	mostStretch = 30
)

// yardstick is what a trivial program's start may take without being slow.
var yardstick = func() time.Duration {
	if raceEnabled { // this program itself is slow then
		return 5 * usualStart
	}
	return usualStart
}()

// How slowness is measured: by starts one after the other, as many as it takes for a
// processor that is given in slices, or so many as there is time for.
const (
	paceStarts = 16
	paceTime   = 2 * time.Second
	paceFresh  = time.Second // as long it is not measured again
)

// patience is how long init may take to clear everything away once it is told
// to, or was left alone: far beyond what the largest tree of processes needs.
const patience = 10 * time.Second

var pace struct {
	sync.Mutex
	at    time.Time
	times float64
	cpu   float64 // processor time; 0: not measured yet
}

// slowness says how many times longer than usual everything takes at the moment; 1
// where that is within what limits have room for.
func slowness() float64 {
	pace.Lock()
	defer pace.Unlock()
	if pace.at.IsZero() || time.Since(pace.at) > paceFresh {
		took, _ := start(paceStarts)
		pace.times = stretch(took)
		pace.at = time.Now()
	}
	return pace.times
}

// cpuSlowness is slowness in processor time: others can't take it, so that it is
// measured once. Machines that are emulated need many times as much.
func cpuSlowness() float64 {
	pace.Lock()
	defer pace.Unlock()
	if pace.cpu == 0 {
		_, cpu := start(2)
		pace.cpu = stretch(cpu)
	}
	return pace.cpu
}

func stretch(start time.Duration) float64 {
	times := start.Seconds() / yardstick.Seconds()
	if times < slowFrom {
		return 1
	}
	return min(times, mostStretch)
}

// start starts a trivial program n times, and says how long it takes from start to
// end, and how much of a processor. Where none can be started, the machine is full and
// not slow: limits stand.
func start(n int) (wall, cpu time.Duration) {
	self, err := reexec.Program()
	if err != nil {
		return 0, 0
	}
	begin := time.Now()
	for done := time.Duration(1); ; done++ {
		c := exec.Cmd{Path: self, Args: []string{reexec.Name, reexec.Canary}, Env: []string{reexec.AtOnce}}
		if c.Run() != nil {
			return 0, 0
		}
		cpu += c.ProcessState.UserTime() + c.ProcessState.SystemTime()
		if took := time.Since(begin); int(done) == n || took > paceTime {
			return took / done, cpu / done
		}
	}
}

// Slowness says how many times longer than usual everything takes on this machine at
// the moment, and Stretched hears of it; 1: it is not slow. To find out takes some
// starts of a trivial program.
func Slowness(ctx context.Context) float64 {
	times := slowness()
	if times > 1 {
		note(ctx, times)
	}
	return times
}

// note lets Stretched hear of a limit that was stretched.
func note(ctx context.Context, times float64) {
	if s, ok := ctx.Value(stretchKey{}).(*stretched); ok {
		s.mu.Lock()
		s.times = max(s.times, times)
		s.mu.Unlock()
	}
}

type stretchKey struct{}

type stretched struct {
	mu    sync.Mutex
	times float64
}

// Stretched returns a context, and a function that says how many times limits on time
// were stretched in it, at most; 0: none was.
func Stretched(ctx context.Context) (context.Context, func() float64) {
	s := &stretched{}
	return context.WithValue(ctx, stretchKey{}, s), func() float64 {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.times
	}
}

// An Allowance is time that something may take, more of it on a slow machine. It is for
// one goroutine.
type Allowance struct {
	begin time.Time
	usual time.Duration
	times float64 // as slow the machine has been
	half  bool    // over, and the machine was looked at
}

// Allow begins an allowance.
func Allow(usual time.Duration) *Allowance {
	return &Allowance{begin: time.Now(), usual: usual, times: 1, half: usual < 2*paceFresh}
}

// Left is how long there is nothing to ask Over.
func (a *Allowance) Left() time.Duration {
	left := a.usual
	if !a.half {
		left /= 2
	}
	return time.Until(a.begin.Add(time.Duration(float64(left) * a.times)))
}

// Over reports whether nothing is left, also once this machine's slowness is allowed
// for. Who else is at work comes and goes: the machine is looked at halfway, too, and
// counts for as slow as it was at its slowest.
func (a *Allowance) Over(ctx context.Context) bool {
	if a.Left() > 0 {
		return false
	}
	a.times = max(a.times, Slowness(ctx))
	over := a.half
	a.half = true
	return over && a.Left() <= 0
}

// String is what was allowed, for a person.
func (a *Allowance) String() string {
	text := facts.PrintTime(a.usual)
	if a.times > 1 {
		text += fmt.Sprintf(" × %.0f, for this machine is slow", a.times)
	}
	return text
}

// WithAllowance is context.WithTimeoutCause with an allowance.
func WithAllowance(parent context.Context, usual time.Duration, cause error) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(parent)
	go func() {
		for a := Allow(usual); ; {
			select {
			case <-ctx.Done():
				return
			case <-time.After(a.Left()):
			}
			if a.Over(ctx) {
				cancel(cause)
			}
		}
	}()
	return ctx, func() { cancel(context.Canceled) }
}

//go:build unix

package control

import (
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box"
)

// BenchmarkRate runs a program of four processes again and again, several at a
// time, each in a box of its own: as it likes, held at every operation, and held with
// processes that are forked. The figures are runs per second and the processor time of
// one.
func BenchmarkRate(b *testing.B) {
	if testing.Short() {
		b.Skip("it builds a program")
	}
	program := filepath.Join(b.TempDir(), "program")
	build := exec.Command("go", "build", "-o", program, "lockstep/solutions/10-lost-updates")
	if said, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, said)
	}
	command := box.Command{Program: program, Args: []string{"3", "1"}, Env: []string{"PATH=/bin", "HOME=/tmp"}}
	runs := 300
	if s := os.Getenv("LOCKSTEP_BENCH_RUNS"); s != "" {
		runs, _ = strconv.Atoi(s)
	}
	for b.Loop() {
		free := measure(b, runs, func(b *testing.B, workers int) (run func(int), end func()) {
			return freely(b, command, workers)
		})
		held := measure(b, runs, func(b *testing.B, workers int) (run func(int), end func()) {
			return holding(b, command, false)
		})
		forked := measure(b, runs, func(b *testing.B, workers int) (run func(int), end func()) {
			return holding(b, command, true)
		})
		b.ReportMetric(forked.rate, "forked/s")
		b.ReportMetric(forked.cpu, "forked-cpu-ms")
		b.ReportMetric(free.rate, "free/s")
		b.ReportMetric(held.rate, "held/s")
		b.ReportMetric(free.cpu, "free-cpu-ms")
		b.ReportMetric(held.cpu, "held-cpu-ms")
	}
	b.ReportMetric(0, "ns/op")
}

// freely runs a command as it likes, in the kind of box that held runs have.
func freely(b *testing.B, c box.Command, workers int) (run func(worker int), end func()) {
	places := make([]*box.Box, workers)
	for i := range places {
		var err error
		if places[i], err = box.Open(context.Background(), box.Setup{Program: c.Program, Limits: c.Limits, Unwatched: true}); err != nil {
			b.Fatal(err)
		}
	}
	run = func(worker int) {
		if seen, err := places[worker].Run(context.Background(), c); err != nil || seen.Exit != (box.Exit{}) {
			b.Errorf("%+v %v", seen, err)
		}
	}
	return run, func() {
		for _, p := range places {
			p.Close()
		}
	}
}

// holding runs it held.
func holding(b *testing.B, c box.Command, forked bool) (run func(worker int), end func()) {
	program, err := New(c, false)
	if err != nil {
		b.Fatal(err)
	}
	forks := program.Forks()
	if forked && forks == nil {
		b.Skip("processes can't be forked here")
	}
	begin := program.Begin
	if forked {
		begin = forks.Begin
	}
	run = func(worker int) {
		r, err := begin(context.Background(), worker)
		if err != nil {
			b.Error(err)
			return
		}
		p, err := drive(r, rand.New(rand.NewPCG(1, 1)))
		seen, err2 := r.Finish()
		if err != nil || err2 != nil || p.how != "ended" || len(p.world.Output) == 0 || seen.Exceeded != nil {
			b.Errorf("%v %v %s, printed %q", err, err2, p.how, p.world.Output)
		}
	}
	return run, func() {
		if forks != nil {
			forks.Close()
		}
		if err := program.Close(); err != nil {
			b.Error(err)
		}
	}
}

// pace is how fast runs are made.
type pace struct {
	rate float64 // in a second
	cpu  float64 // milliseconds of each, the grader's own and those of opening and closing boxes among them
}

func measure(b *testing.B, runs int, prepare func(b *testing.B, workers int) (run func(int), end func())) pace {
	b.Helper()
	workers := runtime.NumCPU() + 1
	before := processorTime()
	run, end := prepare(b, workers)
	for i := range workers {
		run(i) // the first is slower
	}
	begin := time.Now()
	var group sync.WaitGroup
	for i := range workers {
		group.Go(func() {
			for n := i; n < runs; n += workers {
				run(i)
			}
		})
	}
	group.Wait()
	took := time.Since(begin)
	end()
	return pace{float64(runs) / took.Seconds(), 1e3 * (processorTime() - before).Seconds() / float64(runs+workers)}
}

// processorTime is this process's and that of all that it has waited for.
func processorTime() time.Duration {
	var sum time.Duration
	for _, who := range []int{unix.RUSAGE_SELF, unix.RUSAGE_CHILDREN} {
		var u unix.Rusage
		unix.Getrusage(who, &u)
		sum += time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	return sum
}

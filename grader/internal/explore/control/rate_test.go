//go:build unix

package control

import (
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"lockstep/grader/internal/box"
)

// BenchmarkRate runs a program of four processes again and again, several at a
// time, each in a box of its own: as it likes, and held at every operation. The
// figures are runs per second, and what share of the first rate the second is.
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
	workers := runtime.NumCPU() + 1
	runs := 300
	if os.Getenv("LOCKSTEP_BENCH_RUNS") != "" {
		runs = 3000
	}
	for b.Loop() {
		free := rate(b, workers, runs, func(place *box.Box, _ int) {
			if seen, err := place.Run(context.Background(), command); err != nil || seen.Exit != (box.Exit{}) {
				b.Errorf("%+v %v", seen, err)
			}
		}, command)
		held, err := New(command)
		if err != nil {
			b.Fatal(err)
		}
		controlled := rate(b, workers, runs, func(_ *box.Box, worker int) {
			r, err := held.Begin(context.Background(), worker)
			if err != nil {
				b.Error(err)
				return
			}
			p, err := drive(r, rand.New(rand.NewPCG(1, 1)))
			seen, err2 := r.Finish()
			if err != nil || err2 != nil || p.how != "ended" || seen.Hit != nil {
				b.Errorf("%v %v %s", err, err2, p.how)
			}
		}, command)
		if err := held.Close(); err != nil {
			b.Error(err)
		}
		b.ReportMetric(free, "free/s")
		b.ReportMetric(controlled, "held/s")
		b.ReportMetric(100*controlled/free, "%")
	}
	b.ReportMetric(0, "ns/op")
}

// rate has workers make runs and returns how many they made in a second.
func rate(b *testing.B, workers, runs int, run func(place *box.Box, worker int), c box.Command) float64 {
	b.Helper()
	places := make([]*box.Box, workers)
	for i := range places {
		var err error
		if places[i], err = box.Open(context.Background(), box.Setup{Program: c.Program, Limits: c.Limits}); err != nil {
			b.Fatal(err)
		}
		defer places[i].Close()
	}
	for i, place := range places {
		run(place, i) // the first is slower
	}
	begin := time.Now()
	var group sync.WaitGroup
	for i, place := range places {
		group.Go(func() {
			for n := i; n < runs; n += workers {
				run(place, i)
			}
		})
	}
	group.Wait()
	return float64(runs) / time.Since(begin).Seconds()
}

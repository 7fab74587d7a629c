//go:build !portable

package box

import (
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"testing"
	"time"
)

func init() {
	roles["compute"] = func(args []string) int { // for a fixed number of steps
		n, _ := strconv.Atoi(args[0])
		x := uint64(1)
		for range n {
			x = x*6364136223846793005 + 1442695040888963407
		}
		return int(x & 1)
	}
}

// median calls f again and again and reports the median of its times.
func median(b *testing.B, f func() error) {
	var took []time.Duration
	for b.Loop() {
		begin := time.Now()
		if err := f(); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(begin))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "median-ms")
}

// BenchmarkRun runs a program bare, in an open box of each tier, as all runs of a
// check but the first, and in a box that is opened for it.
func BenchmarkRun(b *testing.B) {
	for _, what := range []struct {
		name string
		args []string
	}{{"nothing", []string{"exit", "0"}}, {"children", []string{"family", "8", "0s"}}, {"work", []string{"compute", "300000000"}}} {
		b.Run(what.name+"/bare", func(b *testing.B) {
			median(b, func() error { exec.Command(self(b), what.args...).Run(); return nil })
		})
		for _, tier := range []Tier{TierA, TierB, TierC, TierD} {
			place, err := Open(b.Context(), Setup{Program: self(b), Tier: tier, Limits: Limits{CPU: time.Minute}})
			if err != nil {
				continue
			}
			b.Run(what.name+"/tier_"+string(tier), func(b *testing.B) {
				median(b, func() error { _, err := place.Run(b.Context(), Command{Args: what.args}); return err })
			})
			place.Close()
			b.Run(what.name+"/tier_"+string(tier)+"_opened", func(b *testing.B) {
				median(b, func() error {
					_, err := Run(b.Context(), Command{Program: self(b), Args: what.args, Tier: tier})
					return err
				})
			})
		}
	}
}

// BenchmarkKill lets a fork bomb grow to a thousand processes and reports how long
// it takes from the limit to the end of the last one.
func BenchmarkKill(b *testing.B) {
	const bomb = 1000
	for _, tier := range []Tier{TierA, TierB, TierC, TierD} {
		b.Run(fmt.Sprintf("tier_%s", tier), func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				seen, err := Run(b.Context(), Command{Program: self(b), Args: []string{"bomb"}, Tier: tier,
					Limits: Limits{Processes: bomb, Threads: 20 * bomb, Memory: 64 << 30, CPU: time.Hour, Wall: time.Minute}})
				if err != nil {
					b.Skip(err)
				}
				if seen.Exceeded == nil || seen.Exceeded.Limit != "processes" {
					b.Fatalf("it ended otherwise: %+v", seen.Exceeded)
				}
				took = append(took, seen.Wall-seen.Processes[0].End)
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)-1].Milliseconds()), "slowest-ms")
		})
	}
}

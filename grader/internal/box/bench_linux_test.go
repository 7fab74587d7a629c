package box

import (
	"os/exec"
	"strconv"
	"testing"
	"time"
)

func init() {
	roles["work"] = func(args []string) int { // computes for a fixed number of steps
		n, _ := strconv.Atoi(args[0])
		x := uint64(1)
		for range n {
			x = x*6364136223846793005 + 1442695040888963407
		}
		return int(x & 1)
	}
}

// BenchmarkRun runs a program bare, in an open box of each tier, and in a box that
// is opened for it.
func BenchmarkRun(b *testing.B) {
	for name, args := range map[string][]string{"nothing": {"exit", "0"}, "children": {"family", "8", "0s"}, "work": {"work", "300000000"}} {
		b.Run(name+"/bare", func(b *testing.B) {
			for b.Loop() {
				exec.Command(self(b), args...).Run()
			}
		})
		for _, tier := range []Tier{TierA, TierB, TierD} {
			b.Run(name+"/tier "+string(tier), func(b *testing.B) {
				box, err := Open(b.Context(), Setup{Program: self(b), Tier: tier, Limits: Limits{CPU: time.Minute}})
				if err != nil {
					b.Skip(err)
				}
				defer box.Close()
				for b.Loop() {
					if _, err := box.Run(b.Context(), Command{Args: args}); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run(name+"/tier "+string(tier)+" opened", func(b *testing.B) {
				for b.Loop() {
					if _, err := Run(b.Context(), Command{Program: self(b), Args: args, Tier: tier}); err != nil {
						b.Skip(err)
					}
				}
			})
		}
	}
}

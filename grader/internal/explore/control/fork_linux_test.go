//go:build !portable && !race

package control

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"testing"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box"
)

// TestForks compares runs of fresh processes with runs of forks by the same schedules. Of a
// program that exits behind mp's back, forks do not tell how.
func TestForks(t *testing.T) {
	seeds := uint64(10)
	if testing.Short() {
		seeds = 2
	}
	for _, name := range []string{"counter", "pipes", "meeting", "cond", "killed", "panics", "prints", "large", "exits", "queue", "several"} {
		t.Run(name, func(t *testing.T) {
			program := open(t, name)
			forks := program.Forks()
			if forks == nil {
				t.Skip("processes can't be forked here")
			}
			t.Cleanup(func() {
				if err := forks.Close(); err != nil {
					t.Error(err)
				}
			})
			if _, err := forks.zygote(t.Context(), 0); errors.Is(err, ErrNoForks) {
				t.Skip(err)
			}
			for seed := range seeds {
				fresh, forked := play(t, program, rand.New(rand.NewPCG(seed, 0))), play(t, forks, rand.New(rand.NewPCG(seed, 0)))
				if name == "exits" {
					fresh.seen.Exit = box.Exit{Signal: int(unix.SIGKILL)}
				}
				tell := func(p played) string {
					return fmt.Sprintf("%s, %+v, %q:\n%s", p.how, p.seen.Exit, p.world.Output, pid.ReplaceAllString(p.String(), "(pid)"))
				}
				if a, b := tell(fresh), tell(forked); a != b {
					t.Fatalf("seed %d: %s\nforked: %s", seed, a, b)
				}
			}
		})
	}
}

var pid = regexp.MustCompile(`\(pid \d+\)`)

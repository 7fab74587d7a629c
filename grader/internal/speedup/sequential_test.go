package speedup

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"
)

// The bounds are checked against what they promise, by trying every sequence of
// wins and losses, not by the way in which they were computed.
func TestBoundsSpendTheirError(t *testing.T) {
	for _, test := range []struct {
		name string
		rule rule
	}{{"strict", strict}, {"agreeing", agreeing}} {
		t.Run(test.name, func(t *testing.T) {
			const pairs = 20
			bounds := test.rule.bounds
			stopped := 0
			for walk := range uint32(1) << pairs {
				for n := 1; n <= pairs; n++ {
					if bounds[n] > 0 && bits.OnesCount32(walk&(1<<n-1)) >= bounds[n] {
						stopped++
						break
					}
				}
			}
			if err := float64(stopped) / (1 << pairs); err > test.rule.total || err < test.rule.total*0.8 {
				t.Errorf("the error is %.4f, want a little under %.4f", err, test.rule.total)
			}
		})
	}
}

func TestBounds(t *testing.T) {
	for _, test := range []struct {
		rule            rule
		pairs, one_side int
	}{{strict, 5, 0}, {strict, 6, 6}, {strict, 10, 9}, {strict, 14, 12}, {agreeing, 2, 0}, {agreeing, 3, 3}, {agreeing, 6, 5}} {
		if got := test.rule.bounds[test.pairs]; got != test.one_side {
			t.Errorf("after %d pairs %d decide, want %d", test.pairs, got, test.one_side)
		}
	}
}

// The interval must hold the true median at all looks at once, whatever the
// distribution: here one that has no mean.
func TestIntervalCovers(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	const walks = 4000
	missed := 0
	for range walks {
		var values []float64
		for range strict.last {
			values = append(values, math.Tan(math.Pi*(rng.Float64()-0.5))) // Cauchy: median 0
			i := strict.interval(values)
			if !i.open && (i.low > 0 || i.high < 0) {
				missed++
				break
			}
		}
	}
	if share := float64(missed) / walks; share > 0.05 {
		t.Errorf("%.3f of the intervals miss the median, 0.05 are allowed", share)
	}
}

func TestInterval(t *testing.T) {
	six := []float64{0.9, 0.8, 1.0, 0.95, 0.85, 0.99}
	if i := strict.interval(six); i.low != 0.8 || i.high != 1 || i.says(0.7) != Pass || i.says(0.9) != NotChecked || i.says(1.1) != Fail {
		t.Errorf("six pairs give %+v", i)
	}
	if i := strict.interval(six[:3]); !i.open || i.low != 0.8 || i.high != 1 || i.confidence != 0.75 || i.says(0.7) != NotChecked {
		t.Errorf("three pairs give %+v", i)
	}
	if i := agreeing.interval(six[:3]); i.open || i.says(0.7) != Pass {
		t.Errorf("three agreeing pairs give %+v", i)
	}
	if i := strict.interval(nil); i.says(0.7) != NotChecked {
		t.Errorf("no pairs give %+v", i)
	}
	ten := append(slices.Clone(six), 0.1, 0.97, 0.96, 0.98)
	if i := strict.interval(ten); i.low != 0.8 || i.says(0.7) != Pass {
		t.Errorf("ten pairs with one bad give %+v", i)
	}
}

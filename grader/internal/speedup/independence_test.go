package speedup

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
)

// The rule promises its error for independent pairs. Pairs that follow each other
// on a busy machine have its moods in common; the promise has to hold for them as
// well. The wanted efficiency is set to the true median, where the rule errs most:
// whatever it decides is wrong.
func TestRuleErrsAsPromisedOnBusyMachines(t *testing.T) {
	for load := range loads(rand.New(rand.NewPCG(0, 0))) {
		t.Run(load, func(t *testing.T) {
			t.Parallel()
			ruleErrsAsPromised(t, load)
		})
	}
}

func ruleErrsAsPromised(t *testing.T, load string) {
	const walks = 1500
	rng := rand.New(rand.NewPCG(3, 3))
	m := &machine{cores: 2, rng: rng}
	m.load = loads(rng)[load]
	r, _ := subjects()[0].request(m, 1)
	b := &bench{ctx: context.Background(), Request: r}
	b.Equal = func(a, c []byte) bool { return true }
	var efficiencies []float64
	for range walks {
		b.pairs = nil
		for range strict.last {
			if err := b.pair(); err != nil {
				t.Fatal(err)
			}
		}
		for _, p := range measure(b.pairs, b.question(0), 0).pairs {
			efficiencies = append(efficiencies, p.Efficiency)
		}
	}
	truth := median(efficiencies)
	wrong := func(share float64, r rule) bool { // beyond chance: three standard errors
		return share > r.total+3*math.Sqrt(r.total*(1-r.total)/walks)
	}
	for name, rule := range map[string]rule{"strict": strict, "agreeing": agreeing} {
		passed, failed := 0, 0
		for w := range walks {
			values := efficiencies[w*strict.last : (w+1)*strict.last]
		looks:
			for n := 1; n <= len(values); n++ {
				switch rule.interval(values[:n]).says(truth) {
				case Pass:
					passed++
					break looks
				case Fail:
					failed++
					break looks
				}
			}
		}
		p, f := float64(passed)/walks, float64(failed)/walks
		t.Logf("%s: passes %.3f and fails %.3f, %.3f promised", name, p, f, rule.total)
		if wrong(p, rule) || wrong(f, rule) {
			t.Errorf("%s: passes %.3f and fails %.3f, where %.3f are promised", name, p, f, rule.total)
		}
	}
}

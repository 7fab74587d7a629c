package search

import (
	"math/rand/v2"

	"lockstep/grader/internal/explore/model"
)

// randomPolicy is the policy of a random run: every process that can go on is as likely
// as any other.
type randomPolicy struct{ random *rand.Rand }

func (d randomPolicy) pick(w *model.World, enabled model.Set, _ model.ID) (model.ID, bool) {
	if mortal := w.Mortal(); mortal != 0 && d.random.IntN(seldom) == 0 {
		enabled = mortal
	}
	for n := d.random.IntN(enabled.Len()); n > 0; n-- {
		enabled = enabled.Rest()
	}
	return enabled.First(), true
}

// seldom is how many steps are made for one at which somebody is killed, where that may be.
const seldom = 16

func (d randomPolicy) stuck(_ *model.World, mortal model.Set) (model.ID, bool) {
	return mortal.First(), d.random.IntN(2) == 0
}

func (randomPolicy) only(*model.World, model.ID, model.Set) bool { return true }
func (randomPolicy) made(*model.World, int)                      {}

// pct is PCT: the process with the highest priority goes on, and at a few
// random steps the one that is about to gets a priority below all others. A bug
// that needs depth such changes is found with a probability that has a bound,
// however many processes there are. Who only waits for the others goes to the end, as
// they might never come to it otherwise.
type pct struct {
	random  *rand.Rand
	of      map[model.ID]int
	changes map[int]int // step → the priority that its process falls to
	step    int
	least   int // the lowest priority there is
}

// newPCT expects runs of about that many steps.
func newPCT(random *rand.Rand, depth, steps int) *pct {
	p := &pct{random: random, of: map[model.ID]int{}, changes: map[int]int{}, least: -depth}
	for i := 1; i < depth; i++ {
		p.changes[random.IntN(max(steps, 1))] = -i
	}
	return p
}

func (p *pct) pick(w *model.World, enabled model.Set, _ model.ID) (model.ID, bool) {
	if mortal := w.Mortal(); mortal != 0 && p.random.IntN(seldom) == 0 {
		p.step++
		return p.highest(mortal), true
	}
	best := p.highest(enabled)
	if to, ok := p.changes[p.step]; ok {
		p.of[best] = to
		best = p.highest(enabled)
	}
	if w.Dozes(best) && enabled.Len() > 1 {
		p.least--
		p.of[best] = p.least
		best = p.highest(enabled)
	}
	p.step++
	return best, true
}

func (p *pct) highest(enabled model.Set) model.ID {
	best := model.ID(-1)
	for s := enabled; s != 0; s = s.Rest() {
		id := s.First()
		if _, ok := p.of[id]; !ok {
			p.of[id] = 1 + p.random.IntN(1<<30)
		}
		if best < 0 || p.of[id] > p.of[best] {
			best = id
		}
	}
	return best
}

func (p *pct) stuck(_ *model.World, mortal model.Set) (model.ID, bool) {
	return p.highest(mortal), p.random.IntN(2) == 0
}

func (p *pct) only(*model.World, model.ID, model.Set) bool {
	p.step++
	return true
}
func (p *pct) made(*model.World, int) {}

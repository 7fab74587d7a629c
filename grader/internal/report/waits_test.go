package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/judge"
)

// led lists where the arrows of a picture lead, by names.
func led(g *waitsFor) (all []string) {
	at := func(x, y string) string {
		for _, n := range g.Nodes {
			left, right := fmt.Sprintf("%.0f", n.X), fmt.Sprintf("%.0f", n.X+n.Width)
			for _, inset := range []float64{13, 26} {
				if (x == left || x == right) && y == fmt.Sprintf("%.0f", n.Y+inset) {
					return n.Name
				}
			}
		}
		return "nowhere"
	}
	for _, a := range g.Arrows {
		var x1, y1, x2, y2 string
		fmt.Sscanf(strings.NewReplacer("M", "", "L", "").Replace(a.Path), "%s %s %s %s", &x1, &y1, &x2, &y2)
		all = append(all, at(x1, y1)+" → "+at(x2, y2))
	}
	slices.Sort(all)
	return all
}

// TestWaitsFor: arrows lead from who waits to what it waits for, and from there to who has
// it, as the words have it that stand beside; what several wait for is drawn once.
func TestWaitsFor(t *testing.T) {
	three := *stuck().Failure
	three.Waits = append(slices.Clone(three.Waits),
		explore.Wait{Column: 0, For: "the end of transfer-1", On: []int{1}},
		explore.Wait{Column: 3, For: "lock b", Why: three.Waits[0].Why, On: []int{2}})
	three.Columns = append(slices.Clone(three.Columns), explore.Column{Proc: "0.3", Title: "transfer-3"})
	nobody := *stuck().Failure
	nobody.Waits = []explore.Wait{{Column: 1, For: "event ready", Why: "nobody is left to set it"}}
	for name, test := range map[string]struct {
		failure *explore.Failure
		want    []string
	}{
		"two": {stuck().Failure, []string{"lock a → transfer-1", "lock b → transfer-2", "transfer-1 → lock b", "transfer-2 → lock a"}},
		"four, and one lock for two": {&three, []string{
			"lock a → transfer-1", "lock b → transfer-2", "main → the end of transfer-1", "the end of transfer-1 → transfer-1",
			"transfer-1 → lock b", "transfer-2 → lock a", "transfer-3 → lock b",
		}},
		"for nobody": {&nobody, nil},
		"none":       {lost().Failure, nil},
	} {
		c := newColumns("x", judge.Picture{Failure: test.failure}, nil)
		if test.want == nil {
			if c.WaitsFor != nil {
				t.Errorf("%s: %+v", name, c.WaitsFor)
			}
			continue
		}
		if got := led(c.WaitsFor); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
		if said := strings.Join(c.Waits, ". ") + "."; c.WaitsFor.Says != said {
			t.Errorf("%s: says %q beside %q", name, c.WaitsFor.Says, said)
		}
		for _, n := range c.WaitsFor.Nodes {
			if n.X < 0 || n.X+n.Width > c.WaitsFor.Width || n.Y+nodeHeight > c.WaitsFor.Height {
				t.Errorf("%s: %s stands outside", name, n.Name)
			}
		}
	}
}

// TestWaitsForMany draws some of what is too much, and says so.
func TestWaitsForMany(t *testing.T) {
	f := &explore.Failure{}
	for i := range mostWaits + 5 {
		f.Columns = append(f.Columns, explore.Column{Title: fmt.Sprint("worker-", i)})
		f.Waits = append(f.Waits, explore.Wait{Column: i, For: fmt.Sprint("lock ", i), Why: "held", On: []int{(i + 1) % 29}})
	}
	c := newColumns("x", judge.Picture{Failure: f}, nil)
	if c.WaitsFor.More != 5 || len(c.Waits) != mostWaits+5 {
		t.Errorf("%d are not drawn, and %d words", c.WaitsFor.More, len(c.Waits))
	}
}

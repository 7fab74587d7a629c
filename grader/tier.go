package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"lockstep/grader/internal/box"
)

// tiers from the strongest to the weakest.
var tiers = []box.Tier{box.TierA, box.TierB, box.TierC, box.TierD}

const tierNames = "A, B, C or D"

// confinement is how strongly programs must be confined, as the command line says
// it, and what becomes of what can't be told.
type confinement struct {
	require string
	force   string
	strict  bool
}

// confinement adds the flags.
func (c *cli) confinement() *confinement {
	f := &confinement{}
	c.flags.StringVar(&f.require, "require-tier", "", "run nothing where programs are confined less than by `TIER`: "+tierNames+" (grader doctor explains them)")
	c.flags.StringVar(&f.force, "tier", "", "run programs in `TIER`, though this machine may give more: "+tierNames)
	c.flags.BoolVar(&f.strict, "strict", false, "take no result of which something could not be checked on this machine")
	return f
}

// tier is the tier in which programs are going to run. Too weak a one is an error
// before anything was run.
func (f *confinement) tier(ctx context.Context) (box.Tier, error) {
	least, err := parseTier("--require-tier", f.require)
	if err != nil {
		return "", err
	}
	found, err := parseTier("--tier", f.force)
	if err == nil && found == "" {
		found, err = tierOf(ctx)
	} else if err == nil {
		err = offered(ctx, found)
	}
	if err != nil {
		return "", err
	}
	if least != "" && weaker(found, least) {
		return "", fmt.Errorf("tier %s is required, and this is tier %s: nothing was run\n%s`grader doctor` says what can be done", least, found, why(box.Survey(ctx), least))
	}
	return found, nil
}

// parseTier reads a tier's name; none is no tier.
func parseTier(name, text string) (box.Tier, error) {
	t := box.Tier(strings.ToUpper(text))
	if t != "" && !slices.Contains(tiers, t) {
		return "", usagef("%s %s: there are %s", name, text, tierNames)
	}
	return t, nil
}

// weaker says whether a tier confines less than another.
func weaker(t, than box.Tier) bool { return slices.Index(tiers, t) > slices.Index(tiers, than) }

// why says, a line for each, what stands in the way of a tier and of those above.
func why(offers []box.Offer, least box.Tier) string {
	var b strings.Builder
	for _, o := range offers {
		if !o.Works && !weaker(o.Tier, least) {
			fmt.Fprintf(&b, "tier %s: %s\n", o.Tier, o.Why)
		}
	}
	return b.String()
}

// offered says why this machine does not give a tier.
func offered(ctx context.Context, t box.Tier) error {
	for _, o := range box.Survey(ctx) {
		if o.Tier == t && !o.Works {
			return fmt.Errorf("tier %s can't be had here, so nothing was run: %s", t, o.Why)
		}
	}
	return nil
}

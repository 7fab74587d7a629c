package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/usage"
)

// tiers from the strongest to the weakest.
var tiers = []box.Tier{box.TierA, box.TierB, box.TierC, box.TierD}

// TierNames names them.
const TierNames = "A, B, C or D"

// Pick is the tier in which programs are going to run: the one that is forced, or else
// the strongest; both may be empty. Too weak a one is an error
// before anything was run.
func Pick(ctx context.Context, require, force string) (box.Tier, error) {
	least, err := ParseTier("--require-tier", require)
	if err != nil {
		return "", err
	}
	found, err := ParseTier("--tier", force)
	if err == nil && found == "" {
		found, err = box.Strongest(ctx)
	} else if err == nil {
		err = offered(ctx, found)
	}
	if err != nil {
		return "", err
	}
	if least != "" && weaker(found, least) {
		return "", fmt.Errorf("tier %s is required, and this is tier %s: nothing was run\n%s`make doctor` says what can be done", least, found, why(box.Survey(ctx), least))
	}
	return found, nil
}

// ParseTier reads a tier's name; none is no tier.
func ParseTier(name, text string) (box.Tier, error) {
	t := box.Tier(strings.ToUpper(text))
	if t != "" && !slices.Contains(tiers, t) {
		return "", usage.Errorf("%s %s: there are %s", name, text, TierNames)
	}
	return t, nil
}

// weaker reports whether a tier confines less than another.
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

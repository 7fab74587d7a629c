//go:build unix

package box

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"sync"

	"lockstep/grader/internal/box/internal/reexec"
)

// Offer says whether this machine can give a tier.
type Offer struct {
	Tier   Tier
	Works  bool
	Why    string   // why not
	Group  bool     // a control group of the kernel's counts programs' memory and bounds it
	Unseen []string // kinds of facts that it can't tell
	Open   []string // what it does not keep programs from, beyond what its name says
	// Uncounted is why programs' memory is not added up; empty: it is.
	Uncounted string
	Advice    string // how to get it, when it does not work here
}

// advice is how Linux can be made to give a tier.
var advice = map[Tier]string{
	TierA: "run the grader as root; in a container, with the right to mount and to make namespaces",
	TierC: "run a kernel (5.13 or later) that has Landlock, and has it among its security modules (lsm=landlock,…)",
	TierB: "let users make namespaces: sysctl -w user.max_user_namespaces=10000, " +
		"and on Ubuntu also kernel.apparmor_restrict_unprivileged_userns=0",
}

// Survey tries every tier, the strongest first, by opening a box of it and
// running something in it: that a part of the kernel's is there does not mean
// that it may be used.
func Survey(ctx context.Context) []Offer {
	var offers []Offer
	for _, tier := range []Tier{TierA, TierB, TierC, TierD} {
		o := try(ctx, tier)
		if !o.Works && runtime.GOOS == "linux" {
			o.Advice = advice[tier]
		}
		offers = append(offers, o)
	}
	return offers
}

// strongest is the strongest tier that works here. What a machine can give does
// not change while the grader runs.
var strongest = sync.OnceValue(func() Tier {
	ctx, cancel := WithAllowance(context.Background(), patience, context.DeadlineExceeded)
	defer cancel()
	for _, tier := range []Tier{TierA, TierB, TierC} {
		if try(ctx, tier).Works {
			return tier
		}
	}
	return TierD
})

// Strongest is the tier in which Open makes a place where none is named. The weakest is the one
// that was not tried to find it: the error says why there is not even that.
func Strongest(ctx context.Context) (Tier, error) {
	tier := strongest()
	if tier != TierD && ctx.Err() == nil {
		return tier, nil
	}
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	b, err := open(ctx, Setup{Program: self, Tier: tier})
	if err != nil {
		return "", err
	}
	defer b.Close()
	return tier, nil
}

// Open makes the place. The error is the grader's or the machine's.
func Open(ctx context.Context, setup Setup) (*Box, error) {
	if setup.Tier == "" {
		setup.Tier = strongest()
	}
	return open(ctx, setup)
}

// try opens a box of a tier.
func try(ctx context.Context, tier Tier) Offer {
	o := Offer{Tier: tier}
	self, err := os.Executable()
	if err != nil {
		o.Why = err.Error()
		return o
	}
	b, err := open(ctx, Setup{Program: self, Tier: tier})
	if err != nil {
		o.Why = whyNot(tier, err)
		return o
	}
	seen, err := b.Run(ctx, Command{Args: []string{reexec.Canary}, Env: []string{reexec.AtOnce}})
	if closing := b.Close(); err == nil {
		err = closing
	}
	switch {
	case err != nil:
		o.Why = whyNot(tier, err)
	case seen.Exit != Exit{}:
		o.Why = fmt.Sprintf("a trial run ended with %+v: %s", seen.Exit, seen.Stderr.Bytes)
	default:
		o.Works, o.Unseen, o.Group, o.Open, o.Uncounted = true, seen.Unseen, b.state.Grouped, b.state.Open, seen.Uncounted
	}
	return o
}

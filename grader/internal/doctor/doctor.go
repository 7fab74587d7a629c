// Package doctor says how well programs are confined on a machine, and whether anything
// can be graded there. In go the box's offers, out comes a Diagnosis with its reasons.
package doctor

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/build"
)

// means says what each tier holds, for whoever decides whose programs to run.
var means = map[box.Tier][]string{
	box.TierA: {
		"programs run as a user of their own, who owns nothing else on this machine;",
		"they see their own processes, files and network only. Made for other people's",
		"programs.",
	},
	box.TierB: {
		"as tier A, but as you: what separates programs from you is the kernel's",
		"namespaces alone. Good for other people's programs on a machine without root.",
	},
	box.TierC: {
		"programs open no file of yours and change none, have no power over what else",
		"runs, and reach no service and no network, but share machine and user with you.",
		"Good for your own programs, and for those of people you trust.",
	},
	box.TierD: {
		"every process is watched, bounded and ended, but may read and write what you",
		"may. For your own programs, and those you have read.",
	},
}

// How memory is bounded, with a control group of the kernel's, without, and not at all.
var (
	grouped = []string{
		"Memory is added up every 10 ms, also what is in no process (memfd), and a",
		"control group (cgroup) of the kernel's stops what grows faster.",
	}
	ungrouped = []string{
		"Memory is added up every 10 ms, also what is in no process (memfd): a limit can",
		"be exceeded for that long, for there is no control group (cgroup) that the",
		"grader may use. A program that hides some of it is \"not checked\".",
	}
	unbounded = []string{
		"Memory is not bounded, for none is added up on this system. So nothing that is",
		"seen in a plain run passes: where it is right it is \"not checked\". Grade in a",
		"Linux container.",
	}
	delegated = []string{"Where systemd runs: `systemd-run --user --scope make grade` has a group."}
)

// meaning is what a tier holds here.
func meaning(o box.Offer) []string {
	switch {
	case !o.Works:
		return means[o.Tier]
	case o.Uncounted != "":
		return slices.Concat(means[o.Tier], unbounded)
	case o.Group:
		return slices.Concat(means[o.Tier], grouped)
	case o.Tier == box.TierB:
		return slices.Concat(means[o.Tier], ungrouped, delegated)
	default:
		return slices.Concat(means[o.Tier], ungrouped)
	}
}

// Diagnosis is what doctor says, as JSON.
type Diagnosis struct {
	Version  int         `json:"version"`
	Tier     box.Tier    `json:"tier"`     // the strongest that works; empty: none
	Required box.Tier    `json:"required"` // what is enough
	Enough   bool        `json:"enough"`   // the tier is, and the trial did not fail
	System   string      `json:"system"`
	Trial    canary      `json:"trial"`              // whether a small exercise could be graded in the tier
	Why      string      `json:"why,omitempty"`      // why no tier works, where it is one cause
	NoRaces  string      `json:"no_races,omitempty"` // why no check with goroutine_races can be tried
	Untried  bool        `json:"untried,omitempty"`  // nobody has seen the grader at work on this system
	Tiers    []diagnosed `json:"tiers"`              // the strongest first
}

// diagnosed is one tier.
type diagnosed struct {
	Tier   box.Tier `json:"tier"`
	Works  bool     `json:"works"`
	Means  string   `json:"means"`
	Group  bool     `json:"group"`            // the kernel counts and bounds memory
	Why    string   `json:"why,omitempty"`    // why not
	Unseen []string `json:"unseen,omitempty"` // what it can't tell
	Open   []string `json:"open,omitempty"`   // what it does not keep programs from
	Advice string   `json:"advice,omitempty"` // how to get it

	lines []string // Means, for a person
}

// Examine tries every tier, grades a small exercise in the strongest, and says what
// this machine can guarantee. Least is what is enough; an empty course has no library
// for the exercise, which is not tried then.
func Examine(ctx context.Context, course string, least box.Tier) Diagnosis {
	d := diagnose(box.Survey(ctx), least)
	d.took(tryGrading(ctx, course, d.Tier))
	if why := build.RaceDetector(); why != nil {
		d.NoRaces = why.Error()
	}
	return d
}

func diagnose(offers []box.Offer, least box.Tier) Diagnosis {
	d := Diagnosis{Version: 1, Required: least, System: runtime.GOOS + "/" + runtime.GOARCH, Untried: runtime.GOOS != "linux"}
	if !slices.ContainsFunc(offers, func(o box.Offer) bool { return o.Works || o.Why != offers[0].Why }) {
		d.Why = offers[0].Why
	}
	for _, o := range offers {
		if o.Works && d.Tier == "" {
			d.Tier = o.Tier
		}
		lines := meaning(o)
		if d.Why != "" {
			o.Advice = "" // is about something else
		}
		d.Tiers = append(d.Tiers, diagnosed{o.Tier, o.Works, strings.Join(lines, " "), o.Group, o.Why, o.Unseen, o.Open, o.Advice, lines})
	}
	d.Enough = d.Tier != "" && !weaker(d.Tier, least)
	return d
}

// took notes how the trial ended.
func (d *Diagnosis) took(t canary) {
	d.Trial = t
	d.Enough = d.Enough && t.Outcome != "failed"
}

// best is the tier in which programs run.
func (d Diagnosis) best() diagnosed {
	return d.Tiers[slices.IndexFunc(d.Tiers, func(t diagnosed) bool { return t.Tier == d.Tier })]
}

// Write says it to a person: what holds first, then what would be better.
func (d Diagnosis) Write(w io.Writer) {
	if d.Untried {
		fmt.Fprintf(w, "The grader was never seen at work on %s: what it says here may be wrong. It is at home on Linux.\n\n", d.System)
	}
	switch {
	case d.Why != "":
		fmt.Fprintf(w, "No program can be run here (%s): %s\n", d.System, d.Why)
		return
	case d.Tier == "":
		fmt.Fprintf(w, "No program can be confined here (%s), so none is run.\n", d.System)
	default:
		fmt.Fprintf(w, "Programs run in tier %s here (%s):\n", d.Tier, d.System)
		for _, line := range d.best().lines {
			fmt.Fprintf(w, "  %s\n", line)
		}
		fmt.Fprintln(w, d.Trial)
	}
	if d.NoRaces != "" {
		fmt.Fprintf(w, "Checks with goroutine_races are \"not checked\": %s.\n", d.NoRaces)
	}
	for _, t := range d.Tiers {
		if t.Works {
			if len(t.Open) > 0 {
				fmt.Fprintln(w, "Nothing keeps them from")
				for _, what := range t.Open {
					fmt.Fprintf(w, "  - %s\n", what)
				}
			}
			if t.Tier == d.Tier && len(t.Unseen) > 0 {
				fmt.Fprintf(w, "It can't tell %s; checks of that are \"not checked\", at no cost.\n", strings.Join(t.Unseen, ", "))
			}
			break
		}
		fmt.Fprintf(w, "\nTier %s does not work: %s\n", t.Tier, t.Why)
		for _, line := range t.lines {
			fmt.Fprintf(w, "  %s\n", line)
		}
		if t.Advice != "" {
			fmt.Fprintf(w, "  To get it: %s\n", t.Advice)
		}
	}
	if d.Tier == "" || weaker(d.Tier, d.Required) {
		fmt.Fprintf(w, "\nThat is less than tier %s: --require-tier %s refuses to run anything here.\n", d.Required, d.Required)
	}
}

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"

	"lockstep/grader/internal/box"
)

const doctorExamples = `  grader doctor                   say how well programs are confined here, and why
  grader doctor --format json     the same for a script
  grader doctor --require-tier A  exit code 1 where tier A can't be had

Exit code 0: programs are confined at least as the required tier does, and a small
exercise could be graded; 1: one of them is not so.
`

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

// diagnosis is what doctor says, as JSON.
type diagnosis struct {
	Version  int         `json:"version"`
	Tier     box.Tier    `json:"tier"`     // the strongest that works; empty: none
	Required box.Tier    `json:"required"` // what is enough
	Enough   bool        `json:"enough"`   // the tier is, and the trial did not fail
	System   string      `json:"system"`
	Trial    canary      `json:"trial"`             // whether a small exercise could be graded in the tier
	Untried  bool        `json:"untried,omitempty"` // nobody has seen the grader at work on this system
	Tiers    []diagnosed `json:"tiers"`             // the strongest first
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

// runDoctor tries every tier, grades a small exercise in the strongest, and says
// what this machine can guarantee.
func runDoctor(ctx context.Context, c *cli) error {
	format := c.flags.String("format", "text", "the `FORM`: text or json")
	require := c.flags.String("require-tier", "B", "what is enough, `TIER`: "+tierNames)
	if _, err := c.parse(doctorExamples); err != nil {
		return err
	}
	least, err := parseTier("--require-tier", *require)
	if err != nil {
		return err
	}
	d := diagnose(box.Survey(ctx), least)
	d.took(tryGrading(ctx, c.course, d.Tier))
	switch *format {
	case "text":
		d.write(c.out)
	case "json":
		e := json.NewEncoder(c.out)
		e.SetIndent("", "  ")
		if err := e.Encode(d); err != nil {
			return err
		}
	default:
		return usagef("--format %s: there are text and json", *format)
	}
	if !d.Enough {
		return errFailed
	}
	return nil
}

func diagnose(offers []box.Offer, least box.Tier) diagnosis {
	d := diagnosis{Version: 1, Required: least, System: runtime.GOOS + "/" + runtime.GOARCH, Untried: runtime.GOOS != "linux"}
	for _, o := range offers {
		if o.Works && d.Tier == "" {
			d.Tier = o.Tier
		}
		lines := meaning(o)
		d.Tiers = append(d.Tiers, diagnosed{o.Tier, o.Works, strings.Join(lines, " "), o.Group, o.Why, o.Unseen, o.Open, o.Advice, lines})
	}
	d.Enough = d.Tier != "" && !weaker(d.Tier, least)
	return d
}

// took notes how the trial ended.
func (d *diagnosis) took(t canary) {
	d.Trial = t
	d.Enough = d.Enough && t.Outcome != "failed"
}

// best is the tier in which programs run.
func (d diagnosis) best() diagnosed {
	return d.Tiers[slices.IndexFunc(d.Tiers, func(t diagnosed) bool { return t.Tier == d.Tier })]
}

// write says it to a person: what holds first, then what would be better.
func (d diagnosis) write(w io.Writer) {
	if d.Untried {
		fmt.Fprintf(w, "The grader was never seen at work on %s: what it says here may be wrong. It is at home on Linux.\n\n", d.System)
	}
	if d.Tier == "" {
		fmt.Fprintf(w, "No program can be confined here (%s), so none is run.\n", d.System)
	} else {
		fmt.Fprintf(w, "Programs run in tier %s here (%s):\n", d.Tier, d.System)
		for _, line := range d.best().lines {
			fmt.Fprintf(w, "  %s\n", line)
		}
		fmt.Fprintln(w, d.Trial)
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
		fmt.Fprintf(w, "\nThat is less than tier %s. `grader grade --require-tier %s` refuses to run anything here.\n", d.Required, d.Required)
	}
}

package main

import (
	"context"
	"encoding/json"

	"lockstep/grader/internal/doctor"
	"lockstep/grader/internal/terminal"
	"lockstep/grader/internal/usage"
)

const doctorExamples = `  grader doctor                   say how well programs are confined here, and why
  grader doctor --format json     the same for a script
  grader doctor --require-tier A  exit code 1 where tier A can't be had

Exit code 0: programs are confined at least as the required tier does, and a small
exercise could be graded; 1: one of them is not so.
`

// runDoctor tries every tier, grades a small exercise in the strongest, and says
// what this machine can guarantee.
func runDoctor(ctx context.Context, c *cli) error {
	format := c.flags.String("format", "text", "the `FORM`: text or json")
	require := c.flags.String("require-tier", "B", "what is enough, `TIER`: "+doctor.TierNames)
	if _, err := c.parse(doctorExamples); err != nil {
		return err
	}
	least, err := doctor.ParseTier("--require-tier", *require)
	if err != nil {
		return err
	}
	if c.course == "" {
		c.course, _ = findCourse() // without one, less is tried
	}
	d := doctor.Examine(ctx, c.course, least)
	switch *format {
	case "text":
		d.Write(terminal.Folded(c.out))
	case "json":
		e := json.NewEncoder(c.out)
		e.SetIndent("", "  ")
		if err := e.Encode(d); err != nil {
			return err
		}
	default:
		return usage.Errorf("--format %s: there are text and json", *format)
	}
	if !d.Enough {
		return errFailed
	}
	return nil
}

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
	c.flags.StringVar(&f.require, "require-tier", "", "run nothing where programs are confined less than by `TIER`: "+doctor.TierNames+" (grader doctor explains them)")
	c.flags.StringVar(&f.force, "tier", "", "run programs in `TIER`, though this machine may give more: "+doctor.TierNames)
	c.flags.BoolVar(&f.strict, "strict", false, "take no result of which something could not be checked on this machine")
	return f
}

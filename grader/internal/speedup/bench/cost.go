package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"lockstep/grader/internal/speedup"
)

// graded is what the bench reads of a report that "grade --format json" wrote.
type graded struct {
	Exercises []struct {
		ID     string
		Checks []struct {
			Name    string
			Speedup *speedup.Report
		}
	}
}

// printCost prints what each speed-up check of a graded course took, and the
// medians.
func printCost(w io.Writer, name string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("cannot read the report: %w", err)
	}
	var g graded
	if err := json.Unmarshal(data, &g); err != nil {
		return fmt.Errorf("cannot read the report %s: %w", name, err)
	}
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "exercise\tverdict\tdecided by\tpairs\ttime\t")
	var pairs []int
	var took []time.Duration
	for _, e := range g.Exercises {
		for _, c := range e.Checks {
			s := c.Speedup
			if s == nil {
				continue
			}
			pairs, took = append(pairs, len(s.Pairs)), append(took, s.Elapsed)
			fmt.Fprintf(out, "%s\t%s\t%s\t%d\t%.1f s\t\n", e.ID, s.Status, s.DecidedBy, len(s.Pairs), s.Elapsed.Seconds())
		}
	}
	if len(pairs) == 0 {
		return fmt.Errorf("cannot tell a cost: no speed-up was measured in %s", name)
	}
	slices.Sort(pairs)
	slices.Sort(took)
	fmt.Fprintf(out, "median\t\t\t%d\t%.1f s\t\n", pairs[len(pairs)/2], took[len(took)/2].Seconds())
	return out.Flush()
}

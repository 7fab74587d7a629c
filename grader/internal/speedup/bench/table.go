package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"

	"lockstep/grader/internal/speedup"
)

// A table counts verdicts: of each program, under each load, and all.
type table []*row

type row struct {
	name                             string
	verdicts, wrong, unknown, broken int // broken: there is none
	by                               map[speedup.Evidence]int
	pairs                            []int
	took                             []float64 // seconds
}

func newTable() (t table) {
	for _, s := range subjects() {
		t = append(t, &row{name: s.name, by: map[speedup.Evidence]int{}})
	}
	for _, l := range loads {
		t = append(t, &row{name: "load: " + l.name, by: map[speedup.Evidence]int{}})
	}
	return append(t, &row{name: "all", by: map[speedup.Evidence]int{}})
}

func (t table) add(s subject, l load, r *speedup.Report) {
	for _, one := range t {
		switch {
		case one.name != s.name && one.name != "load: "+l.name && one.name != "all":
			continue
		case r == nil:
			one.broken++
			continue
		case r.Status == speedup.NotChecked:
			one.unknown++
		case r.Status != s.want:
			one.wrong++
		}
		one.verdicts++
		one.by[r.DecidedBy]++
		one.pairs, one.took = append(one.pairs, len(r.Pairs)), append(one.took, r.Seconds)
	}
}

func (t table) wrong() int { return t[len(t)-1].wrong }

// evidence in the order of the columns.
var evidence = []speedup.Evidence{speedup.ByBoth, speedup.ByMeasured, speedup.ByLogical, speedup.ByHonesty, speedup.ByLives, speedup.ByNothing}

func (t table) print(w io.Writer) {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "program\tverdicts\twrong\tnot checked\tbroken\tboth\tmeasured\tlogical\treference\tlives\tnothing\tpairs\tmost\ttime\t")
	for _, r := range t {
		fmt.Fprintf(out, "%s\t%d\t%d\t%d\t%d\t", r.name, r.verdicts, r.wrong, r.unknown, r.broken)
		for _, by := range evidence {
			fmt.Fprintf(out, "%d\t", r.by[by])
		}
		fmt.Fprintf(out, "%d\t%d\t%.1f s\t\n", median(r.pairs), slices.Max(append(r.pairs, 0)), median(r.took))
	}
	out.Flush()
}

func median[T int | float64](list []T) T {
	if len(list) == 0 {
		return 0
	}
	return slices.Sorted(slices.Values(list))[len(list)/2]
}

// printCost prints what each speed-up check of a graded course took, and the
// medians, from the report that "grade --format json" wrote.
func printCost(w io.Writer, name string) error {
	var graded struct {
		Exercises []struct {
			ID     string
			Checks []struct{ Speedup *speedup.Report }
		}
	}
	data, err := os.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(data, &graded)
	}
	if err != nil {
		return fmt.Errorf("cannot read the report %s: %w", name, err)
	}
	var all row
	for _, e := range graded.Exercises {
		for _, c := range e.Checks {
			if s := c.Speedup; s != nil {
				all.pairs, all.took = append(all.pairs, len(s.Pairs)), append(all.took, s.Seconds)
				fmt.Fprintf(w, "%-24s %s by %s, %d pairs, %.1f s\n", e.ID, s.Status, s.DecidedBy, len(s.Pairs), s.Seconds)
			}
		}
	}
	fmt.Fprintf(w, "%-24s %d checks, %d pairs, %.1f s\n", "medians", len(all.pairs), median(all.pairs), median(all.took))
	return nil
}

package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"lockstep/grader/internal/speedup"
)

// A table counts verdicts.
type table struct {
	order []cell
	rows  map[cell]*row
}

type cell struct{ subject, load string }

type row struct {
	want   speedup.Status
	status map[speedup.Status]int
	by     map[speedup.Evidence]int
	pairs  []int
	took   []time.Duration
	// efficiencies, as far as they are known
	logical, measured []float64
	others            []float64
}

func newTable() *table { return &table{rows: map[cell]*row{}} }

func (t *table) add(v verdict) error {
	s, err := find(v.subject)
	if err != nil {
		return err
	}
	key := cell{v.subject, v.load}
	one := t.rows[key]
	if one == nil {
		one = &row{want: s.want, status: map[speedup.Status]int{}, by: map[speedup.Evidence]int{}}
		t.rows[key] = one
		t.order = append(t.order, key)
	}
	one.status[v.status]++
	one.by[v.by]++
	one.pairs = append(one.pairs, v.pairs)
	one.took = append(one.took, v.took)
	if v.others >= 0 {
		one.others = append(one.others, v.others)
	}
	if v.logical > 0 {
		one.logical = append(one.logical, v.logical)
	}
	if v.measured > 0 {
		one.measured = append(one.measured, v.measured)
	}
	return nil
}

// wrong counts verdicts that should have been others.
func (t *table) wrong() int {
	n := 0
	for _, r := range t.rows {
		for status, count := range r.status {
			if status != r.want {
				n += count
			}
		}
	}
	return n
}

// evidence in the order of the columns.
var evidence = []speedup.Evidence{speedup.ByBoth, speedup.ByMeasured, speedup.ByLogical, speedup.ByHonesty, speedup.ByNothing}

func (t *table) print(w io.Writer) {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "program\tload\twanted\ttimes\tfalse pass\tfalse fail\tnot checked\tboth\tmeasured\tlogical\treference\tnothing\tpairs\tmost\ttime\tlogical\tmeasured\tothers\t")
	slices.SortStableFunc(t.order, func(a, b cell) int {
		return slices.Index(subjectNames(), a.subject) - slices.Index(subjectNames(), b.subject)
	})
	sum := row{status: map[speedup.Status]int{}, by: map[speedup.Evidence]int{}}
	falsePass, falseFail, total := 0, 0, 0
	for _, key := range t.order {
		r := t.rows[key]
		pass, fail := 0, 0
		if r.want == speedup.Fail {
			pass = r.status[speedup.Pass]
		} else {
			fail = r.status[speedup.Fail]
		}
		falsePass, falseFail, total = falsePass+pass, falseFail+fail, total+len(r.pairs)
		fmt.Fprintf(out, "%s\t%s\t%s\t%d\t%d\t%d\t%d\t", key.subject, key.load, r.want, len(r.pairs), pass, fail, r.status[speedup.NotChecked])
		r.printRest(out)
		for status, n := range r.status {
			sum.status[status] += n
		}
		for by, n := range r.by {
			sum.by[by] += n
		}
		sum.logical, sum.measured = append(sum.logical, r.logical...), append(sum.measured, r.measured...)
		sum.others = append(sum.others, r.others...)
		sum.pairs, sum.took = append(sum.pairs, r.pairs...), append(sum.took, r.took...)
	}
	if total > 0 {
		fmt.Fprintf(out, "all\t\t\t%d\t%d\t%d\t%d\t", total, falsePass, falseFail, sum.status[speedup.NotChecked])
		sum.printRest(out)
	}
	out.Flush()
	fmt.Fprintf(w, "\n%d wrong verdicts of %d\n", t.wrong(), total)
}

// printRest prints who decided, the median and greatest number of pairs, the
// median time of a verdict, how far the efficiencies spread, and the cores that
// others used.
func (r *row) printRest(out io.Writer) {
	for _, by := range evidence {
		fmt.Fprintf(out, "%d\t", r.by[by])
	}
	pairs, took := slices.Sorted(slices.Values(r.pairs)), slices.Sorted(slices.Values(r.took))
	fmt.Fprintf(out, "%d\t%d\t%.1f s\t%s\t%s\t%s\t\n", pairs[len(pairs)/2], pairs[len(pairs)-1], took[len(took)/2].Seconds(), spread(r.logical), spread(r.measured), spread(r.others))
}

func spread(values []float64) string {
	if len(values) == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f-%.2f", slices.Min(values), slices.Max(values))
}

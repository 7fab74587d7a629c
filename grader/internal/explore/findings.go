package explore

import (
	"fmt"
	"slices"

	"lockstep/grader/internal/explore/detect"
	"lockstep/grader/internal/explore/model"
	"lockstep/grader/internal/explore/search"
)

// findings lists what a right run shows.
func (x *exploration) findings() {
	if x.right == nil {
		return
	}
	w := x.right.World
	about := map[string]bool{}
	for _, f := range append(detect.Atomicity(w), detect.Races(w)...) {
		if about[f.Object] {
			continue
		}
		about[f.Object] = true
		out := Finding{Pattern: f.Pattern, Object: w.Called(f.Object)}
		for _, i := range f.Steps {
			if s := w.Events[i].Op.Site; !slices.Contains(out.Sites, s) {
				out.Sites = append(out.Sites, s)
			}
		}
		a, b := &w.Events[f.Steps[0]], &w.Events[f.Steps[len(f.Steps)-1]]
		if f.Pattern == detect.DataRace {
			out.Text = fmt.Sprintf("%s and %s use %s, one of them writes, and nothing orders them", w.Title(a.Proc), w.Title(b.Proc), out.Object)
		} else {
			out.Text = fmt.Sprintf("%s reads %s and writes it later; no lock keeps %s from writing it in between", w.Title(a.Proc), out.Object, w.Title(b.Proc))
		}
		out.Confirmed = slices.ContainsFunc(x.kinds, func(k *kind) bool { return k.about == f.Object })
		x.report.Findings = append(x.report.Findings, out)
	}
}

// difference puts a difference between runs into a person's words.
func (x *exploration) difference(d *search.Difference) *Difference {
	out := &Difference{Column: Column{Proc: d.Path, Title: d.Path}, Op: d.Op, First: "nothing", Second: "nothing", Site: d.Second.Site}
	w := (*model.World)(nil)
	if x.right != nil {
		w = x.right.World
	} else if len(x.kinds) > 0 {
		w = x.kinds[0].least.World
	}
	if w != nil {
		out.Column.Title = w.PathTitle(d.Path)
	}
	if d.First.Kind != 0 {
		out.First = textOf(w, d.First, "")
		if d.First.Site.Line != 0 {
			out.Site = d.First.Site
		}
	}
	if d.Second.Kind != 0 {
		out.Second = textOf(w, d.Second, "")
	}
	if out.First == out.Second {
		out.First, out.Second = out.First+" with one value", "with another"
	}
	return out
}

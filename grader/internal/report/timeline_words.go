package report

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/mp/trace"
)

// says is a timeline in a sentence or two, for those who don't see the picture.
func (t *Timeline) says() string {
	counts := map[box.State]int{}
	for _, l := range t.Lanes {
		counts[l.State]++
	}
	text := fmt.Sprintf("%s in %s.", count(len(t.Lanes), "process", "processes"), brief(t.Length))
	for _, f := range []struct {
		state     box.State
		one, many string
	}{
		{box.Joined, "is joined", "are joined"},
		{box.Orphan, "is an orphan: it outlives its parent", "are orphans: they outlive their parent"},
		{box.Zombie, "is a zombie: it ends and is never waited for", "are zombies: they end and are never waited for"},
		{box.Unwaited, "is never waited for", "are never waited for"},
		{box.Ended, "ends; whether it is joined can't be told here", "end; whether they are joined can't be told here"},
		{box.CutOff, "is still running when the run is ended", "are still running when the run is ended"},
	} {
		if n := counts[f.state]; n > 0 {
			text += " " + count(n, f.one, f.many) + "."
		}
	}
	arrows := map[ArrowKind]int{}
	for _, a := range t.Arrows {
		arrows[a.Kind]++
	}
	if n := arrows[Message]; n > 0 {
		text += " " + count(n, "message arrives", "messages arrive") + "."
	}
	if n := arrows[HandOver]; n > 0 {
		text += " A lock goes from one process to another " + count(n, "time", "times") + "."
	}
	return text
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// words tells every stretch, arrow and end, in the order of time. shown are the lanes as they
// are drawn.
func (t *Timeline) words(shown []Lane) []wording {
	type told struct {
		at time.Duration
		wording
	}
	var all []told
	for i, l := range t.Lanes {
		name := l.Name
		if l.PID != 0 {
			name = fmt.Sprintf("%s (pid %d)", l.Name, l.PID)
		}
		for _, s := range l.Stretches {
			what := s.What
			if what == "" {
				what = string(s.State)
			}
			row := wording{Process: name, From: brief(s.From), To: brief(s.To), What: what, At: s.Site.String()}
			if i < len(shown) { // it may be drawn as one with others
				row.Key = barKey(i, slices.IndexFunc(shown[i].Stretches, func(bar Stretch) bool { return bar.From <= s.From && s.From < bar.To }))
			}
			all = append(all, told{s.From, row})
		}
		for n, h := range l.Holds {
			all = append(all, told{h.From, wording{name, brief(h.From), brief(h.To), "holds lock " + h.Lock, holdKey(i, n), h.Site.String()}})
		}
		if end := strings.TrimSpace(l.becomes()); end != "" {
			all = append(all, told{l.End, wording{Process: name, From: brief(l.End), What: end}})
		}
	}
	for i, a := range t.Arrows {
		all = append(all, told{a.Leaves, wording{
			t.Lanes[a.From].Name + " → " + t.Lanes[a.To].Name, brief(a.Leaves), brief(a.Arrives), a.What, arrowKey(i), "",
		}})
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].at < all[j].at })
	out := make([]wording, 0, min(len(all), mostRows))
	for i, w := range all {
		if i == mostRows {
			return append(out, wording{What: fmt.Sprintf("… and %d more", len(all)-mostRows)})
		}
		out = append(out, w.wording)
	}
	return out
}

// sites are the lines of the source that a timeline speaks of.
func (t *Timeline) sites() (all []trace.Site) {
	for _, l := range t.Lanes {
		for _, s := range l.Stretches {
			all = append(all, s.Site)
		}
		for _, h := range l.Holds {
			all = append(all, h.Site)
		}
	}
	return all
}

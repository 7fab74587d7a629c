package script

import (
	"fmt"
	"os"
	"slices"
	"sort"
	"strings"
	"syscall"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
)

// claimProcesses tries each part and returns the first that certainly does not hold,
// or one of which the machine can't tell, or one claim that says all of them hold.
func claimProcesses(o *box.Observation, want *exercise.Processes) Claim {
	all := o.Processes[min(1, len(o.Processes)):]
	children := slices.DeleteFunc(slices.Clone(all), box.Process.Manager)
	var tried []Claim
	var said []string
	try := func(c Claim, text string) { tried, said = append(tried, c), append(said, text) }
	if want.Children != nil {
		try(claimChildren(children, *want.Children, o.Unseen), fmt.Sprintf("%d children", len(children)))
	}
	if want.Joined != "" {
		try(claimJoined(all), "every child was joined")
	}
	if want.Overlap != nil {
		counted, who := children, "children"
		if want.Work != 0 && want.Overlap.Bare {
			counted, who = workers(o, children), "children at work"
		}
		try(claimOverlap(counted, *want.Overlap, who, o.Unseen), fmt.Sprintf("%d %s at once", overlap(counted), who))
	}
	if want.DistinctPIDs {
		try(claimDistinct(o.Processes), "distinct pids")
	}
	if want.Work != 0 {
		tried = append(tried, claimWork(o, want.Work))
	}
	kept := Claim{Subject: "processes", Holds: true, Got: strings.Join(said, ", ")}
	for _, c := range tried {
		switch {
		case c.Unseen:
			kept = c // what was seen for certain may still decide
		case !c.Holds:
			return c
		}
	}
	return kept
}

func claimChildren(children []box.Process, want exercise.Count, unseen []string) Claim {
	n := len(children)
	c := Claim{
		Subject: "processes",
		Outcome: exercise.OfChildren,
		Holds:   n >= want.Min && (want.Max < 0 || n <= want.Max),
		Want:    plural(want.String(), "child process", "child processes"),
		Got:     plural(fmt.Sprint(n), "child process", "child processes"),
		Detail:  describeAll(children, nothingMore),
	}
	// A machine that misses short-lived processes can only have seen too few.
	if !c.Holds && n < want.Min && len(unseen) > 0 {
		c.Unseen = true
	}
	return c
}

// claimJoined holds when every child was waited for by its parent.
func claimJoined(children []box.Process) Claim {
	c := Claim{Subject: "joined", Outcome: exercise.OfJoined, Holds: true, Want: "every child is joined by its parent"}
	counts := map[box.State]int{}
	for _, p := range children {
		if p.State == box.Joined {
			continue
		}
		if p.State == box.Ended {
			counts[p.State]++
			continue
		}
		c.Holds = false
		counts[p.State]++
		c.Detail = append(c.Detail, describe(p))
	}
	if n := counts[box.Ended]; c.Holds && n > 0 {
		c.Holds, c.Unseen = false, true
		c.Got = plural(fmt.Sprint(n), "child", "children") + " of which nobody saw whether they were joined"
		return c
	}
	var parts []string
	for _, f := range []struct {
		state     box.State
		one, many string
	}{
		{box.Orphan, "orphan (outlived its parent)", "orphans (outlived their parent)"},
		{box.Zombie, "zombie (ended, never waited for)", "zombies (ended, never waited for)"},
		{box.Unwaited, "child not waited for", "children not waited for"},
		{box.CutOff, "child still running when the run was cut off", "children still running when the run was cut off"},
	} {
		if n := counts[f.state]; n > 0 {
			parts = append(parts, plural(fmt.Sprint(n), f.one, f.many))
		}
	}
	c.Got = strings.Join(parts, ", ")
	return c
}

func claimOverlap(children []box.Process, want exercise.Count, who string, unseen []string) Claim {
	n := overlap(children)
	high := want.Max
	if want.Bare {
		high = -1 // a bare number is a minimum
	}
	c := Claim{
		Subject: "overlap",
		Outcome: exercise.OfOverlap,
		Holds:   n >= want.Min && (high < 0 || n <= high),
		Got:     fmt.Sprintf("at most %d at once", n),
		Detail:  describeAll(children, nothingMore),
	}
	if n == 1 && len(children) > 1 {
		c.Got += ": each had ended before the next was started"
	}
	if c.Want = fmt.Sprintf("at least %d %s at one moment", want.Min, who); high >= 0 {
		c.Want = fmt.Sprintf("%s %s at one moment", want, who)
	}
	if len(unseen) > 0 { // starts and ends were seen late, if at all
		c.Holds, c.Unseen = false, true
	}
	return c
}

// overlap is the largest number of children alive at one moment. A child that
// ends at the instant at which another starts does not overlap with it.
func overlap(children []box.Process) int {
	type edge struct {
		at    time.Duration
		delta int
	}
	var edges []edge
	for _, p := range children {
		edges = append(edges, edge{p.Start, 1}, edge{p.End, -1})
	}
	sort.Slice(edges, func(i, j int) bool {
		if edges[i].at != edges[j].at {
			return edges[i].at < edges[j].at
		}
		return edges[i].delta < edges[j].delta
	})
	alive, most := 0, 0
	for _, e := range edges {
		alive += e.delta
		most = max(most, alive)
	}
	return most
}

func claimDistinct(processes []box.Process) Claim {
	seen := map[int]bool{}
	c := Claim{Subject: "processes", Outcome: exercise.OfDistinctPIDs, Holds: true, Want: "a process id of its own for every process"}
	for _, p := range processes {
		if seen[p.PID] {
			c.Holds = false
			c.Got = fmt.Sprintf("pid %d twice", p.PID)
			c.Detail = describeAll(processes, nothingMore)
		}
		seen[p.PID] = true
	}
	return c
}

// claimMemory bounds the peak of each child and of the whole tree; 0 is no bound.
func claimMemory(o *box.Observation, want *exercise.Memory) Claim {
	c := Claim{Subject: "memory", Outcome: exercise.OfMemory, Holds: true}
	if want.Total != 0 && o.Memory > int64(want.Total) {
		c.Holds = false
		c.Want, c.Got = fmt.Sprintf("at most %s in all", want.Total), mebibytes(o.Memory)+" in all"
		c.Detail = describeAll(o.Processes, nothingMore)
		return c
	}
	for _, p := range o.Processes[min(1, len(o.Processes)):] {
		if want.Child != 0 && p.Memory > int64(want.Child) {
			c.Holds = false
			c.Want = fmt.Sprintf("at most %s for each child", want.Child)
			c.Got = fmt.Sprintf("%s in %s", mebibytes(p.Memory), brief(p))
			c.Detail = append(c.Detail, describe(p)+", "+mebibytes(p.Memory)+" at its peak")
		}
	}
	return c
}

func mebibytes(n int64) string { return fmt.Sprintf("%.1fMiB", float64(n)/(1<<20)) }

func find(processes []box.Process, pid int) (box.Process, bool) {
	for _, p := range processes {
		if pid != 0 && p.PID == pid {
			return p, true
		}
	}
	return box.Process{}, false
}

func describeAll(processes []box.Process, also func(box.Process) string) []string {
	var out []string
	for _, p := range processes {
		out = append(out, describe(p)+also(p))
	}
	return out
}

func nothingMore(box.Process) string { return "" }

// describe says what is known of a process, in one line.
func describe(p box.Process) string {
	line := brief(p) + ": "
	if p.State != box.Root {
		line += string(p.State) + ", "
	}
	line += fmt.Sprintf("lived %s", (p.End - p.Start).Round(100*time.Microsecond))
	if p.State != box.CutOff && p.Exit != (box.Exit{}) {
		line += ", " + describeExit(p.Exit)
	}
	return line
}

func describeExit(e box.Exit) string {
	if e.Signal == 0 {
		return fmt.Sprintf("exit code %d", e.Code)
	}
	var s os.Signal = syscall.Signal(e.Signal)
	return fmt.Sprintf("ended by signal %d (%s)", e.Signal, s)
}

func plural(n, one, many string) string {
	if n == "1" {
		return n + " " + one
	}
	return n + " " + many
}

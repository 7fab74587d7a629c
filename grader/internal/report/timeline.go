package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/judge"
	"lockstep/mp/trace"
)

// Timeline is what the processes of one run did, ready to be drawn: all times
// are counted from the first process's start, and the lanes stand in the order in
// which a reader expects them, each parent above its children.
type Timeline struct {
	Title    string
	Length   time.Duration
	Shift    time.Duration // from the events' times to the timeline's
	Observed bool          // the lanes tell running from waiting
	Lanes    []Lane
	Arrows   []Arrow
	Notes    []string // what is left out, or can't be told
}

// Lane is one process.
type Lane struct {
	Proc      string // "0.2"; empty where only the kernel saw the process
	Name      string // "square-2"
	PID       int    // 0 where only the events tell of the process
	Depth     int    // how many parents stand above it
	Parent    int    // its parent's lane; -1: none
	Start     time.Duration
	End       time.Duration
	Orphaned  time.Duration // an orphan's parent ended then; 0: it is no orphan
	Reaped    time.Duration // when its parent had waited for it; 0: never, or not known
	State     box.State     // empty where the kernel did not see the process
	Exit      box.Exit
	Stretches []Stretch // in order, without gaps, from Start to End
	Holds     []Hold
}

// Stretch is what a process does for a while.
type Stretch struct {
	State    trace.State
	From, To time.Duration
	What     string // "waits for lock counter, main.go:18"; empty when it runs
	Site     trace.Site
}

// Hold is the time between taking a lock and giving it back.
type Hold struct {
	Lock     string
	From, To time.Duration
	Site     trace.Site
}

// ArrowKind says what goes from one process to another.
type ArrowKind string

const (
	Starts    ArrowKind = "start"
	Joins     ArrowKind = "join"
	Message   ArrowKind = "message"
	EndOfFile ArrowKind = "end of file"
	HandOver  ArrowKind = "lock hand-over"
	Signalled ArrowKind = "signal"
)

// Arrow joins moments of two lanes.
type Arrow struct {
	Kind     ArrowKind
	From, To int // lanes
	Leaves   time.Duration
	Arrives  time.Duration
	What     string
}

// never is the Leave of an operation that was still going on when the run ended.
const never = time.Duration(-1)

// newTimeline brings together what the kernel and the program tell of one run.
func newTimeline(p judge.Picture) *Timeline {
	t := &Timeline{Title: p.Line, Observed: len(p.Events) > 0}
	by := map[string][]trace.Event{}
	for _, e := range p.Events {
		by[e.Proc] = append(by[e.Proc], e)
	}
	for _, events := range by {
		slices.SortFunc(events, func(a, b trace.Event) int { return cmp.Compare(a.Op, b.Op) })
	}
	paths := matchPaths(p.Processes, by)
	t.Shift = clockShift(p.Processes, paths, by)
	for _, events := range by {
		for i := range events {
			if events[i].Leave < events[i].Enter {
				events[i].Leave = never
			} else {
				events[i].Leave += t.Shift
			}
			events[i].Enter += t.Shift
		}
	}
	t.lanes(p.Processes, paths, by)
	for i := range t.Lanes {
		t.Length = max(t.Length, t.Lanes[i].End)
	}
	t.states()
	for i := range t.Lanes {
		t.Lanes[i].fill(by[t.Lanes[i].Proc])
	}
	t.arrows(by)
	t.notes(p)
	return t
}

// lanes makes a lane for every process that either side tells of.
func (t *Timeline) lanes(processes []box.Process, paths map[int]string, by map[string][]trace.Event) {
	parents := map[int]int{} // lane → its parent's pid
	matched := map[string]bool{}
	for i, p := range processes {
		l := Lane{
			Proc: paths[i], PID: p.PID, Parent: -1, Start: p.Start, End: p.End, State: p.State, Exit: p.Exit,
			Name: p.Called(),
		}
		matched[l.Proc] = true
		parents[len(t.Lanes)] = p.Parent
		t.Lanes = append(t.Lanes, l)
	}
	for path, events := range by {
		if matched[path] {
			continue
		}
		l := Lane{Proc: path, Parent: -1, Start: events[0].Enter, Name: path}
		for _, e := range events {
			l.End = max(l.End, e.Enter, e.Leave)
		}
		parents[len(t.Lanes)] = -1
		t.Lanes = append(t.Lanes, l)
	}
	named, alike := childNames(by), map[string]int{}
	for _, name := range named {
		alike[name]++
	}
	byPID, byPath := map[int]int{}, map[string]int{}
	for i := range t.Lanes {
		l := &t.Lanes[i]
		if name := named[l.Proc]; name != "" && !strings.HasPrefix(l.Name, name) { // "worker-2" says more than "worker"
			if l.Name = name; alike[name] > 1 {
				l.Name += "-" + l.Proc[strings.LastIndexByte(l.Proc, '.')+1:]
			}
		}
		if l.Proc == "0" {
			l.Name = "main"
		}
		if _, twice := byPID[l.PID]; l.PID != 0 && !twice {
			byPID[l.PID] = i
		}
		if l.Proc != "" {
			byPath[l.Proc] = i
		}
	}
	for i := range t.Lanes {
		l := &t.Lanes[i]
		if parent, ok := byPath[parentPath(l.Proc)]; ok {
			l.Parent = parent
		} else if parent, ok := byPID[parents[i]]; ok && parent != i {
			l.Parent = parent
		}
	}
	t.order()
}

// childNames are what the parents call their children.
func childNames(by map[string][]trace.Event) map[string]string {
	names := map[string]string{}
	for _, events := range by {
		for _, e := range events {
			if e.Kind == trace.Start && e.Name != "" {
				names[e.Object] = e.Name
			}
		}
	}
	return names
}

// order puts every parent above its children, and those by their start.
func (t *Timeline) order() {
	children := map[int][]int{}
	for i, l := range t.Lanes {
		children[l.Parent] = append(children[l.Parent], i)
	}
	var order []int
	var visit func(lane, depth int)
	visit = func(lane, depth int) {
		if slices.Contains(order, lane) {
			return
		}
		t.Lanes[lane].Depth = depth
		order = append(order, lane)
		slices.SortStableFunc(children[lane], func(a, b int) int { return t.Lanes[a].before(t.Lanes[b]) })
		for _, child := range children[lane] {
			visit(child, depth+1)
		}
	}
	slices.SortStableFunc(children[-1], func(a, b int) int { return t.Lanes[a].before(t.Lanes[b]) })
	for _, first := range children[-1] {
		visit(first, 0)
	}
	place := map[int]int{-1: -1}
	lanes := make([]Lane, len(order))
	for to, from := range order {
		place[from] = to
		lanes[to] = t.Lanes[from]
	}
	for i := range lanes {
		lanes[i].Parent = place[lanes[i].Parent]
	}
	t.Lanes = lanes
}

func (l Lane) before(m Lane) int {
	return cmp.Or(cmp.Compare(l.Start, m.Start), cmp.Compare(l.PID, m.PID), cmp.Compare(l.Proc, m.Proc))
}

// states finds what becomes of a lane beside its parent's.
func (t *Timeline) states() {
	for i := range t.Lanes {
		l := &t.Lanes[i]
		if l.Parent < 0 {
			continue
		}
		if end := t.Lanes[l.Parent].End; l.State == box.Orphan && end < l.End {
			l.Orphaned = max(end, l.Start)
		}
	}
}

func (t *Timeline) notes(p judge.Picture) {
	if p.Lost > 0 {
		t.Notes = append(t.Notes, "The program did more than is drawn: "+strconv.Itoa(p.Lost)+" later operations were not kept.")
	}
	switch {
	case p.Again && len(p.Processes) == 0:
		t.Notes = append(t.Notes, "This is another run of the same program, held at each of its operations: the times are those of a machine with a core for each process.")
	case p.Again:
		t.Notes = append(t.Notes, "This is another run of the same program, with its processes observed: times and process numbers differ from those above.")
	}
	if p.Exceeded != nil {
		t.Notes = append(t.Notes, "The run was ended at the "+p.Exceeded.Limit+" limit, "+p.Exceeded.Bound+".")
	}
	if !t.Observed {
		t.Notes = append(t.Notes, "This run was watched from outside only: a bar says that a process was alive, not whether it ran or waited.")
	}
}

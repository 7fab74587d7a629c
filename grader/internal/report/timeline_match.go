package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/mp/trace"
)

// matchPaths says which process of the kernel's is which of the program's: the
// program numbers a process's children in the order in which it starts them.
func matchPaths(processes []box.Process, by map[string][]trace.Event) map[int]string {
	paths := map[int]string{}
	if len(processes) == 0 {
		return paths
	}
	if len(by) > 0 {
		paths[0] = "0"
	}
	children := map[int][]int{} // by the parent's pid
	for i, p := range processes[1:] {
		children[p.Parent] = append(children[p.Parent], i+1)
	}
	queue := []int{0}
	for len(queue) > 0 {
		parent := queue[0]
		queue = queue[1:]
		own := children[processes[parent].PID]
		slices.SortStableFunc(own, func(a, b int) int { return cmp.Compare(processes[a].Start, processes[b].Start) })
		for n, child := range own {
			path := paths[parent] + "." + strconv.Itoa(n+1)
			if _, told := by[path]; told && paths[parent] != "" {
				paths[child] = path
			}
			queue = append(queue, child)
		}
		delete(children, processes[parent].PID) // a pid that stands twice is followed once
	}
	return paths
}

// clockShift is what has to be added to the program's times, which begin when
// its first process reaches its main function, to get the kernel's, which begin
// when that process is started. A process's last event is closest to its end
// where nothing came between the two: the smallest distance is the shift.
func clockShift(processes []box.Process, paths map[int]string, by map[string][]trace.Event) time.Duration {
	best := time.Duration(-1)
	for i, p := range processes {
		events := by[paths[i]]
		if len(events) == 0 || p.State == box.CutOff {
			continue
		}
		last := events[len(events)-1]
		if last.Kind != trace.Exit {
			continue
		}
		if d := p.End - last.Enter; best < 0 || d < best {
			best = d
		}
	}
	if best >= 0 {
		return best
	}
	// All were cut off: a child is there when its parent's Start returns.
	for i, p := range processes {
		for _, e := range by[parentPath(paths[i])] {
			if e.Kind == trace.Start && e.Object == paths[i] {
				if d := p.Start - e.Enter; best < 0 || d < best {
					best = d
				}
			}
		}
	}
	return max(best, 0)
}

func parentPath(path string) string {
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		return path[:i]
	}
	return ""
}

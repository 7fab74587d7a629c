package script

import (
	"context"
	"fmt"
	"strings"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/explore"
)

// How long is looked for why a program does not end: so long for runs to begin, so
// long for a process to come to its next operation, and so long in all, on whatever
// machine. Who computes or sleeps for longer waits for nobody.
const (
	heldTime = 2 * time.Second
	heldStep = time.Second
	heldMost = 10 * time.Second
)

// whyStuck looks for what the processes of a run that reached its limit on real time
// wait for: the same program, with its processes let go one at a time. It decides
// nothing; where nothing is found, nothing is told.
func (c *call) whyStuck() {
	ctx, cancel := context.WithTimeout(c.ctx, heldMost)
	defer cancel()
	command := c.last()
	command.Limits.Wall = min(command.Limits.Wall, heldStep)
	report, err := explore.Run(ctx, explore.Request{
		Command: command, Sources: c.request.Sources, Budget: heldTime, Workers: c.request.Jobs,
		Seed: c.request.Seed, Unordered: true, Unread: true,
	})
	if err != nil || len(report.Failures) == 0 || len(report.Failures[0].Waits) == 0 {
		return
	}
	c.record.Held = report
}

// stalls say what a process of a run that did not end waited for, by what the kernel
// shows: for programs that do without the library.
func stalls(o *box.Observation, p box.Process) []string {
	var told []string
	for _, s := range p.Stalls {
		var others []string
		own := false
		for _, pid := range s.Others {
			if pid == p.PID {
				own = true
			} else if other, ok := find(o.Processes, pid); ok {
				others = append(others, brief(other))
			}
		}
		if own && s.What == "pipe" {
			others = append(others, "itself")
		}
		who := strings.Join(others, " and ")
		switch {
		case s.For == box.ForChild && who != "":
			told = append(told, "  waits for the end of "+who)
		case s.For == box.ForData && s.What == "pipe" && who != "":
			told = append(told, "  reads a pipe, of which a write end is open in "+who)
		case s.For == box.ForRoom && s.What == "pipe" && who != "":
			told = append(told, "  writes to a full pipe, of which a read end is open in "+who)
		case s.For == box.ForRoom && s.What == "pipe":
			told = append(told, "  writes to a full pipe that nobody of the run reads")
		case s.For == box.ForData && s.What != "pipe":
			told = append(told, fmt.Sprintf("  reads from a %s, to which nothing comes", s.What))
		case s.For == box.ForCaller:
			told = append(told, "  waits for somebody to connect")
		case s.For == box.ForLock:
			told = append(told, "  waits for a lock on a file")
		}
	}
	return told
}

// leftOpen says which process of a run that did not end waits for the end of what it
// reads, which can't come: whoever could still write to that pipe waits, by way of others
// perhaps, for that process. Empty: none is known to.
func leftOpen(o *box.Observation) string {
	for _, p := range o.Processes {
		for _, s := range p.Stalls {
			if s.For != box.ForData || s.What != "pipe" || len(s.Others) == 0 {
				continue
			}
			var holders []string
			for _, pid := range s.Others {
				switch holder, ok := find(o.Processes, pid); {
				case pid == p.PID:
					holders = append(holders, "it holds a write end of that pipe itself")
				case ok && waitsFor(o, holder, p.PID, map[int]bool{}):
					holders = append(holders, brief(holder)+" still holds a write end of that pipe")
				default:
					holders = nil
				}
				if holders == nil {
					break
				}
			}
			if len(holders) == len(s.Others) {
				return fmt.Sprintf("%s waits for the end of what it reads; %s", brief(p), strings.Join(holders, ", and "))
			}
		}
	}
	return ""
}

// waitsFor reports whether a process can't go on before another does.
func waitsFor(o *box.Observation, p box.Process, pid int, seen map[int]bool) bool {
	if seen[p.PID] {
		return false
	}
	seen[p.PID] = true
	for _, s := range p.Stalls {
		for _, other := range s.Others {
			if q, ok := find(o.Processes, other); ok && (other == pid || waitsFor(o, q, pid, seen)) {
				return true
			}
		}
	}
	return false
}

// brief names a process in a few words.
func brief(p box.Process) string { return fmt.Sprintf("%s (pid %d)", p.Called(), p.PID) }

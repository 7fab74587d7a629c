package search

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"lockstep/grader/internal/explore/model"
	"lockstep/grader/internal/explore/simulated"
	"lockstep/mp/trace"
)

const ms = time.Millisecond

// Programs whose times are known on paper: of the first process's end, and who made which
// of the operations of a kind when, in milliseconds.
func TestClocked(t *testing.T) {
	parts := []time.Duration{7 * ms, ms, 2 * ms, 3 * ms, ms, 2 * ms}
	for _, test := range []struct {
		name string
		main func(*simulated.Proc)
		kind trace.Kind
		made string // "0.1 at 3"
		end  time.Duration
	}{
		{"side by side", func(p *simulated.Proc) {
			p.Work(5 * ms)
			fan(p, 2, func(q *simulated.Proc, i int) { q.Work(time.Duration(10*(i+1)) * ms) })
			p.Work(ms)
		}, trace.Exit, "0.1 at 15, 0.2 at 25, 0 at 26", 26 * ms},
		{"one by one", func(p *simulated.Proc) {
			for range 2 {
				fan(p, 1, func(q *simulated.Proc, _ int) { q.Work(10 * ms) })
			}
		}, trace.Exit, "0.1 at 10, 0.2 at 20, 0 at 20", 20 * ms},
		{"a lock held while computing", func(p *simulated.Proc) {
			l := p.Lock("l")
			fan(p, 3, func(q *simulated.Proc, i int) {
				q.Work(time.Duration(3-i) * ms)
				q.Take(l)
				q.Work(10 * ms)
				q.Free(l)
			})
		}, trace.Unlock, "0.3 at 11, 0.2 at 21, 0.1 at 31", 31 * ms},
		{"parts counted under a lock", func(p *simulated.Proc) {
			v, l := p.Value("v", 0), p.Lock("l")
			fan(p, 2, func(q *simulated.Proc, _ int) {
				for {
					q.Take(l)
					i := q.Get(v)
					q.Set(v, i+1)
					q.Free(l)
					if i >= len(parts) {
						return
					}
					q.Work(parts[i])
				}
			})
		}, trace.Set, "0.1 at 0, 0.2 at 0, 0.2 at 1, 0.2 at 3, 0.2 at 6, 0.1 at 7, 0.2 at 7, 0.1 at 9", 9 * ms},
		{"parts from a queue", func(p *simulated.Proc) {
			queue := p.Queue("q", 0)
			for _, d := range parts {
				p.PutQueue(queue, int(d/ms), 0)
			}
			for range 2 {
				p.PutQueue(queue, 0, 0)
			}
			fan(p, 2, func(q *simulated.Proc, _ int) {
				for part, _ := q.GetQueue(queue, 0); part > 0; part, _ = q.GetQueue(queue, 0) {
					q.Work(time.Duration(part) * ms)
				}
			})
		}, trace.Recv, "0.1 at 0, 0.2 at 0, 0.2 at 1, 0.2 at 3, 0.2 at 6, 0.1 at 7, 0.2 at 7, 0.1 at 9", 9 * ms},
		{"what comes first", func(p *simulated.Proc) {
			var ends []string
			for _, d := range []time.Duration{150 * ms, 20 * ms} {
				a, b := p.Pipe("p")
				ends = append(ends, a)
				p.Start("w", func(q *simulated.Proc) {
					q.Work(d)
					q.Send(b, 1, 8)
				}, b)
			}
			for len(ends) > 0 {
				i := p.WaitAny(ends...)
				p.Recv(ends[i])
				p.Work(80 * ms)
				ends = slices.Delete(ends, i, i+1)
			}
		}, trace.Recv, "0 at 20, 0 at 150", 230 * ms},
		{"asleep, then free", func(p *simulated.Proc) {
			e := p.Event("e")
			fan(p, 2, func(q *simulated.Proc, i int) {
				if i == 0 {
					q.Sleep(20 * ms)
					q.SetEvent(e)
					return
				}
				q.WaitEvent(e, 0)
				q.Work(5 * ms)
			})
		}, trace.Exit, "0.1 at 20, 0.2 at 25, 0 at 25", 25 * ms},
		{"a limit that another keeps", func(p *simulated.Proc) {
			c := p.Start("w", func(q *simulated.Proc) { q.Work(50 * ms) })
			p.JoinTimeout(c, 10*ms)
		}, trace.Exit, "0.1 at 50, 0 at 50", 50 * ms},
	} {
		t.Run(test.name, func(t *testing.T) {
			e, events, err := Clocked(context.Background(), simulated.New(test.main, true), model.Options{}, time.Now().Add(time.Minute))
			if err != nil || e.Ending != Ended {
				t.Fatalf("%v: %v", err, e)
			}
			var made []string
			var end time.Duration
			for _, e := range events {
				end = max(end, e.Leave)
				if e.Kind == test.kind {
					made = append(made, fmt.Sprintf("%s at %d", e.Proc, e.Leave/ms))
				}
			}
			if got := strings.Join(made, ", "); got != test.made || end != test.end {
				t.Errorf("%s; ends at %v", got, end)
			}
		})
	}
}

package search

import (
	"testing"
	"time"

	"lockstep/grader/internal/explore/model"
	"lockstep/grader/internal/explore/simulated"
)

// fan starts n children, each with copies of pipe ends, and joins them.
func fan(p *simulated.Proc, n int, body func(q *simulated.Proc, i int), carries ...string) {
	var children []string
	for i := range n {
		children = append(children, p.Start("w", func(q *simulated.Proc) { body(q, i) }, carries...))
	}
	for _, c := range children {
		p.Join(c)
	}
}

// add adds one to a number.
func add(p *simulated.Proc, v string) { p.Set(v, p.Get(v)+1) }

// unlocked is n processes that add one to a number.
func unlocked(n int) func(*simulated.Proc) {
	return func(p *simulated.Proc) {
		v := p.Value("", 0)
		fan(p, n, func(q *simulated.Proc, _ int) { add(q, v) })
		p.Print(p.Get(v))
	}
}

// philosophers take two forks each, the lower number first, and eat.
func philosophers(n int) func(*simulated.Proc) {
	return func(p *simulated.Proc) {
		forks := make([]string, n)
		for i := range forks {
			forks[i] = p.Lock("")
		}
		fan(p, n, func(q *simulated.Proc, i int) {
			low, high := min(i, (i+1)%n), max(i, (i+1)%n)
			q.Take(forks[low])
			q.Take(forks[high])
			q.Free(forks[high])
			q.Free(forks[low])
		})
	}
}

// readers is n readers and a writer at a readers–writer lock.
func readers(n int) func(*simulated.Proc) {
	return func(p *simulated.Proc) {
		v, l := p.Value("", 0), p.RWLock("")
		fan(p, n+1, func(q *simulated.Proc, i int) {
			if i == n {
				q.Write(l)
				add(q, v)
				q.Written(l)
				return
			}
			q.Read(l)
			q.Get(v)
			q.HasRead(l)
		})
	}
}

// tokens is n workers who each take one of so many tokens out of a pipe and put it back.
func tokens(n, many int) func(*simulated.Proc) {
	return func(p *simulated.Proc) {
		a, b := p.Pipe("")
		for range many {
			p.Send(a, 1, 8)
		}
		fan(p, n, func(q *simulated.Proc, i int) {
			q.Recv(b)
			q.Send(a, 1, 8)
		}, a, b)
	}
}

// permits is the same with a semaphore.
func permits(n, many int) func(*simulated.Proc) {
	return func(p *simulated.Proc) {
		s := p.Semaphore("", many)
		fan(p, n, func(q *simulated.Proc, i int) {
			q.Acquire(s, 0)
			q.Release(s)
		})
	}
}

// key is two readers and a writer with one key in a pipe.
func key(n int) func(*simulated.Proc) {
	return func(p *simulated.Proc) {
		v := p.Value("", 0)
		a, b := p.Pipe("")
		p.Send(a, 1, 8)
		fan(p, n+1, func(q *simulated.Proc, i int) {
			q.Recv(b)
			if i == n {
				add(q, v)
			} else {
				q.Get(v)
			}
			q.Send(a, 1, 8)
		}, a, b)
	}
}

// shared is workers that take so many tasks out of a queue and put what they made into an array.
func shared(workers, tasks int) func(*simulated.Proc) {
	return func(p *simulated.Proc) {
		q, out := p.Queue("", tasks), p.Array("", tasks)
		for i := range tasks {
			p.PutQueue(q, i, 0)
		}
		p.CloseQueue(q)
		fan(p, workers, func(w *simulated.Proc, _ int) {
			for {
				i, ok := w.GetQueue(q, 0)
				if !ok {
					return
				}
				w.SetAt(out, i, i*i)
			}
		})
	}
}

// rounds is workers that do so many tasks, for which the first process waits before it puts
// them in once more.
func rounds(workers, tasks int) func(*simulated.Proc) {
	return func(p *simulated.Proc) {
		q := p.Queue("", tasks)
		var children []string
		for range workers {
			children = append(children, p.Start("w", func(w *simulated.Proc) {
				for {
					if _, ok := w.GetQueue(q, 0); !ok {
						return
					}
					w.DoneQueue(q)
				}
			}))
		}
		for range 2 {
			for i := range tasks {
				p.PutQueue(q, i, 0)
			}
			p.WaitQueue(q, 0)
		}
		p.CloseQueue(q)
		for _, c := range children {
			p.Join(c)
		}
	}
}

// manyRuns is more than are made of any program of the table.
const manyRuns = 2000

// TestExecutions holds the search to how many runs it makes of programs of known size: where
// each is made to its end, and where runs merge. Run with -v, it prints the table.
func TestExecutions(t *testing.T) {
	for _, c := range []struct {
		name          string
		main          func(*simulated.Proc)
		whole, merged int // runs; 0: too many
	}{
		{"3 with a lock", adders(3), 8, 6},
		{"4 with a lock", adders(4), 33, 18},
		{"5 with a lock", adders(5), 167, 50},
		{"6 with a lock", adders(6), 0, 130},
		{"3 without a lock", unlocked(3), 36, 36},
		{"4 without a lock", unlocked(4), 584, 362},
		{"3 philosophers", philosophers(3), 6, 7},
		{"4 philosophers", philosophers(4), 14, 18},
		{"5 philosophers", philosophers(5), 30, 44},
		{"6 philosophers", philosophers(6), 62, 87},
		{"2 readers and a writer", readers(2), 4, 4},
		{"4 readers and a writer", readers(4), 16, 16},
		{"3 workers, 2 tokens in a pipe", tokens(3, 2), 24, 18},
		{"4 workers, 2 tokens in a pipe", tokens(4, 2), 194, 74},
		{"5 workers, 2 tokens in a pipe", tokens(5, 2), 0, 256},
		{"3 workers, 2 permits", permits(3, 2), 24, 18},
		{"4 workers, 3 permits", permits(4, 3), 438, 117},
		{"2 readers, a writer, a key in a pipe", key(2), 6, 6},
		{"3 workers, 4 tasks in a queue", shared(3, 4), 81, 81},
		{"2 workers, twice 2 tasks that are waited for", rounds(2, 2), 16, 17},
	} {
		for _, merge := range []bool{false, true} {
			want := c.whole
			if merge {
				want = c.merged
			}
			if want == 0 {
				continue
			}
			begin := time.Now()
			names := model.NewNames()
			tr := newTree(names, nil, merge)
			runs := 0
			for j, ok := tr.next(); ok && runs < manyRuns; j, ok = tr.next() {
				b := tr.branch(j)
				x, err := execute(t.Context(), simulated.New(c.main, false), 0, names, model.Options{}, b, time.Time{}, nil)
				if err != nil {
					t.Fatal(err)
				}
				tr.finish(b, x)
				runs++
			}
			t.Logf("%-38s merged %-5t  %5d runs  %s", c.name, merge, runs, time.Since(begin).Round(time.Millisecond))
			if runs != want {
				t.Errorf("%s, merged %t: %d runs, want %d", c.name, merge, runs, want)
			}
		}
	}
}

package explore

import (
	"lockstep/grader/internal/box"
	"lockstep/grader/internal/explore/detect"
	"lockstep/grader/internal/explore/simulated"
)

type proc = simulated.Proc

// A simulatedProgram is one of reference/interleavings.md's list; main's number is
// its result.
type simulatedProgram struct {
	name     string
	main     func(*proc)
	expect   func(*box.Observation) Fault
	patterns []detect.Pattern // any of which names the mistake; nil: it is correct
	shown    bool             // its failure has a golden file
}

func wrong(name string, result int, main func(*proc), patterns ...detect.Pattern) simulatedProgram {
	return simulatedProgram{name: name, main: main, expect: ends(result), patterns: patterns}
}

func right(name string, result int, main func(*proc)) simulatedProgram {
	return simulatedProgram{name: name, main: main, expect: ends(result)}
}

func show(p simulatedProgram) simulatedProgram { p.shown = true; return p }

// workers starts n children, joins them all and returns.
func workers(p *proc, n int, body func(*proc), carries ...string) {
	var children []string
	for range n {
		children = append(children, p.Start("worker", body, carries...))
	}
	for _, k := range children {
		p.Join(k)
	}
}

func add(p *proc, v string) { p.Set(v, p.Get(v)+1) }

const large = 1 << 20

var programs = []simulatedProgram{
	show(wrong("unlocked increment", 2, func(p *proc) {
		v := p.Value("counter", 0)
		workers(p, 2, func(p *proc) { add(p, v) })
		p.Local = p.Get(v)
	}, detect.LostUpdate)),
	wrong("lock split in two", 2, func(p *proc) {
		v, l := p.Value("counter", 0), p.Lock("l")
		workers(p, 2, func(p *proc) {
			p.Take(l)
			x := p.Get(v)
			p.Free(l)
			p.Take(l)
			p.Set(v, x+1)
			p.Free(l)
		})
		p.Local = p.Get(v)
	}, detect.LostUpdate),
	wrong("manager read modify write", 2, func(p *proc) {
		d := p.Dict("d")
		workers(p, 2, func(p *proc) { p.DictSet(d, 0, p.DictGet(d, 0)+1) })
		p.Local = p.DictGet(d, 0)
	}, detect.LostUpdate),
	show(wrong("join before receive", 7, func(p *proc) {
		a, b := p.Pipe("pipe")
		p.Join(p.Start("worker", func(p *proc) { p.Send(b, 7, large) }, b))
		p.Local, _ = p.Recv(a)
	}, detect.JoinFirst)),
	wrong("both receive first", 1, func(p *proc) {
		a, b := p.Pipe("pipe")
		k := p.Start("worker", func(p *proc) { p.Recv(b); p.Send(b, 1, 8) }, b)
		p.Local, _ = p.Recv(a)
		p.Send(a, 1, 8)
		p.Join(k)
	}, detect.Deadlock),
	wrong("parent never receives", 0, func(p *proc) {
		a, b := p.Pipe("pipe")
		_ = a
		p.Join(p.Start("worker", func(p *proc) {
			for range 40 {
				p.Send(b, 7, 10_000)
			}
		}, b))
	}, detect.JoinFirst),
	show(wrong("locks in opposite order", 0, func(p *proc) {
		a, b := p.Lock("a"), p.Lock("b")
		k := p.Start("transfer", func(p *proc) { p.Take(a); p.Take(b); p.Free(b); p.Free(a) })
		l := p.Start("transfer", func(p *proc) { p.Take(b); p.Take(a); p.Free(a); p.Free(b) })
		p.Join(k)
		p.Join(l)
		p.Local = 0
	}, detect.Deadlock)),
	wrong("early return keeps the lock", 0, func(p *proc) {
		l, e := p.Lock("l"), p.Value("e", 1)
		try := func(p *proc) {
			p.Take(l)
			if p.Get(e) == 1 {
				return
			}
			p.Free(l)
		}
		workers(p, 1, func(p *proc) { try(p); try(p) })
	}, detect.SelfDeadlock),
	show(wrong("read before join", 1, func(p *proc) {
		v := p.Value("result", 0)
		k := p.Start("worker", func(p *proc) { p.Set(v, 1) })
		p.Local = p.Get(v)
		p.Join(k)
	}, detect.MissingJoin)),
	wrong("joins only the last child", 2, func(p *proc) {
		v := p.Array("results", 2)
		p.Start("worker", func(p *proc) { p.SetAt(v, 0, 1) })
		p.Join(p.Start("worker", func(p *proc) { p.SetAt(v, 1, 1) }))
		p.Local = p.GetAt(v, 0) + p.GetAt(v, 1)
	}, detect.MissingJoin),
	wrong("each process its own lock", 2, func(p *proc) {
		v := p.Value("counter", 0)
		workers(p, 2, func(p *proc) {
			l := p.Lock("own")
			p.Take(l)
			add(p, v)
			p.Free(l)
		})
		p.Local = p.Get(v)
	}, detect.LostUpdate),
	wrong("double lazy initialisation", 1, func(p *proc) {
		done, n, l := p.Value("done", 0), p.Value("times", 0), p.Lock("l")
		workers(p, 2, func(p *proc) {
			if p.Get(done) == 0 {
				p.Take(l)
				add(p, n)
				p.Free(l)
				p.Set(done, 1)
			}
		})
		p.Local = p.Get(n)
	}, detect.CheckThenAct),
	wrong("balance checked outside the lock", 0, func(p *proc) {
		v, l := p.Value("balance", 10), p.Lock("l")
		workers(p, 2, func(p *proc) {
			if p.Get(v) >= 10 {
				p.Take(l)
				p.Set(v, p.Get(v)-10)
				p.Free(l)
			}
		})
		p.Local = p.Get(v)
	}, detect.CheckThenAct),
	wrong("flag before data", 5, func(p *proc) {
		flag, data, out := p.Value("flag", 0), p.Value("data", 0), p.Value("out", 5)
		a := p.Start("writer", func(p *proc) { p.Set(flag, 1); p.Set(data, 5) })
		b := p.Start("reader", func(p *proc) {
			if p.Get(flag) == 1 {
				p.Set(out, p.Get(data))
			}
		})
		p.Join(a)
		p.Join(b)
		p.Local = p.Get(out)
	}, detect.OrderViolation),
	wrong("assumes the first worker is first", 1, func(p *proc) {
		v := p.Value("winner", 0)
		a := p.Start("worker", func(p *proc) {
			if p.Get(v) == 0 {
				p.Set(v, 1)
			}
		})
		b := p.Start("worker", func(p *proc) {
			if p.Get(v) == 0 {
				p.Set(v, 2)
			}
		})
		p.Join(a)
		p.Join(b)
		p.Local = p.Get(v)
	}, detect.OrderViolation, detect.LostUpdate),
	wrong("results in completion order", 12, func(p *proc) {
		a, b := p.Pipe("results")
		k := p.Start("worker", func(p *proc) { p.Send(b, 1, 8) }, b)
		l := p.Start("worker", func(p *proc) { p.Send(b, 2, 8) }, b)
		x, _ := p.Recv(a)
		y, _ := p.Recv(a)
		p.Join(k)
		p.Join(l)
		p.Local = 10*x + y
	}, detect.OrderViolation),
	wrong("join while holding the lock", 0, func(p *proc) {
		l := p.Lock("l")
		k := p.Start("worker", func(p *proc) { p.Take(l); p.Free(l) })
		p.Take(l)
		p.Join(k)
		p.Free(l)
	}, detect.Deadlock),
	wrong("receive while holding the lock", 3, func(p *proc) {
		l := p.Lock("l")
		a, b := p.Pipe("pipe")
		k := p.Start("worker", func(p *proc) { p.Take(l); p.Send(b, 3, 8); p.Free(l) }, b)
		p.Take(l)
		p.Local, _ = p.Recv(a)
		p.Free(l)
		p.Join(k)
	}, detect.Deadlock),
	show(wrong("lock taken twice by one process", 0, func(p *proc) {
		l := p.Lock("l")
		workers(p, 1, func(p *proc) { p.Take(l); p.Take(l) })
	}, detect.SelfDeadlock)),
	show(wrong("poll then receive with two consumers", 0, func(p *proc) {
		a, b := p.Pipe("jobs")
		consume := func(p *proc) {
			for p.Poll(a, -1) {
				p.Recv(a)
			}
		}
		p.Send(b, 1, 8)
		workers(p, 2, consume, a)
	}, detect.NobodySends, detect.EndLeftOpen)),
	wrong("write end left open", 3, func(p *proc) {
		a, b := p.Pipe("pipe")
		k := p.Start("reader", func(p *proc) {
			for {
				if _, ok := p.Recv(a); !ok {
					return
				}
			}
		}, a)
		p.Send(b, 1, 8)
		p.Join(k)
	}, detect.EndLeftOpen),
	wrong("one sentinel for two consumers", 0, func(p *proc) {
		q := p.Queue("jobs", 0)
		consume := func(p *proc) {
			for {
				if x, _ := p.GetQueue(q, 0); x == 0 {
					return
				}
			}
		}
		a, b := p.Start("consumer", consume), p.Start("consumer", consume)
		p.PutQueue(q, 5, 0)
		p.PutQueue(q, 0, 0)
		p.Join(a)
		p.Join(b)
	}, detect.NobodySends),
	wrong("three locks in a circle", 0, func(p *proc) {
		l := []string{p.Lock("a"), p.Lock("b"), p.Lock("c")}
		i := 0
		workers(p, 3, func(p *proc) {
			i := p.Local - 1
			p.Take(l[i])
			p.Take(l[(i+1)%3])
			p.Free(l[(i+1)%3])
			p.Free(l[i])
		})
		p.Local = i
	}, detect.Deadlock),
	wrong("two wait for each other's flag", 0, func(p *proc) {
		f := []string{p.Value("f", 0), p.Value("g", 0)}
		workers(p, 2, func(p *proc) {
			i := p.Local - 1
			for p.Get(f[1-i]) == 0 {
			}
			p.Set(f[i], 1)
		})
	}, detect.Livelock),
	wrong("barrier of the wrong size", 0, func(p *proc) {
		b := p.Barrier("b", 3)
		workers(p, 2, func(p *proc) { p.Meet(b) })
	}, detect.Starvation),
	show(wrong("nobody sets the event", 0, func(p *proc) {
		e, v := p.Event("ready"), p.Value("v", 0)
		a := p.Start("waiter", func(p *proc) { p.WaitEvent(e, 0) })
		b := p.Start("setter", func(p *proc) {
			if p.Get(v) == 0 {
				p.SetEvent(e)
			}
		})
		p.Set(v, 1)
		p.Join(b)
		p.Join(a)
	}, detect.Starvation)),
	wrong("a child dies", 1, func(p *proc) {
		v := p.Value("v", 0)
		workers(p, 1, func(p *proc) { p.Get(v); p.Die() })
		p.Local = p.Get(v)
	}, detect.Crash),
	wrong("a child is asked too early", 1, func(p *proc) {
		k := p.Start("worker", func(p *proc) {})
		if !p.Alive(k) {
			p.Local = 1
		}
		p.Join(k)
	}, detect.MissingJoin),
	wrong("a child that leaves is asked too early", 1, func(p *proc) {
		k := p.Start("worker", func(p *proc) { p.Die() })
		if !p.Alive(k) {
			p.Local = 1
		}
		p.Join(k)
	}, detect.MissingJoin),
	wrong("a child that leaves is asked until it has", 1, func(p *proc) {
		v := p.Value("v", 0)
		k := p.Start("worker", func(p *proc) { p.Get(v); p.Die() })
		for p.Alive(k) {
		}
		p.Local = p.Get(v)
	}, detect.Crash),
	wrong("a child is asked before it can have ended", 1, func(p *proc) {
		a, b := p.Pipe("p")
		k := p.Start("worker", func(p *proc) { p.Recv(b) }, b)
		p.Alive(k)
		p.Send(a, 7, 8)
		p.Join(k)
	}, detect.Wrong),

	right("locked increment", 3, func(p *proc) {
		v, l := p.Value("counter", 0), p.Lock("l")
		workers(p, 3, func(p *proc) { p.Take(l); add(p, v); p.Free(l) })
		p.Local = p.Get(v)
	}),
	right("manager with lock", 2, func(p *proc) {
		d, l := p.Dict("d"), p.Lock("l")
		workers(p, 2, func(p *proc) { p.Take(l); p.DictSet(d, 0, p.DictGet(d, 0)+1); p.Free(l) })
		p.Local = p.DictGet(d, 0)
	}),
	right("receive before join", 7, func(p *proc) {
		a, b := p.Pipe("pipe")
		k := p.Start("worker", func(p *proc) { p.Send(b, 7, large) }, b)
		p.Local, _ = p.Recv(a)
		p.Join(k)
	}),
	right("ping pong", 4, func(p *proc) {
		a, b := p.Pipe("pipe")
		k := p.Start("worker", func(p *proc) {
			for range 2 {
				x, _ := p.Recv(b)
				p.Send(b, x+1, 8)
			}
		}, b)
		x := 2
		for range 2 {
			p.Send(a, x, 8)
			x, _ = p.Recv(a)
		}
		p.Join(k)
		p.Local = x
	}),
	right("ordered locks", 0, func(p *proc) {
		a, b := p.Lock("a"), p.Lock("b")
		workers(p, 2, func(p *proc) { p.Take(a); p.Take(b); p.Free(b); p.Free(a) })
	}),
	right("end of file pipeline", 3, func(p *proc) {
		a, b := p.Pipe("in")
		c, d := p.Pipe("out")
		k := p.Start("stage", func(p *proc) {
			p.Close(b)
			for {
				x, ok := p.Recv(a)
				if !ok {
					break
				}
				p.Send(d, x, 8)
			}
			p.Close(d)
		}, a, b, d)
		p.Close(a)
		p.Close(d)
		p.Send(b, 1, 8)
		p.Send(b, 2, 8)
		p.Close(b)
		sum := 0
		for {
			x, ok := p.Recv(c)
			if !ok {
				break
			}
			sum += x
		}
		p.Join(k)
		p.Local = sum
	}),
	right("disjoint slots", 3, func(p *proc) {
		v := p.Array("results", 2)
		workers(p, 2, func(p *proc) { p.SetAt(v, p.Local-1, p.Local) })
		p.Local = p.GetAt(v, 0) + p.GetAt(v, 1)
	}),
	right("value published by message", 9, func(p *proc) {
		v := p.Value("v", 0)
		a, b := p.Pipe("pipe")
		k := p.Start("worker", func(p *proc) { p.Set(v, 9); p.Send(b, 1, 8) }, b)
		p.Recv(a)
		p.Local = p.Get(v)
		p.Join(k)
	}),
	right("work queue", 3, func(p *proc) {
		q, v, l := p.Queue("jobs", 0), p.Value("sum", 0), p.Lock("l")
		consume := func(p *proc) {
			for {
				x, _ := p.GetQueue(q, 0)
				if x == 0 {
					return
				}
				p.Take(l)
				p.Set(v, p.Get(v)+x)
				p.Free(l)
			}
		}
		a, b := p.Start("consumer", consume), p.Start("consumer", consume)
		for _, x := range []int{1, 2, 0, 0} {
			p.PutQueue(q, x, 0)
		}
		p.Join(a)
		p.Join(b)
		p.Local = p.Get(v)
	}),
	right("unlocked after join", 2, func(p *proc) {
		v := p.Value("v", 0)
		p.Join(p.Start("worker", func(p *proc) { add(p, v) }))
		add(p, v)
		p.Local = p.Get(v)
	}),
	right("token ring", 3, func(p *proc) {
		v := p.Value("v", 0)
		var in, out [3]string
		for i := range 3 {
			in[i], out[i] = p.Pipe("ring")
		}
		var children []string
		for range 2 {
			children = append(children, p.Start("node", func(p *proc) {
				i := p.Local
				p.Recv(in[i-1])
				add(p, v)
				p.Send(out[i], 1, 8)
			}, append(in[:], out[:]...)...))
		}
		_ = children
		add(p, v)
		p.Send(out[0], 1, 8)
		p.Recv(in[2])
		for _, k := range children {
			p.Join(k)
		}
		p.Local = p.Get(v)
	}),
	right("read only value", 8, func(p *proc) {
		v := p.Value("v", 4)
		r := p.Array("r", 2)
		workers(p, 2, func(p *proc) { p.SetAt(r, p.Local-1, p.Get(v)) })
		p.Local = p.GetAt(r, 0) + p.GetAt(r, 1)
	}),
	right("recheck under the lock", 1, func(p *proc) {
		done, n, l := p.Value("done", 0), p.Value("times", 0), p.Lock("l")
		workers(p, 2, func(p *proc) {
			if p.Get(done) == 0 {
				p.Take(l)
				if p.Get(done) == 0 {
					add(p, n)
					p.Set(done, 1)
				}
				p.Free(l)
			}
		})
		p.Local = p.Get(n)
	}),
	right("flag after data", 5, func(p *proc) {
		flag, data, out := p.Value("flag", 0), p.Value("data", 0), p.Value("out", 5)
		a := p.Start("writer", func(p *proc) { p.Set(data, 5); p.Set(flag, 1) })
		b := p.Start("reader", func(p *proc) {
			for p.Get(flag) == 0 {
			}
			p.Set(out, p.Get(data))
		})
		p.Join(a)
		p.Join(b)
		p.Local = p.Get(out)
	}),
	right("bounded buffer", 3, func(p *proc) {
		v, l := p.Value("n", 0), p.Lock("l")
		q := p.Queue("q", 1)
		k := p.Start("consumer", func(p *proc) {
			for range 2 {
				x, _ := p.GetQueue(q, 0)
				p.Take(l)
				p.Set(v, p.Get(v)+x)
				p.Free(l)
			}
		})
		p.PutQueue(q, 1, 0)
		p.PutQueue(q, 2, 0)
		p.Join(k)
		p.Local = p.Get(v)
	}),
}

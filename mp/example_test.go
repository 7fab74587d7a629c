package mp_test

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"lockstep/mp"
)

var message = "unchanged"

var (
	shouts = mp.Func2("shouts", func(c *mp.Conn, s string) error {
		message = strings.ToUpper(s)
		return c.Send(message)
	})
	countsUp = mp.Func("counts up", func(v *mp.Value[int]) error {
		for range 1000 {
			v.Lock()
			v.Set(v.Get() + 1)
			v.Unlock()
		}
		return nil
	})
	squares = mp.Func2("squares", func(a *mp.Array[int], i int) error {
		a.Set(i, i*i) // an element of its own: no lock is needed
		return nil
	})
	rates = mp.Func3("rates", func(d *mp.Dict[string, float64], currency string, rate float64) error {
		return d.Set(currency, rate)
	})
	fails = mp.Func0("fails", func() error { return errors.New("out of paper") })
	works = mp.Func2("works", func(jobs *mp.Queue[int], done *mp.Conn) error {
		for {
			n, err := jobs.Get()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			if err := done.Send(n * n); err != nil {
				return err
			}
		}
	})
	sumsUp = mp.Func2("sums up", func(jobs *mp.Queue[int], total *mp.Value[int]) error {
		for {
			n, err := jobs.Get()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			total.Lock()
			total.Set(total.Get() + n)
			total.Unlock()
			if err := jobs.Done(); err != nil {
				return err
			}
		}
	})
	unit   string
	uses   = mp.Func("uses", func(u string) error { unit = u; return nil })
	inUnit = mp.Task("inUnit", func(n int) (string, error) { return fmt.Sprint(n, " ", unit), nil })
	cube   = mp.Task("cube", func(n int) (int, error) { return n * n * n, nil })
)

// A child has a memory of its own, and sends back what it found out.
func Example_separateMemories() {
	parent, child, err := mp.Pipe()
	check(err)
	p, err := shouts.Start(child, "hello")
	check(err)
	check(child.Close()) // the parent's copy of the child's end

	answer, err := mp.Recv[string](parent)
	check(err)
	check(p.Join())
	_, err = mp.Recv[string](parent)
	fmt.Println(answer, message, err)
	// Output: HELLO unchanged EOF
}

func ExampleProcess_Join() {
	p, err := fails.Start()
	check(err)
	var exit *mp.ExitError
	if errors.As(p.Join(), &exit) {
		fmt.Println(exit.Code, exit.Line)
	}
	// Output: 1 out of paper
}

func ExampleProcess_Kill() {
	p, err := waits.Start(mp.NewEvent()) // which nobody sets
	check(err)
	fmt.Println(p.Alive())
	check(p.Kill())
	var exit *mp.ExitError
	fmt.Println(errors.As(p.Join(), &exit), exit.Signal, p.Alive())
	// Output:
	// true
	// true killed false
}

func ExampleChildren() {
	done := mp.NewEvent()
	for _, name := range []string{"Ada", "Bob"} {
		_, err := waits.Named(name).Start(done)
		check(err)
	}
	for _, p := range mp.Children() {
		fmt.Println(p.Name())
	}
	done.Set()
	for _, p := range mp.Children() {
		check(p.Join())
	}
	// Output:
	// Ada
	// Bob
}

func ExampleWaitAny() {
	never, now := mp.NewEvent(), mp.NewEvent()
	slow, err := waits.Named("the slow one").Start(never)
	check(err)
	quick, err := waits.Named("the quick one").Start(now)
	check(err)
	now.Set()
	both := []*mp.Process{slow, quick}
	i, err := mp.WaitAny(both...)
	fmt.Println(both[i].Name(), err)
	check(slow.Kill()) // its answer is not needed any more
	slow.Join()
	// Output: the quick one <nil>
}

func ExampleWaitAny_connections() {
	var answers []*mp.Conn
	for _, word := range []string{"one", "two", "three"} {
		here, there, err := mp.Pipe()
		check(err)
		_, err = shouts.Start(there, word)
		check(err)
		check(there.Close())
		answers = append(answers, here)
	}
	for len(answers) > 0 {
		i, err := mp.WaitAny(answers...) // whoever is first
		check(err)
		answer, err := mp.Recv[string](answers[i])
		if err == io.EOF { // it has sent all, and has ended
			answers = slices.Delete(answers, i, i+1)
			continue
		}
		check(err)
		fmt.Println(answer)
	}
	for _, p := range mp.Children() {
		check(p.Join())
	}
	// Unordered output:
	// ONE
	// TWO
	// THREE
}

func ExampleValue() {
	v := mp.NewValue(0)
	var ps []*mp.Process
	for range 4 {
		p, err := countsUp.Start(v)
		check(err)
		ps = append(ps, p)
	}
	for _, p := range ps {
		check(p.Join())
	}
	fmt.Println(v.Get())
	// Output: 4000
}

func ExampleArray() {
	a := mp.NewArray[int](4)
	var ps []*mp.Process
	for i := range a.Len() {
		p, err := squares.Start(a, i)
		check(err)
		ps = append(ps, p)
	}
	for _, p := range ps {
		check(p.Join())
	}
	for i := range a.Len() {
		fmt.Println(a.Get(i))
	}
	// Output:
	// 0
	// 1
	// 4
	// 9
}

func ExampleManager() {
	m, err := mp.NewManager()
	check(err)
	d, err := mp.NewDict[string, float64](m)
	check(err)
	usd, err := rates.Start(d, "USD", 1.08)
	check(err)
	gbp, err := rates.Start(d, "GBP", 0.84)
	check(err)
	check(usd.Join())
	check(gbp.Join())
	all, err := d.All()
	check(err)
	check(m.Close())
	fmt.Println(all)
	_, err = d.Len()
	fmt.Println(err)
	// Output:
	// map[GBP:0.84 USD:1.08]
	// dict.len: the manager has ended
}

func ExampleDict_SetDefault() {
	m, err := mp.NewManager()
	check(err)
	defer m.Close()
	d, err := mp.NewDict[string, string](m)
	check(err)
	fmt.Println(d.SetDefault("winner", "Ada"))
	fmt.Println(d.SetDefault("winner", "Bob"))
	check(d.Update(map[string]string{"winner": "Eve", "place": "Oslo"}))
	fmt.Println(d.Pop("winner"))
	fmt.Println(d.Keys())
	// Output:
	// Ada false <nil>
	// Ada true <nil>
	// Eve true <nil>
	// [place] <nil>
}

func ExampleList_Extend() {
	m, err := mp.NewManager()
	check(err)
	defer m.Close()
	l, err := mp.NewList[string](m)
	check(err)
	check(l.Extend([]string{"one", "two", "two"}))
	fmt.Println(l.Index("two"))
	fmt.Println(l.Index("three"))
	// Output:
	// 1 <nil>
	// -1 <nil>
}

func ExampleList_Sort() {
	m, err := mp.NewManager()
	check(err)
	defer m.Close()
	l, err := mp.NewList[int](m)
	check(err)
	check(l.Extend([]int{3, 1, 2}))
	check(l.Sort(cmp.Compare[int]))
	fmt.Println(l.All())
	// Output: [1 2 3] <nil>
}

func ExampleNewNamespace() {
	m, err := mp.NewManager()
	check(err)
	defer m.Close()
	ns, err := mp.NewNamespace(m)
	check(err)
	check(ns.Set("limit", 100))
	check(ns.Set("name", "primes"))
	fmt.Println(ns.Get("limit"))
	fmt.Println(ns.Get("speed"))
	// Output:
	// 100 true <nil>
	// <nil> false <nil>
}

func ExampleTaskFunc_Map() {
	pool, err := mp.NewPool(4)
	check(err)
	defer pool.Close()
	cubes, err := cube.Map(pool, []int{1, 2, 3, 4, 5})
	fmt.Println(cubes, err)
	// Output: [1 8 27 64 125] <nil>
}

func ExampleTaskFunc_MapUnordered() {
	pool, err := mp.NewPool(2)
	check(err)
	defer pool.Close()
	sum := 0
	for x, err := range cube.MapUnordered(pool, []int{1, 2, 3}) {
		check(err)
		sum += x
	}
	fmt.Println(sum)
	// Output: 36
}

func ExampleTaskFunc_MapOrdered() {
	pool, err := mp.NewPool(2)
	check(err)
	defer pool.Close()
	for x, err := range cube.MapOrdered(pool, []int{3, 2, 1}) {
		fmt.Println(x, err)
		if x < 10 {
			break // the last may not be worked out at all
		}
	}
	// Output:
	// 27 <nil>
	// 8 <nil>
}

func ExamplePool_Terminate() {
	pool, err := mp.NewPool(1)
	check(err)
	s := stay{mp.NewEvent(), mp.NewLock()}
	f := keeps.Go(pool, s) // takes the lock, and never returns
	s.Came.Wait()
	fmt.Println(pool.Terminate())
	_, err = f.Get()
	fmt.Println(err)
	fmt.Println(s.Lock.LockErr())
	s.Lock.Unlock()
	fmt.Println(pool.Close())
	// Output:
	// <nil>
	// cannot call keeps: the pool has been terminated
	// the lock's owner died while holding it
	// <nil>
}

func ExampleTaskFunc_Go() {
	pool, err := mp.NewPool(2)
	check(err)
	defer pool.Close()
	a, b := cube.Go(pool, 3), cube.Go(pool, 4) // both are under way
	x, err := a.Get()
	check(err)
	y, err := b.Get()
	fmt.Println(x+y, err)
	// Output: 91 <nil>
}

func ExampleFuture_GetTimeout() {
	pool, err := mp.NewPool(1)
	check(err)
	defer pool.Close()
	f := cube.Go(pool, 3)
	for {
		x, ok, err := f.GetTimeout(time.Millisecond)
		if ok {
			fmt.Println(x, err)
			return
		}
		// something else can be done meanwhile
	}
	// Output: 27 <nil>
}

func ExampleTarget_NewPool() {
	pool, err := uses.NewPool(2, "km") // each worker keeps the unit
	check(err)
	defer pool.Close()
	fmt.Println(inUnit.Map(pool, []int{3, 4}))
	// Output: [3 km 4 km] <nil>
}

func ExampleQueue() {
	jobs, err := mp.NewQueue[int](10)
	check(err)
	results, far, err := mp.Pipe()
	check(err)
	for range 2 {
		p, err := works.Start(jobs, far)
		check(err)
		defer p.Join()
	}
	check(far.Close())
	for n := range 5 {
		check(jobs.Put(n))
	}
	check(jobs.Close())
	sum := 0
	for {
		x, err := mp.Recv[int](results)
		if err == io.EOF {
			break
		}
		check(err)
		sum += x
	}
	fmt.Println(sum)
	// Output: 30
}

func ExampleQueue_Wait() {
	jobs, err := mp.NewQueue[int](10)
	check(err)
	total := mp.NewValue(0)
	for range 2 {
		p, err := sumsUp.Start(jobs, total)
		check(err)
		defer p.Join()
	}
	defer jobs.Close() // before the workers are joined
	for round := range 3 {
		for n := range 5 {
			check(jobs.Put(n + round))
		}
		jobs.Wait() // all five are done, and the workers go on
		fmt.Println(total.Get())
	}
	// Output:
	// 10
	// 25
	// 45
}

func ExampleRecv() {
	a, b, err := mp.Pipe()
	check(err)
	check(a.Send([]string{"one", "two"}))
	check(a.Send(3.5))
	check(a.Close())
	fmt.Println(mp.Recv[[]string](b))
	fmt.Println(mp.Recv[any](b))
	fmt.Println(mp.Recv[any](b))
	// Output:
	// [one two] <nil>
	// 3.5 <nil>
	// <nil> EOF
}

func ExampleLock_LockErr() {
	l, held := mp.NewLock(), mp.NewEvent()
	owner, err := dies.Start(l, held) // takes the lock and keeps it
	check(err)
	held.Wait()
	check(owner.Kill())
	fmt.Println(l.LockErr())
	l.Unlock()
	owner.Join()
	// Output: the lock's owner died while holding it
}

func ExampleLock_LockTimeout() {
	l, held := mp.NewLock(), mp.NewEvent()
	owner, err := dies.Start(l, held) // takes the lock and keeps it
	check(err)
	held.Wait()
	fmt.Println(l.LockTimeout(time.Millisecond))
	check(owner.Kill())
	owner.Join()
	fmt.Println(l.LockTimeout(time.Millisecond))
	// Output:
	// false <nil>
	// true the lock's owner died while holding it
}

func ExampleBarrier() {
	b := mp.NewBarrier(2)
	arrived := make(chan error)
	go func() { arrived <- b.Wait() }()
	fmt.Println(b.Wait(), <-arrived)
	// Output: <nil> <nil>
}

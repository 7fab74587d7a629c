//go:build unix

package control

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/mp"
)

// The programs that these tests hold are this test's executable, told by its
// arguments which one to be.
func TestMain(m *testing.M) {
	box.Init()
	if len(os.Args) > 2 && os.Args[1] == "be" {
		mp.Main(programs[os.Args[2]])
	}
	os.Exit(m.Run())
}

var programs = map[string]func() error{
	"counter": counter, "pipes": pipes, "pool": pool, "loop": loop, "calls": calls, "manager": manager,
	"meeting": meeting, "cond": condition, "killed": killed, "panics": panics, "prints": prints,
	"hangs": hangs, "threads": threads, "floods": floods, "lies": lies, "large": large, "exits": exits, "queue": queue,
	"several": several, "stuck": stuck, "writes": writes, "outcomes": outcomes,
}

var add = mp.Func("add", func(v *mp.Value[int]) error {
	v.Set(v.Get() + 1)
	return nil
})

func counter() error {
	v := mp.NewValue(0)
	var all []*mp.Process
	for range 3 {
		p, err := add.Start(v)
		if err != nil {
			return err
		}
		all = append(all, p)
	}
	for _, p := range all {
		if err := p.Join(); err != nil {
			return err
		}
	}
	fmt.Println(v.Get())
	return nil
}

var answer = mp.Func("answer", func(c *mp.Conn) error {
	for {
		n, err := mp.Recv[int](c)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := c.Send(n * n); err != nil {
			return err
		}
	}
})

func pipes() error {
	a, b, err := mp.Pipe()
	if err != nil {
		return err
	}
	p, err := answer.Start(b)
	if err != nil {
		return err
	}
	if err := b.Close(); err != nil {
		return err
	}
	for n := range 3 {
		if err := a.Send(n); err != nil {
			return err
		}
		if ready, err := a.Poll(time.Hour); !ready {
			return fmt.Errorf("nothing came: %w", err)
		}
		x, err := mp.Recv[int](a)
		fmt.Println(x, err)
	}
	if err := a.Close(); err != nil {
		return err
	}
	return p.Join()
}

var square = mp.Task("square", func(n int) (int, error) { return n * n, nil })

func pool() error {
	p, err := mp.NewPool(2)
	if err != nil {
		return err
	}
	got, err := square.Map(p, []int{1, 2, 3, 4, 5})
	fmt.Println(got, err)
	return p.Close()
}

func loop() error {
	p, err := mp.NewPool(2)
	if err != nil {
		return err
	}
	sum := 0
	for x, err := range square.MapUnordered(p, []int{1, 2, 3}) {
		if err != nil {
			return err
		}
		sum += x
	}
	for range square.MapUnordered(p, []int{1, 2, 3}) {
		break
	}
	fmt.Println(sum)
	return p.Close()
}

func calls() error {
	p, err := mp.NewPool(2)
	if err != nil {
		return err
	}
	a, b := square.Go(p, 3), square.Go(p, 4)
	_, there, _ := b.GetTimeout(0)
	x, err := b.Get()
	fmt.Println(x, there, err)
	if err := p.Close(); err != nil {
		return err
	}
	x, there, err = a.GetTimeout(0)
	fmt.Println(x, there, err)
	return nil
}

var appends = mp.Func2("appends", func(l *mp.List[int], n int) error { return l.Append(n) })

func manager() error {
	m, err := mp.NewManager()
	if err != nil {
		return err
	}
	l, err := mp.NewList[int](m)
	if err != nil {
		return err
	}
	p, err := appends.Start(l, 1)
	if err != nil {
		return err
	}
	q, err := appends.Start(l, 2)
	if err != nil {
		return err
	}
	err = errors.Join(p.Join(), q.Join())
	all, err2 := l.All()
	slices.Sort(all)
	fmt.Println(all)
	return errors.Join(err, err2, m.Close())
}

var arrive = mp.Func("arrive", func(b *mp.Barrier) error { return b.Wait() })

func meeting() error {
	b := mp.NewBarrier(2)
	p, err := arrive.Start(b)
	if err != nil {
		return err
	}
	fmt.Println(b.Wait())
	q, err := arrive.Start(b)
	if err != nil {
		return err
	}
	err = b.WaitTimeout(time.Hour)
	return errors.Join(err, p.Join(), q.Join())
}

var sets = mp.Func2("sets", func(c *mp.Cond, v *mp.Value[int]) error {
	c.L.Lock()
	defer c.L.Unlock()
	v.Set(1)
	c.Broadcast()
	return nil
})

func condition() error {
	c, v := mp.NewCond(mp.NewLock()), mp.NewValue(0)
	p, err := sets.Start(c, v)
	if err != nil {
		return err
	}
	c.L.Lock()
	for v.Get() == 0 {
		c.Wait()
	}
	fmt.Println(c.WaitTimeout(time.Hour))
	c.L.Unlock()
	return p.Join()
}

var holds = mp.Func("holds", func(l *mp.Lock) error {
	l.Lock()
	mp.Sleep(time.Hour)
	for {
		mp.Sleep(time.Hour)
	}
})

func killed() error {
	l := mp.NewLock()
	p, err := holds.Start(l)
	if err != nil {
		return err
	}
	if err := p.Terminate(); err != nil {
		return err
	}
	fmt.Println(p.Join() != nil)
	if err := l.LockErr(); err != nil && err != mp.ErrOwnerDied {
		return err
	}
	return nil
}

var fails = mp.Func0("fails", func() error { panic("on purpose") })

func panics() error {
	p, err := fails.Start()
	if err != nil {
		return err
	}
	fmt.Println(p.Join() != nil)
	return nil
}

func prints() error {
	fmt.Print("a")
	fmt.Print("b")
	v := mp.NewValue(1)
	fmt.Println("c")
	v.Set(2)
	return nil
}

func writes() error {
	fmt.Println(strings.Repeat("long", 1000), strings.Repeat("er", 2000))
	fmt.Println("short")
	return nil
}

func hangs() error {
	for {
		time.Sleep(time.Hour)
	}
}

func threads() error {
	l := mp.NewLock()
	l.Lock()
	go func() { l.Lock() }()
	time.Sleep(50 * time.Millisecond)
	l.Lock()
	return nil
}

func floods() error {
	for {
		fmt.Println("on and on and on")
	}
}

func lies() error {
	for fd := 3; fd < 16; fd++ {
		f := os.NewFile(uintptr(fd), "line")
		f.Write([]byte("\xff\xff\xff\xff all lies and nothing but lies"))
	}
	mp.NewLock().Lock()
	return nil
}

var receives = mp.Func("receives", func(c *mp.Conn) error {
	x, err := mp.Recv[[]byte](c)
	fmt.Println(len(x), err)
	return nil
})

func large() error {
	a, b, err := mp.Pipe()
	if err != nil {
		return err
	}
	p, err := receives.Start(b)
	if err != nil {
		return err
	}
	if err := a.Send(make([]byte, 1<<20)); err != nil {
		return err
	}
	return p.Join()
}

func exits() error {
	fmt.Println("gone")
	os.Exit(3)
	return nil
}

var puts = mp.Func("puts", func(q *mp.Queue[int]) error {
	for n := range 3 {
		if err := q.Put(n); err != nil {
			return err
		}
	}
	return q.Close()
})

func queue() error {
	q, err := mp.NewQueue[int](1)
	if err != nil {
		return err
	}
	p, err := puts.Start(q)
	if err != nil {
		return err
	}
	for {
		n, err := q.Get()
		if err == io.EOF {
			break
		}
		fmt.Println(n)
	}
	return p.Join()
}

// several takes answers as they come, and ends as they come.
func several() error {
	var all []mp.Waitable
	for n := range 3 {
		here, there, err := mp.Pipe()
		if err != nil {
			return err
		}
		p, err := answer.Start(there)
		if err != nil {
			return err
		}
		if err := there.Close(); err != nil {
			return err
		}
		if err := here.Send(n + 1); err != nil {
			return err
		}
		all = append(all, p, here)
	}
	sum := 0
	for len(all) > 0 {
		i, err := mp.WaitAny(all...)
		if err != nil {
			return err
		}
		if here, ok := all[i].(*mp.Conn); ok {
			n, err := mp.Recv[int](here)
			if err != nil {
				return err
			}
			sum += n
			if err := here.Close(); err != nil { // which ends it
				return err
			}
			if i, err := mp.WaitAny(here); i >= 0 || !errors.Is(err, os.ErrClosed) {
				return fmt.Errorf("of a closed end, %d: %w", i, err)
			}
		}
		all = slices.Delete(all, i, i+1)
	}
	fmt.Println(sum)
	return nil
}

func stuck() error {
	l := mp.NewLock()
	l.Lock()
	l.Lock()
	return nil
}

// outcomes asks for things that are there, that are not there in time, and that will
// never be. Its messages look like what came of an operation.
func outcomes() error {
	q, err := mp.NewQueue[bool](1)
	if err != nil {
		return err
	}
	words, err := mp.NewQueue[string](1)
	if err != nil {
		return err
	}
	q.GetTimeout(time.Millisecond)
	q.Put(false)
	q.PutTimeout(true, time.Millisecond)
	q.Get()
	words.Put("EOF")
	words.Get()
	q.WaitTimeout(time.Millisecond)
	q.Done()
	q.WaitTimeout(0)
	q.Wait()
	q.Done()
	q.Close()
	q.Get()
	q.Close()
	s := mp.NewSemaphore(1)
	s.TryAcquire()
	s.TryAcquire()
	l := mp.NewLock()
	l.TryLock()
	l.TryLock()
	l.LockTimeout(time.Millisecond)
	l.Unlock()
	l.LockTimeout(0)
	rw := mp.NewRWLock()
	rw.TryLock()
	rw.TryRLock()
	return nil
}

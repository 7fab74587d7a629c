// Work does one row of the benchmark with package mp and prints the number, in the
// row's unit. It imports little else, so that its children are what a student's
// program's are; bench.py does the same with multiprocessing.
//
//	work ROW
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"lockstep/mp"
)

func main() { mp.Main(run) }

var rows = map[string]func() (float64, error){
	"start":      startJoin,
	"pool-first": poolFirst,
	"pool-tiny":  poolTiny,
	"pool-heavy": poolHeavy,
	"value-1":    func() (float64, error) { return increments(1) },
	"value-2":    func() (float64, error) { return increments(2) },
	"value-4":    func() (float64, error) { return increments(4) },
	"roundtrip":  roundTrip,
	"bulk":       bulk,
	"manager-1":  func() (float64, error) { return managerSets(1) },
	"manager-4":  func() (float64, error) { return managerSets(4) },
	"queue":      queue,
	"memory":     memory,
}

func run() error {
	if len(os.Args) != 2 || rows[os.Args[1]] == nil {
		return errors.New("which row?")
	}
	x, err := rows[os.Args[1]]()
	if err != nil {
		return fmt.Errorf("cannot measure %s: %w", os.Args[1], err)
	}
	_, err = fmt.Println(x)
	return err
}

var (
	nothing = mp.Func0("nothing", func() error { return nil })
	square  = mp.Task("square", func(n int) (int, error) { return n * n, nil })
	heavy   = mp.Task("heavy", func(n int) (int, error) { return grind(n), nil })

	incrementer = mp.Func4("incrementer", func(v, ready *mp.Value[int], begin *mp.Event, stop *mp.Value[int]) error {
		announce(ready)
		begin.Wait()
		for stop.Get() == 0 {
			for range 1000 {
				v.Lock()
				v.Set(v.Get() + 1)
				v.Unlock()
			}
		}
		return nil
	})
	echo = mp.Func("echo", func(c *mp.Conn) error {
		for {
			x, err := mp.Recv[int](c)
			if err != nil {
				return ended(err)
			}
			if err := c.Send(x); err != nil {
				return err
			}
		}
	})
	pour = mp.Func2("pour", func(c *mp.Conn, times int) error {
		b := make([]byte, 1<<20)
		for range times {
			if err := c.Send(b); err != nil {
				return err
			}
		}
		return nil
	})
	setter = mp.Func4("setter", func(d *mp.Dict[int, int], ready *mp.Value[int], begin *mp.Event, times int) error {
		announce(ready)
		begin.Wait()
		for i := range times {
			if err := d.Set(i%100, i); err != nil {
				return err
			}
		}
		return nil
	})
	producer = mp.Func2("producer", func(q *mp.Queue[int], times int) error {
		for i := range times {
			if err := q.Put(i); err != nil {
				return err
			}
		}
		return nil
	})
	peak = mp.Func("peak", func(c *mp.Conn) error {
		status, err := os.ReadFile("/proc/self/status")
		if err != nil {
			return err
		}
		_, after, _ := strings.Cut(string(status), "VmHWM:")
		kB, err := strconv.ParseFloat(strings.Fields(after)[0], 64)
		if err != nil {
			return err
		}
		return c.Send(kB / 1024)
	})
)

func ended(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

func announce(ready *mp.Value[int]) {
	ready.Lock()
	ready.Set(ready.Get() + 1)
	ready.Unlock()
}

func awaitReady(ready *mp.Value[int], n int) {
	for ready.Get() < n {
		time.Sleep(100 * time.Microsecond)
	}
}

// grind takes as long as bench.py's heavy does, more or less.
func grind(n int) int {
	x := n
	for range 12_000_000 {
		x = (x*1103515245 + 12345) % 2147483648
	}
	return x
}

// per calls work many times and returns how long one call took, in seconds times
// unit.
func per(times int, unit float64, work func() error) (float64, error) {
	begin := time.Now()
	for range times {
		if err := work(); err != nil {
			return 0, err
		}
	}
	return time.Since(begin).Seconds() * unit / float64(times), nil
}

func startJoin() (float64, error) {
	once := func() error {
		p, err := nothing.Start()
		if err != nil {
			return err
		}
		return p.Join()
	}
	if err := once(); err != nil {
		return 0, err
	}
	return per(200, 1e3, once)
}

func poolFirst() (float64, error) {
	var took []float64
	for range 5 {
		begin := time.Now()
		pool, err := mp.NewPool(4)
		if err != nil {
			return 0, err
		}
		if _, err := square.Map(pool, []int{1, 2, 3, 4, 5}); err != nil {
			return 0, err
		}
		took = append(took, time.Since(begin).Seconds()*1e3)
		if err := pool.Close(); err != nil {
			return 0, err
		}
	}
	return slices.Sorted(slices.Values(took))[len(took)/2], nil
}

func poolTiny() (float64, error) {
	pool, err := mp.NewPool(4)
	if err != nil {
		return 0, err
	}
	defer pool.Close()
	xs := make([]int, 1000)
	for i := range xs {
		xs[i] = i
	}
	once := func() error {
		_, err := square.Map(pool, xs)
		return err
	}
	if _, err := per(20, 1, once); err != nil {
		return 0, err
	}
	return per(200, 1e3, once)
}

func poolHeavy() (float64, error) {
	pool, err := mp.NewPool(2)
	if err != nil {
		return 0, err
	}
	defer pool.Close()
	xs := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
	if _, err := square.Map(pool, xs); err != nil {
		return 0, err
	}
	begin := time.Now()
	for _, x := range xs {
		runtime.KeepAlive(grind(x)) // the compiler must not leave it out
	}
	serial := time.Since(begin)
	begin = time.Now()
	_, err = heavy.Map(pool, xs)
	return serial.Seconds() / time.Since(begin).Seconds(), err
}

// together starts children and joins them.
func together(n int, start func() (*mp.Process, error)) (func() error, error) {
	var ps []*mp.Process
	for range n {
		p, err := start()
		if err != nil {
			return nil, err
		}
		ps = append(ps, p)
	}
	return func() error {
		for _, p := range ps {
			if err := p.Join(); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

func increments(processes int) (float64, error) {
	v, ready, stop, begin := mp.NewValue(0), mp.NewValue(0), mp.NewValue(0), mp.NewEvent()
	join, err := together(processes, func() (*mp.Process, error) { return incrementer.Start(v, ready, begin, stop) })
	if err != nil {
		return 0, err
	}
	awaitReady(ready, processes)
	begin.Set()
	since := time.Now()
	time.Sleep(500 * time.Millisecond)
	stop.Set(1)
	if err := join(); err != nil {
		return 0, err
	}
	return float64(v.Get()) / time.Since(since).Seconds() / 1e6, nil
}

// paired starts a child that holds one end of a pipe and returns the other.
func paired(start func(*mp.Conn) (*mp.Process, error)) (*mp.Conn, *mp.Process, error) {
	a, b, err := mp.Pipe()
	if err != nil {
		return nil, nil, err
	}
	defer b.Close()
	p, err := start(b)
	return a, p, err
}

func roundTrip() (float64, error) {
	a, p, err := paired(echo.Start)
	if err != nil {
		return 0, err
	}
	once := func() error {
		if err := a.Send(42); err != nil {
			return err
		}
		_, err := mp.Recv[int](a)
		return err
	}
	if _, err := per(1000, 1, once); err != nil {
		return 0, err
	}
	x, err := per(20000, 1e6, once)
	if err != nil {
		return 0, err
	}
	a.Close()
	return x, p.Join()
}

func bulk() (float64, error) {
	const times = 2000
	a, p, err := paired(func(c *mp.Conn) (*mp.Process, error) { return pour.Start(c, times) })
	if err != nil {
		return 0, err
	}
	var b []byte
	once := func() error { return a.Recv(&b) }
	if err := once(); err != nil {
		return 0, err
	}
	seconds, err := per(times-1, 1, once)
	if err != nil {
		return 0, err
	}
	return (1 << 20) / seconds / 1e9, p.Join()
}

func managerSets(clients int) (float64, error) {
	const times = 10000
	m, err := mp.NewManager()
	if err != nil {
		return 0, err
	}
	defer m.Close()
	d, err := mp.NewDict[int, int](m)
	if err != nil {
		return 0, err
	}
	ready, begin := mp.NewValue(0), mp.NewEvent()
	join, err := together(clients, func() (*mp.Process, error) { return setter.Start(d, ready, begin, times) })
	if err != nil {
		return 0, err
	}
	awaitReady(ready, clients)
	begin.Set()
	since := time.Now()
	if err := join(); err != nil {
		return 0, err
	}
	return float64(clients*times) / time.Since(since).Seconds() / 1e3, nil
}

func queue() (float64, error) {
	const times = 100000
	q, err := mp.NewQueue[int](1000)
	if err != nil {
		return 0, err
	}
	p, err := producer.Start(q, times)
	if err != nil {
		return 0, err
	}
	once := func() error {
		_, err := q.Get()
		return err
	}
	if err := once(); err != nil {
		return 0, err
	}
	seconds, err := per(times-1, 1, once)
	if err != nil {
		return 0, err
	}
	return 1 / seconds / 1e3, p.Join()
}

func memory() (float64, error) {
	a, p, err := paired(peak.Start)
	if err != nil {
		return 0, err
	}
	x, err := mp.Recv[float64](a)
	if err != nil {
		return 0, err
	}
	if x == 0 {
		return 0, fmt.Errorf("the system does not tell")
	}
	return x, p.Join()
}

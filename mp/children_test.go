package mp_test

import (
	"slices"
	"strings"
	"testing"

	"lockstep/mp"
)

// ours are those of a test's children that Children names, in its order.
func ours(ps []*mp.Process) []*mp.Process {
	return slices.DeleteFunc(mp.Children(), func(p *mp.Process) bool { return !slices.Contains(ps, p) })
}

func TestChildren(t *testing.T) {
	m, pool, go_ := manage(t), must(mp.NewPool(1)), mp.NewEvent()
	defer pool.Close()
	must(mp.NewList[int](m))
	ps := several(3, func(int) (*mp.Process, error) { return waits.Start(go_) })
	if got := ours(ps); !slices.Equal(got, ps) {
		t.Errorf("of %v these live: %v", ps, got)
	}
	for _, p := range mp.Children() {
		if strings.HasPrefix(p.Name(), "mp.") {
			t.Errorf("the library's own %s is among them", p.Name())
		}
	}
	check(ps[1].Interrupt())
	ps[1].Join()
	if got, want := ours(ps), []*mp.Process{ps[0], ps[2]}; !slices.Equal(got, want) {
		t.Errorf("without the one that was ended: %v", got)
	}
	go_.Set()
	for len(ours(ps)) > 0 { // it joins those that have ended
	}
	for _, i := range []int{0, 2} {
		if code, exited := ps[i].ExitCode(); !exited || code != 0 {
			t.Errorf("process %d: %d, %v", i, code, exited)
		}
	}
	c, far, err := mp.Pipe()
	check(err)
	join(t, must(countsChildren.Start(far)))
	if n := must(mp.Recv[int](c)); n != 0 {
		t.Errorf("a child is said to have %d children", n)
	}
}

var countsChildren = mp.Func("countsChildren", func(c *mp.Conn) error { return c.Send(len(mp.Children())) })

func TestCPUCount(t *testing.T) {
	n := mp.CPUCount()
	if n < 1 {
		t.Errorf("there are %d processors", n)
	}
	pool := must(mp.NewPool(0))
	pids := must(where.MapChunks(pool, make([]int, 4*n), 1))
	check(pool.Close())
	slices.Sort(pids)
	if got := len(slices.Compact(pids)); got > n {
		t.Errorf("a pool for %d processors has %d workers", n, got)
	}
}

func TestNamed(t *testing.T) {
	a, b, err := mp.Pipe()
	check(err)
	defer a.Close()
	for name, want := range map[string]string{"Ada L.": "Ada L.", strings.Repeat("é", 20): strings.Repeat("é", 20), "": "tells-"} {
		p := must(tells.Named(name).Start(b))
		who := must(mp.Recv[identity](a))
		join(t, p)
		if p.Name() != who.Name || !strings.HasPrefix(who.Name, want) {
			t.Errorf("named %q: %q, and itself %q", name, p.Name(), who.Name)
		}
		if slices.ContainsFunc(who.Args, func(s string) bool { return strings.Contains(s, who.Name) }) {
			t.Errorf("named %q: its arguments are %q", name, who.Args)
		}
	}
	for _, name := range []string{"a\nb", "a]", "[", "mp.worker-1", `a"`, `\`, strings.Repeat("é", 21), "\xff"} {
		if _, err := tells.Named(name).Start(b); err == nil || !strings.Contains(err.Error(), "no process can be named") {
			t.Errorf("named %q: %v", name, err)
		}
	}
	p := must(ends.Named("Bob").Start("error"))
	if err := p.Join(); err == nil || !strings.HasPrefix(err.Error(), "Bob (pid ") {
		t.Errorf("its error is %v", err)
	}
}

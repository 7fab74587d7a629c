package mp_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"testing"
	"time"

	"lockstep/mp"
)

func TestMain(m *testing.M) { mp.TestMain(m) }

var increment = mp.Func3("increment", func(v *mp.Value[int], times int, c *mp.Conn) error {
	for range times {
		v.Lock()
		v.Set(v.Get() + 1)
		v.Unlock()
	}
	return c.Send(fmt.Sprint("done ", os.Getpid()))
})

var fails = mp.Func0("fails", func() error { return errors.New("no luck") })
var panics = mp.Func("panics", func(s string) error { panic(s) })
var sleeps = mp.Func0("sleeps", func() error { time.Sleep(time.Hour); return nil })

func TestSmoke(t *testing.T) {
	v := mp.NewValue(0)
	a, b, err := mp.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	var ps []*mp.Process
	for range 4 {
		p, err := increment.Start(v, 1000, b)
		if err != nil {
			t.Fatal(err)
		}
		ps = append(ps, p)
	}
	b.Close()
	for range ps {
		s, err := mp.Recv[string](a)
		if err != nil {
			t.Fatal(err)
		}
		t.Log(s)
	}
	if _, err := mp.Recv[string](a); err != io.EOF {
		t.Fatal(err)
	}
	for _, p := range ps {
		if err := p.Join(); err != nil {
			t.Fatal(err)
		}
	}
	if v.Get() != 4000 {
		t.Fatal(v.Get())
	}
	p, err := fails.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Log(p.Join())
	p, err = panics.Start("oh no")
	if err != nil {
		t.Fatal(err)
	}
	t.Log(p.Join())
	p, err = sleeps.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Log(p.JoinTimeout(10 * time.Millisecond))
	t.Log(p.Alive(), p.Terminate(), p.Join())
	t.Log(p.ExitCode())
}

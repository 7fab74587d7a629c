package mp_test

import (
	"io"
	"testing"

	"lockstep/mp"
)

var produces = mp.Func3("produces", func(q *mp.Queue[int], from, to int) error {
	for i := from; i < to; i++ {
		if err := q.Put(i); err != nil {
			return err
		}
	}
	return nil
})
var consumes = mp.Func2("consumes", func(q *mp.Queue[int], out *mp.Conn) error {
	sum, n := 0, 0
	for {
		x, err := q.Get()
		if err == io.EOF {
			return out.Send([]int{n, sum})
		}
		if err != nil {
			return err
		}
		n++
		sum += x
	}
})

func TestQueueSmoke(t *testing.T) {
	q, err := mp.NewQueue[int](10)
	if err != nil {
		t.Fatal(err)
	}
	a, b, _ := mp.Pipe()
	var ps, cs []*mp.Process
	for i := range 3 {
		p, err := produces.Start(q, i*1000, i*1000+1000)
		if err != nil {
			t.Fatal(err)
		}
		ps = append(ps, p)
		p, err = consumes.Start(q, b)
		if err != nil {
			t.Fatal(err)
		}
		cs = append(cs, p)
	}
	for _, p := range ps {
		if err := p.Join(); err != nil {
			t.Fatal(err)
		}
	}
	q.Close()
	n, sum := 0, 0
	for range cs {
		x, err := mp.Recv[[]int](a)
		if err != nil {
			t.Fatal(err)
		}
		t.Log(x)
		n += x[0]
		sum += x[1]
	}
	for _, p := range cs {
		if err := p.Join(); err != nil {
			t.Fatal(err)
		}
	}
	t.Log(n, sum)
}

var meets = mp.Func2("meets", func(b *mp.Barrier, v *mp.Value[int]) error {
	for i := range 100 {
		v.Lock()
		v.Set(v.Get() + 1)
		v.Unlock()
		if err := b.Wait(); err != nil {
			return err
		}
		if v.Get() != 4*(i+1) {
			panic(v.Get())
		}
		if err := b.Wait(); err != nil {
			return err
		}
	}
	return nil
})

func TestBarrierSmoke(t *testing.T) {
	b, v := mp.NewBarrier(4), mp.NewValue(0)
	var ps []*mp.Process
	for range 4 {
		p, err := meets.Start(b, v)
		if err != nil {
			t.Fatal(err)
		}
		ps = append(ps, p)
	}
	for _, p := range ps {
		if err := p.Join(); err != nil {
			t.Fatal(err)
		}
	}
}

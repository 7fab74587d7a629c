package mp_test

import (
	"testing"

	"lockstep/mp"
)

// What the observer's hooks cost a program that nobody observes is the difference
// to the same benchmarks with -tags unobserved, which compiles them out.

func BenchmarkIncrement(b *testing.B) {
	v := mp.NewValue(0)
	for b.Loop() {
		v.Lock()
		v.Set(v.Get() + 1)
		v.Unlock()
	}
}

func BenchmarkArray(b *testing.B) {
	a := mp.NewArray[int](10)
	for b.Loop() {
		a.Set(3, a.Get(4)+1)
	}
}

func BenchmarkSendRecv(b *testing.B) {
	left, right, err := mp.Pipe()
	check(err)
	defer left.Close()
	defer right.Close()
	for b.Loop() {
		check(left.Send(1))
		must(mp.Recv[int](right))
	}
}

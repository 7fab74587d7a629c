package mp_test

import (
	"testing"

	"lockstep/mp"
)

// The benchmarks below are of the operations that take least time beside what an
// observer costs that is not there. Compare them with the hooks compiled out:
//
//	go test -run '^$' -bench Unobserved -count 10 ./mp >with
//	go test -run '^$' -bench Unobserved -count 10 -tags unobserved ./mp >without

func BenchmarkUnobservedGetSet(b *testing.B) {
	v := mp.NewValue(0)
	for b.Loop() {
		v.Set(v.Get() + 1)
	}
}

func BenchmarkUnobservedElement(b *testing.B) {
	a := mp.NewArray[int](8)
	for i := 0; b.Loop(); i++ {
		a.Set(i&7, a.Get(i&7)+1)
	}
}

func BenchmarkUnobservedLock(b *testing.B) {
	v := mp.NewValue(0)
	for b.Loop() {
		v.Lock()
		v.Set(v.Get() + 1)
		v.Unlock()
	}
}

func BenchmarkUnobservedQueue(b *testing.B) {
	q, err := mp.NewQueue[int](1)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		q.Put(1)
		q.Get()
	}
}

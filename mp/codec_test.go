package mp

import (
	"math"
	"reflect"
	"runtime"
	"testing"
	"time"
)

type fuzzed struct {
	S     string
	I     int64
	U     uint32
	F     float64
	B     []byte
	Bools []bool
	Ints  []int16
	Text  []string
	M     map[string]int8
	P     *fuzzed
	Any   any
	Arr   [2]complex64
	T     time.Duration
	Deep  [][]map[int][]string
}

func init() { Register(fuzzed{}) }

func FuzzRoundTrip(f *testing.F) {
	f.Add("text", int64(-1), 1.5, []byte{1, 2, 3}, uint8(3), true)
	f.Add("", int64(math.MaxInt64), math.Inf(-1), []byte(nil), uint8(0), false)
	f.Fuzz(func(t *testing.T, s string, i int64, x float64, b []byte, n uint8, flag bool) {
		if x != x {
			x = 0 // nothing equals NaN
		}
		v := fuzzed{S: s, I: i, U: uint32(i), F: x, B: b, Arr: [2]complex64{complex(float32(i), 1)}, T: time.Duration(i)}
		for k := range int(n % 8) {
			v.Bools = append(v.Bools, flag == (k%2 == 0))
			v.Ints = append(v.Ints, int16(i)>>k)
			v.Text = append(v.Text, s[:len(s)*k/8])
			v.Deep = append(v.Deep, []map[int][]string{{k: v.Text}, nil})
		}
		if flag {
			v.M = map[string]int8{s: int8(i), "": 1}
			v.P = &fuzzed{S: s, Any: []any{s, i, nil, v.Ints}}
		} else {
			v.Any = map[string]any{"x": x, "v": fuzzed{S: s}}
		}
		for _, x := range []any{v, &v, []fuzzed{v, {}}, s, i, x, b, v.Deep} {
			e := &encoder{}
			if err := e.value(x); err != nil {
				t.Fatal(err)
			}
			typed := reflect.New(reflect.TypeOf(x)).Elem()
			if err := newDecoder(e.b, nil).value(typed); err != nil {
				t.Fatalf("%T: %v", x, err)
			}
			if !reflect.DeepEqual(typed.Interface(), x) {
				t.Fatalf("sent %#v, got %#v", x, typed.Interface())
			}
		}
		e := &encoder{}
		if err := e.value(v); err != nil {
			t.Fatal(err)
		}
		var dynamic any
		if err := newDecoder(e.b, nil).value(reflect.ValueOf(&dynamic).Elem()); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(dynamic, v) {
			t.Fatalf("sent %#v, got %#v", v, dynamic)
		}
	})
}

// wanted is what receivers ask for.
func wanted() []any {
	return []any{
		new(any), new(int), new(string), new([]byte), new(fuzzed), new([]fuzzed), new(*fuzzed), new(map[string]any), new([]any),
		new([]struct{}), new(map[[2]bool]struct{}), new([1 << 10][]int), new([][1 << 8]string), new(time.Time), new(complex128),
		new(*Lock), new(*Value[int]), new(*Array[int8]), new(*Conn), new(*Cond), new(*Queue[int]), new(*List[int]), new(*Manager), new(map[any]any),
		new(struct {
			*Lock
			Value[int]
			N []int
		}),
	}
}

// Hostile bytes give errors; they never panic, nor take more memory than the
// decoder's budget, whatever they claim.
func FuzzDecode(f *testing.F) {
	for _, x := range wanted() {
		e := &encoder{}
		if e.value(reflect.ValueOf(x).Elem().Interface()) == nil {
			f.Add(e.b)
			f.Add(append(e.b, 0xff, 0xff, 0xff, 0xff, 0x07))
		}
	}
	e := &encoder{}
	if err := e.value(fuzzed{Text: []string{"a"}, Any: []any{1}, P: &fuzzed{}, M: map[string]int8{"a": 1}, Deep: [][]map[int][]string{{{}}}}); err != nil {
		f.Fatal(err)
	}
	f.Add(e.b)
	f.Fuzz(func(t *testing.T, b []byte) {
		var before, after runtime.MemStats
		for _, x := range wanted() {
			v := reflect.ValueOf(x).Elem()
			typed := append([]byte(tagOf(v.Type())), b...)
			for _, message := range [][]byte{b, typed} {
				d := newDecoder(message, nil)
				// The collector's own bookkeeping, codecs and errors need some, too.
				limit := uint64(2*d.budget + 1<<20)
				runtime.ReadMemStats(&before)
				d.value(v)
				runtime.ReadMemStats(&after)
				if took := after.TotalAlloc - before.TotalAlloc; took > limit {
					t.Fatalf("%d bytes as a %s took %d bytes of memory, more than %d", len(message), v.Type(), took, limit)
				}
				v.SetZero()
			}
		}
	})
}

// A manager answers whatever it is asked.
func FuzzServer(f *testing.F) {
	for r := makeList; r <= dictAll+1; r++ {
		f.Add([]byte{byte(r), 1, 0, 'x', byte(r), 2, 1, 'k', 'v'}, 3)
	}
	f.Fuzz(func(t *testing.T, b []byte, split int) {
		s := newServer()
		s.answer([]byte{byte(makeList), 0}, &encoder{})
		s.answer([]byte{byte(makeDict), 0}, &encoder{})
		if split < 0 || split > len(b) {
			split = len(b) / 2
		}
		for _, ask := range [][]byte{b[:split], b[split:], b} {
			e := &encoder{}
			if v := s.answer(ask, e); v > notUnderstood || len(e.b) > 1<<20 {
				t.Fatalf("%q: verdict %d, %d bytes", ask, v, len(e.b))
			}
		}
	})
}

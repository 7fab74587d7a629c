package mp

import (
	"math"
	"math/big"
	"reflect"
	"testing"
	"time"
)

// What a child hands over for a value is another of its type and length, in all that
// it consists of, and leaves the value as it is.
func TestHanded(t *testing.T) {
	lock := NewLock()
	type pair struct {
		Place, Square int
		Lock          *Lock
	}
	plant(true)
	defer plant(false)
	for _, x := range []any{
		0, -1, 5, math.MaxInt, math.MinInt, int8(127), int8(-128), uint8(255), uint8(0), uint64(math.MaxUint64), self.pid,
		0.0, -0.5, 1e300, math.MaxFloat64, math.Inf(1), float32(math.MaxFloat32), complex(1, 2),
		"a", "Zz9", "3:9", "---", "???", "ναι", true, false, time.Second,
		[]int{1, 2}, []byte("abc"), [2]string{"x", "y"}, []any{1, "a"}, map[string]int{"a": 1}, map[string]struct{}{"a": {}},
		pair{1, 4, lock}, &pair{2, 9, lock}, *big.NewInt(55), *big.NewFloat(2.5), time.Unix(5, 0).UTC(),
	} {
		before := newPrinter()
		before.Any(x)
		y := handed(x)
		after := newPrinter()
		after.Any(x)
		if before.Hash != after.Hash {
			t.Errorf("%v was changed itself", x)
		}
		if reflect.TypeOf(x) != reflect.TypeOf(y) {
			t.Errorf("%T for %T", y, x)
		}
		if reflect.DeepEqual(x, y) {
			t.Errorf("%T %v is handed over as it is", x, x)
		}
		if v := reflect.ValueOf(x); v.Kind() == reflect.Slice || v.Kind() == reflect.String {
			if n := reflect.ValueOf(y).Len(); n != v.Len() {
				t.Errorf("%v: length %d", x, n)
			}
		}
	}
	if p := handed(pair{1, 4, lock}); p.Place == 1 || p.Square == 4 || p.Lock != lock {
		t.Errorf("of a struct: %+v", p)
	}
	type base struct{ N int }
	embeds := struct {
		*Lock
		base
		Text string
	}{lock, base{7}, "abc"}
	if p := handed(embeds); p.N == 7 || p.Text == "abc" || p.Lock != lock || embeds.N != 7 {
		t.Errorf("of a struct that embeds: %+v", p)
	}
	for _, x := range []any{nil, struct{}{}, []int(nil), "", lock, (*int)(nil)} {
		if y := handed(x); !reflect.DeepEqual(x, y) {
			t.Errorf("%v for %v", y, x)
		}
	}
	if k, _ := handedEntry("a", 1); k != "a" {
		t.Errorf("the key of an entry became %q", k)
	}
	if k, _ := handedEntry("a", struct{}{}); k == "a" {
		t.Error("the key of an entry that is only a key stayed")
	}
	// What two hand over differs by something else than before.
	if a, b := handed(7), handed(4); a-b == 3 {
		t.Errorf("%d and %d", a, b)
	}
}

// What embeds a handle is shown whole, and differs by its other fields.
func TestShownWithHandles(t *testing.T) {
	v := &Value[int]{}
	v.id = identity{maker: "0", number: 1}
	type base struct{ N int }
	inside := &struct {
		Value[int]
		base
	}{base: base{2}}
	inside.id = v.id
	for _, test := range []struct {
		x    any
		want string
	}{
		{v, "0#1"},
		{struct{ *Value[int] }{v}, "{0#1}"},
		{struct{ *Value[int] }{}, "{nil}"},
		{&struct {
			*Value[int]
			Name string
		}{v, "a"}, `{0#1 "a"}`},
		{inside, "{0#1 {2}}"},
		{[]any{struct {
			*Value[int]
			*Lock
		}{v, nil}, nil}, "{0#1 nil}, nil"},
		{[]any{[]any{nil}}, "[nil]"},
	} {
		p := newPrinter()
		p.Any(test.x)
		if p.Shown() != test.want {
			t.Errorf("%s, want %s", p.Shown(), test.want)
		}
	}
}

func TestNothingIsChanged(t *testing.T) {
	if x := handed(5); x != 5 {
		t.Errorf("%d for 5", x)
	}
}

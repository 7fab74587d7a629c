package mp

import (
	"math"
	"reflect"
	"strconv"
	"strings"
	"sync/atomic"
)

// A tool that wants to know whether a program uses what its children do has them hand
// over something else: every number, text and bool that a child sends, stores or
// returns is changed on its way. Types and lengths stay, and so do errors, and handles
// to what is shared.
//
// planting says that what this process hands over is changed now.
var planting bool

// planted counts changes. It begins with the child's own number, so that changes by
// different children differ, and do not cancel each other out.
var planted atomic.Int64

// mostChange bounds by how much a number changes: there is room for it in the smallest
// type, one way or the other.
const mostChange = 97

// aboveEveryPID is added to a process's own pid instead: somebody may send it a signal.
const aboveEveryPID = 1 << 23

// plant begins, or ends, that what this process hands over is changed.
func plant(on bool) {
	if planting = on; on && planted.Load() == 0 {
		own, _ := strconv.ParseInt(self.path[strings.LastIndexByte(self.path, '.')+1:], 10, 64)
		planted.Store(own)
	}
}

// handed is what this process hands over for x.
func handed[T any](x T) T {
	if planting {
		x, _ = changed(x)
	}
	return x
}

// handedEntry is handed for a dict's entry. Its key is changed only where nothing of
// the value can be.
func handedEntry[K, V any](k K, x V) (K, V) {
	if !planting {
		return k, x
	}
	x, done := changed(x)
	if !done {
		k, _ = changed(k)
	}
	return k, x
}

// changed stands apart so that only what is changed goes to the heap.
//
//go:noinline
func changed[T any](x T) (T, bool) {
	done := change(reflect.ValueOf(&x).Elem(), 0)
	return x, done
}

// change changes all that v consists of, in copies of what it refers to, and reports
// whether there was anything.
func change(v reflect.Value, depth int) (changed bool) {
	t := v.Type()
	if depth++; depth > maxDepth || !v.CanSet() {
		return false
	}
	if plain := t.PkgPath() == "" && (v.Kind() <= reflect.Complex128 || v.Kind() == reflect.String); !plain {
		switch c := codecOf(t); {
		case c.problem != nil || c.handle:
			return false // whoever hands it over is told; or it stands for what is shared
		case c.formed:
			return changeFormed(v, c)
		}
	}
	step := 1 + planted.Add(1)%mostChange
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		x := v.Int()
		switch y := x + step; {
		case x == int64(self.pid) && !v.OverflowInt(x+aboveEveryPID):
			v.SetInt(x + aboveEveryPID)
		case y > x && !v.OverflowInt(y):
			v.SetInt(y)
		default:
			v.SetInt(x - step)
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		x := v.Uint()
		switch y := x + uint64(step); {
		case x == uint64(self.pid) && !v.OverflowUint(x+aboveEveryPID):
			v.SetUint(x + aboveEveryPID)
		case y > x && !v.OverflowUint(y):
			v.SetUint(y)
		default:
			v.SetUint(x - uint64(step))
		}
	case reflect.Float32, reflect.Float64:
		v.SetFloat(changedFloat(v.Float(), float64(step), v.OverflowFloat))
	case reflect.Complex64, reflect.Complex128:
		x := v.Complex()
		v.SetComplex(complex(changedFloat(real(x), float64(step), func(y float64) bool { return v.OverflowComplex(complex(y, 0)) }), imag(x)))
	case reflect.String:
		if v.Len() == 0 {
			return false
		}
		v.SetString(changedText(v.String(), step))
	default:
		return changeParts(v, depth)
	}
	return true
}

func changeParts(v reflect.Value, depth int) (changed bool) {
	t := v.Type()
	switch v.Kind() {
	case reflect.Array:
		for i := range v.Len() {
			changed = change(v.Index(i), depth) || changed
		}
	case reflect.Slice:
		if v.IsNil() {
			return false
		}
		own := reflect.MakeSlice(t, v.Len(), v.Len())
		reflect.Copy(own, v)
		for i := range own.Len() {
			changed = change(own.Index(i), depth) || changed
		}
		v.Set(own)
	case reflect.Map:
		if v.IsNil() {
			return false
		}
		own := reflect.MakeMapWithSize(t, v.Len())
		for it := v.MapRange(); it.Next(); {
			key, x := copyOf(it.Key()), copyOf(it.Value())
			changed = change(x, depth) || change(key, depth) || changed
			own.SetMapIndex(key, x)
		}
		v.Set(own)
	case reflect.Struct:
		for i := range v.NumField() {
			changed = change(field(v, i), depth) || changed
		}
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return false
		}
		own := copyOf(v.Elem())
		changed = change(own, depth)
		if v.Kind() == reflect.Pointer {
			own = own.Addr()
		}
		v.Set(own)
	}
	return changed
}

func copyOf(v reflect.Value) reflect.Value {
	own := reflect.New(v.Type()).Elem()
	own.Set(v)
	return own
}

// changedFloat goes away from zero: what is added to a large number would be lost.
func changedFloat(x, step float64, over func(float64) bool) float64 {
	switch y := 2*x + math.Copysign(step, x); {
	case math.IsNaN(x) || math.IsInf(x, 0):
		return step
	case math.IsInf(y, 0) || over(y):
		return x / 2
	default:
		return y
	}
}

// changedText changes all letters and digits, or, where there are none, all of it.
func changedText(s string, step int64) string {
	b := []byte(s)
	changed := false
	for i, x := range b {
		for _, class := range [...]struct{ first, size byte }{{'0', 10}, {'A', 26}, {'a', 26}} {
			if at := x - class.first; x >= class.first && at < class.size {
				b[i] = class.first + byte((int64(at)+1+step%int64(class.size-1))%int64(class.size))
				changed = true
			}
		}
	}
	if !changed {
		other := "?"
		if s[0] == '?' {
			other = "!"
		}
		return strings.Repeat(other, len(s))
	}
	return string(b)
}

// changeFormed changes what knows its own form. Its first byte may say which form it is.
func changeFormed(v reflect.Value, c *codec) bool {
	e := &encoder{}
	if c.encode(e, v) != nil {
		return false
	}
	form, err := newDecoder(e.b, nil).blob()
	if err != nil || len(form) == 0 {
		return false
	}
	text := changedText(string(form), planted.Add(1)%mostChange)
	for _, changed := range [][]byte{[]byte(text), append([]byte{form[0]}, next(form[1:])...)} {
		e.b = e.b[:0]
		e.blob(changed)
		own := reflect.New(v.Type()).Elem()
		if c.decode(newDecoder(e.b, nil), own) == nil {
			v.Set(own)
			return true
		}
	}
	return false
}

func next(b []byte) []byte {
	out := make([]byte, len(b))
	for i, x := range b {
		out[i] = x + 1
	}
	return out
}

// Package show writes values as a person would, or nearly, for who watches a program: the
// beginning of the text, and a hash of all of it. In goes any value; no method of its type
// is called, because one could do anything.
package show

import (
	"cmp"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"syscall"
	"time"
)

const (
	shownMost  = 64
	hashedMost = 1 << 20 // bytes; what lies behind is not looked at
	printDepth = 8
)

// A Printer writes values one after another.
type Printer struct {
	Hash     uint64 // FNV-1a of all that was written
	identify func(any) (string, bool)
	b        []byte
	length   int
	depth    int
}

// New returns a printer of nothing yet. identify says what the handles to something that
// processes share are shown as, and false of all other values.
func New(identify func(any) (string, bool)) *Printer {
	return &Printer{Hash: 14695981039346656037, identify: identify}
}

// Cut reports whether more was written than is shown.
func (p *Printer) Cut() bool { return p.length > shownMost }

// Shown is the beginning of what was written, whole characters only.
func (p *Printer) Shown() string {
	if !p.Cut() {
		return string(p.b)
	}
	const dots = "…"
	cut := shownMost - len(dots)
	for cut > 0 && p.b[cut]&0xc0 == 0x80 {
		cut--
	}
	return string(p.b[:cut]) + dots
}

// Text writes a text as it is.
func (p *Printer) Text(s string) {
	if p.length > hashedMost {
		return
	}
	for i := range len(s) {
		p.Hash = (p.Hash ^ uint64(s[i])) * 1099511628211
	}
	if room := shownMost + 1 - len(p.b); room > 0 {
		p.b = append(p.b, s[:min(room, len(s))]...)
	}
	p.length += len(s)
}

// Number adds a number to the hash, and shows nothing.
func (p *Printer) Number(x uint64) {
	for range 8 {
		p.Hash = (p.Hash ^ x&0xff) * 1099511628211
		x >>= 8
	}
}

// Any writes what an operation takes or returns.
func (p *Printer) Any(v any) {
	switch x := v.(type) {
	case nil:
	case int:
		p.Text(strconv.Itoa(x))
	case bool:
		p.Text(strconv.FormatBool(x))
	case string:
		p.quoted(x)
	case time.Duration:
		p.Text(x.String())
	case syscall.Signal:
		p.Text(x.String())
	case error: // the library's own, or that of a task, as text
		p.Text(fmt.Sprint(x))
	case []any: // the arguments of a target
		for i, y := range x {
			if i > 0 {
				p.Text(", ")
			}
			p.value(reflect.ValueOf(y))
		}
	default:
		p.value(reflect.ValueOf(v))
	}
}

func (p *Printer) quoted(s string) {
	if len(s) <= 2*shownMost {
		p.Text(strconv.Quote(s))
		return
	}
	p.Text(strconv.Quote(s[:shownMost]))
	p.Text(s[shownMost:])
}

func (p *Printer) value(v reflect.Value) {
	if p.length > hashedMost {
		return
	}
	if p.depth++; p.depth > printDepth {
		p.Text("…")
		p.depth--
		return
	}
	defer func() { p.depth-- }()
	if v.IsValid() && v.CanInterface() {
		if v.Kind() != reflect.Pointer || !v.IsNil() {
			if s, ok := p.identify(v.Interface()); ok {
				p.Text(s)
				return
			}
		}
		if d, ok := v.Interface().(time.Duration); ok {
			p.Text(d.String())
			return
		}
	}
	switch v.Kind() {
	case reflect.Invalid:
		p.Text("nil")
	case reflect.Bool:
		p.Text(strconv.FormatBool(v.Bool()))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		p.Text(strconv.FormatInt(v.Int(), 10))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		p.Text(strconv.FormatUint(v.Uint(), 10))
	case reflect.Float32, reflect.Float64:
		p.Text(strconv.FormatFloat(v.Float(), 'g', -1, v.Type().Bits()))
		if math.IsNaN(v.Float()) {
			p.Number(math.Float64bits(v.Float()))
		}
	case reflect.Complex64, reflect.Complex128:
		p.Text(strconv.FormatComplex(v.Complex(), 'g', -1, v.Type().Bits()))
	case reflect.String:
		p.quoted(v.String())
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			p.Text("nil")
			return
		}
		p.value(v.Elem())
	case reflect.Slice, reflect.Array:
		p.list(v)
	case reflect.Map:
		p.entries(v)
	case reflect.Struct:
		p.Text("{")
		for i := range v.NumField() {
			if i > 0 {
				p.Text(" ")
			}
			p.value(v.Field(i))
		}
		p.Text("}")
	default:
		p.Text(v.Type().String())
	}
}

func (p *Printer) list(v reflect.Value) {
	if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 && v.Len() > shownMost {
		p.Text(strconv.Itoa(v.Len()) + " bytes ")
		b := v.Bytes()
		p.Text(string(b[:min(len(b), hashedMost)]))
		return
	}
	p.Text("[")
	for i := 0; i < v.Len() && p.length <= hashedMost; i++ {
		if i > 0 {
			p.Text(" ")
		}
		p.value(v.Index(i))
	}
	p.Text("]")
}

// entries writes a map in an order that is always the same.
func (p *Printer) entries(v reflect.Value) {
	type entry struct {
		key   string
		hash  uint64
		value reflect.Value
	}
	var list []entry
	for i := v.MapRange(); i.Next(); {
		k := New(p.identify)
		k.depth = p.depth
		k.value(i.Key())
		list = append(list, entry{k.Shown(), k.Hash, i.Value()})
	}
	slices.SortFunc(list, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.hash, b.hash))
	})
	p.Text("{")
	for i, e := range list {
		if i > 0 {
			p.Text(", ")
		}
		p.Text(e.key)
		p.Number(e.hash)
		p.Text(": ")
		p.value(e.value)
	}
	p.Text("}")
}

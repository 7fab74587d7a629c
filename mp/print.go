package mp

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

// What an observer is shown of a value is its beginning, and a hash of all of it.
// No method of a student's type is called for it: one could do anything.
const (
	shownMost  = 64
	hashedMost = 1 << 20 // bytes; what lies behind is not looked at
	printDepth = 8
)

// A printer writes values as a person would, or nearly.
type printer struct {
	b      []byte
	hash   uint64 // FNV-1a of all that was written
	length int
	depth  int
}

func newPrinter() *printer { return &printer{hash: 14695981039346656037} }

// identified is a handle to something that processes share.
type identified interface{ identityString() string }

// shown is the beginning of what was written, whole characters only.
func (p *printer) shown() string {
	if p.length <= shownMost {
		return string(p.b)
	}
	const dots = "…"
	cut := shownMost - len(dots)
	for cut > 0 && p.b[cut]&0xc0 == 0x80 {
		cut--
	}
	return string(p.b[:cut]) + dots
}

func (p *printer) text(s string) {
	if p.length > hashedMost {
		return
	}
	for i := range len(s) {
		p.hash = (p.hash ^ uint64(s[i])) * 1099511628211
	}
	if room := shownMost + 1 - len(p.b); room > 0 {
		p.b = append(p.b, s[:min(room, len(s))]...)
	}
	p.length += len(s)
}

func (p *printer) number(x uint64) {
	for range 8 {
		p.hash = (p.hash ^ x&0xff) * 1099511628211
		x >>= 8
	}
}

// any writes what an operation takes or returns.
func (p *printer) any(v any) {
	switch x := v.(type) {
	case nil:
	case int:
		p.text(strconv.Itoa(x))
	case bool:
		p.text(strconv.FormatBool(x))
	case string:
		p.quoted(x)
	case time.Duration:
		p.text(x.String())
	case syscall.Signal:
		p.text(x.String())
	case error: // the library's own, or that of a task, as text
		p.text(fmt.Sprint(x))
	case []any: // the arguments of a target
		for i, y := range x {
			if i > 0 {
				p.text(", ")
			}
			p.value(reflect.ValueOf(y))
		}
	default:
		p.value(reflect.ValueOf(v))
	}
}

func (p *printer) quoted(s string) {
	if len(s) <= 2*shownMost {
		p.text(strconv.Quote(s))
		return
	}
	p.text(strconv.Quote(s[:shownMost]))
	p.text(s[shownMost:])
}

func (p *printer) value(v reflect.Value) {
	if p.length > hashedMost {
		return
	}
	if p.depth++; p.depth > printDepth {
		p.text("…")
		p.depth--
		return
	}
	defer func() { p.depth-- }()
	if v.IsValid() && v.CanInterface() {
		if h, ok := v.Interface().(identified); ok && !(v.Kind() == reflect.Pointer && v.IsNil()) {
			p.text(h.identityString())
			return
		}
		if d, ok := v.Interface().(time.Duration); ok {
			p.text(d.String())
			return
		}
	}
	switch v.Kind() {
	case reflect.Invalid:
		p.text("nil")
	case reflect.Bool:
		p.text(strconv.FormatBool(v.Bool()))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		p.text(strconv.FormatInt(v.Int(), 10))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		p.text(strconv.FormatUint(v.Uint(), 10))
	case reflect.Float32, reflect.Float64:
		p.text(strconv.FormatFloat(v.Float(), 'g', -1, v.Type().Bits()))
		if math.IsNaN(v.Float()) {
			p.number(math.Float64bits(v.Float()))
		}
	case reflect.Complex64, reflect.Complex128:
		p.text(strconv.FormatComplex(v.Complex(), 'g', -1, v.Type().Bits()))
	case reflect.String:
		p.quoted(v.String())
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			p.text("nil")
			return
		}
		p.value(v.Elem())
	case reflect.Slice, reflect.Array:
		p.list(v)
	case reflect.Map:
		p.entries(v)
	case reflect.Struct:
		p.text("{")
		for i := range v.NumField() {
			if i > 0 {
				p.text(" ")
			}
			p.value(v.Field(i))
		}
		p.text("}")
	default:
		p.text(v.Type().String())
	}
}

func (p *printer) list(v reflect.Value) {
	if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 && v.Len() > shownMost {
		p.text(strconv.Itoa(v.Len()) + " bytes ")
		b := v.Bytes()
		p.text(string(b[:min(len(b), hashedMost)]))
		return
	}
	p.text("[")
	for i := 0; i < v.Len() && p.length <= hashedMost; i++ {
		if i > 0 {
			p.text(" ")
		}
		p.value(v.Index(i))
	}
	p.text("]")
}

// entries writes a map in an order that is always the same.
func (p *printer) entries(v reflect.Value) {
	type entry struct {
		key   string
		hash  uint64
		value reflect.Value
	}
	var list []entry
	for i := v.MapRange(); i.Next(); {
		k := newPrinter()
		k.depth = p.depth
		k.value(i.Key())
		list = append(list, entry{k.shown(), k.hash, i.Value()})
	}
	slices.SortFunc(list, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.hash, b.hash))
	})
	p.text("{")
	for i, e := range list {
		if i > 0 {
			p.text(", ")
		}
		p.text(e.key)
		p.number(e.hash)
		p.text(": ")
		p.value(e.value)
	}
	p.text("}")
}

package mp

import (
	"fmt"
	"math"
	"reflect"
	"unsafe"
)

// Slices and maps begin with their length plus one; zero is nil.

func (e *encoder) length(v reflect.Value) (int, bool) {
	if v.IsNil() {
		e.b = append(e.b, 0)
		return 0, false
	}
	e.unsigned(uint64(v.Len()) + 1)
	return v.Len(), true
}

// length reads the number of elements, none of which takes fewer than least
// bytes. It returns false for nil.
func (d *decoder) length(least int) (int, bool, error) {
	n, err := d.unsigned()
	if err != nil || n == 0 {
		return 0, false, err
	}
	n--
	if least > 0 && n > uint64(len(d.b)/least) || n > math.MaxInt32 && least == 0 {
		return 0, false, errDamaged
	}
	return int(n), true, nil
}

func isNumeric(k reflect.Kind) bool {
	return k >= reflect.Int && k <= reflect.Complex128
}

// buildNumericSlice copies the memory as it is: both ends run the same program.
func buildNumericSlice(t reflect.Type, c *codec) {
	size := int(t.Elem().Size())
	c.encode = func(e *encoder, v reflect.Value) error {
		if n, ok := e.length(v); ok && n > 0 {
			e.b = append(e.b, unsafe.Slice((*byte)(v.UnsafePointer()), n*size)...)
		}
		return nil
	}
	c.decode = func(d *decoder, v reflect.Value) error {
		n, ok, err := d.length(size)
		if err != nil || !ok {
			v.SetZero()
			return err
		}
		x, err := d.take(uint64(n) * uint64(size))
		if err != nil {
			return err
		}
		if v.IsNil() || v.Cap() < n {
			if err := d.spend(n * size); err != nil {
				return err
			}
			v.Set(reflect.MakeSlice(t, n, n))
		}
		v.SetLen(n)
		if n > 0 {
			copy(unsafe.Slice((*byte)(v.UnsafePointer()), len(x)), x)
		}
		return nil
	}
}

func buildSlice(t reflect.Type, c *codec) {
	elem := codecPart(t.Elem())
	c.problem = elem.problem
	size := int(t.Elem().Size())
	c.encode = func(e *encoder, v reflect.Value) error {
		if err := e.enter(); err != nil {
			return err
		}
		n, _ := e.length(v)
		for i := range n {
			if err := elem.encode(e, v.Index(i)); err != nil {
				return err
			}
		}
		e.depth--
		return nil
	}
	c.decode = func(d *decoder, v reflect.Value) error {
		n, ok, err := d.length(elem.least)
		if err != nil || !ok {
			v.SetZero()
			return err
		}
		if err := d.enter(); err != nil {
			return err
		}
		if err := d.spend(n * size); err != nil {
			return err
		}
		x := reflect.MakeSlice(t, n, n)
		if elem.least > 0 {
			for i := range n {
				if err := elem.decode(d, x.Index(i)); err != nil {
					return err
				}
			}
		}
		v.Set(x)
		d.depth--
		return nil
	}
}

func buildArray(t reflect.Type, c *codec) {
	elem := codecPart(t.Elem())
	c.problem = elem.problem
	c.least = t.Len() * elem.least
	c.encode = func(e *encoder, v reflect.Value) error {
		if elem.least == 0 {
			return nil
		}
		for i := range t.Len() {
			if err := elem.encode(e, v.Index(i)); err != nil {
				return err
			}
		}
		return nil
	}
	c.decode = func(d *decoder, v reflect.Value) error {
		if elem.least == 0 {
			return nil
		}
		for i := range t.Len() {
			if err := elem.decode(d, v.Index(i)); err != nil {
				return err
			}
		}
		return nil
	}
}

func buildMap(t reflect.Type, c *codec) {
	key, elem := codecPart(t.Key()), codecPart(t.Elem())
	if c.problem = key.problem; c.problem == nil {
		c.problem = elem.problem
	}
	entry := int(t.Key().Size() + t.Elem().Size())
	c.encode = func(e *encoder, v reflect.Value) error {
		if err := e.enter(); err != nil {
			return err
		}
		e.length(v)
		for it := v.MapRange(); it.Next(); {
			if err := key.encode(e, it.Key()); err != nil {
				return err
			}
			if err := elem.encode(e, it.Value()); err != nil {
				return err
			}
		}
		e.depth--
		return nil
	}
	c.decode = func(d *decoder, v reflect.Value) error {
		n, ok, err := d.length(key.least + elem.least)
		if err != nil || !ok {
			v.SetZero()
			return err
		}
		if key.least == 0 && n > 1 {
			return errDamaged // all keys of size zero are one key
		}
		if err := d.enter(); err != nil {
			return err
		}
		if err := d.spend(n * entry); err != nil {
			return err
		}
		m := reflect.MakeMapWithSize(t, min(n, 1024))
		for range n {
			k, x := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
			if err := key.decode(d, k); err != nil {
				return err
			}
			if !k.Comparable() {
				return errDamaged // an interface that holds a slice
			}
			if err := elem.decode(d, x); err != nil {
				return err
			}
			m.SetMapIndex(k, x)
		}
		v.Set(m)
		d.depth--
		return nil
	}
}

// buildStruct serves structs whose fields are exported. Those of a struct that is
// embedded count as its own, also if its type is not exported.
func buildStruct(t reflect.Type, c *codec) {
	fields := make([]*codec, t.NumField())
	hidden := false
	c.least = 0
	for i := range fields {
		f := t.Field(i)
		if f.Name == "_" {
			continue // holds nothing
		}
		if !f.IsExported() {
			if !embedsStruct(f) {
				refuse(c, errUnexported(t, f))
				return
			}
			hidden = true
		}
		fields[i] = codecPart(f.Type)
		if err := fields[i].problem; err != nil {
			refuse(c, inField(t, i, err))
			return
		}
		c.least += fields[i].least
	}
	c.encode = func(e *encoder, v reflect.Value) error {
		if hidden {
			v = addressable(v)
		}
		for i, f := range fields {
			if f == nil {
				continue
			}
			if err := f.encode(e, field(v, i)); err != nil {
				return inField(t, i, err)
			}
		}
		return nil
	}
	c.decode = func(d *decoder, v reflect.Value) error {
		for i, f := range fields {
			if f == nil {
				continue
			}
			if err := f.decode(d, field(v, i)); err != nil {
				return err
			}
		}
		return nil
	}
}

// field is a field of a struct; v has an address if one is embedded and unexported.
func field(v reflect.Value, i int) reflect.Value {
	f := v.Field(i)
	if !f.CanInterface() && f.CanAddr() && embedsStruct(v.Type().Field(i)) {
		return reflect.NewAt(f.Type(), f.Addr().UnsafePointer()).Elem()
	}
	return f
}

// embedsStruct reports whether a field is an embedded struct, or a pointer to one.
func embedsStruct(f reflect.StructField) bool {
	t := f.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return f.Anonymous && t.Kind() == reflect.Struct
}

// inField says in which field a value is that can't travel.
func inField(t reflect.Type, i int, err error) error {
	if err == errTooDeep {
		return err
	}
	return fmt.Errorf("%s.%s: %w", t, t.Field(i).Name, err)
}

// errUnexported says why a struct with an unexported field can't travel, and what can.
func errUnexported(t reflect.Type, f reflect.StructField) error {
	switch pkg := t.PkgPath(); {
	case pkg == ownPath:
		return fmt.Errorf("a %s cannot travel: it is of use only in the process that made it", t)
	case f.PkgPath == ownPath:
		return fmt.Errorf("a %s cannot travel: it is defined as a type of mp's; a struct that embeds a pointer to that type can", t)
	case pkg == "sync" || pkg == "sync/atomic":
		return fmt.Errorf("a %s cannot travel: the copy in another process would be another one; use what mp has, such as Lock and Value", t)
	default:
		return fmt.Errorf("%s cannot travel: its field %s is unexported; only fields whose names begin with a capital letter travel", t, f.Name)
	}
}

func buildPointer(t reflect.Type, c *codec) {
	elem := codecPart(t.Elem())
	c.problem = elem.problem
	c.encode = func(e *encoder, v reflect.Value) error {
		if v.IsNil() {
			e.b = append(e.b, 0)
			return nil
		}
		if err := e.enter(); err != nil {
			return err
		}
		e.b = append(e.b, 1)
		err := elem.encode(e, v.Elem())
		e.depth--
		return err
	}
	c.decode = func(d *decoder, v reflect.Value) error {
		present, err := d.octet()
		if err != nil || present == 0 {
			v.SetZero()
			return err
		}
		if err := d.enter(); err != nil {
			return err
		}
		if err := d.spend(int(t.Elem().Size())); err != nil {
			return err
		}
		x := reflect.New(t.Elem())
		if err := elem.decode(d, x.Elem()); err != nil {
			return err
		}
		v.Set(x)
		d.depth--
		return nil
	}
}

// buildInterface lets a field or element hold any registered type.
func buildInterface(c *codec) {
	c.encode = func(e *encoder, v reflect.Value) error {
		if err := e.enter(); err != nil {
			return err
		}
		err := e.value(v.Interface())
		e.depth--
		return err
	}
	c.decode = func(d *decoder, v reflect.Value) error {
		if err := d.enter(); err != nil {
			return err
		}
		err := d.dynamic(v)
		d.depth--
		return err
	}
}

package mp

import (
	"encoding"
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"slices"
	"unsafe"
)

// A handle stands for something that processes share. Its pointer type travels:
// the receiver gets a handle of its own to the same thing.
type handle interface {
	encodeHandle(*encoder) error
	decodeHandle(*decoder) error
}

var (
	handleType  = reflect.TypeFor[handle]()
	processType = reflect.TypeFor[*Process]()
)

type (
	binaryForm interface {
		encoding.BinaryMarshaler
		encoding.BinaryUnmarshaler
	}
	gobForm interface {
		GobEncode() ([]byte, error)
		GobDecode([]byte) error
	}
	textForm interface {
		encoding.TextMarshaler
		encoding.TextUnmarshaler
	}
)

// knows reports whether a *t has the methods of F.
func knows[F any](t reflect.Type) bool {
	return t.Kind() != reflect.Pointer && reflect.PointerTo(t).Implements(reflect.TypeFor[F]())
}

// build fills in the codec of t.
func build(t reflect.Type, c *codec) {
	switch {
	case t == processType || t == processType.Elem():
		refuse(c, fmt.Errorf("a %s cannot travel: only the process that started it can join it", t))
	case t.Kind() == reflect.Pointer && t.Implements(handleType):
		buildHandle(t, c)
	case reflect.PointerTo(t).Implements(handleType):
		refuse(c, fmt.Errorf("a %s travels as a pointer: *%s", t, t))
	case knows[binaryForm](t):
		buildMarshaler(c, func(x any) ([]byte, error) { return x.(binaryForm).MarshalBinary() },
			func(x any, b []byte) error { return x.(binaryForm).UnmarshalBinary(b) })
	case knows[gobForm](t):
		buildMarshaler(c, func(x any) ([]byte, error) { return x.(gobForm).GobEncode() },
			func(x any, b []byte) error { return x.(gobForm).GobDecode(b) })
	case knows[textForm](t):
		buildMarshaler(c, func(x any) ([]byte, error) { return x.(textForm).MarshalText() },
			func(x any, b []byte) error { return x.(textForm).UnmarshalText(b) })
	default:
		buildKind(t, c)
	}
}

func buildKind(t reflect.Type, c *codec) {
	switch t.Kind() {
	case reflect.Bool:
		buildBool(c)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		buildSigned(c)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		buildUnsigned(c)
	case reflect.Float32, reflect.Float64:
		buildFloat(c)
	case reflect.Complex64, reflect.Complex128:
		buildComplex(c)
	case reflect.String:
		buildString(c)
	case reflect.Slice:
		if isNumeric(t.Elem().Kind()) {
			buildNumericSlice(t, c)
		} else {
			buildSlice(t, c)
		}
	case reflect.Array:
		buildArray(t, c)
	case reflect.Map:
		buildMap(t, c)
	case reflect.Struct:
		buildStruct(t, c)
	case reflect.Pointer:
		buildPointer(t, c)
	case reflect.Interface:
		buildInterface(c)
	default:
		refuse(c, fmt.Errorf("a %s cannot travel between processes", t))
	}
}

// refuse makes a codec whose only answer is err.
func refuse(c *codec, err error) {
	c.problem = err
	c.encode = func(*encoder, reflect.Value) error { return err }
	c.decode = func(*decoder, reflect.Value) error { return err }
}

func buildHandle(t reflect.Type, c *codec) {
	c.encode = func(e *encoder, v reflect.Value) error {
		if v.IsNil() {
			e.b = append(e.b, 0)
			return nil
		}
		e.b = append(e.b, 1)
		return v.Interface().(handle).encodeHandle(e)
	}
	c.decode = func(d *decoder, v reflect.Value) error {
		present, err := d.octet()
		if err != nil || present == 0 {
			v.SetZero()
			return err
		}
		if err := d.spend(int(t.Elem().Size())); err != nil {
			return err
		}
		h := reflect.New(t.Elem())
		if err := h.Interface().(handle).decodeHandle(d); err != nil {
			return err
		}
		v.Set(h)
		return nil
	}
}

// buildMarshaler serves types such as time.Time and big.Int that know their own
// form. It is given the three ways in which the standard library spells that.
func buildMarshaler(c *codec, marshal func(any) ([]byte, error), unmarshal func(any, []byte) error) {
	c.encode = func(e *encoder, v reflect.Value) error {
		if !v.CanAddr() {
			x := reflect.New(v.Type()).Elem()
			x.Set(v)
			v = x
		}
		x, err := marshal(v.Addr().Interface())
		if err != nil {
			return fmt.Errorf("cannot marshal a %s: %w", v.Type(), err)
		}
		e.blob(x)
		return nil
	}
	c.decode = func(d *decoder, v reflect.Value) error {
		x, err := d.blob()
		if err != nil {
			return err
		}
		if err := unmarshal(v.Addr().Interface(), slices.Clone(x)); err != nil {
			return fmt.Errorf("cannot unmarshal a %s: %w", v.Type(), err)
		}
		return nil
	}
}

func buildBool(c *codec) {
	c.encode = func(e *encoder, v reflect.Value) error {
		var x byte
		if v.Bool() {
			x = 1
		}
		e.b = append(e.b, x)
		return nil
	}
	c.decode = func(d *decoder, v reflect.Value) error {
		x, err := d.octet()
		v.SetBool(x != 0)
		return err
	}
}

func buildSigned(c *codec) {
	c.encode = func(e *encoder, v reflect.Value) error {
		e.b = binary.AppendVarint(e.b, v.Int())
		return nil
	}
	c.decode = func(d *decoder, v reflect.Value) error {
		x, n := binary.Varint(d.b)
		if n <= 0 || v.OverflowInt(x) {
			return errDamaged
		}
		d.b = d.b[n:]
		v.SetInt(x)
		return nil
	}
}

func buildUnsigned(c *codec) {
	c.encode = func(e *encoder, v reflect.Value) error {
		e.unsigned(v.Uint())
		return nil
	}
	c.decode = func(d *decoder, v reflect.Value) error {
		x, err := d.unsigned()
		if err == nil && v.OverflowUint(x) {
			err = errDamaged
		}
		v.SetUint(x)
		return err
	}
}

func (e *encoder) float(x float64) { e.b = binary.LittleEndian.AppendUint64(e.b, math.Float64bits(x)) }

func (d *decoder) float() (float64, error) {
	x, err := d.take(8)
	if err != nil {
		return 0, err
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(x)), nil
}

func buildFloat(c *codec) {
	c.least = 8
	c.encode = func(e *encoder, v reflect.Value) error {
		e.float(v.Float())
		return nil
	}
	c.decode = func(d *decoder, v reflect.Value) error {
		x, err := d.float()
		v.SetFloat(x)
		return err
	}
}

func buildComplex(c *codec) {
	c.least = 16
	c.encode = func(e *encoder, v reflect.Value) error {
		e.float(real(v.Complex()))
		e.float(imag(v.Complex()))
		return nil
	}
	c.decode = func(d *decoder, v reflect.Value) error {
		re, err := d.float()
		if err != nil {
			return err
		}
		im, err := d.float()
		v.SetComplex(complex(re, im))
		return err
	}
}

func buildString(c *codec) {
	c.encode = func(e *encoder, v reflect.Value) error {
		e.text(v.String())
		return nil
	}
	c.decode = func(d *decoder, v reflect.Value) error {
		x, err := d.text()
		v.SetString(x)
		return err
	}
}

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

func buildStruct(t reflect.Type, c *codec) {
	fields := make([]*codec, t.NumField())
	c.least = 0
	for i := range fields {
		f := t.Field(i)
		if !f.IsExported() {
			refuse(c, fmt.Errorf("%s cannot travel: its field %s is unexported", t, f.Name))
			return
		}
		fields[i] = codecPart(f.Type)
		if err := fields[i].problem; err != nil {
			refuse(c, fmt.Errorf("%s.%s: %w", t, f.Name, err))
			return
		}
		c.least += fields[i].least
	}
	c.encode = func(e *encoder, v reflect.Value) error {
		for i, f := range fields {
			if err := f.encode(e, v.Field(i)); err != nil {
				return err
			}
		}
		return nil
	}
	c.decode = func(d *decoder, v reflect.Value) error {
		for i, f := range fields {
			if err := f.decode(d, v.Field(i)); err != nil {
				return err
			}
		}
		return nil
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

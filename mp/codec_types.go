package mp

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
)

// A handle stands for something that processes share: the receiver gets a handle
// of its own to the same thing. A pointer to a type of this package is one. A
// struct that embeds a handle has its methods, too, and is none: its other fields
// have to travel with it.
type handle interface {
	encodeHandle(*encoder) error
	decodeHandle(*decoder) error
}

var (
	handleType  = reflect.TypeFor[handle]()
	processType = reflect.TypeFor[*Process]()
	connType    = reflect.TypeFor[Conn]()
	ownPath     = processType.Elem().PkgPath()
)

// isHandle reports whether a *t is a handle.
func isHandle(t reflect.Type) bool {
	return (t.PkgPath() == ownPath || renames(t)) && reflect.PointerTo(t).Implements(handleType)
}

// renames reports whether t is defined as a type of this package, and has nothing
// but what brought it the methods.
func renames(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t.NumField() == 1 && t.Field(0).PkgPath == ownPath
}

type (
	gobEncoder interface{ GobEncode() ([]byte, error) }
	gobDecoder interface{ GobDecode([]byte) error }
)

// knows reports whether a *t has the methods M and U, and none of them from a field
// that it embeds: that would carry the field alone.
func knows[M, U any](t reflect.Type) bool {
	marshal, unmarshal := reflect.TypeFor[M](), reflect.TypeFor[U]()
	has := func(t, method reflect.Type) bool {
		return t.Implements(method) || reflect.PointerTo(t).Implements(method)
	}
	if t.Kind() == reflect.Pointer || !has(t, marshal) || !has(t, unmarshal) {
		return false
	}
	for i := 0; t.Kind() == reflect.Struct && i < t.NumField(); i++ {
		if f := t.Field(i); f.Anonymous && (has(f.Type, marshal) || has(f.Type, unmarshal)) {
			return false
		}
	}
	return true
}

// build fills in the codec of t.
func build(t reflect.Type, c *codec) {
	switch {
	case t == processType || t == processType.Elem():
		refuse(c, fmt.Errorf("a %s cannot travel: only the process that started it can join it", t))
	case t.Kind() == reflect.Pointer && isHandle(t.Elem()):
		buildHandle(t, c)
	case t == connType:
		refuse(c, fmt.Errorf("a %s travels as a pointer: *%s", t, t)) // a copy does not know when it is closed
	case isHandle(t):
		buildHandleItself(c)
	case knows[encoding.BinaryMarshaler, encoding.BinaryUnmarshaler](t):
		buildMarshaler(c, func(x any) ([]byte, error) { return x.(encoding.BinaryMarshaler).MarshalBinary() },
			func(x any, b []byte) error { return x.(encoding.BinaryUnmarshaler).UnmarshalBinary(b) })
	case knows[gobEncoder, gobDecoder](t):
		buildMarshaler(c, func(x any) ([]byte, error) { return x.(gobEncoder).GobEncode() },
			func(x any, b []byte) error { return x.(gobDecoder).GobDecode(b) })
	case knows[encoding.TextMarshaler, encoding.TextUnmarshaler](t):
		buildMarshaler(c, func(x any) ([]byte, error) { return x.(encoding.TextMarshaler).MarshalText() },
			func(x any, b []byte) error { return x.(encoding.TextUnmarshaler).UnmarshalText(b) })
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
	c.handle = true
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

// buildHandleItself serves handles that are no pointers, such as embedded ones.
func buildHandleItself(c *codec) {
	c.handle = true
	c.encode = func(e *encoder, v reflect.Value) error {
		return addressable(v).Addr().Interface().(handle).encodeHandle(e)
	}
	c.decode = func(d *decoder, v reflect.Value) error {
		v.SetZero()
		return v.Addr().Interface().(handle).decodeHandle(d)
	}
}

// addressable returns v, or a copy that has an address.
func addressable(v reflect.Value) reflect.Value {
	if v.CanAddr() {
		return v
	}
	own := reflect.New(v.Type()).Elem()
	own.Set(v)
	return own
}

// buildMarshaler serves types such as time.Time and big.Int that know their own
// form. It is given the three ways in which the standard library spells that.
func buildMarshaler(c *codec, marshal func(any) ([]byte, error), unmarshal func(any, []byte) error) {
	c.formed = true
	c.encode = func(e *encoder, v reflect.Value) error {
		x, err := marshal(addressable(v).Addr().Interface())
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

package mp

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
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
	c.formed = true
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

package mp

import (
	"encoding/binary"
	"math"
	"reflect"
)

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

package mp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"reflect"
	"slices"
	"sync"

	"lockstep/mp/internal/descriptor"
)

// MaxMessage is the largest message, in encoded bytes, that Send, Start and a
// manager's proxies carry; a larger one is an error where it is sent.
const MaxMessage = 1<<30 - 1

// maxDepth bounds how deep values may nest. Its purpose is to turn a value that
// points to itself into an error.
const maxDepth = 1000

var (
	errDamaged = errors.New("the message is damaged")
	errTooDeep = fmt.Errorf("the value nests deeper than %d levels (does it point to itself?)", maxDepth)
)

// An encoder appends values to b. Descriptors of connections are collected in
// fds; the message refers to them by index.
type encoder struct {
	b     []byte
	fds   []int
	conns []*Conn // kept open until the message is on its way
	depth int
}

// copy adds all that another encoder holds to this one, which holds nothing else that
// travels beside a message. The other keeps it.
func (e *encoder) copy(of *encoder) {
	e.b = append(e.b, of.b...)
	e.fds, e.conns = append(e.fds, of.fds...), append(e.conns, of.conns...)
	for _, c := range of.conns {
		c.users.Add(1) // it is open as long as the other holds it
	}
}

// release lets go of the connections that the message holds.
func (e *encoder) release() {
	for _, c := range e.conns {
		c.leave()
	}
	e.conns = nil
}

// A decoder takes values from b. It never allocates more than its budget, so
// that a damaged length can't exhaust the memory.
type decoder struct {
	b      []byte
	fds    []int // -1 once taken
	depth  int
	budget int
}

// newDecoder allows a value in memory 64 times the size of its message: the
// worst honest case, a slice of empty slices, needs 24.
func newDecoder(b []byte, fds []int) *decoder {
	return &decoder{b: b, fds: fds, budget: 64*len(b) + 1<<16}
}

// discard closes the descriptors that no value claimed.
func (d *decoder) discard() {
	for _, fd := range d.fds {
		if fd >= 0 {
			descriptor.Close(fd)
		}
	}
	d.fds = nil
}

// descriptors appends a reference to descriptors that go with the message.
func (e *encoder) descriptors(fds ...int) {
	e.unsigned(uint64(len(e.fds)))
	e.fds = append(e.fds, fds...)
}

// descriptors takes n descriptors that came with the message, which the caller
// has to close from then on.
func (d *decoder) descriptors(n int) ([]int, error) {
	first, err := d.unsigned()
	if err != nil {
		return nil, err
	}
	if first > uint64(len(d.fds)) || len(d.fds)-int(first) < n {
		return nil, errDamaged
	}
	of := d.fds[first:][:n]
	if slices.Contains(of, -1) {
		return nil, errDamaged // they have been taken before
	}
	fds := slices.Clone(of)
	for i := range of {
		of[i] = -1
	}
	return fds, nil
}

func (d *decoder) spend(n int) error {
	if d.budget -= n; n < 0 || d.budget < 0 {
		return errDamaged
	}
	return nil
}

func (d *decoder) enter() error {
	if d.depth++; d.depth > maxDepth {
		return errDamaged
	}
	return nil
}

func (e *encoder) enter() error {
	if e.depth++; e.depth > maxDepth {
		return errTooDeep
	}
	return nil
}

func (e *encoder) unsigned(x uint64) { e.b = binary.AppendUvarint(e.b, x) }

func (d *decoder) unsigned() (uint64, error) {
	x, n := binary.Uvarint(d.b)
	if n <= 0 {
		return 0, errDamaged
	}
	d.b = d.b[n:]
	return x, nil
}

func (d *decoder) octet() (byte, error) {
	if len(d.b) == 0 {
		return 0, errDamaged
	}
	x := d.b[0]
	d.b = d.b[1:]
	return x, nil
}

// take returns the next n bytes; they alias the message.
func (d *decoder) take(n uint64) ([]byte, error) {
	if n > uint64(len(d.b)) {
		return nil, errDamaged
	}
	x := d.b[:n:n]
	d.b = d.b[n:]
	return x, nil
}

func (e *encoder) text(s string) {
	e.unsigned(uint64(len(s)))
	e.b = append(e.b, s...)
}

func (d *decoder) text() (string, error) {
	x, err := d.blob()
	return string(x), err
}

func (e *encoder) blob(x []byte) {
	e.unsigned(uint64(len(x)))
	e.b = append(e.b, x...)
}

func (d *decoder) blob() ([]byte, error) {
	n, err := d.unsigned()
	if err != nil {
		return nil, err
	}
	return d.take(n)
}

// A codec writes and reads the values of one type.
type codec struct {
	tag     string // how a message names the type
	least   int    // fewest bytes that a value takes
	problem error  // why values of this type can't travel; nil if they can
	formed  bool   // the type knows its own form
	handle  bool   // the type is a handle, or what a handle points to
	encode  func(*encoder, reflect.Value) error
	decode  func(*decoder, reflect.Value) error
}

// value appends a tagged value, which value of a decoder reads back.
func (e *encoder) value(v any) error {
	if v == nil {
		e.b = append(e.b, tagNil)
		return nil
	}
	rv := reflect.ValueOf(v)
	c := codecOf(rv.Type())
	if c.problem != nil {
		return c.problem
	}
	e.b = append(e.b, c.tag...)
	return c.encode(e, rv)
}

// value reads a tagged value into v, which must be addressable and of the type
// that was sent, or of an interface type that the sent value satisfies.
func (d *decoder) value(v reflect.Value) error {
	t := v.Type()
	if t.Kind() == reflect.Interface {
		return d.dynamic(v)
	}
	c := codecOf(t)
	if c.problem != nil {
		return c.problem
	}
	if len(d.b) >= len(c.tag) && string(d.b[:len(c.tag)]) == c.tag {
		d.b = d.b[len(c.tag):]
		return c.decode(d, v)
	}
	name, err := d.foreignTag()
	if err != nil {
		return err
	}
	return &TypeError{Sent: name, Wanted: t.String()}
}

// TypeError reports a message of another type than its receiver asked for.
// The message is gone: the next receive gets the next message.
type TypeError struct {
	Sent, Wanted string // Go's names of the types
}

func (e *TypeError) Error() string {
	return fmt.Sprintf("the message holds %s, not %s", article(e.Sent), article(e.Wanted))
}

func article(typeName string) string {
	switch typeName[0] {
	case 'a', 'e', 'i', 'o', 'u':
		return "an " + typeName
	}
	if typeName == "nil" {
		return typeName
	}
	return "a " + typeName
}

// dynamic reads a tagged value of any registered type into an interface.
func (d *decoder) dynamic(v reflect.Value) error {
	if len(d.b) > 0 && d.b[0] == tagNil {
		d.b = d.b[1:]
		v.SetZero()
		return nil
	}
	tag, err := d.tag()
	if err != nil {
		return err
	}
	t := registered(tag)
	if t == nil {
		return fmt.Errorf("the message holds %s, which this program has not registered: call mp.Register with an example of it", article(tagName(tag)))
	}
	if !t.AssignableTo(v.Type()) {
		return &TypeError{Sent: t.String(), Wanted: v.Type().String()}
	}
	c := codecOf(t)
	if c.problem != nil {
		return c.problem
	}
	if err := d.spend(int(t.Size())); err != nil {
		return err
	}
	x := reflect.New(t).Elem()
	if err := c.decode(d, x); err != nil {
		return err
	}
	v.Set(x)
	return nil
}

// Types are named in messages by a tag: one byte for the basic types, and for
// the others a zero, four bytes that depend on the whole type, and its name for
// the benefit of error messages.
const (
	tagNamed = 0
	tagNil   = 1
	tagBasic = 2 // + the type's reflect.Kind
)

const tagNameMax = 64

func tagOf(t reflect.Type) string {
	if t.PkgPath() == "" && t.Name() != "" && t.Kind() < reflect.Array || t == reflect.TypeFor[string]() {
		return string([]byte{tagBasic + byte(t.Kind())})
	}
	h := fnv.New32a()
	h.Write([]byte(t.PkgPath()))
	h.Write([]byte{0})
	h.Write([]byte(t.String()))
	name := t.String()
	if len(name) > tagNameMax {
		name = name[:tagNameMax]
	}
	b := binary.LittleEndian.AppendUint32([]byte{tagNamed}, h.Sum32())
	b = append(b, byte(len(name)))
	return string(append(b, name...))
}

// tag takes the next tag of a message.
func (d *decoder) tag() (string, error) {
	if len(d.b) == 0 {
		return "", errDamaged
	}
	n := 1
	if d.b[0] == tagNamed {
		if len(d.b) < 6 {
			return "", errDamaged
		}
		n = 6 + int(d.b[5])
	}
	x, err := d.take(uint64(n))
	return string(x), err
}

func tagName(tag string) string {
	if tag[0] == tagNamed && len(tag) > 6 {
		return tag[6:]
	}
	if tag[0] == tagNil {
		return "nil"
	}
	return reflect.Kind(tag[0] - tagBasic).String()
}

func (d *decoder) foreignTag() (string, error) {
	tag, err := d.tag()
	if err != nil {
		return "", err
	}
	return tagName(tag), nil
}

// Codecs are built once per type and process, and published only when they are
// complete: a codec of a recursive type refers to itself.
var codecs struct {
	ready    sync.Map // reflect.Type → *codec
	mu       sync.Mutex
	building map[reflect.Type]*codec
}

func codecOf(t reflect.Type) *codec {
	if c, ok := codecs.ready.Load(t); ok {
		return c.(*codec)
	}
	codecs.mu.Lock()
	defer codecs.mu.Unlock()
	codecs.building = map[reflect.Type]*codec{}
	c := codecPart(t)
	for t, c := range codecs.building {
		codecs.ready.Store(t, c)
	}
	codecs.building = nil
	return c
}

// codecPart returns the codec of a part of the type being built.
func codecPart(t reflect.Type) *codec {
	if c, ok := codecs.ready.Load(t); ok {
		return c.(*codec)
	}
	if c := codecs.building[t]; c != nil {
		return c
	}
	c := &codec{tag: tagOf(t), least: 1}
	codecs.building[t] = c
	build(t, c)
	return c
}

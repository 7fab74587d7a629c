package mp

import "reflect"

// A Target0 is a function without arguments that a child can run.
type Target0 struct{ starter }

// A Target is a function of one argument that a child can run.
type Target[A any] struct{ starter }

// A Target2 is a function of two arguments that a child can run.
type Target2[A, B any] struct{ starter }

// A Target3 is a function of three arguments that a child can run.
type Target3[A, B, C any] struct{ starter }

// A Target4 is a function of four arguments that a child can run.
type Target4[A, B, C, D any] struct{ starter }

// A starter starts processes that run a target.
type starter struct {
	t    *target
	name string // of the processes; "": the target's, with their number
}

// Func0 registers f under a name that is unique in the program. Call it in a
// package-level variable, so that a child, which is a fresh process, registers
// it too. A name that is taken, and a nil f, are errors that Main and Start
// report.
func Func0(name string, f func() error) *Target0 {
	return &Target0{starter{t: register(name, f == nil, func(*decoder) error { return f() })}}
}

// Func is Func0 for a function of one argument. The argument of each start is
// copied to the child: see Start.
func Func[A any](name string, f func(A) error) *Target[A] {
	registerType(reflect.TypeFor[A]())
	return &Target[A]{starter{t: register(name, f == nil, func(d *decoder) error {
		var a A
		if err := d.arguments(&a); err != nil {
			return err
		}
		return f(a)
	})}}
}

// Func2 is Func for a function of two arguments.
func Func2[A, B any](name string, f func(A, B) error) *Target2[A, B] {
	registerType(reflect.TypeFor[A]())
	registerType(reflect.TypeFor[B]())
	return &Target2[A, B]{starter{t: register(name, f == nil, func(d *decoder) error {
		var a A
		var b B
		if err := d.arguments(&a, &b); err != nil {
			return err
		}
		return f(a, b)
	})}}
}

// Func3 is Func for a function of three arguments.
func Func3[A, B, C any](name string, f func(A, B, C) error) *Target3[A, B, C] {
	registerType(reflect.TypeFor[A]())
	registerType(reflect.TypeFor[B]())
	registerType(reflect.TypeFor[C]())
	return &Target3[A, B, C]{starter{t: register(name, f == nil, func(d *decoder) error {
		var a A
		var b B
		var c C
		if err := d.arguments(&a, &b, &c); err != nil {
			return err
		}
		return f(a, b, c)
	})}}
}

// Func4 is Func for a function of four arguments.
func Func4[A, B, C, D any](name string, f func(A, B, C, D) error) *Target4[A, B, C, D] {
	registerType(reflect.TypeFor[A]())
	registerType(reflect.TypeFor[B]())
	registerType(reflect.TypeFor[C]())
	registerType(reflect.TypeFor[D]())
	return &Target4[A, B, C, D]{starter{t: register(name, f == nil, func(d *decoder) error {
		var a A
		var b B
		var c C
		var dd D
		if err := d.arguments(&a, &b, &c, &dd); err != nil {
			return err
		}
		return f(a, b, c, dd)
	})}}
}

// Named returns the target for processes of another name: the whole of what their
// Name says, and what stands in lists of processes. Several may have the same. A name
// is up to 40 bytes of printable characters but brackets, quotes and backslashes, and does
// not begin with "mp."; Start reports any other.
func (f *Target0) Named(name string) *Target0 { return &Target0{starter{f.t, name}} }

// Named returns the target for processes of another name; see Target0.Named.
func (f *Target[A]) Named(name string) *Target[A] { return &Target[A]{starter{f.t, name}} }

// Named returns the target for processes of another name; see Target0.Named.
func (f *Target2[A, B]) Named(name string) *Target2[A, B] {
	return &Target2[A, B]{starter{f.t, name}}
}

// Named returns the target for processes of another name; see Target0.Named.
func (f *Target3[A, B, C]) Named(name string) *Target3[A, B, C] {
	return &Target3[A, B, C]{starter{f.t, name}}
}

// Named returns the target for processes of another name; see Target0.Named.
func (f *Target4[A, B, C, D]) Named(name string) *Target4[A, B, C, D] {
	return &Target4[A, B, C, D]{starter{f.t, name}}
}

// Start starts a process that runs the function and returns as soon as the
// process exists. The caller should Join it.
//
// It is an error to start a process outside Main, or when the system has no room
// for one.
func (f *Target0) Start() (*Process, error) { return f.start() }

// Start starts a process that runs the function with a copy of a, and returns as
// soon as the process exists and has been sent a: with a large argument, when
// the process has taken it. The caller should Join it.
//
// Numbers, strings, slices, maps, arrays, pointers and structs whose fields are
// all exported can be arguments, and so can the handles that this package makes,
// alone, inside the others or embedded in a struct; a pointer's target is copied.
// The fields of an embedded struct count, and it need not be exported itself. A
// type that marshals itself, such as time.Time, travels as it says, and a struct
// that embeds one field by field. Everything travels whole: a function, a channel
// or an unexported field is an error that names it. It is also an error to start
// a process outside Main, or when the system has no room for one.
func (f *Target[A]) Start(a A) (*Process, error) { return f.start(a) }

// Start starts a process that runs the function with copies of the arguments; see
// Target.Start.
func (f *Target2[A, B]) Start(a A, b B) (*Process, error) { return f.start(a, b) }

// Start starts a process that runs the function with copies of the arguments; see
// Target.Start.
func (f *Target3[A, B, C]) Start(a A, b B, c C) (*Process, error) { return f.start(a, b, c) }

// Start starts a process that runs the function with copies of the arguments; see
// Target.Start.
func (f *Target4[A, B, C, D]) Start(a A, b B, c C, d D) (*Process, error) {
	return f.start(a, b, c, d)
}

// arguments reads a target's arguments into what ptrs point to.
func (d *decoder) arguments(ptrs ...any) error {
	for _, p := range ptrs {
		if err := d.value(reflect.ValueOf(p).Elem()); err != nil {
			return err
		}
	}
	return nil
}
